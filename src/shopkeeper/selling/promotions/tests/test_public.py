"""Promotions from draft to end, their codes, and every use counted within its limits: refused whole, given back once."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from shopkeeper.kit.ids import CustomerId, OrderId, PromotionId, UserId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.models import User
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers.tests.builders import member
from shopkeeper.selling.promotions import models
from shopkeeper.selling.promotions import public as promotions
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
    NotInThisState,
    OwnPromotion,
    Percent,
    PromotionMoved,
    Rule,
    Scope,
    Several,
    State,
    Terms,
    Tier,
    Tiers,
    Together,
    UnknownCode,
    Used,
)
from shopkeeper.selling.promotions.tests.builders import NOON
from shopkeeper.selling.shop.tests.builders import facts_told

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)
TENTH = Percent(basis_points=1_000)


@pytest.fixture
def ann() -> UserId:
    return UserId(User.objects.create_user("ann@example.org", role="manager", is_staff=True).pk)


@pytest.fixture
def ben() -> UserId:
    return UserId(User.objects.create_user("ben@example.org", role="owner", is_staff=True).pk)


def draft(rule: Rule = TENTH, **changes: Any) -> Draft:
    plain: dict[str, Any] = {"code": "SPRING", "name": Bilingual("Spring sale", "春季促销"), "rule": rule, "starts_at": NOON}
    return Draft(**(plain | changes))


def saved(rule: Rule = TENTH, *, number: PromotionId | None = None, actor: UserId | None = None, **changes: Any) -> Kept:
    return promotions.save(promotion_id=number, draft=draft(rule, **changes), actor=actor, now=NOON)


def running(boss: UserId, rule: Rule = TENTH, **changes: Any) -> Kept:
    """Return a promotion that was written by the shop itself and approved by somebody."""
    made = saved(rule, **changes)
    promotions.ask(promotion_id=made.id, actor=None, now=NOON)
    return promotions.approve(promotion_id=made.id, seen=made.version, actor=boss, is_alone=False, now=NOON)


def use(made: Kept, order: int = 1, *, amount_minor: int = 100, buyer: str = "mia", day: date = DAY, **more: Any) -> None:
    used = Used(
        promotion_id=made.id, version=more.pop("version", made.version), amount_minor=amount_minor, coupon_id=more.pop("coupon", None)
    )
    promotions.use(order_id=OrderId(order), uses=[used], buyer=buyer, day=day, now=more.pop("now", NOON))


def why(made: Kept, *args: Any, **named: Any) -> str:
    with pytest.raises(CannotUse) as refusal, transaction.atomic():
        use(made, *args, **named)
    assert refusal.value.promotion_id == made.id
    return refusal.value.why


# ── from draft to end ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "rule",
    [
        TENTH, Amount(off_minor=5), Fixed(unit_minor=0), BuyGet(buy=2, get=1, basis_points=10_000), Several(units=3, price_minor=1_000),
        Together(parts=((1, 1), (2, 2)), price_minor=900), Every(step_minor=300, off_minor=30, most_times=2),
        Tiers(steps=(Tier(from_minor=100, off_minor=10), Tier(from_minor=100, from_units=3, basis_points=2_000))),
        Gift(variant_id=9, units=1), FreeDelivery(),
    ],
)  # fmt: skip
def test_every_kind_is_kept_as_it_was_said(rule: Rule) -> None:
    said = draft(
        rule, scope=Scope(categories=frozenset([3, 1]), but_products=frozenset([7])), ends_at=NOON + timedelta(days=3), most_minor=500,
        terms=Terms(least_minor=1_000, channels=frozenset(["web"]), tiers=frozenset(["gold", "black"]), full_price_only=True),
        excludes=frozenset([5, 4]), limits=Limits(uses=10, uses_a_buyer=1, uses_a_day=5, budget_minor=10_000), needs_code=True,
    )  # fmt: skip

    made = promotions.save(promotion_id=None, draft=said, actor=None, now=NOON)

    assert promotions.promotion(made.id) == made
    assert (made.draft, made.state, made.version) == (said, State.DRAFT, 1)


def test_a_promotion_goes_from_draft_to_end_and_each_step_leaves_its_traces(ann: UserId, ben: UserId) -> None:
    made = saved(actor=ann)
    acts: dict[str, Any] = {"promotion_id": made.id, "now": NOON}
    assert promotions.book().promotions == {}
    promotions.ask(actor=ann, **acts)
    with pytest.raises(OwnPromotion):
        promotions.approve(seen=1, actor=ann, is_alone=False, **acts)
    with pytest.raises(PromotionMoved):
        promotions.approve(seen=2, actor=ben, is_alone=False, **acts)

    approved = promotions.approve(seen=1, actor=ben, is_alone=False, **acts)
    assert (approved.state, approved.approved_by) == (State.APPROVED, ben)
    assert list(promotions.book().promotions) == [made.id]
    with pytest.raises(NotInThisState):
        saved(number=made.id, name=Bilingual("Other"))
    promotions.pause(actor=ann, **acts)
    assert promotions.book().promotions == {}
    promotions.resume(actor=ann, **acts)
    assert list(promotions.book().promotions) == [made.id]
    promotions.end(actor=ann, **acts)

    assert promotions.book().promotions == {}
    with pytest.raises(NotInThisState) as refusal:
        promotions.end(actor=ann, **acts)
    assert refusal.value.value == "ended"
    told = [(each["state"], each["version"]) for each in facts_told("PromotionChanged")]
    assert told == [(each, 1) for each in ("draft", "waiting", "approved", "paused", "approved", "ended")]
    assert audit.entries(subject=f"promotion:{made.id}").total == 6


def test_who_works_alone_approves_what_they_wrote(ann: UserId) -> None:
    made = saved(actor=ann)
    promotions.ask(promotion_id=made.id, actor=ann, now=NOON)

    assert promotions.approve(promotion_id=made.id, seen=1, actor=ann, is_alone=True, now=NOON).state is State.APPROVED


def test_a_changed_promotion_is_a_draft_again_and_the_same_again_changes_nothing(ann: UserId, ben: UserId) -> None:
    made = running(ben)
    promotions.pause(promotion_id=made.id, actor=ann, now=NOON)

    same = saved(number=made.id, actor=ann)
    changed = saved(Amount(off_minor=7), number=made.id, actor=ann)

    assert (same.state, same.version, same.approved_by) == (State.PAUSED, 1, ben)
    assert (changed.state, changed.version, changed.approved_by, changed.changed_by) == (State.DRAFT, 2, None, ann)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("code", {"code": "two words"}), ("name_en", {"name": Bilingual("", "")}), ("ends_at", {"ends_at": NOON}),
        ("most_minor", {"most_minor": -1}), ("share_off", {"rule": Percent(basis_points=10_001)}),
        ("share_off", {"rule": Percent(basis_points=0)}), ("off_minor", {"rule": Amount(off_minor=0)}),
        ("off_minor", {"rule": Every(step_minor=100, off_minor=101)}), ("units", {"rule": Several(units=1, price_minor=1)}),
        ("together", {"rule": Together(parts=((1, 1),), price_minor=1)}),
        ("together", {"rule": Together(parts=((1, 1), (1, 2)), price_minor=1)}),
        ("tiers", {"rule": Tiers(steps=())}), ("tiers", {"rule": Tiers(steps=(Tier(from_minor=1),))}),
        ("tiers", {"rule": Tiers(steps=(Tier(off_minor=1),))}),
        ("tiers", {"rule": Tiers(steps=(Tier(from_minor=5, off_minor=1), Tier(from_minor=4, off_minor=2)))}),
        ("units", {"rule": Gift(variant_id=1, units=0)}), ("uses", {"limits": Limits(uses=0)}),
        ("budget_minor", {"limits": Limits(budget_minor=0)}), ("least_minor", {"terms": Terms(least_minor=-1)}),
        ("scope", {"scope": Scope(products=frozenset(range(5_001)))}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_its_field_and_nothing_is_kept(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises((OutOfRange, Malformed)) as refusal:
        promotions.save(promotion_id=None, draft=draft(**changes), actor=None, now=NOON)

    assert refusal.value.field == field
    assert not models.Promotion.objects.exists()
    assert facts_told("PromotionChanged") == []


def test_a_code_stands_for_one_promotion_and_one_that_is_not_there_is_not_found() -> None:
    saved()

    with pytest.raises(CodeTaken):
        saved()
    with pytest.raises(NotFound):
        promotions.promotion(PromotionId(10**9))
    with pytest.raises(NotFound):
        promotions.ask(promotion_id=PromotionId(10**9), actor=None, now=NOON)


# ── coupons ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def code(made: Kept, word: str = "HELLO", **changes: Any) -> Coupon:
    plain = {"customer_id": None, "source": "flyer", "starts_at": None, "ends_at": None, "most_uses": None}
    return Coupon(id=0, promotion_id=made.id, code=word, uses=0, **(plain | changes))


def test_a_coupon_is_found_however_it_is_written_and_is_one_customers_own(ann: UserId) -> None:
    made, mia = running(ann, needs_code=True), member()
    promotions.save_coupon(like=code(made, "hello"), actor=None, now=NOON)
    own = promotions.save_coupon(like=code(made, "MIA", customer_id=CustomerId(mia.id)), actor=None, now=NOON)

    assert promotions.coupon(" Hello ").promotion_id == made.id
    assert list(promotions.held(["HELLO", "mia", "nobody"], customer_id=None)) == ["HELLO"]
    assert promotions.held(["MIA"], customer_id=CustomerId(mia.id)) == {"MIA": own}
    with pytest.raises(UnknownCode):
        promotions.coupon("NOBODY")
    with pytest.raises(CodeTaken):
        promotions.save_coupon(like=code(made, "Hello"), actor=None, now=NOON)


def test_codes_are_made_in_bulk_each_once_and_told_as_one(ann: UserId) -> None:
    made = running(ann, needs_code=True)

    count = promotions.generate(like=code(made, "june", most_uses=1), count=25_000, actor=ann, now=NOON)

    codes = models.Coupon.objects.filter(promotion_id=made.id)
    assert count == codes.count() == codes.values("code").distinct().count() == 25_000
    assert all(each.startswith("JUNE-") and len(each) == 15 for each in codes.values_list("code", flat=True)[:100])
    assert facts_told("CouponsMade") == [{"promotion_id": made.id, "count": 25_000}]
    for wrong in (0, 1_000_001):
        with pytest.raises(OutOfRange):
            promotions.generate(like=code(made), count=wrong, actor=ann, now=NOON)


# ── uses ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_left_goes_down_with_every_use_and_comes_back_once(ann: UserId) -> None:
    made = running(ann, limits=Limits(uses=3, uses_a_buyer=2, uses_a_day=2, budget_minor=250))
    assert promotions.left(buyer="mia", day=DAY) == {made.id: Left(uses=2, buyer_uses=2, budget_minor=250)}

    use(made, 1)
    assert promotions.left(buyer="mia", day=DAY) == {made.id: Left(uses=1, buyer_uses=1, budget_minor=150)}
    assert promotions.left(buyer="tom", day=DAY + timedelta(days=1)) == {made.id: Left(uses=2, buyer_uses=2, budget_minor=150)}

    assert promotions.give_back(order_id=OrderId(1), now=NOON) == 1
    assert promotions.give_back(order_id=OrderId(1), now=NOON) == 0
    assert promotions.left(buyer="mia", day=DAY) == {made.id: Left(uses=2, buyer_uses=2, budget_minor=250)}


@pytest.mark.parametrize(
    ("limits", "second", "reason"),
    [
        (Limits(uses=1), {}, "used_up"),
        (Limits(budget_minor=199), {}, "used_up"),
        (Limits(uses_a_buyer=1), {}, "buyer_used_up"),
        (Limits(uses_a_day=1), {"buyer": "tom"}, "used_up"),
    ],
)
def test_a_limit_refuses_the_use_beyond_it_and_nothing_is_counted(ann: UserId, limits: Limits, second: Any, reason: str) -> None:
    made = running(ann, limits=limits)
    use(made, 1)
    before = promotions.left(buyer="mia", day=DAY)

    assert why(made, 2, **second) == reason

    assert promotions.left(buyer="mia", day=DAY) == before
    assert models.Use.objects.count() == 1


def test_a_use_of_several_is_all_or_none(ann: UserId) -> None:
    one, two = running(ann, limits=Limits(uses=5)), running(ann, code="OTHER", limits=Limits(uses=1))
    use(two, 1)
    both = [Used(promotion_id=each.id, version=1, amount_minor=1) for each in (two, one)]

    with pytest.raises(CannotUse), transaction.atomic():
        promotions.use(order_id=OrderId(2), uses=both, buyer="mia", day=DAY, now=NOON)

    assert promotions.left(buyer="mia", day=DAY)[one.id].uses == 5


def test_what_changed_paused_or_ended_since_cannot_be_used(ann: UserId) -> None:
    made = running(ann, ends_at=NOON + timedelta(hours=1))

    assert why(made, version=2) == "changed"
    assert why(made, now=NOON + timedelta(hours=1)) == "over"
    promotions.pause(promotion_id=made.id, actor=None, now=NOON)
    assert why(made) == "changed"


def test_a_coupon_is_used_as_often_as_it_may_be_and_only_for_its_promotion(ann: UserId) -> None:
    made, other = running(ann, needs_code=True), running(ann, code="OTHER", needs_code=True)
    once = promotions.save_coupon(like=code(made, most_uses=1), actor=None, now=NOON)
    late = promotions.save_coupon(like=code(made, "LATE", ends_at=NOON), actor=None, now=NOON)

    assert why(made) == why(other, coupon=once.id) == why(made, coupon=late.id) == "code_used_up"
    use(made, 1, coupon=once.id)
    assert why(made, 2, coupon=once.id) == "code_used_up"
    promotions.give_back(order_id=OrderId(1), now=NOON)
    use(made, 3, coupon=once.id)


def test_promotions_without_limits_are_not_written_to(ann: UserId) -> None:
    made = running(ann)

    use(made, 1)

    assert promotions.promotion(made.id).uses == 0
    assert models.Use.objects.filter(promotion_id=made.id).count() == 1
    assert not models.Counted.objects.exists()


@pytest.mark.parametrize(
    "planted",
    [
        "UPDATE promotions_promotion SET uses = most_uses + 1",
        "UPDATE promotions_promotion SET spent_minor = budget_minor + 1",
        "UPDATE promotions_promotion SET uses = -1",
        "UPDATE promotions_counted SET uses = most + 1",
        "UPDATE promotions_counted SET uses = -1",
        "INSERT INTO promotions_use (promotion_id, order_id, buyer, day, amount_minor, at) "
        "SELECT promotion_id, order_id, buyer, day, amount_minor, at FROM promotions_use",
    ],
)  # fmt: skip
def test_the_database_holds_every_limit_once_more(ann: UserId, planted: str) -> None:
    use(running(ann, limits=Limits(uses=3, uses_a_buyer=2, budget_minor=500)), 1)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(planted)


def test_a_process_keeps_the_book_until_a_promotion_changes(ann: UserId, django_assert_num_queries: Any) -> None:
    made = running(ann, limits=Limits(uses=3))
    book = promotions.book()

    use(made, 1)

    with django_assert_num_queries(1):
        assert promotions.book() is book
    promotions.end(promotion_id=made.id, actor=None, now=NOON)
    assert promotions.book() is not book
