"""A shopper keeps goods in mind: hearts and the wish list as guest and member, a shared list, two goods compared, what was looked at."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from shopkeeper.doors.storefront.tests.builders import Corner, corner
from tests.journeys.goods import lamp_to_choose
from tests.journeys.shopper import EMAIL, NARROW, PASSWORD, WIDE, a_member, shopping

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop() -> Corner:
    made = corner()
    lamp_to_choose(made)
    return made


def test_hearts_become_a_list_that_is_shared_bought_from_and_comes_along_into_the_account(
    live_server: Any, browser: Browser, shop: Corner
) -> None:
    a_member()
    with shopping(live_server, browser, WIDE) as ann:
        page = ann.page
        head = page.locator("[data-wishes]")
        ann.go("goods/")
        cup = page.get_by_role("button", name="Put Enamel cup on the wish list")
        cup.focus()
        ann.press("Enter")
        expect(cup).to_have_attribute("aria-pressed", "true")
        expect(page.locator("[data-say]")).to_contain_text("On your wish list.")
        expect(head).to_have_text("1")
        ann.press("Enter")
        expect(cup).to_have_attribute("aria-pressed", "false")
        expect(head).to_be_hidden()
        ann.press("Enter")
        expect(head).to_have_text("1")
        ann.look("shelf with a heart")

        ann.go("goods/lamp/")
        page.get_by_role("radio", name="Black").check()
        expect(page.locator(".heart-of")).to_have_attribute("value", str(shop.variants["LAMP-BLACK-SMALL"]))
        page.locator(".heart-of").click()
        expect(page.locator(".heart-of")).to_have_text("On the wish list: take off")
        expect(page.locator(".heart-of")).to_be_focused()
        ann.look("lamp with a heart")

        ann.go("wishes/")
        goods = page.locator(".wished > li")
        expect(goods).to_have_count(2)
        expect(goods.filter(has_text="Brass lamp")).to_contain_text("Black, Small")
        expect(goods.filter(has_text="Brass lamp").get_by_role("link", name="Tell me when it is back")).to_be_visible()
        page.get_by_role("button", name="Make a link").click()
        secret = urlsplit(page.locator("#id_share").input_value()).path
        ann.look("own list")
        with shopping(live_server, browser, NARROW) as bob:
            bob.page.goto(live_server.url + secret.replace("/en/", "/zh-hans/"))
            expect(bob.page.locator(".wished > li")).to_have_count(2)
            expect(bob.page.locator(".drop, .share")).to_have_count(0)
            bob.look("somebody's list")
            page.get_by_role("button", name="Switch the link off").click()
            expect(page.get_by_role("button", name="Make a link")).to_be_visible()
            bob.page.reload()
            expect(bob.page.locator(".wished")).to_have_count(0)
            bob.look("a list that is shared no more")

        page.get_by_role("link", name="Sign in", exact=True).last.click()
        ann.fill(email=EMAIL, password=PASSWORD)
        page.locator("main .btn").first.click()
        page.wait_for_url("**/wishes/")
        expect(page.locator("main .lead")).to_contain_text("It stands in your account")
        expect(goods).to_have_count(2)
        page.get_by_role("button", name=re.compile("^Add to basket.*Enamel cup$")).click()
        expect(page.locator("[data-units]")).to_have_text("1")
        page.get_by_role("button", name="Take Brass lamp off the list").click()
        expect(goods).to_have_count(1)
        ann.look("list of a member")


def test_goods_are_put_side_by_side_and_what_was_looked_at_stays_in_the_browser(live_server: Any, browser: Browser, shop: Corner) -> None:
    with shopping(live_server, browser, NARROW, carrying={"consent": "yes.somebody"}) as ann:
        page = ann.page
        ann.go("goods/lamp/")
        page.get_by_role("link", name="对比").click()
        page.wait_for_url("**/compare/?goods=lamp")
        ann.go("goods/cup/")
        expect(page.locator("[data-seen-list] > li")).to_have_count(1)
        expect(page.locator("[data-seen-list]")).to_contain_text("黄铜灯")
        page.get_by_role("link", name="对比").click()
        page.wait_for_url("**/compare/?goods=lamp&goods=cup")
        expect(page.locator("thead th")).to_have_count(2)
        expect(page.locator("tr.differs").first).to_contain_text("不同")
        page.locator(".compared").focus()
        before = page.locator(".compared").evaluate("each => each.scrollLeft")
        ann.press("ArrowRight")
        page.wait_for_function("before => document.querySelector('.compared').scrollLeft > before", arg=before)
        # The names of the rows stay where they are while the goods move past them.
        assert page.locator("tbody th").first.evaluate("each => each.getBoundingClientRect().left") >= 0
        ann.look("two side by side")
        page.get_by_role("link", name="不再对比黄铜灯").click()
        expect(page.locator("thead th")).to_have_count(1)
        page.fill("#beside", "铁盒")
        ann.press("Enter")
        page.locator(".others a").first.click()
        expect(page.locator("thead th").last).to_contain_text("铁盒")

        ann.go("goods/box/")
        seen = page.locator("section.seen")
        expect(seen.locator("[data-seen-list] > li")).to_have_count(2)
        seen.scroll_into_view_if_needed()
        ann.look("with what was looked at")
        seen.get_by_role("button", name="清除记录").click()
        expect(seen).to_be_hidden()
        ann.go("goods/cup/")
        expect(seen).to_be_hidden()
        assert page.evaluate("JSON.parse(localStorage.getItem('seen')).length") == 1

    with shopping(live_server, browser, WIDE) as bob:
        bob.go("goods/lamp/")
        bob.go("goods/cup/")
        expect(bob.page.locator("section.seen")).to_be_hidden()
        assert bob.page.evaluate("localStorage.length") == 0

    with shopping(live_server, browser, WIDE, script=False) as eve:
        eve.go("goods/cup/")
        eve.page.get_by_role("button", name="Wish list").click()
        eve.page.wait_for_url("**/wishes/")
        expect(eve.page.locator(".wished > li")).to_have_count(1)
        eve.go("compare/?goods=cup&goods=lamp")
        expect(eve.page.locator("thead th")).to_have_count(2)
