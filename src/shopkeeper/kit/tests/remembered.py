"""Builders that remember: what many tests begin with is made once by the rooms' own faces, and put back as its rows afterwards.

A small shop takes some 150 statements to make and the tests of the doors want one each. The rows that a builder wrote are read
once; where the next test's transaction is in the same state, they are written again in one message, with triggers and foreign
keys off: what those do was done the first time and is among the rows. Wherever that cannot be known (a test that commits, rows
written before by something else, a server that does not let triggers be put off) the builder runs as if it were not remembered.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from django.db import connection
from psycopg.sql import SQL, Identifier, Literal

P = ParamSpec("P")
T = TypeVar("T")

Touched = tuple[tuple[str, int, int, int], ...]
"""Table and rows inserted, changed and removed so far: the server counts on over transactions, and within one only upwards."""

_TOUCHED = """
SELECT relid::regclass::text, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables JOIN pg_class ON oid = relid
WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND relpersistence <> 't' ORDER BY 1"""
_COLUMNS = """
SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"""
_SEQUENCES = "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences WHERE last_value IS NOT NULL"
_MAY = "SELECT coalesce(current_setting('is_superuser')::bool OR has_parameter_privilege('session_replication_role', 'SET'), false)"


@dataclass(frozen=True)
class _Kept:
    answer: Any
    rows: str
    """The statements that write the rows, triggers and foreign keys off."""
    sequences: str
    """The statement after which no number is given out that a row has."""


@dataclass(frozen=True)
class _State:
    """What is known of a transaction: which builders alone have written in it, and what they touched."""

    transaction: str
    touched: Touched
    made: tuple[str, ...]


_kept: dict[tuple[str, ...], _Kept] = {}
_last = [_State("", (), ())]
"""The state that the last remembering builder left behind."""
_counts = {"built": 0, "put back": 0}


def remembered(build: Callable[P, T]) -> Callable[P, T]:
    """Return the builder, remembering. It may write to the database and must leave no trace elsewhere; its answer is copied."""

    @functools.wraps(build)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        before = _made_so_far()
        if before is None:
            return build(*args, **kwargs)
        now = (*before.made, f"{build.__module__}.{build.__qualname__}{args}{sorted(kwargs.items())}")
        if now in _kept:
            _counts["put back"] += 1
            _put_back(_kept[now])
            answer = _kept[now].answer
        else:
            _counts["built"] += 1
            answer = build(*args, **kwargs)
            _kept[now] = _Kept(copy.deepcopy(answer), _rows_since(before.touched), _sequences())
        _last[0] = _State(_transaction(), _touched(), now)
        return copy.deepcopy(answer)  # type: ignore[no-any-return]

    return made


def counts() -> dict[str, int]:
    """Return how often something was built and how often put back, in this process."""
    return dict(_counts)


def _made_so_far() -> _State | None:
    """Return the state of the transaction where it is known, else None."""
    if not connection.in_atomic_block or not _may_put_back():
        return None
    now = _State(_transaction(), _touched(), ())
    # Without a number the transaction has written nothing.
    if not now.transaction:
        return now
    return _last[0] if (_last[0].transaction, _last[0].touched) == (now.transaction, now.touched) else None


def _transaction() -> str:
    return str(_all("SELECT pg_current_xact_id_if_assigned()")[0][0] or "")


def _may_put_back() -> bool:
    name = str(connection.settings_dict["NAME"])
    if name not in _allowed:
        _allowed[name] = bool(_all(_MAY)[0][0])
    return _allowed[name]


_allowed: dict[str, bool] = {}


def _touched() -> Touched:
    return tuple((str(table), ins, upd, gone) for table, ins, upd, gone in _all(_TOUCHED))


def _rows_since(before: Touched) -> str:
    """Return statements that make the tables touched since then what they are now."""
    known = set(before)
    lines = ["SET LOCAL session_replication_role = replica"]
    for touched in _touched():
        if touched in known:
            continue
        table = touched[0]
        ((columns,),) = _all(_COLUMNS, table)
        listed = SQL(", ").join(map(Identifier, columns)).as_string(connection.connection)
        as_text = ", ".join(f"{Identifier(each).as_string(connection.connection)}::text" for each in columns)
        rows = _all(f"SELECT {as_text} FROM {table}")
        lines.append(f"DELETE FROM {table}")
        if rows:
            lines.append(f"INSERT INTO {table} ({listed}) OVERRIDING SYSTEM VALUE VALUES {', '.join(map(_row, rows))}")
    lines.append("SET LOCAL session_replication_role = origin")
    return ";\n".join(lines)


def _row(values: Sequence[str | None]) -> str:
    return "(" + ", ".join(Literal(each).as_string(connection.connection) for each in values) + ")"


def _sequences() -> str:
    each = [f"setval('{name}', greatest({last}, (SELECT last_value FROM {name})))" for name, last in _all(_SEQUENCES)]
    return f"SELECT {', '.join(each)}" if each else "SELECT 1"


def _put_back(kept: _Kept) -> None:
    # Not through Django: the statements of a builder are not what a test counts.
    connection.connection.execute(kept.rows, prepare=False)
    connection.connection.execute(kept.sequences, prepare=False)


def _all(query: str, *values: object) -> list[tuple[Any, ...]]:
    cursor = connection.connection.cursor()
    return list(cursor.execute(query, values or None).fetchall())
