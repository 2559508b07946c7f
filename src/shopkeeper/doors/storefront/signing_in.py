"""Signing in by a code, by mail or phone: asking for one, and giving it. The answer is the same whatever is behind the address."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from shopkeeper.doors.refusals import explain
from shopkeeper.doors.storefront import entering, forms, frame, limits
from shopkeeper.doors.storefront.visitor import CODE_ASKED as ASKED
from shopkeeper.flows import sign_in
from shopkeeper.kit import checks
from shopkeeper.kit.refusals import Malformed
from shopkeeper.kit.time import from_microseconds, to_microseconds
from shopkeeper.ops.limits.shapes import TooOften
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Channel, CodeJustSent, NotOffered, WrongSignInCode

_KEPT = timedelta(minutes=30)


class CodeForm(forms.Form):
    """Where a code goes, and the code."""

    fields = ("email", "number", "code")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    channel: Channel
    address: str
    after: str
    opens: str = ""
    """What the person who opens an account is called; empty where they only sign in."""


def remember_asked(request: HttpRequest, *, channel: Channel, address: str, after: str, opens: str = "") -> None:
    """Keep in the session, never in an address, where a code was sent, what comes after it, and whose account it opens."""
    at = to_microseconds(timezone.now())
    request.session[ASKED] = {"channel": channel.value, "address": address, "after": after, "opens": opens, "at": at}


def _asked(request: HttpRequest) -> _Asked | None:
    kept = request.session.get(ASKED)
    if not isinstance(kept, dict) or timezone.now() - from_microseconds(int(kept["at"])) > _KEPT:
        return None
    return _Asked(channel=Channel(kept["channel"]), address=kept["address"], after=kept["after"], opens=kept.get("opens", ""))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_mail(request: HttpRequest) -> HttpResponse:
    """Ask for a mail address and have a code sent there."""
    return _ask(request, Channel.MAIL, "email")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_phone(request: HttpRequest) -> HttpResponse:
    """Ask for a phone number and have a code sent there, where the shop sends short messages."""
    return _ask(request, Channel.PHONE, "number")


def _ask(request: HttpRequest, channel: Channel, field: str) -> HttpResponse:
    if not (customers.can_text() if channel is Channel.PHONE else customers.sign_in_rule().mail_codes):
        return HttpResponseRedirect(reverse("storefront:sign_in"))
    form = CodeForm(request.POST.dict() if request.method == "POST" else None, next=request.GET.get("next", ""))
    if request.method != "POST":
        return frame.page(request, "code_ask", form=form, field_name=field, is_listed=False)
    after = forms.safe_next(form.value("next"), reverse("storefront:account"))
    address = form.read(field, lambda typed: sign_in.address_of(channel, typed))
    if address is None:
        return frame.page(request, "code_ask", status=422, form=form, field_name=field, is_listed=False)
    before = _asked(request)
    opens = before.opens if before and (before.channel, before.address) == (channel, address) else ""
    try:
        _have_sent(channel, address, opens=opens, language=request.LANGUAGE_CODE)
    except CodeJustSent as refusal:
        # The code that is under way is as good as another.
        messages.info(request, str(explain(refusal)))
    remember_asked(request, channel=channel, address=address, after=after, opens=opens)
    return HttpResponseRedirect(reverse("storefront:code_given"))


def _have_sent(channel: Channel, address: str, *, opens: str, language: str) -> None:
    if opens:
        # Another code for somebody who is opening an account.
        sign_in.ask_to_join(email=address, name=opens, language=language, now=timezone.now())
    else:
        sign_in.ask(channel=channel, address=address, language=language, now=timezone.now())


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def given(request: HttpRequest) -> HttpResponse:
    """Take a code and sign its reader in. Who opened the mail in another browser says the address beside it."""
    asked = _asked(request)
    form = CodeForm(request.POST.dict() if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, form, asked)
    channel = asked.channel if asked else Channel.MAIL
    address = asked.address if asked else form.read("email", checks.email)
    code = form.read("code", digits)
    if address is None or code is None:
        return _page(request, form, asked)
    try:
        limits.guessing(request, address)
        entered = sign_in.enter(channel=channel, address=address, given=code, now=timezone.now())
    except TooOften as refusal:
        return limits.too_often(request, refusal)
    except (WrongSignInCode, NotOffered) as refusal:
        form.refuse(refusal, "code")
        return _page(request, form, asked)
    request.session.pop(ASKED, None)
    if entered.is_new:
        messages.success(request, _("Your account is open. Welcome."))
    return entering.enter(request, entered.user_id, asked.after if asked else reverse("storefront:account"))


def digits(value: str) -> str:
    """Return the digits of a code, however they were written. Raises Malformed."""
    tidy = "".join(each for each in value if not each.isspace() and each not in "-–·")
    if not (tidy.isdecimal() and len(tidy) == 6):
        raise Malformed("code", value[:20], expected="six_digits")
    return "".join(str(int(each)) for each in tidy)


def _page(request: HttpRequest, form: forms.Form, asked: _Asked | None) -> HttpResponse:
    status = 422 if form.errors else 200
    return frame.page(request, "code_given", status=status, form=form, asked=asked, is_listed=False)
