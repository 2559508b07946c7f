"""The face of payments: money asked of providers and heard from them, as a stream of events per payment.

Talks with a provider stand outside every transaction: the request is written down first, then made, then its answer is written down. A
process may die at any point; the request's key makes repeating it safe, and `ask_again` finds out what became of it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit.ids import OrderId, PaymentId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.payments import books, models, statements, store
from shopkeeper.selling.payments.adapters import installed
from shopkeeper.selling.payments.adapters.provider import TIMEOUT_S, Answer, Ask, Provider, ProviderSilent
from shopkeeper.selling.payments.rules import balance, mismatch
from shopkeeper.selling.payments.shapes import (
    ABANDONED,
    Acknowledgement,
    CapturePending,
    Difference,
    EventKind,
    Method,
    NotOffered,
    OrderMoney,
    Payment,
    PaymentEvent,
    PaymentState,
    ProviderBusy,
    Reconciliation,
    TooMuch,
    Webhook,
)

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "abandon",
    "acknowledgement",
    "ask_again",
    "audit",
    "authorize",
    "capture",
    "claim_due",
    "compare_statement",
    "hear_webhook",
    "import_history",
    "import_refunds",
    "method",
    "methods",
    "money_of_orders",
    "not_offered",
    "origins",
    "payment",
    "payments",
    "payments_of",
    "pending",
    "reconcile_statement",
    "refund",
    "rest",
    "start",
    "void",
    "waiting_since",
    "wake",
    "webhooks_of_test_provider",
]  # fmt: skip

ASK_AGAIN = timedelta(seconds=60)
ANSWER_WITHIN_S = TIMEOUT_S
LONGEST_WAIT = timedelta(hours=1)

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


# ── look ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def methods() -> tuple[Method, ...]:
    """Return the ways to pay that checkout offers."""
    return installed.methods()


def not_offered() -> list[NotOffered]:
    """Return which providers stand in the settings and are not offered all the same, and why: a key that is of no use, a wrong currency."""
    return installed.not_offered()


def origins() -> tuple[str, ...]:
    """Return the web origins that buyers are sent to, like `https://pay.example.com`."""
    return tuple(sorted({origin for provider in installed.offered() for origin in provider.origins()}))


def method(code: str) -> Method:
    """Return the way to pay of that code. Raises Malformed (`payment_method`)."""
    return installed.method(code)


def payment(payment_id: PaymentId) -> Payment:
    """Return a payment with its events. Raises NotFound."""
    found = store.by_ids([payment_id])
    if payment_id not in found:
        raise NotFound("payment", payment_id)
    return found[payment_id]


def payments(payment_ids: Collection[PaymentId]) -> dict[PaymentId, Payment]:
    """Return payments by id; unknown ids are left out."""
    return store.by_ids(list(payment_ids))


def payments_of(order_id: OrderId) -> tuple[Payment, ...]:
    """Return the payments of an order, oldest first."""
    return tuple(store.of_order(order_id))


def money_of_orders() -> list[OrderMoney]:
    """Return what the providers hold for every order with a payment, for the books."""
    return store.money_of_orders()


def pending(now: datetime, *, limit: int = 100) -> list[PaymentId]:
    """Return payments with something left to ask or to finish, the longest waiting first; nothing is taken."""
    rows = models.Payment.objects.filter(wake_at__lte=now).order_by("wake_at").values_list("id", flat=True)
    return [PaymentId(found) for found in rows[:limit]]


def waiting_since(*, limit: int = 10_000) -> tuple[datetime, ...]:
    """Return when each payment without an answer was started, oldest first, for whoever watches the shop."""
    pending = models.Payment.objects.filter(state=PaymentState.PENDING.value).order_by("started_at")
    return tuple(pending.values_list("started_at", flat=True)[:limit])


# ── ask ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def start(
    *,
    order_id: OrderId,
    amount_minor: int,
    currency: str,
    method: str,
    key: str,
    now: datetime,
    description: str = "",
    language: str = "en",
    return_url: str = "",
    expires_at: datetime | None = None,
) -> PaymentId:
    """Write down an attempt to pay and return its id; the same key returns the same payment. Raises Malformed for an unknown method.

    For the provider's page: `description` is what the buyer reads there, `return_url` where the buyer comes back to, and after
    `expires_at` nobody keeps the goods.
    """
    attempt = store.Attempt(
        order_id=order_id, provider=installed.method(method).provider, method=method, amount_minor=amount_minor, currency=currency,
        key=key, description=description, language=language, return_url=return_url, expires_at=expires_at, at=now, wake_at=now + ASK_AGAIN,
    )  # fmt: skip
    return store.start(attempt)


def authorize(payment_id: PaymentId, now: datetime) -> Payment:
    """Have the provider reserve the money and return the payment: authorized, declined, or still pending where it kept silent or the
    buyer must confirm first (`awaits_buyer`).

    Stands outside transactions (RuntimeError inside one). Asking again repeats the same request.
    """
    found = payment(payment_id)
    if found.state is not PaymentState.PENDING or found.awaits_buyer:
        return found
    request = _Request(kind=EventKind.AUTHORIZE_ASKED, amount_minor=found.amount_minor, key=found.name)
    return _ask(found, request, lambda provider: provider.authorize, now)


def capture(*, payment_id: PaymentId, amount_minor: int | None = None, key: str, now: datetime) -> Payment:
    """Have the provider take reserved money, all that is left or `amount_minor`, and return the payment. Outside transactions.

    Raises TooMuch for more than is reserved, or for any of it once it is being let go of. Repeating the key repeats the request, not the
    taking.
    """
    found = payment(payment_id)
    if found.answer_to(key):
        return found
    asked = _asked_under(found, key)
    amount = asked if asked is not None else found.balance.capturable_minor if amount_minor is None else amount_minor
    if asked is None and not 0 < amount <= found.balance.capturable_minor:
        raise TooMuch("capture", amount, found.balance.capturable_minor)
    request = _Request(kind=EventKind.CAPTURE_ASKED, amount_minor=amount, key=key)
    return _ask(found, request, lambda provider: provider.capture, now)


def void(*, payment_id: PaymentId, key: str, now: datetime) -> Payment:
    """Have the provider let go of reserved money, or end an attempt the buyer has not confirmed, and return the payment.

    Outside transactions. Raises CapturePending while a request to take it has no answer: only then is it known whether there is anything
    to let go of.
    """
    found = payment(payment_id)
    if found.answer_to(key):
        return found
    asked = _asked_under(found, key)
    request = _Request(kind=EventKind.VOID_ASKED, amount_minor=found.balance.capturable_minor if asked is None else asked, key=key)
    return _ask(found, request, lambda provider: provider.void, now)


def refund(*, payment_id: PaymentId, amount_minor: int, key: str, now: datetime) -> Payment:
    """Have the provider give taken money back and return the payment; `answer_to(key)` tells how it went. Outside transactions.

    Raises TooMuch for more than is left. Repeating the key repeats the request, not the giving.
    """
    found = payment(payment_id)
    if found.answer_to(key):
        return found
    if _asked_under(found, key) is None and not 0 < amount_minor <= found.balance.refundable_minor:
        raise TooMuch("refund", amount_minor, found.balance.refundable_minor)
    request = _Request(kind=EventKind.REFUND_ASKED, amount_minor=amount_minor, key=key)
    return _ask(found, request, lambda provider: provider.refund, now)


def ask_again(payment_id: PaymentId, now: datetime) -> Payment:
    """Ask the provider what became of a payment and repeat our unanswered requests, except to reserve; return the payment.

    To reserve is not repeated, since the buyer may be gone. Stands outside transactions.
    """
    found = payment(payment_id)
    provider = installed.provider(found.provider)
    try:
        answers = provider.find(payment_name=found.name, reference=found.reference, started_at=found.started_at, at=now)
    except ProviderSilent:
        return found
    found = _hear(payment_id, answers, now)
    for asked in balance.unanswered(found.events):
        if asked.kind in _REPEATED:
            request = _Request(kind=asked.kind, amount_minor=asked.amount_minor, key=asked.key)
            found = _ask(found, request, _REPEATED[asked.kind], now)
    return found


Act = Callable[[Provider], Callable[[Ask], Answer]]

_REPEATED: Mapping[EventKind, Act] = {
    EventKind.CAPTURE_ASKED: lambda provider: provider.capture,
    EventKind.VOID_ASKED: lambda provider: provider.void,
    EventKind.REFUND_ASKED: lambda provider: provider.refund,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    kind: EventKind
    amount_minor: int
    key: str


def _ask(found: Payment, request: _Request, act: Act, now: datetime) -> Payment:
    """Write the request down, make it, and write its answer down; a silent provider leaves it unanswered."""
    # A durable block refuses to open inside another transaction, which would be kept waiting for the provider.
    with transaction.atomic(durable=True):
        row = store.lock(found.id)
        assert row is not None
        # Looked at under the lock: another process may have spoken to the provider since the caller looked.
        known = payment(found.id)
        if not known.is_asked(request.key):
            _refuse_void_during_capture(known, request)
            _refuse_capture_of_what_is_let_go(known, request)
        asked = PaymentEvent(kind=request.kind, amount_minor=request.amount_minor, key=request.key, reference="", reason="", at=now)
        store.add_event(found.id, asked)
        models.Payment.objects.filter(id=found.id).update(wake_at=now + ASK_AGAIN)
    ask = Ask(
        key=request.key,
        payment_name=row.name,
        reference=row.reference,
        method=row.method,
        amount_minor=request.amount_minor,
        currency=row.currency,
        at=now,
        timeout_s=ANSWER_WITHIN_S,
        description=row.description,
        language=row.language,
        return_url=row.return_url,
        notify_url=settings.PAYMENT_NOTIFY_URL.format(provider=row.provider),
        expires_at=row.expires_at,
    )
    try:
        answer = act(installed.provider(row.provider))(ask)
    except ProviderSilent:
        return payment(found.id)
    return _hear(found.id, [answer], now)


def _refuse_void_during_capture(found: Payment, request: _Request) -> None:
    pending = found.balance.capture_pending_minor
    if request.kind is EventKind.VOID_ASKED and pending:
        raise CapturePending(pending)


def _refuse_capture_of_what_is_let_go(found: Payment, request: _Request) -> None:
    if request.kind is not EventKind.CAPTURE_ASKED:
        return
    is_let_go = any(event.kind is EventKind.VOID_ASKED for event in balance.unanswered(found.events))
    left = 0 if is_let_go else found.balance.capturable_minor
    if request.amount_minor > left:
        raise TooMuch("capture", request.amount_minor, left)


# ── hear ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def hear_webhook(*, provider: str, body: bytes, headers: Mapping[str, str], now: datetime) -> list[OrderId]:
    """Take in a provider's message and return the orders it speaks of; the same message again changes nothing.

    News of payments that are not ours is left alone. Raises BadSignature, Malformed, UnknownProvider, each before anything is written.
    """
    try:
        answers = installed.provider(provider).read_webhook(body=body, headers=headers)
    except ProviderSilent as silence:
        raise ProviderBusy(f"{provider}: {silence}", field="provider", value=provider) from silence
    touched: dict[OrderId, None] = {}
    for payment_id, news in sorted(_by_payment(provider, answers).items()):
        touched[_hear(payment_id, news, now).order_id] = None
    return list(touched)


def acknowledgement(provider: str) -> Acknowledgement | None:
    """Return what the provider must read to know that its message was taken in; None where any 200 will do. Raises UnknownProvider."""
    return installed.provider(provider).acknowledgement()


def _by_payment(provider: str, answers: Sequence[Answer]) -> dict[PaymentId, list[Answer]]:
    """Return each payment of ours with what is told of it: by our name for it, or by the provider's where it knows no other."""
    named = store.ids_by_name([answer.payment_name for answer in answers if answer.payment_name], provider)
    referred = store.ids_by_reference([answer.reference for answer in answers if not answer.payment_name], provider)
    found: dict[PaymentId, list[Answer]] = {}
    for answer in answers:
        payment_id = named.get(answer.payment_name) if answer.payment_name else referred.get(answer.reference)
        if payment_id is not None:
            found.setdefault(payment_id, []).append(answer)
    return found


@transaction.atomic
def _hear(payment_id: PaymentId, answers: Sequence[Answer], now: datetime) -> Payment:
    """Write down what the provider said. Any news wakes the payment soon: whoever heard it may die before acting on it."""
    row = store.lock(payment_id)
    assert row is not None
    fitting = [mismatch.compared(answer, row.currency) for answer in answers]
    fresh = [answer for answer in fitting if store.add_event(payment_id, _event(answer, now))]
    found = payment(payment_id)
    if fresh:
        _keep(row, found, fresh, now)
    for answer in fresh:
        events.record(
            facts.PaymentEventHeard(
                order_id=row.order_id,
                payment_id=payment_id,
                provider=row.provider,
                kind=_FACT_KINDS[answer.kind],
                amount_minor=answer.amount_minor,
            ),
            at=now,
        )
    return payment(payment_id) if fresh else found


def _keep(row: models.Payment, found: Payment, fresh: Sequence[Answer], now: datetime) -> None:
    """Repeat on the payment's row what its events say by now, and have somebody look at it soon."""

    def last(name: str) -> str:
        told = [getattr(answer, name) for answer in fresh if getattr(answer, name)]
        return str(told[-1] if told else getattr(row, name))

    to_answer = [each for each in found.disputes if each.is_to_answer]
    models.Payment.objects.filter(id=found.id).update(
        state=found.state,
        reference=last("reference"),
        redirect_url=last("redirect_url"),
        qr_text=last("qr_text"),
        is_disputed=bool(to_answer),
        dispute_due_at=min((each.due_at for each in to_answer if each.due_at), default=None),
        wake_at=now + ASK_AGAIN,
        tries=0,
    )


def _event(answer: Answer, now: datetime) -> PaymentEvent:
    return PaymentEvent(
        kind=answer.kind, amount_minor=answer.amount_minor, key=answer.key, reference=answer.operation, reason=answer.reason, at=now,
        due_at=answer.due_at,
    )  # fmt: skip


def _asked_under(found: Payment, key: str) -> int | None:
    return next((event.amount_minor for event in found.events if event.key == key), None)


# ── finish ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def reconcile_statement(*, provider: str, file_name: str, data: bytes, actor: UserId | None, now: datetime) -> Reconciliation:
    """Read a provider's statement file in, compare it with our events, and return how that went.

    The same content again, whatever its name, adds nothing and is only compared anew. A line that cannot be read is kept with its number
    and reason. Raises Malformed (`file`) for a file that is no statement of that provider, OutOfRange, UnknownProvider.
    """
    return statements.reconcile(provider=provider, file_name=file_name, data=data, actor=actor, now=now)


def compare_statement(*, statement_id: int, now: datetime) -> Reconciliation:
    """Compare a statement with our events as they are now, and return how that went. Raises NotFound."""
    return statements.compare_again(statement_id=statement_id, now=now)


@transaction.atomic
def abandon(*, payment_id: PaymentId, now: datetime) -> Payment:
    """Stop waiting for a payment that never got an answer, its order having expired. Money that still comes counts all the same."""
    row = store.lock(payment_id)
    if row is None:
        raise NotFound("payment", payment_id)
    found = payment(payment_id)
    if found.state is not PaymentState.PENDING:
        return found
    store.add_event(payment_id, PaymentEvent(kind=EventKind.FAILED, amount_minor=0, key=row.name, reference="", reason=ABANDONED, at=now))
    # Where the buyer still has the provider's page open, it is to be closed: the sweeper looks.
    models.Payment.objects.filter(id=payment_id).update(state=PaymentState.DECLINED, wake_at=now if found.awaits_buyer else None)
    return payment(payment_id)


@transaction.atomic
def rest(payment_id: PaymentId) -> None:
    """Let a payment sleep: its news has been acted on. One that still waits for an answer stays awake."""
    row = store.lock(payment_id)
    if row is not None and not balance.unanswered(payment(payment_id).events) and row.state != PaymentState.PENDING:
        models.Payment.objects.filter(id=payment_id).update(wake_at=None, tries=0)


def wake(*, order_id: OrderId, at: datetime) -> None:
    """Have the sweeper look at an order's payments from `at` on, in the caller's transaction: something is to be done with its money."""
    models.Payment.objects.filter(order_id=order_id).update(wake_at=at)


def claim_due(*, now: datetime, limit: int = 100) -> list[PaymentId]:
    """Take payments with something left to ask or to finish; two sweepers never take the same one."""
    return store.claim_due(
        now=now, limit=limit, first_wait_s=int(ASK_AGAIN.total_seconds()), longest_wait_s=int(LONGEST_WAIT.total_seconds())
    )


def webhooks_of_test_provider(now: datetime) -> list[Webhook]:
    """Take the webhooks the built-in test provider should have sent by now; the caller delivers them to `hear_webhook`."""
    return installed.TEST_PROVIDER.webhooks_due(at=now)


def audit() -> list[Difference]:
    """Return every payment whose stored state or sums do not fit its events. Empty is right."""
    return books.differences()


# ── taking over ───────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def import_history(*, payments: "pl.DataFrame", currency: str) -> "pl.DataFrame":
    """Add a captured payment for each imported order whose key is new. Returns `order_id, payment_id` of the new ones.

    One row an order: `order_id`, `amount_minor`, `key` (text, never used twice), `at` (UTC).
    """
    from shopkeeper.selling.payments import intake

    return intake.import_payments(payments, currency=currency)


@transaction.atomic
def import_refunds(*, refunds: "pl.DataFrame") -> int:
    """Add refunds of imported payments as the provider's word and return how many were new: `order_id, amount_minor, key, at`."""
    from shopkeeper.selling.payments import intake

    return intake.import_refunds(refunds)
