"""What every console page asks first: who is reading, of which shop, and what they may do."""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial, wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from shopkeeper.kit import together
from shopkeeper.kit.console import Setting
from shopkeeper.kit.ids import UserId
from shopkeeper.ops.access import public as access
from shopkeeper.selling.shop import public as shop
from shopkeeper.selling.shop.shapes import Shop

View = Callable[..., HttpResponseBase]


def now() -> datetime:
    """Return the present moment: the only clock of this door."""
    return datetime.now(UTC)


_began: ContextVar[datetime | None] = ContextVar("console_began", default=None)


def began() -> datetime:
    """Return the moment at which this request began: the same however often it is asked, for questions that are put more than once."""
    return _began.get() or now()


def reader(request: HttpRequest) -> UserId:
    """Return who is signed in."""
    return UserId(request.user.pk or 0)


def may(request: HttpRequest, act: str) -> bool:
    """Return whether the reader's role includes an act; what it includes is read once per request."""
    if not hasattr(request, "_console_acts"):
        request._console_acts = access.acts_of(reader(request))  # type: ignore[attr-defined]
    return act in request._console_acts  # type: ignore[attr-defined]


def may_open(request: HttpRequest, address: str) -> bool:
    """Return whether the reader's role includes what a page of the console asks for, by its address."""
    view = resolve(urlsplit(address).path).func
    made = getattr(view, "view_initkwargs", {})
    act = made["command"].act if "command" in made else made["listing"].see if "listing" in made else getattr(view, "act", "")
    return not act or may(request, act)


def known(request: HttpRequest) -> dict[str, list[tuple[Any, ...]]]:
    """Return what was read together in this request, for what reads more of it: see `kit/together.py`."""
    if not hasattr(request, "_console_known"):
        request._console_known = {}  # type: ignore[attr-defined]
    return request._console_known  # type: ignore[attr-defined, no-any-return]


_home: ContextVar[Shop | None] = ContextVar("console_shop", default=None)
_kept: ContextVar[Setting | None] = ContextVar("console_setting", default=None)


def begin() -> None:
    """Forget what was kept for the request before: every page of the console begins with this."""
    _kept.set(None)
    _home.set(None)
    _began.set(now())


def home() -> Shop | None:
    """Return the shop, None before it is opened; read once per request."""
    known = _home.get()
    if known is None and shop.is_open():
        known = shop.shop()
        _home.set(known)
    return known


def setting() -> Setting:
    """Return the shop's currency and zone, and the reader's language; read once per request, however many figures a page writes."""
    kept = _kept.get()
    if kept is None:
        known = home() or shop.shop()
        kept = Setting(currency=known.currency, zone=known.zone, language=get_language() or known.language)
        _kept.set(kept)
    return kept


def at_once(*also: Callable[[int], Any]) -> Callable[[View], View]:
    """Return a decorator for a page about one row that only reads: `also`, what it will ask besides, travels with its first question."""

    def decorate(view: View) -> View:
        @wraps(view)
        def reading(request: HttpRequest, pk: int) -> HttpResponseBase:
            page, *_also = together.read(lambda: view(request, pk), *(partial(each, pk) for each in also))
            return page  # type: ignore[no-any-return]

        return reading

    return decorate


def guarded(act: str) -> Callable[[View], View]:
    """Return a decorator that shows a page only to people whose role includes `act`, and everyone else a designed refusal."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, *args, **kwargs) if may(request, act) else refused(request)

        guard.act = act  # type: ignore[attr-defined]
        return guard

    return decorate


def refused(request: HttpRequest) -> HttpResponse:
    """Return the page that says the reader's role does not include this."""
    return TemplateResponse(request, "console/refused.html", {"role": getattr(request.user, "role", "")}, status=403)


def way_back(request: HttpRequest, otherwise: str) -> str:
    """Return where a form leads afterwards: the `next` it was given if that is a page of this shop."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if own and urlsplit(wanted).path.startswith("/") else otherwise
