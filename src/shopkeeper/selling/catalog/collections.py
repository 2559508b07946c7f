"""Collections: goods shown together, chosen by hand or found by a rule. Part of the catalogue's face (`public`)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import CollectionId, ProductId, UserId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import collection_models as models
from shopkeeper.selling.catalog import collection_store, narrowing_store, store, trait_store
from shopkeeper.selling.catalog.rules import collections as rules
from shopkeeper.selling.catalog.rules import limits
from shopkeeper.selling.catalog.shapes import Facet, Narrowing, Sort
from shopkeeper.selling.catalog.shapes_collections import (
    MOST_NAMED,
    Collection,
    CollectionDraft,
    CollectionIsFull,
    CollectionKind,
    Condition,
    FilledByRule,
    Found,
    Named,
    Part,
    Rule,
)
from shopkeeper.selling.catalog.traits import BRAND_NAME, EVERYTHING


def collections() -> tuple[Collection, ...]:
    """Return every collection by position, shown or not."""
    return collection_store.collections()


def collection_by_id(collection_id: CollectionId) -> Collection:
    """Return a collection, shown or not. Raises NotFound."""
    for each in collection_store.collections():
        if each.id == collection_id:
            return each
    raise NotFound("collection", collection_id)


def named_in(collection_id: CollectionId) -> tuple[Named, ...]:
    """Return the products named in a collection, those of each part in their order."""
    return collection_store.named(collection_id)


def tidy_rule(rule: Rule) -> Rule:
    """Return a rule as it would be saved. Raises RuleIsEmpty, RuleContradicts, NotFound, Malformed, OutOfRange."""
    return rules.tidy(rule, _known())


def _known() -> rules.Known:
    categories = store.categories()
    return rules.Known(
        categories={each.id: frozenset({each.id, *(sub.id for sub in categories if sub.parent_id == each.id)}) for each in categories},
        brands=frozenset(each.id for each in trait_store.brands()),
        answers={each.id: frozenset(choice.id for choice in each.choices) for each in trait_store.attributes()},
    )


@transaction.atomic
def save_collection(*, collection_id: CollectionId | None, draft: CollectionDraft, actor: UserId | None, now: datetime) -> CollectionId:
    """Make or change a collection and return its id; one that is so already stays untouched.

    What was named for the other kind is named no longer when the kind changes.
    Raises SlugTaken, RuleIsEmpty, RuleContradicts, NotFound, Malformed, OutOfRange.
    """
    row = models.Collection() if collection_id is None else collection_store.lock(collection_id)
    before = None if collection_id is None else _fields(row)
    _write(row, draft)
    if collection_id is not None and _fields(row) == before:
        return collection_id
    row.changed_at = now
    saved = collection_store.save(row)
    collection_store.drop(saved, parts=(Part.IN,) if draft.kind is CollectionKind.RULE else (Part.FIRST, Part.OUT))
    audit.record(actor=actor, act="catalog.save_collection", subject=f"collection:{saved}", before=before, after=_fields(row), at=now)
    events.record(facts.CollectionSaved(collection_id=saved), at=now)
    return saved


def _write(row: models.Collection, draft: CollectionDraft) -> None:
    row.slug = checks.slug(draft.slug)
    name, intro = (
        checks.both_lines(draft.name, field="name", least=1, most=limits.NAME),
        checks.both_lines(draft.intro, field="intro", most=limits.INTRO),
    )
    row.name_en, row.name_zh, row.intro_en, row.intro_zh = name.en, name.zh, intro.en, intro.zh
    row.drawing, row.tint = checks.line(draft.drawing, field="drawing", most=40), checks.line(draft.tint, field="tint", most=20)
    row.kind, row.sort = draft.kind.value, draft.sort.value
    row.rule = rules.to_json(tidy_rule(draft.rule)) if draft.kind is CollectionKind.RULE else {}
    row.is_published, row.is_in_menu = draft.is_published, draft.is_in_menu
    row.position = checks.whole(draft.position, field="position", least=-1_000_000, most=1_000_000)
    if draft.starts_at and draft.ends_at and draft.ends_at <= draft.starts_at:
        raise Malformed("ends_at", draft.ends_at.isoformat(), expected="later")
    row.starts_at, row.ends_at = draft.starts_at, draft.ends_at


@transaction.atomic
def name_products(
    *, collection_id: CollectionId, part: Part, product_ids: Sequence[ProductId], actor: UserId | None, now: datetime
) -> None:
    """Name exactly these products in one part of a collection, in this order, in place of those there were; the same again changes nothing.

    By hand there is only the part “in”, of a rule only “first” and “out”; a product named in the other part moves.
    Raises FilledByRule, Malformed, CollectionIsFull, NotFound.
    """
    row = collection_store.lock(collection_id)
    if part is Part.IN and row.kind == CollectionKind.RULE.value:
        raise FilledByRule(row.slug)
    if part is not Part.IN and row.kind == CollectionKind.HAND.value:
        raise Malformed("part", part.value, expected="part")
    wanted = list(dict.fromkeys(product_ids))
    former = collection_store.named(collection_id)
    if _of_part(former, part) == wanted:
        return
    others = {each.product_id for each in former if each.part is not part} - set(wanted)
    if len(wanted) + len(others) > MOST_NAMED:
        raise CollectionIsFull(len(wanted) + len(others), MOST_NAMED)
    collection_store.drop(collection_id, parts=(part,))
    collection_store.put(collection_id, wanted, part, first=0)
    audit.record(
        actor=actor, act="catalog.name_products", subject=f"collection:{collection_id}", at=now,
        before={"part": part.value, "products": sum(each.part is part for each in former)},
        after={"part": part.value, "products": len(wanted)},
    )  # fmt: skip
    events.record(facts.CollectionSaved(collection_id=collection_id), at=now)


@transaction.atomic
def arrange_collection(
    *, collection_id: CollectionId, products: Sequence[ProductId], left_out: Sequence[ProductId], actor: UserId | None, now: datetime
) -> None:
    """Name these products in a collection in their order, and leave those out, in place of all that was; the same again changes nothing.

    What is named in both stands first. Raises NotFound, CollectionIsFull; Malformed where somebody fills the collection by hand and
    leaves goods out.
    """
    row = collection_store.lock(collection_id)
    chosen = list(dict.fromkeys(products))
    named_first = set(chosen)
    out = [each for each in dict.fromkeys(left_out) if each not in named_first]
    if len(chosen) + len(out) > MOST_NAMED:
        raise CollectionIsFull(len(chosen) + len(out), MOST_NAMED)
    wanted = {Part.FIRST: chosen, Part.OUT: out}
    if row.kind == CollectionKind.HAND.value:
        if out:
            raise Malformed("left_out", str(len(out)), expected="part")
        wanted = {Part.IN: chosen}
    former = collection_store.named(collection_id)
    # The part that shrinks makes room for the one that grows: only what is named in the end counts.
    for part in sorted(wanted, key=lambda part: len(wanted[part]) - len(_of_part(former, part))):
        name_products(collection_id=collection_id, part=part, product_ids=wanted[part], actor=actor, now=now)


def _of_part(named: Sequence[Named], part: Part) -> list[ProductId]:
    return [each.product_id for each in named if each.part is part]


def collected(
    collection: Collection, *, today: datetime, sort: Sort | None = None, outside: Mapping[Condition, Sequence[int]] | None = None
) -> Found:
    """Return a collection's published goods: in its own order, with what is pinned at its head, or in another of the catalogue's.

    One query, whatever the rule says. `today` is the moment at which this day began in the shop's zone, for what is new; `outside` the
    products that meet each condition of `collection.rule.outside`. Orders by price are `flows.collections`'s to make.
    """
    since = collection_store.began(collection.rule, today)
    return collection_store.found(collection, sort=sort, outside=outside or {}, since=since)


def collected_by(
    rule: Rule, *, today: datetime, outside: Mapping[Condition, Sequence[int]], collection_id: CollectionId | None = None
) -> Found:
    """Return what a rule that is not saved yet would find, as `collected` does, with what is named in its collection already.

    What somebody chose by hand is not named any more once a rule fills the collection.
    """
    trial = collection_by_id(collection_id) if collection_id else collection_store.NEW
    if trial.kind is CollectionKind.HAND:
        trial = collection_store.NEW
    trial = replace(trial, kind=CollectionKind.RULE, rule=rule)
    return collection_store.found(trial, sort=None, outside=outside, since=collection_store.began(rule, today))


def facets_of(product_ids: Sequence[int], wanted: Narrowing = EVERYTHING) -> tuple[Facet, ...]:
    """Return the questions that part these products, as `facets` does those of a shelf."""
    among = narrowing_store.these(product_ids)
    if not wanted:
        known, makers, found = together.read(trait_store.attributes, trait_store.brands, lambda: narrowing_store.counted(among))
        return trait_store.facets(found, wanted, known, makers, BRAND_NAME)
    known, makers = together.read(trait_store.attributes, trait_store.brands)
    pairs = trait_store.pairs(wanted, known, makers)
    whole, left = together.read(lambda: narrowing_store.counted(among), lambda: narrowing_store.left(among, pairs))
    return trait_store.facets(narrowing_store.with_the_whole(left, pairs, whole), wanted, known, makers, BRAND_NAME)


def narrowed_of(product_ids: Sequence[int], wanted: Narrowing) -> tuple[int, ...]:
    """Return those of these products that are as wanted, in their order."""
    pairs = trait_store.pairs(wanted, trait_store.attributes(), trait_store.brands())
    left = set(narrowing_store.ids(narrowing_store.these(product_ids), pairs, order="p.id")) if pairs else set()
    return tuple(each for each in product_ids if each in left)


def _fields(row: models.Collection) -> dict[str, object]:
    names = ("slug", "name_en", "name_zh", "intro_en", "intro_zh", "drawing", "tint", "sort", "is_published", "is_in_menu")
    moments = {name: getattr(row, name) and getattr(row, name).astimezone(UTC).isoformat() for name in ("starts_at", "ends_at")}
    return {name: getattr(row, name) for name in (*names, "position")} | moments | {"filled": row.kind, "rule": row.rule}
