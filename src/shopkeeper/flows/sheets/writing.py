"""Files of rows, written a portion at a time, so that a hundred thousand rows fit into little memory."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

from shopkeeper.kit import checks
from shopkeeper.kit.refusals import Malformed

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
NUMBERS = frozenset({"weight_g", "on_hand", "held", "price", "reference"})
"""Columns that a spreadsheet should add up."""
MOST_XLSX_CELL = 32_767
"""What a cell of a spreadsheet holds; a longer text stays out, and an empty cell leaves what is there when the file comes back."""
PIECE = 1 << 16

Row = Sequence[str]


def checked(form: str) -> str:
    """Return a format that can be written. Raises Malformed."""
    if form not in FORMATS:
        raise Malformed("format", checks.shown(form), expected="sheet_format")
    return form


def pieces(form: str, codes: Sequence[str], head: Row, portions: Iterable[Iterable[Row]]) -> Iterator[bytes]:
    """Yield the bytes of a file: `codes` name the columns for the program, `head` for people. Cells are safe already: see `values`."""
    if form == "csv":
        return _csv(head, portions)
    return _from_disk({"xlsx": _xlsx, "parquet": _parquet}[form], codes, head, portions)


def _csv(head: Row, portions: Iterable[Iterable[Row]]) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    # The mark of UTF-8 lets spreadsheets read Chinese without asking.
    buffer.write("\ufeff")
    writer.writerow(head)
    for portion in portions:
        writer.writerows(portion)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()


def _from_disk(write: Any, codes: Sequence[str], head: Row, portions: Iterable[Iterable[Row]]) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as file:
        write(file, codes, head, portions)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _xlsx(file: IO[bytes], codes: Sequence[str], head: Row, portions: Iterable[Iterable[Row]]) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page, bold = book.add_worksheet(), book.add_format({"bold": True})
    page.freeze_panes(1, 0)
    page.write_row(0, 0, head, bold)
    line = 0
    for portion in portions:
        for row in portion:
            line += 1
            for column, cell in enumerate(row):
                _put(page, line, column, cell, is_number=codes[column] in NUMBERS)
    book.close()


def _put(page: Any, line: int, column: int, cell: str, *, is_number: bool) -> None:
    if not cell:
        return
    if is_number and _is_number(cell):
        page.write_number(line, column, float(cell))
    elif len(cell) < MOST_XLSX_CELL:
        page.write_string(line, column, cell)


def _is_number(cell: str) -> bool:
    # What is written as a number reads back as the same digits.
    return cell.replace(".", "", 1).lstrip("-").isdigit() and len(cell) < 15


def _parquet(file: IO[bytes], codes: Sequence[str], head: Row, portions: Iterable[Iterable[Row]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.string()) for name in head])
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for portion in portions:
            rows = list(portion)
            if rows:
                columns = [pa.array([row[index] or None for row in rows], pa.string()) for index in range(len(head))]
                writer.write_batch(pa.record_batch(columns, schema=schema))


def portioned(rows: Iterable[Mapping[str, str]], size: int = 500) -> Iterator[list[Mapping[str, str]]]:
    """Yield rows in portions."""
    portion: list[Mapping[str, str]] = []
    for each in rows:
        portion.append(each)
        if len(portion) == size:
            yield portion
            portion = []
    if portion:
        yield portion
