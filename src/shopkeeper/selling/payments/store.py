"""Every query of payments: rows to shapes, events added once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from shopkeeper.kit.ids import OrderId, PaymentId, new_token
from shopkeeper.selling.payments import models
from shopkeeper.selling.payments.rules import balance
from shopkeeper.selling.payments.shapes import EventKind, OrderMoney, Payment, PaymentEvent, PaymentState


def load(rows: Sequence[models.Payment]) -> list[Payment]:
    """Return payments with all their events, two queries however many they are."""
    events: dict[int, list[PaymentEvent]] = {row.pk: [] for row in rows}
    for event in models.PaymentEvent.objects.filter(payment_id__in=list(events)).order_by("id"):
        events[event.payment_id].append(to_event(event))
    return [to_payment(row, events[row.pk]) for row in rows]


def to_event(row: models.PaymentEvent) -> PaymentEvent:
    return PaymentEvent(
        kind=EventKind(row.kind), amount_minor=row.amount_minor, key=row.key, reference=row.reference, reason=row.reason, at=row.at
    )


def to_payment(row: models.Payment, events: Sequence[PaymentEvent]) -> Payment:
    return Payment(
        id=PaymentId(row.pk),
        order_id=OrderId(row.order_id),
        name=row.name,
        provider=row.provider,
        method=row.method,
        amount_minor=row.amount_minor,
        currency=row.currency,
        state=balance.state(events),
        balance=balance.balance(events),
        reference=row.reference,
        decline_reason=balance.decline_reason(events),
        events=tuple(events),
        started_at=row.started_at,
        redirect_url=row.redirect_url,
    )


def by_ids(ids: Sequence[PaymentId]) -> dict[PaymentId, Payment]:
    return {payment.id: payment for payment in load(list(models.Payment.objects.filter(id__in=list(ids))))}


def of_order(order_id: OrderId) -> list[Payment]:
    return load(list(models.Payment.objects.filter(order_id=order_id).order_by("id")))


def lock(payment_id: PaymentId) -> models.Payment | None:
    return models.Payment.objects.select_for_update().filter(id=payment_id).first()


def ids_by_name(names: Sequence[str], provider: str) -> dict[str, PaymentId]:
    rows = models.Payment.objects.filter(name__in=list(names), provider=provider).values_list("name", "id")
    return {name: PaymentId(payment_id) for name, payment_id in rows}


def add_event(payment_id: PaymentId, event: PaymentEvent) -> bool:
    """Add an event to the stream; return whether it was news."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO payments_paymentevent (payment_id, kind, amount_minor, key, reference, reason, at)
               VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (payment_id, kind, key, reference) DO NOTHING""",
            [payment_id, event.kind.value, event.amount_minor, event.key, event.reference, event.reason, event.at],
        )
        return bool(cursor.rowcount)


def start(
    *, order_id: OrderId, provider: str, method: str, amount_minor: int, currency: str, key: str, at: datetime, wake_at: datetime
) -> PaymentId:
    """Return the payment of that key, made now if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO payments_payment (order_id, provider, method, amount_minor, currency, key, name, state, reference,
                                             redirect_url, started_at, wake_at, tries)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', '', %s, %s, 0) ON CONFLICT (key) DO NOTHING""",
            [order_id, provider, method, amount_minor, currency, key, "pay_" + new_token(), PaymentState.PENDING.value, at, wake_at],
        )
    return PaymentId(models.Payment.objects.values_list("id", flat=True).get(key=key))


def claim_due(*, now: datetime, limit: int, first_wait_s: int, longest_wait_s: int) -> list[PaymentId]:
    """Take payments whose time has come; each waits twice as long for its next time, so that a dead provider is not hammered."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE payments_payment SET tries = tries + 1,
                      wake_at = %s + make_interval(secs => least(%s, %s * power(2, least(tries, 20))))
               WHERE id IN (SELECT id FROM payments_payment WHERE wake_at <= %s ORDER BY wake_at LIMIT %s FOR UPDATE SKIP LOCKED)
               RETURNING id""",
            [now, longest_wait_s, first_wait_s, now, limit],
        )
        return [PaymentId(row[0]) for row in cursor.fetchall()]


def money_of_orders() -> list[OrderMoney]:
    """Return what the providers hold for every order that has a payment, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT p.order_id,
                      coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'authorized'), 0),
                      coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'captured'), 0),
                      coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'voided'), 0),
                      coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'refunded'), 0),
                      coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'refund_asked' AND NOT EXISTS (
                          SELECT FROM payments_paymentevent a WHERE a.payment_id = e.payment_id AND a.key = e.key
                          AND a.kind IN ('refunded', 'refund_failed'))), 0),
                      bool_and(p.wake_at IS NULL)
               FROM payments_payment p LEFT JOIN payments_paymentevent e ON e.payment_id = p.id
               GROUP BY p.order_id ORDER BY p.order_id"""
        )
        return [
            OrderMoney(
                order_id=OrderId(row[0]), authorized_minor=int(row[1]), captured_minor=int(row[2]), voided_minor=int(row[3]),
                refunded_minor=int(row[4]), refund_pending_minor=int(row[5]),
                is_settled=row[6],
            )
            for row in cursor.fetchall()
        ]  # fmt: skip
