"""Every storefront page passes axe (WCAG 2.2 AA and best practices), fits a 320 px screen, and keeps its targets large enough."""

from pathlib import Path
from typing import Any, Literal

import pytest
from django.urls import resolve
from django.utils import timezone
from playwright.sync_api import Browser

from shopkeeper.doors.storefront import urls
from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.flows import draft_links, join, ship_order
from shopkeeper.growth.messages.shapes import MailKind
from shopkeeper.growth.messages.tests.builders import link_to_end
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.access.tests.builders import joined
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import OrderFilter
from shopkeeper.selling.shop.models import Shop
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import WaitAsked, browser_owner
from tests.journeys.goods import desk_set, evening_collection
from tests.journeys.looks import faults_of

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
    "delivery/?country=CN&variant={box}",
    "collections/",
    "collections/evening/",
    "goods/desk/",
    "goods/box/wait/",
    "goods/cup/ask/",
    "sign-in/code/",
    "sign-in/code/given/",
    "join/old/",
    "preview/{preview}/",
    "waits/{wait}/",
    "wishes/shared/{shared}/",
    "mails/{mails}/",
    "nowhere/",
)
"""What anybody may open; names in braces are filled in."""

OF_AN_ORDER = (
    "orders/{order}/",
    "orders/{order}/ask/?kind=return",
    "orders/{order}/ask/?kind=cancel",
    "orders/{order}/consents/",
    "orders/{order}/review/?line={line}",
    "orders/{order}/questions/?line={line}",
    "consents/{consents}/",
)

OF_A_MEMBER = (
    "account/",
    "account/consents/",
    "account/company/",
    "account/data/",
    "account/ways/",
    "account/news/",
    "account/addresses/new/",
    "account/addresses/{address}/",
)

ON_A_WAY = {"register_with": "test_shopper_signs_in", "code_by_phone": "test_shopper_signs_in"}
"""Pages that are reached on a way only, and the journey that looks at them."""

NO_PAGES = frozenset(
    {
        *("helpful", "wish_put", "wish_share", "wait_withdraw", "search_opened", "basket_add", "basket_change", "basket_fix", "news_read"),
        *("order_ask_withdraw", "order_pay", "order_cancel", "sign_in_with", "sign_out", "account_details", "address_remove"),
        *("number_ask", "number_prove", "number_remove", "way_unlink", "place_end", "places_end"),
        *("suggest", "seen", "invoice"),
    }
)
"""What takes a form and leads on to a page, or answers a script or with a file."""

WRONG = {"nowhere/": 404, "join/old/": 410, "reset/old/": 410}
LOOKS = [(1280, "light", "en"), (320, "dark", "zh-hans")]


def _filled_in(shop: Corner) -> dict[str, object]:
    """Return what stands in the addresses that are somebody's secret."""
    now = timezone.now()
    ann = browser_owner("a-browser-of-somebody")
    wishes.add(owner=ann, variant_id=shop.variants["LAMP"], now=now)
    asked = WaitAsked(variant_id=shop.variants["BOX"], email="ann@example.com", language="en", wording="of now")
    wait = wishes.ask(asked=asked, is_confirmed=False, now=now)
    lamp, owner = shop.products["lamp"].id, joined("owner@example.com", Role.OWNER)
    desk = catalog.working(lamp).desk
    return {
        "box": shop.variants["BOX"],
        "preview": draft_links.link(lamp, desk.draft_id or desk.live_id, owner),
        "wait": wait.token if wait else "",
        "shared": wishes.share(owner=ann, now=now),
        "mails": link_to_end("ann@example.com", kind=MailKind.BACK_IN_STOCK)[1],
    }


def _of_an_order() -> dict[str, object]:
    """Have a part of the newest order sent, and return what stands in the addresses of its pages."""
    order = orders.order(orders.list_orders(OrderFilter()).items[0].id)
    ship_order.ship(order_id=order.id, carrier="Royal Mail", lines=[(order.lines[0].id, 1)], actor=None, now=timezone.now())
    secret = customers.link_token(order.buyer_id, order.contact.email)
    return {"order": order.token, "line": order.lines[0].id, "consents": secret}


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_every_page_is_for_everyone(
    live_server: Any, browser: Browser, width: int, scheme: Literal["light", "dark"], language: str
) -> None:
    shop: Corner = corner()
    desk_set(shop)
    evening_collection(shop)
    basket = orders.add_line(token=None, variant_id=shop.variants["LAMP"], units=2, now=timezone.now())
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    context.add_cookies([{"name": "basket", "value": f"{basket.units}.{basket.token}", "url": live_server.url}])
    page = context.new_page()
    faults: dict[str, list[str]] = {}
    secrets = _filled_in(shop)

    for address in PAGES:
        answer = page.goto(f"{live_server.url}/{language}/{address.format(**secrets)}")
        faults[address] = faults_of(page)
        assert answer is not None
        assert answer.status == WRONG.get(address, 200), address
    page.goto(f"{live_server.url}/{language}/checkout/")
    page.click("aside .btn")
    faults["checkout refused"] = faults_of(page)
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
    secrets = _of_an_order()
    for address in OF_AN_ORDER:
        page.goto(f"{live_server.url}/{language}/{address.format(**secrets)}")
        faults[address] = faults_of(page)
        assert page.url.endswith(address.format(**secrets)), page.url
    page.goto(f"{live_server.url}/{language}/find-order/")
    page.evaluate("document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(each => each.remove())")
    page.locator("main form .btn").click()
    faults["form out of date"] = faults_of(page)
    Shop.objects.update(opens_soon=True, version=7)
    page.goto(f"{live_server.url}/{language}/")
    faults["opens soon"] = faults_of(page)

    assert {address: said for address, said in faults.items() if said} == {}


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_the_account_is_for_everyone(
    live_server: Any, browser: Browser, width: int, scheme: Literal["light", "dark"], language: str
) -> None:
    corner()
    now = timezone.now()
    ann = join.register(email="ann@example.com", password="quiet lantern on a shelf", name="Ann Lee", language="en", now=now)
    home = Address(name="Ann Lee", line1="1 Mill Lane", city="Norwich", postcode="NR3 1AA", country="GB")
    saved = customers.save_address(customer_id=ann.customer_id, address=home, now=now)
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce").new_page()
    page.goto(f"{live_server.url}/{language}/sign-in/")
    page.fill("#id_email", "ann@example.com")
    page.fill("#id_password", "quiet lantern on a shelf")
    page.click("main .btn")
    page.wait_for_url("**/account/")
    faults: dict[str, list[str]] = {}

    for address in OF_A_MEMBER:
        page.goto(f"{live_server.url}/{language}/{address.format(address=saved.id)}")
        faults[address] = faults_of(page)
        assert page.url.endswith(address.format(address=saved.id)), page.url

    assert {address: said for address, said in faults.items() if said} == {}


def test_no_page_of_the_shop_is_left_out() -> None:
    named = {each.name for each in urls.urlpatterns}
    addresses = (each.format_map(_Ones()).partition("?")[0] for each in (*PAGES, *OF_AN_ORDER, *OF_A_MEMBER) if each != "nowhere/")
    looked_at = {resolve(f"/en/{each}").url_name for each in addresses}

    assert named - looked_at == NO_PAGES | set(ON_A_WAY)
    for journey in ON_A_WAY.values():
        assert Path(__file__).with_name(f"{journey}.py").exists()


class _Ones(dict[str, str]):
    def __missing__(self, _name: str) -> str:
        return "1"
