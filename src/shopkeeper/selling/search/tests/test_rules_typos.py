"""What somebody meant who mistyped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.selling.search.rules import typos

LETTERS = st.text(alphabet="abcdefg", min_size=4, max_size=7)


@pytest.mark.parametrize(
    ("typed", "meant", "number"),
    [("lantern", "lantern", 0), ("lantren", "lantern", 1), ("lanern", "lantern", 1), ("lanttern", "lantern", 1), ("lantarn", "lantern", 1),
     ("lntrn", "lantern", 2), ("cup", "lantern", 4)],
)  # fmt: skip
def test_slips_are_counted_and_swapped_neighbours_are_one(typed: str, meant: str, number: int) -> None:
    assert typos.slips(typed, meant) == number
    assert typos.slips(meant, typed) == number


@given(LETTERS, st.integers(0, 6), st.sampled_from("abcdefgxyz"), st.sampled_from(["out", "in", "other", "swap"]))
def test_a_word_and_any_one_slip_of_it_meet_in_a_key(word: str, at: int, letter: str, kind: str) -> None:
    at = min(at, len(word) - 1)
    slipped = {
        "out": word[:at] + word[at + 1 :],
        "in": word[:at] + letter + word[at:],
        "other": word[:at] + letter + word[at + 1 :],
        "swap": word[: max(at - 1, 0)] + word[max(at - 1, 0) : at + 1][::-1] + word[at + 1 :],
    }[kind]

    assert typos.slips(slipped, word) <= 1
    if len(slipped) >= typos.SHORTEST:
        assert typos.keys(slipped) & typos.keys(word)


def test_short_words_are_right_as_they_are() -> None:
    assert typos.keys("cup") == frozenset()
    assert typos.meant("cup", {"cap": 9}) == ""


def test_the_nearest_word_is_meant_then_that_of_most_goods() -> None:
    assert typos.meant("lantren", {"lantern": 1, "lander": 99}) == "lantern"
    assert typos.meant("tabl", {"table": 2, "tabs": 5}) == "tabs"
    assert typos.meant("lamq", {"lamp": 1, "damq": 9}) == "lamp"
    assert typos.meant("xxxxx", {"lantern": 1}) == ""


def test_two_slips_are_forgiven_in_long_words_only() -> None:
    assert typos.meant("decoratoin", {"decoration": 1}) == "decoration"
    assert typos.meant("chrsitmsa", {"christmas": 1}) == "christmas"
    assert typos.meant("lntrn", {"lantern": 1}) == ""


def test_words_are_cut_and_joined_where_the_parts_or_the_whole_are_known() -> None:
    assert typos.cut("nightlight", {"night": 3, "light": 8, "nig": 1}) == ("night", "light")
    assert typos.cut("nightlight", {"night": 3}) is None
    assert typos.joined(["red", "door", "mat"], ["doormat"]) == ["red", "doormat"]
    assert typos.joined(["door", "mat"], []) == ["door", "mat"]
