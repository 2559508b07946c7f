"""Of which pieces an order's units are made: a bundle's parts, and what of them lies in which parcel. Part of the room's shapes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NewType

from shopkeeper.kit.ids import LineId, VariantId, WarehouseId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.inventory.shapes import HeldUnits

if TYPE_CHECKING:
    from shopkeeper.selling.orders.shapes import OrderLine, Shipment

__all__ = ["LinePart", "Parcel", "ParcelLine", "ParcelPart", "PartId", "pieces", "unpacked"]

PartId = NewType("PartId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePart:
    """What one bundle of a line holds of a variant, as it stood when the order was placed.

    `gross_minor` and `tax_minor` are the part's share of the whole line: the shares of all parts add up to the line's.
    """

    id: PartId
    variant_id: VariantId
    product_id: int
    category_id: int | None
    sku: str
    name: Bilingual
    units: int
    gross_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelPart:
    """Pieces of a bundle's part in a parcel."""

    part_id: PartId
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLine:
    line_id: LineId
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is to leave one warehouse: the order's lines, and the same units as goods; `parts` are the pieces of bundles among them.

    A bundle that leaves in several parcels counts among the lines of the last.
    """

    warehouse_id: WarehouseId
    lines: tuple[ParcelLine, ...]
    goods: tuple[HeldUnits, ...]
    parts: tuple[ParcelPart, ...] = ()


def pieces(line: "OrderLine", units: int) -> Iterator[tuple[VariantId, str, int]]:
    """Yield the variant, the SKU and the number of the pieces that so many units of a line are: its own, or those of its parts."""
    if not line.parts:
        yield line.variant_id, line.sku, units
    for part in line.parts:
        yield part.variant_id, part.sku, part.units * units


def unpacked(
    lines: Sequence["OrderLine"], parcel: "Parcel | Shipment"
) -> tuple[tuple[tuple["OrderLine", int], ...], tuple[tuple[LinePart, int], ...]]:
    """Return what lies in a parcel: lines with their whole units, and pieces of bundles whose other pieces lie in another parcel."""
    units = {each.line_id: each.units for each in parcel.lines}
    packed = {each.part_id: each.units for each in parcel.parts}
    whole, loose = [], []
    for line in lines:
        here = min((packed.get(part.id, 0) // part.units for part in line.parts), default=units.get(line.id, 0))
        if here:
            whole.append((line, here))
        loose += [(part, left) for part in line.parts if (left := packed.get(part.id, 0) - here * part.units)]
    return tuple(whole), tuple(loose)
