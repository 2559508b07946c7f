"""A program run to its end, interrupted at any moment: nothing of it goes on."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from shopkeeper.ops.processes import public as processes
from shopkeeper.ops.processes.tests.test_public import alive, eventually

pytestmark = [pytest.mark.processes, pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")]


@pytest.fixture(autouse=True)
def interrupted_by_ctrl_c():
    """Whoever starts the tests in the background of a script lets them ignore Ctrl-C; here it must be heard."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


def test_a_program_that_ends_by_itself_gives_its_status_and_its_words():
    done = processes.run_whole(["sh", "-c", "echo out; echo err >&2; exit 3"])

    assert (done.returncode, done.stdout, done.stderr) == (3, "out\n", "err\n")


def test_an_interrupted_program_ends_with_its_own_children(tmp_path):
    said = tmp_path / "below"

    def interrupt() -> None:
        assert eventually(lambda: said.exists() and said.read_text().endswith("\n"))
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        processes.run_whole(["sh", "-c", f"sleep 600 & echo $! > {said}; wait"])

    assert not alive(int(said.read_text()))


def test_an_interruption_between_starting_a_program_and_knowing_it_is_not_lost(monkeypatch):
    started: list[int] = []
    real = processes.run_whole.__globals__["subprocess"].Popen

    class Interrupted(real):  # type: ignore[misc, valid-type]
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)
            started.append(self.pid)
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.05)

    monkeypatch.setattr(processes.run_whole.__globals__["subprocess"], "Popen", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        processes.run_whole(["sleep", "600"])

    assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []


# ── a program that ends with its parent ───────────────────────────────────────────────────────────────────────────────

ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}


def report(tmp_path: Path, script: str, **asked: object) -> str:
    log = tmp_path / "log"
    child = processes.spawn(["sh", "-c", script], env=ENVIRONMENT, folder=Path("/"), log=log, **asked)
    assert child.wait(timeout=30) == 0
    return log.read_text()


def test_a_started_program_finds_what_it_was_given_and_nothing_of_ours(tmp_path):
    said = report(tmp_path, "env | sort; pwd; umask; grep -E 'SigIgn|^Groups' /proc/self/status")

    mine = [line for line in said.splitlines() if not line.startswith(("SigIgn", "Groups", "_=", "OLDPWD=", "SHLVL="))]
    assert mine == [*sorted([*(f"{name}={value}" for name, value in ENVIRONMENT.items()), "PWD=/"]), "/", "0077"]
    # Python ignores SIGPIPE and SIGXFSZ; a program that inherited it would write on into a pipe that nobody reads.
    ignored = int(next(line for line in said.splitlines() if line.startswith("SigIgn")).split()[1], 16)
    assert not ignored & (1 << (signal.SIGPIPE - 1) | 1 << (signal.SIGXFSZ - 1))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_a_started_program_is_who_it_should_be_and_belongs_to_no_other_group(tmp_path):
    said = report(tmp_path, "id -u; id -g; grep ^Groups /proc/self/status", uid=65534, gid=65534).split()

    assert said == ["65534", "65534", "Groups:"]


def test_a_program_that_is_not_there_is_refused_at_once(tmp_path):
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        processes.spawn(["no-such-program"], env=ENVIRONMENT, folder=tmp_path)


def test_programs_are_started_safely_while_many_threads_are_at_work(tmp_path):
    """Nothing of Python's runs between fork and exec: with threads at work that was seen to crash."""
    statuses: list[int] = []

    def start(number: int) -> None:
        for _ in range(5):
            child = processes.spawn(["true"], env=ENVIRONMENT, folder=tmp_path, log=tmp_path / f"{number}.log")
            statuses.append(child.wait(timeout=60))

    threads = [threading.Thread(target=start, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [0] * 30
    assert "preexec_fn" not in Path(processes.spawn.__code__.co_filename).read_text()
