"""The search page, what is suggested while somebody types, and the count of results that were opened."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from shopkeeper.doors.refusals import explain
from shopkeeper.doors.storefront import forms, frame, kept, narrowing, reading
from shopkeeper.doors.storefront.narrowing import Answer, Question, base, left_out
from shopkeeper.flows import browse, searching
from shopkeeper.flows.searching import Band, Hits
from shopkeeper.kit.money import MOST_MINOR
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.time import day_of
from shopkeeper.selling.catalog.shapes import Narrowing
from shopkeeper.selling.search import public as finding
from shopkeeper.selling.search.shapes import Narrowed, Order

ON_A_PAGE = 24
INSTEAD = 6
MOST_ANSWERS = 20
_LONGEST_SLUG = 80
_OWN = frozenset({"q", "category", "price", "stock", "sort", "page"})
"""What addresses of this page say beside brand and attributes; no attribute has such a code."""


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what a search finds, or how to search better; lead on where staff lead this query elsewhere."""
    try:
        asked = forms.search_text(request.GET.get("q", ""))
    except Refusal as refusal:
        return frame.page(request, "search", status=422, problem=explain(refusal), searched=request.GET.get("q", "")[:100])
    look = kept.of(request).look
    if not asked:
        return frame.page(request, "search", cards=browse.shelf(size=INSTEAD, look=look).items)
    narrowed, wanted, order = _narrowed(request), _wanted(request), _order(request.GET.get("sort"))
    number = forms.page_number(request.GET.get("page"))
    currency = frame.shop(request).currency
    page = searching.found(
        text=asked, number=number, size=ON_A_PAGE, narrowed=narrowed, wanted=wanted, order=order, currency=currency, look=look
    )
    query = _query(narrowed, wanted, order)
    if number == 1 and not query:
        _count(request, asked, page)
        if page.leads_to:
            return HttpResponseRedirect(forms.safe_next(page.leads_to, reverse("storefront:home")))
    return _page(request, asked, page, _questions(page, narrowed, currency), query)


def _page(request: HttpRequest, asked: str, page: Hits, questions: list[Question], answers: list[tuple[str, str]]) -> HttpResponse:
    query = [("q", asked), *answers]
    order = dict(answers).get("sort", Order.BEST.value)
    is_found = bool(page.items or [name for name, _value in answers if name != "sort"])
    return frame.page(
        request,
        "search",
        searched=asked,
        page=page,
        page_base=base(query),
        is_found=is_found,
        questions=questions,
        hidden=[(name, value) for name, value in query if name in ("q", "sort")],
        left_out=left_out(questions, query),
        everything=f"?{urlencode({'q': asked})}",
        sort=order,
        sorts=_sorts(),
        cards=() if is_found else browse.shelf(size=INSTEAD, look=kept.of(request).look).items,
    )


def _count(request: HttpRequest, asked: str, page: Hits) -> None:
    if request.method != "GET":
        return
    holds_goods = bool(page.total and not page.instead and not page.is_loose)
    finding.count(asked, found=page.total, holds_goods=holds_goods, language=request.LANGUAGE_CODE, day=frame.today(request))


# ── narrowing down ────────────────────────────────────────────────────────────────────────────────────────────────────


def _narrowed(request: HttpRequest) -> Narrowed:
    """Return how the address narrows the search down; nonsense in it is passed over."""
    slugs = [each for each in request.GET.getlist("category")[:MOST_ANSWERS] if 0 < len(each) <= _LONGEST_SLUG and each.isprintable()]
    ranges = [found for each in request.GET.getlist("price")[:MOST_ANSWERS] if (found := _range(each))]
    return Narrowed(values={"category": slugs} if slugs else {}, prices=ranges, in_stock=request.GET.get("stock") == "1")


def _wanted(request: HttpRequest) -> Narrowing:
    """Return which brands and answers the address asks for; most ask for none, and then nothing is looked up."""
    asked = {name: answers for name, answers in request.GET.lists() if name not in _OWN}
    return kept.of(request).narrowing(asked) if asked else browse.NOTHING_WANTED


def _range(text: str) -> tuple[int, int | None] | None:
    least, dash, below = text.partition("-")
    if not dash or not _is_amount(least) or not (below == "" or _is_amount(below)):
        return None
    return int(least), int(below) if below else None


def _is_amount(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15 and int(text) <= MOST_MINOR


def _order(value: str | None) -> Order:
    return Order(value) if value in list(Order) else Order.BEST


def _query(narrowed: Narrowed, wanted: Narrowing, order: Order) -> list[tuple[str, str]]:
    """Return a narrowing and an order as an address carries them; empty where there are none."""
    found = [("category", each) for each in narrowed.values.get("category", ())]
    found += [("price", _range_code(*each)) for each in narrowed.prices]
    found += [("stock", "1")] if narrowed.in_stock else []
    found += narrowing.given(wanted)
    return [*found, *([("sort", order.value)] if order is not Order.BEST else [])]


def _range_code(least: int, below: int | None) -> str:
    return f"{least}-{'' if below is None else below}"


def _questions(page: Hits, narrowed: Narrowed, currency: str) -> list[Question]:
    """Return the questions that part what was found: those with one answer, which parts nothing, only where it was given."""
    shelves = narrowed.values.get("category", ())
    stock = Answer(value="1", name=_("In stock"), goods=page.in_stock, is_wanted=narrowed.in_stock)
    found = [
        Question(
            code="category",
            name=_("Shelf"),
            answers=tuple(
                Answer(value=each.slug, name=reading.pick(each.name), goods=goods, is_wanted=each.slug in shelves)
                for each, goods in page.categories
            ),
        ),
        *narrowing.questions(page.facets),
        Question(
            code="price",
            name=_("Price"),
            answers=tuple(
                Answer(
                    value=_range_code(each.least, each.below),
                    name=_band_name(each, currency),
                    goods=each.goods,
                    is_wanted=(each.least, each.below) in narrowed.prices,
                )
                for each in page.bands
            ),
        ),
        Question(code="stock", name=_("Availability"), answers=(stock,) if 0 < page.in_stock < page.total or narrowed.in_stock else ()),
    ]
    return [each for each in found if len(each.answers) > 1 or each.wanted or (each.code == "stock" and each.answers)]


def _band_name(band: Band, currency: str) -> str:
    least = reading.money(band.least, currency)
    if band.below is None:
        return _("%(amount)s and more") % {"amount": least}
    below = reading.money(band.below, currency)
    return _("under %(amount)s") % {"amount": below} if band.least == 0 else _("%(least)s to %(most)s") % {"least": least, "most": below}


def _sorts() -> list[tuple[str, str]]:
    return [
        (Order.BEST.value, pgettext("order of what was found", "Best match")),
        (Order.PRICE_UP.value, _("Price, low to high")),
        (Order.PRICE_DOWN.value, _("Price, high to low")),
        (Order.NEWEST.value, _("Newest first")),
    ]


# ── as somebody types, and what was opened ────────────────────────────────────────────────────────────────────────────


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Return how what is being typed may go on: lines with an address each; an empty list where nothing fits or the text is nonsense."""
    try:
        typed = forms.search_text(request.GET.get("q", ""))
    except Refusal:
        typed = ""
    if not typed:
        return JsonResponse({"lines": []})
    going = searching.going_on(text=request.GET.get("q", "").lstrip(), look=kept.of(request).look)
    lines = [_line(each, _("Search"), reverse("storefront:search") + "?" + urlencode({"q": each})) for each in going.queries]
    lines += [_line(reading.pick(each.name), _("Shelf"), reverse("storefront:category", args=[each.slug])) for each in going.categories]
    lines += [_line(reading.pick(each.name), _("Product"), reverse("storefront:product", args=[each.slug])) for each in going.products]
    return JsonResponse({"lines": lines})


def _line(text: str, about: str, url: str) -> dict[str, str]:
    return {"text": text, "about": about, "url": url}


@csrf_exempt  # a page is left while this is sent, so there is no form; all it can do is add one to a count
@require_POST
def opened(request: HttpRequest) -> HttpResponse:
    """Count that a result of a search was opened. Nothing is known of who did."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin":
        try:
            asked = forms.search_text(request.POST.get("q", ""))
        except Refusal:
            asked = ""
        finding.opened(asked, language=request.LANGUAGE_CODE, day=day_of(timezone.now(), frame.shop(request).zone))
    return HttpResponse(status=204)
