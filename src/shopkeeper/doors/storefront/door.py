"""The shop's door before its first day is over: visitors read that it opens soon, staff who are signed in walk about."""

from django.http import HttpRequest, HttpResponse
from django.template import loader

from shopkeeper.doors.storefront import kept, languages, visitor
from shopkeeper.ops.access import public as access
from shopkeeper.selling.shop.shapes import Shop

ALWAYS = frozenset({"sign_in", "sign_out", "password_forgotten", "password_new", "join", "unsubscribe", "consents_by_mail", "text"})
"""What stays open: the ways in for staff, and what the law wants to be readable."""
ORDERS = frozenset({"checkout"})


def keeps_out(request: HttpRequest, home: Shop) -> bool:
    """Return whether this visitor stays outside. Asks who is signed in only while the shop opens soon; nothing shown then is kept."""
    if not home.opens_soon:
        return False
    request._is_passing = True  # type: ignore[attr-defined]
    match = request.resolver_match
    if match is not None and match.url_name in ALWAYS:
        return False
    return not access.may(visitor.user_id(request), "shop.view")


def keeps_from_ordering(request: HttpRequest) -> bool:
    """Return whether this is an order by somebody who stays outside: it is refused before it is read."""
    match = request.resolver_match
    if request.method != "POST" or match is None or match.url_name not in ORDERS:
        return False
    return keeps_out(request, kept.of(request).shop())


def soon(request: HttpRequest, home: Shop) -> HttpResponse:
    """Return the page that says when to come back and how to reach the shop; no engine keeps it."""
    response = HttpResponse(loader.render_to_string("storefront/soon.html", {"shop": home}, request, using="jinja2"))
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    languages.remember(request, response)
    return response
