"""Lines of the log: one JSON object each, or, on a terminal, a line for reading. Time, level and event first, then what it belongs to.

Only the text of our own lines is taken as it is; other people's code is told without values, and errors without their words.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
import structlog

from shopkeeper.ops.monitoring.correlation import bound
from shopkeeper.ops.monitoring.rules import discretion

OURS = ("shopkeeper", "__main__")
_encode = msgspec.json.Encoder(enc_hook=lambda value: type(value).__name__).encode

Fields = dict[str, Any]
Render = Callable[[Fields], str]


def as_json(fields: Fields) -> str:
    """Return one line of JSON."""
    return _encode(fields).decode()


def for_reading() -> Render:
    """Return what writes a line for a person at a terminal."""
    columns = structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, sort_keys=False, timestamp_key="time")
    return lambda fields: str(columns(None, "", {**fields, "level": str(fields["level"]).lower()}))


class Line(logging.Formatter):
    """Turns a record into a line; `form` is `json` or `text`."""

    def __init__(self, form: str = "json") -> None:
        super().__init__()
        self.form = form
        self.render: Render = as_json if form == "json" else for_reading()

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line."""
        return self.render(told(record))


class Lines(logging.StreamHandler[Any]):
    """The way to standard error, and at once for lines that need no record (`write`)."""

    current: Lines | None = None

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        Lines.current = self


def told(record: logging.LogRecord) -> Fields:
    """Return a record as the fields of its line."""
    fields: Fields = {
        "time": _time(record.created),
        "level": record.levelname,
        "event": _event(record),
        "logger": record.name,
        **bound(),
    }
    if record.exc_info and record.exc_info[1] is not None:
        fields |= discretion.error(record.exc_info[1])
    if (request := getattr(record, "request", None)) is not None:
        # Django tells of an answer when the request's own binding has ended.
        fields.setdefault("request", getattr(request, "watched_id", None))
        fields["route"] = getattr(getattr(request, "resolver_match", None), "route", None)
    if isinstance(code := getattr(record, "status_code", None), int):
        fields["status"] = code
    if isinstance(more := getattr(record, "fields", None), dict):
        fields |= more
    return fields


def write(event: str, fields: Fields) -> None:
    """Write one line at level INFO past the machinery of records, for what happens at every request. Its fields hold no person's data."""
    handler = Lines.current
    if handler is None or not isinstance(handler.formatter, Line):
        return
    line = {"time": _time(None), "level": "INFO", "event": event, **bound(), **fields}
    try:
        handler.stream.write(handler.formatter.render(line) + "\n")
    except (OSError, ValueError):
        # Nobody reads the log any more; the request must still be answered.
        return


def _event(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] in OURS:
        return discretion.without_numbers(record.getMessage())
    if not record.args or not isinstance(record.msg, str):
        return discretion.without_values(str(record.msg))
    route = getattr(record, "told_route", None)
    values = record.args
    if isinstance(values, tuple):
        shown: Any = tuple(value if route is not None and value == route else discretion.argument(value) for value in values)
    elif "%(" in record.msg:
        shown = {key: discretion.argument(value) for key, value in values.items()}
    else:
        # One mapping given for one place: `logging` has taken it out of its tuple.
        shown = (discretion.argument(values),)
    try:
        return str(record.msg % shown)
    except (TypeError, ValueError, KeyError):
        return discretion.without_values(record.msg)


def _time(at: float | None) -> str:
    seconds, part = divmod(time.time() if at is None else at, 1)
    return f"{_second(int(seconds))}.{int(part * 1000):03d}Z"


@lru_cache(maxsize=4)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
