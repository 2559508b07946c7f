"""Brands, attributes, what is said of goods by them, and shelves narrowed down by it. Part of the catalogue's face (`public`)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import AttributeId, BrandId, CategoryId, ProductId, UserId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import models, narrowing_store, store, trait_store
from shopkeeper.selling.catalog.options import follow_attribute
from shopkeeper.selling.catalog.rules import limits
from shopkeeper.selling.catalog.rules import traits as rules
from shopkeeper.selling.catalog.shapes import (
    Attribute,
    Brand,
    ChoiceDraft,
    Facet,
    KindIsUsed,
    Narrowing,
    Sort,
    Trait,
    TraitDraft,
    TraitKind,
)
from shopkeeper.selling.catalog.versions import noting

if TYPE_CHECKING:
    import polars as pl

NOTHING = Bilingual()
BRAND_NAME = Bilingual("Brand", "品牌")


def brands() -> tuple[Brand, ...]:
    """Return every brand by name."""
    return trait_store.brands()


def brand_by_id(brand_id: BrandId) -> Brand:
    """Return a brand. Raises NotFound."""
    for each in trait_store.brands():
        if each.id == brand_id:
            return each
    raise NotFound("brand", brand_id)


@transaction.atomic
def save_brand(
    *, brand_id: BrandId | None, slug: str, name: Bilingual, actor: UserId | None, now: datetime, intro: Bilingual = NOTHING
) -> BrandId:
    """Make or change a brand and return its id; one that is so already stays untouched.

    Raises SlugTaken, NotFound, OutOfRange, Malformed.
    """
    row = models.Brand() if brand_id is None else trait_store.lock_brand(brand_id)
    before = None if brand_id is None else _brand_fields(row)
    row.slug = checks.slug(slug)
    tidy_name, tidy_intro = (
        checks.both_lines(name, field="name", least=1, most=limits.NAME),
        checks.both_lines(intro, field="intro", most=limits.INTRO),
    )
    row.name_en, row.name_zh, row.intro_en, row.intro_zh = tidy_name.en, tidy_name.zh, tidy_intro.en, tidy_intro.zh
    if brand_id is not None and _brand_fields(row) == before:
        return brand_id
    saved = trait_store.save_brand(row)
    audit.record(actor=actor, act="catalog.save_brand", subject=f"brand:{saved}", before=before, after=_brand_fields(row), at=now)
    events.record(facts.BrandSaved(brand_id=saved), at=now)
    return saved


def attributes() -> tuple[Attribute, ...]:
    """Return every attribute in its order, with its answers."""
    return trait_store.attributes()


def attribute_by_id(attribute_id: AttributeId) -> Attribute:
    """Return an attribute. Raises NotFound."""
    for each in trait_store.attributes():
        if each.id == attribute_id:
            return each
    raise NotFound("attribute", attribute_id)


@transaction.atomic
def save_attribute(
    *,
    attribute_id: AttributeId | None,
    code: str,
    name: Bilingual,
    kind: TraitKind,
    actor: UserId | None,
    now: datetime,
    unit: str = "",
    is_filter: bool = False,
    position: int = 0,
    choices: Sequence[ChoiceDraft] = (),
) -> AttributeId:
    """Make or change an attribute with its answers, in the order given, and return its id; one that is so already stays untouched.

    Raises CodeTaken, KindIsUsed and ChoiceIsUsed where goods are described by it already, Malformed (shoppers narrow down by choices only),
    NotFound, OutOfRange.
    """
    drafts = rules.tidy_choices(kind, choices)
    if is_filter and kind is not TraitKind.CHOICE:
        raise Malformed("is_filter", kind.value, expected="choices")
    row = models.Attribute() if attribute_id is None else trait_store.lock_attribute(attribute_id)
    before = None if attribute_id is None else _attribute_fields(row)
    if attribute_id is not None and row.kind != kind.value and (products := trait_store.described_by(attribute_id)):
        raise KindIsUsed(kind.value, products)
    tidy = checks.both_lines(name, field="name", least=1, most=limits.NAME)
    row.code, row.name_en, row.name_zh, row.kind, row.is_filter = rules.code(code), tidy.en, tidy.zh, kind.value, is_filter
    row.unit = checks.line(unit, field="unit", most=rules.UNIT)
    row.position = checks.whole(position, field="position", least=-1_000_000, most=1_000_000)
    if attribute_id is not None and _attribute_fields(row) == before and drafts == _answers_now(attribute_id):
        return attribute_id
    saved = trait_store.save_attribute(row)
    trait_store.save_choices(saved, drafts)
    follow_attribute(saved, now)
    after = _attribute_fields(row) | {"choices": [each.code for each in drafts]}
    audit.record(actor=actor, act="catalog.save_attribute", subject=f"attribute:{saved}", before=before, after=after, at=now)
    events.record(facts.AttributeSaved(attribute_id=saved), at=now)
    return saved


def traits(product_ids: Sequence[ProductId]) -> dict[ProductId, tuple[Trait, ...]]:
    """Return what is said of these products, in the attributes' order; products of which nothing is said are left out."""
    return trait_store.traits(product_ids) if product_ids else {}


@transaction.atomic
def describe(*, product_id: ProductId, brand_id: BrandId | None, traits: Sequence[TraitDraft], actor: UserId | None, now: datetime) -> None:
    """Say of a product who makes it and all its attributes; what is left out is no longer said, what is so already stays untouched.

    Raises NotFound, Malformed, OutOfRange.
    """
    row = store.lock_product(product_id)
    known: Mapping[int, Attribute] = {each.id: each for each in trait_store.attributes()}
    drafts = rules.tidy_traits(traits, known)
    present = trait_store.traits([product_id]).get(product_id, ())
    if brand_id == row.brand_id and _held(drafts) == _held(_drafts(present)):
        return
    before: dict[str, object] = {"brand_id": row.brand_id} | _said(present)
    if brand_id is not None and brand_id != row.brand_id:
        trait_store.lock_brand(brand_id)
    with noting([product_id], actor=actor, now=now):
        row.brand_id, row.changed_at = brand_id, now
        row.save(update_fields=["brand", "changed_at"])
        trait_store.save_traits(product_id, drafts)
    after = {"brand_id": brand_id} | _said(trait_store.traits([product_id]).get(product_id, ()))
    audit.record(actor=actor, act="catalog.describe", subject=f"product:{product_id}", before=before, after=after, at=now)
    events.record(facts.ProductSaved(product_id=product_id, is_published=row.is_published), at=now)


def narrowing(
    asked: Mapping[str, Sequence[str]], *, attributes: Sequence[Attribute] | None = None, brands: Sequence[Brand] | None = None
) -> Narrowing:
    """Return what an address asks of a shelf, of the questions and answers there are; the rest of it is passed over.

    Whoever has read attributes and brands already gives them.
    """
    known = trait_store.attributes() if attributes is None else attributes
    makers = trait_store.brands() if brands is None else brands
    return rules.narrowing(asked, known, [each.slug for each in makers])


EVERYTHING = Narrowing()


def counted(category_id: CategoryId | None) -> Mapping[tuple[int, int], int]:
    """Return how many of a shelf's published goods hold each answer, by question (an attribute's id, 0 the brand) and answer."""
    return narrowing_store.counted(narrowing_store.on_shelves(_shelves(category_id)))


def facets(
    category_id: CategoryId | None, wanted: Narrowing = EVERYTHING, *, whole: Mapping[tuple[int, int], int] | None = None
) -> tuple[Facet, ...]:
    """Return the questions that part a shelf's published goods, each answer with what would be left, all others as they are answered.

    Whoever has read `counted` of this shelf already gives it as `whole`.
    """
    known, makers, shelves = _asked_of(category_id)
    among, pairs = narrowing_store.on_shelves(shelves), trait_store.pairs(wanted, known, makers)
    every = narrowing_store.counted(among) if whole is None else whole
    found = narrowing_store.counts(among, pairs, every) if pairs else every
    return trait_store.facets(found, wanted, known, makers, BRAND_NAME)


def held(product_ids: Sequence[ProductId]) -> Mapping[int, Sequence[tuple[int, int]]]:
    """Return which answers published products hold, by question (an attribute's id, 0 the brand), as shelves count them."""
    return trait_store.held(product_ids) if product_ids else {}


def facets_counted(
    counts: Mapping[tuple[int, int], int],
    wanted: Narrowing = EVERYTHING,
    *,
    attributes: Sequence[Attribute] | None = None,
    brands: Sequence[Brand] | None = None,
) -> tuple[Facet, ...]:
    """Return the questions that part goods which somebody else found and counted: by question (an attribute's id, 0 the brand) and answer.

    Whoever has read attributes and brands already gives them.
    """
    known = trait_store.attributes() if attributes is None else attributes
    makers = trait_store.brands() if brands is None else brands
    return trait_store.facets(counts, wanted, known, makers, BRAND_NAME)


def narrowed_ids(category_id: CategoryId | None, wanted: Narrowing, sort: Sort = Sort.FEATURED) -> tuple[ProductId, ...]:
    """Return a shelf's published products that are as wanted, in order. Raises Malformed for an order that needs prices."""
    if sort not in (Sort.FEATURED, Sort.NEWEST, Sort.NAME):
        raise Malformed("sort", str(sort), expected="sort")
    known, makers, shelves = _asked_of(category_id)
    pairs = trait_store.pairs(wanted, known, makers)
    return narrowing_store.ids(narrowing_store.on_shelves(shelves), pairs, order=trait_store.ORDER[sort]) if pairs else ()


def _asked_of(category_id: CategoryId | None) -> tuple[tuple[Attribute, ...], tuple[Brand, ...], list[int] | None]:
    """Return every attribute and brand, and the shelves a shelf is made of: one statement."""
    known, makers, shelves = together.read(trait_store.attributes, trait_store.brands, lambda: _shelves(category_id))
    return known, makers, shelves


def _shelves(category_id: CategoryId | None) -> list[int] | None:
    if category_id is None:
        return None
    return [category_id, *(each.id for each in store.categories() if each.parent_id == category_id)]


@transaction.atomic
def import_attributes(*, frame: "pl.DataFrame") -> int:
    """Add the attributes and answers that are not known yet, as filters, in the frame's order; return how many answers were added.

    One row is an answer: `attribute attribute_en attribute_zh choice choice_en choice_zh swatch` (text). Known ones stay as they are.
    """
    import polars as pl

    from shopkeeper.kit import bulk

    bulk.refuse_missing(frame, "attribute", "choice")
    with connection.cursor() as cursor:
        bulk.stage(cursor, "intake_attribute", frame.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64)))
        return trait_store.put_attributes(cursor)


@transaction.atomic
def import_traits(*, frame: "pl.DataFrame") -> int:
    """Say of goods what a rule read from their names, and return how many answers were added.

    One row is one answer: `product_id` (int), `attribute` and `choice` (codes; unknown ones are passed over). Goods of which anything is
    said by an attribute already stay as they are, so a second run changes nothing. No facts: whoever imports indexes afterwards.
    """
    from shopkeeper.kit import bulk

    bulk.refuse_missing(frame, "product_id", "attribute", "choice")
    with connection.cursor() as cursor:
        bulk.stage(cursor, "intake_trait", frame.select("product_id", "attribute", "choice"))
        return trait_store.put_derived(cursor)


def _said(found: Sequence[Trait]) -> dict[str, object]:
    return {"traits": [f"{each.code}: {_answer(each)}" for each in found]}


def _answer(trait: Trait) -> str:
    if trait.number is not None:
        return f"{trait.number:f}"
    return ", ".join(choice.code for choice in trait.choices) or trait.text.en or trait.text.zh


def _drafts(found: Sequence[Trait]) -> list[TraitDraft]:
    return [
        TraitDraft(attribute_id=each.attribute_id, choice_ids=tuple(x.id for x in each.choices), number=each.number, text=each.text)
        for each in found
    ]


def _held(drafts: Sequence[TraitDraft]) -> dict[tuple[int, int | None], tuple[object, ...]]:
    return {key: (draft.number, draft.text) for key, draft in trait_store.keys(drafts).items()}


def _answers_now(attribute_id: AttributeId) -> list[ChoiceDraft]:
    """Return an attribute's answers as they would be saved again."""
    return [ChoiceDraft(id=each.id, code=each.code, name=each.name, swatch=each.swatch) for each in attribute_by_id(attribute_id).choices]


def _brand_fields(row: models.Brand) -> dict[str, object]:
    return {name: getattr(row, name) for name in ("slug", "name_en", "name_zh", "intro_en", "intro_zh")}


def _attribute_fields(row: models.Attribute) -> dict[str, object]:
    return {name: getattr(row, name) for name in ("code", "name_en", "name_zh", "kind", "unit", "is_filter", "position")}
