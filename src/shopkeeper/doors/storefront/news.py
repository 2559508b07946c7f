"""What happened to a member, on a page of its own; how much of it is new, the browser carries for the head of every page."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shopkeeper.doors.storefront import frame, reading, visitor, words_requests
from shopkeeper.flows import tell_member
from shopkeeper.flows.tell_member import Item
from shopkeeper.selling.customers.shapes import Customer


@never_cache
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """Show a member what happened, the newest first."""
    member = visitor.member(request)
    if member is None:
        return _to_sign_in()
    items = tell_member.news(member.id)
    told = [(item, said(item)) for item in items]
    shown = [(item, words) for item, words in told if words]
    unread = sum(item.is_new for item, _words in shown)
    until = shown[0][0].at.isoformat() if shown else ""
    response = frame.page(request, "news", items=shown, unread=unread, until=until)
    visitor.remember_news(response, unread)
    return response


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Remember that all that was shown is read; what came since stays new."""
    member = visitor.member(request)
    if member is None:
        return _to_sign_in()
    until = _moment(request.POST.get("until", ""))
    if until is not None:
        tell_member.mark_read(customer_id=member.id, until=min(until, timezone.now()))
    response = HttpResponseRedirect(reverse("storefront:news"))
    visitor.remember_news(response, 0)
    return response


def unread(member: Customer) -> int:
    """Return how much of what happened a member has not read yet: two statements at most, one when read together."""
    return sum(item.is_new for item in tell_member.news(member.id))


def said(item: Item) -> str:
    """Return what happened in a sentence; empty for what nobody put into words."""
    return words_requests.news(item.code, {"number": item.number, "name": reading.pick(item.name), **item.values})


def _moment(sent: str) -> datetime | None:
    try:
        found = parse_datetime(sent[:40])
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _to_sign_in() -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('storefront:sign_in')}?next={reverse('storefront:news')}")
