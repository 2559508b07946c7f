"""A cursor of the driver itself on Django's connection: for what Django's own cursor does not do, without stepping past Django."""

from typing import Any

import psycopg
from django.db.backends.utils import CursorWrapper


def cursor(database: Any, real: Any = None) -> CursorWrapper:
    """Return a cursor of the driver (a plain one, or `real`, made on the same connection), wrapped as Django wraps its own.

    Its transactions, errors, wrappers and counters hold. `database` is a connection of Django's; it is opened where it is not.
    """
    # As Django's own cursor does, once a request: a server that was restarted meanwhile is found again here.
    database.close_if_health_check_failed()
    database.ensure_connection()
    return database._prepare_cursor(real or psycopg.Cursor(database.connection))  # type: ignore[no-any-return]
