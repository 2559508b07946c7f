"""What happened to an order counts as read once its own page was read, by whatever way somebody came."""

import pytest
from django.test import Client
from django.utils import timezone

from shopkeeper.doors.storefront import news
from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.doors.storefront.tests.test_checkout import filled
from shopkeeper.doors.storefront.tests.test_queries import visitor_with_everything
from shopkeeper.flows import ship_order, tell_member
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.models import NewsSeen

pytestmark = pytest.mark.django_db

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


@pytest.fixture
def bought() -> tuple[Corner, Client, str]:
    shop = corner()
    return (shop, *visitor_with_everything(shop, is_member=True))


def unread(token: str) -> int:
    return news.unread(customers.customer(orders.by_token(token).buyer_id))


def test_opening_an_order_by_its_link_marks_its_news_read_also_without_signing_in(bought: tuple[Corner, Client, str]) -> None:
    _shop, _client, token = bought
    assert unread(token) > 0

    assert Client(HTTP_USER_AGENT=PHONE).get(f"/en/orders/{token}/").status_code == 200

    assert unread(token) == 0


def test_what_happens_later_is_new_again_and_other_orders_stay_as_they_were(bought: tuple[Corner, Client, str]) -> None:
    _shop, _client, token = bought
    order = orders.by_token(token)
    Client(HTTP_USER_AGENT=PHONE).get(f"/en/orders/{token}/")

    ship_order.ship(order_id=order.id, carrier="DHL", tracking_number="1", actor=None, now=timezone.now())

    assert [item.code for item in tell_member.news(order.buyer_id) if item.is_new] == ["shipped"]
    assert NewsSeen.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, {"User-Agent": "Googlebot/2.1"}, {"User-Agent": PHONE, "Sec-Purpose": "prefetch"}])
def test_machines_that_look_ahead_read_nothing(bought: tuple[Corner, Client, str], headers: dict[str, str]) -> None:
    _shop, _client, token = bought
    before = unread(token)

    Client().get(f"/en/orders/{token}/", headers=headers)
    Client(HTTP_USER_AGENT=PHONE).head(f"/en/orders/{token}/")

    assert unread(token) == before
    assert NewsSeen.objects.count() == 0


def test_the_mark_in_the_head_says_what_is_still_new_to_the_buyer(bought: tuple[Corner, Client, str]) -> None:
    _shop, client, token = bought
    client.get("/en/account/")
    assert int(client.cookies["news"].value) == unread(token) > 0

    client.get(f"/en/orders/{token}/", headers={"User-Agent": PHONE})
    again = client.get(f"/en/orders/{token}/", headers={"User-Agent": PHONE})

    assert client.cookies["news"].value == ""
    assert "news" not in again.cookies


def test_news_of_another_order_stay_in_the_mark_whatever_the_browser_remembered(bought: tuple[Corner, Client, str]) -> None:
    shop, client, token = bought
    order = orders.by_token(token)
    tell_member.seen_on_its_page(order.id, orders.timeline(order.id), before=None)
    # What is left in the basket becomes a second order of the same member.
    assert client.post("/en/checkout/", filled(client, shop)).status_code == 302
    others = unread(token)
    assert others > 0
    client.cookies["news"] = str(others)
    ship_order.ship(order_id=order.id, carrier="DHL", tracking_number="1", actor=None, now=timezone.now())

    page = client.get(f"/en/orders/{token}/", headers={"User-Agent": PHONE})

    assert unread(token) == others
    assert client.cookies["news"].value == str(others)
    assert f'<b data-news><span aria-hidden="true">{others}</span>' in page.content.decode()


def test_the_mark_of_somebody_else_who_opens_the_link_is_left_alone(bought: tuple[Corner, Client, str]) -> None:
    _shop, _client, token = bought
    other = Client(HTTP_USER_AGENT=PHONE)
    other.cookies["news"] = "3"

    answer = other.get(f"/en/orders/{token}/")

    assert unread(token) == 0
    assert "news" not in answer.cookies


def test_a_browser_without_the_mark_gets_none(bought: tuple[Corner, Client, str]) -> None:
    _shop, _client, token = bought

    answer = Client(HTTP_USER_AGENT=PHONE).get(f"/en/orders/{token}/")

    assert "news" not in answer.cookies
