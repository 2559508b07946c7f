"""A buyer who holds too much unpaid is told what, how much and what to do, in both languages."""

import pytest
from django.utils import translation

from shopkeeper.doors.refusals import explain
from shopkeeper.selling.orders.shapes import TooMuchUnpaid

ORDERS = TooMuchUnpaid(orders=6, units=9, most_orders=5, most_units=10_000)
PIECES = TooMuchUnpaid(orders=2, units=700, most_orders=5, most_units=500)


@pytest.mark.parametrize(
    ("refusal", "language", "problem", "remedy"),
    [
        (ORDERS, "en", "Only 5 orders of one buyer may wait for payment.", "Pay for an order that waits"),
        (PIECES, "en", "may hold at most 500 pieces; with this one they would hold 700.", "Pay for an order that waits"),
        (ORDERS, "zh-hans", "同一买家最多只能有 5 个待付款订单。", "请先付清待付款的订单"),
        (PIECES, "zh-hans", "合计最多占用 500 件，加上这一单就是 700 件。", "请先付清待付款的订单"),
    ],
)
def test_the_buyer_is_told_the_cap_the_figure_and_the_remedy(refusal, language, problem, remedy):
    with translation.override(language):
        said = explain(refusal)

    assert problem in said.problem
    assert said.remedy.startswith(remedy)
