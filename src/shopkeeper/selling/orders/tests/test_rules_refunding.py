"""Refunds from stored shares: whatever the portions, a line gives back exactly what was paid for it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.kit.ids import LineId
from shopkeeper.kit.money import split
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.selling.orders.rules import refunding
from shopkeeper.selling.orders.shapes import NothingToDo, RefundWish, TooManyUnits
from shopkeeper.selling.orders.tests.builders import a_line, an_order


@pytest.mark.parametrize(
    ("total", "units", "count", "expected"),
    [(1000, 3, 1, 334), (1000, 3, 2, 667), (1000, 3, 3, 1000), (2, 3, 1, 1), (2, 3, 2, 2), (2, 3, 3, 2), (0, 5, 4, 0), (999, 1, 1, 999)],
)
def test_the_first_units_carry_the_odd_pennies(total, units, count, expected):
    assert refunding.share_of_first(total, units, count) == expected


@settings(deadline=None)
@given(total=st.integers(0, 10**12), units=st.integers(1, 300))
def test_shares_are_those_of_the_largest_remainder(total, units):
    shares = [refunding.share_of_first(total, units, count + 1) - refunding.share_of_first(total, units, count) for count in range(units)]

    assert shares == split(total, [1] * units)
    assert sum(shares) == total


@settings(deadline=None)
@given(st.data())
def test_any_sequence_of_refunds_gives_back_line_and_tax_exactly(data):
    units = data.draw(st.integers(1, 200))
    gross = data.draw(st.integers(0, 10**9))
    tax = data.draw(st.integers(0, gross))
    shipped = data.draw(st.integers(0, units))
    line = a_line(units=units, gross=gross, unit_minor=0, tax_minor=tax, shipped_units=shipped)
    given_back = []

    while line.units_to_refund:
        part = refunding.line_refund(line, data.draw(st.integers(1, line.units_to_refund)), is_restocked=True)
        given_back.append(part)
        line = a_line(
            units=units, gross=gross, unit_minor=0, tax_minor=tax, shipped_units=shipped, refunded_units=line.refunded_units + part.units,
            dropped_units=line.dropped_units + part.dropped_units,
        )  # fmt: skip

    assert sum(part.gross_minor for part in given_back) == gross
    assert sum(part.tax_minor for part in given_back) == tax
    assert sum(part.dropped_units for part in given_back) == units - shipped
    assert sum(part.returned_units for part in given_back) == shipped


def test_units_not_sent_yet_are_given_up_before_sent_ones_come_back():
    line = a_line(units=5, gross=500, shipped_units=3)

    two, four = refunding.line_refund(line, 2, is_restocked=True), refunding.line_refund(line, 4, is_restocked=True)

    assert (two.dropped_units, two.returned_units, two.is_restocked) == (2, 0, False)
    assert (four.dropped_units, four.returned_units, four.is_restocked) == (2, 2, True)


def test_a_refund_adds_lines_and_the_delivery_not_given_back_yet():
    order = an_order([a_line(1, units=3, gross=1_000), a_line(2, units=1, gross=200)], refunded_delivery_minor=95)

    plan = refunding.plan(order, [RefundWish(LineId(1), 2)], with_delivery=True)

    assert (plan.goods_minor, plan.delivery_minor, plan.total_minor) == (667, 300, 967)


def test_the_rest_of_an_order_is_all_that_was_not_given_back():
    order = an_order([a_line(1, units=3, gross=1_000, refunded_units=1), a_line(2, units=1, gross=200, refunded_units=1)])

    plan = refunding.plan_rest(order)

    assert [(line.line_id, line.units, line.gross_minor) for line in plan.lines] == [(1, 2, 666)]
    assert plan.total_minor == 666 + 395


@pytest.mark.parametrize(
    ("wishes", "with_delivery", "refusal"),
    [
        ([RefundWish(LineId(1), 3)], False, TooManyUnits),
        ([RefundWish(LineId(1), 0)], False, OutOfRange),
        ([RefundWish(LineId(1), -1)], False, OutOfRange),
        ([RefundWish(LineId(9), 1)], False, NotFound),
        ([RefundWish(LineId(1), 1), RefundWish(LineId(1), 1)], False, Malformed),
        ([], False, NothingToDo),
    ],
)
def test_what_cannot_be_refunded_is_refused(wishes, with_delivery, refusal):
    with pytest.raises(refusal):
        refunding.plan(an_order(), wishes, with_delivery=with_delivery)


def test_pieces_that_cost_nothing_can_be_given_back_alone_and_beside_others():
    order = an_order([a_line(1), a_line(2, units=1, gross=0)])

    alone = refunding.plan(order, [RefundWish(LineId(2), 1)], with_delivery=False)
    both = refunding.plan(order, [RefundWish(LineId(1), 1), RefundWish(LineId(2), 1)], with_delivery=False)

    assert (len(alone.lines), alone.total_minor) == (1, 0)
    assert (len(both.lines), both.total_minor) == (2, 1_250)


@pytest.mark.parametrize(
    ("units", "gross", "refunded", "expected"),
    [
        (3, 1_000, 0, [(1, 334), (2, 333)]),
        (3, 1_000, 1, [(2, 333)]),
        (2, 2_500, 0, [(2, 1_250)]),
        (3, 2, 0, [(2, 1), (1, 0)]),
        (2, 7, 2, []),
    ],
)
def test_each_piece_left_says_what_it_gives_back(units, gross, refunded, expected):
    runs = refunding.piece_runs(a_line(units=units, gross=gross, refunded_units=refunded))

    assert [(run.units, run.each_minor) for run in runs] == expected


@settings(deadline=None)
@given(st.data())
def test_the_first_pieces_of_the_runs_add_up_to_their_refund(data):
    units, gross = data.draw(st.integers(1, 200)), data.draw(st.integers(0, 10**9))
    line = a_line(units=units, gross=gross, refunded_units=data.draw(st.integers(0, units - 1)))
    wanted = data.draw(st.integers(1, line.units_to_refund))

    pieces = [run.each_minor for run in refunding.piece_runs(line) for _ in range(run.units)]

    assert len(pieces) == line.units_to_refund
    assert sum(pieces[:wanted]) == refunding.line_refund(line, wanted, is_restocked=False).gross_minor


def test_too_many_units_say_how_many_are_left():
    order = an_order([a_line(units=2, refunded_units=1)])

    with pytest.raises(TooManyUnits) as refused:
        refunding.plan(order, [RefundWish(LineId(1), 2)], with_delivery=False)

    assert refused.value.most == 1


def test_delivery_given_back_once_is_nothing_to_give_back_again():
    with pytest.raises(NothingToDo):
        refunding.plan(an_order(refunded_delivery_minor=395), [], with_delivery=True)
