"""Folders that PostgreSQL's own user can reach, supervisors that can be killed, and a look at what is running."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HASTE = {"fsync": "off", "shared_buffers": "32MB"}

_SUPERVISOR = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGTERM, lambda *about: sys.exit(0))
from shopkeeper.ops.database import public as database
with database.running(data_dir=Path(sys.argv[1]), extra_settings={"fsync": "off", "shared_buffers": "32MB"}) as server:
    print(server.started_here, flush=True)
    while True:
        signal.pause()
"""


@contextmanager
def open_folder() -> Iterator[Path]:
    """Yield a new folder that everybody may pass through; it is removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="shopkeeper-rooms-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def supervisor(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """Yield a process of its own that has the server of `data_dir` running; killed at the end if it still lives."""
    process = subprocess.Popen([sys.executable, "-c", _SUPERVISOR, str(data_dir)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() in {"True", "False"}, "the supervisor did not get a server"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def servers(data_dir: Path) -> list[int]:
    """Return the process ids of everything PostgreSQL that works in `data_dir`, the main process first."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "cwd").readlink() == data_dir / "postgres" and (entry / "stat").read_text().rpartition(")")[2].split()[
                    0
                ] != "Z":
                    found.append(int(entry.name))
            except OSError:
                continue
    return sorted(found)


def says_ready(data_dir: Path) -> bool:
    """Return whether the folder's mark says that a server takes connections."""
    mark = data_dir / "postgres" / "postmaster.pid"
    return mark.exists() and "ready" in mark.read_text()


def postmaster(data_dir: Path) -> int:
    """Return the process id of the server's main process."""
    return int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def eventually(holds: Callable[[], bool], *, seconds: float = 10.0) -> bool:
    """Return whether `holds` becomes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return holds()


def kill(process: int) -> None:
    """Kill a process the hard way."""
    os.kill(process, signal.SIGKILL)
