"""Routes for anybody: the shop, its shelves and goods, search, stock, delivery and ways to pay."""

from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.values import (
    MOST_LINES,
    Both,
    Money,
    Name,
    Paged,
    PageNumber,
    PageSize,
    Text,
    both,
    money,
    money_or_none,
    paged,
    paged_from,
)
from shopkeeper.flows import browse
from shopkeeper.kit.money import MOST_MINOR
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Category, Sort
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import DeliveryOption, PriceTag
from shopkeeper.selling.shop import public as shops

router = Router(tags=["catalogue"])


class ShopOut(Schema):
    __doc__ = gettext_noop("The shop: every amount in the API is in its `currency`, days belong to its `zone`.")

    name: Both
    tagline: Both
    currency: str
    country: str
    zone: str
    language: str
    is_sample: bool


class CategoryOut(Schema):
    __doc__ = gettext_noop(
        "A shelf. `parent` is the slug of the main shelf above it; `is_derived`: a program put the goods there, not a person."
    )

    slug: str
    name: Both
    intro: Both
    parent: str | None
    products: int
    is_derived: bool


class PriceOut(Schema):
    __doc__ = gettext_noop(
        "A price now. `reference`: the lowest of the 30 days before the last cut; `tax`: included, or added when the order is placed."
    )

    price: Money
    reference: Money | None
    tax: str


class CardOut(Schema):
    __doc__ = gettext_noop("A product on a shelf: the price is that of its cheapest variant, `available` counts the pieces of all of them.")

    slug: str
    name: Both
    category: str | None
    photo_url: str | None
    skus: list[str]
    price: PriceOut | None
    has_several_prices: bool
    available: int


class VariantOut(Schema):
    __doc__ = gettext_noop("What is put into a basket, by its `sku`; `option` is the choice it stands for.")

    sku: str
    option: Both
    weight_g: int
    price: PriceOut | None
    available: int


class ProductOut(Schema):
    __doc__ = gettext_noop("A product with everything its page says; `path` lists the shelves it stands on, main shelf first.")

    slug: str
    name: Both
    text: Both
    path: list[str]
    is_category_derived: bool
    photo_url: str | None
    variants: list[VariantOut]
    available: int
    related: list[CardOut]


class StockOut(Schema):
    sku: str
    available: int
    is_sellable: bool


class StockList(Schema):
    __doc__ = gettext_noop("How many pieces can be sold now; SKUs the shop does not have stand in `unknown`.")

    items: list[StockOut]
    unknown: list[str]


class DeliveryOut(Schema):
    __doc__ = gettext_noop("A way to the buyer, priced for the goods named in the question; `days` are the least and the most.")

    id: int
    code: str
    name: Both
    carrier: str
    price: Money
    free_from: Money | None
    days: tuple[int, int]


class MethodOut(Schema):
    __doc__ = gettext_noop("A way to pay. `is_test`: no money moves.")

    code: str
    provider: str
    is_test: bool


@router.get("/shop", response=ShopOut, summary=gettext_noop("The shop: name, currency, zone"))
def read_shop(request: HttpRequest) -> ShopOut:
    found = shops.shop()
    return ShopOut(
        name=both(found.name), tagline=both(found.tagline), currency=found.currency, country=found.country, zone=found.zone,
        language=found.language, is_sample=found.is_sample,
    )  # fmt: skip


@router.get("/categories", response=Paged[CategoryOut], summary=gettext_noop("The shelves"))
def list_categories(request: HttpRequest, page: PageNumber = 1, size: PageSize = 100) -> Paged[CategoryOut]:
    found = catalog.categories()
    slugs = {each.id: each.slug for each in found}
    return paged_from([_category(each, slugs.get(each.parent_id) if each.parent_id else None) for each in found], page, size)


@router.get("/products", response=Paged[CardOut], openapi_extra=also(404), summary=gettext_noop("The goods, of one shelf or of all"))
def list_products(
    request: HttpRequest,
    category: Annotated[Name | None, Query(description=gettext_noop("Slug of a shelf; the shelves below it count too"))] = None,
    sort: Annotated[Sort, Query(description=gettext_noop("Order of the list"))] = Sort.FEATURED,
    page: PageNumber = 1,
    size: PageSize = 24,
) -> Paged[CardOut]:
    shelf = None if category is None else catalog.category(category)
    currency = shops.shop().currency
    found = browse.shelf(category=shelf, sort=sort, number=page, size=size)
    return paged(found, (_card(each, currency) for each in found))


@router.get("/products/{slug}", response=ProductOut, summary=gettext_noop("One product with its variants"))
def read_product(request: HttpRequest, slug: Name) -> ProductOut:
    currency = shops.shop().currency
    found = browse.shown(slug=slug)
    return ProductOut(
        slug=found.product.slug, name=both(found.product.name), text=both(found.product.text), path=[each.slug for each in found.path],
        is_category_derived=found.product.is_category_derived, photo_url=found.product.photo_url or None,
        variants=[
            VariantOut(
                sku=choice.variant.sku, option=both(choice.variant.option), weight_g=choice.variant.weight_g,
                price=_price(choice.tag, currency), available=choice.available,
            )
            for choice in found.choices
        ],
        available=found.available, related=[_card(each, currency) for each in found.related],
    )  # fmt: skip


@router.get("/search", response=Paged[CardOut], summary=gettext_noop("Goods that hold the words, best first"))
def search_products(
    request: HttpRequest,
    q: Annotated[Name, Query(description=gettext_noop("Words in English or Chinese; the last one may be unfinished"))],
    page: PageNumber = 1,
    size: PageSize = 24,
) -> Paged[CardOut]:
    currency = shops.shop().currency
    found = browse.found(text=q, number=page, size=size)
    return paged(found, (_card(each, currency) for each in found))


@router.get("/stock", response=StockList, summary=gettext_noop("How many pieces of these SKUs can be sold now"))
def read_stock(
    request: HttpRequest,
    sku: Annotated[list[Name], Query(min_length=1, max_length=MOST_LINES, description=gettext_noop("Repeat it for several, at most 100"))],
) -> StockList:
    wanted = list(dict.fromkeys(sku))
    goods = catalog.goods_by_sku(wanted)
    units = inventory.available([each.variant_id for each in goods.values()])
    items = [
        StockOut(sku=asked, available=max(units.get(each.variant_id, 0), 0) if each.is_sellable else 0, is_sellable=each.is_sellable)
        for asked, each in goods.items()
    ]
    return StockList(items=items, unknown=[asked for asked in wanted if asked not in goods])


@router.get("/delivery-options", response=Paged[DeliveryOut], summary=gettext_noop("Ways to deliver to a country"))
def list_delivery_options(
    request: HttpRequest,
    country: Annotated[Text, Query(description=gettext_noop("ISO 3166-1, two letters"))],
    goods_minor: Annotated[
        int,
        Query(ge=0, le=MOST_MINOR, description=gettext_noop("Worth of the goods, in minor units: some ways are free from an amount")),
    ] = 0,
    page: PageNumber = 1,
    size: PageSize = 100,
) -> Paged[DeliveryOut]:
    currency = shops.shop().currency
    found = pricing.delivery_options(country=country, goods_minor=goods_minor)
    return paged_from([delivery_out(each, currency) for each in found], page, size)


@router.get("/payment-methods", response=Paged[MethodOut], summary=gettext_noop("Ways to pay"))
def list_payment_methods(request: HttpRequest, page: PageNumber = 1, size: PageSize = 100) -> Paged[MethodOut]:
    found = [MethodOut(code=each.code, provider=each.provider, is_test=each.is_test) for each in payments.methods()]
    return paged_from(found, page, size)


def delivery_out(option: DeliveryOption, currency: str) -> DeliveryOut:
    """Return a way of delivery as this door shows it."""
    return DeliveryOut(
        id=option.id, code=option.code, name=both(option.name), carrier=option.carrier, price=money(option.price_minor, currency),
        free_from=money_or_none(option.free_from_minor, currency), days=option.days,
    )  # fmt: skip


def _category(category: Category, parent: str | None) -> CategoryOut:
    return CategoryOut(
        slug=category.slug, name=both(category.name), intro=both(category.intro), parent=parent, products=category.products,
        is_derived=category.is_derived,
    )  # fmt: skip


def _card(card: browse.Card, currency: str) -> CardOut:
    product = card.product
    return CardOut(
        slug=product.slug, name=both(product.name), category=card.category_slug or None, photo_url=product.photo_url or None,
        skus=[each.sku for each in product.variants if each.is_sellable], price=_price(card.tag, currency),
        has_several_prices=card.has_several_prices, available=card.available,
    )  # fmt: skip


def _price(tag: PriceTag | None, currency: str) -> PriceOut | None:
    if tag is None:
        return None
    return PriceOut(price=money(tag.amount_minor, currency), reference=money_or_none(tag.reference_minor, currency), tax=str(tag.tax_mode))
