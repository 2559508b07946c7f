"""Money without an order, and orders without their money: found, settled by themselves where that can be, else put before staff.

A provider tells of a payment this shop does not know: it is linked to its order where the payment is known by now, else the provider is
asked what became of it, and staff give it back or say where it was settled. An order whose money is not what the providers keep has its
payments asked about anew; `settle_payment` then decides, and what stays different the books name.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shopkeeper.flows import audit_books, second_person, settle_payment
from shopkeeper.kit import checks
from shopkeeper.kit.ids import UserId
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import Stray, StrayClosed, StrayRefused, StrayState
from shopkeeper.selling.shop import public as shops

GIVE_BACK = "payments.give_back"
MOST_REASON = 200


def look_into(stray_id: int, now: datetime) -> Stray:
    """Find out where a stray belongs and return how it stands; one that turns out to be a payment settles its order.

    Outside transactions. Raises NotFound.
    """
    found = payments.look_into_stray(stray_id, now)
    if found.payment_id is not None:
        payment = payments.ask_again(found.payment_id, now)
        settle_payment.settle(order_id=payment.order_id, now=now)
    return found


def wake_orders_that_differ(now: datetime) -> int:
    """Have the sweeper ask anew about every order whose money is not what the providers keep for it, and return how many."""
    return payments.wake_orders(order_ids=audit_books.orders_whose_money_differs(now), at=now)


# ── staff ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def give_back(*, stray_id: int, seen_minor: int, actor: UserId, now: datetime) -> Stray:
    """Give money without an order back through its provider, once, and return how it stands. Outside transactions.

    Raises StrayClosed where it is settled or comes to another sum than `seen_minor` by now, NotFound; WaitingForApproval above the sum that
    one person may refund, and for money in another currency than the shop's, which no limit fits; StrayUnaskable.
    """
    found = payments.stray(stray_id)
    if found.state is StrayState.GIVING_BACK:
        # What was decided is asked for again and nothing else: should it be refused meanwhile, the next request is decided anew.
        return payments.repeat_give_back(stray_id, now)
    payments.refuse_unaskable(found)
    _refuse_unless(found, seen_minor)
    if _needs_two(found):
        second_person.ask(act=GIVE_BACK, subject=f"stray:{stray_id}", values=_frozen(found), actor=actor, key=None, now=now)
    return payments.give_back_stray(stray_id=stray_id, seen_minor=seen_minor, actor=actor, now=now)


def _refuse_unless(found: Stray, seen_minor: int) -> None:
    if found.state not in (StrayState.HEARD, StrayState.UNCLAIMED) or not found.open_minor or found.open_minor != seen_minor:
        raise StrayClosed(found.state.value, found.open_minor)


def _needs_two(found: Stray) -> bool:
    over = second_person.limits().refund_over_minor
    if over is not None and found.currency not in ("", shops.shop().currency):
        return True
    return approvals.refund_needs_two(total_minor=found.open_minor, before_minor=0, over_minor=over)


def frozen(wish: Mapping[str, Any]) -> dict[str, object]:
    """Return all that decides a giving back that waits, as it is now. Raises NotFound, StrayClosed."""
    found = payments.stray(wish["stray_id"])
    _refuse_unless(found, found.open_minor)
    return _frozen(found)


def _frozen(found: Stray) -> dict[str, object]:
    return {
        "stray_id": found.id, "provider": found.provider, "reference": found.reference or found.name, "total_minor": found.open_minor,
        "currency": found.currency,
    }  # fmt: skip


def give_back_approved(*, wish: Mapping[str, Any], actor: UserId | None, now: datetime) -> dict[str, object]:
    """Give back what a second person approved, once, and return its id. Raises StrayClosed, NotFound, StrayUnaskable; StrayRefused where
    the provider said no."""
    found = payments.stray(wish["stray_id"])
    if found.state is not StrayState.GIVEN_BACK:
        # One that was begun by a process that died goes on under its own key.
        found = payments.give_back_stray(stray_id=found.id, seen_minor=wish["total_minor"], actor=actor, now=now)
    if found.state not in (StrayState.GIVEN_BACK, StrayState.GIVING_BACK):
        raise StrayRefused(found.state.value, found.open_minor)
    return {"stray_id": found.id}


def settle_elsewhere(*, stray_id: int, seen_minor: int, reason: str, actor: UserId, now: datetime) -> Stray:
    """Note that money without an order was settled outside the shop, and where; more money opens it again. What is being given back only
    once its provider has said nothing for days (`payments.SILENT_FOR`).

    Raises Malformed, OutOfRange (`reason`), StrayClosed, NotFound.
    """
    said = checks.line(reason, field="reason", least=1, most=MOST_REASON)
    return payments.settle_stray_elsewhere(stray_id=stray_id, seen_minor=seen_minor, reason=said, actor=actor, now=now)
