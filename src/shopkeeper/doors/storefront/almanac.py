"""The day as an old calendar names it: which of the 24 solar terms it belongs to."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shopkeeper.kit.text import Bilingual

# From the spring equinox (solar longitude 0°), one for each 15° of the sun's way.
TERMS = tuple(
    Bilingual(en=en, zh=zh)
    for en, zh in (
        ("Spring Equinox", "春分"), ("Clear and Bright", "清明"), ("Grain Rain", "谷雨"), ("Start of Summer", "立夏"),
        ("Grain Buds", "小满"), ("Grain in Ear", "芒种"), ("Summer Solstice", "夏至"), ("Slight Heat", "小暑"),
        ("Great Heat", "大暑"), ("Start of Autumn", "立秋"), ("End of Heat", "处暑"), ("White Dew", "白露"),
        ("Autumn Equinox", "秋分"), ("Cold Dew", "寒露"), ("Frost Descends", "霜降"), ("Start of Winter", "立冬"),
        ("Light Snow", "小雪"), ("Heavy Snow", "大雪"), ("Winter Solstice", "冬至"), ("Slight Cold", "小寒"),
        ("Great Cold", "大寒"), ("Start of Spring", "立春"), ("Rain Water", "雨水"), ("Insects Awaken", "惊蛰"),
    )
)  # fmt: skip

# The calendar reckons in the time of Beijing, wherever the reader is.
_ZONE = ZoneInfo("Asia/Shanghai")
_J2000 = datetime(2000, 1, 1, 12, tzinfo=ZoneInfo("UTC"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A solar term; `is_first_day` tells whether it begins on the day asked for."""

    name: Bilingual
    is_first_day: bool


def sun_longitude(moment: datetime) -> float:
    """Return the sun's apparent ecliptic longitude in degrees, right to about 0.01° between 1950 and 2050.

    Source: The Astronomical Almanac, low-precision formulas for the Sun.
    """
    days = (moment - _J2000) / timedelta(days=1)
    anomaly = math.radians((357.528 + 0.9856003 * days) % 360)
    return (280.460 + 0.9856474 * days + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly)) % 360


def solar_term(day: date) -> Term:
    """Return the solar term a calendar day belongs to; a term's first day is the one in which it begins in Beijing."""
    return Term(name=TERMS[_index(day)], is_first_day=_index(day) != _index(day - timedelta(days=1)))


def _index(day: date) -> int:
    ends = datetime(day.year, day.month, day.day, tzinfo=_ZONE) + timedelta(days=1)
    return int(sun_longitude(ends) // 15)
