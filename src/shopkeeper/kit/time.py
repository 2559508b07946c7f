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


def to_microseconds(moment: datetime) -> int:
    """Return an aware moment as whole microseconds since 1970 (UTC), exactly."""
    return (moment - _EPOCH) // MICROSECOND


def from_microseconds(ts_us: int) -> datetime:
    """Return the aware UTC moment of whole microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=ts_us)
