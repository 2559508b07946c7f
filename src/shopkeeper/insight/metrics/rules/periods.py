"""Periods as stretches of time: which moments a local period covers, what it is compared with, and how it is cut into steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shopkeeper.insight.metrics.shapes import Against, Grain, Period
from shopkeeper.kit.time import day_starts, from_microseconds, to_microseconds

_HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """Microseconds since 1970 (UTC): `start_us` included, `end_us` not."""

    start_us: int
    end_us: int


def stretch(period: Period, zone: str) -> Stretch:
    """Return the moments of a period in a zone. A day with a clock change is 23 or 25 hours long."""
    if period.until is None:
        end = day_starts(period.last + timedelta(days=1), zone)
    else:
        end = datetime.combine(period.last, period.until, tzinfo=ZoneInfo(zone))
    return Stretch(_start_us(period.first, zone), max(to_microseconds(end), _start_us(period.first, zone)))


def earlier(period: Period, against: Against) -> Period:
    """Return the period to compare with: as many days, and cut at the same local time where the period is.

    SAME_WEEKDAY goes back the fewest whole weeks that keep the two apart. LAST_YEAR keeps the dates; 29 February becomes 28.
    """
    if against is Against.LAST_YEAR:
        return Period(_a_year_before(period.first), _a_year_before(period.last), period.until)
    back = period.days if against is Against.PREVIOUS else -(-period.days // 7) * 7
    return Period(period.first - timedelta(days=back), period.last - timedelta(days=back), period.until)


def steps(period: Period, grain: Grain, zone: str) -> list[Stretch]:
    """Return a period cut into hours, days, weeks (from Monday) or months of a zone; the first and the last may be parts."""
    whole = stretch(period, zone)
    starts = [start for start in _starts(period, grain, zone) if start < whole.end_us]
    return [Stretch(start, end) for start, end in zip(starts, [*starts[1:], whole.end_us], strict=True)] if starts else []


def starts_at(step: Stretch, zone: str) -> datetime:
    """Return the local moment at which a step begins."""
    return from_microseconds(step.start_us).astimezone(ZoneInfo(zone))


def local_time(moment: datetime, zone: str) -> time:
    """Return the time of day that an aware moment has in a zone; an hour that comes twice keeps which of the two it is."""
    return moment.astimezone(ZoneInfo(zone)).time()


def _starts(period: Period, grain: Grain, zone: str) -> Iterator[int]:
    for number in range(period.days):
        day = period.first + timedelta(days=number)
        if grain is Grain.HOUR:
            # From midnight to midnight in hours that really pass: 23 or 25 of them when the clocks change.
            yield from range(_start_us(day, zone), _start_us(day + timedelta(days=1), zone), _HOUR_US)
        elif number == 0 or grain is Grain.DAY or (grain is Grain.WEEK and day.weekday() == 0) or (grain is Grain.MONTH and day.day == 1):
            yield _start_us(day, zone)


def _start_us(day: date, zone: str) -> int:
    return to_microseconds(day_starts(day, zone))


def _a_year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
