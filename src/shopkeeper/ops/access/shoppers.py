"""What shoppers need of the access room beyond passwords: an account opened by other proof of the address, and where they are signed in.

Staff never come in this way: what is proof enough for a basket is none for the console.
"""

from datetime import datetime, timedelta

from django.db import transaction

from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.access import store
from shopkeeper.ops.access.models import StaffSession, User
from shopkeeper.ops.access.rules import browsers
from shopkeeper.ops.access.shapes import Person

SEEN_EVERY = timedelta(minutes=10)


def shopper(user_id: UserId) -> Person | None:
    """Return a person who may sign in and is not of the staff; None for everybody else."""
    found = store.person(user_id)
    return found if found is not None and found.is_active and found.role is None else None


def has_password(user_id: UserId) -> bool:
    """Return whether a person chose a password; who came by a code or a provider may have none."""
    row = store.row(user_id)
    return row is not None and row.has_usable_password()


@transaction.atomic
def open_account(*, user_id: UserId, now: datetime) -> Person:
    """Open the account of an address entered to register, whose owner proved it otherwise than by the link. It gets no password.

    Raises NotFound for an account that is open already, or was closed.
    """
    row = store.row(user_id, locked=True)
    if row is None or row.is_confirmed or row.role:
        raise NotFound("user", user_id)
    row.is_active = row.is_confirmed = True
    row.date_joined = now
    row.set_unusable_password()
    row.save()
    person = store.person(user_id)
    assert person is not None
    return person


def note_session(*, user_id: UserId, session_key: str, browser: str, now: datetime) -> int | None:
    """Note where a shopper signed in and return its number; None for staff, whose sessions the console notes.

    Of `browser`, the User-Agent, only the family is kept.
    """
    if not User.objects.filter(pk=user_id, role="").exists():
        return None
    row = StaffSession.objects.create(
        user_id=user_id, session_key=session_key, browser=browsers.family(browser), started_at=now, seen_at=now
    )  # fmt: skip
    return int(row.pk)


def session_seen(*, session_id: int, session_key: str, now: datetime) -> None:
    """Note that a session is in use; no more often than every ten minutes, and never for one that was ended."""
    StaffSession.objects.filter(pk=session_id, seen_at__lt=now - SEEN_EVERY).update(seen_at=now, session_key=session_key)


def session_moved(*, session_id: int, session_key: str, now: datetime) -> None:
    """Note that a session goes on under another key, as it does when all others were ended."""
    StaffSession.objects.filter(pk=session_id).update(seen_at=now, session_key=session_key)


def is_unconfirmed(user_id: UserId) -> bool:
    """Return whether the address was entered to register and its owner has not confirmed it yet."""
    return User.objects.filter(pk=user_id, is_confirmed=False, role="").exists()
