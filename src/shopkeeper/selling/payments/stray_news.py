"""News of money that belongs to no payment known here: kept once however often it is told, folded into what it amounts to, read.

It happens where the shop was set back to an earlier moment, where two shops or a person in the provider's own console use one account, and
for a moment where news is faster than the row it is about. What a provider says goes through the same fold as a payment's events; nothing
of it counts as money of the shop until somebody has decided (`strays.py`).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from shopkeeper.kit.ids import PaymentId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.payments import models, store
from shopkeeper.selling.payments.adapters.provider import Answer
from shopkeeper.selling.payments.rules import balance, mismatch
from shopkeeper.selling.payments.rules import strays as rules
from shopkeeper.selling.payments.shapes import EventKind, LineKind, Payment, PaymentEvent, StatementLine, Stray, StrayState

LOOK_SOON = timedelta(seconds=60)


# ── hear ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def hear(*, provider: str, answers: Sequence[Answer], now: datetime) -> list[int]:
    """Keep what a provider told of payments that are not known here and return the ids of the strays; the same news adds nothing."""
    told: dict[tuple[str, str], list[Answer]] = {}
    for answer in answers:
        if answer.kind in rules.MONEY:
            named = _named(provider, answer)
            told.setdefault((named.payment_name, named.reference), []).append(named)
    return [_keep(provider, news, now) for _name, news in sorted(told.items())]


def _named(provider: str, answer: Answer) -> Answer:
    """Return an answer under the names it is kept by; money that is called nothing at all goes by the act that is told."""
    told = answer.payment_name or ("" if answer.reference else answer.operation or answer.kind.value)
    return replace(answer, payment_name=_name_to_keep(provider, told), reference=answer.reference[:100])


def _name_to_keep(provider: str, told: str) -> str:
    return rules.name_to_keep(told, provider=provider, secret=settings.SECRET_KEY)


@transaction.atomic
def _keep(provider: str, news: Sequence[Answer], now: datetime) -> int:
    row = _row_for(provider, news[0], now)
    add(row, news, now)
    models.Stray.objects.filter(pk=row.pk).update(heard=F("heard") + 1, last_at=now)
    return int(row.pk)


def _row_for(provider: str, answer: Answer, now: datetime) -> models.Stray:
    """Return the stray that the answer speaks of, locked; made now if there is none. What was nameless gets its name."""
    found = _locked(provider, answer)
    if found is None:
        made = models.Stray(
            provider=provider, name=answer.payment_name, reference=answer.reference, currency=answer.currency.upper()[:3],
            state=StrayState.HEARD.value, first_at=now, last_at=now, wake_at=now + LOOK_SOON,
        )  # fmt: skip
        models.Stray.objects.bulk_create([made], ignore_conflicts=True)
        found = _locked(provider, answer)
        assert found is not None
    if answer.payment_name and not found.name:
        found.name = answer.payment_name
    if answer.reference:
        found.reference = answer.reference
    found.save(update_fields=["name", "reference"])
    return found


@transaction.atomic
def keep_mismatched(payment: Payment, now: datetime) -> None:
    """Keep money that came for a payment and cannot pay it, so that it is looked into like any that has no order. Kept once; more of it
    wakes it again. Its row is its own: what was told under the payment's name before the payment was known is counted at the payment."""
    came = [event for event in payment.events if event.kind is EventKind.MISMATCHED]
    if not came:
        return
    made = models.Stray(
        provider=payment.provider, name=payment.name, reference=payment.reference, state=StrayState.HEARD.value, first_at=now, last_at=now,
        heard=1, wake_at=now, payment_id=payment.id, is_mismatched=True,
    )  # fmt: skip
    models.Stray.objects.bulk_create([made], ignore_conflicts=True)
    row = models.Stray.objects.select_for_update().get(provider=payment.provider, name=payment.name, is_mismatched=True)
    fresh = [add_event(int(row.pk), event) for event in came]
    if any(fresh):
        row.tries = 0
        fold(row, is_looked_at=row.state != StrayState.HEARD.value, wake_at=now)


def _locked(provider: str, answer: Answer) -> models.Stray | None:
    rows = models.Stray.objects.select_for_update().filter(provider=provider, is_mismatched=False)
    if answer.payment_name and (found := rows.filter(name=answer.payment_name).first()):
        return found
    if not answer.reference:
        return None
    called = rows.filter(reference=answer.reference)
    if answer.payment_name:
        # A payment of our making is known by its name; of any other the provider's own is what stays the same.
        called = called.exclude(name__startswith=rules.OWN)
    return called.order_by("id").first()


def add(row: models.Stray, news: Sequence[Answer], now: datetime) -> bool:
    """Add what is new, repeat on the row what it amounts to, and return whether anything was new."""
    row.currency = row.currency or next((answer.currency.upper()[:3] for answer in news if answer.kind in rules.MONEY), "")
    fitting = [mismatch.compared(answer, row.currency or answer.currency.upper()) for answer in news if answer.kind in _KEPT]
    asked = models.StrayEvent.objects.filter(stray_id=row.pk, kind__in=rules.ASKED).order_by("id").values_list("key", flat=True)
    fresh = [add_event(int(row.pk), _event(answer, list(asked), now)) for answer in fitting]
    if any(fresh):
        fold(row, is_looked_at=row.state != StrayState.HEARD.value, wake_at=now + LOOK_SOON)
    return any(fresh)


_KEPT = rules.MONEY | {EventKind.FAILED}
"""A failure answers a request of ours, and is not news by itself."""


def _event(answer: Answer, asked: Sequence[str], now: datetime) -> PaymentEvent:
    return PaymentEvent(
        kind=answer.kind, amount_minor=answer.amount_minor, key=rules.key_to_keep(answer.key, asked),
        reference=answer.operation[:100], reason=answer.reason[:64], at=now, due_at=answer.due_at,
    )  # fmt: skip


def add_event(stray_id: int, event: PaymentEvent) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO payments_strayevent (stray_id, kind, amount_minor, key, reference, reason, at, due_at)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (stray_id, kind, key, reference) DO NOTHING""",
            [stray_id, event.kind.value, event.amount_minor, event.key, event.reference, event.reason, event.at, event.due_at],
        )
        return bool(cursor.rowcount)


_FOLDED = (
    "currency",
    "kept_minor",
    "reserved_minor",
    "pending_minor",
    "state",
    "wake_at",
    "payment",
    "reason",
    "settled_minor",
    "settled_at",
    "tries",
)


def fold(row: models.Stray, *, is_looked_at: bool, wake_at: datetime | None) -> None:
    events = events_of(row)
    found = rules.sums(events)
    row.kept_minor, row.reserved_minor, row.pending_minor = found.kept_minor, found.reserved_minor, found.pending_minor
    row.state = rules.state(events, is_linked=is_linked(row), is_looked_at=is_looked_at, settled_minor=row.settled_minor).value
    row.wake_at = wake_at
    row.save(update_fields=_FOLDED)


TOLD_BY_STATEMENT = "statement"


def hear_statement(*, provider: str, lines: Sequence[StatementLine], now: datetime) -> None:
    """Look into payments that only a statement tells of: ours hear from their provider anew, others are kept until it is asked.

    What the statement says is noted and not counted: the provider itself says what became of it, by its own names for each act.
    """
    paid = [line for line in lines if line.kind is LineKind.PAYMENT]
    named = store.ids_by_name([line.name for line in paid if line.name], provider)
    referred = store.ids_by_reference([line.reference for line in paid if not line.name], provider)
    found = [(line, named.get(line.name) or referred.get(line.reference)) for line in paid]
    store.wake([payment_id for _line, payment_id in found if payment_id], now)
    unknown = [_named(provider, _stated(line)) for line, payment_id in found if payment_id is None]
    for answer in sorted(unknown, key=lambda each: (each.payment_name, each.reference)):
        row = _row_for(provider, answer, now)
        if not events_of(row):
            add(row, [answer], now)


def _stated(line: StatementLine) -> Answer:
    return Answer(
        kind=EventKind.MISMATCHED, payment_name=line.name, key="", reference=line.reference,
        operation=line.operation[:100], amount_minor=line.amount_minor, reason=TOLD_BY_STATEMENT, currency=line.currency,
    )  # fmt: skip


# ── look ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def stray(stray_id: int) -> Stray:
    """Return a stray with its events. Raises NotFound."""
    return to_stray(row_of(stray_id))


def to_stray(row: models.Stray) -> Stray:
    """Return a row as it crosses the room's face."""
    events = events_of(row)
    return Stray(
        id=int(row.pk), provider=row.provider, name=row.name, reference=row.reference, currency=row.currency, state=StrayState(row.state),
        balance=balance.balance(events), events=tuple(events), first_at=row.first_at, last_at=row.last_at, heard=row.heard,
        payment_id=PaymentId(row.payment_id) if row.payment_id else None, is_mismatched=row.is_mismatched, reason=row.reason,
        kept_minor=row.kept_minor,
        reserved_minor=row.reserved_minor, pending_minor=row.pending_minor,
    )  # fmt: skip


def row_of(stray_id: int, *, locked: bool = False) -> models.Stray:
    rows = models.Stray.objects.select_for_update() if locked else models.Stray.objects.all()
    found = rows.filter(pk=stray_id).first() if 0 < stray_id < 2**63 else None
    if found is None:
        raise NotFound("stray", stray_id)
    return found


def events_of(row: models.Stray) -> list[PaymentEvent]:
    return [
        PaymentEvent(
            kind=EventKind(each.kind), amount_minor=each.amount_minor, key=each.key, reference=each.reference, reason=each.reason,
            at=each.at, due_at=each.due_at,
        )
        for each in models.StrayEvent.objects.filter(stray_id=row.pk).order_by("id")
    ]  # fmt: skip


def is_linked(row: models.Stray) -> bool:
    """Return whether a stray turned out to be a payment of the shop's, which counts it from then on."""
    return row.payment_id is not None and not row.is_mismatched
