"""The life of an order: every legal move, and every other pair refused."""

import itertools

import pytest

from shopkeeper.selling.orders.rules.states import TRANSITIONS, Act, after, can
from shopkeeper.selling.orders.shapes import OrderState, WrongState

LEGAL = {
    ("placed", "pay"): "paid",
    ("placed", "expire"): "expired",
    ("placed", "cancel"): "cancelled",
    ("expired", "revive"): "paid",
    ("paid", "cancel"): "cancelled",
    ("paid", "ship_part"): "shipping",
    ("paid", "ship_rest"): "shipped",
    ("paid", "refund"): "paid",
    ("paid", "drop_rest"): "cancelled",
    ("shipping", "ship_part"): "shipping",
    ("shipping", "ship_rest"): "shipped",
    ("shipping", "refund"): "shipping",
    ("shipping", "drop_rest"): "shipped",
    ("shipped", "refund"): "shipped",
    ("cancelled", "refund"): "cancelled",
}
PAIRS = list(itertools.product(OrderState, Act))


@pytest.mark.parametrize(("state", "act"), [pair for pair in PAIRS if pair in LEGAL])
def test_every_legal_act_leads_where_it_should(state, act):
    assert after(state, act) == LEGAL[state, act]
    assert can(state, act)


@pytest.mark.parametrize(("state", "act"), [pair for pair in PAIRS if pair not in LEGAL])
def test_every_other_act_is_refused_naming_act_and_state(state, act):
    with pytest.raises(WrongState) as refused:
        after(state, act)

    assert (refused.value.act, refused.value.state) == (act.value, state)
    assert not can(state, act)


def test_the_two_lists_together_are_every_pair():
    assert set(TRANSITIONS) == set(LEGAL)
    assert len(PAIRS) == len(OrderState) * len(Act)


def test_money_that_came_can_always_be_given_back():
    with_money = {state for (_, act), state in TRANSITIONS.items() if act in (Act.PAY, Act.REVIVE)}

    reachable = set(with_money)
    for _ in OrderState:
        reachable |= {then for (state, _), then in TRANSITIONS.items() if state in reachable}

    assert all(can(state, Act.REFUND) for state in reachable)
