"""Where a command works: its data folder, its database (found running, or started and stopped by the command), and Django set up on it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from shopkeeper.doors.cli.refusals import BadPort, NoShopHere
from shopkeeper.ops.database import public as database

SETTINGS = "shopkeeper.wiring.settings"


def data_dir() -> Path:
    """Return the folder that holds everything of this shop."""
    return database.default_data_dir(os.environ)


def database_url() -> str:
    """Return the address of a database server of the operator's own, or an empty text for the embedded one."""
    return os.environ.get("DATABASE_URL", "").strip()


def port() -> int:
    """Return the port for the web server. Raises BadPort."""
    named = os.environ.get("PORT", "").strip() or "8000"
    if not (named.isascii() and named.isdigit() and 1 <= int(named) <= 65535):
        raise BadPort(port=named)
    return int(named)


def enter_django(*, url: str, folder: Path) -> None:
    """Set Django up for the shop in `folder` on the database at `url`."""
    database.ensure_secret_key(folder)
    os.environ.update(DATABASE_URL=url, DATA_DIR=str(folder), DJANGO_SETTINGS_MODULE=SETTINGS)
    import django

    django.setup()


def stands(folder: Path) -> bool:
    """Return whether a data folder holds a shop's own database."""
    return (folder / "postgres" / "PG_VERSION").exists()


def is_any_here() -> bool:
    """Return whether there is a shop to speak of: one in the data folder, or on a database server of the operator's own."""
    return bool(database_url()) or stands(data_dir())


def refuse_where_none_stands() -> None:
    """Raise NoShopHere where the data folder holds no shop: for words about one that stands, which must not begin another by the way."""
    if not is_any_here():
        raise NoShopHere(folder=data_dir())


@contextlib.contextmanager
def shop() -> Iterator[None]:
    """Be inside the shop: database running, tables up to date, Django set up. Ends what it started. Raises a DatabaseRefusal."""
    folder = data_dir()
    with database.running(data_dir=folder, database_url=database_url()) as server:
        enter_django(url=server.url, folder=folder)
        database.bring_up_to_date()
        try:
            yield
        finally:
            from django.db import connections

            connections.close_all()
