"""Customers as they cross their room's face."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shopkeeper.kit.ids import CustomerId, GroupId, MergeId, UserId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.shapes import EmailTaken, WeakPassword
from shopkeeper.selling.customers.shapes_signing_in import (
    AskedCode,
    Channel,
    CodeJustSent,
    CountryNotServed,
    ForgedReport,
    IssuerFixed,
    LastWayIn,
    Linked,
    NotOffered,
    NotVouched,
    Number,
    NumberTaken,
    OddNumber,
    ProvenNumber,
    Provider,
    ProviderCodeTaken,
    ProviderUnusable,
    Purpose,
    SettingOut,
    SignInRule,
    Texted,
    TextReport,
    TextsSpent,
    TextState,
    Vouched,
    WrongSignInCode,
)

__all__ = [
    "CHANNELS",
    "CHOICES",
    "PURPOSES",
    "TAKEN_OVER",
    "Address",
    "AskedCode",
    "BothSignIn",
    "Business",
    "Channel",
    "CodeJustSent",
    "Consent",
    "CountryNotServed",
    "Customer",
    "EmailTaken",
    "ForgedReport",
    "Group",
    "GroupNameTaken",
    "IssuerFixed",
    "LastWayIn",
    "Linked",
    "Merge",
    "MergeOver",
    "MergedAlready",
    "MustStay",
    "NotOffered",
    "NotVouched",
    "Note",
    "NoteStruck",
    "Number",
    "NumberTaken",
    "OddNumber",
    "ProvenNumber",
    "Provider",
    "ProviderCodeTaken",
    "ProviderUnusable",
    "Purpose",
    "SavedAddress",
    "SettingOut",
    "SignInRule",
    "Standing",
    "TextReport",
    "TextState",
    "Texted",
    "TextsSpent",
    "Vouched",
    "WeakPassword",
    "WrongSignInCode",
    "WrongTaxNumber",
]

PURPOSES = ("analytics", "marketing")
"""What a visitor can agree to at the banner, beyond what the shop needs to work."""

CHANNELS = ("mail", "sms", "phone", "post")
CHOICES = ("analytics", *(f"{purpose}.{channel}" for purpose in ("marketing", "personal") for channel in CHANNELS))
"""What a customer can agree to, each by itself: news (`marketing`) and offers chosen for them (`personal`), on each channel."""

TAKEN_OVER = ("name", "phone", "language", "country")
"""The particulars one record may take over from another when they are merged; the mail address stays with its record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a parcel goes. `country` is ISO 3166-1 alpha-2."""

    name: str
    line1: str
    line2: str = ""
    city: str
    region: str = ""
    postcode: str = ""
    country: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    id: CustomerId
    user_id: UserId | None
    is_guest: bool
    email: str
    name: str
    phone: str
    language: str
    country: str
    external_code: str
    joined_at: datetime
    merged_into: CustomerId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAddress:
    """One entry of a customer's address book; one of them at most is offered first.

    `label` is what they call it: `home`, `office`, or a word of their own; empty where they call it nothing.
    """

    id: int
    customer_id: CustomerId
    address: Address
    is_default: bool
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A person's last word: the purposes agreed to, on which version of the text, when, in which language."""

    subject: str
    given: tuple[str, ...]
    text_version: int
    language: str
    at: datetime
    source: str = "banner"
    actor: UserId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a customer agrees to now, in the order of CHOICES, the words it follows from, newest first, and who may have said them.

    `is_strictest`: several records stand for one person and the person has not spoken since, so only what all of them gave holds.
    """

    given: tuple[str, ...]
    words: tuple[Consent, ...]
    is_strictest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Customers that staff put together by hand; `members` counts people, not records."""

    id: GroupId
    name: Bilingual
    note: str
    members: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What staff noted about a customer; struck out it stays, with who did it, when and why."""

    id: int
    customer_id: CustomerId
    text: str
    author: UserId
    at: datetime
    struck_at: datetime | None = None
    struck_by: UserId | None = None
    strike_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """`customer_id` stands for `merged_id` until it is parted. `taken`: field → what it held before and after."""

    id: MergeId
    customer_id: CustomerId
    merged_id: CustomerId
    reason: str
    taken: dict[str, Any]
    at: datetime
    actor: UserId
    parted_at: datetime | None = None
    parted_by: UserId | None = None
    part_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """The company a customer buys for. `tax_number` is tidy and of its country's form."""

    customer_id: CustomerId
    company: str
    country: str
    tax_number: str
    billing_email: str
    saved_at: datetime


class GroupNameTaken(Refusal):
    """Another group has this name."""

    code = "group_name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a group {name!r} already", field="name_en", value=name)


class NoteStruck(Refusal):
    """The note is struck out already."""

    code = "note_struck"

    def __init__(self, note_id: int) -> None:
        super().__init__(f"Note {note_id} is struck out already", field="note", value=note_id)


class BothSignIn(Refusal):
    """Both records have a login of their own: whoever owns one must not be given what the other bought."""

    code = "both_sign_in"

    def __init__(self, merged_id: int) -> None:
        super().__init__(f"Customer {merged_id} and the other both sign in", field="merged_id", value=merged_id)


class MustStay(Refusal):
    """The record that would go into the other is the one that signs in."""

    code = "must_stay"

    def __init__(self, merged_id: int) -> None:
        super().__init__(f"Customer {merged_id} signs in and must be the one that stays", field="merged_id", value=merged_id)


class MergedAlready(Refusal):
    """One of the two records is part of a merge that does not allow this one."""

    code = "merged_already"

    def __init__(self, customer_id: int) -> None:
        super().__init__(f"Customer {customer_id} is part of a merge already", field="merged_id", value=customer_id)


class MergeOver(Refusal):
    """The merge was undone already."""

    code = "merge_over"

    def __init__(self, merge_id: int) -> None:
        super().__init__(f"Merge {merge_id} was undone already", field="merge", value=merge_id)


class WrongTaxNumber(Refusal):
    """The number is not one that the country gives out: wrong in its `fault`, the form or the check digit."""

    code = "wrong_tax_number"

    def __init__(self, value: str, *, country: str, fault: str) -> None:
        super().__init__(f"{value!r} has a wrong {fault} for {country}", field="tax_number", value=value)
        self.country = country
        self.fault = fault
