"""What a process of the shop does about its own errors: one line in the log's own form, without an error's words."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType
from typing import Any

_log = logging.getLogger("shopkeeper.process")


def begin(role: str) -> None:
    """Be a process of the shop, `web` or `worker`: counted, and with errors nobody caught told like all others."""
    from shopkeeper.ops.monitoring import exposition

    exposition.sign(role)
    sys.excepthook = _uncaught
    threading.excepthook = lambda found: _uncaught(found.exc_type, found.exc_value, found.exc_traceback)
    sys.unraisablehook = _unraisable


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is None or issubclass(kind, SystemExit | KeyboardInterrupt):
        return
    _log.critical("An error nobody caught", exc_info=(kind, error, trace))


def _unraisable(found: Any) -> None:
    if found.exc_value is not None:
        _log.error("An error in a clean-up", exc_info=(found.exc_type, found.exc_value, found.exc_traceback))
