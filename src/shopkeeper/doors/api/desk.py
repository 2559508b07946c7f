"""Routes for staff: orders to see, ship, cancel and refund; stock and prices to set. Each names the act a role must include."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema

from shopkeeper.doors.api.baskets import goods_of, refuse_other_currency
from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.orders import OrderOut, RefundOut, RepeatKey, order_out, refund_out
from shopkeeper.doors.api.staff import StaffSession, actor
from shopkeeper.doors.api.values import (
    MOST_LINES,
    Flag,
    LineNumber,
    Moment,
    Money,
    Name,
    Paged,
    PageNumber,
    PageSize,
    Sent,
    Text,
    Whole,
    money,
    money_or_none,
    paged,
)
from shopkeeper.flows import adjust_stock as adjust_stock_once
from shopkeeper.flows import cancel_order, refund_order, ship_order
from shopkeeper.flows import set_price as set_price_asking
from shopkeeper.kit import checks
from shopkeeper.kit.ids import LineId, RequestId, WarehouseId
from shopkeeper.kit.money import MOST_MINOR
from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.shapes import Shelf
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import MOST_UNITS, OrderFilter, OrderState, OrderSummary, ParcelLine, RefundWish
from shopkeeper.selling.shop import public as shops

MOST_MOVED = 1_000_000

router = Router(tags=["staff"])

Units = Annotated[Whole, Field(ge=1, le=MOST_UNITS)]


class SummaryOut(Schema):
    __doc__ = gettext_noop("An order in a list.")

    number: str
    state: str
    buyer: str
    is_guest: bool
    country: str
    units: int
    total: Money
    refunded: Money
    placed_at: datetime


class ParcelLineIn(Sent):
    line_id: LineNumber
    units: Units


class ShipmentIn(Sent):
    __doc__ = gettext_noop(
        "A parcel that leaves. Without `lines` all that is left; without `warehouse` from every one that holds goods of the order. While "
        "the buyer’s request to cancel waits for an answer nothing leaves (409), unless its id stands in `cancel_requests`: whoever sends "
        "it knows of it and ships all the same."
    )

    carrier: Text
    tracking_number: Text = ""
    warehouse: Name | None = None
    lines: Annotated[list[ParcelLineIn], Field(min_length=1, max_length=MOST_LINES)] | None = None
    cancel_requests: Annotated[list[LineNumber], Field(max_length=MOST_LINES)] = []


class RefundLineIn(Sent):
    __doc__ = gettext_noop("`restock`: the pieces that came back are good to sell again.")

    line_id: LineNumber
    units: Units
    restock: Flag = False


class RefundIn(Sent):
    lines: Annotated[list[RefundLineIn], Field(max_length=MOST_LINES)] = []
    delivery: Annotated[bool, Field(strict=True, description=gettext_noop("Give back the price of delivery too"))] = False
    reason: Literal["damaged", "wrong_goods", "late", "changed_mind", "goodwill", "other"]
    note: Text = ""


class CancelIn(Sent):
    reason: Literal["buyer", "out_of_stock", "fraud", "mistake", "other"]


class AdjustmentIn(Sent):
    __doc__ = gettext_noop("Pieces found (above 0) or lost (below 0) in a warehouse, and why.")

    warehouse: Name
    units: Annotated[Whole, Field(ge=-MOST_MOVED, le=MOST_MOVED)]
    note: Text


class ShelfOut(Schema):
    __doc__ = gettext_noop("One thing in one warehouse: available = on hand − held for orders.")

    sku: str
    warehouse: str
    on_hand: int
    held: int
    available: int


class ShelvesOut(Schema):
    items: list[ShelfOut]


class PriceIn(Sent):
    __doc__ = gettext_noop("A price from now on, in the minor unit of the shop's currency.")

    amount_minor: Annotated[Whole, Field(ge=1, le=MOST_MINOR)]
    currency: Text
    reason: Text = ""


class PriceNow(Schema):
    __doc__ = gettext_noop("A price as it stands: `reference` is the lowest of the 30 days before the last cut.")

    sku: str
    price: Money
    reference: Money | None
    tax: str
    version: int


# ── orders ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.get("/orders", auth=StaffSession("orders.view"), response=Paged[SummaryOut], summary=gettext_noop("Orders, newest first"))
def list_orders(
    request: HttpRequest,
    *,
    state: Annotated[list[OrderState], Query(max_length=6, description=gettext_noop("Repeat it for several states"))] = [],  # noqa: B006
    text: Annotated[Text | None, Query(description=gettext_noop("Looks in number, name and mail address"))] = None,
    country: Text | None = None,
    placed_from: Moment | None = None,
    placed_before: Moment | None = None,
    needs_shipping: Annotated[bool, Query(description=gettext_noop("Only those with pieces still to send"))] = False,
    page: PageNumber = 1,
    size: PageSize = 50,
) -> Paged[SummaryOut]:
    wanted = OrderFilter(
        states=tuple(state), text=(text or "").strip(), country=checks.country(country) if country else "", placed_from=placed_from,
        placed_before=placed_before, needs_shipping=needs_shipping,
    )  # fmt: skip
    currency = shops.shop().currency
    found = orders.list_orders(wanted, number=page, size=size)
    return paged(found, (_summary(each, currency) for each in found))


@router.get("/orders/{number}", auth=StaffSession("orders.view"), response=OrderOut, summary=gettext_noop("One order by its number"))
def read_order_by_number(request: HttpRequest, number: Name) -> OrderOut:
    return order_out(orders.by_number(number))


@router.post(
    "/orders/{number}/shipments",
    auth=StaffSession("orders.ship"),
    response={201: OrderOut},
    openapi_extra=also(409),
    summary=gettext_noop("Send goods of an order"),
)
def ship_lines(request: HttpRequest, number: Name, data: ShipmentIn, idempotency_key: RepeatKey = None) -> OrderOut:
    found = orders.by_number(number)
    ship_order.ship(
        order_id=found.id,
        warehouse_id=None if data.warehouse is None else warehouse_of(data.warehouse),
        carrier=data.carrier,
        tracking_number=data.tracking_number,
        lines=None if data.lines is None else [ParcelLine(line_id=LineId(each.line_id), units=each.units) for each in data.lines],
        cancels_seen=[RequestId(each) for each in data.cancel_requests],
        key=idempotency_key,
        actor=actor(request),
        now=timezone.now(),
    )
    return order_out(orders.order(found.id))


@router.post(
    "/orders/{number}/refunds",
    auth=StaffSession("orders.refund"),
    response={201: RefundOut},
    openapi_extra=also(409),
    summary=gettext_noop("Give money back for lines, and for the delivery if asked"),
)
def refund_lines(request: HttpRequest, number: Name, data: RefundIn, idempotency_key: RepeatKey = None) -> RefundOut:
    found = orders.by_number(number)
    refund = refund_order.refund(
        order_id=found.id,
        lines=[RefundWish(line_id=LineId(each.line_id), units=each.units, restock=each.restock) for each in data.lines],
        delivery=data.delivery,
        reason=data.reason,
        note=data.note,
        key=idempotency_key,
        actor=actor(request),
        now=timezone.now(),
    )
    return refund_out(refund, found.currency)


@router.post(
    "/orders/{number}/cancel",
    auth=StaffSession("orders.cancel"),
    response=OrderOut,
    openapi_extra=also(409),
    summary=gettext_noop("Cancel an order before its goods leave"),
)
def cancel_order_by_staff(request: HttpRequest, number: Name, data: CancelIn, idempotency_key: RepeatKey = None) -> OrderOut:
    found = orders.by_number(number)
    return order_out(
        cancel_order.cancel(order_id=found.id, reason=data.reason, actor=actor(request), now=timezone.now(), key=idempotency_key)
    )


# ── stock and prices ──────────────────────────────────────────────────────────────────────────────────────────────────


@router.get("/stock/{path:sku}", auth=StaffSession("inventory.view"), response=ShelvesOut, summary=gettext_noop("A thing on every shelf"))
def read_shelves(request: HttpRequest, sku: Name) -> ShelvesOut:
    goods = goods_of(sku)
    codes = {each.id: each.code for each in inventory.warehouses()}
    return ShelvesOut(items=[_shelf(each, goods.sku, codes[each.warehouse_id]) for each in inventory.shelves([goods.variant_id])])


@router.post(
    "/stock-adjustments/{path:sku}",
    auth=StaffSession("inventory.adjust"),
    response={201: ShelfOut},
    openapi_extra=also(409),
    summary=gettext_noop("Book pieces found or lost"),
)
def adjust_stock(request: HttpRequest, sku: Name, data: AdjustmentIn, idempotency_key: RepeatKey = None) -> ShelfOut:
    goods = goods_of(sku)
    shelf = adjust_stock_once.adjust(
        variant_id=goods.variant_id, warehouse_id=warehouse_of(data.warehouse), units=data.units, note=data.note, actor=actor(request),
        now=timezone.now(), key=idempotency_key,
    )  # fmt: skip
    return _shelf(shelf, goods.sku, data.warehouse.strip().upper())


@router.put(
    "/prices/{path:sku}",
    auth=StaffSession("pricing.set_price"),
    response=PriceNow,
    openapi_extra=also(409),
    summary=gettext_noop("Set a price from now on"),
)
def set_price(request: HttpRequest, sku: Name, data: PriceIn) -> PriceNow:
    refuse_other_currency(data.currency)
    goods, currency = goods_of(sku), shops.shop().currency
    tag = set_price_asking.set_price(
        variant_id=goods.variant_id, amount_minor=data.amount_minor, reason=data.reason, actor=actor(request), now=timezone.now()
    )
    return PriceNow(
        sku=goods.sku, price=money(tag.amount_minor, currency), reference=money_or_none(tag.reference_minor, currency),
        tax=str(tag.tax_mode), version=tag.version,
    )  # fmt: skip


def warehouse_of(code: str) -> WarehouseId:
    """Return the warehouse of a code, capital or small. Raises Malformed."""
    for each in inventory.warehouses():
        if each.code == code.strip().upper():
            return each.id
    raise Malformed("warehouse", code, expected="choice")


def _summary(order: OrderSummary, currency: str) -> SummaryOut:
    return SummaryOut(
        number=order.number, state=str(order.state), buyer=order.buyer_name, is_guest=order.is_guest, country=order.country,
        units=order.units, total=money(order.total_minor, currency), refunded=money(order.refunded_minor, currency),
        placed_at=order.placed_at,
    )  # fmt: skip


def _shelf(shelf: Shelf, sku: str, warehouse: str) -> ShelfOut:
    return ShelfOut(sku=sku, warehouse=warehouse, on_hand=shelf.on_hand, held=shelf.held, available=shelf.available)
