"""What a form was sent with, read field by field: each wrong value is kept beside its refusal, explained for the reader."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from django.utils.http import url_has_allowed_host_and_scheme

from shopkeeper.doors.refusals import Explained, explain
from shopkeeper.kit import checks
from shopkeeper.kit.ids import DeliveryOptionId, VariantId
from shopkeeper.kit.refusals import Malformed, OutOfRange, Refusal
from shopkeeper.selling.orders.shapes import MOST_UNITS

T = TypeVar("T")

MOST_VALUE = 2_000
"""How many characters of one field are read; no field of the storefront needs more."""

_PHONE = re.compile(r"[0-9+()./\- ]{3,40}")
_POSTCODE = re.compile(r"[\w \-]{2,20}")
_KEY = re.compile(r"[A-Za-z0-9_\-]{16,100}")


class Form:
    """The values a form shows, and what was wrong with them. `fields` are those a page can point at."""

    fields: tuple[str, ...] = ()

    def __init__(self, sent: Mapping[str, str] | None = None, **initial: object) -> None:
        self._sent = sent
        self._initial = initial
        self.errors: dict[str, Explained] = {}

    def value(self, name: str) -> str:
        """Return what the field shows: what was sent, else what it began with."""
        if self._sent is not None and name in self._sent:
            return self._sent[name][:MOST_VALUE]
        return "" if self._initial.get(name) is None else str(self._initial[name])

    def has(self, name: str) -> bool:
        """Return whether the form was sent with this field, filled in or not."""
        return self._sent is not None and name in self._sent

    def read(self, name: str, reader: Callable[[str], T]) -> T | None:
        """Return the field as `reader` understands it; None where it refuses, and then the refusal stands beside the field."""
        try:
            return reader(self.value(name))
        except Refusal as refusal:
            self.refuse(refusal, name)
            return None

    def refuse(self, refusal: Refusal, name: str | None = None) -> None:
        """Put a refusal beside a field, by default the one it names; they stand in the order of the fields on the page."""
        self.errors.setdefault(name or refusal.field or "form", explain(refusal))
        places = {each: place for place, each in enumerate(self.fields)}
        in_order = sorted(self.errors.items(), key=lambda each: places.get(each[0], len(places)))
        self.errors.clear()
        self.errors.update(in_order)


def whole(field: str, value: str, *, least: int, most: int) -> int:
    """Return a whole number in plain decimal digits. Raises Malformed, OutOfRange."""
    text = value.strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise Malformed(field, value, expected="whole number")
    number = int(text)
    if not least <= number <= most:
        raise OutOfRange(field, number, least=least, most=most)
    return number


def page_number(value: str | None) -> int:
    """Return the page asked for; nonsense opens the first page, since a list has no field to explain it beside."""
    return int(value) if value and value.isascii() and value.isdigit() and 0 < len(value) < 6 and int(value) > 0 else 1


def units(value: str, *, least: int = 1) -> int:
    """Return a quantity for the basket. Raises Malformed, OutOfRange."""
    return whole("units", value, least=least, most=MOST_UNITS)


def variant(value: str) -> VariantId:
    """Return the id of a variant as a form carries it. Raises Malformed."""
    try:
        return VariantId(whole("variant", value, least=1, most=2**63 - 1))
    except OutOfRange as refusal:
        raise Malformed("variant", value, expected="choice") from refusal


def safe_next(value: str | None, fallback: str) -> str:
    """Return where to go after a form: a path of this shop, else the fallback."""
    is_ours = bool(value) and str(value).startswith("/") and url_has_allowed_host_and_scheme(str(value), allowed_hosts=None)
    return str(value) if is_ours else fallback


def search_text(value: str) -> str:
    """Return what was searched for. Raises OutOfRange, Malformed."""
    return checks.line(value, field="q", most=100)


def phone(value: str) -> str:
    """Return a phone number, or an empty text. Raises Malformed."""
    if value.strip() and not _PHONE.fullmatch(value.strip()):
        raise Malformed("phone", value, expected="phone")
    return value.strip()


def postcode(value: str, country: str) -> str:
    """Return a postcode, which may be empty only where the country has none. Raises Malformed, OutOfRange."""
    tidy = checks.postcode(value, country=country)
    if tidy and not _POSTCODE.fullmatch(tidy):
        raise Malformed("postcode", value, expected="postcode")
    return tidy


def key(value: str) -> str:
    """Return the secret with which one order form is sent at most once. Raises Malformed."""
    if not _KEY.fullmatch(value):
        raise Malformed("idempotency_key", value, expected="token")
    return value


def delivery(value: str) -> DeliveryOptionId:
    """Return the chosen delivery option. Raises Malformed."""
    try:
        return DeliveryOptionId(whole("delivery", value, least=1, most=2**31 - 1))
    except OutOfRange as refusal:
        raise Malformed("delivery", value, expected="choice") from refusal


class AddForm(Form):
    fields = ("units",)


class AccountForm(Form):
    fields = ("name", "email", "password", "phone", "language")
