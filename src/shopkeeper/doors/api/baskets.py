"""Routes for a basket: whoever holds its token may read it, fill it and ask what it costs."""

from collections.abc import Mapping
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema

from shopkeeper.doors.api.catalogue import DeliveryOut, delivery_out
from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.problems import Problem
from shopkeeper.doors.api.values import MOST_LINES, Both, Money, Name, Number, Sent, Text, Whole, both, money
from shopkeeper.kit import checks
from shopkeeper.kit.ids import DeliveryOptionId, OrderId
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Goods, NotSellable
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import MOST_UNITS, Basket, BasketOrdered
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import Quote, QuotedLine, Reason, Wanted
from shopkeeper.selling.shop import public as shops

router = Router(tags=["basket"])


class LineOut(Schema):
    __doc__ = gettext_noop("So many pieces of one thing; `available` can be sold now.")

    sku: str
    product: str
    name: Both
    option: Both
    units: int
    available: int


class BasketOut(Schema):
    __doc__ = gettext_noop(
        "A basket. Its `token` is a secret: whoever has it has the basket. Prices are never kept in it, they are quoted."
    )

    token: str
    lines: list[LineOut]
    units: int


class UnitsIn(Sent):
    units: Annotated[
        Whole, Field(ge=1, le=MOST_UNITS, description=gettext_noop("Pieces of this thing in all; to take it out, delete the line"))
    ]


class ReasonOut(Schema):
    __doc__ = gettext_noop("One step of the explanation: `code`, its effect on the total, and the values it stands on.")

    code: str
    effect: Money
    values: dict[str, str | int]


class QuotedLineOut(Schema):
    __doc__ = gettext_noop("`gross` is what the buyer pays for the line, tax included; `tax_basis_points` 2000 is 20 %.")

    sku: str
    name: Both
    units: int
    unit: Money
    goods: Money
    discount: Money
    tax_basis_points: int
    tax: Money
    gross: Money
    reasons: list[ReasonOut]


class QuoteOut(Schema):
    __doc__ = gettext_noop("What it costs and why. Send `digest` back when ordering: it names everything the buyer agreed to.")

    digest: str
    country: str
    tax_mode: str
    lines: list[QuotedLineOut]
    delivery: DeliveryOut | None
    goods: Money
    discount: Money
    delivery_price: Money
    tax: Money
    total: Money
    reasons: list[ReasonOut]


@router.post("/baskets", response={201: BasketOut}, summary=gettext_noop("Open a basket"))
def open_basket(request: HttpRequest) -> BasketOut:
    shops.shop()
    return basket_out(orders.open_basket(now=timezone.now()))


@router.get("/baskets/{token}", response=BasketOut, openapi_extra=also(409), summary=gettext_noop("Read a basket"))
def read_basket(request: HttpRequest, token: Name) -> BasketOut:
    return basket_out(open_basket_of(token))


@router.put(
    "/baskets/{token}/lines/{path:sku}",
    response=BasketOut,
    openapi_extra=also(409),
    summary=gettext_noop("Put exactly so many pieces of a thing into the basket"),
)
def set_line(request: HttpRequest, token: Name, sku: Name, data: UnitsIn) -> BasketOut:
    basket, goods = open_basket_of(token), goods_of(sku)
    if not goods.is_sellable:
        raise NotSellable(f"{goods.sku} is not on sale", field="sku", value=goods.sku)
    if len({line.variant_id for line in basket.lines} | {goods.variant_id}) > MOST_LINES:
        raise OutOfRange("lines", len(basket.lines) + 1, least=0, most=MOST_LINES)
    return basket_out(orders.set_line(token=token, variant_id=goods.variant_id, units=data.units, now=timezone.now()))


@router.delete(
    "/baskets/{token}/lines/{path:sku}",
    response=BasketOut,
    openapi_extra=also(409),
    summary=gettext_noop("Take a thing out of the basket"),
)
def remove_line(request: HttpRequest, token: Name, sku: Name) -> BasketOut:
    open_basket_of(token)
    return basket_out(orders.remove_lines(token=token, variant_ids=[goods_of(sku).variant_id], now=timezone.now()))


@router.get(
    "/baskets/{token}/quote",
    response=QuoteOut,
    openapi_extra=also(409),
    summary=gettext_noop("What the basket costs in a country, explained"),
)
def quote_basket(
    request: HttpRequest,
    token: Name,
    country: Annotated[Text, Query(description=gettext_noop("ISO 3166-1, two letters"))],
    delivery_option_id: Annotated[Number | None, Query(description=gettext_noop("Without it the goods alone are quoted"))] = None,
    currency: Annotated[Text | None, Query(description=gettext_noop("Refused where the shop has another one"))] = None,
) -> QuoteOut:
    basket = open_basket_of(token)
    refuse_other_currency(currency)
    wanted = [Wanted(variant_id=line.variant_id, units=line.units) for line in basket.lines]
    delivery = None if delivery_option_id is None else DeliveryOptionId(delivery_option_id)
    return quote_of(pricing.quote(wanted=wanted, country=country, delivery_option_id=delivery))


def open_basket_of(token: str) -> Basket:
    """Return the open basket of a token. Raises NotFound for an unknown one, BasketOrdered where it became an order."""
    found = orders.basket(token)
    if found.id:
        return found
    if orders.any_basket(token).id:
        raise BasketOrdered(orders.living_order_of(token) or OrderId(0))
    raise NotFound("basket", token)


def goods_of(sku: str) -> Goods:
    """Return the goods of a SKU. Raises NotFound."""
    found = catalog.goods_by_sku([sku]).get(sku)
    if found is None:
        raise NotFound("sku", sku)
    return found


def refuse_other_currency(currency: str | None, *, field: str = "currency", ours: str = "") -> None:
    """Refuse a currency that is not the shop's; whoever has read the shop's gives it. Raises Malformed where it is none at all."""
    ours = ours or shops.shop().currency
    if currency is not None and checks.currency(currency, field=field) != ours:
        raise Problem(
            code="wrong_currency", detail=_("Nothing is priced in %(currency)s here.") % {"currency": currency.strip().upper()},
            remedy=_("The shop's currency is %(currency)s.") % {"currency": ours}, field=field, value=currency.strip().upper(),
        )  # fmt: skip


def basket_out(basket: Basket) -> BasketOut:
    """Return a basket as this door shows it: one reading of the catalogue, one of the stock."""
    ids = [line.variant_id for line in basket.lines]
    goods, units = catalog.goods(ids), inventory.available(ids)
    shown = [(line, goods[line.variant_id]) for line in basket.lines if line.variant_id in goods]
    lines = [
        LineOut(
            sku=each.sku, product=each.slug, name=both(each.name), option=both(each.option), units=line.units,
            available=max(units.get(each.variant_id, 0), 0) if each.is_sellable else 0,
        )
        for line, each in shown
    ]  # fmt: skip
    return BasketOut(token=basket.token, lines=lines, units=basket.units)


def quote_of(quote: Quote) -> QuoteOut:
    """Return a quote as this door shows it."""
    currency = quote.currency
    return QuoteOut(
        digest=quote.digest, country=quote.country, tax_mode=str(quote.tax_mode),
        lines=[_quoted_line(line, currency) for line in quote.lines],
        delivery=None if quote.delivery is None else delivery_out(quote.delivery, currency),
        goods=money(quote.goods_minor, currency), discount=money(quote.discount_minor, currency),
        delivery_price=money(quote.delivery_minor, currency), tax=money(quote.tax_minor, currency),
        total=money(quote.total_minor, currency),
        reasons=[_reason(each, currency) for each in quote.reasons],
    )  # fmt: skip


def _quoted_line(line: QuotedLine, currency: str) -> QuotedLineOut:
    return QuotedLineOut(
        sku=line.sku, name=both(line.name), units=line.units, unit=money(line.unit_minor, currency),
        goods=money(line.goods_minor, currency),
        discount=money(line.discount_minor, currency), tax_basis_points=line.tax_basis_points,
        tax=money(line.tax_minor, currency), gross=money(line.gross_minor, currency),
        reasons=[_reason(each, currency) for each in line.reasons],
    )  # fmt: skip


def _reason(reason: Reason, currency: str) -> ReasonOut:
    values: Mapping[str, str | int] = reason.values
    return ReasonOut(code=reason.code, effect=money(reason.amount_minor, currency), values=dict(values))
