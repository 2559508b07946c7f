"""Products, variants and categories as they cross the catalogue's face."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from shopkeeper.kit.ids import AttributeId, BrandId, CategoryId, ChoiceId, OptionValueId, ProductId, VariantId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual


class Sort(StrEnum):
    """How a shelf is ordered. Price orders are made by `flows.browse`, which knows prices."""

    FEATURED = "featured"
    NEWEST = "newest"
    NAME = "name"
    PRICE_UP = "price"
    PRICE_DOWN = "-price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A shelf of the shop, at most two levels deep. `products` counts the published goods on it and on the shelves below it."""

    id: CategoryId
    slug: str
    name: Bilingual
    intro: Bilingual
    parent_id: CategoryId | None
    drawing: str
    tint: str
    position: int
    products: int
    is_derived: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """Who makes goods, as their label says. `products` counts the published ones."""

    id: BrandId
    slug: str
    name: Bilingual
    intro: Bilingual
    products: int


class TraitKind(StrEnum):
    """What an attribute says: one or more of its choices, a number in its unit, or words in both languages."""

    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeChoice:
    """One of the answers an attribute allows. `swatch` is a colour to show beside it (“#b93a2b”), or empty."""

    id: ChoiceId
    code: str
    name: Bilingual
    swatch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """Something that can be said of goods. `is_filter`: shoppers narrow shelves down by it."""

    id: AttributeId
    code: str
    name: Bilingual
    kind: TraitKind
    unit: str
    is_filter: bool
    position: int
    choices: tuple[AttributeChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceDraft:
    """An answer as staff write it: without `id` it is new."""

    id: ChoiceId | None = None
    code: str
    name: Bilingual
    swatch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """What is said of one product: `choices`, `number` or `text`, by the attribute's kind. `is_derived`: a rule read it from the name."""

    attribute_id: AttributeId
    code: str
    name: Bilingual
    kind: TraitKind
    unit: str
    choices: tuple[AttributeChoice, ...] = ()
    number: Decimal | None = None
    text: Bilingual = field(default_factory=Bilingual)
    is_derived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitDraft:
    """What staff say of a product by one attribute; empty in all three parts says nothing and takes away what was said."""

    attribute_id: AttributeId
    choice_ids: tuple[ChoiceId, ...] = ()
    number: Decimal | None = None
    text: Bilingual = field(default_factory=Bilingual)


BRAND = "brand"
"""The name under which a shelf is narrowed down by brand; no attribute is called so."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a shopper wants of a shelf: any of the answers within a question, all the questions. Sorted, so that equal wishes are equal.

    `wanted` pairs a question (an attribute's code, or “brand”) with the codes (or slugs) of the answers.
    """

    wanted: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetChoice:
    """One answer on a shelf: how many `products` are left with it, all other questions as they are answered."""

    code: str
    name: Bilingual
    swatch: str
    products: int
    is_wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A question by which a shelf can be narrowed down, its answers in the attribute's order (brands by the number of their goods)."""

    code: str
    name: Bilingual
    choices: tuple[FacetChoice, ...]

    @property
    def is_wanted(self) -> bool:
        return any(each.is_wanted for each in self.choices)


class Addressed(StrEnum):
    """What stands under an address of its own."""

    PRODUCT = "product"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Listed:
    """A published product as search engines are told of it."""

    slug: str
    changed_at: datetime
    id: ProductId


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What is sold and stocked. `option` is the choice it stands for (“Red, large”), empty where there is only one.

    Where its product has options, `option` is put together from the values it stands for (`value_ids`, in the order of their slots).
    """

    id: VariantId
    product_id: ProductId
    sku: str
    option: Bilingual
    weight_g: int
    is_sellable: bool
    value_ids: tuple[OptionValueId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """`source_name` chooses the drawing where there is no photo (`photo_url` empty); `rank` orders featured shelves, 1 first."""

    id: ProductId
    slug: str
    name: Bilingual
    text: Bilingual
    category_id: CategoryId | None
    brand_id: BrandId | None
    source_name: str
    photo_url: str
    rank: int
    is_published: bool
    is_category_derived: bool
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantDraft:
    """A variant as staff write it: without `id` it is new. `value_ids` None: it stands for the same values as before."""

    id: VariantId | None = None
    sku: str
    option: Bilingual = field(default_factory=Bilingual)
    weight_g: int = 0
    is_sellable: bool = True
    value_ids: tuple[OptionValueId, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """A variant with what other rooms need to know of its product, to price, show and record it."""

    variant_id: VariantId
    product_id: ProductId
    category_id: CategoryId | None
    category_slug: str
    sku: str
    slug: str
    name: Bilingual
    option: Bilingual
    source_name: str
    photo_url: str
    weight_g: int
    is_sellable: bool

    @property
    def title(self) -> Bilingual:
        """What people call the variant: the product's name, and the option where there is one."""
        return title(self.name, self.option)

    def called(self, language: str) -> str:
        """Return what people call the variant in a language."""
        return self.title.pick(language)


def title(name: Bilingual, option: Bilingual) -> Bilingual:
    """Return what people call a variant: its product's name and its option, `Mug · Large, Blue`; as orders and their papers say it."""

    def called(language: str, own: str) -> str:
        said = option.pick(language)
        # Orders keep 300 characters of it.
        return f"{own} · {said}"[:300] if own and said else own

    return Bilingual(called("en", name.en), called("zh", name.zh))


class SlugTaken(Refusal):
    """Another product or category has this slug."""

    code = "slug_taken"

    def __init__(self, slug: str) -> None:
        super().__init__(f"The slug {slug!r} is taken; choose another", field="slug", value=slug)


class SkuTaken(Refusal):
    """Another variant has this SKU; capital and small letters count as the same."""

    code = "sku_taken"

    def __init__(self, sku: str) -> None:
        super().__init__(f"The SKU {sku!r} is taken; choose another", field="sku", value=sku)


class CategoryTooDeep(Refusal):
    """A shelf stands on a main shelf, never deeper: the parent has a parent itself, or the shelf carries shelves."""

    code = "category_too_deep"

    def __init__(self, slug: str) -> None:
        super().__init__(f"Category {slug!r} cannot carry this one: two levels are all there are", field="parent", value=slug)


class CodeTaken(Refusal):
    """Another attribute, or another answer of the same one, has this code."""

    code = "code_taken"

    def __init__(self, taken: str) -> None:
        super().__init__(f"The code {taken!r} is taken; choose another", field="code", value=taken)


class KindIsUsed(Refusal):
    """Goods are described by the attribute already, so that what it says stays of its kind."""

    code = "kind_is_used"

    def __init__(self, kind: str, products: int) -> None:
        super().__init__(f"{products} products are described by it: it cannot become a {kind}", field="kind", value=kind)
        self.products = products


class ChoiceIsUsed(Refusal):
    """Goods are described by the answer that was left out."""

    code = "choice_is_used"

    def __init__(self, choice: str, products: int) -> None:
        super().__init__(f"{products} products are described by {choice!r}: give them another answer first", field="choices", value=choice)
        self.products = products


class NotSellable(Refusal):
    """The variant, or its product, is not on sale."""

    code = "not_sellable"


@dataclass(frozen=True, slots=True)
class Editions:
    """The marks of every part of the catalogue at one moment: as long as a part's mark stands, nothing a page shows of it has changed.

    `marks` by scope: 0 the shop as a whole, a category's id the goods on it, −1 goods on no shelf.
    """

    marks: Mapping[int, int]

    def of(self, shelves: Sequence[int] | None) -> int:
        """Return the mark of these shelves and of the shop as a whole; None: of everything."""
        if shelves is None:
            return sum(self.marks.values())
        return sum(self.marks.get(each, 0) for each in {0, *shelves})
