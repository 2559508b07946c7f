"""One child process: its own session, the right user, and an end that comes with its parent's."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
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


def _before_exec(parent: int, ending: signal.Signals) -> Callable[[], None]:
    return lambda: end_with_parent(parent=parent, ending=ending)


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
    Call it from the main thread: the kernel ties the child's life to the thread that started it.
    """
    output = None if log is None else os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    groups: list[int] | None = None if uid is None else []
    try:
        return subprocess.Popen(
            list(argv),
            env=dict(env),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=uid,
            group=gid,
            extra_groups=groups,
            umask=0o077,
            start_new_session=True,
            preexec_fn=_before_exec(os.getpid(), ending),  # noqa: PLW1509 - two system calls, loaded beforehand
        )
    finally:
        if output is not None:
            os.close(output)
