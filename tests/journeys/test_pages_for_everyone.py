"""Every storefront page passes axe (WCAG 2.2 AA and best practices), fits a 320 px screen, and keeps its targets large enough."""

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser

from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.flows import join
from shopkeeper.selling.orders import public as orders

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    "",
    "shelves/",
    "shelves/kitchen/",
    "goods/",
    "goods/cup/",
    "goods/box/",
    "search/?q=lamp",
    "search/?q=zzzz",
    "basket/",
    "checkout/",
    "sign-in/",
    "register/",
    "password/",
    "reset/old/",
    "about/terms/",
    "about/privacy/",
    "about/returns/",
    "privacy-choice/",
    "compare/?goods=lamp&goods=cup",
    "compare/",
    "wishes/",
    "find-order/",
    "delivery/?country=GB",
    "collections/",
    "nowhere/",
)

_TOO_SMALL = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')].filter(e => {
  const r = e.getBoundingClientRect();
  return r.width && r.height && (r.height < 24 || r.width < 24) && !e.closest('p, dd, .prose, label') && !e.matches('.unseen, .skip');
}).map(e => e.outerHTML.slice(0, 120))"""


def _faults(page: Any) -> list[str]:
    found = Axe().run(page).response["violations"]
    said = [f"{each['id']}: {node['html'][:140]}" for each in found for node in each["nodes"]]
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    said += [f"{wider} px wider than the screen"] if wider > 0 else []
    return said + [f"too small: {each}" for each in page.evaluate(_TOO_SMALL)]


@pytest.mark.parametrize(("width", "scheme", "language"), [(1280, "light", "en"), (320, "dark", "zh-hans")])
def test_every_page_is_for_everyone(
    live_server: Any, browser: Browser, width: int, scheme: Literal["light", "dark"], language: str
) -> None:
    shop: Corner = corner()
    basket = orders.add_line(token=None, variant_id=shop.variants["LAMP"], units=2, now=timezone.now())
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    context.add_cookies([{"name": "basket", "value": f"{basket.units}.{basket.token}", "url": live_server.url}])
    page = context.new_page()
    faults: dict[str, list[str]] = {}

    for address in PAGES:
        page.goto(f"{live_server.url}/{language}/{address}")
        faults[address] = _faults(page)
    page.goto(f"{live_server.url}/{language}/checkout/")
    page.click("aside .btn")
    faults["checkout refused"] = _faults(page)
    for field, value in (
        ("email", "ann@example.com"),
        ("name", "Ann"),
        ("line1", "1 Mill Lane"),
        ("city", "Norwich"),
        ("postcode", "NR1 1AA"),
    ):
        page.fill(f"#id_{field}", value)
    page.click("aside .btn")
    page.wait_for_url("**/orders/**")
    faults["order"] = _faults(page)

    assert {address: said for address, said in faults.items() if said} == {}


def test_the_account_is_for_everyone(live_server: Any, browser: Browser) -> None:
    corner()
    join.register(email="ann@example.com", password="quiet lantern on a shelf", name="Ann Lee", language="en", now=timezone.now())
    page = browser.new_context(viewport={"width": 390, "height": 900}).new_page()
    page.goto(f"{live_server.url}/en/sign-in/")
    page.fill("#id_email", "ann@example.com")
    page.fill("#id_password", "quiet lantern on a shelf")
    page.click("main .btn")
    page.wait_for_url("**/account/")

    assert _faults(page) == []
