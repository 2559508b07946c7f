"""Every query of the mails on their way out."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count

from shopkeeper.growth.messages.models import Outgoing
from shopkeeper.growth.messages.shapes import MailKind, MailState, Message, OrderMail
from shopkeeper.kit import statements
from shopkeeper.kit.ids import MessageId, OrderId
from shopkeeper.kit.page import Page


def add(rows: Sequence[Outgoing]) -> None:
    """Queue mails; a reason that was written about before is left out. One statement."""
    Outgoing.objects.bulk_create(rows, ignore_conflicts=True)


def order_row(mail: OrderMail, at: datetime) -> Outgoing:
    # The order knows the buyer's language; it is looked up with everything else when the mail is sent.
    return Outgoing(
        key=mail.key, kind=mail.kind.value, language="", order_id=mail.order_id, detail_id=mail.detail_id, queued_at=at, next_try_at=at
    )


def any_due(now: datetime) -> bool:
    return Outgoing.objects.filter(state=MailState.WAITING.value, next_try_at__lte=now).exists()


@transaction.atomic
def claim(now: datetime, lease: timedelta) -> Outgoing | None:
    """Take the mail that has waited longest, for as long as the lease, and count the try; None where none is due.

    The lease is the row's own `next_try_at`: a worker that dies leaves a mail that comes due again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE messaging_outgoing SET tries = tries + 1, next_try_at = %s
               WHERE id = (SELECT id FROM messaging_outgoing WHERE state = 'waiting' AND next_try_at <= %s
                           ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
               RETURNING id""",
            [now + lease, now],
        )
        found = cursor.fetchone()
    return None if found is None else Outgoing.objects.get(pk=found[0])


def settle(
    taken: Outgoing,
    *,
    state: MailState,
    now: datetime,
    next_try_at: datetime | None = None,
    error: str = "",
    said: Mapping[str, object] | None = None,
) -> bool:
    """Write down how a try ended, and of a mail that went what it `said` (columns).

    Returns False where the lease ran out and somebody else has tried since.
    """
    values: dict[str, object] = {"state": state.value, "error": error[:200], **(said or {})}
    if state is MailState.SENT:
        values["sent_at"] = now
    if next_try_at is not None:
        values["next_try_at"] = next_try_at
    mine = Outgoing.objects.filter(pk=taken.pk, state=MailState.WAITING.value, tries=taken.tries)
    return mine.update(**values) == 1


def message(message_id: int) -> Message | None:
    row = Outgoing.objects.select_related("text").filter(pk=message_id).first()
    return None if row is None else _shape(row)


def row(message_id: int, *, locked: bool = False) -> Outgoing | None:
    rows = Outgoing.objects.select_for_update() if locked else Outgoing.objects
    return rows.filter(pk=message_id).first()


def by_marks(marks: Sequence[str]) -> dict[str, Outgoing]:
    """Return the mails with these marks in their Message-IDs, by mark; marks that are not ours are left out."""
    return {row.mark: row for row in Outgoing.objects.filter(mark__in=[mark for mark in marks if mark])}


def has_key(key: str) -> bool:
    return Outgoing.objects.filter(key=key).exists()


def note_mark(row: Outgoing, mark: str, reader: str) -> None:
    """Write down, before it goes, by what news of a mail will be recognised: news may come before the mail server's own answer."""
    row.mark, row.reader = mark, reader
    Outgoing.objects.filter(pk=row.pk).update(mark=mark, reader=reader)


def page(*, state: MailState | None, kind: MailKind | None, order_id: OrderId | None, number: int, size: int) -> Page[Message]:
    rows = Outgoing.objects.select_related("text").order_by("-id")
    if state is not None:
        rows = rows.filter(state=state.value)
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    if order_id is not None:
        rows = rows.filter(order_id=order_id)
    start = (number - 1) * size
    return Page(items=tuple(_shape(row) for row in rows[start : start + size]), total=rows.count(), number=number, size=size)


def counts() -> dict[MailState, int]:
    found = dict(Outgoing.objects.values_list("state").annotate(Count("id")))
    return {state: found.get(state.value, 0) for state in MailState}


def parked() -> int:
    (found,) = statements.row("SELECT count(*) FROM messaging_outgoing WHERE state = 'parked'", [])
    return int(found)


def purge(before: datetime) -> int:
    removed, _ = Outgoing.objects.filter(state__in=[MailState.SENT.value, MailState.SKIPPED.value], queued_at__lt=before).delete()
    return removed


def _shape(row: Outgoing) -> Message:
    return Message(
        id=MessageId(row.pk),
        key=row.key,
        kind=MailKind(row.kind),
        state=MailState(row.state),
        order_id=None if row.order_id is None else OrderId(row.order_id),
        tries=row.tries,
        queued_at=row.queued_at,
        next_try_at=row.next_try_at,
        sent_at=row.sent_at,
        error=row.error,
        language=row.language,
        text_version=None if row.text is None else row.text.version,
        words=row.words,
    )
