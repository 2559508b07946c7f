"""Routes for anybody: the shop, its shelves and goods, search, stock, delivery and ways to pay."""

from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.options import OptionOut, SizeTableOut, codes_of, option_out, size_table_out
from shopkeeper.doors.api.parts import BundleOut, bundle_out
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
from shopkeeper.flows import browse, searching
from shopkeeper.kit.money import MOST_MINOR
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import BRAND, Category, Facet, Narrowing, Sort, Trait, TraitKind
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import DeliveryOption, PriceTag
from shopkeeper.selling.search.shapes import Narrowed, Order
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
    __doc__ = gettext_noop(
        "What is put into a basket, by its `sku`; `option` is the choice it stands for, `values` the ids of one value of each option."
    )

    sku: str
    option: Both
    values: list[int]
    weight_g: int
    price: PriceOut | None
    available: int


class NamedOut(Schema):
    slug: str
    name: Both


class ChoiceOut(Schema):
    code: str
    name: Both


class TraitOut(Schema):
    __doc__ = gettext_noop(
        "What is said of a product by one attribute: `choices`, `number` (in `unit`) or `text`. "
        "`is_derived`: a program read it from the name."
    )

    code: str
    name: Both
    choices: list[ChoiceOut]
    number: str | None
    unit: str
    text: Both
    is_derived: bool


class AttributeOut(Schema):
    __doc__ = gettext_noop("Something that can be said of goods. `is_filter`: a list of goods can be narrowed down by its `choices`.")

    code: str
    name: Both
    kind: TraitKind
    unit: str
    is_filter: bool
    choices: list[ChoiceOut]


class ProductOut(Schema):
    __doc__ = gettext_noop(
        "A product with everything its page says; `path` lists the shelves it stands on, main shelf first. Staff put `goes_with` and "
        "`instead` beside it; `related` merely stands on the same shelf."
    )

    slug: str
    name: Both
    text: Both
    path: list[str]
    brand: NamedOut | None
    traits: list[TraitOut]
    is_category_derived: bool
    photo_url: str | None
    options: list[OptionOut]
    variants: list[VariantOut]
    available: int
    size_table: SizeTableOut | None
    bundle: BundleOut | None
    goes_with: list[CardOut]
    instead: list[CardOut]
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


class CountedShelf(Schema):
    slug: str
    products: int


class CountedPrices(Schema):
    __doc__ = gettext_noop("Goods from one price to below another; `below` null: no end.")

    least: Money
    below: Money | None
    products: int


class CountedAnswer(Schema):
    __doc__ = gettext_noop("An answer, with the goods it would leave.")

    code: str
    name: Both
    products: int


class CountedQuestion(Schema):
    __doc__ = gettext_noop("What goods differ in: `brand` or an attribute, to be asked for as `brand=…` or `trait=code:answer`.")

    code: str
    name: Both
    answers: list[CountedAnswer]


class FoundOut(Paged[CardOut]):
    __doc__ = gettext_noop(
        "What was found. `instead`: the words searched for in place of yours, which find nothing; `is_loose`: no product holds all words. "
        "`categories`, `questions`, `prices` and `in_stock` count what each would leave, the other narrowings as they are."
    )

    instead: str | None
    is_loose: bool
    categories: list[CountedShelf]
    questions: list[CountedQuestion]
    prices: list[CountedPrices]
    in_stock: int


class GoingOut(Schema):
    __doc__ = gettext_noop("Queries that go on from what was typed, shelves of that name, and the goods found so far.")

    queries: list[str]
    categories: list[NamedOut]
    products: list[NamedOut]


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
    *,
    category: Annotated[Name | None, Query(description=gettext_noop("Slug of a shelf; the shelves below it count too"))] = None,
    brand: Annotated[list[Name] | None, Query(max_length=MOST_LINES, description=gettext_noop("Slugs of brands, any of them"))] = None,
    trait: Annotated[
        list[Name] | None,
        Query(
            max_length=MOST_LINES,
            description=gettext_noop("Answers as `colour:red`, any of one attribute, all attributes; unknown ones are passed over"),
        ),
    ] = None,
    sort: Annotated[Sort, Query(description=gettext_noop("Order of the list"))] = Sort.FEATURED,
    page: PageNumber = 1,
    size: PageSize = 24,
) -> Paged[CardOut]:
    shelf = None if category is None else catalog.category(category)
    currency = shops.shop().currency
    wanted = narrowing(brand, trait)
    if wanted:
        found = browse.narrowed(category=shelf, wanted=wanted, sort=sort, number=page, size=size).page
    else:
        found = browse.shelf(category=shelf, sort=sort, number=page, size=size)
    return paged(found, (card_out(each, currency) for each in found))


@router.get("/attributes", response=Paged[AttributeOut], summary=gettext_noop("What can be said of goods"))
def list_attributes(request: HttpRequest, page: PageNumber = 1, size: PageSize = 100) -> Paged[AttributeOut]:
    return paged_from(
        [
            AttributeOut(
                code=each.code, name=both(each.name), kind=each.kind, unit=each.unit, is_filter=each.is_filter,
                choices=[ChoiceOut(code=choice.code, name=both(choice.name)) for choice in each.choices],
            )
            for each in catalog.attributes()
        ],
        page,
        size,
    )  # fmt: skip


@router.get("/brands", response=Paged[NamedOut], summary=gettext_noop("The brands"))
def list_brands(request: HttpRequest, page: PageNumber = 1, size: PageSize = 100) -> Paged[NamedOut]:
    return paged_from([NamedOut(slug=each.slug, name=both(each.name)) for each in catalog.brands()], page, size)


@router.get("/products/{slug}", response=ProductOut, summary=gettext_noop("One product with its variants"))
def read_product(request: HttpRequest, slug: Name) -> ProductOut:
    currency = shops.shop().currency
    found = browse.shown(slug=slug)
    codes = codes_of(catalog.attributes()) if any(each.attribute_id for each in found.extras.options) else {}
    return ProductOut(
        slug=found.product.slug, name=both(found.product.name), text=both(found.product.text), path=[each.slug for each in found.path],
        brand=NamedOut(slug=found.brand.slug, name=both(found.brand.name)) if found.brand else None,
        traits=[_trait(each) for each in found.traits],
        is_category_derived=found.product.is_category_derived, photo_url=found.product.photo_url or None,
        options=[option_out(each, codes) for each in found.extras.options],
        variants=[
            VariantOut(
                sku=choice.variant.sku, option=both(choice.variant.option), values=list(choice.variant.value_ids),
                weight_g=choice.variant.weight_g, price=_price(choice.tag, currency), available=choice.available,
            )
            for choice in found.choices
        ],
        available=found.available, size_table=size_table_out(found.extras.size_table), bundle=bundle_out(found.bundle, currency),
        goes_with=[card_out(each, currency) for each in found.goes_with], instead=[card_out(each, currency) for each in found.instead],
        related=[card_out(each, currency) for each in found.related],
    )  # fmt: skip


@router.get("/search", response=FoundOut, summary=gettext_noop("Goods that hold the words, best first"))
def search_products(
    request: HttpRequest,
    *,
    q: Annotated[
        Name, Query(description=gettext_noop("Words in English or Chinese, or how a Chinese name is read; the last one may be unfinished"))
    ],
    category: Annotated[list[Name] | None, Query(max_length=MOST_LINES, description=gettext_noop("Slugs of shelves, any of them"))] = None,
    brand: Annotated[list[Name] | None, Query(max_length=MOST_LINES, description=gettext_noop("Slugs of brands, any of them"))] = None,
    trait: Annotated[
        list[Name] | None,
        Query(
            max_length=MOST_LINES,
            description=gettext_noop("Answers as `colour:red`, any of one attribute, all attributes; unknown ones are passed over"),
        ),
    ] = None,
    price_from_minor: Annotated[int | None, Query(ge=0, le=MOST_MINOR, description=gettext_noop("Least price, in minor units"))] = None,
    price_below_minor: Annotated[
        int | None, Query(ge=0, le=MOST_MINOR, description=gettext_noop("Price that is too much, in minor units"))
    ] = None,
    in_stock: Annotated[bool, Query(description=gettext_noop("Only what is there"))] = False,
    sort: Annotated[Order, Query(description=gettext_noop("Order of the list"))] = Order.BEST,
    page: PageNumber = 1,
    size: PageSize = 24,
) -> FoundOut:
    currency = shops.shop().currency
    has_range = price_from_minor is not None or price_below_minor is not None
    narrowed = Narrowed(
        values={"category": tuple(category)} if category else {},
        prices=((price_from_minor or 0, price_below_minor),) if has_range else (),
        in_stock=in_stock,
    )
    wanted = narrowing(brand, trait)
    found = searching.found(text=q, number=page, size=size, narrowed=narrowed, wanted=wanted, order=sort, currency=currency)
    shown = paged(found, (card_out(each, currency) for each in found))
    return FoundOut(
        **dict(shown),
        instead=found.instead or None,
        is_loose=found.is_loose,
        categories=[CountedShelf(slug=shelf.slug, products=goods) for shelf, goods in found.categories],
        questions=[_question(each) for each in found.facets],
        prices=[_band(each, currency) for each in found.bands],
        in_stock=found.in_stock,
    )


@router.get("/search/suggest", response=GoingOut, summary=gettext_noop("How what is being typed may go on"))
def suggest(request: HttpRequest, q: Annotated[Name, Query(description=gettext_noop("What has been typed so far"))]) -> GoingOut:
    found = searching.going_on(text=q)
    return GoingOut(
        queries=list(found.queries),
        categories=[NamedOut(slug=each.slug, name=both(each.name)) for each in found.categories],
        products=[NamedOut(slug=each.slug, name=both(each.name)) for each in found.products],
    )


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


def narrowing(brand: list[str] | None, trait: list[str] | None) -> Narrowing:
    """Return what a query asks of a list of goods; nothing is looked up where it asks nothing."""
    asked: dict[str, list[str]] = {BRAND: list(brand or ())}
    for each in trait or ():
        code, _colon, answer = each.partition(":")
        asked.setdefault(code, []).append(answer)
    return catalog.narrowing(asked) if brand or trait else browse.NOTHING_WANTED


def delivery_out(option: DeliveryOption, currency: str) -> DeliveryOut:
    """Return a way of delivery as this door shows it."""
    return DeliveryOut(
        id=option.id, code=option.code, name=both(option.name), carrier=option.carrier, price=money(option.price_minor, currency),
        free_from=money_or_none(option.free_from_minor, currency), days=option.days,
    )  # fmt: skip


def _band(band: searching.Band, currency: str) -> CountedPrices:
    return CountedPrices(least=money(band.least, currency), below=money_or_none(band.below, currency), products=band.goods)


def _question(facet: Facet) -> CountedQuestion:
    answers = [CountedAnswer(code=each.code, name=both(each.name), products=each.products) for each in facet.choices]
    return CountedQuestion(code=facet.code, name=both(facet.name), answers=answers)


def _trait(trait: Trait) -> TraitOut:
    return TraitOut(
        code=trait.code, name=both(trait.name), choices=[ChoiceOut(code=each.code, name=both(each.name)) for each in trait.choices],
        number=None if trait.number is None else f"{trait.number:f}", unit=trait.unit, text=both(trait.text), is_derived=trait.is_derived,
    )  # fmt: skip


def _category(category: Category, parent: str | None) -> CategoryOut:
    return CategoryOut(
        slug=category.slug, name=both(category.name), intro=both(category.intro), parent=parent, products=category.products,
        is_derived=category.is_derived,
    )  # fmt: skip


def card_out(card: browse.Card, currency: str) -> CardOut:
    """Return a product on a shelf as this door shows it."""
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
