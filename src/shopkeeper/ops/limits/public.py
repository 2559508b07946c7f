"""The face of the limits room: take a try before doing what is limited, give it back where it must not count."""

from datetime import UTC, datetime

from django.db import connection
from django.db.models import F
from django.utils.crypto import salted_hmac

from shopkeeper.ops.limits.models import Tally
from shopkeeper.ops.limits.shapes import TooOften, Try

__all__ = ["check", "forget_over", "give_back", "take"]

# One guarded write: whoever comes when a tally is full gets no row back, however many come at once.
_TAKE = """
INSERT INTO limits_tally (mark, times, most, until) VALUES (%s, 1, %s, %s)
ON CONFLICT (mark) DO UPDATE SET times = limits_tally.times + 1 WHERE limits_tally.times < limits_tally.most
RETURNING times
"""


def take(*tries: Try, now: datetime) -> None:
    """Count a try of each. Raises TooOften where a limit is reached; the tries before it stay counted.

    Call it outside transactions: a try counts whatever becomes of what is tried.
    """
    for each in tries:
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [_mark(each, now), each.limit.most, _until(each, now)])
            if cursor.fetchone() is None:
                raise TooOften(each.limit.within_s)


def check(*tries: Try, now: datetime) -> None:
    """Return quietly where none of these limits is reached, counting nothing: one read. Raises TooOften."""
    by_mark = {_mark(each, now): each for each in tries}
    full = Tally.objects.filter(pk__in=by_mark, times__gte=F("most")).values_list("pk", flat=True)
    for mark in full:
        raise TooOften(by_mark[mark].limit.within_s)


def give_back(*tries: Try, now: datetime) -> None:
    """Let tries not count after all. `now` is the moment they were taken at, so that the same stretch of the clock gets them back."""
    marks = [_mark(each, now) for each in tries]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE limits_tally SET times = times - 1 WHERE mark = ANY(%s) AND times > 0", [marks])


def forget_over(now: datetime) -> int:
    """Delete the tallies whose time is over; return how many."""
    return Tally.objects.filter(until__lt=now).delete()[0]


def _stretch(each: Try, now: datetime) -> int:
    return int(now.timestamp()) // each.limit.within_s


def _until(each: Try, now: datetime) -> datetime:
    return datetime.fromtimestamp((_stretch(each, now) + 1) * each.limit.within_s, UTC)


def _mark(each: Try, now: datetime) -> str:
    # Keyed, so that whoever holds a copy of the table cannot look an address up in it.
    told = f"{each.limit.what}:{_stretch(each, now)}:{each.whose.strip().casefold()}"
    return salted_hmac("shopkeeper.ops.limits", told.encode("utf-8", "surrogatepass"), algorithm="sha256").hexdigest()
