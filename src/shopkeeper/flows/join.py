"""How a shopper gets an account, and a new password, without anybody learning whose addresses have one.

Whoever enters an address sees the same answer whatever is behind it; what differs is the mail, and only the address's owner reads that.
Asking costs the same in every case: one row is written, nothing is looked up and no password hashed; what there is to find out and to write
to the owner is done afterwards, in the worker (`answer`).
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailKind
from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Asked, AskedKind, Person
from shopkeeper.selling.customers import public as customers

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A shopper who has an account now; the door signs the user in and merges the basket."""

    user_id: UserId
    customer_id: CustomerId


def ask(*, email: str, name: str = "", language: str, now: datetime) -> None:
    """Begin to register an address: its owner gets a mail with the next step. The same is done and answered for every address.

    Raises Malformed or OutOfRange for what is wrong with the words themselves.
    """
    access.note_asked(kind=AskedKind.JOINING, email=email, name=name, language=language, now=now)


def answer(*, now: datetime) -> int:
    """Write to the owners of the addresses entered since, and return how many were answered. Several workers may run at once.

    One that fails is tried again after a minute and keeps none of the others waiting. Call it outside transactions.
    """
    taken = access.take_asked(now=now)
    for asked in taken:
        try:
            _answer(asked, now)
        except Exception:  # noqa: BLE001 - whatever it was, the others are not kept waiting
            # Named by its number: the address is nobody's business in a log.
            _log.exception("Request %s of a stranger could not be answered and is tried again", asked.id)
    return len(taken)


@transaction.atomic
def _answer(asked: Asked, now: datetime) -> None:
    if not access.asked_answered(asked.id):
        return
    if asked.kind is AskedKind.JOINING:
        person = access.start_joining(email=asked.email, name=asked.name, language=asked.language, now=asked.asked_at)
        _write(MailKind.KNOWN_ALREADY if person.is_active else MailKind.JOINING, person, asked.asked_at, now)
        return
    found = access.user_by_email(asked.email)
    if found is not None and found.is_active:
        _write(MailKind.PASSWORD_RESET, found, asked.asked_at, now)


def _write(kind: MailKind, person: Person, asked_at: datetime, now: datetime) -> None:
    key = _once_a_minute(kind, person.id, asked_at)
    messages.account_mail(kind=kind, user_id=person.id, key=key, language=person.language, now=now)


@transaction.atomic
def finish(*, token: str, password: str, now: datetime) -> Joined:
    """Open the account behind the link of the mail and return the new member. Raises LinkSpent, WeakPassword."""
    person = access.finish_joining(token=token, password=password, now=now)
    return _member(person.id, now)


@transaction.atomic
def register(*, email: str, password: str, name: str, language: str, now: datetime) -> Joined:
    """Open an account at once for a person whose address is known to be theirs: by staff, an import, a test; never for a stranger's form.

    Raises EmailTaken, WeakPassword, Malformed, OutOfRange.
    """
    return _member(access.register_shopper(email=email, password=password, name=name, language=language, now=now), now)


def ask_reset(*, email: str, language: str = "en", now: datetime) -> None:
    """Have the address's owner, if anybody signs in with it, told how to set a new password. The same is done and answered for all.

    The mail is in the owner's own language. Raises Malformed for what is no mail address.
    """
    access.note_asked(kind=AskedKind.RESET, email=email, language=language, now=now)


@transaction.atomic
def member(*, user_id: UserId, now: datetime) -> CustomerId:
    """Return the customer of a person who signs in, made now where there is none yet: staff may shop, too."""
    return _member(user_id, now).customer_id


def _member(user_id: UserId, now: datetime) -> Joined:
    person = access.user(user_id)
    made = customers.register(user_id=user_id, email=person.email, name=person.name, language=person.language, now=now)
    return Joined(user_id=user_id, customer_id=made.id)


def _once_a_minute(kind: MailKind, user_id: UserId, now: datetime) -> str:
    """Return the mail's key: asking again and again fills nobody's mailbox."""
    return f"user:{user_id}:{kind.value}:{now:%Y-%m-%dT%H:%M}"
