"""The data folder: where it is by default, who may enter it, and who is using it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from shopkeeper.ops.database.identity import Identity
from shopkeeper.ops.database.rules import address
from shopkeeper.ops.database.shapes import FolderNotOurs, FolderNotWritable, FolderUnreachable

SUPERVISOR_LOCK = "shop.lock"
GUESTS_LOCK = "guests.lock"
_MARKS = (SUPERVISOR_LOCK, "secret_key")


def default_data_dir(environ: Mapping[str, str]) -> Path:
    """Return DATA_DIR, or a folder of this clone's own in the system's place for state (root) or the user's."""
    named = environ.get("DATA_DIR", "").strip()
    if named:
        return Path(named).expanduser().absolute()
    mark = hashlib.sha256(str(_home_of_the_code()).encode()).hexdigest()[:12]
    if os.geteuid() == 0:
        return Path("/var/lib/shopkeeper") / mark
    state = environ.get("XDG_STATE_HOME", "").strip() or str(Path.home() / ".local" / "state")
    return Path(state) / "shopkeeper" / mark


def _home_of_the_code() -> Path:
    checkout = Path(__file__).resolve().parents[4]
    return checkout if (checkout / "pyproject.toml").is_file() else Path(sys.prefix).resolve()


def prepare(folder: Path, *, identity: Identity | None) -> None:
    """Make `folder` ready: made, ours, mode 0700, owned by PostgreSQL's user where that is another (`identity`; None: no embedded server).

    Raises FolderNotWritable, FolderNotOurs or FolderUnreachable, and then has changed no existing folder's owner or mode.
    """
    try:
        names = [path.name for path in folder.iterdir()] if folder.exists() else []
        if names and not any(mark in names for mark in _MARKS):
            raise FolderNotOurs(folder=folder)
        if identity is not None and identity.is_switched:
            _check_reachable(folder, identity)
        _make(folder)
    except OSError as error:
        raise FolderNotWritable(folder=folder, reason=error.strerror) from error
    try:
        if identity is not None and identity.is_switched:
            os.chown(folder, identity.uid, identity.gid)
        folder.chmod(0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise FolderNotWritable(folder=folder, reason=error.strerror) from error


def _make(folder: Path) -> None:
    """Make the folder and its missing parents; parents we make stay passable even under a strict umask."""
    for parent in reversed([parent for parent in folder.parents if not parent.exists()]):
        parent.mkdir()
        parent.chmod(0o755)
    folder.mkdir(mode=0o700, exist_ok=True)


def _check_reachable(folder: Path, identity: Identity) -> None:
    for parent in reversed([parent for parent in folder.resolve().parents if parent.is_dir()]):
        # Asked of the system itself, as that user: mode bits alone do not know of access lists.
        asked = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(parent)]
        done = subprocess.run(asked, user=identity.uid, group=identity.gid, extra_groups=[], cwd="/", check=False, timeout=30)
        if done.returncode != 0:
            raise FolderUnreachable(folder=folder, parent=parent, user=identity.name)


def subfolder(folder: Path, name: str, *, identity: Identity) -> Path:
    """Return a folder inside the data folder, made when missing, that belongs to PostgreSQL's user, mode 0700."""
    inner = folder / name
    inner.mkdir(mode=0o700, exist_ok=True)
    if identity.is_switched:
        os.chown(inner, identity.uid, identity.gid, follow_symlinks=False)
    return inner


def socket_folder(folder: Path, *, identity: Identity) -> Path:
    """Return the folder for the Unix socket: inside the data folder, or a short one elsewhere if that path is too long for the kernel."""
    found = socket_path(folder)
    return subfolder(found.parent, found.name, identity=identity)


def socket_path(folder: Path) -> Path:
    """Return where the folder for the Unix socket is, made or not."""
    if address.fits_socket(folder / "run"):
        return folder / "run"
    return _runtime_folder() / hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]


def hand_over(folder: Path, *, identity: Identity) -> None:
    """Give a folder and everything in it to PostgreSQL's user; folders get mode 0700, files 0600."""
    for inner, _, names in os.walk(folder):
        for path, mode in [(Path(inner), 0o700), *((Path(inner) / name, 0o600) for name in names)]:
            path.chmod(mode)
            if identity.is_switched:
                os.chown(path, identity.uid, identity.gid)


def _runtime_folder() -> Path:
    if os.geteuid() == 0:
        base = Path("/run") if Path("/run").is_dir() else Path("/var/run")
        runtime = base / "shopkeeper"
        runtime.mkdir(mode=0o755, exist_ok=True)
        return runtime
    named = os.environ.get("XDG_RUNTIME_DIR", "")
    runtime = Path(named) / "shopkeeper" if named else Path("/tmp") / f"shopkeeper-{os.geteuid()}"  # noqa: S108 - checked below
    runtime.mkdir(mode=0o700, exist_ok=True)
    found = runtime.lstat()
    # Anybody may have made a folder of this name in /tmp before us.
    if found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise FolderNotWritable(folder=runtime, reason="it belongs to somebody else or is open to others")
    return runtime


class Lock:
    """An advisory lock on a file in the data folder; the kernel lets go of it when its holder dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self, *, shared: bool = False) -> bool:
        """Take the lock without waiting and return whether we hold it now."""
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def sign(self) -> None:
        """Write our process id into the file, for the message another start will print."""
        assert self._file is not None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def holder(self) -> str:
        """Return the process id that the holder wrote, or a question mark."""
        return self._path.read_text().strip() or "?"

    def release(self) -> None:
        """Let go of the lock. In a forked child this only closes its copy: the parent keeps the lock."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def was_held(folder: Path) -> bool:
    """Return whether a supervisor ever held this folder: if not, nothing of a shop is in it."""
    try:
        return (folder / SUPERVISOR_LOCK).exists()
    except OSError:
        return False


def ensure_secret_key(folder: Path) -> None:
    """Make the secret key of this shop, mode 0600, where there is none yet; two starts at once agree on one key."""
    key = folder / "secret_key"
    draft = folder / f"secret_key.{os.getpid()}.part"
    if key.exists():
        return
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, key)
    draft.unlink()
