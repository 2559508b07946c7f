"""One buyer cannot freeze the shop: what a buyer holds unpaid is capped, also where many orders are placed at one moment."""

import threading
import time
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from shopkeeper.flows import place_order as flow
from shopkeeper.flows import sweep
from shopkeeper.flows.tests.builders import CONTACT, NOON, small_shop, told
from shopkeeper.selling.customers import models as customers
from shopkeeper.selling.customers import public as buyers
from shopkeeper.selling.orders import models as tables
from shopkeeper.selling.orders.shapes import TooMuchUnpaid

RACERS = 20
PATIENCE_S = 120


def opened(shop, **changes):
    """Open an order without asking for its money, as one whose buyer never pays."""
    units = changes.pop("units", 1)
    return flow.open_order(**shop.request(shop.basket(TEA=units), **changes))


@pytest.mark.django_db
def test_a_buyer_has_so_many_unpaid_orders_and_no_more(settings):
    settings.MOST_UNPAID_ORDERS = 2
    shop = small_shop()
    opened(shop)
    opened(shop)
    basket = shop.basket(TEA=1)

    with pytest.raises(TooMuchUnpaid) as refused:
        flow.open_order(**shop.request(basket))

    assert (refused.value.orders, refused.value.most_orders) == (3, 2)
    assert shop.available("TEA") == 8
    assert len(told("OrderPlaced")) == 2
    assert not tables.PlacedKey.objects.filter(key=f"key-{basket.token}").exists()
    assert tables.Basket.objects.get(id=basket.id).ordered_at is None


@pytest.mark.django_db
def test_a_buyer_holds_so_many_pieces_unpaid_and_no_more(settings):
    settings.MOST_UNPAID_UNITS = 6
    shop = small_shop()
    opened(shop, units=4)

    with pytest.raises(TooMuchUnpaid) as refused:
        opened(shop, units=3)
    opened(shop, units=2)

    assert (refused.value.units, refused.value.most_units) == (7, 6)
    assert shop.available("TEA") == 4


@pytest.mark.django_db
def test_the_cap_is_each_buyers_own_and_a_guest_is_who_has_the_mail_address(settings):
    settings.MOST_UNPAID_ORDERS = 1
    shop = small_shop()
    opened(shop)

    opened(shop, contact=replace(CONTACT, email="bob@example.com"))
    with pytest.raises(TooMuchUnpaid):
        opened(shop, contact=replace(CONTACT, email="ANN@example.com"))


@pytest.mark.django_db
def test_the_cap_holds_for_a_member(settings, django_user_model):
    settings.MOST_UNPAID_ORDERS = 1
    shop = small_shop()
    user = django_user_model.objects.create(email="member@example.com")
    member = buyers.register(user_id=user.pk, email="member@example.com", name="Mia", language="en", now=NOON)
    opened(shop, buyer=member.id)

    with pytest.raises(TooMuchUnpaid):
        opened(shop, buyer=member.id)


@pytest.mark.django_db(transaction=True)
def test_what_is_paid_or_expired_counts_no_more(settings):
    settings.MOST_UNPAID_ORDERS = 1
    shop = small_shop()
    shop.buy(TEA=1)
    shop.buy(TEA=1)
    opened(shop)

    with pytest.raises(TooMuchUnpaid):
        opened(shop)
    sweep.sweep(NOON + timedelta(hours=1))
    opened(shop, now=NOON + timedelta(hours=1))


@pytest.mark.django_db
def test_the_same_request_again_is_answered_though_the_cap_is_reached(settings):
    settings.MOST_UNPAID_ORDERS = 1
    shop = small_shop()
    request = shop.request(shop.basket(TEA=1))

    assert flow.open_order(**request) == flow.open_order(**request)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("most_orders", "most_units", "expected"), [(5, 10_000, 5), (20, 7, 3), (20, 10_000, 20)])
def test_twenty_orders_of_one_buyer_at_one_moment_never_hold_more_than_the_cap(settings, most_orders, most_units, expected):
    settings.MOST_UNPAID_ORDERS, settings.MOST_UNPAID_UNITS = most_orders, most_units
    shop = small_shop({"TEA": 100})
    guest = buyers.guest(email=CONTACT.email, name=CONTACT.name, language="en", country="GB", now=NOON)
    requests = [shop.request(shop.basket(TEA=2)) for _ in range(RACERS)]
    answers: list[object] = []

    def place(request):
        try:
            answers.append(flow.open_order(**request))
        except TooMuchUnpaid as refused:
            answers.append(refused.code)
        finally:
            connection.close()

    waited = at_one_moment([threading.Thread(target=place, args=[request]) for request in requests], guest.id)

    assert waited == RACERS
    assert len(answers) == RACERS
    assert answers.count("too_much_unpaid") == RACERS - expected
    assert tables.Order.objects.count() == expected
    assert shop.available("TEA") == 100 - 2 * expected
    assert customers.Customer.objects.count() == 1


def at_one_moment(racers, guest_id):
    """Run the threads with the buyer's row locked until all of them wait; return how many did wait at one moment."""
    address = connection.get_connection_params()
    address = {name: address[name] for name in ("host", "port", "dbname", "user", "password") if address.get(name)}
    with psycopg.connect(**address) as starter, psycopg.connect(**address, autocommit=True) as watch:
        starter.execute("SELECT FROM customers_customer WHERE id = %s FOR UPDATE", [guest_id])
        for racer in racers:
            racer.start()
        waiting, ends = 0, time.monotonic() + PATIENCE_S
        while waiting < len(racers) and time.monotonic() < ends:
            time.sleep(0.05)
            question = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            (waiting,) = watch.execute(question).fetchone()
        starter.commit()
        for racer in racers:
            racer.join(PATIENCE_S)
    return waiting
