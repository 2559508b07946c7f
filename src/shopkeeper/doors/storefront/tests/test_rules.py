"""Figures, days, texts and the calendar, without a database."""

from datetime import date

import pytest
from django.utils.translation import override

from shopkeeper.doors.storefront import almanac, forms, frame, reading
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import Malformed, OutOfRange


@pytest.mark.parametrize(
    ("day", "term", "is_first"),
    [
        (date(2024, 2, 4), "立春", True),
        (date(2024, 12, 21), "冬至", True),
        (date(2025, 4, 4), "清明", True),
        (date(2025, 4, 5), "清明", False),
        (date(2026, 11, 21), "立冬", False),
        (date(2026, 11, 22), "小雪", True),
        (date(2026, 3, 20), "春分", True),
    ],
)
def test_solar_terms_begin_on_the_days_of_the_calendar(day: date, term: str, is_first: bool) -> None:
    found = almanac.solar_term(day)

    assert found.name.zh == term
    assert found.is_first_day is is_first


@pytest.mark.parametrize(
    ("day", "name", "gloss"),
    [
        (date(2026, 11, 22), "Xiaoxue", "“Light Snow”, 20th solar term of the Chinese calendar"),
        (date(2026, 2, 4), "Lichun", "“Start of Spring”, 1st solar term of the Chinese calendar"),
        (date(2026, 2, 18), "Yushui", "“Rain Water”, 2nd solar term of the Chinese calendar"),
        (date(2026, 3, 5), "Jingzhe", "“Insects Awaken”, 3rd solar term of the Chinese calendar"),
        (date(2026, 6, 21), "Xiazhi", "“Summer Solstice”, 10th solar term of the Chinese calendar"),
        (date(2026, 7, 7), "Xiaoshu", "“Slight Heat”, 11th solar term of the Chinese calendar"),
        (date(2026, 12, 7), "Daxue", "“Heavy Snow”, 21st solar term of the Chinese calendar"),
        (date(2026, 1, 20), "Dahan", "“Great Cold”, 24th solar term of the Chinese calendar"),
    ],
)
def test_a_solar_term_says_in_english_that_it_is_no_weather(day: date, name: str, gloss: str) -> None:
    found = almanac.solar_term(day)

    assert (found.name.en, found.gloss) == (name, gloss)


def test_the_terms_are_counted_from_the_start_of_spring() -> None:
    assert sorted(almanac.ordinal(index) for index in range(24)) == list(range(1, 25))


def test_a_year_has_twenty_four_terms_in_order() -> None:
    year = [almanac.solar_term(date.fromordinal(date(2026, 1, 1).toordinal() + i)) for i in range(365)]

    assert [each.name.zh for each in year if each.is_first_day][:4] == ["小寒", "大寒", "立春", "雨水"]
    assert sum(each.is_first_day for each in year) == 24


def test_money_and_days_read_as_the_reader_writes_them() -> None:
    with override("en"):
        assert reading.money(123456, "GBP") == "£1,234.56"
        assert reading.short_day(date(2026, 11, 24)) == "Tue 24 Nov"
        assert reading.country("CN") == "China"
        assert reading.country("TW") == "Taiwan"
    with override("zh-hans"):
        assert reading.money(123456, "CNY") == "¥1,234.56"
        assert reading.short_day(date(2026, 11, 24)) == "11月24日周二"
        assert reading.country("CN") == "中国"
        assert reading.country("TW") == "中国台湾"


def test_yen_have_no_decimals() -> None:
    with override("en"):
        assert reading.money(1200, "JPY") == "JP¥1,200"


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("", Malformed),
        ("1.5", Malformed),
        ("１", Malformed),
        ("0", OutOfRange),
        ("10000", OutOfRange),
        ("-3", OutOfRange),
        ("9" * 30, Malformed),
        ("🙂", Malformed),
    ],
)
def test_a_quantity_is_a_whole_number_in_reach(value: str, wrong: type[Exception]) -> None:
    with pytest.raises(wrong):
        forms.units(value)


def test_page_numbers_show_ends_and_neighbours() -> None:
    def numbers(number: int, pages: int) -> list[int | None]:
        return frame.page_numbers(Page(items=(), total=pages * 10, number=number, size=10))

    assert numbers(1, 1) == [1]
    assert numbers(1, 9) == [1, 2, None, 9]
    assert numbers(5, 9) == [1, None, 4, 5, 6, None, 9]
    assert numbers(3, 9) == [1, 2, 3, 4, None, 9]
