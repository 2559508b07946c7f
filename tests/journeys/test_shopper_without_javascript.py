"""A shopper whose browser runs no script browses, fills a basket, checks out and sees the order, in both languages."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import OrderFilter, OrderState

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop() -> Corner:
    return corner()


def open_page(browser: Browser, *, javascript: bool, width: int = 1280) -> Page:
    context = browser.new_context(java_script_enabled=javascript, viewport={"width": width, "height": 900})
    return context.new_page()


def fill_in(page: Page) -> None:
    page.fill("#id_email", "ann@example.com")
    page.fill("#id_name", "Ann Lee 李安")
    page.fill("#id_line1", "1 Mill Lane")
    page.fill("#id_city", "Norwich")
    page.fill("#id_postcode", "NR3 1AA")


def test_a_guest_buys_without_a_script(live_server: Any, browser: Browser, shop: Corner) -> None:
    page = open_page(browser, javascript=False, width=390)
    page.goto(f"{live_server.url}/en/")
    page.click("text=No, thank you")
    page.click("main >> text=Enamel cup")
    page.check("input[name=variant] >> nth=0")
    page.fill("#id_units", "2")
    page.click("text=Add to basket")
    assert page.url.endswith("/en/basket/")
    page.fill("input[name=units]", "3")
    page.click("text=Update")
    assert "£25.50" in page.inner_text(".totals .sum")
    page.click("text=To the checkout")

    page.select_option("#id_country", "CN")
    page.click("text=Update delivery and total")
    assert "We do not deliver to this country yet" in page.inner_text("main")
    page.select_option("#id_country", "GB")
    page.click("text=Update delivery and total")
    page.click("aside >> text=Place order and pay")
    assert "The email address is missing." in page.inner_text("main")
    fill_in(page)
    page.click("aside >> text=Place order and pay £29.45")

    assert "/en/orders/" in page.url
    assert "Thank you. Your payment has arrived" in page.inner_text("main")
    placed = orders.list_orders(OrderFilter()).items
    assert [(order.total_minor, order.state, order.is_guest) for order in placed] == [(2_945, OrderState.PAID, True)]
    assert shop.stock("CUP-S") == 17


def test_the_order_is_cancelled_without_a_script_in_chinese(live_server: Any, browser: Browser, shop: Corner) -> None:
    page = open_page(browser, javascript=False)
    page.goto(f"{live_server.url}/zh-hans/goods/lamp/")
    page.click("text=放入购物车")
    page.click("text=去结算")
    fill_in(page)
    page.click("aside >> text=提交订单并支付")
    page.click("main summary:has-text('取消')")
    page.click("text=确定取消订单")

    assert "订单已取消。" in page.inner_text("main")
    assert shop.stock("LAMP") == 8


def test_with_a_script_the_basket_speaks_and_the_total_follows(live_server: Any, browser: Browser, shop: Corner) -> None:
    page = open_page(browser, javascript=True)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(f"{live_server.url}/en/goods/lamp/")
    page.click("text=No, thank you")
    page.click("text=Add to basket")
    page.wait_for_selector("[data-say] a")
    assert page.inner_text("[data-say]").startswith("In your basket: Brass lamp")
    assert page.inner_text("[data-units]") == "1"

    page.click("[data-say] a")
    page.wait_for_url("**/basket/")
    page.click("[aria-label='One more']")
    expect(page.locator(".totals .sum dd")).to_have_text("£24.00")
    assert page.inner_text("[data-units]") == "2"

    page.click("text=To the checkout")
    fill_in(page)
    page.dblclick("aside >> text=Place order and pay")
    page.wait_for_url("**/orders/**")

    assert orders.list_orders(OrderFilter()).total == 1
    assert wrong == []
