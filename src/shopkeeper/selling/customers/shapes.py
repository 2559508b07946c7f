"""Customers as they cross their room's face."""

from dataclasses import dataclass
from datetime import datetime

from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.kit.refusals import Refusal


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


class EmailTaken(Refusal):
    """Raised only where the person has proved who they are; doors must not let strangers learn it."""

    code = "email_taken"


class WeakPassword(Refusal):
    """`problems` are the codes of the password rules it breaks."""

    code = "weak_password"
