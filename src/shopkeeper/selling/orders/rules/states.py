"""The life of an order: which act leads from which state to which."""

from collections.abc import Mapping
from enum import StrEnum

from shopkeeper.selling.orders.shapes import OrderState, WrongState


class Act(StrEnum):
    """What can be done to an order. REVIVE: money came after the hold had expired, and the goods could be had again."""

    PAY = "pay"
    REVIVE = "revive"
    EXPIRE = "expire"
    CANCEL = "cancel"
    SHIP_PART = "ship_part"
    SHIP_REST = "ship_rest"
    REFUND = "refund"
    DROP_REST = "drop_rest"


_S = OrderState

TRANSITIONS: Mapping[tuple[OrderState, Act], OrderState] = {
    (_S.PLACED, Act.PAY): _S.PAID,
    (_S.PLACED, Act.EXPIRE): _S.EXPIRED,
    (_S.PLACED, Act.CANCEL): _S.CANCELLED,
    (_S.EXPIRED, Act.REVIVE): _S.PAID,
    (_S.PAID, Act.CANCEL): _S.CANCELLED,
    (_S.PAID, Act.SHIP_PART): _S.SHIPPING,
    (_S.PAID, Act.SHIP_REST): _S.SHIPPED,
    (_S.PAID, Act.REFUND): _S.PAID,
    (_S.PAID, Act.DROP_REST): _S.CANCELLED,
    (_S.SHIPPING, Act.SHIP_PART): _S.SHIPPING,
    (_S.SHIPPING, Act.SHIP_REST): _S.SHIPPED,
    (_S.SHIPPING, Act.REFUND): _S.SHIPPING,
    (_S.SHIPPING, Act.DROP_REST): _S.SHIPPED,
    (_S.SHIPPED, Act.REFUND): _S.SHIPPED,
    # What a cancelled order still has to give back, where its own refund failed at the provider.
    (_S.CANCELLED, Act.REFUND): _S.CANCELLED,
}
"""Every legal move; a pair that is not here is refused."""


def after(state: OrderState, act: Act) -> OrderState:
    """Return the state an order is in after `act`. Raises WrongState where the act is not possible."""
    found = TRANSITIONS.get((state, act))
    if found is None:
        raise WrongState(act.value, state)
    return found


def can(state: OrderState, act: Act) -> bool:
    """Return whether `act` is possible for an order in `state`."""
    return (state, act) in TRANSITIONS
