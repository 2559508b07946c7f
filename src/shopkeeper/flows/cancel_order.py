"""An order ends before its goods leave: the goods are free again, the money goes back."""

from datetime import datetime

from django.db import transaction

from shopkeeper.flows import refund_order, settle_payment
from shopkeeper.kit.ids import OrderId, UserId
from shopkeeper.kit.refusals import Malformed
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import CancelReason, Order, Refund, RefundReason
from shopkeeper.selling.payments import public as payments


def cancel(*, order_id: OrderId, reason: CancelReason | str, actor: UserId | None, now: datetime) -> Order:
    """Cancel an order that is placed or paid and return it; money reserved is let go of, money taken is refunded.

    What the provider does not answer at once the sweeper finishes. Raises WrongState, NotFound, Malformed for an unknown reason.
    """
    owed = _end(order_id, _reason(reason), actor, now)
    if owed is not None:
        refund_order.finish(owed.id, now)
    return settle_payment.settle(order_id=order_id, now=now)


@transaction.atomic
def _end(order_id: OrderId, reason: CancelReason, actor: UserId | None, now: datetime) -> Refund | None:
    before = orders.lock(order_id)
    after = orders.cancel(order_id=order_id, reason=reason, actor=actor, now=now)
    inventory.release(order_id=order_id, reason="cancelled", now=now)
    audit.record(
        actor=actor,
        act="orders.cancel",
        subject=f"order:{order_id}",
        before={"state": before.state.value},
        after={"state": after.state.value, "reason": reason.value},
        at=now,
    )
    # Should this process die before it has spoken to the provider, the sweeper will.
    payments.wake(order_id=order_id, at=now)
    if not after.refundable_minor:
        return None
    return orders.open_refund(order_id=order_id, wishes=None, with_delivery=True, reason=RefundReason.CANCELLED, actor=actor, now=now)


def _reason(value: CancelReason | str) -> CancelReason:
    try:
        return CancelReason(value)
    except ValueError:
        raise Malformed("reason", str(value)[:40], expected="cancel_reason") from None
