"""A shopper chooses on a product's page: options by keys and by finger, pictures, the bar on a phone; and without a script."""

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.selling.inventory import public as inventory
from tests.journeys.goods import lamp_to_choose
from tests.journeys.shopper import NARROW, WIDE, shopping

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop() -> Corner:
    made = corner()
    lamp_to_choose(made)
    return made


def test_options_are_chosen_by_keys_and_price_picture_stock_and_address_follow(live_server: Any, browser: Browser, shop: Corner) -> None:
    with shopping(live_server, browser, WIDE) as ann:
        page = ann.page
        ann.go("goods/lamp/")
        picked, strip = page.locator("[data-picked]"), page.locator(".strip")
        expect(picked).to_contain_text("£12.00")
        expect(page.locator("[data-show]")).to_have_count(0)
        ann.look("lamp")

        page.get_by_role("radio", name="Brass").focus()
        ann.press("ArrowRight")
        expect(picked).to_contain_text("£13.00")
        expect(picked).to_contain_text("Sold out")
        expect(picked).to_contain_text("LAMP-BLACK-SMALL")
        expect(page).to_have_url(re.compile(rf"variant={shop.variants['LAMP-BLACK-SMALL']}$"))
        expect(page.locator("legend b").first).to_have_text("Black")
        assert strip.evaluate("each => Math.round(each.scrollLeft / each.clientWidth)") == 1
        expect(page.locator(".thumbs a").nth(1)).to_have_attribute("aria-current", "true")
        ann.look("sold out")
        add = page.locator("#buy .buy .btn")
        expect(add).to_be_disabled()

        page.get_by_role("radio", name="Small").focus()
        ann.press("ArrowDown")
        expect(picked).to_contain_text("£19.00")
        expect(picked).to_contain_text("Only 3 left")
        expect(add).to_be_enabled()
        expect(page.locator("#id_units")).to_have_attribute("max", "3")
        page.get_by_role("radio", name="Brass").click()
        expect(picked).to_have_text(re.compile("This combination is not made"))
        expect(add).to_be_disabled()
        expect(page.locator(".goes-to a")).to_have_attribute("href", re.compile(f"variant={shop.variants['LAMP-BLACK-LARGE']}$"))
        expect(page.locator("label", has=page.get_by_role("radio", name="Large")).locator("small")).to_have_text("not made")
        assert "variant=" not in page.url
        page.get_by_role("radio", name="Black").click()
        page.reload()
        expect(picked).to_contain_text("LAMP-BLACK-LARGE")
        page.get_by_role("button", name="Add to basket").click()
        expect(page.locator("[data-units]")).to_have_text("1")
        ann.go("basket/")
        expect(page.locator("main")).to_contain_text("£19.00")

        place = inventory.warehouses()[0].id
        large = shop.variants["LAMP-BLACK-LARGE"]
        inventory.adjust(variant_id=large, warehouse_id=place, units=-3, note="broken", actor=None, now=timezone.now())
        ann.go("goods/lamp/")
        page.get_by_role("radio", name="Black").check()
        expect(page.locator("#id_back")).to_have_value(str(shop.variants["LAMP-BLACK-SMALL"]))
        page.get_by_role("radio", name="Large").check()
        expect(page.locator("#id_back")).to_have_value(str(large))


def test_pictures_and_the_bar_of_a_phone_are_used_by_keys_and_by_finger(live_server: Any, browser: Browser, shop: Corner) -> None:
    with shopping(live_server, browser, NARROW) as ann:
        page = ann.page
        ann.go("goods/lamp/")
        strip, thumbs, bar = page.locator(".strip"), page.locator(".thumbs a"), page.locator("[data-buy-bar]")

        def shown() -> int:
            return int(strip.evaluate("each => Math.round(each.scrollLeft / each.clientWidth)"))

        strip.focus()
        ann.press("ArrowRight")
        expect(thumbs.nth(1)).to_have_attribute("aria-current", "true")
        assert shown() == 1
        ann.press("ArrowLeft")
        expect(thumbs.nth(0)).to_have_attribute("aria-current", "true")
        thumbs.nth(1).click()
        expect(thumbs.nth(1)).to_have_attribute("aria-current", "true")
        large = page.get_by_role("link", name="黑色的灯")
        large.focus()
        ann.press("Enter")
        expect(page.locator("dialog img")).to_have_attribute("alt", "黑色的灯")
        ann.look("large picture")
        ann.press("Escape")
        expect(page.locator("dialog")).to_be_hidden()
        expect(large).to_be_focused()

        expect(bar).to_be_hidden()
        page.get_by_role("radio", name="黑色").click()
        page.get_by_role("radio", name="大号").click()
        page.locator("footer").scroll_into_view_if_needed()
        expect(bar).to_be_visible()
        expect(bar).to_contain_text("£19.00")
        ann.look("with the bar")
        bar.get_by_role("button").click()
        expect(page.locator("[data-units]")).to_have_text("1")
        page.evaluate("scrollTo(0, 0)")
        expect(bar).to_be_hidden()
        ann.go("basket/")
        expect(page.locator("main")).to_contain_text("黑色、大号")
        ann.look("basket")


def test_without_a_script_options_are_chosen_by_a_button_and_pictures_by_their_links(
    live_server: Any, browser: Browser, shop: Corner
) -> None:
    with shopping(live_server, browser, NARROW, script=False) as ann:
        page = ann.page
        ann.go("goods/lamp/")

        page.get_by_role("radio", name="黑色").click()
        page.get_by_role("radio", name="大号").click()
        page.locator("[data-show]").click()
        expect(page.locator("[data-picked]")).to_contain_text("£19.00")
        expect(page.locator("[data-buy-bar]")).to_be_hidden()
        page.locator(".thumbs a").nth(1).click()
        assert page.url.endswith("#picture-2")
        page.get_by_role("button", name="放入购物车").first.click()

        expect(page.locator("main")).to_contain_text("黑色、大号")
        expect(page.locator("main")).to_contain_text("£19.00")
