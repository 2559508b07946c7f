"""What staff note about a customer. The trail tells that it was done, never what it says: the words are about a person."""

from datetime import datetime

from django.db import transaction

from shopkeeper.kit import checks
from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers import models, store, store_people
from shopkeeper.selling.customers.shapes import Note, NoteStruck

MOST_TEXT = 2_000
MOST_REASON = 300


def notes(customer_id: CustomerId) -> tuple[Note, ...]:
    """Return every note about a customer and the records merged into it, newest first, those struck out included."""
    return store_people.notes_around(customer_id)


def note(note_id: int) -> Note:
    """Return one note. Raises NotFound."""
    row = models.Note.objects.filter(pk=note_id).first()
    if row is None:
        raise NotFound("note", note_id)
    return store_people.note(row)


@transaction.atomic
def add_note(*, customer_id: CustomerId, text: str, actor: UserId, now: datetime) -> Note:
    """Write a note about a customer and return it. Raises NotFound, OutOfRange, Malformed."""
    tidy = checks.paragraphs(text, field="text", least=1, most=MOST_TEXT)
    person = store.stands_for([customer_id]).get(customer_id)
    if person is None:
        raise NotFound("customer", customer_id)
    row = models.Note.objects.create(customer_id=person, text=tidy, author_id=actor, at=now)
    audit.record(actor=actor, act="customers.note", subject=f"customer:{person}", before=None, after={"note_id": row.pk}, at=now)
    return store_people.note(row)


@transaction.atomic
def strike_note(*, note_id: int, reason: str, actor: UserId, now: datetime) -> Note:
    """Strike a note out, with a reason, and return it: it stays to be read. Raises NotFound, OutOfRange, Malformed, NoteStruck."""
    tidy = checks.line(reason, field="reason", least=1, most=MOST_REASON)
    row = store_people.locked_note(note_id)
    if row is None:
        raise NotFound("note", note_id)
    if row.struck_at is not None:
        raise NoteStruck(note_id)
    row.struck_at, row.struck_by_id, row.strike_reason = now, actor, tidy
    row.save(update_fields=["struck_at", "struck_by", "strike_reason"])
    audit.record(
        actor=actor, act="customers.strike_note", subject=f"customer:{row.customer_id}", before=None, after={"note_id": row.pk}, at=now
    )
    return store_people.note(row)
