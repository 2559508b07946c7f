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
