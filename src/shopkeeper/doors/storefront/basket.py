"""The basket: what is in it, what it comes to, and every way to change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from shopkeeper.doors.refusals import explain
from shopkeeper.doors.storefront import choosing, explaining, forms, frame, kept, reading, shelves, visitor
from shopkeeper.flows import pictures
from shopkeeper.kit import together
from shopkeeper.kit.ids import DeliveryOptionId, VariantId
from shopkeeper.kit.refusals import NotFound, Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Goods, NotSellable
from shopkeeper.selling.catalog.shapes_options import NotMade
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.shapes import OutOfStock, ShortLine
from shopkeeper.selling.media.shapes import Picture
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import MOST_LINES, MOST_UNITS, Basket, BasketFull
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import DeliveryOption, Quote, QuotedLine, QuotedPart, TaxMode, Wanted

LEFT_OUT = "left_out"
"""Where a session keeps the ids of what did not fit into the basket at sign-in, until the basket was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A basket line as pages show it; amounts are None where the thing cannot be priced now."""

    goods: Goods
    units: int
    available: int
    unit_minor: int | None
    gross_minor: int | None
    picture: Picture | None = None
    parts: tuple[QuotedPart, ...] = ()

    @property
    def is_enough(self) -> bool:
        return self.units <= self.available


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Sums as pages list them: goods − discount + delivery, + tax where it is added, = total. `delivery_minor` None: not chosen yet."""

    goods_minor: int
    discount_minor: int
    delivery_name: Bilingual | None
    delivery_minor: int | None
    tax_minor: int
    total_minor: int
    is_tax_added: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeHint:
    from_minor: int
    missing_minor: int


def bill(quote: Quote) -> Bill:
    """Return a quote's sums as pages list them."""
    is_added = quote.tax_mode == TaxMode.ADDED
    return Bill(
        goods_minor=quote.goods_minor,
        discount_minor=quote.discount_minor,
        delivery_name=quote.delivery.name if quote.delivery else None,
        delivery_minor=quote.delivery_minor - (quote.delivery_tax_minor if is_added else 0) if quote.delivery else None,
        tax_minor=quote.tax_minor,
        total_minor=quote.total_minor,
        is_tax_added=is_added,
    )


def priced(basket: Basket, *, country: str, delivery: DeliveryOptionId | None) -> Quote:
    """Return what the basket costs in a country. Raises NotSellable, NoPrice, DeliveryUnavailable."""
    wanted = [Wanted(variant_id=line.variant_id, units=line.units) for line in basket.lines]
    return pricing.quote(wanted=wanted, country=country, delivery_option_id=delivery)


def lines(basket: Basket, quote: Quote | None) -> list[Line]:
    """Return the basket's lines with goods, pictures, stock and, where a quote could be made, amounts: two queries."""
    ids = [line.variant_id for line in basket.lines]
    goods, units, shots = together.read(lambda: catalog.goods(ids), lambda: inventory.available(ids), lambda: pictures.of_variants(ids))
    quoted: dict[VariantId, QuotedLine] = {line.variant_id: line for line in quote.lines} if quote else {}
    return [
        Line(
            goods=goods[line.variant_id],
            units=line.units,
            available=max(units.get(line.variant_id, 0), 0) if goods[line.variant_id].is_sellable else 0,
            unit_minor=quoted[line.variant_id].unit_minor if line.variant_id in quoted else None,
            gross_minor=quoted[line.variant_id].gross_minor if line.variant_id in quoted else None,
            picture=shots.get(line.variant_id),
            parts=quoted[line.variant_id].parts if line.variant_id in quoted else (),
        )
        for line in basket.lines
        if line.variant_id in goods
    ]


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the basket, and once what did not fit into it at sign-in; a browser that only looks ahead has not shown it yet."""
    left_out = not_fitting(request)
    if left_out and request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        del request.session[LEFT_OUT]
    return _page(request, orders.basket(visitor.basket_token(request)), left_out=left_out)


def not_fitting(request: HttpRequest) -> tuple[Goods, ...]:
    """Return the goods that did not fit into the basket at sign-in and were not told of on the basket page yet."""
    if not visitor.is_signed_in(request):
        return ()
    ids = [VariantId(variant) for variant in request.session.get(LEFT_OUT, ())]
    goods = catalog.goods(ids) if ids else {}
    return tuple(goods[variant] for variant in ids if variant in goods)


def _page(request: HttpRequest, basket: Basket, *, refused: Sequence[Refusal] = (), left_out: Sequence[Goods] = ()) -> HttpResponse:
    country = frame.shop(request).country
    quote, refusal, shown = _offered(basket, country)
    refusals = [*refused, refusal] if refusal else list(refused)
    short = [line for line in shown if not line.is_enough]
    if short:
        refusals.append(OutOfStock([_short(line) for line in short]))
    response = frame.page(
        request,
        "basket",
        status=422 if refused else 200,
        basket_units=basket.units,
        lines=shown,
        bill=bill(quote) if quote else None,
        story=explaining.of_quote(quote) if quote else None,
        hint=_hint(quote, kept.of(request).delivery_options(country)) if quote else None,
        problems=[explain(refusal) for refusal in refusals],
        can_fix=bool(short) or (quote is None and bool(shown)),
        can_order=quote is not None and not short,
        most_units=MOST_UNITS,
        most_lines=MOST_LINES,
        left_out=left_out,
        goes_to=shelves.goes_to(request),
        promise=shelves.cheapest_promise(request),
    )
    visitor.remember_basket(request, response, basket)
    return response


def _offered(basket: Basket, country: str) -> tuple[Quote | None, Refusal | None, list[Line]]:
    """Return what the basket costs, or why that cannot be said, and its lines: all of it from what one statement read, and the pictures."""
    found: dict[str, list[together.Row]] = {}
    (quote, refusal), _lines = together.read(lambda: _quoted(basket, country), lambda: lines(basket, None), remembered=found)
    (shown,) = together.read(lambda: lines(basket, quote), remembered=found)
    return quote, refusal, shown


def _quoted(basket: Basket, country: str) -> tuple[Quote | None, Refusal | None]:
    try:
        return (priced(basket, country=country, delivery=None) if basket.lines else None), None
    except Refusal as refusal:
        return None, refusal


def _short(line: Line) -> ShortLine:
    return ShortLine(variant_id=line.goods.variant_id, sku=_called(line.goods), wanted=line.units, available=line.available)


def _called(goods: Goods) -> str:
    """Return what shoppers know goods by: of several choices, also which one."""
    return " – ".join(filter(None, (reading.pick(goods.name), reading.pick(goods.option))))


def _hint(quote: Quote, options: Sequence[DeliveryOption]) -> FreeHint | None:
    # The nearest way to free delivery; goods after discounts count, as in the quote.
    limits = [option.free_from_minor for option in options if option.free_from_minor is not None and option.price_minor > 0]
    if not limits:
        return None
    return FreeHint(from_minor=min(limits), missing_minor=min(limits) - (quote.goods_minor - quote.discount_minor))


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put a variant into the basket, then show the basket; a script that asks for JSON gets the new count instead."""
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    form = forms.AddForm(request.POST)
    if answers := choosing.sent(request.POST):
        return _add_chosen(request, form, answers, wants_json)
    return _add(request, form, form.read("variant", forms.variant), wants_json)


def _add_chosen(request: HttpRequest, form: forms.Form, answers: Sequence[str], wants_json: bool) -> HttpResponse:
    """Put the variant that stands for these answers into the basket; a browser without script may first ask what they come to."""
    product = catalog.product(form.value("product"))
    if form.value("act") == "show":
        query = urlencode([(name, form.value(name)) for name in choosing.NAMES if form.has(name)])
        return HttpResponseRedirect(f"{reverse('storefront:product', args=[product.slug])}?{query}#buy")
    try:
        variant_id = choosing.variant_of(product, answers).id
    except NotMade as refusal:
        form.refuse(refusal, "variant")
        if wants_json:
            return JsonResponse({"say": str(form.errors["variant"])}, status=422)
        return shelves.product_page(request, product.slug, form=form)
    return _add(request, form, variant_id, wants_json)


def _add(request: HttpRequest, form: forms.Form, variant_id: VariantId | None, wants_json: bool) -> HttpResponse:
    units = form.read("units", forms.units)
    goods = catalog.goods([variant_id]).get(variant_id) if variant_id else None
    if variant_id and goods is None:
        raise NotFound("product", variant_id)
    if variant_id and units and goods:
        basket = _added(request, form, goods, units)
        if basket is not None:
            return _told(request, basket, goods, units) if wants_json else _to_basket(request, basket)
    if wants_json:
        return JsonResponse({"say": str(next(iter(form.errors.values())))}, status=422)
    if goods is None:
        raise NotFound("product", form.value("variant"))
    return shelves.product_page(request, goods.slug, form=form)


def _added(request: HttpRequest, form: forms.Form, goods: Goods, units: int) -> Basket | None:
    token = visitor.basket_token(request)
    lines_held = {line.variant_id: line.units for line in orders.basket(token).lines}
    if goods.variant_id not in lines_held and len(lines_held) >= MOST_LINES:
        form.refuse(BasketFull(), "units")
        return None
    held = lines_held.get(goods.variant_id, 0)
    left = inventory.available([goods.variant_id]).get(goods.variant_id, 0)
    try:
        if not goods.is_sellable:
            raise NotSellable(f"{goods.sku} is not on sale", field="variant", value=goods.sku)
        if held + units > left:
            raise OutOfStock([ShortLine(variant_id=goods.variant_id, sku=_called(goods), wanted=held + units, available=left)])
        return orders.add_line(token=token, variant_id=goods.variant_id, units=units, now=timezone.now())
    except Refusal as refusal:
        form.refuse(refusal, "units")
        return None


def _told(request: HttpRequest, basket: Basket, goods: Goods, units: int) -> HttpResponse:
    said = ngettext("In your basket: %(name)s", "In your basket: %(units)d × %(name)s", units) % {
        "units": units,
        "name": _called(goods),
    }
    said += _total_words(request, basket)
    link = {"href": reverse("storefront:basket"), "text": _("See the basket")}
    response = JsonResponse({"units": basket.units, "units_text": reading.number(basket.units), "say": said, "link": link})
    visitor.remember_basket(request, response, basket)
    return response


def _total_words(request: HttpRequest, basket: Basket) -> str:
    """Return what the whole basket comes to, to be said after what was put into it; nothing where it cannot be priced now."""
    shop = frame.shop(request)
    try:
        quote = priced(basket, country=shop.country, delivery=None)
    except Refusal:
        return ""
    amount = reading.money(quote.total_minor, shop.currency)
    return _(" – %(amount)s in all, without delivery") % {"amount": amount}


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Set a line's quantity, 0 takes it out; then show the basket."""
    form = forms.AddForm(request.POST)
    token = visitor.basket_token(request)
    try:
        variant_id = forms.variant(form.value("variant"))
        units = forms.units(form.value("units"), least=0)
        if variant_id not in {line.variant_id for line in orders.basket(token).lines}:
            raise NotFound("product", variant_id)
        basket = orders.set_line(token=token, variant_id=variant_id, units=units, now=timezone.now())
    except NotFound:
        # Another tab took the line out; the basket as it is now is the honest answer.
        return _to_basket(request, orders.basket(token))
    except Refusal as refusal:
        return _page(request, orders.basket(token), refused=[refusal])
    return _to_basket(request, basket)


@require_POST
def fix(request: HttpRequest) -> HttpResponse:
    """Lower every line to what is on the shelf, take out what cannot be had at all; then go back."""
    token = visitor.basket_token(request)
    basket = orders.basket(token)
    ids = [line.variant_id for line in basket.lines]
    goods, left, tags = catalog.goods(ids), inventory.available(ids), pricing.prices(ids)
    for line in basket.lines:
        can_be_had = line.variant_id in goods and goods[line.variant_id].is_sellable and line.variant_id in tags
        most = max(left.get(line.variant_id, 0), 0) if can_be_had else 0
        if line.units > most:
            basket = orders.set_line(token=token, variant_id=line.variant_id, units=min(most, MOST_UNITS), now=timezone.now())
    address = forms.safe_next(request.POST.get("next"), reverse("storefront:basket"))
    return _go(request, address if basket.lines else reverse("storefront:basket"), basket)


def _to_basket(request: HttpRequest, basket: Basket) -> HttpResponse:
    return _go(request, reverse("storefront:basket"), basket)


def _go(request: HttpRequest, address: str, basket: Basket) -> HttpResponse:
    response = HttpResponseRedirect(address)
    visitor.remember_basket(request, response, basket)
    return response


__all__ = ["LEFT_OUT", "MOST_LINES", "Bill", "FreeHint", "Line", "add", "bill", "change", "fix", "lines", "not_fitting", "priced", "show"]
