"""The storefront's answers when something is missing, forbidden, too large or broken: designed pages, never a bare line."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import DisallowedHost
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _

from shopkeeper.doors.refusals import explain
from shopkeeper.doors.storefront import door, frame
from shopkeeper.kit.refusals import NotAllowed, NotFound, Refusal
from shopkeeper.selling.orders.shapes import NoInvoice
from shopkeeper.selling.shop.shapes import ShopNotOpen

_log = logging.getLogger(__name__)

View = Callable[..., HttpResponse]


def designed(view: View) -> View:
    """Return the view with its refusals answered by pages: 404 for what is not there, 403 for what is not allowed, else 422."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if door.keeps_from_ordering(request):
                return door.soon(request, frame.shop(request))
            return view(request, *args, **kwargs)
        except ShopNotOpen as refusal:
            said = explain(refusal)
            return plain(request, status=503, title=_("The shop opens soon"), problem=said.problem, remedy=said.remedy)
        except NotFound as refusal:
            return not_found(request, refusal)
        except NotAllowed as refusal:
            return forbidden(request, refusal)
        except Refusal as refusal:
            said = explain(refusal)
            return _page(request, status=422, title=_("That did not work"), problem=said.problem, remedy=said.remedy, drawing="parcel")

    return answered


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 for an address behind which nothing stands, or nothing this visitor may know of."""
    return _page(
        request,
        status=404,
        title=_("There is nothing on this shelf"),
        problem=_("The address may be mistyped, or the thing has been taken out of the shop."),
        remedy=_("Search above, or start again from the front door."),
        drawing="lantern",
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403 for a page this visitor may not open."""
    return _page(
        request,
        status=403,
        title=_("This door is closed to you"),
        problem=_("You are not signed in as somebody who may open it."),
        remedy=_("Sign in with another account, or go back to the shop."),
        drawing="lock",
    )


def no_invoice(request: HttpRequest, refusal: NoInvoice, *, order_address: str) -> HttpResponse:
    """Answer 409 for the invoice of an order that was not paid, with the way back to the order."""
    said = explain(refusal)
    title = _("There is no invoice yet") if refusal.may_come else _("There is no invoice")
    back = (order_address, _("Back to the order"))
    return _page(request, status=409, title=title, problem=said.problem, remedy=said.remedy, drawing="parcel", back=back)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form whose protection against forgery does not match: cookies are off, or the page is too old."""
    return _page(
        request,
        status=403,
        title=_("This form has gone stale"),
        problem=_("It was open too long, or your browser does not keep our cookie."),
        remedy=_("Go back, load the page again and send it once more. Nothing was changed."),
        drawing="clock",
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 for a request that cannot be read, and for a host name that this shop does not answer to."""
    if isinstance(exception, DisallowedHost):
        return plain(
            request,
            status=400,
            title=_("The shop is not at this address"),
            problem=_("The shop does not answer to the host name in this address."),
            remedy=_("Check the address. Whoever keeps the shop: add the host name to ALLOWED_HOSTS."),
        )
    return plain(
        request,
        status=400,
        title=_("We could not read that"),
        problem=_("The request was incomplete or damaged on the way."),
        remedy=_("Go back and try again. Nothing was changed."),
    )


def too_large(request: HttpRequest, most: int) -> HttpResponse:
    """Answer 413 for a body above `most` bytes, without reading it."""
    size = f"{most / 1_000_000:g}"
    return plain(
        request,
        status=413,
        title=_("That is too much at once"),
        problem=_("What you sent is larger than %(size)s MB, so it was not read.") % {"size": size},
        remedy=_("Send less. Nothing was changed."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500 when the shop itself failed; needs neither the database nor the shop's particulars."""
    return plain(
        request,
        status=500,
        title=_("Something broke on our side"),
        problem=_("It is not your fault, and we have been told."),
        remedy=_("Please try again in a moment. Your basket is safe."),
    )


def plain(request: HttpRequest, *, status: int, title: str, problem: str, remedy: str) -> HttpResponse:
    """Return a page that stands alone, or its words as JSON where a machine asks."""
    if request.path.startswith("/api/"):
        return JsonResponse(
            {"title": title, "status": status, "detail": f"{problem} {remedy}"}, status=status, content_type="application/problem+json"
        )
    values = {"status": status, "title": title, "problem": problem, "remedy": remedy}
    return HttpResponse(loader.render_to_string("storefront/broken.html", values, using="jinja2"), status=status)


def _page(
    request: HttpRequest, *, status: int, title: str, problem: str, remedy: str, drawing: str, back: tuple[str, str] | None = None
) -> HttpResponse:
    try:
        return frame.page(request, "lost", status=status, title=title, problem=problem, remedy=remedy, drawing_name=drawing, back=back)
    except (DatabaseError, ShopNotOpen) as error:
        # No traceback: the one behind it may name the address, and the address of an order or of a link in a mail is a secret.
        match = request.resolver_match
        _log.error("an error page without its frame: %s, %s", match.view_name if match else "no route", type(error).__name__)
        return plain(request, status=status, title=title, problem=problem, remedy=remedy)
