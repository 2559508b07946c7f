"""The shop looked over: installation, machine, database, and how the rooms' work stands. For `doctor`, the console and /readyz."""

import os
import socket
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings

from shopkeeper.events import public as events
from shopkeeper.flows import back_up
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailState
from shopkeeper.kit import together
from shopkeeper.kit.configuration import Configuration
from shopkeeper.kit.settings import SETTINGS
from shopkeeper.ops.database import public as database
from shopkeeper.ops.health import public as health
from shopkeeper.ops.health.shapes import Check, Finding, failed, gettext_noop, ok, unknown, warning
from shopkeeper.ops.jobs import public as jobs
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import NotOffered
from shopkeeper.selling.search import public as search
from shopkeeper.selling.search.shapes import ServerStanding

LATE = timedelta(minutes=1)
STUCK = timedelta(minutes=10)
MAIL_PATIENCE_S = 3.0
_LOCK = Path(__file__).resolve().parents[3] / "requirements.lock"

FOR_TRAFFIC = ("database", "migrations", "worker", "disk")
"""What a shop needs to be sent shoppers."""


def run(*, now: datetime, environ: Mapping[str, str] = os.environ) -> tuple[Finding, ...]:
    """Return what every check found. Works while the database is down: what needs it is then unknown."""
    answer = health.ask(settings.DATABASES["default"])
    configuration = Configuration(SETTINGS, environ)
    folder = Path(settings.DATA_DIR)
    before: list[tuple[str, Check]] = [
        ("settings", lambda: health.settings(configuration, environ)),
        ("python", health.python),
        ("packages", lambda: health.packages(_LOCK)),
        *_of_server(answer),
        ("disk", lambda: health.disk(folder)),
        ("folder", lambda: health.folder_modes(folder)),
        ("secret_key", lambda: health.secret_key(folder, given=configuration.text("SECRET_KEY"))),
        ("clock", lambda: health.clock(now, database_now=answer.now)),
    ]
    after: list[tuple[str, Check]] = [
        ("backup", lambda: _backup(now)),
        ("addresses", lambda: health.addresses(public_url=settings.PUBLIC_URL, allowed_hosts=settings.ALLOWED_HOSTS)),
        ("debug", lambda: health.debug(bool(configuration.flag("DEBUG")))),
        ("tls", lambda: health.tls(settings.PUBLIC_URL)),
    ]
    of_rooms = _together(_of_rooms(now)) if answer.is_reached else health.looked_at(_unseen())
    return (*health.looked_at(before), *of_rooms, *health.looked_at(after))


def _together(checks: Sequence[tuple[str, Check]]) -> tuple[Finding, ...]:
    """Make each check by itself, so that what they ask the database travels together; one that breaks does not break the others."""
    return tuple(finding for found in together.read(*(partial(health.looked_at, [each]) for each in checks)) for finding in found)


def readiness() -> tuple[Finding, ...]:
    """Return whether the shop can be sent shoppers, within a few seconds whatever hangs: see FOR_TRAFFIC."""
    answer = health.ask(settings.DATABASES["default"])
    checks = [*_of_server(answer), ("disk", lambda: health.disk(Path(settings.DATA_DIR)))]
    return health.looked_at([(name, check) for name, check in checks if name in FOR_TRAFFIC])


def _of_server(answer: health.Answer) -> list[tuple[str, Check]]:
    return [
        ("database", lambda: health.database(answer)),
        ("durability", lambda: health.durability(answer)),
        ("migrations", lambda: health.migrations(answer, wanted=database.fingerprint())),
        ("worker", lambda: health.worker(answer)),
    ]


def _of_rooms(now: datetime) -> list[tuple[str, Check]]:
    return [
        ("facts", lambda: _facts(now)),
        ("parked", _parked),
        ("jobs", _jobs),
        ("mails", _mails),
        ("waiting", lambda: _waiting(now)),
        ("payments", _payments),
        ("search", _search),
    ]


def _unseen() -> list[tuple[str, Check]]:
    def without(name: str) -> Check:
        return lambda: unknown(name, gettext_noop("The database does not answer"), gettext_noop("Put the database right first."))

    return [(name, without(name)) for name in ("facts", "parked", "jobs", "mails", "waiting", "payments", "search")]


def _facts(now: datetime) -> Finding:
    """Facts are heard soon after they happened."""
    lags = [lag for lag in events.lags() if lag.behind and lag.oldest_at is not None]
    behind = sum(lag.behind for lag in lags)
    age = max((now - lag.oldest_at for lag in lags if lag.oldest_at), default=timedelta(0))
    minutes = int(age.total_seconds() // 60)
    remedy = gettext_noop("Look whether the worker runs, and into its log for what fails.")
    if age > STUCK:
        return failed("facts", gettext_noop("%(number)s wait, the oldest for %(minutes)s minutes"), remedy, number=behind, minutes=minutes)
    if age > LATE:
        return warning("facts", gettext_noop("%(number)s wait, the oldest for %(minutes)s minutes"), remedy, number=behind, minutes=minutes)
    return ok("facts", gettext_noop("%(number)s wait"), number=behind)


def _parked() -> Finding:
    """No fact is set aside."""
    number = sum(lag.parked for lag in events.lags())
    if number:
        return failed(
            "parked",
            gettext_noop("%(number)s set aside after their tries"),
            gettext_noop("Open Facts in the console: each has its error and a button to try again."),
            number=number,
        )
    return ok("parked", gettext_noop("None"))


def _jobs() -> Finding:
    """No job has failed for good."""
    broken = {task: number for (task, state), number in jobs.counts().items() if state == "failed"}
    if broken:
        return failed(
            "jobs",
            gettext_noop("Failed: %(names)s"),
            gettext_noop("The worker's log says why (event “Job … ended”). After mending: shopkeeper manage procrastinate"),
            names=", ".join(f"{task} ({number})" for task, number in sorted(broken.items())),
        )
    return ok("jobs", gettext_noop("None has failed"))


def _mails() -> Finding:
    """Mails leave by a server that answers, and none is given up."""
    parked = messages.counts().get(MailState.PARKED, 0)
    if parked:
        return failed(
            "mails", gettext_noop("%(number)s given up"), gettext_noop("Open Mails in the console: each has its error."), number=parked
        )
    host, port = getattr(settings, "EMAIL_HOST", ""), getattr(settings, "EMAIL_PORT", 0)
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        said = gettext_noop("No mail server: mails are written to the terminal, addresses and links included")
        remedy = gettext_noop("Set SMTP_URL.")
        return (failed if health.is_public(settings.PUBLIC_URL) else warning)("mails", said, remedy)
    try:
        with socket.create_connection((host, port), timeout=MAIL_PATIENCE_S):
            return ok("mails", gettext_noop("%(host)s:%(port)s answers"), host=host, port=port)
    except OSError as error:
        return failed(
            "mails",
            gettext_noop("%(host)s:%(port)s does not answer (%(error)s)"),
            gettext_noop("Look at SMTP_URL, and whether the mail server can be reached from here."),
            host=host,
            port=port,
            error=type(error).__name__,
        )


def _waiting(now: datetime) -> Finding:
    """No payment has waited long for its answer."""
    number = sum(now - at > timedelta(hours=1) for at in payments.waiting_since())
    if number:
        return warning(
            "waiting",
            gettext_noop("%(number)s have waited more than an hour for an answer"),
            gettext_noop("Open Payments in the console; ask the provider about them."),
            number=number,
        )
    return ok("waiting", gettext_noop("None has waited more than an hour"))


def _search() -> Finding:
    """Searches are answered by the server that was set, which knows what the shop holds."""
    standing = search.server_standing()
    if standing is None:
        return ok("search", gettext_noop("Answered by the database"))
    later = gettext_noop("Until then the database answers. Built every night; at once: shopkeeper manage procrastinate defer index_search")
    if standing.built_at is None:
        return warning("search", gettext_noop("%(address)s has no index of this shop yet"), later, address=standing.address)
    if standing.problem:
        remedy = gettext_noop("Until it does, the database answers. Look at the server, at SEARCH_URL and at its log.")
        return warning(
            "search", gettext_noop("%(address)s does not answer (%(reason)s)"), remedy, address=standing.address, reason=standing.problem
        )
    if standing.is_late or standing.refused:
        return _untold_to_search(standing)
    if not standing.waiting and standing.goods != standing.goods_there:
        said = gettext_noop("%(address)s holds %(there)s goods instead of %(here)s")
        return warning("search", said, later, address=standing.address, there=standing.goods_there, here=standing.goods)
    return ok("search", gettext_noop("Answered by %(address)s, %(number)s goods"), address=standing.address, number=standing.goods_there)


def _untold_to_search(standing: ServerStanding) -> Finding:
    """Return what the search server does not know: changes it is told too late, or goods it does not take, with the first numbers."""
    if standing.is_late:
        remedy = gettext_noop("Until it is told, the database answers. Look whether the worker runs, and into its log.")
        return warning("search", gettext_noop("%(number)s changes wait to be told to the search server"), remedy, number=standing.waiting)
    said = gettext_noop("The search server does not take %(number)s goods (products %(ids)s) and answers with what it knew of them before")
    remedy = gettext_noop("The worker’s log names the status of each. Each is told again when it changes, and with the next new index.")
    return warning("search", said, remedy, number=len(standing.refused), ids=", ".join(map(str, standing.refused[:10])))


def _payments() -> Finding:
    """Shoppers can pay."""
    offered = payments.methods()
    if not offered:
        return failed("payments", gettext_noop("There is no way to pay"), gettext_noop("Set the credentials of a payment provider."))
    if refused := payments.not_offered():
        return _not_offered(refused)
    if all(method.is_test for method in offered):
        said = gettext_noop("Only test payments: no money moves")
        return (failed if health.is_public(settings.PUBLIC_URL) else warning)(
            "payments", said, gettext_noop("Set the credentials of a payment provider.")
        )
    if any(method.is_test for method in offered) and health.is_public(settings.PUBLIC_URL):
        return failed("payments", gettext_noop("Test payments are offered to shoppers"), gettext_noop("Remove TEST_PAYMENTS."))
    providers = sorted({method.provider for method in offered if not method.is_test})
    return ok("payments", gettext_noop("By %(names)s"), names=", ".join(providers))


def _not_offered(refused: Sequence[NotOffered]) -> Finding:
    """Return which providers stand in the settings and take no payments, and why: first those whose credentials are of no use."""
    unusable = [each for each in refused if each.reason == NotOffered.UNUSABLE_KEY]
    names = "; ".join(f"{each.provider}: {each.value}" for each in unusable or refused)
    if unusable:
        said = gettext_noop("Credentials stand in the settings and cannot be used: %(names)s")
        remedy = gettext_noop("Put what is named right, or remove the provider’s settings: shoppers are not offered it until then.")
        return failed("payments", said, remedy, names=names)
    said = gettext_noop("Set up, but not offered: the shop’s currency is another than the provider takes (%(names)s)")
    return warning("payments", said, gettext_noop("Remove the provider’s settings, or keep the books in its currency."), names=names)


_NO_BACKUP = {
    "none": gettext_noop("There is none"),
    "wrong": gettext_noop("The newest one was restored and found NOT right"),
    "unproven": gettext_noop("None was ever restored and found right"),
}


def _backup(now: datetime) -> Finding:
    """The newest backup that was restored and found right is of last night, and lies on another disk."""
    found = back_up.safety(now)
    remedy = gettext_noop("Run “shopkeeper backup”, then “shopkeeper restore FOLDER --check”; look into the log of the nightly job.")
    if found.worry in _NO_BACKUP:
        return failed("backup", _NO_BACKUP[found.worry], remedy)
    proven = found.shelf.newest_proven
    hours = int((now - proven.point.at).total_seconds() // 3600) if proven else 0
    if found.worry == "old":
        return failed("backup", gettext_noop("The newest one that was found right is %(hours)s hours old"), remedy, hours=hours)
    if found.shelf.gaps:
        said = gettext_noop("The write-ahead log has gaps: not every moment can be reached")
        return warning("backup", said, gettext_noop("Moments after the newest backup can be reached; look why the log was not received."))
    if found.is_same_disk:
        said = gettext_noop("Found right %(hours)s hours ago, but on the shop's own disk")
        return warning("backup", said, gettext_noop("Set BACKUP_DIR to a folder on another disk."), hours=hours)
    return ok("backup", gettext_noop("Found right %(hours)s hours ago"), hours=hours)
