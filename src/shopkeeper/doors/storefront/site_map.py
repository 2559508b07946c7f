"""The map of the shop for search engines: every page worth finding, in both languages, in parts."""

from collections.abc import Iterator
from datetime import datetime
from math import ceil
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.http import require_safe

from shopkeeper.doors.storefront import texts
from shopkeeper.doors.storefront.engines import LANGUAGES
from shopkeeper.flows import collections
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.content import public as content

ON_A_MAP = 2_000
"""Products in one part of the map: four thousand addresses, some two megabytes before they are pressed."""

KEPT_FOR_S = 3_600

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'


@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """Tell engines in which parts the map of the shop comes."""
    parts = ceil(catalog.published_count() / ON_A_MAP)
    names = ["shelves", *(f"goods-{number}" for number in range(1, parts + 1))]
    found = (f"<sitemap><loc>{escape(_absolute(reverse('map_part', kwargs={'part': name})))}</loc></sitemap>" for name in names)
    return _xml(f"<sitemapindex {_NAMESPACES}>", found, "</sitemapindex>")


@require_safe
def map_part(request: HttpRequest, part: str) -> HttpResponse:
    """Tell engines one part of the map: every address in each language, with its other languages. Answers 404 for a part there is not."""
    kind, _, number = part.partition("-")
    if kind == "goods" and number.isascii() and number.isdigit() and len(number) < 7 and int(number):
        goods = catalog.listed(number=int(number), size=ON_A_MAP)
        if not goods and int(number) > 1:
            raise Http404
        entries = iter([_entry("product", {"slug": each.slug}, each.changed_at) for each in goods])
    elif part == "shelves":
        entries = _shelves()
    else:
        raise Http404
    return _xml(f"<urlset {_NAMESPACES}>", entries, "</urlset>")


def _shelves() -> Iterator[str]:
    yield _entry("home")
    yield _entry("shelves")
    yield _entry("goods")
    yield from (_entry("category", {"slug": each.slug}) for each in catalog.categories() if each.products)
    shown = collections.shown(timezone.now())
    yield from [_entry("collections")] * bool(shown)
    yield from (_entry("collection", {"slug": each.slug}) for each in shown)
    yield from (_entry("text", {"kind": kind.value}) for kind in content.texts() if kind in texts.PAGES)


def _entry(name: str, values: dict[str, str] | None = None, changed_at: datetime | None = None) -> str:
    addresses = {code: _absolute(_in(code, name, values)) for code in LANGUAGES}
    links = "".join(f'<xhtml:link rel="alternate" hreflang="{LANGUAGES[code]}" href={quoteattr(to)}/>' for code, to in addresses.items())
    changed = f"<lastmod>{changed_at.date().isoformat()}</lastmod>" if changed_at else ""
    return "".join(f"<url><loc>{escape(to)}</loc>{changed}{links}</url>" for to in addresses.values())


def _in(language: str, name: str, values: dict[str, str] | None) -> str:
    with override(language):
        return reverse(f"storefront:{name}", kwargs=values)


def _absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def _xml(opening: str, entries: Iterator[str], closing: str) -> HttpResponse:
    response = HttpResponse(f"{_HEAD}{opening}{''.join(entries)}{closing}", content_type="application/xml; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={KEPT_FOR_S}"
    return response
