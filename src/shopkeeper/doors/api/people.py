"""Routes about people, for staff: customers with their groups, notes and merges, and what may be changed of these."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.orders import RepeatKey
from shopkeeper.doors.api.staff import StaffSession, actor, under_key
from shopkeeper.doors.api.values import MOST_LINES, Both, LineNumber, Number, Paged, PageNumber, PageSize, Sent, Text, both, paged
from shopkeeper.flows import people_once
from shopkeeper.kit import together
from shopkeeper.kit.ids import CustomerId, GroupId, MergeId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Customer, Group, Merge, Note

router = Router(tags=["staff"])

Long = Annotated[str, Field(max_length=10_000)]
"""A text of several lines; the room refuses control characters by name."""


class GroupOut(Schema):
    __doc__ = gettext_noop("Customers that staff put together by hand; `members` counts people.")

    id: int
    name: Both
    note: str
    members: int


class GroupsOut(Schema):
    items: list[GroupOut]


class CustomerOut(Schema):
    __doc__ = gettext_noop("A customer’s record. `merged_into` is the record that stands for this one since they were merged, else null.")

    id: int
    name: str
    email: str
    phone: str
    language: str
    country: str
    is_guest: bool
    joined_at: datetime
    merged_into: int | None


class NoteOut(Schema):
    __doc__ = gettext_noop("What staff noted about a customer. Struck out it stays, with when and why.")

    id: int
    customer_id: int
    text: str
    author: int
    at: datetime
    struck_at: datetime | None
    strike_reason: str


class MergeOut(Schema):
    __doc__ = gettext_noop(
        "`customer_id` stands for `merged_id` until it is undone. `taken` names what it took over from the other record."
    )

    id: int
    customer_id: int
    merged_id: int
    reason: str
    taken: list[str]
    at: datetime
    parted_at: datetime | None
    part_reason: str


class CustomerWholeOut(CustomerOut):
    groups: list[GroupOut]
    notes: list[NoteOut]
    merges: list[MergeOut]


class NameIn(Sent):
    en: Text
    zh: Text = ""


class GroupIn(Sent):
    name: NameIn
    note: Text = ""


class MembersIn(Sent):
    __doc__ = gettext_noop("Customers to put into a group and to take out of it; who is in it, or is not, already stays so.")

    join: Annotated[list[LineNumber], Field(max_length=MOST_LINES)] = []
    leave: Annotated[list[LineNumber], Field(max_length=MOST_LINES)] = []


class MembersOut(Schema):
    __doc__ = gettext_noop("The group, and how many were put in and taken out just now.")

    group: GroupOut
    joined: int
    left: int


class NoteIn(Sent):
    text: Long


class ReasonIn(Sent):
    reason: Text


class MergeIn(Sent):
    __doc__ = gettext_noop("The record that goes into this one, and which particulars of it win. Nothing is lost: it can be undone.")

    merged_id: LineNumber
    take: Annotated[list[Literal["name", "phone", "language", "country"]], Field(max_length=4)] = []
    reason: Text


@router.get("/customers", auth=StaffSession("customers.view"), response=Paged[CustomerOut], summary=gettext_noop("Customers, newest first"))
def list_customers(request: HttpRequest, *, q: Text = "", page: PageNumber = 1, size: PageSize = 50) -> Paged[CustomerOut]:
    found = customers.search(text=q, number=page, size=size)
    return paged(found, (CustomerOut(**_customer(each)) for each in found))


@router.get(
    "/customers/{customer}",
    auth=StaffSession("customers.view"),
    response=CustomerWholeOut,
    openapi_extra=also(404),
    summary=gettext_noop("One customer, with groups, notes and merges"),
)
def read_customer(request: HttpRequest, customer: Number) -> CustomerWholeOut:
    person = CustomerId(customer)
    found, groups, notes, merges = together.read(
        lambda: customers.customer(person),
        lambda: customers.groups_of([person]).get(person, ()),
        lambda: customers.notes(person),
        lambda: customers.merges(person),
    )
    return CustomerWholeOut(
        **_customer(found), groups=[_group(each) for each in groups], notes=[_note(each) for each in notes],
        merges=[_merge(each) for each in merges],
    )  # fmt: skip


# ── groups ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.get(
    "/customer-groups", auth=StaffSession("customers.view"), response=GroupsOut, summary=gettext_noop("Groups of customers, by name")
)
def list_groups(request: HttpRequest) -> GroupsOut:
    return GroupsOut(items=[_group(each) for each in customers.groups()])


@router.post(
    "/customer-groups",
    auth=StaffSession("customers.save_group"),
    response={201: GroupOut},
    openapi_extra=also(409),
    summary=gettext_noop("Make a group of customers"),
)
def make_group(request: HttpRequest, data: GroupIn, idempotency_key: RepeatKey = None) -> GroupOut:
    name = Bilingual(data.name.en, data.name.zh)
    return _group(people_once.make_group(name=name, note=data.note, **under_key(request, idempotency_key)))


@router.put(
    "/customer-groups/{group}",
    auth=StaffSession("customers.save_group"),
    response=GroupOut,
    openapi_extra=also(404, 409),
    summary=gettext_noop("Change a group of customers; the same again changes nothing"),
)
def change_group(request: HttpRequest, group: Number, data: GroupIn) -> GroupOut:
    name = Bilingual(data.name.en, data.name.zh)
    found = customers.save_group(group_id=GroupId(group), name=name, note=data.note, actor=actor(request), now=timezone.now())
    return _group(customers.group(found))


@router.put(
    "/customer-groups/{group}/members",
    auth=StaffSession("customers.save_group"),
    response=MembersOut,
    openapi_extra=also(404),
    summary=gettext_noop("Put customers into a group and take others out; the same again changes nothing"),
)
def change_members(request: HttpRequest, group: Number, data: MembersIn) -> MembersOut:
    joined, left = customers.change_members(
        group_id=GroupId(group), join=[CustomerId(each) for each in data.join], leave=[CustomerId(each) for each in data.leave],
        actor=actor(request), now=timezone.now(),
    )  # fmt: skip
    return MembersOut(group=_group(customers.group(GroupId(group))), joined=joined, left=left)


# ── notes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.post(
    "/customers/{customer}/notes",
    auth=StaffSession("customers.note"),
    response={201: NoteOut},
    openapi_extra=also(404, 409),
    summary=gettext_noop("Write a note about a customer"),
)
def add_note(request: HttpRequest, customer: Number, data: NoteIn, idempotency_key: RepeatKey = None) -> NoteOut:
    return _note(people_once.add_note(customer_id=CustomerId(customer), text=data.text, **under_key(request, idempotency_key)))


@router.post(
    "/customer-notes/{note}/strike",
    auth=StaffSession("customers.note"),
    response=NoteOut,
    openapi_extra=also(404, 409),
    summary=gettext_noop("Strike a note out, with a reason; it stays to be read"),
)
def strike_note(request: HttpRequest, note: Number, data: ReasonIn, idempotency_key: RepeatKey = None) -> NoteOut:
    return _note(people_once.strike_note(note_id=note, reason=data.reason, **under_key(request, idempotency_key)))


# ── merges ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.post(
    "/customers/{customer}/merges",
    auth=StaffSession("customers.merge"),
    response={201: MergeOut},
    openapi_extra=also(404, 409),
    summary=gettext_noop("Merge another record of the same person into this one"),
)
def merge_customers(request: HttpRequest, customer: Number, data: MergeIn, idempotency_key: RepeatKey = None) -> MergeOut:
    return _merge(
        people_once.merge(
            customer_id=CustomerId(customer), merged_id=CustomerId(data.merged_id), take=data.take, reason=data.reason,
            **under_key(request, idempotency_key),
        )
    )  # fmt: skip


@router.post(
    "/customer-merges/{merge}/undo",
    auth=StaffSession("customers.merge"),
    response=MergeOut,
    openapi_extra=also(404, 409),
    summary=gettext_noop("Undo a merge: both records are what they were"),
)
def part_customers(request: HttpRequest, merge: Number, data: ReasonIn, idempotency_key: RepeatKey = None) -> MergeOut:
    return _merge(people_once.part(merge_id=MergeId(merge), reason=data.reason, **under_key(request, idempotency_key)))


def _customer(found: Customer) -> dict[str, Any]:
    names = ("id", "name", "email", "phone", "language", "country", "is_guest", "joined_at", "merged_into")
    return {name: getattr(found, name) for name in names}


def _group(found: Group) -> GroupOut:
    return GroupOut(id=found.id, name=both(found.name), note=found.note, members=found.members)


def _note(found: Note) -> NoteOut:
    return NoteOut(
        id=found.id, customer_id=found.customer_id, text=found.text, author=found.author, at=found.at, struck_at=found.struck_at,
        strike_reason=found.strike_reason,
    )  # fmt: skip


def _merge(found: Merge) -> MergeOut:
    return MergeOut(
        id=found.id, customer_id=found.customer_id, merged_id=found.merged_id, reason=found.reason,
        taken=sorted(name for name in found.taken if name in ("name", "phone", "language", "country")), at=found.at,
        parted_at=found.parted_at, part_reason=found.part_reason,
    )  # fmt: skip
