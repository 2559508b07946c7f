"""Customers as they cross their room's face."""

from dataclasses import dataclass
from datetime import datetime

from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.ops.access.shapes import EmailTaken, WeakPassword

__all__ = ["PURPOSES", "Address", "Consent", "Customer", "EmailTaken", "SavedAddress", "WeakPassword"]

PURPOSES = ("analytics", "marketing")
"""What a person can agree to, beyond what the shop needs to work."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAddress:
    """One entry of a customer's address book; one of them at most is offered first."""

    id: int
    customer_id: CustomerId
    address: Address
    is_default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A person's last word: the purposes agreed to, on which version of the text, when, in which language."""

    subject: str
    given: tuple[str, ...]
    text_version: int
    language: str
    at: datetime
