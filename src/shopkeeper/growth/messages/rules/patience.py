"""How long a mail is tried, and which refusals are final."""

from collections.abc import Collection
from datetime import timedelta

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
MOST_TRIES = 10

LEASE = timedelta(minutes=10)
"""How long a worker that took a mail has it for itself. Longer than a run and the slowest server together."""


def wait(tries: int) -> timedelta:
    """Return how long to wait after the given number of failed tries: a minute, doubled each time, six hours at most."""
    doublings: int = min(tries - 1, 20)
    return min(FIRST_WAIT * int(2**doublings), LONGEST_WAIT)


def is_final(codes: Collection[int]) -> bool:
    """Return whether a mail server's answers say that trying again is useless: 5xx for every recipient, 4xx for none."""
    return bool(codes) and all(500 <= code < 600 for code in codes)
