"""Staff change many products at once and take it back, fill collections by hand and by rule, and make a bundle."""

from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, expect

from shopkeeper.flows.tests.builders import SmallShop, product, small_shop
from shopkeeper.kit.ids import ProductId
from shopkeeper.selling.catalog import public as catalog
from tests.journeys.desk import Desk, desk, stranger

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(settings: Any, tmp_path: Any) -> SmallShop:
    settings.LAKE_DIR = tmp_path / "lake"
    return small_shop()


def shown(shop: SmallShop) -> dict[str, bool]:
    """Return which goods stand in the shop, by SKU."""
    known = {sku: catalog.goods_of(each).product_id for sku, each in shop.variants.items()}
    found = catalog.products(list(known.values()))
    return {sku: found[ProductId(each)].is_published for sku, each in known.items()}


def tick(at: Desk, *names: str) -> None:
    """Tick rows of a list by what they are called."""
    for each in names:
        at.page.locator("tr", has_text=each).get_by_role("checkbox").check()


def test_many_are_changed_after_a_look_and_set_back(live_server: Any, browser: Browser, shop: SmallShop) -> None:
    at = desk(live_server, browser)
    page = at.open("products/")

    tick(at, "Tea of the house", "Cup of the house")
    expect(page.locator("[data-chosen]")).to_have_text("2")
    at.send("Change many")
    at.field("kind").select_option(label="Set the weight")
    # An answer left out is asked for; what was typed stays.
    at.send("Change them", reason="weighed anew")
    expect(page.locator(".sk [role=alert]").first).to_be_visible()
    assert at.field("reason").input_value() == "weighed anew"
    at.fill(weight="77")
    at.field("kind").select_option(label="Take off sale")
    expect(at.field("weight")).to_be_hidden()
    # What is not asked is not sent: only the act, its reason and the mark of what was seen are.
    with page.expect_request(lambda request: request.method == "POST") as sent:
        at.send("Change them")
    assert set(parse_qs(sent.value.post_data or "")) == {"csrfmiddlewaretoken", "kind", "reason"}
    at.has("In the shop → Not shown")
    assert shown(shop) == {"TEA": True, "CUP": True}
    at.send("Change them")
    at.told("2 products are changed")
    assert shown(shop) == {"TEA": False, "CUP": False}

    # One of them is changed by somebody since: it stays when the rest is taken back.
    at.open("products/")
    tick(at, "Cup of the house")
    at.send("Change many")
    at.field("kind").select_option(label="Show in the shop")
    at.fill(reason="still wanted")
    at.send("Change them")
    at.send("Change them")
    at.open("edits/")
    at.has("weighed anew", "still wanted")
    at.follow("Show in the shop")
    at.follow("Take back…")
    at.send("Take it back")
    at.told("1 product is as it was before")
    assert shown(shop) == {"TEA": False, "CUP": False}
    at.open("edits/")
    at.follow("Take off sale")
    at.follow("Take back…")
    at.send("Take it back")
    assert shown(shop) == {"TEA": True, "CUP": True}
    at.has("Taken back")

    assert at.faults == {}


def test_collections_are_filled_by_hand_and_by_rule_and_goods_become_a_bundle(live_server: Any, browser: Browser, shop: SmallShop) -> None:
    at = desk(live_server, browser, language="zh-hans")
    page = at.page
    shop.variants["SET"] = product("SET")
    shop.price("SET", 2_900)

    at.open("goods-collections/new/")
    at.fill(name_en="Gifts", name_zh="礼物", intro_zh="送人的好东西")
    at.field("kind").select_option("hand")
    at.field("is_published").check()
    at.send("保存专题")
    at.told("已保存")
    at.follow("排列商品")
    at.send("保存顺序", lines="cup\nno-such-thing")
    expect(page.locator(".sk [role=alert]").first).to_contain_text("no-such-thing")
    at.send("保存顺序", lines="cup\ntea")

    at.open("goods-collections/new/")
    at.fill(name_en="Little things", name_zh="小物件", least="1", most="10")
    at.field("kind").select_option("rule")
    at.field("is_published").check()
    at.send("保存专题")
    # A rule is seen before it is saved.
    expect(page.locator("aside.sk-sheet")).to_contain_text("这条规则现在找到的商品")
    expect(page.locator("aside.sk-sheet")).to_contain_text("本店CUP")
    assert [each.slug for each in catalog.collections()] == ["gifts"]
    at.send("保存专题")
    assert sorted(each.slug for each in catalog.collections()) == ["gifts", "little-things"]

    held = catalog.goods_of(shop.variants["SET"]).product_id
    at.open(f"products/{held}/")
    at.follow("设为套装")
    at.send("保存套装", parts="2 × MUG")
    expect(page.locator(".sk [role=alert]").first).to_contain_text("MUG")
    at.send("保存套装", parts="1 × TEA\n2 × CUP")
    at.has("套装内容", "本店CUP")

    seen = stranger(browser, "zh-hans").new_page()
    seen.goto(f"{live_server.url}/zh-hans/collections/gifts/")
    arranged = seen.locator("main").inner_text()
    assert 0 < arranged.index("本店CUP") < arranged.index("本店TEA")
    seen.goto(f"{live_server.url}/zh-hans/collections/little-things/")
    expect(seen.get_by_text("本店CUP").first).to_be_visible()
    expect(seen.locator("main").get_by_text("本店TEA")).to_have_count(0)
    seen.goto(f"{live_server.url}/zh-hans/goods/set/")
    expect(seen.locator("main").get_by_text("本店CUP").first).to_be_visible()
    assert at.faults == {}
