"""What a page is found to lack, and what it is worth: every rule with a page that breaks it and one that does not."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.selling.content.rules import lengths, page_audit
from shopkeeper.selling.content.shapes_pages import Finding, PageFacts, Severity
from shopkeeper.selling.content.tests.builders import BROKEN, GOOD


def codes(page: PageFacts) -> list[str]:
    return [each.code for each in page_audit.judge(page)]


def test_a_page_without_a_fault_has_all_hundred_points() -> None:
    assert page_audit.judge(GOOD) == ()
    assert page_audit.score([]) == 100


def test_every_rule_of_the_table_has_a_page_that_breaks_it() -> None:
    assert set(BROKEN) == set(page_audit.RULES)


@pytest.mark.parametrize("code", sorted(BROKEN))
def test_what_is_wrong_is_found_alone_and_costs_what_the_table_says(code: str) -> None:
    found = codes(replace(GOOD, **BROKEN[code]))

    assert found == [code]
    assert page_audit.score(found) == 100 - page_audit.RULES[code].cost


def test_the_groups_come_to_a_hundred_and_each_can_be_lost_whole_or_in_part_only() -> None:
    costs = {group: [rule.cost for rule in page_audit.RULES.values() if rule.group is group] for group in page_audit.GROUPS}

    assert sum(page_audit.GROUPS.values()) == 100
    assert all(0 < max(costs[group]) <= holds for group, holds in page_audit.GROUPS.items())


@pytest.mark.parametrize("failure", [{"status": 404}, {"status": 301}, {"failure": "OperationalError"}, {"is_kept_out": True}])
def test_what_could_not_be_looked_at_is_never_passed(failure: dict[str, Any]) -> None:
    (found,) = page_audit.judge(replace(GOOD, **failure))

    assert found.severity is Severity.STOPS
    assert page_audit.score([found.code]) == 0


def test_a_group_costs_no_more_than_it_holds() -> None:
    assert page_audit.score(["link_broken", "link_moved", "link_unnamed"]) == 85
    assert page_audit.score([code for code, rule in page_audit.RULES.items() if rule.group]) == 0
    assert page_audit.score(["title_long", "title_long"]) == 95


def test_the_dearest_comes_first_and_values_name_what_was_found() -> None:
    page = replace(GOOD, title="", took_ms=900, broken=("/en/goods/a/", "/en/goods/b/"))

    assert codes(page) == ["title_missing", "link_broken", "answer_slow"]
    assert page_audit.judge(page)[1].values == {"count": 2, "address": "/en/goods/a/"}


@given(st.lists(st.sampled_from(sorted(page_audit.RULES)), max_size=40))
def test_one_more_finding_never_raises_a_score(found: list[str]) -> None:
    scores = [page_audit.score(found[:count]) for count in range(len(found) + 1)]

    assert all(0 <= each <= 100 for each in scores)
    assert scores == sorted(scores, reverse=True)


def test_words_used_twice_are_put_right_without_touching_the_rest() -> None:
    found = page_audit.judge(replace(GOOD, took_ms=900))

    more = page_audit.twice(found, "title_twice", "/en/goods/cup/")
    assert [each.code for each in more] == ["title_twice", "answer_slow"]
    assert more[0].values == {"other": "/en/goods/cup/"}
    assert page_audit.twice(more, "title_twice", None) == found


def test_a_chinese_letter_is_as_wide_as_two_latin_ones() -> None:
    assert lengths.title_px("黄铜灯") == 60
    assert lengths.title_px("Brass lamp") == 100
    assert lengths.description_px("黄铜灯") == 42
    assert (lengths.title_px("铜" * 29), lengths.title_px("铜" * 30)) == (580, 600)
    assert codes(replace(GOOD, title="黄铜灯与亚麻灯罩")) == []


def test_what_is_too_wide_is_cut_where_an_engine_would_cut_it() -> None:
    long = "Brass lamp with a linen shade and two metres of braided cable for the bedside table"

    shown = lengths.cut(long, title=True)
    assert shown == "Brass lamp with a linen shade and two metres of braided …"
    assert lengths.title_px(shown) <= lengths.TITLE_PX
    assert lengths.cut("铜" * 40, title=True) == "铜" * 27 + " …"
    assert lengths.cut("Brass lamp", title=True) == "Brass lamp"


def test_a_finding_says_where_it_is_mended() -> None:
    assert {type(each) for each in page_audit.judge(replace(GOOD, title=""))} == {Finding}
    assert all(rule.fix for rule in page_audit.RULES.values())
