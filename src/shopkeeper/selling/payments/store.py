"""Every query of payments: rows to shapes, events added once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec
from django.db import connection

from shopkeeper.kit import statements
from shopkeeper.kit.ids import OrderId, PaymentId, new_token
from shopkeeper.selling.payments import models
from shopkeeper.selling.payments.rules import balance, disputes
from shopkeeper.selling.payments.shapes import EventKind, OrderMoney, Payment, PaymentEvent, PaymentState

Row = TypeVar("Row", models.Payment, models.PaymentEvent)


def _rows(model: type[Row], condition: str, value: object) -> list[Row]:
    """Return whole rows by a prepared statement: a payment is read at every step of the hot path."""
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    # Columns and table are the model's own, the condition one of those below.
    found = statements.rows(f'SELECT {columns} FROM "{model._meta.db_table}" WHERE {condition}', [value])  # noqa: S608
    return [model.from_db("default", [field.attname for field in fields], row) for row in found]


def load(rows: Sequence[models.Payment]) -> list[Payment]:
    """Return payments with all their events, two queries however many they are."""
    events: dict[int, list[PaymentEvent]] = {row.pk: [] for row in rows}
    for event in _rows(models.PaymentEvent, "payment_id = ANY(%s::bigint[]) ORDER BY id", list(events)) if events else ():
        events[event.payment_id].append(to_event(event))
    return [to_payment(row, events[row.pk]) for row in rows]


def to_event(row: models.PaymentEvent) -> PaymentEvent:
    return PaymentEvent(
        kind=EventKind(row.kind), amount_minor=row.amount_minor, key=row.key, reference=row.reference, reason=row.reason, at=row.at,
        due_at=row.due_at,
    )  # fmt: skip


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
        qr_text=row.qr_text,
        expires_at=row.expires_at,
        disputes=disputes.disputes(events),
    )


_EVENTS = """
    (SELECT json_agg(json_build_array(e.kind, e.amount_minor, e.key, e.reference, e.reason, e.at, e.due_at) ORDER BY e.id)
     FROM payments_paymentevent e WHERE e.payment_id = p.id)::text
"""


def _whole(condition: str, value: object) -> list[Payment]:
    """Return payments with all their events by one prepared statement."""
    fields = models.Payment._meta.concrete_fields
    columns = ", ".join(f'p."{field.column}"' for field in fields)
    # Columns are the model's own, the condition one of those below.
    found = statements.rows(f"SELECT {columns}, {_EVENTS} FROM payments_payment p WHERE {condition}", [value])  # noqa: S608
    names = [field.attname for field in fields]
    return [to_payment(models.Payment.from_db("default", names, row[:-1]), _events(row[-1])) for row in found]


def _events(read: str | None) -> list[PaymentEvent]:
    return [
        PaymentEvent(
            kind=EventKind(kind), amount_minor=amount, key=key, reference=reference, reason=reason, at=datetime.fromisoformat(at),
            due_at=None if due_at is None else datetime.fromisoformat(due_at),
        )
        for kind, amount, key, reference, reason, at, due_at in msgspec.json.decode(read or "[]")
    ]  # fmt: skip


def by_ids(ids: Sequence[PaymentId]) -> dict[PaymentId, Payment]:
    wanted = [each for each in ids if 0 < each < 2**63]
    # By one id the plan is kept; by a list of ids it would be made anew each time.
    found = _whole("p.id = %s::bigint", wanted[0]) if len(wanted) == 1 else _whole("p.id = ANY(%s::bigint[])", wanted)
    return {payment.id: payment for payment in found}


def of_order(order_id: OrderId) -> list[Payment]:
    return _whole("p.order_id = %s::bigint ORDER BY p.id", order_id) if 0 < order_id < 2**63 else []


def lock(payment_id: PaymentId) -> models.Payment | None:
    return next(iter(_rows(models.Payment, "id = %s::bigint FOR UPDATE", payment_id)), None)


def ids_by_name(names: Sequence[str], provider: str) -> dict[str, PaymentId]:
    rows = models.Payment.objects.filter(name__in=list(names), provider=provider).values_list("name", "id")
    return {name: PaymentId(payment_id) for name, payment_id in rows}


def add_event(payment_id: PaymentId, event: PaymentEvent) -> bool:
    """Add an event to the stream; return whether it was news."""
    written = statements.done(
        """INSERT INTO payments_paymentevent (payment_id, kind, amount_minor, key, reference, reason, at, due_at)
           VALUES (%s::bigint, %s, %s::bigint, %s, %s, %s, %s, %s) ON CONFLICT (payment_id, kind, key, reference) DO NOTHING""",
        [payment_id, event.kind.value, event.amount_minor, event.key, event.reference, event.reason, event.at, event.due_at],
    )
    return bool(written)


def ids_by_reference(references: Sequence[str], provider: str) -> dict[str, PaymentId]:
    """Return payments by the provider's own names for them; a name two payments share is left out, since nobody knows which is meant."""
    rows = list(models.Payment.objects.filter(reference__in=list(references), provider=provider).values_list("reference", "id"))
    names = Counter(reference for reference, _ in rows)
    return {reference: PaymentId(payment_id) for reference, payment_id in rows if reference and names[reference] == 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A payment about to be begun, as `public.start` takes it."""

    order_id: OrderId
    provider: str
    method: str
    amount_minor: int
    currency: str
    key: str
    description: str
    language: str
    return_url: str
    expires_at: datetime | None
    at: datetime
    wake_at: datetime


def start(new: Attempt) -> PaymentId:
    """Return the payment of that key, made now if there is none."""
    statements.done(
        """INSERT INTO payments_payment (order_id, provider, method, amount_minor, currency, key, description, language, return_url,
                                             expires_at, name, state, reference, redirect_url, started_at, wake_at, tries)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', '', %s, %s, 0) ON CONFLICT (key) DO NOTHING""",
        [
            new.order_id,
            new.provider,
            new.method,
            new.amount_minor,
            new.currency,
            new.key,
            new.description,
            new.language,
            new.return_url,
            new.expires_at,
            "pay_" + new_token(),
            PaymentState.PENDING.value,
            new.at,
            new.wake_at,
        ],
    )
    return PaymentId(models.Payment.objects.values_list("id", flat=True).get(key=new.key))


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
    """Return what the providers hold for every order that has a payment, in two queries; disputes are few."""
    withdrawn = _withdrawn_of_orders()
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT p.order_id,
                      coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'authorized'), 0),
                      coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'captured'), 0),
                      coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'voided'), 0),
                      coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'refunded' AND NOT EXISTS (
                          SELECT FROM payments_paymentevent b WHERE b.payment_id = e.payment_id AND b.kind = 'refund_failed'
                          AND b.reference = e.reference AND b.reference <> '')), 0),
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
                is_settled=row[6], withdrawn_minor=withdrawn.get(row[0], 0),
            )
            for row in cursor.fetchall()
        ]  # fmt: skip


def _withdrawn_of_orders() -> dict[int, int]:
    found: dict[int, int] = {}
    disputed = models.PaymentEvent.objects.filter(kind__in=[EventKind.DISPUTED, EventKind.DISPUTE_LOST]).values("payment_id")
    for payment in load(list(models.Payment.objects.filter(id__in=disputed))):
        taken = payment.balance.disputed_minor + payment.balance.lost_minor
        found[payment.order_id] = found.get(payment.order_id, 0) + taken
    return found
