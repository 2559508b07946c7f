"""Files as they come: encodings, separators, spreadsheets, Parquet; and what is refused, each for its own reason."""

import io
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from shopkeeper.flows.sheets import files, writing
from shopkeeper.flows.sheets.refusals import SheetBomb, SheetEmpty, SheetEncoding, SheetHeaderMissing, SheetTooLarge, SheetUnreadable

TEXT = '货号,名称\nTEA,"乌龙茶, 150 g"\nCUP,"茶杯\n""小"""\n'


def rows(content: bytes) -> list[tuple[int, tuple[str, ...]]]:
    return list(files.opened(content).rows)


def book(*given: Any) -> bytes:
    made = openpyxl.Workbook()
    for row in given:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_csv_is_read_in_the_encodings_people_use(encoding: str) -> None:
    text = TEXT if encoding not in ("utf-16-le", "utf-16-be") else TEXT.replace("货号", "SKU").replace("名称", "Name of the goods in full")

    found = files.opened(text.encode(encoding))

    assert found.head[0] in ("货号", "SKU")
    assert list(found.rows) == [(2, ("TEA", "乌龙茶, 150 g")), (3, ("CUP", '茶杯\n"小"'))]


@pytest.mark.parametrize(("mark", "name"), [(",", ","), (";", ";"), ("\t", "\t")])
def test_the_separator_is_found(mark: str, name: str) -> None:
    found = files.opened(f"SKU{mark}On hand\nTEA{mark}1\n".encode())

    assert (found.head, found.form.separator) == (("SKU", "On hand"), name)


def test_lines_are_counted_as_a_person_counts_them_and_empty_ones_left_out() -> None:
    found = rows(b'SKU,Note\nTEA,"two\nlines"\n,\n\nCUP,x\n')

    assert [line for line, _cells in found] == [2, 6]


def test_a_spreadsheet_gives_its_values_as_people_see_them() -> None:
    found = rows(book(["SKU", "Price", "On"], ["TEA", 12.5, True], ["CUP", 3, None], ["'=x", "", ""]))

    assert found == [(2, ("TEA", "12.5", "yes")), (3, ("CUP", "3", "")), (4, ("'=x", "", ""))]


def test_formulas_in_a_spreadsheet_are_never_run() -> None:
    (row,) = rows(book(["SKU", "On hand"], ["TEA", "=1+1"]))

    assert row == (2, ("TEA", ""))


def test_macros_in_a_spreadsheet_are_passed_over() -> None:
    source, out = zipfile.ZipFile(io.BytesIO(book(["SKU"], ["TEA"]))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in source.infolist():
            packed.writestr(part, source.read(part))
        packed.writestr("xl/vbaProject.bin", b"Sub AutoOpen()")

    assert rows(out.getvalue()) == [(2, ("TEA",))]


def test_parquet_is_read_with_its_types() -> None:
    out = io.BytesIO()
    pl.DataFrame({"SKU": ["TEA", None, "'=x"], "On hand": [1, None, 2]}).write_parquet(out)

    assert rows(out.getvalue()) == [(2, ("TEA", "1")), (4, ("'=x", "2"))]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b" , ,\n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(SheetEmpty):
        files.opened(content)


def test_headings_alone_are_refused() -> None:
    with pytest.raises(SheetEmpty):
        files.opened(b"SKU,On hand\n").sample()


def test_an_empty_first_row_is_not_taken_for_headings() -> None:
    with pytest.raises(SheetHeaderMissing):
        files._head(["", " "])


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old_excel"), (b"\x89PNG\r\n\x1a\n\x00" + bytes(range(128)), "binary"),
        (b"PK\x03\x04 not really", "damaged"), (b"PAR1 not really PAR1", "damaged"), (b'SKU,Name\nTEA,"open\n', "quotes"),
        (b'SKU,Name\nTEA,"a"b\n', "quotes"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_and_the_reason_named(content: bytes, why: str) -> None:
    with pytest.raises(SheetUnreadable) as wrong:
        rows(content)

    assert wrong.value.values["why"] == why


def test_letters_in_no_known_encoding_are_refused() -> None:
    with pytest.raises(SheetEncoding):
        files.opened(b"SKU,Name\nTEA,\xff\xff\x80 caf\xe9\n")


def test_a_packed_file_without_a_table_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("holiday.txt", "sun")

    with pytest.raises(SheetUnreadable) as wrong:
        files.opened(out.getvalue())

    assert wrong.value.values["why"] == "no_table"


def test_a_file_that_would_unpack_to_far_more_is_refused_before_it_is_unpacked() -> None:
    source, out = zipfile.ZipFile(io.BytesIO(book(["SKU"], ["TEA"]))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in source.infolist():
            packed.writestr(part, source.read(part))
        packed.writestr("xl/sharedStrings2.xml", b"0" * 20_000_000)

    with pytest.raises(SheetBomb):
        files.opened(out.getvalue())


def test_more_bytes_rows_columns_or_letters_than_are_taken_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def what(content: bytes) -> object:
        with pytest.raises(SheetTooLarge) as wrong:
            rows(content)
        return wrong.value.values["what"]

    assert what(b"SKU," + b"x," * 201) == "columns"
    assert what(b"SKU\n" + b"x" * (files.MOST_CELL + 1)) == "letters"
    monkeypatch.setattr(files, "MOST_ROWS", 3)
    assert what(b"SKU\n" + b"a\n" * 4) == "rows"
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    assert what(b"SKU,On hand\nTEA,1\n") == "bytes"


def test_a_row_wider_than_the_headings_says_so() -> None:
    (row,) = rows(b"SKU,Name\nTEA,Oolong, 150 g\n")

    assert files.too_long(row[1], 2) is not None
    assert files.too_long(("TEA", "Oolong"), 2) is None


def test_what_looks_like_an_escaped_letter_comes_back_from_a_spreadsheet() -> None:
    out = b"".join(writing.pieces("xlsx", ["sku"], ["SKU"], [[["_x0041_"], ["a_x005F_b"]]]))

    assert rows(out) == [(2, ("_x0041_",)), (3, ("a_x005F_b",))]


def shared_book(*given: Any) -> bytes:
    """Return a spreadsheet that keeps its texts in a part of their own, as office programs do."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    page = made.add_worksheet()
    for number, row in enumerate(given):
        page.write_row(number, 0, row)
    made.close()
    return out.getvalue()


def repacked(content: bytes, more: dict[str, Any]) -> bytes:
    """Return a spreadsheet with some of its parts written anew, each from what it says."""
    source, out = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in source.infolist():
            said = source.read(part)
            packed.writestr(more.get("rename", {}).get(part.filename, part.filename), more.get(part.filename, lambda old: old)(said))
    return out.getvalue()


@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "xl/harmless.xml"])
def test_a_spreadsheet_with_more_texts_than_fit_into_memory_is_refused_whatever_they_are_called(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    content = repacked(
        shared_book(["SKU", "Name"], ["TEA", "Oolong"]),
        {
            "rename": {"xl/sharedStrings.xml": name},
            "[Content_Types].xml": lambda old: old.replace(b"xl/sharedStrings.xml", name.encode()),
            "xl/sharedStrings.xml": lambda old: old.replace(b"</sst>", b"<si><t>x</t></si>" * 500 + b"</sst>"),
        },
    )
    assert rows(content) == [(2, ("TEA", "Oolong"))]

    with monkeypatch.context() as patched:
        patched.setattr(files, "MOST_TEXTS", 400)
        with pytest.raises(SheetBomb):
            files.opened(content)
    monkeypatch.setattr(files, "MOST_HELD", 5_000)
    with pytest.raises(SheetBomb):
        files.opened(content)


def parquet(**columns: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, compression="zstd", store_schema=False)
    return out.getvalue()


def test_one_long_text_in_every_row_of_a_parquet_file_is_refused_before_it_is_unpacked() -> None:
    content = parquet(SKU=["TEA"] * 300, Name=pa.array(["x" * 500_000] * 300).dictionary_encode())
    assert len(content) < 10_000
    pool = pa.default_memory_pool()
    before = pool.bytes_allocated()

    found = files.opened(content)
    with pytest.raises(SheetTooLarge) as wrong:
        next(found.rows)

    assert wrong.value.values["what"] == "letters"
    # Once, and not three hundred times.
    assert pool.bytes_allocated() - before < 20_000_000


def test_a_list_in_a_cell_of_a_parquet_file_is_refused() -> None:
    with pytest.raises(SheetUnreadable):
        files.opened(parquet(SKU=["TEA"], Name=[["a", "b"]]))


def test_the_same_text_in_many_rows_and_groups_of_a_parquet_file_is_read() -> None:
    out = io.BytesIO()
    table = pa.table(
        {"SKU": [f"TEA-{number}" for number in range(2_500)], "Name": ["Oolong", None] * 1_250, "Price": [Decimal("1.000")] * 2_500}
    )
    pq.write_table(table, out, row_group_size=700)

    found = rows(out.getvalue())

    assert (len(found), found[0], found[-1]) == (2_500, (2, ("TEA-0", "Oolong", "1")), (2_501, ("TEA-2499", "", "1")))
