"""A shop started as a person starts it: a real process, its output, its pages, and everything it left running."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

PATIENCE_S = 150.0
ROOT = Path(__file__).resolve().parents[2]


class Started:
    """One `shopkeeper up` under way."""

    def __init__(self, *, data_dir: Path, port: int, words: tuple[str, ...] = ("up", "--empty"), **environment: str) -> None:
        self.data_dir = data_dir
        self.port = port
        self.is_supervisor = words[0] == "up"
        self._log = data_dir.with_name(f"{data_dir.name}.{time.monotonic_ns()}.log")
        self.began = time.monotonic()
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "shopkeeper", *words],
                env=clean_environment(data_dir=data_dir, port=port, **environment),
                cwd=data_dir.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        """Everything printed so far."""
        return self._log.read_text(errors="replace")

    def until_open(self) -> float:
        """Wait until the shop says that it is open and return the seconds that took."""
        assert eventually(lambda: "Ctrl-C" in self.output or self.process.poll() is not None, seconds=PATIENCE_S), self.output
        assert self.process.poll() is None, self.output
        return time.monotonic() - self.began

    def ended(self) -> tuple[int, str]:
        """Wait until the command ends and return its exit status and its output."""
        status = self.process.wait(PATIENCE_S)
        return status, self.output

    def stop(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """Stop it as Ctrl-C or a service manager does."""
        self.process.send_signal(number)
        return self.ended()

    def page(self, path: str = "/") -> int:
        """Return the status of one page, after redirects."""
        return page(self.port, path)

    def running(self) -> list[int]:
        """Return every process of this shop, whoever started it."""
        return running(self.data_dir)

    def children(self) -> dict[str, int]:
        """Return the processes of the shop by what they do: web, web worker (one of them), worker, postgres."""
        found: dict[str, int] = {}
        direct = [pid for pid in self.running() if parent(pid) == self.process.pid]
        for pid in direct:
            below = [other for other in self.running() if parent(other) == pid]
            if "postgres" in command(pid):
                found["postgres"] = pid
            elif below:
                found["web"], found["web worker"] = pid, below[0]
            else:
                found["worker"] = pid
        return found


def clean_environment(*, data_dir: Path, port: int, **more: str) -> dict[str, str]:
    """Return an environment as a terminal has it: nothing of the test run's own database or folders."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR", "PYTHONPATH"}}
    return {**kept, "LANG": "C.UTF-8", "PYTHONWARNINGS": "ignore", "DATA_DIR": str(data_dir), "PORT": str(port), **more}


def page(port: int, path: str) -> int:
    """Return the status of one page of a shop on this machine, after redirects; 0 where nothing answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def running(data_dir: Path) -> list[int]:
    """Return the living processes that were started for this data folder or work inside it."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                named = f"DATA_DIR={data_dir}\0".encode() in (entry / "environ").read_bytes()
                inside = data_dir in (entry / "cwd").readlink().parents
                if (named or inside) and _stat(int(entry.name))[0] != "Z":
                    found.append(int(entry.name))
            except OSError:
                continue
    return sorted(found)


def _stat(pid: int) -> list[str]:
    return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()


def parent(pid: int) -> int:
    """Return the process id of a process's parent, 0 where it has just ended."""
    try:
        return int(_stat(pid)[1])
    except OSError:
        return 0


def command(pid: int) -> str:
    """Return the command line of a process."""
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def slowness() -> float:
    """Return how many times slower than an idle machine this one is now: what waits for a processor, for each processor; at least 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def one_time_password(output: str) -> tuple[str, str]:
    """Return the mail address and the password that a first start printed."""
    found = re.search(r"as (\S+) with the one-time password (\S+)", output)
    assert found is not None, output
    return found[1], found[2]


def eventually(holds: Callable[[], bool], *, seconds: float = 20.0, every_s: float = 0.1) -> bool:
    """Return whether `holds` becomes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(every_s)
    return holds()
