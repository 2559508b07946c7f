"""Payments as plain values, for rules, and payments in the database that a provider has told of."""

from datetime import UTC, datetime

from shopkeeper.kit.ids import OrderId, PaymentId
from shopkeeper.selling.payments import models
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


def a_stored_payment(
    name: str, *, provider: str = "alipay", at: datetime = NOON, captured: int = 1645, operation: str = "", reference: str = ""
) -> models.Payment:
    """Keep a payment that the provider has told of as taken."""
    row = models.Payment.objects.create(
        order_id=OrderId(1), provider=provider, method=f"{provider}-qr", amount_minor=1645, currency="CNY", key=f"k:{name}", name=name,
        state="captured", reference=reference, started_at=at,
    )  # fmt: skip
    told(row, EventKind.CAPTURED, captured, key=name, operation=operation or f"t:{name}", at=at)
    return row


def told(row: models.Payment, kind: EventKind, amount: int, *, key: str, operation: str, at: datetime = NOON) -> None:
    row.events.create(kind=kind, amount_minor=amount, key=key, reference=operation, at=at)
