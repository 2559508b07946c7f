"""Goods and shelves to test with, made through the room's own face."""

from datetime import UTC, datetime

from shopkeeper.kit.ids import CategoryId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Goods, VariantDraft

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


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
