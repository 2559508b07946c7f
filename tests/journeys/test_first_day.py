"""The guide of the first day in a real browser: both languages, wide and narrow, light and dark, by keyboard, without a script."""

from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.flows import first_day, open_shop
from shopkeeper.flows.tests.builders import NOON
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.shop import public as shops
from tests.journeys.looks import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def empty(settings: Any, tmp_path: Any) -> None:
    settings.LAKE_DIR = tmp_path / "lake"
    settings.BACKUP_DIR = tmp_path / "backups"
    open_shop.empty(now=NOON)


def guide(live_server: Any, browser: Browser, language: str, **looks: Any) -> Page:
    """Return a page of the owner, signed in."""
    owner = Staff(Role.OWNER, language)
    context = browser.new_context(reduced_motion="reduce", **looks)
    context.add_cookies([{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in owner.client.cookies.items()])
    return context.new_page()


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(("width", "scheme", "language"), [(1280, "light", "en"), (390, "dark", "zh-hans")])
def test_every_step_is_for_everyone(
    live_server: Any, browser: Browser, width: int, scheme: Literal["light", "dark"], language: str
) -> None:
    page = guide(live_server, browser, language, viewport={"width": width, "height": 900}, color_scheme=scheme)
    faults: dict[str, list[str]] = {}

    for step in first_day.NAMES:
        page.goto(f"{live_server.url}/console/first-day/?step={step}")
        faults[step] = [each for each in faults_of(page) if "sk-first" in each or "wider" in each or "<input" in each or "<select" in each]
    page.goto(f"{live_server.url}/console/first-day/?step=open")
    page.locator("form[action$='/open/doors/'] button").click()
    faults["refused"] = [each for each in faults_of(page) if "sk-" in each]
    expect(page.get_by_role("alert").first).to_be_visible()

    assert {step: said for step, said in faults.items() if said} == {}


def test_the_name_is_given_by_keyboard_alone_and_without_a_script(live_server: Any, browser: Browser, empty: None) -> None:
    page = guide(live_server, browser, "en", java_script_enabled=False)
    page.goto(f"{live_server.url}/console/first-day/")

    page.locator("#id_name_en").focus()
    page.keyboard.type("Paper Crane")
    page.keyboard.press("Tab")
    page.keyboard.type("纸鹤小铺")
    page.keyboard.press("Enter")

    expect(page.locator("#here h2")).to_have_text("Say where it is and how it is reached")
    assert shops.shop().name.zh == "纸鹤小铺"
