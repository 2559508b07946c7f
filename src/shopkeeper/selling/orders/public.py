"""The face of orders: baskets, and an order from its opening to its last parcel and penny.

A command locks the order's row, decides by a rule, saves, writes the timeline and tells. Commands run in the caller's transaction
where there is one: a flow joins them with stock and money.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks
from shopkeeper.kit.ids import LineId, OrderId, PaymentId, RefundId, ShipmentId, UserId, VariantId, WarehouseId, new_token
from shopkeeper.selling.inventory.shapes import HeldUnits
from shopkeeper.selling.orders import books, models, planning, reading, store
from shopkeeper.selling.orders.baskets import (
    add_line,
    any_basket,
    basket,
    basket_of,
    merge_baskets,
    open_basket,
    remove_lines,
    set_line,
    standing_of,
)
from shopkeeper.selling.orders.books import CHECKS
from shopkeeper.selling.orders.extras import (
    arrangement,
    carrier_links,
    checked_particulars,
    is_told,
    mark_news_read,
    mark_news_seen,
    news,
    news_read_until,
    news_seen_until,
    particulars,
    particulars_of_order,
    save_arrangement,
    save_carrier_link,
    save_particulars,
)
from shopkeeper.selling.orders.keys import refund_code, refund_under, was_refunded_under
from shopkeeper.selling.orders.looking import (
    by_number,
    by_token,
    counts,
    invoice_pdf,
    list_orders,
    one,
    order,
    orders,
    orders_of,
    refund,
    timeline,
)
from shopkeeper.selling.orders.planning import piece_runs, refund_plan
from shopkeeper.selling.orders.reckoning import HistoryTotals, history_totals, ids_by_number
from shopkeeper.selling.orders.refusals import refusal_of
from shopkeeper.selling.orders.requests import (
    ask,
    close_request,
    decide_request,
    may_ask,
    promised_back,
    request,
    requests_of,
    requests_waiting,
    return_window,
    settle_requests,
    withdraw_request,
)
from shopkeeper.selling.orders.rules import parcels, states
from shopkeeper.selling.orders.rules.particulars import checked_address, checked_contact
from shopkeeper.selling.orders.rules.states import Act
from shopkeeper.selling.orders.shapes import (
    CancelReason,
    Difference,
    NewOrder,
    Order,
    OrderMoney,
    OrderState,
    Parcel,
    ParcelLine,
    Refund,
    RefundReason,
    RefundState,
    RefundWish,
    ToBeTold,
)
from shopkeeper.selling.orders.taking_over import import_adjustments, import_credit_notes, import_history, import_refunds

__all__ = [
    "CHECKS", "HistoryTotals", "add_line", "any_basket", "arrangement", "ask", "audit", "basket", "basket_of", "by_number",
    "by_token", "can_be_paid", "cancel", "carrier_links", "checked_address", "checked_contact", "checked_particulars",
    "claim_refunds", "close_if_all_dropped", "close_request", "counts", "decide_request", "expire", "fail_refund",
    "goods_to_hold", "history_totals", "ids_by_number", "import_adjustments", "import_credit_notes", "import_history",
    "import_refunds", "invoice_pdf", "is_told", "key_answer", "list_orders", "living_order_of", "lock", "lock_basket",
    "lock_free", "mark_news_read", "mark_news_seen", "mark_paid", "may_ask", "merge_baskets", "money_of_orders", "money_query",
    "news", "news_read_until", "news_seen_until", "note", "open_basket", "open_order", "open_refund", "opening", "order",
    "order_from", "orders", "orders_of", "overdue", "pack", "particulars", "particulars_of_order", "piece_runs",
    "promised_back", "record_shipment", "refund", "refund_code", "refund_plan", "refund_under", "refusal_of", "remove_lines",
    "request", "requests_of", "requests_waiting", "return_window", "revive", "save_arrangement", "save_carrier_link",
    "save_particulars", "set_line", "settle_refund", "standing_of", "state_once_paid", "timeline", "to_be_told",
    "was_refunded_under", "withdraw_request",
]  # fmt: skip

REFUND_RETRY = timedelta(minutes=2)
"""How long a refund under way is left to the process that began it before the sweeper takes it up."""


# ── open ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def key_answer(key: str) -> tuple[str, OrderId] | None:
    """Return the fingerprint and the order of an idempotency key; None for a key not used yet."""
    return store.key_answer(key)


def living_order_of(basket_token: str) -> OrderId | None:
    """Return the living order a basket became; None where it is still open, unknown, or its order died."""
    return store.living_order_of(any_basket(basket_token).id)


def opening(new: NewOrder) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return an order and its lines as the database function orders_open reads them, with a fresh token for the order's link."""
    return store.order_document(new, token=new_token()), store.line_documents(new)


@transaction.atomic
def open_order(*, new: NewOrder, key: str | None = None, fingerprint: str = "", now: datetime) -> OrderId:
    """Open an order without taking stock and return its id; the same key returns the same order. `flows.place_order` does it all."""
    document, lines = opening(new)
    order_id = store.open_order(document, lines, key=key, fingerprint=fingerprint, at=now)
    if any("parts" in line for line in lines):
        store.put_parts(order_id, lines)
    return order_id


# ── change ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def lock(order_id: OrderId) -> Order:
    """Return the order with its row locked until the caller's transaction ends. Raises NotFound."""
    found = store.lock_order(order_id)
    return one([found] if found else [], order_id)


def lock_free(order_id: OrderId) -> Order | None:
    """Return the order locked, or None where another worker has it in hand."""
    return store.lock_free_order(order_id)


def lock_basket(found: Order) -> None:
    """Lock the basket an order came from, if any, until the caller's transaction ends: nobody orders it again meanwhile."""
    store.lock_basket(found.basket_id)


def overdue(*, now: datetime, limit: int = 100) -> list[OrderId]:
    """Return orders still unpaid after their hold's time, the longest first."""
    return store.overdue_orders(now=now, limit=limit)


@transaction.atomic
def mark_paid(*, order_id: OrderId, payment_id: PaymentId, amount_minor: int, now: datetime) -> Order:
    """Turn a placed order into a paid one; its hold no longer expires. Raises WrongState."""
    return _paid(lock(order_id), Act.PAY, payment_id, amount_minor, now)


def state_once_paid(state: OrderState) -> OrderState:
    """Return the state that paying leads to, for a caller that runs the database function `orders_pay`. Raises WrongState."""
    return states.after(state, Act.PAY)


def order_from(document: str | None, order_id: OrderId) -> Order:
    """Return the order that the database function `orders_document` answered with. Raises NotFound where it answered nothing."""
    return one([] if document is None else [reading.read(document)], order_id)


@transaction.atomic
def revive(*, order_id: OrderId, payment_id: PaymentId, amount_minor: int, now: datetime) -> Order | None:
    """Turn an expired order into a paid one, money having come late; the caller holds the goods again.

    Returns None, having changed nothing, where the buyer has ordered the same basket again meanwhile. Raises WrongState.
    """
    found = lock(order_id)
    if not can_be_paid(found):
        return None
    store.close_basket(found.basket_id, at=now)
    return _paid(found, Act.REVIVE, payment_id, amount_minor, now)


def can_be_paid(found: Order) -> bool:
    """Return whether money that comes late may still pay for the order: not where its basket was ordered again meanwhile."""
    return found.state is OrderState.PLACED or not store.has_other_living_order(found)


@transaction.atomic
def expire(*, order_id: OrderId, now: datetime) -> Order:
    """End an order that was never paid; its basket opens again. The caller releases the goods. Raises WrongState."""
    found = lock(order_id)
    store.update_order(order_id, state=states.after(found.state, Act.EXPIRE), cancelled_at=now)
    store.reopen_basket(found.basket_id)
    store.add_happening(order_id, "expired", at=now)
    events.record(facts.OrderCancelled(order_id=order_id, reason="expired", was_paid=False), at=now)
    return order(order_id)


@transaction.atomic
def cancel(*, order_id: OrderId, reason: CancelReason, actor: UserId | None, now: datetime) -> Order:
    """End an order before its goods leave. The caller releases the goods and gives the money back. Raises WrongState.

    The basket of an order that was never paid opens again, so that the buyer can try another way to pay.
    """
    found = lock(order_id)
    _cancelled(found, Act.CANCEL, reason, actor, now)
    if not found.paid_minor:
        store.reopen_basket(found.basket_id)
    return order(order_id)


def pack(
    found: Order,
    held: Sequence[HeldUnits],
    *,
    warehouse_id: WarehouseId | None = None,
    wanted: Sequence[ParcelLine] | None = None,
    kept: Mapping[LineId, int] | None = None,
) -> tuple[Parcel, ...]:
    """Return one parcel per warehouse for the wanted lines, or all that is left; what the shop agreed to cancel is never packed.

    `kept`: what `promised_back` says of the order, where it was read with others'; asked for here otherwise. Whoever then sends holds
    the order's row, as whoever decides requests does. Raises as `rules.parcels.pack` does.
    """
    states.after(found.state, Act.SHIP_PART)
    kept = promised_back([found.id]) if kept is None else kept
    return parcels.pack(found, held, warehouse_id=warehouse_id, wanted=wanted, kept=kept)


@transaction.atomic
def record_shipment(
    *, order_id: OrderId, parcel: Parcel, carrier: str, tracking_number: str, actor: UserId | None, now: datetime
) -> ShipmentId:
    """Record one parcel that left and return its id; with the last unit the order is shipped. The caller moves the stock.

    Raises WrongState, OutOfRange or Malformed for carrier and tracking number.
    """
    carrier = checks.line(carrier, field="carrier", least=1, most=100)
    tracking_number = checks.line(tracking_number, field="tracking_number", most=100)
    before = lock(order_id)
    shipment_id = store.add_shipment(order_id, parcel, carrier=carrier, tracking_number=tracking_number, actor=actor, at=now)
    is_complete = not order(order_id).has_units_to_ship
    then = states.after(before.state, Act.SHIP_REST if is_complete else Act.SHIP_PART)
    store.update_order(order_id, state=then, **({"shipped_at": now} if is_complete else {}))
    store.add_happening(
        order_id, "shipped", at=now, actor=actor, shipment_id=shipment_id, carrier=carrier, tracking_number=tracking_number,
        units=sum(line.units for line in parcel.lines), is_complete=int(is_complete),
    )  # fmt: skip
    variants = {line.id: line.variant_id for line in before.lines}
    events.record(
        facts.OrderShipped(
            order_id=order_id,
            shipment_id=shipment_id,
            warehouse_id=parcel.warehouse_id,
            carrier=carrier,
            lines=tuple(
                facts.ShippedLine(line_id=line.line_id, variant_id=variants[line.line_id], units=line.units) for line in parcel.lines
            ),
            is_complete=is_complete,
        ),
        at=now,
    )
    return shipment_id


@transaction.atomic
def open_refund(
    *,
    order_id: OrderId,
    wishes: Sequence[RefundWish] | None,
    with_delivery: bool,
    reason: RefundReason,
    actor: UserId | None,
    now: datetime,
    note: str = "",
    code: str | None = None,
) -> Refund:
    """Promise money back for lines and delivery (`wishes` None: for all that is left), counted at once against what was paid.

    `code`, if any, is kept with it and never used twice (`refund_code`).

    The caller has the provider pay and then settles or fails it. Raises WrongState, TooManyUnits, NothingToDo, NotFound, Malformed.
    """
    note = checks.line(note, field="note", most=500)
    found = lock(order_id)
    plan = planning.rest_plan(found) if wishes is None else refund_plan(found, wishes, with_delivery=with_delivery)
    refund_id = store.add_refund(
        order_id,
        plan.lines,
        reason=reason.value,
        note=note,
        state=RefundState.ASKED,
        goods_minor=plan.goods_minor,
        delivery_minor=plan.delivery_minor,
        total_minor=plan.total_minor,
        made_at=now,
        wake_at=now + REFUND_RETRY,
        actor_id=actor,
        external_code=code,
    )
    store.add_happening(
        order_id, "refund_asked", at=now, actor=actor, refund_id=refund_id, total_minor=plan.total_minor, reason=reason.value
    )
    return refund(refund_id)


@transaction.atomic
def close_if_all_dropped(*, order_id: OrderId, actor: UserId | None, now: datetime) -> bool:
    """Close an order whose last unsent units were refunded: shipped where some had left, else cancelled. Returns whether it did.

    The caller then releases what is still held.
    """
    found = lock(order_id)
    if found.has_units_to_ship or not states.can(found.state, Act.DROP_REST):
        return False
    if found.state is OrderState.PAID:
        _cancelled(found, Act.DROP_REST, CancelReason.REFUNDED, actor, now)
    else:
        store.update_order(order_id, state=states.after(found.state, Act.DROP_REST), shipped_at=now)
        store.add_happening(order_id, "rest_dropped", at=now, actor=actor)
    return True


@transaction.atomic
def settle_refund(*, refund_id: RefundId, now: datetime) -> Refund:
    """Record that the provider paid a refund out; once settled it stays so, and a second call changes nothing. Raises NotFound."""
    asked = _locked_refund(refund_id)
    if asked.state is not RefundState.ASKED:
        return asked
    found = order(asked.order_id)
    models.Refund.objects.filter(id=refund_id).update(state=RefundState.SETTLED, settled_at=now, wake_at=None)
    store.add_happening(found.id, "refunded", at=now, refund_id=refund_id, total_minor=asked.total_minor)
    settle_requests(asked, now=now)
    events.record(_refunded(found, asked), at=now)
    return refund(refund_id)


@transaction.atomic
def fail_refund(*, refund_id: RefundId, reason: str, now: datetime) -> Refund:
    """Record that the provider refused a refund: nothing went, and the lines can be refunded again. Raises NotFound."""
    asked = _locked_refund(refund_id)
    if asked.state is not RefundState.ASKED:
        return asked
    models.Refund.objects.filter(id=refund_id).update(state=RefundState.FAILED, wake_at=None)
    store.uncount_refund(asked)
    store.add_happening(asked.order_id, "refund_failed", at=now, refund_id=refund_id, total_minor=asked.total_minor, reason=reason)
    return refund(refund_id)


def claim_refunds(*, now: datetime, limit: int = 100) -> list[RefundId]:
    """Take refunds that a process left half done; two sweepers never take the same one."""
    return store.claim_refunds(now=now, until=now + REFUND_RETRY, limit=limit)


def note(*, order_id: OrderId, code: str, values: Mapping[str, str | int], actor: UserId | None = None, now: datetime) -> None:
    """Add an entry to the order's timeline, in the caller's transaction: `code` is what doors translate."""
    store.add_happening(order_id, code, at=now, actor=actor, **values)


# ── books ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def audit() -> list[Difference]:
    """Return every figure in this room that does not add up: lines against orders, refunds and parcels against lines. Empty is right."""
    return books.differences()


def to_be_told(since: datetime) -> ToBeTold:
    """Return what was paid and settled since then and must stand among the facts, each once."""
    return books.to_be_told(since)


def money_of_orders(*, moved_since: datetime) -> list[OrderMoney]:
    """Return every order as the books see it, in one query; a refund under way is new where it was begun after `moved_since`."""
    return books.money_of_orders(moved_since)


def goods_to_hold() -> dict[OrderId, dict[VariantId, int]]:
    """Return how many pieces of what each order that is placed or on its way should hold, in one query: of a bundle those of its parts."""
    return books.goods_to_hold()


def money_query() -> str:
    """Return the statement behind `money_of_orders`, to be joined within another: columns as the shape's fields.

    It takes the named value `moved_since`.
    """
    return books.MONEY


# ── small parts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _paid(found: Order, act: Act, payment_id: PaymentId, amount_minor: int, now: datetime) -> Order:
    # The caller has the order's lock: it still is in the state it was found in.
    store.pay(found.id, found.state, states.after(found.state, act), payment_id=payment_id, amount_minor=amount_minor, at=now)
    return order(found.id)


def _cancelled(found: Order, act: Act, reason: CancelReason, actor: UserId | None, now: datetime) -> None:
    store.update_order(found.id, state=states.after(found.state, act), cancelled_at=now, cancel_reason=reason.value, hold_until=None)
    store.add_happening(found.id, "cancelled", at=now, actor=actor, reason=reason.value)
    events.record(facts.OrderCancelled(order_id=found.id, reason=reason.value, was_paid=found.paid_minor > 0), at=now)


def _locked_refund(refund_id: RefundId) -> Refund:
    # The order's row first: whoever changes an order or its refunds takes the same lock, in the same order.
    lock(refund(refund_id).order_id)
    found = store.lock_refund(refund_id)
    assert found is not None
    return found


def _refunded(found: Order, asked: Refund) -> facts.OrderRefunded:
    lines = {line.id: line for line in found.lines}
    return facts.OrderRefunded(
        order_id=found.id,
        refund_id=asked.id,
        buyer_id=found.buyer_id,
        country=found.address.country,
        reason=asked.reason,
        lines=tuple(
            facts.RefundedLine(
                line_id=line.line_id,
                variant_id=lines[line.line_id].variant_id,
                product_id=lines[line.line_id].product_id,
                category_id=lines[line.line_id].category_id,
                sku=lines[line.line_id].sku,
                units=line.units,
                gross_minor=line.gross_minor,
                tax_minor=line.tax_minor,
            )
            for line in asked.lines
        ),
        delivery_minor=asked.delivery_minor,
        total_minor=asked.total_minor,
    )
