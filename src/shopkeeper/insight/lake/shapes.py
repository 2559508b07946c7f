"""What crosses the lake's face."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a lake table. `type` is int, str, bool or list; every column may be empty, since facts gain fields over time."""

    name: str
    type: str

    @property
    def field(self) -> str:
        """Return the field of the fact or line that fills the column: `its_` sets a field apart from a column every table has."""
        return self.name.removeprefix("its_")


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the lake: the facts of one kind, or the lines that facts of one kind carry."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query returned: names of its columns, and its rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def dicts(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Span:
    """The time a table covers: microseconds since 1970 (UTC) of its first and its last row."""

    first_us: int
    last_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """What one tidying did: segments merged away, segments written in their place, files removed from the disk."""

    merged: int
    written: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What was done to make a restored lake whole: files taken back into it, facts told again, files removed that came after the point;
    and what is wrong still, one sentence each."""

    revived: int
    retold: int
    removed: int
    problems: tuple[str, ...]


class QueryRefused(ValueError):
    """The lake answers one reading statement at a time; it was asked something else. A programmer's mistake."""


class QueryTooSlow(RuntimeError):
    """The query ran longer than it may and was stopped."""


class LakeDamaged(RuntimeError):
    """Files that the manifest names are missing or differ from what it says; restore them or replay their facts."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)
