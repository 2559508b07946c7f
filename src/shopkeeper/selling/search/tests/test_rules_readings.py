"""How Chinese names are found by their reading."""

import pytest

from shopkeeper.selling.search.rules import readings


def test_a_name_is_read_whole_and_by_its_initials_from_each_character_onwards() -> None:
    assert readings.tokens(("hong", "cha", "hu")) == ["~hongchahu", "~hch", "~chahu", "~ch", "~hu", "~h"]


def test_u_with_dots_is_found_as_v_and_as_u() -> None:
    assert {"~lvse", "~luse"} <= set(readings.tokens(("lv", "se")))


@pytest.mark.parametrize("word", ["hongcha", "hongchahu", "beizi", "chahu", "shuangxi", "zhuangshi", "xiaoyedeng", "hongchah"])
def test_words_of_two_syllables_are_likely_readings(word: str) -> None:
    assert readings.is_likely(word)


@pytest.mark.parametrize("word", ["cha", "hch", "hongch", "cake", "red", "tea", "light", "85123a", "", "x"])
def test_short_words_initials_and_codes_are_not(word: str) -> None:
    assert not readings.is_likely(word)


def test_only_short_words_of_letters_are_perhaps_readings() -> None:
    assert readings.is_perhaps("hch")
    assert not readings.is_perhaps("85123a")
    assert not readings.is_perhaps("é")
    assert not readings.is_perhaps("a" * 31)
