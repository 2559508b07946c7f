"""What search engines are told of a page: the one address to keep it under, the languages it stands in, and where it moved."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from shopkeeper.doors.storefront import forms, kept
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Addressed

LANGUAGES = {"en": "en", "zh-hans": "zh-Hans"}
"""By the language's name in an address, its name in hreflang and structured data."""

_LISTED = frozenset({"home", "shelves", "goods", "category", "product", "collections", "collection", "text"})


def own_address(request: HttpRequest) -> str | None:
    """Return the one address under which engines shall keep this page, without host; None for a page that is not theirs.

    Of the query only the number of a shelf's page counts: the same shelf in another order is the same shelf, and one that is
    narrowed down says itself that it is not to be kept.
    """
    match = request.resolver_match
    if match is None or match.namespace != "storefront" or match.url_name not in _LISTED:
        return None
    number = forms.page_number(request.GET.get("page"))
    return request.path + (f"?page={number}" if number > 1 and match.url_name in ("goods", "category", "collection") else "")


def alternates(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """Return the whole addresses of a page that engines may keep, by hreflang; `x-default` is the shop's own language."""
    address, here = own_address(request), f"/{request.LANGUAGE_CODE}/"
    if address is None or not address.startswith(here):
        return ()
    rest = address.removeprefix(here)
    found = [(LANGUAGES[code], f"{settings.PUBLIC_URL}/{code}/{rest}") for code in LANGUAGES]
    return (*found, ("x-default", f"{settings.PUBLIC_URL}/{_first_language(request)}/{rest}"))


def _first_language(request: HttpRequest) -> str:
    language = kept.of(request).shop().language
    return language if language in LANGUAGES else "en"


def moved(request: HttpRequest, kind: Addressed, slug: str, refusal: NotFound) -> HttpResponse:
    """Send a visitor on for good to what was called so before. Raises the refusal where nothing was."""
    present = catalog.moved(kind, slug)
    if present is None:
        raise refusal
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return HttpResponsePermanentRedirect(reverse(f"storefront:{kind.value}", kwargs={"slug": present}) + query)
