"""Showing a page of the shop to ourselves: through every middleware and the real address, without a network, and leaving no trace.

It counts as no request, and whoever asked for it keeps their own figures, role and log.
"""

import logging
import time
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import transaction
from django.utils.translation import get_language, override

from shopkeeper.ops.monitoring.shapes import UNWATCHED

_log = logging.getLogger("shopkeeper.page_audit")

MOST_BYTES = 4_000_000
READER = "shopkeeper-page-audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: `failure` names what broke instead, `headers` by small name, `took_ms` until the first byte."""

    status: int = 0
    failure: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    size: int = 0
    took_ms: int = 0


@lru_cache(maxsize=1)
def _handler() -> WSGIHandler:
    return WSGIHandler()


def show(path: str, language: str) -> Answer:
    """Return the page of a path as a reader of a language who was never here gets it. A page that breaks answers with its failure."""
    began = time.perf_counter()
    try:
        # Within a transaction pages are put together anew and nothing of them is kept; and it is undone, whatever they did.
        with transaction.atomic(), override(get_language() or language):
            response = _handler().get_response(_request(path, language))
            took = time.perf_counter() - began
            body = b"" if response.streaming else response.content[:MOST_BYTES]  # type: ignore[attr-defined]
            transaction.set_rollback(True)
    except Exception as broken:  # noqa: BLE001 - whatever breaks is told
        # What breaks is what is looked for: it is told as found, with its name, and the round goes on.
        _log.warning("a page could not be shown: %s", type(broken).__name__)
        return Answer(failure=type(broken).__name__, took_ms=round((time.perf_counter() - began) * 1_000))
    return Answer(
        status=response.status_code,
        headers={name.lower(): value for name, value in response.items()},
        text=body.decode("utf-8", errors="replace"),
        size=len(body),
        took_ms=round(took * 1_000),
    )


def _request(path: str, language: str) -> WSGIRequest:
    public = urlsplit(settings.PUBLIC_URL)
    is_safe = public.scheme == "https"
    host = public.hostname or "127.0.0.1"
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": host,
        "SERVER_PORT": str(public.port or (443 if is_safe else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": public.netloc,
        "HTTP_ACCEPT_LANGUAGE": language,
        "HTTP_USER_AGENT": READER,
        "REMOTE_ADDR": "127.0.0.1",
        # A look is no visit: it counts for nothing, and what it costs belongs to whoever asked for it.
        UNWATCHED: True,
        "wsgi.url_scheme": public.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    return WSGIRequest(environ)
