"""Whose turn it is when goods come back: first asked, first told, and never more people than pieces."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shopkeeper.kit.ids import VariantId, WaitId


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in the queue of a variant."""

    id: WaitId
    variant_id: VariantId


def room(pieces: Mapping[VariantId, int], told: Mapping[VariantId, int]) -> dict[VariantId, int]:
    """Return how many more may be told of each variant: its pieces, less those that were told of lately and have a head start."""
    left = {variant: units - told.get(variant, 0) for variant, units in pieces.items()}
    return {variant: units for variant, units in left.items() if units > 0}


def turns(queue: Iterable[Waiting], free: Mapping[VariantId, int]) -> Sequence[WaitId]:
    """Return who is told now, in the order of the queue, as many of each variant as there is room for."""
    taken: Counter[VariantId] = Counter()
    chosen = []
    for each in queue:
        if taken[each.variant_id] < free.get(each.variant_id, 0):
            taken[each.variant_id] += 1
            chosen.append(each.id)
    return chosen
