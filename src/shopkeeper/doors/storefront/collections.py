"""Collections: what there is, and the goods of one, narrowed down, in an order and by page as on a shelf."""

from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shopkeeper.doors.storefront import forms, frame, heads, kept, narrowing, pages
from shopkeeper.doors.storefront.shelves import ON_A_PAGE
from shopkeeper.flows import browse
from shopkeeper.flows import collections as flow
from shopkeeper.kit.time import day_starts
from shopkeeper.selling.catalog.shapes import Sort
from shopkeeper.selling.catalog.shapes_collections import Collection, CollectionKind


@require_safe
@pages.kept
def index(request: HttpRequest) -> HttpResponse:
    """Show every collection that is shown now, with the number of its goods."""
    reading = kept.of(request)
    shown = flow.shown(timezone.now(), reading.collections())
    goods = flow.counts(shown, today=_today(request), keep=reading.keeping)
    _rests(request, shown, ())
    return frame.page(
        request, "collections", here="collections", shown=[(each, goods[each.id]) for each in shown], head=heads.collections(shown)
    )


@require_safe
@pages.kept
def collection(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one collection. Raises NotFound, also where it is not shown now."""
    reading = kept.of(request)
    here = flow.of_slug(slug, timezone.now(), reading.collections())
    sort, wanted = narrowing.sort_of(request.GET.get("sort")), narrowing.wanted(request)
    shelf = flow.page(
        here, wanted=wanted, today=_today(request), sort=sort, number=forms.page_number(request.GET.get("page")), size=ON_A_PAGE,
        look=reading.look, keep=reading.keeping,
    )  # fmt: skip
    page = shelf.page
    _rests(request, (here,), page.items)
    questions, hidden = narrowing.questions(shelf.facets), [("sort", sort.value)] if sort is not Sort.FEATURED else []
    query = [*narrowing.given(wanted), *hidden]
    return frame.page(
        request,
        "collection",
        status=200 if page.items or page.number == 1 else 404,
        is_listed=not wanted,
        here="collections",
        category=here,
        head=heads.collection(request, here, page.items),
        questions=questions,
        hidden=hidden,
        left_out=narrowing.left_out(questions, query),
        everything="?" + urlencode(hidden),
        page=page,
        page_base=narrowing.base(query),
        sort=sort.value,
        sorts=narrowing.sorts(_("As arranged") if here.kind is CollectionKind.HAND else ""),
    )


def _today(request: HttpRequest) -> datetime:
    """Return the moment at which this day began in the shop's zone."""
    return day_starts(frame.today(request), frame.shop(request).zone)


def _rests(request: HttpRequest, shown: tuple[Collection, ...], cards: tuple[browse.Card, ...]) -> None:
    # What follows the stock changes without a mark: such a page is put together anew each time.
    if any(each.rule.follows_stock for each in shown):
        return
    rests, standing = browse.resting(shelves=None, cards=cards, editions=kept.of(request).editions)
    pages.rests_on(request, rests, standing=standing, zone=frame.shop(request).zone)
