"""Files of rows, read a row at a time: CSV in the encodings and with the separators people use, XLSX, Parquet."""

import csv
import io
import math
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from shopkeeper.flows.sheets import values
from shopkeeper.flows.sheets.refusals import (
    LineTooLong,
    SheetBomb,
    SheetEmpty,
    SheetEncoding,
    SheetHeaderMissing,
    SheetTooLarge,
    SheetUnreadable,
)
from shopkeeper.kit.refusals import Refusal

MOST_BYTES = 50 * 1024 * 1024
MOST_UNPACKED = 400 * 1024 * 1024
MOST_PARTS = 2_000
MOST_RATIO = 120
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_CELL = 40_000
MOST_XLSX_CELLS = 60_000_000
MOST_HELD = 60 * 1024 * 1024
"""What the texts of a spreadsheet may unpack to: they are held in memory as a whole, as rows are not."""
MOST_HELD_BESIDE = 10 * 1024 * 1024
MOST_TEXTS = 1_000_000
SAMPLE = 5
_MARKED = re.compile(r"_x005F_(?=x[0-9A-Fa-f]{4}_)")
"""How a spreadsheet marks a text that only looks like a letter its form cannot hold."""
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}

Row = tuple[int, tuple[str, ...]]
"""A line number as a person counts it in the file (headings are line 1), and its cells as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a file is written. `encoding` and `separator` are for CSV alone."""

    format: str
    encoding: str = ""
    separator: str = ""

    def plain(self) -> dict[str, str]:
        """Return it as plain values."""
        return {"format": self.format, "encoding": self.encoding, "separator": self.separator}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file whose headings were read: `rows` yields what stands below them, empty rows left out."""

    form: Form
    head: tuple[str, ...]
    rows: Iterator[Row]

    def sample(self) -> tuple[tuple[str, ...], ...]:
        """Return the first rows, for somebody who looks at them. Raises SheetEmpty where there are none."""
        found = tuple(cells for _line, cells in islice(self.rows, SAMPLE))
        if not found:
            raise SheetEmpty(value="")
        return found


def opened(content: bytes) -> Opened:
    """Return a file with its headings read.

    Raises SheetTooLarge, SheetEmpty, SheetUnreadable, SheetBomb, SheetEncoding, SheetHeaderMissing; the rows raise them too.
    """
    if len(content) > MOST_BYTES:
        raise SheetTooLarge(value=len(content), what="bytes", most=MOST_BYTES)
    if not content.strip(b"\x00\r\n\t ;,\xef\xbb\xbf\xff\xfe"):
        raise SheetEmpty(value="")
    form = form_of(content)
    readers = {"csv": _csv, "xlsx": _xlsx, "parquet": _parquet}
    rows = _bounded(readers[form.format](content, form))
    first = next(rows, None)
    if first is None:
        raise SheetEmpty(value="")
    head = _head(first[1])
    return Opened(form=form, head=head, rows=_fitted(rows, len(head)))


def form_of(content: bytes) -> Form:
    """Return how a file is written, by its content and not by its name. Raises SheetUnreadable, SheetEncoding, SheetEmpty."""
    if content[:4] == b"PK\x03\x04":
        return Form(format="xlsx")
    if content[:4] == b"PAR1":
        return Form(format="parquet")
    if content[:4] == b"\xd0\xcf\x11\xe0":
        # The old Excel and everything with a password on it.
        raise SheetUnreadable(value="xls", why="old_excel")
    encoding = _encoding(content)
    beginning = _text(content[:200_000], encoding, is_part=len(content) > 200_000)
    if "\x00" in beginning:
        raise SheetUnreadable(value="", why="binary")
    return Form(format="csv", encoding=encoding, separator=_separator(beginning))


def _head(cells: Sequence[str]) -> tuple[str, ...]:
    head = [values.unguarded(each).strip() for each in cells]
    while head and not head[-1]:
        head.pop()
    if not any(head):
        raise SheetHeaderMissing(value="", columns=[])
    if len(head) > MOST_COLUMNS:
        raise SheetTooLarge(value=len(head), what="columns", most=MOST_COLUMNS)
    return tuple(each[:200] for each in head)


def _bounded(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield the rows that say something, as long as there are not too many of them."""
    for count, (line, cells) in enumerate((line, cells) for line, cells in rows if any(each.strip() for each in cells)):
        if count > MOST_ROWS:
            raise SheetTooLarge(value=count, what="rows", most=MOST_ROWS)
        for each in cells:
            if len(each) > MOST_CELL:
                raise SheetTooLarge(value=len(each), what="letters", most=MOST_CELL, line=line)
        # No text of the database may hold it.
        yield line, tuple(each.replace("\x00", "�") for each in cells)


def _fitted(rows: Iterator[Row], width: int) -> Iterator[Row]:
    """Yield rows as wide as the headings; cells that say something beyond them stay, so that the row can be refused."""
    for line, cells in rows:
        extra = any(each.strip() for each in cells[width:])
        yield line, cells if extra else (*cells[:width], *[""] * (width - len(cells)))


def too_long(cells: Sequence[str], width: int) -> Refusal | None:
    """Return why a row that is wider than the headings is refused, None where it fits."""
    return LineTooLong(field="file", value=cells[width], cells=len(cells), columns=width) if len(cells) > width else None


# ── CSV ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _encoding(content: bytes) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    part = content[:4_000]
    # Without its mark, UTF-16 shows by the empty half of every Latin letter.
    if len(part) > 20:
        if part[1::2].count(0) > len(part) // 4:
            return "utf-16-le"
        if part[0::2].count(0) > len(part) // 4:
            return "utf-16-be"
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise SheetEncoding(value="")


def _text(content: bytes, encoding: str, *, is_part: bool = False) -> str:
    try:
        return content.decode(encoding, errors="ignore" if is_part else "strict")
    except UnicodeDecodeError as error:
        raise SheetEncoding(value=encoding) from error


def _separator(text: str) -> str:
    """Return the separator that cuts the headings into most columns; the rows below decide between equals."""

    def fitness(mark: str) -> tuple[int, int]:
        try:
            first = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), 20))
        except csv.Error:
            return (0, 0)
        filled = [each for each in first if each]
        width = len(filled[0]) if filled else 0
        return (width, sum(len(each) == width for each in filled))

    return max(SEPARATORS, key=fitness)


def _csv(content: bytes, form: Form) -> Iterator[Row]:
    stream = io.TextIOWrapper(io.BytesIO(content), encoding=form.encoding, newline="", errors="strict")
    reader = csv.reader(stream, delimiter=form.separator, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, tuple(cells)
            # Where a cell holds line breaks, the next row begins further down.
            line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise SheetEncoding(value=form.encoding, line=line) from error
    except csv.Error as error:
        raise SheetUnreadable(value=str(error), why="quotes", line=line) from error


# ── XLSX ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _xlsx(content: bytes, _form: Form) -> Iterator[Row]:
    refuse_bomb(content)
    import openpyxl  # type: ignore[import-untyped]

    try:
        _refuse_many_texts(content)
        # Values only: formulas give what they last came to, macros and links are not even read.
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        page = next((each for each in book.worksheets if each.sheet_state == "visible"), None)
        if page is None:
            raise SheetEmpty(value="")
        page.reset_dimensions()
        yield from _page(page)
    except Refusal:
        raise
    except Exception as error:
        # The library raises whatever the part at hand stumbles over: KeyError, ValueError, ParseError, BadZipFile.
        raise SheetUnreadable(value=type(error).__name__, why="damaged") from error


_BESIDE = ("[Content_Types].xml", "xl/styles.xml", "xl/workbook.xml", "xl/theme/theme1.xml", "docProps/core.xml", "docProps/custom.xml")
"""What is read as a whole beside the texts of a spreadsheet."""
_TEXTS = re.compile(rb"<[^<>]*sharedStrings\+xml[^<>]*>")
_PART = re.compile(rb"PartName\s*=\s*[\"']/?([^\"']+)")


def _refuse_many_texts(content: bytes) -> None:
    """Refuse a spreadsheet whose texts would fill the memory, or take minutes to read. Raises SheetBomb."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sizes = {each.filename: each.file_size for each in packed.infolist()}
        for name in _BESIDE:
            if sizes.get(name, 0) > MOST_HELD_BESIDE:
                raise SheetBomb(value=sizes[name], most=MOST_HELD_BESIDE)
        # The part that holds the texts may be called anything: the list of contents says which it is.
        listed = _TEXTS.findall(packed.read("[Content_Types].xml"))
        named = {found[1].decode(errors="replace") for entry in listed if (found := _PART.search(entry))} | {"xl/sharedStrings.xml"}
        for name in sorted(named & sizes.keys()):
            if sizes[name] > MOST_HELD:
                raise SheetBomb(value=sizes[name], most=MOST_HELD)
            with packed.open(name) as texts:
                _count_texts(texts)


def _count_texts(texts: Any) -> None:
    from openpyxl.xml.functions import iterparse  # type: ignore[import-untyped,unused-ignore]

    count = 0
    for _event, node in iterparse(texts):
        if str(node.tag).rpartition("}")[2] == "si":
            count += 1
            node.clear()
            if count > MOST_TEXTS:
                raise SheetBomb(value=count, most=MOST_TEXTS)


def _page(page: Any) -> Iterator[Row]:
    read = 0
    for line, cells in enumerate(page.iter_rows(values_only=True), 1):
        read += len(cells) + 1
        if read > MOST_XLSX_CELLS:
            raise SheetTooLarge(value=line, what="cells", most=MOST_XLSX_CELLS)
        last = len(cells)
        while last and cells[last - 1] is None:
            last -= 1
        # The library takes the mark off shared texts only, and leaves it on those written into their cells.
        yield line, tuple(_MARKED.sub("_", _said(each)) for each in cells[:last])


def refuse_bomb(content: bytes) -> None:
    """Refuse a packed file that would unpack to far more than anybody writes. Raises SheetBomb, SheetUnreadable."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise SheetUnreadable(value=type(error).__name__, why="damaged") from error
    # Reading stops at the size a part declares, so that a lie about it breaks the part and not the machine.
    unpacked = sum(each.file_size for each in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or (unpacked > 10**7 and unpacked > MOST_RATIO * len(content)):
        raise SheetBomb(value=unpacked, most=MOST_UNPACKED)
    if not any(each.filename == "[Content_Types].xml" for each in parts):
        raise SheetUnreadable(value="zip", why="no_table")


# ── Parquet ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _parquet(content: bytes, _form: Form) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(pa.BufferReader(content))
        _refuse_unlike_cells(schema)
        # A text that stands in every row is kept once, as in the file, instead of once for each row.
        texts = [each.name for each in schema if _is_text(each.type)]
        file = pq.ParquetFile(pa.BufferReader(content), read_dictionary=texts)
        if file.metadata.num_rows > MOST_ROWS:
            raise SheetTooLarge(value=file.metadata.num_rows, what="rows", most=MOST_ROWS)
        if sum(file.metadata.row_group(index).total_byte_size for index in range(file.metadata.num_row_groups)) > MOST_UNPACKED:
            raise SheetBomb(value=file.metadata.num_rows, most=MOST_UNPACKED)
        yield 1, tuple(str(each) for each in file.schema_arrow.names)
        line = 1
        for batch in file.iter_batches(batch_size=1_000):
            for column in batch.columns:
                _refuse_long_cells(column, line)
            for index in range(batch.num_rows):
                line += 1
                # One row at a time: a thousand of the longest would not fit into memory.
                yield line, tuple(_said(column[index].as_py()) for column in batch.columns)
    except pa.ArrowException as error:
        raise SheetUnreadable(value=type(error).__name__, why="damaged") from error


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(is_kind(kind) for is_kind in kinds)


def _refuse_unlike_cells(schema: Any) -> None:
    """Refuse columns that hold something else than cells: a list in one row may unpack to anything."""
    import pyarrow as pa

    for each in schema:
        if pa.types.is_nested(each.type):
            raise SheetUnreadable(value=each.name[:80], why="binary")
        if pa.types.is_fixed_size_binary(each.type) and each.type.byte_width > MOST_CELL:
            raise SheetTooLarge(value=each.type.byte_width, what="letters", most=MOST_CELL, line=2)


def _refuse_long_cells(column: Any, line: int) -> None:
    """Refuse texts that are too long before any of them is made a text here; a letter takes up to four bytes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    held = column.dictionary if pa.types.is_dictionary(column.type) else column
    if _is_text(held.type) and (pc.max(pc.binary_length(held)).as_py() or 0) > 4 * MOST_CELL:
        raise SheetTooLarge(value=4 * MOST_CELL, what="letters", most=MOST_CELL, line=line + 1)


def _said(value: Any) -> str:
    """Return a typed cell as a person would write it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    # Without noughts at its end: a typed “1.000” is one, and not a thousand.
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return ""
    return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
