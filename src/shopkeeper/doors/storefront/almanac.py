"""The day as an old calendar names it: which of the 24 solar terms it belongs to."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shopkeeper.kit.text import Bilingual

# From the spring equinox (solar longitude 0°), one for each 15° of the sun's way.
TERMS = (
    ("Chunfen", "Spring Equinox", "春分"), ("Qingming", "Clear and Bright", "清明"), ("Guyu", "Grain Rain", "谷雨"),
    ("Lixia", "Start of Summer", "立夏"), ("Xiaoman", "Grain Buds", "小满"), ("Mangzhong", "Grain in Ear", "芒种"),
    ("Xiazhi", "Summer Solstice", "夏至"), ("Xiaoshu", "Slight Heat", "小暑"), ("Dashu", "Great Heat", "大暑"),
    ("Liqiu", "Start of Autumn", "立秋"), ("Chushu", "End of Heat", "处暑"), ("Bailu", "White Dew", "白露"),
    ("Qiufen", "Autumn Equinox", "秋分"), ("Hanlu", "Cold Dew", "寒露"), ("Shuangjiang", "Frost Descends", "霜降"),
    ("Lidong", "Start of Winter", "立冬"), ("Xiaoxue", "Light Snow", "小雪"), ("Daxue", "Heavy Snow", "大雪"),
    ("Dongzhi", "Winter Solstice", "冬至"), ("Xiaohan", "Slight Cold", "小寒"), ("Dahan", "Great Cold", "大寒"),
    ("Lichun", "Start of Spring", "立春"), ("Yushui", "Rain Water", "雨水"), ("Jingzhe", "Insects Awaken", "惊蛰"),
)  # fmt: skip
_START_OF_SPRING = 21
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}

# The calendar reckons in the time of Beijing, wherever the reader is.
_ZONE = ZoneInfo("Asia/Shanghai")
_J2000 = datetime(2000, 1, 1, 12, tzinfo=ZoneInfo("UTC"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A solar term; `is_first_day` tells whether it begins on the day asked for.

    `gloss` is for readers who may not know the calendar: to them, “Light Snow” alone would be the weather.
    """

    name: Bilingual
    gloss: str
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
    index = _index(day)
    pinyin, english, chinese = TERMS[index]
    place = ordinal(index)
    ending = _ENDINGS.get(place % 10, "th") if place // 10 != 1 else "th"
    gloss = f"“{english}”, {place}{ending} solar term of the Chinese calendar"
    return Term(name=Bilingual(en=pinyin, zh=chinese), gloss=gloss, is_first_day=index != _index(day - timedelta(days=1)))


def ordinal(index: int) -> int:
    """Return which of the 24 terms, counted from the start of spring, stands at this place of TERMS."""
    return (index - _START_OF_SPRING) % len(TERMS) + 1


def _index(day: date) -> int:
    ends = datetime(day.year, day.month, day.day, tzinfo=_ZONE) + timedelta(days=1)
    return int(sun_longitude(ends) // 15)
