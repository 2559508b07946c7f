"""The log: how lines look, how much is told, and what may be told of a request. The address of an order, a basket or a link in a mail is a
secret: whoever has it may act by it."""

import logging
import sys
from itertools import takewhile
from typing import Any

NOISY = ("procrastinate", "asyncio", "fontTools", "PIL", "httpx", "urllib3")
"""Other people's loggers that at INFO tell every step: they speak from WARNING on."""


class RouteOnly(logging.Filter):
    """Puts the route in place of the address in every line about a request; where nothing answers there, only how the address begins."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True: no line is dropped."""
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            told = match.route if match else _beginning(path)
            record.args = tuple(told if each == path else each for each in record.args)
            record.told_route = told
        return True


def _beginning(path: str) -> str:
    """Return how an unknown address begins, as far as our own addresses begin so, two parts at most: `/en/orders/…`."""
    parts = takewhile(_KNOWN.__contains__, path.strip("/").split("/")[:-1][:2])
    return "/".join(["", *parts, "…"])


_KNOWN = frozenset(
    "en zh-hans api v1 console media static orders reset join goods shelves about account basket checkout search suggest opened".split()
)
"""What our own addresses begin with; anything else somebody typed."""


def configuration(*, level: str, form: str) -> dict[str, Any]:
    """Return what Django hands to `logging`. Where nothing is chosen: JSON from INFO on; on a terminal text from WARNING on."""
    is_terminal = sys.stderr.isatty()
    level = level or ("WARNING" if is_terminal else "INFO")
    quiet = {"level": "WARNING" if level == "INFO" else level}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "shopkeeper.ops.monitoring.public.Line", "form": form or ("text" if is_terminal else "json")}},
        "filters": {"route_only": {"()": "shopkeeper.wiring.logs.RouteOnly"}},
        "handlers": {"stderr": {"()": "shopkeeper.ops.monitoring.public.Lines", "formatter": "line", "filters": ["route_only"]}},
        # Django's own handlers would tell errors a second time, in their own way.
        "loggers": {"django": {"handlers": [], "propagate": True}, **dict.fromkeys(NOISY, quiet)},
        "root": {"handlers": ["stderr"], "level": level},
    }
