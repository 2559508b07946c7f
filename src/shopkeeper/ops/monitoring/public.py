"""The face of the monitoring room: count what happens, say what a process works on, and hand both out.

Counting never fails what is counted. prometheus-client is loaded when something is first counted, and not before.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from shopkeeper.kit.refusals import Refusal
from shopkeeper.ops.monitoring.correlation import binding, bound
from shopkeeper.ops.monitoring.lines import Line, Lines, write
from shopkeeper.ops.monitoring.shapes import Gauge
from shopkeeper.ops.monitoring.watching import begin

__all__ = [
    "Line",
    "Lines",
    "begin",
    "binding",
    "bound",
    "counting_refusals",
    "exposition",
    "facts_told",
    "forget",
    "hearing_failed",
    "job_ended",
    "note",
    "round_failed",
    "search_fell_back",
    "sweep_failed",
]


_log = logging.getLogger("shopkeeper")


def facts_told(kinds: Mapping[str, int]) -> None:
    """Count facts handed to their hearers for the first time, by kind."""
    from shopkeeper.ops.monitoring import meters

    meters.count_facts(dict(kinds))


def hearing_failed(hearer: str) -> None:
    """Count one failed try to hear a fact."""
    from shopkeeper.ops.monitoring import meters

    meters.HEARING_FAILED.labels(hearer).inc()


def job_ended(job: str, *, is_well: bool) -> None:
    """Count one job that ended, well or failed."""
    from shopkeeper.ops.monitoring import meters

    meters.JOBS.labels(job, "well" if is_well else "failed").inc()


def round_failed(loop: str) -> None:
    """Count one failed round of a loop."""
    from shopkeeper.ops.monitoring import meters

    meters.ROUNDS_FAILED.labels(loop).inc()


def search_fell_back(reason: str) -> None:
    """Count one search that the database answered in place of the search server."""
    from shopkeeper.ops.monitoring import meters

    meters.SEARCH_FALLBACKS.labels(reason).inc()


def sweep_failed(kind: str) -> None:
    """Count one piece of unfinished work that the sweep failed at."""
    from shopkeeper.ops.monitoring import meters

    meters.SWEEP_FAILURES.labels(kind).inc()


@contextmanager
def counting_refusals() -> Iterator[None]:
    """Count an order refused inside the block, by the refusal's code."""
    try:
        yield
    except Refusal as refusal:
        from shopkeeper.ops.monitoring import meters

        meters.ORDERS_REFUSED.labels(refusal.code).inc()
        raise


def exposition(gauges: Sequence[Gauge]) -> tuple[bytes, str]:
    """Return everything counted, with the gauges given, in Prometheus's text format; and the content type."""
    from shopkeeper.ops.monitoring import exposition as page

    return page.text(gauges), page.CONTENT_TYPE


def note(event: str, **fields: object) -> None:
    """Write one line at level INFO about what happened, with fields that name no person: ids, kinds, counts."""
    if _log.isEnabledFor(logging.INFO):
        write(event, {"logger": "shopkeeper", **fields})


def forget(folder: Path) -> None:
    """Forget what an earlier run of the shop counted in `folder`: at the start, before any process counts."""
    from shopkeeper.ops.monitoring import meters

    meters.forget(folder)
