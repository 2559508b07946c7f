"""Import runs as they cross their room's face."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from shopkeeper.kit.ids import RunId, UserId
from shopkeeper.kit.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One file taken over from `source`. `steps` maps each finished step to what it reported."""

    id: int
    source: str
    digest: str
    rows: int
    steps: Mapping[str, Mapping[str, int]]
    report: Mapping[str, object]
    is_finished: bool
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """The time a file speaks of, both ends included."""

    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a thing taken over stands in its file: the file's SHA-256 as `digest`, and the line number of each of its own lines."""

    source: str
    digest: str
    file_name: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    line: int
    reason: str
    value_micro: int


class ImportBusy(Refusal):
    """Another import is under way in this shop."""

    code = "import_busy"


class SheetKind(StrEnum):
    """What the rows of a sheet are."""

    PRODUCTS = "products"
    CUSTOMERS = "customers"
    STOCK = "stock"
    PRICES = "prices"


class SheetState(StrEnum):
    """Where a sheet stands. `MOVED`: the shop changed between dry run and confirmation, so that nothing was written."""

    BROUGHT = "brought"
    TRYING = "trying"
    TRIED = "tried"
    MOVED = "moved"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"


UNDER_WAY = (SheetState.TRYING, SheetState.RUNNING, SheetState.UNDOING)
"""The states in which the program works on a sheet."""


class LineState(StrEnum):
    """What became of a row, or would in the dry run; `READ`: not looked at yet."""

    READ = "read"
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class UndoState(StrEnum):
    """What became of a written row when its sheet was undone."""

    UNDONE = "undone"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One file of goods, customers, stock or prices: `done` of its `rows` are worked on.

    `mapping` maps fields to columns (from 0); `seen` fingerprints what the dry run showed; `refusal` says why reading it failed.
    """

    id: RunId
    kind: SheetKind
    state: SheetState
    file_name: str
    digest: str
    size: int
    form: Mapping[str, str]
    head: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    mapping: Mapping[str, int]
    rows: int
    done: int
    counts: Mapping[str, int]
    undo_counts: Mapping[str, int]
    seen: str
    refusal: Mapping[str, Any] | None
    run_id: int | None
    brought_by: UserId | None
    brought_at: datetime
    confirmed_by: UserId | None
    confirmed_at: datetime | None
    finished_at: datetime | None
    undone_by: UserId | None
    undone_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a sheet: `changes` maps each field it changed to its old and its new value."""

    line: int
    cells: tuple[str, ...]
    state: LineState = LineState.READ
    subject: int | None = None
    changes: Mapping[str, tuple[Any, Any]]
    refusal: Mapping[str, Any] | None = None
    undo: UndoState | None = None
    undo_refusal: Mapping[str, Any] | None = None
