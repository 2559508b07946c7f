"""How often one may try a password or ask for a mail, in the shop and in the console, have payments refused, and speak of goods.

Counted in the database (`ops/limits`), once for all web processes, by the address of the account as typed and by the client's. The latter
is REMOTE_ADDR, so behind a proxy that does not hand the address on all clients count as one.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from shopkeeper.doors.refusals import explain
from shopkeeper.doors.storefront import errors
from shopkeeper.ops.limits import public as limits
from shopkeeper.ops.limits.shapes import (
    MAILS_OF_ACCOUNT,
    MAILS_OF_CLIENT,
    REFUSED_PAYMENTS_OF_CLIENT,
    SIGN_IN_OF_ACCOUNT,
    SIGN_IN_OF_CLIENT,
    VOTES_OF_CLIENT,
    WORDS_OF_CLIENT,
    TooOften,
    Try,
)

SIGN_IN = {"storefront:sign_in": "email", "wagtailadmin_login": "username"}
"""Where passwords are tried, by route; which field of the form names the person."""

ASKING = {"storefront:register": "email", "storefront:password_forgotten": "email"}
"""Where anybody can have a mail sent, by route; which field names the address."""

PAYING = frozenset({"storefront:checkout", "storefront:order_pay"})
"""Where payments are tried; the view says which were refused (`payment_refused`)."""

SPEAKING = {
    "storefront:review": WORDS_OF_CLIENT,
    "storefront:ask": WORDS_OF_CLIENT,
    "storefront:questions": WORDS_OF_CLIENT,
    "storefront:helpful": VOTES_OF_CLIENT,
}
"""Where anybody can say something that others will read, by route, and how often."""

LIMITED = {*SIGN_IN, *ASKING, *PAYING, *SPEAKING}

clock = time.time


class Limits:
    """Middleware: answers 429 instead of a view that was asked too often. Addresses without a limit cost nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        taken = getattr(request, "_tries_at_sign_in", None)
        # A sign-in that works leads on; whatever shows the form again has failed.
        if taken and response.status_code not in (200, 422):
            tries, now = taken
            limits.give_back(*tries, now=now)
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """Return the refusal where the limit is reached, else None: the view answers."""
        route = request.resolver_match.view_name if request.resolver_match else ""
        if request.method != "POST" or route not in LIMITED:
            return None
        now = datetime.fromtimestamp(clock(), UTC)
        try:
            _admit(request, route, now)
        except TooOften as refusal:
            return too_often(request, refusal)
        return None


def _admit(request: HttpRequest, route: str, now: datetime) -> None:
    if route in SIGN_IN:
        tries = (Try(SIGN_IN_OF_CLIENT, _client(request)), Try(SIGN_IN_OF_ACCOUNT, request.POST.get(SIGN_IN[route], "")))
        limits.take(*tries, now=now)
        request._tries_at_sign_in = (tries, now)  # type: ignore[attr-defined]
    elif route in ASKING:
        limits.take(Try(MAILS_OF_CLIENT, _client(request)), Try(MAILS_OF_ACCOUNT, request.POST.get(ASKING[route], "")), now=now)
    elif route in SPEAKING:
        limits.take(Try(SPEAKING[route], _client(request)), now=now)
    else:
        limits.check(Try(REFUSED_PAYMENTS_OF_CLIENT, _client(request)), now=now)


def payment_refused(request: HttpRequest) -> None:
    """Count a payment that the provider refused to this client; of these there may be only so many."""
    try:
        limits.take(Try(REFUSED_PAYMENTS_OF_CLIENT, _client(request)), now=datetime.fromtimestamp(clock(), UTC))
    except TooOften:
        # The refusal of the payment itself is the answer now; the next try is not let in.
        return


def _client(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def too_often(request: HttpRequest, refusal: TooOften) -> HttpResponse:
    """Answer 429 for what was tried too often, and say when it is open again at the latest."""
    said = explain(refusal)
    answer = errors.plain(request, status=429, title=_("That was too often"), problem=said.problem, remedy=said.remedy)
    answer["Retry-After"] = str(refusal.wait_s)
    return answer
