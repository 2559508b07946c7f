"""Which pages of the shop engines may keep, where each stands, and whether what links to it leads anywhere."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.translation import override

from shopkeeper.flows import browse
from shopkeeper.flows import collections as collecting
from shopkeeper.kit import checks
from shopkeeper.kit.ids import ProductId
from shopkeeper.kit.refusals import Malformed
from shopkeeper.kit.time import day_of, day_starts
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Addressed
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes import TextKind
from shopkeeper.selling.content.shapes_pages import PageKind, PageRef
from shopkeeper.selling.shop import public as shops

TEXTS = (TextKind.TERMS, TextKind.PRIVACY, TextKind.RETURNS)
"""The texts that are pages of their own."""

EVERY = timedelta(days=7)
"""How often pages that show many things are due: what stands on them changes all the time."""

_STEP = 5_000
_ROUTES = frozenset(kind.value for kind in PageKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of the shop: what it shows, the name it has in its address, and when that changed, None where it is not asked.

    Of pages that show many things nobody keeps account: they count as changed a week ago, so that each is looked at every week.
    """

    page: PageRef
    slug: str = ""
    changed_at: datetime | None = None


def address(listed: Listed, language: str) -> str:
    """Return the path of a page in a language."""
    kind = listed.page.kind
    named = {"kind": listed.slug} if kind is PageKind.TEXT else {"slug": listed.slug} if listed.slug else {}
    with override(language):
        return reverse(f"storefront:{kind.value}", kwargs=named)


def all_pages(now: datetime) -> tuple[Listed, ...]:
    """Return every page that engines may keep: the few that stand by themselves, texts, shelves and collections, then all goods."""
    worded = content.engine_words_changed()
    return tuple(_worded(each, worded) for each in (*_standing(now), *_goods()))


def _worded(listed: Listed, worded: Mapping[tuple[str, int], datetime]) -> Listed:
    """Return a page as changed when its words for engines were, where that was later."""
    subject = listed.page.subject
    at = worded.get((listed.page.kind.value, int(subject))) if subject.isdigit() else None
    return replace(listed, changed_at=at) if at and (listed.changed_at is None or at > listed.changed_at) else listed


def _standing(now: datetime) -> Iterator[Listed]:
    shown = collecting.shown(now)
    alone = [PageKind.HOME, PageKind.SHELVES, PageKind.GOODS, *([PageKind.COLLECTIONS] if shown else [])]
    a_while_ago = now - EVERY
    yield from (Listed(page=PageRef(kind=kind), changed_at=a_while_ago) for kind in alone)
    published = content.texts()
    for kind in TEXTS:
        if kind in published:
            at = published[kind].published_at
            yield Listed(page=PageRef(kind=PageKind.TEXT, subject=kind.value), slug=kind.value, changed_at=at)
    for shelf in catalog.categories():
        if shelf.products:
            yield Listed(page=PageRef(kind=PageKind.CATEGORY, subject=str(shelf.id)), slug=shelf.slug, changed_at=a_while_ago)
    for each in shown:
        yield Listed(page=PageRef(kind=PageKind.COLLECTION, subject=str(each.id)), slug=each.slug, changed_at=a_while_ago)


def _goods() -> Iterator[Listed]:
    number, step = 0, _STEP
    while step == _STEP:
        number += 1
        found = catalog.listed(number=number, size=_STEP)
        yield from (_product(each.id, each.slug, each.changed_at) for each in found)
        step = len(found)


def _product(product_id: int, slug: str, changed_at: datetime | None = None) -> Listed:
    return Listed(page=PageRef(kind=PageKind.PRODUCT, subject=str(product_id)), slug=slug, changed_at=changed_at)


def page(wanted: PageRef, now: datetime) -> Listed | None:
    """Return the page of what it shows, None where the shop shows no such page now."""
    if wanted.kind is PageKind.PRODUCT:
        number = ProductId(int(wanted.subject)) if wanted.subject.isascii() and wanted.subject.isdigit() else ProductId(0)
        found = catalog.products([number]).get(number)
        return _product(found.id, found.slug) if found and found.is_published else None
    return next((each for each in _standing(now) if each.page == wanted), None)


def by_address(wanted: str, now: datetime) -> Listed | None:
    """Return the page of an address, whole or as a path, in either language; None where it is none that engines may keep.

    Raises Malformed for what is no address, or one of another host.
    """
    match = _match(_own_path(wanted.strip()))
    if match is None or match.namespace != "storefront" or match.url_name not in _ROUTES:
        return None
    slug = str(next(iter(match.kwargs.values()), ""))
    if match.url_name == PageKind.PRODUCT.value:
        product_id = catalog.ids_by_slug([slug]).get(slug)
        return page(PageRef(kind=PageKind.PRODUCT, subject=str(product_id)), now) if product_id else None
    return next((each for each in _standing(now) if each.page.kind.value == match.url_name and each.slug == slug), None)


def _own_path(wanted: str) -> str:
    try:
        parts = urlsplit(wanted)
    except ValueError as error:
        raise Malformed("address", checks.shown(wanted), expected="shop_page") from error
    if parts.netloc and parts.netloc.lower() != urlsplit(settings.PUBLIC_URL).netloc.lower():
        raise Malformed("address", checks.shown(wanted), expected="shop_page")
    return parts.path


def goods_on(shelf: Listed, now: datetime, most: int | None = None) -> tuple[Listed, ...]:
    """Return the pages of the goods that stand on a shelf or in a collection, or of so many that stand first; none for another page."""
    if shelf.page.kind is PageKind.COLLECTION:
        zone = shops.shop().zone
        here = collecting.of_slug(shelf.slug, now)
        ids = [ProductId(each) for each in list(collecting.ids(here, today=day_starts(day_of(now, zone), zone)))[:most]]
    elif shelf.page.kind in (PageKind.CATEGORY, PageKind.GOODS):
        category = browse.category_of(shelf.slug) if shelf.slug else None
        ids = list(catalog.listing_ids(category.id if category else None))[:most]
    else:
        return ()
    known = {each.id: each for each in catalog.listed_of(ids)}
    worded = content.engine_words_changed()
    return tuple(_worded(_product(each, known[each].slug, known[each].changed_at), worded) for each in ids if each in known)


def has_goods(page: Listed) -> bool:
    """Return whether a page is one of those on which goods stand."""
    return page.page.kind in (PageKind.COLLECTION, PageKind.CATEGORY, PageKind.GOODS)


def _match(path: str) -> ResolverMatch | None:
    # Each address speaks its own language: outside of it, it leads nowhere.
    language = path.split("/")[1] if path.count("/") > 1 else ""
    try:
        with override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
            return resolve(path)
    except Resolver404:
        return None


def _led_on(path: str) -> ResolverMatch | None:
    """Return where the shop leads a path on to that lacks its last slash, or its language."""
    ways = (f"{path}/", f"/{settings.LANGUAGE_CODE}{path}", f"/{settings.LANGUAGE_CODE}{path}/")
    return next((match for each in ways if not each.endswith("//") and (match := _match(each))), None)


class Known:
    """Which links lead somewhere: read as they are met and remembered for one round, so that a thousand pages ask once of each shelf."""

    def __init__(self) -> None:
        self._standing: dict[str, frozenset[str]] | None = None
        self._goods: dict[str, str] = {}

    def sort_out(self, paths: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return, of paths within the shop, those that lead to nothing, and those that are led on: from a former name, or by a slash."""
        straight = {path: _match(path) for path in paths}
        matches = {path: match or _led_on(path) for path, match in straight.items()}
        self._learn([_slug(each) for each in matches.values() if each and _is(each, PageKind.PRODUCT)])
        states = {path: self._state(match) or ("" if straight[path] else "moved") for path, match in matches.items()}
        return tuple(path for path, state in states.items() if state == "broken"), tuple(
            path for path, state in states.items() if state == "moved"
        )

    def _state(self, match: ResolverMatch | None) -> str:
        if match is None:
            return "broken"
        if _is(match, PageKind.PRODUCT):
            return self._goods[_slug(match)]
        if _is(match, PageKind.CATEGORY):
            if _slug(match) in self._slugs("category"):
                return ""
            return "moved" if catalog.moved(Addressed.CATEGORY, _slug(match)) else "broken"
        if _is(match, PageKind.COLLECTION):
            return "" if _slug(match) in self._slugs("collection") else "broken"
        return "broken" if _is(match, PageKind.TEXT) and _slug(match) not in list(TEXTS) else ""

    def _slugs(self, kind: str) -> frozenset[str]:
        if self._standing is None:
            self._standing = {
                "category": frozenset(each.slug for each in catalog.categories()),
                "collection": frozenset(each.slug for each in catalog.collections()),
            }
        return self._standing[kind]

    def _learn(self, slugs: list[str]) -> None:
        new = [each for each in dict.fromkeys(slugs) if each not in self._goods]
        if not new:
            return
        ids: Mapping[str, ProductId] = catalog.ids_by_slug(new)
        known = catalog.products(list(ids.values()))
        for slug in new:
            found = known.get(ids[slug]) if slug in ids else None
            if found is not None and found.is_published:
                self._goods[slug] = ""
            else:
                self._goods[slug] = "moved" if found is None and catalog.moved(Addressed.PRODUCT, slug) else "broken"


def _is(match: ResolverMatch, kind: PageKind) -> bool:
    return match.namespace == "storefront" and match.url_name == kind.value


def _slug(match: ResolverMatch) -> str:
    return str(next(iter(match.kwargs.values()), ""))
