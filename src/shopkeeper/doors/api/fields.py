"""Fields as a request calls them: a room names its own, and the caller looks for what was sent."""

from collections.abc import Iterator
from contextlib import contextmanager

from shopkeeper.doors.api import problems
from shopkeeper.kit.refusals import Refusal


@contextmanager
def called(**fields: str) -> Iterator[None]:
    """Let refusals name the request's field for the room's: `called(part="left_out")`. What is wrong with it stays in the room's words."""
    try:
        yield
    except Refusal as refusal:
        if refusal.field not in fields:
            raise
        problem = problems.of_refusal(refusal)
        problem.field = fields[refusal.field]
        raise problem from refusal
