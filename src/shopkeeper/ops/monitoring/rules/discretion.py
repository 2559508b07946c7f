"""What a line of the log may say: nothing that names a person, opens an order, or was typed by somebody."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from http import HTTPStatus

_MAIL = re.compile(r"[^\s<>\"'(),:;=]+@[^\s<>\"'(),:;]+")
_DIGITS = re.compile(r"\+?\d[\d \-]{5,}\d")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|`[^`]*`|\([^()]*=[^()]*\)")
_LONG = re.compile(r"[\w~+=-]{20,}")
_PATH = re.compile(r"(?<![\w.])/[^\s]*")

_PLAIN = frozenset(status.phrase for status in HTTPStatus) | {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}
_MOST_FRAMES = 12
_MOST_CAUSES = 4


def without_numbers(text: str) -> str:
    """Return a text of our own with mail addresses and long numbers struck out: the second line of defence."""
    return _DIGITS.sub("…", _MAIL.sub("…", text))


def without_values(text: str) -> str:
    """Return a text of other people's code without what it may have been told: quoted words, addresses, long words and numbers."""
    for pattern in (_QUOTED, _MAIL, _PATH, _LONG, _DIGITS):
        text = pattern.sub("…", text)
    return text


def argument(value: object) -> object:
    """Return one value of a line of other people's code as it may be told."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if value in _PLAIN else without_values(value)
    return type(value).__name__


def error(found: BaseException) -> dict[str, object]:
    """Return an error as fields: its kinds, a database's code, table and constraint, and the places it passed. Never its words, which may
    repeat what a person typed or a row holds, and no local values."""
    chain = list(_causes(found))
    fields: dict[str, object] = {"error": " < ".join(type(each).__name__ for each in chain)}
    for each in chain:
        fields |= _codes(each)
    frames = traceback.extract_tb(found.__traceback__)[-_MOST_FRAMES:]
    if frames:
        fields["at"] = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return fields


def _causes(found: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = found
    for _ in range(_MOST_CAUSES):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def _codes(found: BaseException) -> dict[str, object]:
    """Return what names no person: a refusal's code, the system's error number, a database's state, table and constraint."""
    told: dict[str, object] = {}
    diagnosis = getattr(found, "diag", None)
    for name, value in (
        ("sqlstate", getattr(found, "sqlstate", None)),
        ("table", getattr(diagnosis, "table_name", None)),
        ("constraint", getattr(diagnosis, "constraint_name", None)),
        ("code", getattr(type(found), "code", None)),
        ("errno", getattr(found, "errno", None)),
    ):
        if isinstance(value, str | int) and value != "":
            told[name] = value
    return told


def _short(filename: str) -> str:
    for mark in ("/site-packages/", "/src/", "/lib/"):
        if mark in filename:
            return filename.rpartition(mark)[2]
    return "/".join(filename.rsplit("/", 2)[-2:])
