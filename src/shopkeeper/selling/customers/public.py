"""The face of the customers room: members and guests, their addresses, and what people agreed to."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks
from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers import store
from shopkeeper.selling.customers.businesses import business, businesses, find_businesses, remove_business, save_business, tax_number
from shopkeeper.selling.customers.consenting import agreed, by_link, link_token, say, signs_in, standing, standings
from shopkeeper.selling.customers.everybody import by_emails, customer_ids
from shopkeeper.selling.customers.groups import change_members, group, groups, groups_of, save_group
from shopkeeper.selling.customers.merging import merge, merge_by_id, merges, part, records_of, stands_for, tell_apart
from shopkeeper.selling.customers.models import Address as AddressRow
from shopkeeper.selling.customers.notes import add_note, note, notes, strike_note
from shopkeeper.selling.customers.numbers import by_number, keep_number, phone_number, proven_numbers, remove_number
from shopkeeper.selling.customers.providers import (
    back_to,
    came_back,
    keep_origin,
    known_as,
    link,
    linked,
    note_used,
    offered_providers,
    provider,
    provider_origins,
    providers,
    read_issuer,
    save_provider,
    set_out,
    switch_provider,
    unlink,
)
from shopkeeper.selling.customers.rules import checked
from shopkeeper.selling.customers.shapes import Address, Consent, Customer, SavedAddress
from shopkeeper.selling.customers.signing_in import (
    ask_code,
    code_answered,
    digits_of,
    forget_codes,
    give_code,
    save_sign_in_rule,
    sign_in_rule,
    take_due_codes,
)
from shopkeeper.selling.customers.texting import (
    admit_text,
    asked_of,
    can_text,
    carrier,
    due_texts,
    forget_texts,
    hear_text_report,
    refuse_spent,
    send_text,
    text,
    texts_of_day,
)

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "add_note",
    "addresses",
    "admit_text",
    "agreed",
    "ask_code",
    "asked_of",
    "back_to",
    "business",
    "businesses",
    "by_emails",
    "by_link",
    "by_number",
    "by_user",
    "came_back",
    "can_text",
    "carrier",
    "change_members",
    "code_answered",
    "consent",
    "consents",
    "customer",
    "customer_ids",
    "customers",
    "digits_of",
    "due_texts",
    "find_businesses",
    "forget_codes",
    "forget_texts",
    "give_code",
    "group",
    "groups",
    "groups_of",
    "guest",
    "hear_text_report",
    "import_customers",
    "keep_number",
    "keep_origin",
    "known_as",
    "link",
    "link_token",
    "linked",
    "lock",
    "merge",
    "merge_by_id",
    "merges",
    "note",
    "note_used",
    "notes",
    "offered_providers",
    "part",
    "phone_number",
    "proven_numbers",
    "provider",
    "provider_origins",
    "providers",
    "read_issuer",
    "record_consent",
    "records_of",
    "refuse_odd_guest",
    "refuse_spent",
    "register",
    "remove_address",
    "remove_business",
    "remove_number",
    "save_address",
    "save_business",
    "save_customer",
    "save_group",
    "save_provider",
    "save_sign_in_rule",
    "say",
    "search",
    "send_text",
    "set_out",
    "sign_in_rule",
    "signs_in",
    "standing",
    "standings",
    "stands_for",
    "strike_note",
    "switch_provider",
    "take_due_codes",
    "tax_number",
    "tell_apart",
    "text",
    "texts_of_day",
    "unlink",
]

MOST_ADDRESSES = 50
MOST_LABEL = 30
MOST_PER_PAGE = 500


# ── members and guests ────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def register(*, user_id: UserId, email: str, name: str, language: str, now: datetime) -> Customer:
    """Make a person who signs in a member, once, and return the member. Raises Malformed, OutOfRange."""
    present = store.by_user(user_id)
    if present is not None:
        return present
    member = store.add_member(
        user_id=user_id, email=checks.email(email), name=checked.name(name), language=checks.language(language), now=now
    )
    events.record(facts.CustomerRegistered(customer_id=member.id), at=now)
    return member


def lock(customer_id: CustomerId) -> None:
    """Hold a customer's row until the transaction ends. Raises NotFound."""
    if store.locked(customer_id) is None:
        raise NotFound("customer", customer_id)


@transaction.atomic
def guest(*, email: str, name: str, phone: str = "", language: str, country: str, now: datetime) -> Customer:
    """Return the guest who buys under this address, new or known, with the particulars just given. Raises Malformed, OutOfRange."""
    return store.put_guest(
        email=checks.email(email),
        name=checked.name(name),
        phone=checked.phone(phone),
        language=checks.language(language),
        country=checks.country(country),
        now=now,
    )


def refuse_odd_guest(*, name: str, phone: str) -> None:
    """Refuse a guest's particulars that no customer may have, for whoever writes the guest within another function.

    Mail address, language and country are checked by every order. Raises Malformed, OutOfRange.
    """
    checked.name(name)
    checked.phone(phone)


def customer(customer_id: CustomerId) -> Customer:
    """Return one customer. Raises NotFound."""
    found = store.customers([customer_id]).get(customer_id)
    if found is None:
        raise NotFound("customer", customer_id)
    return found


def customers(customer_ids: Iterable[CustomerId]) -> dict[CustomerId, Customer]:
    """Return the customers with these ids, by id, in one query; unknown ids are left out."""
    return store.customers(customer_ids)


def by_user(user_id: UserId) -> Customer | None:
    """Return the member who signs in as this user, None where the user is no customer."""
    return store.by_user(user_id)


def search(*, text: str = "", is_guest: bool | None = None, number: int = 1, size: int = 50) -> Page[Customer]:
    """Return one page of customers, newest first, whose name, address or code holds the text. Raises OutOfRange."""
    if number < 1:
        raise OutOfRange("number", number, least=1)
    if not 1 <= size <= MOST_PER_PAGE:
        raise OutOfRange("size", size, least=1, most=MOST_PER_PAGE)
    return store.search(text=text.strip().replace("\x00", ""), is_guest=is_guest, number=number, size=size)


@transaction.atomic
def save_customer(
    *, customer_id: CustomerId, name: str, phone: str, language: str, country: str = "", actor: UserId | None, now: datetime
) -> Customer:
    """Save a customer's particulars and return the customer; `actor` None: the customer did it. Raises NotFound, Malformed, OutOfRange."""
    row = store.locked(customer_id)
    if row is None:
        raise NotFound("customer", customer_id)
    wanted = {
        "name": checked.name(name),
        "phone": checked.phone(phone),
        "language": checks.language(language),
        "country": checks.country(country) if country else "",
    }
    changed = [field for field, value in wanted.items() if getattr(row, field) != value]
    if changed:
        for field in changed:
            setattr(row, field, wanted[field])
        row.save(update_fields=changed)
        # The names of the fields only: what they hold is the person's own.
        audit.record(
            actor=actor, act="customers.save", subject=f"customer:{customer_id}", before=None, after={"fields": sorted(changed)}, at=now
        )
        events.record(facts.CustomerSaved(customer_id=customer_id), at=now)
    return customer(customer_id)


# ── addresses ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def addresses(customer_id: CustomerId) -> tuple[SavedAddress, ...]:
    """Return a customer's address book, the one offered first at the top."""
    return store.addresses(customer_id)


@transaction.atomic
def save_address(
    *,
    customer_id: CustomerId,
    address: Address,
    address_id: int | None = None,
    is_default: bool = False,
    label: str = "",
    now: datetime,
) -> SavedAddress:
    """Add an address to a customer's book, or change the one named, and return it; the first one becomes the default.

    `label` is what they call it, at most MOST_LABEL letters. Raises NotFound where customer or address is not theirs, OutOfRange,
    Malformed.
    """
    customer_id = store.stands_for([customer_id]).get(customer_id, customer_id)
    if store.locked(customer_id) is None:
        raise NotFound("customer", customer_id)
    tidy, word = checked.address(address), checks.line(label, field="label", most=MOST_LABEL)
    present = store.addresses(customer_id)
    if address_id is None and len(present) >= MOST_ADDRESSES:
        raise OutOfRange("addresses", len(present) + 1, least=0, most=MOST_ADDRESSES)
    row = AddressRow(customer_id=customer_id) if address_id is None else store.address_row(customer_id, address_id)
    if row is None:
        raise NotFound("address", address_id)
    row.is_default = is_default or row.is_default or not present
    row.label = word
    saved = store.put_address(row, tidy)
    events.record(facts.CustomerSaved(customer_id=customer_id), at=now)
    return saved


@transaction.atomic
def remove_address(*, customer_id: CustomerId, address_id: int, now: datetime) -> None:
    """Take an address out of a customer's book. Raises NotFound where it is not theirs."""
    customer_id = store.stands_for([customer_id]).get(customer_id, customer_id)
    if not store.remove_address(customer_id, address_id):
        raise NotFound("address", address_id)
    events.record(facts.CustomerSaved(customer_id=customer_id), at=now)


# ── consent ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def record_consent(*, subject: str, given: Sequence[str], text_version: int, language: str, now: datetime) -> Consent:
    """Write down what a person agreed to, on which version of the text, and return it; nothing agreed to is an answer too.

    `subject` is an opaque key of a visitor or customer. Raises Malformed for an unknown purpose or language, OutOfRange.
    """
    key = checks.line(subject, field="subject", least=1, most=checked.MOST_SUBJECT)
    if not 1 <= text_version <= 1_000_000:
        raise OutOfRange("text_version", text_version, least=1, most=1_000_000)
    purposes = checked.purposes(given)
    written = store.add_consent(subject=key, given=purposes, text_version=text_version, language=checks.language(language), now=now)
    events.record(facts.ConsentRecorded(subject=key, given=purposes, text_version=text_version), at=now)
    return written


def consent(subject: str) -> Consent | None:
    """Return a person's last word, None where the person was never asked."""
    return store.latest_consent(subject)


def consents(subject: str) -> tuple[Consent, ...]:
    """Return every word a person gave, newest first."""
    return store.consents(subject)


# ── taking over ───────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def import_customers(frame: "pl.DataFrame", *, now: datetime) -> "pl.DataFrame":
    """Take over buyers of another system and return `external_code` (text) → `customer_id` (int64), one row per code given.

    Columns: external_code (text, one row each), country (ISO 3166 or empty), is_guest (bool), joined_at (aware moment). A code known
    already stays as it is, so a second run changes nothing. No facts: their orders arrive as history. Raises Malformed.
    """
    from shopkeeper.selling.customers.rules import taken_over

    return store.take_over(taken_over.checked(frame, now=now))
