"""A shopper buys a bundle, walks round a collection, waits for what is sold out, and finds an order whose link is lost."""

import re
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Browser, expect

from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.growth.messages import public as messages
from shopkeeper.selling.catalog.tests.builders import an_attribute, says, tell
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import OrderFilter
from shopkeeper.selling.wishes import models as waits
from tests.journeys.goods import desk_set, evening_collection
from tests.journeys.shopper import EMAIL, NARROW, WIDE, Shopper, shopping

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(settings: Any, live_server: Any) -> Corner:
    settings.PUBLIC_URL = live_server.url
    made = corner()
    desk_set(made)
    evening_collection(made)
    colour = an_attribute()
    tell(made.products["lamp"].id, says(colour, "red"))
    tell(made.products["cup"].id, says(colour, "red", "blue"))
    return made


def posted() -> str:
    """Have the mails sent that are due, and return what the newest says."""
    messages.send_due(now=timezone.now())
    return str(mail.outbox[-1].body)


def test_a_bundle_is_bought_and_every_page_says_what_is_in_it(live_server: Any, browser: Browser, shop: Corner) -> None:
    with shopping(live_server, browser, WIDE) as ann:
        page = ann.page
        ann.go("goods/desk/")
        held = page.locator("section.bundle")
        expect(held).to_contain_text("In this bundle: 3 pieces")
        expect(held).to_contain_text("Separately £29.00 · you save £4.00")
        ann.look("bundle")
        held.get_by_role("link", name="Enamel cup").click()
        page.wait_for_url("**/goods/cup/")
        page.go_back()
        page.get_by_role("button", name="Add to basket").first.click()
        expect(page.locator("[data-units]")).to_have_text("1")
        ann.go("basket/")
        expect(page.locator("main")).to_contain_text("Enamel cup")
        ann.look("basket with a bundle")
        ann.go("checkout/")
        ann.fill(email=EMAIL, name="Ann Lee", line1="1 Mill Lane", city="Norwich", postcode="NR3 1AA")
        ann.look("checkout with a bundle")
        page.locator("aside .btn").click()
        page.wait_for_url("**/orders/**")
        expect(page.locator("main")).to_contain_text("Brass lamp")
        ann.look("order of a bundle")

        ann.go("find-order/")
        (order,) = orders.list_orders(OrderFilter()).items
        ann.fill(number=order.number, email=EMAIL)
        ann.press("Enter")
        expect(page.locator("main [role=status]").first).to_be_visible()
        ann.look("link to the order sent")
        assert orders.order(order.id).token in posted()

    assert (shop.stock("LAMP"), shop.stock("CUP-S")) == (7, 18)


def _narrow_a_shelf(ann: Shopper) -> None:
    """Narrow a shelf down by keys, look at goods, and find it narrowed down after the way back."""
    page, cards = ann.page, ann.page.locator("main .grid > li")
    ann.go("shelves/kitchen/")
    expect(cards).to_have_count(3)
    question = page.locator(".sift details", has=page.locator("[name=colour]"))
    question.locator("summary").focus()
    ann.press("Enter")
    question.locator("[value=blue]").focus()
    ann.press("Space")
    ann.look("a question open")
    ann.press("Enter")
    page.wait_for_url("**colour=blue**")
    expect(cards).to_have_count(1)
    ann.look("shelf narrowed down")
    cards.first.locator("a").first.click()
    page.wait_for_url("**/goods/cup/**")
    page.go_back()
    page.wait_for_url("**colour=blue**")
    expect(cards).to_have_count(1)
    expect(page.locator('.sift [name="colour"][value="blue"]')).to_be_checked()
    page.go_back()
    page.wait_for_url(lambda url: "colour" not in url)
    expect(cards).to_have_count(3)
    expect(page.locator('.sift [name="colour"][value="blue"]')).not_to_be_checked()
    page.go_forward()
    page.wait_for_url("**colour=blue**")
    page.locator(".left-out a").first.click()
    expect(cards).to_have_count(3)


def test_a_collection_is_put_in_order_a_shelf_narrowed_down_and_what_is_sold_out_waited_for(
    live_server: Any, browser: Browser, shop: Corner
) -> None:
    with shopping(live_server, browser, NARROW) as ann:
        page = ann.page
        ann.go("collections/")
        ann.look("collections")
        page.locator("main").get_by_role("link", name="晚间好物").last.click()
        page.wait_for_url("**/collections/evening/")
        cards = page.locator("main .grid > li")
        expect(cards).to_have_count(2)
        expect(cards.first).to_contain_text("搪瓷杯")
        page.select_option("#sort", index=1)
        page.wait_for_url("**sort=**")
        expect(cards).to_have_count(2)
        ann.look("collection in another order")
        _narrow_a_shelf(ann)

        ann.go("goods/box/")
        ask = page.locator("section.back")
        ask.get_by_role("button").click()
        expect(page.locator("#id_email")).to_have_attribute("aria-invalid", "true")
        ann.look("nobody to tell")
        ann.fill(email=EMAIL)
        page.locator("main form .btn").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("请查看邮箱")
        ann.look("link sent")
        link = re.search(rf"{re.escape(live_server.url)}(/\S+/waits/\S+/)", posted())
        assert link
        page.goto(live_server.url + link[1])
        ann.look("to be confirmed")
        page.get_by_role("button", name="好，请通知我").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("到货时会通知您")
        ann.look("waiting")
        assert waits.Wait.objects.get().state == "waiting"
        with page.expect_navigation():
            page.get_by_role("button", name="不要写信给我").click()
        ann.look("withdrawn")

    assert waits.Wait.objects.get().state == "withdrawn"
    with shopping(live_server, browser, WIDE, script=False) as bob:
        bob.go("goods/cup/")
        bob.page.locator("details.back summary").click()
        bob.page.fill("#id_back_email", "bob@example.com")
        bob.page.locator("details.back button").click()
        expect(bob.page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")

    assert waits.Wait.objects.latest("pk").variant_id == shop.variants["CUP-L"]
