"""The price a cut is measured against: cases worked by hand from the directive, and what holds for any log."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.selling.pricing.rules.reference import LOOK_BACK, Step, reference_price

START = datetime(2026, 1, 1, tzinfo=UTC)


def log(*steps: tuple[int, int | None]) -> list[Step]:
    return [Step(amount, START + timedelta(days=day)) for day, amount in steps]


@pytest.mark.parametrize(
    ("steps", "reference"),
    [
        pytest.param([(0, 1_000)], None, id="never changed"),
        pytest.param([], None, id="never priced"),
        pytest.param([(0, 1_000), (60, 800)], 1_000, id="one cut"),
        pytest.param([(0, 800), (60, 1_000)], None, id="a rise is no cut"),
        pytest.param([(0, 1_000), (40, 1_500), (60, 900)], 1_000, id="raised before the sale: the lower price within 30 days counts"),
        pytest.param([(0, 1_000), (20, 1_500), (60, 1_200)], 1_500, id="the lower price ended more than 30 days before"),
        pytest.param([(0, 1_000), (30, 1_500), (60, 1_200)], 1_500, id="ended exactly 30 days before: no longer within"),
        pytest.param([(0, 1_000), (31, 1_500), (60, 1_200)], None, id="cheaper within the 30 days than now: nothing to boast of"),
        pytest.param([(0, 1_000), (50, 900), (60, 800)], 900, id="cut twice: measured against the last 30 days before the last cut"),
        pytest.param([(0, 1_000), (50, 800), (55, 1_000), (60, 900)], None, id="was cheaper within the month"),
        pytest.param([(0, 1_000), (50, 900), (55, 900)], 1_000, id="the same price again is no new cut"),
        pytest.param([(0, 1_000), (50, 900), (60, None)], None, id="withdrawn"),
        pytest.param([(0, None), (60, 900)], None, id="first priced after a pause"),
        pytest.param([(0, 1_000), (10, None), (60, 1_200), (70, 900)], 1_200, id="what was not sold counts for nothing"),
    ],
)
def test_a_cut_is_measured_against(steps: list[tuple[int, int | None]], reference: int | None) -> None:
    assert reference_price(log(*steps)) == reference


steps_of_any_kind = st.lists(st.tuples(st.integers(0, 90), st.none() | st.integers(1, 50)), max_size=8)


@given(steps_of_any_kind)
def test_a_reference_is_a_price_of_the_month_before_and_higher_than_now(steps: list[tuple[int, int | None]]) -> None:
    history = log(*sorted(steps, key=lambda step: step[0]))

    reference = reference_price(history)

    if reference is not None:
        now = history[-1].amount_minor
        assert now is not None
        assert reference > now
        assert reference in {step.amount_minor for step in history}


@given(steps_of_any_kind, st.integers(31, 400))
def test_what_ended_before_the_month_began_changes_nothing(steps: list[tuple[int, int | None]], days: int) -> None:
    recent = log(*sorted(steps, key=lambda step: step[0]))
    if not recent:
        return
    older = [Step(1, START - LOOK_BACK - timedelta(days=days)), Step(1_000, START - LOOK_BACK - timedelta(days=1))]

    with_old, with_step_before = reference_price([*older, *recent]), reference_price([older[1], *recent])

    assert with_old == with_step_before
