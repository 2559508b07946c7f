"""Whose turn it is: first asked, first told, never more people than pieces."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.kit.ids import VariantId, WaitId
from shopkeeper.selling.wishes.rules.turns import Waiting, room, turns

TEA, CUP = VariantId(7), VariantId(8)


def queue(*variants: VariantId) -> list[Waiting]:
    return [Waiting(WaitId(place), variant) for place, variant in enumerate(variants, start=1)]


def test_as_many_are_told_as_there_are_pieces_the_first_first() -> None:
    assert turns(queue(TEA, CUP, TEA, TEA), {TEA: 2, CUP: 5}) == [1, 2, 3]


def test_nobody_is_told_of_goods_without_pieces() -> None:
    assert turns(queue(TEA, TEA), {}) == []


def test_those_who_were_told_lately_keep_their_pieces() -> None:
    assert room({TEA: 5, CUP: 2}, {TEA: 3, CUP: 2}) == {TEA: 2}


def test_more_told_than_pieces_left_leaves_no_room() -> None:
    assert room({TEA: 1}, {TEA: 4}) == {}


variants = st.sampled_from([VariantId(each) for each in range(1, 4)])


@given(st.lists(variants, max_size=40), st.dictionaries(variants, st.integers(-3, 12)))
def test_whatever_the_queue_nobody_overtakes_and_no_piece_is_promised_twice(who: list[VariantId], free: dict[VariantId, int]) -> None:
    waiting = queue(*who)
    chosen = turns(waiting, free)
    by_id = {each.id: each.variant_id for each in waiting}

    counted = Counter(by_id[each] for each in chosen)
    assert all(count <= free.get(variant, 0) for variant, count in counted.items())
    assert len(set(chosen)) == len(chosen)
    for variant in set(who):
        line = [each.id for each in waiting if each.variant_id == variant]
        assert [each for each in chosen if by_id[each] == variant] == line[: max(free.get(variant, 0), 0)]
