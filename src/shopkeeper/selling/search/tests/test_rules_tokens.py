"""How words are made: worked cases in English and Chinese, and what holds for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.selling.search.rules import literals, stems, tokens
from shopkeeper.selling.search.rules.tokens import Term


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Red Teapots", ["red", "teapots", "teapot"]),
        ("Children’s cutlery", ["childrens", "children", "cutlery", "cutleri"]),
        ("Seven o'clock 0'0", ["seven", "oclock", "00"]),
        ("T-Light holder", ["t", "light", "holder", "tlight"]),
        ("红茶壶", ["红", "茶", "壶", "红茶", "茶壶"]),
        ("3层蛋糕架 Cake", ["3", "层", "蛋", "糕", "架", "层蛋", "蛋糕", "糕架", "cake", "cak"]),
        ("Café Ｔｅａ", ["cafe", "caf", "tea"]),
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
    assert stems.light_stem(word) == stem


@pytest.mark.parametrize(
    "family",
    [
        "paint painted painting", "knit knitted knitting", "print prints printed",
        "decorate decorated decorating decoration decorations decorative",
        "make making", "cosy cosies", "hang hanging", "candle candles", "bake baking baked", "store storing",
    ],
)  # fmt: skip
def test_what_was_done_and_the_doing_meet(family: str) -> None:
    assert len({stems.deep_stem(stems.light_stem(word)) for word in family.split()}) == 1


@pytest.mark.parametrize(
    "pair", ["paper pap", "ring r", "bed b", "string str", "wedding wed", "evening even", "plate pl", "red re", "pudding pud"]
)
def test_words_that_only_look_like_a_doing_stay_apart(pair: str) -> None:
    first, second = pair.split()

    assert stems.deep_stem(first) != stems.deep_stem(second)
    assert len(stems.deep_stem(first)) >= 3


def test_idle_words_are_not_asked_for_unless_they_are_all() -> None:
    assert tokens.query_pieces("a box for the tea") == ["box", "tea"]
    assert tokens.query_pieces("红色的茶壶") == ["红色", "茶壶"]
    assert tokens.query_pieces("the") == ["the"]
    assert tokens.query_pieces("的") == ["的"]


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
    assert literals.tsquery(tokens.query_terms("tea & !pot | 'x'")) == "('tea') & ('pot') & ('x' | 'x':*)"
    assert literals.tsvector({"A": ["tea tea"], "B": ["pot"]}) == "'tea':1A,2A 'pot':3B"


def test_a_stem_counts_least_wherever_the_word_stands() -> None:
    assert literals.tsvector({"A": ["Painted cups"]}) == "'painted':1A 'paint':2D 'cups':3A 'cup':4A"
    assert literals.tsvector({"A": ["杯"]}, {"D": ["~bei"]}) == "'杯':1A '~bei':2D"


def test_a_condition_may_be_met_by_a_synonym_or_by_a_reading() -> None:
    term = Term(("couch",), "", ((Term(("sofa",)),), (Term(("day",)), Term(("bed",)))))

    assert literals.condition(term) == "('couch' | (('sofa')) | (('day') & ('bed')))"
    assert literals.condition(Term(("hongcha",), reading="hongcha")) == "('hongcha' | '~hongcha':*)"


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
