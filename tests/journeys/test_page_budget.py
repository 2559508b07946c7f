"""Pages are quick and still on a slow phone: largest part within 1.5 s, nothing jumps, little script, everything from our own host."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from shopkeeper.doors.storefront.tests.builders import corner
from shopkeeper.selling.orders import public as orders
from tests.journeys import budget

pytestmark = pytest.mark.browser

PAGES = ("", "shelves/kitchen/", "goods/cup/", "search/?q=lamp", "basket/", "checkout/")


@pytest.mark.django_db(transaction=True)
def test_every_page_keeps_its_budget_on_a_slow_phone(live_server: Any, browser: Browser) -> None:
    shop = corner()
    basket = orders.add_line(token=None, variant_id=shop.variants["LAMP"], units=2, now=timezone.now())
    # The first page of a server that has just begun waits for its templates; that is not what a shopper meets.
    warm = browser.new_page()
    for address in PAGES:
        warm.goto(f"{live_server.url}/en/{address}")

    def carry(page: Page) -> None:
        page.context.add_cookies([{"name": "basket", "value": f"{basket.units}.{basket.token}", "url": live_server.url}])

    costs = {address: budget.cost(browser, f"{live_server.url}/en/{address}", carry) for address in PAGES}

    print(*(f"{address or 'home':18} {cost}" for address, cost in costs.items()), sep="\n")
    assert {address: cost.faults() for address, cost in costs.items() if cost.faults()} == {}


HEAVY = b"<!doctype html><title>x</title><div id=a></div><p style='font-size:60px'>Goods</p><script src=/big.js></script>"
SCRIPT = b"/*" + bytes(range(33, 41)) * 40_000 + b"*/ setTimeout(() => { document.getElementById('a').style.height = '700px' }, 100)"


class Heavy(BaseHTTPRequestHandler):
    """A page that does everything wrong: late, jumping, and full of script."""

    def do_GET(self) -> None:
        sleep(1.6 if self.path == "/" else 0)
        body, kind = (SCRIPT, "text/javascript") if self.path.endswith(".js") else (HEAVY, "text/html")
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        """Say nothing."""


@pytest.fixture
def heavy() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Heavy)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_a_page_that_is_late_and_jumps_is_found(heavy: str, browser: Browser) -> None:
    """The check itself."""
    said = budget.cost(browser, heavy).faults()

    assert [each.split()[0] for each in said] == ["largest", "moved"]


def test_what_overdraws_the_budget_is_named() -> None:
    cost = budget.Cost(lcp_ms=0, cls=0.05, script_bytes=100_001, elsewhere=("https://cdn.example/a.js",))

    assert [each.split()[0] for each in cost.faults()] == ["largest", "moved", "100001", "asked"]
