"""Several questions to the database in one statement: each is asked as its room asks it, all travel together."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db import Error, connection
from psycopg.pq import Format
from psycopg.types.datetime import TimestamptzBinaryLoader
from psycopg.types.json import JsonbBinaryLoader

from shopkeeper.kit import driver

Row = tuple[Any, ...]
Question = Callable[[], Any]

MOST_ROUNDS = 12

_known: ContextVar[dict[str, list[Row]] | None] = ContextVar("read_together", default=None)


class _Wanting(BaseException):
    """A question cannot go on before these statements are answered."""

    def __init__(self, statements: Sequence[str]) -> None:
        super().__init__()
        self.statements = tuple(statements)


class _Alone(BaseException):
    """A question does more than read, and must be put by itself."""


def read(*questions: Question, remembered: dict[str, list[Row]] | None = None) -> tuple[Any, ...]:
    """Return the answers to questions that only read, in as many statements as the longest of them needs by itself.

    Each is a function that asks the database; what none of them knows yet is fetched in one statement, and they are put again with
    it, until all have answered. A question should ask the same each time: moments come in from outside. One that does not, or that
    writes after all, is put once more, by itself, after the others. Lists must be read out within the question.

    `remembered` takes and gives what was fetched: for what never changes while the process lives, or for what several steps of one
    page are made from. Raises what a question raises.
    """
    if is_reading():
        return _again(questions, {})
    known: dict[str, list[Row]] = {} if remembered is None else remembered
    answers: dict[int, Any] = {}
    for _round in range(MOST_ROUNDS):
        try:
            with _remembering(known):
                return _again(questions, answers)
        except _Wanting as wanting:
            if not _learn(known, wanting.statements):
                break
        except _Alone:
            break
    return tuple(answers[index] if index in answers else each() for index, each in enumerate(questions))


def is_reading() -> bool:
    """Return whether whoever asks the database now is answered from what was fetched together."""
    return _known.get() is not None


def _learn(known: dict[str, list[Row]], statements: Sequence[str]) -> bool:
    """Fetch what is not known yet; False where one of the statements fails, so that each question has to meet its own error."""
    try:
        known.update(_fetch([each for each in dict.fromkeys(statements) if each not in known]))
    except Error:
        if connection.in_atomic_block:
            # The transaction is broken: nothing more can be asked in it.
            raise
        return False
    return True


def _again(questions: Sequence[Question], answers: dict[int, Any]) -> tuple[Any, ...]:
    wanted: list[str] = []
    is_alone = False
    for index, each in enumerate(questions):
        if index in answers:
            continue
        try:
            answers[index] = each()
        except _Wanting as wanting:
            wanted += wanting.statements
        except _Alone:
            is_alone = True
    if wanted:
        raise _Wanting(wanted)
    if is_alone:
        raise _Alone
    return tuple(answers[index] for index in range(len(questions)))


@contextmanager
def _remembering(known: dict[str, list[Row]]) -> Iterator[None]:
    """Let whoever asks the database now be answered from what is known, and say what is not."""
    connection.ensure_connection()
    mark = _known.set(known)
    connection.cursor = connection.chunked_cursor = _Remembered  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        del connection.cursor, connection.chunked_cursor
        _known.reset(mark)


class _Remembered:
    """A cursor over rows that were fetched before."""

    def __init__(self) -> None:
        self._rows: Iterator[Row] = iter(())
        self.rowcount = -1

    def execute(self, sql: str, params: Any = None) -> None:
        known = _known.get()
        assert known is not None
        if not sql.lstrip(" \n(").upper().startswith(("SELECT", "WITH")) or " FOR UPDATE" in sql or " FOR SHARE" in sql:
            raise _Alone
        text = sql if params is None else psycopg.ClientCursor(connection.connection).mogrify(sql, params)
        if text not in known:
            raise _Wanting([text])
        self._rows, self.rowcount = iter(known[text]), len(known[text])

    def fetchone(self) -> Row | None:
        return next(self._rows, None)

    def fetchmany(self, size: int = 1) -> list[Row]:
        return [row for _index, row in zip(range(size), self._rows, strict=False)]

    def fetchall(self) -> list[Row]:
        return list(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def __enter__(self) -> "_Remembered":
        return self

    def __exit__(self, *_what: object) -> None:
        return None

    def close(self) -> None:
        return None


def _fetch(statements: Sequence[str]) -> dict[str, list[Row]]:
    """Return the rows of each statement, asked as one."""
    # Each statement is composed by the driver itself, its values quoted.
    lists = ", ".join(f"ARRAY(SELECT q FROM ({each.strip().rstrip(';')}) q)" for each in statements)  # noqa: S608
    with driver.cursor(connection, _binary_cursor()) as cursor:
        cursor.execute(f"SELECT {lists}")
        found = cursor.fetchone()
    return dict(zip(statements, found, strict=True))


def _binary_cursor() -> Any:
    # Only in the binary form does a row within a list carry the types of its columns.
    cursor = psycopg.Cursor(connection.connection)
    cursor.format = Format.BINARY
    # As Django has them: moments in UTC, JSON as the text that its fields read.
    cursor.adapters.register_loader("timestamptz", _Moment)
    cursor.adapters.register_loader("jsonb", _JsonText)
    return cursor


class _Moment(TimestamptzBinaryLoader):
    def load(self, data: Any) -> datetime:
        return super().load(data).astimezone(UTC)


class _JsonText(JsonbBinaryLoader):
    def load(self, data: Any) -> str:
        return bytes(data)[1:].decode()
