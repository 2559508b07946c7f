"""Routes for staff: a product's draft, its way into the shop, and its versions."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.lookups import Known, choice_of, known_now, product_of
from shopkeeper.doors.api.options import OptionAnswer, ProductOption, option_drafts
from shopkeeper.doors.api.staff import StaffSession, actor
from shopkeeper.doors.api.values import Flag, Moment, Name, Number, Paged, PageNumber, PageSize, Sent, Text, Whole, Words, paged
from shopkeeper.flows import drafts
from shopkeeper.kit import together
from shopkeeper.kit.ids import ProductId, RevisionId, VariantId
from shopkeeper.kit.refusals import Malformed
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import TraitDraft
from shopkeeper.selling.catalog.shapes_drafts import Kept, Version, VersionVariant, Working
from shopkeeper.selling.catalog.shapes_options import MOST_OPTIONS, OptionValueDraft

staff_router = Router(tags=["staff"])

Paragraphs = Annotated[str, Field(max_length=10_000)]


class LongWords(Sent):
    __doc__ = gettext_noop("A description as staff wrote it, in paragraphs: one of the languages may be empty.")

    en: Paragraphs = ""
    zh: Paragraphs = ""


class DraftVariant(Sent):
    __doc__ = gettext_noop(
        "A variant of a version: without `id` it is new; one left out goes off sale. `stands` names one answer of each option, by place "
        "from 0: [[0, 1], [1, 0]] is the second answer of the first option and the first of the second."
    )

    id: Number | None = None
    sku: Name
    option: Words = Words()
    weight_g: Whole = 0
    is_sellable: Flag = True
    stands: Annotated[list[tuple[Whole, Whole]], Field(max_length=3)] = []


class DraftTrait(Sent):
    __doc__ = gettext_noop("What is said by an attribute, named by its code: `choices` by their codes, a `number`, or a `text`.")

    attribute: Name
    choices: Annotated[list[Name], Field(max_length=60)] = []
    number: Text | None = None
    text: Words = Words()


class VersionData(Sent):
    __doc__ = gettext_noop(
        "All that staff say of a product at one moment. Prices, stock and pictures are not in it. `category` and `brand` are slugs or null."
    )

    slug: Name
    name: Words
    text: LongWords = LongWords()
    category: Name | None = None
    brand: Name | None = None
    photo_url: Text = ""
    options: Annotated[list[ProductOption], Field(max_length=MOST_OPTIONS)] = []
    variants: Annotated[list[DraftVariant], Field(max_length=200)]
    traits: Annotated[list[DraftTrait], Field(max_length=200)] = []


class DraftIn(Sent):
    __doc__ = gettext_noop(
        "A draft in place of the one before. `instead_of` is the draft the caller read, 0 where there was none: where another was kept "
        "since, nothing is changed. Left out, it does not matter."
    )

    version: VersionData
    instead_of: Annotated[int, Field(strict=True, ge=0)] | None = None


class FailureOut(Schema):
    __doc__ = gettext_noop("Why what was due did not happen.")

    code: str
    field: str
    value: str
    at: datetime


class DraftOut(Schema):
    __doc__ = gettext_noop(
        "How the work on a product stands. `draft_id` is null where there is no draft: then `version` is what is live. `mark` names what "
        "is live now: sent back with a request, it is refused where the product was changed since."
    )

    product: str
    is_published: bool
    draft_id: int | None
    draft_at: datetime | None
    go_live_at: datetime | None
    expire_at: datetime | None
    failure: FailureOut | None
    mark: str
    version: VersionData


class GoLiveIn(Sent):
    __doc__ = gettext_noop("Which draft goes live. Sent again, it is done once.")

    draft_id: Annotated[int, Field(strict=True, ge=1)]
    mark: Name | None = None


class PlanIn(Sent):
    __doc__ = gettext_noop("When the draft goes live and the product goes off; a moment left out is not planned.")

    draft_id: Annotated[int, Field(strict=True, ge=1)] | None = None
    go_live_at: Moment | None = None
    expire_at: Moment | None = None
    mark: Name | None = None


class DraftStepOut(Schema):
    step: str
    at: datetime


class KeptOut(Schema):
    __doc__ = gettext_noop("A version in the history, and what happened to it, first to last.")

    id: int
    at: datetime
    steps: list[DraftStepOut]
    version: VersionData


class PieceOut(Schema):
    kind: str
    text: str


class VersionDifferenceOut(Schema):
    __doc__ = gettext_noop(
        "A field that two versions say differently; null: it is not there at all. `pieces` are the words of a text that are the same in "
        "both, `in` the later one only, or `out` of it."
    )

    field: str
    about: str
    before: str | None
    after: str | None
    pieces: list[PieceOut]


class VersionsComparedOut(Schema):
    items: list[VersionDifferenceOut]


# ── the draft ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@staff_router.get(
    "/products/{slug}/draft",
    auth=StaffSession("catalog.view"),
    response=DraftOut,
    summary=gettext_noop("A product’s draft, else what is live"),
)
def read_draft(request: HttpRequest, slug: Name) -> DraftOut:
    return _out(product_of(slug))


@staff_router.put(
    "/products/{slug}/draft",
    auth=StaffSession("catalog.keep_draft"),
    response=DraftOut,
    openapi_extra=also(409),
    summary=gettext_noop("Keep a draft: shoppers see nothing of it"),
)
def keep_draft(request: HttpRequest, slug: Name, data: DraftIn) -> DraftOut:
    product_id = product_of(slug)
    catalog.keep_draft(
        product_id=product_id, version=_version(data.version, known_now()), actor=actor(request), now=timezone.now(),
        began_with=None if data.instead_of is None else RevisionId(data.instead_of),
    )  # fmt: skip
    return _out(product_id)


@staff_router.delete(
    "/products/{slug}/draft",
    auth=StaffSession("catalog.keep_draft"),
    response={204: None},
    openapi_extra=also(409),
    summary=gettext_noop("Throw the draft away; it stays in the history"),
)
def discard_draft(request: HttpRequest, slug: Name) -> tuple[int, None]:
    catalog.discard_draft(product_id=product_of(slug), actor=actor(request), now=timezone.now())
    return 204, None


@staff_router.post(
    "/products/{slug}/draft/publication",
    auth=StaffSession("catalog.publish_draft"),
    response=DraftOut,
    openapi_extra=also(409),
    summary=gettext_noop("Let a draft go live now"),
)
def publish_draft(request: HttpRequest, slug: Name, data: GoLiveIn) -> DraftOut:
    product_id = product_of(slug)
    drafts.publish(product_id=product_id, revision_id=RevisionId(data.draft_id), seen=data.mark, actor=actor(request), now=timezone.now())
    return _out(product_id)


@staff_router.put(
    "/products/{slug}/draft/plan",
    auth=StaffSession("catalog.publish_draft"),
    response=DraftOut,
    openapi_extra=also(409),
    summary=gettext_noop("Let a draft go live, or a product go off, at a moment"),
)
def plan_draft(request: HttpRequest, slug: Name, data: PlanIn) -> DraftOut:
    product_id = product_of(slug)
    if data.go_live_at is None and data.expire_at is None:
        raise Malformed("go_live_at", "", expected="moment")
    drafts.schedule(
        product_id=product_id,
        revision_id=None if data.draft_id is None else RevisionId(data.draft_id),
        go_live_at=data.go_live_at,
        expire_at=data.expire_at,
        seen=data.mark,
        actor=actor(request),
        now=timezone.now(),
    )
    return _out(product_id)


@staff_router.delete(
    "/products/{slug}/draft/plan",
    auth=StaffSession("catalog.publish_draft"),
    response={204: None},
    summary=gettext_noop("Plan nothing any more, and put aside what failed"),
)
def unplan_draft(request: HttpRequest, slug: Name) -> tuple[int, None]:
    catalog.unschedule_draft(product_id=product_of(slug), actor=actor(request), now=timezone.now())
    return 204, None


# ── versions ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@staff_router.get(
    "/products/{slug}/versions",
    auth=StaffSession("catalog.view"),
    response=Paged[KeptOut],
    summary=gettext_noop("Everything that was ever kept or shown of a product, newest first"),
)
def list_versions(request: HttpRequest, slug: Name, page: PageNumber = 1, size: PageSize = 25) -> Paged[KeptOut]:
    found, known = catalog.versions(product_of(slug), number=page, size=size), known_now()
    return paged(found, (_kept(each, known) for each in found.items))


@staff_router.get(
    "/products/{slug}/versions/compared",
    auth=StaffSession("catalog.view"),
    response=VersionsComparedOut,
    summary=gettext_noop("What a later version says otherwise than an earlier one"),
)
def compare_versions(
    request: HttpRequest, slug: Name, before: Annotated[int, Query(ge=1, le=2**31 - 1)], after: Annotated[int, Query(ge=1, le=2**31 - 1)]
) -> VersionsComparedOut:
    product_id = product_of(slug)
    older, newer = catalog.version(product_id, RevisionId(before)), catalog.version(product_id, RevisionId(after))
    found = catalog.compare_versions(older.version, newer.version, language=translation.get_language() or "en")
    return VersionsComparedOut(
        items=[
            VersionDifferenceOut(
                field=each.field, about=each.about, before=each.before, after=each.after,
                pieces=[PieceOut(kind=piece.kind, text=piece.text) for piece in each.pieces],
            )
            for each in found
        ]
    )  # fmt: skip


@staff_router.post(
    "/products/{slug}/versions/{version}/draft",
    auth=StaffSession("catalog.keep_draft"),
    response=DraftOut,
    summary=gettext_noop("Make an earlier version the draft"),
)
def draft_again(request: HttpRequest, slug: Name, version: Number) -> DraftOut:
    product_id = product_of(slug)
    catalog.draft_again(product_id=product_id, revision_id=RevisionId(version), actor=actor(request), now=timezone.now())
    return _out(product_id)


# ── between the door and the room ───────────────────────────────────────────────────────────────────────────────────────


def _version(data: VersionData, known: Known) -> Version:
    return Version(
        slug=data.slug,
        name=Bilingual(data.name.en, data.name.zh),
        text=Bilingual(data.text.en, data.text.zh),
        category_id=None if data.category is None else known.shelf(data.category),
        brand_id=None if data.brand is None else known.brand(data.brand),
        photo_url=data.photo_url,
        options=tuple(option_drafts(data.options, attributes={each.code: each for each in known.attributes})),
        variants=tuple(
            VersionVariant(
                id=None if each.id is None else VariantId(each.id), sku=each.sku, option=Bilingual(each.option.en, each.option.zh),
                weight_g=each.weight_g, is_sellable=each.is_sellable, stands=tuple(each.stands),
            )
            for each in data.variants
        ),
        traits=tuple(trait_draft(each, known) for each in data.traits),
    )  # fmt: skip


def trait_draft(data: DraftTrait, known: Known) -> TraitDraft:
    """Return what is said by an attribute, by its id. Raises NotFound, Malformed."""
    attribute = known.attribute(data.attribute)
    try:
        number = None if data.number is None else Decimal(data.number)
    except InvalidOperation as wrong:
        raise Malformed("trait", data.number, expected="trait_number") from wrong
    if number is not None and not number.is_finite():
        raise Malformed("trait", data.number, expected="trait_number")
    return TraitDraft(
        attribute_id=attribute.id,
        choice_ids=tuple(choice_of(attribute, each) for each in data.choices),
        number=number,
        text=Bilingual(data.text.en, data.text.zh),
    )


def _out(product_id: ProductId) -> DraftOut:
    found: Working
    found, known = together.read(lambda: catalog.working(product_id), known_now)
    desk = found.desk
    return DraftOut(
        product=found.live.slug, is_published=found.is_published, draft_id=desk.draft_id, draft_at=desk.draft_at,
        go_live_at=desk.go_live_at, expire_at=desk.expire_at, mark=found.mark, version=_data(found.version, known),
        failure=FailureOut(code=desk.failure.code, field=desk.failure.field, value=desk.failure.value, at=desk.failure.at)
        if desk.failure else None,
    )  # fmt: skip


def _kept(found: Kept, known: Known) -> KeptOut:
    steps = [DraftStepOut(step=each.step.value, at=each.at) for each in found.steps]
    return KeptOut(id=found.id, at=found.at, steps=steps, version=_data(found.version, known))


def _data(found: Version, known: Known) -> VersionData:
    attributes, choices = known.codes()

    def value(each: OptionValueDraft) -> OptionAnswer:
        choice = choices.get(each.choice_id) if each.choice_id else None
        return OptionAnswer(id=each.id, name=_words(each.name), swatch=each.swatch, choice=choice)

    return VersionData(
        slug=found.slug, name=_words(found.name), text=LongWords(en=found.text.en, zh=found.text.zh),
        category=known.shelf_slug(found.category_id), brand=known.brand_slug(found.brand_id), photo_url=found.photo_url,
        options=[
            ProductOption(
                id=option.id, name=_words(option.name), attribute=attributes.get(option.attribute_id) if option.attribute_id else None,
                values=[value(each) for each in option.values],
            )
            for option in found.options
        ],
        variants=[
            DraftVariant(
                id=each.id, sku=each.sku, option=_words(each.option), weight_g=each.weight_g, is_sellable=each.is_sellable,
                stands=list(each.stands),
            )
            for each in found.variants
        ],
        traits=traits_out(found.traits, known),
    )  # fmt: skip


def traits_out(said: Iterable[TraitDraft], known: Known) -> list[DraftTrait]:
    """Return what is said by attributes as it would be sent again."""
    attributes, choices = known.codes()
    return [
        DraftTrait(
            attribute=attributes[each.attribute_id], choices=[choices[choice] for choice in each.choice_ids if choice in choices],
            number=None if each.number is None else f"{each.number:f}", text=_words(each.text),
        )
        for each in said
        if each.attribute_id in attributes
    ]  # fmt: skip


def _words(text: Bilingual) -> Words:
    return Words(en=text.en, zh=text.zh)
