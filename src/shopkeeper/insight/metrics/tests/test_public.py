"""Figures of a small history, every value worked by hand (see builders.two_weeks_in_march)."""

from datetime import UTC, date, datetime, time

import pytest

from shopkeeper.insight.metrics import public as metrics
from shopkeeper.insight.metrics.shapes import Against, Dimension, DimensionNotAllowed, Gap, Grain, Missing, Period, UnknownMetric, Value
from shopkeeper.insight.metrics.tests.builders import History, line, two_weeks_in_march
from shopkeeper.kit.refusals import OutOfRange
from shopkeeper.selling.shop.tests.builders import open_shop

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY, FRIDAY, SUNDAY = (date(2026, 3, day) for day in (2, 3, 4, 6, 8))
WEEK = Period(MONDAY, SUNDAY)


@pytest.fixture(autouse=True)
def shop(tmp_path, settings):
    settings.LAKE_DIR = tmp_path / "lake"
    return open_shop()


@pytest.fixture
def history():
    two_weeks_in_march()


def amounts(period, **asked):
    found = metrics.figures(period=period, compare=(), **asked)
    return {figure.metric.id: figure.value.amount for figure in found.figures}


def test_sales_count_at_what_buyers_paid_for_goods(history):
    assert amounts(Period(MONDAY, TUESDAY)) == {
        "gmv": 1800 + 2400 + 300 + 600 + 1200,
        "net_revenue": 1500 + 2000 + 250 + 500 + 1000,
        "orders": 5,
        "units": 3 + 4 + 1 + 2 + 1,
        "aov": 1260,
        "spend_per_buyer": 1575,
        "buyers": 4,
        "buyers_new": 4,
        "buyers_returning": 0,
        "refund_rate": 0,
    }


def test_money_that_goes_back_counts_on_its_own_day(history):
    found = metrics.figures(period=Period(WEDNESDAY, FRIDAY), compare=())

    # Cancelled order 5: 500. Refund on order 6: 333, the rest of it on its cancellation: 667. Credit note: 100. Discount: 300.
    assert found["net_revenue"].value == Value(-(500 + 333 + 667 + 100 + 300))
    assert found["gmv"].value == Value(0)
    assert found["refund_rate"].value == Value(None, Missing.NOTHING_SOLD)
    assert found["aov"].value == Value(None, Missing.NOTHING_SOLD)


def test_a_refund_in_another_week_leaves_the_week_of_the_sale_alone(history):
    second_week = Period(date(2026, 3, 9), date(2026, 3, 15))

    assert amounts(WEEK, metrics=["gmv", "net_revenue", "refund_rate"]) == {"gmv": 6300, "net_revenue": 5250 - 1900, "refund_rate": 3048}
    assert amounts(second_week, metrics=["gmv", "net_revenue", "refund_rate"]) == {"gmv": 600, "net_revenue": 0, "refund_rate": 10_000}


def test_an_order_counts_on_the_local_day_of_its_payment(history):
    assert amounts(Period(MONDAY, MONDAY), metrics=["gmv", "orders"]) == {"gmv": 4200, "orders": 2}
    assert amounts(Period(TUESDAY, TUESDAY), metrics=["gmv", "orders"]) == {"gmv": 2100, "orders": 3}


def test_unpaid_and_unpaid_cancelled_orders_count_nowhere(history):
    assert amounts(WEEK, metrics=["units"], only={Dimension.PRODUCT: [1]}) == {"units": 2 + 4 + 1}


def test_new_and_returning_buyers_add_up_and_depend_on_the_period(history):
    wanted = ["buyers", "buyers_new", "buyers_returning"]

    assert amounts(Period(TUESDAY, TUESDAY), metrics=wanted) == {"buyers": 3, "buyers_new": 2, "buyers_returning": 1}
    assert amounts(WEEK, metrics=wanted) == {"buyers": 4, "buyers_new": 4, "buyers_returning": 0}


def test_figures_are_narrowed_by_any_dimension(history):
    def week(only, metric="gmv"):
        return amounts(WEEK, metrics=[metric], only=only)[metric]

    assert week({Dimension.COUNTRY: ["DE"]}) == 2400
    assert week({Dimension.COUNTRY: ["DE", "GB"]}) == 6300
    assert week({Dimension.CHANNEL: ["app"]}, "aov") == 2400
    assert week({Dimension.PRODUCT: [2]}, "net_revenue") == 500 + 250 + 500 - 500 - 100
    assert week({Dimension.CATEGORY: [20], Dimension.COUNTRY: ["DE"]}) == 0


def test_comparisons_stand_beside_the_value_or_say_why_there_is_none(history):
    figure = metrics.figures(period=Period(TUESDAY, TUESDAY), metrics=["gmv"])["gmv"]

    assert figure.value == Value(2100)
    assert (figure.against(Against.PREVIOUS).value, figure.against(Against.PREVIOUS).change) == (Value(4200), -5000)
    for against in (Against.SAME_WEEKDAY, Against.LAST_YEAR):
        assert figure.against(against).value == Value(None, Missing.BEFORE_DATA)
        assert figure.against(against).change is None


def test_a_comparison_that_begins_before_the_first_day_is_unknown_even_if_it_holds_some_data(history):
    figure = metrics.figures(period=Period(TUESDAY, WEDNESDAY), metrics=["gmv"], compare=[Against.PREVIOUS])["gmv"]

    assert figure.against(Against.PREVIOUS).period == Period(date(2026, 3, 1), MONDAY)
    assert figure.against(Against.PREVIOUS).value == Value(None, Missing.BEFORE_DATA)


def test_last_year_is_compared_by_date():
    told = History()
    told.sold("2025-03-03 12:00", 1, line(1, 1, 1, 1000, 0), buyer=1)
    told.sold("2026-03-03 12:00", 2, line(2, 1, 1, 1500, 0), buyer=1)

    figure = metrics.figures(period=Period(TUESDAY, TUESDAY), metrics=["gmv"], compare=[Against.LAST_YEAR])["gmv"]

    assert (figure.value.amount, figure.compared[0].value.amount, figure.compared[0].change) == (1500, 1000, 5000)


def test_a_day_within_the_data_without_trade_is_zero_and_a_day_before_it_unknown(history):
    assert metrics.figures(period=Period(SUNDAY, SUNDAY), metrics=["gmv"], compare=())["gmv"].value == Value(0)
    before = Period(date(2026, 2, 1), date(2026, 2, 28))
    assert metrics.figures(period=before, metrics=["gmv"], compare=())["gmv"].value == Value(None, Missing.BEFORE_DATA)


def test_a_shop_that_has_sold_nothing_knows_no_figure():
    found = metrics.figures(period=WEEK)

    assert metrics.coverage() is None
    assert found.first_day is None
    assert {figure.value for figure in found.figures} == {Value(None, Missing.BEFORE_DATA)}


def test_years_between_old_trade_taken_over_and_the_shops_own_days_are_not_known():
    told = History()
    told.took_over("2010-12-01 08:00", "2011-12-09 12:50")
    told.sold("2010-12-01 08:00", 1, line(1, 1, 1, 1000, 0), buyer=1)
    told.sold("2011-12-09 12:50", 2, line(2, 1, 1, 1000, 0), buyer=1)
    told.is_live = True
    told.sold("2026-03-03 12:00", 3, line(3, 1, 1, 1500, 0), buyer=1)

    found = metrics.figures(period=Period(TUESDAY, TUESDAY), metrics=["gmv"])["gmv"]

    gap = Gap(date(2011, 12, 10), date(2026, 3, 1))
    assert (metrics.coverage(), found.value) == (date(2010, 12, 1), Value(1500))
    # The shop opened on Monday and sold nothing on that day; a year and a week before there was no shop and no file speaks of them.
    assert found.against(Against.PREVIOUS).value == Value(0)
    for against in (Against.SAME_WEEKDAY, Against.LAST_YEAR):
        assert found.against(against).value == Value(None, Missing.BETWEEN_DATA, gap)
        assert found.against(against).change is None


def test_a_period_between_is_unknown_itself_and_one_that_reaches_into_the_data_is_not():
    told = History()
    told.took_over("2010-12-01 08:00", "2011-12-09 12:50")
    told.sold("2011-12-09 12:50", 1, line(1, 1, 1, 1000, 0), buyer=1)
    asked = {"metrics": ["gmv"], "compare": [Against.LAST_YEAR]}

    between = metrics.figures(period=Period(date(2015, 1, 1), date(2015, 1, 31)), **asked)["gmv"]
    december = metrics.figures(period=Period(date(2011, 12, 1), date(2011, 12, 31)), **asked)["gmv"]

    assert between.value == between.compared[0].value == Value(None, Missing.BETWEEN_DATA, Gap(date(2011, 12, 10), date(2026, 3, 1)))
    assert december.value == Value(1000)
    assert december.compared[0].value == Value(0)
    assert metrics.figures(period=Period(date(2010, 1, 1), date(2010, 1, 1)), **asked)["gmv"].value == Value(None, Missing.BEFORE_DATA)


def test_two_files_that_follow_each_other_are_one_stretch_of_data():
    told = History()
    told.took_over("2009-12-01 08:00", "2010-11-30 12:00")
    told.took_over("2010-12-01 08:00", "2011-12-09 12:50")
    told.sold("2010-11-30 12:00", 1, line(1, 1, 1, 1000, 0), buyer=1)

    over_the_join = metrics.figures(period=Period(date(2011, 11, 25), date(2011, 12, 5)), metrics=["gmv"], compare=[Against.LAST_YEAR])

    assert over_the_join["gmv"].compared[0].value == Value(1000)


def test_steps_of_a_series_between_the_data_are_missing_not_zero():
    told = History()
    told.took_over("2026-01-05 08:00", "2026-01-06 12:00")
    told.sold("2026-01-05 08:00", 1, line(1, 1, 1, 1000, 0), buyer=1)

    found = metrics.series(metric_id="gmv", period=Period(date(2026, 1, 4), date(2026, 3, 3)), grain=Grain.DAY)

    values = {point.starts_at.date(): point.value for point in found.points}
    assert values[date(2026, 1, 4)] == Value(None, Missing.BEFORE_DATA)
    assert (values[date(2026, 1, 5)].amount, values[date(2026, 1, 6)].amount) == (1000, 0)
    assert values[date(2026, 1, 7)].missing is values[date(2026, 3, 1)].missing is Missing.BETWEEN_DATA
    assert values[date(2026, 3, 2)].amount == 0


def test_trade_being_taken_over_is_not_known_before_its_last_step():
    told = History()
    told.is_live = False
    told.sold("2010-12-01 08:00", 1, line(1, 1, 1, 1000, 0), buyer=1)

    found = metrics.figures(period=Period(MONDAY, MONDAY), metrics=["gmv"], compare=[Against.LAST_YEAR])["gmv"]

    assert found.value == Value(0)
    assert found.compared[0].value == Value(None, Missing.BEFORE_DATA)


def test_today_is_compared_with_the_same_time_of_day(history):
    now = datetime(2026, 3, 3, 11, tzinfo=UTC)

    figure = metrics.figures(period=metrics.today(now=now), metrics=["gmv"])["gmv"]

    assert figure.value == Value(300)
    assert figure.against(Against.PREVIOUS).period == Period(MONDAY, MONDAY, time(11))
    assert figure.against(Against.PREVIOUS).value == Value(1800)


def test_a_series_knows_zero_from_unknown_from_not_yet(history):
    period = Period(date(2026, 3, 1), WEDNESDAY)

    found = metrics.series(metric_id="gmv", period=period, grain=Grain.DAY, now=datetime(2026, 3, 3, 20, tzinfo=UTC))

    assert [point.value for point in found.points] == [
        Value(None, Missing.BEFORE_DATA), Value(4200), Value(2100), Value(None, Missing.NOT_YET),
    ]  # fmt: skip
    assert found.points[1].starts_at.isoformat() == "2026-03-02T00:00:00+00:00"


def test_a_series_by_hour_puts_trade_into_its_hour(history):
    found = metrics.series(metric_id="orders", period=Period(MONDAY, TUESDAY), grain=Grain.HOUR)

    sold = {point.starts_at.strftime("%d %H"): point.value.amount for point in found.points if point.value.amount}
    assert sold == {"02 10": 1, "02 23": 1, "03 00": 1, "03 12": 2}
    assert len(found.points) == 48


def test_a_buyer_is_new_once_in_a_series(history):
    days = metrics.series(metric_id="buyers_new", period=WEEK, grain=Grain.DAY)
    weeks = metrics.series(metric_id="buyers_new", period=WEEK, grain=Grain.WEEK)

    assert [point.value.amount for point in days.points] == [2, 2, 0, 0, 0, 0, 0]
    assert [point.value.amount for point in weeks.points] == [4]


@pytest.mark.parametrize(("day", "hours"), [("2025-03-30", 23), ("2025-10-26", 25)])
def test_days_on_which_clocks_change_keep_all_their_trade(day, hours):
    told = History()
    for number, at in enumerate(["00:00", "00:59", "03:30", "23:59"], start=1):
        told.sold(f"{day} {at}", number, line(number, 1, 1, 100, 0), buyer=number)
    the_day = date.fromisoformat(day)

    found = metrics.series(metric_id="gmv", period=Period(the_day, the_day), grain=Grain.HOUR)

    assert len(found.points) == hours
    assert sum(point.value.amount for point in found.points) == 400
    assert amounts(Period(the_day, the_day), metrics=["gmv"]) == {"gmv": 400}
    assert metrics.coverage() == the_day


def test_the_largest_come_first_with_their_share(history):
    countries = metrics.top(metric_id="gmv", dimension=Dimension.COUNTRY, period=WEEK)
    products = metrics.top(metric_id="units", dimension=Dimension.PRODUCT, period=WEEK, limit=1)

    assert [(row.key, row.value.amount, row.share) for row in countries.rows] == [("GB", 3900, 6190), ("DE", 2400, 3810)]
    assert [(row.key, row.value.amount) for row in products.rows] == [(1, 7)]
    assert (countries.total, products.total) == (Value(6300), Value(11))


def test_what_has_no_product_is_named_none_and_the_parts_add_up(history):
    found = metrics.top(metric_id="net_revenue", dimension=Dimension.PRODUCT, period=WEEK)

    # Of product 1: 1000 + 2000 + 1000 sold, 333 refunded, 667 cancelled. Of product 2: 1250 sold, 500 cancelled, 100 credited.
    assert [(row.key, row.value.amount) for row in found.rows] == [(1, 3000), (2, 650), (None, -300)]
    assert found.total == Value(3350)


def test_wrong_questions_are_refused_by_name():
    with pytest.raises(UnknownMetric) as unknown:
        metrics.figures(period=WEEK, metrics=["profit"])
    assert (unknown.value.field, unknown.value.value) == ("metric", "profit")
    with pytest.raises(DimensionNotAllowed):
        metrics.top(metric_id="aov", dimension=Dimension.PRODUCT, period=WEEK)
    with pytest.raises(DimensionNotAllowed):
        metrics.figures(period=WEEK, only={Dimension.CATEGORY: [1]})
    with pytest.raises(OutOfRange):
        metrics.top(metric_id="gmv", dimension=Dimension.COUNTRY, period=WEEK, limit=0)
    with pytest.raises(OutOfRange):
        metrics.series(metric_id="gmv", period=Period(date(2000, 1, 1), date(2026, 1, 1)), grain=Grain.DAY)
    with pytest.raises(OutOfRange):
        metrics.series(metric_id="gmv", period=Period(date(2024, 1, 1), date(2026, 1, 1)), grain=Grain.HOUR)
