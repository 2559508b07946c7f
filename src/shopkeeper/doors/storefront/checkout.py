"""Checkout: contact, address, delivery, payment and the whole sum, on one page or in steps as the shop arranges. Works without any script.

In steps the same form is shown a part at a time; what stands in the other parts travels along unseen, so nothing is ever lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shopkeeper.doors.refusals import Explained, explain
from shopkeeper.doors.storefront import basket as baskets
from shopkeeper.doors.storefront import checkout_form, explaining, forms, frame, kept, limits, places, reading, shelves, visitor
from shopkeeper.doors.storefront.checkout_form import STEPS, CheckoutForm, Wish
from shopkeeper.flows import place_order
from shopkeeper.kit import checks, divisions, together
from shopkeeper.kit.ids import DeliveryOptionId, OrderId, new_token
from shopkeeper.kit.refusals import Refusal
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Business, Customer, SavedAddress
from shopkeeper.selling.inventory.shapes import OutOfStock
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import MOST_GIFT_NOTE, NO_PARTICULARS, Basket, BasketClosed, BasketOrdered, Particulars
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import Method, PaymentRefused
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import DeliveryOption, Quote, QuoteStale

CHANNEL = "web"

COMMON = ("GB", "CN", "IE", "FR", "DE", "NL", "BE", "ES", "US", "HK", "SG", "JP", "AU", "CA")
"""Countries offered before the alphabetical list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A delivery option as checkout offers it: its cost for these goods, and the days."""

    option: DeliveryOption
    cost_minor: int
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that costs other than the visitor saw."""

    what: str
    before: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortThing:
    name: str
    wanted: int
    available: int


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """Show the checkout, quote again (`act=update`), or place the order."""
    visitor.is_signed_in(request)  # Reads the session first: its question holds the moment, and must not be put twice.
    is_first = request.method != "POST"
    (basket, added), (buyer, book, business), arranged, _home = together.read(
        lambda: _basket(request, is_first), lambda: _buyer(request, is_first), orders.arrangement, lambda: kept.of(request)
    )
    if not basket.lines:
        return _already_ordered(request) or HttpResponseRedirect(reverse("storefront:basket"))
    request._is_in_steps = arranged.is_in_steps  # type: ignore[attr-defined]
    if is_first:
        known = checkout_form.filled(added, business) | {"had_added": "1" if added else ""}
        return _page(request, basket, book, CheckoutForm(None, **_initial(request, buyer, book), **known), step=STEPS[0])
    form = CheckoutForm(request.POST.dict(), **_initial(request, buyer, book))
    if request.POST.get("act") == "order":
        return _place(request, basket, buyer, book, form)
    return _page(request, basket, book, form, step=_walked(request, form, book))


def _basket(request: HttpRequest, is_first: bool) -> tuple[Basket, Particulars]:
    """Return the browser's basket, and what was added to it where the page is opened: what is sent says so itself."""
    basket = orders.basket(visitor.basket_token(request))
    return basket, orders.particulars(basket.id) if is_first else NO_PARTICULARS


def _buyer(request: HttpRequest, is_first: bool) -> tuple[Customer | None, Sequence[SavedAddress], Business | None]:
    """Return the member with the address book, and with the company where the page is opened."""
    buyer = visitor.member(request)
    if buyer is None:
        return None, (), None
    book, business = together.read(
        lambda: customers.addresses(buyer.id), lambda: customers.businesses([buyer.id]).get(buyer.id) if is_first else None
    )
    return buyer, book, business


def _initial(request: HttpRequest, buyer: Customer | None, book: Sequence[SavedAddress]) -> dict[str, object]:
    home = visitor.goes_to(request) or (buyer.country if buyer else "") or frame.shop(request).country
    first: dict[str, object] = {"idempotency_key": new_token(), "country": home}
    if buyer is None:
        return first
    return first | {"email": buyer.email, "name": buyer.name, "phone": buyer.phone, "saved": str(book[0].id) if book else ""}


def _walked(request: HttpRequest, form: CheckoutForm, book: Sequence[SavedAddress]) -> str:
    """Return the step to show: the one before, the next if nothing up to here is wrong, or the same."""
    here = STEPS.index(form.step())
    act = request.POST.get("act", "")
    if act == "back":
        return STEPS[max(here - 1, 0)]
    if act in STEPS[:here]:
        return act
    if act != "next" or not _is_in_steps(request):
        return STEPS[here]
    form.contact()
    address = form.address(book) if here else None
    if STEPS[here] == "delivery":
        form.added(address.country if address else "")
    form.forget_later_steps(STEPS[here])
    return form.first_wrong() or STEPS[min(here + 1, len(STEPS) - 1)]


def _is_in_steps(request: HttpRequest) -> bool:
    return bool(getattr(request, "_is_in_steps", False))


def _place(request: HttpRequest, basket: Basket, buyer: Customer | None, book: Sequence[SavedAddress], form: CheckoutForm) -> HttpResponse:
    wish = form.wish(book, tuple(method.code for method in payments.methods()))
    if wish is None:
        return _page(request, basket, book, form, status=422)
    try:
        _keep_added(basket, form, wish)
        placed = place_order.place_order(
            basket_token=basket.token,
            buyer=buyer.id if buyer else None,
            contact=wish.contact,
            address=wish.address,
            delivery_option_id=wish.delivery,
            payment_method=wish.payment,
            seen_digest=wish.seen_digest,
            idempotency_key=wish.key,
            language=request.LANGUAGE_CODE,
            channel=CHANNEL,
            now=timezone.now(),
        )
    except BasketOrdered as refusal:
        return _to_order(orders.order(OrderId(refusal.order_id)).token)
    except (QuoteStale, OutOfStock) as refusal:
        return _page(request, basket, book, form, status=409, refused=refusal)
    except Refusal as refusal:
        if isinstance(refusal, PaymentRefused):
            limits.payment_refused(request)
        _refuse(form, refusal, is_saved=not wish.is_new_address)
        return _page(request, basket, book, form, status=422)
    if buyer and wish.is_new_address and len(book) < 10:
        customers.save_address(customer_id=buyer.id, address=wish.address, now=timezone.now())
    return _to_order(placed.token, address=placed.redirect_url)


def _keep_added(basket: Basket, form: CheckoutForm, wish: Wish) -> None:
    """Keep what the buyer added with the basket; where nothing is and was added, placing the order costs nothing more."""
    if not wish.added and not form.value("had_added"):
        return
    try:
        orders.save_particulars(token=basket.token, value=wish.added, country=wish.address.country, now=timezone.now())
    except BasketClosed:
        # The same form sent twice: the order is there, and placing it again finds it.
        return


def _to_order(token: str, *, address: str | None = None) -> HttpResponse:
    response = HttpResponseRedirect(address or reverse("storefront:order", kwargs={"token": token}) + "?thanks=1")
    visitor.forget_basket(response)
    return response


def _already_ordered(request: HttpRequest) -> HttpResponse | None:
    # The same form sent twice. Keys are no secrets, whoever asks may have guessed one: the order must come from the visitor's own basket.
    sent = request.POST.get("idempotency_key", "")[:100]
    answer = orders.key_answer(sent) if sent else None
    order = orders.order(answer[1]) if answer else None
    own = orders.any_basket(visitor.basket_token(request)).id
    return _to_order(order.token) if order and own and order.basket_id == own else None


def _page(
    request: HttpRequest,
    basket: Basket,
    book: Sequence[SavedAddress],
    form: CheckoutForm,
    *,
    status: int = 200,
    refused: QuoteStale | OutOfStock | None = None,
    step: str = "",
) -> HttpResponse:
    step = step or form.first_wrong() or STEPS[-1]
    country = _country(form, book, frame.shop(request).country)
    options, quote, shown = _offered(form, basket, country)
    chosen = _chosen(form, options)
    methods = payments.methods()
    restart = {"idempotency_key": new_token()} if status != 200 else {}
    values = _Values(
        form, delivery=str(chosen.id) if chosen else "", country=country, saved=_kept(form, book), **restart, **_first_method(form, methods)
    )
    return frame.page(
        request,
        "checkout",
        status=status if status != 200 or not form.errors else 422,
        basket_units=basket.units,
        form=values,
        lines=shown,
        quote=quote,
        bill=baskets.bill(quote) if quote else None,
        story=explaining.of_quote(quote) if quote else None,
        addresses=book,
        steps=STEPS if _is_in_steps(request) else (),
        step=step,
        places=places.lists(form, country),
        most_gift_note=MOST_GIFT_NOTE,
        going_to=_going_to(form, book, country),
        countries=countries(frame.shop(request).country),
        deliveries=_ways(options, frame.today(request)),
        methods=methods,
        left_out=baskets.not_fitting(request),
        most_lines=baskets.MOST_LINES,
        has_test_methods=any(method.is_test for method in methods),
        can_order=quote is not None and chosen is not None,
        changed=_changes(request, refused) if isinstance(refused, QuoteStale) else (),
        short=_short(refused, shown) if isinstance(refused, OutOfStock) else (),
    )


def _offered(form: CheckoutForm, basket: Basket, country: str) -> tuple[Sequence[DeliveryOption], Quote | None, Sequence[baskets.Line]]:
    """Return the ways to the country priced for these goods, the quote with the chosen one, and the lines.

    All of it is made from what one statement read: nothing can change between the two quotes of one page.
    """
    found: dict[str, list[tuple[Any, ...]]] = {}
    goods_quote, *_also = together.read(
        lambda: _quoted(form, basket, country, None),
        lambda: pricing.delivery_options(country=country),
        lambda: baskets.lines(basket, None),
        remembered=found,
    )
    worth = goods_quote.goods_minor - goods_quote.discount_minor if goods_quote else 0
    (options,) = together.read(lambda: pricing.delivery_options(country=country, goods_minor=worth), remembered=found)
    chosen = _chosen(form, options) if goods_quote else None
    (quote,) = together.read(lambda: _quoted(form, basket, country, chosen.id) if chosen else goods_quote, remembered=found)
    (shown,) = together.read(lambda: baskets.lines(basket, quote), remembered=found)
    return options, quote, shown


def _going_to(form: CheckoutForm, book: Sequence[SavedAddress], country: str) -> tuple[str, ...]:
    """Return where it goes line by line, as the country writes it: the one chosen from the book, else what stands in the form."""
    chosen = form.saved(book)
    if chosen:
        return places.written(chosen)
    city = divisions.joined(form.value("city"), form.value("district")) if country == "CN" else form.value("city")
    told = {name: form.value(name) for name in ("name", "line1", "line2", "region", "postcode")}
    return divisions.lines(**told, city=city, country=country)


class _Values:
    """A form with some values settled by the page: what a template asks for stands in one place."""

    def __init__(self, form: forms.Form, **settled: str) -> None:
        self.errors, self.fields, self._form, self._settled = form.errors, form.fields, form, settled

    def value(self, name: str) -> str:
        return self._settled[name] if name in self._settled else self._form.value(name)


def _first_method(form: forms.Form, methods: Sequence[Method]) -> dict[str, str]:
    known = [method.code for method in methods]
    return {} if form.value("payment") in known or not known else {"payment": known[0]}


def _kept(form: CheckoutForm, book: Sequence[SavedAddress]) -> str:
    """Return which address is shown as chosen: none where the one that was chosen is gone."""
    return form.value("saved") if form.saved(book) else ""


def _country(form: CheckoutForm, book: Sequence[SavedAddress], home: str) -> str:
    if chosen := form.saved(book):
        return chosen.country
    try:
        return checks.country(form.value("country"))
    except Refusal:
        return home


def _quoted(form: forms.Form, basket: Basket, country: str, delivery: DeliveryOptionId | None) -> Quote | None:
    try:
        return baskets.priced(basket, country=country, delivery=delivery)
    except Refusal as refusal:
        _refuse(form, refusal)
        return None


def _refuse(form: forms.Form, refusal: Refusal, *, is_saved: bool = False) -> None:
    if is_saved and refusal.field in checkout_form.ADDRESS:
        form.errors["saved"] = _unfit(explain(refusal))
        return
    # The rooms name fields in their own words; the page has these.
    beside = {"delivery_option": "delivery", "method": "payment"}
    form.refuse(refusal, "payment" if isinstance(refusal, PaymentRefused) else beside.get(refusal.field or ""))


def _unfit(told: Explained) -> Explained:
    """Say of an address from the member's book, which has no fields on the page, what is wrong with it and where to go."""
    said = _("This saved address cannot be used.")
    remedy = _("Choose “Another address” and fill it in, postcode and all.")
    return Explained(field="saved", value=told.value, problem=said + ("" if said.endswith("。") else " ") + told.problem, remedy=remedy)


def _chosen(form: forms.Form, options: Sequence[DeliveryOption]) -> DeliveryOption | None:
    for option in options:
        if str(option.id) == form.value("delivery"):
            return option
    return min(options, key=lambda option: option.price_minor) if options else None


def _ways(options: Sequence[DeliveryOption], day: date) -> list[Way]:
    promises = [shelves.promise(option, day) for option in options]
    return [Way(option=each.option, cost_minor=each.option.price_minor, first=each.first, last=each.last) for each in promises]


def countries(home: str) -> list[tuple[str, str]]:
    """Return the countries a form offers, code and name, those most asked for first."""
    # ISO codes that Babel can name; those most asked for first, then by the reader's alphabet.
    first = [home, *(code for code in COMMON if code != home)]
    rest = sorted(checks.COUNTRIES - set(first), key=lambda code: reading.collation_key(reading.country(code)))
    return [(code, reading.country(code)) for code in (*first, *rest)]


def _changes(request: HttpRequest, stale: QuoteStale) -> list[Change]:
    currency = stale.fresh.currency
    seen = request.POST.get("seen_total", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) < 13):
        return []
    return [Change(what=_("Total"), before=reading.money(int(seen), currency), now=reading.money(stale.fresh.total_minor, currency))]


def _short(refusal: OutOfStock, shown: Sequence[baskets.Line]) -> list[ShortThing]:
    names = {line.goods.variant_id: reading.pick(line.goods.name) for line in shown}
    return [
        ShortThing(name=names.get(each.variant_id, each.sku), wanted=each.wanted, available=max(each.available, 0))
        for each in refusal.short
    ]
