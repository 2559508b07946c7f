"""When a buyer may be asked for a review: once for each order, on a lawful ground, of goods that were kept and not written of yet."""

from datetime import datetime

from django.db import transaction

from shopkeeper.growth.messages import text_store
from shopkeeper.growth.messages.shapes import LetterSettings, ReviewGround
from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import Malformed
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.orders.shapes import Order, OrderLine, OrderState
from shopkeeper.selling.reviews import public as reviews

PURPOSE = "marketing.mail"


def settings() -> LetterSettings:
    """Return the letters' settings."""
    return text_store.settings()


@transaction.atomic
def save_settings(*, review_ground: str, review_days: int, actor: UserId | None, now: datetime) -> LetterSettings:
    """Save on what ground and how many days (1 to 90) after the last parcel buyers are asked for reviews. Raises Malformed, OutOfRange."""
    if review_ground not in set(ReviewGround):
        raise Malformed("review_ground", review_ground, expected="review_ground")
    days = checks.whole(review_days, field="review_days", least=1, most=90)
    before, wanted = text_store.settings(), LetterSettings(review_ground=ReviewGround(review_ground), review_days=days)
    if before != wanted:
        text_store.save_settings(wanted)
        audit.record(actor=actor, act="messages.save_settings", subject="letters:1", before=_plain(before), after=_plain(wanted), at=now)
    return wanted


def grounds(order: Order) -> frozenset[ReviewGround]:
    """Return on which grounds the buyer of this order may be asked now what they think of its goods: one query."""
    if order.state is not OrderState.SHIPPED or order.is_imported:
        return frozenset()
    if not any(_kept(line) > 0 for line in order.lines) or any(refund.lines for refund in order.refunds):
        return frozenset()
    written, agreed = together.read(lambda: reviews.of_order(order.id), lambda: customers.agreed([order.buyer_id], PURPOSE))
    if written:
        return frozenset()
    return frozenset({ReviewGround.SOFT_OPT_IN, ReviewGround.CONSENT} if order.buyer_id in agreed else {ReviewGround.SOFT_OPT_IN})


def _kept(line: OrderLine) -> int:
    return line.shipped_units - max(0, line.refunded_units - line.dropped_units)


def _plain(found: LetterSettings) -> dict[str, object]:
    return {"review_ground": found.review_ground.value, "review_days": found.review_days}
