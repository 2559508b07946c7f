"""Routes for staff: collections made and changed, what a rule finds before it is saved, and the goods they name in their order."""

from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from shopkeeper.doors.api.baskets import refuse_other_currency
from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.fields import called
from shopkeeper.doors.api.lookups import Known, choice_of, known_now, products_of, refuse_unneeded, slugs_of
from shopkeeper.doors.api.orders import RepeatKey
from shopkeeper.doors.api.staff import StaffSession, actor, under_key
from shopkeeper.doors.api.values import (
    Both,
    Flag,
    LineNumber,
    Minor,
    Moment,
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
    both,
    paged_from,
    words_of,
)
from shopkeeper.flows import collections as flow
from shopkeeper.flows import goods_once
from shopkeeper.kit import together
from shopkeeper.kit.ids import AttributeId, CollectionId
from shopkeeper.kit.refusals import Malformed, OutOfRange
from shopkeeper.kit.time import day_of, day_starts
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Sort
from shopkeeper.selling.catalog.shapes_collections import (
    MOST_CONDITIONS,
    MOST_IDS,
    MOST_NAMED,
    Collection,
    CollectionDraft,
    CollectionKind,
    Condition,
    ConditionKind,
    Match,
    Part,
    Rule,
)

staff_router = Router(tags=["staff"])

NEEDED: dict[ConditionKind, tuple[str, ...]] = {
    ConditionKind.CATEGORY: ("categories",),
    ConditionKind.BRAND: ("brands",),
    ConditionKind.ANSWER: ("attribute", "choices"),
    ConditionKind.NAME: ("text",),
    ConditionKind.NEW: ("days",),
    ConditionKind.PRICE: ("price",),
    ConditionKind.REDUCED: (),
    ConditionKind.IN_STOCK: (),
}
"""What a condition says besides its kind."""

OF_A_RULE = {"category": "categories", "brand": "brands", "choice": "choices"}
"""What a condition calls that which a room names one of."""

OfOne = Annotated[list[Name], Field(max_length=MOST_IDS)]
Named = Annotated[list[Name], Field(max_length=MOST_NAMED)]


class PriceSpan(Sent):
    __doc__ = gettext_noop("From the least to the most a product costs, both included; null: that end is open.")

    least_minor: Minor | None = None
    most_minor: Minor | None = None
    currency: Text


class RuleCondition(Sent):
    __doc__ = gettext_noop(
        "One condition of a rule. `kind` says which field speaks: `category` any of the shelves in `categories`, `brand` any of `brands`, "
        "`answer` any of the `choices` of an `attribute`, `name` a `text` in the name, `new` put in within so many `days`, `price` a span; "
        "`reduced` and `in_stock` need none."
    )

    kind: ConditionKind
    categories: OfOne = []
    brands: OfOne = []
    attribute: Name | None = None
    choices: OfOne = []
    text: Text = ""
    days: Whole | None = None
    price: PriceSpan | None = None


class RuleData(Sent):
    __doc__ = gettext_noop("What goods a collection shows by itself: those that meet `all` conditions, or `any` of them; at most twelve.")

    match: Match = Match.ALL
    conditions: list[RuleCondition]


class CollectionData(Sent):
    __doc__ = gettext_noop(
        "A collection as staff write it, whole. `kind`: `hand`, its goods are named one by one, or `rule`, then `rule` says which. It is "
        "shown while `is_published` is true, from `starts_at` until `ends_at`; null: that end is open. `position` orders the menu."
    )

    slug: Name
    name: Words
    intro: Words = Words()
    kind: CollectionKind
    rule: RuleData | None = None
    drawing: Text = ""
    tint: Literal["", "seal", "d1", "d2", "d3", "d4", "d5", "d6"] = ""
    sort: Sort = Sort.FEATURED
    is_published: Flag = False
    is_in_menu: Flag = False
    position: Whole = 0
    starts_at: Moment | None = None
    ends_at: Moment | None = None


class StaffCollectionOut(Schema):
    __doc__ = gettext_noop(
        "A collection for staff: what stands in `collection` can be sent back as it is. `is_shown`: shoppers see it now."
    )

    id: int
    is_shown: bool
    collection: CollectionData


class WholeCollectionOut(StaffCollectionOut):
    __doc__ = gettext_noop(
        "A collection with the goods it names, by their slugs, in their order: chosen by hand, or put first where a rule fills it; "
        "`left_out` the rule does not show."
    )

    products: list[str]
    left_out: list[str]


class ArrangementIn(Sent):
    __doc__ = gettext_noop(
        "All goods a collection names, by their slugs, in their order: chosen by hand, or put first where a rule fills it. `left_out` only "
        "where a rule does. What is in neither list is named no longer; both together name 5,000 at most."
    )

    products: Named
    left_out: Named = []


class RulePreviewIn(Sent):
    __doc__ = gettext_noop(
        "A rule to be tried; with the id of a `collection` that a rule fills, what is named there already stands first or is left out."
    )

    rule: RuleData
    collection: LineNumber | None = None


class FoundByRule(Schema):
    slug: str
    name: Both


class RulePreviewOut(Schema):
    __doc__ = gettext_noop("How many goods a rule finds now, and the first twelve of them.")

    products: int
    first: list[FoundByRule]


@staff_router.get(
    "/collections",
    auth=StaffSession("catalog.view"),
    response=Paged[StaffCollectionOut],
    summary=gettext_noop("All collections by position, shown or not"),
)
def list_staff_collections(request: HttpRequest, page: PageNumber = 1, size: PageSize = 50) -> Paged[StaffCollectionOut]:
    found, known = together.read(catalog.collections, known_now)
    return paged_from(found, page, size, lambda each: _told(each, known))


@staff_router.post(
    "/collections",
    auth=StaffSession("catalog.save_collection"),
    response={201: WholeCollectionOut},
    openapi_extra=also(404, 409),
    summary=gettext_noop("Make a collection; its goods are named afterwards"),
)
def make_collection(request: HttpRequest, data: CollectionData, idempotency_key: RepeatKey = None) -> WholeCollectionOut:
    known = known_now()
    with called(**OF_A_RULE):
        made = goods_once.make_collection(draft=_draft(data, known), **under_key(request, idempotency_key))
    return _whole(made, known)


@staff_router.post(
    "/collections/preview",
    auth=StaffSession("catalog.save_collection"),
    response=RulePreviewOut,
    openapi_extra=also(404),
    summary=gettext_noop("What a rule finds now; nothing is saved"),
)
def preview_rule(request: HttpRequest, data: RulePreviewIn) -> RulePreviewOut:
    known = known_now()
    zone = known.shop.zone
    with called(**OF_A_RULE):
        found = flow.sample(
            _rule(data.rule, known), today=day_starts(day_of(timezone.now(), zone), zone), collection_id=_ruled(data.collection)
        )  # fmt: skip
    return RulePreviewOut(products=found.goods, first=[FoundByRule(slug=each.slug, name=both(each.name)) for each in found.first])


@staff_router.get(
    "/collections/{collection}",
    auth=StaffSession("catalog.view"),
    response=WholeCollectionOut,
    openapi_extra=also(404),
    summary=gettext_noop("One collection, shown or not, with the goods it names"),
)
def read_staff_collection(request: HttpRequest, collection: Number) -> WholeCollectionOut:
    return _whole(CollectionId(collection), known_now())


@staff_router.put(
    "/collections/{collection}",
    auth=StaffSession("catalog.save_collection"),
    response=WholeCollectionOut,
    openapi_extra=also(404, 409),
    summary=gettext_noop("Change a collection; the same again changes nothing"),
)
def change_collection(request: HttpRequest, collection: Number, data: CollectionData) -> WholeCollectionOut:
    known = known_now()
    with called(**OF_A_RULE):
        catalog.save_collection(collection_id=CollectionId(collection), draft=_draft(data, known), actor=actor(request), now=timezone.now())
    return _whole(CollectionId(collection), known)


@staff_router.put(
    "/collections/{collection}/products",
    auth=StaffSession("catalog.name_products"),
    response=WholeCollectionOut,
    openapi_extra=also(404, 409),
    summary=gettext_noop("Say which goods a collection names, in their order; the same again changes nothing"),
)
def arrange_collection(request: HttpRequest, collection: Number, data: ArrangementIn) -> WholeCollectionOut:
    with called(product="products"):
        products = products_of(data.products)
    with called(product="left_out"):
        left_out = products_of(data.left_out)
    catalog.arrange_collection(
        collection_id=CollectionId(collection), products=products, left_out=left_out, actor=actor(request), now=timezone.now()
    )
    return _whole(CollectionId(collection), known_now())


# ── as it is sent ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _draft(data: CollectionData, known: Known) -> CollectionDraft:
    # Whoever fills it by hand may leave out the rule; one that is sent all the same would be passed over.
    if data.kind is CollectionKind.HAND:
        refuse_unneeded(data, set(CollectionData.model_fields) - {"rule"})
    return CollectionDraft(
        slug=data.slug,
        name=bilingual(data.name),
        intro=bilingual(data.intro),
        kind=data.kind,
        rule=Rule() if data.rule is None else _rule(data.rule, known),
        drawing=data.drawing,
        tint=data.tint,
        sort=data.sort,
        is_published=data.is_published,
        is_in_menu=data.is_in_menu,
        position=data.position,
        starts_at=data.starts_at,
        ends_at=data.ends_at,
    )


def _rule(data: RuleData, known: Known) -> Rule:
    # Counted before anything is looked up.
    if len(data.conditions) > MOST_CONDITIONS:
        raise OutOfRange("rule", len(data.conditions), least=1, most=MOST_CONDITIONS)
    return Rule(match=data.match, conditions=tuple(_condition(each, known) for each in data.conditions))


def _ruled(number: int | None) -> CollectionId | None:
    """Return the collection in which a rule is tried: what somebody chose by hand is not named any more once a rule fills it."""
    if number is None:
        return None
    found = catalog.collection_by_id(CollectionId(number))
    if found.kind is CollectionKind.HAND:
        raise Malformed("collection", found.slug, expected="left_out")
    return found.id


def _condition(data: RuleCondition, known: Known) -> Condition:
    refuse_unneeded(data, {"kind", *NEEDED[data.kind]})
    if data.kind is ConditionKind.ANSWER:
        # An answer that is there no more is read as none: what was read may come back so.
        if not data.attribute or not data.choices:
            raise Malformed("choice" if data.attribute else "attribute", "", expected="answer")
        attribute = known.attribute(data.attribute)
        ids = tuple(int(choice_of(attribute, each)) for each in data.choices)
        return Condition(kind=data.kind, attribute_id=AttributeId(attribute.id), ids=ids)
    if data.price is not None:
        refuse_other_currency(data.price.currency, ours=known.currency)
    return Condition(
        kind=data.kind,
        ids=(*(known.shelf(each) for each in data.categories), *(known.brand(each) for each in data.brands)),
        text=data.text,
        days=data.days,
        least_minor=data.price.least_minor if data.price else None,
        most_minor=data.price.most_minor if data.price else None,
    )


# ── as it is told ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _whole(collection_id: CollectionId, known: Known) -> WholeCollectionOut:
    found, named = together.read(lambda: catalog.collection_by_id(collection_id), lambda: catalog.named_in(collection_id))
    return WholeCollectionOut(
        **dict(_told(found, known)), products=slugs_of(each.product_id for each in named if each.part is not Part.OUT),
        left_out=slugs_of(each.product_id for each in named if each.part is Part.OUT),
    )  # fmt: skip


def _told(found: Collection, known: Known) -> StaffCollectionOut:
    return StaffCollectionOut(id=found.id, is_shown=found.is_shown(timezone.now()), collection=_data(found, known))


def _data(found: Collection, known: Known) -> CollectionData:
    rule = None
    if found.kind is CollectionKind.RULE:
        conditions = [_condition_out(each, known) for each in found.rule.conditions]
        rule = RuleData(match=found.rule.match, conditions=conditions)
    return CollectionData(
        slug=found.slug, name=words_of(found.name), intro=words_of(found.intro),
        kind=found.kind, rule=rule, drawing=found.drawing, tint=found.tint,  # type: ignore[arg-type]
        sort=found.sort, is_published=found.is_published, is_in_menu=found.is_in_menu, position=found.position,
        starts_at=found.starts_at, ends_at=found.ends_at,
    )  # fmt: skip


def _condition_out(each: Condition, known: Known) -> RuleCondition:
    attributes, choices = known.codes()
    price = None
    if each.kind is ConditionKind.PRICE:
        price = PriceSpan(least_minor=each.least_minor, most_minor=each.most_minor, currency=known.currency)
    return RuleCondition(
        kind=each.kind,
        categories=[shelf.slug for shelf in known.shelves if each.kind is ConditionKind.CATEGORY and shelf.id in each.ids],
        brands=[brand.slug for brand in known.brands if each.kind is ConditionKind.BRAND and brand.id in each.ids],
        attribute=attributes.get(each.attribute_id) if each.attribute_id else None,
        choices=[choices[choice] for choice in each.ids if each.kind is ConditionKind.ANSWER and choice in choices],
        text=each.text,
        days=each.days,
        price=price,
    )
