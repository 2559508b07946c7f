"""What a refund of an order would give back: looked at before it is asked, and decided by the same rule when it is."""

from collections.abc import Sequence

from shopkeeper.kit.refusals import OutOfRange
from shopkeeper.selling.orders.rules import refunding, states
from shopkeeper.selling.orders.rules.refunding import piece_runs
from shopkeeper.selling.orders.rules.states import Act
from shopkeeper.selling.orders.shapes import Order, RefundPlan, RefundWish, WrongState

__all__ = ["piece_runs", "refund_plan", "rest_plan"]


def refund_plan(found: Order, wishes: Sequence[RefundWish], *, with_delivery: bool) -> RefundPlan:
    """Return what refunding these lines, and the delivery price if asked, gives back; nothing is changed.

    Raises WrongState, TooManyUnits, NothingToDo, NotFound, OutOfRange, Malformed.
    """
    return _payable(found, refunding.plan(_refundable(found), wishes, with_delivery=with_delivery))


def rest_plan(found: Order) -> RefundPlan:
    """Return what refunding all that is left gives back; it may be nothing. Raises WrongState, OutOfRange."""
    return _payable(found, refunding.plan_rest(_refundable(found)))


def _refundable(found: Order) -> Order:
    states.after(found.state, Act.REFUND)
    if found.paid_at is None:
        raise WrongState(Act.REFUND.value, found.state)
    return found


def _payable(found: Order, plan: RefundPlan) -> RefundPlan:
    if plan.total_minor > found.refundable_minor:
        raise OutOfRange("refund", plan.total_minor, least=0, most=found.refundable_minor)
    return plan
