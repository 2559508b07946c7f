"""What mails a fact gives rise to. Hearing a fact twice queues one mail, for the key is the same."""

from collections.abc import Sequence
from datetime import timedelta

from shopkeeper.events.facts import Fact, OrderCancelled, OrderPaid, OrderPlaced, OrderRefunded, OrderShipped
from shopkeeper.events.shapes import Heard
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.rules import keys
from shopkeeper.growth.messages.shapes import MailKind, OrderMail, ReviewGround
from shopkeeper.kit.ids import OrderId


def write(batch: Sequence[Heard]) -> None:
    """Queue the mail that each fact of the batch calls for, as of the moment the fact tells of."""
    calls = [(mail_for(heard.fact), heard.occurred_at) for heard in batch if not _moves_no_money(heard.fact)]
    messages.order_mails([mail for mail, _ in calls], at=[at for _, at in calls])


def mail_for(fact: Fact) -> OrderMail:
    """Return the mail a fact calls for. Raises TypeError for a kind of fact nobody is written to about."""
    match fact:
        case OrderPlaced():
            key, kind, detail_id = keys.placed(fact.order_id), MailKind.PLACED, None
        case OrderPaid():
            key, kind, detail_id = keys.paid(fact.order_id), MailKind.PAID, None
        case OrderShipped():
            key, kind, detail_id = keys.shipped(fact.shipment_id), MailKind.SHIPPED, fact.shipment_id
        case OrderCancelled():
            key, kind, detail_id = keys.cancelled(fact.order_id), MailKind.CANCELLED, None
        case OrderRefunded():
            key, kind, detail_id = keys.refunded(fact.refund_id), MailKind.REFUNDED, fact.refund_id
        case _:
            raise TypeError(f"No mail is written about {type(fact).__name__}")
    return OrderMail(key=key, kind=kind, order_id=OrderId(fact.order_id), detail_id=detail_id)


def ask_for_reviews(batch: Sequence[Heard]) -> None:
    """Queue, for each order whose first parcel left, the mail that asks for reviews some days later; whether it goes is decided then."""
    wanted = messages.settings()
    if wanted.review_ground is ReviewGround.OFF:
        return
    sent = [(heard.fact.order_id, heard.occurred_at) for heard in batch if isinstance(heard.fact, OrderShipped)]
    mails = [OrderMail(key=keys.review(order_id), kind=MailKind.REVIEW_REQUEST, order_id=OrderId(order_id)) for order_id, _ in sent]
    messages.order_mails(mails, at=[at + timedelta(days=wanted.review_days) for _, at in sent])


def _moves_no_money(fact: Fact) -> bool:
    # Pieces that cost nothing were given back: a letter about money on its way would not be true.
    return isinstance(fact, OrderRefunded) and not fact.total_minor
