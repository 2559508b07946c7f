"""How often one may try a password or ask for a mail, in the shop and in the console.

The counts live in Django's cache, which each web process keeps in its own memory: with several processes a stranger has that many
times the tries, and a restart begins anew. The client's address is REMOTE_ADDR, so behind a proxy that does not hand the address on
all clients count as one.
"""

import hashlib
import time
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shopkeeper.doors.storefront import errors

MOST_FAILURES = 10
FAILURE_SECONDS = 60
"""So many wrong passwords an address has in each minute of the clock."""

MOST_ASKED = 5
ASKED_SECONDS = 600
"""So many mails a client may ask for in each ten minutes of the clock."""

SIGN_IN = {"storefront:sign_in": "email", "wagtailadmin_login": "username"}
"""Where passwords are tried, by route; which field of the form names the person."""

ASKING = frozenset({"storefront:register", "storefront:password_forgotten"})
"""Where anybody can have a mail sent."""

clock = time.time


class Limits:
    """Middleware: answers 429 instead of a view that was asked too often."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        key = getattr(request, "_failure_key", None)
        # A sign-in that works leads on; whatever shows the form again has failed.
        if key and response.status_code in (200, 422):
            _count(key, FAILURE_SECONDS)
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """Return the refusal where the limit is reached, else None: the view answers."""
        route = request.resolver_match.view_name if request.resolver_match else ""
        if request.method != "POST":
            return None
        if route in SIGN_IN:
            key = _key("sign-in", request.POST.get(SIGN_IN[route], "").strip().casefold(), FAILURE_SECONDS)
            if cache.get(key, 0) >= MOST_FAILURES:
                return too_often(request, FAILURE_SECONDS)
            request._failure_key = key  # type: ignore[attr-defined]
        if route in ASKING and _count(_key("asked", request.META.get("REMOTE_ADDR", ""), ASKED_SECONDS), ASKED_SECONDS) > MOST_ASKED:
            return too_often(request, ASKED_SECONDS)
        return None


def too_often(request: HttpRequest, seconds: int) -> HttpResponse:
    """Answer 429 for what was tried too often; it is open again after `seconds` at the latest."""
    minutes = seconds // 60
    answer = errors.plain(
        request,
        status=429,
        title=_("That was too often"),
        problem=_("This was tried too many times within a short while, so it is closed for a moment."),
        remedy=ngettext("Please try again in %(minutes)d minute.", "Please try again in %(minutes)d minutes.", minutes)
        % {"minutes": minutes},
    )
    answer["Retry-After"] = str(seconds)
    return answer


def _key(what: str, whose: str, seconds: int) -> str:
    # Neither an address nor a name stands in the cache.
    digest = hashlib.sha256(whose.encode()).hexdigest()
    return f"limit:{what}:{int(clock() // seconds)}:{digest}"


def _count(key: str, seconds: int) -> int:
    """Return how often this has happened, this time included."""
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key)
    except ValueError:
        # It ran out between the two.
        return 1
