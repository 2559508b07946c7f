"""Keeping the lake in few files: merge many small ones, remove what nobody reads any more."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction

from shopkeeper.insight.lake import files, store
from shopkeeper.insight.lake.models import Segment
from shopkeeper.insight.lake.reader import table_named
from shopkeeper.insight.lake.rules.compaction import Piece, merges
from shopkeeper.insight.lake.shapes import Tidied
from shopkeeper.kit.time import from_microseconds

GRACE = timedelta(minutes=10)
"""A query that looked its files up before a merge finds them for this long."""
UNNAMED_FOR = timedelta(hours=1)
"""A file nobody named for this long was left by a crash: a round of dispatch takes seconds."""


def tidy(now: datetime) -> Tidied:
    """Merge small segments, then remove files of segments merged away a while ago and files a crash left behind."""
    merged = written = 0
    for group in merges(store.pieces(), today=now.astimezone(UTC).date()):
        if _merge(group, now):
            merged += len(group)
            written += 1
    return Tidied(merged=merged, written=written, removed=_remove_retired(now) + _remove_unnamed(now))


@transaction.atomic
def _merge(group: Sequence[Piece], now: datetime) -> bool:
    segments = store.lock([piece.id for piece in group])
    if segments is None:
        return False
    table = table_named(group[0].table)
    rows = files.read([segment.path for segment in segments], table.columns)
    first_us, last_us = min(s.first_us for s in segments), max(s.last_us for s in segments)
    path, size = files.write(table.name, from_microseconds(first_us).date(), rows)
    files.make_durable([path])
    store.add([
        Segment(
            table=table.name, path=path, columns=[column.name for column in table.columns], rows=rows.num_rows, size=size,
            first_fact=min(s.first_fact for s in segments), last_fact=max(s.last_fact for s in segments),
            first_us=first_us, last_us=last_us, made_at=now,
        )
    ])  # fmt: skip
    store.retire([segment.id for segment in segments], now)
    return True


def _remove_retired(now: datetime) -> int:
    old = store.retired_before(now - GRACE)
    for _, path in old:
        files.remove(path)
    store.forget([segment_id for segment_id, _ in old])
    return len(old)


def _remove_unnamed(now: datetime) -> int:
    before = (now - UNNAMED_FOR).timestamp()
    old = [path for path, modified in files.all_files() if modified < before]
    unnamed = set(old) - store.known(old)
    for path in unnamed:
        files.remove(path)
    return len(unnamed)
