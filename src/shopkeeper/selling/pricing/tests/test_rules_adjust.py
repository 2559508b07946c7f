"""What many prices become at once: by share or amount, rounded once to the step that was said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.selling.pricing.rules.adjust import raised_by_amount, raised_by_share


@pytest.mark.parametrize(
    ("amount", "share", "step", "wanted"),
    [
        (1_000, 1_000, 1, 1_100),
        (1_000, -1_000, 1, 900),
        (999, 500, 1, 1_049),  # 1,048.95
        (1_045, 1_000, 5, 1_150),  # 1,149.5
        (1_045, 1_000, 100, 1_100),
        (1_250, -5_000, 50, 650),  # 625: half way between 600 and 650 goes up
        (1_000, 0, 1, 1_000),
        (3, -9_900, 1, 0),
        (10**12, 1, 1, 1_000_100_000_000),
    ],
)
def test_a_share_is_rounded_once_to_the_nearest_step(amount: int, share: int, step: int, wanted: int) -> None:
    assert raised_by_share(amount, share, step_minor=step) == wanted


@pytest.mark.parametrize(
    ("amount", "by", "step", "wanted"),
    [
        (1_000, 50, 1, 1_050),
        (1_000, -50, 1, 950),
        (1_003, 50, 5, 1_055),
        (1_002, 50, 5, 1_050),
        (100, -300, 1, -200),
        (1_049, 1, 100, 1_100),
    ],
)
def test_an_amount_is_added_and_rounded(amount: int, by: int, step: int, wanted: int) -> None:
    assert raised_by_amount(amount, by, step_minor=step) == wanted


@given(st.integers(1, 10**12), st.integers(-9_999, 100_000), st.sampled_from([1, 5, 10, 50, 100]))
def test_the_result_is_a_multiple_of_the_step_and_no_other_is_nearer(amount: int, share: int, step: int) -> None:
    found = raised_by_share(amount, share, step_minor=step)

    assert found % step == 0
    # In ten-thousandths of a minor unit, so that nothing is rounded here.
    assert abs(found * 10_000 - amount * (10_000 + share)) * 2 <= step * 10_000
