"""A shopper at a real browser: how they look at the shop, what they carry, and what is found wrong on their way."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page

from shopkeeper.doors.storefront.tests.builders import Corner
from shopkeeper.flows import join
from shopkeeper.selling.orders import public as orders
from tests.journeys.looks import faults_of

EMAIL, PASSWORD = "ann@example.com", "quiet lantern on a shelf"
ANSWERED = "no.somebody"
"""The cookie of a browser that has answered the privacy question."""


@dataclass(frozen=True)
class Looks:
    width: int
    scheme: Literal["light", "dark"]
    language: Literal["en", "zh-hans"]


WIDE = Looks(1280, "light", "en")
NARROW = Looks(320, "dark", "zh-hans")


@dataclass
class Shopper:
    """Somebody at a browser. `faults`: what axe, the width and the targets of the pages looked at say; `stumbled`: what a script said."""

    page: Page
    base: str
    looks: Looks
    has_script: bool = True
    faults: dict[str, list[str]] = field(default_factory=dict)
    stumbled: list[str] = field(default_factory=list)

    def go(self, address: str = "") -> None:
        """Open a page behind the language's prefix."""
        self.page.goto(f"{self.base}/{self.looks.language}/{address}")

    def look(self, where: str) -> None:
        """Look whether the page as it stands is for everyone; without a script nothing is looked at, because axe is one."""
        self.page.wait_for_load_state()
        if self.has_script and (found := faults_of(self.page)):
            self.faults[where] = found
        searched = self.page.locator("#find")
        if "/search/" not in self.page.url and searched.count() and (typed := searched.input_value()):
            self.faults.setdefault(where, []).append(f"the search field says {typed!r} where nobody searched")

    def says(self, en: str, zh: str) -> str:
        """Return the words in the language of this shopper."""
        return en if self.looks.language == "en" else zh

    def press(self, *keys: str) -> None:
        for each in keys:
            self.page.keyboard.press(each)

    def fill(self, **fields: str) -> None:
        """Write into fields by their names."""
        for name, value in fields.items():
            self.page.fill(f"#id_{name}", value)

    def button(self, en: str, zh: str) -> Any:
        return self.page.get_by_role("button", name=self.says(en, zh))

    def link(self, en: str, zh: str) -> Any:
        return self.page.get_by_role("link", name=self.says(en, zh))


@contextmanager
def shopping(
    live_server: Any,
    browser: Browser,
    looks: Looks = WIDE,
    *,
    carrying: Mapping[str, str] | None = None,
    script: bool = True,
) -> Iterator[Shopper]:
    """Yield a shopper; at the end every page looked at was for everyone, and no script stumbled. `carrying`: cookies by name."""
    context = browser.new_context(
        viewport={"width": looks.width, "height": 900},
        color_scheme=looks.scheme,
        reduced_motion="reduce",
        java_script_enabled=script,
    )
    context.set_default_timeout(10_000)
    cookies = {"consent": ANSWERED, **(carrying or {})}
    context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
    shopper = Shopper(context.new_page(), live_server.url, looks, script)
    shopper.page.on("pageerror", lambda error: shopper.stumbled.append(str(error)))
    shopper.page.on("console", lambda said: _heard(shopper, said))

    yield shopper

    context.close()
    assert shopper.faults == {}, shopper.faults
    assert shopper.stumbled == [], shopper.stumbled


def _heard(shopper: Shopper, said: Any) -> None:
    # The browser notes refusals as errors, of the page itself and of what a script sent; a picture that is missing is one indeed.
    where = said.location["url"]
    is_refusal = "a status of 422" in said.text or ("a status of 4" in said.text and where == shopper.page.url)
    is_elsewhere = bool(where) and not where.startswith(shopper.base)
    if said.type == "error" and not is_refusal and not is_elsewhere:
        shopper.stumbled.append(said.text)


def a_member(*, email: str = EMAIL, language: str = "en") -> join.Joined:
    """Open an account with a password."""
    return join.register(email=email, password=PASSWORD, name="Ann Lee", language=language, now=timezone.now())


def entered(email: str = EMAIL) -> dict[str, str]:
    """Return the cookies of a browser in which this member is signed in."""
    client = Client()
    client.post("/en/sign-in/", {"email": email, "password": PASSWORD})
    assert settings.SESSION_COOKIE_NAME in client.cookies, "nobody is signed in"
    return {name: cookie.value for name, cookie in client.cookies.items() if cookie.value}


def a_basket(shop: Corner, **units: int) -> dict[str, str]:
    """Return the cookies of a browser whose basket holds so many pieces of these, by SKU."""
    made = orders.open_basket(now=timezone.now())
    for sku, count in units.items():
        made = orders.add_line(token=made.token, variant_id=shop.variants[sku], units=count, now=timezone.now())
    return {"basket": f"{made.units}.{made.token}"}
