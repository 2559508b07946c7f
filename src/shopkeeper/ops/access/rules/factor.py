"""When a second factor is asked for, which codes are good, and how often one may try."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from shopkeeper.ops.access.shapes import Gate

STEP_SECONDS = 30
DRIFT_STEPS = 1
"""A clock may be so many steps off, before or after."""

MOST_FAILURES = 5
FAILURES_LAST = timedelta(minutes=5)
"""So many wrong codes a person has in this time, whatever machine they come from: five in five minutes need centuries for a million."""

GRACE_DAYS = 7


def steps(now: datetime) -> range:
    """Return the steps of thirty seconds whose codes are good at this moment, the oldest first."""
    present = int(now.timestamp()) // STEP_SECONDS
    return range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1)


def fresh_step(matching: Iterable[int], *, last_step: int) -> int | None:
    """Return the step whose code was given and may be taken: later than the last one taken. None: it was used, or none matches."""
    return max((step for step in matching if step > last_step), default=None)


def closed_until(*, failures: int, failing_since: datetime | None, now: datetime) -> datetime | None:
    """Return until when no code is looked at; None while one may try."""
    if failing_since is None or failures < MOST_FAILURES:
        return None
    until = failing_since + FAILURES_LAST
    return until if now < until else None


def after_failure(*, failures: int, failing_since: datetime | None, now: datetime) -> tuple[int, datetime]:
    """Return how many failures are counted after one more, and since when."""
    if failing_since is None or now >= failing_since + FAILURES_LAST:
        return 1, now
    return failures + 1, failing_since


def due_at(asked_at: datetime | None, grace_days: int) -> datetime | None:
    """Return from when on a person asked for a second factor gets nowhere without one; None: never asked yet."""
    return None if asked_at is None else asked_at + timedelta(days=grace_days)


def gate(*, is_set_up: bool, is_given: bool, is_required: bool, due: datetime | None, is_put_off: bool, now: datetime) -> Gate:
    """Return what stands before a person who signed in with the password: the factor to give, to set up now, or to be offered."""
    if is_set_up:
        return Gate.OPEN if is_given else Gate.GIVE_FACTOR
    if not is_required:
        return Gate.OPEN
    if due is not None and now >= due:
        return Gate.MUST_SET_UP
    return Gate.OPEN if is_put_off else Gate.OFFER_SET_UP
