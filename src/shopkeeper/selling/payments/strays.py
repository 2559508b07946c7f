"""What becomes of money that belongs to no payment known here: looked into, linked, given back or settled elsewhere.

A request to give money back is written down, made outside every transaction, and its answer written down: it goes once,
whoever dies.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from shopkeeper.kit import money
from shopkeeper.kit.ids import PaymentId, UserId
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.payments import models, store
from shopkeeper.selling.payments.adapters import installed
from shopkeeper.selling.payments.adapters.provider import Answer, Ask, Provider, ProviderSilent
from shopkeeper.selling.payments.rules import balance, mismatch
from shopkeeper.selling.payments.rules import strays as rules
from shopkeeper.selling.payments.shapes import (
    ABANDONED,
    OPEN_STRAYS,
    EventKind,
    PaymentEvent,
    Stray,
    StrayClosed,
    StrayState,
    StrayUnaskable,
    UnknownProvider,
)
from shopkeeper.selling.payments.stray_news import LOOK_SOON, add, add_event, events_of, fold, is_linked, row_of, stray, to_stray

FIRST_WAIT_S, LONGEST_WAIT_S = 60, 86_400
PATIENCE = 4
"""So often a silent provider is asked what became of a stray before it is put before staff as it was told."""

SILENT_FOR = timedelta(days=3)
"""A provider that has said nothing of a request to give money back for so long may be passed by: staff settle it elsewhere."""

BEGUN_BEFORE = timedelta(days=2)
"""Where a provider must search by time: so long before its first news a payment may have been begun."""


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
    if found.state is StrayState.LINKED:
        return _rest(stray_id)
    payment_id = _payment_of(found) if found.is_open else None
    # News wakes a closed one as well: the provider is asked once more, and it closes again or is open.
    return _ask_about(found, now) if payment_id is None else _link(stray_id, payment_id, now)


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
    row = row_of(stray_id, locked=True)
    if balance.unanswered(events_of(row)):
        # Somebody began to give it back since we looked; the payment, awake, hears of that as well.
        return to_stray(row)
    row.payment_id = payment_id
    fold(row, is_looked_at=True, wake_at=None)
    return to_stray(row)


@transaction.atomic
def _rest(stray_id: int) -> Stray:
    row = row_of(stray_id, locked=True)
    if row.state not in OPEN_STRAYS:
        models.Stray.objects.filter(pk=stray_id).update(wake_at=None, tries=0)
    return to_stray(row)


def _ask_about(found: Stray, now: datetime) -> Stray:
    told: Sequence[Answer] | None = None
    is_over = False
    with suppress(ProviderSilent, UnknownProvider):
        provider = installed.provider(found.provider)
        is_over = not provider.can_be_asked(**_called(found))
        told = None if is_over else provider.find(**_called(found), started_at=found.first_at - BEGUN_BEFORE, at=now)
    return repeat_give_back(_looked(found.id, told, now, is_over=is_over).id, now)


def _called(found: Stray) -> dict[str, str]:
    """Return what the provider is to call a stray by: our name for it only where it is one, since it would spell another one anew."""
    return {"payment_name": found.name if rules.is_own(found.name) else "", "reference": found.reference}


@transaction.atomic
def _looked(stray_id: int, told: Sequence[Answer] | None, now: datetime, *, is_over: bool) -> Stray:
    """Write down what was told; `is_over`: the provider cannot be asked, so that there is nothing to wait for."""
    row = row_of(stray_id, locked=True)
    add(row, _of_this(row, told or ()), now)
    if told is not None or is_over or row.tries >= PATIENCE:
        # Asked again within a day while it is open: reserved money runs out, and what was given back by hand is told by nobody.
        open_still = (
            rules.state(events_of(row), is_linked=is_linked(row), is_looked_at=True, settled_minor=row.settled_minor).value in OPEN_STRAYS
        )
        fold(row, is_looked_at=True, wake_at=now + timedelta(seconds=LONGEST_WAIT_S) if open_still else None)
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


_GIVEN_UP = {EventKind.REFUND_ASKED: EventKind.REFUND_FAILED, EventKind.VOID_ASKED: EventKind.FAILED}


def give_back_stray(*, stray_id: int, seen_minor: int, actor: UserId | None, now: datetime) -> Stray:
    """Have the provider give back what it keeps of a stray, and let go of what it has reserved; return how it stands. Outside transactions.

    `seen_minor` is the sum that was decided on: where it is another by now, nothing is asked. While an earlier request has no answer, it is
    repeated under its own key and nothing goes twice. Raises StrayClosed, NotFound; StrayUnaskable, before anything is written, where the
    provider can only be asked by a name that is not of our making, or is not installed any more.
    """
    known = stray(stray_id)
    if known.is_open and (payment_id := _payment_of(known)) is not None:
        # News was faster than the payment itself: the order's own money is not given back as nobody's.
        _link(stray_id, payment_id, now)
        raise StrayClosed(StrayState.LINKED.value, known.open_minor)
    refuse_unaskable(known)
    found = _open_give_back(stray_id, seen_minor, actor, now)
    return repeat_give_back(found.id, now)


def refuse_unaskable(found: Stray) -> None:
    try:
        can = installed.provider(found.provider).can_be_asked(**_called(found))
    except UnknownProvider:
        can = False
    if not can:
        raise StrayUnaskable(found.provider, found.open_minor)


def repeat_give_back(stray_id: int, now: datetime) -> Stray:
    """Make the requests again that have no answer, under their own keys, and return how it stands; nothing new is asked for.

    Outside transactions. Raises NotFound.
    """
    found = stray(stray_id)
    for asked in balance.unanswered(found.events):
        found = _ask(found, asked, now)
    return found


@transaction.atomic(durable=True)
def _open_give_back(stray_id: int, seen_minor: int, actor: UserId | None, now: datetime) -> Stray:
    row = row_of(stray_id, locked=True)
    if row.state == StrayState.GIVING_BACK.value:
        return to_stray(row)
    left = row.kept_minor + row.reserved_minor
    if row.state not in (StrayState.UNCLAIMED.value, StrayState.HEARD.value) or not left or left != seen_minor:
        raise StrayClosed(row.state, left)
    before = row.state
    row.settled_minor = row.settled_at = None
    for kind, amount, verb in _wanted(row):
        add_event(stray_id, PaymentEvent(kind=kind, amount_minor=amount, key=_key(row, verb), reference="", reason="", at=now))
    fold(row, is_looked_at=True, wake_at=now + LOOK_SOON)
    after = {"state": row.state, "provider": row.provider, "amount": _amount(row, left)}
    audit.record(actor=actor, act="payments.give_back", subject=f"stray:{stray_id}", before={"state": before}, after=after, at=now)
    return to_stray(row)


def _wanted(row: models.Stray) -> list[tuple[EventKind, int, str]]:
    wanted = ((EventKind.REFUND_ASKED, row.kept_minor, "stray-back"), (EventKind.VOID_ASKED, row.reserved_minor, "stray-void"))
    return [each for each in wanted if each[1]]


def _key(row: models.Stray, verb: str) -> str:
    """Return the key of the next such request: under a key that was refused it would be refused for ever.

    Made of the provider's names, as a payment's own keys are, so that a shop set back to an earlier moment asks under the same key again;
    never a key that the payment itself asks under, whose money may go back beside it.
    """
    is_own = rules.is_own(row.name)
    begun = f"{row.name if is_own else row.reference}:{verb}"
    # Also of the other row under this name: what was told before the payment was known may have been given back in part.
    rows = Q(stray__provider=row.provider, stray__name=row.name) if is_own else Q(stray=row.pk)
    times = models.StrayEvent.objects.filter(rows, kind__in=rules.ASKED, key__startswith=begun).count()
    return begun + (f"-{times + 1}" if times else "")


def _ask(found: Stray, asked: PaymentEvent, now: datetime) -> Stray:
    named = _called(found)
    ask = Ask(
        key=asked.key, payment_name=named["payment_name"], reference=named["reference"], method="", amount_minor=asked.amount_minor,
        currency=found.currency, at=now,
    )  # fmt: skip
    try:
        answer = _ACTS[asked.kind](installed.provider(found.provider))(ask)
    except (ProviderSilent, UnknownProvider):
        return stray(found.id)
    return _answered(found.id, answer, now)


@transaction.atomic
def _answered(stray_id: int, answer: Answer, now: datetime) -> Stray:
    row = row_of(stray_id, locked=True)
    add(row, [answer], now)
    return to_stray(row)


@transaction.atomic
def settle_stray_elsewhere(*, stray_id: int, seen_minor: int, reason: str, actor: UserId | None, now: datetime) -> Stray:
    """Note that a stray was settled outside the shop, and where; more money opens it again. Returns it.

    `seen_minor` is the sum that was looked at, what is asked back included: where it is another by now, nothing is noted (StrayClosed).
    A request to give it back that the provider has left without any word for SILENT_FOR is given up: it is not made again. Before that,
    and for what is settled, raises StrayClosed; NotFound.
    """
    row = row_of(stray_id, locked=True)
    before = row.state
    there = row.kept_minor + row.reserved_minor + row.pending_minor
    is_passed_by = before == StrayState.GIVING_BACK.value and is_silent(to_stray(row), now)
    if not is_passed_by and before not in (StrayState.UNCLAIMED.value, StrayState.HEARD.value):
        raise StrayClosed(before, there)
    if there != seen_minor:
        raise StrayClosed(StrayState.UNCLAIMED.value, there)
    if is_passed_by:
        _give_up(row, now)
    row.settled_minor, row.settled_at, row.reason = row.kept_minor + row.reserved_minor, now, reason
    fold(row, is_looked_at=True, wake_at=None)
    after = {"state": row.state, "provider": row.provider, "amount": _amount(row, row.settled_minor)}
    audit.record(actor=actor, act="payments.settle_elsewhere", subject=f"stray:{stray_id}", before={"state": before}, after=after, at=now)
    return to_stray(row)


def is_silent(found: Stray, now: datetime) -> bool:
    """Return whether a stray that is being given back has heard nothing from its provider for SILENT_FOR."""
    return found.state is StrayState.GIVING_BACK and max(event.at for event in found.events) <= now - SILENT_FOR


def _give_up(row: models.Stray, now: datetime) -> None:
    """Write down that nobody waits for an answer any more; one that still comes counts all the same."""
    for asked in balance.unanswered(events_of(row)):
        kind = _GIVEN_UP[asked.kind]
        add_event(int(row.pk), PaymentEvent(kind=kind, amount_minor=0, key=asked.key, reference="", reason=ABANDONED, at=now))
    fold(row, is_looked_at=True, wake_at=None)


def _amount(row: models.Stray, minor: int) -> str:
    """Return an amount for the trail, which knows the shop's own currency only."""
    return f"{money.to_decimal(minor, row.currency)} {row.currency}".strip() if row.currency else str(minor)
