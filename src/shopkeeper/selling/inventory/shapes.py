"""Stock as it crosses the face of inventory. Units are whole pieces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shopkeeper.kit.ids import OrderId, VariantId, WarehouseId
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
class Movement:
    variant_id: VariantId
    warehouse_id: WarehouseId
    units: int
    balance: int
    reason: MoveReason
    order_id: OrderId | None
    note: str
    at: datetime


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
    """The order's hold has expired or was released."""

    code = "hold_gone"


class WouldGoBelowHeld(Refusal):
    """The change would leave fewer pieces than are already promised to orders."""

    code = "below_held"
