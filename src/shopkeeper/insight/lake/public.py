"""The face of the lake: ask it with SQL, learn what time it covers, check that it is whole."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shopkeeper.events.shapes import Heard
from shopkeeper.insight.lake import files, store
from shopkeeper.insight.lake import keep as keeping
from shopkeeper.insight.lake.reader import query, table_named
from shopkeeper.insight.lake.rules.tables import OTHER_NAMES
from shopkeeper.insight.lake.shapes import Span, Table

__all__ = ["audit", "forget_all", "keep", "query", "span", "table"]


def table(name: str) -> Table:
    """Return a table's columns by its name (`order_placed`, `order_lines`). Raises KeyError."""
    return table_named(name)


def span(name: str) -> Span | None:
    """Return the time a table covers, without reading it; None where it is empty."""
    return store.span(OTHER_NAMES.get(name, name))


@transaction.atomic
def keep(batch: Sequence[Heard], *, now: datetime) -> int:
    """Write a batch of one kind of fact into the lake, except what it holds already; return how many facts were written."""
    return keeping.keep(batch, now)


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
