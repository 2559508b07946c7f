"""Pages kept whole in each process's memory, and shown again as long as nothing they rest on has changed.

Before a kept page is shown, one query reads the marks of the shelves it rests on (`catalog_edition_of`; a change moves its mark in its own
transaction) and the stock it names; a page that was found to be right within the last half second is shown without. What differs from
visitor to visitor is not kept: the basket's count, the wish list's marks and the form's token are filled in; language, sign-in and the
privacy question are part of the key; a note to the visitor means the page is put together anew.
"""

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from hashlib import sha256
from threading import Lock
from time import monotonic

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.translation import ngettext
from markupsafe import Markup

from shopkeeper.doors.storefront import hearts, languages, pressed, reading, tokens, visitor
from shopkeeper.flows import browse
from shopkeeper.flows.browse import Rests, Standing
from shopkeeper.kit.ids import VariantId
from shopkeeper.kit.time import day_of

MOST_BYTES = 32_000_000
"""So much a process keeps; a list of 24 takes about 8 kB. The page asked for longest ago goes first."""

MAY_LAG_S = 0.5
"""So long after a look at what it rests on a page is shown without another one. Basket, checkout and order are never kept."""

_RUN = secrets.token_hex(8)
"""Drawn before the web processes part: all of them give the same page the same name, and a restarted shop gives it another."""

_HOLE = re.compile(f"<{_RUN}:([a-z]+(?:=[0-9-]+)?)>")
_OWN_WORDS = re.compile(r"(?:(?:sort|page|variant|reviews|by|questions)=[-a-z0-9]{0,20}(?:&|$))*")
_LONGEST_QUERY = 60
_LONGEST_PATH = 200
_GZIP = re.compile(r"\bgzip\b")

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as kept: its pieces, what is filled in between them, what it rests on and how that stood, the day it speaks of.

    `until`: the moment at which something on it appears or goes by itself; None where nothing does.
    """

    pieces: tuple[pressed.Piece, ...]
    holes: tuple[str, ...]
    rests: Rests
    standing: Standing
    zone: str
    day: date
    content_type: str
    name: str
    until: datetime | None = None

    @property
    def size(self) -> int:
        return (
            sum(len(piece.blocks) for piece in self.pieces) + 24 * (len(self.rests.few + self.rests.exact) + len(self.rests.rated)) + 1_500
        )


class Shelf:
    """The pages a process keeps, the one asked for longest ago first, and how many bytes they are."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._seen: dict[Hashable, float] = {}
        self.size = 0

    def __iter__(self) -> Iterator[Page]:
        return iter(tuple(self._pages.values()))

    def get(self, key: Hashable) -> Page | None:
        """Return the page of a key, which counts as asked for."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def was_seen(self, key: Hashable, *, since: float) -> bool:
        """Return whether the page of a key was found to be right by a look begun at this moment of `time.monotonic` or later."""
        return self._seen.get(key, float("-inf")) >= since

    def saw(self, key: Hashable, page: Page, *, at: float) -> None:
        """Note that this page was found to be right by a look begun at this moment."""
        with self._lock:
            if self._pages.get(key) is page:
                self._seen[key] = max(at, self._seen.get(key, at))

    def put(self, key: Hashable, page: Page, *, most: int, seen_at: float) -> None:
        """Keep a page, put together from what was read since `seen_at`; the longest unasked go until `most` bytes are left."""
        with self._lock:
            former = self._pages.pop(key, None)
            self.size += page.size - (former.size if former else 0)
            self._pages[key] = page
            self._seen[key] = seen_at
            while self.size > most and self._pages:
                former_key, dropped = self._pages.popitem(last=False)
                del self._seen[former_key]
                self.size -= dropped.size

    def clear(self) -> None:
        """Drop every page."""
        with self._lock:
            self._pages.clear()
            self._seen.clear()
            self.size = 0


_shelf = Shelf()


def forget() -> None:
    """Put every page together anew from here on."""
    _shelf.clear()


def kept(view: View) -> View:
    """Return the view with its page kept where it says what the page rests on (`rests_on`) and answers 200."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        key = _key(request)
        if key is None:
            return view(request, *args, **kwargs)
        began = monotonic()
        page = _found(key, began)
        if page is not None:
            return _answer(request, page)
        request._has_holes = True  # type: ignore[attr-defined]
        response = view(request, *args, **kwargs)
        return _keep(request, key, response, began)

    return answered


def rests_on(request: HttpRequest, rests: Rests, *, standing: Standing, zone: str) -> None:
    """Say what this request's page rests on, and how that stood when it was read."""
    request._rests = (rests, standing, zone)  # type: ignore[attr-defined]


def good_until(request: HttpRequest, moment: datetime | None) -> None:
    """Say at which moment something on this request's page appears or goes by itself."""
    request._until = moment  # type: ignore[attr-defined]


def units_mark(request: HttpRequest, units: int) -> Markup:
    """Return the basket's count for the head of a page, or the hole in which it is filled."""
    return _hole("units") if _has_holes(request) else _units(units)


def token_input(request: HttpRequest) -> Markup:
    """Return the hidden field that protects a form against forgery, or the hole in which it is filled."""
    return _hole("token") if _has_holes(request) else tokens.field(request)


def wishes_mark(request: HttpRequest) -> Markup:
    """Return the number beside the heart in the head of a page, or the hole in which it is filled."""
    return _hole("wishes") if _has_holes(request) else hearts.count(request)


def heart(request: HttpRequest, variants: Sequence[VariantId]) -> Markup:
    """Return the heart of a product's page, or the hole in which it is filled; nothing for a product without variants to wish for."""
    if not variants:
        return Markup("")
    if _has_holes(request):
        return _hole("heart=" + "-".join(map(str, variants)))
    return hearts.button(variants, hearts.marked(request))


def news_mark(request: HttpRequest) -> Markup:
    """Return the count of news for the head of a member's page, or the hole in which it is filled."""
    return _hole("news") if _has_holes(request) else _news(request)


def _has_holes(request: HttpRequest) -> bool:
    return getattr(request, "_has_holes", False)


def _hole(name: str) -> Markup:
    return Markup(f"<{_RUN}:{name}>")  # noqa: S704 - our own


def _news(request: HttpRequest) -> Markup:
    count = visitor.news_count(request)
    said = ngettext("%(count)s new", "%(count)s new", count) % {"count": reading.number(count)}
    return Markup('<b data-news{}><span aria-hidden="true">{}</span><span class="unseen">{}</span></b>').format(
        Markup("" if count else " hidden"),  # noqa: S704 - our own
        reading.number(count),
        said,
    )


def _units(units: int) -> Markup:
    hidden = "" if units else " hidden"
    return Markup(f"<b data-units{hidden}>{reading.number(units)}</b>")  # noqa: S704 - a number


def _key(request: HttpRequest) -> Hashable | None:
    """Return under which name the request's page is kept, None where it is not kept."""
    query = request.META.get("QUERY_STRING", "")
    # Within a transaction others do not see what this one sees, and it may be undone.
    if request.method != "GET" or not MOST_BYTES or connection.in_atomic_block:
        return None
    if len(query) > _LONGEST_QUERY or len(request.path) > _LONGEST_PATH or not _OWN_WORDS.fullmatch(query):
        return None
    if CookieStorage.cookie_name in request.COOKIES:
        return None
    seen_by = (visitor.is_signed_in(request), not visitor.consent_choice(request), visitor.goes_to(request))
    return (request.path, query, request.LANGUAGE_CODE, *seen_by)


def _found(key: Hashable, now: float) -> Page | None:
    """Return the page kept under a key where it still says what is so."""
    page = _shelf.get(key)
    if page is None or page.day != day_of(timezone.now(), page.zone) or (page.until and page.until <= timezone.now()):
        return None
    if _shelf.was_seen(key, since=now - MAY_LAG_S):
        return page
    try:
        if browse.standing(page.rests) != page.standing:
            return None
    except Error:
        # The database was started anew behind this connection: Django finds out and connects again.
        connection.close_if_unusable_or_obsolete()
        return None
    _shelf.saw(key, page, at=now)
    return page


def _keep(request: HttpRequest, key: Hashable, response: HttpResponse, began: float) -> HttpResponse:
    text = response.content.decode()
    parts = _HOLE.split(text)
    # Before the shop opens, who is signed in decides what is shown: nothing of that is kept.
    told = None if getattr(request, "_is_passing", False) else getattr(request, "_rests", None)
    pieces = tuple(pressed.press(part.encode(), is_last=place == len(parts) // 2) for place, part in enumerate(parts[::2]))
    rests, standing, zone = told or (Rests(), Standing(), "UTC")
    page = Page(
        pieces=pieces,
        holes=tuple(parts[1::2]),
        rests=rests,
        standing=standing,
        zone=zone,
        day=day_of(timezone.now(), zone),
        content_type=response["Content-Type"],
        name=f"{_RUN} {key} {rests} {standing}",
        until=getattr(request, "_until", None),
    )
    if told is None or response.status_code != 200 or set(response.cookies) - {settings.LANGUAGE_COOKIE_NAME}:
        return _filled(request, page, response)
    _shelf.put(key, page, most=MOST_BYTES, seen_at=began)
    return _answer(request, page)


def _filled(request: HttpRequest, page: Page, response: HttpResponse) -> HttpResponse:
    """Return a page that is not kept, its holes filled."""
    response.content = _plain(page, _fill(request, page))
    return response


def _answer(request: HttpRequest, page: Page) -> HttpResponse:
    tag = _tag(request, page)
    if tag and tag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response: HttpResponse = HttpResponseNotModified()
    else:
        filled = _fill(request, page)
        if _GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            response = HttpResponse(pressed.gzip(page.pieces, filled), content_type=page.content_type)
            response["Content-Encoding"] = "gzip"
        else:
            response = HttpResponse(_plain(page, filled), content_type=page.content_type)
    if tag:
        response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Accept-Encoding, Cookie"
    languages.remember(request, response)
    return response


def _plain(page: Page, filled: list[bytes]) -> bytes:
    texts = [pressed.unpress(piece) for piece in page.pieces]
    return b"".join([texts[0], *(part for pair in zip(filled, texts[1:], strict=True) for part in pair)])


def _fill(request: HttpRequest, page: Page) -> list[bytes]:
    # What stands in several places, as the token does in each form, is made once for an answer.
    filled = {name: _filling(request, name).encode() for name in dict.fromkeys(page.holes)}
    return [filled[name] for name in page.holes]


def _filling(request: HttpRequest, name: str) -> str:
    what, _equals, ids = name.partition("=")
    if what == "units":
        return str(_units(visitor.basket_units(request)))
    if what == "wishes":
        return str(hearts.count(request))
    if what == "news":
        return str(_news(request))
    if what == "heart":
        return str(hearts.button([VariantId(int(each)) for each in ids.split("-")], hearts.marked(request)))
    return tokens.field(request)


def _tag(request: HttpRequest, page: Page) -> str:
    """Return the name of exactly this answer, by which a browser asks whether it changed; empty where it cannot be the same again."""
    token = ""
    if "token" in page.holes:
        # A form on a page shown again works as long as the browser has the cookie it was made for.
        token = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
        if not token:
            return ""
    told = f"{page.name} {page.day} {visitor.basket_units(request)} {visitor.news_count(request)} {hearts.told(request)} {token}"
    return f'"{sha256(told.encode()).hexdigest()[:32]}"'
