"""Routes for tracked links, for staff: which there are, how often each is followed, and what it says."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.staff import StaffSession, actor
from shopkeeper.doors.api.values import Day, Flag, Name, Paged, PageNumber, PageSize, Sent, Text, paged
from shopkeeper.growth.links import public as links
from shopkeeper.growth.links.shapes import Link, LinkDraft
from shopkeeper.kit import checks
from shopkeeper.kit.refusals import OutOfRange
from shopkeeper.kit.time import day_of
from shopkeeper.selling.shop import public as shops

MOST_DAYS = 400
DAYS = 30

staff_router = Router(tags=["staff"])


class LinkOut(Schema):
    __doc__ = gettext_noop(
        "A short address of the shop that leads to one of its pages: `link` is the whole address to print, `address` the page. `visits` "
        "in all; `people` among them who agreed to be told apart, each counted once a day. Switched off (`is_active`) it leads nowhere."
    )

    code: str
    link: str
    address: str
    source: str
    medium: str
    campaign: str
    note: str
    is_active: bool
    visits: int
    people: int
    made_at: datetime
    changed_at: datetime


class LinkDayOut(Schema):
    __doc__ = gettext_noop("How often a link was followed on a day of the shop’s zone; days without a visit are left out.")

    day: date
    visits: int
    people: int


class LinkDaysOut(LinkOut):
    days: list[LinkDayOut]


class LinkIn(Sent):
    __doc__ = gettext_noop(
        "What a link says. `address`: a page of this shop that anybody may open, from its first slash on; without a language it opens in "
        "the visitor’s. `source`, `medium` and `campaign` go along as utm_source, utm_medium and utm_campaign."
    )

    address: Text
    source: Text
    medium: Text = ""
    campaign: Text = ""
    note: Text = ""
    is_active: Flag = True


@staff_router.get("/links", auth=StaffSession("links.view"), response=Paged[LinkOut], summary=gettext_noop("Tracked links, newest first"))
def list_links(request: HttpRequest, page: PageNumber = 1, size: PageSize = 50) -> Paged[LinkOut]:
    found = links.links(number=page, size=size)
    return paged(found, (LinkOut(**_told(each)) for each in found))


@staff_router.get(
    "/links/{link}",
    auth=StaffSession("links.view"),
    response=LinkDaysOut,
    openapi_extra=also(404),
    summary=gettext_noop("One tracked link, with its visits by day"),
)
def read_link(
    request: HttpRequest,
    link: Name,
    *,
    first: Annotated[Day | None, Query(description=gettext_noop("From this day on; without it the last 30 days"))] = None,
    last: Annotated[Day | None, Query(description=gettext_noop("Until this day; without it today"))] = None,
) -> LinkDaysOut:
    found = links.link_by_code(link)
    until = last or day_of(timezone.now(), shops.shop().zone)
    since = first or date.fromordinal(max(until.toordinal() - DAYS + 1, 1))
    if not timedelta(0) <= until - since < timedelta(days=MOST_DAYS):
        raise OutOfRange("days", (until - since).days + 1, least=1, most=MOST_DAYS)
    days = [LinkDayOut(day=each.day, visits=each.visits, people=each.people) for each in links.days(found.id, first=since, last=until)]
    return LinkDaysOut(**_told(found), days=days)


@staff_router.put(
    "/links/{link}",
    auth=StaffSession("links.save_link"),
    response=LinkOut,
    summary=gettext_noop("Make the link of this code, or let it say this; the same again changes nothing"),
)
def put_link(request: HttpRequest, link: Name, sent: LinkIn) -> LinkOut:
    code = checks.slug(link, field="code", most=40)
    return LinkOut(**_told(links.put_link(code=code, draft=LinkDraft(**sent.dict()), actor=actor(request), now=timezone.now())))


def _told(found: Link) -> dict[str, Any]:
    said = {name: getattr(found.draft, name) for name in LinkDraft.__dataclass_fields__}
    return {
        "code": found.code, "link": f"{settings.PUBLIC_URL}{found.way}", "visits": found.visits, "people": found.people,
        "made_at": found.made_at, "changed_at": found.changed_at, **said,
    }  # fmt: skip
