"""Routes for the options of products, for staff: what shoppers choose by, and the variants that stand for combinations."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Annotated, TypeVar

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.orders import RepeatKey
from shopkeeper.doors.api.staff import StaffSession, actor
from shopkeeper.doors.api.values import Both, LineNumber, Name, Sent, Text, Whole, both
from shopkeeper.flows import add_variants as add_once
from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import OptionValueId, ProductId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Attribute, Variant
from shopkeeper.selling.catalog.shapes_options import (
    MOST_OPTIONS,
    MOST_VALUES,
    NewVariant,
    Option,
    OptionDraft,
    OptionValue,
    OptionValueDraft,
    TooManyCombinations,
)

router = Router(tags=["staff"])

T = TypeVar("T", Option, OptionValue)

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


class TextIn(Sent):
    en: Text = ""
    zh: Text = ""


class OwnValueIn(Sent):
    __doc__ = gettext_noop(
        "A value: one that is there by its `id` or its name, else a new one; with `choice` named as the attribute’s answer."
    )

    id: LineNumber | None = None
    name: TextIn = TextIn()
    swatch: Text = ""
    choice: Name | None = None


class OwnOptionIn(Sent):
    __doc__ = gettext_noop("An option: one that is there by its `id` or its name, else a new one. Values that are left out go.")

    id: LineNumber | None = None
    name: TextIn = TextIn()
    attribute: Name | None = None
    values: Annotated[list[OwnValueIn], Field(max_length=MOST_VALUES)]


class OptionsIn(Sent):
    __doc__ = gettext_noop("All options of a product in their order; those that are left out go, none at all takes every option away.")

    options: Annotated[list[OwnOptionIn], Field(max_length=MOST_OPTIONS)]


class NewVariantIn(Sent):
    sku: Text
    value_ids: Annotated[list[LineNumber], Field(min_length=1, max_length=MOST_OPTIONS)]
    weight_g: Annotated[Whole, Field(ge=0, le=MOST_WEIGHT_G)] = 0


class NewVariantsIn(Sent):
    variants: Annotated[list[NewVariantIn], Field(min_length=1, max_length=MOST_NEW)]


@router.get(
    "/products/{slug}/options",
    auth=StaffSession("catalog.view"),
    response=CombinationsOut,
    openapi_extra=also(404),
    summary=gettext_noop("A product’s options, its variants, and the combinations that are missing"),
)
def read_options(request: HttpRequest, slug: Name) -> CombinationsOut:
    return _told(_product(slug))


@router.put(
    "/products/{slug}/options",
    auth=StaffSession("catalog.save_options"),
    response=CombinationsOut,
    openapi_extra=also(404, 409),
    summary=gettext_noop("Say which options a product has; the same again changes nothing"),
)
def save_options(request: HttpRequest, slug: Name, data: OptionsIn) -> CombinationsOut:
    product_id = _product(slug)
    present, attributes = together.read(lambda: catalog.options([product_id]).get(product_id, ()), catalog.attributes)
    drafts = _drafts(data.options, present, {each.code: each for each in attributes})
    if drafts != [_as_is(each) for each in present]:
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
    product_id = _product(slug)
    new = [
        NewVariant(sku=each.sku, value_ids=tuple(OptionValueId(value) for value in each.value_ids), weight_g=each.weight_g)
        for each in data.variants
    ]
    add_once.add(product_id=product_id, variants=new, actor=actor(request), now=timezone.now(), key=idempotency_key)
    return _told(product_id)


def _product(slug: str) -> ProductId:
    found = catalog.ids_by_slug([slug]).get(slug)
    if found is None:
        raise NotFound("product", checks.shown(slug))
    return found


# ── as it was sent ────────────────────────────────────────────────────────────────────────────────────────────────────


def _drafts(sent: Sequence[OwnOptionIn], present: Sequence[Option], attributes: Mapping[str, Attribute]) -> list[OptionDraft]:
    return [_draft(each, present, attributes) for each in sent]


def _draft(sent: OwnOptionIn, present: Sequence[Option], attributes: Mapping[str, Attribute]) -> OptionDraft:
    if sent.attribute is not None and sent.attribute not in attributes:
        raise NotFound("attribute", checks.shown(sent.attribute))
    attribute = attributes[sent.attribute] if sent.attribute is not None else None
    name = _name(sent.name)
    if attribute is not None and not (name.en or name.zh):
        name = attribute.name
    known = _found(sent.id, name, present)
    values = tuple(_value(each, known, attribute) for each in sent.values)
    return OptionDraft(
        id=sent.id if sent.id is not None or known is None else known.id,  # type: ignore[arg-type]
        name=name,
        attribute_id=attribute.id if attribute else None,
        values=values,
    )


def _value(sent: OwnValueIn, option: Option | None, attribute: Attribute | None) -> OptionValueDraft:
    name, swatch, choice_id = _name(sent.name), sent.swatch.strip(), None
    if sent.choice is not None:
        answer = next((each for each in attribute.choices if each.code == sent.choice), None) if attribute else None
        if answer is None:
            raise NotFound("choice", checks.shown(sent.choice))
        name, swatch, choice_id = answer.name, answer.swatch, answer.id
    known = _found(sent.id, name, option.values if option else ())
    number = sent.id if sent.id is not None or known is None else known.id
    return OptionValueDraft(id=number, name=name, swatch=swatch, choice_id=choice_id)  # type: ignore[arg-type]


def _name(sent: TextIn) -> Bilingual:
    return Bilingual(sent.en.strip(), sent.zh.strip())


def _found(number: int | None, name: Bilingual, present: Sequence[T]) -> T | None:
    """Return what is meant: by its number, else what is called so already; None where it is new."""
    if number is not None:
        return next((each for each in present if each.id == number), None)
    return next((each for each in present if each.name == name), None)


def _as_is(option: Option) -> OptionDraft:
    values = tuple(OptionValueDraft(id=each.id, name=each.name, swatch=each.swatch, choice_id=each.choice_id) for each in option.values)
    return OptionDraft(id=option.id, name=option.name, attribute_id=option.attribute_id, values=values)


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
