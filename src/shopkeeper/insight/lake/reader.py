"""Questions to the lake: DuckDB over the files the manifest names at this moment, so no half-written state is ever read.

DuckDB lives in the process, one small engine per thread, started on first use: after a fork a child starts its own.
"""

import os
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from shopkeeper.events import public as events
from shopkeeper.insight.lake import files, store
from shopkeeper.insight.lake.rules.tables import OTHER_NAMES, tables
from shopkeeper.insight.lake.shapes import Answer, LakeDamaged, QueryRefused, QueryTooSlow, Table

MEMORY = "512MB"
THREADS = 2
LONGEST_S = 30.0

_SQL_TYPES = {"int": "BIGINT", "str": "VARCHAR", "bool": "BOOLEAN", "list": "VARCHAR[]"}
_here = threading.local()


@cache
def all_tables() -> dict[str, Table]:
    """Return every table of the lake by its name."""
    return {table.name: table for kind in events.kinds().values() for table in tables(kind)}


def table_named(name: str) -> Table:
    """Return a table by its name or its other name. Raises KeyError."""
    return all_tables()[OTHER_NAMES.get(name, name)]


def query(sql: str, params: Sequence[object] | dict[str, object] = ()) -> Answer:
    """Answer one SELECT in DuckDB's dialect over the lake's tables. Raises QueryRefused, QueryTooSlow, LakeDamaged."""
    import duckdb

    engine = _engine()
    _only_a_select(engine, sql)
    try:
        with _in_time(engine):
            _show(engine, _tables_in(sql))
            result = engine.execute(sql, params)
            rows = result.fetchall()
    except duckdb.InterruptException as error:
        raise QueryTooSlow(f"stopped after {LONGEST_S:g} s") from error
    except duckdb.IOException as error:
        raise LakeDamaged([str(error)]) from error
    return Answer(tuple(column[0] for column in result.description), tuple(rows))


def _engine() -> Any:
    place = (os.getpid(), files.root())
    if getattr(_here, "place", None) != place:
        _here.place, _here.engine, _here.shown = place, _start(), {}
    return _here.engine


def _start() -> Any:
    import duckdb

    files.root().mkdir(parents=True, exist_ok=True)
    folder = str(files.root().resolve()).replace("'", "''")
    engine = duckdb.connect(":memory:", config={"threads": THREADS, "memory_limit": MEMORY})
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        f"allowed_directories = ['{folder}']",
        f"temp_directory = '{folder}/.spill'",
        "enable_external_access = false",
        "parquet_metadata_cache = true",
        "TimeZone = 'UTC'",
        "lock_configuration = true",
    ):
        engine.execute(f"SET {setting}")
    return engine


def _only_a_select(engine: Any, sql: str) -> None:
    import duckdb

    statements = engine.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise QueryRefused("The lake answers one SELECT at a time")


def _tables_in(sql: str) -> set[str]:
    return set(re.findall(r"[a-z_]+", sql.lower())) & (all_tables().keys() | OTHER_NAMES.keys())


def _show(engine: Any, names: set[str]) -> None:
    """Point the views at the files of this moment; a view whose files are the same stays."""
    listings = files_now()
    for name in names:
        listing = listings.get(OTHER_NAMES.get(name, name))
        if name not in _here.shown or _here.shown[name] != listing:
            engine.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {_view(table_named(name), listing)}')
            _here.shown[name] = listing


def files_now() -> dict[str, store.Listing]:
    """Return the live files of every table: the one thing that each question to the lake asks the database, in the same words."""
    return store.listings(sorted(all_tables()))


def _view(table: Table, listing: store.Listing | None) -> str:
    have = listing.columns if listing else frozenset()
    columns = ", ".join(
        f'"{column.name}"' if column.name in have else f'CAST(NULL AS {_SQL_TYPES[column.type]}) AS "{column.name}"'
        for column in table.columns
    )
    if listing is None:
        return f"SELECT {columns} WHERE false"
    paths = ", ".join("'" + str(files.root().resolve() / path).replace("'", "''") + "'" for path in listing.paths)
    by_name = "" if listing.is_uniform else ", union_by_name = true"
    return f"SELECT {columns} FROM read_parquet([{paths}]{by_name}, hive_partitioning = false)"  # noqa: S608 - as above


@contextmanager
def _in_time(engine: Any) -> Iterator[None]:
    timer = threading.Timer(LONGEST_S, engine.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
