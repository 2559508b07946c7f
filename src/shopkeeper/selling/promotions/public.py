"""The face of the promotions room: promotions from draft to end, codes that bring them, what they make of a basket, every use of them."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks
from shopkeeper.kit.ids import CustomerId, OrderId, PromotionId, UserId
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.promotions import models, store
from shopkeeper.selling.promotions.checked import MOST_USES, checked
from shopkeeper.selling.promotions.rules.book import Book, book_of
from shopkeeper.selling.promotions.rules.engine import apply
from shopkeeper.selling.promotions.shapes import (
    Coupon,
    Draft,
    Kept,
    Left,
    NotInThisState,
    OwnPromotion,
    PromotionMoved,
    State,
    UnknownCode,
    Used,
)
from shopkeeper.selling.promotions.store import refusal_of

__all__ = [
    "Book", "apply", "approve", "ask", "book", "book_of", "coupon", "end", "generate", "give_back", "held", "left", "pause", "promotion",
    "refusal_of", "resume", "save", "save_coupon", "use",
]  # fmt: skip

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""What codes are made of: nothing that reads like something else. As many as five bits tell apart, so that each is as likely."""

LENGTH = 10
MOST_CODES = 1_000_000
PORTION = 20_000


# ── from draft to end ─────────────────────────────────────────────────────────────────────────────────────────────────


def promotion(promotion_id: PromotionId) -> Kept:
    """Return a promotion. Raises NotFound."""
    return store.kept(promotion_id)


@transaction.atomic
def save(*, promotion_id: PromotionId | None, draft: Draft, actor: UserId | None, now: datetime) -> Kept:
    """Make a promotion, or change one that does not run: it is a draft then, and asked for anew.

    Raises CodeTaken, NotInThisState for one that runs (pause it) or is over, NotFound, OutOfRange, Malformed.
    """
    tidy = checked(draft)
    row = models.Promotion(version=0) if promotion_id is None else store.locked(promotion_id)
    before = None if promotion_id is None else _told(row)
    if promotion_id is not None:
        _need(row, State.DRAFT, State.WAITING, State.PAUSED)
        if store.draft_of(row) == tidy:
            return store.kept_of(row)
    row.version, row.state = row.version + 1, State.DRAFT.value
    row.changed_by_id, row.changed_at, row.approved_by_id, row.approved_at = actor, now, None, None
    store.put(row, tidy)
    return _changed(row, before, "promotions.save", actor, now)


@transaction.atomic
def ask(*, promotion_id: PromotionId, actor: UserId | None, now: datetime) -> Kept:
    """Ask for a draft to be approved. Raises NotInThisState, NotFound."""
    return _move(promotion_id, State.WAITING, of={State.DRAFT}, act="promotions.ask", actor=actor, now=now)


@transaction.atomic
def approve(*, promotion_id: PromotionId, seen: int, actor: UserId, is_alone: bool, now: datetime) -> Kept:
    """Let a promotion run from its start on; `seen` is the version that was looked at, `is_alone`: nobody else works in the shop.

    Raises OwnPromotion where who approves wrote it, PromotionMoved, NotInThisState, NotFound.
    """
    row = store.locked(promotion_id)
    _need(row, State.WAITING)
    if row.version != seen:
        raise PromotionMoved(seen, row.version)
    if row.changed_by_id == actor and not is_alone:
        raise OwnPromotion(promotion_id)
    before = _told(row)
    row.state, row.approved_by_id, row.approved_at = State.APPROVED.value, actor, now
    row.save()
    return _changed(row, before, "promotions.approve", actor, now)


@transaction.atomic
def pause(*, promotion_id: PromotionId, actor: UserId | None, now: datetime) -> Kept:
    """Stop a promotion for a while. Raises NotInThisState, NotFound."""
    return _move(promotion_id, State.PAUSED, of={State.APPROVED}, act="promotions.pause", actor=actor, now=now)


@transaction.atomic
def resume(*, promotion_id: PromotionId, actor: UserId | None, now: datetime) -> Kept:
    """Let a paused promotion run again, unchanged as it was approved. Raises NotInThisState, NotFound."""
    return _move(promotion_id, State.APPROVED, of={State.PAUSED}, act="promotions.resume", actor=actor, now=now)


@transaction.atomic
def end(*, promotion_id: PromotionId, actor: UserId | None, now: datetime) -> Kept:
    """End a promotion for good. Raises NotInThisState where it is over, NotFound."""
    return _move(promotion_id, State.ENDED, of=set(State) - {State.ENDED}, act="promotions.end", actor=actor, now=now)


def _move(promotion_id: PromotionId, to: State, *, of: set[State], act: str, actor: UserId | None, now: datetime) -> Kept:
    row = store.locked(promotion_id)
    _need(row, *of)
    before = _told(row)
    row.state = to.value
    row.save()
    return _changed(row, before, act, actor, now)


def _need(row: models.Promotion, *states: State) -> None:
    if State(row.state) not in states:
        raise NotInThisState(State(row.state), states)


def _changed(row: models.Promotion, before: dict[str, object] | None, act: str, actor: UserId | None, now: datetime) -> Kept:
    audit.record(actor=actor, act=act, subject=f"promotion:{row.pk}", before=before, after=_told(row), at=now)
    events.record(facts.PromotionChanged(promotion_id=row.pk, state=row.state, version=row.version), at=now)
    return store.kept_of(row)


def _told(row: models.Promotion) -> dict[str, object]:
    return {"state": row.state, "version": row.version, **store.plain(store.draft_of(row))}


# ── coupons ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def save_coupon(*, like: Coupon, actor: UserId | None, now: datetime) -> Coupon:
    """Make a code that brings a promotion (`like.id` is not read). Raises CodeTaken, NotFound, OutOfRange, Malformed."""
    row = store.locked(like.promotion_id)
    tidy = _coupon(like)
    made = models.Coupon(
        promotion=row, code=checks.code(like.code).upper(), customer_id=tidy.customer_id, source=tidy.source, starts_at=tidy.starts_at,
        ends_at=tidy.ends_at, most_uses=tidy.most_uses, made_at=now,
    )  # fmt: skip
    store.save(made, made.code)
    _codes_made(row, 1, actor, now)
    return store.coupon_of(made)


def generate(*, like: Coupon, count: int, actor: UserId | None, now: datetime) -> int:
    """Make so many codes at random, which begin with `like.code`, in one transaction; return how many.

    Raises NotFound, OutOfRange, Malformed.
    """
    checks.whole(count, field="count", least=1, most=MOST_CODES)
    prefix = checks.code(like.code, most=20) + "-" if like.code else ""
    tidy = _coupon(like)
    with transaction.atomic():
        row = store.locked(like.promotion_id)
        left = count
        while left:
            # A code that is taken is passed over: so unlikely that the loop ends, so possible that it has to be one.
            left -= store.put_codes([prefix + _random() for _ in range(min(left, PORTION))], tidy, now)
        _codes_made(row, count, actor, now)
    return count


def _random() -> str:
    return "".join(LETTERS[each & 31] for each in secrets.token_bytes(LENGTH))


def _coupon(like: Coupon) -> Coupon:
    if like.most_uses is not None:
        checks.whole(like.most_uses, field="most_uses", least=1, most=MOST_USES)
    return replace(like, source=checks.line(like.source, field="source", most=80))


def _codes_made(row: models.Promotion, count: int, actor: UserId | None, now: datetime) -> None:
    subject = f"promotion:{row.pk}"
    audit.record(actor=actor, act="promotions.make_codes", subject=subject, before=None, after={"count": count}, at=now)
    events.record(facts.CouponsMade(promotion_id=row.pk, count=count), at=now)


def coupon(code: str) -> Coupon:
    """Return the coupon of a code, however it is written. Raises UnknownCode."""
    found = store.coupons([code.strip().upper()[:40]])
    if not found:
        raise UnknownCode(code[:40])
    return found[0]


def held(codes: Sequence[str], *, customer_id: CustomerId | None) -> dict[str, Coupon]:
    """Return the coupons of these codes that somebody may use; codes that nobody knows and other people's are left out: one statement."""
    found = store.coupons([each.strip().upper()[:40] for each in codes]) if codes else []
    return {each.code: each for each in found if each.customer_id in (None, customer_id)}


# ── what runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Remembered:
    revision: int
    book: Book


_remembered: list[_Remembered] = []


def book(revision: int | None = None) -> Book:
    """Return the promotions that run or will, as they are now; kept in the process until one changes.

    `revision` is their number where the caller has read it already.
    """
    now = store.revision() if revision is None else revision
    if not _remembered or _remembered[0].revision != now:
        # Read after its number: what is kept may be newer than the number says, never older.
        _remembered[:] = [_Remembered(now, book_of(store.running()))]
    return _remembered[0].book


def left(*, buyer: str, day: date) -> Mapping[PromotionId, Left]:
    """Return what is left of promotions that have limits, for somebody on a day of the shop."""
    return store.left(buyer, day)


# ── uses ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def use(*, order_id: OrderId, uses: Sequence[Used], buyer: str, day: date, now: datetime) -> None:
    """Count that an order uses promotions, all of them or none, in the caller's transaction. Raises CannotUse naming the first."""
    store.use(order_id, uses, buyer=buyer, day=day, now=now)


def give_back(*, order_id: OrderId, now: datetime) -> int:
    """Give back what an order used, once; return how many uses went back."""
    return store.give_back(order_id, now)
