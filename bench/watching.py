"""What the first middleware costs a request: its id, its figures, its line of the log, in microseconds of processor time.

    .venv/bin/python bench/watching.py

The same answer with the middleware around it and without, in turns, in one process; the line goes to a file, as in a running shop.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

REQUESTS, ROUNDS, MOST_US = 20_000, 7, 30.0


def main() -> int:
    """Print the price and return 1 where it is above MOST_US."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(DATA_DIR=folder, DATABASE_URL="postgresql:///x?host=/nonexistent", LOG_FORMAT="json", LOG_LEVEL="INFO")
        os.environ.update(SECRET_KEY="k" * 50, DJANGO_SETTINGS_MODULE="shopkeeper.wiring.settings")
        import django

        django.setup()
        from shopkeeper.ops.monitoring.lines import Lines

        with (Path(folder) / "log").open("w", buffering=1) as log:
            assert Lines.current is not None
            Lines.current.setStream(log)
            return _measure()


def _measure() -> int:
    from types import SimpleNamespace

    from django.http import HttpResponse
    from django.test import RequestFactory

    from shopkeeper.ops.monitoring.watched import Watched

    request = RequestFactory().get("/en/goods/tea/")
    request.resolver_match = SimpleNamespace(route="en/goods/<slug:slug>/")  # type: ignore[assignment]
    answer = HttpResponse("x")
    watched = Watched(lambda _: answer)
    rounds = [(_microseconds(lambda: watched(request)), _microseconds(lambda: answer)) for _ in range(ROUNDS)]
    prices = [with_ - without for with_, without in rounds]
    price = statistics.median(prices)
    print(f"rounds: {' '.join(f'{each:.1f}' for each in prices)} µs")
    print(f"figure={price:.1f} goal=<={MOST_US:.0f} unit=µs/request")
    return 0 if price <= MOST_US else 1


def _microseconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(REQUESTS):
        work()
    return (time.process_time() - began) / REQUESTS * 1e6


if __name__ == "__main__":
    sys.exit(main())
