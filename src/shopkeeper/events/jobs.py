"""Scheduled work of the events room."""

from datetime import datetime, timedelta

from shopkeeper.events import store

KEEP_FOR = timedelta(days=30)
_AT_ONCE = 5_000


def purge_heard(*, now: datetime, keep_for: timedelta = KEEP_FOR) -> int:
    """Delete facts that every hearer took longer than `keep_for` ago, in small portions; return how many. The lake keeps them all."""
    purged = 0
    while portion := store.purge(now - keep_for, _AT_ONCE):
        purged += portion
    return purged
