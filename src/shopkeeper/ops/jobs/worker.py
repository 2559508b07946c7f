"""One worker over the queue: fetches jobs, runs them in threads, gives up those whose worker died."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from procrastinate import App


def run(running: App, *, concurrency: int, grace_s: float) -> None:
    """Run jobs until SIGTERM or SIGINT, over a connection of the worker's own that listens for new ones."""
    connector = running.connector.get_worker_connector()  # type: ignore[attr-defined]
    with running.replace_connector(connector) as worker_app:
        asyncio.run(_serve(worker_app, concurrency, grace_s))


async def rescue(running: App, *, after_s: float) -> int:
    """Queue anew the jobs whose worker has not been heard of for `after_s` seconds; return how many."""
    stalled = list(await running.job_manager.get_stalled_jobs(seconds_since_heartbeat=after_s))
    for job in stalled:
        await running.job_manager.retry_job(job)
    return len(stalled)


async def _serve(worker_app: App, concurrency: int, grace_s: float) -> None:
    async with worker_app.open_async():
        await worker_app.run_worker_async(
            concurrency=concurrency,
            # Jobs that ended well leave no rows behind; those that failed stay to be looked at.
            delete_jobs="successful",
            shutdown_graceful_timeout=grace_s,
            install_signal_handlers=True,
        )
