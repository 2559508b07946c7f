"""Goods side by side, and what was looked at: by the address alone, nothing kept by the shop."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shopkeeper.doors.storefront.comparing import Row
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.selling.catalog import public as catalog

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Corner:
    return corner()


def table(client: Client, query: str, language: str = "en") -> list[list[str]]:
    answer = client.get(f"/{language}/compare/{query}")
    assert answer.status_code == 200
    found = re.search(r"<tbody>(.*)</tbody>", answer.content.decode(), re.S)
    if not found:
        return []
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in re.findall(r"<tr.*?</tr>", found[1], re.S)]
    return [[re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip() for cell in row] for row in cells]


def test_goods_stand_side_by_side_in_the_order_of_the_address(shop: Corner) -> None:
    rows = {row[0].split(" ≠")[0]: row[1:] for row in table(shop.visitor(), "?goods=lamp&goods=cup")}

    assert rows["Price"] == ["£12.00", "from £8.50"]
    assert rows["Stock"] == ["In stock", "In stock"]
    assert table(shop.visitor(), "?goods=cup&goods=lamp")[0][1:] == ["from £8.50", "£12.00"]


def test_what_differs_is_said_in_words_not_by_colour(shop: Corner) -> None:
    page = {row[0]: row[1:] for row in table(shop.visitor(), "?goods=lamp&goods=cup")}

    assert "Price ≠ differs" in page
    assert "Stock" in page
    assert "价格 ≠ 不同" in {row[0] for row in table(shop.visitor(), "?goods=lamp&goods=cup", "zh-hans")}
    assert Row(name="x", cells=("a", "a")).differs is False


def test_four_stand_there_at_most_each_once_and_what_cannot_be_seen_is_left_out(shop: Corner) -> None:
    catalog.unpublish(product_id=shop.products["box"].id, actor=None, now=NOON)
    page = shop.visitor().get("/en/compare/?goods=lamp&goods=lamp&goods=nothing&goods=box&goods=cup").content.decode()

    assert re.search(r'data-compared="([^"]*)"', page)[1] == "lamp cup"  # type: ignore[index]


def test_goods_are_added_and_taken_out_by_links_alone(shop: Corner) -> None:
    client = shop.visitor()
    page = client.get("/en/compare/?goods=lamp").content.decode()
    assert 'href="?goods=lamp&amp;goods=cup"' in page

    page = client.get("/en/compare/?goods=lamp&goods=cup").content.decode()
    assert 'class="out" href="?goods=cup"' in page
    assert 'class="out" href="?goods=lamp"' in page


def test_something_to_put_beside_is_found_by_name_and_what_is_not_found_is_said(shop: Corner) -> None:
    client = shop.visitor()

    assert 'href="?goods=lamp&amp;goods=box"' in client.get("/en/compare/?goods=lamp&find=box").content.decode()
    assert "Nothing else was found by these words." in client.get("/en/compare/?goods=lamp&find=zzzzqqq").content.decode()


@pytest.mark.parametrize("query", ["", "?goods=", "?goods=%00", "?goods=" + "x" * 3_000, "?find=%00", "?goods=lamp&" * 60])
def test_no_address_breaks_the_table(shop: Corner, query: str) -> None:
    assert shop.visitor().get(f"/en/compare/{query}").status_code in (200, 400)


def test_the_shop_keeps_nothing_of_what_was_looked_at_and_answers_by_ids_alone(shop: Corner) -> None:
    client, lamp, cup = shop.visitor(), shop.products["lamp"].id, shop.products["cup"].id

    answer = client.get(f"/en/seen/?ids={cup},{lamp},999999,x,{cup},-1")

    slugs = re.findall(r'href="/en/goods/([^"]+)/"', answer.content.decode())
    assert slugs == ["cup", "lamp"]
    assert not answer.cookies
    assert answer["X-Robots-Tag"] == "noindex"
    assert client.get("/en/seen/").content.strip() == b""


def test_at_most_twelve_are_shown_however_many_are_asked_for(shop: Corner) -> None:
    ids = ",".join(str(each) for each in range(1, 400))

    with CaptureQueriesContext(connection) as asked:
        assert shop.visitor().get(f"/en/seen/?ids={ids}").status_code == 200

    assert len(asked) <= 6


@pytest.mark.parametrize(("choice", "keeps"), [("yes.somebody", True), ("no.somebody", False), ("", False)])
def test_a_browser_may_keep_what_it_showed_only_where_its_owner_agreed(shop: Corner, choice: str, keeps: bool) -> None:
    client = Client()
    if choice:
        client.cookies["consent"] = choice

    for _ in range(2):
        page = client.get("/en/goods/lamp/").content.decode()
        assert (" data-keeps" in page) == keeps
        assert f'data-seen="{shop.products["lamp"].id}"' in page
