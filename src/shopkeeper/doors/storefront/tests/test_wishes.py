"""The wish list through the shop's door: hearts, prices since, sharing, and the way into the account."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shopkeeper.doors.storefront import pages
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.flows import join
from shopkeeper.kit.ids import CustomerId
from shopkeeper.selling.wishes import models
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import MOST_WISHES, customer_owner

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse battery"


@pytest.fixture
def shop() -> Corner:
    return corner()


def wish(client: Client, shop: Corner, sku: str = "LAMP") -> None:
    answer = client.post("/en/wishes/put/", {"variant": shop.variants[sku]})
    assert (answer.status_code, answer["Location"]) == (302, "/en/wishes/"), answer.content


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def sign_in(client: Client, email: str = "ann@example.com") -> None:
    join.register(email=email, password=PASSWORD, name="Ann Lee", language="en", now=NOON)
    assert client.post("/en/sign-in/", {"email": email, "password": PASSWORD}).status_code == 302


def test_looking_round_leaves_no_wish_cookie_and_no_list(shop: Corner) -> None:
    client = shop.visitor()
    for address in ("/en/", "/en/goods/lamp/", "/en/wishes/"):
        client.get(address)

    assert "wishes" not in client.cookies
    assert models.List.objects.count() == 0


def test_a_heart_without_script_leads_to_the_list_with_the_goods_on_it(shop: Corner) -> None:
    client = shop.visitor()
    shelf = client.get("/en/goods/").content.decode()
    assert f'form="hearts" name="variant" value="{shop.variants["LAMP"]}"' in shelf
    assert '<form id="hearts" method="post" action="/en/wishes/put/"' in shelf

    wish(client, shop)

    page = text(client, "/en/wishes/")
    assert "Brass lamp" in page
    assert "£12.00" in page
    assert "On your wish list." in page
    assert "than when you put it here" not in page
    assert client.cookies["wishes"]["httponly"]


def test_a_script_gets_what_is_on_the_list_and_the_heart_as_it_stands(shop: Corner) -> None:
    client, lamp = shop.visitor(), shop.variants["LAMP"]

    on = client.post("/en/wishes/put/", {"variant": lamp, "heart": str(lamp)}, headers={"Accept": "application/json"})
    off = client.post("/en/wishes/put/", {"drop": str(lamp), "heart": str(lamp)}, headers={"Accept": "application/json"})

    told = json.loads(on.content)
    assert told["ids"] == [str(lamp)]
    assert 'name="drop"' in told["heart"]
    assert json.loads(off.content)["ids"] == []
    assert 'name="variant"' in json.loads(off.content)["heart"]


def test_what_it_cost_then_is_told_only_where_the_price_log_says_so(shop: Corner) -> None:
    client = shop.visitor()
    wish(client, shop)
    row = models.Wish.objects.get()
    shop.price("LAMP", 1_056, now=row.made_at)
    models.Wish.objects.update(made_at=NOON.replace(day=3))

    assert "12% lower than when you put it here" in text(client, "/en/wishes/")
    assert "比加入时低 12%" in text(client, "/zh-hans/wishes/")


def test_a_price_that_rose_is_told_too_and_a_hair_s_breadth_is_no_percent(shop: Corner) -> None:
    client = shop.visitor()
    wish(client, shop)
    made = models.Wish.objects.get().made_at
    models.Wish.objects.update(made_at=NOON.replace(day=3))

    shop.price("LAMP", 1_300, now=made)
    assert "Higher than when you put it here" in text(client, "/en/wishes/")
    shop.price("LAMP", 1_195, now=made)
    page = text(client, "/en/wishes/")
    assert "A little lower than when you put it here" in page
    assert "% lower" not in page


def test_goods_without_a_price_then_promise_nothing(shop: Corner) -> None:
    client = shop.visitor()
    wish(client, shop)
    models.Wish.objects.update(made_at=NOON.replace(year=2020))

    page = text(client, "/en/wishes/")

    assert "£12.00" in page
    assert "than when you put it here" not in page


def test_a_list_moves_into_the_account_without_doubles_and_leaves_the_browser_at_sign_out(shop: Corner) -> None:
    first, second = shop.visitor(), shop.visitor()
    sign_in(first)
    wish(first, shop, "LAMP")
    wish(second, shop, "LAMP")
    wish(second, shop, "CUP-S")

    assert second.post("/en/sign-in/", {"email": "ann@example.com", "password": PASSWORD}).status_code == 302

    assert models.List.objects.count() == 1
    assert second.get("/en/wishes/").content.decode().count('name="drop"') == 2
    assert first.get("/en/wishes/").content.decode().count('name="drop"') == 2
    second.post("/en/sign-out/")
    assert second.cookies["wishes"].value == ""
    assert "Nothing on your wish list yet" in text(second, "/en/wishes/")


def test_a_shared_list_shows_no_name_and_nothing_to_change_until_it_is_switched_off(shop: Corner) -> None:
    owner, reader = shop.visitor(), shop.visitor()
    sign_in(owner)
    wish(owner, shop)
    assert "/wishes/shared/" not in owner.get("/en/wishes/").content.decode()
    owner.post("/en/wishes/share/", {"share": "on"})
    link = re.search(r'value="(http[^"]+/wishes/shared/[^"]+)"', owner.get("/en/wishes/").content.decode())
    assert link
    address = "/en/" + link[1].split("/en/")[1]

    page = reader.get(address).content.decode()
    assert "Brass lamp" in page
    assert "Ann" not in page
    assert 'name="drop"' not in page
    assert "/wishes/share/" not in page
    assert "noindex" in page

    owner.post("/en/wishes/share/", {"share": "off"})
    assert reader.get(address).status_code == 404


@pytest.mark.parametrize("sent", [{"variant": "x"}, {"drop": "1-x"}, {"drop": "-".join(["1"] * (MOST_WISHES + 1))}, {}])
def test_what_no_heart_sends_is_refused_and_changes_nothing(shop: Corner, sent: dict[str, str]) -> None:
    client = shop.visitor()
    wish(client, shop)

    answer = client.post("/en/wishes/put/", sent, headers={"Accept": "application/json"})

    assert answer.status_code == 422
    assert len(models.Wish.objects.all()) == 1


def test_goods_that_do_not_exist_are_not_found(shop: Corner) -> None:
    assert shop.visitor().post("/en/wishes/put/", {"variant": 999_999}).status_code == 404
    assert models.List.objects.count() == 0


def test_a_full_list_says_so(shop: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wishes, "MOST_WISHES", 1)
    client = shop.visitor()
    wish(client, shop)

    answer = client.post("/en/wishes/put/", {"variant": shop.variants["CUP-S"]}, follow=True)

    assert "100" in answer.content.decode()
    assert models.Wish.objects.count() == 1


@pytest.mark.parametrize("planted", ["x", "1-2.short", "1.<script>", "-.-", "9" * 4_000, "1-2-3." + "a" * 5_000])
def test_a_cookie_somebody_made_up_breaks_no_page(shop: Corner, planted: str) -> None:
    client = shop.visitor()
    client.cookies["wishes"] = planted

    for address in ("/en/", "/en/goods/lamp/", "/en/wishes/"):
        page = client.get(address)
        assert page.status_code == 200
        assert "<script>" not in re.sub(r"<script[^>]+(src|type)=[^>]+>", "", page.content.decode())


def test_a_kept_page_tells_each_visitor_of_their_own_wishes(shop: Corner) -> None:
    with_wish, without = shop.visitor(), shop.visitor()
    lamp = shop.variants["LAMP"]
    for client in (with_wish, without):
        client.get("/en/goods/lamp/")
    wish(with_wish, shop)
    with_wish.get("/en/wishes/")

    for _ in range(2):
        mine, theirs = (client.get("/en/goods/lamp/").content.decode() for client in (with_wish, without))
        assert f'data-wishes="{lamp}"' in mine
        assert "On the wish list: take off" in mine
        assert 'data-wishes=""' in theirs
        assert "On the wish list" not in theirs
        assert f'data-wishes="{lamp}"' in with_wish.get("/en/goods/").content.decode()


def test_a_page_s_name_changes_with_the_wishes_it_tells(shop: Corner) -> None:
    client = shop.visitor()
    client.get("/en/goods/lamp/")
    before = client.get("/en/goods/lamp/")["ETag"]
    wish(client, shop)
    client.get("/en/wishes/")

    assert client.get("/en/goods/lamp/", headers={"If-None-Match": before}).status_code == 200


def test_no_page_of_wishes_costs_more_than_six_statements(shop: Corner) -> None:
    client = shop.visitor()
    sign_in(client)
    for sku in ("LAMP", "CUP-S", "BOX"):
        wish(client, shop, sku)
    customer = CustomerId(int(models.List.objects.get().subject.partition(":")[2]))
    link = wishes.share(owner=customer_owner(customer), now=NOON)
    client.post("/en/goods/box/wait/", {"variant": shop.variants["BOX"]})
    wait = models.Wait.objects.get().token
    costs = {}

    for address in (
        "wishes/", f"wishes/shared/{link}/", f"waits/{wait}/", "goods/box/wait/", "compare/?goods=lamp&goods=cup", "seen/?ids=1,2",
        "goods/cup/", "account/", "basket/",
    ):  # fmt: skip
        assert client.get(f"/en/{address}").status_code == 200, address
        pages.forget()
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/en/{address}")
        costs[address] = len(asked)

    assert {address: cost for address, cost in costs.items() if cost > 6} == {}
