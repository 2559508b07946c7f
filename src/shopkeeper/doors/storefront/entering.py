"""Somebody proved who they are: the session begins anew, and what the browser gathered comes along."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from shopkeeper.doors.refusals import explain
from shopkeeper.doors.storefront import visitor, wishes
from shopkeeper.doors.storefront.basket import LEFT_OUT
from shopkeeper.flows import join, sign_in_with
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.time import from_microseconds, to_microseconds
from shopkeeper.ops.access import public as access
from shopkeeper.selling.customers.shapes import Vouched
from shopkeeper.selling.orders import public as orders

WAITS_FOR_PROOF = timedelta(minutes=15)
_VOUCHED = "vouched"
_WORDS = ("provider_id", "provider_code", "subject", "email", "is_email_verified", "name")


def enter(request: HttpRequest, user_id: UserId, address: str) -> HttpResponse:
    """Sign a person in under a fresh session, with basket and wish list, and lead on to the address."""
    token, waiting, now = visitor.basket_token(request), vouched(request, timezone.now()), timezone.now()
    login(request, get_user_model().objects.get(pk=user_id))
    response = HttpResponseRedirect(address)
    customer_id = join.member(user_id=user_id, now=now)
    joined = orders.merge_baskets(token=token, customer_id=customer_id, now=now)
    if joined.left_out:
        request.session[LEFT_OUT] = [line.variant_id for line in joined.left_out]
    visitor.remember_basket(request, response, joined.basket)
    wishes.take_along(request, response, customer_id)
    _note_place(request, user_id, now)
    forget_vouched(request)
    if waiting is not None:
        _link(request, waiting, user_id, now)
    return response


def _note_place(request: HttpRequest, user_id: UserId, now: datetime) -> None:
    place = access.note_session(
        user_id=user_id, session_key=str(request.session.session_key or ""), browser=request.headers.get("User-Agent", ""), now=now
    )
    if place is not None:
        request.session[visitor.PLACE] = [place, to_microseconds(now)]


def _link(request: HttpRequest, waiting: Vouched, user_id: UserId, now: datetime) -> None:
    """Link the provider that vouched for this very account before its owner signed in; of another account nothing is said or done."""
    try:
        sign_in_with.link_after_proof(waiting, user_id=user_id, now=now)
    except Refusal as refusal:
        messages.error(request, str(explain(refusal)))
    else:
        messages.success(request, _("From now on you can sign in that way, too."))


# ── a provider's word that waits for proof ────────────────────────────────────────────────────────────────────────────


def remember_vouched(request: HttpRequest, said: Vouched, now: datetime, *, after: str) -> None:
    """Keep a provider's word in the session until its person signed in another way, or said to open an account; and what comes then."""
    request.session[_VOUCHED] = {name: getattr(said, name) for name in _WORDS} | {"at": to_microseconds(now), "after": after}


def vouched(request: HttpRequest, now: datetime) -> Vouched | None:
    """Return the provider's word that waits in this session, while it is fresh."""
    kept = request.session.get(_VOUCHED)
    if not isinstance(kept, dict) or now - from_microseconds(int(kept["at"])) > WAITS_FOR_PROOF:
        return None
    return Vouched(**{name: kept[name] for name in _WORDS})


def after_vouched(request: HttpRequest, fallback: str) -> str:
    """Return where the person of the provider's word was going."""
    kept = request.session.get(_VOUCHED)
    return str(kept.get("after", fallback)) if isinstance(kept, dict) else fallback


def forget_vouched(request: HttpRequest) -> None:
    """Let the session drop a provider's word."""
    request.session.pop(_VOUCHED, None)
