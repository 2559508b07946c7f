"""Searching with the keys alone: suggestions, and answers that narrow down and are there after the way back; passes axe on the way."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.flows import index_products
from shopkeeper.selling.catalog.tests.builders import a_brand, an_attribute, says, tell

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop() -> Corner:
    """The lamp is red, of Acme; the cup red and blue, of Bolt; the box says nothing."""
    made = corner()
    colour, acme, bolt = an_attribute(), a_brand(), a_brand("bolt")
    tell(made.products["lamp"].id, says(colour, "red"), brand_id=acme)
    tell(made.products["cup"].id, says(colour, "red", "blue"), brand_id=bolt)
    index_products.index_all()
    return made


def opened(live_server: Any, browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce").new_page()
    page.goto(f"{live_server.url}/{address}")
    return page


def faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    said = [f"{each['id']}: {node['html'][:140]}" for each in found for node in each["nodes"]]
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return said + ([f"{wider} px wider than the screen"] if wider > 0 else [])


def test_suggestions_are_walked_with_arrows_taken_with_enter_and_put_away_with_escape(
    live_server: Any, browser: Browser, shop: Corner
) -> None:
    page = opened(live_server, browser, "en/")
    field, lines = page.get_by_role("combobox"), page.locator("#going [role=option]")

    field.press_sequentially("ena")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert lines.count() > 1
    assert faults(page) == []
    page.keyboard.press("ArrowDown")
    expect(lines.first).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == lines.first.get_attribute("id")
    page.keyboard.press("ArrowUp")
    assert field.get_attribute("aria-activedescendant") is None
    # From above the first it goes round to the last.
    page.keyboard.press("ArrowUp")
    expect(lines.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#going")).to_be_hidden()
    assert (field.input_value(), field.get_attribute("aria-activedescendant")) == ("ena", None)

    field.press_sequentially("m")
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    where = lines.first.get_attribute("data-url")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**{where}")


def test_what_was_narrowed_down_by_keys_is_there_again_after_the_way_back(live_server: Any, browser: Browser, shop: Corner) -> None:
    page = opened(live_server, browser, "en/search/?q=kitchen")
    cards = page.locator("[data-opened] > li")
    assert cards.count() == 3
    question = page.locator("details", has=page.locator("summary", has_text=re.compile("^Colour")))

    question.locator("summary").focus()
    page.keyboard.press("Enter")
    question.get_by_role("checkbox", name="Blue").focus()
    page.keyboard.press("Space")
    assert faults(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**colour=blue**")
    assert cards.count() == 1
    narrowed = page.url
    assert faults(page) == []
    cards.first.locator("a").first.click()
    page.wait_for_url("**/goods/cup/**")
    page.go_back()

    page.wait_for_url(narrowed)
    assert cards.count() == 1
    expect(page.locator('.sift input[name="colour"][value="blue"]')).to_be_checked()
    page.go_back()
    page.wait_for_url(lambda url: "colour" not in url)
    assert cards.count() == 3
    # The browser keeps what was ticked; the address says that nothing is.
    expect(page.locator('.sift input[name="colour"][value="blue"]')).not_to_be_checked()
