"""What a customer's particulars may be: made tidy, or refused by the name of the field."""

from collections.abc import Sequence

from shopkeeper.kit import checks
from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.customers.shapes import PURPOSES, Address

MOST_NAME = 150
MOST_PHONE = 40
MOST_SUBJECT = 80


def name(value: str) -> str:
    """Return a person's name on one line; it may be empty. Raises OutOfRange, Malformed."""
    return checks.line(value, field="name", most=MOST_NAME)


def phone(value: str) -> str:
    """Return a telephone number as typed: digits, spaces and + - ( ) . / only, or nothing. Raises Malformed."""
    tidy = checks.line(value, field="phone", most=MOST_PHONE)
    digits = sum(char.isdigit() for char in tidy)
    if tidy and (digits < 5 or not all(char.isdigit() or char in "+-(). /#x" for char in tidy)):
        raise Malformed("phone", tidy, expected="phone")
    return tidy


def address(value: Address) -> Address:
    """Return the address made tidy. Raises OutOfRange for a part that is missing or too long, Malformed for an unknown country."""
    country = checks.country(value.country)
    return Address(
        name=checks.line(value.name, field="name", least=1, most=MOST_NAME),
        line1=checks.line(value.line1, field="line1", least=1, most=200),
        line2=checks.line(value.line2, field="line2", most=200),
        city=checks.line(value.city, field="city", least=1, most=120),
        region=checks.line(value.region, field="region", most=120),
        postcode=checks.postcode(value.postcode, country=country),
        country=country,
        phone=phone(value.phone),
    )


def purposes(given: Sequence[str]) -> tuple[str, ...]:
    """Return the purposes agreed to, each once, in the order of PURPOSES. Raises Malformed for one the shop does not know."""
    for purpose in given:
        if purpose not in PURPOSES:
            raise Malformed("given", purpose, expected="purpose")
    return tuple(purpose for purpose in PURPOSES if purpose in given)
