"""Every query on the manifest."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from shopkeeper.insight.lake.models import Segment
from shopkeeper.insight.lake.rules.compaction import Piece
from shopkeeper.insight.lake.shapes import Span


@dataclass(frozen=True, slots=True)
class Listing:
    """The live files of one table, oldest first, and every column name that at least one of them has."""

    paths: tuple[str, ...]
    columns: frozenset[str]
    is_uniform: bool


def listings(tables: Sequence[str]) -> dict[str, Listing]:
    """Return the live files of each of these tables; a table without files is left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT "table", array_agg(path ORDER BY first_us, id), array_agg(DISTINCT columns::text)
               FROM lake_segment WHERE retired_at IS NULL AND "table" = ANY(%s::text[]) GROUP BY "table" """,
            [list(tables)],
        )
        return {table: _listing(paths, columns) for table, paths, columns in cursor.fetchall()}


def overlapping(table: str, first_fact: int, last_fact: int) -> list[str]:
    """Return the live files of a table that may hold facts of that range of ids."""
    found = Segment.objects.filter(table=table, retired_at=None, first_fact__lte=last_fact, last_fact__gte=first_fact)
    return list(found.values_list("path", flat=True))


def add(segments: Sequence[Segment]) -> None:
    """Make files part of the lake as soon as the transaction commits."""
    Segment.objects.bulk_create(segments)


def span(table: str) -> Span | None:
    """Return the time a table covers, None where it is empty."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT min(first_us), max(last_us) FROM lake_segment WHERE retired_at IS NULL AND "table" = %s', [table])
        first_us, last_us = cursor.fetchone()
        return None if first_us is None else Span(first_us, last_us)


def pieces() -> list[Piece]:
    """Return every live segment as compaction sees it."""
    found = Segment.objects.filter(retired_at=None).values_list("id", "table", "first_us", "last_us", "rows")
    return [Piece(*values) for values in found]


def lock(ids: Sequence[int]) -> list[Segment] | None:
    """Lock live segments, oldest first; None where somebody else holds or has retired one of them."""
    found = Segment.objects.select_for_update(skip_locked=True).filter(id__in=ids, retired_at=None).order_by("first_us", "id")
    segments = list(found)
    return segments if len(segments) == len(ids) else None


def retire(ids: Sequence[int], now: datetime) -> None:
    """Take segments out of the lake; their files stay for readers that looked them up before."""
    Segment.objects.filter(id__in=ids).update(retired_at=now)


def retired_before(moment: datetime) -> list[tuple[int, str]]:
    """Return id and path of segments retired before that moment."""
    return list(Segment.objects.filter(retired_at__lt=moment).values_list("id", "path"))


def forget(ids: Sequence[int]) -> None:
    """Remove retired segments from the manifest."""
    Segment.objects.filter(id__in=ids, retired_at__isnull=False).delete()


def forget_all() -> list[str]:
    """Remove every segment from the manifest, live or retired, and return their paths."""
    paths = list(Segment.objects.values_list("path", flat=True))
    Segment.objects.all().delete()
    return paths


def known(paths: Sequence[str]) -> set[str]:
    """Return those of the paths that the manifest names, live or retired."""
    return set(Segment.objects.filter(path__in=paths).values_list("path", flat=True))


def all_live() -> list[tuple[str, int]]:
    """Return path and number of rows of every live segment."""
    return list(Segment.objects.filter(retired_at=None).order_by("id").values_list("path", "rows"))


def _listing(paths: list[str], columns: list[str]) -> Listing:
    names = [json.loads(text) for text in columns]
    return Listing(tuple(paths), frozenset(name for each in names for name in each), len(columns) == 1)
