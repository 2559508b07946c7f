"""Two baskets become one: which lines stay, and which do not fit."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from shopkeeper.kit.ids import VariantId
from shopkeeper.selling.orders.shapes import MOST_LINES


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A basket line with the moment its thing was first put in."""

    variant_id: VariantId
    units: int
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """`lines` oldest first, as a basket shows them; `left_out` newest first, as somebody would want them back."""

    lines: tuple[Kept, ...]
    left_out: tuple[Kept, ...]


def join(own: Iterable[Kept], visitors: Iterable[Kept]) -> Joined:
    """Return the lines of both baskets, the newest MOST_LINES of them; of a thing in both, the larger number and the later moment.

    The larger, not the sum: whoever signs in again with the same wish must not find it doubled.
    """
    both: dict[VariantId, Kept] = {}
    for line in (*own, *visitors):
        other = both.get(line.variant_id, line)
        both[line.variant_id] = replace(line, units=max(line.units, other.units), added_at=max(line.added_at, other.added_at))
    newest = sorted(both.values(), key=lambda line: (line.added_at, line.variant_id), reverse=True)
    return Joined(lines=tuple(reversed(newest[:MOST_LINES])), left_out=tuple(newest[MOST_LINES:]))
