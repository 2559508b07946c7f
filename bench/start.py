"""How long the second `make up` takes: from the command to the first page, on an empty shop. Baseline: the goal of five seconds."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from _bench import finish, introduce, seconds

GOAL_S = 5.0


def main() -> None:
    """Start and stop a shop several times and time each start."""
    introduce("second start: from the command to the first page")
    with tempfile.TemporaryDirectory(prefix="shopkeeper-start-") as folder:
        running: list[subprocess.Popen[bytes]] = []

        def start() -> None:
            running.append(started(Path(folder), _port))

        def stop() -> None:
            while running:
                process = running.pop()
                process.send_signal(signal.SIGTERM)
                process.wait(60)

        _port = free_port()
        took = seconds(start, before=stop)
        stop()
    print(f"start: {took} s")
    finish(figure=took, baseline=GOAL_S, unit="s", at_most=1.0)


def started(folder: Path, port: int, *, log: Path | None = None) -> subprocess.Popen[bytes]:
    """Start an empty shop and return it once it gives a page; what it says goes to `log`, by default to where we speak ourselves."""
    environment = {**os.environ, "DATA_DIR": str(folder), "PORT": str(port)}
    environment.pop("DATABASE_URL", None)
    # As a user's shell has it: from the second start on, Python's compiled files are there.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with log.open("wb") if log else contextlib.nullcontext() as said:
        command = [sys.executable, "-m", "shopkeeper", "up", "--empty"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=said)
    while process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        except OSError:
            time.sleep(0.02)
        else:
            return process
    raise SystemExit("the shop did not start")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
