"""Every query of the stock room. What changes stock goes through the database functions in `sql/`, one implementation for all."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from shopkeeper.kit import statements
from shopkeeper.kit.ids import OrderId, UserId, VariantId, WarehouseId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.inventory import models
from shopkeeper.selling.inventory.shapes import Difference, HeldUnits, HoldCounts, Movement, MoveReason, Shelf, WantedUnits, Warehouse

if TYPE_CHECKING:
    import polars as pl


def call(function: str, *arguments: Any) -> Any:
    """Return what one of this room's database functions answers."""
    places = ", ".join(["%s"] * len(arguments))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({places})", arguments)
        return cursor.fetchone()[0]


def rows(query: str, *arguments: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        return list(cursor.fetchall())


# ── warehouses and shelves ────────────────────────────────────────────────────────────────────────────────────────────


def warehouses() -> tuple[Warehouse, ...]:
    """Return every warehouse by priority."""
    return tuple(warehouse_of(row) for row in models.Warehouse.objects.order_by("priority", "id"))


def warehouse_of(row: models.Warehouse) -> Warehouse:
    """Return the shape of a warehouse's row."""
    return Warehouse(
        id=WarehouseId(row.id),
        code=row.code,
        name=Bilingual(row.name_en, row.name_zh),
        country=row.country,
        priority=row.priority,
        is_active=row.is_active,
    )


def lock_warehouse(warehouse_id: WarehouseId) -> models.Warehouse:
    """Return a warehouse's row, locked. Raises NotFound."""
    row = models.Warehouse.objects.select_for_update().filter(pk=warehouse_id).first()
    if row is None:
        raise NotFound("warehouse", warehouse_id)
    return row


def refuse_unknown(variant_id: VariantId, *warehouse_ids: WarehouseId) -> None:
    """Raise NotFound where the variant or one of the warehouses does not exist."""
    for warehouse_id in warehouse_ids:
        if not models.Warehouse.objects.filter(pk=warehouse_id).exists():
            raise NotFound("warehouse", warehouse_id)
    if variant_id not in catalog.goods([variant_id]):
        raise NotFound("variant", variant_id)


def shelves(variant_ids: Sequence[VariantId]) -> tuple[Shelf, ...]:
    """Return the shelves of these variants by variant and warehouse priority: one query."""
    found = rows(
        """SELECT s.variant_id, s.warehouse_id, s.on_hand, s.held FROM inventory_shelf s JOIN inventory_warehouse h ON h.id = s.warehouse_id
           WHERE s.variant_id = ANY(%s) ORDER BY s.variant_id, h.priority, h.id""",
        list(variant_ids),
    )
    return tuple(Shelf(variant_id=VariantId(v), warehouse_id=WarehouseId(w), on_hand=on_hand, held=held) for v, w, on_hand, held in found)


def shelf(variant_id: VariantId, warehouse_id: WarehouseId) -> Shelf:
    """Return one shelf; where there is none yet, an empty one."""
    row = models.Shelf.objects.filter(variant_id=variant_id, warehouse_id=warehouse_id).first()
    on_hand, held = (row.on_hand, row.held) if row else (0, 0)
    return Shelf(variant_id=variant_id, warehouse_id=warehouse_id, on_hand=on_hand, held=held)


def lock_shelves(variant_ids: Iterable[VariantId]) -> None:
    """Lock every shelf of these variants by rising id, as whoever takes from several does: one query."""
    rows = models.Shelf.objects.select_for_update(no_key=True).filter(variant_id__in=set(variant_ids)).order_by("pk")
    list(rows.values_list("pk", flat=True))


def lock_shelf(variant_id: VariantId, warehouse_id: WarehouseId) -> int:
    """Return how many pieces lie on a shelf, its row locked."""
    row = models.Shelf.objects.select_for_update().filter(variant_id=variant_id, warehouse_id=warehouse_id).first()
    return row.on_hand if row else 0


def available(variant_ids: Sequence[VariantId]) -> dict[VariantId, int]:
    """Return what can be sold of each of these variants, 0 where there is no shelf; of a bundle what its parts allow: one query."""
    wanted = [each for each in variant_ids if 0 < each < 2**63]
    found = statements.rows("SELECT variant_id, units FROM inventory_available(%s::bigint[])", [wanted])
    return dict.fromkeys(variant_ids, 0) | {VariantId(variant): int(units) for variant, units in found}


def in_stock() -> Sequence[int]:
    """Return the products on sale of which active warehouses have at least one free piece, or all parts of a bundle: one query."""
    (ids,) = statements.row("SELECT inventory_in_stock()", [])
    return ids  # type: ignore[no-any-return]


# ── holds ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def take(order_id: OrderId, wanted: Sequence[WantedUnits], until: datetime, now: datetime) -> tuple[HeldUnits, ...]:
    """Hold stock through `inventory_take` and return what is held where."""
    lines = json.dumps([{"variant_id": line.variant_id, "units": line.units, "sku": line.sku} for line in wanted])
    taken = call("inventory_take", order_id, lines, until, now)
    return tuple(_held(line["variant_id"], line["warehouse_id"], line["units"]) for line in json.loads(taken))


def held(order_id: OrderId) -> tuple[HeldUnits, ...]:
    """Return what is still held for an order, by shelf."""
    found = rows(
        """SELECT s.variant_id, s.warehouse_id, h.open_units FROM inventory_hold h JOIN inventory_shelf s ON s.id = h.shelf_id
           WHERE h.order_id = %s AND h.open_units > 0 ORDER BY h.id""",
        order_id,
    )
    return tuple(_held(*row) for row in found)


def held_for(order_ids: Collection[OrderId]) -> dict[OrderId, tuple[HeldUnits, ...]]:
    """Return what is still held for each of these orders, by shelf."""
    found: dict[OrderId, tuple[HeldUnits, ...]] = {}
    for order_id, *units in rows(
        """SELECT h.order_id, s.variant_id, s.warehouse_id, h.open_units FROM inventory_hold h JOIN inventory_shelf s ON s.id = h.shelf_id
           WHERE h.order_id = ANY(%s) AND h.open_units > 0 ORDER BY h.id""",
        list(order_ids),
    ):
        found[OrderId(order_id)] = (*found.get(OrderId(order_id), ()), _held(*units))
    return found


def hold_counts(now: datetime) -> HoldCounts:
    """Return how many holds keep goods from others, and how many of them ran out before `now`."""
    ((open_, overdue),) = rows(
        "SELECT count(*), count(*) FILTER (WHERE state = 'held' AND until < %s) FROM inventory_hold WHERE open_units > 0", now
    )
    return HoldCounts(open=open_, overdue=overdue)


def open_holds() -> dict[OrderId, int]:
    """Return how many units every order holds at present; orders that hold nothing are left out."""
    found = rows("SELECT order_id, sum(open_units) FROM inventory_hold WHERE open_units > 0 GROUP BY order_id")
    return {OrderId(order_id): int(units) for order_id, units in found}


def goods_held() -> dict[OrderId, dict[VariantId, int]]:
    """Return the open units of every order by variant: one query."""
    found: defaultdict[OrderId, dict[VariantId, int]] = defaultdict(dict)
    query = """SELECT h.order_id, s.variant_id, sum(h.open_units) FROM inventory_hold h JOIN inventory_shelf s ON s.id = h.shelf_id
               WHERE h.open_units > 0 GROUP BY 1, 2"""
    for order_id, variant_id, units in rows(query):
        found[OrderId(order_id)][VariantId(variant_id)] = int(units)
    return dict(found)


def _held(variant_id: int, warehouse_id: int, units: int) -> HeldUnits:
    return HeldUnits(variant_id=VariantId(variant_id), warehouse_id=WarehouseId(warehouse_id), units=units)


def release_units(order_id: OrderId, lines: Sequence[WantedUnits], reason: str, now: datetime) -> int:
    """Give back a part of what is held for an order through `inventory_release_units` and return the units."""
    return int(call("inventory_release_units", order_id, _parcel(lines), reason, now))


def _parcel(lines: Sequence[WantedUnits]) -> str:
    return json.dumps([{"variant_id": line.variant_id, "units": line.units} for line in lines])


def ship(order_id: OrderId, warehouse_id: WarehouseId, lines: Sequence[WantedUnits], actor: UserId | None, now: datetime) -> int:
    """Ship held units through `inventory_ship` and return how many went."""
    return int(call("inventory_ship", order_id, warehouse_id, _parcel(lines), actor, now))


# ── moves ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Move:
    """Units onto (+) or off (−) one shelf, why, by whom and when."""

    variant_id: VariantId
    warehouse_id: WarehouseId
    units: int
    reason: MoveReason
    note: str
    actor: UserId | None
    now: datetime
    order_id: OrderId | None = None


def move(each: Move) -> int:
    """Book one move through `inventory_move` and return what lies on the shelf now."""
    where = (each.variant_id, each.warehouse_id, each.units, str(each.reason))
    return int(call("inventory_move", *where, each.order_id, each.note, each.actor, each.now))


# ── the ledger ────────────────────────────────────────────────────────────────────────────────────────────────────────


def movements(variant_id: VariantId | None, number: int, size: int) -> Page[Movement]:
    """Return one page of the ledger, newest first, of one variant or of all: two queries."""
    chosen = models.Movement.objects.select_related("shelf").order_by("-id")
    if variant_id is not None:
        chosen = chosen.filter(shelf__variant_id=variant_id)
    found = chosen[(number - 1) * size : number * size]
    return Page(items=tuple(_movement(row) for row in found), total=chosen.count(), number=number, size=size)


def _movement(row: models.Movement) -> Movement:
    return Movement(
        variant_id=VariantId(row.shelf.variant_id),
        warehouse_id=WarehouseId(row.shelf.warehouse_id),
        units=row.units,
        balance=row.balance,
        reason=MoveReason(row.reason),
        order_id=None if row.order_id is None else OrderId(row.order_id),
        note=row.note,
        actor_id=None if row.actor_id is None else UserId(row.actor_id),
        at=row.at,
    )


_AUDIT = """
    WITH ledger AS (SELECT shelf_id, sum(units) AS units FROM inventory_movement GROUP BY 1),
         promised AS (SELECT shelf_id, sum(open_units) AS units FROM inventory_hold WHERE open_units > 0 GROUP BY 1),
         chain AS (SELECT shelf_id, balance, sum(units) OVER (PARTITION BY shelf_id ORDER BY id) AS running FROM inventory_movement),
         broken AS (SELECT DISTINCT ON (shelf_id) shelf_id, balance, running FROM chain WHERE balance <> running ORDER BY shelf_id)
    SELECT 'on_hand', s.variant_id, s.warehouse_id, s.on_hand, coalesce(l.units, 0)
    FROM inventory_shelf s LEFT JOIN ledger l ON l.shelf_id = s.id WHERE s.on_hand <> coalesce(l.units, 0)
    UNION ALL
    SELECT 'held', s.variant_id, s.warehouse_id, s.held, coalesce(p.units, 0)
    FROM inventory_shelf s LEFT JOIN promised p ON p.shelf_id = s.id WHERE s.held <> coalesce(p.units, 0)
    UNION ALL
    SELECT 'balance', s.variant_id, s.warehouse_id, b.balance, b.running FROM broken b JOIN inventory_shelf s ON s.id = b.shelf_id
    ORDER BY 1, 2, 3
"""


def differences() -> list[Difference]:
    """Return every place where shelves, ledger and holds disagree."""
    return [
        Difference(what=what, variant_id=VariantId(variant), warehouse_id=WarehouseId(place), stored=int(stored), derived=int(derived))
        for what, variant, place, stored, derived in rows(_AUDIT)
    ]


# ── bulk ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

_PUT_STOCK = """
    WITH fresh AS (
        INSERT INTO inventory_shelf (variant_id, warehouse_id, on_hand, held)
        SELECT s.variant_id, h.id, s.on_hand, 0 FROM intake_stock s JOIN inventory_warehouse h ON h.code = s.warehouse_code
        ON CONFLICT (variant_id, warehouse_id) DO NOTHING
        RETURNING id, on_hand
    ), booked AS (
        INSERT INTO inventory_movement (shelf_id, units, balance, reason, note, at)
        SELECT id, on_hand, on_hand, 'received', %s, %s FROM fresh WHERE on_hand > 0
    )
    SELECT count(*) FROM fresh
"""
MOST_ON_A_SHELF = 1_000_000_000


def put_stock(frame: "pl.DataFrame", note: str, now: datetime) -> int:
    """Open the shelves that do not exist yet with their first stock and return how many that were."""
    import polars as pl

    from shopkeeper.kit import bulk

    bulk.refuse_missing(frame, "variant_id", "warehouse_code", "on_hand")
    staged = frame.select(pl.col("variant_id").cast(pl.Int64), pl.col("warehouse_code"), pl.col("on_hand").cast(pl.Int64))
    if staged.height and not staged["on_hand"].is_between(0, MOST_ON_A_SHELF).all():
        raise OutOfRange("on_hand", staged["on_hand"].min(), least=0, most=MOST_ON_A_SHELF)
    with connection.cursor() as cursor:
        bulk.stage(cursor, "intake_stock", staged)
        cursor.execute("SELECT warehouse_code FROM intake_stock WHERE warehouse_code NOT IN (SELECT code FROM inventory_warehouse) LIMIT 1")
        if row := cursor.fetchone():
            raise Malformed("warehouse_code", row[0], expected="warehouse")
        cursor.execute(_PUT_STOCK, [note, now])
        return int(cursor.fetchone()[0])
