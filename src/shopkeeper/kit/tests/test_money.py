from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.kit import money


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (10, [0, 0], [5, 5]),
        (7, [5, 0, 3], [4, 0, 3]),
        (0, [2, 3], [0, 0]),
        (1, [1, 2], [0, 1]),
    ],
)
def test_a_split_follows_the_largest_remainders(total, weights, shares):
    assert money.split(total, weights) == shares


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_shares_always_add_up_and_miss_their_exact_part_by_less_than_one(total, weights):
    shares = money.split(total, weights)

    assert sum(shares) == total
    whole = sum(weights)
    if whole:
        assert all(abs(share * whole - total * weight) < whole for share, weight in zip(shares, weights, strict=True))


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_a_split_without_usable_weights_is_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        money.split(100, weights)


@pytest.mark.parametrize(("gross", "points", "tax"), [(1200, 2000, 200), (999, 2000, 167), (100, 0, 0), (-1200, 2000, -200), (105, 500, 5)])
def test_tax_within_an_amount(gross, points, tax):
    assert money.tax_within(gross, points) == tax


@pytest.mark.parametrize(("amount", "points", "part"), [(999, 2000, 200), (25, 1000, 3), (-25, 1000, -3), (1, 1, 0)])
def test_a_portion_rounds_halves_away_from_zero(amount, points, part):
    assert money.portion(amount, points) == part


@pytest.mark.parametrize(
    ("text", "currency", "minor"), [("2.555", "GBP", 256), ("-2.555", "GBP", -256), ("120", "JPY", 120), ("1.2345", "KWD", 1235)]
)
def test_decimals_become_minor_units_of_their_currency(text, currency, minor):
    assert money.to_minor(Decimal(text), currency) == minor


def test_minor_units_keep_their_digits_as_decimals():
    assert str(money.to_decimal(1050, "GBP")) == "10.50"
    assert str(money.to_decimal(1050, "JPY")) == "1050"
