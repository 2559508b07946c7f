"""Money a provider tells of under a name this shop does not know: kept once, looked into, given back or settled elsewhere.

It happens where the shop was set back to an earlier moment, where two shops or a person in the provider's own console use one account, and
for a moment where news is faster than the row it is about. Nothing of it counts as money of the shop until somebody has decided.

What a provider says goes through the same fold as a payment's events. A request to give money back is written down, made outside every
transaction, and its answer written down, so that it goes once whoever dies.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F

from shopkeeper.kit import money
from shopkeeper.kit.ids import PaymentId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.payments import models, store
from shopkeeper.selling.payments.adapters import installed
from shopkeeper.selling.payments.adapters.provider import Answer, Ask, Provider, ProviderSilent
from shopkeeper.selling.payments.rules import balance, mismatch
from shopkeeper.selling.payments.rules import strays as rules
from shopkeeper.selling.payments.shapes import (
    OPEN_STRAYS,
    EventKind,
    LineKind,
    Payment,
    PaymentEvent,
    StatementLine,
    Stray,
    StrayClosed,
    StrayState,
    UnknownProvider,
)

MOST_NAME, MOST_KEY = 64, 120
LOOK_SOON = timedelta(seconds=60)
FIRST_WAIT_S, LONGEST_WAIT_S = 60, 86_400
PATIENCE = 4
"""So often a silent provider is asked what became of a stray before it is put before staff as it was told."""

BEGUN_BEFORE = timedelta(days=2)
"""Where a provider must search by time: so long before its first news a payment may have been begun."""


# ── hear ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def hear(*, provider: str, answers: Sequence[Answer], now: datetime) -> list[int]:
    """Keep what a provider told of payments that are not known here and return the ids of the strays; the same news adds nothing."""
    told: dict[tuple[str, str], list[Answer]] = {}
    for answer in answers:
        if answer.kind in rules.MONEY:
            named = replace(answer, payment_name=rules.name_to_keep(answer.payment_name, MOST_NAME), reference=answer.reference[:100])
            if named.payment_name or named.reference:
                told.setdefault((named.payment_name, named.reference), []).append(named)
    return [_keep(provider, news, now) for _name, news in sorted(told.items())]


@transaction.atomic
def _keep(provider: str, news: Sequence[Answer], now: datetime) -> int:
    row = _row_for(provider, news[0], now)
    _add(row, news, now)
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
    """Keep money that came for a payment and cannot pay it, so that it is looked into like any that has no order. Kept once."""
    if not any(event.kind is EventKind.MISMATCHED for event in payment.events):
        return
    made = models.Stray(
        provider=payment.provider, name=payment.name, reference=payment.reference, state=StrayState.HEARD.value, first_at=now, last_at=now,
        heard=1, wake_at=now, payment_id=payment.id, is_mismatched=True,
    )  # fmt: skip
    models.Stray.objects.bulk_create([made], ignore_conflicts=True)


def _locked(provider: str, answer: Answer) -> models.Stray | None:
    rows = models.Stray.objects.select_for_update().filter(provider=provider)
    if answer.payment_name and (found := rows.filter(name=answer.payment_name).first()):
        return found
    if not answer.reference:
        return None
    called = rows.filter(reference=answer.reference, name="") if answer.payment_name else rows.filter(reference=answer.reference)
    return called.order_by("id").first()


def _add(row: models.Stray, news: Sequence[Answer], now: datetime) -> bool:
    """Add what is new, repeat on the row what it amounts to, and return whether anything was new."""
    row.currency = row.currency or next((answer.currency.upper()[:3] for answer in news if answer.kind in rules.MONEY), "")
    fitting = [mismatch.compared(answer, row.currency or answer.currency.upper()) for answer in news if answer.kind in _KEPT]
    fresh = [_add_event(int(row.pk), _event(answer, now)) for answer in fitting]
    if any(fresh):
        _fold(row, is_looked_at=row.state != StrayState.HEARD.value, wake_at=now + LOOK_SOON)
    return any(fresh)


_KEPT = rules.MONEY | {EventKind.FAILED}
"""A failure answers a request of ours, and is not news by itself."""


def _event(answer: Answer, now: datetime) -> PaymentEvent:
    return PaymentEvent(
        kind=answer.kind, amount_minor=answer.amount_minor, key=rules.name_to_keep(answer.key, MOST_KEY),
        reference=answer.operation[:100], reason=answer.reason[:64], at=now, due_at=answer.due_at,
    )  # fmt: skip


def _add_event(stray_id: int, event: PaymentEvent) -> bool:
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
)


def _fold(row: models.Stray, *, is_looked_at: bool, wake_at: datetime | None) -> None:
    events = _events(row)
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
    models.Payment.objects.filter(pk__in=[payment_id for _line, payment_id in found if payment_id]).update(wake_at=now)
    unknown = [_stated(line) for line, payment_id in found if payment_id is None]
    for answer in sorted(
        (each for each in unknown if each.payment_name or each.reference), key=lambda each: (each.payment_name, each.reference)
    ):
        row = _row_for(provider, answer, now)
        if not _events(row):
            _add(row, [answer], now)


def _stated(line: StatementLine) -> Answer:
    return Answer(
        kind=EventKind.MISMATCHED, payment_name=rules.name_to_keep(line.name, MOST_NAME), key="", reference=line.reference[:100],
        operation=line.operation[:100], amount_minor=line.amount_minor, reason=TOLD_BY_STATEMENT, currency=line.currency,
    )  # fmt: skip


# ── look ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def stray(stray_id: int) -> Stray:
    """Return a stray with its events. Raises NotFound."""
    return to_stray(_row(stray_id))


def to_stray(row: models.Stray) -> Stray:
    """Return a row as it crosses the room's face."""
    events = _events(row)
    return Stray(
        id=int(row.pk), provider=row.provider, name=row.name, reference=row.reference, currency=row.currency, state=StrayState(row.state),
        balance=balance.balance(events), events=tuple(events), first_at=row.first_at, last_at=row.last_at, heard=row.heard,
        payment_id=PaymentId(row.payment_id) if row.payment_id else None, is_mismatched=row.is_mismatched, reason=row.reason,
        kept_minor=row.kept_minor,
        reserved_minor=row.reserved_minor, pending_minor=row.pending_minor,
    )  # fmt: skip


def _row(stray_id: int, *, locked: bool = False) -> models.Stray:
    rows = models.Stray.objects.select_for_update() if locked else models.Stray.objects.all()
    found = rows.filter(pk=stray_id).first() if 0 < stray_id < 2**63 else None
    if found is None:
        raise NotFound("stray", stray_id)
    return found


def _events(row: models.Stray) -> list[PaymentEvent]:
    return [
        PaymentEvent(
            kind=EventKind(each.kind), amount_minor=each.amount_minor, key=each.key, reference=each.reference, reason=each.reason,
            at=each.at, due_at=each.due_at,
        )
        for each in models.StrayEvent.objects.filter(stray_id=row.pk).order_by("id")
    ]  # fmt: skip


# ── look into ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def claim_strays(*, now: datetime, limit: int = 100) -> list[int]:
    """Take strays that somebody should look into now; each waits twice as long for its next time. Two sweepers never take the same."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE payments_stray SET tries = tries + 1,
                      wake_at = %s + make_interval(secs => least(%s, %s * power(2, least(tries, 20))))
               WHERE id IN (SELECT id FROM payments_stray WHERE wake_at <= %s ORDER BY wake_at LIMIT %s FOR UPDATE SKIP LOCKED)
               RETURNING id""",
            [now, LONGEST_WAIT_S, FIRST_WAIT_S, now, limit],
        )
        return sorted(int(row[0]) for row in cursor.fetchall())


def look_into_stray(stray_id: int, now: datetime) -> Stray:
    """Link a stray to its payment if that is known by now, else ask the provider what became of it; return how it stands.

    Repeats a request to give back that has no answer, under its own key. Outside transactions.
    """
    found = stray(stray_id)
    if not found.is_open or (payment_id := _payment_of(found)) is None:
        return _ask_about(found, now) if found.is_open else _rest(stray_id)
    return _link(stray_id, payment_id, now)


def _payment_of(found: Stray) -> PaymentId | None:
    if found.is_mismatched:
        return None
    named = store.ids_by_name([found.name], found.provider) if found.name else {}
    # A payment is known by the name it was begun under; a stray that has one of its own is not another payment of the same reference.
    referred = {} if found.name else store.ids_by_reference([found.reference], found.provider)
    return named.get(found.name) or referred.get(found.reference)


@transaction.atomic
def _link(stray_id: int, payment_id: PaymentId, now: datetime) -> Stray:
    # The payment first, as its lock ranks lower. Awake, it hears from its provider all that was told under its name.
    models.Payment.objects.filter(pk=payment_id).update(wake_at=now)
    row = _row(stray_id, locked=True)
    row.payment_id = payment_id
    _fold(row, is_looked_at=True, wake_at=None)
    return to_stray(row)


@transaction.atomic
def is_linked(row: models.Stray) -> bool:
    """Return whether a stray turned out to be a payment of the shop's, which counts it from then on."""
    return row.payment_id is not None and not row.is_mismatched


def _rest(stray_id: int) -> Stray:
    row = _row(stray_id, locked=True)
    if row.state not in OPEN_STRAYS:
        models.Stray.objects.filter(pk=stray_id).update(wake_at=None, tries=0)
    return to_stray(row)


def _ask_about(found: Stray, now: datetime) -> Stray:
    told: Sequence[Answer] | None = None
    with suppress(ProviderSilent, UnknownProvider):
        told = installed.provider(found.provider).find(
            payment_name=found.name, reference=found.reference, started_at=found.first_at - BEGUN_BEFORE, at=now
        )
    looked = _looked(found.id, told, now)
    for asked in balance.unanswered(looked.events):
        looked = _ask(looked, asked, now)
    return looked


@transaction.atomic
def _looked(stray_id: int, told: Sequence[Answer] | None, now: datetime) -> Stray:
    row = _row(stray_id, locked=True)
    _add(row, _of_this(row, told or ()), now)
    if told is not None or row.tries >= PATIENCE:
        # Asked again within a day while it is open: reserved money runs out, and what was given back by hand is told by nobody.
        open_still = (
            rules.state(_events(row), is_linked=is_linked(row), is_looked_at=True, settled_minor=row.settled_minor).value in OPEN_STRAYS
        )
        _fold(row, is_looked_at=True, wake_at=now + timedelta(seconds=LONGEST_WAIT_S) if open_still else None)
    return to_stray(row)


def _of_this(row: models.Stray, told: Sequence[Answer]) -> list[Answer]:
    """Return what is told of a stray alone: what fits the payment that it came for is that payment's, and counted there."""
    if not row.is_mismatched or row.payment is None:
        return list(told)
    currency = row.payment.currency
    return [answer for answer in told if mismatch.compared(answer, currency).kind is EventKind.MISMATCHED]


# ── settle ────────────────────────────────────────────────────────────────────────────────────────────────────────────


_ACTS: Mapping[EventKind, Callable[[Provider], Callable[[Ask], Answer]]] = {
    EventKind.REFUND_ASKED: lambda provider: provider.refund,
    EventKind.VOID_ASKED: lambda provider: provider.void,
}


def give_back_stray(*, stray_id: int, seen_minor: int, actor: UserId | None, now: datetime) -> Stray:
    """Have the provider give back what it keeps of a stray, and let go of what it has reserved; return how it stands. Outside transactions.

    `seen_minor` is the sum that was decided on: where it is another by now, nothing is asked. While an earlier request has no answer, it is
    repeated under its own key and nothing goes twice. Raises StrayClosed, NotFound.
    """
    found = _open_give_back(stray_id, seen_minor, actor, now)
    for asked in balance.unanswered(found.events):
        found = _ask(found, asked, now)
    return found


@transaction.atomic(durable=True)
def _open_give_back(stray_id: int, seen_minor: int, actor: UserId | None, now: datetime) -> Stray:
    row = _row(stray_id, locked=True)
    if row.state == StrayState.GIVING_BACK.value:
        return to_stray(row)
    left = row.kept_minor + row.reserved_minor
    if row.state not in (StrayState.UNCLAIMED.value, StrayState.HEARD.value) or not left or left != seen_minor:
        raise StrayClosed(row.state, left)
    before = row.state
    for kind, amount, verb in _wanted(row):
        _add_event(stray_id, PaymentEvent(kind=kind, amount_minor=amount, key=_key(row, verb), reference="", reason="", at=now))
    _fold(row, is_looked_at=True, wake_at=now + LOOK_SOON)
    after = {"state": row.state, "provider": row.provider, "amount": _amount(row, left)}
    audit.record(actor=actor, act="payments.give_back", subject=f"stray:{stray_id}", before={"state": before}, after=after, at=now)
    return to_stray(row)


def _wanted(row: models.Stray) -> list[tuple[EventKind, int, str]]:
    wanted = ((EventKind.REFUND_ASKED, row.kept_minor, "give-back"), (EventKind.VOID_ASKED, row.reserved_minor, "void"))
    return [each for each in wanted if each[1]]


def _key(row: models.Stray, verb: str) -> str:
    """Return the key of the next such request: under a key that was refused it would be refused for ever.

    Made of the provider's names, as a payment's own keys are, so that a shop set back to an earlier moment asks under the same key again.
    """
    begun = f"{row.name or rules.name_to_keep(row.reference, MOST_KEY - 20) or row.pk}:{verb}"
    times = sum(event.key.startswith(begun) for event in _events(row) if event.kind in _ACTS)
    return begun + (f"-{times + 1}" if times else "")


def _ask(found: Stray, asked: PaymentEvent, now: datetime) -> Stray:
    ask = Ask(
        key=asked.key, payment_name=found.name, reference=found.reference, method="", amount_minor=asked.amount_minor,
        currency=found.currency, at=now,
    )  # fmt: skip
    try:
        answer = _ACTS[asked.kind](installed.provider(found.provider))(ask)
    except (ProviderSilent, UnknownProvider):
        return stray(found.id)
    return _answered(found.id, answer, now)


@transaction.atomic
def _answered(stray_id: int, answer: Answer, now: datetime) -> Stray:
    row = _row(stray_id, locked=True)
    _add(row, [answer], now)
    return to_stray(row)


@transaction.atomic
def settle_stray_elsewhere(*, stray_id: int, reason: str, actor: UserId | None, now: datetime) -> Stray:
    """Note that a stray was settled outside the shop, and where; more money opens it again. Returns it. Raises StrayClosed, NotFound."""
    row = _row(stray_id, locked=True)
    if row.state not in (StrayState.UNCLAIMED.value, StrayState.HEARD.value):
        raise StrayClosed(row.state, row.kept_minor + row.reserved_minor)
    before = row.state
    row.settled_minor, row.settled_at, row.reason = row.kept_minor + row.reserved_minor, now, reason
    _fold(row, is_looked_at=True, wake_at=None)
    after = {"state": row.state, "provider": row.provider, "amount": _amount(row, row.settled_minor)}
    audit.record(actor=actor, act="payments.settle_elsewhere", subject=f"stray:{stray_id}", before={"state": before}, after=after, at=now)
    return to_stray(row)


def _amount(row: models.Stray, minor: int) -> str:
    """Return an amount for the trail, which knows the shop's own currency only."""
    return f"{money.to_decimal(minor, row.currency)} {row.currency}".strip() if row.currency else str(minor)
