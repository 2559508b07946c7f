"""What may be asked of an order, until when without a reason, and what a refund settles: numbers worked by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.kit.ids import LineId, OrderId, RequestId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.selling.orders.rules import requesting
from shopkeeper.selling.orders.shapes import (
    AskedUnits,
    Basis,
    NeedsDefect,
    NothingToDo,
    NotToBeAsked,
    OrderState,
    Request,
    RequestDecided,
    RequestKind,
    RequestReason,
    RequestState,
    TooManyUnits,
    Window,
)
from shopkeeper.selling.orders.tests.builders import ADDRESS, NOON, a_line, an_order

OPEN = Window(days=14, last_day=date(2026, 12, 31), is_open=True, law="gb")
CLOSED = Window(days=14, last_day=date(2026, 11, 1), is_open=False, law="gb")
SENT = date(2026, 11, 20)


def to(country, **changes):
    from dataclasses import replace

    sent = (a_line(1, units=1, shipped_units=1),)
    return an_order(sent, address=replace(ADDRESS, country=country), **changes)


def a_request(request_id=1, *lines, kind=RequestKind.RETURN, state=RequestState.WAITING, day=0):
    return Request(
        id=RequestId(request_id), order_id=OrderId(1), kind=kind, state=state, reason=RequestReason.DAMAGED, basis=Basis.DEFECT, note="",
        lines=lines or (AskedUnits(line_id=LineId(1), units=1),), made_at=NOON + timedelta(days=day), decided_at=None, answer="",
        actor_id=None,
    )  # fmt: skip


# ── the days without a reason ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("country", "shop_days", "last", "law"),
    [
        ("CN", 0, date(2026, 12, 2), "cn"),  # 20 November + 5 on the way + 7
        ("DE", 0, date(2026, 12, 9), "eu"),
        ("GB", 0, date(2026, 12, 9), "gb"),
        ("CN", 30, date(2026, 12, 25), "cn"),  # the shop gives more
        ("DE", 3, date(2026, 12, 9), "eu"),  # it cannot give less
        ("US", 30, date(2026, 12, 25), ""),
    ],
)
def test_the_days_are_those_of_the_law_or_more_and_begin_when_the_parcel_should_have_come(country, shop_days, last, law):
    found = requesting.window(to(country), way_days=5, shop_days=shop_days, left_on=SENT, today=SENT)

    assert (found.last_day, found.law, found.is_open) == (last, law, True)


def test_the_last_day_counts_and_the_day_after_does_not():
    def is_open(day):
        return requesting.window(to("CN"), way_days=5, shop_days=0, left_on=SENT, today=day).is_open

    assert is_open(date(2026, 12, 2))
    assert not is_open(date(2026, 12, 3))


def test_without_law_and_without_the_shops_word_there_are_no_days():
    assert not requesting.window(to("US"), way_days=5, shop_days=0, left_on=SENT, today=SENT).is_open


def test_of_an_unknown_way_the_longest_is_thought():
    found = requesting.window(to("GB"), way_days=None, shop_days=0, left_on=SENT, today=SENT)

    assert found.last_day == SENT + timedelta(days=14 + 14)


def test_an_arrival_later_than_thought_counts_and_an_earlier_one_takes_nothing_away():
    def last(came):
        return requesting.window(to("GB"), way_days=5, shop_days=0, left_on=SENT, arrived_on=came, today=SENT).last_day

    assert last(date(2026, 12, 1)) == date(2026, 12, 15)
    assert last(date(2026, 11, 21)) == date(2026, 12, 9)


def test_the_days_do_not_end_while_pieces_are_still_to_be_sent():
    order = an_order((a_line(1, units=2, shipped_units=1),), state=OrderState.SHIPPING)

    found = requesting.window(order, way_days=5, shop_days=0, left_on=SENT, today=date(2027, 12, 1))

    assert (found.last_day, found.is_open) == (None, True)


def test_after_the_days_only_a_defect_is_a_reason():
    with pytest.raises(NeedsDefect):
        requesting.basis(RequestKind.RETURN, RequestReason.CHANGED_MIND, CLOSED)
    assert requesting.basis(RequestKind.RETURN, RequestReason.FAULTY, CLOSED) is Basis.DEFECT
    assert requesting.basis(RequestKind.RETURN, RequestReason.CHANGED_MIND, OPEN) is Basis.FREE
    assert requesting.basis(RequestKind.CANCEL, RequestReason.CHANGED_MIND, CLOSED) is Basis.BEFORE


# ── what may be asked ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_sent_and_is_still_kept_may_go_back_and_what_is_still_here_may_be_cancelled():
    lines = (a_line(1, units=5, shipped_units=3, refunded_units=2, dropped_units=1), a_line(2, units=2, shipped_units=2))

    may = requesting.possible(an_order(lines, state=OrderState.SHIPPING), (), OPEN)

    assert may.to_return == {1: 2, 2: 2}  # of three sent one was refunded; the other refunded one was never sent
    assert may.to_cancel == {1: 1}


@pytest.mark.parametrize("state", [OrderState.PLACED, OrderState.PAID, OrderState.CANCELLED, OrderState.EXPIRED])
def test_before_the_first_parcel_and_after_the_end_there_is_nothing_to_ask(state):
    assert not requesting.possible(an_order(state=state), (), OPEN).anything


def test_pieces_spoken_for_are_not_asked_twice_and_those_of_a_refused_request_are_free():
    order = an_order((a_line(1, units=4, shipped_units=4),), state=OrderState.SHIPPED)
    waits = a_request(1, AskedUnits(line_id=LineId(1), units=1))
    accepted = a_request(2, AskedUnits(line_id=LineId(1), units=2, settled=1), state=RequestState.ACCEPTED)
    refused = a_request(3, AskedUnits(line_id=LineId(1), units=4), state=RequestState.REFUSED)

    assert requesting.possible(order, (waits, accepted, refused), OPEN).to_return == {1: 2}


def test_what_is_asked_must_be_there():
    order = an_order((a_line(1, units=4, shipped_units=2), a_line(2)), state=OrderState.SHIPPING)
    may = requesting.possible(order, (), OPEN)

    assert requesting.wanted(RequestKind.RETURN, None, order, may) == (AskedUnits(line_id=LineId(1), units=2),)
    for wishes, refusal in [
        ([(1, 3)], TooManyUnits), ([(1, -1)], TooManyUnits), ([(2, 1)], TooManyUnits), ([(9, 1)], NotFound), ([(1, 0)], NothingToDo),
        ([], NothingToDo), ([(1, 1), (1, 1)], Malformed),
    ]:  # fmt: skip
        with pytest.raises(refusal):
            requesting.wanted(RequestKind.RETURN, wishes, order, may)
    with pytest.raises(NotToBeAsked):
        requesting.wanted(RequestKind.CANCEL, None, an_order(), requesting.possible(an_order(), (), OPEN))


# ── how it goes on ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_request_moves_in_four_ways_and_in_no_other():
    legal = {
        (RequestState.WAITING, RequestState.ACCEPTED), (RequestState.WAITING, RequestState.REFUSED),
        (RequestState.WAITING, RequestState.WITHDRAWN), (RequestState.ACCEPTED, RequestState.DONE),
    }  # fmt: skip
    for before in RequestState:
        for then in RequestState:
            if (before, then) in legal:
                assert requesting.after(before, then) is then
            else:
                with pytest.raises(RequestDecided):
                    requesting.after(before, then)


def test_a_refund_settles_what_was_accepted_first_then_the_oldest():
    old = a_request(1, AskedUnits(line_id=LineId(1), units=2), day=0)
    accepted = a_request(2, AskedUnits(line_id=LineId(1), units=2, settled=1), state=RequestState.ACCEPTED, day=1)
    other_kind = a_request(3, AskedUnits(line_id=LineId(1), units=9), kind=RequestKind.CANCEL)

    found = requesting.settled([old, accepted, other_kind], [(LineId(1), RequestKind.RETURN, 2)])

    assert [(each.request_id, each.units) for each in found] == [(2, 1), (1, 1)]


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(list(RequestState))), max_size=6), st.integers(0, 12))
def test_a_refund_never_settles_more_than_was_asked_nor_more_than_was_refunded(asked, units):
    requests = [
        a_request(index, AskedUnits(line_id=LineId(1), units=count), state=state, day=index)
        for index, (count, state) in enumerate(asked, start=1)
    ]

    found = requesting.settled(requests, [(LineId(1), RequestKind.RETURN, units)])

    open_units = {each.id: each.units for each in requests if each.holds_units}
    assert sum(each.units for each in found) == min(units, sum(open_units.values()))
    assert all(0 < each.units <= open_units[each.request_id] for each in found)
