"""Staff in a real browser: the sum of a refund before it is sent, with and without a script, and a picking list on paper."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.flows.tests.builders import SmallShop, small_shop
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.orders import models as tables
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(settings: Any, tmp_path: Any) -> SmallShop:
    settings.LAKE_DIR = tmp_path / "lake"
    return small_shop()


def console(live_server: Any, browser: Browser, *, language: str = "en", javascript: bool = True, width: int = 1280) -> Page:
    """Return a page of the owner, signed in."""
    owner = Staff(Role.OWNER, language)
    context = browser.new_context(java_script_enabled=javascript, viewport={"width": width, "height": 900})
    context.add_cookies([{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in owner.client.cookies.items()])
    return context.new_page()


def uneven(shop: SmallShop) -> Order:
    """Return an order of three TEA for 10.00, whose first piece gives back a penny more, and one CUP."""
    order = shop.buy(TEA=3, CUP=1)
    tables.OrderLine.objects.filter(order_id=order.id, sku="TEA").update(gross_minor=1_000, goods_minor=1_000, tax_minor=0)
    return orders.order(order.id)


@pytest.mark.parametrize(("language", "pay"), [("en", "Pay £{} back"), ("zh-hans", "退还 £{}")])
def test_the_sum_follows_the_pieces_and_is_what_the_server_pays(
    live_server: Any, browser: Browser, shop: SmallShop, language: str, pay: str
) -> None:
    order = uneven(shop)
    page = console(live_server, browser, language=language)
    page.goto(f"{live_server.url}/console/orders/{order.id}/refund/")
    tea, button, total = page.locator("input[name^=units_]").first, page.locator("button[data-pay]"), page.locator("[data-total]")

    expect(button).not_to_have_text(re.compile("£"))
    for units, sum_ in (("1", "3.34"), ("2", "6.67"), ("3", "10.00")):
        tea.fill(units)
        expect(total).to_have_text(f"£{sum_}")
        expect(button).to_have_text(pay.format(sum_))
    tea.fill("4")
    expect(button).not_to_have_text(re.compile("£"))
    tea.fill("2")
    page.locator("[name=delivery]").check()
    expect(total).to_have_text("£10.62")
    button.click()
    page.wait_for_url(f"**/orders/{order.id}/")

    assert orders.order(order.id).refunded_minor == 1_062


@pytest.mark.parametrize("width", [1280, 390])
def test_without_a_script_the_sum_is_shown_before_it_is_sent(live_server: Any, browser: Browser, shop: SmallShop, width: int) -> None:
    order = uneven(shop)
    page = console(live_server, browser, javascript=False, width=width)
    page.goto(f"{live_server.url}/console/orders/{order.id}/refund/")

    page.locator("input[name^=units_]").first.fill("2")
    page.get_by_role("button", name="Show the sum").click()
    assert orders.order(order.id).refunded_minor == 0
    expect(page.locator("[data-total]")).to_have_text("£6.67")
    page.get_by_role("button", name="Pay £6.67 back").click()

    said = page.get_by_text("£6.67 of order")
    expect(said).to_be_visible()
    assert (said.bounding_box() or {"y": -1})["y"] >= 0
    assert orders.order(order.id).refunded_minor == 667


def test_a_picking_list_is_reached_from_the_orders_and_fits_on_paper(live_server: Any, browser: Browser, shop: SmallShop) -> None:
    shop.receive("TEA", 5, warehouse=shop.north)
    numbers = [shop.buy(TEA=8, CUP=1).number, shop.buy(TEA=4).number]
    page = console(live_server, browser)
    page.goto(f"{live_server.url}/console/orders/")

    page.locator("[data-all]").check()
    page.get_by_role("button", name="Picking list").click()
    page.wait_for_url("**/orders/picking/**")
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.get_by_role("button", name="Print").click()
    assert page.title() == "printed"
    for number in numbers:
        expect(page.get_by_text(number).first).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")

    assert page.locator(".sk-pick").count() == 2
    for hidden in ("[data-print]", ".sidebar", ".sk-crumbs"):
        assert page.locator(hidden).first.is_hidden(), hidden
    assert page.evaluate("getComputedStyle(document.querySelector('.sk-pick h2')).color") == "rgb(0, 0, 0)"
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 2


@pytest.mark.parametrize("width", [1280, 768, 390])
def test_an_orders_number_keeps_to_one_line(live_server: Any, browser: Browser, shop: SmallShop, width: int) -> None:
    shop.buy(TEA=1)
    page = console(live_server, browser, width=width)

    for address in ("", "orders/"):
        page.goto(f"{live_server.url}/console/{address}")
        rects = page.locator("table .sk-ref").first.evaluate("each => each.getClientRects().length")
        assert rects == 1, address
