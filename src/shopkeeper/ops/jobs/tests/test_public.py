"""Jobs share the fate of their transaction, loops outlive their failures, and a job outlives its worker."""

import asyncio
import threading

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import TaskNotFound

from shopkeeper.ops.jobs import public as jobs

pytestmark = pytest.mark.django_db


@jobs.app.task(name="test.note")
def note(word: str) -> None:
    """A job for tests."""


def queued():
    return list(ProcrastinateJob.objects.filter(task_name="test.note").order_by("id").values_list("args", flat=True))


def test_a_job_is_queued_with_its_transaction():
    with transaction.atomic():
        jobs.defer("test.note", word="kept")
    with transaction.atomic():
        jobs.defer("test.note", word="lost")
        transaction.set_rollback(True)

    assert queued() == [{"word": "kept"}]


def test_the_same_job_is_queued_once_while_it_waits_and_the_transaction_goes_on():
    with transaction.atomic():
        jobs.defer("test.note", once="note", word="first")
        jobs.defer("test.note", once="note", word="second")
        jobs.defer("test.note", word="third")

    assert queued() == [{"word": "first"}, {"word": "third"}]


def test_a_job_nobody_knows_is_refused_at_once():
    with pytest.raises(TaskNotFound):
        jobs.defer("test.note_misspelt")

    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_worker_died_is_queued_anew_and_one_under_way_is_left_alone():
    for word in ("of a dead worker", "of a living worker"):
        jobs.defer("test.note", word=word)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour'), (now()) RETURNING id")
        dead, living = (row[0] for row in cursor.fetchall())
        for word, worker in (("of a dead worker", dead), ("of a living worker", living)):
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE args ->> 'word' = %s", [worker, word])

    with jobs.app.replace_connector(jobs.app.connector.get_worker_connector()) as worker_app:
        rescued = asyncio.run(_rescue(worker_app))

    assert rescued == 1
    states = dict(ProcrastinateJob.objects.values_list("args__word", "status"))
    assert states == {"of a dead worker": "todo", "of a living worker": "doing"}


async def _rescue(worker_app):
    async with worker_app.open_async():
        return await jobs.rescue(worker_app)


@pytest.mark.django_db(transaction=True)
def test_a_loop_that_fails_is_tried_again_and_ends_when_asked(monkeypatch, caplog):
    monkeypatch.setattr("shopkeeper.ops.jobs.loops.AFTER_FAILURE_S", 0.01)
    rounds, done = [], threading.Event()

    def step():
        rounds.append(1)
        if len(rounds) == 2:
            raise ConnectionError("the server went away")
        if len(rounds) == 4:
            done.set()
        return False

    with jobs.run_loops([jobs.Loop(name="test loop", step=step, idle_s=0.01)], grace_s=5):
        assert done.wait(10)

    ended_after = len(rounds)
    assert not [thread for thread in threading.enumerate() if thread.name == "test loop"]
    assert "test loop failed and will be tried again" in caplog.text
    assert len(rounds) == ended_after


@pytest.mark.django_db(transaction=True)
def test_a_loop_with_more_to_do_does_not_sleep():
    rounds = []

    with jobs.run_loops([jobs.Loop(name="busy", step=lambda: rounds.append(1) or len(rounds) < 50, idle_s=30)], grace_s=5) as stop:
        while len(rounds) < 50:
            assert not stop.wait(0.01)

    assert len(rounds) == 50


@pytest.mark.django_db(transaction=True)
def test_a_round_that_hangs_is_left_behind_after_its_grace(caplog):
    release = threading.Event()

    with jobs.run_loops([jobs.Loop(name="hanging", step=lambda: release.wait(30), idle_s=1)], grace_s=0.2):
        pass

    assert "hanging did not end in time" in caplog.text
    release.set()
