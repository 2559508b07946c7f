"""Every call that leaves the process: statements, commits, talks with a payment provider, letters, files of the lake.

A watch counts them, and can end the process at the one of a given number, before it or after it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import psycopg
from django.db import connection
from psycopg.pq import TransactionStatus

from shopkeeper.insight.lake import files
from shopkeeper.selling.payments.adapters import provider
from shopkeeper.selling.payments.adapters.fake import FakeProvider
from tests.crash.postbox import Postbox

PROVIDER_CALLS = (*(name for name, part in vars(provider.Provider).items() if callable(part) and name[0] != "_"), "webhooks_due")
"""Every function of the provider's contract, whatever it has, and the way the test provider's messages leave it."""

MAIL_CALLS = ("open", "send_messages", "close")
FILE_CALLS = ("write", "make_durable", "remove")

KILLED = -signal.SIGKILL


def kill_myself() -> None:
    """End this process as a power cut would: nothing is flushed, nothing is closed, no handler runs."""
    os.kill(os.getpid(), signal.SIGKILL)


def stop_myself() -> None:
    """Stand still, as a machine does that is paused: until somebody lets this process go on."""
    os.kill(os.getpid(), signal.SIGSTOP)


class Watch:
    """Counts calls by name, in order. `at` 0 lets the process live; `forget` leaves calls of these names unseen (only to plant a hole)."""

    def __init__(self, at: int = 0, when: str = "before", end: Callable[[], None] = kill_myself, forget: tuple[str, ...] = ()) -> None:
        self.at, self.when, self.end, self.forget = at, when, end, forget
        self.calls: list[str] = []
        self.is_watching = False

    def around(self, label: str, call: Callable[[], Any]) -> Any:
        """Make a call, counted under its label; the process ends here where it is to end here."""
        if not self.is_watching or label.split(" ", maxsplit=1)[0] in self.forget:
            return call()
        self.calls.append(label)
        number = len(self.calls)
        if number == self.at and self.when == "before":
            self.end()
        try:
            return call()
        finally:
            # Also where the call was refused: its refusal is an answer to act on.
            if number == self.at and self.when == "after":
                self.end()

    @contextmanager
    def watching(self) -> Iterator[Watch]:
        """Watch this process until the block ends."""
        with ExitStack() as hooks:
            for owner, name, word in _hooked():
                hooks.enter_context(self._hook(owner, name, word))
            connection.ensure_connection()  # the shop is at work: connecting is not part of the act
            self.is_watching = True
            try:
                yield self
            finally:
                self.is_watching = False

    def _hook(self, owner: Any, name: str, word: Callable[..., str | None]) -> Any:
        true = getattr(owner, name)

        def watched(*arguments: Any, **named: Any) -> Any:
            label = word(*arguments)
            if label is None:
                return true(*arguments, **named)
            return self.around(label, lambda: true(*arguments, **named))

        return mock.patch.object(owner, name, watched)


def _hooked() -> list[tuple[Any, str, Callable[..., str | None]]]:
    found: list[tuple[Any, str, Callable[..., str | None]]] = []
    for kind in (psycopg.Cursor, psycopg.ServerCursor):
        found += [(kind, name, _statement) for name in ("execute", "executemany", "copy") if name in vars(kind)]
    found += [(psycopg.Connection, name, _ending(name)) for name in ("commit", "rollback")]
    found += [(FakeProvider, name, _said(f"provider.{name}")) for name in PROVIDER_CALLS]
    found += [(Postbox, name, _said(f"mail.{name}")) for name in MAIL_CALLS]
    found += [(files, name, _said(f"lake.{name}")) for name in FILE_CALLS]
    return found


def _statement(_cursor: Any, query: Any, *_values: Any) -> str:
    text = query if isinstance(query, str) else query.decode() if isinstance(query, bytes) else str(query)
    return "sql " + " ".join(text.split())[:60]


def _ending(name: str) -> Callable[..., str | None]:
    # Nothing is said to the server where no transaction is open.
    return lambda held: None if held.info.transaction_status is TransactionStatus.IDLE else f"sql {name}"


def _said(word: str) -> Callable[..., str]:
    return lambda *_: word
