"""Routes for an order: place a basket under an idempotency key; whoever holds the order's token reads it and may cancel it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from ninja import Field, Header, Router, Schema

from shopkeeper.doors.api.baskets import refuse_other_currency
from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.problems import Problem
from shopkeeper.doors.api.values import Both, LineNumber, Money, Name, Sent, Text, both, money
from shopkeeper.flows import cancel_order, pay_order
from shopkeeper.flows import place_order as flow
from shopkeeper.kit.ids import DeliveryOptionId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.limits import public as limits
from shopkeeper.ops.limits.shapes import REFUSED_PAYMENTS_OF_CLIENT, TooOften, Try
from shopkeeper.ops.requests import public as requests
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import CancelReason, Contact, Order, OrderLine, Refund, Shipment
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import Payment, PaymentRefused, PaymentState
from shopkeeper.selling.shop import public as shops

CHANNEL = "api"

router = Router(tags=["orders"])

Key = Annotated[
    Name,
    Field(max_length=flow.MOST_KEY),
    Header(
        alias="Idempotency-Key",
        description=gettext_noop(
            "A fresh random text for every order; the same request under the same key is answered the same way and orders nothing twice"
        ),
    ),
]

RepeatKey = Annotated[
    Annotated[Name, Field(max_length=requests.MOST_KEY)] | None,
    Header(
        alias="Idempotency-Key",
        description=gettext_noop(
            "A fresh random text for every request; sent again under the same key, the same request is answered the same way and nothing "
            "is done twice"
        ),
    ),
]


class ContactIn(Sent):
    email: Text
    name: Text
    phone: Text = ""


class AddressIn(Sent):
    __doc__ = gettext_noop("Where the parcel goes; `country` is ISO 3166-1, two letters.")

    name: Text
    line1: Text
    line2: Text = ""
    city: Text
    region: Text = ""
    postcode: Text = ""
    country: Text
    phone: Text = ""


class OrderIn(Sent):
    __doc__ = gettext_noop(
        "A basket to order. `seen_digest` is the digest of the quote the buyer agreed to, for the same country and delivery."
    )

    basket: Name
    contact: ContactIn
    address: AddressIn
    delivery_option_id: LineNumber
    payment_method: Name
    seen_digest: Name
    currency: Text | None = None
    language: Literal["en", "zh-hans"] | None = None


class ContactOut(Schema):
    email: str
    name: str
    phone: str


class AddressOut(Schema):
    name: str
    line1: str
    line2: str
    city: str
    region: str
    postcode: str
    country: str
    phone: str


class OrderPartOut(Schema):
    __doc__ = gettext_noop("What one bundle of a line holds, as it was ordered; `gross` and `tax` are its share of the whole line.")

    id: int
    sku: str
    name: Both
    units: int
    gross: Money
    tax: Money


class OrderLineOut(Schema):
    __doc__ = gettext_noop("A line as placed, and what became of its units. `parts`: what one of a bundle holds; of a single thing none.")

    id: int
    sku: str
    name: Both
    units: int
    unit: Money
    discount: Money
    tax: Money
    gross: Money
    shipped_units: int
    dropped_units: int
    refunded_units: int
    parts: list[OrderPartOut]


class ParcelLineOut(Schema):
    line_id: int
    units: int


class ParcelPartOut(Schema):
    __doc__ = gettext_noop("Pieces of a bundle in a parcel; a bundle that left in several counts among the lines of the last.")

    part_id: int
    units: int


class ShipmentOut(Schema):
    id: int
    warehouse: str
    carrier: str
    tracking_number: str
    shipped_at: datetime
    lines: list[ParcelLineOut]
    parts: list[ParcelPartOut]


class RefundLineOut(Schema):
    line_id: int
    units: int
    gross: Money


class RefundOut(Schema):
    __doc__ = gettext_noop("Money given back. `state`: asked (promised), settled (gone) or failed (the provider refused).")

    id: int
    state: str
    reason: str
    total: Money
    delivery: Money
    made_at: datetime
    settled_at: datetime | None
    lines: list[RefundLineOut]


class OrderOut(Schema):
    __doc__ = gettext_noop("An order. `token` is a secret: whoever has it may read and cancel the order.")

    number: str
    token: str
    state: str
    payment_state: str | None
    channel: str
    placed_at: datetime
    paid_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str
    hold_until: datetime | None
    contact: ContactOut
    address: AddressOut
    language: str
    tax_mode: str
    lines: list[OrderLineOut]
    delivery_name: Both
    delivery: Money
    goods: Money
    discount: Money
    tax: Money
    total: Money
    paid: Money
    refunded: Money
    shipments: list[ShipmentOut]
    refunds: list[RefundOut]


class PlacedOut(Schema):
    __doc__ = gettext_noop(
        "The order just placed. `payment_state` pending: the money is not certain yet; `redirect_url`: where the buyer confirms it."
    )

    order: OrderOut
    payment_state: str
    redirect_url: str | None


class PayIn(Sent):
    __doc__ = gettext_noop("How to pay an order that still waits for its money: one of the ways to pay the shop offers.")

    payment_method: Name


class BegunOut(Schema):
    __doc__ = gettext_noop(
        "The order and its newest attempt to pay, or the earlier one that has paid it. `payment_state` pending: the money is not certain "
        "yet; `redirect_url`: where the buyer confirms it; `qr_text`: what the QR code says by which the buyer does."
    )

    order: OrderOut
    payment_state: str
    redirect_url: str | None
    qr_text: str | None


@router.post(
    "/orders",
    response={201: PlacedOut},
    openapi_extra=also(402, 404, 409, 429),
    summary=gettext_noop("Order a basket"),
)
def place_order(request: HttpRequest, data: OrderIn, idempotency_key: Key) -> PlacedOut:
    _refuse_before_it_opens()
    refuse_other_currency(data.currency)
    basket = orders.any_basket(data.basket)
    if not basket.id:
        raise NotFound("basket", data.basket)
    # What was added to the basket was checked for the country it named then; the parcel goes to this one.
    orders.checked_particulars(orders.particulars(basket.id), country=data.address.country.strip().upper())
    client = Try(REFUSED_PAYMENTS_OF_CLIENT, request.META.get("REMOTE_ADDR", ""))
    limits.check(client, now=timezone.now())
    try:
        placed = _placed(data, idempotency_key)
    except PaymentRefused:
        _count(client)
        raise
    return PlacedOut(order=order_out(orders.order(placed.order_id)), payment_state=placed.payment_state, redirect_url=placed.redirect_url)


def _refuse_before_it_opens() -> None:
    # These routes ask nobody who they are: whoever tries the shop out before shoppers are let in does so on its pages, signed in.
    if shops.shop().opens_soon:
        raise Problem(
            code="opens_soon", detail=_("The shop opens soon: shoppers cannot order yet."),
            remedy=_("Try again once it is open. Staff order on the shop's own pages until then."), field="shop",
        )  # fmt: skip


def _count(client: Try) -> None:
    try:
        limits.take(client, now=timezone.now())
    except TooOften:
        # The refusal of the payment itself is the answer now; the next try is not let in.
        return


def _placed(data: OrderIn, idempotency_key: str) -> flow.Placed:
    return flow.place_order(
        basket_token=data.basket,
        buyer=None,
        contact=Contact(**data.contact.model_dump()),
        address=Address(**data.address.model_dump()),
        delivery_option_id=DeliveryOptionId(data.delivery_option_id),
        payment_method=data.payment_method,
        seen_digest=data.seen_digest,
        idempotency_key=idempotency_key,
        language=data.language or get_language() or "en",
        channel=CHANNEL,
        now=timezone.now(),
    )


@router.get("/orders/{token}", response=OrderOut, summary=gettext_noop("Read an order"))
def read_order(request: HttpRequest, token: Name) -> OrderOut:
    return order_out(orders.by_token(token))


@router.post(
    "/orders/{token}/cancel",
    response=OrderOut,
    openapi_extra=also(409),
    summary=gettext_noop("Cancel an order whose goods are still here; money taken goes back"),
)
def cancel_order_of_buyer(request: HttpRequest, token: Name, idempotency_key: RepeatKey = None) -> OrderOut:
    found = orders.by_token(token)
    return order_out(cancel_order.cancel(order_id=found.id, reason=CancelReason.BUYER, actor=None, now=timezone.now(), key=idempotency_key))


@router.post(
    "/orders/{token}/payments",
    response={201: BegunOut},
    openapi_extra=also(402, 409, 429),
    summary=gettext_noop("Pay an order again, by the same way or another"),
)
def pay_order_again(request: HttpRequest, token: Name, data: PayIn, idempotency_key: RepeatKey = None) -> BegunOut:
    found = orders.by_token(token)
    client = Try(REFUSED_PAYMENTS_OF_CLIENT, request.META.get("REMOTE_ADDR", ""))
    limits.check(client, now=timezone.now())
    begun = pay_order.pay_again(order_id=found.id, method=data.payment_method, now=timezone.now(), key=idempotency_key)
    if begun.state is PaymentState.DECLINED and begun.decline_reason:
        _count(client)
        raise PaymentRefused(begun.decline_reason)
    is_led = begun.awaits_buyer
    return BegunOut(
        order=order_out(orders.order(found.id)), payment_state=str(begun.state), redirect_url=begun.redirect_url if is_led else None,
        qr_text=begun.qr_text if is_led else None,
    )  # fmt: skip


def order_out(order: Order) -> OrderOut:
    """Return an order as this door shows it."""
    currency, address = order.currency, order.address
    shown = _shown(payments.payments_of(order.id))
    codes = {each.id: each.code for each in inventory.warehouses()} if order.shipments else {}
    return OrderOut(
        number=order.number, token=order.token, state=str(order.state), payment_state=str(shown.state) if shown else None,
        channel=order.channel, placed_at=order.placed_at, paid_at=order.paid_at, cancelled_at=order.cancelled_at,
        cancel_reason=order.cancel_reason, hold_until=order.hold_until,
        contact=ContactOut(email=order.contact.email, name=order.contact.name, phone=order.contact.phone),
        address=AddressOut(**{name: getattr(address, name) for name in AddressOut.model_fields}),
        language=order.language, tax_mode=str(order.tax_mode), lines=[_line(each, currency) for each in order.lines],
        delivery_name=both(order.delivery_name), delivery=money(order.delivery_minor, currency), goods=money(order.goods_minor, currency),
        discount=money(order.discount_minor, currency), tax=money(order.tax_minor, currency), total=money(order.total_minor, currency),
        paid=money(order.paid_minor, currency), refunded=money(order.refunded_minor, currency),
        shipments=[shipment_out(each, codes.get(each.warehouse_id, "")) for each in order.shipments],
        refunds=[refund_out(each, currency) for each in order.refunds],
    )  # fmt: skip


def _shown(made: Sequence[Payment]) -> Payment | None:
    """Return the payment an order is told by: the one whose money is here; else the newest."""
    return max(made, key=lambda each: (each.state is PaymentState.CAPTURED and each.balance.refundable_minor > 0, each.id), default=None)


def shipment_out(shipment: Shipment, warehouse: str) -> ShipmentOut:
    """Return a parcel as this door shows it; `warehouse` is the code of the one it left."""
    lines = [ParcelLineOut(line_id=each.line_id, units=each.units) for each in shipment.lines]
    return ShipmentOut(
        id=shipment.id, warehouse=warehouse, carrier=shipment.carrier, tracking_number=shipment.tracking_number,
        shipped_at=shipment.shipped_at, lines=lines,
        parts=[ParcelPartOut(part_id=each.part_id, units=each.units) for each in shipment.parts],
    )  # fmt: skip


def refund_out(refund: Refund, currency: str) -> RefundOut:
    """Return a refund as this door shows it."""
    lines = [RefundLineOut(line_id=each.line_id, units=each.units, gross=money(each.gross_minor, currency)) for each in refund.lines]
    return RefundOut(
        id=refund.id, state=str(refund.state), reason=refund.reason, total=money(refund.total_minor, currency),
        delivery=money(refund.delivery_minor, currency), made_at=refund.made_at, settled_at=refund.settled_at, lines=lines,
    )  # fmt: skip


def _line(line: OrderLine, currency: str) -> OrderLineOut:
    return OrderLineOut(
        id=line.id, sku=line.sku, name=both(line.name), units=line.units, unit=money(line.unit_minor, currency),
        discount=money(line.discount_minor, currency), tax=money(line.tax_minor, currency), gross=money(line.gross_minor, currency),
        shipped_units=line.shipped_units, dropped_units=line.dropped_units, refunded_units=line.refunded_units,
        parts=[
            OrderPartOut(
                id=each.id, sku=each.sku, name=both(each.name), units=each.units, gross=money(each.gross_minor, currency),
                tax=money(each.tax_minor, currency),
            )
            for each in line.parts
        ],
    )  # fmt: skip
