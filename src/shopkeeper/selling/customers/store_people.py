"""Every query of groups, notes, merges and businesses."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When, Window
from django.db.models.functions import Cast, Coalesce, Concat, RowNumber

from shopkeeper.kit import together
from shopkeeper.kit.ids import CustomerId, GroupId, MergeId, UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.customers import models, store
from shopkeeper.selling.customers.shapes import Business, Consent, Group, GroupNameTaken, Merge, Note

# ── groups ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def groups() -> QuerySet[models.Group]:
    """Return every group with the number of people in it: records of one person count once."""
    members = models.GroupMember.objects.filter(group=OuterRef("pk")).order_by().values("group")
    people = members.annotate(n=Count(Coalesce("customer__merged_into_id", "customer_id"), distinct=True)).values("n")
    return models.Group.objects.annotate(members=Coalesce(Subquery(people), 0))


def group_row(group_id: int, *, is_locked: bool = False) -> models.Group | None:
    rows = models.Group.objects.select_for_update() if is_locked else models.Group.objects
    return rows.filter(pk=group_id).first()


def put_group(row: models.Group) -> None:
    """Write a group. Raises GroupNameTaken."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "customers_one_group_per_name" not in str(error):
            raise
        raise GroupNameTaken(row.name_en) from error


def join(group_id: int, customer_ids: Iterable[int], now: datetime) -> list[int]:
    """Put customers into a group and return those that were not in it."""
    wanted = list(dict.fromkeys(customer_ids))
    present = set(models.GroupMember.objects.filter(group_id=group_id, customer_id__in=wanted).values_list("customer_id", flat=True))
    new = [each for each in wanted if each not in present]
    models.GroupMember.objects.bulk_create(
        [models.GroupMember(group_id=group_id, customer_id=each, since=now) for each in new], ignore_conflicts=True
    )
    return new


def leave(group_id: int, customer_ids: Iterable[int]) -> list[int]:
    """Take customers, and the records merged into them, out of a group and return those that were in it."""
    wanted = list(customer_ids)
    rows = models.GroupMember.objects.filter(group_id=group_id).annotate(person=Coalesce("customer__merged_into_id", "customer_id"))
    found = list(rows.filter(person__in=wanted).values_list("pk", "person"))
    models.GroupMember.objects.filter(pk__in=[pk for pk, _person in found]).delete()
    return sorted({person for _pk, person in found})


def groups_of(customer_ids: Sequence[int]) -> dict[CustomerId, tuple[Group, ...]]:
    rows = models.GroupMember.objects.annotate(person=Coalesce("customer__merged_into_id", "customer_id"))
    found: dict[CustomerId, dict[int, Group]] = {}
    for row in rows.filter(person__in=list(customer_ids)).select_related("group").order_by("group__name_en", "group_id"):
        found.setdefault(CustomerId(row.person), {})[row.group_id] = group(row.group)
    return {key: tuple(each.values()) for key, each in found.items()}


def group(row: models.Group) -> Group:
    return Group(id=GroupId(row.pk), name=Bilingual(row.name_en, row.name_zh), note=row.note, members=getattr(row, "members", 0))


# ── notes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def notes_around(customer_id: int) -> tuple[Note, ...]:
    """Return the notes about a person under any of their records, newest first: one question."""
    records = models.Customer.objects.annotate(person=Coalesce("merged_into_id", "id")).filter(person__in=_people([customer_id]))
    return tuple(note(row) for row in models.Note.objects.filter(customer__in=records.values("pk")).order_by("-at", "-id"))


def locked_note(note_id: int) -> models.Note | None:
    return models.Note.objects.select_for_update().filter(pk=note_id).first()


def note(row: models.Note) -> Note:
    return Note(
        id=row.pk, customer_id=CustomerId(row.customer_id), text=row.text, author=UserId(row.author_id), at=row.at, struck_at=row.struck_at,
        struck_by=None if row.struck_by_id is None else UserId(row.struck_by_id), strike_reason=row.strike_reason,
    )  # fmt: skip


# ── merges ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def locked_customers(ids: Iterable[int]) -> dict[int, models.Customer]:
    """Lock customers (rank BUYER, by rising id) and return them; orders of the same buyer wait until this is done."""
    rows = models.Customer.objects.select_for_update(no_key=True).filter(pk__in=sorted(ids)).order_by("pk")
    return {row.pk: row for row in rows}


def carries_others(customer_id: int) -> bool:
    return models.Customer.objects.filter(merged_into_id=customer_id).exists()


def merge_row(merge_id: int) -> models.Merge | None:
    return models.Merge.objects.filter(pk=merge_id).first()


def merges_of(customer_ids: Iterable[int]) -> tuple[Merge, ...]:
    """Return every merge into these records, also those undone, newest first."""
    return tuple(merge(row) for row in models.Merge.objects.filter(customer_id__in=list(customer_ids)).order_by("-id"))


def merge(row: models.Merge) -> Merge:
    return Merge(
        id=MergeId(row.pk), customer_id=CustomerId(row.customer_id), merged_id=CustomerId(row.merged_id), reason=row.reason,
        taken=row.taken, at=row.at, actor=UserId(row.actor_id), parted_at=row.parted_at,
        parted_by=None if row.parted_by_id is None else UserId(row.parted_by_id), part_reason=row.part_reason,
    )  # fmt: skip


def _people(customer_ids: Iterable[int]) -> QuerySet[Any, Any]:
    """Return the records that stand for these, as part of another question."""
    asked = models.Customer.objects.filter(pk__in=list(customer_ids))
    return asked.annotate(person=Coalesce("merged_into_id", "id")).values("person")


def live_merges_around(customer_ids: Iterable[int]) -> tuple[Merge, ...]:
    """Return the merges that hold now among the records of these people: one question."""
    return tuple(merge(row) for row in models.Merge.objects.filter(parted_at=None, customer_id__in=_people(customer_ids)))


def words_around(customer_ids: Iterable[int]) -> tuple[Consent, ...]:
    """Return every word of these people under any of their records, newest first: one question."""
    records = models.Customer.objects.annotate(person=Coalesce("merged_into_id", "id")).filter(person__in=_people(customer_ids))
    subjects = records.annotate(subject=Concat(Value("customer:", TextField()), Cast("id", TextField()), output_field=TextField())).values(
        "subject"
    )
    return tuple(store.consent(row) for row in models.ConsentRecord.objects.filter(subject__in=subjects).order_by("-at", "-id"))


def tell_apart(one: int, other: int, *, actor: int, now: datetime) -> bool:
    """Write that two records are two people; False where that was known."""
    _row, is_new = models.NotTheSame.objects.get_or_create(one_id=one, other_id=other, defaults={"actor_id": actor, "at": now})
    return is_new


def likenesses() -> QuerySet[models.Likeness]:
    """Return the pairs that may be one person and can be merged: one of the two neither signs in nor stands for others."""
    return (
        models.Likeness.objects.select_related("customer", "other")
        .annotate(customer_is_bound=_is_bound("customer"), other_is_bound=_is_bound("other"))
        .exclude(customer_is_bound=True, other_is_bound=True)
    )


def _is_bound(side: str) -> Case:
    carried = models.Customer.objects.filter(merged_into=OuterRef(f"{side}_id"))
    return Case(When(Q(**{f"{side}__user__isnull": False}) | Exists(carried), then=True), default=False)


# ── businesses ────────────────────────────────────────────────────────────────────────────────────────────────────────


def businesses(customer_ids: Sequence[int]) -> dict[CustomerId, Business]:
    """Return the business of each person: that of the record that stays, which may say that there is none, else that of a merged one."""
    rows = models.Business.objects.annotate(person=Coalesce("customer__merged_into_id", "customer_id")).filter(
        person__in=list(customer_ids)
    )
    found: dict[CustomerId, Business] = {}
    for row in rows.order_by(F("customer__merged_into_id").asc(nulls_first=True), "customer_id"):
        found.setdefault(CustomerId(row.person), business(row, row.person))
    return {person: each for person, each in found.items() if each.company}


def find_businesses(text: str, start: int, size: int) -> tuple[list[Business], int]:
    """Return some companies by name, of each person the one that counts, and how many there are that hold the text."""
    of_person = models.Business.objects.annotate(person=Coalesce("customer__merged_into_id", "customer_id"))
    place = Window(
        RowNumber(), partition_by=[F("person")], order_by=[F("customer__merged_into_id").asc(nulls_first=True), F("customer_id").asc()]
    )
    # Which row counts is found before any is left out: one without a name says that the person has no company any more.
    first = of_person.annotate(place=place).filter(place=1).values("pk")
    rows = of_person.filter(pk__in=first).exclude(company="")
    if text:
        rows = rows.filter(Q(company__icontains=text) | Q(tax_number__iexact=text))
    found, total = together.read(lambda: list(rows.order_by("company", "customer_id")[start : start + size]), rows.count)
    return [business(row, row.person) for row in found], total


def business(row: models.Business, person: Any) -> Business:
    return Business(
        customer_id=CustomerId(person), company=row.company, country=row.country, tax_number=row.tax_number,
        billing_email=row.billing_email, saved_at=row.saved_at,
    )  # fmt: skip
