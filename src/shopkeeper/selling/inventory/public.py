"""The face of the stock room: what is on hand, what is held for whom, and every piece that came or went. Units are whole pieces."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks
from shopkeeper.kit.ids import OrderId, UserId, VariantId, WarehouseId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit_trail
from shopkeeper.selling.inventory import models, refusals, store
from shopkeeper.selling.inventory.shapes import (
    CodeTaken,
    Difference,
    HeldUnits,
    Hold,
    HoldCounts,
    Movement,
    MoveReason,
    SameWarehouse,
    Shelf,
    WantedUnits,
    Warehouse,
)

if TYPE_CHECKING:
    import polars as pl

MOST_MOVED = 1_000_000
NOTE = 300


# ── warehouses and shelves ────────────────────────────────────────────────────────────────────────────────────────────


def warehouses() -> tuple[Warehouse, ...]:
    """Return every warehouse, the one orders are filled from first at the head."""
    return store.warehouses()


def shelves(variant_ids: Sequence[VariantId]) -> tuple[Shelf, ...]:
    """Return the shelves of these variants, by variant and then by the warehouses' priority."""
    return store.shelves(variant_ids)


def lock_shelves(variant_ids: Iterable[VariantId]) -> None:
    """Let nobody else take from or put onto the shelves of these variants until the caller's transaction ends.

    For whoever changes several of them in turn: orders lock theirs in one order, and whoever locks in another makes one of both fail.
    """
    store.lock_shelves(variant_ids)


def lock_shelf(*, variant_id: VariantId, warehouse_id: WarehouseId) -> int:
    """Return how many pieces lie on a shelf, which nobody changes until the caller's transaction ends; none where there is no shelf."""
    return store.lock_shelf(variant_id, warehouse_id)


def available(variant_ids: Sequence[VariantId]) -> dict[VariantId, int]:
    """Return how many pieces of each of these variants can be sold now, from all active warehouses together.

    Of a bundle it is what its parts allow, and none while one of them is off sale.
    """
    return store.available(variant_ids)


def in_stock() -> Sequence[int]:
    """Return the published products of which at least one piece, or one bundle, can be sold now."""
    return store.in_stock()


@transaction.atomic
def save_warehouse(
    *,
    warehouse_id: WarehouseId | None,
    code: str,
    name: Bilingual,
    country: str,
    priority: int,
    is_active: bool,
    actor: UserId | None,
    now: datetime,
) -> Warehouse:
    """Make or change a warehouse; orders are filled by rising `priority`. Raises CodeTaken, NotFound, OutOfRange, Malformed."""
    row = models.Warehouse() if warehouse_id is None else store.lock_warehouse(warehouse_id)
    before = None if warehouse_id is None else _warehouse_fields(row)
    tidy = checks.both_lines(name, field="name", least=1, most=200)
    row.code, row.name_en, row.name_zh = checks.code(code), tidy.en, tidy.zh
    row.country, row.is_active = checks.country(country), is_active
    row.priority = checks.whole(priority, field="priority", least=0, most=1_000_000)
    _save(row)
    subject = f"warehouse:{row.pk}"
    audit_trail.record(actor=actor, act="inventory.save_warehouse", subject=subject, before=before, after=_warehouse_fields(row), at=now)
    events.record(facts.WarehouseSaved(warehouse_id=row.pk), at=now)
    return store.warehouse_of(row)


def _save(row: models.Warehouse) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise CodeTaken(row.code) from error


def _warehouse_fields(row: models.Warehouse) -> dict[str, object]:
    return {name: getattr(row, name) for name in ("code", "name_en", "name_zh", "country", "priority", "is_active")}


@transaction.atomic
def set_up(*, country: str, now: datetime) -> tuple[Warehouse, ...]:
    """Make the two warehouses a new shop starts with, MAIN and NORTH, where they are missing, and return all."""
    present = {each.code for each in store.warehouses()}
    first = (("MAIN", Bilingual("Main warehouse", "主仓"), 10), ("NORTH", Bilingual("North warehouse", "北仓"), 20))
    for code, name, priority in first:
        if code not in present:
            save_warehouse(warehouse_id=None, code=code, name=name, country=country, priority=priority, is_active=True, actor=None, now=now)
    return store.warehouses()


# ── holds ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def reserve(*, order_id: OrderId, wanted: Sequence[WantedUnits], until: datetime, now: datetime) -> Hold:
    """Hold stock for an order until a moment. Raises OutOfStock, naming every short line, and then holds nothing.

    One warehouse that has everything is taken first, by priority; otherwise lines are split. Raises OutOfRange where nothing is wanted.
    """
    checks.whole(len(wanted), field="lines", least=1, most=1_000)
    for line in wanted:
        checks.whole(line.units, field="units", least=1, most=MOST_MOVED)
    with refusals.translated(), transaction.atomic():
        return Hold(order_id=order_id, units=store.take(order_id, wanted, until, now), until=until)


def refusal_of(error: BaseException) -> Refusal | None:
    """Return the refusal that a database error of this room's functions stands for, None for any other error.

    For a caller that runs `inventory_take` inside a database function of its own and catches the error itself.
    """
    return refusals.refusal_of(error)


def confirm_hold(*, order_id: OrderId) -> int:
    """Keep what is held for a paid order without expiry; return the units. Raises HoldGone where nothing is held any more."""
    with refusals.translated(), transaction.atomic():
        return int(store.call("inventory_confirm", order_id))


@transaction.atomic
def release(*, order_id: OrderId, reason: str, now: datetime) -> int:
    """Give back what is still held for an order and return the units, 0 the second time. `reason`: expired, cancelled or refused."""
    return int(store.call("inventory_release", order_id, reason, now))


def release_units(*, order_id: OrderId, lines: Sequence[WantedUnits], reason: str, now: datetime) -> int:
    """Give back a part of what is held for an order, from the warehouse last in priority first, and return the units.

    Raises HoldGone where less is held than is to be given back, and then nothing is; OutOfRange.
    """
    checks.whole(len(lines), field="lines", least=1, most=1_000)
    for line in lines:
        checks.whole(line.units, field="units", least=1, most=MOST_MOVED)
    with refusals.translated(), transaction.atomic():
        return store.release_units(order_id, lines, reason, now)


def held(order_id: OrderId) -> tuple[HeldUnits, ...]:
    """Return what is still held for an order, by warehouse."""
    return store.held(order_id)


def held_for(order_ids: Collection[OrderId]) -> dict[OrderId, tuple[HeldUnits, ...]]:
    """Return what is still held for each of these orders, by warehouse; orders that hold nothing are left out. One query."""
    return store.held_for(order_ids)


def hold_counts(now: datetime) -> HoldCounts:
    """Return how many holds keep goods from others, and how many of them ran out before `now` and wait for the sweep."""
    return store.hold_counts(now)


def open_holds() -> dict[OrderId, int]:
    """Return how many units every order holds at present, in one query; orders that hold nothing are left out."""
    return store.open_holds()


def goods_held() -> dict[OrderId, dict[VariantId, int]]:
    """Return how many pieces of what every order holds at present, in one query; orders that hold nothing are left out."""
    return store.goods_held()


# ── moves ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def ship(*, order_id: OrderId, warehouse_id: WarehouseId, lines: Sequence[WantedUnits], now: datetime, actor: UserId | None = None) -> int:
    """Turn held units of an order into a sale from one warehouse; return the units. Raises HoldGone, and then nothing moves."""
    checks.whole(len(lines), field="lines", least=1, most=1_000)
    for line in lines:
        checks.whole(line.units, field="units", least=1, most=MOST_MOVED)
    with refusals.translated(), transaction.atomic():
        return store.ship(order_id, warehouse_id, lines, actor, now)


def put_back(
    *, variant_id: VariantId, warehouse_id: WarehouseId, units: int, order_id: OrderId | None, now: datetime, actor: UserId | None = None
) -> Shelf:
    """Put returned pieces of an order back on a shelf. Raises OutOfRange."""
    checks.whole(units, field="units", least=1, most=MOST_MOVED)
    return _move(store.Move(variant_id, warehouse_id, units, MoveReason.RETURNED, "", actor, now, order_id))


@transaction.atomic
def receive(*, variant_id: VariantId, warehouse_id: WarehouseId, units: int, note: str = "", actor: UserId | None, now: datetime) -> Shelf:
    """Book pieces that arrived from outside. Raises OutOfRange, Malformed, NotFound."""
    checks.whole(units, field="units", least=1, most=MOST_MOVED)
    remark = checks.line(note, field="note", most=NOTE)
    return _staff_move("receive", store.Move(variant_id, warehouse_id, units, MoveReason.RECEIVED, remark, actor, now))


@transaction.atomic
def adjust(*, variant_id: VariantId, warehouse_id: WarehouseId, units: int, note: str, actor: UserId | None, now: datetime) -> Shelf:
    """Book pieces found (+) or lost (−); the note says why and must not be empty.

    Raises WouldGoBelowHeld, OutOfRange, Malformed, NotFound.
    """
    checks.whole(units, field="units", least=-MOST_MOVED, most=MOST_MOVED)
    if units == 0:
        checks.whole(units, field="units", least=1, most=MOST_MOVED)
    remark = checks.line(note, field="note", least=1, most=NOTE)
    return _staff_move("adjust", store.Move(variant_id, warehouse_id, units, MoveReason.ADJUSTED, remark, actor, now))


@transaction.atomic
def count(*, variant_id: VariantId, warehouse_id: WarehouseId, counted: int, note: str = "", actor: UserId | None, now: datetime) -> Shelf:
    """Book what was counted on a shelf; the difference is the movement, none where it was right.

    Raises WouldGoBelowHeld, OutOfRange, Malformed, NotFound.
    """
    checks.whole(counted, field="counted", least=0, most=store.MOST_ON_A_SHELF)
    remark = checks.line(note, field="note", most=NOTE)
    store.refuse_unknown(variant_id, warehouse_id)
    with refusals.translated(), transaction.atomic():
        difference = store.call("inventory_count", variant_id, warehouse_id, counted, remark, actor, now)
    shelf = store.shelf(variant_id, warehouse_id)
    _audit_move("count", actor, [shelf], now, before={"on_hand": [counted - difference]}, note=remark)
    return shelf


@transaction.atomic
def transfer(
    *,
    variant_id: VariantId,
    from_warehouse_id: WarehouseId,
    to_warehouse_id: WarehouseId,
    units: int,
    note: str = "",
    actor: UserId | None,
    now: datetime,
) -> tuple[Shelf, Shelf]:
    """Send pieces from one warehouse to another and return both shelves, sender first.

    Raises WouldGoBelowHeld where pieces held for orders would leave, SameWarehouse, OutOfRange, Malformed, NotFound.
    """
    if from_warehouse_id == to_warehouse_id:
        raise SameWarehouse(to_warehouse_id)
    checks.whole(units, field="units", least=1, most=MOST_MOVED)
    remark = checks.line(note, field="note", most=NOTE)
    store.refuse_unknown(variant_id, from_warehouse_id, to_warehouse_id)
    with refusals.translated(), transaction.atomic():
        store.call("inventory_transfer", variant_id, from_warehouse_id, to_warehouse_id, units, remark, actor, now)
    sender, taker = store.shelf(variant_id, from_warehouse_id), store.shelf(variant_id, to_warehouse_id)
    before = {"on_hand": [sender.on_hand + units, taker.on_hand - units]}
    _audit_move("transfer", actor, [sender, taker], now, before=before, note=remark)
    return sender, taker


def _staff_move(act: str, move: store.Move) -> Shelf:
    shelf = _move(move)
    _audit_move(act, move.actor, [shelf], move.now, before={"on_hand": [shelf.on_hand - move.units]}, note=move.note)
    return shelf


def _move(move: store.Move) -> Shelf:
    store.refuse_unknown(move.variant_id, move.warehouse_id)
    with refusals.translated(), transaction.atomic():
        store.move(move)
        return store.shelf(move.variant_id, move.warehouse_id)


def _audit_move(
    act: str, actor: UserId | None, shelves_after: Sequence[Shelf], now: datetime, *, before: Mapping[str, object], note: str
) -> None:
    after = {
        "on_hand": [each.on_hand for each in shelves_after],
        "warehouse_id": [each.warehouse_id for each in shelves_after],
        "note": note,
    }
    subject = f"variant:{shelves_after[0].variant_id}"
    audit_trail.record(actor=actor, act=f"inventory.{act}", subject=subject, before=before, after=after, at=now)


def movements(variant_id: VariantId | None = None, *, number: int = 1, size: int = 50) -> Page[Movement]:
    """Return one page of the ledger, newest first, of one variant or of all. Raises OutOfRange."""
    checks.whole(number, field="page", least=1, most=1_000_000)
    checks.whole(size, field="size", least=1, most=500)
    return store.movements(variant_id, number, size)


def audit() -> list[Difference]:
    """Return where the books disagree: on hand ≠ Σ movements, held ≠ Σ open holds, or a balance that does not follow. Empty is good."""
    return store.differences()


@transaction.atomic
def import_stock(*, frame: "pl.DataFrame", now: datetime, note: str = "") -> int:
    """Open shelves with their first stock and return how many; shelves that exist stay untouched, so a second run changes nothing.

    One row is a shelf: `variant_id` (int), `warehouse_code` (text), `on_hand` (int, from 0). Written as received goods, without facts.
    Raises Malformed for an unknown warehouse or a missing column, OutOfRange for a negative stock.
    """
    return store.put_stock(frame, checks.line(note, field="note", most=NOTE), now)
