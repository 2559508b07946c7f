"""Days and hours of the shop's zone as stretches of time, with the days on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.insight.metrics.rules.periods import earlier, local_time, starts_at, steps, stretch
from shopkeeper.insight.metrics.shapes import Against, Grain, Period, UnusablePeriod
from shopkeeper.kit.time import from_microseconds, to_microseconds

LONDON, SHANGHAI, APIA = "Europe/London", "Asia/Shanghai", "Pacific/Apia"
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
HOUR = timedelta(hours=1)


def length(period: Period, zone: str) -> timedelta:
    found = stretch(period, zone)
    return from_microseconds(found.end_us) - from_microseconds(found.start_us)


@pytest.mark.parametrize(("day", "zone", "hours"), [(SPRING, LONDON, 23), (AUTUMN, LONDON, 25), (SPRING, SHANGHAI, 24)])
def test_a_day_is_as_long_as_its_zone_makes_it(day, zone, hours):
    assert length(Period(day, day), zone) == hours * HOUR
    assert len(steps(Period(day, day), Grain.HOUR, zone)) == hours


def test_days_begin_at_local_midnight():
    found = stretch(Period(date(2026, 7, 1), date(2026, 7, 1)), SHANGHAI)

    assert from_microseconds(found.start_us) == datetime(2026, 6, 30, 16, tzinfo=UTC)


def test_a_day_so_far_is_compared_with_the_same_local_time_across_a_clock_change():
    period = Period(date(2026, 3, 30), date(2026, 3, 30), time(9, 30))

    found = stretch(earlier(period, Against.SAME_WEEKDAY), LONDON)

    assert from_microseconds(stretch(period, LONDON).end_us) == datetime(2026, 3, 30, 8, 30, tzinfo=UTC)
    assert from_microseconds(found.end_us) == datetime(2026, 3, 23, 9, 30, tzinfo=UTC)


def test_the_hour_that_comes_twice_is_told_apart():
    again = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 01:30 for the second time in London

    found = stretch(Period(AUTUMN, AUTUMN, local_time(again, LONDON)), LONDON)

    assert from_microseconds(found.end_us) == again


@pytest.mark.parametrize(
    ("first", "last", "against", "then"),
    [
        (date(2026, 3, 3), date(2026, 3, 3), Against.PREVIOUS, (date(2026, 3, 2), date(2026, 3, 2))),
        (date(2026, 3, 3), date(2026, 3, 3), Against.SAME_WEEKDAY, (date(2026, 2, 24), date(2026, 2, 24))),
        (date(2026, 3, 2), date(2026, 3, 8), Against.SAME_WEEKDAY, (date(2026, 2, 23), date(2026, 3, 1))),
        (date(2026, 3, 1), date(2026, 3, 30), Against.PREVIOUS, (date(2026, 1, 30), date(2026, 2, 28))),
        (date(2026, 3, 1), date(2026, 3, 30), Against.SAME_WEEKDAY, (date(2026, 1, 25), date(2026, 2, 23))),
        (date(2026, 3, 1), date(2026, 3, 31), Against.LAST_YEAR, (date(2025, 3, 1), date(2025, 3, 31))),
        (date(2028, 2, 29), date(2028, 2, 29), Against.LAST_YEAR, (date(2027, 2, 28), date(2027, 2, 28))),
    ],
)
def test_what_a_period_is_compared_with(first, last, against, then):
    assert earlier(Period(first, last), against) == Period(*then)


def test_weeks_begin_on_monday_and_parts_stay_parts():
    found = steps(Period(date(2026, 3, 4), date(2026, 3, 17)), Grain.WEEK, LONDON)

    assert [starts_at(step, LONDON).date() for step in found] == [date(2026, 3, 4), date(2026, 3, 9), date(2026, 3, 16)]


def test_months_begin_on_the_first():
    found = steps(Period(date(2026, 1, 15), date(2026, 3, 1)), Grain.MONTH, LONDON)

    assert [starts_at(step, LONDON).date() for step in found] == [date(2026, 1, 15), date(2026, 2, 1), date(2026, 3, 1)]


@given(st.dates(date(2011, 1, 1), date(2030, 1, 1)), st.integers(0, 60), st.sampled_from(Grain), st.sampled_from([LONDON, SHANGHAI, APIA]))
def test_steps_cover_the_period_without_gap_or_overlap(first, days, grain, zone):
    period = Period(first, first + timedelta(days=days))

    found = steps(period, grain, zone)

    whole = stretch(period, zone)
    assert found[0].start_us == whole.start_us
    assert found[-1].end_us == whole.end_us
    assert all(one.end_us == two.start_us for one, two in pairwise(found))
    assert all(step.start_us < step.end_us for step in found if zone != APIA)


def test_a_period_so_far_has_no_steps_after_its_end():
    period = Period(date(2026, 3, 3), date(2026, 3, 3), time(2, 30))

    found = steps(period, Grain.HOUR, LONDON)

    assert len(found) == 3
    assert found[-1].end_us == to_microseconds(datetime(2026, 3, 3, 2, 30, tzinfo=UTC))


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(UnusablePeriod) as refused:
        Period(date(2026, 3, 3), date(2026, 3, 2))

    assert refused.value.field == "period"
