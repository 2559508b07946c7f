"""What the head of a page says to engines and to whoever passes it on: title, description, and the picture of its card.

What staff wrote for engines comes first, in the language it was written in; where they wrote nothing, it is made from the page itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shopkeeper.doors.storefront import kept, photos, reading
from shopkeeper.flows.browse import Card, Shown
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog.shapes import Category
from shopkeeper.selling.catalog.shapes_collections import Collection
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes_pages import EngineWords, WordsKind
from shopkeeper.selling.media.shapes import Picture

LARGE_FROM = 1.2
"""A picture so much wider than high fills the head of a card; a higher one stands beside its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPicture:
    """The picture shown where a page is passed on: its whole address, as large as it is kept, and what is to be seen on it."""

    address: str
    width: int
    height: int
    alt: str

    @property
    def is_large(self) -> bool:
        """Whether it is wide enough to stand above the words."""
        return self.width >= self.height * LARGE_FROM


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`title` is empty where the page's own stands; it goes without the shop's name, which follows unless it is in it."""

    title: str = ""
    description: str = ""
    picture: CardPicture | None = None


NOTHING = Head()


def home(request: HttpRequest, cards: Sequence[Card]) -> Head:
    """Return the head of the front page."""
    shop = kept.of(request).shop()
    return Head(description=_described([shop.tagline, *_names(request), *(each.product.name for each in cards)]), picture=_first(cards))


def shelves(request: HttpRequest) -> Head:
    """Return the head of the list of all shelves: what it is, and the first of them."""
    return Head(description=_described([_("Everything in the shop, in its place."), *_names(request)]))


def collections(shown: Iterable[Collection]) -> Head:
    """Return the head of the list of all collections."""
    return Head(description=_described([_("Goods that belong together, from all over the shop."), *(each.name for each in shown)]))


def shelf(request: HttpRequest, category: Category | None, cards: Sequence[Card]) -> Head:
    """Return the head of a shelf, or of the whole shop as one: its introduction and, where that is short, the first goods on it."""
    named = [each.product.name for each in cards]
    if category is None:
        made: list[Bilingual | str] = [_("The whole shop on one long shelf."), *named]
        return Head(description=_described(made), picture=_first(cards))
    words = kept.of(request).engine_words(WordsKind.CATEGORY, category.id, (category.id,))
    return _told(words, [_or(category.intro, category.name), *named], _first(cards))


def collection(request: HttpRequest, here: Collection, cards: Sequence[Card]) -> Head:
    """Return the head of a collection."""
    words = kept.of(request).engine_words(WordsKind.COLLECTION, here.id, ())
    return _told(words, [_or(here.intro, here.name), *(each.product.name for each in cards)], _first(cards))


def product(request: HttpRequest, shown: Shown) -> Head:
    """Return the head of a product's page: its text, and where that is short or missing, its name and the shelf it stands on."""
    each = shown.product
    scope = -1 if each.category_id is None else each.category_id
    words = kept.of(request).engine_words(WordsKind.PRODUCT, each.id, (scope,))
    near = [part for category in reversed(shown.path) for part in (category.name, category.intro)]
    pictures = shown.gallery.pictures
    return _told(words, [_or(each.text, each.name), *near], _card(pictures[0]) if pictures else None)


def _told(words: EngineWords, made: Sequence[Bilingual | str], picture: CardPicture | None) -> Head:
    return Head(title=_own(words.title), description=_own(words.description) or _described(made), picture=picture)


def _or(text: Bilingual, otherwise: Bilingual) -> Bilingual:
    return text if reading.pick(text) else otherwise


def _own(text: Bilingual) -> str:
    """Return what was written in the page's own language: a page in Chinese with a title in English would be found by nobody."""
    return text.zh if (get_language() or "en").startswith("zh") else text.en


def _described(made: Iterable[Bilingual | str]) -> str:
    """Return a description made of these parts: as many as it takes to be worth a line, cut where an engine would cut it."""
    is_chinese = (get_language() or "en").startswith("zh")
    said = ""
    for part in made:
        words = " ".join((part if isinstance(part, str) else reading.pick(part)).split())
        if not words or words in said:
            continue
        if said and not content.is_short_for_engines(said):
            break
        said += (
            words if not said else ("" if said[-1] in ".!?。！？：…" else "。" if is_chinese else ".") + ("" if is_chinese else " ") + words
        )
    return content.cut_for_engines(said)


def _names(request: HttpRequest) -> list[Bilingual]:
    return [each.name for each in kept.of(request).categories() if each.parent_id is None and each.products]


def _first(cards: Sequence[Card]) -> CardPicture | None:
    return next((_card(each.picture) for each in cards if each.picture), None)


def _card(picture: Picture) -> CardPicture:
    width = picture.whole.widths[-1]
    return CardPicture(
        address=settings.PUBLIC_URL + photos.largest(picture.whole),
        width=width,
        height=picture.whole.height_at(width),
        alt=reading.pick(picture.alt),
    )
