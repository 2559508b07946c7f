"""Every query of the audit trail."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from shopkeeper.kit.ids import UserId
from shopkeeper.kit.page import Page
from shopkeeper.ops.audit.models import Record
from shopkeeper.ops.audit.shapes import Entry


def add(
    *, actor: UserId | None, act: str, subject: str, before: Mapping[str, object] | None, after: Mapping[str, object] | None, at: datetime
) -> None:
    Record.objects.create(
        actor_id=actor,
        act=act,
        subject=subject,
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
        at=at,
    )


def page(*, actor: UserId | None, act: str | None, subject: str | None, number: int, size: int) -> Page[Entry]:
    rows = Record.objects.order_by("-at", "-id")
    if actor is not None:
        rows = rows.filter(actor_id=actor)
    if act is not None:
        rows = rows.filter(act=act)
    if subject is not None:
        rows = rows.filter(subject=subject)
    start = (number - 1) * size
    return Page(items=tuple(_entries(rows[start : start + size])), total=rows.count(), number=number, size=size)


def acts() -> tuple[str, ...]:
    return tuple(Record.objects.order_by("act").values_list("act", flat=True).distinct())


def _entries(rows: Iterable[Record]) -> Iterable[Entry]:
    for row in rows:
        actor = None if row.actor_id is None else UserId(row.actor_id)
        yield Entry(id=row.pk, at=row.at, actor=actor, act=row.act, subject=row.subject, before=row.before, after=row.after)
