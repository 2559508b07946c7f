"""Which particulars a merge takes over, and what undoing it puts back: pure, so that every order of doing and undoing can be tried."""

from collections.abc import Mapping, Sequence
from typing import Any

from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.customers.shapes import TAKEN_OVER, Merge

ADDRESSES = "addresses"
"""Under this name a merge keeps which addresses were copied: pairs of ids, the merged record's and the copy's."""

Taken = dict[str, list[str]]


def taken(staying: Mapping[str, str], merged: Mapping[str, str], take: Sequence[str]) -> Taken:
    """Return, for each field to take over that differs, what the staying record held and will hold. Raises Malformed."""
    for field in take:
        if field not in TAKEN_OVER:
            raise Malformed("take", field, expected="choice")
    return {field: [staying[field], merged[field]] for field in TAKEN_OVER if field in take and staying[field] != merged[field]}


def put_back(merge: Merge, present: Mapping[str, str], others: Sequence[Merge]) -> dict[str, str]:
    """Return the fields that undoing a merge changes on the record that stayed.

    A field that somebody changed since keeps the newer value. So does one that a later merge took over: that merge, when it is undone,
    hands back what stood before both, as `others` (the same record's other merges, undone or not) tell.
    """
    found: dict[str, str] = {}
    for field, pair in merge.taken.items():
        if field == ADDRESSES:
            continue
        is_covered = any(field in each.taken and each.parted_at is None and each.id > merge.id for each in others)
        if present[field] != pair[1] or is_covered:
            continue
        found[field] = _before(field, pair[0], merge, others)
    return found


def _before(field: str, value: str, merge: Merge, others: Sequence[Merge]) -> str:
    """Return what the field held before this merge and before those below it that were undone meanwhile."""
    below: list[Any] = sorted((each for each in others if each.id < merge.id and field in each.taken), key=lambda each: -each.id)
    for each in below:
        if each.taken[field][1] != value or each.parted_at is None or each.parted_at < merge.at:
            break
        value = each.taken[field][0]
    return value
