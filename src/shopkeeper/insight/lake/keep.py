"""Facts into the lake: one file per table and day, named in the manifest by the hearer's own transaction.

Files come first and the manifest last, so a crash leaves at most files that nobody names; the facts are heard again and written anew.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from shopkeeper.events.shapes import Heard, Origin
from shopkeeper.insight.lake import files, store
from shopkeeper.insight.lake.models import Segment
from shopkeeper.insight.lake.rules.tables import nested_fields, tables
from shopkeeper.insight.lake.shapes import Table
from shopkeeper.kit.time import to_microseconds


def keep(batch: Sequence[Heard], now: datetime) -> int:
    """Write facts of one kind, except those the lake holds already; return how many were written."""
    kind = type(batch[0].fact)
    own, *of_lines = tables(kind)
    fresh = _without_known(own.name, {heard.id: heard for heard in batch})
    segments = []
    for day, facts in _by_day(fresh).items():
        segments.append(_segment(own, day, [(heard, None) for heard in facts], now))
        for table, field in zip(of_lines, nested_fields(kind), strict=True):
            lines = [(heard, line) for heard in facts for line in getattr(heard.fact, field)]
            if lines:
                segments.append(_segment(table, day, lines, now))
    store.add(segments)
    return len(fresh)


def _without_known(table: str, batch: dict[int, Heard]) -> list[Heard]:
    """Drop facts the lake already has: a replayed fact, or one heard again after a restore."""
    known: set[int] = set()
    for path in store.overlapping(table, min(batch), max(batch)):
        known |= files.fact_ids(path)
    return [heard for fact_id, heard in sorted(batch.items()) if fact_id not in known]


def _by_day(batch: Iterable[Heard]) -> dict[date, list[Heard]]:
    days: dict[date, list[Heard]] = {}
    for heard in batch:
        days.setdefault(heard.occurred_at.astimezone(UTC).date(), []).append(heard)
    return days


def _segment(table: Table, day: date, rows: Sequence[tuple[Heard, object | None]], now: datetime) -> Segment:
    ids = [heard.id for heard, _ in rows]
    times = [to_microseconds(heard.occurred_at) for heard, _ in rows]
    values: dict[str, Sequence[object]] = {"fact_id": ids, "ts_us": times, "is_history": [h.origin is Origin.IMPORT for h, _ in rows]}
    own = type(rows[0][0].fact).__dataclass_fields__
    for column in table.columns[len(values) :]:
        of_fact = column.field in own
        values[column.name] = [getattr(heard.fact if of_fact else line, column.field) for heard, line in rows]
    path, size = files.write(table.name, day, files.arrow_table(table.columns, values))
    return Segment(
        table=table.name, path=path, columns=[column.name for column in table.columns], rows=len(rows), size=size,
        first_fact=min(ids), last_fact=max(ids), first_us=min(times), last_us=max(times), made_at=now,
    )  # fmt: skip
