"""Import runs as they cross their room's face."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

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
