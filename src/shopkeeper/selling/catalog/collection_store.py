"""Every query about collections: their rows, the products named in them, and the goods a rule finds."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count

from shopkeeper.kit.ids import CollectionId, ProductId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import collection_models as models
from shopkeeper.selling.catalog.rules import collections as rules
from shopkeeper.selling.catalog.shapes import SlugTaken, Sort
from shopkeeper.selling.catalog.shapes_collections import (
    Collection,
    CollectionKind,
    Condition,
    ConditionKind,
    Found,
    Match,
    Named,
    Part,
    Rule,
)

# ── rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def collections() -> tuple[Collection, ...]:
    """Return every collection by position: one query."""
    return tuple(_collection(row) for row in models.Collection.objects.order_by("position", "id"))


def _collection(row: models.Collection) -> Collection:
    return Collection(
        id=CollectionId(row.id),
        slug=row.slug,
        name=Bilingual(row.name_en, row.name_zh),
        intro=Bilingual(row.intro_en, row.intro_zh),
        drawing=row.drawing,
        tint=row.tint,
        kind=CollectionKind(row.kind),
        rule=rules.of_json(row.rule),
        sort=Sort(row.sort),
        is_published=row.is_published,
        is_in_menu=row.is_in_menu,
        position=row.position,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def lock(collection_id: CollectionId) -> models.Collection:
    """Return a collection's row, locked. Raises NotFound."""
    row = models.Collection.objects.select_for_update().filter(pk=collection_id).first()
    if row is None:
        raise NotFound("collection", collection_id)
    return row


def save(row: models.Collection) -> CollectionId:
    """Write a collection's row and return its id. Raises SlugTaken."""
    # Two people may choose the same name in the same second: the unique index has the last word.
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == "23505":
            raise SlugTaken(row.slug) from error
        raise
    return CollectionId(row.pk)


NEW = _collection(models.Collection(id=0, kind=CollectionKind.RULE.value))
"""A collection nobody saved yet: nothing is named in it."""


# ── products named in a collection ────────────────────────────────────────────────────────────────────────────────────


def named(collection_id: CollectionId) -> tuple[Named, ...]:
    """Return the products named in a collection, in their order: one query."""
    rows = models.CollectionProduct.objects.filter(collection=collection_id).order_by("part", "position", "id")
    return tuple(Named(product_id=ProductId(product), part=Part(part)) for product, part in rows.values_list("product_id", "part"))


def named_count(collection_ids: Sequence[int]) -> dict[int, int]:
    """Return how many products each of these collections names: one query."""
    rows = models.CollectionProduct.objects.filter(collection__in=collection_ids).order_by()
    return dict(rows.values_list("collection_id").annotate(n=Count("id")))


_NAME = """
    INSERT INTO catalog_collectionproduct (collection_id, product_id, part, position)
    SELECT %s, given.product, %s, %s + given.place - 1
    FROM unnest(%s::bigint[]) WITH ORDINALITY AS given (product, place)
    ON CONFLICT (collection_id, product_id) DO UPDATE SET part = EXCLUDED.part, position = EXCLUDED.position
"""


def put(collection_id: CollectionId, product_ids: Sequence[int], part: Part, *, first: int) -> None:
    """Name products in a collection from a position on, those that were named already anew: one statement. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM unnest(%s::bigint[]) AS id EXCEPT SELECT id FROM catalog_product", [list(product_ids)])
        if stranger := cursor.fetchone():
            raise NotFound("product", stranger[0])
        cursor.execute(_NAME, [collection_id, part.value, first, list(product_ids)])


def last_position(collection_id: CollectionId) -> int:
    """Return the position of the last product named in a collection, −1 where there is none: one query."""
    found = (
        models.CollectionProduct.objects.filter(collection=collection_id).order_by("-position").values_list("position", flat=True).first()
    )
    return -1 if found is None else found


def drop(collection_id: CollectionId, product_ids: Sequence[int] | None = None, *, parts: Sequence[Part] = tuple(Part)) -> int:
    """Name products (None: all) no longer, in these parts, and return how many were."""
    rows = models.CollectionProduct.objects.filter(collection=collection_id, part__in=[each.value for each in parts])
    if product_ids is not None:
        rows = rows.filter(product__in=list(product_ids))
    return rows.delete()[0]


# ── the goods a collection shows ──────────────────────────────────────────────────────────────────────────────────────

Outside = Mapping[Condition, Sequence[int]]

_FOUND = """
    SELECT coalesce(array_agg(p.id ORDER BY {order}), '{{}}'), count(*) FILTER (WHERE n.part = 'first')
    FROM catalog_product p LEFT JOIN catalog_collectionproduct n ON n.collection_id = %s AND n.product_id = p.id
    WHERE p.is_published AND (n.part IN ('in', 'first') OR (n.part IS NULL AND ({rule})))
"""
_PINNED = "(n.part IS DISTINCT FROM 'first'), CASE WHEN n.part = 'first' THEN n.position END, "
_ORDER: Mapping[Sort, str] = {
    Sort.FEATURED: "n.position, p.rank, p.id",
    Sort.NEWEST: "p.created_at DESC, p.id DESC",
    Sort.NAME: "lower(p.name_en), p.id",
}


def found(collection: Collection, *, sort: Sort | None, outside: Outside, since: Mapping[int, datetime]) -> Found:
    """Return a collection's published goods: in its own order (None), pinned ones at its head, or in another of the catalogue's; one query.

    `outside` gives the products that meet each condition the catalogue cannot decide; `since` the moment at which so many days began.
    """
    by_rule = collection.kind is CollectionKind.RULE
    words, values = where(collection.rule, outside, since) if by_rule else ("false", [])
    order = _ORDER.get(sort or collection.sort, _ORDER[Sort.FEATURED])
    statement = _FOUND.format(order=order if sort else _PINNED + order, rule=words)
    # Not prepared: what prices and stock found may be very many, looked up by hash only where the list stands in the words.
    with connection.cursor() as cursor:
        cursor.execute(statement, [collection.id, *values])
        ids, pinned = cursor.fetchone()
    return Found(ids=ids, pinned=0 if sort else pinned)


def where(rule: Rule, outside: Outside, since: Mapping[int, datetime]) -> tuple[str, list[Any]]:
    """Return a rule as words of SQL about a product `p`, with its values. Nothing a person wrote is among the words."""
    if not rule.conditions:
        return "false", []
    parts = [_words(each, outside, since) for each in rule.conditions]
    joined = (" AND " if rule.match is Match.ALL else " OR ").join(f"({words})" for words, _ in parts)
    return joined, [value for _, values in parts for value in values]


_SHELF = "p.category_id IN (SELECT c.id FROM catalog_category c WHERE c.id = ANY (%s::bigint[]) OR c.parent_id = ANY (%s::bigint[]))"
_ANSWER = "p.id IN (SELECT v.product_id FROM catalog_attributevalue v WHERE v.choice_id = ANY (%s::bigint[]))"


def _words(each: Condition, outside: Outside, since: Mapping[int, datetime]) -> tuple[str, list[Any]]:
    ids = list(each.ids)
    if each.kind is ConditionKind.CATEGORY:
        return _SHELF, [ids, ids]
    if each.kind is ConditionKind.BRAND:
        return "p.brand_id = ANY (%s::bigint[])", [ids]
    if each.kind is ConditionKind.ANSWER:
        return _ANSWER, [ids]
    if each.kind is ConditionKind.NAME:
        # Plain words: what a pattern would read as a wildcard is looked for as it is written.
        return "position(lower(%s) IN lower(p.name_en)) > 0 OR position(lower(%s) IN lower(p.name_zh)) > 0", [each.text, each.text]
    if each.kind is ConditionKind.NEW:
        return "p.created_at >= %s", [since[each.days or 0]]
    return "p.id = ANY (%s::bigint[])", [list(outside[each])]


def began(rule: Rule, today: datetime) -> dict[int, datetime]:
    """Return, for each number of days a rule speaks of, the moment at which they began; `today` is when this day did."""
    return {each.days: today - timedelta(days=each.days - 1) for each in rule.conditions if each.days}
