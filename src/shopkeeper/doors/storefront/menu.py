"""The menu above every page: a panel for each main shelf with what stands below it, and one of everything, with collections and brands."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from markupsafe import Markup

from shopkeeper.doors.storefront import kept, pages
from shopkeeper.kit.ids import CategoryId
from shopkeeper.selling.catalog.shapes import Brand, Category
from shopkeeper.selling.catalog.shapes_collections import Collection, ConditionKind, Match

MOST_BELOW = 24
"""So many shelves below one stand in its own panel; a longer list is on the shelf’s page."""

MOST_BELOW_AMONG_ALL = 8
MOST_COLLECTIONS = 6
MOST_BRANDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A main shelf that has goods, with those below it that have, and the collections that are drawn from it alone."""

    shelf: Category
    below: tuple[Category, ...] = ()
    collections: tuple[Collection, ...] = ()

    @property
    def opens(self) -> bool:
        """Whether there is more to see than the shelf itself: otherwise a plain link leads there."""
        return bool(self.below or self.collections)

    @property
    def first_below(self) -> tuple[Category, ...]:
        """Those below it that stand in the panel of everything."""
        return self.below[:MOST_BELOW_AMONG_ALL]


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """What the menu holds; `has_collections`: there are any to see, in the menu or not."""

    shelves: tuple[Panel, ...]
    collections: tuple[Collection, ...]
    brands: tuple[Brand, ...]
    has_collections: bool


def of(request: HttpRequest) -> Menu:
    """Return the menu as it is now, and let the page be put together anew when a collection appears or goes by itself."""
    catalogue, now = kept.of(request), timezone.now()
    categories, collections = catalogue.categories(), catalogue.collections()
    pages.good_until(request, min((turn for each in collections if (turn := each.turns_at(now))), default=None))
    shown = [each for each in collections if each.is_shown(now)]
    in_menu = [each for each in shown if each.is_in_menu]
    # The makers of most goods first; a count is not shown, so that it may lag until something about the shop itself changes.
    makers = sorted((each for each in catalogue.brands() if each.products), key=lambda each: (-each.products, each.slug))
    return Menu(
        shelves=tuple(_panel(each, categories, in_menu) for each in categories if each.parent_id is None and each.products),
        collections=tuple(in_menu[:MOST_COLLECTIONS]),
        brands=tuple(makers[:MOST_BRANDS]),
        has_collections=bool(shown),
    )


@dataclass(slots=True)
class _Written:
    """The menu as it was last written on pages that stand in one place, in one language."""

    menu: Menu
    text: Markup


_written: dict[tuple[str, str], _Written] = {}

MOST_PLACES = 512
"""In so many places a process remembers how the menu was written: about 8 kB each in a shop with a hundred shelves."""


def text(request: HttpRequest, here: str) -> Markup:
    """Return the menu as pages show it that stand `here`; it is written anew where anything in it has changed."""
    menu, place = of(request), (here, request.LANGUAGE_CODE)
    known = _written.get(place)
    # Shelves and collections are compared, not trusted to be the same: mostly they are the very same objects, which takes no time.
    if known is None or known.menu != menu:
        if len(_written) >= MOST_PLACES:
            _written.clear()
        written = render_to_string("storefront/menu.html", {"menu": menu, "here": here, "page_language": request.LANGUAGE_CODE})
        known = _written[place] = _Written(menu, Markup(written))  # noqa: S704 - rendered with escaping on
    return known.text


def _panel(main: Category, categories: Sequence[Category], collections: Sequence[Collection]) -> Panel:
    below = [each for each in categories if each.parent_id == main.id]
    own = frozenset({main.id, *(each.id for each in below)})
    return Panel(
        shelf=main,
        below=tuple(each for each in below if each.products)[:MOST_BELOW],
        collections=tuple(each for each in collections if is_drawn_from(each, own))[:MOST_COLLECTIONS],
    )


def is_drawn_from(collection: Collection, shelves: frozenset[CategoryId]) -> bool:
    """Return whether the rule of a collection lets in goods of these shelves only; one chosen by hand belongs to none."""
    conditions = collection.rule.conditions
    within = [each.kind is ConditionKind.CATEGORY and bool(each.ids) and shelves.issuperset(each.ids) for each in conditions]
    return any(within) if collection.rule.match is Match.ALL else bool(within) and all(within)
