"""A backup folder on the disk: where things lie, hashes, copies by content, one holder at a time.

<name>/      one finished backup: manifest.json, trees.json, base.tar.gz or database.dump, wal/, secret_key
<name>.part/ one that is not finished
files/       lake and media by the hash of their content, shared by all backups
wal/         the write-ahead log as it goes on, in stretches without a gap
proofs/      what came of restoring a backup, by name
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from shopkeeper.ops.backup.rules import manifest
from shopkeeper.ops.backup.rules.naming import is_name
from shopkeeper.ops.backup.shapes import BackupUnderWay, FolderUnusable, Kept

MANIFEST, TREES, SECRET = "manifest.json", "trees.json", "secret_key"
DRAFT = ".part"
_AT_ONCE = 1 << 20


def prepare(folder: Path) -> None:
    """Make a backup folder ready: there, ours, closed to others. Raises FolderUnusable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        for name in ("files", "wal", "proofs"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise FolderUnusable(folder=folder, reason=error.strerror) from error


@contextlib.contextmanager
def held(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold a backup folder; readers share it. The kernel lets go when we die. Raises BackupUnderWay, FolderUnusable."""
    try:
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise FolderUnusable(folder=folder, reason=error.strerror) from error
    try:
        try:
            fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupUnderWay(folder=folder) from error
        yield
    finally:
        os.close(lock)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content_path(folder: Path, mark: str) -> Path:
    """Return where content of this hash lies."""
    return folder / "files" / mark[:2] / mark


def keep_content(folder: Path, path: Path) -> tuple[str, int]:
    """Copy a file's content into the folder where it is not there yet; return its hash and size. Raises FileNotFoundError.

    Hashed while it is copied: what is kept is what the hash says, even if the file changes meanwhile.
    """
    drafts = folder / "files" / f"copy{DRAFT}"
    made, size = hashlib.sha256(), 0
    with path.open("rb") as source, drafts.open("wb") as target:
        while block := source.read(_AT_ONCE):
            made.update(block)
            target.write(block)
            size += len(block)
        target.flush()
        final = content_path(folder, made.hexdigest())
        if not final.exists() or final.stat().st_size != size:
            os.fsync(target.fileno())
            final.parent.mkdir(mode=0o700, exist_ok=True)
            drafts.chmod(0o600)
            drafts.replace(final)
            sync_folder(final.parent)
    drafts.unlink(missing_ok=True)
    return made.hexdigest(), size


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that it is there wholly or not at all, also after a power cut."""
    draft = path.with_name(f"{path.name}{DRAFT}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_durable(folder: Path) -> None:
    """Return once every file below a folder is on the disk."""
    found = [Path(inner) / name for inner, _, names in os.walk(folder) for name in (*names, ".")]
    # Many at a time: the file system then commits its journal once for all of them. Sockets and locks are not files to keep.
    with ThreadPoolExecutor(max_workers=16) as pool:
        list(pool.map(sync_folder, (path for path in found if path.is_file() or path.is_dir())))


def parts_of(backup: Path) -> list[str]:
    """Return the files of one backup, below its folder, without its manifest."""
    found = [path.relative_to(backup).as_posix() for path in backup.rglob("*") if path.is_file() or path.is_symlink()]
    return sorted(path for path in found if path != MANIFEST)


def names(folder: Path) -> tuple[list[str], list[str]]:
    """Return the names of finished and of unfinished backups."""
    finished: list[str] = []
    unfinished: list[str] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        name = path.name.removesuffix(DRAFT)
        if path.is_dir() and is_name(name):
            (finished if (path / MANIFEST).is_file() and path.name == name else unfinished).append(name)
    return finished, unfinished


def read_manifest(backup: Path) -> dict[str, Any]:
    """Return what a backup's manifest says. Raises manifest.Unreadable."""
    try:
        return manifest.opened((backup / MANIFEST).read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise manifest.Unreadable("its manifest cannot be read") from error


def read_trees(backup: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the files of lake and media that a backup names."""
    found: dict[str, list[dict[str, Any]]] = json.loads((backup / TREES).read_text(encoding="utf-8"))
    return found


def read_proof(folder: Path, name: str) -> dict[str, Any] | None:
    """Return what came of the last attempt to restore a backup."""
    try:
        found: dict[str, Any] = json.loads((folder / "proofs" / f"{name}.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found


def kept(folder: Path, name: str) -> Kept:
    """Return one finished backup as a shape. Raises manifest.Unreadable."""
    return manifest.kept(read_manifest(folder / name), read_proof(folder, name))


def clear_drafts(folder: Path) -> None:
    """Remove what a backup that was cut off left behind. Only for whoever holds the folder."""
    for path in folder.glob(f"*{DRAFT}"):
        shutil.rmtree(path, ignore_errors=True)
    (folder / "files" / f"copy{DRAFT}").unlink(missing_ok=True)


def as_json(values: Mapping[str, Any] | list[Any]) -> str:
    """Return values as JSON on many short lines, the same for the same values."""
    return json.dumps(values, indent=0, ensure_ascii=False, sort_keys=True) + "\n"
