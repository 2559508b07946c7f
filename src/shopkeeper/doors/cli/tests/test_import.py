"""The command that takes trade over: its status, and where the lines it could not read go."""

from __future__ import annotations

import contextlib
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shopkeeper.doors.cli import commands, place, texts
from shopkeeper.flows import open_shop

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
GOOD = "1,22423,REGENCY CAKESTAND 3 TIER,2,2010-12-20 08:26:00,12.75,17850,United Kingdom\n"
BROKEN = "2,22423,REGENCY CAKESTAND 3 TIER,two,2010-12-21 09:00:00,10.95,,France\n"


@pytest.fixture(autouse=True)
def sample_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(place, "shop", contextlib.nullcontext)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    texts._translations.cache_clear()
    open_shop.open_sample(datetime(2011, 1, 1, 12, tzinfo=UTC))
    yield
    texts._translations.cache_clear()


def trade(folder: Path, *rows: str) -> Namespace:
    path = folder / "trade.csv"
    path.write_text(HEADER + "".join(rows))
    return Namespace(file=str(path))


def test_lines_that_cannot_be_read_go_to_a_file_that_is_named(tmp_path, capsys):
    status = commands.import_online_retail(trade(tmp_path, GOOD, BROKEN))

    rejects = tmp_path / "data" / "rejects" / "trade.csv"
    assert status == 0
    assert rejects.read_text().splitlines()[1].startswith("3,Quantity is not a whole number,")
    assert capsys.readouterr().out.splitlines()[-1] == f"The rejected rows, with line number and reason: {rejects}"


def test_without_a_broken_line_there_is_no_such_file(tmp_path, capsys):
    assert commands.import_online_retail(trade(tmp_path, GOOD)) == 0

    assert not (tmp_path / "data" / "rejects").exists()
    assert capsys.readouterr().out.splitlines()[-1] == "The reconciliation holds."
