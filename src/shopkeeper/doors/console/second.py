"""The second factor and one's own sessions: what stands before the console after the password, and the pages of one's account about it."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from shopkeeper.doors import refusals
from shopkeeper.doors.console import frame, reading
from shopkeeper.flows import staff as staff_flow
from shopkeeper.kit.refusals import NotFound, Refusal
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Arrival, Gate, TooManyCodes

SESSION_ID = "staff_session"
"""Under what name a session keeps its number."""

KEY_SHOWN = "second_factor_secret"
MOST_CODE = 40

AT_THE_GATE = frozenset({"console_second_factor", "console_second_factor_set_up"})
"""The pages that stand between the password and the console."""


def arrived(request: HttpRequest) -> Arrival | None:
    """Note that a member of staff is here and return what stands before them; None where their session was ended."""
    if not hasattr(request, "_console_arrival"):
        found = access.arrive(
            user_id=frame.reader(request),
            session_id=request.session.get(SESSION_ID),
            session_key=request.session.session_key or "",
            browser=request.headers.get("User-Agent", ""),
            now=frame.now(),
            found=getattr(request, "_console_standing", None),
        )
        if found is not None and request.session.get(SESSION_ID) != found.session_id:
            request.session[SESSION_ID] = found.session_id
        request._console_arrival = found  # type: ignore[attr-defined]
    return request._console_arrival  # type: ignore[attr-defined, no-any-return]


def before(request: HttpRequest, page: str) -> HttpResponseBase | None:
    """Return where a signed-in member of staff is sent instead of the page they asked for; None where nothing stands before it."""
    arrival = arrived(request)
    if arrival is None:
        logout(request)
        return redirect("wagtailadmin_login")
    if page in AT_THE_GATE:
        return None
    if arrival.gate is Gate.GIVE_FACTOR:
        return _sent_to(request, "console_second_factor")
    if arrival.gate is Gate.MUST_SET_UP or (arrival.gate is Gate.OFFER_SET_UP and request.method == "GET"):
        return _sent_to(request, "console_second_factor_set_up")
    return None


def _sent_to(request: HttpRequest, page: str) -> HttpResponse:
    onward = request.get_full_path() if request.method == "GET" else ""
    return redirect(reverse(page) + (f"?{urlencode({'next': onward})}" if onward not in ("", "/console/") else ""))


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=MOST_CODE,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "spellcheck": "false"}),
    )


class SetUpForm(CodeForm):
    code = forms.CharField(
        label=gettext_lazy("Code the app shows now"),
        max_length=MOST_CODE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}),
    )


class ReplaceForm(SetUpForm):
    present = forms.CharField(
        label=gettext_lazy("Code of the present app, or a recovery code"),
        max_length=MOST_CODE,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )
    field_order = ("present", "code")


@sensitive_post_parameters()
@never_cache
def give(request: HttpRequest) -> HttpResponse:
    """Take the second factor after the password."""
    arrival = arrived(request)
    onward = frame.way_back(request, reverse("wagtailadmin_home"))
    if arrival is None or arrival.gate is not Gate.GIVE_FACTOR:
        return redirect(onward)
    form = CodeForm(request.POST or None, label_suffix="")
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                access.give(user_id=frame.reader(request), session_id=arrival.session_id, code=form.cleaned_data["code"], now=frame.now())
                return redirect(onward)
            status = 422
        except Refusal as refusal:
            status = _beside(form, refusal)
    return TemplateResponse(request, "console/second_factor.html", {"form": form, "next": onward}, status=status)


@sensitive_post_parameters()
@never_cache
def set_up(request: HttpRequest) -> HttpResponse:
    """Show the key of a new app as a picture and in letters, and take a code of it; put it off while that is possible."""
    arrival = arrived(request)
    onward = frame.way_back(request, reverse("wagtailadmin_home"))
    if arrival is None or arrival.gate is Gate.GIVE_FACTOR:
        return redirect("console_second_factor")
    factor = access.second_factor(frame.reader(request))
    if request.POST.get("later") and arrival.gate is Gate.OFFER_SET_UP:
        access.put_off(user_id=frame.reader(request), session_id=arrival.session_id, now=frame.now())
        return redirect(onward)
    form = (ReplaceForm if factor.is_set_up else SetUpForm)(request.POST if request.POST.get("secret") else None, label_suffix="")
    status = 200
    if form.is_bound:
        try:
            if form.is_valid():
                return _codes(request, _kept(request, arrival, form.cleaned_data, is_replaced=factor.is_set_up), onward)
            status = 422
        except Refusal as refusal:
            status = _beside(form, refusal)
    context = {"form": form, "next": onward, "factor": factor, "may_wait": arrival.gate is Gate.OFFER_SET_UP, **_key(request)}
    context["is_free"] = arrival.gate is Gate.OPEN
    return TemplateResponse(request, "console/second_factor_set_up.html", context, status=status)


def _key(request: HttpRequest) -> dict[str, Any]:
    """Return the key to be shown: the same for the whole session, so that a page loaded again fits the app."""
    secret = request.session.get(KEY_SHOWN)
    if not secret:
        secret = request.session[KEY_SHOWN] = access.new_secret()
    issuer = reading.pick(home.name) if (home := frame.home()) else "Shopkeeper"
    address = access.secret_address(user_id=frame.reader(request), secret=secret, issuer=issuer)
    # The picture is made here, of an address with every sign outside letters and figures escaped.
    picture = mark_safe(access.secret_picture(address))  # noqa: S308
    return {"secret": secret, "spaced": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), "picture": picture}


def _kept(request: HttpRequest, arrival: Arrival, found: dict[str, Any], *, is_replaced: bool) -> tuple[str, ...]:
    user_id, now = frame.reader(request), frame.now()
    secret = request.session.get(KEY_SHOWN) or ""
    mine = {"user_id": user_id, "session_id": arrival.session_id, "secret": secret, "code": found["code"], "now": now}
    codes = access.replace(present=found["present"], **mine) if is_replaced else access.set_up(**mine)
    staff_flow.note_factor(user_id=user_id, act="staff.replace_factor" if is_replaced else "staff.set_up_factor", now=now)
    request.session.pop(KEY_SHOWN, None)
    return codes


def _codes(request: HttpRequest, codes: tuple[str, ...], onward: str) -> HttpResponse:
    shown = [f"{code[:5]} {code[5:]}" for code in codes]
    return TemplateResponse(request, "console/recovery_codes.html", {"codes": shown, "next": onward})


@sensitive_post_parameters()
@never_cache
def new_codes(request: HttpRequest) -> HttpResponse:
    """Make fresh recovery codes, against a code."""
    arrival, form, status = arrived(request), CodeForm(request.POST or None, label_suffix=""), 200
    account = reverse("console_account")
    if arrival is not None and request.method == "POST":
        try:
            if form.is_valid():
                user_id, now = frame.reader(request), frame.now()
                codes = access.new_codes(user_id=user_id, session_id=arrival.session_id, code=form.cleaned_data["code"], now=now)
                staff_flow.note_factor(user_id=user_id, act="staff.new_codes_factor", now=now)
                return _codes(request, codes, account)
            status = 422
        except Refusal as refusal:
            status = _beside(form, refusal)
    context = {
        "form": form, "back": account, "title": _("New recovery codes"), "submit": _("Make new codes"),
        "lead": _("The codes you have now end. Give a code of your app, or one of the codes left."),
    }  # fmt: skip
    return TemplateResponse(request, "console/second_factor_asked.html", context, status=status)


@sensitive_post_parameters()
@never_cache
def take_away(request: HttpRequest) -> HttpResponse:
    """Take one's second factor away, against a code, where the role does not need one."""
    arrival, form, status = arrived(request), CodeForm(request.POST or None, label_suffix=""), 200
    if arrival is not None and request.method == "POST":
        try:
            if form.is_valid():
                user_id, now = frame.reader(request), frame.now()
                access.take_away(user_id=user_id, session_id=arrival.session_id, code=form.cleaned_data["code"], now=now)
                staff_flow.note_factor(user_id=user_id, act="staff.take_away_factor", now=now)
                messages.success(request, _("The password alone opens the console for you again."))
                return redirect("console_account")
            status = 422
        except Refusal as refusal:
            status = _beside(form, refusal)
    context = {
        "form": form, "back": reverse("console_account"), "title": _("Take the second factor away"), "submit": _("Take it away"),
        "lead": _("From then on the password alone lets you in. Give a code of your app, or a recovery code."), "is_grave": True,
    }  # fmt: skip
    return TemplateResponse(request, "console/second_factor_asked.html", context, status=status)


def _beside(form: forms.Form, refusal: Refusal) -> int:
    told = refusals.explain(refusal)
    form.add_error("code" if refusal.field == "code" else None, str(told))
    return 429 if isinstance(refusal, TooManyCodes) else 422


# ── sessions ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the reader's own sessions."""
    try:
        access.end_session(user_id=frame.reader(request), session_id=pk)
    except NotFound:
        messages.error(request, _("This session had ended already."))
    else:
        messages.success(request, _("That session has ended."))
    return redirect("console_account")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End every session of the reader but this one."""
    arrival = arrived(request)
    access.end_sessions(user_id=frame.reader(request), but=arrival.session_id if arrival else None)
    update_session_auth_hash(request, get_user_model().objects.get(pk=frame.reader(request)))
    messages.success(request, _("You are signed in here only."))
    return redirect("console_account")
