"""Variants made for missing combinations over a line that may break: sent twice under one idempotency key, they are made once."""

from collections.abc import Sequence
from datetime import datetime

from shopkeeper.kit.ids import ProductId, UserId
from shopkeeper.ops.requests import public as requests
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Product
from shopkeeper.selling.catalog.shapes_options import NewVariant


def add(*, product_id: ProductId, variants: Sequence[NewVariant], actor: UserId, now: datetime, key: str | None = None) -> Product:
    """Add variants that stand for combinations and return the product; repeating the idempotency key changes nothing more.

    Raises NotFound, SkuTaken, CombinationMissing, CombinationTaken, OutOfRange, Malformed, KeyReused.
    """

    def work() -> dict[str, int]:
        catalog.add_variants(product_id=product_id, variants=variants, actor=actor, now=now)
        return {"product_id": product_id}

    asked = {"product_id": product_id, "variants": [[each.sku, list(each.value_ids), each.weight_g] for each in variants]}
    requests.once(key=key, asker=requests.STAFF, act="catalog.add_variants", asked=asked, work=work, now=now)
    return catalog.product_by_id(product_id)
