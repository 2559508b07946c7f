"""Countries, currencies and time zones by the names their readers know, and the fields in which people choose them.

The code stays what is kept and sent: GB, GBP, Europe/London. Names are Babel's.
"""

import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from babel.dates import get_timezone_location
from babel.numbers import get_currency_name
from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shopkeeper.kit.checks import COUNTRIES, CURRENCIES

UNKNOWN_COUNTRY = "ZZ"
"""ISO 3166's own code for “no country known”, which trade taken over from elsewhere may carry."""

_ENGLISH, _CHINESE = Locale("en", "GB"), Locale("zh", "CN", script="Hans")
_OFFICIAL_CHINESE = {"TW": "中国台湾"}
"""Where China's official names differ from Babel's; Hong Kong and Macao have theirs there."""

_NOT_LISTED = _("“%(value)s” is not in the list: choose from the list.")


def locale() -> Locale:
    """Return Babel's locale for the active language."""
    return _CHINESE if (get_language() or "en").startswith("zh") else _ENGLISH


def country_name(code: str) -> str:
    """Return a country's name in the reader's language, or the code itself where there is none."""
    if code == UNKNOWN_COUNTRY:
        return str(_("Unknown country"))
    return territory(code, locale())


def territory(code: str, reader: Locale) -> str:
    """Return a country's name in a language, as its readers' law writes it, or the code itself where there is none."""
    official = _OFFICIAL_CHINESE if reader.language == "zh" else {}
    return official.get(code) or str(reader.territories.get(code, code))


def currency_name(code: str) -> str:
    """Return a currency's name in the reader's language with its code."""
    return f"{get_currency_name(code, locale=locale())} ({code})"


def country_choices() -> list[tuple[str, str]]:
    """Return every country's code and name, in the order the reader looks them up."""
    return list(_countries(locale()))


def currency_choices() -> list[tuple[str, str]]:
    """Return every currency's code and name, in the order the reader looks them up."""
    return list(_currencies(locale()))


def zone_choices() -> list[tuple[str, str]]:
    """Return every time zone that a place keeps, with what the reader calls it."""
    return list(_zones(locale()))


def zone_name(zone: str) -> str:
    """Return what the reader calls a time zone: `China (Shanghai) Time`."""
    return get_timezone_location(zone, locale=locale())


def zone_city(zone: str) -> str:
    """Return the place that gives a time zone its name, in the reader's language: `Shanghai`."""
    return get_timezone_location(zone, locale=locale(), return_city=True)


@cache
def _countries(reader: Locale) -> tuple[tuple[str, str], ...]:
    return _sorted(((code, territory(code, reader)) for code in COUNTRIES), reader)


@cache
def _currencies(reader: Locale) -> tuple[tuple[str, str], ...]:
    return _sorted(((code, f"{get_currency_name(code, locale=reader)} ({code})") for code in CURRENCIES), reader)


@cache
def _zones(reader: Locale) -> tuple[tuple[str, str], ...]:
    known = (zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return tuple((zone, get_timezone_location(zone, locale=reader)) for zone in sorted(known))


def _sorted(pairs: Any, reader: Locale) -> tuple[tuple[str, str], ...]:
    # GB 2312 lists its common characters by pinyin, so their GBK bytes sort Chinese names by sound.
    def plain(name: str) -> bytes:
        if reader.language == "zh":
            return name.encode("gbk", "replace")
        return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").lower()

    return tuple(sorted(pairs, key=lambda pair: plain(pair[1])))


class _CodeField(forms.ChoiceField):
    """A code chosen by its name; what is typed past the page may be written small."""

    default_error_messages = {"invalid_choice": _NOT_LISTED}

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).strip().upper()


class CountryField(_CodeField):
    """A country chosen by its name. `none` is what choosing no country means, and makes the field optional."""

    def __init__(self, *, none: Any = None, **kwargs: Any) -> None:
        choices = country_choices if none is None else _with_none(none, country_choices)
        super().__init__(choices=choices, required=none is None, **kwargs)


class CurrencyField(_CodeField):
    """A currency chosen by its name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=currency_choices, **kwargs)


class CountriesField(forms.MultipleChoiceField):
    """Any number of countries, ticked by their names; cleaned to codes. A list of codes in one text is understood too."""

    widget = forms.CheckboxSelectMultiple(attrs={"class": "sk-many"})
    default_error_messages = {"invalid_choice": _NOT_LISTED}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=country_choices, **kwargs)

    def to_python(self, value: Any) -> list[str]:
        found = super().to_python(value)
        return [code.upper() for each in found for code in each.replace(",", " ").split()]


class _Suggesting(forms.TextInput):
    """A text box that offers names for the codes one may type."""

    def __init__(self, suggestions: Callable[[], Sequence[tuple[str, str]]]) -> None:
        super().__init__()
        self.suggestions = suggestions

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        listed = f"{(attrs or {}).get('id', name)}_list"
        box = super().render(name, value, {**(attrs or {}), "list": listed}, renderer)
        return format_html(
            '{}<datalist id="{}">{}</datalist>', box, listed, format_html_join("", '<option value="{}">{}</option>', self.suggestions())
        )


class ZoneField(forms.CharField):
    """A time zone by its name in the IANA list; the box offers the places one may look for."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=64, widget=_Suggesting(zone_choices), **kwargs)


def _with_none(none: Any, choices: Callable[[], list[tuple[str, str]]]) -> Callable[[], list[tuple[str, Any]]]:
    return lambda: [("", none), *choices()]
