"""Routes for the options of products, for staff: what shoppers choose by, variants that stand for combinations, and which are on sale."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from shopkeeper.doors.api.baskets import goods_of
from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.lookups import product_of
from shopkeeper.doors.api.options import ProductOption, option_drafts
from shopkeeper.doors.api.orders import RepeatKey
from shopkeeper.doors.api.staff import StaffSession, actor, under_key
from shopkeeper.doors.api.values import Both, Flag, LineNumber, Name, Sent, Text, Whole, both
from shopkeeper.flows import add_variants as add_once
from shopkeeper.kit import together
from shopkeeper.kit.ids import OptionValueId, ProductId, VariantId
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Product, Variant
from shopkeeper.selling.catalog.shapes_options import MOST_OPTIONS, NewVariant, Option, TooManyCombinations

router = Router(tags=["staff"])

MOST_NEW = 200
MOST_WEIGHT_G = 10_000_000


class OwnValueOut(Schema):
    __doc__ = gettext_noop("A value of an option. `choice` is the code of the attribute’s answer it stands for, else null.")

    id: int
    name: Both
    swatch: str
    choice: str | None


class OwnOptionOut(Schema):
    __doc__ = gettext_noop("An option of a product, for staff. `attribute` is the code of the attribute it stands for, else null.")

    id: int
    name: Both
    attribute: str | None
    values: list[OwnValueOut]


class CombinationOut(Schema):
    __doc__ = gettext_noop("A variant and the values it stands for, one of each option.")

    sku: str
    name: Both
    value_ids: list[int]
    is_sellable: bool


class MissingOut(Schema):
    __doc__ = gettext_noop("A combination no variant stands for yet, with a SKU nobody has.")

    sku: str
    name: Both
    value_ids: list[int]


class CombinationsOut(Schema):
    __doc__ = gettext_noop(
        "What shoppers of a product choose by, its variants, and the combinations that are missing. `combinations` is how many the options "
        "have in all: above 200, `missing` is empty, and variants are made one by one."
    )

    options: list[OwnOptionOut]
    combinations: int
    variants: list[CombinationOut]
    missing: list[MissingOut]


class OptionsIn(Sent):
    __doc__ = gettext_noop("All options of a product in their order; those that are left out go, none at all takes every option away.")

    options: Annotated[list[ProductOption], Field(max_length=MOST_OPTIONS)]


class NewVariantIn(Sent):
    sku: Text
    value_ids: Annotated[list[LineNumber], Field(min_length=1, max_length=MOST_OPTIONS)]
    weight_g: Annotated[Whole, Field(ge=0, le=MOST_WEIGHT_G)] = 0


class NewVariantsIn(Sent):
    variants: Annotated[list[NewVariantIn], Field(min_length=1, max_length=MOST_NEW)]


class OnSaleIn(Sent):
    is_sellable: Flag


class OnSaleOut(Schema):
    __doc__ = gettext_noop("Whether a variant is on sale. Shoppers can buy it while its product is in the shop too.")

    sku: str
    product: str
    name: Both
    is_sellable: bool
    is_published: bool


@router.get(
    "/products/{slug}/options",
    auth=StaffSession("catalog.view"),
    response=CombinationsOut,
    openapi_extra=also(404),
    summary=gettext_noop("A product’s options, its variants, and the combinations that are missing"),
)
def read_options(request: HttpRequest, slug: Name) -> CombinationsOut:
    return _told(product_of(slug))


@router.put(
    "/products/{slug}/options",
    auth=StaffSession("catalog.save_options"),
    response=CombinationsOut,
    openapi_extra=also(404, 409),
    summary=gettext_noop("Say which options a product has; the same again changes nothing"),
)
def save_options(request: HttpRequest, slug: Name, data: OptionsIn) -> CombinationsOut:
    product_id = product_of(slug)
    present, attributes = together.read(lambda: catalog.options([product_id]).get(product_id, ()), catalog.attributes)
    drafts = option_drafts(data.options, present=present, attributes={each.code: each for each in attributes})
    catalog.save_options(product_id=product_id, options=drafts, actor=actor(request), now=timezone.now())
    return _told(product_id)


@router.post(
    "/products/{slug}/variants",
    auth=StaffSession("catalog.add_variants"),
    response={201: CombinationsOut},
    openapi_extra=also(404, 409),
    summary=gettext_noop("Make variants for combinations that are missing"),
)
def make_variants(request: HttpRequest, slug: Name, data: NewVariantsIn, idempotency_key: RepeatKey = None) -> CombinationsOut:
    product_id = product_of(slug)
    new = [
        NewVariant(sku=each.sku, value_ids=tuple(OptionValueId(value) for value in each.value_ids), weight_g=each.weight_g)
        for each in data.variants
    ]
    add_once.add(product_id=product_id, variants=new, **under_key(request, idempotency_key))
    return _told(product_id)


@router.get(
    "/on-sale/{path:sku}", auth=StaffSession("catalog.view"), response=OnSaleOut, summary=gettext_noop("Whether a variant is on sale")
)
def read_on_sale(request: HttpRequest, sku: Name) -> OnSaleOut:
    goods = goods_of(sku)
    return _on_sale(goods.variant_id, catalog.product_by_id(goods.product_id))


@router.put(
    "/on-sale/{path:sku}",
    auth=StaffSession("catalog.save_product"),
    response=OnSaleOut,
    openapi_extra=also(409),
    summary=gettext_noop("Put a variant on sale or take it off; the same again changes nothing"),
)
def set_on_sale(request: HttpRequest, sku: Name, data: OnSaleIn) -> OnSaleOut:
    variant_id = goods_of(sku).variant_id
    return _on_sale(
        variant_id,
        catalog.set_on_sale(variant_id=variant_id, is_sellable=data.is_sellable, actor=actor(request), now=timezone.now()),
    )


# ── as it is told ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _told(product_id: ProductId) -> CombinationsOut:
    product, options, attributes = together.read(
        lambda: catalog.product_by_id(product_id), lambda: catalog.options([product_id]).get(product_id, ()), catalog.attributes
    )
    codes = {each.id: each.code for each in attributes}
    try:
        missing: Sequence[NewVariant] = catalog.missing_variants(product_id)
    except TooManyCombinations:
        # What was saved is saved, and can be read: there is only nothing to propose.
        missing = ()
    return CombinationsOut(
        options=[_option(each, codes) for each in options],
        combinations=prod(len(each.values) for each in options) if options else 0,
        variants=[_variant(each) for each in product.variants],
        missing=[MissingOut(sku=each.sku, name=both(each.option), value_ids=list(each.value_ids)) for each in missing],
    )


def _option(found: Option, codes: Mapping[int, str]) -> OwnOptionOut:
    return OwnOptionOut(
        id=found.id,
        name=both(found.name),
        attribute=codes.get(found.attribute_id) if found.attribute_id else None,
        values=[OwnValueOut(id=each.id, name=both(each.name), swatch=each.swatch, choice=each.code or None) for each in found.values],
    )


def _variant(found: Variant) -> CombinationOut:
    return CombinationOut(sku=found.sku, name=both(found.option), value_ids=list(found.value_ids), is_sellable=found.is_sellable)


def _on_sale(variant_id: VariantId, product: Product) -> OnSaleOut:
    found = next(each for each in product.variants if each.id == variant_id)
    return OnSaleOut(
        sku=found.sku, product=product.slug, name=both(found.option), is_sellable=found.is_sellable, is_published=product.is_published
    )
