"""How words are made: worked cases in English and Chinese, and what holds for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.selling.search.rules import tokens
from shopkeeper.selling.search.rules.tokens import Term


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Red Teapots", ["red", "teapots", "teapot"]),
        ("Children’s cutlery", ["childrens", "children", "cutlery"]),
        ("Seven o'clock 0'0", ["seven", "oclock", "00"]),
        ("T-Light holder", ["t", "light", "holder", "tlight"]),
        ("红茶壶", ["红", "茶", "壶", "红茶", "茶壶"]),
        ("3层蛋糕架 Cake", ["3", "层", "蛋", "糕", "架", "层蛋", "蛋糕", "糕架", "cake"]),
        ("Café Ｔｅａ", ["cafe", "tea"]),
        ("85123A", ["85123a"]),
        ("𠮷", ["𠮷"]),
        ("🫖 !? — …", []),
        ("", []),
    ],
)
def test_a_text_becomes_these_tokens(text: str, found: list[str]) -> None:
    assert tokens.index_tokens(text) == found


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("berries", "berry"), ("boxes", "box"), ("dishes", "dish"), ("watches", "watch"), ("glasses", "glass"), ("candles", "candle"),
        ("glass", "glass"), ("cactus", "cactus"), ("iris", "iris"), ("bus", "bus"), ("gas", "gas"), ("ties", "tie"), ("pies", "pie"),
        ("paper", "paper"), ("roses", "rose"), ("cases", "case"),
    ],
)  # fmt: skip
def test_plurals_meet_their_singular(word: str, stem: str) -> None:
    assert tokens.light_stem(word) == stem


def test_a_query_asks_for_every_word_and_leaves_the_last_one_open() -> None:
    assert tokens.query_terms("Red teapots") == [Term(("red",)), Term(("teapots", "teapot"), "teapots")]
    assert tokens.query_terms("red te") == [Term(("red",)), Term(("te",), "te")]


def test_a_chinese_query_asks_for_pairs_and_a_single_character_for_itself() -> None:
    assert tokens.query_terms("茶壶") == [Term(("茶壶",))]
    assert tokens.query_terms("红茶壶") == [Term(("红茶",)), Term(("茶壶",))]
    assert tokens.query_terms("茶") == [Term(("茶",))]


@pytest.mark.parametrize("nothing", ["", "   ", "!?", "🫖", "\x00", "'", "&|!:*()"])
def test_nothing_typed_asks_nothing(nothing: str) -> None:
    assert tokens.query_terms(nothing) == []


def test_a_query_is_cut_to_its_measure() -> None:
    assert len(tokens.query_terms(" ".join(f"w{n}" for n in range(500)))) == tokens.MOST_TERMS


def test_quotes_and_operators_in_a_text_stay_plain_words() -> None:
    assert tokens.tsquery(tokens.query_terms("tea & !pot | 'x'")) == "('tea') & ('pot') & ('x' | 'x':*)"
    assert tokens.tsvector({"A": ["tea tea"], "B": ["pot"]}) == "'tea':1A,2A 'pot':3B"


@given(st.text(max_size=60))
def test_whatever_is_typed_is_found_in_a_text_that_holds_it(text: str) -> None:
    held = set(tokens.index_tokens(text))

    for term in tokens.query_terms(text):
        assert held & set(term.words) or any(token.startswith(term.prefix) for token in held if term.prefix)


@given(st.text(max_size=60))
def test_tokens_are_never_empty_and_need_no_escaping(text: str) -> None:
    for token in tokens.index_tokens(text):
        assert token
        assert not set(token) & set("'\\:*&|!() \x00")
