"""Figures over the API are those of the console's first page: one function computes both."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shopkeeper.doors.api.tests.builders import Staff
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.insight.metrics import public as metrics
from shopkeeper.insight.metrics.shapes import Against, Dimension, Grain, Period
from shopkeeper.insight.metrics.tests.builders import History, two_weeks_in_march
from shopkeeper.ops.access.shapes import Role

MONDAY, SUNDAY = date(2026, 3, 2), date(2026, 3, 8)
WEEK = "first=2026-03-02&last=2026-03-08"


@pytest.fixture
def clerk(shop: SmallShop, tmp_path: Path, settings: Any) -> Staff:
    settings.LAKE_DIR = tmp_path / "lake"
    two_weeks_in_march()
    return Staff(Role.CLERK)


def test_every_metric_says_what_it_means(clerk: Staff) -> None:
    listed = clerk.get("staff/metrics").body["items"]

    assert [each["id"] for each in listed] == [each.id for each in metrics.metrics()]
    assert all(each["description"]["en"] and each["description"]["zh"] and each["formula"] for each in listed)


def test_figures_are_those_of_the_room(clerk: Staff) -> None:
    answer = clerk.get(f"staff/metrics/figures?{WEEK}&compare=previous").body

    found = metrics.figures(period=Period(MONDAY, SUNDAY), compare=(Against.PREVIOUS,))
    assert {each["metric"]: each["value"]["amount"] for each in answer["figures"]} == {
        figure.metric.id: figure.value.amount for figure in found.figures
    }
    gmv = answer["figures"][0]
    assert gmv["value"]["currency"] == "GBP"
    assert gmv["value"]["amount"] > 0
    assert gmv["compared"][0]["value"] == {"amount": None, "unit": "money", "currency": "GBP", "missing": "before_data", "gap": None}
    assert answer["first_day"] == "2026-03-02"


def test_days_between_the_data_are_named(clerk: Staff) -> None:
    told = History()
    told.took_over("2010-12-01 08:00", "2011-12-09 12:50")

    gmv = clerk.get("staff/metrics/figures?first=2015-01-01&last=2015-01-31&metric=gmv").body["figures"][0]

    assert gmv["value"]["missing"] == "between_data"
    assert gmv["value"]["gap"] == {"first": "2011-12-10", "last": "2026-03-01"}


def test_figures_can_be_narrowed(clerk: Staff) -> None:
    answer = clerk.get(f"staff/metrics/figures?{WEEK}&metric=gmv&country=FR").body

    only = {Dimension.COUNTRY: ("FR",)}
    found = metrics.figures(period=Period(MONDAY, SUNDAY), metrics=("gmv",), compare=(), only=only)
    assert [each["value"]["amount"] for each in answer["figures"]] == [found["gmv"].value.amount]


def test_a_series_goes_step_by_step(clerk: Staff) -> None:
    answer = clerk.get(f"staff/metrics/orders/series?{WEEK}&grain=day").body

    found = metrics.series(metric_id="orders", period=Period(MONDAY, SUNDAY), grain=Grain.DAY)
    assert [point["value"]["amount"] for point in answer["points"]] == [point.value.amount for point in found.points]
    assert answer["points"][0]["starts_at"] == "2026-03-02T00:00:00Z"


def test_the_largest_are_ranked(clerk: Staff) -> None:
    answer = clerk.get(f"staff/metrics/gmv/top?dimension=product&limit=2&{WEEK}").body

    found = metrics.top(metric_id="gmv", dimension=Dimension.PRODUCT, period=Period(MONDAY, SUNDAY), limit=2)
    assert [(row["key"], row["value"]["amount"]) for row in answer["rows"]] == [(row.key, row.value.amount) for row in found.rows]
    assert len(answer["rows"]) == 2


@pytest.mark.parametrize(
    ("path", "status", "code", "field"),
    [
        ("figures", 422, "invalid", "first"),
        ("figures?first=2026-03-08&last=2026-03-02", 422, "unusable_period", "period"),
        ("figures?first=tomorrow&last=2026-03-02", 422, "invalid", "first"),
        ("figures?first=1772409600&last=2026-03-02", 422, "invalid", "first"),
        ("figures?first=0001-01-01&last=9999-12-31", 422, "invalid", "first"),
        ("figures?first=1970-01-01&last=2200-12-31", 422, "out_of_range", "period"),
        (f"figures?{WEEK}&metric=luck", 404, "unknown_metric", "metric"),
        (f"figures?{WEEK}&metric=gmv&compare=tomorrow", 422, "invalid", "compare.0"),
        (f"luck/series?{WEEK}", 404, "unknown_metric", "metric"),
        (f"gmv/series?{WEEK}&grain=second", 422, "invalid", "grain"),
        (f"gmv/top?{WEEK}", 422, "invalid", "dimension"),
        (f"aov/top?{WEEK}&dimension=product", 422, "dimension_not_allowed", "dimension"),
        (f"gmv/top?{WEEK}&dimension=country&limit=101", 422, "invalid", "limit"),
    ],
)
def test_odd_questions_are_refused(clerk: Staff, path: str, status: int, code: str, field: str) -> None:
    answer = clerk.get(f"staff/metrics/{path}")

    assert (answer.status, answer.code, answer.body["field"]) == (status, code, field)


def test_the_first_and_the_last_day_that_can_be_asked_break_nothing(clerk: Staff) -> None:
    for day in ("1970-01-01", "2200-12-31"):
        for path in (f"figures?first={day}&last={day}&compare=previous&compare=last_year", f"gmv/series?first={day}&last={day}"):
            assert clerk.get(f"staff/metrics/{path}").status == 200, path
