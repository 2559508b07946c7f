"""Routes for staff: a product made whole, with its variants and their prices; its texts, shelf and variants changed."""

from collections import Counter
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from shopkeeper.doors.api.baskets import refuse_other_currency
from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.desk import PriceIn
from shopkeeper.doors.api.drafts import DraftTrait, DraftVariant, LongWords, trait_draft
from shopkeeper.doors.api.lookups import Known, known_now, product_of
from shopkeeper.doors.api.options import ProductOption, option_drafts
from shopkeeper.doors.api.orders import RepeatKey
from shopkeeper.doors.api.staff import StaffSession, actor, under_key
from shopkeeper.doors.api.values import Flag, Name, Sent, Text, Whole, Words, bilingual
from shopkeeper.flows import write_product
from shopkeeper.flows.write_product import FirstPrice, NewProduct
from shopkeeper.kit import together
from shopkeeper.kit.ids import ProductId, VariantId
from shopkeeper.kit.refusals import Malformed
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes_drafts import Version, VersionVariant, Working
from shopkeeper.selling.catalog.shapes_options import MOST_OPTIONS

staff_router = Router(tags=["staff"])

MOST_VARIANTS = 200


class NewProductVariant(Sent):
    __doc__ = gettext_noop(
        "A variant of a new product. `stands` names one answer of each option, by place from 0: [[0, 1], [1, 0]] is the second answer of "
        "the first option and the first of the second. Without `price` it cannot be bought yet."
    )

    sku: Name
    option: Words = Words()
    weight_g: Whole = 0
    is_sellable: Flag = True
    stands: Annotated[list[tuple[Whole, Whole]], Field(max_length=MOST_OPTIONS)] = []
    price: PriceIn | None = None


class NewProductData(Sent):
    __doc__ = gettext_noop(
        "A new product. `category` and `brand` are slugs or null. Prices, options, brand and attributes need the rights to say them too. "
        "It is not shown unless `is_published` is true."
    )

    slug: Name
    name: Words
    text: LongWords = LongWords()
    category: Name | None = None
    brand: Name | None = None
    photo_url: Text = ""
    options: Annotated[list[ProductOption], Field(max_length=MOST_OPTIONS)] = []
    variants: Annotated[list[NewProductVariant], Field(max_length=MOST_VARIANTS)]
    traits: Annotated[list[DraftTrait], Field(max_length=MOST_VARIANTS)] = []
    is_published: Flag = False


class ProductData(Sent):
    __doc__ = gettext_noop(
        "What the product form says, whole: texts, shelf, variants, and whether shoppers see it. Options, brand, attributes and prices are "
        "said elsewhere and stay."
    )

    slug: Name
    name: Words
    text: LongWords = LongWords()
    category: Name | None = None
    photo_url: Text = ""
    variants: Annotated[list[DraftVariant], Field(max_length=MOST_VARIANTS)]
    is_published: Flag


class StaffProductOut(Schema):
    __doc__ = gettext_noop("A product for staff, as it is in the shop: what stands in `product` can be sent back as it is.")

    id: int
    product: ProductData


@staff_router.post(
    "/products",
    auth=StaffSession("catalog.save_product"),
    response={201: StaffProductOut},
    openapi_extra=also(404, 409),
    summary=gettext_noop("Make a product with its variants and their prices"),
)
def make_product(request: HttpRequest, data: NewProductData, idempotency_key: RepeatKey = None) -> StaffProductOut:
    return _told(write_product.make(new=_new(data, known_now()), **under_key(request, idempotency_key)))


@staff_router.get(
    "/products/{slug}",
    auth=StaffSession("catalog.view"),
    response=StaffProductOut,
    summary=gettext_noop("A product as it is in the shop, shown or not"),
)
def read_staff_product(request: HttpRequest, slug: Name) -> StaffProductOut:
    return _told(product_of(slug))


@staff_router.put(
    "/products/{slug}",
    auth=StaffSession("catalog.save_product"),
    response=StaffProductOut,
    openapi_extra=also(409),
    summary=gettext_noop("Change a product’s texts, shelf and variants; the same again changes nothing"),
)
def change_product(request: HttpRequest, slug: Name, data: ProductData) -> StaffProductOut:
    product_id = product_of(slug)
    write_product.change(
        product_id=product_id, said=_said(data, known_now()), is_shown=data.is_published, actor=actor(request), now=timezone.now()
    )
    return _told(product_id)


# ── between the door and the room ─────────────────────────────────────────────────────────────────────────────────────


def _new(data: NewProductData, known: Known) -> NewProduct:
    for each in data.variants:
        if each.price is not None:
            refuse_other_currency(each.price.currency)
    if twice := [code for code, times in Counter(each.attribute for each in data.traits).items() if times > 1]:
        raise Malformed("trait", twice[0], expected="trait_once")
    said = Version(
        slug=data.slug,
        name=bilingual(data.name),
        text=Bilingual(data.text.en, data.text.zh),
        category_id=None if data.category is None else known.shelf(data.category),
        brand_id=None if data.brand is None else known.brand(data.brand),
        photo_url=data.photo_url,
        options=tuple(option_drafts(data.options, attributes={each.code: each for each in known.attributes})),
        variants=tuple(_variant(each) for each in data.variants),
        traits=tuple(trait_draft(each, known) for each in data.traits),
    )
    prices = tuple(None if each.price is None else FirstPrice(each.price.amount_minor, each.price.reason) for each in data.variants)
    return NewProduct(said=said, prices=prices, is_shown=data.is_published)


def _said(data: ProductData, known: Known) -> Version:
    return Version(
        slug=data.slug,
        name=bilingual(data.name),
        text=Bilingual(data.text.en, data.text.zh),
        category_id=None if data.category is None else known.shelf(data.category),
        photo_url=data.photo_url,
        variants=tuple(_variant(each, None if each.id is None else VariantId(each.id)) for each in data.variants),
    )


def _variant(data: NewProductVariant | DraftVariant, variant_id: VariantId | None = None) -> VersionVariant:
    return VersionVariant(
        id=variant_id, sku=data.sku, option=bilingual(data.option), weight_g=data.weight_g, is_sellable=data.is_sellable,
        stands=tuple(data.stands),
    )  # fmt: skip


def _told(product_id: ProductId) -> StaffProductOut:
    found: Working
    found, known = together.read(lambda: catalog.working(product_id), known_now)
    live = found.live
    said = ProductData(
        slug=live.slug, name=_words(live.name), text=LongWords(en=live.text.en, zh=live.text.zh),
        category=known.shelf_slug(live.category_id), photo_url=live.photo_url, is_published=found.is_published,
        variants=[
            DraftVariant(
                id=each.id, sku=each.sku, option=_words(each.option), weight_g=each.weight_g, is_sellable=each.is_sellable,
                stands=list(each.stands),
            )
            for each in live.variants
        ],
    )  # fmt: skip
    return StaffProductOut(id=product_id, product=said)


def _words(text: Bilingual) -> Words:
    return Words(en=text.en, zh=text.zh)
