"""Baskets and orders as they cross their room's face. Money in minor units of the book currency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from shopkeeper.kit.ids import BasketId, CustomerId, DeliveryOptionId, LineId, OrderId, RefundId, ShipmentId, VariantId, WarehouseId
from shopkeeper.kit.refusals import OutOfRange, Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.orders.asking import *  # noqa: F403 - what buyers ask for has a file of its own
from shopkeeper.selling.orders.pieces import *  # noqa: F403 - and so has what units and parcels are made of
from shopkeeper.selling.orders.pieces import LinePart, ParcelLine, ParcelPart
from shopkeeper.selling.pricing.shapes import Quote

MOST_UNITS = 9_999
"""The most pieces of one thing a basket line takes."""

MOST_LINES = 100
"""The most different things a basket holds; every door allows as many."""

MOST_KEY = 100
"""The most characters of an idempotency key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLine:
    """So many pieces of one thing; the price is never kept here, it is quoted each time."""

    variant_id: VariantId
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """What a visitor means to buy. `token` is the visitor's secret name for it, kept in a cookie.

    A visitor without a basket, or whose basket became an order, has the empty one: id 0 and an empty token.
    """

    id: BasketId
    token: str
    customer_id: CustomerId | None
    lines: tuple[BasketLine, ...]

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedBasket:
    """A member's basket after sign-in, and the lines of either basket that did not fit into it, the newest first."""

    basket: Basket
    left_out: tuple[BasketLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a checkout before it is planned.

    `fingerprint` and `key_order`: what its idempotency key was used for; `living_order`: what its basket became already; `basket`: the
    open basket, or the empty one.
    """

    fingerprint: str | None
    key_order: OrderId | None
    living_order: OrderId | None
    basket: Basket


class OrderState(StrEnum):
    """placed → paid → shipping → shipped; placed or paid → cancelled; placed → expired. Refunds are rows, not a state."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPING = "shipping"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class CancelReason(StrEnum):
    """Why an order ended before its goods left. Facts carry the reason, so it is a word from this list, never free text."""

    PAYMENT_DECLINED = "payment_declined"
    BUYER = "buyer"
    OUT_OF_STOCK = "out_of_stock"
    FRAUD = "fraud"
    MISTAKE = "mistake"
    REFUNDED = "refunded"
    OTHER = "other"


class RefundReason(StrEnum):
    """Why money went back."""

    DAMAGED = "damaged"
    WRONG_GOODS = "wrong_goods"
    LATE = "late"
    CHANGED_MIND = "changed_mind"
    GOODWILL = "goodwill"
    CANCELLED = "cancelled"
    OTHER = "other"


class RefundState(StrEnum):
    """asked: promised to the buyer and owed by the provider; settled: the money went; failed: the provider refused, nothing went."""

    ASKED = "asked"
    SETTLED = "settled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    email: str
    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """A line as placed, and what became of its units: sent, given up before sending (`dropped_units`), refunded (in either case).

    Units of a bundle are whole bundles; `parts` says what one holds, and is empty for a single thing.
    """

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
    dropped_units: int
    refunded_units: int
    refunded_minor: int
    refunded_tax_minor: int
    parts: tuple[LinePart, ...] = ()

    @property
    def units_to_ship(self) -> int:
        return self.units - self.shipped_units - self.dropped_units

    @property
    def units_to_refund(self) -> int:
        return self.units - self.refunded_units


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    id: ShipmentId
    warehouse_id: WarehouseId
    carrier: str
    tracking_number: str
    lines: tuple[ParcelLine, ...]
    shipped_at: datetime
    parts: tuple[ParcelPart, ...] = ()


class RefundWish(NamedTuple):
    """One line of a refund as asked for; `restock`: the units that came back are good to sell again."""

    line_id: LineId
    units: int
    restock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLine:
    """`units` given back for `gross_minor`, tax included; `dropped_units` of them had not been sent, the others had."""

    line_id: LineId
    units: int
    dropped_units: int
    gross_minor: int
    tax_minor: int
    is_restocked: bool

    @property
    def returned_units(self) -> int:
        return self.units - self.dropped_units


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceRun:
    """So many pieces in a row of which each gives back the same."""

    units: int
    each_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPlan:
    """The lines and the delivery money of one refund; `total_minor` is what the buyer gets."""

    lines: tuple[RefundLine, ...]
    delivery_minor: int

    @property
    def goods_minor(self) -> int:
        return sum(line.gross_minor for line in self.lines)

    @property
    def total_minor(self) -> int:
        return self.goods_minor + self.delivery_minor

    @property
    def drops_units(self) -> bool:
        return any(line.dropped_units for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    id: RefundId
    order_id: OrderId
    reason: str
    lines: tuple[RefundLine, ...]
    goods_minor: int
    delivery_minor: int
    total_minor: int
    state: RefundState
    made_at: datetime
    settled_at: datetime | None


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
    refunded_delivery_minor: int
    lines: tuple[OrderLine, ...]
    shipments: tuple[Shipment, ...]
    refunds: tuple[Refund, ...]
    placed_at: datetime
    paid_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str
    hold_until: datetime | None
    basket_id: BasketId | None
    is_imported: bool
    quote: Mapping[str, object]

    @property
    def refundable_minor(self) -> int:
        return self.paid_minor - self.refunded_minor

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)

    @property
    def has_invoice(self) -> bool:
        """Whether the order has an invoice: one is made once it is paid, and stays whatever comes after."""
        return self.paid_at is not None

    @property
    def variants(self) -> set[VariantId]:
        """All goods of the order: what was bought, and what bundles among it hold."""
        return {line.variant_id for line in self.lines} | {part.variant_id for line in self.lines for part in line.parts}

    @property
    def has_units_to_ship(self) -> bool:
        return any(line.units_to_ship for line in self.lines)


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
class OrderFilter:
    """Which orders a list shows; what is left empty does not narrow it. `text` looks in number, name and mail address."""

    states: tuple[OrderState, ...] = ()
    text: str = ""
    country: str = ""
    buyer_id: CustomerId | None = None
    placed_from: datetime | None = None
    placed_before: datetime | None = None
    needs_shipping: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One entry of an order's timeline: `code` is what doors translate, `values` what they fill in."""

    at: datetime
    code: str
    values: Mapping[str, str | int]
    actor_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineGoods:
    """Where a line's variant stands in the catalogue, kept with the order so that figures by category never shift."""

    variant_id: VariantId
    product_id: int
    category_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """Everything an order is opened with: who, where to, what was quoted and seen. `goods` names every quoted variant.

    `buyer_id` None: a guest, who is written with the order (`flows.place_order`).
    """

    basket_id: BasketId | None
    buyer_id: CustomerId | None
    is_guest: bool
    contact: Contact
    address: Address
    language: str
    channel: str
    quote: Quote
    goods: tuple[LineGoods, ...]
    hold_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two figures of the books that should be equal and are not; `subject` is like `order:12`."""

    check: str
    subject: str
    expected: int
    found: int
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoney:
    """One order as the books see it: money paid and given back (promised refunds included), and units it should hold.

    `has_new_refund`: one under way was begun only a moment ago, so that the provider may not have been asked yet.
    """

    order_id: OrderId
    state: OrderState
    paid_minor: int
    refunded_minor: int
    units_to_hold: int
    has_refund_under_way: bool
    has_new_refund: bool = False

    @property
    def kept_minor(self) -> int:
        return self.paid_minor - self.refunded_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class ToBeTold:
    """What of a time must stand among the facts: orders that were paid, refunds that were settled."""

    paid: frozenset[OrderId]
    refunds: frozenset[RefundId]


class BasketFull(OutOfRange):
    """The basket holds as many different things as it can."""

    code = "basket_full"

    def __init__(self) -> None:
        super().__init__("lines", MOST_LINES + 1, least=0, most=MOST_LINES)


class NoInvoice(Refusal):
    """The order has no invoice, because it was not paid; `may_come` says whether it still may be."""

    code = "no_invoice"

    def __init__(self, number: str, *, may_come: bool) -> None:
        super().__init__(f"Order {number} is not paid, so it has no invoice", field="invoice", value=number)
        self.may_come = may_come


class EmptyBasket(Refusal):
    code = "empty_basket"


class TooMuchUnpaid(Refusal):
    """The buyer holds as much unpaid as one buyer may: with this order `orders` orders and `units` pieces, where `most_*` are the caps."""

    code = "too_much_unpaid"

    def __init__(self, *, orders: int, units: int, most_orders: int, most_units: int) -> None:
        value = f"{orders} orders, {units} pieces"
        super().__init__(f"Unpaid would be {value}; at most {most_orders} orders, {most_units} pieces", field="basket", value=value)
        self.orders, self.units, self.most_orders, self.most_units = orders, units, most_orders, most_units


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


class NothingToDo(Refusal):
    """The request names no units and no delivery: there is nothing to refund or to ship."""

    code = "nothing_to_do"


class SumChanged(Refusal):
    """A refund would give back another sum than the one that was seen; both in minor units of the order's currency."""

    code = "sum_changed"

    def __init__(self, seen_minor: int, now_minor: int, currency: str) -> None:
        super().__init__(f"{seen_minor} was seen, {now_minor} would go back", field="refund", value=seen_minor)
        self.seen_minor = seen_minor
        self.now_minor = now_minor
        self.currency = currency


class BasketOrdered(Refusal):
    """The basket became an order already; `order_id` names it."""

    code = "basket_ordered"

    def __init__(self, order_id: OrderId) -> None:
        super().__init__("The basket became an order already", field="basket", value=order_id)
        self.order_id = order_id
