"""Staff make one product whole, from options to goods beside it, and change it by a draft: preview, plan, second person, versions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from shopkeeper.flows.tests.builders import SmallShop, small_shop
from shopkeeper.kit.ids import ProductId
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.media import public as media
from shopkeeper.selling.media.tests.builders import a_file, a_film
from tests.journeys.desk import desk, stranger

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = b"WEBVTT\n\n00:01.000 --> 00:02.000\nPour slowly.\n"


@pytest.fixture
def shop(settings: Any, tmp_path: Any) -> SmallShop:
    settings.LAKE_DIR = tmp_path / "lake"
    return small_shop()


def tea(shop: SmallShop) -> ProductId:
    return catalog.goods_of(shop.variants["TEA"]).product_id


def test_goods_get_options_pictures_a_video_sizes_and_goods_beside_them(live_server: Any, browser: Browser, shop: SmallShop) -> None:
    at = desk(live_server, browser)
    page, number = at.page, tea(shop)
    at.open(f"products/{number}/")

    # Options: a colour written wrong is refused beside its line, and what was typed stays.
    at.follow("Options")
    at.send("Save options", name_en_0="Colour", name_zh_0="颜色", more_0="Red | 红 | crimson")
    assert at.field("more_0").input_value() == "Red | 红 | crimson"
    at.send("Save options", more_0="Red | 红 | #b93a2b\nBlue | 蓝 | #2b5db9")
    at.has("Colour", "Red · Blue")
    at.follow("Make the missing variants")
    at.send("Make these variants")
    at.told("1 variants are made")
    assert [each.option.en for each in catalog.product_by_id(number).variants] == ["Red", "Blue"]

    # Pictures: two at once, then what they show and where the eye should rest, pressed on the picture itself.
    at.follow("Change pictures")
    at.attach("picture", ("pot.jpg", "image/jpeg", a_file(seed=1)), ("lid.jpg", "image/jpeg", a_file(seed=2)))
    at.send("Save pictures")
    at.follow("Change pictures")
    first, second = media.gallery(number).pictures
    box = page.locator("[data-picture] img").first.bounding_box()
    assert box
    page.locator("[data-picture] img").first.click(position={"x": box["width"] / 4, "y": box["height"] * 3 / 4})
    at.fill(**{f"alt_en_{first.id}": "A red pot", f"alt_zh_{first.id}": "红色的壶"})
    page.get_by_role("checkbox", name="Red").first.check()
    at.send("Save pictures")
    shown = next(each for each in media.gallery(number).pictures if each.id == first.id)
    assert (shown.alt.en, shown.alt.zh, shown.focus) == ("A red pot", "红色的壶", (25, 75))
    assert [len(each.variants) for each in media.gallery(number).pictures] == [1, 0]
    assert second.focus == (50, 50)

    at.follow("Videos")
    at.attach("video", ("pour.mp4", "video/mp4", a_film()))
    at.attach("poster", ("pour.jpg", "image/jpeg", a_file(seed=3)))
    at.attach("track", ("pour.vtt", "text/vtt", WORDS))
    at.send("Save videos", caption_new_en="How it pours", caption_new_zh="倒茶")
    at.has("How it pours")

    at.open("size-tables/new/")
    at.send("Save size table", name_en="Pots", name_zh="壶", columns="Height | 高 | cm", rows="S | 12\nL | wide")
    assert at.field("rows").input_value().endswith("L | wide")
    at.send("Save size table", rows="S | 12\nL | 20")
    at.open(f"products/{number}/")
    at.follow("Choose a size table")
    at.field("size_table").select_option(label="Pots")
    at.send("Save size table")

    at.follow("Related goods", exact=True)
    at.send("Save related goods", find="cup")
    page.get_by_role("group", name="Found: put among what goes with it").get_by_role("checkbox").check()
    at.send("Save related goods")
    at.has("Goes with it", "Cup of the house")

    # What staff said is what a shopper is shown.
    seen = stranger(browser).new_page()
    seen.goto(f"{live_server.url}/en/goods/tea/")
    expect(seen.get_by_role("img", name="A red pot").first).to_be_visible()
    expect(seen.locator("figcaption", has_text="How it pours")).to_be_visible()
    expect(seen.get_by_role("radio", name="Blue").first).to_be_attached()
    expect(seen.get_by_text("Pots").first).to_be_attached()
    expect(seen.get_by_role("link", name="Cup of the house").first).to_be_visible()
    assert at.faults == {}


def test_a_draft_is_seen_by_a_stranger_planned_agreed_to_compared_and_gone_back_to(
    live_server: Any, browser: Browser, shop: SmallShop
) -> None:
    at, other = desk(live_server, browser, language="zh-hans"), desk(live_server, browser, role=Role.MANAGER, language="zh-hans")
    number = tea(shop)
    before = catalog.product_by_id(number).name.zh

    at.open(f"products/{number}/edit/")
    at.send("存为草稿", name_zh="雨前龙井", name_en="Tea before the rain")
    at.has("有一份草稿")
    assert catalog.product_by_id(number).name.zh == before

    # The preview opens for whoever has its link, and what shoppers see does not change by it.
    with at.page.context.expect_page() as opened:
        at.page.get_by_role("link", name="预览").click()
    link = opened.value.url
    opened.value.close()
    seen = stranger(browser, "zh-hans").new_page()
    seen.goto(link)
    expect(seen.get_by_role("heading", level=1)).to_contain_text("雨前龙井")
    seen.goto(f"{live_server.url}/zh-hans/goods/tea/")
    expect(seen.get_by_role("heading", level=1)).to_contain_text(before)

    at.follow("定时…")
    at.send("确定定时")
    at.send("确定定时", go_live_at=(datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT09:00"))
    at.has("取消定时")
    assert catalog.desks([number])[number].go_live_at is not None
    at.follow("取消定时")
    at.send("确认撤回")
    assert catalog.desks([number])[number].go_live_at is None

    # The limits are set in the console itself; from then on one person alone changes nothing.
    at.open("settings/limits/")
    at.field("products_need_two").check()
    at.send("保存")
    at.told("限额已保存")
    at.open(f"products/{number}/")
    at.follow("上架…")
    at.has("有什么不同")
    at.send("请另一个人批准")
    assert catalog.product_by_id(number).name.zh == before
    other.open(f"products/{number}/")
    other.page.locator(".sk section", has_text="等待第二个人").get_by_role("link").click()
    expect(other.page.locator("table.sk-changes")).to_contain_text("雨前龙井")
    other.look()
    other.follow("批准…")
    other.send("批准并执行")
    assert catalog.product_by_id(number).name.zh == "雨前龙井"

    at.open(f"products/{number}/versions/")
    at.page.locator("input[name=a]").last.check()
    at.page.locator("input[name=b]").first.check()
    at.send("对比这两个版本")
    expect(at.page.locator("table.sk-changes ins").first).to_be_visible()
    at.press(at.page.get_by_role("link", name="回到这个版本…").last)
    at.page.locator(".sk-submit button").click()
    at.has("有一份草稿")
    assert catalog.working(number).version.name.zh == before

    assert at.faults | other.faults == {}
