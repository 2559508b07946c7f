"""Tracked links of the shop: a short address that leads on to a page of ours, and is counted."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shopkeeper.doors.storefront import frame, limits, visitor
from shopkeeper.growth.links import public as links
from shopkeeper.ops.limits import public as tallies
from shopkeeper.ops.limits.shapes import LINKS_OF_CLIENT, TooOften, Try


@never_cache
@require_safe
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Lead on to where a link leads, in the reader's language where it names none; count who follows it. Raises NotFound.

    Nobody is sent away who came by a poster: what one address asks for beyond what people do is led on all the same, and not counted.
    """
    has_agreed = visitor.consent_choice(request) == "yes"
    response = HttpResponseRedirect(
        links.follow(
            code=code,
            language=request.LANGUAGE_CODE,
            subject=visitor.consent_subject(request) if has_agreed else "",
            is_counted=links.counts(request.method or "", request.headers) and _is_within_limits(request),
            day=frame.today(request),
            now=timezone.now(),
        )
    )
    # Engines keep the page itself, never the way to it.
    response["X-Robots-Tag"] = "noindex"
    return response


def _is_within_limits(request: HttpRequest) -> bool:
    try:
        tallies.take(Try(LINKS_OF_CLIENT, str(request.META.get("REMOTE_ADDR", ""))), now=datetime.fromtimestamp(limits.clock(), UTC))
    except TooOften:
        return False
    return True
