"""Signing in through a provider of identity: what it says of a person is one thing, whose account that is another.

An account is entered through a provider only after it was linked to it, and it is linked only where the provider vouches for the account's
own mail address and its owner has signed in to it by another way: a provider alone takes over nothing. Staff never enter this way.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shopkeeper.flows import join
from shopkeeper.kit.ids import UserId
from shopkeeper.ops.access import public as access
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import NotVouched, Vouched


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """Who came back from a provider. `user_id`: linked, and enters. Else `is_known` says whether an account stands under the address:

    its owner is asked to sign in the usual way once (`link_after_proof`); where there is none, one can be opened (`open_account`).
    """

    vouched: Vouched
    user_id: UserId | None
    is_known: bool


def meet(vouched: Vouched, *, now: datetime) -> Met:
    """Return who came back from a provider. Raises NotVouched for an address it did not verify, and for staff."""
    linked_to = customers.known_as(provider_id=vouched.provider_id, subject=vouched.subject)
    if linked_to is not None:
        user_id = customers.customer(linked_to).user_id
        if user_id is None or access.shopper(user_id) is None:
            raise NotVouched("staff")
        customers.note_used(provider_id=vouched.provider_id, subject=vouched.subject, now=now)
        return Met(vouched=vouched, user_id=user_id, is_known=True)
    if not vouched.is_email_verified:
        raise NotVouched("unverified")
    known = access.user_by_email(vouched.email)
    if known is None or access.is_unconfirmed(known.id):
        return Met(vouched=vouched, user_id=None, is_known=False)
    if access.shopper(known.id) is None:
        raise NotVouched("staff")
    return Met(vouched=vouched, user_id=None, is_known=True)


@transaction.atomic
def open_account(vouched: Vouched, *, name: str, language: str, now: datetime) -> UserId:
    """Open an account under the address a provider verified, linked to it, and return who enters. Raises NotVouched, Malformed, OutOfRange.

    Called where the person said so: nobody gets an account by looking around.
    """
    if not vouched.is_email_verified:
        raise NotVouched("unverified")
    person = access.start_joining(email=vouched.email, name=name, language=language, now=now)
    if not access.is_unconfirmed(person.id):
        # Opened meanwhile: then it is proven like any other.
        raise NotVouched("state")
    access.open_account(user_id=person.id, now=now)
    customers.link(customer_id=join.member(user_id=person.id, now=now), vouched=vouched, now=now)
    return person.id


@transaction.atomic
def link_after_proof(vouched: Vouched, *, user_id: UserId, now: datetime) -> None:
    """Link a provider to the account of who is signed in. Raises NotVouched for another address, one not verified, and for staff."""
    person = access.shopper(user_id)
    if person is None:
        raise NotVouched("staff")
    if not vouched.is_email_verified:
        raise NotVouched("unverified")
    if vouched.email != person.email.lower():
        raise NotVouched("other_address")
    customers.link(customer_id=join.member(user_id=user_id, now=now), vouched=vouched, now=now)
