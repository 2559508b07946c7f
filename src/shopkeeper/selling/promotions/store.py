"""Every query of the promotions room: rows ↔ shapes, and the functions that count uses."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import Error, IntegrityError, transaction

from shopkeeper.kit import statements
from shopkeeper.kit.ids import CustomerId, OrderId, PromotionId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.promotions import models
from shopkeeper.selling.promotions.shapes import (
    Amount,
    BuyGet,
    CannotUse,
    CodeTaken,
    Coupon,
    Draft,
    Every,
    Fixed,
    FreeDelivery,
    Gift,
    Kept,
    Left,
    Limits,
    Percent,
    Promotion,
    Rule,
    Scope,
    Several,
    State,
    Terms,
    Tiers,
    Together,
    Used,
)

KINDS: Mapping[str, type[Rule]] = {
    "percent": Percent, "amount": Amount, "fixed": Fixed, "buy_get": BuyGet, "several": Several, "together": Together, "every": Every,
    "tiers": Tiers, "gift": Gift, "free_delivery": FreeDelivery,
}  # fmt: skip
_CALLED = {shape: name for name, shape in KINDS.items()}
UNIQUE = "23505"
REFUSED = "SK040"


# ── promotions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def revision() -> int:
    """Return the number that goes up with every change of a promotion: one statement."""
    (number,) = statements.row("SELECT number FROM promotions_revision", [])
    return int(number)


def running() -> list[Promotion]:
    """Return the promotions that run or will: one statement."""
    return [promotion_of(row) for row in models.Promotion.objects.filter(state=State.APPROVED).order_by("id")]


def promotion_of(row: models.Promotion) -> Promotion:
    """Return a promotion as quotes read it."""
    draft = draft_of(row)
    return Promotion(
        id=PromotionId(row.pk), version=row.version, code=draft.code, name=draft.name, rule=draft.rule, scope=draft.scope,
        terms=draft.terms, starts_at=draft.starts_at, ends_at=draft.ends_at, needs_code=draft.needs_code,
        most_minor=draft.most_minor, excludes=draft.excludes,
    )  # fmt: skip


def draft_of(row: models.Promotion) -> Draft:
    return Draft(
        code=row.code, name=Bilingual(row.name_en, row.name_zh), rule=msgspec.convert(row.rule, KINDS[row.kind]),
        scope=msgspec.convert(row.scope, Scope), terms=msgspec.convert(row.terms, Terms), starts_at=row.starts_at, ends_at=row.ends_at,
        needs_code=row.needs_code, most_minor=row.most_minor, excludes=frozenset(PromotionId(each) for each in row.excludes),
        limits=Limits(
            uses=row.most_uses, uses_a_buyer=row.most_uses_a_buyer, uses_a_day=row.most_uses_a_day, budget_minor=row.budget_minor
        ),
    )  # fmt: skip


def kept_of(row: models.Promotion) -> Kept:
    """Return a promotion as it is kept."""
    return Kept(
        id=PromotionId(row.pk), version=row.version, state=State(row.state), draft=draft_of(row),
        changed_by=None if row.changed_by_id is None else UserId(row.changed_by_id), changed_at=row.changed_at,
        approved_by=None if row.approved_by_id is None else UserId(row.approved_by_id), uses=row.uses, spent_minor=row.spent_minor,
    )  # fmt: skip


def locked(promotion_id: PromotionId) -> models.Promotion:
    """Return a promotion's row, locked. Raises NotFound."""
    row = models.Promotion.objects.select_for_update().filter(pk=promotion_id).first()
    if row is None:
        raise NotFound("promotion", promotion_id)
    return row


def kept(promotion_id: PromotionId) -> Kept:
    """Return a promotion. Raises NotFound."""
    row = models.Promotion.objects.filter(pk=promotion_id).first()
    if row is None:
        raise NotFound("promotion", promotion_id)
    return kept_of(row)


def put(row: models.Promotion, draft: Draft) -> None:
    """Write what staff say of a promotion into its row. Raises CodeTaken."""
    row.code, row.name_en, row.name_zh = draft.code, draft.name.en, draft.name.zh
    row.kind, row.rule = _CALLED[type(draft.rule)], plain(draft.rule)
    row.scope, row.terms = plain(draft.scope), plain(draft.terms)
    row.starts_at, row.ends_at, row.needs_code, row.most_minor = draft.starts_at, draft.ends_at, draft.needs_code, draft.most_minor
    row.excludes = sorted(draft.excludes)
    row.most_uses, row.most_uses_a_buyer, row.most_uses_a_day = draft.limits.uses, draft.limits.uses_a_buyer, draft.limits.uses_a_day
    row.budget_minor = draft.limits.budget_minor
    save(row, draft.code)


def save(row: models.Promotion | models.Coupon, code: str) -> None:
    """Write a row that has a unique code. Raises CodeTaken."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == UNIQUE:
            raise CodeTaken(code) from error
        raise


def plain(shape: object) -> Any:
    """Return a shape as JSON holds it, sets in their order."""
    return msgspec.to_builtins(shape, order="deterministic")


# ── what is left, and what is used ────────────────────────────────────────────────────────────────────────────────────

_LEFT = """
    SELECT p.id, p.most_uses - p.uses, p.budget_minor - p.spent_minor,
           least(p.most_uses_a_day - (SELECT c.uses FROM promotions_counted c WHERE c.promotion_id = p.id AND c.subject = %s),
                 p.most_uses_a_day),
           least(p.most_uses_a_buyer - (SELECT c.uses FROM promotions_counted c WHERE c.promotion_id = p.id AND c.subject = %s),
                 p.most_uses_a_buyer)
    FROM promotions_promotion p
    WHERE p.state = 'approved' AND (p.most_uses IS NOT NULL OR p.budget_minor IS NOT NULL OR p.most_uses_a_day IS NOT NULL
                                    OR p.most_uses_a_buyer IS NOT NULL)
"""


def left(buyer: str, day: date) -> dict[PromotionId, Left]:
    """Return what is left of the promotions that have limits, for somebody on a day: one statement."""
    found = {}
    for number, uses, budget, of_day, of_buyer in statements.rows(_LEFT, [f"day:{day}", f"buyer:{buyer}"]):
        both = [each for each in (uses, of_day) if each is not None]
        found[PromotionId(number)] = Left(uses=min(both, default=None), buyer_uses=of_buyer, budget_minor=budget)
    return found


def use(order_id: OrderId, uses: Sequence[Used], *, buyer: str, day: date, now: datetime) -> None:
    """Count that an order uses promotions. Raises CannotUse for the first that cannot be used."""
    with refusals():
        statements.row("SELECT promotions_use(%s, %s::jsonb, %s, %s, %s)", [order_id, json.dumps(plain(list(uses))), buyer, day, now])


def give_back(order_id: OrderId, now: datetime) -> int:
    """Give back what an order used; return how many uses went back."""
    (count,) = statements.row("SELECT promotions_give_back(%s, %s)", [order_id, now])
    return int(count)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the database function refuses into CannotUse."""
    try:
        with transaction.atomic():
            yield
    except Error as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error


def refusal_of(error: Error) -> CannotUse | None:
    """Return what the database refused, where it is one of this room's refusals."""
    if getattr(error.__cause__, "sqlstate", "") != REFUSED:
        return None
    said = json.loads(error.__cause__.diag.message_detail)  # type: ignore[union-attr]
    return CannotUse(PromotionId(said["promotion_id"]), said["why"])


# ── coupons ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def coupons(codes: Sequence[str]) -> list[Coupon]:
    """Return the coupons of these codes: one statement."""
    return [coupon_of(row) for row in models.Coupon.objects.filter(code__in=codes)]


def coupon_of(row: models.Coupon) -> Coupon:
    """Return the shape of a coupon's row."""
    return Coupon(
        id=row.pk, promotion_id=PromotionId(row.promotion_id), code=row.code,
        customer_id=None if row.customer_id is None else CustomerId(row.customer_id), source=row.source, starts_at=row.starts_at,
        ends_at=row.ends_at, most_uses=row.most_uses, uses=row.uses,
    )  # fmt: skip


_GENERATE = """
    INSERT INTO promotions_coupon (promotion_id, source, starts_at, ends_at, most_uses, made_at, uses, code)
    SELECT %s, %s, %s, %s, %s, %s, 0, c.code FROM unnest(%s::text[]) AS c (code) ON CONFLICT (code) DO NOTHING
"""


def put_codes(codes: Sequence[str], like: Coupon, now: datetime) -> int:
    """Write coupons with these codes that are like one, passing over codes that are taken; return how many were written: one statement."""
    return statements.done(_GENERATE, [like.promotion_id, like.source, like.starts_at, like.ends_at, like.most_uses, now, list(codes)])
