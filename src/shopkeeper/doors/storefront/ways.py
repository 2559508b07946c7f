"""The ways a member signs in, and where they are signed in now."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import get_user_model, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from shopkeeper.doors.refusals import explain
from shopkeeper.doors.storefront import forms, frame, limits, signing_in, signing_in_with, visitor
from shopkeeper.flows import sign_in, ways_in
from shopkeeper.kit.refusals import NotFound, Refusal
from shopkeeper.ops.access import public as access
from shopkeeper.ops.limits.shapes import TooOften
from shopkeeper.selling.customers.shapes import Channel, CodeJustSent, Customer

PROVING = "number_proving"


class NumberForm(forms.Form):
    """A phone number to be proven, and its code."""

    fields = ("number", "code")


def _to_sign_in() -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('storefront:sign_in')}?next={reverse('storefront:ways_in')}")


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("storefront:ways_in"))


@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the ways a member signs in, and the places they are signed in at."""
    member = visitor.member(request)
    return _page(request, member, NumberForm()) if member is not None else _to_sign_in()


def _page(request: HttpRequest, member: Customer, form: NumberForm) -> HttpResponse:
    ways = ways_in.ways_in(member)
    response = frame.page(
        request,
        "ways",
        status=422 if form.errors else 200,
        form=form,
        ways=ways,
        member=member,
        proving=request.session.get(PROVING, ""),
        this_place=(request.session.get(visitor.PLACE) or [None])[0],
        is_listed=False,
    )
    return signing_in_with.let_forms_lead_to(response, ways.others)


@require_POST
def number_ask(request: HttpRequest) -> HttpResponse:
    """Have a code sent to a number the member wants to sign in with."""
    member = visitor.member(request)
    if member is None:
        return _to_sign_in()
    form = NumberForm(request.POST.dict())
    try:
        request.session[PROVING] = sign_in.ask_to_prove(
            customer_id=member.id, number=form.value("number"), language=request.LANGUAGE_CODE, now=timezone.now()
        )
    except CodeJustSent as refusal:
        # The code that is under way is for this number, whichever was asked for since.
        request.session[PROVING] = sign_in.address_of(Channel.PHONE, form.value("number"))
        messages.info(request, str(explain(refusal)))
    except Refusal as refusal:
        form.refuse(refusal, "number")
        return _page(request, member, form)
    return _back()


@sensitive_post_parameters("code")
@require_POST
def number_prove(request: HttpRequest) -> HttpResponse:
    """Keep the number whose code was given."""
    member = visitor.member(request)
    if member is None:
        return _to_sign_in()
    form, number = NumberForm(request.POST.dict()), request.session.get(PROVING, "")
    code = form.read("code", signing_in.digits)
    if code is None or not number:
        return _page(request, member, form)
    try:
        # Each member's guesses at a number are their own: they keep nobody else from signing in with it.
        limits.guessing(request, f"{member.id}:{number}")
        sign_in.prove(customer_id=member.id, number=number, given=code, now=timezone.now())
    except TooOften as refusal:
        return limits.too_often(request, refusal)
    except Refusal as refusal:
        form.refuse(refusal, "code")
        return _page(request, member, form)
    del request.session[PROVING]
    messages.success(request, _("The number is yours: you can sign in with it from now on."))
    return _back()


@require_POST
def number_remove(request: HttpRequest) -> HttpResponse:
    """Forget the member's proven number, or the one that was to be proven."""
    member = visitor.member(request)
    if member is None:
        return _to_sign_in()
    if request.POST.get("pending"):
        request.session.pop(PROVING, None)
        return _back()
    return _done(request, lambda: ways_in.remove_number(customer_id=member.id, now=timezone.now()), _("The number is forgotten."))


@require_POST
def unlink(request: HttpRequest) -> HttpResponse:
    """Let the member no more sign in through a provider."""
    member = visitor.member(request)
    if member is None:
        return _to_sign_in()
    identity_id = forms.whole("provider", request.POST.get("provider", ""), least=1, most=2**63 - 1)
    return _done(
        request,
        lambda: ways_in.unlink(customer_id=member.id, identity_id=identity_id, now=timezone.now()),
        _("That way is closed; the others stay."),
    )


@require_POST
def end_place(request: HttpRequest) -> HttpResponse:
    """Sign the member out at one of the places."""
    member = visitor.member(request)
    if member is None or member.user_id is None:
        return _to_sign_in()
    user_id, place = member.user_id, forms.whole("session", request.POST.get("session", ""), least=1, most=2**63 - 1)
    return _done(request, lambda: access.end_session(user_id=user_id, session_id=place), _("You are signed out there."))


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign the member out everywhere but here, also where nothing is known of."""
    member = visitor.member(request)
    if member is None or member.user_id is None:
        return _to_sign_in()
    here = (request.session.get(visitor.PLACE) or [None])[0]
    ended = access.end_sessions(user_id=member.user_id, but=here)
    # Every session's mark has changed, this one's too; it goes on under a fresh key.
    update_session_auth_hash(request, get_user_model().objects.get(pk=member.user_id))
    if here is not None:
        access.session_moved(session_id=here, session_key=str(request.session.session_key), now=timezone.now())
    messages.success(
        request, ngettext("Signed out at %(count)d other place.", "Signed out at %(count)d other places.", ended) % {"count": ended}
    )
    return _back()


def _done(request: HttpRequest, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, str(explain(refusal)))
    else:
        messages.success(request, said)
    return _back()
