"""Which days are known at all. A day nobody wrote trade down for is not a day without trade."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shopkeeper.insight.metrics.shapes import Gap, Period

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Known days, both ends included; `last` None where they go on."""

    first: date
    last: date | None

    def holds(self, day: date) -> bool:
        """Return whether a day is one of them."""
        return self.first <= day and (self.last is None or day <= self.last)


def joined(given: Iterable[Days]) -> tuple[Days, ...]:
    """Return known days in order, those that overlap or follow each other made one."""
    whole: list[Days] = []
    for days in sorted(given, key=lambda each: each.first):
        before = whole[-1] if whole else None
        if before is None or (before.last is not None and days.first > before.last + _A_DAY):
            whole.append(days)
        elif before.last is not None and (days.last is None or days.last > before.last):
            whole[-1] = Days(before.first, days.last)
    return tuple(whole)


def reaches(period: Period, known: Sequence[Days]) -> bool:
    """Return whether at least one day of a period is known."""
    return any(days.first <= period.last and (days.last is None or period.first <= days.last) for days in known)


def unknown_within(period: Period, known: Sequence[Days]) -> Gap | None:
    """Return the first stretch of unknown days that a period touches, whole, None where every day of it is known. Takes joined days."""
    day = period.first
    for days in known:
        if days.holds(day):
            if days.last is None or period.last <= days.last:
                return None
            day = days.last + _A_DAY
    before = [days.last for days in known if days.last is not None and days.last < day]
    after = [days.first for days in known if days.first > day]
    return Gap(max(before) + _A_DAY if before else None, min(after) - _A_DAY if after else None)
