"""Stock to test with, made through the room's own face."""

from datetime import UTC, datetime

from shopkeeper.kit.ids import VariantId, WarehouseId
from shopkeeper.selling.inventory import public as inventory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def warehouse(code: str) -> WarehouseId:
    """Return the id of one of the two first warehouses, MAIN or NORTH, made where there are none yet."""
    return next(each.id for each in inventory.set_up(country="GB", now=NOON) if each.code == code)


def stock(variant_id: VariantId, **units_by_code: int) -> None:
    """Put pieces on shelves: `stock(tea, MAIN=5, NORTH=2)`."""
    for code, units in units_by_code.items():
        inventory.receive(variant_id=variant_id, warehouse_id=warehouse(code), units=units, actor=None, now=NOON)
