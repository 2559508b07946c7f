"""What a page costs in statements, whoever looks: every page of the shop's own list of addresses, sessions and sign-in counted."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shopkeeper.doors.storefront import pages, urls
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.doors.storefront.tests.test_checkout import filled
from shopkeeper.doors.storefront.tests.test_collections import IN_STOCK, a_collection, put
from shopkeeper.doors.storefront.tests.test_collections import costs as within
from shopkeeper.flows import browse, join
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.catalog.tests.builders import a_brand, an_attribute, says, tell

pytestmark = pytest.mark.django_db(transaction=True)

MOST = 6
PASSWORD = "correct horse battery"
LINKS_OF_MAILS = {"join", "password_new", "wait", "wishes_shared", "unsubscribe", "consents_by_mail"}
FILES = {"invoice"}
OWN = {"address_edit"}
"""What needs a row of one's own to open: counted in `test_ordering_costs.py`."""
OF_STAFF = {"preview"}
"""A draft is written as if it went live, shown, and taken back: that costs what a save costs, for staff alone."""
SLUGS = {
    "category": ["kitchen", "cups"],
    "collection": ["gifts", "dear", "there"],
    "product": ["lamp", "cup"],
    "ask": ["lamp"],
    "wait_ask": ["box"],
    "helpful": ["lamp"],
    "text": ["terms", "privacy", "returns"],
}
WORDS = {
    "goods": ["?sort=price", "?sort=-price", "?sort=name", "?sort=newest"],
    "search": ["?q=lamp", "?q=zzzz", "?q=zzzzz+yyyyy+xxxxx", "?q=enamle+lamq", "?q=lamp&stock=1&sort=price"],
    "category": ["?sort=price", "?colour=red", "?colour=red&sort=price"],
    "collection": ["?sort=price", "?colour=red", "?colour=red&sort=price"],
    "compare": ["?goods=lamp&goods=cup", "?goods=lamp&find=box"],
    "seen": ["?ids=1,2,3"],
}


@pytest.fixture
def shop() -> Corner:
    """A shop to look round in, its goods described, with a collection by hand, one by a rule, and one that follows the stock."""
    made = corner()
    colour, brand = an_attribute(), a_brand()
    tell(made.products["lamp"].id, says(colour, "red"), brand_id=brand)
    tell(made.products["cup"].id, says(colour, "red", "blue"))
    put(a_collection("gifts"), made.products["cup"].id, made.products["lamp"].id)
    a_collection("dear", within(1_000, None))
    a_collection("there", IN_STOCK)
    return made


def addresses(order: str) -> list[str]:
    """Return every address of the shop that shows a page, made from its own list of addresses."""
    found = []
    for each in urls.urlpatterns:
        name = str(each.name)
        if name not in FILES | LINKS_OF_MAILS | OWN | OF_STAFF:
            for slug in SLUGS.get(name, [order]):
                path = re.sub(r"<[^>]+>", slug, str(each.pattern))
                found += [f"/en/{path}{words}" for words in ["", *WORDS.get(name, [])]]
    return found


def visitor_with_everything(shop: Corner, *, is_member: bool) -> tuple[Client, str]:
    """Return a browser with an order behind it and things in its basket, signed in or not, and the order's token."""
    client = shop.visitor()
    if is_member:
        join.register(email="ann@example.com", password=PASSWORD, name="Ann Lee", language="en", now=NOON)
        client.post("/en/sign-in/", {"email": "ann@example.com", "password": PASSWORD})
    shop.add(client, "LAMP", 1)
    answer = client.post("/en/checkout/", filled(client, shop))
    assert answer.status_code == 302, answer.content
    token = answer["Location"].split("/orders/")[1].split("/")[0]
    shop.add(client, "LAMP", 2)
    shop.add(client, "CUP-S", 1)
    return client, token


def costs(client: Client, order: str) -> dict[str, int]:
    """Return how many statements each page costs where no page is kept and the shelves are known."""
    found = {}
    for address in addresses(order):
        status = client.get(address).status_code
        if status == 405:  # a form that answers only what is sent to it
            continue
        assert status in (200, 302), address
        pages.forget()
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        found[address] = len(asked)
    return found


@pytest.mark.parametrize("who", ["guest", "member"])
def test_no_page_costs_more_than_six_statements(shop: Corner, who: str) -> None:
    client, order = visitor_with_everything(shop, is_member=who == "member")

    found = costs(client, order)

    assert len(found) >= 24
    assert {address: cost for address, cost in found.items() if cost > MOST} == {}


def test_a_page_that_asks_once_for_each_product_is_found(shop: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    more(shop, 10)
    real = browse.cards

    def one_by_one(products: Any, categories: Any) -> Any:
        return tuple(card for each in products for card in real([each], categories))

    monkeypatch.setattr(browse, "cards", one_by_one)

    assert _cost(shop.visitor(), "/en/goods/") > MOST


def _cost(client: Client, address: str) -> int:
    client.get(address)
    pages.forget()
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)


def test_what_a_page_costs_does_not_grow_with_the_shop(shop: Corner) -> None:
    client = shop.visitor()
    few = _cost(client, "/en/goods/")
    more(shop, 20)

    assert _cost(client, "/en/goods/") == few


def more(shop: Corner, count: int) -> None:
    """Put more goods on the shelf of the kitchen."""
    lamp = catalog.product("lamp")
    for number in range(count):
        catalog.save_product(
            product_id=None,
            slug=f"more-{number}",
            name=lamp.name,
            text=lamp.text,
            variants=[VariantDraft(sku=f"MORE-{number}")],
            category_id=shop.kitchen,
            is_published=True,
            actor=None,
            now=NOON,
        )
