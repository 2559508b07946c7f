from datetime import UTC, datetime

import pytest

from shopkeeper.doors.console import sheets


def written(*cells):
    answer = sheets.response("csv", name="orders", head=["A"], rows=[cells], zone="Europe/London")
    return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[1]


@pytest.mark.parametrize("name", ["=1+1", "+44 20", "-2", "@SUM(A1)"])
def test_a_text_that_begins_like_a_formula_stays_a_text(name):
    assert written(name) == f"'{name}"


def test_numbers_moments_and_plain_texts_are_written_as_they_are():
    assert written(-5, "Anna = Ann", datetime(2026, 7, 1, 12, tzinfo=UTC)) == "-5,Anna = Ann,2026-07-01 13:00:00+01:00"


def test_notes_of_the_shop_itself_are_read_in_the_reader_s_language_and_people_s_own_stay():
    from django.utils import translation

    from shopkeeper.kit.console import own_words

    with translation.override("zh-hans"):
        assert own_words("derived from trade") == "由交易推算"
        assert own_words("dropped by Ann") == "dropped by Ann"
