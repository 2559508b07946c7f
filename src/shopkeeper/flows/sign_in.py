"""Signing in by a code: asked for, written to its owner by a worker, and given once.

Whoever asks sees the same answer, and the same is done, whatever is behind the address: one row is written. What there is to find out and
to send is done afterwards (`answer`, `send_texts`). Staff never enter this way.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shopkeeper.flows import join
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailKind
from shopkeeper.kit import checks
from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Person
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import (
    AskedCode,
    Channel,
    CountryNotServed,
    NotOffered,
    NumberTaken,
    ProvenNumber,
    Purpose,
    TextsSpent,
    TextState,
    WrongSignInCode,
)
from shopkeeper.selling.shop import public as shops

_log = logging.getLogger(__name__)
ENTERING = (Purpose.SIGN_IN, Purpose.JOIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Somebody proved who they are; the door signs the user in. `is_new`: the account was opened by it."""

    user_id: UserId
    is_new: bool


# ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def address_of(channel: Channel, typed: str) -> str:
    """Return the mail address or number that was typed as it is known from now on.

    Raises NotOffered, Malformed, OddNumber, CountryNotServed.
    """
    if channel is Channel.MAIL:
        return checks.email(typed)
    if not customers.can_text():
        raise NotOffered("phone")
    return customers.phone_number(typed, country=shops.shop().country).e164


def ask(*, channel: Channel, address: str, language: str, now: datetime) -> None:
    """Have a code sent to sign in with, to an address as `address_of` returns it. Raises NotOffered, CodeJustSent."""
    if channel is Channel.MAIL and not customers.sign_in_rule().mail_codes:
        raise NotOffered("mail")
    customers.ask_code(channel=channel, purpose=Purpose.SIGN_IN, address=address, language=language, now=now)


def ask_to_join(*, email: str, name: str, language: str, now: datetime) -> None:
    """Have a code sent with which the address's owner opens an account. Raises NotOffered, CodeJustSent, Malformed, OutOfRange."""
    if not customers.sign_in_rule().mail_codes:
        raise NotOffered("mail")
    customers.ask_code(channel=Channel.MAIL, purpose=Purpose.JOIN, address=email, name=name, language=language, now=now)


def ask_to_prove(*, customer_id: CustomerId, number: str, language: str, now: datetime) -> str:
    """Have a code sent to a number a member wants to keep, and return the number in E.164.

    Raises NotOffered, CodeJustSent, OddNumber, CountryNotServed, TextsSpent.
    """
    if not customers.can_text():
        raise NotOffered("phone")
    found = customers.phone_number(number, country=shops.shop().country)
    customers.refuse_spent(customer_id=customer_id, number=found.e164, now=now)
    customers.ask_code(
        channel=Channel.PHONE, purpose=Purpose.NUMBER, address=found.e164, customer_id=customer_id, language=language, now=now
    )
    return found.e164


# ── sending ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def answer(*, now: datetime) -> int:
    """Write to the owners of the addresses that codes were asked for, and return how many askings were answered.

    One that fails is tried again after a minute and keeps none of the others waiting. Call it outside transactions.
    """
    taken = customers.take_due_codes(now=now)
    for asked in taken:
        try:
            _answer(asked, now)
        except Exception:  # noqa: BLE001 - whatever it was, the others are not kept waiting
            # Named by its number: the address is nobody's business in a log.
            _log.exception("Code %s could not be sent and is tried again", asked.id)
    return len(taken)


@transaction.atomic
def _answer(asked: AskedCode, now: datetime) -> None:
    if not customers.code_answered(asked):
        return
    if asked.channel is Channel.PHONE:
        _answer_by_phone(asked, now)
        return
    if asked.purpose is Purpose.JOIN:
        person = access.start_joining(email=asked.address, name=asked.name, language=asked.language, now=asked.asked_at)
        if person.role is not None:
            key = f"code:{asked.id}:{asked.asked_at:%Y-%m-%dT%H:%M}:known"
            messages.account_mail(kind=MailKind.KNOWN_ALREADY, user_id=person.id, key=key, language=person.language, now=now)
            return
    else:
        known = access.user_by_email(asked.address)
        if known is None or access.shopper(known.id) is None:
            return
        person = known
    messages.code_mail(user_id=person.id, code_id=asked.id, asked_at=asked.asked_at, language=person.language, now=now)


def _answer_by_phone(asked: AskedCode, now: datetime) -> None:
    if asked.purpose is not Purpose.NUMBER and _by_number(asked.address) is None:
        return
    try:
        customers.admit_text(asked, now)
    except (CountryNotServed, TextsSpent) as refusal:
        # Which limit, never which number. Asking again later is the person's own way on.
        _log.warning("Code %s is not sent by phone: %s", asked.id, refusal.code)


def send_texts(*, now: datetime) -> int:
    """Send the short messages that are due and return how many were taken by what carries them. Call it outside transactions."""
    sent = 0
    for text_id in customers.due_texts(now):
        about = customers.asked_of(text_id)
        digits = customers.digits_of(about[0], now) if about else None
        text = messages.code_text(digits=digits, language=about[1]) if about and digits else ""
        sent += customers.send_text(text_id=text_id, text=text, now=now) is TextState.SENT
    return sent


# ── entering ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def enter(*, channel: Channel, address: str, given: str, now: datetime) -> Entered:
    """Return who enters with this code, and spend it; an account is opened only where that was asked for.

    Call it outside transactions: a guess counts. Raises WrongSignInCode, NotOffered.
    """
    if channel is Channel.PHONE and not customers.can_text():
        raise NotOffered("phone")
    asked = customers.give_code(channel=channel, purposes=ENTERING, address=address, given=given, now=now)
    return _enter(asked, now)


@transaction.atomic
def _enter(asked: AskedCode, now: datetime) -> Entered:
    if asked.channel is Channel.PHONE:
        person = _by_number(asked.address)
    else:
        known = access.user_by_email(asked.address)
        if known is not None and asked.purpose is Purpose.JOIN and access.is_unconfirmed(known.id):
            access.open_account(user_id=known.id, now=now)
            join.member(user_id=known.id, now=now)
            return Entered(user_id=known.id, is_new=True)
        person = None if known is None else access.shopper(known.id)
    if person is None:
        # Whoever guessed a code of an address without an account learns no more than anybody else.
        raise WrongSignInCode(is_over=True)
    return Entered(user_id=person.id, is_new=False)


def prove(*, customer_id: CustomerId, number: str, given: str, now: datetime) -> ProvenNumber:
    """Keep a number a member proved by its code, in place of the one before. Call it outside transactions.

    Raises WrongSignInCode, NumberTaken.
    """
    asked = customers.give_code(
        channel=Channel.PHONE, purposes=(Purpose.NUMBER,), address=number, customer_id=customer_id, given=given, now=now
    )
    holder = customers.by_number(asked.address)
    if holder not in (None, customer_id):
        raise NumberTaken
    return customers.keep_number(customer_id=customer_id, number=asked.address, now=now)


def _by_number(number: str) -> Person | None:
    holder = customers.by_number(number)
    user_id = None if holder is None else customers.customer(holder).user_id
    return None if user_id is None else access.shopper(user_id)
