"""News of a payment, written down once: its events, what they make of it, and the facts that tell of it, in one database call.

What the news means is decided here, from the payment as it was looked at. Where another process has written meanwhile, nothing is written
and it is decided anew from what stands there then (`sql/0003_functions.sql`).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from shopkeeper.events import facts
from shopkeeper.selling.payments import store
from shopkeeper.selling.payments.adapters.provider import Answer
from shopkeeper.selling.payments.rules import mismatch
from shopkeeper.selling.payments.shapes import ABANDONED, EventKind, Payment, PaymentEvent, PaymentState

ASK_AGAIN = timedelta(seconds=60)
"""How soon somebody looks at a payment that was spoken of: whoever heard of it may die before acting on it."""

_FACT_KINDS = {
    EventKind.AUTHORIZED: "authorized",
    EventKind.CAPTURED: "captured",
    EventKind.DECLINED: "declined",
    EventKind.VOIDED: "voided",
    EventKind.REFUNDED: "refunded",
    EventKind.REFUND_FAILED: "failed",
    EventKind.FAILED: "failed",
    EventKind.CONFIRMATION_NEEDED: "confirmation_needed",
    EventKind.MISMATCHED: "mismatched",
    EventKind.DISPUTED: "disputed",
    EventKind.DISPUTE_WON: "dispute_won",
    EventKind.DISPUTE_LOST: "dispute_lost",
}


def hear(found: Payment, answers: Sequence[Answer], now: datetime) -> Payment:
    """Write down what the provider said of a payment, as far as it is news, and return the payment. Any news wakes it soon."""
    while True:
        fresh = _fresh(found, answers, now)
        if not fresh:
            return found
        events = [event for _, event in fresh]
        then = replace(grown(found, events), is_awake=True, **_last_told(found, [answer for answer, _ in fresh]))
        told = [_fact(found, event) for event in events]
        moved = store.hear(found, then, fresh=events, told=told, wake_at=now + ASK_AGAIN, at=now)
        if moved is None:
            return then
        found = store.read(moved)


def abandon(found: Payment, now: datetime) -> Payment:
    """Write down that nobody waits for a payment any more that never got an answer, and return it."""
    while found.state is PaymentState.PENDING:
        given_up = PaymentEvent(kind=EventKind.FAILED, amount_minor=0, key=found.name, reference="", reason=ABANDONED, at=now)
        # Where the buyer still has the provider's page open, it is to be closed: the sweeper looks.
        wake_at = now if found.awaits_buyer else None
        then = replace(grown(found, [given_up]), is_awake=wake_at is not None)
        moved = store.hear(found, then, fresh=[given_up], told=[], wake_at=wake_at, at=now)
        if moved is None:
            return then
        found = store.read(moved)
    return found


def grown(found: Payment, fresh: Sequence[PaymentEvent]) -> Payment:
    """Return a payment as it is with further events."""
    events = (*found.events, *fresh)
    return replace(found, events=events, **store.amounting(events))


def _fresh(found: Payment, answers: Sequence[Answer], now: datetime) -> list[tuple[Answer, PaymentEvent]]:
    """Return what is news, each once: the same act told by an answer, by webhook and by webhook again is one event."""
    known = {(event.kind, event.key, event.reference) for event in found.events}
    fresh = []
    for answer in answers:
        fitting = mismatch.compared(answer, found.currency)
        called = (fitting.kind, fitting.key, fitting.operation)
        if called not in known:
            known.add(called)
            fresh.append((fitting, _event(fitting, now)))
    return fresh


def _event(answer: Answer, now: datetime) -> PaymentEvent:
    return PaymentEvent(
        kind=answer.kind, amount_minor=answer.amount_minor, key=answer.key, reference=answer.operation, reason=answer.reason, at=now,
        due_at=answer.due_at,
    )  # fmt: skip


def _last_told(found: Payment, answers: Sequence[Answer]) -> dict[str, Any]:
    """Return what the payment keeps of the provider's words besides the events: the last that was told of each."""
    return {
        name: next((getattr(answer, name) for answer in reversed(answers) if getattr(answer, name)), getattr(found, name))
        for name in ("reference", "redirect_url", "qr_text")
    }


def _fact(found: Payment, event: PaymentEvent) -> facts.PaymentEventHeard:
    return facts.PaymentEventHeard(
        order_id=found.order_id, payment_id=found.id, provider=found.provider, kind=_FACT_KINDS[event.kind], amount_minor=event.amount_minor
    )
