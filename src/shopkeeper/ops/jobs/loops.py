"""Loops beside the queue: work that is looked for every second or so, each in a thread of its own, all ending with one signal."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import close_old_connections, connection

from shopkeeper.ops.monitoring import public as monitoring

log = logging.getLogger(__name__)

AFTER_FAILURE_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """`step` does one round and returns whether there may be more at once; else the loop sleeps for `idle_s`."""

    name: str
    step: Callable[[], bool]
    idle_s: float


def turn(loop: Loop, stop: threading.Event) -> None:
    """Repeat a loop's step until `stop` is set. A failing step is reported and tried again; it never ends the loop."""
    while not stop.is_set():
        try:
            close_old_connections()
            pause = 0.0 if loop.step() else loop.idle_s
        except Exception:
            log.exception("%s failed and will be tried again", loop.name)
            monitoring.round_failed(loop.name)
            # The server may have restarted: come back with a fresh connection.
            connection.close()
            pause = AFTER_FAILURE_S
        stop.wait(pause)
    connection.close()


@contextmanager
def run_loops(targets: Sequence[Loop | Callable[[threading.Event], None]], *, grace_s: float) -> Iterator[threading.Event]:
    """Run loops, or functions that take a stop event, each in a thread, until the block ends; each has `grace_s` to finish its round."""
    stop = threading.Event()
    threads = [_thread(target, stop) for target in targets]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join(grace_s)
            if thread.is_alive():
                log.error("%s did not end in time and is left behind", thread.name)


def _thread(target: Loop | Callable[[threading.Event], None], stop: threading.Event) -> threading.Thread:
    # Daemons: where a round hangs beyond its grace, the process must still end; whatever it did was not committed.
    if isinstance(target, Loop):
        return threading.Thread(target=turn, args=(target, stop), name=target.name, daemon=True)
    return threading.Thread(target=target, args=(stop,), name=target.__name__, daemon=True)
