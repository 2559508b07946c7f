"""The order in which facts are cut into batches."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.events.rules.order import in_order, not_overtaking
from shopkeeper.events.rules.patience import next_try
from shopkeeper.events.rules.privacy import described
from shopkeeper.events.shapes import Patience


@dataclass(frozen=True)
class Fact:
    kind: str
    entity: str
    place: int


def test_entities_share_batches_and_kinds_follow_one_another():
    facts = [Fact("placed", "a", 1), Fact("placed", "b", 2), Fact("paid", "a", 3), Fact("paid", "b", 4), Fact("placed", "c", 5)]

    batches = [[fact.place for fact in batch] for batch in in_order(facts)]

    assert batches == [[1, 2, 5], [3, 4]]


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("ab"))))
def test_no_fact_overtakes_an_earlier_one_of_its_entity(drawn):
    facts = [Fact(kind, entity, place) for place, (kind, entity) in enumerate(drawn)]

    batches = in_order(facts)

    heard = [fact for batch in batches for fact in batch]
    assert sorted(heard, key=lambda fact: fact.place) == facts
    assert all(len({fact.kind for fact in batch}) == 1 for batch in batches)
    for entity in "ab":
        places = [fact.place for fact in heard if fact.entity == entity]
        assert places == sorted(places)


def test_a_fact_waits_for_an_earlier_one_that_somebody_else_has():
    claimed = [Fact("paid", "a", 3), Fact("paid", "b", 4), Fact("paid", "c", 6)]

    ready = not_overtaking(claimed, [3, 4, 6], [(5, "a"), (2, "b"), (5, "c"), (1, "z")])

    assert [fact.entity for fact in ready] == ["a"]


@pytest.mark.parametrize(("tries", "seconds"), [(1, 2), (2, 4), (3, 8), (4, 10), (5, None), (99, None)])
def test_waits_double_up_to_the_longest_and_end_with_patience(tries, seconds):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    patience = Patience(tries=5, first=timedelta(seconds=2), longest=timedelta(seconds=10))

    at = next_try(patience, tries=tries, now=now)

    assert at == (None if seconds is None else now + timedelta(seconds=seconds))


def test_an_error_is_kept_without_what_names_a_person():
    try:
        raise ValueError("ada@example.org, phone +44 20 7946 0018, order 12")
    except ValueError as error:
        words = described(error)

    assert words.startswith("ValueError at test_rules_order.py:")
    assert "ada" not in words
    assert "7946" not in words
    assert words.endswith("order 12")
