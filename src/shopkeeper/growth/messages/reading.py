"""Money and dates as a reader of the mail expects them: in the reader's language, in the shop's zone and currency."""

from dataclasses import dataclass
from datetime import datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency

from shopkeeper.kit import money, places
from shopkeeper.kit.time import day_of


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads in `language`, in the shop's `country` (which decides between 22 November and November 22) and `zone`."""

    language: str
    country: str
    zone: str

    @property
    def locale(self) -> Locale:
        """Return the Babel locale; a country whose English Babel does not know reads plain English."""
        if self.language.startswith("zh"):
            return Locale.parse("zh_Hans_CN")
        try:
            return Locale.parse(f"en_{self.country}")
        except (UnknownLocaleError, ValueError):
            return Locale.parse("en")

    def money(self, minor: int, currency: str) -> str:
        """Return an amount of minor units with its currency sign."""
        return format_currency(money.to_decimal(minor, currency), currency, locale=self.locale)

    def day(self, moment: datetime) -> str:
        """Return the shop's calendar day of a moment, in words."""
        return format_date(day_of(moment, self.zone), "long", locale=self.locale)

    def country_name(self, code: str) -> str:
        """Return the country's name in the reader's language."""
        return places.territory(code, self.locale)
