"""Frames into PostgreSQL by COPY: the one way rows enter the database by the thousand."""

from typing import Any

import polars as pl

from shopkeeper.kit.refusals import Malformed

_TYPES = {pl.String: "text", pl.Int64: "bigint", pl.Int32: "bigint", pl.Boolean: "boolean", pl.Float64: "double precision"}


def stage(cursor: Any, name: str, frame: pl.DataFrame) -> None:
    """Put a frame into a fresh temporary table `name`, columns as in the frame, gone with the transaction.

    Takes text, whole numbers, booleans and aware moments. A null stays null and an empty text stays an empty text.
    """
    columns = ", ".join(f'"{column}" {_sql_type(column, kind)}' for column, kind in frame.schema.items())
    cursor.execute(f'DROP TABLE IF EXISTS "{name}"')
    cursor.execute(f'CREATE TEMPORARY TABLE "{name}" ({columns}) ON COMMIT DROP')
    copy_in(cursor, name, frame)
    cursor.execute(f'ANALYZE "{name}"')


def copy_in(cursor: Any, table: str, frame: pl.DataFrame) -> int:
    """Append a frame to a table, column by column name, and return the number of rows."""
    refuse_missing(frame)
    names = ", ".join(f'"{column}"' for column in frame.columns)
    # Texts are always quoted, so that PostgreSQL tells an empty text ("") from a null (nothing at all).
    body = frame.write_csv(include_header=False, quote_style="non_numeric", datetime_format="%Y-%m-%d %H:%M:%S%.6f%:z")
    with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN (FORMAT csv)') as pipe:
        pipe.write(body)
    return frame.height


def refuse_missing(frame: pl.DataFrame, *needed: str) -> None:
    """Raise Malformed where a needed column is absent or holds a null, or where a text holds a NUL character."""
    for column in needed:
        if column not in frame.columns or frame[column].null_count():
            raise Malformed(column, None, expected="column")
    for column, kind in frame.schema.items():
        if kind == pl.String and frame[column].str.contains("\0", literal=True).any():
            raise Malformed(column, "NUL", expected="text")


def _sql_type(column: str, kind: pl.DataType) -> str:
    if isinstance(kind, pl.Datetime) and kind.time_zone is not None:
        return "timestamptz"
    known = _TYPES.get(type(kind))
    if known is None:
        raise Malformed(column, str(kind), expected="column_type")
    return known
