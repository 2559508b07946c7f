"""Size tables: what their lines may say, and centimetres told in inches."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from shopkeeper.kit import checks
from shopkeeper.kit.refusals import Malformed, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog.shapes_options import BadSizeLine, SizeColumn, SizeRow

NOTE = 500
MOST_COLUMNS = 12
MOST_ROWS = 60
CELL = 40
NAME = 60
UNIT = 10
CM_IN_AN_INCH = Decimal("2.54")

_NUMBER = r"\d{1,4}(?:\.\d{1,2})?"
_BAR = re.compile(r"[|｜]")
_MEASURE = re.compile(rf"({_NUMBER})(?:\s*[-–—~～]\s*({_NUMBER}))?")


def read_columns(text: str) -> list[SizeColumn]:
    """Return the columns written one a line, “Chest | 胸围 | cm”; Chinese and unit may be left out.

    Raises BadSizeLine for a line of more than three parts.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        parts = [part.strip() for part in _BAR.split(line)]
        if not line.strip():
            continue
        if len(parts) > 3:
            raise BadSizeLine(number, checks.shown(line), field="columns", wants="column")
        en, zh, unit = (*parts, "", "")[:3]
        found.append(SizeColumn(name=Bilingual(en, zh), unit=unit))
    return found


def read_rows(text: str, columns: Sequence[SizeColumn]) -> list[SizeRow]:
    """Return the rows written one a line, “S | 86–90 | 60”: the size, then one cell for each column. Raises BadSizeLine."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        size, *cells = [part.strip() for part in _BAR.split(line)]
        if len(cells) != len(columns):
            raise BadSizeLine(number, checks.shown(line), field="rows", wants="cells", cells=len(columns) + 1)
        for cell, column in zip(cells, columns, strict=True):
            _refuse_unmeasured(cell, column, number, line)
        found.append(SizeRow(size=size, cells=tuple(cells)))
    return found


def written_columns(columns: Sequence[SizeColumn]) -> str:
    """Return columns as `read_columns` reads them."""
    return "\n".join(" | ".join([each.name.en, each.name.zh, each.unit]) for each in columns)


def written_rows(rows: Sequence[SizeRow]) -> str:
    """Return rows as `read_rows` reads them."""
    return "\n".join(" | ".join([each.size, *each.cells]) for each in rows)


def tidy_columns(columns: Sequence[SizeColumn]) -> list[SizeColumn]:
    """Return columns with tidy texts. Raises OutOfRange, Malformed."""
    if not 1 <= len(columns) <= MOST_COLUMNS:
        raise OutOfRange("columns", len(columns), least=1, most=MOST_COLUMNS)
    return [_tidy_column(each) for each in columns]


def _tidy_column(column: SizeColumn) -> SizeColumn:
    name, unit = (
        checks.both_lines(column.name, field="column_name", least=1, most=NAME),
        checks.line(column.unit, field="unit", most=UNIT),
    )
    for field, text in (("column_name_en", name.en), ("column_name_zh", name.zh), ("unit", unit)):
        _refuse_bar(text, field)
    return replace(column, name=name, unit=unit)


def tidy_rows(rows: Sequence[SizeRow], columns: Sequence[SizeColumn]) -> list[SizeRow]:
    """Return rows with tidy cells, spans written with a dash. Raises OutOfRange, Malformed, BadSizeLine."""
    if not 1 <= len(rows) <= MOST_ROWS:
        raise OutOfRange("rows", len(rows), least=1, most=MOST_ROWS)
    return [_tidy_row(each, columns, number) for number, each in enumerate(rows, 1)]


def _tidy_row(row: SizeRow, columns: Sequence[SizeColumn], number: int) -> SizeRow:
    line = " | ".join([row.size, *row.cells])
    if len(row.cells) != len(columns):
        raise BadSizeLine(number, checks.shown(line), field="rows", wants="cells", cells=len(columns) + 1)
    cells = []
    for cell, column in zip(row.cells, columns, strict=True):
        _refuse_unmeasured(cell, column, number, line)
        tidy = checks.line(cell, field="cell", most=CELL)
        _refuse_bar(tidy, "cell")
        cells.append("–".join(_ends(tidy)) if column.unit and tidy else tidy)
    size = checks.line(row.size, field="size_name", least=1, most=CELL)
    _refuse_bar(size, "size_name")
    return SizeRow(size=size, cells=tuple(cells))


def _refuse_bar(text: str, field: str) -> None:
    # In a line it parts two columns: the console would read it back as one column more.
    if _BAR.search(text):
        raise Malformed(field, checks.shown(text), expected="no_bar")


def _refuse_unmeasured(cell: str, column: SizeColumn, number: int, line: str) -> None:
    if column.unit and cell and not _MEASURE.fullmatch(cell.strip()):
        raise BadSizeLine(number, checks.shown(line), field="rows", wants="number")


def _ends(cell: str) -> list[str]:
    found = _MEASURE.fullmatch(cell)
    return [each for each in found.groups() if each] if found else [cell]


def inches(cell: str) -> str:
    """Return centimetres, one number or a span, in inches to a tenth: “86–90” is “33.9–35.4”; what is no number stays as it is."""
    found = _MEASURE.fullmatch(cell)
    return "–".join(_inches(each) for each in found.groups() if each) if found else cell


def _inches(text: str) -> str:
    told = (Decimal(text) / CM_IN_AN_INCH).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{told:f}".removesuffix(".0")
