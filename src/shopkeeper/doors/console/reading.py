"""Figures, money, days and moments as the reader of the console writes them, in the active language and the shop's zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal, format_percent
from django.utils.translation import get_language

from shopkeeper.kit import places
from shopkeeper.kit.money import to_decimal
from shopkeeper.kit.text import Bilingual


def locale() -> Locale:
    """Return Babel's locale for the active language."""
    return places.locale()


def is_chinese() -> bool:
    """Return whether the reader reads Chinese."""
    return (get_language() or "en").startswith("zh")


def pick(text: Bilingual) -> str:
    """Return a bilingual text in the active language."""
    return text.pick(get_language() or "en")


def money(minor: int, currency: str) -> str:
    """Return minor units as money in the reader's writing."""
    return format_currency(to_decimal(minor, currency), currency, locale=locale())


def round_money(minor: int, currency: str) -> str:
    """Return money without its minor digits, for large figures where pence are noise."""
    pattern = locale().currency_formats["standard"].pattern.split(";")[0].replace("0.00", "0")
    return format_currency(to_decimal(minor, currency).to_integral_value(), currency, pattern, locale=locale(), currency_digits=False)


def number(value: int | float) -> str:
    """Return a number with the reader's separators and at most two decimals."""
    return format_decimal(value, format="#,##0.##", locale=locale())


def percent(basis_points: int | float) -> str:
    """Return ten-thousandths as a percentage without needless zeros: 2000 → `20%`."""
    return format_percent(basis_points / 10_000, format="#,##0.##%", locale=locale())


def moment(value: datetime, zone: str) -> str:
    """Return day and time in a zone: `22 Nov 2026, 14:05`; in Chinese `2026年11月22日 14:05`."""
    return format_datetime(value.astimezone(ZoneInfo(zone)), "y年M月d日 HH:mm" if is_chinese() else "d MMM y, HH:mm", locale=locale())


def short_moment(value: datetime, zone: str, today: date) -> str:
    """Return the time of today's moments and the day and time of others."""
    local = value.astimezone(ZoneInfo(zone))
    if local.date() == today:
        return format_time(local, "HH:mm", locale=locale())
    return format_datetime(local, "M月d日 HH:mm" if is_chinese() else "EEE d MMM, HH:mm", locale=locale())


def day(value: date) -> str:
    """Return a day with its weekday and year: `Sunday 22 November 2026`, `2026年11月22日 星期日`."""
    return format_date(value, "y年M月d日 EEEE" if is_chinese() else "EEEE d MMMM y", locale=locale())


def weekday(value: date) -> str:
    """Return the name of a day's weekday: `Sunday`, `星期日`."""
    return format_date(value, "EEEE", locale=locale())


def short_day(value: date) -> str:
    """Return a day with its year: `22 Nov 2026`, `2026年11月22日`."""
    return format_date(value, "y年M月d日" if is_chinese() else "d MMM y", locale=locale())


def tiny_day(value: date) -> str:
    """Return a day without its year, for axes: `22 Nov`, `11月22日`."""
    return format_date(value, "M月d日" if is_chinese() else "d MMM", locale=locale())


def colon() -> str:
    """Return the sign between a heading and what it is about: `: `, and in Chinese one of full width."""
    return "：" if is_chinese() else ": "


def aside(value: object) -> str:
    """Return what stands in brackets after something: ` (x)`, and in Chinese brackets of full width."""
    return f"（{value}）" if is_chinese() else f" ({value})"


def country(code: str) -> str:
    """Return a country's name in the reader's language, or the code itself where there is none."""
    return places.country_name(code)


def currency_name(code: str) -> str:
    """Return a currency's name in the reader's language with its code."""
    return places.currency_name(code)
