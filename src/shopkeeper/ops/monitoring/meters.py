"""What is counted, in every process of the shop. Each process writes its figures into a file of its own in METRICS_DIR (prometheus-client's
multiprocess mode); whoever is asked adds all files up. What a dead process counted stays counted; a start of the whole shop begins anew.

A value becomes a label only if there are few of it: routes, methods and kinds come from the code, and each name has a ceiling.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.METRICS_DIR)


def _shared() -> bool:
    # Read by prometheus_client when it is imported, which therefore happens below.
    with contextlib.suppress(OSError):
        FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(FOLDER, os.W_OK):
        return False
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(FOLDER)
    return True


IS_SHARED = _shared()

from prometheus_client import values as _values  # noqa: E402

_process = os.getpid()


def _forked() -> None:
    global _process  # noqa: PLW0603
    _process = os.getpid()


os.register_at_fork(after_in_child=_forked)


def process() -> int:
    """Return this process's id, without asking the system."""
    return _process


if IS_SHARED:
    # The system is asked for the process id once a fork, not at every count.
    _values.ValueClass = _values.MultiProcessValue(process_identifier=lambda: _process)  # type: ignore[no-untyped-call]

from prometheus_client import CollectorRegistry, Counter, Histogram  # noqa: E402

REGISTRY = CollectorRegistry()
MOST_NAMES = 1_000
"""How many values one label may have in a process; what comes after counts as OTHER. Every route of the shop has room."""
OTHER, NO_ROUTE = "(other)", "(none)"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

REQUESTS = Counter("shopkeeper_requests", "Requests answered.", ("route", "method", "status"), registry=REGISTRY)
REQUEST_SECONDS = Histogram("shopkeeper_request_seconds", "Seconds to an answer.", ("route",), buckets=SECONDS, registry=REGISTRY)
DATABASE_SECONDS = Counter("shopkeeper_request_database_seconds", "Seconds in the database.", ("route",), registry=REGISTRY)
QUERIES = Counter("shopkeeper_request_queries", "Queries made by requests.", ("route",), registry=REGISTRY)
FACTS = Counter("shopkeeper_facts_told", "Facts handed to their hearers, by kind.", ("kind",), registry=REGISTRY)
HEARING_FAILED = Counter("shopkeeper_hearing_failed", "Tries to hear a fact that failed.", ("hearer",), registry=REGISTRY)
ORDERS = Counter("shopkeeper_orders", "Orders placed and paid, as their facts are told.", ("state",), registry=REGISTRY)
ORDERS_REFUSED = Counter("shopkeeper_orders_refused", "Orders refused, by reason.", ("reason",), registry=REGISTRY)
JOBS = Counter("shopkeeper_jobs_ended", "Jobs ended, well or failed.", ("job", "outcome"), registry=REGISTRY)
ROUNDS_FAILED = Counter("shopkeeper_rounds_failed", "Rounds of a loop (facts, mails) that failed.", ("loop",), registry=REGISTRY)
SEARCH_FALLBACKS = Counter("shopkeeper_search_fallbacks", "Searches answered in place of the server.", ("reason",), registry=REGISTRY)
SWEEP_FAILURES = Counter("shopkeeper_sweep_failures", "Pieces of unfinished work the sweep failed at.", ("kind",), registry=REGISTRY)

_ORDER_STATES = {"OrderPlaced": "placed", "OrderPaid": "paid"}


class _Names:
    """The values one label has had in this process."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def few(self, name: str) -> str:
        """Return the name, or OTHER where there are too many already."""
        if name in self._seen:
            return name
        if len(self._seen) >= MOST_NAMES:
            return OTHER
        self._seen.add(name)
        return name


class _Route:
    """The meters of one route, found once: looking them up costs more than counting."""

    def __init__(self, route: str) -> None:
        self.route = route
        self.seconds = REQUEST_SECONDS.labels(route)
        self.database = DATABASE_SECONDS.labels(route)
        self.queries = QUERIES.labels(route)
        self.answers: dict[tuple[str, int], Counter] = {}

    def count(self, method: str, status: int, seconds: float, database_seconds: float, queries: int) -> None:
        key = (method if method in METHODS else OTHER, status // 100)
        answers = self.answers.get(key)
        if answers is None:
            answers = self.answers[key] = REQUESTS.labels(self.route, key[0], f"{key[1]}xx")
        answers.inc()
        self.seconds.observe(seconds)
        if queries:
            self.database.inc(database_seconds)
            self.queries.inc(queries)


_routes: dict[str, _Route] = {}
_route_names, _names = _Names(), _Names()


def count_request(*, route: str, method: str, status: int, seconds: float, database_seconds: float, queries: int) -> None:
    """Count one answered request. `route` is the pattern of its address, never the address; times are in seconds."""
    found = _routes.get(route)
    if found is None:
        name = _route_names.few(route)
        found = _routes.get(name) or _routes.setdefault(name, _Route(name))
    found.count(method, status, seconds, database_seconds, queries)


def count_facts(kinds: dict[str, int]) -> None:
    """Count facts told, by kind."""
    for kind, number in kinds.items():
        FACTS.labels(_names.few(kind)).inc(number)
        if kind in _ORDER_STATES:
            ORDERS.labels(_ORDER_STATES[kind]).inc(number)


def forget(folder: Path) -> None:
    """Remove what an earlier run of the shop counted. Only before any process counts."""
    for path in [*folder.glob("*.db"), *folder.glob("process_*")]:
        path.unlink(missing_ok=True)
