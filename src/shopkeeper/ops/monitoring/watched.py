"""What happens around every request: an id of its own, its figures, one line of the log. Its price is measured by bench/watching.py."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from shopkeeper.ops.monitoring import correlation, exposition, lines, meters
from shopkeeper.ops.monitoring.shapes import UNWATCHED

HEADER = "X-Request-ID"
UNTOLD = frozenset({"healthz", "readyz", "metrics"})
"""What machines ask every few seconds: counted, but not worth a line."""

_log = logging.getLogger("shopkeeper.requests")
_clock = time.perf_counter


class _Queries(threading.local):
    """Counts the queries of the request this thread answers and the time they took. Hung once into each thread's connection."""

    def __init__(self) -> None:
        self.number, self.seconds = 0, 0.0
        connection.execute_wrappers.append(self)

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        began = _clock()
        try:
            return execute(sql, params, many, context)
        finally:
            self.number += 1
            self.seconds += _clock() - began


_queries = _Queries()


class Watched:
    """The first middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._signed = 0

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request and remember how it went; what the shop asks of itself belongs to what asks it."""
        if UNWATCHED in request.META:
            return self._get_response(request)
        if self._signed != meters.process():
            self._signed = meters.process()
            exposition.sign("web")
        began = _clock()
        request_id = correlation.accepted(request.META.get("HTTP_X_REQUEST_ID"))
        request.watched_id = request_id  # type: ignore[attr-defined]
        queries = _queries
        queries.number, queries.seconds = 0, 0.0
        token = correlation.bind({"request": request_id})
        try:
            answer = self._get_response(request)
            answer.headers[HEADER] = request_id
            self._tell(request, answer.status_code, _clock() - began, queries)
        finally:
            correlation.unbind(token)
        return answer

    def _tell(self, request: HttpRequest, status: int, seconds: float, queries: _Queries) -> None:
        match = request.resolver_match
        route = str(match.route) if match is not None else meters.NO_ROUTE
        method = request.method or ""
        meters.count_request(
            route=route, method=method, status=status, seconds=seconds, database_seconds=queries.seconds, queries=queries.number
        )
        if route not in UNTOLD and _log.isEnabledFor(logging.INFO):
            told = {
                "logger": "shopkeeper.requests", "method": method if method in meters.METHODS else meters.OTHER, "route": route,
                "status": status, "duration_ms": round(seconds * 1000, 2), "queries": queries.number,
                "database_ms": round(queries.seconds * 1000, 2),
            }  # fmt: skip
            lines.write("request", told)
