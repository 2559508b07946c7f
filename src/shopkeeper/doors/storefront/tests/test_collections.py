"""Collections in the shop: listed and counted, narrowed and ordered like shelves, in the menu, never out of date."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shopkeeper.doors.storefront import kept, pages
from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.doors.storefront.tests.test_narrowing import body, shown
from shopkeeper.kit.ids import CollectionId, ProductId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Sort
from shopkeeper.selling.catalog.shapes_collections import CollectionDraft, CollectionKind, Condition, ConditionKind, Part, Rule
from shopkeeper.selling.catalog.tests.builders import NOON, a_brand, an_attribute, says, tell
from shopkeeper.selling.inventory import public as inventory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Corner:
    return corner()


def a_collection(slug: str, *conditions: Condition, **more: Any) -> CollectionId:
    draft = CollectionDraft(
        slug=slug, name=Bilingual(f"The {slug}", f"{slug}集"), intro=Bilingual("Chosen for you.", "为你挑选。"),
        drawing="lantern", tint="seal",
        kind=CollectionKind.RULE if conditions else CollectionKind.HAND, rule=Rule(conditions=conditions),
        **{"is_published": True, "is_in_menu": True} | more,
    )  # fmt: skip
    return catalog.save_collection(collection_id=None, draft=draft, actor=None, now=NOON)


def put(collection: CollectionId, *products: ProductId, part: Part = Part.IN) -> None:
    catalog.name_products(collection_id=collection, part=part, product_ids=products, actor=None, now=NOON)


def costs(least: int | None, most: int | None) -> Condition:
    return Condition(kind=ConditionKind.PRICE, least_minor=least, most_minor=most)


IN_STOCK = Condition(kind=ConditionKind.IN_STOCK)


def test_a_collection_shows_its_goods_in_its_order_and_others_on_wish(shop: Corner) -> None:
    put(a_collection("gifts"), shop.products["cup"].id, shop.products["lamp"].id)
    client = shop.visitor()

    assert shown(body(client.get("/en/collections/gifts/"))) == ["cup", "lamp"]
    assert shown(body(client.get("/en/collections/gifts/?sort=-price"))) == ["lamp", "cup"]
    assert "As arranged" in body(client.get("/en/collections/gifts/"))


def test_a_collection_is_narrowed_down_like_a_shelf(shop: Corner) -> None:
    colour = an_attribute()
    tell(shop.products["lamp"].id, says(colour, "red"))
    tell(shop.products["cup"].id, says(colour, "blue"))
    tell(shop.products["box"].id, says(colour, "green"))
    put(a_collection("gifts"), shop.products["cup"].id, shop.products["lamp"].id)
    page = body(shop.visitor().get("/en/collections/gifts/"))

    # The box is not in the collection, so green is no answer here.
    assert re.findall(r'name="colour" value="([a-z]+)".*?<small>(\d+)</small>', page, re.DOTALL) == [("red", "1"), ("blue", "1")]
    assert shown(body(shop.visitor().get("/en/collections/gifts/?colour=blue"))) == ["cup"]


def test_prices_and_stock_decide_with_the_catalogue(shop: Corner) -> None:
    a_collection("cheap", costs(None, 1000))
    a_collection("there", IN_STOCK, sort=Sort.PRICE_UP)
    a_collection("cut", Condition(kind=ConditionKind.REDUCED))
    client = shop.visitor()
    cheap, there = shown(body(client.get("/en/collections/cheap/"))), shown(body(client.get("/en/collections/there/")))

    assert cheap
    assert "lamp" not in cheap
    assert {"lamp", "cup"} <= set(there)
    assert there.index("cup") < there.index("lamp")
    assert shown(body(client.get("/en/collections/cut/"))) == []
    shop.price("LAMP", 900)
    assert shown(body(client.get("/en/collections/cut/"))) == ["lamp"]
    assert "lamp" in shown(body(client.get("/en/collections/cheap/")))


@pytest.mark.django_db(transaction=True)
def test_kept_pages_of_collections_are_never_out_of_date(shop: Corner) -> None:
    gifts = a_collection("gifts")
    a_collection("cheap", costs(None, 1000))
    a_collection("there", IN_STOCK)
    client = shop.visitor()

    def now(slug: str) -> list[str]:
        pages._shelf._seen = dict.fromkeys(pages._shelf._seen, float("-inf"))
        return shown(body(client.get(f"/en/collections/{slug}/")))

    assert [now("gifts"), "lamp" in now("cheap"), "lamp" in now("there")] == [[], False, True]
    put(gifts, shop.products["lamp"].id)
    shop.price("LAMP", 900)
    warehouse = inventory.warehouses()[0].id
    inventory.count(variant_id=shop.variants["LAMP"], warehouse_id=warehouse, counted=0, note="", actor=None, now=NOON)
    assert [now("gifts"), "lamp" in now("cheap"), "lamp" in now("there")] == [["lamp"], True, False]


@pytest.mark.django_db(transaction=True)
def test_which_goods_follow_stock_is_found_anew_after_some_seconds_and_their_stock_at_once(
    shop: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000.0]
    monkeypatch.setattr(kept, "STOCK_MAY_LAG_S", 5.0)
    monkeypatch.setattr(kept, "monotonic", lambda: clock[0])
    a_collection("there", IN_STOCK)
    client = shop.visitor()
    assert "lamp" in shown(body(client.get("/en/collections/there/")))

    warehouse = inventory.warehouses()[0].id
    inventory.count(variant_id=shop.variants["LAMP"], warehouse_id=warehouse, counted=0, note="", actor=None, now=NOON)
    page = body(client.get("/en/collections/there/"))
    assert "lamp" in shown(page)
    assert "Sold out" in page

    clock[0] += 5
    assert "lamp" not in shown(body(client.get("/en/collections/there/")))


def test_a_collection_that_is_not_shown_is_not_there(shop: Corner) -> None:
    now = timezone.now()
    a_collection("draft", is_published=False)
    a_collection("later", starts_at=now + timedelta(hours=1))
    a_collection("over", ends_at=now - timedelta(hours=1))
    client = shop.visitor()

    assert [client.get(f"/en/collections/{slug}/").status_code for slug in ("draft", "later", "over", "never")] == [404] * 4
    assert "The draft" not in body(client.get("/en/collections/"))


@pytest.mark.django_db(transaction=True)
def test_a_kept_page_goes_when_a_collection_in_its_menu_does(shop: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    end = datetime.now(UTC) + timedelta(minutes=5)
    put(a_collection("gifts", ends_at=end), shop.products["lamp"].id)
    client = shop.visitor()
    for _time in range(2):
        assert "/en/collections/gifts/" in body(client.get("/en/"))
    monkeypatch.setattr(timezone, "now", lambda: end)
    assert "/en/collections/gifts/" not in body(client.get("/en/"))


def test_the_list_of_collections_counts_their_goods_in_both_languages(shop: Corner) -> None:
    put(a_collection("gifts"), shop.products["cup"].id, shop.products["lamp"].id)
    english, chinese = body(shop.visitor().get("/en/collections/")), body(shop.visitor("zh").get("/zh-hans/collections/"))

    assert re.search(r"The gifts</a> <small>2</small>", english)
    assert re.search(r"gifts集</a> <small>2</small>", chinese)
    assert not re.search(r"\b(Collections|All shelves|Brands|Home)\b", re.sub(r"<[^>]+>|English", " ", chinese.split("</title>")[1]))


def test_engines_find_the_collections_that_are_shown(shop: Corner) -> None:
    client = shop.visitor()
    assert "/collections/" not in body(client.get("/sitemap/shelves.xml"))
    a_collection("gifts")
    a_collection("draft", is_published=False)
    told = body(client.get("/sitemap/shelves.xml"))

    assert ["/zh-hans/collections/</loc>" in told, "/en/collections/gifts/" in told, "draft" in told] == [True, True, False]


def test_the_menu_leads_to_shelves_below_collections_and_brands(shop: Corner) -> None:
    tell(shop.products["lamp"].id, brand_id=a_brand())
    a_collection("gifts")
    a_collection("quiet", is_in_menu=False)
    page = body(shop.visitor().get("/en/about/terms/"))
    menu = page.split('class="mega"')[1].split("</details>")[0]

    assert 'href="/en/collections/gifts/"' in menu
    assert 'href="/en/collections/quiet/"' not in menu
    assert 'href="/en/goods/?brand=acme"' in menu
    assert set(re.findall(r'href="/en/shelves/([a-z-]+)/"', menu)) >= {"kitchen"}
    # Without the panel the way to all shelves is a plain link.
    assert re.search(r'<a class="all" href="/en/shelves/"', page)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["", "gifts/", "cheap/?colour=red&sort=price", "there/?sort=-price", "both/?colour=red"])
def test_pages_of_collections_cost_at_most_six_statements(shop: Corner, address: str) -> None:
    colour = an_attribute()
    tell(shop.products["lamp"].id, says(colour, "red"))
    put(a_collection("gifts"), shop.products["lamp"].id)
    a_collection("cheap", costs(None, 5000))
    a_collection("there", IN_STOCK)
    a_collection("both", IN_STOCK, costs(1, None), Condition(kind=ConditionKind.NAME, text="a"))
    client = shop.visitor()
    client.get(f"/en/collections/{address}")
    pages.forget()
    with CaptureQueriesContext(connection) as asked:
        body(client.get(f"/en/collections/{address}"))
    assert len(asked) <= 6, [each["sql"][:90] for each in asked]


@pytest.mark.django_db(transaction=True)
def test_the_menu_costs_a_kept_page_nothing(shop: Corner) -> None:
    a_collection("gifts")
    client = shop.visitor()
    client.get("/en/")
    pages._shelf._seen = dict.fromkeys(pages._shelf._seen, float("-inf"))
    with CaptureQueriesContext(connection) as asked:
        client.get("/en/")
    assert len(asked) == 1
    kept.forget()
