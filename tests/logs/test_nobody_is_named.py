"""No line that any process of the shop writes names a person, opens an order, or repeats what was typed; and a story can be followed."""

import email
import re
from datetime import UTC, datetime

import pytest
import requests

from shopkeeper.doors.api.tests.builders import api_shop
from shopkeeper.flows import refund_order
from shopkeeper.growth.messages.tests.builders import mail_server
from shopkeeper.ops.access.tests.builders import owner
from shopkeeper.selling.orders import public as orders
from tests.logs.builders import (
    ADDRESS,
    CARD,
    CONTACT,
    EMAIL,
    MARKS,
    NAME,
    PASSWORD,
    PHONE,
    POSTCODE,
    SEARCHED,
    WRONG,
    AtWork,
    at_work,
    break_orders,
    eventually,
    form,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

GIVEN_ID = "0f8c2a6e9b7d4c1e8a5f3b2d1c0e9f8a"


@pytest.fixture
def shop(shop_environment, tmp_path):
    """A small shop at work with a mail server, and what its mails say."""
    goods = api_shop()
    with mail_server() as mailbox, at_work(shop_environment, tmp_path, SMTP_URL=f"smtp://127.0.0.1:{mailbox.port}") as working:
        working.goods, working.mailbox = goods, mailbox
        yield working


def mails(shop: AtWork) -> list[str]:
    """Return the plain text of every mail sent."""
    found = []
    for raw in list(shop.mailbox.mails):
        parts = email.message_from_bytes(raw).walk()
        found += [part.get_payload(decode=True).decode() for part in parts if part.get_content_type() == "text/plain"]
    return found


def link(shop: AtWork, kind: str) -> str:
    """Return the secret at the end of the newest link of a kind, once it has come by mail."""
    eventually(lambda: any(f"/{kind}/" in text for text in mails(shop)))
    return re.findall(rf"/{kind}/([^/\s]+)/", "\n".join(mails(shop)))[-1]


def buy(shop: AtWork, browser: requests.Session, *, method: str = "test-ok", basket: str = "") -> requests.Response:
    """Place an order over the API as a guest."""
    api = f"{shop.url}/api/v1"
    token = basket or browser.post(f"{api}/baskets", json={}, timeout=30).json()["token"]
    browser.put(f"{api}/baskets/{token}/lines/TEA", json={"units": 2}, timeout=30)
    delivery = shop.goods.delivery_id
    quote = browser.get(f"{api}/baskets/{token}/quote?country=GB&delivery_option_id={delivery}", timeout=30).json()
    body = {
        "basket": token, "contact": CONTACT, "address": ADDRESS, "delivery_option_id": delivery, "payment_method": method,
        "seen_digest": quote["digest"],
    }  # fmt: skip
    return browser.post(f"{api}/orders", json=body, headers={"Idempotency-Key": f"key-{token}", "X-Request-ID": GIVEN_ID}, timeout=60)


def live(shop: AtWork) -> list[str]:
    """Do everything a person's data passes through; return the secrets that came up on the way."""
    browser = requests.Session()
    placed = buy(shop, browser)
    assert placed.status_code == 201, placed.text
    order = placed.json()["order"] if "order" in placed.json() else placed.json()
    token = str(order.get("token") or placed.json()["token"])
    assert browser.get(f"{shop.url}/en/orders/{token}/", timeout=30).status_code == 200
    assert browser.get(f"{shop.url}/en/orders/{token}/nowhere/?email={EMAIL}", timeout=30).status_code == 404
    browser.get(f"{shop.url}/en/search/?q={SEARCHED}+{NAME}", timeout=30)
    browser.get(f"{shop.url}/en/{CARD.replace(' ', '')}/{EMAIL}/", timeout=30)
    browser.post(f"{shop.url}/en/sign-in/", {"email": EMAIL, "password": WRONG, "card": CARD}, timeout=30)

    form(browser, f"{shop.url}/en/register/", name=NAME, email=EMAIL)
    joining = link(shop, "join")
    form(browser, f"{shop.url}/en/join/{joining}/", password=PASSWORD)
    browser.cookies.clear()
    form(browser, f"{shop.url}/en/sign-in/", email=EMAIL, password=WRONG)
    form(browser, f"{shop.url}/en/sign-in/", email=EMAIL, password=PASSWORD)
    form(browser, f"{shop.url}/en/password/", email=EMAIL)
    resetting = link(shop, "reset")
    form(browser, f"{shop.url}/en/reset/{resetting}/", password=PASSWORD + " again")

    bought = orders.by_number(order["number"])
    refund_order.refund(order_id=bought.id, lines=[], delivery=True, reason="damaged", actor=owner(), now=datetime.now(UTC), note=NAME)
    eventually(lambda: sum("refunded" in text for text in mails(shop)) >= 1)

    break_orders()
    assert buy(shop, requests.Session()).status_code == 500
    return [token, joining, resetting]


def leaks(text: str, secrets: list[str]) -> list[str]:
    """Return every piece of somebody's data, and every secret, that stands in a text."""
    plain = text.lower()
    return [found.group() for mark in MARKS if (found := mark.search(plain))] + [secret for secret in secrets if secret in text]


def test_no_line_of_any_process_names_a_person_and_the_story_of_an_order_can_be_followed(shop):
    secrets = live(shop)

    lines = shop.lines()
    assert leaks(shop.text(), secrets) == []
    assert all({"time", "level", "event"} <= set(line) for line in lines), lines
    requests_told = [line for line in lines if line["event"] == "request"]
    assert len(requests_told) > 15
    assert all({"request", "route", "method", "status", "duration_ms"} <= set(line) for line in requests_told)
    crash = [line for line in lines if line["level"] == "ERROR" and line.get("sqlstate") == "23514"]
    assert crash
    assert crash[0]["request"] == GIVEN_ID
    assert any("place_order.py" in place for place in crash[0]["at"])
    # From the request to what was heard of it: one order, then its facts, then its mail.
    (asked,) = [line for line in requests_told if line["request"] == GIVEN_ID and line["status"] == 201]
    assert asked["route"].endswith("orders")
    (opened,) = [line for line in lines if line["event"] == "Order placed" and line["request"] == GIVEN_ID]
    heard = [line for line in lines if line["event"] == "Heard" and opened["order"] in line.get("about", ()) and line["hearer"] == "mails"]
    assert {line["kind"] for line in heard} >= {"OrderPlaced", "OrderPaid"}
    sent = [line for line in lines if line["event"] == "Mail sent" and line.get("order") == opened["order"]]
    assert sent


def test_a_planted_leak_is_seen(shop_environment, tmp_path):
    quiet = AtWork(shop_environment, tmp_path)
    start = "import django; django.setup(); import logging; logging.getLogger('shopkeeper.x').warning"

    quiet.run("clean", "-c", f"{start}('Mail %s (%s)', 17, 'receipt')")
    assert quiet.children["clean"].wait(120) == 0
    assert [line["event"] for line in quiet.lines()] == ["Mail 17 (receipt)"]
    assert leaks(quiet.text(), []) == []

    quiet.run("leak", "-c", f"{start}('Mail for %s', {NAME!r})")
    assert quiet.children["leak"].wait(120) == 0
    assert leaks(quiet.text(), []) == ["quirinius", "vexworth"]


@pytest.mark.parametrize(
    "written", [PHONE, PHONE.replace(" ", "%20"), POSTCODE, "qx99zz", CARD, CARD.replace(" ", "-"), CARD.replace(" ", "")]
)
def test_a_number_is_seen_however_it_is_written(written):
    assert leaks(f"asked for {written} twice", [])
    assert leaks("at 12:04:05.901679 by 79460134929c1e8aqx9", []) == []


def test_an_id_given_with_a_request_is_kept_and_any_other_is_made(client):
    good = client.get("/healthz", headers={"X-Request-ID": GIVEN_ID})
    assert good.headers["X-Request-ID"] == GIVEN_ID

    for odd in (EMAIL, CARD.replace(" ", ""), "short", "a" * 65, NAME, "0" * 32):
        answer = client.get("/healthz", headers={"X-Request-ID": odd})
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])
        assert answer.headers["X-Request-ID"] != odd
