"""Contact and address: made tidy where they can be used, refused by field where they cannot."""

from dataclasses import replace

import pytest

from shopkeeper.kit.refusals import Malformed, OutOfRange
from shopkeeper.selling.orders.rules.particulars import checked_address, checked_contact
from shopkeeper.selling.orders.tests.builders import ADDRESS, CONTACT


def test_blanks_and_letter_case_are_put_right():
    contact = checked_contact(replace(CONTACT, email=" Ann@Example.COM ", name="  Ann "))
    address = checked_address(replace(ADDRESS, country="gb", city=" 北京 "))

    assert (contact.email, contact.name) == ("ann@example.com", "Ann")
    assert (address.country, address.city) == ("GB", "北京")


@pytest.mark.parametrize("phone", ["", "+44 20 7946 0000", "13800138000", "(020) 7946-0000"])
def test_phones_people_write_are_taken(phone):
    assert checked_contact(replace(CONTACT, phone=phone)).phone == phone


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"email": "ann at example"}, Malformed, "email"),
        ({"email": "a@b"}, Malformed, "email"),
        ({"name": ""}, OutOfRange, "name"),
        ({"name": "n" * 151}, OutOfRange, "name"),
        ({"name": "Ann\nBcc: x"}, Malformed, "name"),
        ({"phone": "ring twice"}, Malformed, "phone"),
        ({"phone": "1-(---)"}, Malformed, "phone"),
    ],
)
def test_a_contact_that_cannot_be_used_names_its_field(changes, refusal, field):
    with pytest.raises(refusal) as refused:
        checked_contact(replace(CONTACT, **changes))

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": " "}, OutOfRange),
        ({"line1": ""}, OutOfRange),
        ({"line2": "x" * 201}, OutOfRange),
        ({"city": ""}, OutOfRange),
        ({"region": "\x07"}, Malformed),
        ({"postcode": "9" * 21}, OutOfRange),
        ({"postcode": ""}, OutOfRange),
        ({"country": "United Kingdom"}, Malformed),
        ({"country": ""}, Malformed),
        ({"phone": "x"}, Malformed),
    ],
)
def test_an_address_that_cannot_be_used_names_its_field(changes, refusal):
    with pytest.raises(refusal) as refused:
        checked_address(replace(ADDRESS, **changes))

    assert refused.value.field == next(iter(changes))


def test_an_address_in_a_country_without_postcodes_needs_none():
    assert checked_address(replace(ADDRESS, country="HK", postcode="")).postcode == ""
