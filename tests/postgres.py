"""A real PostgreSQL for every test run.

By default an embedded server starts in a temporary folder when the first test asks for a database, and is gone at the end.
TEST_DATABASE_URL runs the same tests on any other server (the role there must be allowed to create databases);
SHOPKEEPER_OTHER_SERVER=1 on the operating system's own PostgreSQL, started as a plain process for the run.
SHOPKEEPER_TEST_SERVER names the data folder of a server that is already running, so that short runs start at once.

The tables are made once into a template database; the test database is a copy of it (0.15 s). A test that commits
(`transaction=True`) gets a fresh copy afterwards instead of emptied tables, so the rows that migrations make stay.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from shopkeeper.ops.database import public as database
from shopkeeper.ops.database import schema
from shopkeeper.ops.database.identity import database_identity
from shopkeeper.ops.database.rules import address
from shopkeeper.ops.database.shapes import Binaries
from shopkeeper.ops.processes import public as processes
from tests import components

_PREFIX = "shopkeeper-test-"
# Kills of processes are tested here, not losses of power: the disk need not be waited for.
_HASTE = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "128MB", "max_wal_size": "1GB"}


_MEMORY = Path("/dev/shm")
_ROOM = 8 * 2**30
"""Bytes that must be free there, and of memory as well."""


def environment() -> dict[str, str]:
    """Return the environment of this run: a data folder of its own, and no database until a test asks for one."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=_MEMORY if _has_room() else None))
    (folder / "secret_key").write_text("only-for-tests-" + "k" * 50)
    nowhere = "postgresql://nobody@/ask_for_the_db_fixture?host=/nonexistent"
    return {"DATA_DIR": str(folder), "DATABASE_URL": nowhere}


def _has_room() -> bool:
    """Return whether the run's own server may lie in memory.

    A run makes thousands of databases of a thousand files each and throws them away: on a disk that takes most of its time.
    """
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _ROOM:
        return False
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >= _ROOM


def _sweep() -> None:
    """Remove what killed runs left behind."""
    left = [folder for place in (Path(tempfile.gettempdir()), _MEMORY) for folder in place.glob(f"{_PREFIX}*")]
    for folder in left:
        process = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if process.isdigit() and not Path(f"/proc/{process}").exists() and Path("/proc").exists():
            shutil.rmtree(folder, ignore_errors=True)


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    folder = Path(os.environ["DATA_DIR"])
    if folder.name.startswith(_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server on which databases may be made: the one asked for, or an embedded one of our own."""
    is_other = os.environ.get("SHOPKEEPER_OTHER_SERVER") == "1"
    other = str(request.getfixturevalue("other_server")) if is_other else os.environ.get("TEST_DATABASE_URL", "")
    shared = os.environ.get("SHOPKEEPER_TEST_SERVER", "")
    folder = Path(shared or os.environ["DATA_DIR"])
    with contextlib.ExitStack() as stack:
        if other:
            yield database.use(database_url=other).url
        else:
            server = stack.enter_context(database.running(data_dir=folder, extra_settings=None if shared else _HASTE))
            assert server.admin_url is not None
            with psycopg.connect(server.admin_url, autocommit=True) as admin:
                # Builders that remember put their rows back without triggers (kit/tests/remembered.py).
                admin.execute("GRANT SET ON PARAMETER session_replication_role TO shopkeeper")
            yield server.admin_url


@pytest.fixture(scope="session")
def database_template(database_server: str, django_test_environment: None, django_db_blocker: pytest.FixtureRequest) -> str:
    """The name of a database that has every table and no trade; copies of it are cheap."""
    name = f"shop_template_{schema.fingerprint()[:16]}"
    with psycopg.connect(database_server, autocommit=True) as admin:
        # Several runs may share the server: one of them makes the template, the others wait.
        admin.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            draft = f"{name}_{os.getpid()}"
            _create(admin, draft, template="template0")
            try:
                with django_db_blocker.unblock():  # type: ignore[attr-defined]
                    _point_django_at(address.with_name(_as_shop(database_server), draft))
                    schema.bring_up_to_date()
            except BaseException:
                _drop(admin, draft)
                raise
            admin.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    return name


@pytest.fixture(scope="session")
def django_db_setup(database_server: str, database_template: str, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Instead of pytest-django's own: the test database is a copy of the template, made anew after each test that commits."""
    from django.db import connections
    from django.test import TransactionTestCase

    name = f"shop_test_{os.getpid()}"

    def renew() -> None:
        for connection in connections.all(initialized_only=True):
            connection.close()
        with psycopg.connect(database_server, autocommit=True) as admin:
            _drop(admin, name)
            _create(admin, name, template=database_template)

    renew()
    _point_django_at(address.with_name(_as_shop(database_server), name))
    flush = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda self: renew()
    yield
    TransactionTestCase._fixture_teardown = flush
    for connection in connections.all(initialized_only=True):
        connection.close()
    with psycopg.connect(database_server, autocommit=True) as admin:
        _drop(admin, name)


@pytest.fixture(scope="session")
def other_server() -> Iterator[str]:
    """The address of the operating system's own PostgreSQL, started as a plain process: over TCP, with a password, its own settings."""
    programs = components.other_postgresql()
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-other-") as folder:
        yield from _plain_server(Binaries(folder=programs, major=int(programs.parent.name)), Path(folder))


def _plain_server(programs: Binaries, folder: Path) -> Iterator[str]:
    who = database_identity()
    switched = {"user": who.uid, "group": who.gid, "extra_groups": []} if who.is_switched else {}
    os.chown(folder, who.uid, who.gid)
    secret = folder / "password"
    secret.write_text("between-tests")
    secret.chmod(0o644)
    data = folder / "data"
    made = [
        "--pgdata",
        data,
        "--username",
        "owner",
        "--encoding",
        "UTF8",
        "--locale",
        "C.UTF-8",
        "--auth",
        "scram-sha-256",
        "--pwfile",
        secret,
    ]
    subprocess.run([programs.program("initdb"), *made, "--no-sync"], check=True, capture_output=True, cwd="/", **switched)
    port = free_port()
    options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off"}
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    user = who.uid if who.is_switched else None
    child = processes.spawn(
        [programs.program("postgres"), "-D", str(data), *words],
        env={"LC_ALL": "C"},
        folder=data,
        log=data / "start.log",
        uid=user,
        gid=who.gid if who.is_switched else None,
        ending=signal.SIGINT,
    )
    url = f"postgresql://owner:between-tests@127.0.0.1:{port}/postgres"
    try:
        _wait_until_answers(url)
        yield url
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(30)


def _wait_until_answers(url: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def free_port() -> int:
    """Return a port of the loopback address on which nothing listens at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def shop_environment(transactional_db: None) -> dict[str, str]:
    """The environment for a real process that works on this test's database: races, kills, commands."""
    return dict(os.environ)


def _create(admin: psycopg.Connection, name: str, *, template: str) -> None:
    owner = "OWNER shopkeeper" if admin.info.user == "postgres" and admin.info.host.startswith("/") else ""
    admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {owner}')


def _drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _as_shop(server: str) -> str:
    """Return the address with which the shop itself connects: on the embedded server as its own, unprivileged role."""
    return server.replace("postgresql://postgres@/", "postgresql://shopkeeper@/", 1)


def _point_django_at(url: str) -> None:
    from django.db import connections

    os.environ["DATABASE_URL"] = url
    read = psycopg.conninfo.conninfo_to_dict(url)
    values = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    connections["default"].close()
    connections["default"].settings_dict.update({ours: str(read.get(theirs) or "") for ours, theirs in values.items()})
