"""What every benchmark shares: the machine and its settings, a calibration figure, medians of several runs, one closing line.

A benchmark is a file in this folder that runs alone (`.venv/bin/python bench/orders.py`) and ends with `finish(...)`:

    figure=812 baseline=1490 ratio=0.545 goal=>=0.5 unit=orders/s

Ratios decide, because machines differ; the absolute figure is to be read beside the calibration figure printed above it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

RUNS = 5
_SETTINGS = (
    "shared_buffers",
    "effective_cache_size",
    "work_mem",
    "max_wal_size",
    "fsync",
    "full_page_writes",
    "synchronous_commit",
    "wal_level",
    "data_checksums",
    "jit",
)


@dataclass(frozen=True)
class Runs:
    """Several runs of the same thing, one figure each."""

    figures: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.figures)

    def __str__(self) -> str:
        each = " ".join(f"{figure:.4g}" for figure in self.figures)
        return f"median {self.median:.4g} of {len(self.figures)} runs ({each}; from {min(self.figures):.4g} to {max(self.figures):.4g})"


def seconds(work: Callable[[], object], *, runs: int = RUNS, before: Callable[[], object] = lambda: None) -> Runs:
    """Return the seconds that `work` took in each of several runs, after one run that does not count; `before` is not timed."""
    figures = []
    for run in range(runs + 1):
        before()
        began = time.perf_counter()
        work()
        if run:
            figures.append(time.perf_counter() - began)
    return Runs(tuple(figures))


def rates(work: Callable[[], int], *, runs: int = RUNS, before: Callable[[], object] = lambda: None) -> Runs:
    """Return how many things a second `work` did in each of several runs; it returns how many it did. `before` is not timed."""
    figures = []
    for run in range(runs + 1):
        before()
        began = time.perf_counter()
        count = work()
        if run:
            figures.append(count / (time.perf_counter() - began))
    return Runs(tuple(figures))


def by_turns(*works: Callable[[], float], runs: int = RUNS) -> list[Runs]:
    """Run several things by turns, so that a noisy moment strikes all of them; each returns its own figure, and gets one uncounted run."""
    figures: list[list[float]] = [[] for _ in works]
    for run in range(runs + 1):
        for place, work in enumerate(works):
            figure = work()
            if run:
                figures[place].append(figure)
    return [Runs(tuple(each)) for each in figures]


def introduce(title: str) -> None:
    """Print what is measured, on which machine, and the calibration figure."""
    print(title)
    print(
        f"machine: {os.cpu_count()} cores, {_memory_gb():.1f} GB, {platform.system()} {platform.machine()}, load {os.getloadavg()[0]:.1f}"
    )
    print(f"python: {platform.python_version()} ({platform.python_implementation()})")
    print(f"calibration: {calibration():.0f} rounds of SHA-256 over 1 kB a millisecond, one core; fdatasync of 8 kB {_sync_ms():.2f} ms")


def calibration() -> float:
    """Return a figure for one core's speed now: thousands of SHA-256 over a kilobyte a second, the median of five."""
    block = bytes(1024)

    def work() -> int:
        for _ in range(20_000):
            hashlib.sha256(block).digest()
        return 20_000

    return rates(work).median / 1000


def _sync_ms() -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "block"
        file = os.open(path, os.O_WRONLY | os.O_CREAT)
        sync = getattr(os, "fdatasync", os.fsync)

        def work() -> None:
            os.pwrite(file, bytes(8192), 0)
            sync(file)

        try:
            return seconds(work, runs=9).median * 1000
        finally:
            os.close(file)


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


@contextlib.contextmanager
def shop() -> Iterator[str]:
    """Yield the address of an embedded database with all tables and no trade, on the settings a real shop gets; Django is set up on it.

    Nothing is made faster for the benchmark: fsync, checksums and full pages are on. The server and its data are gone at the end.
    """
    from shopkeeper.ops.database import public as database

    with tempfile.TemporaryDirectory(prefix="shopkeeper-bench-") as folder, database.running(data_dir=Path(folder)) as server:
        os.environ.update(DATABASE_URL=server.url, DATA_DIR=folder, DJANGO_SETTINGS_MODULE="shopkeeper.wiring.settings")
        database.ensure_secret_key(Path(folder))
        import django

        django.setup()
        database.bring_up_to_date()
        print(f"postgresql: {settings()}")
        try:
            yield server.url
        finally:
            from django.db import connections

            connections.close_all()


def settings() -> str:
    """Return the database's version and the settings that matter, on one line; Django must be set up."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s) ORDER BY name", [list(_SETTINGS)])
        found = " ".join(f"{name}={value}" for name, value in cursor.fetchall())
        cursor.execute("SHOW server_version")
        return f"{cursor.fetchone()[0]} {found}"


def finish(
    *,
    figure: float | Runs,
    baseline: float | Runs,
    unit: str,
    at_least: float | None = None,
    at_most: float | None = None,
    also: Sequence[bool] = (),
) -> NoReturn:
    """Print the closing line and end with status 1 if the goal for figure / baseline is missed.

    Give exactly one of `at_least` and `at_most`. `also` holds further conditions that must be true (exact results, no errors):
    a fast wrong answer is no figure.
    """
    if (at_least is None) == (at_most is None):
        raise ValueError("A benchmark has one goal: give at_least or at_most")
    measured, against = (each.median if isinstance(each, Runs) else float(each) for each in (figure, baseline))
    ratio = measured / against
    reached = ratio >= at_least if at_least is not None else ratio <= float(at_most or 0)
    goal = f">={at_least:g}" if at_least is not None else f"<={at_most:g}"
    if not all(also):
        print("a condition beside the figure does not hold: the figure does not count")
    print(f"figure={measured:.6g} baseline={against:.6g} ratio={ratio:.3f} goal={goal} unit={unit}", flush=True)
    sys.exit(0 if reached and all(also) else 1)
