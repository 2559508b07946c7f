"""Pieces found or lost, booked by somebody whose line may break: sent twice under one idempotency key, they are booked once."""

from dataclasses import asdict
from datetime import datetime

from shopkeeper.kit.ids import UserId, VariantId, WarehouseId
from shopkeeper.ops.requests import public as requests
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.shapes import Shelf


def adjust(
    *, variant_id: VariantId, warehouse_id: WarehouseId, units: int, note: str, actor: UserId | None, now: datetime, key: str | None = None
) -> Shelf:
    """Book pieces found (+) or lost (−) and return the shelf as it stood then; repeating the idempotency key repeats the answer.

    Raises WouldGoBelowHeld, OutOfRange, Malformed, NotFound, KeyReused.
    """

    def work() -> dict[str, int]:
        return asdict(inventory.adjust(variant_id=variant_id, warehouse_id=warehouse_id, units=units, note=note, actor=actor, now=now))

    asked = {"variant_id": variant_id, "warehouse_id": warehouse_id, "units": units, "note": note.strip()}
    return Shelf(**requests.once(key=key, asker=requests.STAFF, act="inventory.adjust", asked=asked, work=work, now=now))
