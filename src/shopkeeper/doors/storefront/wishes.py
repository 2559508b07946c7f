"""The wish list: what is on it, putting something on it and taking it off, and the link by which others may read it."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shopkeeper.doors.refusals import explain
from shopkeeper.doors.storefront import forms, frame, hearts, reading, visitor
from shopkeeper.flows import wishing
from shopkeeper.kit.ids import CustomerId, VariantId
from shopkeeper.kit.refusals import Malformed, NotFound, Refusal
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import MOST_WISHES, Owner, WishList, customer_owner


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mine:
    """Whose list this browser changes; `secret` is what it carries, empty for a member."""

    owner: Owner | None
    secret: str


def _mine(request: HttpRequest) -> _Mine:
    member = visitor.member(request)
    if member is not None:
        return _Mine(owner=customer_owner(member.id), secret="")
    return _Mine(owner=hearts.browser(request), secret=hearts.key(request))


@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the visitor's wish list with prices now, what has changed since, and stock."""
    mine = _mine(request)
    found = wishes.wish_list(mine.owner) if mine.owner else WishList()
    hearts.know(request, found, secret=mine.secret)
    shown = wishing.wished(found.wishes)
    share = _link(request, found.share) if found.share else ""
    response = frame.page(request, "wishes", is_listed=False, wished=shown, share=share, is_own=True, most=MOST_WISHES)
    hearts.remember(request, response, found, secret=mine.secret)
    return response


@never_cache
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Show a list to whoever has its link, without a name and without anything to change. Raises NotFound."""
    shown = wishing.wished(wishes.shared(token).wishes)
    return frame.page(request, "wishes", is_listed=False, wished=shown, share="", is_own=False, most=MOST_WISHES)


@require_POST
def put(request: HttpRequest) -> HttpResponse:
    """Put a variant onto the list, or take some off it; then show the list. A script that asks for JSON gets what is on it instead."""
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    mine, now = _mine(request), timezone.now()
    try:
        if "drop" in request.POST:
            dropped = _ids(request.POST["drop"])
            found = WishList()
            for each in dropped if mine.owner else ():
                assert mine.owner is not None
                found = wishes.drop(owner=mine.owner, variant_id=each, now=now)
            said, secret = _("Taken off your wish list."), mine.secret
        else:
            variant_id = forms.variant(request.POST.get("variant", ""))
            if variant_id not in catalog.goods([variant_id]):
                raise NotFound("product", variant_id)
            secret = mine.secret if mine.owner else hearts.new_key()
            owner = mine.owner or hearts.browser_of(secret)
            found = wishes.add(owner=owner, variant_id=variant_id, now=now)
            said = _("On your wish list.")
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(request, refusal, wants_json=wants_json)
    return _told(request, found, said, secret) if wants_json else _to_list(request, found, said, secret)


def _ids(value: str) -> list[VariantId]:
    """Return the variants named in a form, at most a list of them. Raises Malformed."""
    parts = value.split("-")
    if len(parts) > MOST_WISHES:
        raise Malformed("variant", value[:100], expected="choice")
    return [forms.variant(each) for each in parts]


def _refused(request: HttpRequest, refusal: Refusal, *, wants_json: bool) -> HttpResponse:
    said = str(explain(refusal))
    if wants_json:
        return JsonResponse({"say": said}, status=422)
    messages.error(request, said)
    return HttpResponseRedirect(reverse("storefront:wishes"))


def _told(request: HttpRequest, found: WishList, said: str, secret: str) -> HttpResponse:
    ids = [str(each) for each in found.variant_ids]
    link = {"href": reverse("storefront:wishes"), "text": _("See the wish list")}
    body = {"ids": ids, "units_text": reading.number(len(ids)), "say": said, "link": link}
    if request.POST.get("heart"):
        body["heart"] = str(hearts.button(_ids(request.POST["heart"]), found.variant_ids))
    response = JsonResponse(body)
    hearts.remember(request, response, found, secret=secret)
    return response


def _to_list(request: HttpRequest, found: WishList, said: str, secret: str) -> HttpResponse:
    messages.success(request, said)
    response = HttpResponseRedirect(reverse("storefront:wishes"))
    hearts.remember(request, response, found, secret=secret)
    return response


@require_POST
def share(request: HttpRequest) -> HttpResponse:
    """Let the list be read by its link, or switch the link off; then show the list."""
    mine = _mine(request)
    if mine.owner is not None:
        if request.POST.get("share") == "on":
            wishes.share(owner=mine.owner, now=timezone.now())
            messages.success(request, _("Whoever has the link can read your list now. Your name is not shown."))
        else:
            wishes.unshare(owner=mine.owner)
            messages.success(request, _("The link is switched off and shows nothing any more."))
    return HttpResponseRedirect(reverse("storefront:wishes"))


def _link(request: HttpRequest, token: str) -> str:
    return settings.PUBLIC_URL + reverse("storefront:wishes_shared", kwargs={"token": token})


def take_along(request: HttpRequest, response: HttpResponse, customer_id: CustomerId) -> None:
    """Move what this browser wished for into the account of whoever signs in with it, and let the browser carry the account's marks."""
    into, source = customer_owner(customer_id), hearts.browser(request)
    found = wishes.merge(source=source, into=into, now=timezone.now()) if source else wishes.wish_list(into)
    hearts.remember(request, response, found, secret="")
