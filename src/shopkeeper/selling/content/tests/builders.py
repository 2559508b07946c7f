"""Pages without a fault and with one each, and a page that was looked at."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.rules import lengths
from shopkeeper.selling.content.rules import page_audit as rules
from shopkeeper.selling.content.shapes_pages import Look, PageFacts, PageKind, PageRef, Pictured

__all__ = ["BROKEN", "GOOD", "NOON", "a_look", "lengths", "rules"]

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

GOOD = PageFacts(
    kind=PageKind.PRODUCT,
    address="/en/goods/lamp/",
    language="en",
    html_language="en",
    title="Brass lamp with a linen shade · Corner shop",
    description="A small brass lamp for the bedside, with a linen shade and two metres of cable.",
    headings=((1, "Brass lamp"), (2, "Reviews"), (3, "By stars"), (2, "Near it")),
    pictures=(Pictured(address="/media/a/320.jpg", alt="Brass lamp", has_measure=True), Pictured(address="/x", alt="", has_measure=True)),
    links=("/en/", "/en/shelves/"),
    canonical="/en/goods/lamp/",
    alternates={"en": "/en/goods/lamp/", "zh-Hans": "/zh-hans/goods/lamp/", "x-default": "/en/goods/lamp/"},
    structured=("Product", "BreadcrumbList"),
    card_picture="https://shop.example/media/a/960.jpg",
    words=120,
    size=42_000,
    took_ms=40,
)

BROKEN: dict[str, dict[str, Any]] = {
    "not_shown": {"status": 500},
    "kept_out": {"is_kept_out": True},
    "title_missing": {"title": ""},
    "title_twice": {"same_title": "/en/goods/cup/"},
    "title_long": {"title": "Brass lamp " * 8},
    "title_short": {"title": "Lamp"},
    "description_missing": {"description": ""},
    "description_twice": {"same_description": "/en/goods/cup/"},
    "description_long": {"description": "A lamp of brass. " * 20},
    "description_short": {"description": "A lamp."},
    "heading_missing": {"headings": ((2, "Reviews"),)},
    "heading_several": {"headings": ((1, "Lamp"), (1, "Brass"))},
    "heading_skipped": {"headings": ((1, "Lamp"), (3, "Reviews"))},
    "heading_empty": {"headings": ((1, "Lamp"), (2, ""))},
    "words_few": {"words": 19},
    "link_broken": {"broken": ("/en/goods/nothing/",)},
    "link_moved": {"moved": ("/en/goods/former/",)},
    "link_unnamed": {"unnamed_links": ("/en/goods/cup/",)},
    "picture_unnamed": {"pictures": (Pictured(address="/a", alt=None, has_measure=True),)},
    "picture_unmeasured": {"pictures": (Pictured(address="/a", alt="A", has_measure=False),)},
    "card_without_picture": {"card_picture": ""},
    "address_missing": {"canonical": ""},
    "address_elsewhere": {"canonical": "/en/goods/cup/"},
    "languages_missing": {"alternates": {"en": "/en/goods/lamp/"}},
    "language_wrong": {"html_language": "zh-Hans"},
    "structured_missing": {"structured": ("BreadcrumbList",)},
    "structured_faulty": {"structured_faults": ("Offer lacks price",)},
    "answer_slow": {"took_ms": 601},
    "page_heavy": {"size": 500_001},
}


def a_look(kind: PageKind = PageKind.HOME, subject: str = "", *, address: str = "/en/", now: datetime = NOON) -> Look:
    """Have a page looked at that answers slowly, and nothing else wrong with it."""
    facts = replace(GOOD, kind=kind, address=address, canonical=address, structured=("OnlineStore", "WebSite", "Product", "BreadcrumbList"))
    return content.keep_look(PageRef(kind=kind, subject=subject), replace(facts, took_ms=900), now=now)
