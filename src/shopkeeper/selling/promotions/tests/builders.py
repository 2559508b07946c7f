"""Promotions and baskets for tests."""

from datetime import UTC, datetime
from typing import Any

from shopkeeper.kit.ids import BrandId, CategoryId, ProductId, PromotionId, VariantId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.promotions.shapes import Around, Item, Promotion, Rule

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def promotion(number: int, rule: Rule, **changes: Any) -> Promotion:
    """Return a promotion about everything that began this morning and has no end."""
    plain: dict[str, Any] = {
        "id": PromotionId(number), "version": 1, "code": f"P{number}", "name": Bilingual(f"Promotion {number}", f"促销 {number}"),
        "rule": rule, "starts_at": datetime(2026, 6, 1, tzinfo=UTC),
    }  # fmt: skip
    return Promotion(**(plain | changes))


def item(number: int, unit_minor: int, units: int = 1, *, category: int = 1, brand: int | None = None) -> Item:
    """Return a line of one variant, whose product has the same number."""
    return Item(
        variant_id=VariantId(number), product_id=ProductId(number), categories=frozenset([CategoryId(category)]),
        brand_id=None if brand is None else BrandId(brand), collections=frozenset(), unit_minor=unit_minor, units=units,
    )  # fmt: skip


def around(**changes: Any) -> Around:
    """Return a guest on the web at noon who holds nothing."""
    return Around(**({"channel": "web", "at": NOON} | changes))
