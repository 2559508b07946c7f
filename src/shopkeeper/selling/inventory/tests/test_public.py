"""The face of the stock room, on a real database: what staff do, what the database itself refuses, the audit and the intake."""

import json

import polars as pl
import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from shopkeeper.kit.ids import VariantId, WarehouseId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.tests.builders import owner
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog.shapes import Goods
from shopkeeper.selling.inventory import models
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.shapes import (
    CodeTaken,
    Difference,
    OutOfStock,
    SameWarehouse,
    WouldGoBelowHeld,
)
from shopkeeper.selling.inventory.tests.builders import LATER, NOON, ORDER, facts, reserve, stock, warehouse

pytestmark = pytest.mark.django_db

MOVEMENT = "INSERT INTO inventory_movement (shelf_id, units, balance, reason, note, at) SELECT id, {}, '', now() FROM inventory_shelf"


# ── staff ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_staff_move_leaves_movement_fact_and_audit_row(tea: Goods) -> None:
    staff = owner()
    main, north = warehouse("MAIN"), warehouse("NORTH")
    common = {"variant_id": tea.variant_id, "actor": staff, "now": NOON}

    inventory.receive(warehouse_id=main, units=10, note="first", **common)
    inventory.adjust(warehouse_id=main, units=-2, note="broken", **common)
    inventory.count(warehouse_id=main, counted=9, note="stocktake", **common)
    sender, taker = inventory.transfer(from_warehouse_id=main, to_warehouse_id=north, units=4, note="", **common)

    assert (sender.on_hand, taker.on_hand) == (5, 4)
    moves = [(move.reason, move.units, move.balance, move.actor_id) for move in reversed(inventory.movements(tea.variant_id).items)]
    assert moves == [
        ("received", 10, 10, staff), ("adjusted", -2, 8, staff), ("counted", 1, 9, staff), ("sent", -4, 5, staff), ("arrived", 4, 4, staff),
    ]  # fmt: skip
    assert [fact["reason"] for fact in facts("StockMoved")] == ["received", "adjusted", "counted", "sent", "arrived"]
    trail = reversed(audit.entries(subject=f"variant:{tea.variant_id}", actor=staff).items)
    assert [(entry.act, entry.before["on_hand"], entry.after["on_hand"]) for entry in trail] == [
        ("inventory.receive", [0], [10]), ("inventory.adjust", [10], [8]), ("inventory.count", [8], [9]),
        ("inventory.transfer", [9, 0], [5, 4]),
    ]  # fmt: skip
    assert inventory.audit() == []


def test_a_count_that_was_right_moves_nothing(tea: Goods) -> None:
    stock(tea.variant_id, MAIN=3)

    shelf = inventory.count(variant_id=tea.variant_id, warehouse_id=warehouse("MAIN"), counted=3, actor=None, now=NOON)

    assert shelf.on_hand == 3
    assert inventory.movements(tea.variant_id).total == 1


def test_what_is_promised_to_orders_cannot_be_taken_away(tea: Goods) -> None:
    stock(tea.variant_id, MAIN=5)
    reserve((tea, 3))
    main, north = warehouse("MAIN"), warehouse("NORTH")
    common = {"variant_id": tea.variant_id, "note": "why", "actor": None, "now": NOON}

    with pytest.raises(WouldGoBelowHeld) as refusal:
        inventory.adjust(warehouse_id=main, units=-3, **common)
    with pytest.raises(WouldGoBelowHeld):
        inventory.transfer(from_warehouse_id=main, to_warehouse_id=north, units=3, **common)
    with pytest.raises(WouldGoBelowHeld):
        inventory.count(warehouse_id=main, counted=2, **common)

    assert (refusal.value.most, refusal.value.value) == (2, -3)
    assert [shelf.on_hand for shelf in inventory.shelves([tea.variant_id]) if shelf.on_hand] == [5]
    assert inventory.movements(tea.variant_id).total == 1
    inventory.adjust(warehouse_id=main, units=-2, **common)


@pytest.mark.parametrize(
    ("act", "changes", "refused"),
    [
        ("adjust", {"units": 0, "note": "x"}, OutOfRange),
        ("adjust", {"units": 1, "note": " "}, OutOfRange),
        ("adjust", {"units": 1, "note": "x" * 301}, OutOfRange),
        ("adjust", {"units": 1, "note": "nul \x00 inside"}, Malformed),
        ("adjust", {"units": 1_000_001, "note": "x"}, OutOfRange),
        ("receive", {"units": -1}, OutOfRange),
        ("receive", {"units": 1, "variant_id": VariantId(10**9)}, NotFound),
        ("receive", {"units": 1, "warehouse_id": WarehouseId(10**9)}, NotFound),
        ("count", {"counted": -1}, OutOfRange),
        ("put_back", {"units": 0, "order_id": ORDER}, OutOfRange),
    ],
)
def test_wrong_moves_are_refused_and_nothing_changes(tea: Goods, act: str, changes: dict[str, object], refused: type[Exception]) -> None:
    fields = {"variant_id": tea.variant_id, "warehouse_id": warehouse("MAIN"), "actor": None, "now": NOON}

    with pytest.raises(refused):
        getattr(inventory, act)(**(fields | changes))

    assert inventory.movements().total == 0
    assert facts("StockMoved") == []


def test_a_transfer_needs_two_places(tea: Goods) -> None:
    main = warehouse("MAIN")

    with pytest.raises(SameWarehouse):
        inventory.transfer(variant_id=tea.variant_id, from_warehouse_id=main, to_warehouse_id=main, units=1, actor=None, now=NOON)


def test_warehouses_come_by_priority_and_their_codes_are_unique() -> None:
    assert [each.code for each in inventory.set_up(country="GB", now=NOON)] == ["MAIN", "NORTH"]
    assert len(inventory.set_up(country="GB", now=NOON)) == 2

    with pytest.raises(CodeTaken):
        inventory.save_warehouse(
            warehouse_id=None, code="main", name=Bilingual("M"), country="GB", priority=1, is_active=True, actor=None, now=NOON
        )
    assert len(facts("WarehouseSaved")) == 2


# ── what the database itself refuses, and what the audit finds ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "planted",
    [
        "UPDATE inventory_movement SET units = 9",
        "DELETE FROM inventory_movement",
        "UPDATE inventory_shelf SET held = on_hand + 1",
        "UPDATE inventory_shelf SET on_hand = -1, held = 0",
        "UPDATE inventory_shelf SET held = -1",
        "UPDATE inventory_hold SET open_units = open_units + 1",
        "UPDATE inventory_hold SET released_units = -1, open_units = open_units + 1",
        "UPDATE inventory_hold SET state = 'lost'",
        MOVEMENT.format("0, 5, 'adjusted'"),
        MOVEMENT.format("1, 5, 'stolen'"),
        "INSERT INTO inventory_shelf (variant_id, warehouse_id, on_hand, held) SELECT variant_id, warehouse_id, 0, 0 FROM inventory_shelf",
    ],
)
def test_the_database_refuses_what_can_never_be(tea: Goods, planted: str) -> None:
    stock(tea.variant_id, MAIN=5)
    reserve((tea, 2))

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(planted)

    assert inventory.audit() == []


@pytest.mark.parametrize(
    ("planted", "what", "stored", "derived"),
    [
        ("UPDATE inventory_shelf SET on_hand = 6", "on_hand", 6, 5),
        ("UPDATE inventory_shelf SET held = 1", "held", 1, 2),
        (
            MOVEMENT.format("3, 9, 'adjusted'") + "; UPDATE inventory_shelf SET on_hand = 8",
            "balance",
            9,
            8,
        ),
    ],
)
def test_the_audit_finds_a_planted_difference(tea: Goods, planted: str, what: str, stored: int, derived: int) -> None:
    stock(tea.variant_id, MAIN=5)
    reserve((tea, 2))
    with connection.cursor() as cursor:
        cursor.execute(planted)

    found = inventory.audit()

    assert found == [Difference(what=what, variant_id=tea.variant_id, warehouse_id=warehouse("MAIN"), stored=stored, derived=derived)]


def test_a_refusal_leaves_the_caller_s_transaction_usable(tea: Goods) -> None:
    with transaction.atomic():
        with pytest.raises(OutOfStock):
            reserve((tea, 1))
        stock(tea.variant_id, MAIN=1)

    assert inventory.available([tea.variant_id])[tea.variant_id] == 1


def test_another_room_can_read_a_refusal_it_caught_itself(tea: Goods) -> None:
    wanted = json.dumps([{"variant_id": tea.variant_id, "units": 1, "sku": "TEA"}])

    with pytest.raises(DatabaseError, match="not enough") as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT inventory_take(%s, %s::jsonb, %s, %s)", [ORDER, wanted, LATER, NOON])

    refusal = inventory.refusal_of(caught.value)
    assert isinstance(refusal, OutOfStock)
    assert refusal.short[0].sku == "TEA"
    assert inventory.refusal_of(psycopg.OperationalError("something else")) is None


# ── intake ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_intake_opens_shelves_once(tea: Goods, pot: Goods) -> None:
    stock(tea.variant_id, MAIN=5)
    frame = pl.DataFrame(
        {"variant_id": [tea.variant_id, tea.variant_id, pot.variant_id], "warehouse_code": ["MAIN", "NORTH", "MAIN"], "on_hand": [99, 7, 0]}
    )

    first, second = (inventory.import_stock(frame=frame, now=NOON, note="derived") for _ in range(2))

    assert (first, second) == (2, 0)
    assert inventory.available([tea.variant_id, pot.variant_id]) == {tea.variant_id: 12, pot.variant_id: 0}
    assert inventory.movements().total == 2
    assert inventory.audit() == []


@pytest.mark.parametrize(
    ("changes", "refused"), [({"warehouse_code": ["MOON"]}, Malformed), ({"on_hand": [-1]}, OutOfRange), ({"on_hand": [None]}, Malformed)]
)
def test_a_wrong_intake_is_refused_whole(tea: Goods, changes: dict[str, list[object]], refused: type[Exception]) -> None:
    warehouse("MAIN")
    frame = pl.DataFrame({"variant_id": [tea.variant_id], "warehouse_code": ["MAIN"], "on_hand": [1]} | changes)

    with pytest.raises(refused):
        inventory.import_stock(frame=frame, now=NOON)

    assert models.Shelf.objects.count() == 0
