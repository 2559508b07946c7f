"""Orders through their face: opened once, found, changed by legal acts only, and every change on the timeline."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import Error, IntegrityError, connection, transaction

from shopkeeper.events.models import OutboxFact
from shopkeeper.kit.ids import PaymentId
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.selling.catalog.tests.builders import some_goods
from shopkeeper.selling.customers.tests import builders as customers
from shopkeeper.selling.orders import models
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import CancelReason, OrderFilter, OrderState, RefundReason, RefundWish, WrongState
from shopkeeper.selling.orders.tests.builders import CONTACT, NOON, a_new_order, a_quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def new():
    goods = [some_goods("TEA"), some_goods("CUP")]
    quote = a_quote([(goods[0].variant_id, "TEA", 2, 1_250), (goods[1].variant_id, "CUP", 1, 999)])
    return a_new_order(quote, buyer_id=customers.guest().id)


@pytest.fixture
def placed(new):
    return orders.order(orders.open_order(new=new, now=NOON))


@pytest.fixture
def paid(placed):
    return orders.mark_paid(order_id=placed.id, payment_id=PaymentId(1), amount_minor=placed.total_minor, now=NOON)


def codes(order):
    return [entry.code for entry in orders.timeline(order.id)]


def facts(kind):
    return [row.body for row in OutboxFact.objects.filter(kind=kind).order_by("id")]


# ── open and find ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_order_keeps_what_was_quoted(new, placed):
    assert placed.total_minor == 2 * 1_250 + 999
    assert [(line.sku, line.units, line.unit_minor, line.gross_minor, line.tax_minor) for line in placed.lines] == [
        ("TEA", 2, 1_250, 2_500, 416),
        ("CUP", 1, 999, 999, 166),
    ]
    assert (placed.contact, placed.address, placed.state) == (new.contact, new.address, OrderState.PLACED)
    assert placed.quote["digest"] == "d"
    assert placed.quote["versions"] == {str(line.variant_id): 1 for line in placed.lines}
    assert codes(placed) == ["placed"]


def test_numbers_follow_each_other_and_tokens_cannot_be_guessed(new):
    first, second = (orders.order(orders.open_order(new=new, now=NOON)) for _ in range(2))

    assert int(second.number.removeprefix("SK-")) == int(first.number.removeprefix("SK-")) + 1
    assert first.token != second.token
    assert len(first.token) >= 27


def test_an_order_is_found_by_number_and_token(placed):
    assert orders.by_number(f" {placed.number.lower()} ").id == placed.id
    assert orders.by_token(placed.token).id == placed.id


@pytest.mark.parametrize("find", [orders.by_number, orders.by_token])
@pytest.mark.parametrize("name", ["", "SK-1", "x" * 10_000, "nul\x00", "🦊"])
def test_a_number_or_token_nobody_has_finds_nothing(placed, find, name):
    with pytest.raises(NotFound):
        find(name)


def test_the_same_key_opens_one_order(new):
    first = orders.open_order(new=new, key="k", fingerprint="f", now=NOON)

    assert orders.open_order(new=new, key="k", fingerprint="f", now=NOON) == first
    assert orders.key_answer("k") == ("f", first)
    assert orders.key_answer("other") is None


def test_another_request_under_the_key_is_refused(new):
    orders.open_order(new=new, key="k", fingerprint="f", now=NOON)

    with pytest.raises(Error) as refused:
        orders.open_order(new=new, key="k", fingerprint="g", now=NOON)

    assert orders.refusal_of(refused.value).code == "key_reused"


def test_a_basket_is_ordered_once_while_its_order_lives(new):
    variant = new.quote.lines[0].variant_id
    basket = orders.add_line(token=None, variant_id=variant, units=1, now=NOON)
    new = replace(new, basket_id=basket.id)
    first = orders.open_order(new=new, now=NOON)

    with pytest.raises(Error) as refused:
        orders.open_order(new=new, now=NOON)

    assert orders.refusal_of(refused.value).order_id == first
    assert orders.living_order_of(basket.token) == first


def test_the_table_itself_allows_one_living_order_for_a_basket(new):
    basket = orders.add_line(token=None, variant_id=new.quote.lines[0].variant_id, units=1, now=NOON)
    orders.open_order(new=replace(new, basket_id=basket.id), now=NOON)
    models.Basket.objects.update(ordered_at=None)

    with pytest.raises(IntegrityError, match="orders_order_one_per_basket"):
        orders.open_order(new=replace(new, basket_id=basket.id), now=NOON)


# ── change ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_paying_tells_once(paid):
    assert (paid.state, paid.paid_minor, paid.paid_at, paid.hold_until) == (OrderState.PAID, 3_499, NOON, None)
    with pytest.raises(WrongState):
        orders.mark_paid(order_id=paid.id, payment_id=PaymentId(1), amount_minor=paid.total_minor, now=NOON)
    assert len(facts("OrderPaid")) == 1
    assert codes(paid) == ["placed", "paid"]


def test_an_unpaid_order_expires_and_its_basket_opens_again(new):
    basket = orders.add_line(token=None, variant_id=new.quote.lines[0].variant_id, units=1, now=NOON)
    order_id = orders.open_order(new=replace(new, basket_id=basket.id), now=NOON)
    assert orders.basket(basket.token).lines == ()
    assert orders.overdue(now=NOON + timedelta(minutes=29)) == []
    assert orders.overdue(now=NOON + timedelta(minutes=30)) == [order_id]

    orders.expire(order_id=order_id, now=NOON + timedelta(minutes=30))

    assert orders.order(order_id).state is OrderState.EXPIRED
    assert orders.basket(basket.token).units == 1
    assert orders.overdue(now=NOON + timedelta(days=1)) == []
    assert facts("OrderCancelled") == [{"order_id": order_id, "reason": "expired", "was_paid": False}]


def test_a_members_new_basket_is_not_disturbed_by_an_old_one(new):
    member = customers.member()
    variant = new.quote.lines[0].variant_id
    old = orders.open_basket(customer_id=member.id, now=NOON)
    orders.add_line(token=old.token, variant_id=variant, units=1, now=NOON)
    order_id = orders.open_order(new=replace(new, basket_id=old.id, buyer_id=member.id), now=NOON)
    fresh = orders.open_basket(customer_id=member.id, now=NOON)

    orders.cancel(order_id=order_id, reason=CancelReason.BUYER, actor=None, now=NOON)

    assert orders.basket_of(member.id).id == fresh.id
    assert orders.basket(old.token).lines == ()


def test_a_refund_counts_from_the_moment_it_is_promised(paid):
    asked = orders.open_refund(
        order_id=paid.id, wishes=[RefundWish(paid.lines[0].id, 1)], with_delivery=False, reason=RefundReason.LATE, actor=None, now=NOON
    )

    assert orders.order(paid.id).refunded_minor == asked.total_minor == 1_250
    assert facts("OrderRefunded") == []
    settled = orders.settle_refund(refund_id=asked.id, now=NOON)
    assert orders.settle_refund(refund_id=asked.id, now=NOON) == settled
    assert [(fact["refund_id"], fact["lines"][0]["gross_minor"]) for fact in facts("OrderRefunded")] == [(asked.id, 1_250)]
    assert codes(paid) == ["placed", "paid", "refund_asked", "refunded"]


def test_a_refund_that_failed_counts_no_more(paid):
    asked = orders.open_refund(order_id=paid.id, wishes=None, with_delivery=True, reason=RefundReason.LATE, actor=None, now=NOON)

    orders.fail_refund(refund_id=asked.id, reason="too_late", now=NOON)
    orders.fail_refund(refund_id=asked.id, reason="too_late", now=NOON)

    after = orders.order(paid.id)
    assert after.refunded_minor == 0
    assert [(line.refunded_units, line.dropped_units, line.units_to_ship) for line in after.lines] == [(0, 0, 2), (0, 0, 1)]


def test_two_sweepers_never_take_the_same_refund(paid):
    asked = orders.open_refund(order_id=paid.id, wishes=None, with_delivery=True, reason=RefundReason.LATE, actor=None, now=NOON)

    assert orders.claim_refunds(now=NOON + timedelta(minutes=1)) == []
    assert orders.claim_refunds(now=NOON + timedelta(minutes=2)) == [asked.id]
    assert orders.claim_refunds(now=NOON + timedelta(minutes=2)) == []


@pytest.mark.parametrize(
    ("model", "changes", "constraint"),
    [
        (models.Order, {"refunded_minor": 10**6}, "orders_order_refunded"),
        (models.Order, {"refunded_minor": -1}, "orders_order_refunded"),
        (models.Order, {"refunded_delivery_minor": 1}, "orders_order_refunded_delivery"),
        (models.Order, {"state": "lost"}, "orders_order_state_known"),
        (models.Order, {"paid_at": None}, "orders_order_paid_when_past"),
        (models.OrderLine, {"shipped_units": 3}, "orders_orderline_shipped"),
        (models.OrderLine, {"refunded_units": 3}, "orders_orderline_refunded_units"),
        (models.OrderLine, {"dropped_units": 1}, "orders_orderline_refunded_units"),
        (models.OrderLine, {"refunded_minor": 10**6}, "orders_orderline_refunded"),
        (models.OrderLine, {"tax_minor": 10**6}, "orders_orderline_amounts"),
        (models.OrderLine, {"units": 0}, "orders_orderline_units"),
    ],
)
def test_the_tables_themselves_refuse_what_cannot_be(paid, model, changes, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.update(**changes)


@pytest.mark.parametrize("statement", ["UPDATE orders_happening SET code = 'x'", "DELETE FROM orders_happening"])
def test_the_timeline_is_never_rewritten(placed, statement):
    with pytest.raises(Error, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert codes(placed) == ["placed"]


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lists_are_filtered_newest_first(new):
    first = orders.open_order(new=new, now=NOON)
    bob = replace(new, contact=replace(CONTACT, name="Bob Özil", email="bob@example.com"))
    second = orders.open_order(new=bob, now=NOON + timedelta(1))
    number = orders.order(second).number

    def found(**wanted):
        return [order.id for order in orders.list_orders(OrderFilter(**wanted))]

    assert found() == [second, first]
    assert found(text="özil") == found(text="BOB@") == found(text=number.lower()) == [second]
    assert found(text="nul\x00") == []
    assert found(states=(OrderState.PAID,)) == found(needs_shipping=True) == found(country="FR") == []
    assert found(country="GB", placed_before=NOON + timedelta(hours=1)) == [first]
    assert found(placed_from=NOON + timedelta(hours=1)) == [second]
    assert [order.id for order in orders.orders_of(new.buyer_id, size=1)] == [second]
    assert orders.counts()[OrderState.PLACED] == 2
    assert orders.counts()[OrderState.SHIPPED] == 0


@pytest.mark.parametrize("page", [{"number": 0}, {"size": 0}, {"size": 501}, {"number": 10**9}])
def test_a_page_that_cannot_be_is_refused(page):
    with pytest.raises(OutOfRange):
        orders.list_orders(**page)


def test_many_orders_cost_no_more_queries_than_one(new, django_assert_num_queries):
    ids = [orders.open_order(new=new, now=NOON) for _ in range(5)]

    with django_assert_num_queries(1):
        assert len(orders.orders(ids)) == 5


def test_an_order_nobody_has_is_not_found():
    with pytest.raises(NotFound):
        orders.order(999_999)
    with pytest.raises(NotFound):
        orders.lock(999_999)
    with pytest.raises(NotFound):
        orders.refund(999_999)
