"""A lake put back beside a database of another moment: made to hold exactly what that database says it heard.

The database is right. A file it does not name is removed. A file it names and that is not there was made after the copy: its rows are
in files merged away since, which came with the copy, or in facts told since, which the outbox still has.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from shopkeeper.events import public as events
from shopkeeper.insight.lake import files, keep, store
from shopkeeper.insight.lake.models import Segment
from shopkeeper.insight.lake.reader import table_named
from shopkeeper.insight.lake.rules.tables import tables
from shopkeeper.insight.lake.shapes import Mended

HEARER = "lake"
_DESCRIBED = ("table", "path", "columns", "rows", "size", "first_fact", "last_fact", "first_us", "last_us")


def described() -> list[dict[str, Any]]:
    """Return every file the manifest names, live or merged away, with what is needed to name it again."""
    found = Segment.objects.order_by("id").values(*_DESCRIBED, "retired_at")
    return [{**{name: row[name] for name in _DESCRIBED}, "is_live": row["retired_at"] is None} for row in found]


@transaction.atomic
def mend(spare: Sequence[Mapping[str, Any]], now: datetime) -> Mended:
    """Make the lake's files and its manifest one again; `spare` describes the files that came with the copy."""
    missing: dict[str, list[Segment]] = defaultdict(list)
    for segment in Segment.objects.filter(retired_at=None).order_by("id"):
        if files.row_count(segment.path) != segment.rows:
            missing[segment.table].append(segment)
    revived = retold = 0
    problems = []
    for table, segments in missing.items():
        Segment.objects.filter(id__in=[segment.id for segment in segments]).delete()
        rows, count = _revive(table, [each for each in spare if each["table"] == table], now)
        told, facts = _tell_again(table, segments, now)
        revived, retold = revived + count, retold + facts
        wanted = sum(segment.rows for segment in segments)
        if rows + told != wanted:
            problems.append(f"{table}: {wanted} rows were lost with {len(segments)} files, {rows + told} could be had again")
    return Mended(revived=revived, retold=retold, removed=_remove_unnamed(), problems=tuple(problems))


def _revive(table: str, spare: Sequence[Mapping[str, Any]], now: datetime) -> tuple[int, int]:
    """Take files merged away since back into the lake, as far as it lacks their facts; return their rows and their number."""
    rows = count = 0
    for each in sorted(spare, key=lambda each: each["first_fact"]):
        path = each["path"]
        if files.row_count(path) != each["rows"] or Segment.objects.filter(path=path, retired_at=None).exists():
            continue
        facts = files.fact_ids(path)
        known = _known(table, min(facts), max(facts)) & facts
        if known == facts:
            continue
        if known:
            made = _without(table, path, known, now)
            store.add([made])
            rows += made.rows
        else:
            values = {name: each[name] for name in _DESCRIBED}
            Segment.objects.update_or_create(path=path, defaults={**values, "made_at": now, "retired_at": None})
            rows += each["rows"]
        count += 1
    return rows, count


def _without(table: str, path: str, known: set[int], now: datetime) -> Segment:
    """Write the part of a file that the lake lacks as a file of its own."""
    import pyarrow as pa
    import pyarrow.compute as pc

    shape = table_named(table)
    found = files.read([path], shape.columns)
    left = found.filter(pc.invert(pc.is_in(found.column("fact_id"), value_set=pa.array(sorted(known), pa.int64()))))
    return keep.segment_of(shape, left, now)


def _tell_again(table: str, lost: Sequence[Segment], now: datetime) -> tuple[int, int]:
    """Write what the lake lacks in the lost ranges from the outbox; return rows and facts."""
    kind = next((kind for kind in events.kinds().values() if table in {each.name for each in tables(kind)}), None)
    if kind is None:
        return 0, 0
    first, last = min(segment.first_fact for segment in lost), max(segment.last_fact for segment in lost)
    inside = [
        heard
        for heard in events.heard_between(kind=kind.__name__, first=first, last=last, hearer=HEARER)
        if any(segment.first_fact <= heard.id <= segment.last_fact for segment in lost)
    ]
    known = _known(table, first, last)
    fresh = [heard for heard in inside if heard.id not in known]
    made = keep.write_table(table, kind, fresh, now) if fresh else []
    store.add(made)
    return sum(segment.rows for segment in made), len(fresh) if made else 0


def _known(table: str, first: int, last: int) -> set[int]:
    found: set[int] = set()
    for path in store.overlapping(table, first, last):
        # Those still to be mended are not named any more; a file that cannot be read would have been found missing.
        found |= files.fact_ids(path)
    return found


def _remove_unnamed() -> int:
    """Remove every file the manifest does not name. Only for a lake nobody uses yet."""
    every = [path for path, _ in files.all_files()]
    unnamed = set(every) - store.known(every)
    for path in unnamed:
        files.remove(path)
    return len(unnamed)


def unheard_of(table: str, fact_ids: Sequence[int]) -> list[int]:
    """Return those facts that a table of the lake does not hold."""
    return sorted(set(fact_ids) - _known(table, min(fact_ids), max(fact_ids))) if fact_ids else []
