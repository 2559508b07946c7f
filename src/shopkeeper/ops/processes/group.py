"""A group of parts that run together: started in order, restarted when they die, stopped in reverse order, nothing left behind."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Protocol

from shopkeeper.ops.processes.child import end_with_parent, postponing_signals
from shopkeeper.ops.processes.rules import backoff

log = logging.getLogger(__name__)

_STOPPING = (signal.SIGINT, signal.SIGTERM)


class Part(Protocol):
    """Something the group keeps running. `start` returns when it runs, `is_alive` also reaps, `stop` returns when it is gone."""

    @property
    def name(self) -> str: ...
    def start(self) -> None: ...
    def is_alive(self) -> bool: ...
    def stop(self) -> None: ...


class Forked:
    """A Python part: a copy of this process that runs one function, so that what is already imported is shared and not loaded again.

    `patience_s` is how long an orderly stop may take before the whole session is killed.
    """

    def __init__(self, *, name: str, run: Callable[[], None], before_fork: Callable[[], None], patience_s: float = 15.0) -> None:
        self.name = name
        self._run = run
        self._before_fork = before_fork
        self._patience_s = patience_s
        self._process: int | None = None

    @property
    def process(self) -> int | None:
        """The process id of the running copy."""
        return self._process

    def start(self) -> None:
        """Fork; the copy leads a session of its own and dies with us, even if we are killed."""
        with postponing_signals():
            self._process = _fork(self._run, self._before_fork)

    def is_alive(self) -> bool:
        """Return whether the copy still runs; if it has ended, what is left of its session is ended too."""
        if self._process is None:
            return False
        done, _ = os.waitpid(self._process, os.WNOHANG)
        if done == 0:
            return True
        self._end_session()
        return False

    def stop(self) -> None:
        """Ask the copy to stop, wait, and kill what remains of its session."""
        if self._process is None or not self.is_alive():
            return
        os.kill(self._process, signal.SIGTERM)
        until = time.monotonic() + self._patience_s
        while time.monotonic() < until:
            if not self.is_alive():
                return
            time.sleep(0.02)
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        self._end_session()

    def _end_session(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process, signal.SIGKILL)
        self._process = None


def apart(run: Callable[[], None], *, before_fork: Callable[[], None]) -> bool:
    """Run a function in a copy of this process, wait for it, and return whether it ended well.

    For work whose libraries start threads: a process with threads must not be forked from afterwards.
    """
    process = None
    try:
        with postponing_signals():
            process = _fork(run, before_fork)
        _, status = os.waitpid(process, 0)
    except BaseException:
        if process is not None:
            _end_copy(process)
        raise
    return os.waitstatus_to_exitcode(status) == 0


def _end_copy(process: int) -> None:
    # Just forked, it may not lead its session yet; then it has no children either.
    try:
        os.killpg(process, signal.SIGTERM)
    except ProcessLookupError:
        os.kill(process, signal.SIGTERM)
    os.waitpid(process, 0)


def _fork(run: Callable[[], None], before_fork: Callable[[], None]) -> int:
    before_fork()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    parent = os.getpid()
    # Held back until the copy has handlers of its own: a signal to our handlers in the copy would be lost.
    former = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        process = os.fork()
        if process == 0:
            _be_child(run, parent=parent, mask=former)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)
    return process


def _be_child(run: Callable[[], None], *, parent: int, mask: set[signal.Signals] | set[int]) -> None:
    """Become the child for good: no code of the parent's runs after this, whatever happens."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (*_STOPPING, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        os.setsid()
        end_with_parent(parent=parent, ending=signal.SIGKILL)
        # Among the inherited files is the lock on the data folder: kept open here it would outlive a killed supervisor.
        os.closerange(3, 4096)
        with open(os.devnull) as nothing:  # noqa: PTH123 - a device, not a path of ours
            os.dup2(nothing.fileno(), 0)
        run()
        status = 0
    except SystemExit as ending:
        status = ending.code if isinstance(ending.code, int) else 1
    except BaseException:
        # Told by the log and not printed: the words of an error may repeat what a person typed.
        log.critical("A part of the shop ended by an error", exc_info=True)
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


@dataclass
class _Kept:
    part: Part
    failures: int = 0
    started_at: float = 0.0
    due_at: float = field(default=0.0)
    is_down: bool = True


class Group:
    """Parts kept running together by this process. Use it in the main thread only: signals and the kernel's parent watch need it."""

    def __init__(self, parts: Sequence[Part], *, say: Callable[[str, str], None] = lambda event, name: None) -> None:
        """`say` hears ("stopped" or "restarted", part's name)."""
        self._kept = [_Kept(part) for part in parts]
        self._say = say
        self._is_stopping = False

    def add(self, part: Part) -> None:
        """Start one more part and keep it running."""
        kept = _Kept(part)
        self._kept.append(kept)
        self._start(kept)

    def start(self) -> None:
        """Start every part that is not running yet, in order."""
        for kept in self._kept:
            if kept.is_down:
                self._start(kept)

    def run(self) -> None:
        """Keep every part running until SIGINT or SIGTERM, restarting what dies after a pause that grows with each failure."""
        with self._woken_by_signals() as wake:
            while not self._is_stopping:
                self.look_after()
                ready, _, _ = select.select([wake], [], [], self._pause())
                if ready:
                    os.read(wake, 4096)

    def stop(self) -> None:
        """Stop every part, the last one first. A part that will not stop is killed, so this always returns with nothing running."""
        for kept in reversed(self._kept):
            kept.part.stop()
            kept.is_down = True

    def _start(self, kept: _Kept) -> None:
        kept.part.start()
        kept.started_at = time.monotonic()
        kept.is_down = False

    def look_after(self) -> None:
        """Look once whether every part still runs, and start again what is due."""
        now = time.monotonic()
        for kept in self._kept:
            if not kept.is_down and not kept.part.is_alive():
                self._say("stopped", kept.part.name)
                kept.failures = backoff.failures_after(kept.failures, ran_for_s=now - kept.started_at)
                kept.due_at = now + backoff.pause_s(kept.failures)
                kept.is_down = True
            if kept.is_down and kept.due_at <= now and not self._is_stopping:
                self._restart(kept)

    def _restart(self, kept: _Kept) -> None:
        try:
            self._start(kept)
        except Exception:
            log.exception("A part of the shop cannot be started now")
            kept.failures += 1
            kept.due_at = time.monotonic() + backoff.pause_s(kept.failures)
        else:
            self._say("restarted", kept.part.name)

    def _pause(self) -> float | None:
        due = [kept.due_at for kept in self._kept if kept.is_down]
        return max(0.0, min(due) - time.monotonic()) if due else None

    @contextlib.contextmanager
    def _woken_by_signals(self) -> Iterator[int]:
        """Turn signals into bytes on a pipe, so that none can arrive between looking and waiting."""

        def note(number: int, frame: FrameType | None) -> None:
            if number in _STOPPING:
                self._is_stopping = True

        wake, signalled = os.pipe()
        for end in (wake, signalled):
            os.set_blocking(end, False)
        former = {number: signal.signal(number, note) for number in (*_STOPPING, signal.SIGCHLD)}
        signal.set_wakeup_fd(signalled)
        try:
            yield wake
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in former.items():
                signal.signal(number, handler)
            os.close(wake)
            os.close(signalled)
