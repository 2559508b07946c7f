"""The face of the audit room: write down a staff act in its own transaction, and read the trail."""

from collections.abc import Mapping
from datetime import datetime

from shopkeeper.kit.ids import UserId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import OutOfRange
from shopkeeper.ops.audit import store
from shopkeeper.ops.audit.shapes import Entry

__all__ = ["acts", "entries", "record"]

MOST_PER_PAGE = 500


def record(
    *, actor: UserId | None, act: str, subject: str, before: Mapping[str, object] | None, after: Mapping[str, object] | None, at: datetime
) -> None:
    """Add one row to the trail, in the caller's transaction, so that an act and its trace stand or fall together.

    `act` reads `room.verb` (`pricing.set_price`), `subject` reads `kind:id` (`variant:12`). `before` and `after` hold plain JSON values
    and, where people are concerned, only the names of fields that changed. `actor` None means the shop itself acted.
    """
    store.add(actor=actor, act=act, subject=subject, before=before, after=after, at=at)


def entries(
    *, actor: UserId | None = None, act: str | None = None, subject: str | None = None, number: int = 1, size: int = 50
) -> Page[Entry]:
    """Return one page of the trail, newest first, narrowed by whichever of actor, act and subject are given. Raises OutOfRange."""
    if number < 1:
        raise OutOfRange("number", number, least=1)
    if not 1 <= size <= MOST_PER_PAGE:
        raise OutOfRange("size", size, least=1, most=MOST_PER_PAGE)
    return store.page(actor=actor, act=act, subject=subject, number=number, size=size)


def acts() -> tuple[str, ...]:
    """Return every kind of act the trail holds, in alphabetical order, for a filter."""
    return store.acts()
