"""What stands on a product's page beside price and basket: the heart, how the price comes about, and who wants to be told."""

from typing import Any

from django.http import HttpRequest

from shopkeeper.doors.storefront import explaining, frame, pages
from shopkeeper.flows.browse import Choice, Shown
from shopkeeper.kit.ids import VariantId
from shopkeeper.selling.pricing.shapes import DeliveryOption


def of(request: HttpRequest, shown: Shown, chosen: int | None, way: DeliveryOption | None) -> dict[str, Any]:
    """Return what the templates of a product's page need for them; `way` is how one piece would be delivered. One statement."""
    priced = [choice for choice in shown.choices if choice.tag is not None]
    told = next((choice for choice in priced if choice.variant.id == chosen), priced[0] if priced else None)
    return {
        "heart": pages.heart(request, _wished_first(shown, chosen)),
        "story": _story(request, told, way),
        "story_of_variant": told.variant if told and len(shown.choices) > 1 else None,
        "sold_out": [choice for choice in priced if choice.available <= 0],
    }


def _wished_first(shown: Shown, chosen: int | None) -> list[VariantId]:
    ids = [choice.variant.id for choice in shown.choices]
    return sorted(ids, key=lambda each: each != chosen)


def _story(request: HttpRequest, told: Choice | None, way: DeliveryOption | None) -> explaining.Story | None:
    if told is None:
        return None
    return explaining.of_one(told.variant.id, country=frame.shop(request).country, delivery=way.id if way else None)
