"""After buying: the order's page, asking to cancel and to return, a review with a photo, questions, news, consents, a copy of data."""

import re
import zipfile
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.flows import ship_order
from shopkeeper.ops.access.tests.builders import joined
from shopkeeper.selling.media.tests.builders import a_file
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order, OrderFilter, RequestState
from shopkeeper.selling.reviews import models as written
from shopkeeper.selling.reviews import public as reviews
from tests.journeys.shopper import NARROW, PASSWORD, WIDE, Shopper, a_basket, a_member, entered, shopping

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop() -> Corner:
    return corner()


def buy(ann: Shopper) -> Order:
    """Order what lies in the basket, and stay on the order's page."""
    ann.go("checkout/")
    fields = {"email": "ann@example.com", "name": "Ann Lee", "line1": "1 Mill Lane", "city": "Norwich", "postcode": "NR3 1AA"}
    ann.fill(**fields)
    ann.page.locator("aside .btn").click()
    ann.page.wait_for_url("**/orders/**")
    return orders.order(orders.list_orders(OrderFilter()).items[0].id)


def send(order: Order, **units: int) -> None:
    lines = [(each.id, units[each.sku]) for each in order.lines if each.sku in units] or None
    ship_order.ship(
        order_id=order.id, warehouse_id=None, carrier="Royal Mail", tracking_number="RM 1", lines=lines, actor=None, now=timezone.now()
    )


def test_a_guest_follows_the_order_asks_to_cancel_and_to_return_reviews_with_a_photo_and_asks(
    live_server: Any, browser: Browser, shop: Corner
) -> None:
    clerk = joined("clerk@example.com")
    with shopping(live_server, browser, WIDE, carrying=a_basket(shop, LAMP=2)) as ann:
        page = ann.page
        order = buy(ann)
        ann.look("order placed")
        send(order, LAMP=1)
        page.reload()
        expect(page.get_by_role("heading", name="Parcel 1")).to_be_visible()
        page.get_by_role("link", name="Cancel what is not sent yet").click()
        expect(page.get_by_role("button", name="Send the request")).to_be_visible()
        ann.look("asking to cancel")
        page.get_by_role("button", name="Send the request").click()
        expect(page.locator("#id_reason")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_role("alert")).to_be_focused()
        ann.look("asking refused")
        page.locator("#id_reason").select_option(index=1)
        page.get_by_role("button", name="Send the request").click()
        page.wait_for_url(f"**/orders/{order.token}/**")
        expect(page.locator("#requests")).to_contain_text("Waits for our answer")
        ann.look("asked")
        page.get_by_role("button", name="Take the request back").click()
        expect(page.locator("#requests")).not_to_contain_text("Waits for our answer")

        page.get_by_role("link", name="Send something back").click()
        page.locator("[name^=units_]").first.fill("1")
        page.locator("#id_reason").select_option("damaged")
        ann.fill(note="One foot is chipped.")
        ann.look("asking to return")
        page.get_by_role("button", name="Send the request").click()
        page.wait_for_url(f"**/orders/{order.token}/**")
        made = next(each for each in orders.requests_of(order.id) if each.state is RequestState.WAITING)
        orders.decide_request(request_id=made.id, accept=True, answer="We are sorry.", actor=clerk, now=timezone.now())
        page.reload()
        expect(page.locator("#requests address")).to_be_visible()
        ann.look("return accepted")

        page.get_by_role("link", name=re.compile("^Write a review")).click()
        page.get_by_role("radio", name="4 stars").focus()
        ann.press("Space")
        ann.fill(shown_name="Ann", title="A warm light", text="Bright enough to read by.")
        page.set_input_files("#id_photos", [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"no picture"}])
        page.get_by_role("button", name="Send the review").click()
        expect(page.locator("#id_photos")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_role("radio", name="4 stars")).to_be_checked()
        ann.look("no picture")
        page.set_input_files("#id_photos", [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": a_file(width=600, height=400)}])
        page.get_by_role("button", name="Send the review").click()
        page.wait_for_url(f"**/orders/{order.token}/**")
        row = written.Review.objects.get()
        reviews.decide(review_id=row.id, seen_version=row.version, state="shown", reason="", actor=None, now=timezone.now())
        ann.go("goods/lamp/")
        photo = page.get_by_role("img", name="Photo 1 by Ann")
        photo.scroll_into_view_if_needed()
        page.wait_for_function("each => each.complete && each.naturalWidth > 0", arg=photo.element_handle())
        ann.look("with a review")
        with page.expect_navigation():
            page.get_by_role("link", name="Ask a question").click()
        ann.look("asking")
        ann.fill(shown_name="Eve", question="Does it need a bulb?")
        page.get_by_role("button", name="Ask", exact=True).click()
        page.wait_for_url("**/goods/lamp/**")
        expect(page.locator("main [role=status]").first).to_be_visible()

    asked = written.Question.objects.get()
    reviews.decide_question(question_id=asked.id, state="shown", reason="", actor=None, now=timezone.now())
    with shopping(live_server, browser, NARROW) as bob:
        bob.go(f"orders/{order.token}/questions/?line={order.lines[0].id}")
        bob.page.locator("summary").last.click()
        bob.look("questions")
        bob.page.locator("[name=shown_name]").fill("安")
        bob.page.locator("[name=answer]").fill("附赠一只灯泡。")
        bob.page.get_by_role("button", name="提交回答").click()
        expect(bob.page.locator("main [role=status]").first).to_be_visible()
        bob.go(f"orders/{order.token}/review/?line={order.lines[0].id}")
        bob.look("review to be changed")
        bob.go(f"orders/{order.token}/")
        bob.look("order with everything")

    assert written.Reply.objects.count() == 1


def test_a_member_reads_news_says_what_they_agree_to_and_takes_a_copy(
    live_server: Any, browser: Browser, shop: Corner, tmp_path: Any
) -> None:
    a_member(language="zh-hans")
    with shopping(live_server, browser, NARROW, carrying=entered() | a_basket(shop, LAMP=1)) as ann:
        page = ann.page
        send(buy(ann))
        ann.go("account/")
        expect(page.locator(".to-account, header .me").first).to_be_visible()
        page.locator("main").get_by_role("link", name=re.compile("^动态")).click()
        expect(page.locator(".news li.new").first).to_be_visible()
        ann.look("news")
        page.get_by_role("button", name="全部标为已读").click()
        expect(page.locator(".news li.new")).to_have_count(0)

        ann.go("account/consents/")
        boxes = page.locator("input[name=given]")
        boxes.first.focus()
        ann.press("Space")
        page.get_by_role("button", name="保存我的选择").click()
        page.wait_for_load_state()
        ann.go("account/consents/")
        expect(boxes.first).to_be_checked()
        ann.look("consents")
        page.get_by_role("button", name="全部不同意").click()
        page.wait_for_load_state()
        ann.go("account/consents/")
        expect(boxes.first).not_to_be_checked()

        ann.go("account/company/")
        page.select_option("#id_country", "CN")
        ann.fill(company="甲乙丙有限公司", tax_number="91350100M000100Y44")
        page.get_by_role("button", name="保存").click()
        expect(page.locator("#id_tax_number")).to_have_attribute("aria-invalid", "true")
        ann.look("company refused")

        ann.go("account/data/")
        ann.fill(password="not it at all")
        page.get_by_role("button", name="下载副本").click()
        expect(page.locator("#id_password")).to_have_attribute("aria-invalid", "true")
        ann.look("wrong password")
        ann.fill(password=PASSWORD)
        with page.expect_download() as download:
            page.get_by_role("button", name="下载副本").click()
        download.value.save_as(tmp_path / "copy.zip")

    with zipfile.ZipFile(tmp_path / "copy.zip") as copy:
        assert any("ann@example.com" in copy.read(name).decode() for name in copy.namelist() if name.endswith(".json"))
