"""Stock to test with, made through the room's own face."""

import json
from datetime import UTC, datetime, timedelta

from django.db import connection

from shopkeeper.kit.ids import OrderId, VariantId, WarehouseId
from shopkeeper.selling.catalog.shapes import Goods
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.shapes import Hold, WantedUnits

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=30)
ORDER = OrderId(7)


def warehouse(code: str) -> WarehouseId:
    """Return the id of one of the two first warehouses, MAIN or NORTH, made where there are none yet."""
    return next(each.id for each in inventory.set_up(country="GB", now=NOON) if each.code == code)


def stock(variant_id: VariantId, **units_by_code: int) -> None:
    """Put pieces on shelves: `stock(tea, MAIN=5, NORTH=2)`."""
    for code, units in units_by_code.items():
        inventory.receive(variant_id=variant_id, warehouse_id=warehouse(code), units=units, actor=None, now=NOON)


def facts(kind: str) -> list[dict[str, object]]:
    """Return the bodies of the facts of a kind, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT body::text FROM events_outbox WHERE kind = %s ORDER BY id", [kind])
        return [json.loads(row[0]) for row in cursor.fetchall()]


def want(*lines: tuple[Goods, int]) -> list[WantedUnits]:
    """Return so many pieces of each thing as a wish."""
    return [WantedUnits(variant_id=goods.variant_id, units=units, sku=goods.sku) for goods, units in lines]


def reserve(*lines: tuple[Goods, int], order_id: OrderId = ORDER) -> Hold:
    """Hold so many pieces of each thing for an order, until LATER."""
    return inventory.reserve(order_id=order_id, wanted=want(*lines), until=LATER, now=NOON)
