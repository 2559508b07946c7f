"""The command that compares a provider's statement with the shop's payments: what it prints, and its status."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from shopkeeper.doors.cli import main, place, texts
from shopkeeper.selling.payments.adapters.alipay import out_trade_no
from shopkeeper.selling.payments.adapters.fakes import statement_files as files
from shopkeeper.selling.payments.tests.builders import a_stored_payment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(place, "shop", contextlib.nullcontext)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    texts._translations.cache_clear()
    yield
    texts._translations.cache_clear()


def run(folder: Path, data: bytes, provider: str = "alipay") -> int:
    path = folder / "bill.csv"
    path.write_bytes(data)
    return main.main(["reconcile", str(path), "--provider", provider])


def test_a_statement_that_fits_ends_with_status_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    a_stored_payment("pay_a")

    status = run(tmp_path, files.alipay(files.alipay_row("1", out_trade_no("pay_a"), "16.45", fee="-0.10")))

    said = capsys.readouterr().out
    assert status == 0
    assert "The statement fits." in said
    assert "16.45" in said
    assert "0.10" in said


def test_a_difference_ends_with_status_1_and_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    status = run(tmp_path, files.alipay(files.alipay_row("1", "pay_0a", "16.45")))

    said = capsys.readouterr().out
    assert status == 1
    assert "only in the statement" in said
    assert "1 differences" in said


def test_the_same_file_again_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for _ in range(2):
        run(tmp_path, files.alipay())

    assert "read before" in capsys.readouterr().out


def test_what_is_no_statement_ends_with_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, b"date,amount\n") == 2
    assert main.main(["reconcile", str(tmp_path / "nowhere.csv"), "--provider", "alipay"]) == 2
    assert "nowhere.csv" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("provider", "data", "language", "told"),
    [
        ("alipay", b"date,amount\n", "C.UTF-8", "The file lacks the columns “支付宝交易号”, “商户订单号”, “业务类型”,"),
        ("alipay", b"date,amount\n", "zh_CN.UTF-8", "文件缺少以下列：“支付宝交易号”、“商户订单号”、“业务类型”、"),
        ("wechat", b"", "C.UTF-8", "The file lacks the columns “交易时间”,"),
        ("stripe", b"date,amount\n", "C.UTF-8", "The file lacks the columns “balance_transaction_id”, “reporting_category”, “fee”,"),
        ("alipay", b"PK\xff\xff\xff", "C.UTF-8", "This is not a file of rows. Choose the CSV file as the provider gives it"),
    ],
)
def test_what_is_no_statement_is_refused_by_the_columns_it_lacks(*, provider, data, language, told, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", language)
    texts._translations.cache_clear()

    assert run(tmp_path, data, provider) == 2

    said = capsys.readouterr().err
    assert told in said
    assert "does not work as" not in said
    assert "is missing" not in said
