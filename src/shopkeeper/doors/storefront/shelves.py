"""Looking round: front page, shelves, one thing, search."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from shopkeeper.doors.storefront import (
    almanac,
    choosing,
    comforts,
    engines,
    forms,
    frame,
    heads,
    kept,
    narrowing,
    pages,
    structured,
    visitor,
)
from shopkeeper.flows import browse
from shopkeeper.kit.ids import CategoryId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.catalog.shapes import Addressed, Category, Sort
from shopkeeper.selling.orders.shapes import MOST_UNITS
from shopkeeper.selling.pricing.shapes import DeliveryOption
from shopkeeper.selling.reviews.shapes import ReviewSort

ON_THE_COUNTER = 12
ON_A_PAGE = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """When a parcel sent today arrives, first and last day."""

    option: DeliveryOption
    first: date
    last: date


def promise(option: DeliveryOption, today: date) -> Promise:
    """Return the days on which a parcel sent today arrives."""
    return Promise(option=option, first=today + timedelta(days=option.days[0]), last=today + timedelta(days=option.days[1]))


@require_safe
@pages.kept
def home(request: HttpRequest) -> HttpResponse:
    """Show the front page."""
    cards = browse.shelf(size=ON_THE_COUNTER, look=kept.of(request).look).items
    _rests(request, None, cards)
    here = frame.today(request)
    told = structured.home(frame.shop(request))
    head = heads.home(request, cards)
    return frame.page(request, "home", cards=cards, today=here, term=almanac.solar_term(here), structured=told, head=head)


def _rests(request: HttpRequest, category_id: CategoryId | None, cards: Sequence[browse.Card], shown: browse.Shown | None = None) -> None:
    catalogue = kept.of(request)
    if not cards and shown is None:
        return
    scopes = catalogue.shelves(category_id)
    if shown is not None and scopes is not None:
        # Goods that staff put beside others, and those in a bundle, may stand on any shelf.
        scopes = (*scopes, *sorted(shown.shelves))
    rests, standing = browse.resting(shelves=scopes, cards=cards, editions=catalogue.editions, shown=shown)
    pages.rests_on(request, rests, standing=standing, zone=frame.shop(request).zone)


@require_safe
def shelves(request: HttpRequest) -> HttpResponse:
    """Show every category, the main ones with those below them."""
    categories = kept.of(request).categories()
    tree = [
        (main, [each for each in categories if each.parent_id == main.id and each.products]) for main in categories if not main.parent_id
    ]
    derived = any(each.is_derived for each in categories)
    filled = [entry for entry in tree if entry[0].products]
    return frame.page(request, "shelves", here="shelves", tree=filled, is_derived=derived, head=heads.shelves(request))


@require_safe
@pages.kept
def goods(request: HttpRequest) -> HttpResponse:
    """Show the whole shop on one shelf."""
    return _shelf(request, None)


@require_safe
@pages.kept
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one category. Raises NotFound."""
    try:
        here = browse.category_of(slug, look=kept.of(request).look)
    except NotFound as refusal:
        return engines.moved(request, Addressed.CATEGORY, slug, refusal)
    return _shelf(request, here)


def _shelf(request: HttpRequest, here: Category | None) -> HttpResponse:
    look = kept.of(request).look
    categories = look.categories()
    sort = narrowing.sort_of(request.GET.get("sort"))
    wanted = narrowing.wanted(request)
    shelf = browse.narrowed(
        category=here, wanted=wanted, sort=sort, number=forms.page_number(request.GET.get("page")), size=ON_A_PAGE, look=look
    )
    page = shelf.page
    _rests(request, here.id if here else None, page.items)
    parent = next((each for each in categories if here and each.id == here.parent_id), None)
    top = parent or here
    siblings = [each for each in categories if each.parent_id == (top.id if top else None) and each.products and top]
    questions, hidden = narrowing.questions(shelf.facets), [("sort", sort.value)] if sort is not Sort.FEATURED else []
    query = [*narrowing.given(wanted), *hidden]
    return frame.page(
        request,
        "category",
        status=200 if page.items or page.number == 1 else 404,
        is_listed=not wanted,
        head=heads.shelf(request, here, page.items),
        structured=None if wanted else structured.shelf([each for each in (parent, here) if each], page.items),
        here=top.slug if top else "",
        questions=questions,
        hidden=hidden,
        left_out=narrowing.left_out(questions, query),
        everything="?" + urlencode(hidden),
        category=here,
        parent=parent,
        siblings=siblings,
        page=page,
        page_base=narrowing.base(query),
        sort=sort.value,
        sorts=narrowing.sorts(),
    )


@require_safe
@pages.kept
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one product. Raises NotFound."""
    try:
        return product_page(request, slug)
    except NotFound as refusal:
        return engines.moved(request, Addressed.PRODUCT, slug, refusal)


def product_page(request: HttpRequest, slug: str, *, form: forms.Form | None = None, is_preview: bool = False) -> HttpResponse:
    """Return a product's page, with a form that was refused where there is one; of a preview nothing can be bought."""
    wanted = _leaf(request)
    shown = browse.shown(slug=slug, look=kept.of(request).look, leaf=wanted)
    _rests(request, shown.product.category_id, (*shown.linked, *shown.related), shown)
    asked = form.value("variant") if form else request.GET.get("variant", "")
    open_to = [choice.variant.id for choice in shown.choices if choice.can_be_bought]
    chosen = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 and int(asked) in open_to else next(iter(open_to), None)
    picker = choosing.picker(shown, form.value if form else lambda name: request.GET.get(name, ""))
    if picker:
        # Also where it is sold out: picture, heart, price and delivery speak of what was picked.
        chosen = picker.choice.variant.id if picker.choice else None
    way = cheapest_promise(request)
    return frame.page(
        request,
        "product",
        status=422 if form and form.errors else 200,
        here=shown.path[0].slug if shown.path else "",
        shown=shown,
        form=form,
        chosen=chosen,
        is_preview=is_preview,
        picker=picker,
        sizes=choosing.sizes(shown.extras.size_table),
        most_units=MOST_UNITS,
        reviews=Page(items=shown.opinions.shown, total=shown.opinions.summary.rating.count, number=wanted.number, size=wanted.size),
        reviews_by=wanted.sort.value,
        head=heads.product(request, shown),
        structured=structured.product(shown, frame.shop(request).currency),
        questions=Page(items=shown.asked.questions, total=shown.asked.total, number=wanted.questions, size=wanted.size),
        promise=way,
        goes_to=goes_to(request),
        **comforts.of(request, shown, chosen, way.option if way else None),
    )


def _leaf(request: HttpRequest) -> browse.Leaf:
    by = request.GET.get("by", "")
    return browse.Leaf(
        sort=ReviewSort(by) if by in list(ReviewSort) else ReviewSort.NEWEST,
        number=forms.page_number(request.GET.get("reviews")),
        questions=forms.page_number(request.GET.get("questions")),
    )


def goes_to(request: HttpRequest) -> str:
    """Return the country a promise of delivery is made for: the one this browser said, else the shop's own."""
    return visitor.goes_to(request) or frame.shop(request).country


def cheapest_promise(request: HttpRequest) -> Promise | None:
    """Return the cheapest way there for a browser that says nothing else, None where nothing goes there."""
    options = kept.of(request).delivery_options(goes_to(request))
    return promise(min(options, key=lambda option: option.price_minor), frame.today(request)) if options else None
