"""The face of the jobs room: work that runs by the clock, and work put off until a transaction commits, on the shop's own PostgreSQL.

Facts go through the outbox, not through here: this queue is for few jobs that take a while.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procrastinate.contrib.django import app

from shopkeeper.ops.jobs.leases import Lease, LeaseLost, fenced, forget_old, give_back, take
from shopkeeper.ops.jobs.loops import Loop, run_loops
from shopkeeper.ops.jobs.reports import JobReport, keep_report, last_report, trouble

if TYPE_CHECKING:
    from procrastinate import App

__all__ = [
    "JobReport",
    "Lease",
    "LeaseLost",
    "Loop",
    "app",
    "counts",
    "defer",
    "fenced",
    "forget_old",
    "give_back",
    "keep_report",
    "last_report",
    "rescue",
    "run_loops",
    "run_worker",
    "take",
    "trouble",
]


SILENT_FOR_S = 45.0
"""A worker not heard of for this long is dead: the living report every ten seconds."""


def defer(task: str, *, once: str | None = None, **arguments: str | int) -> None:
    """Put a job into the queue in the caller's transaction: it runs after the commit, or never.

    `task` is a name from `wiring/schedule.py`. With `once`, a job is left out while another with the same word waits.
    """
    from django.db import transaction
    from procrastinate.exceptions import AlreadyEnqueued

    try:
        # A savepoint: the refusal of a second job must not spoil the caller's transaction.
        with transaction.atomic():
            app.perform_import_paths()  # type: ignore[no-untyped-call]  # a misspelt name is found here and not by the worker
            app.configure_task(task, queueing_lock=once, allow_unknown=False).defer(**arguments)
    except AlreadyEnqueued:
        return


def counts() -> dict[tuple[str, str], int]:
    """Return how many jobs are in the queue, by task and state (`todo`, `doing`, `failed` …); those that ended well leave no rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status::text, count(*) FROM procrastinate_jobs GROUP BY task_name, status")
        return {(task, state): number for task, state, number in cursor.fetchall()}


async def rescue(running: App, *, after_s: float = SILENT_FOR_S) -> int:
    """Queue anew the jobs whose worker died in the middle, and return how many; a lost job would keep its lock for ever."""
    from shopkeeper.ops.jobs import worker

    return await worker.rescue(running, after_s=after_s)


def run_worker(running: App, *, concurrency: int, grace_s: float) -> None:
    """Run queued and scheduled jobs until SIGTERM or SIGINT; jobs under way get `grace_s` seconds to end, then are given up."""
    from shopkeeper.ops.jobs import worker

    worker.run(running, concurrency=concurrency, grace_s=grace_s)
