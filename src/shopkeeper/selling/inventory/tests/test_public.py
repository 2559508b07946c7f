"""The face of the stock room, on a real database."""

import json
from collections.abc import Sequence
from datetime import timedelta

import polars as pl
import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper.kit.ids import OrderId, VariantId, WarehouseId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.tests.builders import owner
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog.shapes import Goods
from shopkeeper.selling.catalog.tests.builders import some_goods
from shopkeeper.selling.inventory import models
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.shapes import (
    CodeTaken,
    Difference,
    HoldGone,
    MoveReason,
    OutOfStock,
    SameWarehouse,
    WantedUnits,
    WouldGoBelowHeld,
)
from shopkeeper.selling.inventory.tests.builders import NOON, stock, warehouse

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=30)
ORDER = OrderId(7)
MOVEMENT = "INSERT INTO inventory_movement (shelf_id, units, balance, reason, note, at) SELECT id, {}, '', now() FROM inventory_shelf"


@pytest.fixture
def tea() -> Goods:
    return some_goods("TEA")


@pytest.fixture
def pot() -> Goods:
    return some_goods("POT")


def facts(kind: str) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT body::text FROM events_outbox WHERE kind = %s ORDER BY id", [kind])
        return [json.loads(row[0]) for row in cursor.fetchall()]


def want(*lines: tuple[Goods, int]) -> list[WantedUnits]:
    return [WantedUnits(variant_id=goods.variant_id, units=units, sku=goods.sku) for goods, units in lines]


def reserve(*lines: tuple[Goods, int], order_id: OrderId = ORDER):
    return inventory.reserve(order_id=order_id, wanted=want(*lines), until=LATER, now=NOON)


def by_place(held: Sequence[object]) -> dict[tuple[int, int], int]:
    return {(each.variant_id, each.warehouse_id): each.units for each in held}  # type: ignore[attr-defined]


# ── holding ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_held_pieces_are_no_longer_available_but_still_on_hand(tea: Goods) -> None:
    stock(tea.variant_id, MAIN=5)

    hold = reserve((tea, 2))

    assert by_place(hold.units) == {(tea.variant_id, warehouse("MAIN")): 2}
    assert inventory.available([tea.variant_id]) == {tea.variant_id: 3}
    assert [(shelf.on_hand, shelf.held) for shelf in inventory.shelves([tea.variant_id])] == [(5, 2)]
    assert inventory.held(ORDER) == hold.units
    assert facts("StockHeld") == [{"order_id": ORDER, "units": 2}]
    assert inventory.audit() == []


def test_one_warehouse_that_has_everything_is_taken_before_a_nearer_one_that_has_not(tea: Goods, pot: Goods) -> None:
    stock(tea.variant_id, MAIN=5, NORTH=5)
    stock(pot.variant_id, NORTH=1)

    hold = reserve((tea, 2), (pot, 1))

    assert by_place(hold.units) == {(tea.variant_id, warehouse("NORTH")): 2, (pot.variant_id, warehouse("NORTH")): 1}


def test_where_no_warehouse_has_everything_lines_are_split_by_priority(tea: Goods, pot: Goods) -> None:
    stock(tea.variant_id, MAIN=3, NORTH=4)
    stock(pot.variant_id, NORTH=2)

    hold = reserve((tea, 6), (pot, 1))

    assert by_place(hold.units) == {
        (tea.variant_id, warehouse("MAIN")): 3,
        (tea.variant_id, warehouse("NORTH")): 3,
        (pot.variant_id, warehouse("NORTH")): 1,
    }


def test_a_short_order_is_refused_whole_and_names_every_short_line(tea: Goods, pot: Goods) -> None:
    cup = some_goods("CUP")
    stock(tea.variant_id, MAIN=1, NORTH=1)
    stock(cup.variant_id, MAIN=9)

    with pytest.raises(OutOfStock) as refusal:
        reserve((tea, 3), (cup, 1), (pot, 1))

    assert [(line.sku, line.wanted, line.available, line.missing) for line in refusal.value.short] == [("TEA", 3, 2, 1), ("POT", 1, 0, 1)]
    assert inventory.available([tea.variant_id, cup.variant_id]) == {tea.variant_id: 2, cup.variant_id: 9}
    assert inventory.held(ORDER) == ()
    assert facts("StockHeld") == []


def test_the_same_thing_on_two_lines_is_counted_together(tea: Goods) -> None:
    stock(tea.variant_id, MAIN=3)

    with pytest.raises(OutOfStock) as refusal:
        reserve((tea, 2), (tea, 2))
    reserve((tea, 1), (tea, 2))

    assert refusal.value.short[0].wanted == 4
    assert inventory.available([tea.variant_id])[tea.variant_id] == 0


def test_a_closed_warehouse_sells_nothing(tea: Goods) -> None:
    stock(tea.variant_id, NORTH=5)
    north = next(each for each in inventory.warehouses() if each.code == "NORTH")
    inventory.save_warehouse(
        warehouse_id=north.id, code="NORTH", name=north.name, country="GB", priority=20, is_active=False, actor=None, now=NOON
    )

    with pytest.raises(OutOfStock):
        reserve((tea, 1))
    assert inventory.available([tea.variant_id])[tea.variant_id] == 0


def test_an_order_holds_once(tea: Goods) -> None:
    stock(tea.variant_id, MAIN=5)
    reserve((tea, 1))

    with pytest.raises(IntegrityError):
        reserve((tea, 1))

    assert inventory.available([tea.variant_id])[tea.variant_id] == 4


@pytest.mark.parametrize("units", [0, -3, 1_000_001])
def test_units_out_of_range_hold_nothing(tea: Goods, units: int) -> None:
    stock(tea.variant_id, MAIN=5)

    with pytest.raises(OutOfRange):
        reserve((tea, units))
    with pytest.raises(OutOfRange):
        reserve()

    assert inventory.available([tea.variant_id])[tea.variant_id] == 5


def allocation(wanted: dict[int, int], shelves: dict[int, list[int]]) -> dict[tuple[int, int], int] | None:
    """Work out by hand, place by place, what `inventory_take` should hold; None where something is short."""
    if any(sum(shelves[good]) < units for good, units in wanted.items()):
        return None
    for place in range(2):
        if all(shelves[good][place] >= units for good, units in wanted.items()):
            return {(good, place): units for good, units in wanted.items()}
    plan: dict[tuple[int, int], int] = {}
    for good, units in wanted.items():
        for place in range(2):
            taken = min(units - sum(plan.get((good, each), 0) for each in range(place)), shelves[good][place])
            if taken:
                plan[good, place] = taken
    return plan


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=3))
def test_what_is_held_is_what_one_would_work_out_by_hand(lines: list[tuple[int, int, int]]) -> None:
    with transaction.atomic():
        goods = [some_goods(f"G{number}") for number in range(len(lines))]
        places = [warehouse("MAIN"), warehouse("NORTH")]
        for each, (_, main, north) in zip(goods, lines, strict=True):
            stock(each.variant_id, **{code: units for code, units in (("MAIN", main), ("NORTH", north)) if units})
        expected = allocation(
            {each.variant_id: units for each, (units, _, _) in zip(goods, lines, strict=True)},
            {each.variant_id: [main, north] for each, (_, main, north) in zip(goods, lines, strict=True)},
        )

        try:
            held = by_place(reserve(*((each, units) for each, (units, _, _) in zip(goods, lines, strict=True))).units)
        except OutOfStock:
            held = {}

        assert held == {(good, places[place]): units for (good, place), units in (expected or {}).items()}
        assert inventory.audit() == []
        transaction.set_rollback(True)


# ── ending a hold ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_releasing_gives_back_once_however_often_it_is_asked(tea: Goods) -> None:
    stock(tea.variant_id, MAIN=2, NORTH=2)
    reserve((tea, 3))

    first = inventory.release(order_id=ORDER, reason="cancelled", now=NOON)
    second = inventory.release(order_id=ORDER, reason="cancelled", now=NOON)

    assert (first, second) == (3, 0)
    assert inventory.available([tea.variant_id])[tea.variant_id] == 4
    assert facts("StockReleased") == [{"order_id": ORDER, "units": 3, "reason": "cancelled"}]
    assert inventory.audit() == []


def test_a_part_of_a_hold_is_given_back_from_the_farthest_warehouse_first(tea: Goods, pot: Goods) -> None:
    stock(tea.variant_id, MAIN=2, NORTH=3)
    stock(pot.variant_id, MAIN=1)
    reserve((tea, 5), (pot, 1))

    given = inventory.release_units(order_id=ORDER, lines=want((tea, 4)), reason="cancelled", now=NOON)

    assert given == 4
    assert by_place(inventory.held(ORDER)) == {(tea.variant_id, warehouse("MAIN")): 1, (pot.variant_id, warehouse("MAIN")): 1}
    assert inventory.open_holds() == {ORDER: 2}
    assert facts("StockReleased") == [{"order_id": ORDER, "units": 4, "reason": "cancelled"}]
    assert inventory.audit() == []


def test_more_than_is_held_is_not_given_back(tea: Goods, pot: Goods) -> None:
    stock(tea.variant_id, MAIN=3)
    stock(pot.variant_id, MAIN=3)
    reserve((tea, 2), (pot, 1))

    with pytest.raises(HoldGone) as refusal:
        inventory.release_units(order_id=ORDER, lines=want((tea, 1), (pot, 2)), reason="cancelled", now=NOON)

    assert (refusal.value.variant_id, refusal.value.units, refusal.value.held) == (pot.variant_id, 2, 1)
    assert inventory.open_holds() == {ORDER: 3}
    assert facts("StockReleased") == []


def test_an_order_may_hold_again_after_its_hold_ended(tea: Goods) -> None:
    stock(tea.variant_id, MAIN=2)
    reserve((tea, 2))
    inventory.release(order_id=ORDER, reason="expired", now=NOON)

    reserve((tea, 1))

    assert [held.units for held in inventory.held(ORDER)] == [1]


def test_a_hold_runs_out_at_its_moment_and_not_before(tea: Goods) -> None:
    stock(tea.variant_id, MAIN=2)
    reserve((tea, 2))

    early = inventory.expire_holds(now=LATER - timedelta(seconds=1), limit=10)
    due = inventory.due_holds(now=LATER, limit=10)
    expired = inventory.expire_holds(now=LATER, limit=10)

    assert (early, due, expired) == ([], [ORDER], [ORDER])
    assert inventory.expire_holds(now=LATER, limit=10) == []
    assert facts("StockReleased") == [{"order_id": ORDER, "units": 2, "reason": "expired"}]


def test_a_paid_order_keeps_its_goods(tea: Goods) -> None:
    stock(tea.variant_id, MAIN=2)
    reserve((tea, 2))

    assert inventory.confirm_hold(order_id=ORDER) == 2
    assert inventory.release_due(order_id=ORDER, now=LATER + timedelta(days=9)) == 0
    assert inventory.expire_holds(now=LATER + timedelta(days=9), limit=10) == []
    assert inventory.available([tea.variant_id])[tea.variant_id] == 0


def test_a_payment_that_comes_after_the_release_is_told_so(tea: Goods) -> None:
    stock(tea.variant_id, MAIN=2)
    reserve((tea, 2))
    inventory.expire_holds(now=LATER, limit=10)

    with pytest.raises(HoldGone) as refusal:
        inventory.confirm_hold(order_id=ORDER)

    assert refusal.value.order_id == ORDER


def test_shipping_turns_the_hold_into_a_sale_parcel_by_parcel(tea: Goods, pot: Goods) -> None:
    stock(tea.variant_id, MAIN=5)
    stock(pot.variant_id, MAIN=1)
    reserve((tea, 3), (pot, 1))
    main = warehouse("MAIN")

    first = inventory.ship(order_id=ORDER, warehouse_id=main, lines=want((tea, 2)), now=NOON)
    second = inventory.ship(order_id=ORDER, warehouse_id=main, lines=want((tea, 1), (pot, 1)), now=NOON)

    assert (first, second) == (2, 2)
    assert [(shelf.on_hand, shelf.held) for shelf in inventory.shelves([tea.variant_id, pot.variant_id])] == [(2, 0), (0, 0)]
    assert inventory.held(ORDER) == ()
    sold = [move for move in inventory.movements().items if move.reason is MoveReason.SOLD]
    assert {(move.variant_id, move.units, move.balance, move.order_id) for move in sold} == {
        (tea.variant_id, -2, 3, ORDER), (tea.variant_id, -1, 2, ORDER), (pot.variant_id, -1, 0, ORDER),
    }  # fmt: skip
    assert [fact["units"] for fact in facts("StockMoved") if fact["reason"] == "sold"] == [-2, -1, -1]
    assert inventory.audit() == []


def test_more_than_is_held_or_from_another_place_is_not_shipped(tea: Goods, pot: Goods) -> None:
    stock(tea.variant_id, MAIN=5, NORTH=5)
    stock(pot.variant_id, MAIN=5)
    reserve((tea, 2), (pot, 1))
    main, north = warehouse("MAIN"), warehouse("NORTH")

    with pytest.raises(HoldGone) as refusal:
        inventory.ship(order_id=ORDER, warehouse_id=main, lines=want((pot, 1), (tea, 3)), now=NOON)
    with pytest.raises(HoldGone):
        inventory.ship(order_id=ORDER, warehouse_id=north, lines=want((tea, 1)), now=NOON)
    with pytest.raises(HoldGone):
        inventory.ship(order_id=OrderId(8), warehouse_id=main, lines=want((tea, 1)), now=NOON)

    assert (refusal.value.variant_id, refusal.value.units, refusal.value.held) == (tea.variant_id, 3, 2)
    assert sum(held.units for held in inventory.held(ORDER)) == 3
    assert [move for move in inventory.movements().items if move.reason is MoveReason.SOLD] == []


def test_returned_pieces_can_be_sold_again(tea: Goods) -> None:
    stock(tea.variant_id, MAIN=1)
    reserve((tea, 1))
    inventory.ship(order_id=ORDER, warehouse_id=warehouse("MAIN"), lines=want((tea, 1)), now=NOON)

    shelf = inventory.put_back(variant_id=tea.variant_id, warehouse_id=warehouse("NORTH"), units=1, order_id=ORDER, now=NOON)

    assert (shelf.on_hand, shelf.available) == (1, 1)
    assert inventory.movements(tea.variant_id).items[0].reason is MoveReason.RETURNED


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
