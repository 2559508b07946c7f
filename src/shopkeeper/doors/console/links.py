"""The page of a tracked link: where it leads, how often it was followed by day, and its QR code for print."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString, mark_safe

from shopkeeper.doors.console import frame, reading
from shopkeeper.doors.console.commanding import missing
from shopkeeper.doors.drawings import qr
from shopkeeper.growth.links import public as links
from shopkeeper.growth.links.console import state, whole
from shopkeeper.growth.links.shapes import DayCount
from shopkeeper.kit import together
from shopkeeper.kit.ids import LinkId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.time import day_of

DAYS = 30
_WIDE, _HIGH, _GAP = 20, 120, 4


@frame.guarded("links.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one link with its last days and its code to print."""
    last = day_of(frame.began(), frame.setting().zone)
    first = last - timedelta(days=DAYS - 1)
    try:
        found, days = together.read(lambda: links.link(LinkId(pk)), lambda: links.days(LinkId(pk), first=first, last=last))
    except NotFound as refusal:
        return missing(request, refusal)
    context = {
        "link": found,
        "whole": whole(found.code),
        "state": state(found.draft.is_active),
        "is_readers": not links.language_of(found.draft.address),
        "target": links.leads_to(found, "zh-hans" if reading.is_chinese() else "en"),
        "days": tuple(reversed(days)),
        "lately": sum(each.visits for each in days),
        "first": first,
        "last": last,
        "chart": bars(days, first=first, last=last),
        "code": drawn(found.code),
        "may_save": frame.may(request, "links.save_link"),
    }
    return TemplateResponse(request, "console/link.html", context)


@frame.guarded("links.view")
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out a link's QR code as a file to print, sharp at any size."""
    try:
        found = links.link(LinkId(pk))
    except NotFound as refusal:
        return missing(request, refusal)
    picture = drawn(found.code).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" width="60mm" height="60mm" ', 1)
    answer = HttpResponse(picture, content_type="image/svg+xml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.code}.svg"'
    return answer


def drawn(code: str) -> SafeString:
    """Return the QR code of a link as inline SVG: black on white in any light, or scanners do not read it."""
    found = qr.drawn(whole(code))
    ground, ink = '<rect width="100%" height="100%" fill="#fff"/>', f'<path d="{found.path}" fill="#000"/>'
    svg = f'<svg viewBox="0 0 {found.size} {found.size}" shape-rendering="crispEdges">{ground}{ink}</svg>'
    return mark_safe(svg)  # noqa: S308 - numbers of our own


def bars(days: tuple[DayCount, ...], *, first: date, last: date) -> SafeString:
    """Return the visits of each day as a small drawing, a bar to a day, the highest as high as the drawing; the table says the numbers."""
    counts = {each.day: each.visits for each in days}
    every = [first + timedelta(days=index) for index in range((last - first).days + 1)]
    most = max(counts.values(), default=0) or 1
    pieces = []
    for index, day in enumerate(every):
        high = max(round(counts.get(day, 0) / most * _HIGH), 2)
        pieces.append(
            f'<rect x="{index * _WIDE + _GAP // 2}" y="{_HIGH - high}" width="{_WIDE - _GAP}" height="{high}" rx="2"'
            f"{'' if counts.get(day) else ' class=none'}><title>{reading.day(day)}: {reading.number(counts.get(day, 0))}</title></rect>"
        )
    box = f"0 0 {len(every) * _WIDE} {_HIGH}"
    return mark_safe(f'<svg viewBox="{box}" preserveAspectRatio="none" aria-hidden="true">{"".join(pieces)}</svg>')  # noqa: S308
