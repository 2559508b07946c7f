"""Secrets of the links in mails: signed with the shop's key and derived from a row, so a copy of the database opens no door."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.core import signing

from shopkeeper.kit.time import from_microseconds, to_microseconds
from shopkeeper.ops.access.models import Invitation, User
from shopkeeper.ops.access.rules import links
from shopkeeper.ops.access.shapes import LinkSpent

_INVITATION, _JOINING, _RESET = "access.invitation", "access.joining", "access.reset"


def invitation(row: Invitation) -> str:
    """Return the secret of an invitation's link; the same every time, so that a mail can be composed again."""
    return signing.Signer(salt=_INVITATION).sign_object([row.pk, row.nonce])


def read_invitation(token: str) -> tuple[int, str]:
    """Return the id and nonce inside a genuine invitation secret. Raises LinkSpent."""
    row_id, nonce = _read(token, _INVITATION, parts=2)
    return int(row_id), str(nonce)


def joining(user: User, now: datetime) -> str:
    """Return the secret with which the owner of an unconfirmed address finishes registering."""
    return _for_user(user, _JOINING, now)


def reset(user: User, now: datetime) -> str:
    """Return the secret with which a person who forgot the password sets a new one; spent by the next change of password."""
    return _for_user(user, _RESET, now)


def read_joining(token: str) -> tuple[int, datetime, str]:
    """Return user id, moment and password mark inside a genuine joining secret. Raises LinkSpent."""
    return _read_user(token, _JOINING)


def read_reset(token: str) -> tuple[int, datetime, str]:
    """Return user id, moment and password mark inside a genuine reset secret. Raises LinkSpent."""
    return _read_user(token, _RESET)


def check(user: User | None, *, made_at: datetime, mark: str, lasts: timedelta, now: datetime) -> User:
    """Return the user where the link is fresh and the password has not changed since. Raises LinkSpent."""
    if user is None or mark != password_mark(user) or not links.is_fresh(made_at=made_at, lasts=lasts, now=now):
        raise LinkSpent
    return user


def password_mark(user: User) -> str:
    """Return a short fingerprint that changes with the password, so that a used link is spent."""
    return hashlib.sha256(f"{user.pk}:{user.password}:{user.email}".encode()).hexdigest()[:20]


def _for_user(user: User, salt: str, now: datetime) -> str:
    return signing.Signer(salt=salt).sign_object([user.pk, to_microseconds(now), password_mark(user)])


def _read_user(token: str, salt: str) -> tuple[int, datetime, str]:
    user_id, ts_us, mark = _read(token, salt, parts=3)
    return int(user_id), from_microseconds(int(ts_us)), str(mark)


def _read(token: str, salt: str, *, parts: int) -> list[Any]:
    try:
        read = signing.Signer(salt=salt).unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        raise LinkSpent from error
    if not isinstance(read, list) or len(read) != parts:
        raise LinkSpent
    return read
