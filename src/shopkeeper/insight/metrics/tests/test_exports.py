"""The same result as CSV and as a workbook, read back as a spreadsheet reads it."""

import csv
import io
from datetime import date

import openpyxl
import pytest

from shopkeeper.insight.metrics import public as metrics
from shopkeeper.insight.metrics.catalogue import CATALOGUE
from shopkeeper.insight.metrics.shapes import Against, Dimension, Grain, Period
from shopkeeper.insight.metrics.tests.builders import two_weeks_in_march
from shopkeeper.selling.shop.tests.builders import open_shop

pytestmark = pytest.mark.django_db

TUESDAY = Period(date(2026, 3, 3), date(2026, 3, 3))


@pytest.fixture(autouse=True)
def history(tmp_path, settings):
    settings.LAKE_DIR = tmp_path / "lake"
    open_shop()
    two_weeks_in_march()


def read_csv(body: bytes) -> list[list[str]]:
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def read_xlsx(body: bytes) -> dict[str, list[tuple]]:
    book = openpyxl.load_workbook(io.BytesIO(body))
    return {page.title: list(page.iter_rows(values_only=True)) for page in book.worksheets}


def test_csv_holds_every_figure_in_whole_currency_with_its_unit_and_comparison():
    found = metrics.figures(period=TUESDAY, compare=[Against.PREVIOUS, Against.LAST_YEAR])

    headings, *rows = read_csv(metrics.export_csv(found, language="en"))

    assert headings[:5] == ["Metric", "Unit", "2026-03-03", "Previous period 2026-03-02", "Change, %"]
    by_name = {row[0]: row[1:] for row in rows}
    assert len(by_name) == len(CATALOGUE)
    assert by_name["GMV"] == ["GBP", "21.00", "42.00", "-50.00", "no data before 2026-03-02", ""]
    assert by_name["Orders"] == ["number", "3", "2", "50.00", "no data before 2026-03-02", ""]
    assert by_name["Refund rate"][:2] == ["%", "0.00"]


def test_the_workbook_says_the_same_and_what_each_metric_means():
    found = metrics.figures(period=TUESDAY, compare=[Against.PREVIOUS])

    book = read_xlsx(metrics.export_xlsx(found, language="zh-hans"))

    assert list(book) == ["指标", "口径说明"]
    gmv = next(row for row in book["指标"] if row[0] == "成交总额")
    assert gmv == ("成交总额", "GBP", 21, 42, -50)
    definitions = {row[0]: row for row in book["口径说明"][1:]}
    assert set(definitions) == {metric.name.zh for metric in CATALOGUE.values()}
    assert definitions["退款率"][2] == CATALOGUE["refund_rate"].description.zh
    assert definitions["退款率"][5] == "Europe/London"


def test_an_export_shows_what_the_page_shows():
    found = metrics.figures(period=TUESDAY, compare=())

    rows = read_csv(metrics.export_csv(found, language="en"))[1:]
    cells = [row[2] for row in read_xlsx(metrics.export_xlsx(found, language="en"))["Figures"][1:]]

    assert [float(row[2]) for row in rows] == [float(cell) for cell in cells]
    assert [
        round(float(cell) * (1 if figure.metric.unit == "count" else 100)) for cell, figure in zip(cells, found.figures, strict=True)
    ] == [figure.value.amount for figure in found.figures]


def test_a_series_names_its_local_hours_and_says_what_is_unknown():
    period = Period(date(2026, 3, 1), date(2026, 3, 2))

    days = read_csv(metrics.export_csv(metrics.series(metric_id="gmv", period=period, grain=Grain.DAY), language="en"))
    hours = read_csv(metrics.export_csv(metrics.series(metric_id="orders", period=TUESDAY, grain=Grain.HOUR), language="zh-hans"))

    assert days[0] == ["Begins (Europe/London)", "GMV (GBP) 2026-03-01–2026-03-02"]
    assert days[1:] == [["2026-03-01", "no data"], ["2026-03-02", "42.00"]]
    assert hours[1] == ["2026-03-03 00:00 +0000", "1"]
    assert len(hours) == 25


def test_names_given_by_others_are_shown_and_never_become_formulas():
    found = metrics.top(metric_id="net_revenue", dimension=Dimension.PRODUCT, period=Period(date(2026, 3, 2), date(2026, 3, 8)))
    names = {1: '=HYPERLINK("http://x","茶")', 2: "@sum"}

    rows = read_csv(metrics.export_csv(found, language="en", names=names))
    book = metrics.export_xlsx(found, language="en", names=names)

    assert rows[1][:3] == ["1", '\'=HYPERLINK("http://x","茶")', "30.00"]
    assert rows[2][1] == "'@sum"
    assert rows[3][0] == "(none)"
    cell = openpyxl.load_workbook(io.BytesIO(book))["Figures"]["B2"]
    assert (cell.data_type, cell.value) == ("s", names[1])
