"""What one promotion takes off the lines it is about, looked at by itself: line by line, never more than is left of one. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopkeeper.kit.ids import VariantId
from shopkeeper.kit.money import portion, split
from shopkeeper.selling.promotions.shapes import (
    Amount,
    BuyGet,
    Every,
    Fixed,
    Percent,
    Rule,
    Several,
    Tier,
    Tiers,
    Together,
)


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces of one line: its place, its variant, what a piece costs now, how many."""

    place: int
    variant_id: VariantId
    unit_minor: int
    units: int


@dataclass(frozen=True, slots=True)
class Off:
    """What comes off by place, with 0 for a line that only helped, and how often the rule was fulfilled."""

    by_place: dict[int, int]
    times: int

    @property
    def total_minor(self) -> int:
        return sum(self.by_place.values())


NOTHING = Off({}, 0)


def each_piece(rule: Percent | Amount | Fixed, unit_minor: int) -> int:
    """Return what comes off one piece; rounded by the piece, so that a shelf and a basket say the same."""
    if isinstance(rule, Percent):
        off = portion(unit_minor, rule.basis_points)
    elif isinstance(rule, Amount):
        off = rule.off_minor
    else:
        off = unit_minor - rule.unit_minor
    return max(0, min(off, unit_minor))


def off_pieces(rule: Rule, runs: Sequence[Run]) -> Off:
    """Return what a rule about pieces takes off these lines."""
    if isinstance(rule, BuyGet):
        return _buy_get(rule, runs)
    if isinstance(rule, Several):
        return _several(rule, runs)
    if isinstance(rule, Together):
        return _together(rule, runs)
    assert isinstance(rule, Percent | Amount | Fixed)
    found = {run.place: each_piece(rule, run.unit_minor) * run.units for run in runs}
    return Off({place: off for place, off in found.items() if off}, 1)


def _dearest_first(runs: Sequence[Run]) -> list[Run]:
    return sorted(runs, key=lambda run: (-run.unit_minor, run.place))


def _buy_get(rule: BuyGet, runs: Sequence[Run]) -> Off:
    """Pieces are put into groups from the dearest down; of each whole group the cheapest are reduced."""
    size = rule.buy + rule.get
    times = sum(run.units for run in runs) // size
    found: dict[int, int] = {}
    begins, ends = 0, times * size
    for run in _dearest_first(runs):
        stops = min(begins + run.units, ends)
        if begins >= ends:
            break
        reduced = _reduced_before(stops, rule) - _reduced_before(begins, rule)
        # A line that only helped to fill the groups took part as well.
        found[run.place] = reduced * portion(run.unit_minor, rule.basis_points)
        begins = stops
    return Off(found, times)


def _reduced_before(position: int, rule: BuyGet) -> int:
    groups, rest = divmod(position, rule.buy + rule.get)
    return groups * rule.get + max(0, rest - rule.buy)


def _several(rule: Several, runs: Sequence[Run]) -> Off:
    """Pieces are put into groups from the dearest down; a group that would cost more than by itself is none."""
    found: dict[int, int] = {}
    times = 0
    group: list[tuple[Run, int]] = []
    for run in _dearest_first(runs):
        count = run.units
        while count:
            filled = sum(taken for _, taken in group)
            if not filled and count >= rule.units:
                whole, saved = count // rule.units, rule.units * run.unit_minor - rule.price_minor
                if saved > 0:
                    found[run.place] = found.get(run.place, 0) + whole * saved
                    times += whole
                count -= whole * rule.units
                continue
            taken = min(rule.units - filled, count)
            group.append((run, taken))
            count -= taken
            if filled + taken == rule.units:
                times += _shared(group, rule.price_minor, found)
                group = []
    return Off(found, times)


def _together(rule: Together, runs: Sequence[Run]) -> Off:
    by_variant = {run.variant_id: run for run in runs}
    if any(variant not in by_variant for variant, _ in rule.parts):
        return NOTHING
    times = min(by_variant[variant].units // units for variant, units in rule.parts)
    found: dict[int, int] = {}
    group = [(by_variant[variant], units * times) for variant, units in rule.parts]
    return Off(found, times) if times and _shared(group, rule.price_minor * times, found) else NOTHING


def _shared(group: Sequence[tuple[Run, int]], price_minor: int, found: dict[int, int]) -> int:
    """Add what a group of pieces costs less than by itself to the places of its lines; return 1, or 0 where it costs no less."""
    worth = [run.unit_minor * taken for run, taken in group]
    saved = sum(worth) - price_minor
    if saved <= 0:
        return 0
    for (run, _), share in zip(group, split(saved, worth), strict=True):
        found[run.place] = found.get(run.place, 0) + share
    return 1


def off_whole(rule: Every | Tiers, worth: dict[int, int], units: int) -> Off:
    """Return what a rule about a sum takes off goods that are worth so much by place."""
    total = sum(worth.values())
    if isinstance(rule, Every):
        times = total // rule.step_minor
        times = min(times, rule.most_times) if rule.most_times else times
        return spread(min(times * rule.off_minor, total), worth, times)
    step = reached(rule, total, units)
    return NOTHING if step is None else spread(of_tier(step, total), worth, 1)


def reached(rule: Tiers, total_minor: int, units: int) -> Tier | None:
    """Return the highest step that so much or so many pieces reach, None where not even the first."""
    found = [step for step in rule.steps if total_minor >= step.from_minor and units >= step.from_units]
    return found[-1] if found else None


def of_tier(step: Tier, total_minor: int) -> int:
    return min(total_minor, step.off_minor or portion(total_minor, step.basis_points))


def spread(off_minor: int, worth: dict[int, int], times: int) -> Off:
    """Return an amount spread over lines by what they are worth, adding up exactly."""
    if off_minor <= 0:
        return NOTHING
    places = list(worth)
    return Off(dict(zip(places, split(off_minor, [worth[place] for place in places]), strict=True)), times)
