"""Every query of the tables of the links room."""

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from shopkeeper.growth.links import models
from shopkeeper.growth.links.shapes import DayCount, Link, LinkDraft
from shopkeeper.kit.ids import LinkId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound

# One write: who was known that day already is not counted again, and a link that was just switched off counts nothing.
_COUNT = """
    WITH fresh AS (
        INSERT INTO links_visitor (link_id, day, mark)
        SELECT id, %(day)s, %(mark)s FROM links_link WHERE id = %(link)s AND is_active AND %(mark)s::bytea IS NOT NULL
        ON CONFLICT DO NOTHING RETURNING 1
    )
    INSERT INTO links_day (link_id, day, visits, people)
    SELECT id, %(day)s, 1, (SELECT count(*) FROM fresh) FROM links_link WHERE id = %(link)s AND is_active
    ON CONFLICT (link_id, day) DO UPDATE SET visits = links_day.visits + 1, people = links_day.people + excluded.people
"""


def counted() -> QuerySet[Any]:
    """Return all links, each with how often it was followed in all."""
    days = models.Day.objects.filter(link=OuterRef("pk")).order_by().values("link")
    return models.Link.objects.annotate(
        visits=Coalesce(Subquery(days.annotate(n=Sum("visits")).values("n")), 0),
        people=Coalesce(Subquery(days.annotate(n=Sum("people")).values("n")), 0),
    )


def page(number: int, size: int) -> Page[Link]:
    """Return links, the newest first."""
    rows = counted().order_by("-pk")[(number - 1) * size : number * size]
    return Page(items=tuple(shape_of(row) for row in rows), total=models.Link.objects.count(), number=number, size=size)


def by_id(link_id: LinkId) -> Link:
    """Return a link. Raises NotFound."""
    row = counted().filter(pk=link_id).first()
    if row is None:
        raise NotFound("link", link_id)
    return shape_of(row)


def by_code(code: str) -> Link:
    """Return a link by its code. Raises NotFound."""
    row = counted().filter(code=code).first()
    if row is None:
        raise NotFound("link", code)
    return shape_of(row)


def in_use(code: str) -> models.Link | None:
    """Return the row of a link that leads somewhere now, None where there is none."""
    return models.Link.objects.filter(code=code, is_active=True).first()


def locked(link_id: LinkId | None, code: str) -> models.Link | None:
    """Return the row of a link, by id or else by code, held until the transaction ends; None where there is none."""
    rows = models.Link.objects.select_for_update()
    return rows.filter(pk=link_id).first() if link_id is not None else rows.filter(code=code).first()


def count(link_id: LinkId, *, day: date, mark: bytes | None) -> bool:
    """Count one visit; `mark` tells people apart who agreed to it. Returns whether the link still leads somewhere."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"link": link_id, "day": day, "mark": mark})
        return bool(cursor.rowcount == 1)


def days(link_id: LinkId, *, first: date, last: date) -> tuple[DayCount, ...]:
    """Return the days on which a link was followed, in order."""
    rows = models.Day.objects.filter(link=link_id, day__gte=first, day__lte=last).order_by("day")
    return tuple(DayCount(day=row.day, visits=row.visits, people=row.people) for row in rows)


def forget_before(day: date) -> int:
    """Forget who came on days before this one; return how many rows."""
    return models.Visitor.objects.filter(day__lt=day).delete()[0]


def draft_of(row: models.Link) -> LinkDraft:
    """Return what a row says."""
    return LinkDraft(
        address=row.address, source=row.source, medium=row.medium, campaign=row.campaign, note=row.note, is_active=row.is_active
    )


def write(row: models.Link, draft: LinkDraft, now: datetime) -> None:
    """Let a row say this."""
    for name in LinkDraft.__dataclass_fields__:
        setattr(row, name, getattr(draft, name))
    row.changed_at = now
    row.save()


def shape_of(row: Any) -> Link:
    """Return the link of a row that was counted."""
    return Link(
        id=LinkId(row.pk), code=row.code, draft=draft_of(row), visits=row.visits, people=row.people, made_at=row.made_at,
        changed_at=row.changed_at,
    )  # fmt: skip
