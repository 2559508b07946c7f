"""Prices of many products changed at once, each as a single one is: a row of the price history, and a second person where one is needed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shopkeeper.flows import second_person, set_price
from shopkeeper.kit import checks
from shopkeeper.kit.ids import PriceListId, ProductId, UserId, VariantId
from shopkeeper.kit.money import MOST_MINOR
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange, Refusal
from shopkeeper.ops.access import public as access
from shopkeeper.ops.approvals.shapes import WaitingForApproval
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Product
from shopkeeper.selling.catalog.shapes_collections import Change, EditRun, Preview, PriceHow, PriceStep, RowOutcome, RowState, RunState
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import PriceMoved

STEPS = (1, 5, 10, 50, 100, 1_000)
"""To the multiples of how many minor units prices may be rounded."""

LEAST_SHARE, MOST_SHARE = -9_900, 100_000
AT_ONCE = 500
FIRST = 12


@dataclass(frozen=True, slots=True)
class Wished:
    """One price: what it is, what it is to be (None: withdrawn), and the code of why it cannot be, else empty."""

    product_id: ProductId
    variant_id: VariantId
    present: int | None
    wanted: int | None
    refusal: str = ""


def check(step: PriceStep) -> None:
    """Refuse what cannot be done to prices. Raises NotFound for the list, OutOfRange, Malformed."""
    if step.price_list_id not in {each.id for each in pricing.price_lists()}:
        raise NotFound("price_list", step.price_list_id)
    if step.step_minor not in STEPS:
        raise Malformed("rounding", str(step.step_minor), expected="choice")
    if step.how is PriceHow.SET:
        checks.whole(step.value, field="amount", least=1, most=MOST_MINOR)
    elif step.how is PriceHow.PERCENT:
        checks.whole(step.value, field="percent", least=LEAST_SHARE, most=MOST_SHARE)
    else:
        checks.whole(step.value, field="amount", least=-MOST_MINOR, most=MOST_MINOR)


def preview(*, product_ids: Sequence[ProductId], step: PriceStep) -> Preview:
    """Return what changing these prices would come to, the second person left aside. Raises as `check` does."""
    check(step)
    changed, same, first, gone = 0, 0, list[Change](), list[tuple[ProductId, str]]()
    for start in range(0, len(product_ids), AT_ONCE):
        some = product_ids[start : start + AT_ONCE]
        known = catalog.products(some)
        for product_id, found in _of_products(known, step).items():
            moved = [each for each in found if each.wanted != each.present]
            changed, same = changed + bool(moved), same + (not moved)
            if moved and len(first) < FIRST:
                first.append(_change(known[product_id], moved))
        gone += [(each, NotFound.code) for each in some if each not in known]
    return Preview(changed=changed, same=same, first=tuple(first), refused=tuple(gone))


def count(product_ids: Sequence[ProductId]) -> int:
    """Return how many variants these products have."""
    return sum(len(each.variants) for each in catalog.products(product_ids).values())


def change_some(run: EditRun, *, size: int, now: datetime) -> None:
    """Change the prices of the next products of an edit; what waits for a second person, or cannot be, is written down and left."""
    step = _step(run)
    due = catalog.products_due(run.id, size=size)
    asked = _asked(_all(_of_products(catalog.products(due), step)), run, run.actor, now)
    with transaction.atomic():
        if catalog.lock_run(run.id).state is not RunState.RUNNING:
            return
        # Somebody else may have worked on it meanwhile: what was looked at before, and is due still.
        still = [each for each in catalog.products_due(run.id, size=size) if each in set(due)]
        known = catalog.products(still)
        _hold((variant.id for each in known.values() for variant in each.variants), step, now)
        plans = _of_products(known, step)
        outcomes = [_changed(each, plans.get(each), asked, run, now) for each in still]
        catalog.note_outcomes(run.id, outcomes)


def undo_some(run: EditRun, *, size: int, now: datetime) -> None:
    """Set the prices of the next products back where nobody changed them since; a second person is asked as for any price."""
    step = _step(run)
    done = catalog.products_done(run.id, size=size)
    asked = _asked(_all(_to_set_back(done, step)), run, run.undone_by, now)
    with transaction.atomic():
        if catalog.lock_run(run.id).state is not RunState.UNDOING:
            return
        looked_at = {each.product_id for each in done}
        still = [each for each in catalog.products_done(run.id, size=size) if each.product_id in looked_at]
        _hold((VariantId(int(each)) for row in still for each in _prices(row.after)), step, now)
        plans = _to_set_back(still, step)
        outcomes = [_put_back(each.product_id, plans[each.product_id], asked, run, now) for each in still]
        catalog.note_outcomes(run.id, outcomes)


# ── what is wished ────────────────────────────────────────────────────────────────────────────────────────────────────


def _step(run: EditRun) -> PriceStep:
    if run.edit.price is None:
        raise Malformed("kind", run.edit.kind.value, expected="choice")
    return run.edit.price


def _all(plans: Mapping[ProductId, Sequence[Wished]]) -> list[Wished]:
    return [each for found in plans.values() for each in found]


def _of_products(known: Mapping[ProductId, Product], step: PriceStep) -> dict[ProductId, list[Wished]]:
    """Return what each price of these products is to become: of variants on sale, and of others that have a price."""
    present = _present((variant.id for each in known.values() for variant in each.variants), step)
    return {
        product_id: [
            _wished(product_id, variant.id, present.get(variant.id), step)
            for variant in found.variants
            if variant.is_sellable or variant.id in present
        ]
        for product_id, found in known.items()
    }


def _present(variant_ids: Iterable[VariantId], step: PriceStep) -> dict[VariantId, int]:
    tags = pricing.prices(list(variant_ids), price_list_id=PriceListId(step.price_list_id))
    return {variant: tag.amount_minor for variant, tag in tags.items()}


def _wished(product_id: ProductId, variant_id: VariantId, present: int | None, step: PriceStep) -> Wished:
    if step.how is PriceHow.SET:
        return Wished(product_id, variant_id, present, step.value)
    if present is None:
        # A share of no price, or an amount more than none, is none.
        return Wished(product_id, variant_id, None, None)
    adjust = pricing.raised_by_share if step.how is PriceHow.PERCENT else pricing.raised_by_amount
    wanted = adjust(present, step.value, step_minor=step.step_minor)
    if not 1 <= wanted <= MOST_MINOR:
        return Wished(product_id, variant_id, present, present, OutOfRange.code)
    return Wished(product_id, variant_id, present, wanted)


def _to_set_back(done: Sequence[RowOutcome], step: PriceStep) -> dict[ProductId, list[Wished]]:
    present = _present((VariantId(int(each)) for row in done for each in _prices(row.after)), step)
    return {row.product_id: [_back(row, VariantId(int(each)), present) for each in _prices(row.after)] for row in done}


def _back(row: RowOutcome, variant_id: VariantId, present: Mapping[VariantId, int]) -> Wished:
    now, key = present.get(variant_id), str(variant_id)
    if now != _prices(row.after)[key]:
        return Wished(row.product_id, variant_id, now, now, PriceMoved.code)
    return Wished(row.product_id, variant_id, now, _prices(row.before)[key])


def _prices(state: Mapping[str, object]) -> Mapping[str, int | None]:
    return state["prices"]  # type: ignore[return-value]


# ── carried out ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _asked(wishes: Sequence[Wished], run: EditRun, actor: UserId | None, now: datetime) -> dict[VariantId, tuple[Wished, str]]:
    """Return each price as it was looked at, with the code of why it is left; what needs a second person is put before one.

    Outside the transaction: what was put before somebody stays, whatever becomes of the rest.
    """
    barred = _barred(actor)
    return {each.variant_id: (each, barred or each.refusal or _ask(each, run, actor, now)) for each in wishes}


def _barred(actor: UserId | None) -> str:
    """Return why somebody may not go on, empty where they may: since it was begun the right may have been taken away."""
    try:
        if actor is not None:
            access.require(actor, set_price.ACT)
    except Refusal as refusal:
        return refusal.code
    return ""


def _ask(wished: Wished, run: EditRun, actor: UserId | None, now: datetime) -> str:
    # A price withdrawn needs nobody.
    if wished.wanted is None or wished.wanted == wished.present:
        return ""
    wish = {
        "variant_id": wished.variant_id, "price_list_id": _step(run).price_list_id, "amount_minor": wished.wanted, "reason": run.reason,
    }  # fmt: skip
    try:
        frozen = set_price.frozen(wish, now)
        if not set_price.why(frozen):
            return ""
        subject = f"variant:{wished.variant_id}"
        if actor is None:
            second_person.require_on_machine(act=set_price.ACT, subject=subject, values=frozen, now=now)
        else:
            second_person.ask(act=set_price.ACT, subject=subject, values=frozen, actor=actor, key=None, now=now)
    except Refusal as refusal:
        return refusal.code
    return ""


def _hold(variant_ids: Iterable[VariantId], step: PriceStep, now: datetime) -> None:
    """Let nobody else set these prices: by rising numbers, as whoever sets many does."""
    for each in sorted(set(variant_ids)):
        pricing.lock_price(each, price_list_id=PriceListId(step.price_list_id), now=now)


def _changed(
    product_id: ProductId, wishes: Sequence[Wished] | None, asked: Mapping[VariantId, tuple[Wished, str]], run: EditRun, now: datetime
) -> RowOutcome:
    if wishes is None:
        return RowOutcome(product_id=product_id, state=RowState.REFUSED, refusal=NotFound.code)
    done, refusal = _carried_out(wishes, asked, run, run.actor, now=now)
    if done:
        before, after = _told(done)
        return RowOutcome(product_id=product_id, state=RowState.DONE, before=before, after=after, refusal=refusal)
    if not refusal:
        return RowOutcome(product_id=product_id, state=RowState.SAME)
    state = RowState.WAITS if refusal == WaitingForApproval.code else RowState.REFUSED
    return RowOutcome(product_id=product_id, state=state, refusal=refusal)


def _put_back(
    product_id: ProductId, wishes: Sequence[Wished], asked: Mapping[VariantId, tuple[Wished, str]], run: EditRun, now: datetime
) -> RowOutcome:
    done, refusal = _carried_out(wishes, asked, run, run.undone_by, now=now)
    return RowOutcome(product_id=product_id, state=RowState.BACK if done else RowState.LEFT, refusal=refusal)


def _told(moved: Sequence[Wished]) -> tuple[dict[str, object], dict[str, object]]:
    """Return what prices are and what they shall be, as an edit's rows keep it."""
    present: dict[str, object] = {str(each.variant_id): each.present for each in moved}
    return {"prices": present}, {"prices": {str(each.variant_id): each.wanted for each in moved}}


def _carried_out(
    wishes: Sequence[Wished],
    asked: Mapping[VariantId, tuple[Wished, str]],
    run: EditRun,
    actor: UserId | None,
    *,
    now: datetime,
) -> tuple[list[Wished], str]:
    """Set or withdraw these prices and return those that moved, with the code of why another was left, empty where none was."""
    done, left = list[Wished](), ""
    for each in wishes:
        seen, refusal = asked.get(each.variant_id, (None, PriceMoved.code))
        refusal = refusal or each.refusal or ("" if seen == each else PriceMoved.code)
        if refusal:
            left = left or refusal
        elif each.wanted != each.present:
            _set(each, run, actor, now)
            done.append(each)
    return done, left


def _set(wished: Wished, run: EditRun, actor: UserId | None, now: datetime) -> None:
    listed = PriceListId(_step(run).price_list_id)
    if wished.wanted is None:
        pricing.withdraw_price(variant_id=wished.variant_id, price_list_id=listed, reason=run.reason, actor=actor, now=now)
    else:
        pricing.set_price(
            variant_id=wished.variant_id, amount_minor=wished.wanted, price_list_id=listed, reason=run.reason, actor=actor, now=now
        )


def _change(product: Product, moved: Sequence[Wished]) -> Change:
    before, after = _told(moved)
    return Change(product_id=product.id, name=product.name, before=before, after=after)
