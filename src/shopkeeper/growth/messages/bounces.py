"""Mails that came back: taking the news in, and seeing it."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.growth.messages import models, readers, store
from shopkeeper.growth.messages.rules import returned as rule
from shopkeeper.growth.messages.shapes import Bounced, BounceKind, HeardBack, Returned
from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import MessageId, OrderId, UserId, WaitId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.monitoring import public as monitoring

log = logging.getLogger(__name__)

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def hear_signed(*, body: bytes, signature: str, content_type: str, now: datetime) -> HeardBack:
    """Take in what a mail server tells over HTTP: a bounced mail as it came (`message/rfc822`), or JSON. Raises ForgedNews, Malformed."""
    rule.check_signature(body, signature, settings.BOUNCE_SECRET, now)
    news = rule.from_mail(body) if content_type.partition(";")[0].strip().lower() == "message/rfc822" else rule.from_json(body)
    return hear(news, source="http", now=now)


def hear(news: Sequence[Returned], *, source: str, now: datetime) -> HeardBack:
    """Keep news of mails of ours, each once however often it comes and in whatever order; return what became of it."""
    mine = store.by_marks([each.mark for each in news])
    kept = 0
    for each in news:
        if each.mark in mine:
            kept += _keep(each, mine[each.mark], source, now)
    foreign = sum(each.mark not in mine for each in news)
    return HeardBack(kept=kept, known=len(news) - kept - foreign, foreign=foreign)


@transaction.atomic
def _keep(news: Returned, mail: models.Outgoing, source: str, now: datetime) -> int:
    happened_at = _sane(news.happened_at, now)
    _row, is_new = models.Bounce.objects.get_or_create(
        event=news.event,
        defaults={
            "message_id": mail.pk, "order_id": mail.order_id, "user_id": mail.user_id, "reader": mail.reader, "kind": news.kind.value,
            "status": news.status, "source": source, "happened_at": happened_at, "heard_at": now,
        },
    )  # fmt: skip
    if not is_new:
        return 0
    readers.heard(mail.reader, news.kind, happened_at=happened_at, now=now)
    events.record(facts.LetterBounced(message_id=mail.pk, kind=news.kind.value), at=now)
    monitoring.note("Mail came back", mail=mail.pk, kind=news.kind.value, status=news.status)
    return 1


def _sane(moment: datetime | None, now: datetime) -> datetime:
    # Clocks of other machines are wrong now and then: what lies ahead of ours, or ages back, happened now.
    return moment if moment is not None and EARLIEST <= moment <= now + timedelta(hours=1) else now


def hear_mailbox(folder: Path, *, now: datetime, limit: int = 500) -> HeardBack:
    """Take in the mails that lie new in a Maildir, and move each to those that were read; return what became of them.

    A mail is moved after its news was kept: a process that dies in between reads it again, and the news is known already. What cannot be
    read is set aside, so that it holds nothing up, and named in the log; the first such error is raised once all others were heard.
    """
    total, first = HeardBack(), None
    new, read, aside = folder / "new", folder / "cur", folder / "set-aside"
    if not new.is_dir():
        raise NotFound("mailbox", str(folder))
    read.mkdir(exist_ok=True)
    for path in sorted(new.iterdir())[:limit]:
        try:
            heard = hear(rule.from_mail(_bytes(path)), source="mailbox", now=now)
            path.rename(read / f"{path.name}:2,S")
        except (OperationalError, InterfaceError):
            # The database is away: no mail's fault.
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one mail, the others must be heard; the error is raised at the end
            first = first or error
            _set_aside(path, aside, error)
        else:
            total = HeardBack(kept=total.kept + heard.kept, known=total.known + heard.known, foreign=total.foreign + heard.foreign)
    if first is not None:
        raise first
    return total


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise OSError(f"{path.name} is no file")
    with path.open("rb") as file:
        return file.read(rule.MOST_BYTES + 1)


def _set_aside(path: Path, aside: Path, error: Exception) -> None:
    # Only the kind of error: its words may repeat what stands in the mail.
    log.error("A mail in the mailbox for bounces cannot be read: %s (%s)", path.name, type(error).__name__)
    try:
        aside.mkdir(exist_ok=True)
        path.rename(aside / path.name)
    except OSError as again:
        log.error("%s cannot be set aside: %s", path.name, type(again).__name__)


def bounces(*, kind: BounceKind | None = None, order_id: OrderId | None = None, number: int = 1, size: int = 50) -> Page[Bounced]:
    """Return one page of mails that came back, the last heard first, narrowed by kind and order. Raises OutOfRange."""
    checks.whole(number, field="page", least=1, most=100_000)
    checks.whole(size, field="size", least=1, most=500)
    rows = models.Bounce.objects.order_by("-id")
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    if order_id is not None:
        rows = rows.filter(order_id=order_id)
    start = (number - 1) * size
    return Page(items=tuple(_shape(row) for row in rows[start : start + size]), total=rows.count(), number=number, size=size)


def bounce(bounce_id: int) -> Bounced:
    """Return one piece of news, with the wait for goods its mail was about. Raises NotFound."""
    mail = models.Bounce.objects.filter(pk=bounce_id).values("message_id")
    about = models.Outgoing.objects.filter(pk__in=mail).values_list("wait_id", flat=True)
    row, waits = together.read(lambda: models.Bounce.objects.filter(pk=bounce_id).first(), lambda: list(about))
    if row is None:
        raise NotFound("bounce", bounce_id)
    return replace(_shape(row), wait_id=next((WaitId(each) for each in waits if each is not None), None))


def bounce_counts() -> dict[BounceKind, int]:
    """Return how many mails came back, by kind."""
    found = dict(models.Bounce.objects.values_list("kind").annotate(Count("id")))
    return {kind: found.get(kind.value, 0) for kind in BounceKind}


def stopped() -> int:
    """Return to how many addresses only necessary mail goes."""
    return models.Reader.objects.exclude(stopped_for="").count()


def _shape(row: models.Bounce) -> Bounced:
    return Bounced(
        id=row.pk,
        message_id=MessageId(row.message_id),
        order_id=None if row.order_id is None else OrderId(row.order_id),
        user_id=None if row.user_id is None else UserId(row.user_id),
        kind=BounceKind(row.kind),
        status=row.status,
        happened_at=row.happened_at,
        heard_at=row.heard_at,
    )
