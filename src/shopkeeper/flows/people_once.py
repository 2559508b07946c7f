"""What staff write about people over a line that may break: sent twice under one idempotency key, it is written once."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from shopkeeper.kit.ids import CustomerId, GroupId, MergeId, UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.requests import public as requests
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Group, Merge, Note


def make_group(*, name: Bilingual, note: str, actor: UserId, now: datetime, key: str | None = None) -> Group:
    """Make a group and return it; repeating the idempotency key repeats the answer.

    Raises OutOfRange, Malformed, GroupNameTaken, KeyReused.
    """
    made = _once(
        "customers.save_group", {"name": [name.en, name.zh], "note": note},
        lambda: customers.save_group(name=name, note=note, actor=actor, now=now), key=key, now=now,
    )  # fmt: skip
    return customers.group(GroupId(made))


def add_note(*, customer_id: CustomerId, text: str, actor: UserId, now: datetime, key: str | None = None) -> Note:
    """Write a note about a customer and return it; repeating the key repeats the answer.

    Raises NotFound, OutOfRange, Malformed, KeyReused.
    """
    made = _once(
        "customers.note", {"customer_id": customer_id, "text": text},
        lambda: customers.add_note(customer_id=customer_id, text=text, actor=actor, now=now).id, key=key, now=now,
    )  # fmt: skip
    return customers.note(made)


def strike_note(*, note_id: int, reason: str, actor: UserId, now: datetime, key: str | None = None) -> Note:
    """Strike a note out and return it; repeating the key repeats the answer.

    Raises NotFound, OutOfRange, Malformed, NoteStruck, KeyReused.
    """
    struck = _once(
        "customers.strike_note", {"note_id": note_id, "reason": reason},
        lambda: customers.strike_note(note_id=note_id, reason=reason, actor=actor, now=now).id, key=key, now=now,
    )  # fmt: skip
    return customers.note(struck)


def merge(
    *,
    customer_id: CustomerId,
    merged_id: CustomerId,
    take: Sequence[str],
    reason: str,
    actor: UserId,
    now: datetime,
    key: str | None = None,
) -> Merge:
    """Let one record stand for another and return the merge; repeating the key repeats the answer.

    Raises NotFound, Malformed, OutOfRange, BothSignIn, MustStay, MergedAlready, KeyReused.
    """
    made = _once(
        "customers.merge", {"customer_id": customer_id, "merged_id": merged_id, "take": sorted(take), "reason": reason},
        lambda: customers.merge(customer_id=customer_id, merged_id=merged_id, take=take, reason=reason, actor=actor, now=now).id,
        key=key, now=now,
    )  # fmt: skip
    return customers.merge_by_id(MergeId(made))


def part(*, merge_id: MergeId, reason: str, actor: UserId, now: datetime, key: str | None = None) -> Merge:
    """Undo a merge and return it; repeating the key repeats the answer. Raises NotFound, OutOfRange, Malformed, MergeOver, KeyReused."""
    parted = _once(
        "customers.part", {"merge_id": merge_id, "reason": reason},
        lambda: customers.part(merge_id=merge_id, reason=reason, actor=actor, now=now).id, key=key, now=now,
    )  # fmt: skip
    return customers.merge_by_id(MergeId(parted))


def _once(act: str, asked: dict[str, Any], work: Callable[[], int], *, key: str | None, now: datetime) -> int:
    # What was asked is kept as a digest only: notes and reasons are about people.
    answer = requests.once(key=key, asker=requests.STAFF, act=act, asked=asked, work=lambda: {"id": work()}, now=now)
    return int(answer["id"])
