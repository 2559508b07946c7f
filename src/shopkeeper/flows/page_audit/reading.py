"""Reading a page as an engine does: its head, headings, links, pictures, what it tells in structured terms, and how many words it has."""

import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from shopkeeper.flows.page_audit.showing import Answer
from shopkeeper.selling.content.shapes_pages import PageFacts, PageKind, Pictured

REQUIRED: Mapping[str, frozenset[str]] = {
    "Product": frozenset({"name", "url", "description"}),
    "Offer": frozenset({"price", "priceCurrency", "availability", "url"}),
    "AggregateRating": frozenset({"ratingValue", "reviewCount"}),
    "Review": frozenset({"author", "reviewRating"}),
    "BreadcrumbList": frozenset({"itemListElement"}),
    "ItemList": frozenset({"itemListElement"}),
    "ListItem": frozenset({"position", "name"}),
    "OnlineStore": frozenset({"name", "url"}),
    "WebSite": frozenset({"name", "url"}),
}
"""What engines ask of each kind before they show it (their published lists of required properties); empty shelves list nothing."""

_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_SILENT = frozenset({"script", "style", "template", "svg", "noscript"})
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_MEDIA = ("/media/", "/static/")


def facts(answer: Answer, *, kind: PageKind, address: str, language: str) -> PageFacts:
    """Return a page as parsed facts; of one that was not shown, that it was not, and why."""
    if answer.failure or answer.status != 200:
        return PageFacts(
            kind=kind, address=address, language=language, status=answer.status, failure=answer.failure,
            size=answer.size, took_ms=answer.took_ms,
        )  # fmt: skip
    page = _Page()
    page.feed(answer.text)
    page.close()
    kinds, faults = _structured(page.blocks)
    robots = f"{page.meta.get('robots', '')} {answer.headers.get('x-robots-tag', '')}"
    return PageFacts(
        kind=kind,
        address=address,
        language=language,
        status=answer.status,
        html_language=page.language,
        title=_tidy("".join(page.title)),
        description=_tidy(page.meta.get("description", "")),
        headings=tuple((level, _tidy(text)) for level, text in page.headings),
        pictures=tuple(page.pictures),
        links=tuple(dict.fromkeys(filter(None, (_own(each) for each, _name in page.links)))),
        unnamed_links=tuple(to for to, name in page.links if not _tidy(name)),
        canonical=_path(page.canonical),
        alternates={name: _path(to) for name, to in page.alternates.items()},
        is_kept_out="noindex" in robots.lower(),
        structured=kinds,
        structured_faults=faults,
        card_picture=page.meta.get("og:image", ""),
        words=_words(" ".join(page.said)),
        size=answer.size,
        took_ms=answer.took_ms,
    )


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _words(text: str) -> int:
    """Return how many words a text has: Latin ones by their blanks, of Chinese every two letters as one."""
    return len(_CJK.sub(" ", text).split()) + len(_CJK.findall(text)) // 2


def _path(address: str) -> str:
    """Return an address of the shop's own as its path, another one as it is."""
    return address.removeprefix(settings.PUBLIC_URL) if address.startswith(f"{settings.PUBLIC_URL}/") else address


def _own(address: str) -> str:
    """Return the path of a link within the shop, empty for one that leads elsewhere, to a file, or on the same page."""
    path = _path(address.strip())
    is_own = path.startswith("/") and not path.startswith(("//", *_MEDIA))
    return urlsplit(path).path if is_own else ""


def _structured(blocks: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    kinds: list[str] = []
    faults: list[str] = []
    for block in blocks:
        try:
            told = json.loads(block)
        except ValueError:
            faults.append("JSON")
            continue
        for thing in _things(told):
            kind = str(thing["@type"])
            kinds.append(kind)
            said = {name for name, value in thing.items() if value not in ("", None)}
            faults += [f"{kind}.{name}" for name in sorted(REQUIRED.get(kind, frozenset()) - said)]
    return tuple(dict.fromkeys(kinds)), tuple(dict.fromkeys(faults))


def _things(told: Any) -> Iterator[dict[str, Any]]:
    if isinstance(told, dict):
        if "@type" in told:
            yield told
        for each in told.values():
            yield from _things(each)
    elif isinstance(told, list):
        for each in told:
            yield from _things(each)


class _Page(HTMLParser):
    """Collects what is looked at; whatever is hidden from readers, or drawn, says nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.language, self.canonical = "", ""
        self.title: list[str] = []
        self.said: list[str] = []
        self.meta: dict[str, str] = {}
        self.alternates: dict[str, str] = {}
        self.headings: list[tuple[int, str]] = []
        self.links: list[tuple[str, str]] = []
        self.pictures: list[Pictured] = []
        self.blocks: list[str] = []
        self._open: list[str] = []
        # How deep it stood open where hidden from who listens began, and whether a link that counts is open: only what is said
        # within one names it.
        self._hidden_from: int | None = None
        self._in_link = False
        self._block: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        is_hidden = had.get("aria-hidden") == "true"
        if tag not in _VOID:
            self._open.append(tag)
            if is_hidden and self._hidden_from is None:
                self._hidden_from = len(self._open)
        if tag == "html":
            self.language = had.get("lang", "")
        elif tag == "meta":
            self.meta.setdefault(had.get("name") or had.get("property", ""), had.get("content", ""))
        elif tag == "link":
            self._linked(had)
        elif tag == "script" and had.get("type") == "application/ld+json":
            self._block = []
        elif tag in _HEADINGS:
            self.headings.append((_HEADINGS[tag], ""))
        elif tag == "a":
            self._in_link = bool(had.get("href")) and self._hidden_from is None
            if self._in_link:
                self.links.append((had["href"], had.get("aria-label", "") or had.get("title", "")))
        elif tag == "img":
            self._pictured(had)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._block is not None:
            self.blocks.append("".join(self._block))
            self._block = None
        while tag in self._open and self._open.pop() != tag:
            pass
        self._in_link = self._in_link and "a" in self._open
        if self._hidden_from is not None and len(self._open) < self._hidden_from:
            self._hidden_from = None

    def handle_data(self, data: str) -> None:
        if self._block is not None:
            self._block.append(data)
            return
        opened = set(self._open)
        if opened & _SILENT:
            return
        if "title" in opened:
            self.title.append(data)
            return
        self._say(data, opened)

    def _say(self, words: str, opened: set[str]) -> None:
        if "main" in opened:
            self.said.append(words)
        if self.headings and opened & _HEADINGS.keys():
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + words)
        self._name(words)

    def _name(self, words: str) -> None:
        if self._in_link and self._hidden_from is None:
            to, name = self.links[-1]
            self.links[-1] = (to, name + words)

    def _linked(self, had: Mapping[str, str]) -> None:
        if had.get("rel") == "canonical":
            self.canonical = had.get("href", "")
        elif had.get("rel") == "alternate" and had.get("hreflang"):
            self.alternates[had["hreflang"]] = had.get("href", "")

    def _pictured(self, had: Mapping[str, str]) -> None:
        has_measure = bool(had.get("width") and had.get("height"))
        self.pictures.append(Pictured(address=had.get("src", ""), alt=had.get("alt"), has_measure=has_measure))
        if had.get("aria-hidden") != "true":
            self._name(had.get("alt", ""))
