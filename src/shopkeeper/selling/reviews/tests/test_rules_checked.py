"""What a writer may write: no database."""

import pytest

from shopkeeper.kit.refusals import Malformed, OutOfRange, Refusal
from shopkeeper.selling.reviews.rules import checked
from shopkeeper.selling.reviews.shapes import HideReason, NeedsReason, Rating, ReviewState, Summary
from shopkeeper.selling.reviews.tests.builders import draft


@pytest.mark.parametrize("name", ["ann@example.com", "Ann @home", "call 020 7946 0000", "微信 13800138000"])
def test_a_name_by_which_a_stranger_could_reach_the_writer_is_refused(name: str) -> None:
    with pytest.raises(Malformed) as refused:
        checked.shown_name(name)

    assert refused.value.field == "shown_name"


@pytest.mark.parametrize("name", ["Ann", "王小明", "Ann from N1", "Reader 1984"])
def test_any_other_name_is_the_writer_s_to_choose(name: str) -> None:
    assert checked.shown_name(f"  {name} ") == name


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stars", 0), ("stars", 6), ("stars", True), ("shown_name", " "), ("shown_name", "a" * 41), ("title", "a" * 121), ("title", "a\nb"),
        ("text", "a" * 4_001), ("text", "bell\x07"), ("language", "fr"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_its_field(field: str, value: object) -> None:
    with pytest.raises((Malformed, OutOfRange)) as refused:
        checked.draft(draft(**{field: value}))

    assert refused.value.field == field


def test_stars_alone_are_a_review() -> None:
    assert checked.draft(draft(title="", text=" \r\n ")).text == ""


@pytest.mark.parametrize(
    ("state", "reason", "refusal"),
    [
        ("hidden", "", NeedsReason), ("shown", "abusive", NeedsReason), ("hidden", "bad for trade", Malformed), ("waiting", "", Malformed),
        ("deleted", "abusive", Malformed),
    ],
)  # fmt: skip
def test_hiding_needs_a_reason_of_the_list_and_showing_none(state: str, reason: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        checked.verdict(state, reason)


def test_a_verdict_that_is_one_is_returned() -> None:
    assert checked.verdict("shown", "") == (ReviewState.SHOWN, "")
    assert [checked.verdict("hidden", each.value)[1] for each in HideReason] == [each.value for each in HideReason]


@pytest.mark.parametrize(
    ("by_stars", "tenths", "whole", "share_of_five"),
    [
        ((0, 0, 0, 0, 0), 0, 0, 0),
        ((0, 0, 0, 0, 1), 50, 5, 100),
        ((1, 0, 0, 0, 1), 30, 3, 50),
        ((0, 0, 0, 1, 2), 47, 5, 67),
        ((1, 0, 0, 2, 0), 30, 3, 0),
        ((0, 0, 0, 3, 1), 43, 4, 25),  # 4.25: halves rounded up
    ],
)
def test_the_mean_is_rounded_the_way_people_do(
    by_stars: tuple[int, int, int, int, int], tenths: int, whole: int, share_of_five: int
) -> None:
    found = Summary(by_stars=by_stars)

    assert (found.rating.tenths, found.rating.whole, found.share(5)) == (tenths, whole, share_of_five)


def test_what_is_hidden_or_waits_is_not_in_the_mean() -> None:
    assert Summary(by_stars=(0, 0, 0, 0, 2), hidden=9, waiting=4).rating == Rating(count=2, total=10)
