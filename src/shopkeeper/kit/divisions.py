"""Provinces, cities and districts of an address: of mainland China as lists that depend on each other, of a few countries one list.

In an address of China `region` is the province, `city` the prefecture and the district behind a blank: “浙江省”, “杭州市 西湖区”.
"""

import re
from functools import cache
from pathlib import Path

from shopkeeper.kit.checks import shown
from shopkeeper.kit.refusals import Malformed

_SOURCE = Path(__file__).parent / "divisions_cn.txt"

UNNAMED = frozenset({"省直辖县", "自治区直辖县级行政区划", "县"})
"""Prefectures that exist in the list alone: what lies in them belongs to its province, and its address does not name them."""

_US = """
    AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|DC District of Columbia|FL Florida|
    GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|
    MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|
    NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|PR Puerto Rico|RI Rhode Island|
    SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|
    WY Wyoming
"""
_CA = """
    AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia|NT Northwest Territories|
    NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon
"""
_AU = """
    ACT Australian Capital Territory|NSW New South Wales|NT Northern Territory|QLD Queensland|SA South Australia|TAS Tasmania|VIC Victoria|
    WA Western Australia
"""
_SHORT = {"US": _US, "CA": _CA, "AU": _AU}
"""Where a state is part of every address and the list is short. Codes of ISO 3166-2."""

_MOBILE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(?:\+?86)?0?[1-9][0-9]{1,2}[0-9]{7,8}(?:(?:#|x|转)[0-9]{1,6})?")


@cache
def _china() -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for line in _SOURCE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        if line.startswith(" "):
            city, _colon, districts = line.strip().partition(":")
            found[next(reversed(found))][city] = tuple(districts.split(" "))
        else:
            found[line] = {}
    return found


def provinces() -> tuple[str, ...]:
    """Return the provinces of mainland China."""
    return tuple(_china())


def cities(province: str) -> tuple[str, ...]:
    """Return the cities of a province; none for one that is not known."""
    return tuple(_china().get(province, ()))


def districts(province: str, city: str) -> tuple[str, ...]:
    """Return the districts of a city of a province; none where it is not known."""
    return _china().get(province, {}).get(city, ())


def regions(country: str) -> tuple[tuple[str, str], ...]:
    """Return the states of a country, code and name, where the list is short and part of every address; else none."""
    rows = [row.strip() for row in _SHORT.get(country, "").split("|")]
    return tuple((code, name) for code, _blank, name in (row.partition(" ") for row in rows if row))


def joined(city: str, district: str) -> str:
    """Return city and district as an address keeps them."""
    return f"{city} {district}".strip()


def parted(city: str) -> tuple[str, str]:
    """Return the city and the district of what an address of China keeps; no district where it names none."""
    first, _blank, rest = city.partition(" ")
    return first, rest.strip()


def checked(province: str, city: str, district: str) -> tuple[str, str]:
    """Return region and city of an address, chosen from the lists of China. Raises Malformed, naming the list that does not fit."""
    if province not in _china():
        raise Malformed("region", shown(province), expected="choice")
    if city not in cities(province):
        raise Malformed("city", shown(city), expected="choice")
    if district not in districts(province, city):
        raise Malformed("district", shown(district), expected="choice")
    return province, joined(city, district)


def postcode(value: str) -> str:
    """Return a postcode of China, which may be empty. Raises Malformed where it is not six figures."""
    if value and not re.fullmatch(r"[0-9]{6}", value):
        raise Malformed("postcode", shown(value), expected="cn_postcode")
    return value


def phone(value: str) -> str:
    """Return a number that a carrier in China can call, which may be empty: a mobile of eleven figures or a landline with its area code.

    A number of another country begins with + and its code. Raises Malformed.
    """
    bare = re.sub(r"[\s()/.-]", "", value)
    is_foreign = bare.startswith("+") and not bare.startswith("+86")
    if bare and not is_foreign and not _MOBILE.fullmatch(bare) and not (bare.lstrip("+86").startswith("0") and _LANDLINE.fullmatch(bare)):
        raise Malformed("phone", shown(value), expected="cn_phone")
    return value


def lines(*, name: str, line1: str, line2: str, city: str, region: str, postcode: str, country: str) -> tuple[str, ...]:
    """Return an address line by line as its own country writes it, without the country: in China from the province down, name last.

    A line that would be empty is left out.
    """
    if country != "CN":
        return tuple(part for part in (name, line1, line2, f"{city} {postcode}".strip(), region) if part)
    town, district = parted(city)
    place = "".join(dict.fromkeys(part for part in (region, "" if town in UNNAMED else town, district) if part))
    return tuple(part for part in (postcode, place, f"{line1} {line2}".strip(), name) if part)
