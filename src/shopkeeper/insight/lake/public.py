"""The face of the lake: ask it with SQL, learn what time it covers, check that it is whole."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from shopkeeper.events.shapes import Heard
from shopkeeper.insight.lake import files, store
from shopkeeper.insight.lake import keep as keeping
from shopkeeper.insight.lake import mend as mending
from shopkeeper.insight.lake.reader import files_now, query, table_named
from shopkeeper.insight.lake.rules.tables import OTHER_NAMES, table_name
from shopkeeper.insight.lake.shapes import Mended, Span, Table

__all__ = ["audit", "foresee", "forget_all", "keep", "lacking", "listed", "mend", "query", "span", "table"]


def table(name: str) -> Table:
    """Return a table's columns by its name (`order_placed`, `order_lines`). Raises KeyError."""
    return table_named(name)


def span(name: str) -> Span | None:
    """Return the time a table covers, without reading it; None where it is empty."""
    return store.span(OTHER_NAMES.get(name, name))


def foresee() -> None:
    """Ask the database what every question to the lake asks it: for one who reads that together with other things."""
    files_now()


@transaction.atomic
def keep(batch: Sequence[Heard], *, now: datetime) -> int:
    """Write a batch of one kind of fact into the lake, except what it holds already; return how many facts were written."""
    return keeping.keep(batch, now)


def listed() -> list[dict[str, Any]]:
    """Return every file the lake names: `path` below its folder, `is_live`, and what `mend` needs to name it again."""
    return mending.described()


def mend(spare: Sequence[Mapping[str, Any]], *, now: datetime) -> Mended:
    """Make a lake that was put back hold exactly what its database says it heard; `spare` is what `listed` returned for the copy.

    For a restored shop that is not open yet: files the database does not name are removed at once.
    """
    return mending.mend(spare, now)


def lacking(kind: str, fact_ids: Sequence[int]) -> list[int]:
    """Return those facts of a kind that the lake does not hold."""
    return mending.unheard_of(table_name(kind), fact_ids)


def audit() -> tuple[str, ...]:
    """Return what is wrong with the lake's files, one sentence each: missing, unreadable, or of another number of rows."""
    problems = []
    for path, rows in store.all_live():
        found = files.row_count(path)
        if found is None:
            problems.append(f"{path} is missing or unreadable")
        elif found != rows:
            problems.append(f"{path} has {found} rows, the manifest says {rows}")
    return tuple(problems)


@transaction.atomic
def forget_all() -> int:
    """Empty the lake, when a sample shop is given up, and return how many files that were; they go once the transaction commits."""
    paths = store.forget_all()
    transaction.on_commit(lambda: _remove(paths))
    return len(paths)


def _remove(paths: list[str]) -> None:
    for path in paths:
        files.remove(path)
