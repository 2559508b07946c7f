"""How facts are cut into batches of one kind without one entity's later fact overtaking its earlier one."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar


class Placed(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def entity(self) -> str: ...


T = TypeVar("T", bound=Placed)


def in_order(facts: Iterable[T]) -> list[list[T]]:
    """Return the facts, given in order, as batches of one kind each, to be heard one batch after the other.

    A fact joins the round of its entity's fact before it where both are of one kind, else the next round; all facts of one round
    and kind are one batch. So entities share batches, and within one entity nothing is overtaken.
    """
    last: dict[str, tuple[int, str]] = {}
    batches: dict[tuple[int, str], list[T]] = {}
    for fact in facts:
        number, kind = last.get(fact.entity, (0, fact.kind))
        if kind != fact.kind:
            number += 1
        last[fact.entity] = (number, fact.kind)
        batches.setdefault((number, fact.kind), []).append(fact)
    return [batches[key] for key in sorted(batches, key=lambda key: key[0])]


def not_overtaking(claimed: Sequence[T], ids: Sequence[int], elsewhere: Iterable[tuple[int, str]]) -> list[T]:
    """Return those claimed facts that no earlier fact of the same entity, held elsewhere and not heard yet, stands before.

    `ids` are the claimed facts' ids; `elsewhere` gives (id, entity) of unheard facts that somebody else has claimed.
    """
    earliest: dict[str, int] = {}
    for other, entity in elsewhere:
        earliest[entity] = min(other, earliest.get(entity, other))
    return [fact for fact, own in zip(claimed, ids, strict=True) if own < earliest.get(fact.entity, own + 1)]
