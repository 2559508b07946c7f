"""What the commands print, to the figure."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from shopkeeper.doors.cli import tables, texts
from shopkeeper.flows.audit_books import Finding, Report
from shopkeeper.flows.import_online_retail import Reconciliation

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    texts._translations.cache_clear()
    yield
    texts._translations.cache_clear()


def result(**changes: int) -> Reconciliation:
    figures = {
        "rows": 10,
        "accepted": 9,
        "rejected": 1,
        "file_micro": 12_345_678_900,
        "sales_minor": 1_300_000,
        "refunds_minor": 60_000,
        "credit_notes_minor": 10_000,
        "adjustments_minor": 4_000,
        "rejected_micro": 5_678_000,
        "rounding_micro": 900,
        "cancellations": 8,
        "cancellations_found": 6,
        "invoices_with_two_times": 2,
        "below_a_minor": 3,
        "stock_notes": 0,
        "orders": 4,
        "buyers": 3,
        "guests": 1,
        "goods": 7,
    }
    return Reconciliation(**{**figures, **changes})


def test_a_reconciliation_shows_where_every_row_and_every_penny_went():
    lines = tables.reconciliation(result())
    shown = {line.rsplit("  ", 1)[0].strip(): line.rsplit("  ", 1)[1].strip() for line in lines[:-1]}

    assert shown["Rows in the file"] == "10"
    assert shown["Sum of quantity × price in the file"] == "12,345.6789"
    assert shown["sales"] == "13,000.00"
    assert shown["less refunds"] == "-600.00"
    assert shown["Cancelled lines whose order was found"] == "6 / 8 (75.0%)"
    assert shown["Difference"] == "0.00"
    assert lines[-1] == "The reconciliation holds."


def test_a_reconciliation_that_does_not_hold_says_so_last_and_by_how_much():
    lines = tables.reconciliation(result(sales_minor=1_300_001))

    assert lines[-1] == "THE RECONCILIATION DOES NOT HOLD."
    assert lines[-2].split() == ["Difference", "-0.01"]


def test_an_audit_names_every_difference_up_to_fifty():
    found = tuple(Finding(check="sum", subject=f"order:{number}", expected=1, found=2) for number in range(53))
    report = Report(at=NOON, looked_at={"orders": 53}, sums={"paid": 123}, findings=found)

    lines = tables.audit(report)

    assert lines[0].split() == ["orders", "53"]
    assert lines[1].split() == ["paid", "1.23"]
    assert lines[2] == "sum at order:0: expected 1, found 2"
    assert lines[-2:] == ["… and 3 more", "53 differences were found."]
    assert len(lines) == 2 + 50 + 2


def test_columns_line_up_in_chinese_too():
    lines = tables._columns([("订单", "1"), ("Orders", "1,000")])

    assert lines == ["订单        1", "Orders  1,000"]


def test_progress_is_a_bar_on_a_terminal_and_plain_lines_in_a_log():
    terminal, log = Terminal(), io.StringIO()

    for stream in (terminal, log):
        bar = tables.Bar(stream)
        bar("goods", 0, 2)
        bar("done", 2, 2)

    assert log.getvalue() == "· 0/2 goods\n· 2/2 done\n"
    assert terminal.getvalue().count("\r") == 2
    assert terminal.getvalue().endswith("\n")


def test_the_terminals_language_is_followed(monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    texts._translations.cache_clear()

    assert texts.language() == "zh-hans"
    assert tables.reconciliation(result())[-1] == "对账相符。"
