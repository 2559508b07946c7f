"""A buyer pays an order: the first attempt, which `place_order` makes, and further ones while the goods are still kept.

At most one attempt is of use at a time: beginning another closes the ones before, and should money come by two of them all the same,
`settle_payment` gives one back.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from shopkeeper.flows import settle_payment
from shopkeeper.kit.ids import OrderId, PaymentId
from shopkeeper.ops.requests import public as requests
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order, OrderState, WrongState
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import ABANDONED, EventKind, Payment, PaymentState

MOST_ATTEMPTS = 10


def begin(*, order: Order, method: str, key: str, now: datetime) -> PaymentId:
    """Write down an attempt to pay the order and return its id; nothing is asked yet. Raises Malformed for an unknown method."""
    return payments.start(**_terms(order, method, key, now))


def begin_and_ask(*, order: Order, method: str, key: str, now: datetime) -> Payment:
    """Write down an attempt to pay the order, have the provider reserve the money and return it; outside transactions.

    The same key returns the same attempt. Raises Malformed for an unknown method.
    """
    return payments.start_and_authorize(**_terms(order, method, key, now))


def _terms(order: Order, method: str, key: str, now: datetime) -> dict[str, Any]:
    return {
        "order_id": order.id,
        "amount_minor": order.total_minor,
        "currency": order.currency,
        "method": method,
        "key": key,
        "description": order.number,
        "language": order.language,
        "return_url": settings.ORDER_PAGE_URL.format(language=order.language, token=order.token),
        "expires_at": order.hold_until,
        "now": now,
    }


def pay_again(*, order_id: OrderId, method: str, now: datetime, key: str | None = None) -> Payment:
    """Begin another attempt to pay an order that waits for its money, close the earlier ones, and return it; outside transactions.

    Where the newest attempt is of the same method and still waits for the buyer, it is returned as it is; where an earlier one turns out
    to have paid the order meanwhile, that one is returned. Repeating the idempotency key goes on with the same attempt. Raises WrongState
    for an order that does not wait any more, whose goods are not kept any longer, or that was tried MOST_ATTEMPTS times; Malformed
    (`payment_method`); OutOfRange or KeyReused for the key.
    """
    payments.method(method)
    begun = requests.once(
        key=key, asker=f"order:{order_id}", act="orders.pay", asked={"order_id": order_id, "method": method},
        work=lambda: _begun(order_id, method, now), now=now,
    )  # fmt: skip
    payment_id = PaymentId(begun["payment_id"])
    if not begun["is_new"]:
        return _what_came_of(payment_id, orders.order(order_id))
    made = tuple(each for each in payments.payments_of(order_id) if each.id < payment_id)
    if _is_still_unpaid(order_id, made, now):
        payments.authorize(payment_id, now)
        settle_payment.settle(order_id=order_id, now=now)
    else:
        payments.abandon(payment_id=payment_id, now=now)
    return _what_came_of(payment_id, orders.order(order_id))


def _what_came_of(payment_id: PaymentId, order: Order) -> Payment:
    """Return the attempt, or the one that paid the order before it. An attempt nobody needed is no refusal of a bank, so none is told.

    Raises WrongState where the order ended meanwhile.
    """
    attempt, by = payments.payment(payment_id), settle_payment.paid_by(order)
    if by in (None, payment_id) and attempt.decline_reason != ABANDONED:
        return attempt
    if by is None or order.state in (OrderState.CANCELLED, OrderState.EXPIRED):
        raise WrongState("pay", order.state)
    return payments.payment(by)


@transaction.atomic
def _begun(order_id: OrderId, method: str, now: datetime) -> dict[str, Any]:
    """Write down the next attempt under the order's lock, or find the one that the buyer has open."""
    order = orders.lock(order_id)
    made = payments.payments_of(order_id)
    if not may_pay(order, now) or len(made) >= MOST_ATTEMPTS:
        raise WrongState("pay", order.state)
    newest = made[-1] if made else None
    if newest and newest.method == method and newest.awaits_buyer:
        return {"payment_id": newest.id, "is_new": False}
    return {"payment_id": begin(order=order, method=method, key=f"order:{order_id}:{len(made) + 1}", now=now), "is_new": True}


def may_pay(order: Order, now: datetime) -> bool:
    """Return whether the buyer may still pay: the order waits for its money, and its goods are kept."""
    return order.state is OrderState.PLACED and order.hold_until is not None and order.hold_until > now


def _is_still_unpaid(order_id: OrderId, earlier: tuple[Payment, ...], now: datetime) -> bool:
    """Close the earlier attempts, hear what came of those that could not be closed, and return whether money is still wanted."""
    settle_payment.settle(order_id=order_id, now=now)
    for each in payments.payments([made.id for made in earlier]).values():
        if each.answer_to(settle_payment.close_key(each)) is EventKind.FAILED and each.state is PaymentState.PENDING:
            payments.ask_again(each.id, now)
    return settle_payment.settle(order_id=order_id, now=now).state is OrderState.PLACED
