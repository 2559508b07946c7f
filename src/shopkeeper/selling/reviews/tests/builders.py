"""Reviews to test with, made through the room's own face: orders and goods are ids here, as they are to the room."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from shopkeeper.events import models as outbox
from shopkeeper.kit.ids import CustomerId, LineId, OrderId, ProductId
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import BoughtLine, Review, ReviewDraft

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEA = ProductId(7)
_lines = count(1_000)


def draft(**changes: Any) -> ReviewDraft:
    """Return what a writer writes: Ann, four stars."""
    return ReviewDraft(**{"shown_name": "Ann", "stars": 4, "title": "Good tea", "text": "Warms on a wet day.", "language": "en", **changes})


def line(*, product_id: int = TEA, buyer_id: int = 3) -> BoughtLine:
    """Return a bought line that nobody wrote of yet."""
    number = next(_lines)
    return BoughtLine(line_id=LineId(number), order_id=OrderId(number), product_id=ProductId(product_id), buyer_id=CustomerId(buyer_id))


def waiting(*, product_id: int = TEA, writer: str = "", buyer_id: int = 3, now: datetime = NOON, **changes: Any) -> Review:
    """Write a review that waits."""
    return reviews.write(line=line(product_id=product_id, buyer_id=buyer_id), draft=draft(**changes), writer=writer, now=now)


def shown(**changes: Any) -> Review:
    """Write a review and show it."""
    made = waiting(**changes)
    return reviews.decide(review_id=made.id, seen_version=1, state="shown", actor=None, now=NOON)


def hidden(reason: str = "abusive", **changes: Any) -> Review:
    """Write a review and hide it."""
    made = waiting(**changes)
    return reviews.decide(review_id=made.id, seen_version=1, state="hidden", reason=reason, actor=None, now=NOON)


def told(kind: str) -> list[dict[str, Any]]:
    """Return the facts of a kind in the outbox, oldest first, as plain values."""
    return [row.body for row in outbox.OutboxFact.objects.filter(kind=kind).order_by("id")]
