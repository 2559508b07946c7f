"""Many products changed: a few at once, more in slices that are stopped, go on after a kill, and are undone; prices as single ones."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from shopkeeper.flows import change_many, goods_once
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.flows.tests.test_second_person import person
from shopkeeper.kit.ids import ProductId, UserId
from shopkeeper.kit.refusals import Malformed, NotAllowed, NotFound, OutOfRange
from shopkeeper.ops.access.models import User
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.approvals.models import Approval
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.models import collection_models
from shopkeeper.selling.catalog.shapes_collections import (
    Edit,
    EditKind,
    EditRun,
    EditTooOld,
    EditUnderWay,
    PriceHow,
    PriceStep,
    RunState,
)
from shopkeeper.selling.catalog.tests.builders import a_brand, some_goods
from shopkeeper.selling.pricing import public as pricing

BulkEdit = collection_models.BulkEdit
LATER = NOON + timedelta(hours=1)
HIDE = Edit(kind=EditKind.UNPUBLISH)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let more than two products be many, and a slice be of two."""
    monkeypatch.setattr(change_many, "SMALL", 2)
    monkeypatch.setattr(change_many, "AT_ONCE", 2)


@pytest.fixture
def ann(shop: SmallShop) -> UserId:
    return person(Role.OWNER, "ann")


def goods(count: int) -> list[ProductId]:
    return [some_goods(f"G{number}").product_id for number in range(count)]


def priced(shop: SmallShop, count: int, amount: int = 1_000) -> list[ProductId]:
    """Return goods that cost this much."""
    found = [some_goods(f"G{number}") for number in range(count)]
    for each in found:
        pricing.set_price(variant_id=each.variant_id, amount_minor=amount, reason="first", actor=None, now=NOON - timedelta(days=40))
    return [each.product_id for each in found]


def step(how: PriceHow, value: int, rounded: int = 1) -> Edit:
    price = PriceStep(how=how, value=value, step_minor=rounded, price_list_id=pricing.default_price_list().id)
    return Edit(kind=EditKind.PRICE, price=price)


def amounts(product_ids: Sequence[ProductId]) -> list[int | None]:
    found = catalog.products(product_ids)
    tags = pricing.prices([found[each].variants[0].id for each in product_ids])
    return [tag.amount_minor if (tag := tags.get(found[each].variants[0].id)) else None for each in product_ids]


def shown(product_ids: Sequence[ProductId]) -> list[bool]:
    found = catalog.products(product_ids)
    return [found[each].is_published for each in product_ids]


def change(product_ids: Sequence[ProductId], edit: Edit, actor: UserId | None = None) -> EditRun:
    return change_many.change(product_ids=product_ids, edit=edit, reason="spring", actor=actor, now=NOON)


def killed_after(monkeypatch: pytest.MonkeyPatch, slices: int) -> Callable[[], None]:
    """Let the work break off at the end of a slice, within its transaction, after so many slices; return what lets it live again."""
    real, made = BulkEdit.save, [0]

    def broken(row: Any, **kwargs: Any) -> None:
        made[0] += "products" in kwargs.get("update_fields", ())
        if made[0] > slices and "products" in kwargs.get("update_fields", ()):
            raise MemoryError("killed")
        real(row, **kwargs)

    monkeypatch.setattr(BulkEdit, "save", broken)
    return lambda: monkeypatch.setattr(BulkEdit, "save", real)


# ── slices ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_few_products_are_changed_at_once(shop: SmallShop) -> None:
    found = goods(3)

    run = change(found, HIDE)

    assert (run.state, run.wanted, run.changed) == (RunState.DONE, 3, 3)
    assert shown(found) == [False] * 3
    assert not ProcrastinateJob.objects.filter(task_name=change_many.JOB).exists()


def test_many_products_wait_for_the_job_which_goes_through_them_slice_by_slice(shop: SmallShop, few: None) -> None:
    found = goods(5)
    catalog.unpublish(product_id=found[4], actor=None, now=NOON)

    run = change([*found, ProductId(10**9)], HIDE)
    waiting = shown(found)
    worked = change_many.work_all(LATER)

    assert (run.state, run.wanted, run.worked, waiting) == (RunState.RUNNING, 5, 0, [True] * 4 + [False])
    assert ProcrastinateJob.objects.filter(task_name=change_many.JOB).count() == 1
    done = catalog.edit_run(run.id)
    assert (worked, done.state, done.worked, done.changed) == (1, RunState.DONE, 5, 4)
    assert dict(catalog.run_counts(run.id)) == {"done": 4, "same": 1, "odd": 0}
    assert shown(found) == [False] * 5
    assert change_many.work_all(LATER) == 0


@pytest.mark.parametrize("undoing", [False, True])
def test_what_a_killed_worker_had_done_is_done_once(shop: SmallShop, few: None, monkeypatch: pytest.MonkeyPatch, undoing: bool) -> None:
    found = goods(5)
    run = change(found, HIDE)
    if undoing:
        change_many.work_all(LATER)
        change_many.undo(edit_id=run.id, actor=None, now=LATER)
    live_again = killed_after(monkeypatch, 1)

    with pytest.raises(ExceptionGroup):
        change_many.work_all(LATER)
    half = catalog.edit_run(run.id)
    seen = shown(found)
    live_again()
    change_many.work_all(LATER)

    assert (half.worked, half.breaks, half.broken) == (2, 1, "MemoryError")
    assert seen == [undoing] * 2 + [not undoing] * 3
    after = catalog.edit_run(run.id)
    assert (after.state, after.worked, after.breaks) == (RunState.UNDONE if undoing else RunState.DONE, 5, 0)
    assert shown(found) == [undoing] * 5
    # Each version was written down once for each change: nothing was done twice.
    assert {catalog.versions(each).total for each in found} == {catalog.versions(found[0]).total}


def test_work_that_breaks_off_again_and_again_rests(shop: SmallShop, few: None, monkeypatch: pytest.MonkeyPatch) -> None:
    run = change(goods(3), HIDE)
    killed_after(monkeypatch, 0)

    for _ in range(change_many.MOST_TRIES):
        with pytest.raises(ExceptionGroup):
            change_many.work_all(LATER)

    assert catalog.edit_run(run.id).state is RunState.STOPPED
    assert change_many.work_all(LATER) == 0


def test_an_edit_is_stopped_and_what_it_had_done_is_undone(shop: SmallShop, few: None, ann: UserId) -> None:
    found = goods(5)
    run = change(found, HIDE, ann)
    catalog.change_some(run.id, size=2, now=NOON)

    with pytest.raises(EditUnderWay):
        change_many.undo(edit_id=run.id, actor=ann, now=LATER)
    stopped = change_many.stop(edit_id=run.id, actor=ann, now=LATER)
    change_many.work_all(LATER)

    assert (stopped.state, stopped.worked, shown(found)) == (RunState.STOPPED, 2, [False] * 2 + [True] * 3)
    assert change_many.stop(edit_id=run.id, actor=ann, now=LATER).state is RunState.STOPPED
    back = change_many.undo(edit_id=run.id, actor=ann, now=LATER)
    assert (back.state, back.set_back, shown(found)) == (RunState.UNDONE, 2, [True] * 5)
    trace = [entry.act for entry in reversed(audit.entries(subject=f"bulk_edit:{run.id}").items)]
    assert trace == ["catalog.edit_products", "catalog.stop_edit", "catalog.undo_edit"]


def test_a_large_undo_goes_in_slices_and_leaves_what_somebody_changed_since(shop: SmallShop, few: None) -> None:
    found, brand = goods(5), a_brand()
    run = change(found, Edit(kind=EditKind.BRAND, target=brand))
    change_many.work_all(NOON)
    catalog.describe(product_id=found[3], brand_id=None, traits=(), actor=None, now=LATER)

    begun = change_many.undo(edit_id=run.id, actor=None, now=LATER)
    change_many.work_all(LATER)

    assert begun.state is RunState.UNDOING
    after = catalog.edit_run(run.id)
    assert (after.state, after.set_back) == (RunState.UNDONE, 4)
    assert dict(catalog.run_counts(run.id)) == {"back": 4, "left": 1, "odd": 0}
    assert {each.brand_id for each in catalog.products(found).values()} == {None}
    with pytest.raises(EditTooOld):
        change_many.undo(edit_id=run.id, actor=None, now=LATER)


# ── prices ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        ((PriceHow.SET, 1_234), 1_234),
        ((PriceHow.PERCENT, 1_000), 1_100),
        ((PriceHow.PERCENT, 333, 5), 1_035),
        ((PriceHow.PERCENT, -500), 950),
        ((PriceHow.AMOUNT, 75, 50), 1_100),
        ((PriceHow.AMOUNT, -25), 975),
    ],
)
def test_prices_are_looked_at_changed_with_their_history_and_set_back(
    shop: SmallShop, ann: UserId, edit: tuple[Any, ...], wanted: int
) -> None:
    found = priced(shop, 2)
    wished = step(*edit)

    seen = change_many.preview(product_ids=found, edit=wished, actor=None)
    assert (amounts(found), seen.changed, len(seen.first)) == ([1_000] * 2, 2, 2)
    run = change(found, wished, ann)

    assert (run.state, run.changed, amounts(found)) == (RunState.DONE, 2, [wanted] * 2)
    variant = catalog.products(found)[found[0]].variants[0].id
    newest = pricing.price_history(variant)[0]
    assert (newest.amount_minor, newest.reason, newest.actor_id) == (wanted, "spring", ann)
    assert change_many.preview(product_ids=found, edit=step(PriceHow.SET, wanted), actor=None).same == 2
    back = change_many.undo(edit_id=run.id, actor=ann, now=LATER)
    assert (back.state, back.set_back, amounts(found)) == (RunState.UNDONE, 2, [1_000] * 2)
    assert [each.amount_minor for each in pricing.price_history(variant)] == [1_000, wanted, 1_000]


def test_a_price_that_falls_far_waits_for_a_second_person_and_the_others_do_not(shop: SmallShop, ann: UserId) -> None:
    person(Role.MANAGER, "ben")
    found = priced(shop, 2)
    dear = catalog.products(found)[found[1]].variants[0].id
    pricing.set_price(variant_id=dear, amount_minor=9_000, reason="dear", actor=None, now=NOON - timedelta(days=35))

    run = change(found, step(PriceHow.SET, 990), ann)

    assert (run.state, run.changed, amounts(found)) == (RunState.DONE, 1, [990, 9_000])
    assert dict(catalog.run_counts(run.id)) == {"done": 1, "waits": 1, "odd": 0}
    (waiting,) = Approval.objects.all()
    assert (waiting.act, waiting.subject, waiting.asked_by_id) == ("pricing.set_price", f"variant:{dear}", ann)


def test_a_price_that_rose_is_set_back_only_by_two_where_that_falls_far(shop: SmallShop, ann: UserId) -> None:
    person(Role.MANAGER, "ben")
    found = priced(shop, 1)
    run = change(found, step(PriceHow.PERCENT, 90_000), ann)

    back = change_many.undo(edit_id=run.id, actor=ann, now=LATER)

    assert (back.state, back.set_back, amounts(found)) == (RunState.UNDONE, 0, [10_000])
    assert dict(catalog.run_refusals(run.id)) == {"waiting_for_approval": 1}


def test_only_prices_nobody_set_since_are_set_back_and_a_first_price_is_withdrawn(shop: SmallShop, ann: UserId) -> None:
    found = [*priced(shop, 1), some_goods("NEW").product_id]
    run = change(found, step(PriceHow.SET, 1_050), ann)
    variant = catalog.products(found)[found[0]].variants[0].id
    pricing.set_price(variant_id=variant, amount_minor=1_060, reason="dearer", actor=None, now=LATER)

    back = change_many.undo(edit_id=run.id, actor=ann, now=LATER)

    assert (back.set_back, amounts(found)) == (1, [1_060, None])
    assert dict(catalog.run_refusals(run.id)) == {"price_moved": 1}


def test_prices_that_cannot_be_are_left_and_goods_without_a_price_have_none_to_raise(shop: SmallShop, ann: UserId) -> None:
    found = [*priced(shop, 1, 40), some_goods("NEW").product_id]

    seen = change_many.preview(product_ids=found, edit=step(PriceHow.AMOUNT, -40), actor=None)
    run = change(found, step(PriceHow.AMOUNT, -40), ann)

    assert (seen.changed, run.changed, amounts(found)) == (0, 0, [40, None])
    assert dict(catalog.run_counts(run.id)) == {"refused": 1, "same": 1, "odd": 0}


def test_prices_of_a_killed_worker_are_set_once(shop: SmallShop, few: None, ann: UserId, monkeypatch: pytest.MonkeyPatch) -> None:
    found = priced(shop, 5)
    run = change(found, step(PriceHow.PERCENT, 1_000), ann)
    live_again = killed_after(monkeypatch, 1)
    with pytest.raises(ExceptionGroup):
        change_many.work_all(LATER)
    half = amounts(found)
    live_again()

    change_many.work_all(LATER)

    assert half == [1_100, 1_100, 1_000, 1_000, 1_000]
    assert (catalog.edit_run(run.id).state, amounts(found)) == (RunState.DONE, [1_100] * 5)


def test_a_price_set_between_the_look_and_the_change_is_left(shop: SmallShop, ann: UserId, monkeypatch: pytest.MonkeyPatch) -> None:
    found = priced(shop, 1)
    variant, real = catalog.products(found)[found[0]].variants[0].id, catalog.lock_run

    def meanwhile(edit_id: int) -> EditRun:
        pricing.set_price(variant_id=variant, amount_minor=5_000, reason="meanwhile", actor=None, now=NOON)
        return real(edit_id)

    monkeypatch.setattr(catalog, "lock_run", meanwhile)
    run = change(found, step(PriceHow.PERCENT, -5_000), ann)

    assert amounts(found) == [5_000]
    assert dict(catalog.run_refusals(run.id)) == {"price_moved": 1}


def test_who_may_set_no_price_changes_none_and_who_lost_the_right_stops_there(shop: SmallShop, few: None, ann: UserId) -> None:
    clerk, found = person(Role.CLERK, "cleo"), priced(shop, 3)
    with pytest.raises(NotAllowed):
        change(found, step(PriceHow.SET, 990), clerk)
    run = change(found, step(PriceHow.SET, 990), ann)
    User.objects.filter(pk=ann).update(is_active=False)
    change_many.work_all(LATER)

    assert amounts(found) == [1_000] * 3
    assert dict(catalog.run_counts(run.id)) == {"refused": 3, "odd": 0}
    assert dict(catalog.run_refusals(run.id)) == {"not_allowed": 3}


@pytest.mark.parametrize(
    ("how", "value", "rounded", "refusal"),
    [
        (PriceHow.SET, 0, 1, OutOfRange),
        (PriceHow.SET, 10**12 + 1, 1, OutOfRange),
        (PriceHow.PERCENT, -9_901, 1, OutOfRange),
        (PriceHow.PERCENT, 100_001, 1, OutOfRange),
        (PriceHow.AMOUNT, -(10**12) - 1, 1, OutOfRange),
        (PriceHow.PERCENT, 100, 3, Malformed),
    ],
)
def test_what_cannot_be_done_to_prices_is_refused(
    shop: SmallShop, how: PriceHow, value: int, rounded: int, refusal: type[Exception]
) -> None:
    found = priced(shop, 1)

    with pytest.raises(refusal):
        change(found, step(how, value, rounded))
    with pytest.raises(refusal):
        change_many.preview(product_ids=found, edit=step(how, value, rounded), actor=None)

    assert amounts(found) == [1_000]


def test_a_price_list_that_is_not_there_is_refused(shop: SmallShop) -> None:
    price = PriceStep(how=PriceHow.SET, value=1, price_list_id=10**9)

    with pytest.raises(NotFound):
        change(goods(1), Edit(kind=EditKind.PRICE, price=price))


def test_prices_are_looked_at_by_whoever_may_set_them(shop: SmallShop) -> None:
    clerk, found = person(Role.CLERK, "carl"), priced(shop, 1)

    with pytest.raises(NotAllowed):
        change_many.preview(product_ids=found, edit=step(PriceHow.PERCENT, 100), actor=clerk)

    assert change_many.preview(product_ids=found, edit=HIDE, actor=clerk).changed == 1


def test_prices_begun_under_a_key_are_changed_after_it_and_gone_on_with_by_the_same_key(
    shop: SmallShop, ann: UserId, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = priced(shop, 2)

    def send() -> EditRun:
        return goods_once.change(product_ids=found, edit=step(PriceHow.SET, 900), reason="spring", actor=ann, now=NOON, key="k")

    alive = killed_after(monkeypatch, 0)
    with pytest.raises(MemoryError):
        send()
    (begun,) = catalog.runs_under_way()
    alive()
    done = send()

    assert (begun.worked, done.id, done.state, done.changed) == (0, begun.id, RunState.DONE, 2)
    assert amounts(found) == [900, 900]
    back = goods_once.undo(edit_id=done.id, actor=ann, now=LATER, key="u")
    assert (back.state, amounts(found)) == (RunState.UNDONE, [1_000, 1_000])
    assert goods_once.undo(edit_id=done.id, actor=ann, now=LATER, key="u") == back
