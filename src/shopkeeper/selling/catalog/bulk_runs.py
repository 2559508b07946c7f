"""A large edit of products, worked off slice by slice: each slice is one transaction, so a killed process is gone on from where it was.

Part of the face (`public`). `flows.change_many` puts the slices one after the other, and carries out those about prices.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import CollectionId, ProductId, UserId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound, Refusal
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import bulk, bulk_store
from shopkeeper.selling.catalog.bulk_store import NAMED
from shopkeeper.selling.catalog.collection_models import BulkEdit
from shopkeeper.selling.catalog.shapes_collections import UNDER_WAY, Edit, EditKind, EditRun, RowOutcome, RowState, RunState
from shopkeeper.selling.catalog.versions import noting

MOST_ON_A_PAGE = 200


@transaction.atomic
def begin_run(*, product_ids: Sequence[ProductId], edit: Edit, reason: str, actor: UserId | None, now: datetime) -> EditRun:
    """Write down which products an edit is to go through, and return it; nothing is changed yet, and products that are gone are left out.

    Raises TooManyAtOnce, NotFound for what the edit is about, FilledByRule, Malformed, OutOfRange.
    """
    tidy, wanted = checks.line(reason, field="reason", least=1, most=200), bulk.wanted_of(product_ids)
    if edit.kind is not EditKind.PRICE:
        bulk.check(edit)
    there = list(bulk_store.names(wanted))
    bulk_store.forget_rows(now - bulk.UNDO_FOR)
    row = BulkEdit.objects.create(
        kind=edit.kind.value, wish=bulk.wish_of(edit), reason=tidy, actor_id=actor, at=now, products=0, state=RunState.RUNNING,
        wanted=len(there),
    )  # fmt: skip
    bulk_store.keep_states(row.pk, there, RowState.DUE)
    audit.record(
        actor=actor, act="catalog.edit_products", subject=f"bulk_edit:{row.pk}", before=None, at=now,
        after={"edit": edit.kind.value, **bulk.wish_of(edit), "reason": tidy, "products": len(there)},
    )  # fmt: skip
    return _run(row)


def edit_run(edit_id: int) -> EditRun:
    """Return an edit and how far it is. Raises NotFound."""
    row = BulkEdit.objects.filter(pk=edit_id).first() if 0 < edit_id < 2**63 else None
    if row is None:
        raise NotFound("edit", edit_id)
    return _run(row)


def edit_runs(*, number: int = 1, size: int = 50) -> Page[EditRun]:
    """Return one page of the edits, the latest first. Raises OutOfRange for a page that cannot be."""
    checks.whole(number, field="page", least=1, most=1_000_000)
    checks.whole(size, field="size", least=1, most=MOST_ON_A_PAGE)
    rows, total = together.read(
        lambda: list(BulkEdit.objects.order_by("-at", "-pk")[(number - 1) * size : number * size]), BulkEdit.objects.count
    )
    return Page(items=tuple(_run(row) for row in rows), total=total, number=number, size=size)


def runs_under_way() -> tuple[EditRun, ...]:
    """Return the edits, and the undoings, that the program has to work on, the first begun first."""
    return tuple(_run(row) for row in BulkEdit.objects.filter(state__in=list(UNDER_WAY)).order_by("id"))


def run_counts(edit_id: int) -> Mapping[str, int]:
    """Return how many products of an edit are in each state (`RowState`); `odd`: done but for some prices.

    Rows are kept for a day, and forgotten when another edit begins: no state at all then, though the edit went through products.
    """
    return bulk_store.counts(edit_id)


def run_refusals(edit_id: int) -> Mapping[str, int]:
    """Return how many products, or some of their prices, were left for which reason, by the refusal's code."""
    return bulk_store.refusals(edit_id)


def lock_run(edit_id: int) -> EditRun:
    """Return an edit, locked until the caller's transaction ends. Raises NotFound."""
    return _run(_locked(edit_id))


def products_due(edit_id: int, *, size: int) -> tuple[ProductId, ...]:
    """Return the next products an edit has to go through, in their order."""
    return tuple(ProductId(each) for each, _before, _after in bulk_store.rows(edit_id, RowState.DUE, size))


def products_done(edit_id: int, *, size: int) -> tuple[RowOutcome, ...]:
    """Return the next products that an undoing has to go through, with what they said before and after."""
    return tuple(
        RowOutcome(product_id=ProductId(each), state=RowState.DONE, before=before, after=after)
        for each, before, after in bulk_store.rows(edit_id, RowState.DONE, size)
    )


def note_outcomes(edit_id: int, outcomes: Sequence[RowOutcome]) -> None:
    """Write down what became of these products; in the transaction that changed them, the edit locked."""
    row = _locked(edit_id)
    bulk_store.save_outcomes(edit_id, outcomes)
    row.worked += len(outcomes)
    row.products += sum(each.state is RowState.DONE for each in outcomes)
    row.set_back += sum(each.state is RowState.BACK for each in outcomes)
    row.breaks, row.broken = 0, ""
    row.save(update_fields=["worked", "products", "set_back", "breaks", "broken"])


@transaction.atomic
def change_some(edit_id: int, *, size: int, now: datetime) -> None:
    """Carry an edit out on the next products; what somebody's rule forbids for one of them leaves that one alone. Raises NotFound."""
    run = lock_run(edit_id)
    due = products_due(edit_id, size=size)
    if run.state is RunState.RUNNING and due:
        note_outcomes(edit_id, _changed(run, due, now))


@transaction.atomic
def undo_some(edit_id: int, *, size: int, now: datetime) -> None:
    """Set the next products back, where nobody changed them since and what they said before is still there. Raises NotFound."""
    run = lock_run(edit_id)
    done = products_done(edit_id, size=size)
    if run.state is RunState.UNDOING and done:
        note_outcomes(edit_id, _set_back(run, done, now))


@transaction.atomic
def finish_run(edit_id: int, *, now: datetime) -> None:
    """Let an edit, or its undoing, be done where no product is left to go through. Raises NotFound."""
    row = _locked(edit_id)
    if row.state == RunState.RUNNING and not products_due(edit_id, size=1):
        row.state = RunState.DONE
        row.save(update_fields=["state"])
    elif row.state == RunState.UNDOING and not products_done(edit_id, size=1):
        row.state, row.undone_at = RunState.UNDONE, now
        row.save(update_fields=["state", "undone_at"])
        audit.record(
            actor=_person(row.undone_by_id), act="catalog.undo_edit", subject=f"bulk_edit:{edit_id}", before=None, at=now,
            after={"products": row.set_back, "left": row.worked - row.set_back},
        )  # fmt: skip


@transaction.atomic
def stop_run(*, edit_id: int, actor: UserId | None, now: datetime) -> EditRun:
    """Stop an edit under way: what it has done stays, and can be undone. One that is not under way stays as it is. Raises NotFound."""
    row = _locked(edit_id)
    if row.state == RunState.RUNNING:
        _stopped(row, actor, now)
    return _run(row)


@transaction.atomic
def begin_undo(*, edit_id: int, actor: UserId | None, now: datetime) -> EditRun:
    """Let an edit be undone slice by slice. Raises NotFound, EditUnderWay, EditTooOld as `undo_edit` does."""
    row = bulk.to_undo(edit_id, now)
    row.state, row.undone_by_id, row.worked, row.breaks, row.broken = RunState.UNDOING, actor, row.set_back, 0, ""
    row.save(update_fields=["state", "undone_by", "worked", "breaks", "broken"])
    return _run(row)


@transaction.atomic
def note_break(edit_id: int, *, broken: str, most: int, now: datetime) -> None:
    """Write down that the work on an edit broke off; the time after `most` it rests, stopped, until somebody looks."""
    row = _locked(edit_id)
    row.breaks, row.broken = row.breaks + 1, broken[:80]
    row.save(update_fields=["breaks", "broken"])
    if row.breaks >= most and row.state in UNDER_WAY:
        _stopped(row, None, now)


def _stopped(row: BulkEdit, actor: UserId | None, now: datetime) -> None:
    row.state = RunState.STOPPED
    row.save(update_fields=["state"])
    after = {"worked": row.worked, "wanted": row.wanted} | ({"broken": row.broken} if row.broken else {})
    audit.record(actor=actor, act="catalog.stop_edit", subject=f"bulk_edit:{row.pk}", before=None, after=after, at=now)


def _locked(edit_id: int) -> BulkEdit:
    row = BulkEdit.objects.select_for_update().filter(pk=edit_id).first() if 0 < edit_id < 2**63 else None
    if row is None:
        raise NotFound("edit", edit_id)
    return row


def _changed(run: EditRun, due: Sequence[ProductId], now: datetime) -> list[RowOutcome]:
    """Change these products together; where that is refused, each by itself, so that one does not hold the others up."""
    try:
        with transaction.atomic():
            return _carry_out(run, due, now)
    except Refusal as refusal:
        if len(due) == 1:
            return [RowOutcome(product_id=due[0], state=RowState.REFUSED, refusal=refusal.code)]
    return [outcome for each in due for outcome in _changed(run, [each], now)]


def _carry_out(run: EditRun, due: Sequence[ProductId], now: datetime) -> list[RowOutcome]:
    # The collection before its goods, as whoever names goods in it does: crosswise, each would wait for the other.
    bulk.check(run.edit, lock=True)
    called = bulk_store.names(due, lock=True)
    before, after = bulk.planned(run.edit, list(called))
    with noting(bulk.told(run.edit, after), actor=run.actor, now=now):
        bulk_store.write(run.edit, after, now)
    bulk.tell(run.edit, list(after), now)
    return [_outcome(each, before, after) for each in due]


def _outcome(product_id: ProductId, before: Mapping[int, Any], after: Mapping[int, Any]) -> RowOutcome:
    if product_id not in before:
        return RowOutcome(product_id=product_id, state=RowState.REFUSED, refusal=NotFound.code)
    if product_id not in after:
        return RowOutcome(product_id=product_id, state=RowState.SAME)
    return RowOutcome(product_id=product_id, state=RowState.DONE, before=before[product_id], after=after[product_id])


def _set_back(run: EditRun, done: Sequence[RowOutcome], now: datetime) -> list[RowOutcome]:
    try:
        with transaction.atomic():
            return _carry_back(run, done, now)
    except Refusal as refusal:
        if len(done) == 1:
            return [RowOutcome(product_id=done[0].product_id, state=RowState.LEFT, refusal=refusal.code)]
    return [outcome for each in done for outcome in _set_back(run, [each], now)]


def _carry_back(run: EditRun, done: Sequence[RowOutcome], now: datetime) -> list[RowOutcome]:
    if run.edit.kind in NAMED:
        bulk.check(run.edit, lock=True)
    ids: list[int] = [each.product_id for each in done]
    bulk_store.names(ids, lock=True)
    present = bulk_store.states(run.edit, ids)
    back = {int(each.product_id): dict(each.before) for each in done if present.get(each.product_id) == each.after}
    back = bulk_store.possible(run.edit, back)
    if run.edit.kind in NAMED:
        bulk.has_room(CollectionId(run.edit.target or 0), sum(each["position"] is not None for each in back.values()))
    with noting(bulk.told(run.edit, back), actor=run.undone_by, now=now):
        bulk_store.write(run.edit, back, now)
    bulk.tell(run.edit, list(back), now)
    return [RowOutcome(product_id=each.product_id, state=RowState.BACK if each.product_id in back else RowState.LEFT) for each in done]


def _run(row: BulkEdit) -> EditRun:
    return EditRun(
        id=row.pk, edit=bulk.edit_of(row), state=RunState(row.state), reason=row.reason, actor=_person(row.actor_id), at=row.at,
        wanted=row.wanted, worked=row.worked, changed=row.products, breaks=row.breaks, broken=row.broken,
        undone_by=_person(row.undone_by_id), undone_at=row.undone_at, set_back=row.set_back,
    )  # fmt: skip


def _person(number: int | None) -> UserId | None:
    return None if number is None else UserId(number)
