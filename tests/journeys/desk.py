"""A member of staff at the console in a real browser, told as they would tell it; every page on the way is looked at with axe."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, FilePayload, Locator, Page, expect

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.ops.access.shapes import Role

LOOKS: dict[str, dict[str, Any]] = {
    "en": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "zh-hans": {"viewport": {"width": 390, "height": 900}, "color_scheme": "dark"},
}
"""Who reads English sits at a wide light screen, who reads Chinese holds a narrow dark one: both occur in every journey file."""

PATIENCE_MS = 20_000
"""How long a page may take to say what became of a form, on a machine that has other work too."""
PEOPLES_BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
RULES = {"rules": {"target-size": {"enabled": True}}}
"""Beside the rules axe looks at by itself: what is pressed is 24 px large or stands so far apart (WCAG 2.5.8)."""


@dataclass
class Desk:
    """A browser of one member of staff, and what was wrong with the pages it showed, by address."""

    page: Page
    base: str
    staff: Staff
    faults: dict[str, list[str]] = field(default_factory=dict)
    looked: set[str] = field(default_factory=set)

    def open(self, address: str) -> Page:
        """Go to a page of the console by its address."""
        self.page.goto(f"{self.base}/console/{address}")
        self._passed()
        return self.page

    def follow(self, name: str, *, within: Locator | None = None, exact: bool = False) -> Page:
        """Press the link of this name."""
        return self._press((within or self.page.locator(".sk")).get_by_role("link", name=name, exact=exact).first)

    def send(self, name: str, **answers: str) -> Page:
        """Fill in fields by their names and press the button of this name."""
        self.fill(**answers)
        return self._press(self.page.locator(".sk").get_by_role("button", name=name, exact=True))

    def fill(self, **answers: str) -> None:
        """Fill in fields by their names."""
        for called, answer in answers.items():
            self.field(called).fill(answer)

    def field(self, called: str) -> Locator:
        """Return the field of this name."""
        return self.page.locator(f".sk [name='{called}']")

    def attach(self, called: str, *files: tuple[str, str, bytes]) -> None:
        """Choose files for a field: the name, the type and the content of each."""
        payloads: list[FilePayload] = [{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files]
        self.field(called).set_input_files(payloads)

    def told(self, words: str) -> None:
        """Expect the console to say this above the page."""
        expect(self.page.locator(".messages")).to_contain_text(words, timeout=PATIENCE_MS)

    def has(self, *words: str) -> None:
        """Expect these words on the page, each to be seen."""
        for each in words:
            expect(self.page.locator(".sk").get_by_text(each).filter(visible=True).first).to_be_visible(timeout=PATIENCE_MS)

    def look(self) -> None:
        """Look at the page as it is now as everybody has to use it."""
        self.page.wait_for_load_state()
        address = _name(self.page)
        self.looked.add(address)
        # What fades in is pale for a moment.
        self.page.wait_for_function("() => document.getAnimations().every((each) => each.playState !== 'running')")
        said = faults(self.page)
        self.faults.update({address: said + self.faults.get(address, [])} if said else {})

    def _passed(self) -> None:
        """Look at a page on the way; once at each, and once more where it refuses something."""
        if _name(self.page) not in self.looked:
            self.look()

    def press(self, what: Locator) -> None:
        """Press what leads to another page, and look at that."""
        with self.page.expect_navigation():
            what.click()
        self.look()

    def _press(self, what: Locator) -> Page:
        with self.page.expect_navigation():
            what.click()
        self._passed()
        return self.page


def _name(page: Page) -> str:
    refused = page.locator(".sk [role=alert]").count() > 0
    return re.sub(r"\d+", "#", urlsplit(page.url).path) + (" refused" if refused else "")


def faults(page: Page) -> list[str]:
    """Return what keeps somebody from using a page: what axe says, and what is wider than the screen."""
    found = Axe().run(page, options=RULES).response["violations"]
    said = [f"{each['id']}: {node['html'][:160]} {node['target']}" for each in found for node in each["nodes"]]
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return said + ([f"{wider} px wider than the screen"] if wider > 0 else [])


def desk(live_server: Any, browser: Browser, *, role: Role = Role.OWNER, language: str = "en") -> Desk:
    """Return the desk of somebody of this role who reads the console in a language, signed in."""
    staff = Staff(role, language)
    context = browser.new_context(**LOOKS[language], reduced_motion="reduce", accept_downloads=True)
    context.add_cookies([{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in staff.client.cookies.items()])
    return Desk(context.new_page(), live_server.url, staff)


def stranger(browser: Browser, language: str = "en") -> BrowserContext:
    """Return the browser of somebody the shop has never seen; it calls itself what people's browsers do, or it would count as a robot."""
    return browser.new_context(**LOOKS[language], reduced_motion="reduce", user_agent=PEOPLES_BROWSER)
