"""Payments as plain values, for rules."""

from datetime import UTC, datetime

from shopkeeper.kit.ids import OrderId, PaymentId
from shopkeeper.selling.payments.rules import balance
from shopkeeper.selling.payments.shapes import EventKind, Payment, PaymentEvent

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NAME = "pay_1"


def a_payment(*events: str, amount: int) -> Payment:
    """Return a payment with these events, each of `amount`: `authorized`, or `captured@pay_1:capture` under a key."""
    stream = []
    for text in events:
        kind, _, key = text.partition("@")
        stream.append(PaymentEvent(kind=EventKind(kind), amount_minor=amount, key=key or NAME, reference=text, reason="", at=NOON))
    return Payment(
        id=PaymentId(1), order_id=OrderId(1), name=NAME, provider="test", method="test-ok", amount_minor=amount, currency="GBP",
        state=balance.state(stream), balance=balance.balance(stream), reference="", decline_reason="", events=tuple(stream),
        started_at=NOON,
    )  # fmt: skip
