"""Size tables: lines as staff write them, and inches."""

import pytest

from shopkeeper.kit.refusals import Malformed, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog.rules import sizes as rules
from shopkeeper.selling.catalog.shapes_options import BadSizeLine, SizeColumn, SizeRow

COLUMNS = [SizeColumn(name=Bilingual("Chest", "胸围"), unit="cm"), SizeColumn(name=Bilingual("Fit"))]


def test_columns_and_rows_are_read_as_they_are_written() -> None:
    assert rules.read_columns("Chest | 胸围 | cm\n\nFit\n") == COLUMNS
    rows = rules.read_rows("S | 86-90 | close\n\nM|96|\n", COLUMNS)

    assert rows == [SizeRow(size="S", cells=("86-90", "close")), SizeRow(size="M", cells=("96", ""))]
    assert rules.tidy_rows(rows, COLUMNS)[0].cells == ("86–90", "close")
    assert rules.read_rows(rules.written_rows(rows), rules.read_columns(rules.written_columns(COLUMNS))) == rows


@pytest.mark.parametrize(
    ("text", "line", "wants"),
    [
        ("S | 86 | close\nM | 96", 2, "cells"),
        ("S | 86 | a | b", 1, "cells"),
        ("S | wide | close", 1, "number"),
        ("S | -3 | x", 1, "number"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(text: str, line: int, wants: str) -> None:
    with pytest.raises(BadSizeLine) as refused:
        rules.read_rows(text, COLUMNS)
    assert (refused.value.line, refused.value.wants) == (line, wants)


def test_a_table_has_columns_rows_and_names() -> None:
    with pytest.raises(BadSizeLine):
        rules.read_columns("a | b | c | d")
    with pytest.raises(OutOfRange):
        rules.tidy_columns([])
    with pytest.raises(OutOfRange):
        rules.tidy_columns([SizeColumn(name=Bilingual())])
    with pytest.raises(OutOfRange):
        rules.tidy_rows([], COLUMNS)
    with pytest.raises(OutOfRange):
        rules.tidy_rows([SizeRow(size="", cells=("1", ""))], COLUMNS)
    with pytest.raises(BadSizeLine):
        rules.tidy_rows([SizeRow(size="S", cells=("1",))], COLUMNS)


@pytest.mark.parametrize(("cell", "told"), [("86", "33.9"), ("86–90", "33.9–35.4"), ("2.54", "1"), ("one size", "one size"), ("", "")])
def test_centimetres_are_told_in_inches_to_a_tenth(cell: str, told: str) -> None:
    assert rules.inches(cell) == told


@pytest.mark.parametrize("bar", ["|", "｜"])
def test_a_bar_that_would_part_columns_is_refused_wherever_it_stands(bar: str) -> None:
    plain, text = SizeColumn(name=Bilingual("Cut"), unit=""), f"a{bar}b"
    names = [Bilingual(text), Bilingual("Cut", text)]

    refused = [lambda each=each: rules.tidy_columns([SizeColumn(name=each, unit="")]) for each in names]
    refused.append(lambda: rules.tidy_columns([SizeColumn(name=Bilingual("Cut"), unit=text)]))
    refused.append(lambda: rules.tidy_rows([SizeRow(size=text, cells=("x",))], [plain]))
    refused.append(lambda: rules.tidy_rows([SizeRow(size="S", cells=(text,))], [plain]))

    for each, field in zip(refused, ("column_name_en", "column_name_zh", "unit", "size_name", "cell"), strict=True):
        with pytest.raises(Malformed) as caught:
            each()
        assert (caught.value.field, caught.value.value, caught.value.expected) == (field, text, "no_bar")
