"""What a dead process, a silent provider or an absent buyer left undone is done here, again and again, by any number of workers."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction

from shopkeeper.flows import refund_order, settle_payment, settle_strays
from shopkeeper.kit.ids import OrderId, PaymentId
from shopkeeper.ops.jobs import public as jobs
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order, OrderState
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import Payment, PaymentState

T = TypeVar("T")
R = TypeVar("R")
log = logging.getLogger(__name__)

LEASE = timedelta(seconds=45)
"""How long a piece of work is left to the sweeper that took it: less than `payments.ASK_AGAIN`, so that the next one finds it free."""


GIVE_UP_AFTER = timedelta(days=7)
"""How long a provider is asked about a payment nobody wants any more: no bank keeps money reserved for longer."""

_DEAD = (OrderState.CANCELLED, OrderState.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one sweep did: messages carried, payments asked about, refunds finished, orders expired; what failed is tried next time.

    `strays`: money without an order looked into. `passed`: work that another sweeper has under way, or took over because this one was
    paused for too long.
    """

    webhooks: int
    payments: int
    refunds: int
    expired: int
    failed: int
    passed: int = 0
    strays: int = 0


def sweep(now: datetime, *, limit: int = 100) -> Swept:
    """Do up to `limit` of each kind of unfinished work and return what was done. Idempotent; each piece of work is leased and fenced, so
    that workers never collide and one that was paused cannot write what it thought before.

    In order: the test provider's messages, payments with news or without an answer, money without an order, refunds under way, and only
    then orders whose time is up, so that money that did come is always counted first.
    """
    tally = _Tally(now)
    webhooks = tally.each("webhooks", [now], settle_payment.deliver_test_webhooks)
    asked = tally.leased("payment", payments.claim_due(now=now, limit=limit), lambda payment_id: _ask(payment_id, now))
    strays = tally.leased("stray", payments.claim_strays(now=now, limit=limit), lambda stray_id: settle_strays.look_into(stray_id, now))
    refunds = tally.leased("refund", orders.claim_refunds(now=now, limit=limit), lambda refund_id: refund_order.finish(refund_id, now))
    expired = tally.leased("order", orders.overdue(now=now, limit=limit), lambda order_id: expire(order_id, now))
    return Swept(
        webhooks=sum(webhooks),
        payments=len(asked),
        refunds=len(refunds),
        expired=sum(expired),
        failed=tally.failed,
        passed=tally.passed,
        strays=len(strays),
    )


def expire(order_id: OrderId, now: datetime) -> bool:
    """End an order whose time is up and free its goods, unless money came after all; return whether it ended.

    The provider is asked once more first: an order must not expire over a payment that only was not heard.
    """
    for payment in payments.payments_of(order_id):
        if payment.state is PaymentState.PENDING:
            payments.ask_again(payment.id, now)
    settle_payment.settle(order_id=order_id, now=now)
    has_ended = _end(order_id, now)
    if has_ended:
        # What is open at a provider is closed, and money that was not enough goes back.
        settle_payment.settle(order_id=order_id, now=now)
    return has_ended


@transaction.atomic
def _end(order_id: OrderId, now: datetime) -> bool:
    order = orders.lock_free(order_id)
    if order is None or order.state is not OrderState.PLACED or order.hold_until is None or order.hold_until > now:
        return False
    made = payments.payments_of(order_id)
    if any(_may_pay(order, payment) for payment in made):
        return False
    # Order and basket, payments, goods: rows are locked by rising rank.
    orders.expire(order_id=order_id, now=now)
    for payment in made:
        payments.abandon(payment_id=payment.id, now=now)
    inventory.release(order_id=order_id, reason="expired", now=now)
    return True


def _may_pay(order: Order, payment: Payment) -> bool:
    # Less than the order's sum never pays it: it does not keep the goods either.
    is_enough = payment.state is PaymentState.CAPTURED and payment.balance.refundable_minor >= order.total_minor
    return is_enough or payment.state is PaymentState.AUTHORIZED


def _ask(payment_id: PaymentId, now: datetime) -> None:
    payment = payments.ask_again(payment_id, now)
    payments.keep_mismatched(payment, now)
    order = settle_payment.settle(order_id=payment.order_id, now=now)
    if order.state in _DEAD and payment.started_at <= now - GIVE_UP_AFTER:
        # Changes nothing once there is an answer. Money that still comes counts all the same.
        payments.abandon(payment_id=payment_id, now=now)


class _Tally:
    """Does each piece of work for itself: one that fails is reported and left for the next sweep, the others go on."""

    def __init__(self, now: datetime) -> None:
        self.now, self.began = now, time.monotonic()
        self.failed = 0
        self.passed = 0

    def each(self, kind: str, work: Iterable[T], do: Callable[[T], R]) -> list[R]:
        done = []
        for item in work:
            try:
                done.append(do(item))
            except jobs.LeaseLost as lost:
                self.passed += 1
                log.warning("sweep: %s", lost)
            except Exception:
                self.failed += 1
                log.exception("sweep: %s %s failed and will be tried again", kind, item)
        return done

    def leased(self, kind: str, work: Iterable[T], do: Callable[[T], R]) -> list[R]:
        """Do each piece of work under a lease of its own; what another sweeper has under way is passed by."""
        return [done[0] for done in self.each(kind, work, lambda item: self._under_lease(f"{kind}:{item}", lambda: do(item))) if done]

    def _under_lease(self, name: str, do: Callable[[], R]) -> list[R]:
        lease = jobs.take(name=name, lasts=LEASE, now=self._time())
        if lease is None:
            self.passed += 1
            return []
        try:
            with jobs.fenced(lease):
                return [do()]
        finally:
            jobs.give_back(lease)

    def _time(self) -> datetime:
        """Return the present moment: a long sweep must not take leases that begin in the past."""
        return self.now + timedelta(seconds=time.monotonic() - self.began)
