"""From sums to values and changes."""

import pytest

from shopkeeper.insight.metrics.catalogue import AOV, CATALOGUE, GMV, REFUND_RATE
from shopkeeper.insight.metrics.rules.values import change, rounded, share, value_of
from shopkeeper.insight.metrics.shapes import Missing, Value


@pytest.mark.parametrize(
    ("top", "below", "whole"), [(5, 2, 3), (-5, 2, -3), (4, 3, 1), (5, 3, 2), (-4, 3, -1), (0, 7, 0), (1, 2, 1), (5, -2, -3)]
)
def test_halves_are_rounded_away_from_zero(top, below, whole):
    assert rounded(top, below) == whole


def test_values_are_whole_numbers_of_their_unit():
    assert value_of(GMV, 6300, None) == Value(6300)
    assert value_of(AOV, 6301, 5) == Value(1260)
    assert value_of(REFUND_RATE, 1920, 6300) == Value(3048)


def test_nothing_to_divide_by_is_unknown_not_zero():
    assert value_of(REFUND_RATE, 120, 0) == Value(None, Missing.NOTHING_SOLD)


@pytest.mark.parametrize(
    ("metric", "now", "before", "expected"),
    [(GMV, 2100, 4200, -5000), (GMV, 150, -100, 25000), (GMV, 5, 0, None), (GMV, None, 5, None), (GMV, 5, None, None),
     (REFUND_RATE, 300, 250, 50), (REFUND_RATE, 300, 0, 300)],
)  # fmt: skip
def test_changes_are_relative_and_those_of_ratios_are_differences(metric, now, before, expected):
    assert change(metric, Value(now), Value(before)) == expected


def test_shares_need_a_whole():
    assert share(Value(250), Value(1000)) == 2500
    assert share(Value(250), Value(0)) is None
    assert share(Value(None), Value(5)) is None


def test_every_declaration_is_complete_in_both_languages():
    assert set(CATALOGUE) == {
        "gmv", "net_revenue", "orders", "units", "aov", "spend_per_buyer", "buyers", "buyers_new", "buyers_returning", "refund_rate"
    }  # fmt: skip
    for metric in CATALOGUE.values():
        for text in (metric.name, metric.description, metric.refunds, metric.owner):
            assert text.en, metric.id
            assert any("\u4e00" <= sign <= "\u9fff" for sign in text.zh), metric.id
        assert metric.zone == "shop"
        assert metric.dimensions
