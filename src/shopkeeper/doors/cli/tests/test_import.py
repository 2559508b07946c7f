"""The command that takes trade over: its status, and where the lines it could not read go."""

from __future__ import annotations

import contextlib
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shopkeeper.doors.cli import commands, place, texts
from shopkeeper.doors.cli.refusals import told
from shopkeeper.flows import open_shop
from shopkeeper.flows.import_online_retail import UnreadableFile
from shopkeeper.flows.open_shop import NotTheSample

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


@pytest.mark.parametrize(
    ("language", "said"),
    [("C.UTF-8", "This file was taken over before: nothing in it was new."), ("zh_CN.UTF-8", "这个文件以前导入过：没有新内容。")],
)
def test_a_second_run_of_a_file_says_that_nothing_was_new(tmp_path, capsys, monkeypatch, language, said):
    words = trade(tmp_path, GOOD)
    monkeypatch.setenv("LC_ALL", language)
    texts._translations.cache_clear()
    assert commands.import_online_retail(words) == 0
    assert said not in capsys.readouterr().out

    assert commands.import_online_retail(words) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == said
    assert lines.count(said) == 1


def test_a_file_with_other_columns_is_refused_by_the_names_of_those_it_lacks_also_in_a_shop_of_another_currency(tmp_path, monkeypatch):
    words = trade(tmp_path)
    Path(words.file).write_text("InvoiceNo,Sku,Price\n1,A,2\n")
    open_shop.empty(now=datetime(2011, 1, 1, 12, tzinfo=UTC))

    with pytest.raises(UnreadableFile) as refused:
        commands.import_online_retail(words)

    for language, said in (
        ("C.UTF-8", "The file lacks the columns StockCode, Description,"),
        ("zh_CN.UTF-8", "文件缺少以下列：StockCode, Description,"),
    ):
        monkeypatch.setenv("LC_ALL", language)
        texts._translations.cache_clear()
        assert said in told(refused.value)
        assert "CustomerID, Country" in told(refused.value)


@pytest.mark.parametrize(
    ("language", "said"), [("C.UTF-8", "This is not the sample shop, or not any more"), ("zh_CN.UTF-8", "这不是示例店铺，或已不再是")]
)
def test_emptying_an_emptied_shop_says_that_it_is_not_the_sample_any_more(monkeypatch, language, said):
    now = datetime(2011, 1, 1, 12, tzinfo=UTC)
    open_shop.empty(now=now)

    with pytest.raises(NotTheSample) as refused:
        open_shop.empty(now=now)

    monkeypatch.setenv("LC_ALL", language)
    texts._translations.cache_clear()
    assert said in told(refused.value)
