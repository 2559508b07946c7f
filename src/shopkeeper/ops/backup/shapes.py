"""What crosses the backup room's face: what is kept, where it can be restored to, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from shopkeeper.kit.refusals import Refusal


def gettext_noop(text: str) -> str:
    """Return `text` unchanged; marks it for translation by the door that shows it."""
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A folder of files to keep beside the database.

    `listed` is asked after the point and returns the files that belong to it, each with its `path` below `root`, `is_live`, and whatever
    else the owner wants back at a restore; None: every file in the folder belongs.
    """

    name: str
    root: Path
    listed: Callable[[], Sequence[Mapping[str, Any]]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The moment a backup speaks of: its name, its place in the write-ahead log, the server's clock."""

    name: str
    lsn: str
    at: datetime
    timeline: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One attempt to restore a backup and audit it: when, how long it took in seconds, and what was wrong (empty: nothing)."""

    at: datetime
    seconds: float
    problems: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One backup in a folder. `kind` is `cluster` (any moment after it can be reached) or `dump` (only its own point).

    `size` is what it takes in bytes by itself, `tree_size` the lake and media it names, which backups share. `first_segment` is the
    oldest part of the write-ahead log it needs, `last_segment` the one that holds its point. `files` counts lake and media files.
    """

    name: str
    kind: str
    point: Point
    begun_at: datetime
    seconds: float
    size: int
    tree_size: int
    files: int
    first_segment: str
    last_segment: str
    system: str
    versions: Mapping[str, str]
    has_secret_key: bool
    proof: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What a backup folder holds: finished backups, newest first; names of unfinished ones; what misses in the write-ahead log;
    and the last moment before which the log reaches without a gap (None: no log is kept)."""

    backups: tuple[Kept, ...]
    unfinished: tuple[str, ...]
    gaps: tuple[str, ...]
    log_until: datetime | None

    @property
    def newest(self) -> Kept | None:
        return self.backups[0] if self.backups else None

    @property
    def newest_proven(self) -> Kept | None:
        return next((kept for kept in self.backups if kept.proof and kept.proof.is_good), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A backup that is being put in place: where its data folder is for now, the address of its running server, what was asked for.

    `listed` holds, by tree, what the tree's owner said about its files when the backup was taken.
    """

    folder: Path
    url: str
    kept: Kept
    at: datetime | None
    listed: Mapping[str, Sequence[Mapping[str, Any]]]


class BackupRefusal(Refusal):
    """A backup or a restore that cannot be done as asked. `template` can be translated; `values` fill it in."""

    code = "backup"
    template: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(self.template % values)
        self.values = values


class BadName(BackupRefusal):
    """A backup's name is a folder's name and the name of a point in the log."""

    template = gettext_noop(
        "“%(name)s” does not work as the name of a backup. "
        "Use 1 to 60 small letters, figures and hyphens, beginning with a letter or figure."
    )


class NameTaken(BackupRefusal):
    """A backup is never written over."""

    template = gettext_noop("There is a backup called “%(name)s” in %(folder)s already. Choose another name.")


class NoSuchBackup(BackupRefusal):
    """The folder holds no finished backup of that name."""

    template = gettext_noop("There is no finished backup “%(name)s” in %(folder)s. It has: %(known)s.")


class Unfinished(BackupRefusal):
    """A backup without its manifest was cut off."""

    template = gettext_noop("The backup “%(name)s” in %(folder)s was never finished (it has no manifest). Choose another one.")


class NothingReachable(BackupRefusal):
    """No backup is old enough, or the log does not reach far enough."""

    template = gettext_noop("The moment %(at)s cannot be reached: %(reason)s")


class Damaged(BackupRefusal):
    """Something in the backup is not as its manifest says."""

    template = gettext_noop("The backup “%(name)s” is damaged and was not restored: %(problems)s")


class TargetNotEmpty(BackupRefusal):
    """A restore never writes into a folder that holds something."""

    template = gettext_noop(
        "The folder %(folder)s is not empty, and a restore never writes over anything. Name a new folder with --data-dir."
    )


class TargetRunning(BackupRefusal):
    """A shop runs there."""

    template = gettext_noop("A shop is running in %(folder)s. Name a new folder with --data-dir.")


class BackupUnderWay(BackupRefusal):
    """Two backups into one folder would get in each other's way."""

    template = gettext_noop("Another backup or clearing of %(folder)s is under way. Wait for it to end.")


class ProgramFailed(BackupRefusal):
    """A program of PostgreSQL's ended badly."""

    template = gettext_noop("%(program)s failed: %(reason)s")


class NoPointInDump(BackupRefusal):
    """A dump holds one moment only."""

    template = gettext_noop(
        "“%(name)s” is a dump by pg_dump and can be restored to its own point only, not to %(at)s. For any moment, "
        "use the operator's own server's archive."
    )


class DatabaseNotEmpty(BackupRefusal):
    """A dump is restored into an empty database only."""

    template = gettext_noop("The database at %(server)s is not empty, and a restore never writes over anything. Name an empty one.")


class NeedsOwnServer(BackupRefusal):
    """A base backup cannot be poured into somebody else's running server."""

    template = gettext_noop("“%(name)s” is a copy of the embedded server and is restored as one. Leave DATABASE_URL away.")


class FilesVanished(BackupRefusal):
    """Files that belong to the point went away again and again while they were copied."""

    template = gettext_noop("Files of the %(tree)s went away while they were copied, %(tries)s times: %(path)s. Try again.")


class FolderUnusable(BackupRefusal):
    """The backup folder cannot be made or written to."""

    template = gettext_noop("The backup folder %(folder)s cannot be used (%(reason)s). Choose another with --to or BACKUP_DIR.")


class PointNotReached(BackupRefusal):
    """The server ended before it reached the point."""

    template = gettext_noop("The restore did not reach its point. PostgreSQL's last words:\n%(log)s")
