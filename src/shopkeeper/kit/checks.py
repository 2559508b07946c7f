"""Checks of single values as they come in: each returns the value made tidy, or raises a refusal that names the field."""

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from zoneinfo import available_timezones

from shopkeeper.kit.refusals import Malformed, OutOfRange
from shopkeeper.kit.text import LANGUAGES, Bilingual, Language

COUNTRIES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI
    CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ
    GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS
    LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG
    PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK
    TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()
)
"""ISO 3166-1 alpha-2, as assigned."""

CURRENCIES = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE
    CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES
    KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
    NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND
    TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
    """.split()
)
"""ISO 4217: money one can pay with, without metals, funds and test codes."""

WITHOUT_POSTCODES = frozenset(
    """
    AE AG AO AQ AW BF BI BJ BO BQ BS BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GH GM GN GQ GY HK HM IE JM KI KM KN KP LY ML MO MR MW NR
    NU PA QA RW SB SC SL SO SR SS ST SX SY TD TF TG TK TL TO TV UG VU WS YE ZW
    """.split()
)
"""Countries whose post uses no postcodes, or where an address usually goes without one."""

MOST_EMAIL = 254
MOST_POSTCODE = 20

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?")

_EMAIL = re.compile(
    r"[^\s@<>\"(),:;\[\]\\]{1,64}@"
    r"(?:[a-z0-9\u0080-\uffff](?:[a-z0-9\u0080-\uffff-]{0,61}[a-z0-9\u0080-\uffff])?\.)+"
    r"[a-z\u0080-\uffff][a-z0-9\u0080-\uffff-]{0,61}[a-z0-9\u0080-\uffff]",
    re.IGNORECASE,
)


def email(value: str, *, field: str = "email") -> str:
    """Return a mail address trimmed and in lower case. Raises Malformed."""
    tidy = value.strip().lower()
    if len(tidy) > MOST_EMAIL or ".." in tidy or not _EMAIL.fullmatch(tidy):
        raise Malformed(field, value[:MOST_EMAIL], expected="email")
    return tidy


def line(value: str, *, field: str, least: int = 0, most: int = 200) -> str:
    """Return one line of text, trimmed, with `least` to `most` characters.

    Raises Malformed for control characters, OutOfRange for the length.
    """
    tidy = unicodedata.normalize("NFC", _not_huge(value, field, least, most)).strip()
    # Printable ASCII, which most lines are, holds none of these: looked at in one go instead of letter by letter.
    is_plain = tidy.isascii() and tidy.isprintable()
    if not is_plain and any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in tidy):
        raise Malformed(field, shown(tidy), expected="line")
    return _of_length(tidy, field, least, most)


def paragraphs(value: str, *, field: str, least: int = 0, most: int = 100_000) -> str:
    """Return a longer text, trimmed, with Unix line ends. Raises Malformed for control characters, OutOfRange for the length."""
    tidy = unicodedata.normalize("NFC", _not_huge(value, field, least, most)).replace("\r\n", "\n").strip()
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in tidy):
        raise Malformed(field, shown(tidy), expected="text")
    return _of_length(tidy, field, least, most)


def country(value: str, *, field: str = "country") -> str:
    """Return an ISO 3166-1 alpha-2 code in capitals. Raises Malformed."""
    return _one_of(value.strip().upper(), COUNTRIES, field, value, "country")


def has_postcodes(country: str) -> bool:
    """Return whether an address in this country, an ISO code in capitals, needs a postcode."""
    return country not in WITHOUT_POSTCODES


def postcode(value: str, *, country: str, field: str = "postcode") -> str:
    """Return a postcode trimmed; it may be empty where the country has none. Raises OutOfRange where it is missing, Malformed."""
    return line(value, field=field, least=1 if has_postcodes(country) else 0, most=MOST_POSTCODE)


def currency(value: str, *, field: str = "currency") -> str:
    """Return an ISO 4217 code in capitals. Raises Malformed."""
    return _one_of(value.strip().upper(), CURRENCIES, field, value, "currency")


def zone(value: str, *, field: str = "zone") -> str:
    """Return the name of an IANA time zone. Raises Malformed."""
    return _one_of(value.strip(), _zones(), field, value, "zone")


@cache
def _zones() -> frozenset[str]:
    # Looking through the folders of zones takes milliseconds.
    return frozenset(available_timezones())


def language(value: str, *, field: str = "language") -> Language:
    """Return one of the shop's languages. Raises Malformed."""
    for known in LANGUAGES:
        if value.strip().lower() == known:
            return known
    raise Malformed(field, shown(value), expected="language")


def whole(value: int, *, field: str, least: int, most: int) -> int:
    """Return a whole number that lies within its bounds, both included. Raises Malformed or OutOfRange."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed(field, shown(str(value)), expected="whole_number")
    if not least <= value <= most:
        raise OutOfRange(field, value, least=least, most=most)
    return value


def both_lines(value: Bilingual, *, field: str, least: int = 0, most: int = 200) -> Bilingual:
    """Return a line in both languages, each within `most` characters; one language is enough to reach `least`.

    The fields at fault are called `<field>_en` and `<field>_zh`. Raises Malformed, OutOfRange.
    """
    tidy = Bilingual(line(value.en, field=f"{field}_en", most=most), line(value.zh, field=f"{field}_zh", most=most))
    if max(len(tidy.en), len(tidy.zh)) < least:
        raise OutOfRange(f"{field}_en", tidy.en, least=least, most=most)
    return tidy


def both_paragraphs(value: Bilingual, *, field: str, most: int) -> Bilingual:
    """Return a longer text in both languages, each within `most` characters. Raises Malformed, OutOfRange as `both_lines` does."""
    return Bilingual(paragraphs(value.en, field=f"{field}_en", most=most), paragraphs(value.zh, field=f"{field}_zh", most=most))


def slug(value: str, *, field: str = "slug", most: int = 80) -> str:
    """Return a name fit for an address: small Latin letters, digits and single hyphens. Raises Malformed or OutOfRange."""
    return _of_form(value.strip().lower(), _SLUG, field, most, "slug")


def code(value: str, *, field: str = "code", most: int = 40) -> str:
    """Return a short code in capitals, digits, points, hyphens and underscores. Raises Malformed or OutOfRange."""
    return _of_form(value.strip().upper(), _CODE, field, most, "code")


def _of_form(tidy: str, form: re.Pattern[str], field: str, most: int, expected: str) -> str:
    if len(tidy) > most:
        raise OutOfRange(field, shown(tidy), least=1, most=most)
    if not form.fullmatch(tidy):
        raise Malformed(field, shown(tidy), expected=expected)
    return tidy


def _one_of(tidy: str, known: Collection[str], field: str, value: str, expected: str) -> str:
    if tidy not in known:
        raise Malformed(field, shown(value), expected=expected)
    return tidy


def _not_huge(value: str, field: str, least: int, most: int) -> str:
    """Refuse a body of megabytes before its characters are looked at one by one; blanks around a good value are let through."""
    if len(value) > 4 * most + 1_000:
        raise OutOfRange(field, shown(value), least=least, most=most)
    return value


def _of_length(tidy: str, field: str, least: int, most: int) -> str:
    if not least <= len(tidy) <= most:
        raise OutOfRange(field, shown(tidy), least=least, most=most)
    return tidy


def shown(value: str) -> str:
    """Return what a refusal repeats of a value: enough to recognise it, never a whole novel, never a character that breaks the page."""
    return "".join(char if char.isprintable() else "�" for char in value[:80])
