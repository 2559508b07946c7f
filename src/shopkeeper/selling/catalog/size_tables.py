"""Size tables: measures by size, for shelves and for single goods. Part of the catalogue's face (`public`)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks
from shopkeeper.kit.ids import CategoryId, ProductId, SizeTableId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import option_models, option_store, store
from shopkeeper.selling.catalog.rules import limits
from shopkeeper.selling.catalog.rules import sizes as rules
from shopkeeper.selling.catalog.shapes_options import SizeColumn, SizeRow, SizeTable, SizeTableIsUsed

NOTHING = Bilingual()


def size_tables() -> tuple[SizeTable, ...]:
    """Return every size table by name."""
    return option_store.size_tables()


def size_table_by_id(size_table_id: SizeTableId) -> SizeTable:
    """Return a size table. Raises NotFound."""
    for each in option_store.size_tables():
        if each.id == size_table_id:
            return each
    raise NotFound("size_table", size_table_id)


def own_size_table(product_id: ProductId) -> SizeTableId | None:
    """Return which size table a product has of its own, None where its category's holds. Raises NotFound."""
    return option_store.own_size_table(product_id)


def shelves_with(size_table_id: SizeTableId) -> tuple[CategoryId, ...]:
    """Return the categories for which a size table holds."""
    return tuple(option_store.shelves_with(size_table_id))


@transaction.atomic
def save_size_table(
    *,
    size_table_id: SizeTableId | None,
    name: Bilingual,
    columns: Sequence[SizeColumn],
    rows: Sequence[SizeRow],
    category_ids: Sequence[CategoryId],
    actor: UserId | None,
    now: datetime,
    note: Bilingual = NOTHING,
) -> SizeTableId:
    """Make or change a size table, let it hold for these categories and the ones below them, and return its id.

    A category has one table: it takes this one in place of another. One that is so already stays untouched.

    Raises NotFound, OutOfRange, Malformed, BadSizeLine.
    """
    row = option_models.SizeTable() if size_table_id is None else option_store.lock_size_table(size_table_id)
    former = [] if size_table_id is None else option_store.shelves_with(size_table_id)
    before, said = (None, None) if size_table_id is None else (_fields(row, former), _said(row))
    tidy_name = checks.both_lines(name, field="name", least=1, most=limits.NAME)
    tidy_note = checks.both_lines(note, field="note", most=rules.NOTE)
    row.name_en, row.name_zh, row.note_en, row.note_zh = tidy_name.en, tidy_name.zh, tidy_note.en, tidy_note.zh
    heads = rules.tidy_columns(columns)
    row.columns = [{"name": [each.name.en, each.name.zh], "unit": each.unit} for each in heads]
    row.rows = [{"size": each.size, "cells": list(each.cells)} for each in rules.tidy_rows(rows, heads)]
    if size_table_id is not None and _said(row) == said and set(category_ids) == set(former):
        return size_table_id
    row.save()
    saved = SizeTableId(row.pk)
    for category_id in sorted({*category_ids, *former}):
        store.lock_category(category_id)
    option_store.attach(saved, category_ids)
    after = _fields(row, category_ids)
    audit.record(actor=actor, act="catalog.save_size_table", subject=f"size_table:{saved}", before=before, after=after, at=now)
    for category_id in sorted({*category_ids, *former}):
        events.record(facts.CategorySaved(category_id=category_id), at=now)
    for product_id, is_published in option_store.goods_with(saved):
        events.record(facts.ProductSaved(product_id=product_id, is_published=is_published), at=now)
    return saved


@transaction.atomic
def remove_size_table(*, size_table_id: SizeTableId, actor: UserId | None, now: datetime) -> None:
    """Take away a size table that holds for nothing. Raises NotFound, SizeTableIsUsed."""
    row = option_store.lock_size_table(size_table_id)
    uses = len(option_store.shelves_with(size_table_id)) + len(option_store.goods_with(size_table_id))
    if uses:
        raise SizeTableIsUsed(row.name_en or row.name_zh, uses)
    before = _fields(row, ())
    row.delete()
    audit.record(actor=actor, act="catalog.save_size_table", subject=f"size_table:{size_table_id}", before=before, after=None, at=now)


@transaction.atomic
def choose_size_table(*, product_id: ProductId, size_table_id: SizeTableId | None, actor: UserId | None, now: datetime) -> None:
    """Give a product a size table of its own, or none, so that its shelf's holds; the same again changes nothing. Raises NotFound."""
    row = store.lock_product(product_id)
    if row.size_table_id == size_table_id:
        return
    if size_table_id is not None:
        option_store.lock_size_table(size_table_id)
    before = {"size_table": row.size_table_id}
    row.size_table_id, row.changed_at = size_table_id, now
    row.save(update_fields=["size_table", "changed_at"])
    after = {"size_table": size_table_id}
    audit.record(actor=actor, act="catalog.choose_size_table", subject=f"product:{product_id}", before=before, after=after, at=now)
    events.record(facts.ProductSaved(product_id=product_id, is_published=row.is_published), at=now)


def _said(row: option_models.SizeTable) -> tuple[object, ...]:
    return (row.name_en, row.name_zh, row.note_en, row.note_zh, row.columns, row.rows)


def _fields(row: option_models.SizeTable, category_ids: Sequence[CategoryId]) -> dict[str, object]:
    said = {name: getattr(row, name) for name in ("name_en", "name_zh", "note_en", "note_zh")}
    rows = ["{} | {}".format(each["size"], " | ".join(each["cells"])) for each in row.rows]
    return said | {"columns": [each["name"][0] or each["name"][1] for each in row.columns], "rows": rows, "categories": list(category_ids)}
