"""Requests to a provider: written down first, then made outside every transaction, then their answers written down.

A process may die at any point; the request's key makes repeating it safe. What may be asked is decided from the payment as it was looked
at; where another process has written meanwhile, it is decided anew (`sql/0003_functions.sql`).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from shopkeeper.selling.payments import hearing, store
from shopkeeper.selling.payments.adapters import installed
from shopkeeper.selling.payments.adapters.provider import TIMEOUT_S, Answer, Ask, Provider, ProviderSilent
from shopkeeper.selling.payments.rules import balance
from shopkeeper.selling.payments.shapes import (
    CapturePending,
    EventKind,
    Payment,
    PaymentEvent,
    PaymentState,
    Request,
    TooMuch,
    UnknownProvider,
)

ANSWER_WITHIN_S = TIMEOUT_S

_ACTS: Mapping[EventKind, Callable[[Provider], Callable[[Ask], Answer]]] = {
    EventKind.AUTHORIZE_ASKED: lambda provider: provider.authorize,
    EventKind.CAPTURE_ASKED: lambda provider: provider.capture,
    EventKind.VOID_ASKED: lambda provider: provider.void,
    EventKind.REFUND_ASKED: lambda provider: provider.refund,
}
_REPEATED = frozenset(_ACTS) - {EventKind.AUTHORIZE_ASKED}
"""To reserve is not repeated, since the buyer may be gone."""


# ── what is asked ─────────────────────────────────────────────────────────────────────────────────────────────────────


def to_authorize(found: Payment) -> Request:
    return Request(kind=EventKind.AUTHORIZE_ASKED, amount_minor=found.amount_minor, key=found.name)


def to_capture(found: Payment, key: str, amount_minor: int | None = None) -> Request:
    """Return the request to take reserved money: what was asked under the key before, else the amount, else all that is left."""
    left = found.balance.capturable_minor
    asked = _asked_under(found, key)
    if asked is not None:
        return Request(kind=EventKind.CAPTURE_ASKED, amount_minor=asked, key=key)
    amount = left if amount_minor is None else amount_minor
    if not 0 < amount <= left:
        raise TooMuch("capture", amount, left)
    return Request(kind=EventKind.CAPTURE_ASKED, amount_minor=amount, key=key)


def to_void(found: Payment, key: str) -> Request:
    asked = _asked_under(found, key)
    return Request(kind=EventKind.VOID_ASKED, amount_minor=found.balance.capturable_minor if asked is None else asked, key=key)


def to_refund(found: Payment, key: str, amount_minor: int) -> Request:
    if _asked_under(found, key) is None and amount_minor <= 0:
        raise TooMuch("refund", amount_minor, found.balance.refundable_minor)
    return Request(kind=EventKind.REFUND_ASKED, amount_minor=amount_minor, key=key)


def refuse(found: Payment, request: Request) -> None:
    """Raise CapturePending or TooMuch where the payment does not allow the request; one that was made before is allowed."""
    if found.is_asked(request.key):
        return
    match request.kind:
        case EventKind.VOID_ASKED if found.balance.capture_pending_minor:
            raise CapturePending(found.balance.capture_pending_minor)
        case EventKind.CAPTURE_ASKED:
            is_let_go = any(event.kind is EventKind.VOID_ASKED for event in balance.unanswered(found.events))
            _refuse_more_than("capture", request, 0 if is_let_go else found.balance.capturable_minor)
        case EventKind.REFUND_ASKED:
            _refuse_more_than("refund", request, found.balance.refundable_minor)


def _refuse_more_than(field: str, request: Request, left: int) -> None:
    if request.amount_minor > left:
        raise TooMuch(field, request.amount_minor, left)


def _asked_under(found: Payment, key: str) -> int | None:
    return next((event.amount_minor for event in found.events if event.key == key), None)


# ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def ask(found: Payment, request: Request, now: datetime) -> Payment:
    """Write the request down, make it, and write its answer down; a silent provider leaves it unanswered."""
    refuse_transaction()
    while True:
        refuse(found, request)
        moved = store.ask(values(found, request, now))
        if moved is None:
            return make(with_request(found, request, now), request, now)
        found = store.read(moved)


def refuse_transaction() -> None:
    """Raise RuntimeError inside a transaction, which would be kept waiting for the provider."""
    # A durable block refuses to open inside another one. Nothing is said within it: each call to the database is a transaction by itself.
    with transaction.atomic(durable=True):
        pass


def values(found: Payment, request: Request, now: datetime) -> list[Any]:
    """Return what the database function payments_ask is called with: payment, events seen, kind, amount, key, moment, next look."""
    return [found.id, len(found.events), request.kind.value, request.amount_minor, request.key, now, now + hearing.ASK_AGAIN]


def with_request(found: Payment, request: Request, now: datetime) -> Payment:
    """Return the payment as it is once the request is written down."""
    asked = PaymentEvent(kind=request.kind, amount_minor=request.amount_minor, key=request.key, reference="", reason="", at=now)
    stands = any((event.kind, event.key, event.reference) == (asked.kind, asked.key, asked.reference) for event in found.events)
    return found if stands else hearing.grown(found, [asked])


def make(found: Payment, request: Request, now: datetime) -> Payment:
    """Make a request that is written down, write its answer down and return the payment."""
    provider = installed.provider(found.provider)
    try:
        answer = _ACTS[request.kind](provider)(_as_asked(found, request, now))
    except ProviderSilent:
        # News may have come while it kept silent.
        return store.by_ids([found.id])[found.id]
    return hearing.hear(found, [answer], now)


def _as_asked(found: Payment, request: Request, now: datetime) -> Ask:
    return Ask(
        key=request.key,
        payment_name=found.name,
        reference=found.reference,
        method=found.method,
        amount_minor=request.amount_minor,
        currency=found.currency,
        at=now,
        timeout_s=ANSWER_WITHIN_S,
        description=found.description,
        language=found.language,
        return_url=found.return_url,
        notify_url=settings.PAYMENT_NOTIFY_URL.format(provider=found.provider),
        expires_at=found.expires_at,
    )


def authorize(found: Payment, now: datetime) -> Payment:
    """Have the provider reserve the money, unless it has spoken already or the buyer was asked to confirm."""
    if found.state is not PaymentState.PENDING or found.awaits_buyer:
        return found
    return ask(found, to_authorize(found), now)


def again(found: Payment, now: datetime) -> Payment:
    """Ask the provider what became of a payment and repeat our unanswered requests, except to reserve; return the payment."""
    try:
        provider = installed.provider(found.provider)
        answers = provider.find(payment_name=found.name, reference=found.reference, started_at=found.started_at, at=now)
    except (ProviderSilent, UnknownProvider):
        # One whose credentials were taken away is as silent as one that is down.
        return found
    found = hearing.hear(found, answers, now)
    for asked in balance.unanswered(found.events):
        if asked.kind in _REPEATED:
            found = ask(found, Request(kind=asked.kind, amount_minor=asked.amount_minor, key=asked.key), now)
    return found
