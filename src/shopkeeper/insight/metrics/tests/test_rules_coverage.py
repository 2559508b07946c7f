"""Which days are known: the shop's own from its first one on, and those every file taken over speaks of. What lies between is not known."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.insight.metrics.rules.coverage import Days, joined, reaches, unknown_within
from shopkeeper.insight.metrics.shapes import Gap, Period

OLD = Days(date(2010, 12, 1), date(2011, 12, 9))
OWN = Days(date(2026, 11, 22), None)
KNOWN = (OLD, OWN)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("first", "last", "gap"),
    [
        ("2010-12-01", "2011-12-09", None),
        ("2026-11-22", "2030-01-01", None),
        ("2010-11-30", "2010-12-02", Gap(None, day("2010-11-30"))),
        ("2000-01-01", "2000-01-02", Gap(None, day("2010-11-30"))),
        ("2011-12-09", "2011-12-10", Gap(day("2011-12-10"), day("2026-11-21"))),
        ("2025-11-22", "2025-11-22", Gap(day("2011-12-10"), day("2026-11-21"))),
        ("2026-11-21", "2026-11-22", Gap(day("2011-12-10"), day("2026-11-21"))),
        ("2011-12-01", "2026-12-01", Gap(day("2011-12-10"), day("2026-11-21"))),
    ],
)
def test_a_period_with_a_day_that_is_not_known_names_the_days_without_data(first: str, last: str, gap: Gap | None) -> None:
    assert unknown_within(Period(day(first), day(last)), KNOWN) == gap


def test_after_the_last_day_of_trade_taken_over_nothing_is_known_where_the_shop_has_no_days_of_its_own() -> None:
    assert unknown_within(Period(day("2012-01-01"), day("2012-01-01")), (OLD,)) == Gap(day("2011-12-10"), None)


@pytest.mark.parametrize(("first", "last", "known"), [("2011-12-09", "2012-01-01", True), ("2011-12-10", "2026-11-21", False)])
def test_a_period_reaches_into_what_is_known_by_one_day(first: str, last: str, known: bool) -> None:
    assert reaches(Period(day(first), day(last)), KNOWN) is known


def test_days_that_touch_or_overlap_are_joined() -> None:
    second = Days(date(2011, 12, 10), date(2012, 3, 1))
    third = Days(date(2012, 2, 1), date(2012, 2, 2))

    assert joined([third, OWN, second, OLD]) == (Days(OLD.first, second.last), OWN)
    assert joined([OWN, Days(date(2026, 11, 30), date(2026, 12, 1))]) == (OWN,)
    assert joined([]) == ()


_DAYS = st.dates(date(2026, 1, 1), date(2026, 2, 28))
_SPANS = st.lists(st.tuples(_DAYS, st.one_of(st.none(), st.integers(0, 20))), max_size=5)


@given(spans=_SPANS, asked=st.tuples(_DAYS, st.integers(0, 30)))
def test_a_period_is_known_whole_exactly_where_each_of_its_days_is(spans: list[tuple[date, int | None]], asked: tuple[date, int]) -> None:
    given_days = [Days(first, None if more is None else date.fromordinal(first.toordinal() + more)) for first, more in spans]
    known = joined(given_days)
    period = Period(asked[0], date.fromordinal(asked[0].toordinal() + asked[1]))

    each = [
        any(days.first.toordinal() <= number and (days.last is None or number <= days.last.toordinal()) for days in given_days)
        for number in range(period.first.toordinal(), period.last.toordinal() + 1)
    ]

    assert (unknown_within(period, known) is None) is all(each)
    assert reaches(period, known) is any(each)
