"""Every figure of the sample shop, recomputed from the source file by a query that shares nothing with the importer or the lake."""

from datetime import UTC, date, datetime

import duckdb
import pytest

from shopkeeper.events import dispatch
from shopkeeper.flows import open_shop
from shopkeeper.insight.metrics import public as metrics
from shopkeeper.insight.metrics.shapes import Against, Dimension, Grain, Missing, Period
from shopkeeper.wiring.reactions import REACTIONS

THE_LAST_EVENING = datetime(2011, 9, 30, 21, 0, tzinfo=UTC)

SOURCE = """
CREATE TABLE line AS
SELECT upper(InvoiceNo) AS invoice, upper(StockCode) AS code, Quantity AS units, min(InvoiceDate) OVER (PARTITION BY InvoiceNo) AS moment,
       CAST(UnitPrice AS DECIMAL(18, 6)) AS price, CustomerID AS customer, Country AS country,
       CAST(round(CAST(Quantity AS DECIMAL(18, 0)) * CAST(UnitPrice AS DECIMAL(18, 6)) * 100, 0) AS BIGINT) AS minor,
       bool_or(UnitPrice <> 0) OVER (PARTITION BY InvoiceNo) AS invoice_has_money
FROM read_parquet($source);
CREATE TABLE goods AS
SELECT *, coalesce('c' || customer, 'i' || invoice) AS buyer FROM line
WHERE NOT (code IN ('POST', 'DOT', 'C2', 'M', 'S', 'D', 'AMAZONFEE', 'BANK CHARGES', 'CRUK', 'B')
           OR code LIKE 'GIFT\\_%' ESCAPE '\\' OR price < 0)
  AND NOT (price = 0 AND (units < 0 OR (customer IS NULL AND NOT invoice_has_money)));
CREATE TABLE discount AS SELECT * FROM line WHERE code = 'D';
"""
FIGURES = """
WITH sold AS (SELECT * FROM goods WHERE units > 0 AND moment::DATE BETWEEN $first AND $last),
     back AS (SELECT * FROM goods WHERE units < 0 AND moment::DATE BETWEEN $first AND $last),
     debut AS (SELECT buyer, min(moment)::DATE AS day FROM goods WHERE units > 0 GROUP BY buyer)
SELECT (SELECT coalesce(sum(minor), 0) FROM sold),
       (SELECT coalesce(-sum(minor), 0) FROM back),
       (SELECT coalesce(sum(minor), 0) FROM discount WHERE moment::DATE BETWEEN $first AND $last),
       (SELECT count(DISTINCT invoice) FROM sold),
       (SELECT coalesce(sum(units), 0) FROM sold),
       (SELECT count(DISTINCT buyer) FROM sold),
       (SELECT count(*) FROM debut WHERE day BETWEEN $first AND $last)
"""


@pytest.fixture(scope="module")
def source():
    connection = duckdb.connect()
    for statement in SOURCE.split(";"):
        if statement.strip():
            connection.execute(statement, {"source": str(open_shop.SAMPLE)} if "$source" in statement else None)
    return connection


@pytest.fixture
def shop(transactional_db, settings, tmp_path):
    settings.LAKE_DIR = tmp_path / "lake"
    result = open_shop.sample(now=THE_LAST_EVENING)
    assert result.holds, result
    assert dispatch.dispatch_all(REACTIONS, now=THE_LAST_EVENING) > 4_000
    return result


def expected(source, first: date, last: date) -> dict[str, int | None]:
    gmv, returned, discounts, orders, units, buyers, new = source.execute(FIGURES, {"first": first, "last": last}).fetchone()
    return {
        "gmv": gmv,
        "net_revenue": gmv - returned + discounts,
        "orders": orders,
        "units": units,
        "aov": _ratio(gmv, orders),
        "spend_per_buyer": _ratio(gmv, buyers),
        "buyers": buyers,
        "buyers_new": new,
        "buyers_returning": buyers - new,
        "refund_rate": _ratio(returned * 10_000, gmv),
    }


def _ratio(above: int, below: int) -> int | None:
    return (2 * above + below) // (2 * below) if below else None


PERIODS = [
    (date(2010, 12, 1), date(2011, 9, 30)),
    (date(2011, 9, 1), date(2011, 9, 30)),
    (date(2011, 3, 21), date(2011, 3, 31)),  # across the change of the clock
    (date(2011, 9, 30), date(2011, 9, 30)),
    (date(2011, 9, 24), date(2011, 9, 24)),  # a Saturday: the shop was closed
]


def test_every_figure_agrees_with_the_source_file(shop, source):
    # Opening the shop takes longest, so one shop answers all three questions.
    each_figure_agrees(source)
    comparisons_agree_and_say_where_there_is_no_data(source)
    parts_add_up_to_the_whole(source)


def each_figure_agrees(source):
    for first, last in PERIODS:
        wanted = expected(source, first, last)

        found = {figure.metric.id: figure.value.amount for figure in metrics.figures(period=Period(first, last)).figures}

        assert found == wanted, (first, last)


def comparisons_agree_and_say_where_there_is_no_data(source):
    found = metrics.figures(period=Period(date(2011, 9, 19), date(2011, 9, 25)))

    before = expected(source, date(2011, 9, 12), date(2011, 9, 18))
    for figure in found.figures:
        by_kind = {each.against: each.value for each in figure.compared}
        assert by_kind[Against.PREVIOUS].amount == before[figure.metric.id]
        assert by_kind[Against.SAME_WEEKDAY].amount == before[figure.metric.id]
        assert by_kind[Against.LAST_YEAR].missing is Missing.BEFORE_DATA
    assert found.first_day == date(2010, 12, 1)


def parts_add_up_to_the_whole(source):
    period = Period(date(2011, 8, 1), date(2011, 8, 31))
    whole = expected(source, period.first, period.last)

    days = metrics.series(metric_id="gmv", period=period, grain=Grain.DAY)
    countries = metrics.top(metric_id="gmv", dimension=Dimension.COUNTRY, period=period, limit=100)
    goods = metrics.top(metric_id="gmv", dimension=Dimension.PRODUCT, period=period, limit=1_000)

    assert sum(point.value.amount for point in days.points) == whole["gmv"]
    assert sum(row.value.amount for row in countries.rows) == whole["gmv"]
    best_code = source.execute(
        """SELECT max(minor)
           FROM (SELECT code, sum(minor) AS minor FROM goods WHERE units > 0 AND moment::DATE BETWEEN ? AND ? GROUP BY code)""",
        [period.first, period.last],
    ).fetchone()[0]
    assert goods.rows[0].value.amount == best_code


def test_the_query_over_the_source_would_notice_one_missing_line(source):
    first, last = PERIODS[0]
    whole = expected(source, first, last)

    source.execute("BEGIN")
    source.execute("DELETE FROM goods WHERE rowid = (SELECT min(rowid) FROM goods WHERE units > 0 AND minor > 0)")
    short = expected(source, first, last)
    source.execute("ROLLBACK")

    assert short["gmv"] < whole["gmv"]
