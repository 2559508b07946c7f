"""Staff raise the prices of many goods, see how far a large change is, stop it and take it back."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from shopkeeper.flows import change_many
from shopkeeper.flows.tests.builders import NOON, SmallShop, small_shop
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.pricing import public as pricing
from tests.journeys.desk import desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(settings: Any, tmp_path: Any) -> SmallShop:
    settings.LAKE_DIR = tmp_path / "lake"
    return small_shop()


def amounts(shop: SmallShop) -> dict[str, int]:
    found = pricing.prices(list(shop.variants.values()))
    return {sku: found[variant].amount_minor for sku, variant in shop.variants.items()}


def everything(shop: SmallShop) -> str:
    return "products/many/?rows=" + ",".join(str(catalog.goods_of(each).product_id) for each in shop.variants.values())


def test_prices_are_raised_after_a_look_and_set_back(live_server: Any, browser: Browser, shop: SmallShop) -> None:
    at = desk(live_server, browser)
    at.open(everything(shop))

    expect(at.field("how")).to_be_hidden()
    at.field("kind").select_option(label="Change the prices")
    expect(at.field("weight")).to_be_hidden()
    expect(at.field("percent")).to_be_hidden()
    at.field("how").select_option(label="Raise by per cent")
    expect(at.field("amount")).to_be_hidden()
    at.send("Change them", reason="dearer leaves")
    expect(at.page.locator(".sk [role=alert]").first).to_be_visible()
    at.field("rounding").select_option(label="£0.05")
    at.send("Change them", percent="10")
    at.has("£12.50 → £13.75", "£9.99 → £11.00")
    assert amounts(shop) == {"TEA": 1_250, "CUP": 999}
    at.send("Change them")
    at.told("2 products are changed")
    assert amounts(shop) == {"TEA": 1_375, "CUP": 1_100}

    at.open("edits/")
    at.follow("Change the prices")
    at.follow("Take back…")
    at.send("Take it back")
    at.told("2 products are as they were before")
    at.has("Set back")
    assert amounts(shop) == {"TEA": 1_250, "CUP": 999}
    assert at.faults == {}


def test_a_large_change_shows_how_far_it_is_and_is_stopped(
    live_server: Any, browser: Browser, shop: SmallShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_many, "SMALL", 1)
    at = desk(live_server, browser, language="zh-hans")
    at.open(everything(shop))

    at.field("kind").select_option(label="下架")
    at.send("执行修改", reason="换季")
    at.has("在后台进行：有页面显示进度，可以停止。")
    at.send("执行修改")
    at.told("正在进行；本页显示进度。")
    (run,) = catalog.runs_under_way()
    catalog.change_some(run.id, size=1, now=NOON)
    at.open(f"edits/{run.id}/")
    bar = at.page.locator("progress")
    assert (bar.get_attribute("value"), bar.get_attribute("max")) == ("1", "2")
    at.follow("停止…")
    at.send("停止修改")
    at.told("已停止：改了 1 件商品。")
    at.has("尚未处理")
    expect(bar).to_have_count(0)
    at.follow("撤回…")
    at.send("确认撤回")
    goods = [catalog.goods_of(each).product_id for each in shop.variants.values()]
    assert all(each.is_published for each in catalog.products(goods).values())
    assert at.faults == {}
