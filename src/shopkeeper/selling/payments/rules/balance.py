"""What a stream of payment events amounts to, in whatever order and however often its news came in."""

from collections.abc import Iterable, Sequence

from shopkeeper.selling.payments.rules import disputes
from shopkeeper.selling.payments.shapes import ASKS, Balance, DisputeState, EventKind, PaymentEvent, PaymentState

_K = EventKind
_ANSWERS = {
    _K.AUTHORIZE_ASKED: frozenset({_K.AUTHORIZED, _K.DECLINED, _K.FAILED}),
    _K.CAPTURE_ASKED: frozenset({_K.CAPTURED, _K.FAILED}),
    _K.VOID_ASKED: frozenset({_K.VOIDED, _K.FAILED}),
    _K.REFUND_ASKED: frozenset({_K.REFUNDED, _K.REFUND_FAILED}),
}
"""Which words of the provider close which request."""


def balance(events: Sequence[PaymentEvent]) -> Balance:
    """Return the sums over a payment's events, in minor units.

    A capture that was told before its authorisation implies one; so does the order of the events never matter.
    """
    captured = _sum(events, _K.CAPTURED)
    waiting = unanswered(events)
    found = disputes.disputes(events)
    return Balance(
        authorized_minor=max(_sum(events, _K.AUTHORIZED), captured),
        captured_minor=captured,
        voided_minor=_sum(events, _K.VOIDED),
        refunded_minor=_refunded(events),
        capture_pending_minor=_sum(waiting, _K.CAPTURE_ASKED),
        refund_pending_minor=_sum(waiting, _K.REFUND_ASKED),
        disputed_minor=sum(each.amount_minor for each in found if each.state is DisputeState.OPEN),
        lost_minor=sum(each.amount_minor for each in found if each.state is DisputeState.LOST),
    )


def state(events: Sequence[PaymentEvent]) -> PaymentState:
    """Return the state the events amount to. Money outweighs words: an authorisation told after a refusal counts."""
    kinds = {event.kind for event in events}
    if _K.CAPTURED in kinds:
        return PaymentState.CAPTURED
    if _K.VOIDED in kinds:
        return PaymentState.VOIDED
    if _K.AUTHORIZED in kinds:
        return PaymentState.AUTHORIZED
    if _K.DECLINED in kinds or _refusals_to_reserve(events):
        return PaymentState.DECLINED
    return PaymentState.PENDING


def unanswered(events: Sequence[PaymentEvent]) -> list[PaymentEvent]:
    """Return our requests that the provider has not answered yet, in the order they were made."""
    told = {(event.key, event.kind) for event in events if event.kind not in ASKS}
    return [event for event in events if event.kind in ASKS and not any((event.key, answer) in told for answer in _ANSWERS[event.kind])]


def decline_reason(events: Iterable[PaymentEvent]) -> str:
    """Return why the provider refused, in our terms; empty where it did not."""
    closing = _keys(events, _K.VOID_ASKED)
    reasons = [
        event.reason or "declined"
        for event in events
        if event.kind is _K.DECLINED or (event.kind is _K.FAILED and event.key not in closing)
    ]
    return reasons[0] if reasons else ""


def _refusals_to_reserve(events: Sequence[PaymentEvent]) -> list[PaymentEvent]:
    # A capture or a void that failed says nothing about whether the buyer may still confirm.
    other = _keys(events, _K.CAPTURE_ASKED) | _keys(events, _K.VOID_ASKED)
    return [event for event in events if event.kind is _K.FAILED and event.key not in other]


def _keys(events: Iterable[PaymentEvent], kind: EventKind) -> set[str]:
    return {event.key for event in events if event.kind is kind}


def _refunded(events: Sequence[PaymentEvent]) -> int:
    # A bank may send back money that was given back already; the provider tells it as a failure of the same act.
    bounced = {event.reference for event in events if event.kind is _K.REFUND_FAILED and event.reference}
    return sum(event.amount_minor for event in events if event.kind is _K.REFUNDED and event.reference not in bounced)


def _sum(events: Iterable[PaymentEvent], kind: EventKind) -> int:
    return sum(event.amount_minor for event in events if event.kind is kind)
