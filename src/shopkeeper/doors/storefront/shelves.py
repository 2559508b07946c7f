"""Looking round: front page, shelves, one thing, search."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shopkeeper.doors.storefront import almanac, forms, frame, kept, pages, structured
from shopkeeper.flows import browse
from shopkeeper.kit.ids import CategoryId
from shopkeeper.kit.page import Page
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog.shapes import Category, Facet, Narrowing, Sort
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
    return frame.page(request, "home", cards=cards, today=here, term=almanac.solar_term(here))


def _rests(request: HttpRequest, category_id: CategoryId | None, cards: Sequence[browse.Card], shown: browse.Shown | None = None) -> None:
    catalogue = kept.of(request)
    if not cards and shown is None:
        return
    rests, standing = browse.resting(shelves=catalogue.shelves(category_id), cards=cards, editions=catalogue.editions, shown=shown)
    pages.rests_on(request, rests, standing=standing, zone=frame.shop(request).zone)


@require_safe
def shelves(request: HttpRequest) -> HttpResponse:
    """Show every category, the main ones with those below them."""
    categories = kept.of(request).categories()
    tree = [
        (main, [each for each in categories if each.parent_id == main.id and each.products]) for main in categories if not main.parent_id
    ]
    derived = any(each.is_derived for each in categories)
    return frame.page(request, "shelves", here="shelves", tree=[entry for entry in tree if entry[0].products], is_derived=derived)


@require_safe
@pages.kept
def goods(request: HttpRequest) -> HttpResponse:
    """Show the whole shop on one shelf."""
    return _shelf(request, None)


@require_safe
@pages.kept
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one category. Raises NotFound."""
    return _shelf(request, browse.category_of(slug, look=kept.of(request).look))


def _shelf(request: HttpRequest, here: Category | None) -> HttpResponse:
    look = kept.of(request).look
    categories = look.categories()
    sort = _sort(request.GET.get("sort"))
    wanted = _wanted(request)
    shelf = browse.narrowed(
        category=here, wanted=wanted, sort=sort, number=forms.page_number(request.GET.get("page")), size=ON_A_PAGE, look=look
    )
    page = shelf.page
    _rests(request, here.id if here else None, page.items)
    parent = next((each for each in categories if here and each.id == here.parent_id), None)
    top = parent or here
    siblings = [each for each in categories if each.parent_id == (top.id if top else None) and each.products and top]
    asked = [(question, answer) for question, answers in wanted.wanted for answer in answers]
    query = [*asked, *([("sort", sort.value)] if sort is not Sort.FEATURED else [])]
    return frame.page(
        request,
        "category",
        status=200 if page.items or page.number == 1 else 404,
        here=top.slug if top else "",
        facets=shelf.facets,
        left_out=_left_out(shelf.facets, query),
        everything="?" + urlencode([each for each in query if each not in asked]),
        category=here,
        parent=parent,
        siblings=siblings,
        page=page,
        page_base="?" + (urlencode(query) + "&" if query else ""),
        sort=sort.value,
        sorts=_sorts(),
    )


def _wanted(request: HttpRequest) -> Narrowing:
    """Return what the address asks of the shelf; most ask nothing, and then nothing is looked up."""
    asked = {name: answers for name, answers in request.GET.lists() if name not in ("sort", "page")}
    return kept.of(request).narrowing(asked) if asked else browse.NOTHING_WANTED


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An answer that was given, and the address of the same shelf without it."""

    question: Bilingual
    answer: Bilingual
    url: str


def _left_out(facets: Sequence[Facet], query: Sequence[tuple[str, str]]) -> list[LeftOut]:
    return [
        LeftOut(question=facet.name, answer=choice.name, url="?" + urlencode([each for each in query if each != (facet.code, choice.code)]))
        for facet in facets
        for choice in facet.choices
        if choice.is_wanted
    ]


def _sort(value: str | None) -> Sort:
    return Sort(value) if value in list(Sort) else Sort.FEATURED


def _sorts() -> list[tuple[str, str]]:
    return [
        (Sort.FEATURED.value, _("The shop’s choice")),
        (Sort.NEWEST.value, _("Newest first")),
        (Sort.PRICE_UP.value, _("Price, low to high")),
        (Sort.PRICE_DOWN.value, _("Price, high to low")),
        (Sort.NAME.value, _("Name")),
    ]


@require_safe
@pages.kept
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one product. Raises NotFound."""
    return product_page(request, slug)


def product_page(request: HttpRequest, slug: str, *, form: forms.Form | None = None) -> HttpResponse:
    """Return a product's page, with a form that was refused where there is one."""
    wanted = _leaf(request)
    shown = browse.shown(slug=slug, look=kept.of(request).look, leaf=wanted)
    _rests(request, shown.product.category_id, shown.related, shown)
    asked = form.value("variant") if form else request.GET.get("variant", "")
    open_to = [choice.variant.id for choice in shown.choices if choice.can_be_bought]
    chosen = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 and int(asked) in open_to else next(iter(open_to), None)
    return frame.page(
        request,
        "product",
        status=422 if form and form.errors else 200,
        here=shown.path[0].slug if shown.path else "",
        shown=shown,
        form=form,
        chosen=chosen,
        most_units=MOST_UNITS,
        reviews=Page(items=shown.opinions.shown, total=shown.opinions.summary.rating.count, number=wanted.number, size=wanted.size),
        reviews_by=wanted.sort.value,
        structured=structured.product(shown, settings.PUBLIC_URL + reverse("storefront:product", kwargs={"slug": slug})),
        questions=Page(items=shown.asked.questions, total=shown.asked.total, number=wanted.questions, size=wanted.size),
        promise=_cheapest_promise(request),
    )


def _leaf(request: HttpRequest) -> browse.Leaf:
    by = request.GET.get("by", "")
    return browse.Leaf(
        sort=ReviewSort(by) if by in list(ReviewSort) else ReviewSort.NEWEST,
        number=forms.page_number(request.GET.get("reviews")),
        questions=forms.page_number(request.GET.get("questions")),
    )


def _cheapest_promise(request: HttpRequest) -> Promise | None:
    options = kept.of(request).delivery_options(frame.shop(request).country)
    return promise(min(options, key=lambda option: option.price_minor), frame.today(request)) if options else None
