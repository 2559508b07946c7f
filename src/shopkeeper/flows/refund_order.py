"""Money goes back: promised in one transaction, paid out by the provider outside it, settled in another.

A process that dies in between leaves a refund that is asked and not settled; the sweeper finishes it under the same key, so the buyer is
never paid twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from shopkeeper.flows import second_person
from shopkeeper.kit.ids import LineId, OrderId, RefundId, UserId
from shopkeeper.kit.refusals import KeyReused, Malformed
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.ops.approvals.shapes import ApprovalState
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.shapes import WantedUnits
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import (
    Order,
    OrderState,
    Refund,
    RefundPlan,
    RefundReason,
    RefundState,
    RefundWish,
    SumChanged,
    pieces,
)
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import EventKind, MoneyDisputed, Payment, TooMuch

_HOLDING = (OrderState.PAID, OrderState.SHIPPING, OrderState.SHIPPED)
"""In these states a paid order may hold pieces that will not be sent, also where all others were sent before the refund settled."""


def preview(*, order_id: OrderId, lines: Sequence[RefundWish | tuple[LineId, int, bool]], delivery: bool) -> RefundPlan:
    """Return what `refund` would give back for the same lines and delivery; nothing is asked, kept or changed.

    Raises TooManyUnits, NothingToDo, WrongState, NotFound, OutOfRange, Malformed, as `refund` would.
    """
    return orders.refund_plan(orders.order(order_id), [RefundWish(*line) for line in lines], with_delivery=delivery)


def refund(
    *,
    order_id: OrderId,
    lines: Sequence[RefundWish | tuple[LineId, int, bool]],
    delivery: bool,
    reason: RefundReason | str,
    actor: UserId | None,
    now: datetime,
    note: str = "",
    key: str | None = None,
    seen_minor: int | None = None,
) -> Refund:
    """Give back the money for units of lines, and the delivery price if asked; return the refund, settled, failed or still asked.

    Lines are (line, units, restock): restocked units go back to the shelf they came from. Units not sent yet will not be sent.
    Pieces that cost nothing are taken back like any others, at once and without the provider: no money moves.
    Repeating the idempotency key (1 to 100 characters) repeats the answer and pays nothing twice. `seen_minor`: the sum that the sender
    saw; where it would be another one by now, nothing is paid (SumChanged).
    Raises TooManyUnits, NothingToDo, WrongState, NotFound, OutOfRange, Malformed, KeyReused, SumChanged, each before anything is changed;
    WaitingForApproval where the sum is so high that a second person is asked first (`flows/approve.py` then pays it).
    """
    wish = _Wish(order_id=order_id, lines=[RefundWish(*line) for line in lines], delivery=delivery, reason=_reason(reason), note=note)
    while True:
        asked = _ask_second_person(wish, key, seen_minor, actor, now)
        if asked.paid is not None:
            return asked.paid
        try:
            return _refund(wish, key, seen_minor, actor, now, given_minor=asked.given_minor)
        except _MoreWasGiven:
            # Somebody else gave money back since we looked: with it this may be above what one person may give.
            continue


def refund_approved(*, wish: Mapping[str, Any], key: str, actor: UserId | None, now: datetime) -> dict[str, object]:
    """Pay the refund a second person approved, once under this key, and return its id. Raises as `refund` does, SumChanged above all."""
    made = _refund(_thawed(wish), key, wish["total_minor"], actor, now)
    return {"refund_id": made.id}


def frozen(wish: Mapping[str, Any]) -> dict[str, object]:
    """Return all that decides a refund that waits: the wish, and the sum it comes to now. Raises as `preview` does."""
    return _frozen(_thawed(wish))


def _thawed(wish: Mapping[str, Any]) -> "_Wish":
    return _Wish(
        order_id=OrderId(wish["order_id"]),
        lines=[RefundWish(LineId(line_id), units, restock) for line_id, units, restock in wish["lines"]],
        delivery=wish["delivery"],
        reason=_reason(wish["reason"]),
        note=wish["note"],
    )


def _frozen(wish: "_Wish") -> dict[str, object]:
    plan = preview(order_id=wish.order_id, lines=wish.lines, delivery=wish.delivery)
    return _plain(wish) | {"total_minor": plan.total_minor}


def _plain(wish: "_Wish") -> dict[str, object]:
    return {
        "order_id": wish.order_id,
        "lines": sorted([line.line_id, line.units, line.restock] for line in wish.lines),
        "delivery": wish.delivery,
        "reason": wish.reason.value,
        "note": wish.note,
    }


def _paid_before(wish: "_Wish", key: str) -> Refund | None:
    """Return the refund that a second person approved under this key before. Raises KeyReused where that was another wish."""
    known = approvals.under(act="orders.refund", key=key)
    if known is None or known.state is not ApprovalState.DONE:
        return None
    if {name: value for name, value in known.values.items() if name != "total_minor"} != _plain(wish):
        raise KeyReused("This idempotency key was used for another request", field="idempotency_key")
    return orders.refund(RefundId(int(str((known.outcome or {})["refund_id"]))))


class _MoreWasGiven(Exception):
    """Of the order more was given back, or less, than when it was decided that one person may give this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What asking for a second person led to: the refund itself where it was paid before; else it may go on, and where that was decided by
    what had been given back of the order, `given_minor` says how much that was."""

    paid: Refund | None = None
    given_minor: int | None = None


def _given(order: Order) -> int:
    return sum(each.total_minor for each in order.refunds if each.state is not RefundState.FAILED)


def _ask_second_person(wish: "_Wish", key: str | None, seen_minor: int | None, actor: UserId | None, now: datetime) -> _Asked:
    """Return whether and how the refund may go on. Without an actor the shop itself acts, and nobody is asked."""
    if actor is None or (key is not None and orders.refund_under(wish.code(key))):
        return _Asked()
    if key is not None and (paid := _paid_before(wish, key)):
        return _Asked(paid=paid)
    wanted = _frozen(wish)
    order = orders.order(wish.order_id)
    total = int(str(wanted["total_minor"]))
    if seen_minor is not None and seen_minor != total:
        raise SumChanged(seen_minor, total, order.currency)
    over = second_person.limits().refund_over_minor
    before = _given(order)
    if not approvals.refund_needs_two(total_minor=total, before_minor=before, over_minor=over):
        return _Asked(given_minor=before)
    second_person.ask(act="orders.refund", subject=f"order:{order.id}", values=wanted, actor=actor, key=key, now=now)
    return _Asked()


def _refund(
    wish: "_Wish", key: str | None, seen_minor: int | None, actor: UserId | None, now: datetime, *, given_minor: int | None = None
) -> Refund:
    with transaction.atomic():
        code = None if key is None else wish.code(key)
        asked = (None if code is None else orders.refund_under(code)) or _open(wish, code, seen_minor, actor, now, given_minor=given_minor)
    return finish(asked.id, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    order_id: OrderId
    lines: Sequence[RefundWish]
    delivery: bool
    reason: RefundReason
    note: str

    def code(self, key: str) -> str:
        return orders.refund_code(
            key=key, order_id=self.order_id, wishes=self.lines, with_delivery=self.delivery, reason=self.reason, note=self.note
        )


def _open(wish: _Wish, code: str | None, seen_minor: int | None, actor: UserId | None, now: datetime, *, given_minor: int | None) -> Refund:
    order = orders.lock(wish.order_id)
    if given_minor is not None and given_minor != _given(order):
        raise _MoreWasGiven
    promised = sum(each.total_minor for each in order.refunds if each.state is RefundState.ASKED)
    asked = orders.open_refund(
        order_id=wish.order_id,
        wishes=wish.lines,
        with_delivery=wish.delivery,
        reason=wish.reason,
        actor=actor,
        now=now,
        note=wish.note,
        code=code,
    )
    # Compared under the order's lock; the refusal undoes the promise with the transaction.
    if seen_minor is not None and seen_minor != asked.total_minor:
        raise SumChanged(seen_minor, asked.total_minor, order.currency)
    _refuse_what_the_bank_withdrew(asked, promised, order.currency)
    audit.record(
        actor=actor,
        act="orders.refund",
        subject=f"order:{wish.order_id}",
        before=None,
        after={
            "refund_id": asked.id,
            "total_minor": asked.total_minor,
            "delivery_minor": asked.delivery_minor,
            "lines": [[line.line_id, line.units] for line in asked.lines],
            "reason": asked.reason,
        },
        at=now,
    )
    return asked


def _refuse_what_the_bank_withdrew(asked: Refund, promised_minor: int, currency: str) -> None:
    """Raise MoneyDisputed for a refund of money in dispute, or lost in one. Refunds promised before count first."""
    made = payments.payments_of(asked.order_id)
    withdrawn = sum(payment.balance.disputed_minor + payment.balance.lost_minor for payment in made)
    pending = sum(payment.balance.refund_pending_minor for payment in made)
    left = max(0, sum(payment.balance.refundable_minor for payment in made) + pending - promised_minor)
    if withdrawn and asked.total_minor > left:
        raise MoneyDisputed(asked.total_minor, left, withdrawn, currency)


def _reason(value: RefundReason | str) -> RefundReason:
    try:
        return RefundReason(value)
    except ValueError:
        raise Malformed("reason", str(value)[:40], expected="refund_reason") from None


def finish(refund_id: RefundId, now: datetime) -> Refund:
    """Have the provider pay a promised refund out and record how it went; return the refund. Safe to repeat. Outside transactions."""
    asked = orders.refund(refund_id)
    if asked.state is not RefundState.ASKED:
        return asked
    if not asked.total_minor:
        # No provider pays out nothing.
        return _settle(asked, now)
    payment = _payment_of(asked)
    key = f"{payment.name}:refund:{asked.id}"
    try:
        payment = payments.refund(payment_id=payment.id, amount_minor=asked.total_minor, key=key, now=now)
    except TooMuch:
        # The bank withdrew the money after the refund was promised: the buyer has it already, and it cannot go twice.
        return orders.fail_refund(refund_id=asked.id, reason="disputed", now=now)
    match payment.answer_to(key):
        case EventKind.REFUNDED:
            settled = _settle(asked, now)
        case None:
            return asked
        case _:
            settled = orders.fail_refund(refund_id=asked.id, reason=_refusal(payment, key), now=now)
    payments.rest(payment.id)
    return settled


def _payment_of(asked: Refund) -> Payment:
    """Return the payment to refund from: the one asked already, else the one with the most left."""
    found = payments.payments_of(asked.order_id)
    return max(found, key=lambda payment: (payment.is_asked(f"{payment.name}:refund:{asked.id}"), payment.balance.refundable_minor))


def _refusal(payment: Payment, key: str) -> str:
    return next((event.reason for event in payment.events if event.key == key and event.reason), "refused")


@transaction.atomic
def _settle(asked: Refund, now: datetime) -> Refund:
    order = orders.lock(asked.order_id)
    if orders.refund(asked.id).state is not RefundState.ASKED:
        return orders.refund(asked.id)
    settled = orders.settle_refund(refund_id=asked.id, now=now)
    _restock(order, settled, now)
    if orders.close_if_all_dropped(order_id=order.id, actor=None, now=now):
        inventory.release(order_id=order.id, reason="cancelled", now=now)
    elif order.state in _HOLDING:
        _release_dropped(order, settled, now)
    return settled


def _restock(order: Order, settled: Refund, now: datetime) -> None:
    """Put what came back on the shelf of the warehouse that sent it last."""
    lines = {line.id: line for line in order.lines}
    for line in settled.lines:
        sent_from = [parcel.warehouse_id for parcel in order.shipments if any(sent.line_id == line.line_id for sent in parcel.lines)]
        if not line.is_restocked or not line.returned_units:
            continue
        warehouse_id = sent_from[-1] if sent_from else inventory.warehouses()[0].id
        for variant_id, _sku, units in pieces(lines[line.line_id], line.returned_units):
            inventory.put_back(variant_id=variant_id, warehouse_id=warehouse_id, units=units, order_id=order.id, now=now)


def _release_dropped(order: Order, settled: Refund, now: datetime) -> None:
    """Free the goods that will not be sent, no others: another refund may be under way, and those it gives up are held until it is paid."""
    lines = {line.id: line for line in order.lines}
    dropped = [
        WantedUnits(variant_id=variant_id, units=units, sku=sku)
        for line in settled.lines
        if line.dropped_units
        for variant_id, sku, units in pieces(lines[line.line_id], line.dropped_units)
    ]
    if dropped:
        inventory.release_units(order_id=order.id, lines=dropped, reason="cancelled", now=now)
