"""The database's tables: loaded from a generated dump, brought up to date by migrations, and known by a hash of the migration set.

Every function here works on Django's default connection, so Django must be set up and point at the server.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from shopkeeper import __version__
from shopkeeper.ops.database.rules import dump_text, versions
from shopkeeper.ops.database.shapes import TablesNewer, gettext_noop

DUMP = Path(__file__).with_name("schema.sql")
_MARK = "migration set "
# Any number will do, as long as no other code takes a session lock on it.
_LOCK = 7_203_114_155_021


def migration_files() -> dict[str, str]:
    """Return a short hash of every migration file of every installed app, and of the SQL files they install, keyed `app/folder/file`."""
    found = {}
    for label, folder in _migration_folders():
        for path in [*folder.rglob("*.py"), *folder.rglob("*.sql"), *(folder.parent / "sql").rglob("*.sql")]:
            found[f"{label}/{path.relative_to(folder.parent)}"] = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return dict(sorted(found.items()))


def fingerprint() -> str:
    """Return a hash of the whole migration set; 64 hexadecimal digits."""
    return hashlib.sha256(dump_text.header(migration_files()).encode()).hexdigest()


def _migration_folders() -> Iterable[tuple[str, Path]]:
    from django.apps import apps
    from django.conf import settings

    for app in apps.get_app_configs():
        name = settings.MIGRATION_MODULES.get(app.label, f"{app.name}.migrations")
        spec = importlib.util.find_spec(name) if name and importlib.util.find_spec(name.rpartition(".")[0]) else None
        if spec is not None and spec.submodule_search_locations:
            yield app.label, Path(next(iter(spec.submodule_search_locations)))


def is_current() -> bool:
    """Return whether the database has exactly this code's migrations."""
    return _stored() == fingerprint()


def bring_up_to_date(*, say: Callable[[str], None] = lambda text: None, dump: Path = DUMP) -> None:
    """Make or update the tables: an empty database gets the dump, and migrations run only where the dump or the database is behind.

    `say` hears what is being done, in English that can be translated. A dump made from migrations that have changed since is left aside.
    Raises TablesNewer where a newer version of the package was here before.
    """
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        wanted = fingerprint()
        _refuse_newer()
        if _is_empty():
            say(gettext_noop("Loading the tables"))
            _load(dump)
        if _stored() != wanted:
            say(gettext_noop("Bringing the tables up to date"))
            call_command("migrate", interactive=False, verbosity=0)
            _mark(wanted)
        _sign()
    finally:
        # Closing gives back the lock and the settings the dump changed.
        connection.close()


def _mark(value: str) -> None:
    """Store the hash of the migration set that the tables now have, as a comment on the table of applied migrations."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON TABLE public.django_migrations IS '{_MARK}{value}'")


def _stored() -> str | None:
    row = _one("SELECT obj_description(to_regclass('public.django_migrations'), 'pg_class')")
    text = row[0] or ""
    return text.removeprefix(_MARK) if text.startswith(_MARK) else None


def _sign() -> None:
    """Store the version of this package beside the tables, for an older one that is started on them."""
    from django.db import connection

    if _signed() != __version__:
        with connection.cursor() as cursor:
            cursor.execute(f"COMMENT ON COLUMN public.django_migrations.id IS '{dump_text.MADE_BY}{__version__}'")


def _signed() -> str | None:
    """Return the version of the package that last brought the tables up to date, None where none said."""
    row = _one("SELECT col_description(to_regclass('public.django_migrations'), 1)")
    text = row[0] or ""
    return text.removeprefix(dump_text.MADE_BY) if text.startswith(dump_text.MADE_BY) else None


def _refuse_newer() -> None:
    """Raise TablesNewer where a newer version of the package has changed the tables: this code would not know what it writes to."""
    from django.apps import apps

    if _one("SELECT to_regclass('public.django_migrations')")[0] is None:
        return
    have = {config.label: folder for config in apps.get_app_configs() if config.name.startswith("shopkeeper.") for folder in [config.path]}
    unknown = [
        f"{app}.{name}"
        for app, name in _all("SELECT app, name FROM public.django_migrations ORDER BY id")
        if app in have and not (Path(have[app]) / "migrations" / f"{name}.py").exists()
    ]
    version = _signed()
    if unknown or (version is not None and versions.is_newer(version, than=__version__)):
        raise TablesNewer(found=version or "?", ours=__version__, unknown=", ".join(unknown) or "–")


def _is_empty() -> bool:
    return bool(_one("SELECT count(*) = 0 FROM pg_class WHERE relnamespace = 'public'::regnamespace")[0])


def _one(query: str) -> tuple[Any, ...]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def _all(query: str) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _load(dump: Path) -> None:
    from django.db import connection, transaction

    text = dump.read_text(encoding="utf-8") if dump.exists() else ""
    if not text or not dump_text.is_made_from(text, migration_files()):
        return
    # One transaction: a crash half-way leaves an empty database, which is loaded again.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text)
        cursor.execute("SET search_path TO DEFAULT")
