"""Routes for staff: brands, attributes with their answers, and what is said of a product by them."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, TypedDict

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.drafts import DraftTrait, trait_draft, traits_out
from shopkeeper.doors.api.fields import called
from shopkeeper.doors.api.lookups import known_now, product_of
from shopkeeper.doors.api.orders import RepeatKey
from shopkeeper.doors.api.staff import StaffSession, actor, under_key
from shopkeeper.doors.api.values import (
    Flag,
    LineNumber,
    Name,
    Number,
    Paged,
    PageNumber,
    PageSize,
    Sent,
    Text,
    Whole,
    Words,
    bilingual,
    paged_from,
    words_of,
)
from shopkeeper.flows import goods_once
from shopkeeper.kit import together
from shopkeeper.kit.ids import AttributeId, BrandId, ChoiceId, ProductId
from shopkeeper.kit.refusals import Malformed
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Attribute, Brand, ChoiceDraft, Trait, TraitDraft, TraitKind

staff_router = Router(tags=["staff"])

OF_AN_ATTRIBUTE = {"choice": "choices"}
"""What an attribute calls that which the room names one of."""


class BrandData(Sent):
    __doc__ = gettext_noop("A brand as staff write it.")

    slug: Name
    name: Words
    intro: Words = Words()


class StaffBrandOut(Schema):
    __doc__ = gettext_noop("A brand for staff: what stands in `brand` can be sent back as it is. `products` counts those on show.")

    id: int
    products: int
    brand: BrandData


class AttributeAnswer(Sent):
    __doc__ = gettext_noop(
        "An answer to choose from. Without `id` it is the attribute’s answer of that code, or new. `swatch` is a colour like #b93a2b, or "
        "empty."
    )

    id: LineNumber | None = None
    code: Name
    name: Words
    swatch: Text = ""


class AttributeData(Sent):
    __doc__ = gettext_noop(
        "An attribute as staff write it, whole. `kind` says what it says: one or more of its `choices`, a `number` in its `unit`, or a "
        "`text`. An answer that is left out goes, unless goods are described by it."
    )

    code: Name
    name: Words
    kind: TraitKind
    unit: Text = ""
    is_filter: Flag = False
    position: Whole = 0
    choices: list[AttributeAnswer] = []


class StaffAttributeOut(Schema):
    __doc__ = gettext_noop("An attribute for staff: what stands in `attribute` can be sent back as it is.")

    id: int
    attribute: AttributeData


class DescriptionData(Sent):
    __doc__ = gettext_noop(
        "Who makes a product, by the brand’s slug, and all that is said of it by attributes. What is left out is no longer said."
    )

    brand: Name | None = None
    traits: Annotated[list[DraftTrait], Field(max_length=200)] = []


# ── brands ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@staff_router.get(
    "/brands", auth=StaffSession("catalog.view"), response=Paged[StaffBrandOut], summary=gettext_noop("The brands as staff wrote them")
)
def list_staff_brands(request: HttpRequest, page: PageNumber = 1, size: PageSize = 50) -> Paged[StaffBrandOut]:
    return paged_from([_brand(each) for each in catalog.brands()], page, size)


@staff_router.post(
    "/brands",
    auth=StaffSession("catalog.save_brand"),
    response={201: StaffBrandOut},
    openapi_extra=also(409),
    summary=gettext_noop("Make a brand"),
)
def make_brand(request: HttpRequest, data: BrandData, idempotency_key: RepeatKey = None) -> StaffBrandOut:
    made = goods_once.make_brand(**_said(data), **under_key(request, idempotency_key))
    return _brand(catalog.brand_by_id(made))


@staff_router.put(
    "/brands/{brand}",
    auth=StaffSession("catalog.save_brand"),
    response=StaffBrandOut,
    openapi_extra=also(404, 409),
    summary=gettext_noop("Change a brand; the same again changes nothing"),
)
def change_brand(request: HttpRequest, brand: Number, data: BrandData) -> StaffBrandOut:
    saved = catalog.save_brand(brand_id=BrandId(brand), **_said(data), actor=actor(request), now=timezone.now())
    return _brand(catalog.brand_by_id(saved))


# ── attributes ────────────────────────────────────────────────────────────────────────────────────────────────────────


@staff_router.get(
    "/attributes",
    auth=StaffSession("catalog.view"),
    response=Paged[StaffAttributeOut],
    summary=gettext_noop("The attributes as staff wrote them, with all their answers"),
)
def list_staff_attributes(request: HttpRequest, page: PageNumber = 1, size: PageSize = 50) -> Paged[StaffAttributeOut]:
    return paged_from([_attribute(each) for each in catalog.attributes()], page, size)


@staff_router.post(
    "/attributes",
    auth=StaffSession("catalog.save_attribute"),
    response={201: StaffAttributeOut},
    openapi_extra=also(404, 409),
    summary=gettext_noop("Make an attribute with its answers"),
)
def make_attribute(request: HttpRequest, data: AttributeData, idempotency_key: RepeatKey = None) -> StaffAttributeOut:
    with called(**OF_AN_ATTRIBUTE):
        made = goods_once.make_attribute(**_asked(data), **under_key(request, idempotency_key))
    return _attribute(catalog.attribute_by_id(made))


@staff_router.put(
    "/attributes/{attribute}",
    auth=StaffSession("catalog.save_attribute"),
    response=StaffAttributeOut,
    openapi_extra=also(404, 409),
    summary=gettext_noop("Change an attribute with its answers; the same again changes nothing"),
)
def change_attribute(request: HttpRequest, attribute: Number, data: AttributeData) -> StaffAttributeOut:
    present = catalog.attribute_by_id(AttributeId(attribute))
    with called(**OF_AN_ATTRIBUTE):
        catalog.save_attribute(attribute_id=present.id, **_asked(data, present), actor=actor(request), now=timezone.now())
    return _attribute(catalog.attribute_by_id(present.id))


# ── what is said of a product ─────────────────────────────────────────────────────────────────────────────────────────


@staff_router.get(
    "/products/{slug}/description",
    auth=StaffSession("catalog.view"),
    response=DescriptionData,
    summary=gettext_noop("Who makes a product, and what is said of it by attributes"),
)
def read_description(request: HttpRequest, slug: Name) -> DescriptionData:
    return _description(product_of(slug))


@staff_router.put(
    "/products/{slug}/description",
    auth=StaffSession("catalog.describe"),
    response=DescriptionData,
    openapi_extra=also(409),
    summary=gettext_noop("Describe a product by brand and attributes; the same again changes nothing"),
)
def describe_product(request: HttpRequest, slug: Name, data: DescriptionData) -> DescriptionData:
    product_id, known = product_of(slug), known_now()
    brand_id = None if data.brand is None else known.brand(data.brand)
    with called(trait="traits", choice="choices"):
        wanted = [trait_draft(each, known) for each in data.traits]
        if twice := [code for code, times in Counter(each.attribute for each in data.traits).items() if times > 1]:
            raise Malformed("trait", twice[0], expected="trait_once")
        catalog.describe(product_id=product_id, brand_id=brand_id, traits=wanted, actor=actor(request), now=timezone.now())
    return _description(product_id)


# ── between the door and the room ─────────────────────────────────────────────────────────────────────────────────────


class SaidOfBrand(TypedDict):
    """A brand as the room takes it."""

    slug: str
    name: Bilingual
    intro: Bilingual


class AskedOfGoods(TypedDict):
    """An attribute as the room takes it."""

    code: str
    name: Bilingual
    kind: TraitKind
    unit: str
    is_filter: bool
    position: int
    choices: list[ChoiceDraft]


def _said(data: BrandData) -> SaidOfBrand:
    return SaidOfBrand(slug=data.slug, name=bilingual(data.name), intro=bilingual(data.intro))


def _asked(data: AttributeData, present: Attribute | None = None) -> AskedOfGoods:
    return AskedOfGoods(
        code=data.code, name=bilingual(data.name), kind=data.kind, unit=data.unit, is_filter=data.is_filter, position=data.position,
        choices=_choices(data, present),
    )  # fmt: skip


def _brand(found: Brand) -> StaffBrandOut:
    said = BrandData(slug=found.slug, name=words_of(found.name), intro=words_of(found.intro))
    return StaffBrandOut(id=found.id, products=found.products, brand=said)


def _choices(data: AttributeData, present: Attribute | None) -> list[ChoiceDraft]:
    sent = {each.id for each in data.choices if each.id is not None}
    # What is called by its id is nobody else's any more, even where another is called as it was.
    known = {each.code: each.id for each in present.choices if each.id not in sent} if present else {}
    return [
        ChoiceDraft(
            id=known.get(each.code) if each.id is None else ChoiceId(each.id), code=each.code, name=bilingual(each.name),
            swatch=each.swatch,
        )
        for each in data.choices
    ]  # fmt: skip


def _attribute(found: Attribute) -> StaffAttributeOut:
    said = AttributeData(
        code=found.code, name=words_of(found.name), kind=found.kind, unit=found.unit, is_filter=found.is_filter, position=found.position,
        choices=[AttributeAnswer(id=each.id, code=each.code, name=words_of(each.name), swatch=each.swatch) for each in found.choices],
    )  # fmt: skip
    return StaffAttributeOut(id=found.id, attribute=said)


def _description(product_id: ProductId) -> DescriptionData:
    known, product, said = together.read(
        known_now, lambda: catalog.product_by_id(product_id), lambda: catalog.traits([product_id]).get(product_id, ())
    )
    return DescriptionData(brand=known.brand_slug(product.brand_id), traits=traits_out(_drafts(said), known))


def _drafts(said: Sequence[Trait]) -> list[TraitDraft]:
    return [
        TraitDraft(attribute_id=each.attribute_id, choice_ids=tuple(x.id for x in each.choices), number=each.number, text=each.text)
        for each in said
    ]
