"""Wishes and waits to test with, made through the room's own face: variants and customers are ids here, as they are to the room."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from shopkeeper.events import models as outbox
from shopkeeper.kit.ids import CustomerId, VariantId
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import Wait, WaitAsked, browser_owner, customer_owner

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TEA = VariantId(7)
CUP = VariantId(8)
ANN = customer_owner(CustomerId(3))
BROWSER = browser_owner("a-secret-of-this-browser")
_people = count(1)


def wanted(*, variant_id: int = TEA, email: str = "", language: str = "en") -> WaitAsked:
    """Return what somebody asks: to be told when the tea is back; a new address each time."""
    email = email or f"person{next(_people)}@example.org"
    return WaitAsked(variant_id=VariantId(variant_id), email=email, language=language, wording="back_in_stock.1")


def asked(*, now: datetime = NOON, customer_id: int | None = None, **changes: Any) -> Wait:
    """Ask for a wait whose address is not confirmed."""
    made = wishes.ask(asked=wanted(**changes), customer_id=CustomerId(customer_id) if customer_id else None, is_confirmed=False, now=now)
    assert made is not None
    return made


def waiting(*, now: datetime = NOON, **changes: Any) -> Wait:
    """Ask for a wait and confirm it at once."""
    return wishes.confirm(token=asked(now=now, **changes).token, now=now)


def queue(length: int, *, variant_id: int = TEA, now: datetime = NOON) -> list[Wait]:
    """Return waits for a variant, a minute apart, in the order of their queue."""
    return [waiting(variant_id=variant_id, now=now + place * MINUTE) for place in range(length)]


def told(kind: str) -> list[dict[str, Any]]:
    """Return the facts of a kind in the outbox, oldest first, as plain values."""
    return [row.body for row in outbox.OutboxFact.objects.filter(kind=kind).order_by("id")]
