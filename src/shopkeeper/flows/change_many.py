"""One thing done to many products: a few at once, more by a job in slices that somebody may stop and that outlives a killed process."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from shopkeeper.flows import change_prices
from shopkeeper.flows.set_price import ACT as SET_PRICE
from shopkeeper.kit.ids import ProductId, UserId
from shopkeeper.kit.refusals import Malformed
from shopkeeper.ops.access import public as access
from shopkeeper.ops.jobs import public as jobs
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes_collections import Edit, EditKind, EditRun, Preview, RunState
from shopkeeper.selling.catalog.shapes_drafts import SecondPersonNeeded

SMALL = 200
"""Up to so many products are changed while their editor waits; prices, up to so many variants."""

AT_ONCE = 100
"""Products of one slice: what a killed process loses at most."""

MOST_TRIES = 5
"""How often the work on an edit may break off before it rests until somebody looks."""

JOB = "change_many"


def preview(*, product_ids: Sequence[ProductId], edit: Edit, actor: UserId | None) -> Preview:
    """Return what an edit would come to for whoever may do it; of prices, the second person left aside. Raises as `change` does.

    Few are changed all or none, so a few that need a second person are refused here already; of many, those alone are named as refused.
    """
    _require(edit, actor)
    if edit.kind is not EditKind.PRICE:
        found = catalog.preview_edit(product_ids=product_ids, edit=edit)
        barred = [product_id for product_id, code in found.refused if code == SecondPersonNeeded.code]
        if barred and _is_small(list(dict.fromkeys(product_ids)), edit):
            raise SecondPersonNeeded(barred[0])
        return found
    if edit.price is None or not product_ids:
        raise Malformed("products", "", expected="products")
    return change_prices.preview(product_ids=list(dict.fromkeys(product_ids)), step=edit.price)


def change(*, product_ids: Sequence[ProductId], edit: Edit, reason: str, actor: UserId | None, now: datetime) -> EditRun:
    """Do one thing to many products and return how far it is: done, or under way where there are many of them. Raises as `begin` does."""
    return go_on(begin(product_ids=product_ids, edit=edit, reason=reason, actor=actor, now=now).id, now)


def begin(*, product_ids: Sequence[ProductId], edit: Edit, reason: str, actor: UserId | None, now: datetime) -> EditRun:
    """Begin to do one thing to many products and return how far it is: few are done at once, but for prices, which `go_on` changes.

    Raises TooManyAtOnce, NotFound for what the edit is about, FilledByRule, CollectionIsFull, Malformed, OutOfRange, SecondPersonNeeded,
    and NotAllowed for prices by somebody who may set none.
    """
    _require(edit, actor)
    if edit.price is not None:
        change_prices.check(edit.price)
    wanted = list(dict.fromkeys(product_ids))
    is_small = _is_small(wanted, edit)
    if is_small and edit.kind is not EditKind.PRICE:
        edit_id, _done = catalog.edit_products(product_ids=wanted, edit=edit, reason=reason, actor=actor, now=now)
        return catalog.edit_run(edit_id)
    with transaction.atomic():
        run = catalog.begin_run(product_ids=wanted, edit=edit, reason=reason, actor=actor, now=now)
        if not is_small:
            jobs.defer(JOB, once=JOB, timestamp=0)
    return run


def undo(*, edit_id: int, actor: UserId | None, now: datetime) -> EditRun:
    """Set back what the last edit changed, where nobody changed it since, and return how far that is. Raises as `begin_undo` does."""
    return go_on(begin_undo(edit_id=edit_id, actor=actor, now=now).id, now)


def begin_undo(*, edit_id: int, actor: UserId | None, now: datetime) -> EditRun:
    """Begin to set back what the last edit changed: few products at once, but for prices, which `go_on` sets back.

    Raises NotFound, EditUnderWay, EditTooOld, NotAllowed; of a small one also as `catalog.undo_edit` does.
    """
    found = catalog.edit_run(edit_id)
    _require(found.edit, actor)
    is_small = found.changed <= SMALL
    if is_small and found.edit.kind is not EditKind.PRICE and found.state is RunState.DONE:
        catalog.undo_edit(edit_id=edit_id, actor=actor, now=now)
        return catalog.edit_run(edit_id)
    with transaction.atomic():
        run = catalog.begin_undo(edit_id=edit_id, actor=actor, now=now)
        if not is_small:
            jobs.defer(JOB, once=JOB, timestamp=0)
    return run


def go_on(edit_id: int, now: datetime) -> EditRun:
    """Do now what is left of a small edit or of its undoing, and return it; a large one stays the job's. Raises NotFound.

    Outside any transaction of the caller's: what is put before a second person stays, whatever becomes of the rest.
    """
    run = catalog.edit_run(edit_id)
    if run.state is RunState.RUNNING:
        due = catalog.products_due(edit_id, size=SMALL)
        is_small = run.edit.kind is EditKind.PRICE and run.wanted <= SMALL and _is_small(due, run.edit)
    else:
        is_small = run.state is RunState.UNDOING and run.changed <= SMALL
    return work(edit_id, now) if is_small else run


def stop(*, edit_id: int, actor: UserId | None, now: datetime) -> EditRun:
    """Stop an edit under way and return it: what it has done stays, and can be undone. Raises NotFound."""
    return catalog.stop_run(edit_id=edit_id, actor=actor, now=now)


def work_all(now: datetime) -> int:
    """Do what every edit under way waits for, and return how many there were; what breaks at one is raised after the others' turn."""
    found, broken = catalog.runs_under_way(), list[Exception]()
    for each in found:
        try:
            work(each.id, now)
        except Exception as error:  # noqa: BLE001 - raised below, with the others
            broken.append(error)
            catalog.note_break(each.id, broken=type(error).__name__, most=MOST_TRIES, now=now)
    if broken:
        raise ExceptionGroup("Edits of many products that could not be worked on", broken)
    return len(found)


def work(edit_id: int, now: datetime) -> EditRun:
    """Do what one edit waits for, from where it was left, slice by slice, and return it; one that waits for nothing stays as it is."""
    while (run := catalog.edit_run(edit_id)).state in (RunState.RUNNING, RunState.UNDOING):
        is_undoing = run.state is RunState.UNDOING
        left = catalog.products_done(edit_id, size=1) if is_undoing else catalog.products_due(edit_id, size=1)
        if not left:
            catalog.finish_run(edit_id, now=now)
        elif run.edit.kind is EditKind.PRICE:
            of_prices: Callable[..., None] = change_prices.undo_some if is_undoing else change_prices.change_some
            of_prices(run, size=AT_ONCE, now=now)
        else:
            of_goods: Callable[..., None] = catalog.undo_some if is_undoing else catalog.change_some
            of_goods(edit_id, size=AT_ONCE, now=now)
    return run


def _is_small(product_ids: Sequence[ProductId], edit: Edit) -> bool:
    return len(product_ids) <= SMALL and (edit.kind is not EditKind.PRICE or change_prices.count(product_ids) <= SMALL)


def _require(edit: Edit, actor: UserId | None) -> None:
    if edit.kind is EditKind.PRICE and actor is not None:
        access.require(actor, SET_PRICE)
