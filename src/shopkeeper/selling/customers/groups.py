"""Groups of customers that staff put together by hand."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks
from shopkeeper.kit.ids import CustomerId, GroupId, UserId
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers import models, store, store_people
from shopkeeper.selling.customers.shapes import Group

MOST_NAME = 80
MOST_NOTE = 500
MOST_AT_ONCE = 1_000

Trace = Mapping[str, Any]


def groups() -> tuple[Group, ...]:
    """Return every group by name, with how many people are in it."""
    return tuple(store_people.group(row) for row in store_people.groups().order_by("name_en", "pk"))


def group(group_id: GroupId) -> Group:
    """Return one group. Raises NotFound."""
    row = store_people.groups().filter(pk=group_id).first()
    if row is None:
        raise NotFound("group", group_id)
    return store_people.group(row)


def groups_of(customer_ids: Iterable[CustomerId]) -> dict[CustomerId, tuple[Group, ...]]:
    """Return the groups of each customer by name, those of merged records included; who is in none is left out."""
    return store_people.groups_of(list(customer_ids))


@transaction.atomic
def save_group(*, group_id: GroupId | None = None, name: Bilingual, note: str = "", actor: UserId, now: datetime) -> GroupId:
    """Add a group or change the one named, and return its id. Raises NotFound, OutOfRange, Malformed, GroupNameTaken."""
    row = models.Group(made_at=now) if group_id is None else store_people.group_row(group_id, is_locked=True)
    if row is None:
        raise NotFound("group", group_id)
    before = None if row.pk is None else _traced(row)
    row.name_en = checks.line(name.en, field="name_en", least=1, most=MOST_NAME)
    row.name_zh = checks.line(name.zh, field="name_zh", most=MOST_NAME)
    row.note = checks.line(note, field="note", most=MOST_NOTE)
    after = _traced(row)
    if before == after:
        return GroupId(row.pk)
    store_people.put_group(row)
    _tell(GroupId(row.pk), before, after, actor=actor, now=now)
    return GroupId(row.pk)


@transaction.atomic
def change_members(
    *, group_id: GroupId, join: Sequence[CustomerId] = (), leave: Sequence[CustomerId] = (), actor: UserId, now: datetime
) -> tuple[int, int]:
    """Put customers into a group, take others out, and return how many of each there were to do.

    A merged record is taken for the person it belongs to. Raises NotFound for the group or any customer, OutOfRange for too many at once.
    """
    if len(join) + len(leave) > MOST_AT_ONCE:
        raise OutOfRange("customers", len(join) + len(leave), least=1, most=MOST_AT_ONCE)
    if store_people.group_row(group_id, is_locked=True) is None:
        raise NotFound("group", group_id)
    people = store.stands_for([*join, *leave])
    for each in (*join, *leave):
        if each not in people:
            raise NotFound("customer", each)
    joined = store_people.join(group_id, [people[each] for each in join], now)
    left = store_people.leave(group_id, [people[each] for each in leave])
    if joined or left:
        _tell(group_id, None, {"added": joined, "removed": left}, actor=actor, now=now)
    return len(joined), len(left)


def _traced(row: models.Group) -> dict[str, str]:
    return {"name_en": row.name_en, "name_zh": row.name_zh, "note": row.note}


def _tell(group_id: GroupId, before: Trace | None, after: Trace, *, actor: UserId, now: datetime) -> None:
    earlier = None if before is None else dict(before)
    audit.record(actor=actor, act="customers.save_group", subject=f"group:{group_id}", before=earlier, after=dict(after), at=now)
    events.record(facts.CustomerGroupSaved(group_id=group_id), at=now)
