"""What cells say: numbers as people write them, and marks that keep a cell from being run, taken off again exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.flows.sheets import values
from shopkeeper.flows.sheets.fields import fields, plain, proposed
from shopkeeper.flows.sheets.refusals import AmbiguousNumber, OtherCurrency, kept, restored
from shopkeeper.kit.refusals import Malformed, OutOfRange
from shopkeeper.ops.imports.shapes import SheetKind


@pytest.mark.parametrize(
    ("cell", "minor"),
    [
        ("12", 1_200), ("12.5", 1_250), ("£12.50", 1_250), ("12,50", 1_250), ("1,234.50", 123_450), ("1.234,50", 123_450),
        ("1 234.50", 123_450), ("1\u00a0234,50", 123_450), ("1'234.50", 123_450), ("1,234", 123_400), ("1,234,567", 123_456_700),
        ("GBP 9.99", 999), ("9.99 gbp", 999), ("１２．５", 1_250),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(cell: str, minor: int) -> None:
    assert values.amount(cell, "GBP") == minor


@pytest.mark.parametrize("cell", ["1.234", "12.345", "1.000", "250.000"])
def test_what_can_be_read_in_two_ways_is_refused(cell: str) -> None:
    with pytest.raises(AmbiguousNumber):
        values.amount(cell, "GBP")


@pytest.mark.parametrize("cell", ["1,23,4", "12.50.1", "1e5", "--1", "2026-01-02", "2026-01-02 00:00:00", "twelve", "0.999", "", "1,2.3,4"])
def test_what_is_no_amount_is_refused_by_name(cell: str) -> None:
    with pytest.raises(Malformed) as wrong:
        values.amount(cell, "GBP")

    assert wrong.value.field == "price"


@pytest.mark.parametrize(("cell", "currency"), [("€5", "GBP"), ("5 USD", "GBP"), ("¥5", "GBP"), ("5元", "GBP"), ("£5", "CNY")])
def test_another_currency_is_refused(cell: str, currency: str) -> None:
    with pytest.raises(OtherCurrency):
        values.amount(cell, currency)


def test_the_shop_s_own_sign_is_read() -> None:
    assert [values.amount(cell, "CNY") for cell in ("¥5", "5元", "￥5.20", "CNY 5")] == [500, 500, 520, 500]
    assert values.amount("1,234", "JPY") == 1_234


@pytest.mark.parametrize(("cell", "number"), [("12", 12), ("1,200", 1_200), ("12.0", 12), ("-5", -5), ("１２", 12)])
def test_whole_numbers_are_read(cell: str, number: int) -> None:
    assert values.whole(cell, field="on_hand") == number


@pytest.mark.parametrize("cell", ["12.5", "many", "1-2"])
def test_what_is_no_whole_number_is_refused(cell: str) -> None:
    with pytest.raises(Malformed):
        values.whole(cell, field="on_hand")


def test_yes_and_no_are_read_in_both_languages() -> None:
    assert [values.yes_no(cell, field="is_published") for cell in ("yes", "TRUE", "1", "是")] == [True] * 4
    assert [values.yes_no(cell, field="is_published") for cell in ("no", "False", "0", "否")] == [False] * 4
    with pytest.raises(Malformed):
        values.yes_no("maybe", field="is_published")


@pytest.mark.parametrize("text", ["=1+1", "+44 20", "-5", "@cmd", "\tx", "\rx", "'x", "''", "'", "[empty]", "＝1"])
def test_a_cell_that_would_be_run_is_marked_and_read_back(text: str) -> None:
    marked = values.guarded(text)

    assert marked == f"'{text}"
    assert values.unguarded(marked) == text
    assert not values.is_cleared(marked)


@given(st.text())
def test_every_text_comes_back_from_its_cell(text: str) -> None:
    marked = values.guarded(text)

    assert values.unguarded(marked) == text
    assert marked[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"}


def test_an_apostrophe_of_one_s_own_stays() -> None:
    assert values.unguarded("'tis") == "'tis"


def test_columns_are_found_by_name_by_synonym_and_as_the_last_time() -> None:
    known = fields(SheetKind.STOCK)

    assert proposed(["Item No.", "QTY", "location"], known, {}) == {"sku": 0, "on_hand": 1, "warehouse": 2}
    assert proposed(["货号", "实盘数"], known, {}) == {"sku": 0, "on_hand": 1}
    assert proposed(["SKU", "Shelf", "Qty"], known, {plain("Shelf"): "on_hand", plain("Qty"): ""}) == {"sku": 0, "on_hand": 1}
    assert proposed(["SKU", "sku"], known, {}) == {"sku": 0}
    assert proposed(["colour"], known, {plain("colour"): "no longer there"}) == {}


def test_a_refusal_is_kept_and_comes_back_as_it_was() -> None:
    refusal = OutOfRange("weight_g", -1, least=0, most=1_000_000)

    again = restored(kept(refusal))

    assert isinstance(again, OutOfRange)
    assert (again.field, again.value, again.least, again.most, str(again)) == ("weight_g", -1, 0, 1_000_000, str(refusal))
