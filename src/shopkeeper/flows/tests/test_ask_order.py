"""A buyer asks to cancel the rest or to send back: held by rule, lock and table; decided once, settled by refunds, never dropped."""

from datetime import timedelta

import pytest
from django.db import Error, IntegrityError, transaction

from shopkeeper.flows import ask_order, refund_order, ship_order
from shopkeeper.flows.tests.builders import NOON, told
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.ops.access.tests import builders as staff
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.orders import models
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import (
    AskedAlready,
    Basis,
    NeedsDefect,
    NothingToDo,
    NotToBeAsked,
    OrderState,
    ParcelLine,
    RefundReason,
    RefundWish,
    RequestDecided,
    RequestState,
    SentMeanwhile,
    TooManyUnits,
)
from shopkeeper.selling.pricing import models as prices
from shopkeeper.selling.pricing import public as pricing

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=10)
LONG_AFTER = NOON + timedelta(days=200)


@pytest.fixture
def clerk(db):
    return staff.joined("clerk@example.com")


@pytest.fixture
def sent(shop):
    order = shop.buy(TEA=3, CUP=1)
    ship_order.ship(order_id=order.id, carrier="Royal Mail", tracking_number="RM1", actor=None, now=LATER)
    return orders.order(order.id)


@pytest.fixture
def half_sent(shop):
    order = shop.buy(TEA=3)
    ship_order.ship(
        order_id=order.id, carrier="Royal Mail", tracking_number="RM1", lines=[ParcelLine(line_id=order.lines[0].id, units=1)],
        actor=None, now=LATER,
    )  # fmt: skip
    return orders.order(order.id)


def ask(order, *wishes, kind="return", reason="changed_mind", now=LATER, note=""):
    return ask_order.ask(order_id=order.id, kind=kind, reason=reason, note=note, wishes=wishes or None, now=now)


def refund(order, *wishes):
    return refund_order.refund(
        order_id=order.id, lines=[RefundWish(*wish) for wish in wishes], delivery=False, reason=RefundReason.DAMAGED, actor=None, now=LATER
    )


def send(order, **how):
    return ship_order.ship(order_id=order.id, carrier="Royal Mail", tracking_number="RM2", actor=None, now=LATER, **how)


def codes(order):
    return [entry.code for entry in orders.timeline(order.id)]


# ── asked ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_request_stands_with_its_pieces_its_ground_and_the_news_of_it(sent):
    made = ask(sent, (sent.lines[0].id, 2), note="Too dark for our room")

    assert (made.state, made.basis, made.note, made.units) == (RequestState.WAITING, Basis.FREE, "Too dark for our room", 2)
    assert told("OrderRequestMade") == [{"request_id": made.id, "order_id": sent.id, "kind": "return", "reason": "changed_mind"}]
    assert codes(sent)[-1] == "request_made"
    assert orders.requests_waiting() == 1


def test_the_same_pieces_are_not_asked_for_twice(sent):
    line = sent.lines[0].id
    ask(sent, (line, 2))

    with pytest.raises(TooManyUnits) as refused:
        ask(sent, (line, 2))

    assert refused.value.most == 1
    assert len(orders.requests_of(sent.id)) == 1


def test_a_request_sent_again_under_its_key_is_asked_once(sent):
    wishes = [(sent.lines[0].id, 1)]
    once = {"order_id": sent.id, "kind": "return", "reason": "changed_mind", "wishes": wishes, "now": NOON, "key": "k"}

    first, again = ask_order.ask(**once), ask_order.ask(**once)

    assert again == first
    assert [each.units for each in orders.requests_of(sent.id)] == [1]
    assert len(told("OrderRequestMade")) == 1


def test_what_was_given_back_is_not_asked_for(sent):
    refund(sent, (sent.lines[0].id, 2))

    with pytest.raises(TooManyUnits):
        ask(sent, (sent.lines[0].id, 2))


def test_before_anything_left_the_buyer_cancels_and_does_not_ask(shop):
    order = shop.buy(TEA=1)

    with pytest.raises(NotToBeAsked):
        ask(order, kind="cancel")
    with pytest.raises(NotToBeAsked):
        ask(order)


def test_what_is_still_here_after_the_first_parcel_may_be_asked_back(half_sent, clerk):
    made = ask(half_sent, kind="cancel")

    assert (made.units, made.basis) == (2, Basis.BEFORE)
    orders.decide_request(request_id=made.id, accept=True, answer="", actor=clerk, now=LATER)
    with pytest.raises(NotToBeAsked):
        ask(half_sent, kind="cancel")


def test_one_request_to_cancel_waits_at_a_time_and_its_buyer_may_ask_for_other_pieces_instead(half_sent):
    line = half_sent.lines[0].id
    first = ask(half_sent, (line, 1), kind="cancel")

    with pytest.raises(AskedAlready) as refused:
        ask(half_sent, (line, 1), kind="cancel")

    assert refused.value.request_id == first.id
    assert ask_order.look(orders.order(half_sent.id), LATER).may.to_cancel == {}
    orders.withdraw_request(order_id=half_sent.id, request_id=first.id, now=LATER)
    assert ask(half_sent, (line, 2), kind="cancel").units == 2


def test_long_after_only_a_defect_counts(sent):
    with pytest.raises(NeedsDefect):
        ask(sent, now=LONG_AFTER)

    assert ask(sent, reason="faulty", now=LONG_AFTER).basis is Basis.DEFECT


def test_a_refused_asking_leaves_nothing(sent):
    for wrong, refusal in [
        ({"kind": "party"}, Malformed), ({"reason": "because"}, Malformed), ({"note": "x" * 501}, OutOfRange),
        ({"note": "\x01"}, Malformed),
    ]:  # fmt: skip
        with pytest.raises(refusal):
            ask(sent, **wrong)
    with pytest.raises(NotFound):
        ask_order.ask(order_id=10**9, kind="return", reason="faulty", wishes=None, now=LATER)
    assert (orders.requests_of(sent.id), told("OrderRequestMade")) == ((), [])


def test_a_look_tells_what_was_and_may_be_asked_in_one_statement(sent, django_assert_num_queries):
    ask(sent, (sent.lines[0].id, 1))

    with django_assert_num_queries(1):
        seen = ask_order.look(sent, LATER)

    assert [each.units for each in seen.requests] == [1]
    assert seen.may.to_return == {sent.lines[0].id: 2, sent.lines[1].id: 1}
    assert seen.may.window.is_open


def test_the_days_end_by_the_way_that_was_promised_when_the_order_was_placed(sent):
    last = ask_order.look(sent, LATER).may.window.last_day
    for option in pricing.all_delivery_options():
        prices.DeliveryOption.objects.filter(id=option.id).update(days_least=0, days_most=0)

    assert ask_order.look(sent, LATER).may.window.last_day == last


def test_a_parcel_that_came_later_than_promised_begins_the_days_anew_and_its_buyer_hears_of_it(sent):
    came = LATER + timedelta(days=40)
    before = ask_order.look(sent, LATER).may.window
    orders.note(order_id=sent.id, code="arrived", values={"shipment_id": int(sent.shipments[0].id)}, actor=None, now=came)

    now = ask_order.look(orders.order(sent.id), came).may.window

    assert (now.last_day, now.is_open) == (came.date() + timedelta(days=before.days), True)
    assert ask(sent, now=came).basis is Basis.FREE
    assert "arrived" in [each.code for each in orders.news(sent.buyer_id)]


def test_while_something_is_still_to_come_the_days_have_not_begun(half_sent):
    window = ask_order.look(half_sent, LONG_AFTER).may.window

    assert (window.last_day, window.is_open) == (None, True)


# ── decided ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_staff_accept_or_refuse_once_and_the_buyer_reads_why(sent, clerk):
    first, second = ask(sent, (sent.lines[0].id, 1)), ask(sent, (sent.lines[1].id, 1))

    accepted = orders.decide_request(request_id=first.id, accept=True, answer="", actor=clerk, now=LATER)
    refused = orders.decide_request(request_id=second.id, accept=False, answer="It was used.", actor=clerk, now=LATER)

    assert (accepted.state, refused.state, refused.answer) == (RequestState.ACCEPTED, RequestState.REFUSED, "It was used.")
    assert [each["state"] for each in told("OrderRequestDecided")] == ["accepted", "refused"]
    assert [each.act for each in audit.entries(subject=f"request:{first.id}")] == ["orders.decide_request"]
    assert orders.requests_waiting() == 0
    with pytest.raises(RequestDecided):
        orders.decide_request(request_id=first.id, accept=False, answer="No", actor=clerk, now=LATER)


def test_refusing_needs_a_reason(sent, clerk):
    made = ask(sent)

    with pytest.raises(OutOfRange):
        orders.decide_request(request_id=made.id, accept=False, answer="  ", actor=clerk, now=LATER)

    assert orders.request(made.id).state is RequestState.WAITING


def test_a_refund_ends_the_accepted_request_it_answers(sent, clerk):
    line = sent.lines[0].id
    made = ask(sent, (line, 2))
    orders.decide_request(request_id=made.id, accept=True, answer="", actor=clerk, now=LATER)

    refund(sent, (line, 1))
    assert orders.request(made.id).state is RequestState.ACCEPTED
    refund(sent, (line, 1))

    assert orders.request(made.id).state is RequestState.DONE
    assert ask_order.look(orders.order(sent.id), LATER).may.to_return[line] == 1


def test_giving_up_the_rest_ends_the_request_for_it(half_sent, clerk):
    made = ask(half_sent, kind="cancel")
    orders.decide_request(request_id=made.id, accept=True, answer="", actor=clerk, now=LATER)

    refund(half_sent, (half_sent.lines[0].id, 2))

    assert orders.request(made.id).state is RequestState.DONE
    assert orders.order(half_sent.id).state is OrderState.SHIPPED


def test_what_is_promised_to_be_cancelled_is_not_sent_any_more(half_sent, clerk):
    line = half_sent.lines[0].id
    made = ask(half_sent, (line, 1), kind="cancel")
    orders.decide_request(request_id=made.id, accept=True, answer="", actor=clerk, now=LATER)

    with pytest.raises(TooManyUnits) as refused:
        send(half_sent, lines=[ParcelLine(line_id=line, units=2)])
    send(half_sent)
    with pytest.raises(NothingToDo):
        send(half_sent)

    assert refused.value.most == 1
    assert orders.order(half_sent.id).lines[0].shipped_units == 2
    assert orders.request(made.id).state is RequestState.ACCEPTED


def test_nobody_agrees_to_cancel_what_has_left_meanwhile(half_sent, clerk):
    made = ask(half_sent, kind="cancel")
    send(half_sent, cancels_seen=[made.id])

    with pytest.raises(SentMeanwhile) as refused:
        orders.decide_request(request_id=made.id, accept=True, answer="", actor=clerk, now=LATER)

    assert refused.value.units == 2
    assert orders.request(made.id).state is RequestState.WAITING
    said = orders.decide_request(request_id=made.id, accept=False, answer="It left this morning.", actor=clerk, now=LATER)
    assert said.state is RequestState.REFUSED
    assert ask(half_sent).units == 3


def test_what_is_kept_for_another_request_is_not_promised_twice(half_sent, clerk):
    line = half_sent.lines[0].id
    first = ask(half_sent, (line, 1), kind="cancel")
    orders.decide_request(request_id=first.id, accept=True, answer="", actor=clerk, now=LATER)
    second = ask(half_sent, (line, 1), kind="cancel")
    send(half_sent, cancels_seen=[second.id])
    assert orders.order(half_sent.id).lines[0].units_to_ship == 1

    with pytest.raises(SentMeanwhile):
        orders.decide_request(request_id=second.id, accept=True, answer="", actor=clerk, now=LATER)


def test_what_a_refund_under_way_gives_up_is_still_here(half_sent, clerk):
    made = ask(half_sent, kind="cancel")
    wishes = [RefundWish(half_sent.lines[0].id, 2, False)]
    orders.open_refund(order_id=half_sent.id, wishes=wishes, with_delivery=False, reason=RefundReason.CANCELLED, actor=clerk, now=LATER)
    assert orders.order(half_sent.id).lines[0].units_to_ship == 0

    assert orders.decide_request(request_id=made.id, accept=True, answer="", actor=clerk, now=LATER).state is RequestState.ACCEPTED


def test_what_was_refunded_before_anybody_decided_is_done_with_the_decision(sent, clerk):
    made = ask(sent, (sent.lines[1].id, 1))
    refund(sent, (sent.lines[1].id, 1))

    assert orders.decide_request(request_id=made.id, accept=True, answer="", actor=clerk, now=LATER).state is RequestState.DONE


def test_staff_close_what_never_came_back_and_its_pieces_are_free_again(sent, clerk):
    made = ask(sent)
    with pytest.raises(RequestDecided):
        orders.close_request(request_id=made.id, actor=clerk, now=LATER)
    orders.decide_request(request_id=made.id, accept=True, answer="", actor=clerk, now=LATER)

    assert orders.close_request(request_id=made.id, actor=clerk, now=LATER).state is RequestState.DONE
    assert ask(sent).units == 4


def test_the_buyer_takes_back_what_waits_and_nobody_elses(shop, sent, clerk):
    made = ask(sent)
    other = shop.buy(TEA=1)

    with pytest.raises(NotFound):
        orders.withdraw_request(order_id=other.id, request_id=made.id, now=LATER)
    assert orders.withdraw_request(order_id=sent.id, request_id=made.id, now=LATER).state is RequestState.WITHDRAWN
    with pytest.raises(RequestDecided):
        orders.decide_request(request_id=made.id, accept=True, answer="", actor=clerk, now=LATER)


# ── held by the tables themselves ─────────────────────────────────────────────────────────────────────────────────────


def refused_by_the_table(change):
    with pytest.raises((IntegrityError, Error)), transaction.atomic():
        change()


def test_the_tables_refuse_what_no_request_can_be(sent, clerk):
    made = ask(sent, (sent.lines[0].id, 2))
    rows, lines = models.Request.objects.filter(id=made.id), models.RequestLine.objects.filter(request_id=made.id)

    refused_by_the_table(lambda: rows.update(state="done", decided_at=LATER, ended_at=LATER))  # nobody accepted it
    refused_by_the_table(lambda: rows.update(state="refused", decided_at=LATER, answer=""))
    refused_by_the_table(lambda: rows.update(state="accepted"))  # without a moment
    refused_by_the_table(lambda: rows.update(note="something else"))
    refused_by_the_table(lambda: rows.update(state="lost"))
    refused_by_the_table(lambda: models.Request.objects.filter(id=made.id).delete())
    refused_by_the_table(lambda: lines.update(units=3))
    refused_by_the_table(lambda: lines.update(settled_units=3))
    refused_by_the_table(lines.delete)


def test_the_tables_refuse_more_pieces_than_there_are_whoever_asks(sent, half_sent, clerk):
    made = ask(sent, (sent.lines[0].id, 2))

    def plant(order, line_id, units, kind="return"):
        row = models.Request.objects.create(order_id=order.id, kind=kind, reason="faulty", basis="defect", made_at=LATER)
        models.RequestLine.objects.create(request_id=row.id, line_id=line_id, units=units)

    refused_by_the_table(lambda: plant(sent, sent.lines[0].id, 2))  # one of three is left
    refused_by_the_table(lambda: plant(half_sent, half_sent.lines[0].id, 3, kind="cancel"))
    refused_by_the_table(lambda: plant(half_sent, sent.lines[1].id, 1))  # a line of another order
    plant(sent, sent.lines[0].id, 1)
    orders.decide_request(request_id=made.id, accept=True, answer="", actor=clerk, now=LATER)
    refused_by_the_table(lambda: models.Request.objects.filter(id=made.id).update(answer="changed"))
