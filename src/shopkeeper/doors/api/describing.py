"""Routes for staff: brands, attributes with their answers, and what is said of a product by them."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.drafts import DraftTrait, trait_draft, traits_out
from shopkeeper.doors.api.lookups import known_now, product_of
from shopkeeper.doors.api.orders import RepeatKey
from shopkeeper.doors.api.staff import StaffSession, actor, under_key
from shopkeeper.doors.api.values import (
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
)
from shopkeeper.flows import goods_once
from shopkeeper.kit import together
from shopkeeper.kit.ids import AttributeId, BrandId, ChoiceId, ProductId
from shopkeeper.kit.refusals import Malformed
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Attribute, Brand, ChoiceDraft, Trait, TraitDraft, TraitKind

staff_router = Router(tags=["staff"])


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
    is_filter: Annotated[bool, Field(strict=True)] = False
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
    made = goods_once.make_brand(
        slug=data.slug, name=bilingual(data.name), intro=bilingual(data.intro), **under_key(request, idempotency_key)
    )  # fmt: skip
    return _brand(catalog.brand_by_id(made))


@staff_router.put(
    "/brands/{brand}",
    auth=StaffSession("catalog.save_brand"),
    response=StaffBrandOut,
    openapi_extra=also(404, 409),
    summary=gettext_noop("Change a brand; the same again changes nothing"),
)
def change_brand(request: HttpRequest, brand: Number, data: BrandData) -> StaffBrandOut:
    present = catalog.brand_by_id(BrandId(brand))
    name, intro = bilingual(data.name), bilingual(data.intro)
    if (data.slug, name, intro) != (present.slug, present.name, present.intro):
        catalog.save_brand(brand_id=present.id, slug=data.slug, name=name, intro=intro, actor=actor(request), now=timezone.now())
    return _brand(catalog.brand_by_id(present.id))


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
    made = goods_once.make_attribute(
        code=data.code, name=bilingual(data.name), kind=data.kind, unit=data.unit, is_filter=data.is_filter, position=data.position,
        choices=_choices(data, None), **under_key(request, idempotency_key),
    )  # fmt: skip
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
    name, choices = bilingual(data.name), _choices(data, present)
    said = (data.code, name, data.kind, data.unit, data.is_filter, data.position, choices)
    if said != _as_it_is(present):
        catalog.save_attribute(
            attribute_id=present.id, code=data.code, name=name, kind=data.kind, unit=data.unit, is_filter=data.is_filter,
            position=data.position, choices=choices, actor=actor(request), now=timezone.now(),
        )  # fmt: skip
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
    wanted = [trait_draft(each, known) for each in data.traits]
    if twice := [code for code, times in Counter(each.attribute for each in data.traits).items() if times > 1]:
        raise Malformed("trait", twice[0], expected="trait_once")
    product, said = together.read(
        lambda: catalog.product_by_id(product_id), lambda: catalog.traits([product_id]).get(product_id, ())
    )  # fmt: skip
    if brand_id != product.brand_id or _by_attribute(wanted) != _by_attribute(_drafts(said)):
        catalog.describe(product_id=product_id, brand_id=brand_id, traits=wanted, actor=actor(request), now=timezone.now())
    return _description(product_id)


# ── between the door and the room ─────────────────────────────────────────────────────────────────────────────────────


def _brand(found: Brand) -> StaffBrandOut:
    said = BrandData(slug=found.slug, name=_words(found.name), intro=_words(found.intro))
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


def _as_it_is(found: Attribute) -> tuple[object, ...]:
    """Return an attribute that is there as it would be sent again."""
    choices = [ChoiceDraft(id=each.id, code=each.code, name=each.name, swatch=each.swatch) for each in found.choices]
    return (found.code, found.name, found.kind, found.unit, found.is_filter, found.position, choices)


def _attribute(found: Attribute) -> StaffAttributeOut:
    said = AttributeData(
        code=found.code, name=_words(found.name), kind=found.kind, unit=found.unit, is_filter=found.is_filter, position=found.position,
        choices=[AttributeAnswer(id=each.id, code=each.code, name=_words(each.name), swatch=each.swatch) for each in found.choices],
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


def _by_attribute(traits: Sequence[TraitDraft]) -> dict[int, tuple[object, ...]]:
    return {each.attribute_id: (sorted(set(each.choice_ids)), each.number, each.text) for each in traits}


def _words(text: Bilingual) -> Words:
    return Words(en=text.en, zh=text.zh)
