"""The trail keeps every act with its transaction, gives it back filtered, and cannot be rewritten."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from shopkeeper.kit.refusals import OutOfRange
from shopkeeper.ops.access.tests.builders import shopper
from shopkeeper.ops.audit import public as audit
from shopkeeper.ops.audit.models import Record

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def note(act="pricing.set_price", subject="variant:12", actor=None, at=NOON):
    audit.record(actor=actor, act=act, subject=subject, before={"amount_minor": 100}, after={"amount_minor": 90}, at=at)


def test_an_act_is_given_back_as_it_was_written():
    person = shopper()

    note(actor=person)

    (entry,) = audit.entries()
    assert (entry.actor, entry.act, entry.subject, entry.at) == (person, "pricing.set_price", "variant:12", NOON)
    assert (entry.before, entry.after) == ({"amount_minor": 100}, {"amount_minor": 90})


def test_the_newest_act_comes_first_and_each_filter_narrows():
    person = shopper()
    note(at=NOON)
    note(act="orders.ship", subject="order:1", at=NOON + timedelta(hours=1), actor=person)
    note(act="orders.ship", subject="order:2", at=NOON + timedelta(hours=2))

    subjects = [entry.subject for entry in audit.entries()]
    assert subjects == ["order:2", "order:1", "variant:12"]
    assert [entry.subject for entry in audit.entries(act="orders.ship")] == ["order:2", "order:1"]
    assert [entry.subject for entry in audit.entries(actor=person)] == ["order:1"]
    assert [entry.subject for entry in audit.entries(subject="variant:12")] == ["variant:12"]
    assert audit.acts() == ("orders.ship", "pricing.set_price")


def test_pages_do_not_overlap_and_count_the_whole():
    for number in range(5):
        note(subject=f"variant:{number}", at=NOON + timedelta(minutes=number))

    first, second = audit.entries(size=2), audit.entries(size=2, number=2)

    assert first.total == 5
    assert [entry.subject for entry in first] + [entry.subject for entry in second] == ["variant:4", "variant:3", "variant:2", "variant:1"]


@pytest.mark.parametrize(("number", "size"), [(0, 10), (1, 0), (1, 501)])
def test_a_page_out_of_range_is_refused(number, size):
    with pytest.raises(OutOfRange):
        audit.entries(number=number, size=size)


@pytest.mark.parametrize("statement", ["UPDATE audit_record SET act = 'shop.save'", "DELETE FROM audit_record"])
def test_the_database_refuses_to_rewrite_the_trail(statement):
    note()

    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert audit.entries().total == 1
    assert Record.objects.get().act == "pricing.set_price"


@pytest.mark.parametrize(("act", "subject"), [("shipped", "order:1"), ("orders.ship", "order"), ("Orders.Ship", "order:1")])
def test_an_act_without_room_or_a_subject_without_kind_is_not_written(act, subject):
    with pytest.raises(IntegrityError), transaction.atomic():
        note(act=act, subject=subject)

    assert audit.entries().total == 0


def test_an_act_that_is_undone_leaves_no_trace():
    with transaction.atomic():
        note()
        transaction.set_rollback(True)

    assert audit.entries().total == 0
