"""Running PostgreSQL's programs: their own process, nothing of our environment, an end that comes with ours."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from shopkeeper.ops.backup.shapes import ProgramFailed
from shopkeeper.ops.processes import public as processes

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def run(command: Sequence[str], *, secret: str = "") -> None:
    """Run a program to its end; `secret` is handed over as PGPASSWORD. Raises ProgramFailed with its last words."""
    with tempfile.NamedTemporaryFile(prefix="shopkeeper-program-") as log:
        environment = {**ENVIRONMENT, **({"PGPASSWORD": secret} if secret else {})}
        child = processes.spawn(command, env=environment, folder=Path("/"), log=Path(log.name))
        try:
            status = child.wait()
        except BaseException:
            child.kill()
            child.wait()
            raise
        if status != 0:
            raise ProgramFailed(program=Path(command[0]).name, reason=_last_words(Path(log.name)) or f"status {status}")


def begin(command: Sequence[str], *, log: Path) -> subprocess.Popen[bytes]:
    """Start a program that goes on; the kernel ends it when the thread that called this ends."""
    return processes.spawn(command, env=ENVIRONMENT, folder=Path("/"), log=log)


def _last_words(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").strip().splitlines()[-5:])
