"""How often one may try a password or ask for a mail, in the shop and in the console, have payments refused, and speak of goods.

Counted in the database (`ops/limits`), once for all web processes, by the address of the account and by the client's. The latter
is REMOTE_ADDR, so behind a proxy that does not hand the address on all clients count as one.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from shopkeeper.doors.refusals import explain
from shopkeeper.doors.storefront import errors, forms
from shopkeeper.flows import sign_in
from shopkeeper.kit.refusals import Refusal
from shopkeeper.ops.limits import public as limits
from shopkeeper.ops.limits.shapes import (
    CODES_OF_ACCOUNT,
    CODES_OF_CLIENT,
    CONSENTS_OF_CLIENT,
    MAILS_OF_ACCOUNT,
    MAILS_OF_CLIENT,
    REFUSED_PAYMENTS_OF_CLIENT,
    SIGN_IN_OF_ACCOUNT,
    SIGN_IN_OF_CLIENT,
    VOTES_OF_CLIENT,
    WAYS_OUT_OF_CLIENT,
    WISHES_OF_CLIENT,
    WORDS_OF_CLIENT,
    TooOften,
    Try,
)
from shopkeeper.selling.customers.shapes import Channel

SIGN_IN = {"storefront:sign_in": "email", "wagtailadmin_login": "username"}
"""Where passwords are tried, by route; which field of the form names the person."""

ASKING = {"storefront:register": "email", "storefront:password_forgotten": "email", "storefront:find_order": "email"}
"""Where anybody can have a mail sent, by route; which field names the address."""

CODES = {
    "storefront:code_by_mail": ("email", Channel.MAIL),
    "storefront:code_by_phone": ("number", Channel.PHONE),
    "storefront:number_ask": ("number", Channel.PHONE),
}
"""Where a code can be had, by route, and by which field; besides them `register` by code.

To one address, and by one client, no more often than a mail, and so many a day.
"""

GUESSING = frozenset({"storefront:code_given", "storefront:number_prove"})
"""Where codes are given, by route; the view says at whose code was guessed (`guessing`). Of each code only a few guesses are taken."""

PAYING = frozenset({"storefront:checkout", "storefront:order_pay"})
"""Where payments are tried; the view says which were refused (`payment_refused`)."""

SPEAKING = {
    "storefront:review": WORDS_OF_CLIENT,
    "storefront:ask": WORDS_OF_CLIENT,
    "storefront:questions": WORDS_OF_CLIENT,
    "storefront:helpful": VOTES_OF_CLIENT,
    "storefront:order_ask": WORDS_OF_CLIENT,
    "storefront:order_consents": CONSENTS_OF_CLIENT,
    "storefront:consents_by_mail": CONSENTS_OF_CLIENT,
    "storefront:consents": CONSENTS_OF_CLIENT,
    "storefront:consent": CONSENTS_OF_CLIENT,
    "storefront:wish_put": WISHES_OF_CLIENT,
    "storefront:sign_in_with": WAYS_OUT_OF_CLIENT,
}
"""Where anybody can say something that is kept, by route, and how often a client may."""

WAITING = "storefront:wait_ask"
"""Where anybody can have a mail sent about goods that are sold out; a member's own address is not typed, and is not counted."""

LIMITED = {*SIGN_IN, *ASKING, *CODES, *GUESSING, *PAYING, *SPEAKING, WAITING}

clock = time.time


class Limits:
    """Middleware: answers 429 instead of a view that was asked too often. Addresses without a limit cost nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        taken = getattr(request, "_tries_at_sign_in", None)
        # A sign-in that works leads on; whatever shows the form again has failed.
        if taken and response.status_code not in (200, 422, 429):
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
    elif route in ASKING or route in CODES:
        field, channel = CODES.get(route) or (ASKING[route], Channel.MAIL)
        whose = _known_as(channel, request.POST.get(field, "")[: forms.MOST_VALUE])
        limits.take(Try(MAILS_OF_CLIENT, _client(request)), Try(MAILS_OF_ACCOUNT, whose), now=now)
        if route in CODES or request.POST.get("by") == "code":
            limits.take(Try(CODES_OF_CLIENT, _client(request)), Try(CODES_OF_ACCOUNT, whose), now=now)
    elif route in GUESSING:
        guess = Try(SIGN_IN_OF_CLIENT, _client(request))
        limits.take(guess, now=now)
        request._tries_at_sign_in = ((guess,), now)  # type: ignore[attr-defined]
    elif route == WAITING:
        email = request.POST.get("email", "")
        mails = (Try(MAILS_OF_CLIENT, _client(request)), Try(MAILS_OF_ACCOUNT, email))
        limits.take(*(mails if email else (Try(WORDS_OF_CLIENT, _client(request)),)), now=now)
    elif route in SPEAKING:
        limits.take(Try(SPEAKING[route], _client(request)), now=now)
    else:
        limits.check(Try(REFUSED_PAYMENTS_OF_CLIENT, _client(request)), now=now)


def _known_as(channel: Channel, typed: str) -> str:
    """Return an address as a code is sent there, however it was typed; what is none stays as it is, and the view refuses it."""
    try:
        return sign_in.address_of(channel, typed)
    except Refusal:
        return typed


def guessing(request: HttpRequest, whose: str) -> None:
    """Count a guess at the code of this very address; given back, like the client's, where it fits. Raises TooOften."""
    tries, now = request._tries_at_sign_in  # type: ignore[attr-defined]
    mine = Try(SIGN_IN_OF_ACCOUNT, whose)
    limits.take(mine, now=now)
    request._tries_at_sign_in = ((*tries, mine), now)  # type: ignore[attr-defined]


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
