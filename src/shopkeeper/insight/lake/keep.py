"""Facts into the lake: one file per table and day, named in the manifest by the hearer's own transaction.

Files come first and the manifest last, so a crash leaves at most files that nobody names; the facts are heard again and written anew.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import chain, repeat
from operator import attrgetter
from typing import Any

from shopkeeper.events.facts import Fact
from shopkeeper.events.shapes import Heard, Origin
from shopkeeper.insight.lake import files, store
from shopkeeper.insight.lake.models import Segment
from shopkeeper.insight.lake.rules.compaction import file_day
from shopkeeper.insight.lake.rules.tables import COMMON, nested_fields, tables
from shopkeeper.insight.lake.shapes import Table
from shopkeeper.kit.time import from_microseconds, to_microseconds


def keep(batch: Sequence[Heard], now: datetime) -> int:
    """Write facts of one kind, except those the lake holds already; return how many were written."""
    own, *of_lines = tables(type(batch[0].fact))
    nested = nested_fields(type(batch[0].fact))
    fresh = _without_known(own.name, {heard.id: heard for heard in batch})
    segments = []
    for day, facts in _by_file(fresh, now).items():
        values = _own_values(own, facts)
        segments.append(_segment(own, day, values, now))
        for table, field in zip(of_lines, nested, strict=True):
            lines = [getattr(heard.fact, field) for heard in facts]
            if any(lines):
                segments.append(_segment(table, day, _line_values(table, values, lines), now))
    files.make_durable([segment.path for segment in segments])
    store.add(segments)
    return len(fresh)


def write_table(table: str, kind: type[Fact], batch: Sequence[Heard], now: datetime) -> list[Segment]:
    """Write facts of one kind into one of their tables only, and return the new segments; for putting back what one table lost."""
    own, *of_lines = tables(kind)
    segments = []
    for day, facts in _by_file(batch, now).items():
        values = _own_values(own, facts)
        if table == own.name:
            segments.append(_segment(own, day, values, now))
        for lines_table, field in zip(of_lines, nested_fields(kind), strict=True):
            lines = [getattr(heard.fact, field) for heard in facts]
            if table == lines_table.name and any(lines):
                segments.append(_segment(lines_table, day, _line_values(lines_table, values, lines), now))
    files.make_durable([segment.path for segment in segments])
    return segments


def _without_known(table: str, batch: dict[int, Heard]) -> list[Heard]:
    """Drop facts the lake already has: a replayed fact, or one heard again after a restore."""
    known: set[int] = set()
    for path in store.overlapping(table, min(batch), max(batch)):
        known |= files.fact_ids(path)
    return [heard for fact_id, heard in sorted(batch.items()) if fact_id not in known]


def _by_file(batch: Iterable[Heard], now: datetime) -> dict[date, list[Heard]]:
    days: dict[date, list[Heard]] = {}
    today = now.astimezone(UTC).date()
    for heard in batch:
        days.setdefault(file_day(heard.occurred_at.astimezone(UTC).date(), today), []).append(heard)
    return days


Values = dict[str, Sequence[Any]]


def _own_values(table: Table, facts: Sequence[Heard]) -> Values:
    """Return the columns of a fact's own table."""
    values: Values = {
        "fact_id": [heard.id for heard in facts],
        "ts_us": [to_microseconds(heard.occurred_at) for heard in facts],
        "is_history": [heard.origin is Origin.IMPORT for heard in facts],
    }
    return values | _columns(table, [heard.fact for heard in facts], begin=len(COMMON))


def _line_values(table: Table, own: Values, lines: Sequence[Sequence[Any]]) -> Values:
    """Return the columns of a table of lines: the fact's own, repeated for each of its lines, then the line's."""
    counts = [len(each) for each in lines]
    repeated = {name: list(chain.from_iterable(map(repeat, values, counts))) for name, values in own.items()}
    return repeated | _columns(table, list(chain.from_iterable(lines)), begin=len(own))


def _columns(table: Table, rows: Sequence[Any], *, begin: int) -> Values:
    columns = table.columns[begin:]
    if len(columns) == 1:
        return {columns[0].name: [getattr(row, columns[0].field) for row in rows]}
    get = attrgetter(*(column.field for column in columns))
    return dict(zip((column.name for column in columns), zip(*map(get, rows), strict=True), strict=True))


def segment_of(table: Table, rows: Any, now: datetime) -> Segment:
    """Write an Arrow table as a file of its first day and return its segment, not yet part of the lake."""
    ids, times = rows.column("fact_id").to_pylist(), rows.column("ts_us").to_pylist()
    path, size = files.write(table.name, from_microseconds(min(times)).date(), rows)
    files.make_durable([path])
    return Segment(
        table=table.name, path=path, columns=[column.name for column in table.columns], rows=len(ids), size=size,
        first_fact=min(ids), last_fact=max(ids), first_us=min(times), last_us=max(times), made_at=now,
    )  # fmt: skip


def _segment(table: Table, day: date, values: Values, now: datetime) -> Segment:
    ids, times = values["fact_id"], values["ts_us"]
    path, size = files.write(table.name, day, files.arrow_table(table.columns, values))
    return Segment(
        table=table.name, path=path, columns=[column.name for column in table.columns], rows=len(ids), size=size,
        first_fact=min(ids), last_fact=max(ids), first_us=min(times), last_us=max(times), made_at=now,
    )  # fmt: skip
