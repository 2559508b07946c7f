"""A worker is paused with work in its hands, for longer than its lease; another one does the work; the first one wakes and is refused."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import DatabaseError

from shopkeeper.events import public as events
from shopkeeper.events.dispatch import LEASE as DISPATCH_LEASE
from shopkeeper.events.models import OutboxFact
from shopkeeper.flows import settle_payment, sweep
from shopkeeper.flows.tests.builders import NOON, told
from shopkeeper.ops.jobs import public as jobs
from shopkeeper.selling.payments import public as payments
from shopkeeper.wiring.reactions import REACTIONS
from tests.crash import kills, scenes
from tests.crash.scenes import SCENES, Before, Scene, all_is_well, recover
from tests.crash.watch import Watch, stop_myself

AT = NOON + timedelta(minutes=5)
PATIENCE_S = 60.0


def unheard_news() -> Before:
    """An order whose money was reserved and whose news got lost: only the sweeper will ever ask for it."""
    return scenes._silent()


def a_refund_half_done() -> Before:
    return scenes._all_kinds_of_unfinished_work()


SWEEP = Scene(unheard_news, lambda _: sweep.sweep(AT), scenes._paid_once)
FINISH = Scene(a_refund_half_done, lambda _: sweep.sweep(AT), scenes._all_finished)


def place_of(calls: list[str], word: str) -> int:
    return calls.index(word) + 1


def swept_until(number: int, when: str):
    with Watch(number, when, end=stop_myself).watching():
        return sweep.sweep(AT)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("scene", "word"),
    [(SWEEP, "provider.find"), (SWEEP, "provider.capture"), (FINISH, "provider.refund")],
    ids=["asking", "taking money", "paying out"],
)
def test_a_sweeper_that_wakes_after_its_lease_writes_nothing(stage, scene, word, when):
    with stage.prepared(scene.prepare) as (prepared, before):
        calls = kills.recorded(stage, prepared, scene, before)
        with stage.copy(prepared) as name:
            paused = stage.start(name, lambda: swept_until(place_of(calls, word), when))
            assert paused.stopped()
            another = stage.play(name, lambda: [swept_without_news(AT + timedelta(minutes=minutes)) for minutes in (3, 4)])
            after_the_other = stage.play(name, facts)
            paused.go_on()
            status, woken = paused.end()
            assert stage.play(name, facts) == after_the_other
            stage.play(name, lambda: (recover(), scene.holds(before), all_is_well()))

    assert sum(each.payments + each.refunds for each in another) >= 1
    assert (status, woken.passed) == (0, 1), woken


def swept_without_news(now):
    payments.webhooks_of_test_provider(now)  # lost on the way: only by asking is anything found out
    return sweep.sweep(now)


def facts() -> list[int]:
    return list(OutboxFact.objects.order_by("id").values_list("id", flat=True))


def test_without_the_fence_the_stale_word_is_written(stage):
    """The planted violation: work that only one may do, done by two because nobody asks for the number."""

    def stale(is_fenced: bool) -> int:
        lease = jobs.take(name="a ledger", lasts=timedelta(seconds=45), now=AT)
        stop_myself()
        if not is_fenced:
            note()
            return 1
        try:
            with jobs.fenced(lease):
                note()
        except jobs.LeaseLost:
            return 0
        return 1

    with stage.prepared(scenes.opened) as (prepared, _):
        written = {is_fenced: _taken_over(stage, prepared, lambda is_fenced=is_fenced: stale(is_fenced)) for is_fenced in (True, False)}

    assert written == {True: (0, 1), False: (1, 2)}


def _taken_over(stage, prepared, stale) -> tuple[int, int]:
    def fresh() -> int:
        lease = jobs.take(name="a ledger", lasts=timedelta(seconds=45), now=AT + timedelta(minutes=1))
        with jobs.fenced(lease):
            note()
        return lease.number

    with stage.copy(prepared) as name:
        paused = stage.start(name, stale)
        assert paused.stopped()
        assert stage.play(name, lambda: jobs.take(name="a ledger", lasts=timedelta(seconds=45), now=AT)) is None
        stage.play(name, fresh)
        paused.go_on()
        _, woken = paused.end()
        return woken, stage.play(name, OutboxFact.objects.filter(kind="Note").count)


def note() -> None:
    OutboxFact.objects.create(kind="Note", entity="note:1", body={}, occurred_at=AT)


def test_a_paused_dispatcher_loses_its_round_and_nothing_is_told_twice(stage):
    scene = SCENES["dispatch"]
    lease = timedelta(seconds=1)

    def dispatched(number: int):
        try:
            with Watch(number, "after", end=stop_myself).watching():
                return events.dispatch_once(REACTIONS, now=AT, lease=lease)
        except DatabaseError as refused:
            return f"refused: {type(refused).__name__}"

    with stage.prepared(scene.prepare) as (prepared, before):
        calls = kills.recorded(stage, prepared, scene, before)
        with stage.copy(prepared) as name:
            paused = stage.start(name, lambda: dispatched(place_of(calls, "lake.make_durable")))
            assert paused.stopped()
            heard = _until_somebody_hears(stage, name)
            paused.go_on()
            status, said = paused.end()
            stage.play(name, lambda: (recover(), scene.holds(before), all_is_well()))

    assert heard > 0
    assert (status, str(said)[:8]) == (0, "refused:"), said
    assert timedelta(seconds=30) <= DISPATCH_LEASE


def _until_somebody_hears(stage, name: str) -> int:
    """Return what another dispatcher hears, once the server has ended the paused one's transaction."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        heard = stage.play(name, lambda: events.dispatch_all(REACTIONS, now=AT))
        if heard:
            return int(heard)
        time.sleep(0.3)
    return 0


def test_nobody_takes_over_in_the_middle_of_a_fenced_transaction(stage):
    """A lease whose worker stands inside a transaction is in use, however late it is."""

    def inside() -> None:
        from django.db import transaction

        lease = jobs.take(name="a ledger", lasts=timedelta(seconds=45), now=AT)
        with jobs.fenced(lease), transaction.atomic():
            note()
            stop_myself()
            note()

    late = AT + timedelta(hours=1)
    with stage.prepared(scenes.opened) as (prepared, _), stage.copy(prepared) as name:
        paused = stage.start(name, inside)
        assert paused.stopped()
        during = stage.play(name, lambda: jobs.take(name="a ledger", lasts=timedelta(seconds=45), now=late))
        paused.go_on()
        status, said = paused.end()
        after = stage.play(name, lambda: jobs.take(name="a ledger", lasts=timedelta(seconds=45), now=late))
        notes = stage.play(name, OutboxFact.objects.filter(kind="Note").count)

    assert (during, status, notes) == (None, 0, 2), said
    assert after is not None


def test_what_is_settled_by_news_meanwhile_is_not_settled_again_by_the_sweeper(stage):
    """News needs no lease: it comes while a sweeper sleeps over the same payment, and both find one end."""
    with stage.prepared(SWEEP.prepare) as (prepared, before):
        calls = kills.recorded(stage, prepared, SWEEP, before)
        with stage.copy(prepared) as name:
            paused = stage.start(name, lambda: swept_until(place_of(calls, "provider.find"), "after"))
            assert paused.stopped()
            message = before.messages[0]
            stage.play(name, lambda: settle_payment.hear_webhook(provider="test", body=message.body, headers=message.headers, now=AT))
            paid = stage.play(name, lambda: len(told("OrderPaid")))
            paused.go_on()
            status, woken = paused.end()
            stage.play(name, lambda: (recover(), SWEEP.holds(before), all_is_well()))

    assert (paid, status, woken.payments) == (1, 0, 1)
