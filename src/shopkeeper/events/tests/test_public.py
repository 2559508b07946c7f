"""Recording, hearing, failing, parking and replaying facts, on a real database."""

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction

from shopkeeper.events import jobs
from shopkeeper.events import public as events
from shopkeeper.events.facts import FactReplayed, OrderPaid
from shopkeeper.events.models import OutboxFact, Waiting
from shopkeeper.events.shapes import Hearer, NotWaiting, OutsideTransaction, UnknownFact
from shopkeeper.events.tests.builders import NOON, Listener, listening, paid, placed, shipped
from shopkeeper.kit.ids import FactId
from shopkeeper.ops.audit import public as audit

pytestmark = pytest.mark.django_db


def later(seconds: float):
    return NOON + timedelta(seconds=seconds)


def test_a_fact_is_one_row_in_the_callers_transaction():
    with transaction.atomic():
        events.record(paid(1), at=NOON)
        transaction.set_rollback(True)

    fact_id = events.record(paid(2), at=NOON)

    row = OutboxFact.objects.get()
    assert (row.id, row.kind, row.entity, row.origin, row.heard_at) == (fact_id, "OrderPaid", "order:2", "live", None)
    assert row.body == {"order_id": 2, "payment_id": 2, "buyer_id": 1, "amount_minor": 100}
    assert row.occurred_at == NOON


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("record", [lambda: events.record(paid(1), at=NOON), lambda: events.record_history([(paid(1), NOON)])])
def test_a_fact_without_a_transaction_is_a_bug(record):
    with pytest.raises(OutsideTransaction, match=r"transaction\.atomic"):
        record()

    assert not OutboxFact.objects.exists()


def test_many_facts_keep_their_order_and_their_moments():
    events.record_many([placed(1), placed(2), paid(1)], at=[NOON, later(1), later(2)])
    events.record_many([], at=NOON)

    rows = list(OutboxFact.objects.order_by("id").values_list("kind", "entity", "occurred_at"))
    assert rows == [("OrderPlaced", "order:1", NOON), ("OrderPlaced", "order:2", later(1)), ("OrderPaid", "order:1", later(2))]
    with pytest.raises(ValueError, match="2 facts, but 1 moments"):
        events.record_many([placed(1), placed(2)], at=[NOON])


def test_nothing_is_recorded_of_a_set_that_holds_one_wrong_value():
    with pytest.raises(UnknownFact, match="amount_minor"):
        events.record_many([paid(1), paid(2, amount_minor="100")], at=NOON)

    assert not OutboxFact.objects.exists()


def test_the_database_function_records_what_python_reads():
    with connection.cursor() as cursor:
        body = {"order_id": 5, "payment_id": 1, "buyer_id": 2, "amount_minor": 300}
        cursor.execute("SELECT events_record('OrderPaid', 'order:5', %s::jsonb, %s)", [json.dumps(body), NOON])
    ear = Listener("ear")

    events.dispatch_all(listening(ear), now=NOON)

    assert ear.batches[0][0].fact == OrderPaid(**body)


def test_every_hearer_takes_each_fact_once_in_batches_of_one_kind():
    events.record_many([placed(1), placed(2), paid(1), paid(2), shipped(1)], at=NOON)
    one, two = Listener("one"), Listener("two")

    handed_out = events.dispatch_all(listening(one, two), now=NOON)
    again = events.dispatch_all(listening(one, two), now=later(60))

    assert (handed_out, again) == (5, 0)
    assert one.heard == two.heard
    assert [[type(heard.fact).__name__ for heard in batch] for batch in one.batches] == [
        ["OrderPlaced", "OrderPlaced"], ["OrderPaid", "OrderPaid"], ["OrderShipped"],
    ]  # fmt: skip
    assert not Waiting.objects.exists()
    assert events.backlog().unheard == 0


def test_history_is_heard_only_by_those_who_asked():
    events.record_history([(placed(1), NOON), (paid(1), NOON)])
    mails, lake = Listener("mails"), Listener("lake")
    reactions = {
        kind: [Hearer("mails", mails), Hearer("lake", lake, hears_history=True)] for kind in listening(mails)
    }  # fmt: skip

    events.dispatch_all(reactions, now=NOON)

    assert lake.heard == [("OrderPlaced", 1), ("OrderPaid", 1)]
    assert mails.heard == []
    assert events.backlog().unheard == 0


def test_one_failing_fact_stops_neither_other_facts_nor_other_hearers():
    events.record_many([placed(1), placed(2), placed(3)], at=NOON)
    weak, strong = Listener("weak", fails_for=[2]), Listener("strong")

    events.dispatch_once(listening(weak, strong), now=NOON)
    events.dispatch_once(listening(weak, strong), now=later(1))

    assert strong.heard == [("OrderPlaced", 1), ("OrderPlaced", 2), ("OrderPlaced", 3)]
    assert weak.heard == [("OrderPlaced", 1), ("OrderPlaced", 3)]
    waiting = Waiting.objects.get()
    assert (waiting.hearer, waiting.entity, waiting.tries, waiting.next_try_at) == ("weak", "order:2", 1, later(2))
    assert "ada@" not in waiting.error


def test_what_a_failing_hearer_wrote_is_undone():
    events.record_many([placed(1), placed(2)], at=NOON)

    def half_way(batch):
        events.record_many([shipped(heard.fact.order_id) for heard in batch], at=NOON)
        if any(heard.fact.order_id == 2 for heard in batch):
            raise RuntimeError("late")

    events.dispatch_once({type(placed(1)): [Hearer("half", half_way)]}, now=NOON)

    assert list(OutboxFact.objects.filter(kind="OrderShipped").values_list("entity", flat=True)) == ["order:1"]


def test_a_broken_foreign_key_fails_its_own_fact_only():
    """Django's foreign keys are checked at commit; without an earlier check one bad fact would undo every round for ever."""
    events.record_many([placed(1), placed(2)], at=NOON)

    def points_nowhere(batch):
        for heard in batch:
            target = 10**15 if heard.fact.order_id == 2 else heard.id
            Waiting.objects.create(fact_id=target, hearer="other", entity="z:1", next_try_at=later(9999), parked_at=NOON)

    done = events.dispatch_once({type(placed(1)): [Hearer("careless", points_nowhere)]}, now=NOON)

    assert (done.heard, done.failed) == (2, 1)
    assert "IntegrityError" in Waiting.objects.get(hearer="careless").error


def test_later_facts_of_a_failed_entity_wait_their_turn_and_follow_in_order():
    events.record_many([placed(1), paid(1), placed(2)], at=NOON)
    ear = Listener("ear", fails_for=[1])
    events.dispatch_once(listening(ear), now=NOON)
    events.record(shipped(1), at=NOON)
    events.dispatch_once(listening(ear), now=later(1))
    assert ear.heard == [("OrderPlaced", 2)]

    ear.fails_for.clear()
    events.dispatch_all(listening(ear), now=later(2))

    assert ear.heard == [("OrderPlaced", 2), ("OrderPlaced", 1), ("OrderPaid", 1), ("OrderShipped", 1)]
    assert not Waiting.objects.exists()


def test_a_fact_that_keeps_failing_is_parked_shown_and_replayed():
    events.record_many([placed(1), paid(1), placed(2)], at=NOON)
    ear = Listener("ear", fails_for=[1])
    moment = NOON
    for _ in range(20):
        events.dispatch_once(listening(ear), now=moment)
        moment += timedelta(minutes=15)

    (parked,) = events.parked()
    assert (parked.hearer, parked.kind, parked.entity, parked.tries, parked.behind) == ("ear", "OrderPlaced", "order:1", 8, 1)
    assert parked.error.startswith("RuntimeError at builders.py:")
    assert events.backlog().parked == 1
    assert ear.heard == [("OrderPlaced", 2)]

    ear.fails_for.clear()
    events.replay(fact_id=parked.fact_id, hearer="ear", actor=None, now=moment)
    events.dispatch_all(listening(ear), now=moment)

    assert ear.heard == [("OrderPlaced", 2), ("OrderPlaced", 1), ("OrderPaid", 1)]
    assert events.parked() == ()
    assert OutboxFact.objects.get(kind=FactReplayed.__name__).body == {"fact_id": parked.fact_id, "hearer": "ear"}
    (entry,) = audit.entries(act="events.replay")
    assert entry.subject == f"fact:{parked.fact_id}"


def test_replaying_what_does_not_wait_is_refused_and_leaves_no_trace():
    fact_id = events.record(placed(1), at=NOON)
    events.dispatch_all(listening(Listener("ear")), now=NOON)

    for unknown, hearer in [(fact_id, "ear"), (FactId(10**12), "ear"), (fact_id, "*")]:
        with pytest.raises(NotWaiting):
            events.replay(fact_id=unknown, hearer=hearer, actor=None, now=NOON)

    assert not OutboxFact.objects.filter(kind="FactReplayed").exists()
    assert len(audit.entries(act="events.replay")) == 0


def test_a_fact_nobody_can_read_is_parked_not_passed():
    OutboxFact.objects.create(kind="OrderPaid", entity="order:1", body={"order_id": "one"}, occurred_at=NOON)
    OutboxFact.objects.create(kind="OrderLost", entity="order:2", body={}, occurred_at=NOON)
    events.record(paid(3), at=NOON)
    ear = Listener("ear")

    events.dispatch_once(listening(ear), now=NOON)

    assert ear.heard == [("OrderPaid", 3)]
    waits = {(wait.entity, wait.hearer, wait.parked_at is not None) for wait in Waiting.objects.all()}
    assert waits == {("order:1", "ear", False), ("order:2", "*", True)}


def test_a_kind_that_came_back_is_heard_by_all_after_replay():
    row = OutboxFact.objects.create(kind="OrderLost", entity="order:2", body={}, occurred_at=NOON)
    ear = Listener("ear")
    events.dispatch_once(listening(ear), now=NOON)
    OutboxFact.objects.filter(id=row.id).update(kind="OrderPaid", body={"order_id": 2, "payment_id": 1, "buyer_id": 1, "amount_minor": 1})

    events.replay(fact_id=FactId(row.id), hearer="*", actor=None, now=NOON)
    events.dispatch_all(listening(ear), now=NOON)

    assert ear.heard == [("OrderPaid", 2)]


def test_waits_of_a_hearer_that_is_gone_are_parked():
    events.record(placed(1), at=NOON)
    events.dispatch_once(listening(Listener("old", fails_for=[1])), now=NOON)

    events.dispatch_once(listening(Listener("new")), now=later(5))

    (parked,) = events.parked()
    assert (parked.hearer, parked.error) == ("old", "'old' does not hear OrderPlaced any more")


def test_a_lower_id_that_commits_later_is_still_heard():
    events.record_many([placed(1), placed(2)], at=NOON)
    first = OutboxFact.objects.order_by("id").first()
    OutboxFact.objects.filter(id=first.id).update(heard_at=NOON)
    ear = Listener("ear")
    events.dispatch_all(listening(ear), now=NOON)

    OutboxFact.objects.filter(id=first.id).update(heard_at=None)  # as if its transaction committed only now
    events.dispatch_all(listening(ear), now=NOON)

    assert ear.heard == [("OrderPlaced", 2), ("OrderPlaced", 1)]


def test_heard_facts_are_purged_and_waiting_ones_kept():
    events.record_many([placed(1), placed(2)], at=NOON)
    events.dispatch_once(listening(Listener("ear", fails_for=[2])), now=NOON)
    events.record(placed(3), at=NOON)

    assert jobs.purge_heard(now=NOON + timedelta(days=29)) == 0
    assert jobs.purge_heard(now=NOON + timedelta(days=31)) == 1
    assert set(OutboxFact.objects.values_list("entity", flat=True)) == {"order:2", "order:3"}
