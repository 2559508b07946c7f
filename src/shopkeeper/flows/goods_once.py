"""What staff make of goods over a line that may break: sent twice under one idempotency key, it is made, changed or taken back once."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from shopkeeper.flows import change_many
from shopkeeper.kit.ids import AttributeId, BrandId, CategoryId, CollectionId, ProductId, SizeTableId, UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.requests import public as requests
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import ChoiceDraft, TraitKind
from shopkeeper.selling.catalog.shapes_collections import CollectionDraft, Edit, EditRun
from shopkeeper.selling.catalog.shapes_options import SizeColumn, SizeRow


def make_collection(*, draft: CollectionDraft, actor: UserId, now: datetime, key: str | None = None) -> CollectionId:
    """Make a collection and return its id; repeating the key repeats the answer. Raises as `catalog.save_collection`, and KeyReused."""
    made = _once(
        "catalog.save_collection", {"draft": _plain(draft)},
        lambda: catalog.save_collection(collection_id=None, draft=draft, actor=actor, now=now), key=key, now=now,
    )  # fmt: skip
    return CollectionId(made)


def make_brand(*, slug: str, name: Bilingual, intro: Bilingual, actor: UserId, now: datetime, key: str | None = None) -> BrandId:
    """Make a brand and return its id; repeating the key repeats the answer. Raises SlugTaken, OutOfRange, Malformed, KeyReused."""
    made = _once(
        "catalog.save_brand", {"slug": slug, "name": _plain(name), "intro": _plain(intro)},
        lambda: catalog.save_brand(brand_id=None, slug=slug, name=name, intro=intro, actor=actor, now=now), key=key, now=now,
    )  # fmt: skip
    return BrandId(made)


def make_category(
    *,
    slug: str,
    name: Bilingual,
    intro: Bilingual,
    parent_id: CategoryId | None,
    drawing: str,
    position: int,
    actor: UserId,
    now: datetime,
    key: str | None = None,
) -> CategoryId:
    """Make a category and return its id; repeating the key repeats the answer. Raises as `catalog.save_category`, and KeyReused."""

    def work() -> int:
        return catalog.save_category(
            category_id=None, slug=slug, name=name, intro=intro, parent_id=parent_id, drawing=drawing, position=position, actor=actor,
            now=now,
        )  # fmt: skip

    asked = {
        "slug": slug, "name": _plain(name), "intro": _plain(intro), "parent": parent_id, "drawing": drawing, "position": position,
    }  # fmt: skip
    return CategoryId(_once("catalog.save_category", asked, work, key=key, now=now))


def make_attribute(
    *,
    code: str,
    name: Bilingual,
    kind: TraitKind,
    unit: str,
    is_filter: bool,
    position: int,
    choices: Sequence[ChoiceDraft],
    actor: UserId,
    now: datetime,
    key: str | None = None,
) -> AttributeId:
    """Make an attribute and return its id; repeating the key repeats the answer. Raises as `catalog.save_attribute`, and KeyReused."""

    def work() -> int:
        return catalog.save_attribute(
            attribute_id=None, code=code, name=name, kind=kind, unit=unit, is_filter=is_filter, position=position, choices=choices,
            actor=actor, now=now,
        )  # fmt: skip

    asked = {
        "code": code, "name": _plain(name), "kind": kind.value, "unit": unit, "is_filter": is_filter, "position": position,
        "choices": [_plain(each) for each in choices],
    }  # fmt: skip
    return AttributeId(_once("catalog.save_attribute", asked, work, key=key, now=now))


def make_size_table(
    *,
    name: Bilingual,
    note: Bilingual,
    columns: Sequence[SizeColumn],
    rows: Sequence[SizeRow],
    category_ids: Sequence[CategoryId],
    actor: UserId,
    now: datetime,
    key: str | None = None,
) -> SizeTableId:
    """Make a size table and return its id; repeating the key repeats the answer. Raises as `catalog.save_size_table`, and KeyReused."""

    def work() -> int:
        return catalog.save_size_table(
            size_table_id=None, name=name, note=note, columns=columns, rows=rows, category_ids=category_ids, actor=actor, now=now
        )

    asked = {
        "name": _plain(name), "note": _plain(note), "columns": [_plain(each) for each in columns], "rows": [_plain(each) for each in rows],
        "categories": sorted(category_ids),
    }  # fmt: skip
    return SizeTableId(_once("catalog.save_size_table", asked, work, key=key, now=now))


# ── many products ─────────────────────────────────────────────────────────────────────────────────────────────────────


def change(*, product_ids: Sequence[ProductId], edit: Edit, reason: str, actor: UserId, now: datetime, key: str | None = None) -> EditRun:
    """Do one thing to many products and return how far it is now; repeating the key begins nothing anew.

    Prices are begun under the key and changed after it, slice by slice, as without one. Raises as `change_many.change` does, and KeyReused.
    """
    begun = _once(
        "catalog.edit_products", {"products": list(product_ids), "edit": _plain(edit), "reason": reason},
        lambda: change_many.begin(product_ids=product_ids, edit=edit, reason=reason, actor=actor, now=now).id, key=key, now=now,
    )  # fmt: skip
    return change_many.go_on(begun, now)


def undo(*, edit_id: int, actor: UserId, now: datetime, key: str | None = None) -> EditRun:
    """Set back what the last edit changed and return how far that is now; repeating the key repeats nothing.

    Raises as `change_many.undo` does, and KeyReused.
    """
    _once(
        "catalog.undo_edit", {"edit": edit_id}, lambda: change_many.begin_undo(edit_id=edit_id, actor=actor, now=now).id, key=key, now=now
    )  # fmt: skip
    return change_many.go_on(edit_id, now)


def stop(*, edit_id: int, actor: UserId, now: datetime, key: str | None = None) -> EditRun:
    """Stop an edit under way and return it; one that is not under way stays as it is. Raises NotFound, KeyReused."""
    _once("catalog.stop_edit", {"edit": edit_id}, lambda: change_many.stop(edit_id=edit_id, actor=actor, now=now).id, key=key, now=now)
    return catalog.edit_run(edit_id)


def _plain(said: Any) -> Any:
    """Return what a shape says as JSON that a key is held against."""
    return json.loads(json.dumps(asdict(said), default=str))


def _once(act: str, asked: dict[str, Any], work: Callable[[], int], *, key: str | None, now: datetime) -> int:
    answer = requests.once(key=key, asker=requests.STAFF, act=act, asked=asked, work=lambda: {"id": work()}, now=now)
    return int(answer["id"])
