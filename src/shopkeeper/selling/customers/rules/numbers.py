"""Phone numbers as people write them, as E.164, and the country a message to them is paid for in.

The plans of all countries' numbers are those of the library phonenumbers: which forms are mobile, which country a number under a shared
code belongs to.
"""

import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from shopkeeper.selling.customers.shapes_signing_in import Number, OddNumber

# Where a plan does not tell landlines from mobile numbers, as in North America, a number may be either.
_TAKES_MESSAGES = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_KEYPAD = re.compile(r"[0-9+()./\- ]{5,40}")


def number(text: str, *, country: str) -> Number:
    """Return a mobile number as E.164; one written without its country's code is taken for one of `country`. Raises OddNumber."""
    tidy = unicodedata.normalize("NFKC", text[:60]).strip()
    # The library also reads letters and extensions out of a sentence; here a number is a number.
    if not _KEYPAD.fullmatch(tidy):
        raise OddNumber(text[:40])
    try:
        read = phonenumbers.parse(tidy, country)
    except NumberParseException as error:
        raise OddNumber(text[:40]) from error
    if not phonenumbers.is_valid_number(read) or phonenumbers.number_type(read) not in _TAKES_MESSAGES:
        raise OddNumber(text[:40])
    return Number(
        e164=phonenumbers.format_number(read, PhoneNumberFormat.E164), country=str(phonenumbers.region_code_for_number(read) or "")
    )


def country_of(e164: str) -> str:
    """Return the country a number in E.164 belongs to; empty where it belongs to none."""
    try:
        return str(phonenumbers.region_code_for_number(phonenumbers.parse(e164, None)) or "")
    except NumberParseException:
        return ""
