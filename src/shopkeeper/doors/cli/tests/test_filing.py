"""Whole files from the command line: out, tried, in, back, with a status that says whether all of it went well."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from shopkeeper.doors.cli import filing, main, place, texts
from shopkeeper.flows.tests.builders import SmallShop, small_shop
from shopkeeper.ops.imports.models import SheetRun


@pytest.fixture
def shop(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(place, "shop", contextlib.nullcontext)
    monkeypatch.setattr(place, "refuse_where_none_stands", lambda: None)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    texts._translations.cache_clear()
    yield small_shop()
    texts._translations.cache_clear()


def said(*words: str) -> int:
    given = main.parser().parse_args(["sheet", *words])
    return int(given.run(given))


def test_a_file_goes_out_is_changed_comes_in_and_is_taken_back(shop: SmallShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "stock.csv"
    assert said("export", "stock", "--out", str(file), "--headings", "en") == 0
    file.write_text(file.read_text("utf-8-sig").replace("TEA,MAIN,10", "TEA,MAIN,12"))

    assert said("import", "stock", str(file), "--dry-run") == 0
    assert shop.available("TEA") == 10
    assert "New: 0. Changed: 1. Unchanged: 1. Refused: 0." in capsys.readouterr().out

    assert said("import", "stock", str(file)) == 0
    assert shop.available("TEA") == 12
    number = SheetRun.objects.latest("id").pk
    assert f"shopkeeper sheet undo {number}" in capsys.readouterr().out
    assert said("undo", str(number)) == 0
    assert shop.available("TEA") == 10


def test_refused_rows_give_status_one_and_a_file_beside(shop: SmallShop, tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("SKU,Price\nPOT,1\n")

    assert said("import", "prices", str(file)) == 1

    assert "There is no SKU “POT”" in (tmp_path / "prices-refused.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("C.UTF-8", "There is no file with the number 12. “shopkeeper sheet import” tells it where it has taken a file over; "),
        ("zh_CN.UTF-8", "没有编号为 12 的文件。"),
    ],
)
def test_a_number_that_no_file_has_is_refused_with_where_numbers_stand(shop: SmallShop, language, told, monkeypatch, capsys) -> None:
    monkeypatch.setenv("LC_ALL", language)
    texts._translations.cache_clear()

    assert main.main(["sheet", "undo", "12"]) == 2

    said = capsys.readouterr().err
    assert said.startswith(told)
    assert "shopkeeper sheet import" in said
    assert "address" not in said


def test_every_format_is_written_whole_or_not_at_all(shop: SmallShop, tmp_path: Path) -> None:
    for form in filing.FORMATS:
        assert said("export", "products", "--out", str(tmp_path / f"goods.{form}")) == 0

    assert sorted(each.name for each in tmp_path.iterdir()) == ["goods.csv", "goods.parquet", "goods.xlsx"]
