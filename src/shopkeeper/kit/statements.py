"""Statements of the hot path: prepared once per connection on the server, so that a call is sent, run and answered, and nothing else.

Django's own cursor puts values into the text of a statement, which is then parsed and planned at every call; a database function called
this way costs half of what it would. These pass through Django all the same: its transactions, its errors, its wrappers and counters.
"""

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper

from shopkeeper.kit import driver, together


def row(statement: str, values: Sequence[Any]) -> Any:
    """Return the one row a statement answers, None where it answers none. Raises django.db.Error."""
    with _cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def rows(statement: str, values: Sequence[Any]) -> list[Any]:
    """Return the rows a statement answers. Raises django.db.Error."""
    with _cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def done(statement: str, values: Sequence[Any]) -> int:
    """Return how many rows a statement that answers none touched. Raises django.db.Error."""
    with _cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _cursor() -> CursorWrapper:
    # Looked up once: each look through Django's proxy costs as much as a small loop.
    database = connections[DEFAULT_DB_ALIAS]
    if database.queries_logged or together.is_reading():
        # A prepared statement leaves no text with its values behind: whoever looks at statements wants to read them, and whoever reads
        # several together has to.
        return database.cursor()
    database.ensure_connection()
    # Every statement that comes here comes often: prepared the first time, not the fifth.
    database.connection.prepare_threshold = 0
    return driver.cursor(database)
