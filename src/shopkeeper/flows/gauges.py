"""How the shop's work stands at this moment, as figures for whoever watches it. Counters are counted where things happen."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings

from shopkeeper.events import public as events
from shopkeeper.growth.messages import public as messages
from shopkeeper.ops.health import public as health
from shopkeeper.ops.jobs import public as jobs
from shopkeeper.ops.monitoring.shapes import Gauge
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.search import public as search

AGES = (("5m", timedelta(minutes=5)), ("1h", timedelta(hours=1)), ("1d", timedelta(days=1)))
OLDER = "older"

Values = dict[tuple[str, ...], float]


def at(now: datetime) -> list[Gauge]:
    """Return every gauge; where the database does not answer, only that it does not."""
    answer = health.ask(settings.DATABASES["default"])
    up = Gauge(name="shopkeeper_database_up", meaning="1 where the database answers.", values={(): float(answer.is_reached)})
    if not answer.is_reached:
        return [up]
    silent: Values = {(): answer.worker_silent_s} if answer.worker_silent_s is not None else {}
    worker = Gauge(name="shopkeeper_worker_silent_seconds", meaning="Since the worker was heard of.", values=silent)
    return [up, worker, *_facts(now), *_work(), *_trade(now), *_search()]


def _facts(now: datetime) -> list[Gauge]:
    lags = events.lags()
    ages: Values = {(lag.hearer,): (now - lag.oldest_at).total_seconds() for lag in lags if lag.oldest_at is not None}
    return [
        Gauge(
            name="shopkeeper_facts_waiting", meaning="Facts a hearer has not heard; * stands for facts nobody was handed yet.",
            labels=("hearer",), values={(lag.hearer,): lag.behind for lag in lags},
        ),
        Gauge(
            name="shopkeeper_facts_parked", meaning="Facts set aside after their tries.",
            labels=("hearer",), values={(lag.hearer,): lag.parked for lag in lags},
        ),
        Gauge(name="shopkeeper_facts_oldest_seconds", meaning="Age of the oldest of both.", labels=("hearer",), values=ages),
    ]  # fmt: skip


def _work() -> list[Gauge]:
    queued: Values = {(task, state): float(number) for (task, state), number in jobs.counts().items()}
    mails: Values = {(state.value,): float(number) for state, number in messages.counts().items()}
    return [
        Gauge(name="shopkeeper_jobs", meaning="Jobs in the queue.", labels=("job", "state"), values=queued),
        Gauge(name="shopkeeper_mails", meaning="Mails by state.", labels=("state",), values=mails),
        Gauge(
            name="shopkeeper_mails_returned", meaning="News of mails that came back, or that readers complained of.", labels=("kind",),
            values={(kind.value,): float(number) for kind, number in messages.bounce_counts().items()},
        ),
        Gauge(
            name="shopkeeper_mail_addresses_stopped", meaning="Addresses to which only necessary mail goes.",
            values={(): float(messages.stopped())},
        ),
    ]  # fmt: skip


def _search() -> list[Gauge]:
    # What is written down here: asking the server would keep whoever watches the shop waiting just when it hangs.
    standing = search.server_noted()
    if standing is None:
        return []
    is_ready = standing.built_at is not None and not standing.is_late
    return [
        Gauge(
            name="shopkeeper_search_server_ready", meaning="1 where the search server was built, is told in time and so is asked.",
            values={(): float(is_ready)},
        ),
        Gauge(
            name="shopkeeper_search_server_waiting", meaning="Goods of which the search server has to be told.",
            values={(): float(standing.waiting)},
        ),
        Gauge(name="shopkeeper_search_server_oldest_seconds", meaning="Since the oldest of them waits.", values={(): standing.oldest_s}),
        Gauge(
            name="shopkeeper_search_server_refused", meaning="Goods that the search server does not take.",
            values={(): float(len(standing.refused))},
        ),
    ]  # fmt: skip


def _trade(now: datetime) -> list[Gauge]:
    holds = inventory.hold_counts(now)
    return [
        Gauge(
            name="shopkeeper_payments_pending", meaning="Payments without an answer, by how long at most they have waited.",
            labels=("age",), values=by_age(payments.waiting_since(), now),
        ),
        Gauge(
            name="shopkeeper_holds", meaning="Holds that keep goods from others; overdue ones have run out and wait for the sweep.",
            labels=("state",), values={("open",): holds.open, ("overdue",): holds.overdue},
        ),
    ]  # fmt: skip


def by_age(moments: Iterable[datetime], now: datetime) -> Values:
    """Return how many moments lie how far back: each counts in the first age it fits into."""
    found = Counter(next((name for name, age in AGES if now - moment <= age), OLDER) for moment in moments)
    names: Sequence[str] = [*(name for name, _ in AGES), OLDER]
    return {(name,): float(found[name]) for name in names}
