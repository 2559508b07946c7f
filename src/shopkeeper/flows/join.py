"""How a shopper gets an account, and a new password, without anybody learning whose addresses have one.

Whoever enters an address sees the same answer whatever is behind it; what differs is the mail, and only the address's owner reads that.
Asking costs the same in every case: no password is hashed before the link in the mail was followed.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailKind
from shopkeeper.kit import checks
from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.ops.access import public as access
from shopkeeper.selling.customers import public as customers


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A shopper who has an account now; the door signs the user in and merges the basket."""

    user_id: UserId
    customer_id: CustomerId


@transaction.atomic
def ask(*, email: str, name: str = "", language: str, now: datetime) -> None:
    """Begin to register an address: its owner gets a mail with the next step. The answer is the same for every address.

    Raises Malformed or OutOfRange for what is wrong with the words themselves.
    """
    person = access.start_joining(email=email, name=name, language=language, now=now)
    kind = MailKind.KNOWN_ALREADY if person.is_active else MailKind.JOINING
    messages.account_mail(kind=kind, user_id=person.id, key=_once_a_minute(kind, person.id, now), language=person.language, now=now)


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


@transaction.atomic
def ask_reset(*, email: str, now: datetime) -> None:
    """Write to the address's owner, if anybody signs in with it, how to set a new password. The answer is the same for every address.

    Raises Malformed for what is no mail address.
    """
    person = access.user_by_email(checks.email(email))
    if person is None or not person.is_active:
        return
    kind = MailKind.PASSWORD_RESET
    messages.account_mail(kind=kind, user_id=person.id, key=_once_a_minute(kind, person.id, now), language=person.language, now=now)


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
