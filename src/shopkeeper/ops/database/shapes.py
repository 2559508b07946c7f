"""The shapes of the database room: a server one can connect to, and the refusals a person can act on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from shopkeeper.kit.refusals import Refusal


def gettext_noop(text: str) -> str:
    """Return `text` unchanged; marks it for translation by the door that shows it."""
    return text


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL server.

    `url` connects as the shop's own role. `admin_url` connects as the superuser and exists only for the embedded server.
    `version` is PostgreSQL's number (180004 is 18.4). `started_here` says whether this process started it and will stop it.
    """

    url: str
    admin_url: str | None
    version: int
    is_embedded: bool
    started_here: bool


@dataclass(frozen=True)
class Binaries:
    """A PostgreSQL installation: the folder that holds its programs, and its major version."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        """Return the path of one program, for example `initdb`."""
        return str(self.folder / name)


@dataclass(frozen=True)
class Embedded:
    """The embedded server as its superuser reaches it, its programs, and the folder of its data."""

    admin_url: str
    programs: Binaries
    data: Path


class DatabaseRefusal(Refusal):
    """Something about the database that a person has to put right. `template` can be translated; `values` fill it in."""

    code = "database"
    template: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(self.template % values)
        self.values = values


class FolderNotWritable(DatabaseRefusal):
    """The data folder cannot be made or written to."""

    template = gettext_noop("The data folder %(folder)s cannot be written to (%(reason)s). Choose another with DATA_DIR=/path/to/folder.")


class FolderNotOurs(DatabaseRefusal):
    """The data folder holds something else; we never change the mode of somebody's folder."""

    template = gettext_noop(
        "The folder %(folder)s is not empty and holds no shop. Choose an empty or new folder with DATA_DIR=/path/to/folder."
    )


class FolderUnreachable(DatabaseRefusal):
    """PostgreSQL never runs as root, and its own user cannot pass through a closed parent folder."""

    template = gettext_noop(
        "The data folder %(folder)s lies inside %(parent)s, which is closed to the user %(user)s that PostgreSQL runs as. "
        "Choose a folder that is not inside a closed one, for example DATA_DIR=/var/lib/shopkeeper/shop."
    )


class FolderInUse(DatabaseRefusal):
    """A second start on the same folder."""

    template = gettext_noop(
        "The shop in %(folder)s is already running (process %(process)s). "
        "Stop it first, or start another shop with DATA_DIR=/path/to/folder and another PORT."
    )


class FolderOfOtherVersion(DatabaseRefusal):
    """The data folder was written by another major version of PostgreSQL."""

    template = gettext_noop(
        "The data in %(folder)s was written by PostgreSQL %(found)s, and this version brings PostgreSQL %(expected)s. "
        "Use the version that wrote it."
    )


class NoSystemUser(DatabaseRefusal):
    """PostgreSQL refuses to run as root and there is no other user to run it as."""

    template = gettext_noop(
        "PostgreSQL does not run as root, and the system user %(user)s could not be created (%(reason)s). "
        "Create it, or start as an ordinary user."
    )


class BinariesMissing(DatabaseRefusal):
    """The wheel with PostgreSQL's programs is not installed, or does not exist for this platform."""

    template = gettext_noop(
        "PostgreSQL's programs were not found (%(reason)s). "
        "Run “make setup”, or name a server with DATABASE_URL=postgresql://user:password@host/name."
    )


class ServerDidNotStart(DatabaseRefusal):
    """The embedded server ended again and again, or was not ready in time."""

    template = gettext_noop("PostgreSQL did not start in %(folder)s. Its last words:\n%(log)s")


class ServerUnreachable(DatabaseRefusal):
    """The server named by DATABASE_URL does not answer, or refuses us."""

    template = gettext_noop("The database server at %(server)s cannot be used: %(reason)s. Check DATABASE_URL.")


class ServerTooOld(DatabaseRefusal):
    """The server named by DATABASE_URL is older than the oldest version the shop runs on."""

    template = gettext_noop("The database server at %(server)s is PostgreSQL %(found)s; the shop needs version %(oldest)s or newer.")


class TablesNewer(DatabaseRefusal):
    """A newer version of the package has brought the tables further than this one knows."""

    template = gettext_noop(
        "The tables were made by version %(found)s of the shop, and this is version %(ours)s, which does not know: %(unknown)s. "
        "Use the newer version; to go back, restore a backup from before the upgrade."
    )
