"""Every query of edits of many products: what they say before, and writing what they say after; a fixed number of queries for a chunk."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from shopkeeper.kit.ids import ProductId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import collection_models, models
from shopkeeper.selling.catalog.shapes_collections import Edit, EditKind, RowOutcome, RowState

State = dict[str, Any]

SHOWN = frozenset({EditKind.PUBLISH, EditKind.UNPUBLISH})
SAID = frozenset({EditKind.ANSWER, EditKind.NO_ANSWER})
NAMED = frozenset({EditKind.COLLECT, EditKind.DROP})
_COLUMNS: Mapping[EditKind, tuple[str, ...]] = {
    EditKind.PUBLISH: ("is_published",),
    EditKind.UNPUBLISH: ("is_published",),
    EditKind.CATEGORY: ("category_id", "is_category_derived"),
    EditKind.BRAND: ("brand_id",),
}


def names(product_ids: Sequence[int], *, lock: bool = False) -> dict[ProductId, Bilingual]:
    """Return what these products are called, in their order; unknown ids are left out. Their rows are locked where that is asked."""
    if lock:
        # By id, so that two edits never wait for each other crosswise.
        list(models.Product.objects.select_for_update().filter(pk__in=product_ids).order_by("pk").values_list("pk", flat=True))
    found = {
        row[0]: Bilingual(*row[1:]) for row in models.Product.objects.filter(pk__in=product_ids).values_list("id", "name_en", "name_zh")
    }
    return {ProductId(each): found[each] for each in dict.fromkeys(product_ids) if each in found}


def states(edit: Edit, product_ids: Sequence[int]) -> dict[int, State]:
    """Return what these products say of what an edit is about: one query."""
    wanted = list(product_ids)
    if edit.kind in SAID:
        return _said(edit.target, wanted)
    if edit.kind in NAMED:
        rows = collection_models.CollectionProduct.objects.filter(collection=edit.target, product__in=wanted, part="in")
        places = dict(rows.values_list("product_id", "position"))
        return {each: {"position": places.get(each)} for each in wanted}
    if edit.kind is EditKind.WEIGHT:
        weights: dict[int, dict[str, int]] = {each: {} for each in wanted}
        for product, variant, weight in models.Variant.objects.filter(product__in=wanted).values_list("product_id", "id", "weight_g"):
            weights[product][str(variant)] = weight
        return {each: {"weights": weights[each]} for each in wanted}
    columns = _COLUMNS[edit.kind]
    found = models.Product.objects.filter(pk__in=wanted).values_list("id", *columns)
    return {row[0]: dict(zip(columns, row[1:], strict=True)) for row in found}


def _said(attribute: int | None, product_ids: Sequence[int]) -> dict[int, State]:
    rows: defaultdict[int, list[list[Any]]] = defaultdict(list)
    found = models.AttributeValue.objects.filter(attribute=attribute, product__in=product_ids).order_by("choice_id", "id")
    for product, choice, number, en, zh, derived in found.values_list(
        "product_id", "choice_id", "number", "text_en", "text_zh", "is_derived"
    ):
        rows[product].append([choice, None if number is None else str(number), en, zh, derived])
    return {each: {"said": rows[each]} for each in product_ids}


def possible(edit: Edit, wanted: Mapping[int, State]) -> dict[int, State]:
    """Return those of these states that can be written: the shelf, brand or answer they name is there still; one query at most."""
    if edit.kind in SAID:
        rows: QuerySet[Any] = models.AttributeChoice.objects.filter(attribute=edit.target)
        named: dict[int, set[Any]] = {product: {said[0] for said in state["said"]} for product, state in wanted.items()}
    elif edit.kind in (EditKind.CATEGORY, EditKind.BRAND):
        rows = models.Category.objects.all() if edit.kind is EditKind.CATEGORY else models.Brand.objects.all()
        named = {product: {state[_COLUMNS[edit.kind][0]]} for product, state in wanted.items()}
    else:
        return dict(wanted)
    # Held until the end of the transaction, so that none of them goes while it is written.
    there = set(rows.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk", flat=True)) | {None}
    return {product: state for product, state in wanted.items() if named[product] <= there}


def write(edit: Edit, wanted: Mapping[int, State], now: datetime) -> None:
    """Make these products say this; what else they say stays."""
    if not wanted:
        return
    if edit.kind in SAID:
        _write_said(edit.target or 0, wanted)
    elif edit.kind in NAMED:
        _write_named(edit.target or 0, wanted)
    elif edit.kind is EditKind.WEIGHT:
        weights = {int(variant): weight for state in wanted.values() for variant, weight in state["weights"].items()}
        _run(
            """UPDATE catalog_variant v SET weight_g = s.weight FROM unnest(%s::bigint[], %s::integer[]) AS s (id, weight)
               WHERE v.id = s.id""",
            [list(weights), list(weights.values())],
        )
    else:
        _write_columns(_COLUMNS[edit.kind], wanted)
    if edit.kind not in NAMED:
        _run("UPDATE catalog_product SET changed_at = %s WHERE id = ANY (%s)", [now, list(wanted)])


def _write_columns(columns: Sequence[str], wanted: Mapping[int, State]) -> None:
    # The columns' names are this module's own.
    sets, types = ", ".join(f"{each} = s.{each}" for each in columns), {"is_published": "boolean", "is_category_derived": "boolean"}
    typed = ", ".join(f"{each} {types.get(each, 'bigint')}" for each in columns)
    rows = json.dumps([{"id": product, **state} for product, state in wanted.items()])
    _run(f"UPDATE catalog_product p SET {sets} FROM jsonb_to_recordset(%s::jsonb) AS s (id bigint, {typed}) WHERE p.id = s.id", [rows])  # noqa: S608


def _write_said(attribute: int, wanted: Mapping[int, State]) -> None:
    models.AttributeValue.objects.filter(attribute=attribute, product__in=list(wanted)).delete()
    models.AttributeValue.objects.bulk_create(
        [
            models.AttributeValue(
                product_id=product, attribute_id=attribute, choice_id=choice, number=number, text_en=en, text_zh=zh, is_derived=derived
            )
            for product, state in wanted.items()
            for choice, number, en, zh, derived in state["said"]
        ],
        batch_size=1_000,
    )


def _write_named(collection: int, wanted: Mapping[int, State]) -> None:
    rows = collection_models.CollectionProduct.objects
    rows.filter(collection=collection, product__in=list(wanted), part="in").delete()
    rows.bulk_create(
        [
            collection_models.CollectionProduct(collection_id=collection, product_id=product, part="in", position=state["position"])
            for product, state in wanted.items()
            if state["position"] is not None
        ],
        batch_size=1_000,
    )


def published(product_ids: Sequence[int]) -> dict[int, bool]:
    """Return whether each of these products is in the shop: one query."""
    return dict(models.Product.objects.filter(pk__in=product_ids).values_list("id", "is_published"))


def keep_rows(edit_id: int, before: Mapping[int, State], after: Mapping[int, State]) -> None:
    """Remember what each product said before an edit and after it."""
    collection_models.BulkEditRow.objects.bulk_create(
        [collection_models.BulkEditRow(edit_id=edit_id, product_id=each, before=before[each], after=after[each]) for each in after],
        batch_size=1_000,
    )


def forget_rows(before: datetime) -> None:
    """Forget what stood before edits that cannot be undone any more; those under way need it still."""
    collection_models.BulkEditRow.objects.filter(edit__at__lt=before).exclude(edit__state__in=["running", "undoing"]).delete()


def keep_states(edit_id: int, product_ids: Iterable[int], state: RowState) -> None:
    """Write down that products of an edit are due, in their order, or what became of those it does not change."""
    rows = collection_models.BulkEditRow
    rows.objects.bulk_create(
        [rows(edit_id=edit_id, product_id=each, before={}, after={}, state=state.value) for each in product_ids], batch_size=1_000
    )


def rows(edit_id: int, state: str, size: int) -> list[tuple[int, State, State]]:
    """Return the first products of an edit in a state, with what they said before and after, in their order: one query."""
    found = collection_models.BulkEditRow.objects.filter(edit=edit_id, state=state).order_by("id")
    return list(found.values_list("product_id", "before", "after")[:size])


def counts(edit_id: int) -> dict[str, int]:
    """Return how many products of an edit are in each state, and under `odd` how many of those done or put back have a refusal too."""
    found = collection_models.BulkEditRow.objects.filter(edit=edit_id).values_list("state").annotate(
        n=Count("id"), odd=Count("id", filter=~Q(refusal=""))
    )  # fmt: skip
    whole = {state: (n, odd) for state, n, odd in found}
    return {state: n for state, (n, _odd) in whole.items()} | {"odd": sum(whole.get(each, (0, 0))[1] for each in ("done", "back"))}


def refusals(edit_id: int) -> dict[str, int]:
    """Return how many products, or prices of them, were left for which reason: one query."""
    found = collection_models.BulkEditRow.objects.filter(edit=edit_id).exclude(refusal="")
    return dict(found.values_list("refusal").annotate(n=Count("id")).order_by("-n", "refusal"))


def save_outcomes(edit_id: int, found: Sequence[RowOutcome]) -> None:
    """Write what became of these products; what they said before and after only where it is told."""
    statement = """
        UPDATE catalog_bulkeditrow r SET state = n.state, refusal = n.refusal,
               before = CASE WHEN n.after = '{}' THEN r.before ELSE n.before END,
               after = CASE WHEN n.after = '{}' THEN r.after ELSE n.after END
        FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::jsonb[], %s::jsonb[]) AS n (product_id, state, refusal, before, after)
        WHERE r.edit_id = %s AND r.product_id = n.product_id
    """
    columns: list[list[Any]] = [
        [each.product_id for each in found],
        [each.state.value for each in found],
        [each.refusal for each in found],
        [json.dumps(each.before) for each in found],
        [json.dumps(each.after) for each in found],
    ]
    _run(statement, [*columns, edit_id])


def _run(statement: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
