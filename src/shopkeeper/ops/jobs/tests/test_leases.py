"""Work that takes longer than a transaction is done by one at a time, and who lost it writes nothing."""

import asyncio
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from shopkeeper.ops.jobs import public as jobs
from shopkeeper.ops.jobs.models import Lease, Report
from shopkeeper.ops.jobs.worker import FencedJobs

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LASTS = timedelta(seconds=45)


def take(now=NOON, name="payment:1"):
    return jobs.take(name=name, lasts=LASTS, now=now)


@pytest.mark.django_db
def test_one_has_a_piece_of_work_until_its_time_is_up():
    first = take()

    assert take(NOON + LASTS - timedelta(seconds=1)) is None
    assert take(name="payment:2") is not None
    second = take(NOON + LASTS)
    assert second.number > first.number
    assert list(Lease.objects.filter(name="payment:1").values_list("id", flat=True)) == [second.number]


@pytest.mark.django_db
def test_what_was_given_back_can_be_taken_at_once_and_only_its_owner_gives_it_back():
    first = take()
    second = take(NOON + LASTS)

    assert not jobs.give_back(first)
    assert jobs.give_back(second)
    assert take().number > second.number


@pytest.mark.django_db
def test_leases_nobody_took_up_again_are_forgotten():
    take()

    assert jobs.forget_old(NOON) == 0
    assert jobs.forget_old(NOON + timedelta(days=1)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_atomic", [True, False])
def test_a_transaction_of_lost_work_is_refused_and_changes_nothing(is_atomic):
    lost, _taker = take(), take(NOON + LASTS)

    with pytest.raises(jobs.LeaseLost, match="payment:1"), jobs.fenced(lost), transaction.atomic() if is_atomic else nullcontext():
        note()

    assert not Report.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_atomic", [True, False])
def test_whoever_has_the_lease_writes_transaction_after_transaction(is_atomic):
    lease = take()

    with jobs.fenced(lease):
        for _ in range(2):
            if is_atomic:
                with transaction.atomic():
                    note()
                    note()
            else:
                note()

    assert Report.objects.count() == (4 if is_atomic else 2)


def note() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO jobs_report (name, at, trouble, body) VALUES ('test', now(), 0, '{}')")


@jobs.app.task(name="test.fenced")
def work() -> None:
    """A job for tests."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("manager", "left"), [(FencedJobs, 1), (JobManager, 0)], ids=["fenced", "as it comes"])
def test_a_worker_that_was_silent_does_not_end_a_job_another_one_has_by_now(manager, left):
    """The second case is the planted violation: without the number the job under way vanishes from the queue."""
    jobs.defer("test.fenced")

    asyncio.run(_silent_and_rescued(manager))

    assert ProcrastinateJob.objects.filter(task_name="test.fenced", status="doing").count() == left


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_not_silent_ends_its_job():
    jobs.defer("test.fenced")

    asyncio.run(_done_at_once())

    assert not ProcrastinateJob.objects.exists()


async def _silent_and_rescued(manager) -> None:
    with jobs.app.replace_connector(jobs.app.connector.get_worker_connector()) as running:
        async with running.open_async():
            ours = manager(running.connector)
            silent, other = await ours.register_worker(), await ours.register_worker()
            job = await ours.fetch_job(queues=None, worker_id=silent)
            await running.connector.execute_query_async(
                query="UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' WHERE id = %(silent)s", silent=silent
            )
            assert await jobs.rescue(running) == 1
            again = await ours.fetch_job(queues=None, worker_id=other)
            assert again.id == job.id
            await ours.finish_job(job, Status.SUCCEEDED, delete_job=True)


async def _done_at_once() -> None:
    with jobs.app.replace_connector(jobs.app.connector.get_worker_connector()) as running:
        async with running.open_async():
            ours = FencedJobs(running.connector)
            job = await ours.fetch_job(queues=None, worker_id=await ours.register_worker())
            await ours.finish_job(job, Status.SUCCEEDED, delete_job=True)


@pytest.mark.django_db
def test_the_newest_report_counts_and_old_ones_go():
    for hour in range(103):
        jobs.keep_report(name="books", at=NOON + timedelta(hours=hour), trouble=hour, body={"hour": hour})

    assert jobs.last_report("books").body == {"hour": 102}
    assert jobs.trouble("books") == 102
    assert (jobs.last_report("other"), jobs.trouble("other")) == (None, 0)
    assert Report.objects.count() == 100
