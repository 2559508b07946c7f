"""One variant put on sale or taken off it, all else of its product left as it is."""

from datetime import datetime

from django.db import transaction

from shopkeeper.kit.ids import UserId, VariantId
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Product, Variant, VariantDraft


@transaction.atomic
def set_on_sale(*, variant_id: VariantId, is_sellable: bool, actor: UserId | None, now: datetime) -> Product:
    """Put a variant on sale, or take it off, and return its product; one that is so already stays untouched.

    Raises NotFound, CombinationMissing, CombinationTaken, SecondPersonNeeded.
    """
    product_id = catalog.goods_of(variant_id).product_id
    # Held before it is read: what somebody else saves meanwhile would be written over.
    catalog.lock_products([product_id])
    found = catalog.product_by_id(product_id)
    if all(each.is_sellable == is_sellable for each in found.variants if each.id == variant_id):
        return found
    return catalog.save_product(
        product_id=product_id, slug=found.slug, name=found.name, text=found.text, category_id=found.category_id,
        variants=[_draft(each, is_sellable if each.id == variant_id else each.is_sellable) for each in found.variants],
        is_published=found.is_published, actor=actor, now=now,
    )  # fmt: skip


def _draft(variant: Variant, is_sellable: bool) -> VariantDraft:
    return VariantDraft(id=variant.id, sku=variant.sku, option=variant.option, weight_g=variant.weight_g, is_sellable=is_sellable)
