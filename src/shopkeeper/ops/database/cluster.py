"""One embedded PostgreSQL server: made, configured, started, watched and stopped.

PostgreSQL is a direct child of this process, so that a killed server is reaped (an unreaped one blocks every restart)
and so that the kernel ends it when we die.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg

from shopkeeper.ops.database import folders
from shopkeeper.ops.database.identity import Identity
from shopkeeper.ops.database.rules import address, pidfile, tuning
from shopkeeper.ops.database.shapes import Binaries, FolderOfOtherVersion, Server, ServerDidNotStart
from shopkeeper.ops.processes import public as processes

ROLE = "shopkeeper"
SUPERUSER = "postgres"
DATABASE = "shopkeeper"
_MAP = "shopkeeper"
_TRIES = 5
_PATIENCE_S = 300.0


class Cluster:
    """The server whose data lies in one folder. Not safe to share between threads; start it from the main thread."""

    def __init__(self, *, data_dir: Path, binaries: Binaries, identity: Identity, extra_settings: Mapping[str, str] | None = None) -> None:
        self._binaries = binaries
        self._identity = identity
        self._extra = dict(extra_settings or {})
        self._home = data_dir
        self._data = data_dir / "postgres"
        self._logs = folders.subfolder(folders.subfolder(data_dir, "log", identity=identity), "postgres", identity=identity)
        self._socket = folders.socket_folder(data_dir, identity=identity)
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> int | None:
        """The postmaster's process id while we run one."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def url(self, *, role: str = ROLE, name: str = DATABASE) -> str:
        """Return the address of one database on this server."""
        return address.socket_url(folder=self._socket, role=role, name=name)

    @staticmethod
    def superuser_url(socket: Path) -> str:
        """Return the address with which the superuser reaches the server whose socket lies in this folder."""
        return address.socket_url(folder=socket, role=SUPERUSER, name=DATABASE)

    def server(self, *, started_here: bool) -> Server:
        """Return the running server as a shape. Raises psycopg.OperationalError if it does not answer."""
        with psycopg.connect(self.url(role=SUPERUSER, name="postgres"), connect_timeout=5) as connection:
            version = connection.info.server_version
        admin = self.url(role=SUPERUSER, name="postgres")
        return Server(url=self.url(), admin_url=admin, version=version, is_embedded=True, started_here=started_here)

    def is_ready(self) -> bool:
        """Return whether a server, whoever started it, takes connections on this folder."""
        found = self._postmaster()
        return found is not None and found.is_ready and _runs_in(found.process, self._data)

    def start(self, *, meanwhile: Callable[[], None] | None = None) -> None:
        """Start the server, making it first where there is none; returns when it takes connections.

        `meanwhile` is done once while the server gets ready. It must not need the server.
        A first start right after a crash can fail while old backends let go of their memory, so it is tried again.
        Raises ServerDidNotStart with the end of the log, or FolderOfOtherVersion.
        """
        self._create()
        self.clear_leftovers()
        self._configure()
        for attempt in range(_TRIES):
            time.sleep(0.25 * 2 ** (attempt - 1) if attempt else 0)
            self._launch()
            if meanwhile and not attempt:
                meanwhile()
            if self._wait_ready():
                self._ensure_role_and_database()
                return
        raise ServerDidNotStart(folder=self._home, log=self.last_words())

    def is_alive(self) -> bool:
        """Return whether our server's main process runs; reaps it if it has ended."""
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        """Stop the server: close connections, write a checkpoint; if that takes too long, end at once and recover next time."""
        child = self._child
        if child is None:
            return
        for ending, patience in ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            if child.poll() is None:
                child.send_signal(ending)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(patience)
        self._child = None

    # -- making ----------------------------------------------------------------------------------------------------

    def _create(self) -> None:
        if self._data.exists():
            self._check_version()
            return
        # Made under another name first: a crash half-way must not leave a folder that looks like a database.
        draft = self._home / "postgres.part"
        shutil.rmtree(draft, ignore_errors=True)
        self._run_program("initdb", "--pgdata", str(draft), *_initdb_options(self._binaries.major))
        with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\n# shopkeeper.conf is written anew at each start; put your own settings into custom.conf.\n")
            file.write("include_if_exists = 'shopkeeper.conf'\ninclude_if_exists = 'custom.conf'\n")
        draft.replace(self._data)

    def _check_version(self) -> None:
        try:
            found = (self._data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            found = "?"
        if found != str(self._binaries.major):
            raise FolderOfOtherVersion(folder=self._data, found=found, expected=self._binaries.major)

    def _configure(self) -> None:
        values = tuning.settings(memory_bytes=_memory(), major=self._binaries.major)
        values |= {"unix_socket_directories": f"'{self._socket}'", "log_directory": f"'{self._logs}'"} | self._extra
        self._write("shopkeeper.conf", tuning.as_file(values))
        # Whoever connects is who the kernel says they are; nobody is trusted, and nothing listens on the network.
        self._write("pg_hba.conf", f"local all all peer map={_MAP}\nlocal replication all peer map={_MAP}\n")
        users = sorted({self._identity.name, self._identity.connecting_as})
        self._write("pg_ident.conf", "".join(f'{_MAP} "{user}" {role}\n' for user in users for role in (ROLE, SUPERUSER)))

    def _write(self, name: str, text: str) -> None:
        draft = self._data / f"{name}.part"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        if self._identity.is_switched:
            os.chown(draft, self._identity.uid, self._identity.gid)
        draft.replace(self._data / name)

    def _ensure_role_and_database(self) -> None:
        with psycopg.connect(self.url(role=SUPERUSER, name="postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone() is None:
                connection.execute(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE IN ROLE pg_monitor")
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")

    # -- starting --------------------------------------------------------------------------------------------------

    def clear_leftovers(self) -> None:
        """Stop a server that outlived its supervisor, and remove the marks of one that is dead."""
        found = self._postmaster()
        if found is not None and _runs_in(found.process, self._data):
            _end(found.process, self._data)
        # The process id may belong to somebody else by now (a restarted container reuses them at once). We hold the folder's lock,
        # and the shared memory of a server still alive would refuse a second one, so the mark can go.
        for stale in (self._data / "postmaster.pid", self._socket / ".s.PGSQL.5432.lock", self._socket / ".s.PGSQL.5432"):
            stale.unlink(missing_ok=True)

    def _launch(self) -> None:
        with processes.postponing_signals():
            self._child = processes.spawn(
                [self._binaries.program("postgres"), "-D", str(self._data)],
                env=_environment(),
                folder=self._data,
                log=self._logs / "start.log",
                uid=self._identity.uid if self._identity.is_switched else None,
                gid=self._identity.gid if self._identity.is_switched else None,
                # The kernel's message when we die: a fast, orderly shutdown.
                ending=signal.SIGINT,
            )

    def _wait_ready(self) -> bool:
        assert self._child is not None
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            if self._child.poll() is not None:
                return False
            found = self._postmaster()
            if found is not None and found.process == self._child.pid and found.is_ready:
                return True
            time.sleep(0.02)
        self.stop()
        return False

    def _postmaster(self) -> pidfile.Postmaster | None:
        try:
            return pidfile.read((self._data / "postmaster.pid").read_text())
        except FileNotFoundError:
            return None

    def _run_program(self, name: str, *arguments: str) -> None:
        who = {"user": self._identity.uid, "group": self._identity.gid, "extra_groups": []} if self._identity.is_switched else {}
        command = [self._binaries.program(name), *arguments]
        done = processes.run_whole(command, cwd="/", env=_environment(), umask=0o077, **who)
        if done.returncode != 0:
            raise ServerDidNotStart(folder=self._home, log=(done.stderr or done.stdout).strip()[-2000:])

    def last_words(self) -> str:
        """Return the end of what the server logged."""
        logs = sorted(self._logs.glob("*.log"), key=lambda path: path.stat().st_mtime)
        text = "".join(path.read_text(errors="replace")[-1500:] for path in logs[-2:])
        return text.strip() or "(nothing)"


def _initdb_options(major: int) -> list[str]:
    options = ["--username", SUPERUSER, "--encoding", "UTF8", "--data-checksums", "--auth-local", "peer", "--auth-host", "reject"]
    if major >= 17:
        # The same order of letters on every machine, whatever the system's own library thinks.
        return [*options, "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    return [*options, "--locale", "C.UTF-8"]


def _environment() -> dict[str, str]:
    """Nothing of our own environment reaches PostgreSQL: it may hold passwords, or PG* variables meant for another server."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _memory() -> int:
    """Return the memory in bytes we may use: the machine's, or the control group's limit where that is lower."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):
        total = min(total, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return total


def _runs_in(process: int, data: Path) -> bool:
    """Return whether this process is a PostgreSQL server at work in `data` (its working folder), and not a stranger with a reused id."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{process}/cwd").samefile(data) and "postgres" in Path(f"/proc/{process}/comm").read_text()
        except OSError:
            return False
    asked = subprocess.run(["ps", "-p", str(process), "-o", "command="], capture_output=True, text=True, check=False)
    return str(data) in asked.stdout


def _end(process: int, data: Path) -> None:
    for ending, patience in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)):
        until = time.monotonic() + patience
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, ending)
        while time.monotonic() < until:
            if not _runs_in(process, data):
                return
            time.sleep(0.05)
