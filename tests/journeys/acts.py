"""What a shopper and a member of staff do in a browser, told as they would tell it; used by the journeys and by the pictures."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests import components

CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
NEW_PASSWORD = "a quiet shop on the corner"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser, closed at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=components.chromium(), args=CHROMIUM)
        yield browser
        browser.close()


def buy(page: Page, base: str, *, goods: int = 1, units: int = 2, email: str = "anna@example.com") -> tuple[str, int]:
    """Buy the first goods of the home page that can be bought, as a guest, and return the order's number and its total in minor units."""
    bought = 0
    page.goto(f"{base}/en/goods/")
    addresses = [each.get_attribute("href") for each in page.locator("main a[href*='/goods/']").all()]
    for address in dict.fromkeys(addresses):
        page.goto(base + str(address))
        if page.get_by_role("button", name="Add to basket").count() and int(page.locator("#id_units").get_attribute("max") or 0) >= units:
            page.locator("#id_units").fill(str(units))
            page.get_by_role("button", name="Add to basket").click()
            page.wait_for_load_state("networkidle")
            bought += 1
        if bought == goods:
            break
    assert bought == goods, "the shelf has nothing to sell"
    page.goto(f"{base}/en/checkout/")
    page.get_by_label("Email", exact=True).fill(email)
    page.get_by_label("Name", exact=True).fill("Anna Example")
    page.get_by_label("Street and number", exact=True).fill("4 High Street")
    page.get_by_label("Town or city").fill("Bath")
    page.get_by_label("Postcode").fill("BA1 1AA")
    page.locator("input[name=payment][value=test-ok]").check()
    page.locator("aside button[value=order]").click()
    page.wait_for_url("**/orders/**")
    title = page.get_by_role("heading", level=1).inner_text()
    total = re.findall(r"£([\d,]+\.\d\d)", page.locator("main").inner_text())
    return title.split()[-1], max(int(amount.replace(",", "").replace(".", "")) for amount in total)


def sign_in_first_time(page: Page, base: str, *, email: str, password: str) -> None:
    """Sign in to the console with the one-time password and choose a password of one's own."""
    page.goto(f"{base}/console/")
    page.locator("#id_username").fill(email)
    page.locator("#id_password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/console/password/**")
    page.locator("input[type=password]").nth(0).fill(password)
    for field in page.locator("input[type=password]").all()[1:]:
        field.fill(NEW_PASSWORD)
    page.get_by_role("button", name="Keep this password").click()
    page.wait_for_url("**/second-factor/set-up/**")
    page.get_by_role("button", name="Later").click()
    page.wait_for_load_state("networkidle")


def open_order(page: Page, base: str, number: str) -> None:
    """Find an order by its number in the console's list and open it."""
    page.goto(f"{base}/console/orders/?q={number}")
    page.get_by_role("link", name=number).first.click()
    page.get_by_role("heading", level=1, name=re.compile(number)).wait_for()


def ship(page: Page, base: str, number: str, *, carrier: str = "Royal Mail", tracking: str = "RM 1234 5678 9GB") -> None:
    """Ship the whole order in one parcel."""
    open_order(page, base, number)
    page.get_by_role("link", name="Ship…").click()
    page.locator("[name=carrier]").fill(carrier)
    page.locator("[name=tracking_number]").fill(tracking)
    page.get_by_role("button", name="Ship the parcel").click()
    page.get_by_text("is on its way").first.wait_for()


def refund_one_piece(page: Page, base: str, number: str) -> None:
    """Pay back one piece of the order's first line and put it on the shelf again."""
    open_order(page, base, number)
    page.get_by_role("link", name="Refund…").click()
    page.locator("[name^=units_]").first.fill("1")
    page.locator("[name^=restock_]").first.check()
    page.locator("[name=reason]").select_option("damaged")
    page.get_by_role("button", name=re.compile("^Pay .*[0-9] back$")).click()
    page.get_by_text("was paid back").first.wait_for()


def figures(page: Page, base: str) -> dict[str, str]:
    """Return the figures of the console's first page as they are written there, by name."""
    page.goto(f"{base}/console/")
    cards: Any = page.locator(".sk-kpi").all()
    return {card.locator("h2").inner_text().strip(): card.locator(".sk-kpi__value").inner_text().split()[0] for card in cards}


def pounds(text: str) -> int:
    """Return “£1,073.96” as pence."""
    return int(re.sub(r"[^\d−-]", "", text).replace("−", "-"))
