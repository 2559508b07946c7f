"""Tax numbers of businesses: the form each country publishes, and the check digit where its rule is public.

A number that passes is well formed; whether it is registered only the country's office can tell.
"""

import re

from shopkeeper.selling.customers.shapes import WrongTaxNumber

_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The signs of a Chinese unified social credit code: I, O, S, V and Z are left out."""

_FORMS = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}", "DE": r"\d{9}", "DK": r"\d{8}",
    "EE": r"\d{9}", "GR": r"\d{9}", "ES": r"[A-Z0-9]\d{7}[A-Z0-9]", "FI": r"\d{8}", "FR": r"[0-9A-HJ-NP-Z]{2}\d{9}", "HR": r"\d{11}",
    "HU": r"\d{8}", "IE": r"\d[0-9A-Z+*]\d{5}[A-Z]{1,2}", "IT": r"\d{11}", "LT": r"\d{9}|\d{12}", "LU": r"\d{8}", "LV": r"\d{11}",
    "MT": r"\d{8}", "NL": r"\d{9}B\d{2}", "PL": r"\d{10}", "PT": r"\d{9}", "RO": r"\d{2,10}", "SE": r"\d{12}", "SI": r"\d{8}",
    "SK": r"\d{10}", "GB": r"\d{9}|\d{12}|GD\d{3}|HA\d{3}", "CN": rf"[{_CREDIT}]{{18}}",
}  # fmt: skip
_ELSEWHERE = r"[A-Z0-9][A-Z0-9/-]{3,19}"
_PREFIXES = {"GR": ("EL", "GR"), "GB": ("GB", "XI")}


def checked(value: str, *, country: str) -> str:
    """Return a tax number without blanks, points and the country's own letters, in capitals. Raises WrongTaxNumber.

    `country` is a known ISO code. VAT numbers of the European Union and of Britain are kept without the letters before them.
    """
    tidy = re.sub(r"[\s.]", "", value.upper())
    if country in _FORMS and country != "CN":
        tidy = _bare(tidy.replace("-", ""), country)
    if not re.fullmatch(_FORMS.get(country, _ELSEWHERE), tidy):
        raise WrongTaxNumber(value[:80], country=country, fault="form")
    if not _CHECKS.get(country, lambda _number: True)(tidy):
        raise WrongTaxNumber(value[:80], country=country, fault="check digit")
    return tidy


def _bare(tidy: str, country: str) -> str:
    for prefix in _PREFIXES.get(country, (country,)):
        if tidy.startswith(prefix) and not re.fullmatch(_FORMS[country], tidy):
            return tidy[len(prefix) :]
    return tidy


def _china(number: str) -> bool:
    """GB 32100: the last sign makes the sum, weighted by powers of three, a multiple of 31."""
    total = sum(_CREDIT.index(sign) * pow(3, place, 31) for place, sign in enumerate(number[:17]))
    return _CREDIT.index(number[17]) == -total % 31


def _britain(number: str) -> bool:
    """The sum weighted 8 to 2 plus the last two digits is a multiple of 97, or is one with 55 added. Public bodies have no check."""
    if not number.isdigit():
        return True
    total = sum(weight * int(digit) for weight, digit in zip(range(8, 1, -1), number[:7], strict=True)) + int(number[7:9])
    return total % 97 == 0 or (total + 55) % 97 == 0


def _germany(number: str) -> bool:
    """ISO 7064, modulus 11,10."""
    product = 10
    for digit in number[:8]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(number[8])


def _france(number: str) -> bool:
    """Two figures from the company's nine; where they are letters, the rule is not public and only the company's nine are checked."""
    company = int(number[2:])
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number[2:]))]
    if sum(each - 9 if each > 9 else each for each in doubled) % 10:
        return False
    return not number[:2].isdigit() or int(number[:2]) == (12 + 3 * (company % 97)) % 97


_CHECKS = {"CN": _china, "GB": _britain, "DE": _germany, "FR": _france}
