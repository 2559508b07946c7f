"""Bundles: goods made of other goods. Part of the catalogue's face (`public`)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit.ids import UserId, VariantId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import bundle_store, draft_store, store
from shopkeeper.selling.catalog.rules import bundles as rules
from shopkeeper.selling.catalog.shapes_bundles import Part, PartDraft
from shopkeeper.selling.catalog.shapes_drafts import SecondPersonNeeded


def parts(variant_ids: Sequence[VariantId]) -> dict[VariantId, tuple[Part, ...]]:
    """Return what one of each of these variants holds, of those that are bundles. One query."""
    return bundle_store.parts(variant_ids) if variant_ids else {}


def moving_with(variant_ids: Sequence[VariantId]) -> tuple[VariantId, ...]:
    """Return all variants whose stock moves with that of these: themselves, their parts, and all bundles that hold any of them."""
    return bundle_store.moving(variant_ids) if variant_ids else ()


@transaction.atomic
def save_bundle(*, variant_id: VariantId, parts: Sequence[PartDraft], actor: UserId | None, now: datetime) -> tuple[Part, ...]:
    """Say what one of a variant holds, in place of what was said, and return it; with no parts it is a single thing again.

    The same again changes nothing. Orders keep what their bundles held when they were placed. What has been in stock itself is refused
    by the stock room, as a database error of its own (`flows.bundles` translates it).
    What shoppers see is not changed where a second person is needed: take the product out of the shop first, then ask to show it again.
    Raises NotFound, BundleInBundle, BundleIsOneThing, OutOfRange, NameTwice, SecondPersonNeeded.
    """
    known = store.goods([variant_id, *(each.variant_id for each in parts)])
    if variant_id not in known:
        raise NotFound("variant", variant_id)
    drafts = rules.tidy_parts(parts, {each.variant_id: each.sku for each in known.values()})
    ids = [each.variant_id for each in drafts]
    goods = known[variant_id]
    row = store.lock_product(goods.product_id)
    bundle_store.lock([variant_id, *ids])
    if drafts:
        bundle_store.refuse_nesting(variant_id, goods.sku, ids)
        bundle_store.refuse_several(goods.product_id, goods.sku)
    before = bundle_store.parts([variant_id]).get(variant_id, ())
    if [PartDraft(each.goods.variant_id, each.units) for each in before] == list(drafts):
        return before
    if row.is_published and draft_store.needs_second_person():
        raise SecondPersonNeeded(goods.product_id)
    bundle_store.put(variant_id, drafts)
    after = bundle_store.parts([variant_id]).get(variant_id, ())
    row.changed_at = now
    row.save(update_fields=["changed_at"])
    states = {"before": {"parts": _told(before)}, "after": {"parts": _told(after)}}
    audit.record(actor=actor, act="catalog.save_bundle", subject=f"variant:{variant_id}", at=now, **states)
    events.record(facts.ProductSaved(product_id=goods.product_id, is_published=row.is_published), at=now)
    return after


def _told(parts: Sequence[Part]) -> list[str]:
    return [f"{each.units} × {each.goods.sku}" for each in parts]
