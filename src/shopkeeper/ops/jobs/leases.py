"""Work that takes longer than a transaction is leased, and every transaction of it is fenced.

A lease has an owner and an end. A worker that sleeps through the end (a paused machine, a hung disk) may find its work taken over when it
wakes. It must not go on then: each of its transactions begins by asking whether its number is still the one that counts, and keeps the
lease's row locked until it ends, so that nobody can take over in the middle of a transaction.
"""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from psycopg.pq import TransactionStatus

IDLE_S = 60
"""A fenced transaction in which nothing is said for so long is ended by the server: its worker is paused, and others want its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to work on `name` until a moment; `number` grows with every taking."""

    name: str
    owner: str
    number: int
    until: datetime


class LeaseLost(Exception):
    """The lease ran out and somebody else has taken the work: nothing of this transaction is written."""

    def __init__(self, lease: Lease) -> None:
        super().__init__(f"{lease.name}: lease {lease.number} ran out and the work was taken over")
        self.lease = lease


def take(*, name: str, lasts: timedelta, now: datetime) -> Lease | None:
    """Return the lease of a piece of work, None where somebody else has it. One statement; a lease that ran out is taken over."""
    owner, until = me(), now + lasts
    with connection.cursor() as cursor:
        cursor.execute(
            # A lease whose row is locked is in use however late it is: its worker stands inside a transaction.
            """WITH free AS (SELECT id FROM jobs_lease WHERE name = %(name)s AND until <= %(now)s FOR UPDATE SKIP LOCKED),
                    over AS (UPDATE jobs_lease SET id = nextval(pg_get_serial_sequence('jobs_lease', 'id')), owner = %(owner)s,
                                    until = %(until)s WHERE id IN (SELECT id FROM free) RETURNING id),
                    made AS (INSERT INTO jobs_lease (name, owner, until) SELECT %(name)s, %(owner)s, %(until)s
                             WHERE NOT EXISTS (SELECT FROM over) ON CONFLICT (name) DO NOTHING RETURNING id)
               SELECT id FROM over UNION ALL SELECT id FROM made""",
            {"name": name, "owner": owner, "until": until, "now": now},
        )
        found = cursor.fetchone()
    return None if found is None else Lease(name=name, owner=owner, number=found[0], until=until)


def give_back(lease: Lease) -> bool:
    """End a lease; return False where it was not ours any more."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM jobs_lease WHERE id = %s", [lease.number])
        return bool(cursor.rowcount)


def forget_old(before: datetime) -> int:
    """Remove leases that ran out before that moment, of work nobody took up again; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM jobs_lease WHERE id IN (SELECT id FROM jobs_lease WHERE until < %s FOR UPDATE SKIP LOCKED)", [before])
        return int(cursor.rowcount)


@contextmanager
def fenced(lease: Lease) -> Iterator[None]:
    """Fence every transaction of the block with the lease. Raises LeaseLost out of the first one after somebody took over."""
    with connection.execute_wrapper(_Fence(lease)):
        yield


class _Fence:
    """Stands before the first statement of each transaction."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.is_asking = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.is_asking or connection.connection.info.transaction_status is not TransactionStatus.IDLE:
            return execute(sql, params, many, context)
        if connection.in_atomic_block:
            self._ask()
            return execute(sql, params, many, context)
        # A statement by itself gets a transaction, so that the answer still holds when it is done.
        with transaction.atomic():
            self._ask()
            return execute(sql, params, many, context)

    def _ask(self) -> None:
        self.is_asking = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    """SELECT set_config('idle_in_transaction_session_timeout', %s, true) FROM jobs_lease
                       WHERE name = %s AND id = %s FOR KEY SHARE""",
                    [f"{IDLE_S}s", self.lease.name, self.lease.number],
                )
                if cursor.fetchone() is None:
                    raise LeaseLost(self.lease)
        finally:
            self.is_asking = False


def me() -> str:
    """Return who this is: machine, process and thread."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{threading.get_native_id()}"
