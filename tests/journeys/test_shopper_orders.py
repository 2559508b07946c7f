"""A shopper orders: on one page to an address in China with a gift note and an invoice; in steps as a member; lists without a script."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.tests.builders import joined
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Arrangement, Order, OrderFilter
from shopkeeper.selling.pricing import public as pricing
from tests.journeys.shopper import EMAIL, NARROW, WIDE, a_basket, a_member, entered, shopping

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOMES = (
    Address(name="李安", line1="文三路 1 号", city="杭州市 西湖区", region="浙江省", postcode="310000", country="CN"),
    Address(name="Ann Lee", line1="1 Mill Lane", city="Norwich", postcode="NR3 1AA", country="GB"),
)


@pytest.fixture
def shop() -> Corner:
    """The corner shop, which sends to China, too, for £9.00."""
    made = corner()
    pricing.save_delivery_option(
        delivery_option_id=None, code="CHINA", name=Bilingual("Parcel to China", "中国包裹"), carrier="SF", price_minor=900,
        free_from_minor=None, days=(5, 9), countries=("CN",), position=2, is_active=True, actor=None, now=NOON,
    )  # fmt: skip
    return made


def placed() -> Order:
    """Return the only order there is."""
    (made,) = orders.list_orders(OrderFilter()).items
    return orders.order(made.id)


def test_on_one_page_an_order_goes_to_china_as_a_gift_with_an_invoice_to_a_company(
    live_server: Any, browser: Browser, shop: Corner
) -> None:
    with shopping(live_server, browser, WIDE, carrying=a_basket(shop, LAMP=2)) as ann:
        page = ann.page
        ann.go("goods/lamp/")
        page.get_by_role("link", name="Prices, days, another place").click()
        page.select_option("#id_country", "CN")
        page.get_by_role("button", name="Show delivery").click()
        expect(page.locator("main [role=status]").last).to_contain_text("Parcel to China")
        ann.look("delivery to China")
        page.get_by_role("link", name="Back", exact=True).click()
        expect(page.locator(".goes-to")).to_contain_text("Delivery to China")

        ann.go("checkout/")
        total, story = page.locator(".totals .sum dd"), page.locator(".story")
        expect(total).to_have_text("£33.00")
        story.locator("summary").focus()
        ann.press("Enter")
        expect(story.locator("tfoot")).to_contain_text("£33.00")
        ann.look("to China")
        page.select_option("#id_country", "GB")
        expect(total).to_have_text("£27.95")
        ann.fill(email=EMAIL, name="Ann Lee", phone="1381234567")
        page.select_option("#id_country", "CN")
        expect(total).to_have_text("£33.00")
        expect(page.locator("#id_city option")).to_have_count(1)
        page.select_option("#id_region", "浙江省")
        page.wait_for_selector("#id_city option[value='杭州市']", state="attached")
        expect(page.locator("#id_region")).to_have_value("浙江省")
        page.select_option("#id_city", "杭州市")
        page.wait_for_selector("#id_district option[value='西湖区']", state="attached")
        page.select_option("#id_district", "西湖区")
        ann.fill(line1="文三路 1 号", postcode="31000")
        page.locator("summary", has_text="It is a gift").click()
        page.get_by_role("checkbox", name="Send it as a gift").check()
        ann.fill(gift_note="Happy birthday!")
        page.locator("summary", has_text="Invoice to a name").click()
        page.select_option("#id_invoice_kind", "company")
        ann.fill(invoice_title="甲乙丙有限公司", tax_number="91350100M000100Y44", invoice_email="fp@example.com")
        page.locator("aside .btn").click()
        expect(page.get_by_role("alert")).to_be_focused()
        for name in ("phone", "postcode", "tax_number"):
            expect(page.locator(f"#id_{name}")).to_have_attribute("aria-invalid", "true")
        ann.look("refused")
        page.get_by_role("alert").get_by_role("link").first.click()
        expect(page.locator("#id_phone")).to_be_focused()
        expect(page.locator("#id_gift_note")).to_have_value("Happy birthday!")
        expect(page.locator("#id_district")).to_have_value("西湖区")
        ann.fill(phone="13812345678", postcode="310000", tax_number="91350100M000100Y43")
        page.locator("aside .btn").click()
        page.wait_for_url("**/orders/**")
        expect(page.locator("main")).to_contain_text("Happy birthday!")
        expect(page.locator("main")).to_contain_text("91350100M000100Y43")
        ann.look("order")

    order = placed()
    assert (order.address.region, order.address.city, order.total_minor) == ("浙江省", "杭州市 西湖区", 3_300)


def test_in_steps_a_member_orders_to_a_saved_address_and_nothing_is_lost_on_the_way(
    live_server: Any, browser: Browser, shop: Corner
) -> None:
    orders.save_arrangement(wanted=Arrangement(is_in_steps=True), actor=joined("clerk@example.com"), now=NOON)
    ann_lee = a_member(language="zh-hans")
    for each in HOMES:
        customers.save_address(customer_id=ann_lee.customer_id, address=each, is_default=True, now=NOON)
    with shopping(live_server, browser, NARROW, carrying=entered() | a_basket(shop, LAMP=1)) as ann:
        page = ann.page
        now = page.locator("[aria-current=step]")
        ann.go("checkout/")
        expect(now).to_contain_text("联系人")
        expect(page.locator("#id_email")).to_have_value(EMAIL)
        ann.look("contact")
        ann.fill(name="")
        page.locator("#id_email").press("Enter")
        expect(page.locator("#id_name")).to_have_attribute("aria-invalid", "true")
        ann.look("contact refused")
        ann.fill(name="李安")
        page.locator("#id_name").press("Enter")
        expect(now).to_contain_text("收货地址")
        expect(page.get_by_role("radio", name="Norwich")).to_be_checked()
        ann.look("address")
        page.get_by_role("radio", name="文三路").check()
        expect(page.locator(".totals .sum dd")).to_have_text("£21.00")
        ann.button("Go on", "下一步").last.click()
        expect(now).to_contain_text("配送方式")
        expect(page.get_by_role("radio", name="中国包裹")).to_be_checked()
        page.locator("summary", has_text="这是礼物").click()
        page.locator("[name=is_gift]").check()
        ann.fill(gift_note="生日快乐")
        ann.look("delivery")
        ann.button("Go on", "下一步").last.click()
        expect(now).to_contain_text("付款方式")
        expect(page.locator("main")).to_contain_text("文三路 1 号")
        expect(page.locator("main")).to_contain_text("生日快乐")
        ann.look("payment")
        page.get_by_role("button", name="联系人").click()
        expect(page.locator("#id_name")).to_have_value("李安")
        for _step in range(3):
            ann.button("Go on", "下一步").last.click()
        page.locator("[name=payment][value=test-ok]").check()
        page.locator("aside .btn").click()
        page.wait_for_url("**/orders/**")
        expect(page.locator("main")).to_contain_text("浙江省杭州市西湖区")
        ann.look("order")

    order = placed()
    assert (order.address.name, order.total_minor) == ("李安", 2_100)
    assert orders.particulars(order.basket_id).gift_note == "生日快乐"


def test_without_a_script_the_lists_of_china_follow_by_a_button(live_server: Any, browser: Browser, shop: Corner) -> None:
    with shopping(live_server, browser, NARROW, carrying=a_basket(shop, LAMP=1), script=False) as ann:
        page = ann.page
        ann.go("checkout/")
        page.select_option("#id_country", "CN")
        ann.fill(email=EMAIL, name="李安", phone="13812345678")
        page.get_by_role("button", name="更新配送与合计").click()
        for name, value in (("region", "浙江省"), ("city", "杭州市")):
            page.select_option(f"#id_{name}", value)
            page.get_by_role("button", name="显示下一级选项").click()
        page.select_option("#id_district", "西湖区")
        ann.fill(line1="文三路 1 号", postcode="310000")
        page.get_by_role("button", name=re.compile("^提交订单并支付 £21.00")).click()
        page.wait_for_url("**/orders/**")

    assert placed().address.city == "杭州市 西湖区"
