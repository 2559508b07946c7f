"""One thing done to many products at once: looked at before, done as a whole, undone within a day. Part of the face (`public`)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks
from shopkeeper.kit.ids import AttributeId, BrandId, CategoryId, CollectionId, ProductId, UserId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import bulk_store, collection_store, draft_store, store, trait_store
from shopkeeper.selling.catalog.bulk_store import NAMED, State
from shopkeeper.selling.catalog.collection_models import BulkEdit, BulkEditRow
from shopkeeper.selling.catalog.rules import limits
from shopkeeper.selling.catalog.shapes import TraitKind
from shopkeeper.selling.catalog.shapes_collections import (
    MOST_NAMED,
    UNDER_WAY,
    Change,
    CollectionIsFull,
    CollectionKind,
    Edit,
    EditKind,
    EditTooOld,
    EditUnderWay,
    FilledByRule,
    Preview,
    PriceHow,
    PriceStep,
    RowOutcome,
    RowState,
    RunState,
    TooManyAtOnce,
    Undone,
)
from shopkeeper.selling.catalog.shapes_drafts import SecondPersonNeeded
from shopkeeper.selling.catalog.versions import noting

MOST_AT_ONCE = 10_000
CHUNK = 1_000
FIRST = 12
UNDO_FOR = timedelta(days=1)


def preview_edit(*, product_ids: Sequence[ProductId], edit: Edit) -> Preview:
    """Return what an edit would come to; what would need a second person is refused one by one. Raises as `edit_products` does."""
    wanted = wanted_of(product_ids)
    check(edit)
    called = bulk_store.names(wanted)
    before, after = planned(edit, list(called))
    barred = set(_for_two(edit, before, after))
    changed = [each for each in after if each not in barred]
    first = tuple(
        Change(product_id=ProductId(each), name=called[ProductId(each)], before=before[each], after=after[each]) for each in changed[:FIRST]
    )
    gone = [(ProductId(each), NotFound.code) for each in wanted if each not in called]
    refused = (*gone, *((ProductId(each), SecondPersonNeeded.code) for each in after if each in barred))
    return Preview(changed=len(changed), same=len(called) - len(after), first=first, refused=refused)


def _for_two(edit: Edit, before: Mapping[int, State], after: Mapping[int, State]) -> list[int]:
    """Return those of which shoppers would see something else, in a shop that asks a second person first: as `noting` will judge."""
    if edit.kind in NAMED or edit.kind is EditKind.UNPUBLISH or not draft_store.needs_second_person():
        return []
    changed = [each for each in after if _seen(before[each]) != _seen(after[each])]
    if edit.kind is EditKind.PUBLISH:
        return changed
    shown = bulk_store.published(changed)
    return [each for each in changed if shown[each]]


def _seen(state: State) -> object:
    # Whether a rule read an answer from the name is nothing that shoppers see.
    return [row[:-1] for row in state["said"]] if "said" in state else state


@transaction.atomic
def edit_products(*, product_ids: Sequence[ProductId], edit: Edit, reason: str, actor: UserId | None, now: datetime) -> tuple[int, Preview]:
    """Do one thing to many products and return the edit's id with what it came to; all of it is done, or nothing.

    What is so already stays untouched; products that do not exist are named as refused. Raises TooManyAtOnce, NotFound for what the edit is
    about, FilledByRule, CollectionIsFull, Malformed, OutOfRange.
    """
    tidy, wanted = checks.line(reason, field="reason", least=1, most=200), wanted_of(product_ids)
    # The collection before its goods, as whoever names goods in it does: crosswise, each would wait for the other.
    check(edit, lock=True)
    called = bulk_store.names(wanted, lock=True)
    bulk_store.forget_rows(now - UNDO_FOR)
    before, after = planned(edit, list(called))
    row = BulkEdit.objects.create(
        kind=edit.kind.value, wish=wish_of(edit), reason=tidy, actor_id=actor, at=now, products=len(after), wanted=len(called),
        worked=len(called),
    )  # fmt: skip
    with noting(told(edit, after), actor=actor, now=now):
        for some in _chunks(after):
            bulk_store.write(edit, some, now)
            bulk_store.keep_rows(row.pk, before, some)
    bulk_store.keep_states(row.pk, [each for each in called if each not in after], RowState.SAME)
    audit.record(
        actor=actor, act="catalog.edit_products", subject=f"bulk_edit:{row.pk}", before=None, at=now,
        after={"edit": edit.kind.value, **wish_of(edit), "reason": tidy, "products": len(after)},
    )  # fmt: skip
    tell(edit, list(after), now)
    refused = tuple((ProductId(each), NotFound.code) for each in wanted if each not in called)
    return row.pk, Preview(changed=len(after), same=len(called) - len(after), first=(), refused=refused)


@transaction.atomic
def undo_edit(*, edit_id: int, actor: UserId | None, now: datetime) -> Undone:
    """Set back what the last edit changed, where nobody changed it since and what they said before is still there.

    One that was worked off in slices is undone so (`begin_undo`). Raises EditTooOld, EditUnderWay, NotFound; of a collection FilledByRule
    where a rule fills it now, CollectionIsFull where there is no room left.
    """
    row = to_undo(edit_id, now)
    edit = edit_of(row)
    kept = {
        product: (before, after)
        for product, before, after in BulkEditRow.objects.filter(edit=row, state=RowState.DONE).values_list("product_id", "before", "after")
    }
    if edit.kind in NAMED:
        check(edit, lock=True)
    bulk_store.names(list(kept), lock=True)
    present = bulk_store.states(edit, list(kept))
    back = {product: before for product, (before, after) in kept.items() if present.get(product) == after}
    back = bulk_store.possible(edit, back)
    if edit.kind in NAMED:
        has_room(CollectionId(edit.target or 0), sum(back[each]["position"] is not None for each in back))
    with noting(told(edit, back), actor=actor, now=now):
        for some in _chunks(back):
            bulk_store.write(edit, some, now)
    bulk_store.save_outcomes(
        edit_id,
        [RowOutcome(product_id=ProductId(each), state=RowState.BACK if each in back else RowState.LEFT) for each in kept],
    )
    row.undone_at, row.undone_by_id, row.set_back, row.state = now, actor, len(back), RunState.UNDONE
    row.save(update_fields=["undone_at", "undone_by", "set_back", "state"])
    audit.record(
        actor=actor, act="catalog.undo_edit", subject=f"bulk_edit:{edit_id}", before=None, at=now,
        after={"products": len(back), "left": len(kept) - len(back)},
    )  # fmt: skip
    tell(edit, list(back), now)
    return Undone(set_back=len(back), left=len(kept) - len(back))


def to_undo(edit_id: int, now: datetime) -> BulkEdit:
    """Return the row of an edit that can be undone now, locked. Raises NotFound, EditUnderWay, EditTooOld."""
    row = BulkEdit.objects.select_for_update().filter(pk=edit_id).first() if 0 < edit_id < 2**63 else None
    if row is None:
        raise NotFound("edit", edit_id)
    if row.state in UNDER_WAY:
        raise EditUnderWay(edit_id)
    if row.undone_at is not None or row.at < now - UNDO_FOR or BulkEdit.objects.filter(pk__gt=edit_id, undone_at=None).exists():
        raise EditTooOld(edit_id)
    return row


def wanted_of(product_ids: Sequence[ProductId]) -> list[int]:
    """Return the products of an edit, each once. Raises Malformed for none, TooManyAtOnce."""
    wanted: list[int] = list(dict.fromkeys(product_ids))
    if not wanted:
        raise Malformed("products", "", expected="products")
    if len(wanted) > MOST_AT_ONCE:
        raise TooManyAtOnce(len(wanted), MOST_AT_ONCE)
    return wanted


def check(edit: Edit, *, lock: bool = False) -> None:
    """Refuse an edit about what is not there, or about prices. Raises NotFound, FilledByRule, Malformed, OutOfRange."""
    if edit.kind is EditKind.PRICE:
        # Whoever carries these out knows prices (`flows.change_many`).
        raise Malformed("kind", edit.kind.value, expected="choice")
    if edit.kind is EditKind.WEIGHT:
        checks.whole(edit.weight_g, field="weight_g", least=0, most=limits.MOST_WEIGHT_G)
    if edit.kind is EditKind.CATEGORY and edit.target is not None and edit.target not in {each.id for each in store.categories()}:
        raise NotFound("category", CategoryId(edit.target))
    if edit.kind is EditKind.BRAND and edit.target is not None and edit.target not in {each.id for each in trait_store.brands()}:
        raise NotFound("brand", BrandId(edit.target))
    if edit.kind in bulk_store.SAID:
        _check_answer(edit)
    if edit.kind in NAMED:
        _check_collection(edit, lock)


def _check_answer(edit: Edit) -> None:
    attribute = next((each for each in trait_store.attributes() if each.id == edit.target), None)
    if attribute is None:
        raise NotFound("attribute", AttributeId(edit.target or 0))
    if edit.kind is EditKind.NO_ANSWER:
        return
    if attribute.kind is not TraitKind.CHOICE or not edit.choice_ids:
        raise Malformed("choices", attribute.code, expected="answers")
    for each in edit.choice_ids:
        if each not in {choice.id for choice in attribute.choices}:
            raise NotFound("choice", each)


def _check_collection(edit: Edit, lock: bool) -> None:
    known = {each.id: each for each in collection_store.collections()}
    found = known.get(CollectionId(edit.target or 0))
    if found is None:
        raise NotFound("collection", edit.target)
    if found.kind is CollectionKind.RULE:
        raise FilledByRule(found.slug)
    if lock:
        collection_store.lock(found.id)


def planned(edit: Edit, product_ids: Sequence[int]) -> tuple[dict[int, State], dict[int, State]]:
    """Return what the products say before, and what those say after that are to change."""
    before = bulk_store.states(edit, product_ids)
    wanted = (
        _collected(edit, product_ids, before)
        if edit.kind is EditKind.COLLECT
        else {each: _after(edit, before[each]) for each in product_ids}
    )
    return before, {each: state for each, state in wanted.items() if state != before[each]}


def _after(edit: Edit, before: State) -> State:
    plain: Mapping[EditKind, State] = {
        EditKind.PUBLISH: {"is_published": True},
        EditKind.UNPUBLISH: {"is_published": False},
        EditKind.CATEGORY: {"category_id": edit.target, "is_category_derived": False},
        EditKind.BRAND: {"brand_id": edit.target},
        EditKind.ANSWER: {"said": [[each, None, "", "", False] for each in sorted(set(edit.choice_ids))]},
        EditKind.NO_ANSWER: {"said": []},
        EditKind.DROP: {"position": None},
    }
    if edit.kind is EditKind.WEIGHT:
        return {"weights": dict.fromkeys(before["weights"], edit.weight_g)}
    if edit.kind is EditKind.CATEGORY and before["category_id"] == edit.target:
        return before
    return plain[edit.kind]


def _collected(edit: Edit, product_ids: Sequence[int], before: Mapping[int, State]) -> dict[int, State]:
    """Return the products with places behind those that are in the collection already."""
    collection = CollectionId(edit.target or 0)
    new = [each for each in product_ids if before[each]["position"] is None]
    has_room(collection, len(new))
    first = collection_store.last_position(collection) + 1
    return {each: {"position": first + place} for place, each in enumerate(new)}


def has_room(collection: CollectionId, new: int) -> None:
    """Refuse more products than a collection names. Raises CollectionIsFull."""
    full = collection_store.named_count([collection]).get(collection, 0) + new
    if new and full > MOST_NAMED:
        raise CollectionIsFull(full, MOST_NAMED)


def _chunks(states: Mapping[int, State]) -> Iterator[dict[int, State]]:
    items = list(states.items())
    for first in range(0, len(items), CHUNK):
        yield dict(items[first : first + CHUNK])


def told(edit: Edit, states: Mapping[int, State]) -> list[ProductId]:
    """Return the products whose versions an edit changes: what a collection names is in none."""
    return [] if edit.kind in NAMED else [ProductId(each) for each in states]


def tell(edit: Edit, product_ids: Sequence[int], now: datetime) -> None:
    """Record the facts of an edit of these products."""
    if edit.kind in NAMED:
        if product_ids:
            events.record(facts.CollectionSaved(collection_id=edit.target or 0), at=now)
        return
    shown = bulk_store.published(product_ids)
    events.record_many([facts.ProductSaved(product_id=each, is_published=shown[each]) for each in product_ids], at=now)


def wish_of(edit: Edit) -> dict[str, Any]:
    """Return what an edit wishes as it is kept."""
    plain = {"target": edit.target, "choice_ids": list(edit.choice_ids), "weight_g": edit.weight_g}
    return plain if edit.price is None else {**plain, "price": asdict(edit.price)}


def edit_of(row: BulkEdit) -> Edit:
    """Return the edit of a row."""
    wish = row.wish
    step = wish.get("price")
    return Edit(
        kind=EditKind(row.kind), target=wish["target"], choice_ids=tuple(wish["choice_ids"]), weight_g=wish["weight_g"],
        price=None if step is None else PriceStep(**{**step, "how": PriceHow(step["how"])}),
    )  # fmt: skip
