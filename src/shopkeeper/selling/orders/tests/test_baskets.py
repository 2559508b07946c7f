"""Baskets: one line per thing, sane numbers, found by a secret name, joined at sign-in."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction

from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.selling.catalog.tests.builders import some_goods
from shopkeeper.selling.customers.tests import builders as customers
from shopkeeper.selling.orders import baskets, models
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import MOST_LINES, MOST_UNITS, BasketFull
from shopkeeper.selling.orders.tests.builders import NOON, a_new_order, a_quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea():
    return some_goods("TEA").variant_id


@pytest.fixture
def cup():
    return some_goods("CUP").variant_id


def units(basket):
    return {line.variant_id: line.units for line in basket.lines}


def test_the_first_thing_makes_a_basket_with_a_secret_name(tea):
    basket = orders.add_line(token=None, variant_id=tea, units=2, now=NOON)

    assert len(basket.token) >= 27
    assert units(orders.basket(basket.token)) == {tea: 2}
    assert orders.basket(basket.token).units == 2


@pytest.mark.parametrize("token", [None, "", "unknown", "x" * 65, "nul\x00"])
def test_an_unknown_token_finds_the_empty_basket(token):
    basket = orders.basket(token)

    assert (basket.id, basket.token, basket.lines) == (0, "", ())


def test_the_same_thing_again_is_the_same_line(tea, cup):
    basket = orders.add_line(token=None, variant_id=tea, units=2, now=NOON)
    orders.add_line(token=basket.token, variant_id=cup, units=1, now=NOON)

    again = orders.add_line(token=basket.token, variant_id=tea, units=3, now=NOON)

    assert units(again) == {tea: 5, cup: 1}


def test_a_line_is_set_and_taken_out(tea, cup):
    token = orders.add_line(token=None, variant_id=tea, units=2, now=NOON).token
    orders.add_line(token=token, variant_id=cup, units=1, now=NOON)

    assert units(orders.set_line(token=token, variant_id=tea, units=7, now=NOON)) == {tea: 7, cup: 1}
    assert units(orders.set_line(token=token, variant_id=tea, units=0, now=NOON)) == {cup: 1}
    assert units(orders.remove_lines(token=token, variant_ids=[cup], now=NOON)) == {}


@pytest.mark.parametrize("count", [-1, 10_000, 10**12])
def test_a_number_out_of_range_is_refused_and_changes_nothing(tea, count):
    token = orders.add_line(token=None, variant_id=tea, units=2, now=NOON).token

    for act in (orders.set_line, orders.add_line):
        with pytest.raises(OutOfRange) as refused:
            act(token=token, variant_id=tea, units=count, now=NOON)
        assert (refused.value.field, refused.value.value, refused.value.most) == ("units", count, 9_999)

    assert units(orders.basket(token)) == {tea: 2}


def test_adding_to_a_full_line_says_how_many_more_fit(tea):
    token = orders.add_line(token=None, variant_id=tea, units=9_990, now=NOON).token

    with pytest.raises(OutOfRange) as refused:
        orders.add_line(token=token, variant_id=tea, units=10, now=NOON)

    assert refused.value.most == 9
    assert units(orders.basket(token)) == {tea: 9_990}


def test_a_thing_that_does_not_exist_is_refused_and_makes_no_basket():
    for act in (orders.set_line, orders.add_line):
        with pytest.raises(NotFound):
            act(token=None, variant_id=999_999, units=1, now=NOON)

    assert models.Basket.objects.count() == 0


def test_the_table_itself_keeps_units_in_range(tea):
    token = orders.add_line(token=None, variant_id=tea, units=2, now=NOON).token

    for count in (0, 10_000):
        with pytest.raises(IntegrityError), transaction.atomic():
            models.BasketLine.objects.filter(basket__token=token).update(units=count)


def test_signing_in_joins_the_visitors_basket_with_the_members(tea, cup):
    member = customers.member()
    own = orders.open_basket(customer_id=member.id, now=NOON)
    orders.add_line(token=own.token, variant_id=tea, units=1, now=NOON)
    visitor = orders.add_line(token=None, variant_id=tea, units=3, now=NOON)
    orders.add_line(token=visitor.token, variant_id=cup, units=2, now=NOON)

    joined = orders.merge_baskets(token=visitor.token, customer_id=member.id, now=NOON)

    assert (joined.basket.token, units(joined.basket), joined.left_out) == (own.token, {tea: 3, cup: 2}, ())
    assert orders.basket(visitor.token).lines == ()
    assert units(orders.merge_baskets(token=visitor.token, customer_id=member.id, now=NOON).basket) == {tea: 3, cup: 2}


def ordered_meanwhile(monkeypatch, basket, buyer, variant):
    """Let another connection order `basket` once both baskets of a sign-in were looked up, and before they are joined."""
    real = baskets.open_basket

    def order() -> None:
        new = a_new_order(a_quote([(variant, "TEA", 1, 500)]), buyer_id=buyer.id, basket_id=basket.id)
        orders.open_order(new=new, now=NOON)
        connection.close()

    def open_basket(**asked):
        found = real(**asked)
        monkeypatch.undo()
        tab = Thread(target=order)
        tab.start()
        tab.join()
        return found

    monkeypatch.setattr(baskets, "open_basket", open_basket)


@pytest.mark.django_db(transaction=True)
def test_a_basket_ordered_while_its_visitor_signs_in_is_not_taken_along(tea, cup, monkeypatch):
    member = customers.member()
    own = orders.open_basket(customer_id=member.id, now=NOON)
    orders.add_line(token=own.token, variant_id=cup, units=1, now=NOON)
    visitor = orders.add_line(token=None, variant_id=tea, units=3, now=NOON)
    ordered_meanwhile(monkeypatch, visitor, member, tea)

    joined = orders.merge_baskets(token=visitor.token, customer_id=member.id, now=NOON)

    assert orders.living_order_of(visitor.token) is not None
    assert (joined.basket.token, units(joined.basket), joined.left_out) == (own.token, {cup: 1}, ())
    assert units(orders.any_basket(visitor.token)) == {tea: 3}


@pytest.mark.django_db(transaction=True)
def test_a_members_basket_ordered_while_signing_in_elsewhere_gives_way_to_a_new_one(tea, cup, monkeypatch):
    member = customers.member()
    own = orders.open_basket(customer_id=member.id, now=NOON)
    orders.add_line(token=own.token, variant_id=tea, units=1, now=NOON)
    visitor = orders.add_line(token=None, variant_id=cup, units=2, now=NOON)
    ordered_meanwhile(monkeypatch, own, member, tea)

    joined = orders.merge_baskets(token=visitor.token, customer_id=member.id, now=NOON)

    assert orders.living_order_of(own.token) is not None
    assert units(orders.any_basket(own.token)) == {tea: 1}
    assert joined.basket.token not in (own.token, visitor.token)
    assert units(joined.basket) == units(orders.basket_of(member.id)) == {cup: 2}
    assert orders.basket(visitor.token).lines == ()


def test_two_full_lines_of_one_thing_stay_one_full_line(tea):
    member = customers.member()
    own = orders.open_basket(customer_id=member.id, now=NOON)
    orders.add_line(token=own.token, variant_id=tea, units=MOST_UNITS, now=NOON)
    visitor = orders.add_line(token=None, variant_id=tea, units=MOST_UNITS, now=NOON)

    joined = orders.merge_baskets(token=visitor.token, customer_id=member.id, now=NOON)

    assert units(joined.basket) == {tea: MOST_UNITS}


def test_signing_in_with_too_much_keeps_the_newest_things_and_names_the_others(tea, cup):
    member = customers.member()
    own = orders.open_basket(customer_id=member.id, now=NOON)
    orders.add_line(token=own.token, variant_id=tea, now=NOON - timedelta(days=2))
    many = [some_goods(f"THING-{number}").variant_id for number in range(MOST_LINES - 1)]
    for variant in many:
        orders.add_line(token=own.token, variant_id=variant, now=NOON - timedelta(days=1))
    visitor = orders.add_line(token=None, variant_id=cup, units=4, now=NOON - timedelta(minutes=1))

    joined = orders.merge_baskets(token=visitor.token, customer_id=member.id, now=NOON)

    assert units(joined.basket) == dict.fromkeys(many, 1) | {cup: 4}
    assert [(line.variant_id, line.units) for line in joined.left_out] == [(tea, 1)]
    assert orders.basket_of(member.id) == joined.basket
    assert orders.basket(visitor.token).lines == ()


def test_a_full_basket_takes_nothing_new_whoever_asks(tea, cup):
    basket = orders.add_line(token=None, variant_id=tea, now=NOON)
    for number in range(MOST_LINES - 1):
        orders.set_line(token=basket.token, variant_id=some_goods(f"THING-{number}").variant_id, units=1, now=NOON)

    for act in (orders.set_line, orders.add_line):
        with pytest.raises(BasketFull) as refused:
            act(token=basket.token, variant_id=cup, units=1, now=NOON)
        assert (refused.value.field, refused.value.most) == ("lines", MOST_LINES)

    assert len(orders.basket(basket.token).lines) == MOST_LINES
    assert units(orders.add_line(token=basket.token, variant_id=tea, now=NOON))[tea] == 2
    assert cup not in units(orders.set_line(token=basket.token, variant_id=cup, units=0, now=NOON))


def test_a_member_keeps_one_basket_and_never_another_members(tea):
    mia, tom = customers.member(), customers.member("tom@example.org", "Tom")
    first = orders.open_basket(customer_id=mia.id, now=NOON)
    orders.add_line(token=first.token, variant_id=tea, units=4, now=NOON)

    stranger = orders.merge_baskets(token=first.token, customer_id=tom.id, now=NOON)

    assert orders.open_basket(customer_id=mia.id, now=NOON).id == first.id
    assert (stranger.basket.lines, stranger.left_out) == ((), ())
    assert units(orders.basket_of(mia.id)) == {tea: 4}


def test_a_basket_costs_one_query_however_many_lines(tea, cup, django_assert_num_queries):
    token = orders.add_line(token=None, variant_id=tea, units=2, now=NOON).token
    orders.add_line(token=token, variant_id=cup, units=2, now=NOON)

    with django_assert_num_queries(1):
        orders.basket(token)


def test_no_price_is_ever_kept_in_a_basket():
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'orders_basketline'")
        columns = {row[0] for row in cursor.fetchall()}

    assert columns == {"id", "basket_id", "variant_id", "units", "added_at"}
