"""Requests about orders, behind the room's face: asked by buyers, decided by staff, settled by refunds. Nothing is ever dropped.

Whoever asks, decides or refunds holds the order's row, so that of two requests for the same pieces at once one wins.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks
from shopkeeper.kit.ids import LineId, OrderId, RequestId, UserId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.orders import asking_store, store
from shopkeeper.selling.orders.rules import requesting
from shopkeeper.selling.orders.shapes import (
    MOST_NOTE,
    AskedAlready,
    Order,
    Possible,
    Refund,
    Request,
    RequestKind,
    RequestReason,
    RequestState,
    Window,
)

Kind = TypeVar("Kind", bound=StrEnum)


def requests_of(order_id: OrderId) -> tuple[Request, ...]:
    """Return every request about an order, the oldest first: one statement."""
    return asking_store.requests_of(order_id)


def request(request_id: RequestId) -> Request:
    """Return one request. Raises NotFound."""
    found = asking_store.request(request_id) if 0 < request_id < 2**63 else None
    if found is None:
        raise NotFound("request", request_id)
    return found


def promised_back(order_ids: Sequence[OrderId]) -> dict[LineId, int]:
    """Return how many pieces of each line of these orders the shop has agreed to cancel and not given back yet: they are not sent.

    One statement, however many orders.
    """
    return requesting.promised_back(asking_store.requests_of(*order_ids))


def requests_waiting() -> int:
    """Return how many requests nobody has decided yet."""
    return asking_store.waiting()


def return_window(
    order: Order, *, way_days: int | None, left_on: date | None, today: date, shop_days: int, arrived_on: date | None = None
) -> Window:
    """Return until when goods of an order may go back without a reason, as `rules.requesting.window` does."""
    return requesting.window(order, way_days=way_days, shop_days=shop_days, left_on=left_on, today=today, arrived_on=arrived_on)


def may_ask(order: Order, requests: Sequence[Request], window: Window) -> Possible:
    """Return what the order's buyer may ask for now, pieces by line."""
    return requesting.possible(order, requests, window)


@transaction.atomic
def ask(
    *,
    order_id: OrderId,
    kind: str,
    reason: str,
    note: str,
    wishes: Sequence[tuple[LineId, int]] | None,
    window: Window,
    now: datetime,
) -> Request:
    """Ask to cancel the rest of an order, or to send pieces back, and return the request; `wishes` None asks for all there are.

    Raises NotFound, Malformed, OutOfRange, AskedAlready, NotToBeAsked, NothingToDo, TooManyUnits, NeedsDefect.
    """
    what, why = _one_of(RequestKind, "kind", kind), _one_of(RequestReason, "reason", reason)
    tidy = checks.paragraphs(note, field="note", most=MOST_NOTE)
    order = store.lock_order(order_id)
    if order is None:
        raise NotFound("order", order_id)
    before = asking_store.requests_of(order_id)
    waits = requesting.waiting_to_cancel(before)
    if what is RequestKind.CANCEL and waits is not None:
        raise AskedAlready(waits.id)
    may = requesting.possible(order, before, window)
    lines = requesting.wanted(what, wishes, order, may)
    rests_on = requesting.basis(what, why, window)
    made = asking_store.add_request(order_id, kind=what, reason=why, basis=rests_on, note=tidy, lines=lines, at=now)
    units = sum(line.units for line in lines)
    store.add_happening(order_id, "request_made", at=now, request_id=made, kind=what.value, reason=why.value, units=units)
    events.record(facts.OrderRequestMade(request_id=made, order_id=order_id, kind=what.value, reason=why.value), at=now)
    return request(made)


@transaction.atomic
def decide_request(*, request_id: RequestId, accept: bool, answer: str, actor: UserId, now: datetime) -> Request:
    """Accept or refuse a request that waits, and return it; the buyer reads `answer`, which a refusal needs.

    An accepted one whose pieces were refunded meanwhile is done at once. Raises NotFound, OutOfRange, Malformed, RequestDecided,
    SentMeanwhile for pieces to cancel that have left.
    """
    tidy = checks.paragraphs(answer, field="answer", least=0 if accept else 1, most=MOST_NOTE)
    found = _locked(request_id)
    state = requesting.after(found.state, RequestState.ACCEPTED if accept else RequestState.REFUSED)
    if accept:
        order = store.lock_order(found.order_id)
        assert order is not None
        requesting.refuse_what_has_left(found, order, asking_store.requests_of(found.order_id))
    asking_store.decide(request_id, state, answer=tidy, actor=actor, at=now)
    _told(found, state, actor, now)
    if accept and not any(line.open_units for line in found.lines):
        _done(found, now)
    return request(request_id)


@transaction.atomic
def close_request(*, request_id: RequestId, actor: UserId, now: datetime) -> Request:
    """Close an accepted request that no refund will answer, such as goods that never came back. Raises NotFound, RequestDecided."""
    found = _locked(request_id)
    requesting.after(found.state, RequestState.DONE)
    asking_store.end(request_id, RequestState.DONE, at=now)
    _told(found, RequestState.DONE, actor, now)
    return request(request_id)


@transaction.atomic
def withdraw_request(*, order_id: OrderId, request_id: RequestId, now: datetime) -> Request:
    """Take back a request that still waits, as the order's buyer, and return it. Raises NotFound, RequestDecided."""
    found = _locked(request_id)
    if found.order_id != order_id:
        raise NotFound("request", request_id)
    requesting.after(found.state, RequestState.WITHDRAWN)
    asking_store.end(request_id, RequestState.WITHDRAWN, at=now)
    store.add_happening(order_id, "request_withdrawn", at=now, request_id=request_id, kind=found.kind.value)
    return request(request_id)


def settle_requests(refund: Refund, *, now: datetime) -> None:
    """Count a refund that was paid out against the requests it answers; the caller holds the order's row."""
    found = asking_store.requests_of(refund.order_id)
    if not found:
        return
    pieces = [(line.line_id, RequestKind.RETURN, line.returned_units) for line in refund.lines]
    pieces += [(line.line_id, RequestKind.CANCEL, line.dropped_units) for line in refund.lines]
    asking_store.settle(requesting.settled(found, pieces))
    for each in asking_store.requests_of(refund.order_id):
        if each.state is RequestState.ACCEPTED and not any(line.open_units for line in each.lines):
            _done(each, now)


def _done(found: Request, now: datetime) -> None:
    asking_store.end(found.id, RequestState.DONE, at=now)
    store.add_happening(found.order_id, "request_done", at=now, request_id=found.id, kind=found.kind.value)


def _told(found: Request, state: RequestState, actor: UserId, now: datetime) -> None:
    store.add_happening(
        found.order_id, f"request_{state.value}", at=now, actor=actor, request_id=found.id, kind=found.kind.value, units=found.units
    )
    audit.record(
        actor=actor,
        act="orders.decide_request",
        subject=f"request:{found.id}",
        before={"state": found.state.value},
        after={"state": state.value, "kind": found.kind.value},
        at=now,
    )
    if state is not RequestState.DONE:
        told = facts.OrderRequestDecided(
            request_id=found.id, order_id=found.order_id, kind=found.kind.value, state=state.value, reason=found.reason.value
        )
        events.record(told, at=now)


def _locked(request_id: RequestId) -> Request:
    # The order's row first, like whoever asks or refunds; then the request is read as it stands.
    store.lock_order(request(request_id).order_id)
    return request(request_id)


def _one_of(kind: type[Kind], field: str, value: str) -> Kind:
    try:
        return kind(value)
    except ValueError:
        raise Malformed(field, checks.shown(value), expected="choice") from None
