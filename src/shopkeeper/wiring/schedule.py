"""Which job runs when. A job reads the clock here and calls a face or a flow; heavy libraries are imported inside it.

Times are UTC. While no worker runs nothing is scheduled; what was missed by more than ten minutes waits for its next time.
"""

from datetime import UTC, datetime, timedelta

from procrastinate import JobContext

from shopkeeper.ops.jobs import public as jobs

app = jobs.app

EVERY_MINUTE = "* * * * *"
EVERY_FIVE_MINUTES = "*/5 * * * *"
EVERY_HOUR = "20 * * * *"
EVERY_NIGHT = "{minute} 2 * * *"


class BooksDiffer(Exception):
    """The books do not agree with each other."""


class BackupNotProven(Exception):
    """A backup could not be restored, or what came back is not right."""


def _now() -> datetime:
    return datetime.now(UTC)


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="rescue", queueing_lock="rescue", pass_context=True)
async def rescue(context: JobContext, timestamp: int) -> None:
    """Start anew what a worker had under way when it died."""
    await jobs.rescue(context.app)


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="sweep", queueing_lock="sweep", lock="sweep")
def sweep(timestamp: int) -> None:
    """Finish what a dead process left: settle silent payments, end holds that ran out, settle refunds under way."""
    from shopkeeper.flows import approve
    from shopkeeper.flows import sweep as flow

    flow.sweep(_now())
    approve.finish(_now())


@app.periodic(cron=EVERY_FIVE_MINUTES)
@app.task(name="tidy_lake", queueing_lock="tidy_lake", lock="tidy_lake")
def tidy_lake(timestamp: int) -> None:
    """Merge the lake's many small files, and remove those nobody reads any more."""
    from shopkeeper.insight.lake import jobs as lake

    lake.tidy(now=_now())


@app.periodic(cron=EVERY_HOUR)
@app.task(name="wake_orders", queueing_lock="wake_orders", lock="wake_orders")
def wake_orders(timestamp: int) -> None:
    """Have the providers asked anew about orders whose money is not what they keep for them; the sweep then settles what can be."""
    from shopkeeper.flows import settle_strays

    settle_strays.wake_orders_that_differ(_now())


@app.periodic(cron=EVERY_NIGHT.format(minute=10))
@app.task(name="audit_books", queueing_lock="audit_books", lock="audit_books")
def audit_books(timestamp: int) -> None:
    """Hold stock, orders and payments against each other and their ledgers; a difference fails the job, so that it shows."""
    from shopkeeper.flows import audit_books as flow

    report = flow.run_and_keep(_now())
    if not report.is_right:
        raise BooksDiffer(f"{len(report.findings)} differences; `shopkeeper audit` names each")


@app.periodic(cron=EVERY_NIGHT.format(minute=50))
@app.task(name="backup", queueing_lock="backup", lock="backup")
def backup(timestamp: int = 0) -> None:
    """Take a backup, restore it beside the shop, audit what came back, clear old ones; whatever fails fails the job, so that it shows."""
    from shopkeeper.flows import back_up

    kept = back_up.take(to=None, name=None, now=_now())
    proof = back_up.prove(name=kept.name)
    if not proof.is_good:
        raise BackupNotProven(f"{kept.name}: {proof.problems[0]}")
    back_up.clear(of=None, now=_now())


@app.periodic(cron=EVERY_NIGHT.format(minute=20))
@app.task(name="index_search", queueing_lock="index_search", lock="index_search")
def index_search(timestamp: int) -> None:
    """Index every product anew, which puts right whatever was missed, count its words, and forget what was searched for long ago."""
    from shopkeeper.flows import index_products
    from shopkeeper.selling.search import public as search

    index_products.index_all()
    search.tidy(now=_now())


@app.periodic(cron=EVERY_NIGHT.format(minute=30))
@app.task(name="tidy", queueing_lock="tidy", lock="tidy")
def tidy(timestamp: int) -> None:
    """Remove what nobody needs any more: facts heard by all, rows of mails sent long ago, addresses never confirmed,
    tries counted, ended sessions.
    """
    from django.core.management import call_command

    from shopkeeper.events import jobs as events
    from shopkeeper.growth.messages import public as messages
    from shopkeeper.ops.access import public as access
    from shopkeeper.ops.limits import public as limits

    now = _now()
    events.purge_heard(now=now)
    jobs.forget_old(now - timedelta(days=1))
    messages.purge_sent(now=now)
    access.forget_unconfirmed(now)
    access.forget_asked(now)
    limits.forget_over(now)
    access.forget_old_sessions(now)
    call_command("clearsessions")
