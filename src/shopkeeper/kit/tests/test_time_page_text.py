from datetime import UTC, date, datetime, timedelta

from shopkeeper.kit.page import Page
from shopkeeper.kit.text import Bilingual
from shopkeeper.kit.time import day_of, day_starts, from_microseconds, moment_at, to_microseconds


def test_a_day_belongs_to_its_zone():
    late = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)

    assert day_of(late, "Europe/London") == date(2026, 11, 22)
    assert day_of(late, "Asia/Shanghai") == date(2026, 11, 23)


def test_a_day_of_the_clock_change_lasts_twenty_three_hours():
    day = day_starts(date(2026, 3, 29), "Europe/London")
    following = day_starts(date(2026, 3, 30), "Europe/London")

    assert following - day == timedelta(hours=23)


def test_microseconds_go_there_and_back_exactly():
    moment = datetime(2011, 9, 30, 17, 22, 0, 123457, tzinfo=UTC)

    assert from_microseconds(to_microseconds(moment)) == moment


def test_a_page_knows_its_neighbours():
    page = Page(items=(1, 2), total=5, number=2, size=2)

    assert (page.pages, page.has_previous, page.has_next) == (3, True, True)
    assert Page(items=(), total=0).pages == 1


def test_a_missing_text_falls_back_to_the_other_language():
    assert Bilingual(en="Tea", zh="茶").pick("zh-hans") == "茶"
    assert Bilingual(en="Tea").pick("zh-hans") == "Tea"
    assert Bilingual(zh="茶").pick("en") == "茶"


def at(text: str):
    """Return what a clock on the wall shows: a time without a zone."""
    return datetime.fromisoformat(text)


def test_clocks_that_are_put_forward_skip_times_and_those_put_back_show_some_twice() -> None:
    london, shanghai = "Europe/London", "Asia/Shanghai"

    assert moment_at(at("2027-03-28T00:59"), london) == datetime(2027, 3, 28, 0, 59, tzinfo=UTC)
    assert moment_at(at("2027-03-28T01:00"), london) is None
    assert moment_at(at("2027-03-28T01:59"), london) is None
    assert moment_at(at("2027-03-28T02:00"), london) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    # An hour that comes twice: the first time, still in summer.
    assert moment_at(at("2026-10-25T01:30"), london) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert moment_at(at("2026-07-01T12:00"), shanghai) == datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
