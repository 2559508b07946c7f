"""A collection's rule says only what goods can meet, and is kept as it was written."""

from typing import Any

import pytest

from shopkeeper.kit.ids import AttributeId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange, Refusal
from shopkeeper.selling.catalog.rules import collections as rules
from shopkeeper.selling.catalog.shapes_collections import Condition, ConditionKind, Match, Rule, RuleContradicts, RuleIsEmpty

TEA, GREEN, CUPS = 1, 2, 3
KNOWN = rules.Known(
    categories={TEA: frozenset({TEA, GREEN}), GREEN: frozenset({GREEN}), CUPS: frozenset({CUPS})},
    brands=frozenset({7, 8}),
    answers={5: frozenset({51, 52})},
)


def on(*ids: int) -> Condition:
    return Condition(kind=ConditionKind.CATEGORY, ids=ids)


def by(*ids: int) -> Condition:
    return Condition(kind=ConditionKind.BRAND, ids=ids)


def costs(least: int | None, most: int | None) -> Condition:
    return Condition(kind=ConditionKind.PRICE, least_minor=least, most_minor=most)


def rule(*conditions: Condition, match: Match = Match.ALL) -> Rule:
    return Rule(match=match, conditions=conditions)


def test_a_rule_without_a_condition_is_refused() -> None:
    with pytest.raises(RuleIsEmpty):
        rules.tidy(rule(), KNOWN)


@pytest.mark.parametrize(
    ("wrong", "refusal", "field"),
    [
        (on(99), NotFound, "category"),
        (on(), OutOfRange, "category"),
        (by(9), NotFound, "brand"),
        (Condition(kind=ConditionKind.ANSWER, attribute_id=AttributeId(6), ids=(51,)), NotFound, "attribute"),
        (Condition(kind=ConditionKind.ANSWER, attribute_id=AttributeId(5), ids=(61,)), NotFound, "choice"),
        (Condition(kind=ConditionKind.NAME, text="  "), OutOfRange, "text"),
        (Condition(kind=ConditionKind.NEW, days=0), OutOfRange, "days"),
        (Condition(kind=ConditionKind.NEW), OutOfRange, "days"),
        (costs(None, None), Malformed, "price"),
        (costs(500, 400), OutOfRange, "price"),
        (costs(-1, None), OutOfRange, "price"),
    ],
)
def test_a_condition_that_says_nothing_or_names_what_is_not_there_is_refused(wrong: Condition, refusal: type[Refusal], field: str) -> None:
    with pytest.raises(refusal) as caught:
        rules.tidy(rule(wrong), KNOWN)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("conditions", "about"),
    [
        ((on(TEA), on(CUPS)), ConditionKind.CATEGORY),
        ((by(7), by(8)), ConditionKind.BRAND),
        ((costs(1000, None), costs(None, 900)), ConditionKind.PRICE),
    ],
)
def test_conditions_no_product_can_meet_together_are_refused(conditions: tuple[Condition, ...], about: ConditionKind) -> None:
    with pytest.raises(RuleContradicts) as caught:
        rules.tidy(rule(*conditions), KNOWN)
    assert caught.value.about is about
    assert rules.tidy(rule(*conditions, match=Match.ANY), KNOWN).conditions == conditions


def test_a_shelf_and_one_below_it_do_not_contradict_each_other() -> None:
    assert rules.tidy(rule(on(TEA), on(GREEN), costs(0, 900), costs(900, None)), KNOWN)


def test_what_a_condition_does_not_need_is_dropped_and_the_same_one_counts_once() -> None:
    found = rules.tidy(rule(Condition(kind=ConditionKind.IN_STOCK, text="x", days=3), Condition(kind=ConditionKind.IN_STOCK)), KNOWN)
    assert found.conditions == (Condition(kind=ConditionKind.IN_STOCK),)
    assert found.follows_stock


def test_a_rule_is_read_back_as_it_was_written() -> None:
    wanted = rule(
        on(TEA, CUPS), by(7), costs(100, None), Condition(kind=ConditionKind.ANSWER, attribute_id=AttributeId(5), ids=(51, 52)),
        Condition(kind=ConditionKind.NEW, days=30), Condition(kind=ConditionKind.NAME, text="50%"), Condition(kind=ConditionKind.REDUCED),
        match=Match.ANY,
    )  # fmt: skip
    kept: dict[str, Any] = rules.to_json(wanted)
    assert rules.of_json(kept) == wanted
    assert rules.of_json({}) == Rule()
