"""Every query of payments: rows to shapes, events added once.

What the hot path asks goes through database functions (`sql/0003_functions.sql`), prepared, one round trip each.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from shopkeeper.kit import statements
from shopkeeper.kit.ids import OrderId, PaymentId, new_token
from shopkeeper.selling.payments import models
from shopkeeper.selling.payments.adapters import installed
from shopkeeper.selling.payments.rules import balance, disputes, strays
from shopkeeper.selling.payments.shapes import EventKind, OrderMoney, Payment, PaymentEvent


def read(document: str) -> Payment:
    """Return the payment that the database function payments_document tells, with what its events amount to."""
    return _payment(msgspec.json.decode(document))


def read_all(documents: str | None) -> tuple[Payment, ...]:
    """Return the payments that the database function payments_documents tells; none where it tells nothing."""
    return tuple(_payment(each) for each in msgspec.json.decode(documents or "[]"))


def _payment(told: Sequence[Any]) -> Payment:
    (
        payment_id, order_id, name, provider, method, amount, currency, reference, redirect_url, qr_text, description, language,
        return_url, started_at, expires_at, is_awake, events,
    ) = told  # fmt: skip
    stream = tuple(_event(each) for each in events or ())
    return Payment(
        id=PaymentId(payment_id), order_id=OrderId(order_id), name=name, provider=provider, method=method, amount_minor=amount,
        currency=currency, reference=reference, redirect_url=redirect_url, qr_text=qr_text, description=description, language=language,
        return_url=return_url, started_at=datetime.fromisoformat(started_at), expires_at=_moment(expires_at), is_awake=is_awake,
        events=stream, **amounting(stream),
    )  # fmt: skip


def amounting(events: Sequence[PaymentEvent]) -> dict[str, Any]:
    """Return the fields of a payment that its events decide."""
    return {
        "state": balance.state(events),
        "balance": balance.balance(events),
        "decline_reason": balance.decline_reason(events),
        "disputes": disputes.disputes(events),
    }


def _event(told: Sequence[Any]) -> PaymentEvent:
    kind, amount, key, reference, reason, at, due_at = told
    return PaymentEvent(
        kind=EventKind(kind), amount_minor=amount, key=key, reference=reference, reason=reason, at=datetime.fromisoformat(at),
        due_at=_moment(due_at),
    )  # fmt: skip


def _moment(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)


def by_ids(ids: Collection[PaymentId]) -> dict[PaymentId, Payment]:
    """Return payments with all their events, by id; one statement however many they are."""
    wanted = [each for each in ids if 0 < each < 2**63]
    found = statements.rows("SELECT payments_document(p)::text FROM unnest(%s::bigint[]) AS p", [wanted]) if wanted else []
    return {payment.id: payment for payment in (read(document) for (document,) in found if document is not None)}


def of_order(order_id: OrderId) -> tuple[Payment, ...]:
    if not 0 < order_id < 2**63:
        return ()
    return read_all(statements.row("SELECT payments_documents(%s::bigint)", [order_id])[0])


# ── writing: null where it was written, the payment as it stands where its stream has grown since it was looked at ───────


def ask(values: Sequence[Any]) -> str | None:
    """Write a request down; `values` are the arguments of payments_ask."""
    return _told("SELECT payments_ask(%s::bigint, %s::integer, %s, %s::bigint, %s, %s, %s)", values)


def hear(
    seen: Payment, then: Payment, *, fresh: Sequence[PaymentEvent], told: Sequence[Any], wake_at: datetime | None, at: datetime
) -> str | None:
    """Write news down: the events, what the payment is by them (`then`), and the facts that tell of them."""
    to_answer = [each for each in then.disputes if each.is_to_answer]
    events = [
        {"kind": new.kind, "amount_minor": new.amount_minor, "key": new.key, "reference": new.reference, "reason": new.reason,
         "due_at": new.due_at}
        for new in fresh
    ]  # fmt: skip
    kept = {
        "state": then.state, "reference": then.reference, "redirect_url": then.redirect_url, "qr_text": then.qr_text,
        "is_disputed": bool(to_answer), "dispute_due_at": min((each.due_at for each in to_answer if each.due_at), default=None),
        "wake_at": wake_at,
    }  # fmt: skip
    return _told(
        "SELECT payments_hear(%s::bigint, %s::integer, %s::jsonb, %s::jsonb, %s::jsonb, %s)",
        [seen.id, len(seen.events), _json(events), _json(kept), _json(told), at],
    )


def rest(seen: Payment) -> bool:
    """Let a payment sleep; False where its stream has grown."""
    return bool(statements.row("SELECT payments_rest(%s::bigint, %s::integer)", [seen.id, len(seen.events)])[0])


def _told(statement: str, values: Sequence[Any]) -> str | None:
    found: str | None = statements.row(statement, values)[0]
    return found


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def ids_by_name(names: Sequence[str], provider: str) -> dict[str, PaymentId]:
    rows = models.Payment.objects.filter(name__in=list(names), provider=provider).values_list("name", "id")
    return {name: PaymentId(payment_id) for name, payment_id in rows}


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


def start(new: Attempt, *, is_asked: bool) -> tuple[Payment, bool]:
    """Return the payment of that key and whether it was made now; with `is_asked` a new one carries the request to reserve its money."""
    name = strays.OWN + new_token()
    document = _json({**{each.name: getattr(new, each.name) for each in fields(new)}, "name": name})
    found = read(statements.row("SELECT payments_start(%s::jsonb, %s)", [document, is_asked])[0])
    return found, found.name == name


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


MONEY = """
    SELECT p.order_id,
           coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'authorized'), 0) AS authorized_minor,
           coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'captured'), 0) AS captured_minor,
           coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'voided'), 0) AS voided_minor,
           coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'refunded' AND NOT EXISTS (
               SELECT FROM payments_paymentevent b WHERE b.payment_id = e.payment_id AND b.kind = 'refund_failed'
               AND b.reference = e.reference AND b.reference <> '')), 0) AS refunded_minor,
           coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'refund_asked' AND NOT EXISTS (
               SELECT FROM payments_paymentevent a WHERE a.payment_id = e.payment_id AND a.key = e.key
               AND a.kind IN ('refunded', 'refund_failed'))), 0) AS refund_pending_minor,
           bool_and(p.wake_at IS NULL) OR max(greatest(p.started_at, e.at)) <= %(moved_since)s AS is_settled
    FROM payments_payment p LEFT JOIN payments_paymentevent e ON e.payment_id = p.id
    GROUP BY p.order_id"""


def money_of_orders(moved_since: datetime) -> list[OrderMoney]:
    """Return what the providers hold for every order that has a payment, in two queries; disputes are few."""
    withdrawn = _withdrawn_of_orders()
    with connection.cursor() as cursor:
        cursor.execute(MONEY + " ORDER BY p.order_id", {"moved_since": moved_since})
        return [
            OrderMoney(
                order_id=OrderId(row[0]), authorized_minor=int(row[1]), captured_minor=int(row[2]), voided_minor=int(row[3]),
                refunded_minor=int(row[4]), refund_pending_minor=int(row[5]),
                is_settled=row[6], withdrawn_minor=withdrawn.get(row[0], 0),
            )
            for row in cursor.fetchall()
        ]  # fmt: skip


def wake_orders(order_ids: Sequence[OrderId], at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH theirs AS (SELECT id FROM payments_payment WHERE order_id = ANY(%s) AND provider <> %s ORDER BY id FOR NO KEY UPDATE),
                    woken AS (UPDATE payments_payment SET wake_at = %s WHERE id IN (SELECT id FROM theirs) RETURNING order_id)
               SELECT count(DISTINCT order_id) FROM woken""",
            [list(order_ids), installed.BY_HAND.code, at],
        )
        return int(cursor.fetchone()[0])


def wake(payment_ids: Sequence[PaymentId], at: datetime) -> None:
    """Have the sweeper look at these payments from `at` on. Locks them by rising id."""
    locked = models.Payment.objects.select_for_update(no_key=True).filter(pk__in=payment_ids).order_by("pk")
    models.Payment.objects.filter(pk__in=list(locked.values_list("pk", flat=True))).update(wake_at=at)


def _withdrawn_of_orders() -> dict[int, int]:
    found: dict[int, int] = {}
    disputed = models.PaymentEvent.objects.filter(kind__in=[EventKind.DISPUTED, EventKind.DISPUTE_LOST])
    ids = [PaymentId(found) for found in disputed.values_list("payment_id", flat=True).distinct()]
    for payment in by_ids(ids).values():
        taken = payment.balance.disputed_minor + payment.balance.lost_minor
        found[payment.order_id] = found.get(payment.order_id, 0) + taken
    return found
