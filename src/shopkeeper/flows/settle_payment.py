"""What an order's money means for the order: the one place that decides, however the news came and however often.

`settle` may be called at any time by anybody: by checkout, by a webhook, by the sweeper, by two of them at once. It looks at the order
and its payment, takes one step, and looks again until nothing is left to do. Steps that change the order hold its row's lock; talks with
the provider stand outside every transaction, under keys made from the payment's name.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count, takewhile

from django.db import Error, connection, transaction

from shopkeeper.kit import statements
from shopkeeper.kit.ids import OrderId, PaymentId, UserId
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.shapes import HoldGone, OutOfStock, WantedUnits
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import CancelReason, Order, OrderState, WrongState, pieces
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import CapturePending, EventKind, Payment, PaymentState, TooMuch

MOST_STEPS = 8
RETAKEN_FOR = timedelta(minutes=30)


class Step(StrEnum):
    """What is to be done next. WAIT: the provider or the buyer has the word; CLOSE: the buyer shall not confirm any more; DONE: nothing
    is left."""

    WAIT = "wait"
    CLOSE = "close"
    CAPTURE = "capture"
    PAY = "pay"
    VOID = "void"
    GIVE_BACK = "give_back"
    CANCEL = "cancel"
    DONE = "done"


def capture_key(payment: Payment) -> str:
    return f"{payment.name}:capture"


def void_key(payment: Payment) -> str:
    return f"{payment.name}:void"


def close_key(payment: Payment) -> str:
    return f"{payment.name}:close"


def give_back_key(payment: Payment, attempt: int = 1) -> str:
    """Return the key of the first, second, … request to give the money back: under a key that was refused it would be refused for ever."""
    return f"{payment.name}:give-back" + (f"-{attempt}" if attempt > 1 else "")


def _asked_back(payment: Payment) -> Sequence[str]:
    """Return the keys under which the money was asked back, the newest last."""
    return list(takewhile(payment.is_asked, (give_back_key(payment, attempt) for attempt in count(1))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The order's other payments, as far as they matter for one: whether money may come, or came, by another; whether a newer one was
    begun; whether another has paid the order."""

    is_any_alive: bool = False
    is_any_newer: bool = False
    has_any_paid: bool = False


ALONE = Beside()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An order and its payments, oldest first. Not fresh: put together here from what a provider answered since both were read."""

    order: Order
    payments: tuple[Payment, ...]
    is_fresh: bool = True

    def payment(self, payment_id: PaymentId) -> Payment:
        return next(found for found in self.payments if found.id == payment_id)

    def with_payment(self, then: Payment) -> "Look":
        """Return what is known once a payment has become so, without reading anything again."""
        others = tuple(other for other in self.payments if other.id != then.id)
        made = tuple(sorted((*others, then), key=lambda payment: payment.id))
        return Look(order=self.order, payments=made, is_fresh=False)


def next_step(order: Order, payment: Payment, beside: Beside = ALONE) -> Step:
    """Return what is to be done about one payment of an order. Pure: the order's state and the payments' events decide.

    Reserved money is taken at once. Money for a dead order, or for one that another payment has paid, goes back, unless the order only
    expired: then the goods are tried for again. Only exactly the sum that was asked for is taken, and only exactly the order's pays it.
    """
    is_of_no_use = order.state is not OrderState.PLACED or beside.is_any_newer
    if payment.awaits_buyer and is_of_no_use and not payment.is_asked(close_key(payment)):
        return Step.CLOSE
    match payment.state:
        case PaymentState.PENDING:
            return Step.WAIT
        case PaymentState.DECLINED | PaymentState.VOIDED:
            return Step.CANCEL if order.state is OrderState.PLACED and not beside.is_any_alive else Step.DONE
        case PaymentState.AUTHORIZED:
            return _step_for_reserved(order, payment)
        case PaymentState.CAPTURED:
            return _step_for_taken(order, payment, beside)


def _step_for_reserved(order: Order, payment: Payment) -> Step:
    if payment.is_asked(void_key(payment)):
        if payment.answer_to(void_key(payment)) is None:
            return Step.WAIT
        # Neither taken nor let go of, as where the reservation ran out at the bank: no money will come, so the goods must not wait for it.
        return Step.CANCEL if order.state is OrderState.PLACED else Step.DONE
    if payment.balance.capture_pending_minor:
        # Whatever became of the order: whether there is money to let go of, or to give back, is known only after the answer.
        return Step.WAIT
    is_open = order.state in (OrderState.PLACED, OrderState.EXPIRED)
    is_as_asked = payment.balance.authorized_minor == payment.amount_minor
    if not is_open or not is_as_asked or payment.answer_to(capture_key(payment)) is EventKind.FAILED:
        return Step.VOID
    return Step.CAPTURE


def _step_for_taken(order: Order, payment: Payment, beside: Beside) -> Step:
    asked = _asked_back(payment)
    if asked:
        if payment.answer_to(asked[-1]) is None:
            return Step.WAIT
        # Where it was refused, staff decide: the provider would say the same again.
        return Step.CANCEL if order.state is OrderState.PLACED else Step.DONE
    kept = payment.balance.refundable_minor
    if not kept or (order.paid_minor and not beside.has_any_paid):
        return Step.DONE
    is_open = order.state in (OrderState.PLACED, OrderState.EXPIRED)
    if is_open and kept == order.total_minor:
        return Step.PAY
    if payment.provider == payments.TAKEN_OVER:
        # Nobody would be asked: to write down that it went back is for whoever gives it back by hand.
        return Step.DONE
    # Too little came: while the order waits, the rest may follow; a dead order keeps nothing, and more than was asked for is an error.
    return Step.WAIT if order.state is OrderState.PLACED and kept < order.total_minor else Step.GIVE_BACK


def look(order_id: OrderId) -> Look:
    """Return an order and its payments as they stand together, in one round trip. Raises NotFound."""
    order, made = statements.row("SELECT orders_document(%s::bigint), payments_documents(%s::bigint)", [order_id, order_id])
    return Look(order=orders.order_from(order, order_id), payments=payments.payments_from(made))


def settle(*, order_id: OrderId, now: datetime) -> Order:
    """Do whatever the order's payments ask for, and return the order. Safe to repeat, and by several at once. Outside transactions."""
    return settled(look(order_id), now).order


def settled(seen: Look, now: datetime) -> Look:
    """Do whatever the payments ask for that were looked at, and return how order and payments stand then. As `settle` otherwise."""
    for payment_id in [payment.id for payment in seen.payments]:
        for _ in range(MOST_STEPS):
            payment = seen.payment(payment_id)
            step = next_step(seen.order, payment, _beside(seen, payment))
            if not seen.is_fresh and step not in _GOING_ON:
                seen = look(seen.order.id)
            elif step in (Step.WAIT, Step.DONE):
                if _may_leave(seen.order, payment, step, now):
                    break
                seen = look(seen.order.id)
            else:
                then = _STEPS[step](seen.order, payment, now)
                seen = look(seen.order.id) if then is None else seen.with_payment(then)
    return seen if seen.is_fresh else look(seen.order.id)


def _may_leave(order: Order, payment: Payment, step: Step, now: datetime) -> bool:
    """Finish with a payment for which nothing is to be done now; return False where it has heard more meanwhile."""
    if _asked_back(payment):
        # Before it may rest: whoever finds it awake tells what a process that died in between did not.
        _tell(order.id, payment.id, now)
    if step is Step.WAIT or not payment.is_awake:
        return True
    # Kept before it may rest, for the same reason: at rest nobody looks at it again.
    payments.keep_mismatched(payment, now)
    return payments.rest_as_seen(payment)


def _beside(seen: Look, payment: Payment) -> Beside:
    others = [other for other in seen.payments if other.id != payment.id]
    if not others:
        return ALONE
    payer = paid_by(seen.order)
    return Beside(
        is_any_alive=any(_is_alive(other) for other in others),
        is_any_newer=payment.id != seen.payments[-1].id,
        has_any_paid=payer is not None and payer != payment.id,
    )


def _is_alive(payment: Payment) -> bool:
    is_taken = payment.state is PaymentState.CAPTURED and payment.balance.refundable_minor > 0
    return is_taken or payment.state in (PaymentState.PENDING, PaymentState.AUTHORIZED)


def paid_by(order: Order) -> PaymentId | None:
    """Return the payment that paid the order; None while it is unpaid."""
    if not order.paid_minor:
        return None
    told = [entry.values.get("payment_id") for entry in orders.timeline(order.id) if entry.code == "paid"]
    return PaymentId(int(told[-1])) if told and told[-1] is not None else None


def refused_give_back(order_id: OrderId) -> Payment | None:
    """Return the payment whose money should have gone back and is kept because the provider refused; None where there is none."""
    for payment in payments.payments_of(order_id):
        asked = _asked_back(payment)
        if asked and payment.answer_to(asked[-1]) not in (None, EventKind.REFUNDED) and payment.balance.refundable_minor > 0:
            return payment
    return None


def give_back_again(*, order_id: OrderId, actor: UserId | None, now: datetime) -> Payment:
    """Ask the provider once more for money it refused to give back, and return the payment; `refused_give_back` tells how it went.

    Several at once ask under the same key, so it goes once. Outside transactions. Raises WrongState where nothing was refused, NotFound.
    """
    with transaction.atomic():
        order = orders.lock(order_id)
        refused = refused_give_back(order_id)
        if refused is None:
            raise WrongState("give_back", order.state)
        after = {"total_minor": refused.balance.refundable_minor, "tries": len(_asked_back(refused)) + 1}
        audit.record(actor=actor, act="orders.refund", subject=f"order:{order_id}", before=None, after=after, at=now)
    key = give_back_key(refused, len(_asked_back(refused)) + 1)
    payments.refund(payment_id=refused.id, amount_minor=refused.balance.refundable_minor, key=key, now=now)
    settle(order_id=order_id, now=now)
    return payments.payment(refused.id)


def hear_webhook(*, provider: str, body: bytes, headers: Mapping[str, str], now: datetime) -> int:
    """Take in a provider's message, settle the orders it speaks of, and return how many.

    Raises BadSignature, Malformed, UnknownProvider, each before anything is written.
    """
    touched = payments.hear_webhook(provider=provider, body=body, headers=headers, now=now)
    for order_id in touched:
        settle(order_id=order_id, now=now)
    return len(touched)


def deliver_test_webhooks(now: datetime) -> int:
    """Carry the built-in test provider's due webhooks to the shop, as the network would, and return how many."""
    due = payments.webhooks_of_test_provider(now)
    for message in due:
        hear_webhook(provider=message.provider, body=message.body, headers=message.headers, now=now)
    return len(due)


# ── steps ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _close(order: Order, payment: Payment, now: datetime) -> None:
    """Have the provider close the page on which the buyer could still pay; what is answered no has been paid meanwhile, and is heard."""
    payments.void(payment_id=payment.id, key=close_key(payment), now=now)


def _capture(order: Order, payment: Payment, now: datetime) -> Payment | None:
    """Take the reserved money, the goods being certain; let go of it where they are not to be had."""
    try:
        if order.state is OrderState.PLACED:
            return _capture_for_held(order, payment, now)
    except HoldGone:
        pass  # The long way: they are taken again, if they are still to be had.
    if not _secure_goods(order.id, now):
        _let_go(payment, now)
        return None
    try:
        return payments.capture(payment_id=payment.id, key=capture_key(payment), now=now)
    except TooMuch:
        # Somebody else let go of the money since we looked; the next look finds what became of it.
        return None


def _capture_for_held(order: Order, payment: Payment, now: datetime) -> Payment | None:
    """Make the goods certain and write down that the money is taken in one call, then take it; None where the order waits no more.

    Raises HoldGone, and then nothing has happened.
    """
    try:
        request = payments.capture_request(payment, key=capture_key(payment))
    except TooMuch:
        return None
    values = [order.id, order.state.value, *payments.request_values(payment, request, now)]
    with _one_call():
        is_open, moved = statements.row(
            "SELECT is_open, moved FROM settle_capture(%s::bigint, %s, %s::bigint, %s::integer, %s, %s::bigint, %s, %s, %s)", values
        )
    if not is_open:
        return None
    return payments.make_request(payment, request, now) if moved is None else payments.payment_from(moved)


@contextmanager
def _one_call() -> Iterator[None]:
    """Let one call to the database be a transaction by itself. Raises HoldGone where it refuses for want of held goods."""
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            yield
    except Error as error:
        refusal = inventory.refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error


@transaction.atomic
def _secure_goods(order_id: OrderId, now: datetime) -> bool:
    """Make sure the order keeps its goods without expiry, taking them again where the hold has gone. Returns whether it has them.

    A placed order that cannot have them is cancelled here; an expired one stays expired.
    """
    order = orders.lock(order_id)
    if order.state is OrderState.EXPIRED:
        # Its basket is open again: locked before the goods, as whoever orders it again does.
        orders.lock_basket(order)
    if order.state not in (OrderState.PLACED, OrderState.EXPIRED) or not orders.can_be_paid(order):
        return False
    try:
        try:
            inventory.confirm_hold(order_id=order_id)
        except HoldGone:
            _take_again(order, now)
    except OutOfStock:
        if order.state is OrderState.PLACED:
            orders.cancel(order_id=order_id, reason=CancelReason.OUT_OF_STOCK, actor=None, now=now)
        return False
    return True


def _take_again(order: Order, now: datetime) -> None:
    wanted = [
        WantedUnits(variant_id=variant_id, units=units, sku=sku)
        for line in order.lines
        for variant_id, sku, units in pieces(line, line.units)
    ]
    inventory.reserve(order_id=order.id, wanted=wanted, until=now + RETAKEN_FOR, now=now)
    inventory.confirm_hold(order_id=order.id)


def _pay(order: Order, payment: Payment, now: datetime) -> None:
    if order.state is OrderState.PLACED and _mark_held_paid(order, payment, now):
        return
    if not _mark_paid(order.id, payment, now):
        _give_back(order, payment, now)


def _mark_held_paid(order: Order, payment: Payment, now: datetime) -> bool:
    """Mark an order paid whose goods are held, and let its payment rest, in one call; False, with nothing done, where that cannot be."""
    try:
        with _one_call():
            (is_paid,) = statements.row(
                "SELECT settle_pay(%s::bigint, %s, %s, %s::bigint, %s::integer, %s, %s::bigint, %s)",
                [
                    order.id, order.state.value, orders.state_once_paid(order.state).value, payment.id, len(payment.events),
                    payments.may_rest(payment) and not payment.has_mismatched, payment.balance.refundable_minor, now,
                ],
            )  # fmt: skip
    except HoldGone:
        return False
    return bool(is_paid)


@transaction.atomic
def _mark_paid(order_id: OrderId, payment: Payment, now: datetime) -> bool:
    """Mark an order paid, its goods taken again where they were free; False where they are not to be had.

    Money of which more was heard since we looked, or that somebody has asked back, pays nothing: nothing is done then, and the next look
    finds it.
    """
    orders.lock(order_id)
    if len(payments.payment(payment.id).events) != len(payment.events):
        return True
    if not _secure_goods(order_id, now):
        return False
    amount = payment.balance.refundable_minor
    order = orders.order(order_id)
    pay = orders.mark_paid if order.state is OrderState.PLACED else orders.revive
    pay(order_id=order_id, payment_id=payment.id, amount_minor=amount, now=now)
    return True


def _void(order: Order, payment: Payment, now: datetime) -> None:
    _let_go(payment, now)
    _release_if_dead(order.id, now)


def _let_go(payment: Payment, now: datetime) -> None:
    try:
        payments.void(payment_id=payment.id, key=void_key(payment), now=now)
    except CapturePending:
        # Somebody else began to take the money since we looked; the next look waits for what becomes of it.
        return


def _give_back(order: Order, payment: Payment, now: datetime) -> None:
    """Return money that came for an order that cannot have its goods any more."""
    request = payments.refund_request(payment, key=give_back_key(payment))
    with transaction.atomic():
        # Looked at again, and written down under the same lock: with goods that came back meanwhile, somebody else may have let this very
        # money pay, or may be about to.
        is_of_use = paid_by(orders.lock(order.id)) == payment.id
        if is_of_use or not payments.write_request(payment, request, now):
            return
        _release_if_dead(order.id, now)
    payments.make_request(payment, request, now)


@transaction.atomic
def _tell(order_id: OrderId, payment_id: PaymentId, now: datetime) -> None:
    """Write into the timeline what the provider said to each request to give the money back; what stands there is not written again."""
    orders.lock(order_id)
    payment = payments.payment(payment_id)
    told = {
        entry.values.get("attempt", 1): entry.code
        for entry in orders.timeline(order_id)
        if entry.code in ("give_back_asked", "money_returned", "give_back_failed") and entry.values.get("payment_id") == payment_id
    }
    for attempt, key in enumerate(_asked_back(payment), 1):
        answer, known = payment.answer_to(key), told.get(attempt)
        amount = next(event.amount_minor for event in payment.events if event.key == key)
        values = {"payment_id": payment_id, "amount_minor": amount, "attempt": attempt}
        if answer is None and known != "give_back_asked":
            orders.note(order_id=order_id, code="give_back_asked", values=values, now=now)
        if answer is EventKind.REFUNDED and known != "money_returned":
            orders.note(order_id=order_id, code="money_returned", values=values, now=now)
        if answer not in (None, EventKind.REFUNDED) and known != "give_back_failed":
            orders.note(order_id=order_id, code="give_back_failed", values=values, now=now)


@transaction.atomic
def _release_if_dead(order_id: OrderId, now: datetime) -> None:
    if orders.lock(order_id).state in (OrderState.EXPIRED, OrderState.CANCELLED):
        inventory.release(order_id=order_id, reason="refused", now=now)


@transaction.atomic
def _cancel(order: Order, payment: Payment, now: datetime) -> None:
    """End an unpaid order whose money was refused; its goods are free again."""
    if orders.lock(order.id).state is not OrderState.PLACED:
        return
    if any(_is_alive(other) for other in payments.payments_of(order.id) if other.id != payment.id):
        # The buyer has begun another attempt since we looked; that was under the order's lock as well.
        return
    is_refused = payment.decline_reason or payment.balance.authorized_minor != payment.amount_minor
    reason = CancelReason.PAYMENT_DECLINED if is_refused else CancelReason.OUT_OF_STOCK
    orders.cancel(order_id=order.id, reason=reason, actor=None, now=now)
    inventory.release(order_id=order.id, reason="refused", now=now)


_STEPS: Mapping[Step, Callable[[Order, Payment, datetime], Payment | None]] = {
    Step.CLOSE: _close,
    Step.CAPTURE: _capture,
    Step.PAY: _pay,
    Step.VOID: _void,
    Step.GIVE_BACK: _give_back,
    Step.CANCEL: _cancel,
}
"""What each step does. One that returns the payment as it is now saves reading everything again."""

_GOING_ON = (Step.CAPTURE, Step.PAY)
"""What may follow upon an answer without another look: both look again under the order's lock before they do anything."""
