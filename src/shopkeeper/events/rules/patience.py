"""When a failed delivery is tried again, and when it is given up."""

from datetime import datetime

from shopkeeper.events.shapes import Patience


def next_try(patience: Patience, *, tries: int, now: datetime) -> datetime | None:
    """Return when to try again after the `tries`-th failure, or None where patience is at its end and the fact is parked."""
    if tries >= patience.tries:
        return None
    wait = patience.first * (1 << min(tries - 1, 32))
    return now + min(wait, patience.longest)
