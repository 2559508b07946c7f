"""Stock as it crosses the face of inventory. Units are whole pieces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shopkeeper.kit.ids import OrderId, UserId, VariantId, WarehouseId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual


class MoveReason(StrEnum):
    RECEIVED = "received"
    SOLD = "sold"
    RETURNED = "returned"
    ADJUSTED = "adjusted"
    COUNTED = "counted"
    SENT = "sent"
    ARRIVED = "arrived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse:
    id: WarehouseId
    code: str
    name: Bilingual
    country: str
    priority: int
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One variant in one warehouse: available = on_hand − held."""

    variant_id: VariantId
    warehouse_id: WarehouseId
    on_hand: int
    held: int

    @property
    def available(self) -> int:
        return self.on_hand - self.held


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedUnits:
    """What an order asks for; `sku` only names the line in a refusal."""

    variant_id: VariantId
    units: int
    sku: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldUnits:
    variant_id: VariantId
    warehouse_id: WarehouseId
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What an order keeps from others until `until`; None once the order is paid and the hold no longer expires."""

    order_id: OrderId
    units: tuple[HeldUnits, ...]
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCounts:
    """How many holds keep goods from others; `overdue` of them have run out and wait for the sweep."""

    open: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One row of the ledger: units came (+) or went (−); `balance` lay on the shelf afterwards."""

    variant_id: VariantId
    warehouse_id: WarehouseId
    units: int
    balance: int
    reason: MoveReason
    order_id: OrderId | None
    note: str
    actor_id: UserId | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where the books disagree: `what` is on_hand, held or balance; `stored` stands in the row, `derived` follows from the ledger."""

    what: str
    variant_id: VariantId
    warehouse_id: WarehouseId
    stored: int
    derived: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortLine:
    variant_id: VariantId
    sku: str
    wanted: int
    available: int

    @property
    def missing(self) -> int:
        return self.wanted - self.available


class OutOfStock(Refusal):
    """Not every line can be had; names each short line, and nothing was held."""

    code = "out_of_stock"

    def __init__(self, short: Sequence[ShortLine]) -> None:
        super().__init__("Not enough stock: " + ", ".join(f"{line.sku} short by {line.missing}" for line in short), field="units")
        self.short = tuple(short)


class HoldGone(Refusal):
    """The order's hold has expired or was released, or does not hold what was asked of it."""

    code = "hold_gone"

    def __init__(self, order_id: OrderId, *, variant_id: VariantId | None = None, units: int = 0, held: int = 0) -> None:
        asked = f": {units} of variant {variant_id} asked, {held} held" if variant_id is not None else ""
        super().__init__(f"Nothing is held for order {order_id}" + asked, field="order", value=order_id)
        self.order_id = order_id
        self.variant_id = variant_id
        self.units = units
        self.held = held


class WouldGoBelowHeld(Refusal):
    """The change would leave fewer pieces than are already promised to orders: `units` less than 0 were asked, `most` pieces can go."""

    code = "below_held"

    def __init__(self, *, on_hand: int, held: int, units: int) -> None:
        super().__init__(f"{on_hand} on hand, {held} held: cannot move {units}", field="units", value=units)
        self.units = units
        self.on_hand = on_hand
        self.held = held
        self.most = on_hand - held


class BundleHasNoShelf(Refusal):
    """A bundle has no pieces of its own: what is in stock of it is what its parts allow."""

    code = "bundle_has_no_shelf"

    def __init__(self, variant_id: VariantId) -> None:
        super().__init__(f"Variant {variant_id} is a bundle: book the pieces of its parts", field="variant", value=variant_id)
        self.variant_id = variant_id


class BundleWasStocked(Refusal):
    """What has been in stock itself does not become a bundle: its pieces may come back from orders."""

    code = "bundle_was_stocked"

    def __init__(self, variant_id: VariantId) -> None:
        super().__init__(f"Variant {variant_id} has been in stock: make a new product for the bundle", field="variant", value=variant_id)
        self.variant_id = variant_id


class SameWarehouse(Refusal):
    """A transfer needs two different warehouses."""

    code = "same_warehouse"

    def __init__(self, warehouse_id: WarehouseId) -> None:
        super().__init__(f"Warehouse {warehouse_id} cannot send to itself", field="to_warehouse_id", value=warehouse_id)


class CodeTaken(Refusal):
    """Another warehouse has this code."""

    code = "code_taken"

    def __init__(self, value: str) -> None:
        super().__init__(f"The code {value!r} is taken; choose another", field="code", value=value)
