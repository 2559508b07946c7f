"""Numbers as people write them become E.164, in the country that is paid for; the rest is refused."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.kit.checks import COUNTRIES
from shopkeeper.selling.customers.rules import numbers
from shopkeeper.selling.customers.shapes import OddNumber

CASES = [
    ("138 1234 5678", "CN", "+8613812345678", "CN"),
    ("+86-138-1234-5678", "GB", "+8613812345678", "CN"),
    ("１３８１２３４５６７８", "CN", "+8613812345678", "CN"),
    ("07400 123456", "GB", "+447400123456", "GB"),
    ("+44 (0)7400 123456", "CN", "+447400123456", "GB"),
    ("0044 7400 123456", "CN", "+447400123456", "GB"),
    ("(415) 555-2671", "US", "+14155552671", "US"),
    ("1 415 555 2671", "US", "+14155552671", "US"),
    ("+1 876 555 1234", "US", "+18765551234", "JM"),
    ("+1 604 555 1234", "US", "+16045551234", "CA"),
    ("8 701 123 4567", "RU", "+77011234567", "KZ"),
    ("8 912 123 4567", "RU", "+79121234567", "RU"),
    ("333 123 4567", "IT", "+393331234567", "IT"),
    ("9123 4567", "HK", "+85291234567", "HK"),
    ("+44 7797 123456", "GB", "+447797123456", "JE"),
]


@pytest.mark.parametrize(("written", "home", "e164", "country"), CASES)
def test_numbers_as_people_write_them(written: str, home: str, e164: str, country: str) -> None:
    found = numbers.number(written, country=home)

    assert (found.e164, found.country) == (e164, country)


@pytest.mark.parametrize(
    "written",
    ["", "12", "call me", "010 6552 9988", "+86 12 1234 5678", "+44 20 7946 0958", "+1 900 555 1234", "+999 12345678", "+" + "1" * 16],
)
def test_what_is_no_mobile_number_is_refused_with_its_value(written: str) -> None:
    with pytest.raises(OddNumber) as refused:
        numbers.number(written, country="CN")

    assert refused.value.value == written
    assert not written or written not in str(refused.value)


def test_every_country_with_phones_has_a_plan() -> None:
    without = {"AQ", "BV", "GS", "HM", "PN", "TF", "UM"}

    assert COUNTRIES - set(phonenumbers.SUPPORTED_REGIONS) == without


@given(st.text(max_size=40), st.sampled_from(sorted(COUNTRIES)))
def test_whatever_is_typed_is_refused_or_becomes_e164_and_stays_so(written: str, home: str) -> None:
    try:
        found = numbers.number(written, country=home)
    except OddNumber:
        return

    assert numbers.number(found.e164, country="GB") == found
    assert numbers.country_of(found.e164) == found.country
