"""One child process: its own session, the right user, and an end that comes with its parent's."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

_PR_SET_PDEATHSIG = 1
_GONE_WITHIN_S = 2.0
_STOPPING: tuple[int, ...] = (signal.SIGINT, signal.SIGTERM)
# Loaded here, before any fork: loading a library between fork and exec can deadlock.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(*, parent: int, ending: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to send this process `ending` when its parent dies. Linux only; elsewhere it does nothing.

    Call it in the child, after it has dropped its privileges (dropping them clears the request).
    `parent` is the parent's process id, read before the fork: if it died in between, this process ends at once.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(ending), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), ending)


@contextlib.contextmanager
def postponing_signals() -> Iterator[None]:
    """While starting a process, keep SIGINT and SIGTERM until its id has been noted: one that nobody knows cannot be stopped.

    Main thread only. What arrived in the meantime is delivered afterwards.
    """
    arrived: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        arrived.append(number)

    former = {number: signal.signal(number, note) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        for number in arrived[:1]:
            os.kill(os.getpid(), number)


def run_whole(command: Sequence[str], **options: object) -> subprocess.CompletedProcess[str]:
    """Run a program to its end and return what it said; interrupted, end it with everything it started and wait until that is gone.

    `options` are those of subprocess.Popen. A killed program's own children would otherwise go on for a moment behind our back.
    """
    started: subprocess.Popen[str] | None = None
    try:
        with postponing_signals():
            pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
            started = subprocess.Popen(list(command), text=True, start_new_session=True, **pipes, **options)  # type: ignore[call-overload]
        assert started is not None
        out, err = started.communicate()
    except BaseException:
        if started is not None:
            _end_session(started.pid)
            started.communicate()
        raise
    return subprocess.CompletedProcess(list(command), started.returncode, out, err)


def _end_session(leader: int) -> None:
    """Kill every process of a session; return when they are gone, or when only the unreaped can be left."""
    until = time.monotonic() + _GONE_WITHIN_S
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < until:
            os.killpg(leader, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(leader, os.WNOHANG)
            time.sleep(0.01)


_LAUNCHER = Path(__file__).with_name("launch.py")


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    folder: Path,
    log: Path | None = None,
    uid: int | None = None,
    gid: int | None = None,
    ending: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `argv` in a session of its own and return it; the kernel sends it `ending` if this process dies.

    `uid` and `gid` name the unprivileged user to become (root only). Output goes to `log`, opened by this process, or to our own output.
    Call it from the main thread: the kernel ties the child's life to the thread that started it. Raises FileNotFoundError. A program that
    the user may not execute ends with status 126 and one line of output that says so.
    """
    program = shutil.which(argv[0], path=env.get("PATH", os.defpath))
    if program is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), argv[0])
    becoming = ["-" if number is None else str(number) for number in (uid, gid)]
    output = None if log is None else os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid()), str(int(ending)), *becoming, program, *argv],
            env=dict(env),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            umask=0o077,
            start_new_session=True,
        )
    finally:
        if output is not None:
            os.close(output)
