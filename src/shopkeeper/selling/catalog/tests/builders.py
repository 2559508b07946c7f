"""Goods and shelves to test with, made through the room's own face."""

from collections.abc import Sequence
from datetime import UTC, datetime

from shopkeeper.kit.ids import BrandId, CategoryId, ProductId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Attribute, ChoiceDraft, Goods, TraitDraft, TraitKind, VariantDraft
from shopkeeper.selling.catalog.shapes_options import Option, OptionDraft, OptionValueDraft

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
COLOURS = ("red", "green", "blue")
COLOUR = OptionDraft(
    name=Bilingual("Colour", "颜色"),
    values=(OptionValueDraft(name=Bilingual("Red", "红色"), swatch="#B93A2B"), OptionValueDraft(name=Bilingual("Blue", "蓝色"))),
)
SIZE = OptionDraft(name=Bilingual("Size", "尺码"), values=(OptionValueDraft(name=Bilingual("S")), OptionValueDraft(name=Bilingual("L"))))


def a_category(slug: str = "tea", *, parent_id: CategoryId | None = None, name: Bilingual | None = None) -> CategoryId:
    """Make a category and return its id."""
    name = name or Bilingual(slug.title(), "茶")
    return catalog.save_category(category_id=None, slug=slug, name=name, parent_id=parent_id, actor=None, now=NOON)


def some_goods(
    sku: str = "TEA",
    *,
    name: Bilingual | None = None,
    category_id: CategoryId | None = None,
    is_published: bool = True,
    is_sellable: bool = True,
    rank: int = 1,
    now: datetime = NOON,
) -> Goods:
    """Make a product with one variant and return it as goods."""
    product = catalog.save_product(
        product_id=None,
        slug=sku.lower(),
        name=name or Bilingual(f"{sku.title()} for two", "双人茶"),
        text=Bilingual("For rainy days.", "下雨天喝。"),
        category_id=category_id,
        variants=[VariantDraft(sku=sku, is_sellable=is_sellable)],
        is_published=is_published,
        rank=rank,
        actor=None,
        now=now,
    )
    return catalog.goods([product.variants[0].id])[product.variants[0].id]


def a_brand(slug: str = "acme") -> BrandId:
    """Make a brand and return its id."""
    return catalog.save_brand(brand_id=None, slug=slug, name=Bilingual(slug.title(), "牌"), actor=None, now=NOON)


def an_attribute(code: str = "colour", answers: Sequence[str] = COLOURS, *, is_filter: bool = True) -> Attribute:
    """Make an attribute with these answers and return it."""
    drafts = [ChoiceDraft(code=each, name=Bilingual(each.title(), "色")) for each in answers]
    made = catalog.save_attribute(
        attribute_id=None, code=code, name=Bilingual(code.title(), "名"), kind=TraitKind.CHOICE, is_filter=is_filter, choices=drafts,
        actor=None, now=NOON,
    )  # fmt: skip
    return catalog.attribute_by_id(made)


def says(attribute: Attribute, *codes: str) -> TraitDraft:
    """Return that these answers of an attribute hold."""
    ids = {each.code: each.id for each in attribute.choices}
    return TraitDraft(attribute_id=attribute.id, choice_ids=tuple(ids[code] for code in codes))


def tell(product_id: ProductId, *traits: TraitDraft, brand_id: BrandId | None = None) -> None:
    """Say all that is said of a product."""
    catalog.describe(product_id=product_id, brand_id=brand_id, traits=traits, actor=None, now=NOON)


def options_of(product_id: ProductId, *drafts: OptionDraft) -> tuple[Option, ...]:
    """Give a product these options and return them."""
    return catalog.save_options(product_id=product_id, options=drafts, actor=None, now=NOON)


def a_shirt(*drafts: OptionDraft) -> ProductId:
    """A product with all combinations of these options on sale, the first one being SHIRT."""
    product_id = some_goods("SHIRT").product_id
    options_of(product_id, *(drafts or (COLOUR, SIZE)))
    if missing := catalog.missing_variants(product_id):
        catalog.add_variants(product_id=product_id, variants=missing, actor=None, now=NOON)
    return product_id


def of_attribute(attribute: Attribute, *codes: str) -> OptionDraft:
    """Return an option that stands for an attribute, with these of its answers."""
    ids = {each.code: each.id for each in attribute.choices}
    return OptionDraft(attribute_id=attribute.id, values=tuple(OptionValueDraft(choice_id=ids[code]) for code in codes))
