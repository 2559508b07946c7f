"""What the commands print, to the figure."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shopkeeper.doors.cli import tables, texts
from shopkeeper.flows import audit_books
from shopkeeper.flows.audit_books import Finding, Report
from shopkeeper.flows.import_online_retail import Reconciliation, load
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.payments import public as payments

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


@pytest.fixture
def chinese(monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    texts._translations.cache_clear()


def every_check() -> set[str]:
    """Return the code of every check an audit can name, read from the rooms that make them."""
    rooms = [Path(audit_books.__file__).read_text(), Path(payments.__file__).with_name("books.py").read_text()]
    written = {code for text in rooms for code in re.findall(r'check="(\w+)"', text)}
    return written | {check.name for check in orders.CHECKS} | {f"stock_{what}" for what in ("on_hand", "held", "balance")}


def audited() -> Report:
    looked_at = {"orders": 1, "orders_with_payments": 1, "orders_holding_stock": 1}
    found = tuple(Finding(check=check, subject="order:7", expected=1, found=2) for check in sorted(every_check()))
    return Report(at=NOON, looked_at=looked_at, sums=audit_books._sums({}, {}), findings=found)


@pytest.mark.usefixtures("chinese")
def test_every_row_and_check_of_an_audit_is_told_in_chinese():
    lines = tables.audit(audited())

    assert len(every_check()) >= 17
    assert [line for line in lines if re.search("[a-z]{2}", line.replace("order:7", ""))] == []
    assert lines[0].split() == ["订单", "1"]
    assert "order:7 的“预留库存等于待发件数”：应为 1，实为 2" in lines


def test_every_row_and_check_of_an_audit_is_told_in_plain_english():
    lines = tables.audit(audited())

    assert [line for line in lines if "_" in line] == []
    assert lines[0].split() == ["orders", "1"]
    assert "held is what is to be sent at order:7: expected 1, found 2" in lines


@pytest.mark.usefixtures("chinese")
def test_a_check_without_words_is_told_by_its_code():
    report = Report(at=NOON, looked_at={}, sums={}, findings=(Finding(check="new_one", subject="order:7", expected=1, found=2),))

    assert tables.audit(report)[0] == "order:7 的“new one”：应为 1，实为 2"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("C.UTF-8", ["goods", "buyers", "orders 1/2", "refunds", "credit notes", "adjustments", "search", "reconciliation"]),
        ("zh_CN.UTF-8", ["商品", "买家", "订单 1/2", "退款", "贷记单", "费用与调整", "搜索", "对账"]),
    ],
)
def test_the_steps_of_an_import_are_told_in_the_terminals_language(monkeypatch, language, told):
    monkeypatch.setenv("LC_ALL", language)
    texts._translations.cache_clear()
    log = io.StringIO()
    bar = tables.Bar(log)

    for name in ("goods", "buyers", "orders 1/2", "refunds", "credit notes", "adjustments", "search", "reconciliation"):
        bar(name, 0, 8)

    assert log.getvalue().splitlines() == [f"· 0/8 {name}" for name in told]


def test_the_bar_has_words_for_every_step_there_is():
    written = re.findall(r'Step\(f?"([a-z ]+?)(?: \{.*?)?"', Path(load.__file__).read_text())

    assert len(written) == 8
    assert set(written) | {"reconciliation"} == set(tables.STEPS)
