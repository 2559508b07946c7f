"""What the kinds of files share: a row as it asks, what it came to, and the face every kind shows to the work."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from shopkeeper.flows.sheets import values
from shopkeeper.flows.sheets.refusals import CannotBeEmptied, ChangedMeanwhile, ChangedSince
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.ops.imports.shapes import Line, LineState

Cell = str
Ids = Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who works on a sheet, when, in which money; `note` is the reason in ledgers where a row gives none.

    `language` is that of an export.
    """

    currency: str
    actor: UserId | None
    now: datetime
    note: str
    is_trial: bool = False
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Wish:
    """One row as it asks: what stands in its filled cells, by field."""

    line: int
    said: Mapping[str, str]

    def get(self, name: str) -> str:
        """Return what a cell says, trimmed and without its mark; empty where it says nothing."""
        return values.unguarded(self.said.get(name, "").strip())

    def is_cleared(self, name: str) -> bool:
        """Return whether a cell asks for its value to be emptied."""
        return values.is_cleared(self.said.get(name, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a row comes to: each field it changes with its old and its new value, both plain."""

    state: LineState
    subject: int | None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


class Kind(Protocol):
    """How the rows of one kind are read against what is there, written and taken back."""

    def key(self, wish: Wish) -> str:
        """Return what the row is about, to find rows that are about the same; empty where it does not say."""

    def begin(self, wishes: Sequence[Wish]) -> None:
        """Read what is there of all these rows at once."""

    def hold(self, wishes: Sequence[Wish]) -> None:
        """Let nobody else change what these rows, read by `begin` before, are about until the caller's transaction ends; read it anew
        afterwards."""

    def hold_written(self, lines: Sequence[Line]) -> None:
        """Let nobody else change what these written rows are about until the caller's transaction ends."""

    def compare(self, wish: Wish) -> Outcome:
        """Return what the row would change. Raises a refusal."""

    def ask(self, wish: Wish, outcome: Outcome) -> Refusal | None:
        """Put before a second person what needs one, outside transactions; return why the row waits, None where it need not."""

    def write(self, wish: Wish, outcome: Outcome) -> int | None:
        """Do what was compared through the rooms' faces and return the id of what the row is about. Raises what the faces raise."""

    def ask_undo(self, line: Line) -> Refusal | None:
        """Put before a second person what undoing a row needs one for, outside transactions; return why the row stays, if it does."""

    def undo(self, line: Line) -> None:
        """Take back what a row did. Raises ChangedSince or StaysNew where it stays as it is, and what the faces raise."""

    def everything(self, ids: Ids | None) -> Iterator[tuple[Mapping[str, Cell], ...]]:
        """Yield the rows of an export in portions, by field: all there is, or the things with these ids."""


def diff(present: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the fields in which what is wanted differs from what is there."""
    return {name: (present.get(name), value) for name, value in wanted.items() if present.get(name) != value}


def wish_of(line: int, cells: Sequence[str], mapping: Mapping[str, int], told: frozenset[str]) -> Wish:
    """Return what a row asks for: told columns say nothing, and neither do empty cells."""
    said = {name: cells[column] for name, column in mapping.items() if name not in told and column < len(cells) and cells[column].strip()}
    return Wish(line, said)


def parsed(wish: Wish, parsers: Mapping[str, Callable[[str], Any]], emptied: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a row by field; a cell that asks for emptying gives the value in `emptied`.

    Raises CannotBeEmptied where there is none, and what the parsers raise.
    """
    found: dict[str, Any] = {}
    for name, cell in wish.said.items():
        if name not in parsers:
            continue
        if values.is_cleared(cell):
            if name not in emptied:
                raise CannotBeEmptied(field=name, value=cell.strip())
            found[name] = emptied[name]
        else:
            found[name] = parsers[name](values.unguarded(cell.strip()))
    return found


def refuse_changed(line: Line, present: Mapping[str, Any]) -> None:
    """Refuse to undo a row of which somebody changed a field since. Raises ChangedSince, naming the first."""
    for name, (_old, new) in line.changes.items():
        if present.get(name) != new:
            raise ChangedSince(field=name, value=present.get(name))


def refuse_moved(line: Line, outcome: Outcome) -> None:
    """Refuse a row that would change something else than its dry run showed: somebody was there meanwhile. Raises ChangedMeanwhile."""
    for name, (old, _new) in outcome.changes.items():
        shown = line.changes.get(name)
        # The product that a row was to bring may stand by now, brought by an earlier row of the file.
        is_brought = name == "product" and shown is not None and shown[0] is None
        if not is_brought and (shown is None or shown[0] != old):
            raise ChangedMeanwhile(field=name, value=old)
    if "sku" in line.changes and "sku" not in outcome.changes:
        raise ChangedMeanwhile(field="sku", value=line.changes["sku"][1])


def step(ids: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Yield ids in portions."""
    for first in range(0, len(ids), size):
        yield ids[first : first + size]
