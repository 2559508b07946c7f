"""How one value of a list, a page or an export is written for its reader."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shopkeeper.doors.console import pictures, reading
from shopkeeper.doors.prose import prose
from shopkeeper.kit import money
from shopkeeper.kit.console import Column, Kind, Pill, Setting
from shopkeeper.kit.text import Bilingual

NUMBERS = frozenset({"number", "change", "money", "percent"})
NONE = "–"


def draw(value: object, kind: Kind, setting: Setting) -> SafeString:
    """Return a value as safe HTML. Nothing (None, an empty text) is a dash that screen readers skip."""
    if value is None or value == "":
        return format_html('<span class="sk-note" aria-hidden="true">{}</span>', NONE)
    if isinstance(value, Pill):
        return format_html('<span class="sk-pill sk-pill--{}">{}</span>', value.tone, value.label)
    return _DRAWN.get(kind, _text)(value, setting)


def _text(value: Any, setting: Setting) -> SafeString:
    return format_html("{}", reading.pick(value) if isinstance(value, Bilingual) else value)


def _code(value: Any, setting: Setting) -> SafeString:
    return format_html("<code>{}</code>", value)


def _reference(value: Any, setting: Setting) -> SafeString:
    return format_html('<span class="sk-ref">{}</span>', value)


def _number(value: Any, setting: Setting) -> SafeString:
    return format_html("{}", reading.number(value) if isinstance(value, int) else value)


def _change(value: Any, setting: Setting) -> SafeString:
    if value > 0:
        return format_html('<span class="sk-plus">+{}</span>', reading.number(value))
    return format_html("{}", "−" + reading.number(-value) if value < 0 else "0")


def _money(value: Any, setting: Setting) -> SafeString:
    return format_html("{}", reading.money(value, setting.currency))


def _moment(value: datetime, setting: Setting) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), reading.moment(value, setting.zone))


def _picture(value: Any, setting: Setting) -> SafeString:
    if isinstance(value, str):
        return format_html('<span class="sk-pic"><img src="{}" alt="" loading="lazy"></span>', value)
    return format_html('<span class="sk-pic" aria-hidden="true">{}</span>', pictures.drawing(value))


def _long(value: Any, setting: Setting) -> SafeString:
    return format_html('<span class="sk-long">{}</span>', value)


def _prose(value: Any, setting: Setting) -> SafeString:
    return format_html('<div class="sk-prose" tabindex="0">{}</div>', prose(value))


def _country(value: Any, setting: Setting) -> SafeString:
    return format_html("{}", reading.country(value))


def _percent(value: Any, setting: Setting) -> SafeString:
    return format_html("{}", reading.percent(value))


def _currency(value: Any, setting: Setting) -> SafeString:
    return format_html("{}", reading.currency_name(value))


_DRAWN: dict[str, Callable[[Any, Setting], SafeString]] = {
    "code": _code,
    "reference": _reference,
    "number": _number,
    "change": _change,
    "money": _money,
    "moment": _moment,
    "picture": _picture,
    "long": _long,
    "prose": _prose,
    "country": _country,
    "percent": _percent,
    "currency": _currency,
}


def plain(column: Column, row: Any, setting: Setting) -> str | int | Decimal | datetime | None:
    """Return a cell for a spreadsheet: numbers as numbers, money as decimals, moments in the shop's zone, texts that no program runs."""
    match column.read(row):
        case Pill() as pill:
            return str(pill.label)
        case Bilingual() as text:
            return harmless(reading.pick(text))
        case int() as number if column.kind == "money":
            return money.to_decimal(number, setting.currency)
        case int() as number if column.kind == "percent":
            return Decimal(number) / 100
        case None | int() | Decimal() | datetime() as value:
            return value
        case value:
            return harmless(str(value))


def harmless(text: str) -> str:
    """Return a text that a spreadsheet shows instead of computing: what begins like a formula gets an apostrophe in front."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def yes_or_no(value: bool) -> str:
    """Return a truth in a word."""
    return _("Yes") if value else _("No")
