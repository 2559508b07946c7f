"""What a dead process, a silent provider or an absent buyer left undone is done here, again and again, by any number of workers."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from shopkeeper.flows import refund_order, settle_payment
from shopkeeper.kit.ids import OrderId, PaymentId
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import OrderState
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import PaymentState

T = TypeVar("T")
R = TypeVar("R")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one sweep did: messages carried, payments asked about, refunds finished, orders expired; what failed is tried next time."""

    webhooks: int
    payments: int
    refunds: int
    expired: int
    failed: int


def sweep(now: datetime, *, limit: int = 100) -> Swept:
    """Do up to `limit` of each kind of unfinished work and return what was done. Idempotent; rows are claimed, so workers never collide.

    In order: the test provider's messages, payments with news or without an answer, refunds under way, and only then orders whose
    time is up, so that money that did come is always counted first.
    """
    tally = _Tally()
    webhooks = tally.each("webhooks", [now], settle_payment.deliver_test_webhooks)
    asked = tally.each("payment", payments.claim_due(now=now, limit=limit), lambda payment_id: _ask(payment_id, now))
    refunds = tally.each("refund", orders.claim_refunds(now=now, limit=limit), lambda refund_id: refund_order.finish(refund_id, now))
    expired = tally.each("order", orders.overdue(now=now, limit=limit), lambda order_id: expire(order_id, now))
    return Swept(
        webhooks=sum(webhooks),
        payments=len(asked),
        refunds=len(refunds),
        expired=sum(expired),
        failed=tally.failed,
    )


def expire(order_id: OrderId, now: datetime) -> bool:
    """End an order whose time is up and free its goods, unless money came after all; return whether it ended.

    The provider is asked once more first: an order must not expire over a payment that only was not heard.
    """
    for payment in payments.payments_of(order_id):
        if payment.state is PaymentState.PENDING:
            payments.ask_again(payment.id, now)
    settle_payment.settle(order_id=order_id, now=now)
    return _end(order_id, now)


@transaction.atomic
def _end(order_id: OrderId, now: datetime) -> bool:
    order = orders.lock_free(order_id)
    if order is None or order.state is not OrderState.PLACED or order.hold_until is None or order.hold_until > now:
        return False
    made = payments.payments_of(order_id)
    if any(payment.state in (PaymentState.AUTHORIZED, PaymentState.CAPTURED) for payment in made):
        return False
    # Order and basket, payments, goods: rows are locked by rising rank.
    orders.expire(order_id=order_id, now=now)
    for payment in made:
        payments.abandon(payment_id=payment.id, now=now)
    inventory.release(order_id=order_id, reason="expired", now=now)
    return True


def _ask(payment_id: PaymentId, now: datetime) -> None:
    payment = payments.ask_again(payment_id, now)
    settle_payment.settle(order_id=payment.order_id, now=now)


class _Tally:
    """Does each piece of work for itself: one that fails is reported and left for the next sweep, the others go on."""

    def __init__(self) -> None:
        self.failed = 0

    def each(self, kind: str, work: Iterable[T], do: Callable[[T], R]) -> list[R]:
        done = []
        for item in work:
            try:
                done.append(do(item))
            except Exception:
                self.failed += 1
                log.exception("sweep: %s %s failed and will be tried again", kind, item)
        return done
