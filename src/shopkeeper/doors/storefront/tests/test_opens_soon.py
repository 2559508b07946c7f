"""Before a new shop is opened, visitors read that it opens soon and cannot order; staff walk about; nothing of it stays when it opens."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.flows import open_shop
from shopkeeper.flows.tests.builders import NOON
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.models import Shop as Row

pytestmark = pytest.mark.django_db


def close() -> None:
    Row.objects.update(opens_soon=True, version=7)


def staff() -> Client:
    invitation = access.invite(email="clerk@shop.local", role=Role.CLERK, actor=None, now=NOON)
    user = access.accept(token=invitation.token, name="Clerk", password="a quiet shop on the corner", now=NOON)
    client = Client()
    client.force_login(get_user_model().objects.get(pk=user))
    return client


@pytest.fixture
def shop() -> Corner:
    return corner()


@pytest.mark.parametrize(("language", "said"), [("en", "The shop opens soon"), ("zh-hans", "即将开张")])
@pytest.mark.parametrize("address", ["", "goods/", "shelves/", "basket/", "search/?q=lamp", "nowhere/"])
def test_visitors_read_that_it_opens_soon(shop: Corner, language: str, said: str, address: str) -> None:
    close()

    answer = shop.visitor().get(f"/{language}/{address}")

    assert said in answer.content.decode()
    assert "£" not in answer.content.decode()
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Cache-Control"] == "no-store"


def test_staff_walk_about_and_the_ways_in_and_the_terms_stay_open(shop: Corner) -> None:
    close()

    assert "The shop opens soon" not in staff().get("/en/goods/").content.decode()
    for address in ("sign-in/", "password/", "about/terms/"):
        assert "The shop opens soon" not in shop.visitor().get(f"/en/{address}").content.decode()


def test_a_member_is_a_visitor_like_any_other(shop: Corner) -> None:
    close()
    client = Client()
    client.force_login(get_user_model().objects.create_user(email="ann@example.com", password="x"))

    assert "The shop opens soon" in client.get("/en/").content.decode()


def test_nobody_orders_by_sending_the_form_they_kept(shop: Corner) -> None:
    buyer = shop.visitor()
    shop.add(buyer, "LAMP", 1)
    close()

    answer = buyer.post("/en/checkout/", {"act": "order", "payment": "test-ok"})

    assert "The shop opens soon" in answer.content.decode()
    assert orders.list_orders(size=1).total == 0


@pytest.mark.django_db(transaction=True)
def test_nothing_shown_before_is_shown_after_the_door_opened(shop: Corner) -> None:
    close()
    visitor, clerk = shop.visitor(), staff()
    assert "The shop opens soon" not in clerk.get("/en/goods/").content.decode()
    assert "The shop opens soon" in visitor.get("/en/goods/").content.decode()

    shops.welcome(actor=None, now=NOON)

    assert "The shop opens soon" not in visitor.get("/en/goods/").content.decode()


@pytest.mark.parametrize(("begin", "is_closed"), [(open_shop.open_sample, False), (lambda now: open_shop.empty(now=now), True)])
def test_only_a_shop_opened_empty_begins_closed(db: None, begin: Any, is_closed: bool) -> None:
    begin(NOON)

    assert shops.shop().opens_soon is is_closed


def test_an_open_shop_asks_nobody_who_they_are(shop: Corner, monkeypatch: Any) -> None:
    def asked(*_args: object) -> bool:
        raise AssertionError("an open shop has no door to guard")

    monkeypatch.setattr("shopkeeper.doors.storefront.door.access.may", asked)

    assert shop.visitor().get("/en/").status_code == 200
