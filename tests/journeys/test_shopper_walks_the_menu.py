"""The menu: by keys on a wide screen, by finger and by keys on a phone, and without a script."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from shopkeeper.doors.storefront.tests.builders import Corner, corner
from tests.journeys.goods import desk_set, evening_collection
from tests.journeys.shopper import NARROW, WIDE, shopping

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop() -> Corner:
    made = corner()
    evening_collection(made)
    desk_set(made)
    return made


def test_the_menu_is_walked_by_keys_and_shuts_by_escape_by_leaving_and_by_a_click_beside(
    live_server: Any, browser: Browser, shop: Corner
) -> None:
    with shopping(live_server, browser, WIDE) as ann:
        page = ann.page
        ann.go()
        bar = page.locator("nav.shelves")
        kitchen = bar.locator("details", has=page.locator("summary", has_text="Kitchen"))
        head, panel = kitchen.locator("summary"), kitchen.locator(".panel")
        expect(panel).to_be_hidden()

        head.focus()
        ann.press("Enter")
        expect(panel).to_be_visible()
        ann.look("open panel")
        ann.press("Escape")
        expect(panel).to_be_hidden()
        expect(head).to_be_focused()
        ann.press("ArrowDown")
        expect(panel).to_be_visible()
        expect(kitchen.get_by_role("link", name="Everything in Kitchen")).to_be_focused()
        ann.press("Tab")
        expect(kitchen.get_by_role("link", name="Cups")).to_be_focused()
        ann.press("Escape")
        expect(panel).to_be_hidden()
        expect(head).to_be_focused()

        ann.press("ArrowRight")
        expect(bar.locator("summary", has_text="All shelves")).to_be_focused()
        # At the end of the bar the keys stay where they are.
        ann.press("ArrowRight")
        expect(bar.locator("summary", has_text="All shelves")).to_be_focused()
        ann.press("ArrowLeft", "ArrowLeft")
        expect(bar.get_by_role("link", name="Sets", exact=True)).to_be_focused()
        ann.press("ArrowRight")
        expect(head).to_be_focused()

        ann.press("ArrowDown", "Shift+Tab", "Shift+Tab")
        expect(panel).to_be_hidden()
        head.click()
        expect(panel).to_be_visible()
        page.locator("footer").click(position={"x": 5, "y": 5})
        expect(panel).to_be_hidden()
        head.focus()
        ann.press("ArrowDown", "Tab", "Enter")
        page.wait_for_url("**/shelves/cups/")


def test_on_a_phone_one_list_unfolds_with_shelves_and_collections_also_without_a_script(
    live_server: Any, browser: Browser, shop: Corner
) -> None:
    with shopping(live_server, browser, NARROW) as ann:
        page = ann.page
        ann.go()
        summary = page.locator("nav.shelves summary:visible")
        expect(summary).to_have_count(1)
        summary.click()
        panel = page.locator("nav.shelves .panel:visible")
        for name in ("厨房", "杯子", "套装", "晚间好物"):
            expect(panel.get_by_role("link", name=name, exact=True)).to_be_visible()
        ann.look("unfolded")
        panel.get_by_role("link", name="杯子", exact=True).focus()
        ann.press("Escape")
        expect(panel).to_be_hidden()
        expect(summary).to_be_focused()
        ann.press("Space")
        panel.get_by_role("link", name="晚间好物", exact=True).click()
        page.wait_for_url("**/collections/evening/")
        expect(page.locator("[data-opened] > li, .grid > li").first).to_contain_text("搪瓷杯")
        ann.look("collection")

    for looks in (WIDE, NARROW):
        with shopping(live_server, browser, looks, script=False) as bob:
            bob.go()
            bob.page.locator("nav.shelves summary:visible").first.click()
            bob.page.locator("nav.shelves .panel:visible").get_by_role("link", name=bob.says("Cups", "杯子"), exact=True).click()
            bob.page.wait_for_url("**/shelves/cups/")
