"""What a bundle holds, as the door shows it."""

from django.utils.translation import gettext_noop
from ninja import Schema

from shopkeeper.doors.api.values import Both, Money, both, money, money_or_none
from shopkeeper.flows import browse
from shopkeeper.selling.catalog.shapes_bundles import Part


class PartOut(Schema):
    __doc__ = gettext_noop(
        "What one bundle holds of a thing. As long as a part is not on sale (`is_sellable`), its bundle cannot be bought."
    )

    sku: str
    product: str
    name: Both
    option: Both
    units: int
    is_sellable: bool


class BundleOut(Schema):
    __doc__ = gettext_noop(
        "What one of a bundle holds. `apart`: what all of it costs by itself now, null where a part has no price; `saved`: what the bundle "
        "costs less than that, null where it does not."
    )

    parts: list[PartOut]
    apart: Money | None
    saved: Money | None


def bundle_out(bundle: browse.Bundle | None, currency: str) -> BundleOut | None:
    """Return what a bundle holds and saves as this door shows it; None for a single thing."""
    if bundle is None:
        return None
    return BundleOut(
        parts=[part_out(each.part) for each in bundle.held], apart=money_or_none(bundle.apart_minor, currency),
        saved=money(bundle.saved_minor, currency) if bundle.saved_minor else None,
    )  # fmt: skip


def part_out(part: Part) -> PartOut:
    """Return a part of a bundle as this door shows it."""
    return PartOut(
        sku=part.goods.sku, product=part.goods.slug, name=both(part.goods.name), option=both(part.goods.option), units=part.units,
        is_sellable=part.goods.is_sellable,
    )  # fmt: skip
