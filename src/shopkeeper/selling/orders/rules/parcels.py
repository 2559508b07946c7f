"""Which units of an order go into a parcel from which warehouse."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shopkeeper.kit.ids import LineId, VariantId, WarehouseId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.selling.inventory.shapes import HeldUnits
from shopkeeper.selling.orders.shapes import LinePart, NothingToDo, Order, OrderLine, Parcel, ParcelLine, ParcelPart, TooManyUnits

_Shelves = Counter[tuple[WarehouseId, VariantId]]


@dataclass(slots=True)
class _Box:
    """What is packed in one warehouse: units by line, and pieces by part."""

    lines: Counter[LineId] = field(default_factory=Counter)
    parts: Counter[int] = field(default_factory=Counter)


def pack(
    order: Order,
    held: Sequence[HeldUnits],
    *,
    warehouse_id: WarehouseId | None = None,
    wanted: Sequence[ParcelLine] | None = None,
    kept: Mapping[LineId, int] | None = None,
) -> tuple[Parcel, ...]:
    """Return one parcel per warehouse for the wanted lines, or for all that is left to ship, taken from what the order holds.

    A bundle leaves as a whole: where one warehouse has all its parts, from there, and only else from several at once, counted with the
    last of them. `kept`: pieces of each line that stay here, since the shop agreed to cancel them. With `warehouse_id` only that warehouse
    packs. Warehouses come in order of their id, lines in the order's. Raises NotFound for a line of another order, Malformed for a line
    named twice, OutOfRange, TooManyUnits where more is wanted than is left and held there, NothingToDo where nothing is.
    """
    shelves = _Shelves()
    for each in held:
        if warehouse_id is None or each.warehouse_id == warehouse_id:
            shelves[each.warehouse_id, each.variant_id] += each.units
    wishes = _wishes(order, wanted, kept or {})
    boxes: dict[WarehouseId, _Box] = {}
    left = {line.id: units for line, units, _ in wishes}
    for line, _units, _ in wishes:
        if line.parts:
            left[line.id] -= _whole_bundles(line, left[line.id], shelves, boxes)
    for line, _units, _ in wishes:
        if not line.parts:
            left[line.id] -= _single(line, left[line.id], shelves, boxes)
    for line, _units, _ in wishes:
        if line.parts and warehouse_id is None:
            left[line.id] -= _scattered_bundles(line, left[line.id], shelves, boxes)
    for line, units, is_exact in wishes:
        if left[line.id] and is_exact:
            raise TooManyUnits(line.id, units, units - left[line.id])
    if not boxes:
        raise NothingToDo("Nothing of this order is left to ship", field="lines")
    return tuple(_parcel(house, boxes[house], order.lines) for house in sorted(boxes))


def _houses(shelves: _Shelves, variants: set[VariantId]) -> list[WarehouseId]:
    return sorted({house for house, variant in shelves if variant in variants})


def _single(line: OrderLine, units: int, shelves: _Shelves, boxes: dict[WarehouseId, _Box]) -> int:
    """Pack so many units from one warehouse after the other, and return how many there were."""
    left = units
    for house in _houses(shelves, {line.variant_id}):
        take = min(left, shelves[house, line.variant_id])
        if take:
            shelves[house, line.variant_id] -= take
            boxes.setdefault(house, _Box()).lines[line.id] += take
            left -= take
    return units - left


def _whole_bundles(line: OrderLine, units: int, shelves: _Shelves, boxes: dict[WarehouseId, _Box]) -> int:
    """Pack so many bundles, each from a warehouse that has all its parts, and return how many there were."""
    left = units
    for house in _houses(shelves, {part.variant_id for part in line.parts}):
        take = min(left, *(shelves[house, part.variant_id] // part.units for part in line.parts))
        if take:
            box = boxes.setdefault(house, _Box())
            for part in line.parts:
                _take(part, house, take * part.units, shelves, box)
            box.lines[line.id] += take
            left -= take
    return units - left


def _scattered_bundles(line: OrderLine, units: int, shelves: _Shelves, boxes: dict[WarehouseId, _Box]) -> int:
    """Pack so many bundles from all warehouses together, and return how many there were."""
    houses = _houses(shelves, {part.variant_id for part in line.parts})
    whole = min(units, *(sum(shelves[house, part.variant_id] for house in houses) // part.units for part in line.parts))
    if not whole:
        return 0
    last = houses[0]
    for part in line.parts:
        left = whole * part.units
        for house in houses:
            take = min(left, shelves[house, part.variant_id])
            if take:
                _take(part, house, take, shelves, boxes.setdefault(house, _Box()))
                last, left = max(last, house), left - take
    boxes[last].lines[line.id] += whole
    return whole


def _take(part: LinePart, house: WarehouseId, pieces: int, shelves: _Shelves, box: _Box) -> None:
    shelves[house, part.variant_id] -= pieces
    box.parts[part.id] += pieces


def _wishes(order: Order, wanted: Sequence[ParcelLine] | None, kept: Mapping[LineId, int]) -> list[tuple[OrderLine, int, bool]]:
    most = {line.id: max(0, line.units_to_ship - kept.get(line.id, 0)) for line in order.lines}
    if wanted is None:
        return [(line, most[line.id], False) for line in order.lines if most[line.id]]
    lines: Mapping[LineId, OrderLine] = {line.id: line for line in order.lines}
    wishes: list[tuple[OrderLine, int, bool]] = []
    for wish in wanted:
        line = lines.get(wish.line_id)
        if line is None:
            raise NotFound("line", wish.line_id)
        if any(line is known for known, _, _ in wishes):
            raise Malformed("line", wish.line_id, expected="line_once")
        if wish.units < 1:
            raise OutOfRange("units", wish.units, least=1, most=most[line.id])
        if wish.units > most[line.id]:
            raise TooManyUnits(line.id, wish.units, most[line.id])
        wishes.append((line, wish.units, True))
    return wishes


def _parcel(warehouse_id: WarehouseId, box: _Box, lines: Sequence[OrderLine]) -> Parcel:
    goods = Counter[VariantId]()
    for line in lines:
        if not line.parts and box.lines[line.id]:
            goods[line.variant_id] += box.lines[line.id]
        for part in line.parts:
            if box.parts[part.id]:
                goods[part.variant_id] += box.parts[part.id]
    return Parcel(
        warehouse_id=warehouse_id,
        lines=tuple(ParcelLine(line_id=line.id, units=box.lines[line.id]) for line in lines if box.lines[line.id]),
        goods=tuple(HeldUnits(variant_id=variant, warehouse_id=warehouse_id, units=units) for variant, units in sorted(goods.items())),
        parts=tuple(ParcelPart(part_id=part.id, units=box.parts[part.id]) for line in lines for part in line.parts if box.parts[part.id]),
    )
