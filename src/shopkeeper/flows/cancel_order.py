"""An order ends before its goods leave: the goods are free again, the money goes back."""

from datetime import datetime

from shopkeeper.flows import refund_order, settle_payment
from shopkeeper.kit.ids import OrderId, RefundId, UserId
from shopkeeper.kit.refusals import Malformed
from shopkeeper.ops.audit import public as audit
from shopkeeper.ops.requests import public as requests
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import CancelReason, Order, RefundReason
from shopkeeper.selling.payments import public as payments


def cancel(*, order_id: OrderId, reason: CancelReason | str, actor: UserId | None, now: datetime, key: str | None = None) -> Order:
    """Cancel an order that is placed or paid and return it; money reserved is let go of, money taken is refunded.

    What the provider does not answer at once the sweeper finishes. Repeating the idempotency key repeats the answer.
    Raises WrongState, NotFound, Malformed for an unknown reason, OutOfRange or KeyReused for the key.
    """
    why = _reason(reason)
    answer = requests.once(
        # A buyer's key is the buyer's of this order; staff share theirs.
        key=key, asker=f"order:{order_id}" if actor is None else requests.STAFF, act="orders.cancel",
        asked={"order_id": order_id, "reason": why.value}, work=lambda: {"refund_id": _end(order_id, why, actor, now)}, now=now,
    )  # fmt: skip
    if answer["refund_id"] is not None:
        refund_order.finish(RefundId(answer["refund_id"]), now)
    return settle_payment.settle(order_id=order_id, now=now)


def _end(order_id: OrderId, reason: CancelReason, actor: UserId | None, now: datetime) -> RefundId | None:
    """End the order in the transaction of the key; return the refund it owes its buyer, if any."""
    before = orders.lock(order_id)
    after = orders.cancel(order_id=order_id, reason=reason, actor=actor, now=now)
    # Should this process die before it has spoken to the provider, the sweeper will. Before the goods: rows are locked by rising rank.
    payments.wake(order_id=order_id, at=now)
    inventory.release(order_id=order_id, reason="cancelled", now=now)
    audit.record(
        actor=actor,
        act="orders.cancel",
        subject=f"order:{order_id}",
        before={"state": before.state.value},
        after={"state": after.state.value, "reason": reason.value},
        at=now,
    )
    if not after.refundable_minor:
        return None
    owed = orders.open_refund(order_id=order_id, wishes=None, with_delivery=True, reason=RefundReason.CANCELLED, actor=actor, now=now)
    return owed.id


def _reason(value: CancelReason | str) -> CancelReason:
    try:
        return CancelReason(value)
    except ValueError:
        raise Malformed("reason", str(value)[:40], expected="cancel_reason") from None
