"""Whether this web process answers, whether the shop can be sent shoppers, and its figures: for supervisors, load balancers, Prometheus.

Details and figures are for this machine or for whoever has METRICS_TOKEN.
"""

import hmac
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shopkeeper.flows import checkup, gauges
from shopkeeper.ops.health import public as health
from shopkeeper.ops.health.shapes import Finding, is_well
from shopkeeper.ops.monitoring import public as monitoring

KEPT_S = 1.0
"""How long an answer of /readyz is given again: however often strangers ask, the database is asked once a second."""
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA", "HTTP_X_FORWARDED_HOST")
_HERE = frozenset({"127.0.0.1", "::1", "localhost", "[::1]"})


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process can answer at all; it asks no database, so that a slow one does not get the process killed."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 where the shop can be sent shoppers, else 503 with the names of what is wrong; what was found is told to the trusted."""
    findings = _readiness()
    is_ready = is_well(findings)
    told: dict[str, object] = {"ready": is_ready, "failed": [finding.name for finding in findings if not finding.is_well]}
    if is_trusted(request):
        told["checks"] = {finding.name: {"state": finding.state.value, "said": finding.said % finding.values} for finding in findings}
    return JsonResponse(told, status=200 if is_ready else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with every figure in Prometheus's text format; 403 to anybody but this machine and whoever has the token."""
    if not is_trusted(request):
        return HttpResponse("Send METRICS_TOKEN as Authorization: Bearer …\n", status=403, content_type="text/plain; charset=utf-8")
    page, kind = monitoring.exposition(gauges.at(datetime.now(UTC)))
    return HttpResponse(page, content_type=kind)


def is_trusted(request: HttpRequest) -> bool:
    """Return whether a request comes from this machine or carries the token.

    Behind a proxy everything comes from this machine: a shop that is reached under a public address asks for the token always.
    """
    given = request.META.get("HTTP_AUTHORIZATION", "")
    if settings.METRICS_TOKEN and hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return True
    if health.is_public(settings.PUBLIC_URL) or any(name in request.META for name in _FORWARDED):
        return False
    return request.META.get("REMOTE_ADDR") in _HERE and request.get_host().rpartition(":")[0] in _HERE | {""}


_kept: tuple[float, Sequence[Finding]] = (float("-inf"), ())
_asking = Lock()


def _readiness() -> Sequence[Finding]:
    global _kept  # noqa: PLW0603 - one answer for all threads of this process
    with _asking:
        at, found = _kept
        if time.monotonic() - at > KEPT_S:
            found = checkup.readiness()
            _kept = (time.monotonic(), found)
        return found
