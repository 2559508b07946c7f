"""Stock held for orders, on a real database: how a hold is made and every way it ends."""

from collections.abc import Sequence

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper.kit.ids import OrderId
from shopkeeper.kit.refusals import OutOfRange
from shopkeeper.selling.catalog.shapes import Goods
from shopkeeper.selling.catalog.tests.builders import some_goods
from shopkeeper.selling.inventory import models
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.shapes import (
    HoldGone,
    MoveReason,
    OutOfStock,
)
from shopkeeper.selling.inventory.tests.builders import LATER, NOON, ORDER, facts, reserve, stock, want, warehouse

pytestmark = pytest.mark.django_db


def by_place(held: Sequence[object]) -> dict[tuple[int, int], int]:
    return {(each.variant_id, each.warehouse_id): each.units for each in held}  # type: ignore[attr-defined]


# ── holding ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_many_orders_hold_is_read_at_once(tea: Goods) -> None:
    stock(tea.variant_id, MAIN=2, NORTH=5)
    first, second = reserve((tea, 3)), reserve((tea, 1), order_id=OrderId(8))

    assert inventory.held_for([ORDER, OrderId(8), OrderId(9)]) == {ORDER: first.units, OrderId(8): second.units}
    assert inventory.held_for([ORDER])[ORDER] == inventory.held(ORDER)
    assert inventory.held_for([]) == {}


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


def test_a_paid_order_keeps_its_goods(tea: Goods) -> None:
    stock(tea.variant_id, MAIN=2)
    reserve((tea, 2))

    assert inventory.confirm_hold(order_id=ORDER) == 2
    assert list(models.Hold.objects.values_list("until", flat=True)) == [None]
    assert inventory.available([tea.variant_id])[tea.variant_id] == 0


def test_a_payment_that_comes_after_the_release_is_told_so(tea: Goods) -> None:
    stock(tea.variant_id, MAIN=2)
    reserve((tea, 2))
    inventory.release(order_id=ORDER, reason="expired", now=LATER)

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
