"""A shelf narrowed down by what is said of its goods: counted, kept in the address, undone one by one."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopkeeper.doors.storefront import pages
from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.selling.catalog.tests.builders import a_brand, an_attribute, says, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Corner:
    """The lamp is red and brass, of Acme; the cup red and blue; the box says nothing."""
    made = corner()
    colour, brand = an_attribute(), a_brand()
    tell(made.products["lamp"].id, says(colour, "red"), brand_id=brand)
    tell(made.products["cup"].id, says(colour, "red", "blue"))
    return made


def shown(page: str) -> list[str]:
    """Return the goods on a page, in order."""
    return list(dict.fromkeys(re.findall(r'href="/(?:en|zh-hans)/goods/([a-z-]+)/"', page)))


def body(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_a_shelf_asks_what_parts_its_goods_and_says_how_many_each_answer_leaves(shop: Corner) -> None:
    page = body(shop.visitor().get("/en/shelves/kitchen/"))

    answers = re.findall(r'name="colour" value="([a-z]+)".*?<small>(\d+)</small>', page, re.DOTALL)
    assert answers == [("red", "2"), ("blue", "1")]
    # One brand alone parts nothing.
    assert 'name="brand"' not in page


def test_an_answer_leaves_the_goods_that_hold_it_and_stands_in_the_address(shop: Corner) -> None:
    client = shop.visitor()

    blue = body(client.get("/en/shelves/kitchen/?colour=blue"))
    by_price = body(client.get("/en/shelves/kitchen/?colour=red&colour=blue&sort=-price"))

    assert shown(blue) == ["cup"]
    assert shown(by_price) == ["lamp", "cup"]
    assert re.search(r'name="colour" value="blue" checked', blue)
    # The order of the list and the other answers stay when one of them goes.
    assert 'href="?colour=red&amp;sort=-price"' in by_price
    assert '<meta name="robots" content="noindex, follow">' in blue


def test_a_brands_goods_are_reached_from_its_products_page(shop: Corner) -> None:
    client = shop.visitor()

    page = body(client.get("/en/goods/lamp/"))

    assert 'href="/en/goods/?brand=acme"' in page
    assert "Red" in re.sub(r"<[^>]+>", " ", page.split('class="facts"')[1])
    assert shown(body(client.get("/en/goods/?brand=acme"))) == ["lamp"]


def test_what_nothing_is_says_so_and_shows_the_way_back(shop: Corner) -> None:
    page = body(shop.visitor().get("/en/shelves/kitchen/?brand=acme&colour=blue"))

    assert "Nothing here is all of that" in page
    assert 'href="?"' in page


def test_an_address_with_answers_nobody_gives_any_more_shows_the_whole_shelf(shop: Corner) -> None:
    client = shop.visitor()

    assert shown(body(client.get("/en/shelves/kitchen/?colour=mauve&utm_source=mail"))) == shown(body(client.get("/en/shelves/kitchen/")))


def test_a_narrowed_shelf_speaks_chinese(shop: Corner) -> None:
    page = body(shop.visitor("zh").get("/zh-hans/shelves/kitchen/?colour=blue"))

    assert "显示全部" in page
    assert not re.search(r"\b(Show|Without|Narrow)\b", page)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "address", ["/en/shelves/kitchen/?colour=blue", "/en/goods/?colour=red&sort=price", "/en/goods/?brand=acme&sort=name"]
)
def test_a_narrowed_shelf_costs_at_most_six_statements(shop: Corner, address: str) -> None:
    client = shop.visitor()
    client.get(address)
    pages.forget()

    with CaptureQueriesContext(connection) as asked:
        body(client.get(address))

    assert len(asked) <= 6, [each["sql"][:90] for each in asked]


@pytest.mark.django_db(transaction=True)
def test_a_shelf_shows_at_once_what_is_said_of_its_goods(shop: Corner) -> None:
    client = shop.visitor()
    body(client.get("/en/shelves/kitchen/"))
    pages.forget()

    tell(shop.products["lamp"].id)

    page = body(client.get("/en/shelves/kitchen/"))
    assert re.findall(r'name="colour" value="([a-z]+)".*?<small>(\d+)</small>', page, re.DOTALL) == [("red", "1"), ("blue", "1")]
