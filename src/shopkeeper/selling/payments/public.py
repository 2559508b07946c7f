"""The face of payments: money asked of providers and heard from them, as a stream of events per payment.

Talks with a provider stand outside every transaction: the request is written down first, then made, then its answer is written down. A
process may die at any point; the request's key makes repeating it safe, and `ask_again` finds out what became of it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from shopkeeper.kit.ids import OrderId, PaymentId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.payments import asking, books, hearing, models, statements, store, stray_news
from shopkeeper.selling.payments.adapters import installed
from shopkeeper.selling.payments.adapters.provider import Answer, ProviderSilent
from shopkeeper.selling.payments.rules import balance
from shopkeeper.selling.payments.shapes import (
    Acknowledgement,
    Difference,
    Method,
    NotOffered,
    OrderMoney,
    Payment,
    PaymentState,
    ProviderBusy,
    Reconciliation,
    Request,
    Webhook,
)
from shopkeeper.selling.payments.stray_news import keep_mismatched, stray
from shopkeeper.selling.payments.strays import (
    SILENT_FOR,
    claim_strays,
    give_back_stray,
    is_silent,
    look_into_stray,
    refuse_unaskable,
    repeat_give_back,
    settle_stray_elsewhere,
)
from shopkeeper.selling.payments.sums import of as money_of

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "SILENT_FOR",
    "abandon",
    "acknowledgement",
    "ask_again",
    "audit",
    "authorize",
    "capture",
    "capture_request",
    "claim_due",
    "claim_strays",
    "compare_statement",
    "give_back_stray",
    "hear_webhook",
    "import_history",
    "import_refunds",
    "is_silent",
    "keep_mismatched",
    "look_into_stray",
    "make_request",
    "may_rest",
    "method",
    "methods",
    "money_of",
    "money_of_orders",
    "money_query",
    "not_offered",
    "origins",
    "payment",
    "payment_from",
    "payments",
    "payments_from",
    "payments_of",
    "pending",
    "reconcile_statement",
    "refund",
    "refund_request",
    "refuse_unaskable",
    "repeat_give_back",
    "request_values",
    "rest",
    "rest_as_seen",
    "settle_stray_elsewhere",
    "start",
    "start_and_authorize",
    "stray",
    "void",
    "waiting_since",
    "wake",
    "wake_orders",
    "webhooks_of_test_provider",
    "write_request",
]  # fmt: skip

ASK_AGAIN = hearing.ASK_AGAIN
LONGEST_WAIT = timedelta(hours=1)
TAKEN_OVER = installed.BY_HAND.code
"""The provider of payments of another system's day: nobody can be asked about them, and what goes back staff give by hand."""


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
    return store.of_order(order_id)


def payment_from(document: str) -> Payment:
    """Return the payment that one of this room's database functions answered with, for a caller that called it in a function of its own."""
    return store.read(document)


def payments_from(documents: str | None) -> tuple[Payment, ...]:
    """Return the payments that the database function `payments_documents` answered with, oldest first."""
    return store.read_all(documents)


def money_of_orders(*, moved_since: datetime) -> list[OrderMoney]:
    """Return what the providers hold for every order with a payment, for the books.

    One with news that is not acted on counts as settled all the same where none came after `moved_since`: it is stuck, not under way.
    """
    return store.money_of_orders(moved_since)


def money_query() -> str:
    """Return the statement behind `money_of_orders`, to be joined within another: columns as the shape's fields, less what banks withdrew.

    It takes the named value `moved_since`.
    """
    return store.MONEY


def pending(now: datetime, *, limit: int = 100) -> list[PaymentId]:
    """Return payments with something left to ask or to finish, the longest waiting first; nothing is taken."""
    rows = models.Payment.objects.filter(wake_at__lte=now).order_by("wake_at").values_list("id", flat=True)
    return [PaymentId(found) for found in rows[:limit]]


def waiting_since(*, limit: int = 10_000) -> tuple[datetime, ...]:
    """Return when each payment without an answer was started, oldest first, for whoever watches the shop."""
    pending = models.Payment.objects.filter(state=PaymentState.PENDING.value).order_by("started_at")
    return tuple(pending.values_list("started_at", flat=True)[:limit])


# ── ask ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    attempt = _attempt(
        order_id=order_id, amount_minor=amount_minor, currency=currency, method=method, key=key, now=now, description=description,
        language=language, return_url=return_url, expires_at=expires_at,
    )  # fmt: skip
    return store.start(attempt, is_asked=False)[0].id


def start_and_authorize(
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
) -> Payment:
    """Do what `start` and then `authorize` do, with one word to the database less, and return the payment. Outside transactions."""
    asking.refuse_transaction()
    attempt = _attempt(
        order_id=order_id, amount_minor=amount_minor, currency=currency, method=method, key=key, now=now, description=description,
        language=language, return_url=return_url, expires_at=expires_at,
    )  # fmt: skip
    found, is_new = store.start(attempt, is_asked=True)
    return asking.make(found, asking.to_authorize(found), now) if is_new else asking.authorize(found, now)


def _attempt(*, method: str, now: datetime, **terms: Any) -> store.Attempt:
    return store.Attempt(provider=installed.method(method).provider, method=method, at=now, wake_at=now + ASK_AGAIN, **terms)


def authorize(payment_id: PaymentId, now: datetime) -> Payment:
    """Have the provider reserve the money and return the payment: authorized, declined, or still pending where it kept silent or the
    buyer must confirm first (`awaits_buyer`).

    Stands outside transactions (RuntimeError inside one). Asking again repeats the same request.
    """
    return asking.authorize(payment(payment_id), now)


def capture(*, payment_id: PaymentId, amount_minor: int | None = None, key: str, now: datetime) -> Payment:
    """Have the provider take reserved money, all that is left or `amount_minor`, and return the payment. Outside transactions.

    Raises TooMuch for more than is reserved, or for any of it once it is being let go of. Repeating the key repeats the request, not the
    taking.
    """
    found = payment(payment_id)
    if found.answer_to(key):
        return found
    return asking.ask(found, asking.to_capture(found, key, amount_minor), now)


def capture_request(found: Payment, *, key: str) -> Request:
    """Return the request to take all that is reserved, for a caller that writes it down by `payments_ask` within a function of its own.

    Outside transactions. Raises TooMuch as `capture` does. `request_values` are the function's arguments; `make_request` then goes on.
    """
    asking.refuse_transaction()
    request = asking.to_capture(found, key)
    asking.refuse(found, request)
    return request


def refund_request(found: Payment, *, key: str) -> Request:
    """Return the request to give back all that is kept, for a caller that writes it down by `write_request`. Raises TooMuch as `refund`."""
    request = asking.to_refund(found, key, found.balance.refundable_minor)
    asking.refuse(found, request)
    return request


def write_request(found: Payment, request: Request, now: datetime) -> bool:
    """Write a request down within the caller's transaction; False, with nothing written, where the payment has heard more meanwhile.

    After the transaction `make_request` makes it, or whoever finds it unanswered. Locks the payment (20).
    """
    return store.ask(asking.values(found, request, now)) is None


def request_values(found: Payment, request: Request, now: datetime) -> list[Any]:
    """Return what the database function payments_ask takes: payment, events seen, kind, amount, key, moment, time of the next look."""
    return asking.values(found, request, now)


def make_request(found: Payment, request: Request, now: datetime) -> Payment:
    """Make a request that is written down, write its answer down and return the payment. Outside transactions."""
    return asking.make(asking.with_request(found, request, now), request, now)


def void(*, payment_id: PaymentId, key: str, now: datetime) -> Payment:
    """Have the provider let go of reserved money, or end an attempt the buyer has not confirmed, and return the payment.

    Outside transactions. Raises CapturePending while a request to take it has no answer: only then is it known whether there is anything
    to let go of.
    """
    found = payment(payment_id)
    return found if found.answer_to(key) else asking.ask(found, asking.to_void(found, key), now)


def refund(*, payment_id: PaymentId, amount_minor: int, key: str, now: datetime) -> Payment:
    """Have the provider give taken money back and return the payment; `answer_to(key)` tells how it went. Outside transactions.

    Raises TooMuch for more than is left. Repeating the key repeats the request, not the giving.
    """
    found = payment(payment_id)
    return found if found.answer_to(key) else asking.ask(found, asking.to_refund(found, key, amount_minor), now)


def ask_again(payment_id: PaymentId, now: datetime) -> Payment:
    """Ask the provider what became of a payment and repeat our unanswered requests, except to reserve; return the payment.

    To reserve is not repeated, since the buyer may be gone. Stands outside transactions.
    """
    return asking.again(payment(payment_id), now)


# ── hear ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def hear_webhook(*, provider: str, body: bytes, headers: Mapping[str, str], now: datetime) -> list[OrderId]:
    """Take in a provider's message and return the orders it speaks of; the same message again changes nothing.

    News of payments not known here is kept beside them (`stray_news.py`). Raises BadSignature, Malformed, UnknownProvider, before anything
    is written.
    """
    try:
        answers = installed.provider(provider).read_webhook(body=body, headers=headers)
    except ProviderSilent as silence:
        raise ProviderBusy(f"{provider}: {silence}", field="provider", value=provider) from silence
    touched: dict[OrderId, None] = {}
    for payment_id, news in sorted(_by_payment(provider, answers, now).items()):
        touched[hearing.hear(payment(payment_id), news, now).order_id] = None
    return list(touched)


def acknowledgement(provider: str) -> Acknowledgement | None:
    """Return what the provider must read to know that its message was taken in; None where any 200 will do. Raises UnknownProvider."""
    return installed.provider(provider).acknowledgement()


def _by_payment(provider: str, answers: Sequence[Answer], now: datetime) -> dict[PaymentId, list[Answer]]:
    """Return each payment of ours with what is told of it: by our name for it, or by the provider's where it knows no other.

    What is told of others is kept as strays.
    """
    named = store.ids_by_name([answer.payment_name for answer in answers if answer.payment_name], provider)
    referred = store.ids_by_reference([answer.reference for answer in answers if not answer.payment_name], provider)
    found: dict[PaymentId, list[Answer]] = {}
    unknown: list[Answer] = []
    for answer in answers:
        payment_id = named.get(answer.payment_name) if answer.payment_name else referred.get(answer.reference)
        (unknown if payment_id is None else found.setdefault(payment_id, [])).append(answer)
    stray_news.hear(provider=provider, answers=unknown, now=now)
    return found


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


def abandon(*, payment_id: PaymentId, now: datetime) -> Payment:
    """Stop waiting for a payment that never got an answer, its order having expired. Money that still comes counts all the same."""
    return hearing.abandon(payment(payment_id), now)


def rest(payment_id: PaymentId) -> None:
    """Let a payment sleep: its news has been acted on. One that still waits for an answer, or hears more meanwhile, stays awake."""
    rest_as_seen(payment(payment_id))


def rest_as_seen(found: Payment) -> bool:
    """Let a payment sleep as `rest` does, by what was seen of it; return False where it has heard more since."""
    return not may_rest(found) or store.rest(found)


def may_rest(found: Payment) -> bool:
    """Return whether nothing is left to ask about a payment: the provider has spoken and every request of ours is answered."""
    return found.state is not PaymentState.PENDING and not balance.unanswered(found.events)


def wake(*, order_id: OrderId, at: datetime) -> None:
    """Have the sweeper look at an order's payments from `at` on, in the caller's transaction: something is to be done with its money."""
    models.Payment.objects.filter(order_id=order_id).update(wake_at=at)


def wake_orders(*, order_ids: Sequence[OrderId], at: datetime) -> int:
    """Have the sweeper look at the payments of several orders from `at` on, less those taken over, and return how many orders that is."""
    return store.wake_orders(order_ids, at)


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
