"""Figures, money, days and texts as the reader of a page writes them."""

import unicodedata
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent
from django.urls import reverse
from django.utils.translation import get_language

from shopkeeper.kit import places
from shopkeeper.kit.money import to_decimal
from shopkeeper.kit.text import Bilingual

_LOCALES = {"en": Locale("en", "GB"), "zh-hans": Locale("zh", "CN", script="Hans")}


def locale() -> Locale:
    """Return Babel's locale for the active language."""
    return _LOCALES["zh-hans" if (get_language() or "en").startswith("zh") else "en"]


def pick(text: Bilingual) -> str:
    """Return a bilingual text in the active language."""
    return text.pick(get_language() or "en")


@lru_cache(maxsize=4096)
def address(name: str, language: str, values: tuple[tuple[str, Any], ...] = ()) -> str:
    """Return the address of a storefront page by its name, in the active language, which is told to keep addresses apart."""
    return reverse(f"storefront:{name}", kwargs=dict(values))


def money(minor: int, currency: str) -> str:
    """Return minor units as money in the reader's writing: `£12.50`, `£12.50` in Chinese too, `¥30` for JPY."""
    return _money(minor, currency, locale())


@lru_cache(maxsize=8192)
def _money(minor: int, currency: str, written_as: Locale) -> str:
    return format_currency(to_decimal(minor, currency), currency, locale=written_as)


def number(value: int) -> str:
    """Return a whole number with the reader's thousands separators."""
    return _number(value, locale())


@lru_cache(maxsize=4096)
def _number(value: int, written_as: Locale) -> str:
    return format_decimal(value, locale=written_as)


def mean(tenths: int) -> str:
    """Return a mean in tenths with its one decimal: 43 → `4.3`."""
    return format_decimal(tenths / 10, format="0.0", locale=locale())


def percent(basis_points: int) -> str:
    """Return ten-thousandths as a percentage without needless zeros: 2000 → `20%`, 1750 → `17.5%`."""
    return format_percent(basis_points / 10_000, format="#,##0.##%", locale=locale())


def day(value: date | datetime, zone: str = "UTC") -> str:
    """Return a day with its year, in the shop's time zone where a moment is given."""
    return format_date(_on(value, zone), format="long", locale=locale())


def short_day(value: date | datetime, zone: str = "UTC") -> str:
    """Return a day with its weekday and without its year: `Tue 24 Nov`, `11月24日周二`."""
    chinese = locale().language == "zh"
    return format_date(_on(value, zone), format="M月d日EEE" if chinese else "EEE d MMM", locale=locale())


def moment(value: datetime, zone: str) -> str:
    """Return a day and time in the shop's time zone."""
    return format_datetime(value.astimezone(ZoneInfo(zone)), format="medium", locale=locale())


def country(code: str) -> str:
    """Return a country's name in the reader's language, or the code itself where there is none."""
    return places.territory(code, locale())


def _on(value: date | datetime, zone: str) -> date:
    return value.astimezone(ZoneInfo(zone)).date() if isinstance(value, datetime) else value


def collation_key(text: str) -> bytes:
    """Return a key that sorts names as the reader expects: Latin letters without their accents, Chinese by pronunciation.

    GB 2312 lists its common characters by pinyin, so their GBK bytes sort that way.
    """
    if locale().language == "zh":
        return text.encode("gbk", "replace")
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").lower()
