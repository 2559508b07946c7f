"""Staff change what mails say in both languages, look at it, send it to themselves, and lift the stop that a returned mail brought."""

from typing import Any

import pytest
from django.core import mail as outbox
from playwright.sync_api import Browser, expect

from shopkeeper.flows.tests.builders import NOON, SmallShop, small_shop
from shopkeeper.growth.messages import models
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.tests.builders import known_as
from tests.journeys.desk import desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

_SIDEWAYS = """() => [...document.querySelectorAll('.sk, .sk *')].filter(
  (each) => ['auto', 'scroll'].includes(getComputedStyle(each).overflowX) && each.scrollWidth > each.clientWidth
).map((each) => each.outerHTML.slice(0, 120))"""
"""What would have to be scrolled sideways to be read."""


@pytest.fixture
def shop(settings: Any, tmp_path: Any) -> SmallShop:
    settings.LAKE_DIR = tmp_path / "lake"
    return small_shop()


def test_a_letter_is_changed_after_a_look_and_a_test_mail(live_server: Any, browser: Browser, shop: SmallShop) -> None:
    order = shop.buy(TEA=1)
    at = desk(live_server, browser)
    page = at.open("letters/")

    at.press(page.locator("tr", has_text="Order received").locator("a[lang=en]").first)
    at.follow("Change the words…")
    at.send("Look at it", subject="Order {nubmer}")
    expect(page.locator("#id_subject_error")).to_contain_text("Did you mean {number}?")
    at.send("Look at it", subject="Thank you, {name}: {number}", order=order.number)
    # Three frames show the mail; none of them runs a script, and the order's secret link is in none.
    expect(page.locator("h2", has_text=f"Thank you, Ann Shopper: {order.number}")).to_be_visible()
    frames = page.locator("iframe[sandbox]")
    assert frames.count() == 3
    frames.first.scroll_into_view_if_needed()
    expect(page.frame_locator("iframe[sandbox] >> nth=0").get_by_text("Tea of the house").first).to_be_visible()
    assert all(order.token not in (each.get_attribute("srcdoc") or "") for each in frames.all())
    assert messages.in_force("placed", "en").version == 0

    at.send("Send it to me")
    expect(page.locator(".sk [role=status]")).to_contain_text("owner@shop.local")
    (sent,) = outbox.outbox
    assert (sent.to, sent.subject) == (["owner@shop.local"], "[Test] Thank you, Ann Lee: SK-100007")
    at.send("Publish")
    assert messages.in_force("placed", "en").words.subject == "Thank you, {name}: {number}"
    page.get_by_role("link", name="Compare").last.click()
    expect(page.locator(".sk-diff ins", has_text="Thank you")).to_be_visible()
    at.look()
    at.follow("Use the program’s own words again…")
    at.send("Use the program’s own words again")
    assert messages.in_force("placed", "en").is_own
    assert at.faults == {}


def test_the_chinese_letter_and_a_mail_that_came_back(live_server: Any, browser: Browser, shop: SmallShop) -> None:
    order = shop.buy(TEA=1)
    mark = known_as(order.contact.email)
    models.Reader.objects.create(mark=mark, permanent=1, stopped_for="permanent", stopped_at=NOON, last_at=NOON)
    models.Bounce.objects.create(
        event="e", message_id=1, order_id=order.id, reader=mark, kind="permanent", status="5.1.1", source="http", happened_at=NOON,
        heard_at=NOON,
    )  # fmt: skip
    at = desk(live_server, browser, language="zh-hans")
    page = at.open("letters/")

    at.press(page.locator("table a[lang=zh-Hans]").first)
    at.follow("修改文字…")
    at.send("预览", subject="谢谢，订单 {number}")
    expect(page.locator("h2", has_text="谢谢，订单 SK-100007")).to_be_visible()
    at.send("发布")
    assert messages.in_force("placed", "zh-hans").words.subject == "谢谢，订单 {number}"
    assert messages.in_force("placed", "en").is_own
    at.open("letters/settings/")
    at.field("review_ground").select_option("soft_opt_in")
    at.send("保存", review_days="21")
    assert messages.settings().review_days == 21

    # A returned mail stands at its order; staff who know the address to be right let all mail go there again.
    at.open(f"orders/{order.id}/")
    assert page.evaluate(_SIDEWAYS) == []
    at.press(page.get_by_role("note").get_by_role("link"))
    at.has("5.1.1")
    at.follow("只发必要邮件")
    at.send("恢复发信")
    assert messages.standings([order.contact.email])[order.contact.email].stopped_for == ""
    assert at.faults == {}
