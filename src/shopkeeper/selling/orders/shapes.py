"""Baskets and orders as they cross their room's face. Money in minor units of the book currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shopkeeper.kit.ids import BasketId, CustomerId, DeliveryOptionId, LineId, OrderId, RefundId, ShipmentId, VariantId, WarehouseId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.pricing.shapes import Quote

MOST_UNITS = 9_999
"""The most pieces of one thing a basket line takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLine:
    variant_id: VariantId
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """What a visitor means to buy. `token` is the visitor's secret name for it, kept in a cookie."""

    id: BasketId
    token: str
    customer_id: CustomerId | None
    lines: tuple[BasketLine, ...]

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)


class OrderState(StrEnum):
    """placed → paid → shipping → shipped; placed or paid → cancelled; placed → expired. Refunds are rows, not a state."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPING = "shipping"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    email: str
    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    id: LineId
    variant_id: VariantId
    product_id: int
    category_id: int | None
    sku: str
    name: Bilingual
    units: int
    unit_minor: int
    goods_minor: int
    discount_minor: int
    tax_basis_points: int
    tax_minor: int
    gross_minor: int
    shipped_units: int
    refunded_units: int
    refunded_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLine:
    line_id: LineId
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    id: ShipmentId
    warehouse_id: WarehouseId
    carrier: str
    tracking_number: str
    lines: tuple[ParcelLine, ...]
    shipped_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    id: RefundId
    reason: str
    lines: tuple[ParcelLine, ...]
    goods_minor: int
    delivery_minor: int
    total_minor: int
    state: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    id: OrderId
    number: str
    token: str
    state: OrderState
    channel: str
    buyer_id: CustomerId
    is_guest: bool
    contact: Contact
    address: Address
    language: str
    currency: str
    tax_mode: str
    delivery_option_id: DeliveryOptionId | None
    delivery_name: Bilingual
    delivery_minor: int
    delivery_tax_minor: int
    goods_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    paid_minor: int
    refunded_minor: int
    lines: tuple[OrderLine, ...]
    shipments: tuple[Shipment, ...]
    refunds: tuple[Refund, ...]
    placed_at: datetime
    paid_at: datetime | None
    cancelled_at: datetime | None
    hold_until: datetime | None
    quote: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    id: OrderId
    number: str
    token: str
    state: OrderState
    buyer_id: CustomerId
    buyer_name: str
    is_guest: bool
    country: str
    units: int
    total_minor: int
    refunded_minor: int
    placed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One entry of an order's timeline: `code` is what doors translate, `values` what they fill in."""

    at: datetime
    code: str
    values: Mapping[str, str | int]
    actor_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """Everything an order is opened with: who, where to, what was quoted and seen."""

    basket_id: BasketId | None
    buyer_id: CustomerId
    is_guest: bool
    contact: Contact
    address: Address
    language: str
    channel: str
    quote: Quote


class EmptyBasket(Refusal):
    code = "empty_basket"


class WrongState(Refusal):
    """The order is in a state in which this cannot be done."""

    code = "wrong_state"

    def __init__(self, act: str, state: OrderState) -> None:
        super().__init__(f"Cannot {act} an order that is {state}", field="state", value=str(state))
        self.act = act
        self.state = state


class TooManyUnits(Refusal):
    """More units than the line has left to ship or refund; `most` are left."""

    code = "too_many_units"

    def __init__(self, line_id: LineId, units: int, most: int) -> None:
        super().__init__(f"Line {line_id}: {units} units asked, {most} left", field="units", value=units)
        self.line_id = line_id
        self.most = most


class KeyReused(Refusal):
    """The idempotency key was used before with other content."""

    code = "key_reused"
