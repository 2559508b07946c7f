"""Which units of an order go into a parcel from which warehouse."""

from collections import Counter
from collections.abc import Mapping, Sequence

from shopkeeper.kit.ids import LineId, VariantId, WarehouseId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.selling.inventory.shapes import HeldUnits
from shopkeeper.selling.orders.shapes import NothingToDo, Order, OrderLine, Parcel, ParcelLine, TooManyUnits


def pack(
    order: Order, held: Sequence[HeldUnits], *, warehouse_id: WarehouseId | None = None, wanted: Sequence[ParcelLine] | None = None
) -> tuple[Parcel, ...]:
    """Return one parcel per warehouse for the wanted lines, or for all that is left to ship, taken from what the order holds.

    With `warehouse_id` only that warehouse packs. Warehouses come in order of their id, lines in the order's. Raises NotFound for a
    line of another order, Malformed for a line named twice, OutOfRange, TooManyUnits where more is wanted than is left and held
    there, NothingToDo where nothing is.
    """
    shelves = Counter[tuple[WarehouseId, VariantId]]()
    for units in held:
        if warehouse_id is None or units.warehouse_id == warehouse_id:
            shelves[units.warehouse_id, units.variant_id] += units.units
    packed: dict[WarehouseId, list[tuple[OrderLine, int]]] = {}
    for line, units_wanted, is_exact in _wishes(order, wanted):
        left = units_wanted
        for house in sorted({house for house, variant in shelves if variant == line.variant_id}):
            take = min(left, shelves[house, line.variant_id])
            if take:
                shelves[house, line.variant_id] -= take
                packed.setdefault(house, []).append((line, take))
                left -= take
        if left and is_exact:
            raise TooManyUnits(line.id, units_wanted, units_wanted - left)
    if not packed:
        raise NothingToDo("Nothing of this order is left to ship", field="lines")
    return tuple(_parcel(house, packed[house]) for house in sorted(packed))


def _wishes(order: Order, wanted: Sequence[ParcelLine] | None) -> list[tuple[OrderLine, int, bool]]:
    if wanted is None:
        return [(line, line.units_to_ship, False) for line in order.lines if line.units_to_ship]
    lines: Mapping[LineId, OrderLine] = {line.id: line for line in order.lines}
    wishes: list[tuple[OrderLine, int, bool]] = []
    for wish in wanted:
        line = lines.get(wish.line_id)
        if line is None:
            raise NotFound("line", wish.line_id)
        if any(line is known for known, _, _ in wishes):
            raise Malformed("line", wish.line_id, expected="line_once")
        if wish.units < 1:
            raise OutOfRange("units", wish.units, least=1, most=line.units_to_ship)
        if wish.units > line.units_to_ship:
            raise TooManyUnits(line.id, wish.units, line.units_to_ship)
        wishes.append((line, wish.units, True))
    return wishes


def _parcel(warehouse_id: WarehouseId, packed: Sequence[tuple[OrderLine, int]]) -> Parcel:
    goods = Counter[VariantId]()
    for line, units in packed:
        goods[line.variant_id] += units
    return Parcel(
        warehouse_id=warehouse_id,
        lines=tuple(ParcelLine(line_id=line.id, units=units) for line, units in packed),
        goods=tuple(HeldUnits(variant_id=variant, warehouse_id=warehouse_id, units=units) for variant, units in sorted(goods.items())),
    )
