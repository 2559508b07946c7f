"""Signing in through a provider: the way there, the way back, and what comes of it. The provider's page is the only one of another host."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shopkeeper.doors.refusals import explain
from shopkeeper.doors.storefront import entering, forms, frame, security, visitor
from shopkeeper.flows import sign_in_with
from shopkeeper.kit import checks
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import LANGUAGES
from shopkeeper.kit.time import from_microseconds, to_microseconds
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import NotVouched, Provider
from shopkeeper.selling.payments import public as payments

SET_OUT = "set_out"
MOST_SET_OUT = 5
LASTS = timedelta(minutes=10)


def let_forms_lead_to(response: HttpResponse, providers: tuple[Provider, ...]) -> HttpResponse:
    """Let the forms of this one page lead to these providers; all other pages stay as closed as they were."""
    if providers:
        origins = {*payments.origins(), *(each.origin for each in providers)}
        response["Content-Security-Policy"] = security.policy(tuple(sorted(origins)))
    return response


@never_cache
@require_POST
def set_out(request: HttpRequest, provider: str) -> HttpResponse:
    """Send the browser to a provider's page, with what must come back kept in its session. Signed in, it is to link the provider."""
    user_id, now = visitor.user_id(request), timezone.now()
    try:
        way = customers.set_out(code=provider, language=request.LANGUAGE_CODE)
    except Refusal as refusal:
        return _told(request, refusal, is_member=user_id is not None)
    kept = [each for each in request.session.get(SET_OUT, []) if now - from_microseconds(each["at"]) < LASTS]
    kept.append(
        {
            "code": provider, "state": way.state, "nonce": way.nonce, "verifier": way.verifier, "language": request.LANGUAGE_CODE,
            "after": forms.safe_next(request.POST.get("next"), reverse("storefront:account")), "user": user_id,
            "at": to_microseconds(now),
        }
    )  # fmt: skip
    request.session[SET_OUT] = kept[-MOST_SET_OUT:]
    return HttpResponseRedirect(way.url)


@never_cache
@sensitive_variables()
@require_safe
def back(request: HttpRequest, provider: str) -> HttpResponse:
    """Take the provider's answer: only the one this browser set out for, once, and while it is fresh."""
    way = _taken(request, provider, timezone.now())
    language = way["language"] if way else request.LANGUAGE_CODE
    with override(language if language in LANGUAGES else "en"):
        if way is None:
            return _told(request, NotVouched("state"), is_member=visitor.user_id(request) is not None)
        try:
            return _met(request, provider, way)
        except Refusal as refusal:
            return _told(request, refusal, is_member=way["user"] is not None)


def _taken(request: HttpRequest, code: str, now: datetime) -> dict[str, Any] | None:
    """Take what this answer must fit out of the session; None where nothing fits, and then nothing is asked of the provider."""
    kept, state = request.session.get(SET_OUT, []), request.GET.get("state", "")
    mine = [each for each in kept if each["code"] == code and constant_time_compare(each["state"], state)]
    if not mine:
        return None
    request.session[SET_OUT] = [each for each in kept if each not in mine]
    way: dict[str, Any] = mine[0]
    return way if now - from_microseconds(way["at"]) < LASTS else None


def _met(request: HttpRequest, code: str, way: dict[str, Any]) -> HttpResponse:
    given, user_id, now = request.GET.get("code", ""), visitor.user_id(request), timezone.now()
    if not given or "error" in request.GET:
        raise NotVouched("declined")
    # Whoever set out to link an account comes back signed in to it, or not at all.
    if way["user"] != user_id:
        raise NotVouched("state")
    said = customers.came_back(
        code=code, given=given[:4000], verifier=way["verifier"], nonce=way["nonce"], issuer=request.GET.get("iss", "")
    )
    if user_id is not None:
        sign_in_with.link_after_proof(said, user_id=user_id, now=now)
        messages.success(request, _("From now on you can sign in that way, too."))
        return HttpResponseRedirect(reverse("storefront:ways_in"))
    met = sign_in_with.meet(said, now=now)
    if met.user_id is not None:
        return entering.enter(request, met.user_id, way["after"])
    entering.remember_vouched(request, said, now, after=way["after"])
    if not met.is_known:
        return HttpResponseRedirect(reverse("storefront:register_with"))
    told = _("You have an account here under %(email)s already. Sign in once as you always did; after that this way opens it, too.")
    messages.info(request, told % {"email": said.email})
    return HttpResponseRedirect(f"{reverse('storefront:sign_in')}?{urlencode({'next': way['after']})}")


def _told(request: HttpRequest, refusal: Refusal, *, is_member: bool) -> HttpResponse:
    messages.error(request, str(explain(refusal)))
    return HttpResponseRedirect(reverse("storefront:ways_in" if is_member else "storefront:sign_in"))


class OpenForm(forms.Form):
    """What an account opened through a provider is called."""

    fields = ("name",)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register_with(request: HttpRequest) -> HttpResponse:
    """Offer an account to whoever came from a provider and has none, or open it."""
    said = entering.vouched(request, timezone.now())
    if said is None:
        return HttpResponseRedirect(reverse("storefront:register"))
    form = OpenForm(request.POST.dict() if request.method == "POST" else None, name=said.name)
    name = form.read("name", lambda text: checks.line(text, field="name", least=1, most=100)) if request.method == "POST" else None
    if name is None:
        return frame.page(request, "register_with", status=422 if form.errors else 200, form=form, said=said, is_listed=False)
    try:
        user_id = sign_in_with.open_account(said, name=name, language=request.LANGUAGE_CODE, now=timezone.now())
    except NotVouched as refusal:
        return _told(request, refusal, is_member=False)
    after = entering.after_vouched(request, reverse("storefront:account"))
    entering.forget_vouched(request)
    messages.success(request, _("Your account is open. Welcome."))
    return entering.enter(request, user_id, after)
