"""Recently seen: the browser keeps which goods it showed and asks for their cards; the shop keeps nothing of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shopkeeper.doors.storefront import frame, kept
from shopkeeper.flows import wishing
from shopkeeper.kit.ids import ProductId

MOST = 12
"""How many goods a browser keeps, the last seen first."""

_LONGEST = MOST * 20


@never_cache
@require_safe
def seen(request: HttpRequest) -> HttpResponse:
    """Return the cards of the goods that were asked for by id, in that order; what is not there or no id is left out."""
    asked = request.GET.get("ids", "")[:_LONGEST].split(",")
    ids = [ProductId(int(each)) for each in asked if each.isascii() and each.isdigit() and len(each) < 19][:MOST]
    cards = wishing.seen(ids, look=kept.of(request).look) if ids else ()
    response = render(
        request,
        "storefront/seen_cards.html",
        {"cards": cards, "currency": frame.shop(request).currency, "page_language": request.LANGUAGE_CODE},
    )
    # A part of a page: nothing for engines.
    response["X-Robots-Tag"] = "noindex"
    return response
