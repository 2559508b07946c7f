"""Queries behind bundles: what they hold, and which hold what."""

from collections import defaultdict
from collections.abc import Sequence

from django.db import IntegrityError, connection, transaction

from shopkeeper.kit import statements
from shopkeeper.kit.ids import ProductId, VariantId
from shopkeeper.selling.catalog import models, store
from shopkeeper.selling.catalog.bundle_models import BundlePart
from shopkeeper.selling.catalog.shapes_bundles import BundleInBundle, BundleIsOneThing, Part, PartDraft

_PARTS = """
    SELECT b.bundle_id, b.units, g.* FROM catalog_bundlepart b JOIN LATERAL catalog_goods(ARRAY[b.part_id]) g ON true
    WHERE b.bundle_id = ANY(%s::bigint[]) ORDER BY b.bundle_id, b.position
"""
_MOVING = """
    WITH own AS (SELECT unnest(%(ids)s::bigint[]) AS id
                 UNION SELECT part_id FROM catalog_bundlepart WHERE bundle_id = ANY(%(ids)s::bigint[]))
    SELECT id FROM own UNION SELECT b.bundle_id FROM catalog_bundlepart b JOIN own ON own.id = b.part_id ORDER BY 1
"""


def parts(variant_ids: Sequence[VariantId]) -> dict[VariantId, tuple[Part, ...]]:
    """Return what those of these variants hold that are bundles: one query."""
    found: defaultdict[VariantId, list[Part]] = defaultdict(list)
    for bundle_id, units, *row in statements.rows(_PARTS, [[each for each in variant_ids if 0 < each < 2**63]]):
        (goods,) = store.goods_from([row]).values()
        found[VariantId(bundle_id)].append(Part(goods=goods, units=units))
    return {bundle_id: tuple(held) for bundle_id, held in found.items()}


def moving(variant_ids: Sequence[VariantId]) -> tuple[VariantId, ...]:
    """Return these variants, the parts of those that are bundles, and all bundles that hold any of them: one query."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVING, {"ids": list(variant_ids)})
        return tuple(VariantId(number) for (number,) in cursor.fetchall())


def lock(variant_ids: Sequence[VariantId]) -> None:
    """Lock variants by id, as the triggers do: two who save bundles at once come one after the other."""
    list(models.Variant.objects.filter(pk__in=variant_ids).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


def refuse_nesting(bundle_id: VariantId, sku: str, part_ids: Sequence[VariantId]) -> None:
    """Raise BundleInBundle where a part is a bundle or this very variant, or this variant is a part of a bundle."""
    if bundle_id in part_ids or BundlePart.objects.filter(part_id=bundle_id).exists():
        raise BundleInBundle(sku)
    other = BundlePart.objects.filter(bundle_id__in=part_ids).values_list("bundle__sku", flat=True).first()
    if other is not None:
        raise BundleInBundle(other)


def refuse_several(product_id: ProductId, sku: str) -> None:
    """Raise BundleIsOneThing where a product has other variants as well."""
    variants = models.Variant.objects.filter(product_id=product_id).count()
    if variants != 1:
        raise BundleIsOneThing(sku, variants)


def put(bundle_id: VariantId, drafts: Sequence[PartDraft]) -> None:
    """Write what a bundle holds in place of what it held."""
    BundlePart.objects.filter(bundle_id=bundle_id).delete()
    rows = [
        BundlePart(bundle_id=bundle_id, part_id=each.variant_id, units=each.units, position=position)
        for position, each in enumerate(drafts, start=1)
    ]
    try:
        with transaction.atomic():
            BundlePart.objects.bulk_create(rows)
    except IntegrityError as error:
        # Looked at before, under a lock: only rows written past this room's face come here.
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") == "catalog_bundlepart_is_no_bundle":
            raise BundleInBundle(str(bundle_id)) from error
        raise
