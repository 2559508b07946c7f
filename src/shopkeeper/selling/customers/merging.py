"""Two records of one person become one, and can be parted again.

Nothing that refers to a customer is rewritten: the record that was merged points to the one that stays, and reading resolves it. So
parting puts everything back by taking the pointer away; orders placed meanwhile stay with the record they were placed under. Addresses are
copied, so that the one book is the person's own to change and the other is there again, as it was, after parting.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks
from shopkeeper.kit.ids import CustomerId, MergeId, UserId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers import models, store, store_people
from shopkeeper.selling.customers.rules import merging as rules
from shopkeeper.selling.customers.shapes import TAKEN_OVER, BothSignIn, Merge, MergedAlready, MergeOver, MustStay

MOST_REASON = 300


def records_of(customer_id: CustomerId) -> tuple[CustomerId, ...]:
    """Return the ids of every record that stands for the same person, the one that stays first; an unknown id is alone."""
    return store.records_of(customer_id)


def stands_for(customer_ids: Iterable[CustomerId]) -> dict[CustomerId, CustomerId]:
    """Return, for each record, the one that stands for it, most often itself; unknown ids are left out."""
    return store.stands_for(customer_ids)


def merges(customer_id: CustomerId) -> tuple[Merge, ...]:
    """Return every merge into a record, also those undone, newest first."""
    return store_people.merges_of([customer_id])


def merge_by_id(merge_id: MergeId) -> Merge:
    """Return one merge. Raises NotFound."""
    row = store_people.merge_row(merge_id)
    if row is None:
        raise NotFound("merge", merge_id)
    return store_people.merge(row)


@transaction.atomic
def merge(*, customer_id: CustomerId, merged_id: CustomerId, take: Sequence[str] = (), reason: str, actor: UserId, now: datetime) -> Merge:
    """Let one record stand for another from now on and return the merge; `take` names particulars that win over those of who stays.

    Raises NotFound, Malformed, OutOfRange, BothSignIn, MustStay where only the other signs in, MergedAlready.
    """
    tidy = checks.line(reason, field="reason", least=1, most=MOST_REASON)
    if customer_id == merged_id:
        raise Malformed("merged_id", merged_id, expected="other_customer")
    rows = store_people.locked_customers([customer_id, merged_id])
    for each in (customer_id, merged_id):
        if each not in rows:
            raise NotFound("customer", each)
    stays, goes = rows[customer_id], rows[merged_id]
    _refuse(stays, goes)
    taken = rules.taken(_particulars(stays), _particulars(goes), take)
    goes.merged_into_id = stays.pk
    goes.save(update_fields=["merged_into"])
    for field, (_before, after) in taken.items():
        setattr(stays, field, after)
    stays.save(update_fields=[*taken]) if taken else None
    copies = store.copy_book(source=goes.pk, into=stays.pk)
    kept = taken | ({rules.ADDRESSES: copies} if copies else {})
    row = models.Merge.objects.create(customer=stays, merged=goes, reason=tidy, taken=kept, at=now, actor_id=actor)
    _trace("customers.merge", row, [*taken], actor=actor, now=now)
    events.record(facts.CustomersMerged(customer_id=stays.pk, merged_id=goes.pk, merge_id=row.pk), at=now)
    return store_people.merge(row)


def _refuse(stays: models.Customer, goes: models.Customer) -> None:
    if stays.merged_into_id is not None:
        raise MergedAlready(stays.pk)
    if goes.merged_into_id is not None or store_people.carries_others(goes.pk):
        raise MergedAlready(goes.pk)
    if goes.user_id is not None:
        raise BothSignIn(goes.pk) if stays.user_id is not None else MustStay(goes.pk)


@transaction.atomic
def part(*, merge_id: MergeId, reason: str, actor: UserId, now: datetime) -> Merge:
    """Undo a merge and return it: both records are what they were, but for what somebody changed since. Raises NotFound, MergeOver."""
    tidy = checks.line(reason, field="reason", least=1, most=MOST_REASON)
    known = merge_by_id(merge_id)
    rows = store_people.locked_customers([known.customer_id, known.merged_id])
    row = store_people.merge_row(merge_id)
    if row is None or row.parted_at is not None:
        raise MergeOver(merge_id)
    stays, goes = rows[known.customer_id], rows[known.merged_id]
    others = [each for each in store_people.merges_of([stays.pk]) if each.id != merge_id]
    back = rules.put_back(known, _particulars(stays), others)
    for field, value in back.items():
        setattr(stays, field, value)
    stays.save(update_fields=[*back]) if back else None
    store.drop_copies(known.taken.get(rules.ADDRESSES, ()))
    goes.merged_into_id = None
    goes.save(update_fields=["merged_into"])
    row.parted_at, row.parted_by_id, row.part_reason = now, actor, tidy
    row.save(update_fields=["parted_at", "parted_by", "part_reason"])
    _trace("customers.part", row, [*back], actor=actor, now=now)
    events.record(facts.CustomersParted(customer_id=stays.pk, merged_id=goes.pk, merge_id=row.pk), at=now)
    return store_people.merge(row)


@transaction.atomic
def tell_apart(*, customer_id: CustomerId, other_id: CustomerId, actor: UserId, now: datetime) -> None:
    """Write down that two records are two people, so that they are not proposed again. Raises NotFound, Malformed."""
    if customer_id == other_id:
        raise Malformed("merged_id", other_id, expected="other_customer")
    known = store.customers([customer_id, other_id])
    for each in (customer_id, other_id):
        if each not in known:
            raise NotFound("customer", each)
    one, other = sorted((customer_id, other_id))
    if store_people.tell_apart(one, other, actor=actor, now=now):
        audit.record(
            actor=actor, act="customers.tell_apart", subject=f"customer:{one}", before=None, after={"merged_id": int(other)}, at=now
        )


def _particulars(row: models.Customer) -> dict[str, str]:
    return {field: getattr(row, field) for field in TAKEN_OVER}


def _trace(act: str, row: models.Merge, fields: Sequence[str], *, actor: UserId, now: datetime) -> None:
    after = {"merged_id": row.merged_id, "fields": sorted(fields)}
    audit.record(actor=actor, act=act, subject=f"customer:{row.customer_id}", before=None, after=after, at=now)
