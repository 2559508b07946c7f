"""One worker over the queue: fetches jobs, runs them in threads, gives up those whose worker died."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from procrastinate.manager import JobManager

from shopkeeper.ops.monitoring import public as monitoring

if TYPE_CHECKING:
    from procrastinate import App, JobContext
    from procrastinate.jobs import Job, Status

log = logging.getLogger(__name__)


def run(running: App, *, concurrency: int, grace_s: float) -> None:
    """Run jobs until SIGTERM or SIGINT, over a connection of the worker's own that listens for new ones."""
    connector = running.connector.get_worker_connector()  # type: ignore[attr-defined]
    with running.replace_connector(connector) as worker_app:
        worker_app.job_manager = FencedJobs(connector)
        asyncio.run(_serve(worker_app, concurrency, grace_s))


class FencedJobs(JobManager):
    """Ends only jobs that are still this worker's.

    A worker's heartbeat is its lease, the job's count of attempts the fencing number: `rescue` raises it. A worker that was paused and
    wakes must not end a job that another one has under way by now.
    """

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Set a job to its final state, where no rescue has come between; otherwise leave it to whoever has it now."""
        ended = await self.connector.execute_query_all_async(
            query="""SELECT procrastinate_finish_job_v1(id, %(status)s, %(delete_job)s) FROM (
                         SELECT id FROM procrastinate_jobs WHERE id = %(job_id)s AND status = 'doing' AND attempts = %(attempts)s
                         FOR UPDATE) AS mine""",
            job_id=job.id,
            status=status.value,
            delete_job=delete_job,
            attempts=job.attempts,
        )
        if not ended:
            log.warning("Job %s (%s) was taken over while this worker was silent: its end is not written down", job.id, job.task_name)


async def rescue(running: App, *, after_s: float) -> int:
    """Queue anew the jobs whose worker has not been heard of for `after_s` seconds; return how many."""
    stalled = list(await running.job_manager.get_stalled_jobs(seconds_since_heartbeat=after_s))
    for job in stalled:
        await running.job_manager.retry_job(job)
    return len(stalled)


async def _told(go_on: Callable[[], Awaitable[Any]], context: JobContext, worker: Any) -> Any:
    """Run one job with its id in every line of the log, count how it ended, and say so."""
    name, number = context.job.task_name, context.job.id
    began = time.monotonic()
    with monitoring.binding(job=number, task=name):
        try:
            done = await go_on()
        except BaseException:
            monitoring.job_ended(name, is_well=False)
            raise
        monitoring.job_ended(name, is_well=True)
        log.info("Job done", extra={"fields": {"duration_ms": round((time.monotonic() - began) * 1000, 1)}})
        return done


async def _serve(worker_app: App, concurrency: int, grace_s: float) -> None:
    async with worker_app.open_async():
        await worker_app.run_worker_async(
            concurrency=concurrency,
            # Jobs that ended well leave no rows behind; those that failed stay to be looked at.
            delete_jobs="successful",
            shutdown_graceful_timeout=grace_s,
            install_signal_handlers=True,
            worker_middleware=[_told],
        )
