"""The operating system's user that PostgreSQL runs as: never root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass

from shopkeeper.ops.database.shapes import NoSystemUser

SYSTEM_USER = "shopkeeper-db"


@dataclass(frozen=True)
class Identity:
    """Who runs PostgreSQL, and who connects. `is_switched` is true where we are root and PostgreSQL is somebody else."""

    name: str
    uid: int
    gid: int
    is_switched: bool
    connecting_as: str


def database_identity() -> Identity:
    """Return the user for PostgreSQL: ourselves, or as root an unprivileged system user, created when missing. Raises NoSystemUser."""
    try:
        me = pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise NoSystemUser(user=os.geteuid(), reason="the current user has no name in the system's user list") from error
    if me.pw_uid != 0:
        return Identity(me.pw_name, me.pw_uid, me.pw_gid, is_switched=False, connecting_as=me.pw_name)
    other = _find_or_create()
    return Identity(other.pw_name, other.pw_uid, other.pw_gid, is_switched=True, connecting_as=me.pw_name)


def _find_or_create() -> pwd.struct_passwd:
    found = _find()
    if found is not None:
        return found
    reason = _create()
    # Another start may be creating the same user at this moment.
    for _ in range(20):
        found = _find()
        if found is not None:
            return found
        time.sleep(0.1)
    raise NoSystemUser(user=SYSTEM_USER, reason=reason)


def _find() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return None


def _create() -> str:
    """Create the system user and return what went wrong, if anything did."""
    program = shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if program is None:
        return "the program useradd is missing"
    command = [
        program,
        "--system",
        "--user-group",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
        "--shell",
        "/usr/sbin/nologin",
        SYSTEM_USER,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return done.stderr.strip() or f"useradd ended with status {done.returncode}"
