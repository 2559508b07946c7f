"""Products, variants and categories as they cross the catalogue's face."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from shopkeeper.kit.ids import CategoryId, ProductId, VariantId
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
class Variant:
    """What is sold and stocked. `option` is the choice it stands for (“Red, large”), empty where there is only one."""

    id: VariantId
    product_id: ProductId
    sku: str
    option: Bilingual
    weight_g: int
    is_sellable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """`source_name` chooses the drawing where there is no photo (`photo_url` empty); `rank` orders featured shelves, 1 first."""

    id: ProductId
    slug: str
    name: Bilingual
    text: Bilingual
    category_id: CategoryId | None
    source_name: str
    photo_url: str
    rank: int
    is_published: bool
    is_category_derived: bool
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantDraft:
    """A variant as staff write it: without `id` it is new."""

    id: VariantId | None = None
    sku: str
    option: Bilingual = field(default_factory=Bilingual)
    weight_g: int = 0
    is_sellable: bool = True


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

    def called(self, language: str) -> str:
        """Return what people call the variant: the product's name, and the option where there is one."""
        option = self.option.pick(language)
        return self.name.pick(language) + (f" · {option}" if option else "")


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
        super().__init__(f"Category {slug!r} cannot carry this one: two levels are all there are", field="parent_id", value=slug)


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
