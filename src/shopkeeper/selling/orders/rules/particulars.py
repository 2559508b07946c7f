"""What a name, a mail address and a postal address must look like before an order takes them."""

import re

from shopkeeper.kit import checks, divisions
from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.orders.shapes import Contact

MOST_NAME = 150

_PHONE = re.compile(r"\+?[0-9(][0-9 ()./-]{4,38}")
LEAST_DIGITS = 5
"""As customers' address books have it: an address that an order takes must never be refused there, after the order was placed."""


def checked_contact(contact: Contact) -> Contact:
    """Return the contact made tidy. Raises Malformed or OutOfRange, naming the field, where it cannot be used."""
    return Contact(
        email=checks.email(contact.email),
        name=checks.line(contact.name, field="name", least=1, most=MOST_NAME),
        phone=_phone(contact.phone),
    )


def checked_address(address: Address) -> Address:
    """Return the address made tidy. Raises Malformed or OutOfRange, naming the field, where it cannot be used."""
    country = checks.country(address.country)
    if country == "CN":
        divisions.postcode(address.postcode.strip())
        divisions.phone(checks.line(address.phone, field="phone", most=40))
    return Address(
        name=checks.line(address.name, field="name", least=1, most=MOST_NAME),
        line1=checks.line(address.line1, field="line1", least=1, most=200),
        line2=checks.line(address.line2, field="line2", most=200),
        city=checks.line(address.city, field="city", least=1, most=100),
        region=checks.line(address.region, field="region", most=100),
        postcode=checks.postcode(address.postcode, country=country),
        country=country,
        phone=_phone(address.phone),
    )


def _phone(value: str) -> str:
    tidy = checks.line(value, field="phone", most=40)
    if tidy and (not _PHONE.fullmatch(tidy) or sum(char.isdigit() for char in tidy) < LEAST_DIGITS):
        raise Malformed("phone", tidy, expected="phone")
    return tidy
