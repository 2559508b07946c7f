"""The launcher between two programs: no signal is lost on the way, and what cannot be started is said in one line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopkeeper.ops.processes import launch
from shopkeeper.ops.processes import public as processes

pytestmark = [pytest.mark.processes, pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")]

NOBODY = 65534
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}


@pytest.fixture(params=[signal.SIG_DFL, signal.SIG_IGN, signal.default_int_handler], ids=["default", "ignored", "handled"])
def starter(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whoever starts the program leaves Ctrl-C alone, ignores it as a script does in the background, or handles it as Python does."""
    former = signal.signal(signal.SIGINT, request.param)
    yield
    signal.signal(signal.SIGINT, former)


def report(tmp_path: Path, command: list[str], **asked: object) -> tuple[int, str]:
    log = tmp_path / "log"
    child = processes.spawn(command, env=ENVIRONMENT, folder=Path("/"), log=log, **asked)  # type: ignore[arg-type]
    return child.wait(timeout=30), log.read_text()


@pytest.mark.usefixtures("starter")
def test_a_started_program_ends_at_an_interruption_whatever_its_starter_does_at_one(tmp_path: Path) -> None:
    status, said = report(tmp_path, ["grep", "-E", "^Sig(Ign|Cgt|Blk)", "/proc/self/status"])

    masks = [int(line.split()[1], 16) for line in said.splitlines()]
    assert (status, len(masks)) == (0, 3)
    assert not any(mask & 1 << (signal.SIGINT - 1) for mask in masks)


@pytest.mark.usefixtures("starter")
def test_a_launcher_whose_parent_is_gone_ends_by_the_interruption_it_asked_for_and_starts_nothing(tmp_path: Path) -> None:
    nobody_s_parent = str(os.getpid() + 1_000_000)
    command = [sys.executable, "-I", "-S", launch.__file__, nobody_s_parent, str(int(signal.SIGINT)), "-", "-"]

    done = subprocess.run([*command, "/usr/bin/touch", "touch", str(tmp_path / "started")], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")
    assert not (tmp_path / "started").exists()


def test_no_handler_of_python_s_stands_any_more_when_the_program_is_put_in_place() -> None:
    """Such a handler only notes the signal for the next step of Python's, and after that moment there is none."""
    look = f"""
import importlib.util, os, signal
found = importlib.util.spec_from_file_location("launch", {launch.__file__!r})
launch = importlib.util.module_from_spec(found)
found.loader.exec_module(launch)
os.execv = lambda program, argv: print(signal.getsignal(signal.SIGINT) is signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
launch.main([str(os.getppid()), str(int(signal.SIGINT)), "-", "-", "/bin/true", "true"])
"""

    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("True\n", "")


def test_a_program_that_is_no_program_is_said_in_one_line(tmp_path: Path) -> None:
    program = tmp_path / "no-program"
    program.write_bytes(b"\x00\x01\x02")
    program.chmod(0o755)

    assert report(tmp_path, [str(program)]) == (126, f"{program}: Exec format error\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_a_program_that_whom_we_become_may_not_execute_is_said_in_one_line(tmp_path: Path) -> None:
    program = tmp_path / "mine-alone"
    program.write_text("#!/bin/sh\necho reached\n")
    program.chmod(0o700)

    assert report(tmp_path, [str(program)]) == (0, "reached\n")
    (tmp_path / "log").unlink()
    assert report(tmp_path, [str(program)], uid=NOBODY, gid=NOBODY) == (126, f"{program}: Permission denied\n")


def test_a_program_whose_interpreter_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    program = tmp_path / "orphan"
    program.write_text("#!/no/such/interpreter\n")
    program.chmod(0o755)

    assert report(tmp_path, [str(program)]) == (127, f"{program}: No such file or directory\n")
