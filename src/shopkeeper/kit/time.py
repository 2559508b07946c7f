"""Days and moments: moments are aware and in UTC, days belong to a time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def day_of(moment: datetime, zone: str) -> date:
    """Return the calendar day on which an aware moment falls in an IANA time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def day_starts(day: date, zone: str) -> datetime:
    """Return the moment, in UTC, at which a calendar day begins in an IANA time zone."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def moment_at(wall_clock: datetime, zone: str) -> datetime | None:
    """Return the moment, in UTC, at which clocks of an IANA time zone show this (naive) time; None where they skip it.

    Of an hour that comes twice when clocks are put back, the first.
    """
    moment = wall_clock.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
    return moment if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall_clock else None


def to_microseconds(moment: datetime) -> int:
    """Return an aware moment as whole microseconds since 1970 (UTC), exactly."""
    return (moment - _EPOCH) // MICROSECOND


def from_microseconds(ts_us: int) -> datetime:
    """Return the aware UTC moment of whole microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=ts_us)
