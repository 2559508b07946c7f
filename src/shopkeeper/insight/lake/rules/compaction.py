"""Which segments are merged, so that a day ends as one file and a month as few."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from shopkeeper.kit.time import from_microseconds

MANY = 8
"""So many segments of one table and day are merged while the day still runs."""
SETTLED = timedelta(days=2)
"""A day this long over gets hardly any more facts: its month's settled days are merged."""
MOST_ROWS = 2_000_000
"""No merge writes more rows than this into one file: it has to fit in memory."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A live segment as compaction sees it."""

    id: int
    table: str
    first_us: int
    last_us: int
    rows: int


def merges(pieces: Iterable[Piece], *, today: date) -> list[list[Piece]]:
    """Return groups of at least two segments to merge: the settled days of one month, and the many small ones of one later day.

    Full segments (half of MOST_ROWS and more) are left alone. Days are UTC.
    """
    groups: dict[tuple[str, str], list[Piece]] = {}
    for piece in sorted(pieces, key=lambda piece: (piece.first_us, piece.id)):
        if piece.rows < MOST_ROWS // 2:
            groups.setdefault((piece.table, _period(piece, today)), []).append(piece)
    return [portion for (_, period), group in groups.items() for portion in _portions(group) if len(portion) >= _enough(period)]


def file_day(day: date, today: date) -> date:
    """Return under which day facts of a UTC day are filed: its own, or where it settled long ago (history) its month's first."""
    return day.replace(day=1) if day + SETTLED < today else day


def _period(piece: Piece, today: date) -> str:
    day = from_microseconds(piece.last_us).date()
    return f"{day:%Y-%m}" if day + SETTLED < today else f"{day:%Y-%m-%d}"


def _enough(period: str) -> int:
    return MANY if len(period) == len("2026-01-01") else 2


def _portions(group: list[Piece]) -> list[list[Piece]]:
    portions: list[list[Piece]] = [[]]
    rows = 0
    for piece in group:
        if portions[-1] and rows + piece.rows > MOST_ROWS:
            portions.append([])
            rows = 0
        portions[-1].append(piece)
        rows += piece.rows
    return portions
