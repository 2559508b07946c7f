"""What the names of goods tell of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.selling.catalog.rules.derive_traits import QUESTIONS, derive_traits


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("RED RETROSPOT JUMBO BAG", (("colour", "red"), ("pattern", "spots"))),
        ("WHITE HANGING HEART T-LIGHT HOLDER", (("colour", "white"), ("pattern", "hearts"))),
        ("SET OF 3 BUTTERFLY COOKIE CUTTERS", ()),
        ("WOODEN PICTURE FRAME WHITE FINISH", (("colour", "white"), ("material", "wood"))),
        ("Set/6 Red Spotty Paper Plates", (("colour", "red"), ("material", "paper"), ("pattern", "spots"))),
        ("PINK REGENCY TEACUP AND SAUCER", (("colour", "pink"), ("material", "ceramic"), ("pattern", "flowers"))),
        ("BLUE AND WHITE STRIPED ENAMEL JUG", (("colour", "blue"), ("colour", "white"), ("material", "enamel"), ("pattern", "stripes"))),
        # Whole words only: a sacred heart is not red, a tinsel garland not of tin, a carrot no car.
        ("SACRED TINSEL GARLAND", ()),
        ("", ()),
    ],
)
def test_a_name_tells_what_stands_in_it(name: str, told: tuple[tuple[str, str], ...]) -> None:
    assert derive_traits(name) == told


def test_every_answer_is_found_by_its_own_words_and_codes_are_told_apart() -> None:
    for question in QUESTIONS:
        assert len({answer.code for answer in question.answers}) == len(question.answers)
        for answer in question.answers:
            assert (question.code, answer.code) in derive_traits(answer.words.split(",")[0])


@given(st.text(max_size=200))
def test_any_text_is_answered_with_known_codes_once_each(name: str) -> None:
    told = derive_traits(name)

    known = {(question.code, answer.code) for question in QUESTIONS for answer in question.answers}
    assert set(told) <= known
    assert len(set(told)) == len(told)
