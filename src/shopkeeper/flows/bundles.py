"""Bundles join the catalogue with the stock room: what has pieces of its own does not become one."""

from collections.abc import Sequence
from datetime import datetime

from django.db import Error, transaction

from shopkeeper.kit.ids import UserId, VariantId
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes_bundles import Part, PartDraft
from shopkeeper.selling.inventory import public as inventory


def save_bundle(*, variant_id: VariantId, parts: Sequence[PartDraft], actor: UserId | None, now: datetime) -> tuple[Part, ...]:
    """Say what one of a variant holds, in place of what was said, and return it; with no parts it is a single thing again.

    Raises NotFound, BundleInBundle, BundleIsOneThing, BundleWasStocked, OutOfRange, NameTwice, SecondPersonNeeded.
    """
    try:
        with transaction.atomic():
            return catalog.save_bundle(variant_id=variant_id, parts=parts, actor=actor, now=now)
    except Error as error:
        refusal = inventory.refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error
