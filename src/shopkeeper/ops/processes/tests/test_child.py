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
