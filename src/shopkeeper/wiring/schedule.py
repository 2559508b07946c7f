"""Which job runs when. A job reads the clock here and calls a face or a flow; heavy libraries are imported inside it.

Times are UTC. While no worker runs nothing is scheduled; what was missed by more than ten minutes waits for its next time.
"""

from datetime import UTC, datetime, timedelta

from procrastinate import JobContext

from shopkeeper.ops.jobs import public as jobs

app = jobs.app

EVERY_MINUTE = "* * * * *"
EVERY_FIVE_MINUTES = "*/5 * * * *"
EVERY_TEN_MINUTES = "*/10 * * * *"
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


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="work_on_sheets", queueing_lock="work_on_sheets", lock="work_on_sheets")
def work_on_sheets(timestamp: int) -> None:
    """Try out, take over and take back the files that staff brought, from where a dead process left them."""
    from shopkeeper.flows import sheets

    sheets.work_all(_now())


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="change_many", queueing_lock="change_many", lock="change_many")
def change_many(timestamp: int) -> None:
    """Go on with large edits of products and with their undoing, from where a dead process left them."""
    from shopkeeper.flows import change_many as flow

    flow.work_all(_now())


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="carry_out_drafts", queueing_lock="carry_out_drafts", lock="carry_out_drafts")
def carry_out_drafts(timestamp: int) -> None:
    """Let drafts of products whose moment has come go live, and products whose time is over go off."""
    from shopkeeper.flows import drafts

    drafts.carry_out_due(_now())


@app.periodic(cron=EVERY_FIVE_MINUTES)
@app.task(name="tidy_lake", queueing_lock="tidy_lake", lock="tidy_lake")
def tidy_lake(timestamp: int) -> None:
    """Merge the lake's many small files, and remove those nobody reads any more."""
    from shopkeeper.insight.lake import jobs as lake

    lake.tidy(now=_now())


@app.periodic(cron=EVERY_FIVE_MINUTES)
@app.task(name="make_pictures", queueing_lock="make_pictures", lock="make_pictures")
def make_pictures(timestamp: int = 0) -> None:
    """Make the smaller formats of pictures that were added; whoever adds one has this run at once."""
    from shopkeeper.selling.media import public as media

    media.make_waiting()


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="tell_search_server", queueing_lock="tell_search_server", lock="tell_search_server")
def tell_search_server(timestamp: int = 0) -> None:
    """Tell a search server of its own what changed, where there is one; whatever changes has this run at once."""
    from shopkeeper.ops.monitoring import public as monitoring
    from shopkeeper.selling.search import public as search
    from shopkeeper.selling.search.shapes import ServerSilent

    try:
        search.tell_server()
    except ServerSilent as silent:
        # The check “Search” says so as long as it lasts; the next minute tries again.
        monitoring.note("Search server not told", reason=silent.reason)


@app.periodic(cron=EVERY_FIVE_MINUTES)
@app.task(name="hear_bounces", queueing_lock="hear_bounces", lock="hear_bounces")
def hear_bounces(timestamp: int) -> None:
    """Take in what lies in the mailbox for mails that came back, where there is one."""
    from pathlib import Path

    from django.conf import settings

    from shopkeeper.growth.messages import public as messages

    if settings.BOUNCE_MAILBOX:
        messages.hear_mailbox(Path(settings.BOUNCE_MAILBOX), now=_now())


@app.periodic(cron=EVERY_HOUR)
@app.task(name="tell_waiting", queueing_lock="tell_waiting", lock="tell_waiting")
def tell_waiting(timestamp: int) -> None:
    """Tell the next who wait for goods that are back: of each piece, one person a day is told, whether stock moves or not."""
    from shopkeeper.flows import tell_waiting as flow

    flow.tell(None, now=_now())


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
def index_search(timestamp: int = 0) -> None:
    """Index every product anew, which puts right whatever was missed, count its words, forget what was searched for long ago;
    then build the index of a search server of its own, where there is one.
    """
    from shopkeeper.flows import index_products
    from shopkeeper.selling.search import public as search

    index_products.index_all()
    search.tidy(now=_now())
    search.build_server(now=_now())


@app.periodic(cron=EVERY_NIGHT.format(minute=40))
@app.task(name="look_at_pages", queueing_lock="look_at_pages", lock="look_at_pages")
def look_at_pages(timestamp: int) -> None:
    """Look at some of the shop's own pages as an engine does: the changed ones and those not looked at for longest."""
    from shopkeeper.flows import page_audit
    from shopkeeper.selling.shop import public as shops

    if shops.is_open():
        page_audit.round_of_the_night(now=_now())


@app.periodic(cron=EVERY_TEN_MINUTES)
@app.task(name="look_at_more_pages", queueing_lock="look_at_more_pages", lock="look_at_pages")
def look_at_more_pages(timestamp: int) -> None:
    """Look at a few pages that are due, so that in time every page of a large shop is looked at, changed ones first."""
    from shopkeeper.flows import page_audit
    from shopkeeper.selling.shop import public as shops

    if shops.is_open():
        page_audit.round_of_the_day(now=_now())


@app.task(name="look_at_goods", lock="look_at_pages")
def look_at_goods(kind: str, subject: str) -> None:
    """Look at the next goods on a shelf or in a collection for which somebody asked; puts itself off until all are looked at."""
    from shopkeeper.flows import page_audit
    from shopkeeper.selling.content.shapes_pages import PageKind, PageRef

    page_audit.go_on(PageRef(kind=PageKind(kind), subject=subject), now=_now())


@app.periodic(cron=EVERY_NIGHT.format(minute=30))
@app.task(name="tidy", queueing_lock="tidy", lock="tidy")
def tidy(timestamp: int) -> None:
    """Remove what nobody needs any more: facts heard by all, rows of mails sent long ago, addresses never confirmed,
    tries counted, ended sessions, waits for goods whose time is up, wish lists of browsers that never came back,
    pictures nobody shows, who followed links on days that are over.
    """
    from django.core.management import call_command

    from shopkeeper.events import jobs as events
    from shopkeeper.growth.links import public as links
    from shopkeeper.growth.messages import public as messages
    from shopkeeper.ops.access import public as access
    from shopkeeper.ops.imports import public as imports
    from shopkeeper.ops.limits import public as limits
    from shopkeeper.selling.customers import public as customers
    from shopkeeper.selling.media import public as media
    from shopkeeper.selling.wishes import public as wishes

    now = _now()
    imports.forget_sheets(now)
    events.purge_heard(now=now)
    jobs.forget_old(now - timedelta(days=1))
    messages.purge_sent(now=now)
    access.forget_unconfirmed(now)
    access.forget_asked(now)
    limits.forget_over(now)
    wishes.tidy(now=now)
    # Two days, so that the day is over wherever the shop stands.
    links.forget_visitors(before=(now - timedelta(days=2)).date())
    access.forget_old_sessions(now)
    customers.forget_codes(now)
    customers.forget_texts(now)
    media.tidy(now=now)
    call_command("clearsessions")
