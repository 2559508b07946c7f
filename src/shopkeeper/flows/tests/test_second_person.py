"""Acts that one person alone does not do: frozen, approved by another, done once, refused when stale."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from shopkeeper.flows import approve, refund_order, second_person, set_price, staff
from shopkeeper.flows.tests.builders import NOON, SmallShop, small_shop, told
from shopkeeper.kit.ids import ApprovalId, UserId
from shopkeeper.kit.refusals import KeyReused, NotAllowed
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.approvals import models as rows
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.ops.approvals.shapes import Approval, ApprovalOver, ApprovalStale, ApprovalState, OwnApproval, WaitingForApproval
from shopkeeper.ops.audit import models as trail
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order
from shopkeeper.selling.pricing import public as pricing


def person(role: Role | str, name: str) -> UserId:
    made = access.invite(email=f"{name}@example.org", role=role, actor=None, now=NOON)
    return access.accept(token=made.token, name=name, password="seven grey herons 7", now=NOON)


@pytest.fixture
def ann(shop: SmallShop) -> UserId:
    return person(Role.OWNER, "ann")


@pytest.fixture
def ben(shop: SmallShop) -> UserId:
    return person(Role.MANAGER, "ben")


def paid(shop: SmallShop, units: int = 20) -> Order:
    """Return a paid order: 20 pieces of tea are 25,000 minor units, above the limit of 20,000."""
    shop.receive("TEA", 100)
    return shop.buy(TEA=units)


def ask_refund(order: Order, actor: UserId, units: int = 20, **more: Any) -> Approval:
    with pytest.raises(WaitingForApproval) as waits:
        refund_order.refund(order_id=order.id, lines=[(order.lines[0].id, units, False)], delivery=False, reason="goodwill", actor=actor,
                            now=NOON, **more)  # fmt: skip
    return waits.value.approval


def yes(found: Approval, actor: UserId, now: Any = NOON) -> Approval:
    return approve.approve(approval_id=found.id, seen_digest=found.digest, actor=actor, now=now)


def test_a_refund_above_the_limit_waits_and_is_paid_once_when_another_approves(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    order = paid(shop)
    asked = ask_refund(order, ben, key="form-1")
    assert orders.order(order.id).refunded_minor == 0

    done = yes(asked, ann)

    assert (done.state, done.decided_by) == (ApprovalState.DONE, ann)
    assert orders.order(order.id).refunded_minor == 25_000
    assert told("ApprovalAsked") == [{"approval_id": asked.id, "act": "orders.refund"}]
    assert told("ApprovalDecided") == [{"approval_id": asked.id, "act": "orders.refund", "is_given": True}]
    again = refund_order.refund(order_id=order.id, lines=[(order.lines[0].id, 20, False)], delivery=False, reason="goodwill", actor=ben,
                                now=NOON, key="form-1")  # fmt: skip
    assert again.id == orders.order(order.id).refunds[0].id
    with pytest.raises(ApprovalOver):
        yes(asked, ann)
    assert len(orders.order(order.id).refunds) == 1
    acts = list(trail.Record.objects.filter(act__startswith="approvals.").order_by("id").values_list("act", "actor_id"))
    assert acts == [("approvals.ask", ben), ("approvals.give", ann)]


def test_below_the_limit_nobody_is_asked_and_many_small_ones_count_as_one(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    order = paid(shop)
    line = order.lines[0].id

    refund_order.refund(order_id=order.id, lines=[(line, 16, False)], delivery=False, reason="late", actor=ben, now=NOON)

    assert orders.order(order.id).refunded_minor == 20_000
    ask_refund(order, ben, units=1)
    assert orders.order(order.id).refunded_minor == 20_000


def test_two_refunds_at_once_do_not_pass_the_limit_together(
    shop: SmallShop, ann: UserId, ben: UserId, monkeypatch: pytest.MonkeyPatch
) -> None:
    second_person.save_limits(refund_over_minor=6_000, price_drop_percent=40, actor=ann, now=NOON)
    order = shop.buy(TEA=8)
    halves = [(order.lines[0].id, 4, False)]
    pay, others = refund_order._refund, ["one refund of somebody else, between the look and the promise"]

    def paid_by_another_first(*asked: Any, **more: Any) -> Any:
        if others.pop() if others else "":
            refund_order.refund(order_id=order.id, lines=halves, delivery=False, reason="late", actor=ben, now=NOON, key="second")
        return pay(*asked, **more)

    monkeypatch.setattr(refund_order, "_refund", paid_by_another_first)

    with pytest.raises(WaitingForApproval):
        refund_order.refund(order_id=order.id, lines=halves, delivery=False, reason="goodwill", actor=ben, now=NOON, key="first")

    assert orders.order(order.id).refunded_minor == order.lines[0].gross_minor // 2
    assert len(orders.order(order.id).refunds) == 1


def test_nobody_approves_what_they_asked_for_nor_without_the_act(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    asked = ask_refund(paid(shop), ben)
    clerk = person(Role.CLERK, "cleo")

    with pytest.raises(OwnApproval):
        yes(asked, ben)
    with pytest.raises(NotAllowed):
        yes(asked, clerk)
    with pytest.raises(NotAllowed):
        approve.refuse(approval_id=asked.id, note="", actor=clerk, now=NOON)

    assert approvals.approval(asked.id).state is ApprovalState.WAITING


def test_one_who_may_decide_but_not_do_the_act_cannot_approve_it(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    role = staff.save_role(code=None, name=second_name("Decider"), acts=["approvals.decide", "approvals.view"], actor=ann, now=NOON)
    asked = ask_refund(paid(shop), ben)

    with pytest.raises(NotAllowed):
        yes(asked, person(role.code, "dee"))


def second_name(english: str) -> Any:
    from shopkeeper.kit.text import Bilingual

    return Bilingual(english, "决定人")


def test_a_sum_that_moved_is_stale_and_nothing_is_paid(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    order = paid(shop)
    asked = ask_refund(order, ben)
    refund_order.refund(order_id=order.id, lines=[(order.lines[0].id, 1, False)], delivery=False, reason="late", actor=ann, now=NOON)

    with pytest.raises(ApprovalStale):
        yes(asked, ann)

    assert approvals.approval(asked.id).state is ApprovalState.STALE
    assert orders.order(order.id).refunded_minor == 1_250


def test_what_was_asked_by_one_who_may_not_do_it_any_more_is_stale(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    asked = ask_refund(paid(shop), ben)
    staff.change_role(user_id=ben, role=Role.CLERK, actor=ann, now=NOON)

    with pytest.raises(ApprovalStale):
        yes(asked, ann)


def test_what_was_not_seen_is_not_approved(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    asked = ask_refund(paid(shop), ben)

    with pytest.raises(ApprovalOver):
        approve.approve(approval_id=asked.id, seen_digest="0" * 64, actor=ann, now=NOON)

    assert approvals.approval(asked.id).state is ApprovalState.WAITING


def test_it_can_be_refused_withdrawn_and_runs_out(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    order = paid(shop)
    refused = ask_refund(order, ben)
    approve.refuse(approval_id=refused.id, note="The buyer kept it", actor=ann, now=NOON)
    withdrawn = ask_refund(order, ben)
    approve.withdraw(approval_id=withdrawn.id, actor=ben, now=NOON)
    late = ask_refund(order, ben)

    for found, now in ((refused, NOON), (withdrawn, NOON), (late, NOON + timedelta(days=3))):
        with pytest.raises(ApprovalOver):
            yes(found, ann, now)

    assert approve.finish(NOON + timedelta(days=3)) == 0
    states = [approvals.approval(each.id).state for each in (refused, withdrawn, late)]
    assert states == [ApprovalState.REFUSED, ApprovalState.WITHDRAWN, ApprovalState.EXPIRED]
    assert orders.order(order.id).refunded_minor == 0


def test_the_same_waits_once_and_a_key_belongs_to_one_wish(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    order = paid(shop)

    first, second = ask_refund(order, ben), ask_refund(order, ann)
    keyed = ask_refund(order, ben, units=19, key="k")

    assert first.id == second.id
    assert keyed.id != first.id
    with pytest.raises(KeyReused):
        refund_order.refund(order_id=order.id, lines=[(order.lines[0].id, 18, False)], delivery=False, reason="goodwill", actor=ben,
                            now=NOON, key="k")  # fmt: skip


def test_whoever_is_alone_acts_alone_and_the_trail_says_so(shop: SmallShop, ann: UserId) -> None:
    order = paid(shop)

    refund_order.refund(order_id=order.id, lines=[(order.lines[0].id, 20, False)], delivery=False, reason="late", actor=ann, now=NOON)

    assert orders.order(order.id).refunded_minor == 25_000
    assert trail.Record.objects.filter(act="approvals.nobody_else", actor_id=ann).count() == 1


def test_the_owner_moves_and_lifts_the_limit(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    with pytest.raises(NotAllowed):
        second_person.save_limits(refund_over_minor=None, price_drop_percent=None, actor=ben, now=NOON)
    second_person.save_limits(refund_over_minor=1_000, price_drop_percent=None, actor=ann, now=NOON)
    order = paid(shop)

    ask_refund(order, ben, units=1)
    second_person.save_limits(refund_over_minor=None, price_drop_percent=None, actor=ann, now=NOON)
    refund_order.refund(order_id=order.id, lines=[(order.lines[0].id, 20, False)], delivery=False, reason="late", actor=ben, now=NOON)

    assert orders.order(order.id).refunded_minor == 25_000


def test_a_price_far_below_the_present_one_waits(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    tea = shop.variants["TEA"]
    set_price.set_price(variant_id=tea, amount_minor=750, reason="sale", actor=ben, now=NOON)
    with pytest.raises(WaitingForApproval) as waits:
        set_price.set_price(variant_id=tea, amount_minor=449, reason="typing mistake?", actor=ben, now=NOON)
    assert pricing.prices([tea])[tea].amount_minor == 750

    yes(waits.value.approval, ann)

    assert pricing.prices([tea])[tea].amount_minor == 449


def test_a_price_that_changed_meanwhile_makes_the_wish_stale(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    tea = shop.variants["TEA"]
    with pytest.raises(WaitingForApproval) as waits:
        set_price.set_price(variant_id=tea, amount_minor=100, reason="sale", actor=ben, now=NOON)
    set_price.set_price(variant_id=tea, amount_minor=1_300, reason="up", actor=ann, now=NOON)

    with pytest.raises(ApprovalStale):
        yes(waits.value.approval, ann)

    assert pricing.prices([tea])[tea].amount_minor == 1_300


def with_factor(user_id: UserId) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    arrival = access.arrive(user_id=user_id, session_id=None, session_key="k" * 32, browser="", now=NOON)
    assert arrival is not None
    secret = access.new_secret()
    code = format_hotp_value(hotp_value(secret, int(NOON.timestamp()) // 30))
    access.set_up(user_id=user_id, session_id=arrival.session_id, secret=secret, code=code, now=NOON)


def test_a_lost_factor_is_reset_by_two_owners_never_by_the_person_alone(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    eve = person(Role.OWNER, "eve")
    with_factor(ben)

    with pytest.raises(NotAllowed):
        staff.reset_second_factor(user_id=ann, actor=ben, now=NOON)
    with pytest.raises(WaitingForApproval) as waits:
        staff.reset_second_factor(user_id=ben, actor=ann, now=NOON)
    assert access.second_factor(ben).is_set_up
    yes(waits.value.approval, eve)

    assert not access.second_factor(ben).is_set_up
    assert trail.Record.objects.filter(act="staff.reset_second_factor", actor_id=ann, subject=f"user:{ben}").count() == 1


def test_the_owner_whose_factor_it_is_does_not_count_as_the_second_person(shop: SmallShop, ann: UserId) -> None:
    eve = person(Role.OWNER, "eve")
    with_factor(eve)

    staff.reset_second_factor(user_id=eve, actor=ann, now=NOON)

    assert not access.second_factor(eve).is_set_up


def test_the_machine_helps_the_last_owner(shop: SmallShop, ann: UserId) -> None:
    with_factor(ann)

    staff.reset_on_machine(email="ANN@example.org", now=NOON)

    assert not access.second_factor(ann).is_set_up
    assert trail.Record.objects.filter(act="staff.reset_second_factor", actor_id=None).count() == 1


def test_the_command_line_asks_and_may_do_it_once_after_somebody_approved(shop: SmallShop, ann: UserId) -> None:
    wish: dict[str, Any] = {"act": "backup.restore", "subject": "backup:monday", "values": {"point": "monday"}, "now": NOON}
    with pytest.raises(WaitingForApproval) as waits:
        second_person.require_on_machine(**wish)
    with pytest.raises(WaitingForApproval):
        second_person.require_on_machine(**wish)

    yes(waits.value.approval, ann)

    with pytest.raises(WaitingForApproval):
        second_person.require_on_machine(**{**wish, "values": {"point": "tuesday"}})
    assert second_person.require_on_machine(**wish) is not None
    with pytest.raises(WaitingForApproval):
        second_person.require_on_machine(**wish)


def test_what_a_dead_process_left_approved_is_done_once(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    order = paid(shop)
    asked = ask_refund(order, ben)
    approvals.give(approval_id=asked.id, seen_digest=asked.digest, by=ann, now=NOON)

    assert approve.finish(NOON + timedelta(seconds=30)) == 0
    assert approve.finish(NOON + timedelta(minutes=2)) == 1
    assert approve.finish(NOON + timedelta(minutes=4)) == 0

    assert orders.order(order.id).refunded_minor == 25_000
    rows.Approval.objects.filter(pk=asked.id).update(state="given")
    approve.carry_out(asked.id, now=NOON)
    assert orders.order(order.id).refunded_minor == 25_000


@pytest.mark.django_db
def test_the_database_itself_refuses_that_who_asked_decides(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    from django.db import IntegrityError

    asked = ask_refund(paid(shop), ben)

    with pytest.raises(IntegrityError, match="approvals_decided_by_another"):
        rows.Approval.objects.filter(pk=asked.id).update(decided_by_id=ben, decided_at=NOON, state="given")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_one_does_and_it_is_done_once() -> None:
    shop = small_shop()
    askers = [person(Role.MANAGER, "ben")]
    deciders = [person(Role.OWNER, f"owner{place}") for place in range(4)]
    overlapped = 0
    for _ in range(5):
        order = paid(shop)
        asked = ask_refund(order, askers[0])
        ended, inside = _all_at_once(asked.id, asked.digest, deciders)

        overlapped += inside
        assert sorted(ended) == ["approval_over"] * 3 + ["done"]
        assert orders.order(order.id).refunded_minor == 25_000
        assert len(orders.order(order.id).refunds) == 1
    print(f"{overlapped} of 5 attempts overlapped")
    assert overlapped
    assert get_user_model().objects.count() == 5


def _all_at_once(approval_id: ApprovalId, digest: str, deciders: list[UserId]) -> tuple[list[str], bool]:
    """Let everybody approve at the same moment; return what each was told, and whether some really met."""
    ended: list[str] = []
    inside, met, guard = [0], [False], threading.Lock()
    barrier = threading.Barrier(len(deciders))

    def one(actor: UserId) -> None:
        barrier.wait()
        with guard:
            inside[0] += 1
            met[0] |= inside[0] > 1
        try:
            told = approve.approve(approval_id=approval_id, seen_digest=digest, actor=actor, now=NOON).state.value
        except ApprovalOver as over:
            told = over.code
        with guard:
            inside[0] -= 1
            ended.append(told)
        connection.close()

    threads = [threading.Thread(target=one, args=(actor,)) for actor in deciders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended, met[0]
