"""Which units leave from which warehouse: what is held there, never more than is left of the line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.kit.ids import LineId, VariantId, WarehouseId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.selling.inventory.shapes import HeldUnits
from shopkeeper.selling.orders.rules.parcels import pack
from shopkeeper.selling.orders.shapes import NothingToDo, ParcelLine, TooManyUnits
from shopkeeper.selling.orders.tests.builders import a_line, an_order

MAIN, NORTH = WarehouseId(1), WarehouseId(2)


def held(warehouse: WarehouseId, variant: int, units: int) -> HeldUnits:
    return HeldUnits(variant_id=VariantId(variant), warehouse_id=warehouse, units=units)


def wish(line: int, units: int) -> ParcelLine:
    return ParcelLine(line_id=LineId(line), units=units)


def test_all_that_is_left_goes_in_one_parcel_per_warehouse():
    order = an_order([a_line(1, units=5), a_line(2, units=2, shipped_units=1)])

    parcels = pack(order, [held(NORTH, 10, 2), held(MAIN, 10, 3), held(MAIN, 20, 1)])

    assert [(parcel.warehouse_id, parcel.lines) for parcel in parcels] == [(MAIN, (wish(1, 3), wish(2, 1))), (NORTH, (wish(1, 2),))]
    assert parcels[0].goods == (held(MAIN, 10, 3), held(MAIN, 20, 1))


def test_one_warehouse_sends_only_what_it_holds():
    order = an_order([a_line(1, units=5)])

    (parcel,) = pack(order, [held(NORTH, 10, 2), held(MAIN, 10, 3)], warehouse_id=NORTH)

    assert parcel.lines == (wish(1, 2),)


def test_two_lines_of_one_variant_share_what_is_held():
    order = an_order([a_line(1, units=2), a_line(2, units=3, variant_id=VariantId(10))])

    (parcel,) = pack(order, [held(MAIN, 10, 5)])

    assert parcel.lines == (wish(1, 2), wish(2, 3))
    assert parcel.goods == (held(MAIN, 10, 5),)


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ([wish(1, 6)], TooManyUnits),
        ([wish(1, 5)], TooManyUnits),  # five are left of the line, but only four held
        ([wish(1, 0)], OutOfRange),
        ([wish(9, 1)], NotFound),
        ([wish(1, 1), wish(1, 1)], Malformed),
        ([], NothingToDo),
    ],
)
def test_what_cannot_be_sent_is_refused(wanted, refusal):
    with pytest.raises(refusal):
        pack(an_order([a_line(1, units=5)]), [held(MAIN, 10, 4)], wanted=wanted)


def test_an_order_with_nothing_left_has_nothing_to_send():
    with pytest.raises(NothingToDo):
        pack(an_order([a_line(1, units=2, shipped_units=1, dropped_units=1, refunded_units=1)]), [])


@settings(deadline=None)
@given(units=st.integers(1, 50), places=st.lists(st.integers(0, 20), min_size=1, max_size=6))
def test_parcels_never_hold_more_than_is_left_or_held(units, places):
    order = an_order([a_line(1, units=units)])
    shelves = [held(WarehouseId(place), 10, count) for place, count in enumerate(places) if count]
    if not shelves:
        return

    parcels = pack(order, shelves)

    sent = sum(line.units for parcel in parcels for line in parcel.lines)
    assert sent == min(units, sum(places))
    assert all(parcel.goods[0].units <= places[parcel.warehouse_id] for parcel in parcels)
