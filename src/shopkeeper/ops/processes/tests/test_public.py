"""Groups of real processes: kept running, stopped in order, and gone with their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shopkeeper.ops.processes import public as processes

pytestmark = [pytest.mark.processes, pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")]

# One part that writes its process id and that of a child of its own into a folder, then sleeps.
GROUP = """
import os, subprocess, sys, time
from pathlib import Path
from shopkeeper.ops.processes import public as processes

folder = Path(sys.argv[1])

def note(name, pid):
    (folder / f"{name}.part").write_text(str(pid))
    (folder / f"{name}.part").rename(folder / name)

def run(name):
    def work():
        below = subprocess.Popen(["sleep", "600"])
        note(f"{name}-below", below.pid)
        note(name, os.getpid())
        time.sleep(600)
    return processes.Forked(name=name, run=work, before_fork=lambda: None, patience_s=float(sys.argv[2]))

def say(event, name):
    with (folder / "said").open("a") as file:
        file.write(f"{event} {name}\\n")

group = processes.Group([run("first"), run("second")], say=say)
group.start()
note("ready", os.getpid())
try:
    group.run()
finally:
    group.stop()
"""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def eventually(holds: Callable[[], bool], *, seconds: float = 15.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.02)
    return holds()


class Running:
    def __init__(self, folder: Path, *, patience_s: float = 5.0) -> None:
        self.folder = folder
        self.process = subprocess.Popen([sys.executable, "-c", GROUP, str(folder), str(patience_s)])
        assert eventually(lambda: all((folder / name).exists() for name in ("ready", *self.names)))

    names = ("first", "first-below", "second", "second-below")

    def pid(self, name: str) -> int:
        return int((self.folder / name).read_text())

    def pids(self) -> list[int]:
        return [self.pid(name) for name in self.names]

    def said(self) -> list[str]:
        path = self.folder / "said"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def group(tmp_path) -> Iterator[Running]:
    running = Running(tmp_path)
    yield running
    running.process.kill()
    running.process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_group_leaves_nothing_running_not_even_its_parts_children(group, number):
    pids = group.pids()

    group.process.send_signal(number)

    assert group.process.wait(15) == 0
    assert eventually(lambda: not any(alive(pid) for pid in pids))


def test_a_killed_group_takes_its_parts_with_it(group):
    parts = [group.pid("first"), group.pid("second")]

    group.process.kill()
    group.process.wait()

    assert eventually(lambda: not any(alive(pid) for pid in parts), seconds=5)
    for name in ("first-below", "second-below"):
        os.kill(group.pid(name), signal.SIGKILL)  # `sleep` asked for no end with its parent; real parts' children do


def test_a_dead_part_is_started_again_without_what_it_left_and_the_others_are_not_touched(group):
    dead, left, other = group.pid("first"), group.pid("first-below"), group.pid("second")

    os.kill(dead, signal.SIGKILL)

    assert eventually(lambda: group.pid("first") != dead and alive(group.pid("first")))
    assert not alive(left)
    assert group.pid("second") == other
    assert alive(other)
    assert eventually(lambda: group.said() == ["stopped first", "restarted first"])


def test_a_part_that_dies_again_and_again_is_started_with_growing_pauses(group):
    moments = []
    for _ in range(3):
        dead = group.pid("second")
        began = time.monotonic()
        os.kill(dead, signal.SIGKILL)
        assert eventually(lambda dead=dead: group.pid("second") != dead)
        moments.append(time.monotonic() - began)

    assert moments[0] >= 0.25
    assert moments[1] >= 0.5
    assert moments[2] >= 1.0


def test_a_part_that_will_not_stop_is_killed_when_its_patience_is_over(tmp_path):
    running = Running(tmp_path, patience_s=0.5)
    deaf = running.pid("first")
    os.kill(deaf, signal.SIGSTOP)
    # Of two signals that wait together the kernel hands over the lower number first, and that one ends it.
    assert eventually(lambda: Path(f"/proc/{deaf}/stat").read_text().rpartition(")")[2].split()[0] == "T")

    began = time.monotonic()
    running.process.terminate()

    assert running.process.wait(15) == 0
    assert 0.5 <= time.monotonic() - began < 10
    assert not alive(deaf)


def test_a_function_run_apart_leaves_this_process_as_it_was_and_says_how_it_ended(tmp_path):
    threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208 - a table of the kernel

    def work() -> None:
        (tmp_path / "pid").write_text(str(os.getpid()))

    def fail() -> None:
        raise SystemExit(3)

    assert processes.apart(work, before_fork=lambda: None)
    assert not processes.apart(fail, before_fork=lambda: None)
    assert int((tmp_path / "pid").read_text()) != os.getpid()
    assert len(os.listdir("/proc/self/task")) == threads  # noqa: PTH208


def test_a_spawned_program_has_its_own_session_and_ends_with_its_parent(tmp_path):
    script = (
        "import os, sys, time\nfrom pathlib import Path\nfrom shopkeeper.ops.processes import public as processes\n"
        "child = processes.spawn(['sleep', '600'], env=os.environ, folder=Path('/'))\n"
        "print(child.pid, os.getsid(child.pid) == child.pid, flush=True)\ntime.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid, leads = parent.stdout.readline().split()

    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert leads == "True"
    assert eventually(lambda: not alive(int(pid)), seconds=5)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops its privileges")
def test_a_child_that_dropped_its_privileges_still_ends_with_its_parent(tmp_path):
    script = (
        "import os, sys, time\nfrom pathlib import Path\nfrom shopkeeper.ops.processes import public as processes\n"
        "child = processes.spawn(['sleep', '600'], env=os.environ, folder=Path('/'), uid=65534, gid=65534)\n"
        "print(child.pid, flush=True)\ntime.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert eventually(lambda: Path(f"/proc/{pid}").stat().st_uid == 65534)

    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert eventually(lambda: not alive(pid), seconds=5)
