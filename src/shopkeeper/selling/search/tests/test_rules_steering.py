"""Words that mean the same, as they widen a query; what may be kept of one."""

import pytest

from shopkeeper.selling.search.rules import asked, literals, steering
from shopkeeper.selling.search.rules.tokens import query_pieces

GROUPS = (steering.groups("Couch\nsofa\nday bed\n沙发"), steering.groups("夜灯\nnight light"))


def query(text: str) -> str:
    return literals.tsquery(steering.terms(query_pieces(text), GROUPS))


def test_a_word_may_be_said_in_any_of_its_ways() -> None:
    assert query("red sofas") == "('red') & ('sofas' | 'sofa' | 'sofas':* | (('couch')) | (('day') & ('bed')) | (('沙发')))"


def test_a_phrase_of_several_words_is_taken_whole() -> None:
    assert query("night light") == "((('night') & ('light' | 'light':*)) | (('夜灯')))"
    assert query("night lamp") == "('night') & ('lamp' | 'lamp':*)"


def test_a_phrase_inside_a_run_of_chinese_is_seen() -> None:
    assert query("红沙发") == "('红') & ('沙发' | (('couch')) | (('sofa' | 'sof')) | (('day') & ('bed')))".replace(
        "('sofa' | 'sof')", "('sofa')"
    )


def test_without_groups_nothing_changes() -> None:
    from shopkeeper.selling.search.rules.tokens import query_terms

    assert steering.terms(query_pieces("red 小夜灯 lamps"), ()) == query_terms("red 小夜灯 lamps")


def test_a_query_is_compared_folded_and_in_the_singular() -> None:
    assert steering.key("  Red TEAPOTS! ") == "red teapot"
    assert steering.key("Ｃａｆé") == "cafe"
    assert steering.key("!?") == ""


@pytest.mark.parametrize(
    ("text", "holds", "days", "kept"),
    [
        ("teapot", True, 1, True),
        ("anna miller", False, 1, False),
        ("anna miller", False, 2, False),
        ("samovar", False, 3, True),
        ("ann@example.com", True, 9, False),
        ("ann＠example.com", True, 9, False),
        ("138 0013 8000", True, 9, False),
        ("85123a", True, 1, True),
        ("x" * 61, True, 9, False),
        ("", True, 9, False),
    ],
)
def test_only_words_of_goods_and_what_several_days_asked_for_are_kept(text: str, holds: bool, days: int, kept: bool) -> None:
    assert asked.may_be_kept(text, holds_goods=holds, days=days) is kept
