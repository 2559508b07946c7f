"""Which units leave from which warehouse: what is held there, never more than is left of the line."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.kit.ids import LineId, VariantId, WarehouseId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.inventory.shapes import HeldUnits
from shopkeeper.selling.orders.rules.parcels import pack
from shopkeeper.selling.orders.shapes import LinePart, NothingToDo, OrderLine, ParcelLine, ParcelPart, PartId, TooManyUnits
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


# ── bundles ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def a_set(line_id: int = 3, *, units: int, pots: int = 1, cups: int = 2) -> OrderLine:
    """Return a line of bundles of variants 10 (pots) and 20 (cups)."""
    parts = tuple(
        LinePart(
            id=PartId(100 * line_id + place), variant_id=VariantId(10 * place), product_id=place, category_id=None, sku=f"SKU{place}",
            name=Bilingual("Part", "件"), units=count, gross_minor=0, tax_minor=0,
        )
        for place, count in ((1, pots), (2, cups))
    )  # fmt: skip
    return a_line(line_id, units=units, parts=parts)


def test_a_bundle_leaves_from_a_warehouse_that_has_all_of_it():
    order = an_order([a_line(2, units=2), a_set(units=1)])

    parcels = pack(order, [held(MAIN, 10, 1), held(MAIN, 20, 2), held(NORTH, 20, 2)])

    assert [(parcel.warehouse_id, parcel.lines) for parcel in parcels] == [(MAIN, (wish(3, 1),)), (NORTH, (wish(2, 2),))]
    assert parcels[0].parts == (ParcelPart(part_id=PartId(301), units=1), ParcelPart(part_id=PartId(302), units=2))


def test_a_bundle_that_lies_apart_leaves_from_everywhere_and_counts_with_the_last():
    parcels = pack(an_order([a_set(units=1)]), [held(MAIN, 10, 1), held(MAIN, 20, 1), held(NORTH, 20, 1)])

    assert [parcel.lines for parcel in parcels] == [(), (wish(3, 1),)]
    assert [parcel.goods for parcel in parcels] == [(held(MAIN, 10, 1), held(MAIN, 20, 1)), (held(NORTH, 20, 1),)]


def test_one_warehouse_does_not_send_half_a_bundle():
    shelves = [held(MAIN, 10, 1), held(NORTH, 20, 2)]

    with pytest.raises(NothingToDo):
        pack(an_order([a_set(units=1)]), shelves, warehouse_id=MAIN)
    with pytest.raises(TooManyUnits):
        pack(an_order([a_set(units=1)]), shelves, warehouse_id=MAIN, wanted=[wish(3, 1)])


@settings(deadline=None)
@given(
    sets=st.integers(0, 9),
    held_by_one=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    singles=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    cuts=st.lists(st.integers(0, 40), min_size=4, max_size=4),
)
def test_whatever_lies_where_all_of_an_order_leaves_and_every_bundle_whole(sets, held_by_one, singles, cuts):
    (pots, cups), (single_pots, single_cups) = held_by_one, singles
    lines = [a_line(1, units=single_pots), a_line(2, units=single_cups)] if single_pots and single_cups else []
    lines += [a_set(units=sets, pots=pots, cups=cups)] if sets else []
    if not lines:
        return
    need = {10: sets * pots, 20: sets * cups}
    if len(lines) > 1 or not sets:
        need = {10: need[10] + single_pots, 20: need[20] + single_cups}
    shelves = []
    for variant, total in need.items():
        left = total
        for house, cut in enumerate(cuts[:3], start=1):
            shelves.append(held(WarehouseId(house), variant, min(left, (cut * variant) % 13)))
            left -= shelves[-1].units
        shelves.append(held(WarehouseId(4), variant, left))

    parcels = pack(an_order(lines), shelves)

    sent, packed = Counter(), Counter()
    for parcel in parcels:
        sent.update({line.line_id: line.units for line in parcel.lines})
        packed.update({goods.variant_id: goods.units for goods in parcel.goods})
        for goods in parcel.goods:
            lies = [each.units for each in shelves if (each.warehouse_id, each.variant_id) == (parcel.warehouse_id, goods.variant_id)]
            assert goods.units <= sum(lies)
    assert sent == {line.id: line.units for line in lines}
    assert packed == {variant: units for variant, units in need.items() if units}
    assert parcels[-1].lines
