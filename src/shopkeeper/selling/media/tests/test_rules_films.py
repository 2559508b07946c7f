"""Rules: which bytes of a film are asked for, and what is a track."""

import pytest

from shopkeeper.selling.media.rules import stretches, tracks
from shopkeeper.selling.media.shapes import BeyondTheEnd, NotATrack

MOST = stretches.MOST_AT_ONCE


@pytest.mark.parametrize(
    ("header", "size", "found"),
    [
        ("", 100, None), ("bytes=0-", 100, (0, 99)), ("bytes=0-1", 100, (0, 1)), ("bytes=90-200", 100, (90, 99)),
        ("bytes=-10", 100, (90, 99)),
        ("bytes=-500", 100, (0, 99)), ("bytes=5-2", 100, None), ("bytes=0-1,5-6", 100, None), ("items=0-1", 100, None),
        ("bytes=-", 100, None),
        ("bytes=0-", 10 * MOST, (0, MOST - 1)), (f"bytes={MOST}-", 10 * MOST, (MOST, 2 * MOST - 1)), ("bytes=-1", 100, (99, 99)),
    ],
)  # fmt: skip
def test_a_stretch_is_what_is_asked_for_within_the_film(header: str, size: int, found: tuple[int, int] | None) -> None:
    assert stretches.asked(header, size) == found


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_what_lies_beyond_the_end_is_refused(header: str) -> None:
    with pytest.raises(BeyondTheEnd):
        stretches.asked(header, 100)


def test_pieces_make_the_film_again() -> None:
    content = bytes(2 * stretches.PIECE + 5)

    assert [len(each) for each in stretches.pieces(content)] == [stretches.PIECE, stretches.PIECE, 5]
    assert b"".join(stretches.pieces(content)) == content


GOOD = "WEBVTT - kettle\n\nNOTE by Ann\n\n1\n00:01.000 --> 00:02.500 align:start\nThe water boils.\n\n00:00:03.000 --> 00:00:04.000\nTea!\n"


def test_a_track_is_taken_with_its_line_ends_made_even() -> None:
    assert tracks.tidy("\ufeff" + GOOD.replace("\n", "\r\n")) == GOOD


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1), ("<html>", 1), ("WEBVTTX\n\n00:01.000 --> 00:02.000\na", 1), ("WEBVTT\n00:01.000 --> 00:02.000\na", 2),
        ("WEBVTT\n\n00:01,000 --> 00:02,000\na", 3), ("WEBVTT\n\n00:03.000 --> 00:02.000\na", 3), ("WEBVTT\n\njust words", 3),
        ("WEBVTT\n\n1\nno times\nwords", 4), ("WEBVTT\n\n00:05.000 --> 00:06.000\na\n\n00:01.000 --> 00:02.000\nb", 6),
        ("WEBVTT", 1), ("WEBVTT\n\nNOTE nothing", 3), ("WEBVTT\n\n00:61.000 --> 01:62.000\na", 3),
    ],
)  # fmt: skip
def test_what_is_no_track_is_refused_by_its_first_wrong_line(text: str, line: int) -> None:
    with pytest.raises(NotATrack) as refused:
        tracks.tidy(text)

    assert refused.value.line == line
