"""Nobody reaches another person's order, basket, address or account by naming it, nor learns whether it is there."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from shopkeeper.doors.api.tests.builders import V1, Caller, api_shop, filled, order_of, placed
from shopkeeper.flows import join
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.tests.builders import link_to_end
from shopkeeper.kit.ids import OrderId
from shopkeeper.ops.access import public as access
from shopkeeper.ops.limits.models import Tally
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import WaitAsked, customer_owner
from tests.access import doors, shoppers
from tests.access.test_staff_doors import CSRF, Visitor

STRANGERS = ("shopper", "anonymous", "nothing")
MISSING = "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
HOME = Address(name="Ann Lee", line1="1 Mill Lane", city="Norwich", postcode="NR3 1AA", country="GB")


class Ann:
    """A member with an order, a filled basket, an address in the book, and the shop she buys in."""

    def __init__(self) -> None:
        self.shop: SmallShop = api_shop()
        self.caller = Caller()
        self.member = join.register(email="ann@example.org", password="seven grey herons 7", name="Ann Lee", language="en", now=NOON)
        self.address = customers.save_address(customer_id=self.member.customer_id, address=HOME, now=NOON)
        self.order = placed(self.caller, self.shop)["order"]
        self.order_id = orders.by_token(self.order["token"]).id
        # The order hangs on her account, as one placed signed in does.
        with connection.cursor() as cursor:
            cursor.execute("UPDATE orders_order SET buyer_id = %s WHERE id = %s", [self.member.customer_id, self.order_id])
        self.basket = filled(self.caller, TEA=1)
        self.basket_id = orders.basket(self.basket).id


@pytest.fixture
def ann(db: None, settings: Any, tmp_path: Any) -> Ann:
    settings.LAKE_DIR = tmp_path / "lake"
    return Ann()


def asks(client: Client, method: str, address: str, body: Any = None, kind: str = "application/x-www-form-urlencoded") -> Any:
    """Return a function from a name to what this client is answered under it."""

    def ask(name: str) -> shoppers.Answer:
        data = body(name) if callable(body) else body
        where = address.replace("{name}", name.replace("%", "%25").replace("/", "%2F"))
        if kind == "application/json":
            answer = client.generic(
                method, where, data or b"{}", content_type=kind, headers={"X-CSRFToken": CSRF, "Idempotency-Key": f"k{name}"}
            )
        else:
            answer = client.generic(method, where, data or "", content_type=kind)
        return shoppers.plain(answer)

    return ask


def test_every_address_of_the_shop_and_the_api_is_tried_or_names_nothing_of_anybody() -> None:
    found = shoppers.storefront_addresses() + shoppers.api_addresses()

    shoppers.check_all_are_tried(found)

    assert len(found) >= 26 + 29
    assert {name for _route, name in found} == shoppers.NAMING | shoppers.NOBODYS


@pytest.mark.parametrize("who", STRANGERS)
def test_an_order_is_reached_by_its_secret_alone(ann: Ann, who: str) -> None:
    client = Visitor(who).client
    tried = shoppers.near(ann.order["token"], {"id": ann.order_id, "number": ann.order["number"], "basket": ann.basket})
    places = {
        "order": ("GET", "/en/orders/{name}/"), "invoice": ("GET", "/en/orders/{name}/invoice.pdf"),
        "order_pay": ("POST", "/en/orders/{name}/pay/"), "order_cancel": ("POST", "/en/orders/{name}/cancel/"),
        "read_order": ("GET", f"{V1}/orders/{{name}}"), "cancel_order_of_buyer": ("POST", f"{V1}/orders/{{name}}/cancel"),
    }  # fmt: skip
    before = orders.order(ann.order_id)
    asked = f"?line={before.lines[0].id}"
    places |= {
        "review": ("GET", f"/en/orders/{{name}}/review/{asked}"), "written": ("POST", f"/en/orders/{{name}}/review/{asked}"),
        "questions": ("GET", f"/en/orders/{{name}}/questions/{asked}"), "answered": ("POST", f"/en/orders/{{name}}/questions/{asked}"),
        "consents": ("GET", "/en/orders/{name}/consents/"), "agreed": ("POST", "/en/orders/{name}/consents/"),
        "list_reviews_of_order": ("GET", f"{V1}/orders/{{name}}/reviews"),
        "list_requests": ("GET", f"{V1}/orders/{{name}}/requests"),
        "order_ask": ("GET", "/en/orders/{name}/ask/"),
        "order_ask_withdraw": ("POST", "/en/orders/{name}/ask/withdraw/"),
    }  # fmt: skip

    wrong = {
        name: found
        for name, (method, address) in places.items()
        if (found := shoppers.told_apart(asks(client, method, address), foreign=tried, missing=MISSING, statuses=(404,)))
    }

    pays = asks(client, "POST", f"{V1}/orders/{{name}}/payments", b'{"payment_method": "test-ok"}', "application/json")
    wrong |= {"pay_order_again": found} if (found := shoppers.told_apart(pays, foreign=tried, missing=MISSING, statuses=(404,))) else {}

    said = f'{{"line_id": {before.lines[0].id}, "stars": 5, "shown_name": "Ann"}}'.encode()
    writes = asks(client, "POST", f"{V1}/orders/{{name}}/reviews", said, "application/json")
    # How often one may write has tests of its own.
    Tally.objects.all().delete()
    wrong |= {"writes": found} if (found := shoppers.told_apart(writes, foreign=tried, missing=MISSING, statuses=(404,))) else {}

    said = f'{{"line_id": {before.lines[0].id}, "shown_name": "Ann", "text": "Yes"}}'.encode()
    replies = asks(client, "POST", f"{V1}/orders/{{name}}/questions/1/answers", said, "application/json")
    Tally.objects.all().delete()
    wrong |= {"replies": found} if (found := shoppers.told_apart(replies, foreign=tried, missing=MISSING, statuses=(404,))) else {}

    asks_back = asks(client, "POST", f"{V1}/orders/{{name}}/requests", b'{"kind": "return", "reason": "faulty"}', "application/json")
    Tally.objects.all().delete()
    wrong |= {"asks": found} if (found := shoppers.told_apart(asks_back, foreign=tried, missing=MISSING, statuses=(404,))) else {}

    assert wrong == {}
    assert orders.order(ann.order_id) == before
    # The other side of the same coin: whoever holds the secret gets in, signed in or not.
    assert client.get(f"/en/orders/{ann.order['token']}/").status_code == 200


@pytest.mark.parametrize("who", STRANGERS)
def test_a_wish_list_and_a_wait_are_reached_by_their_secret_alone(ann: Ann, who: str) -> None:
    client, owner, tea = Visitor(who).client, customer_owner(ann.member.customer_id), ann.shop.variants["TEA"]
    wishes.add(owner=owner, variant_id=tea, now=NOON)
    link = wishes.share(owner=owner, now=NOON)
    asked = WaitAsked(variant_id=tea, email="ann@example.org", language="en", wording="x")
    wait = wishes.ask(asked=asked, customer_id=ann.member.customer_id, is_confirmed=True, now=NOON)
    assert wait is not None
    places = {
        "shared": (link, asks(client, "GET", "/en/wishes/shared/{name}/")),
        "wait": (wait.token, asks(client, "GET", "/en/waits/{name}/")),
        "withdrawn": (wait.token, asks(client, "POST", "/en/waits/{name}/", "act=withdraw")),
    }

    others = {"id": wait.id, "account": ann.member.customer_id}
    wrong = {
        name: found
        for name, (secret, ask) in places.items()
        if (found := shoppers.told_apart(ask, foreign=shoppers.near(secret, others), missing=MISSING))
    }
    client.post("/en/account/waits/withdraw/", {"wait": wait.id})
    client.post("/en/wishes/put/", {"drop": tea})
    client.post("/en/wishes/share/", {"share": "off"})

    assert wrong == {}
    assert "Tea" not in client.get("/en/wishes/").content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    assert wishes.wait(wait.token) == wait
    assert wishes.wish_list(owner).share == link
    assert wishes.wish_list(owner).variant_ids == (tea,)
    # The other side of the same coin: whoever holds the secret gets in.
    assert client.get(f"/en/wishes/shared/{link}/").status_code == client.get(f"/en/waits/{wait.token}/").status_code == 200


@pytest.mark.parametrize("who", STRANGERS)
def test_mails_are_ended_by_the_secret_of_their_link_alone(ann: Ann, who: str) -> None:
    client = Visitor(who).client
    _path, secret = link_to_end("ann@example.org")
    others = {"id": ann.member.customer_id, "order": ann.order["token"], "address": "ann@example.org"}
    tried = shoppers.near(secret, others)

    wrong = {
        (method, sent): found
        for method, sent in (("GET", ""), ("POST", ""), ("POST", "again=1"))
        if (found := shoppers.told_apart(asks(client, method, "/en/mails/{name}/", sent), foreign=tried, missing=MISSING, statuses=(404,)))
    }

    assert wrong == {}
    assert not messages.is_unwanted(secret)
    # The other side of the same coin: whoever holds the link ends them, signed in or not.
    assert client.post(f"/en/mails/{secret}/").status_code == 200
    assert messages.is_unwanted(secret)


@pytest.mark.parametrize("who", STRANGERS)
def test_a_guest_s_consents_are_reached_by_the_secret_of_a_mail_alone(ann: Ann, who: str) -> None:
    client, order = Visitor(who).client, orders.order(ann.order_id)
    secret = customers.link_token(order.buyer_id, customers.customer(order.buyer_id).email)
    elsewhere = customers.link_token(order.buyer_id, "stranger@example.net")
    tried = [*shoppers.near(secret, {"id": order.buyer_id, "order": ann.order["token"], "address": order.contact.email}), elsewhere]
    before = customers.standing(order.buyer_id)

    wrong = {
        (method, sent): found
        for method, sent in (("GET", ""), ("POST", "nothing=1"), ("POST", "given=analytics&version=1"))
        if (
            found := shoppers.told_apart(
                asks(client, method, "/en/consents/{name}/", sent), foreign=tried, missing=MISSING, statuses=(404,)
            )
        )
    }

    sent = b'{"given": ["analytics"], "text_version": 1}'
    wrong |= {
        (method, "by a program"): found
        for method, body in (("GET", None), ("PUT", sent))
        if (
            found := shoppers.told_apart(
                asks(client, method, f"{V1}/consents/{{name}}", body, "application/json"), foreign=tried, missing=MISSING, statuses=(404,)
            )
        )
    }

    assert wrong == {}
    assert customers.standing(order.buyer_id) == before
    # The other side of the same coin: whoever holds the link gets in, or to the way in where the record is a member's.
    assert client.get(f"/en/consents/{secret}/").status_code in (200, 302)


@pytest.mark.parametrize("who", STRANGERS)
def test_a_basket_is_reached_by_its_secret_alone(ann: Ann, who: str) -> None:
    client = Visitor(who).client
    tried = shoppers.near(ann.basket, {"id": ann.basket_id, "order": ann.order["token"], "account": ann.member.customer_id})
    body = order_of(ann.caller, ann.shop, ann.basket)

    def order(name: str) -> bytes:
        import json

        return json.dumps(body | {"basket": name}).encode()

    json_of: dict[str, tuple[str, str, Any]] = {
        "read_basket": ("GET", f"{V1}/baskets/{{name}}", None),
        "quote_basket": ("GET", f"{V1}/baskets/{{name}}/quote?country=GB", None),
        "set_line": ("PUT", f"{V1}/baskets/{{name}}/lines/TEA", b'{"units": 2}'),
        "remove_line": ("DELETE", f"{V1}/baskets/{{name}}/lines/TEA", None),
        "place_order": ("POST", f"{V1}/orders", order),
        "save_particulars": ("PUT", f"{V1}/baskets/{{name}}/particulars", b'{"country": "GB", "is_gift": true}'),
    }
    wrong = {
        name: found
        for name, (method, address, sent) in json_of.items()
        if (
            found := shoppers.told_apart(
                asks(client, method, address, sent, "application/json"), foreign=tried, missing=MISSING, statuses=(404,)
            )
        )
    }

    assert wrong == {}
    assert [line.units for line in orders.basket(ann.basket).lines] == [1]


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("page", ["", "add/", "change/", "fix/", "checkout"])
def test_a_browser_with_a_basket_s_name_but_not_its_secret_has_an_empty_one(ann: Ann, who: str, page: str) -> None:
    client = Visitor(who).client
    address = "/en/checkout/" if page == "checkout" else f"/en/basket/{page}"
    variant = ann.shop.variants["LAMP/S"]

    def ask(name: str) -> shoppers.Answer:
        client.cookies["basket"] = f"1.{name}"
        method = client.get if page in ("", "checkout") else client.post
        return shoppers.plain(method(address, {} if page in ("", "checkout") else {"variant": variant, "units": 1}))

    tried = [str(ann.basket_id), ann.basket[:-1], ann.basket.swapcase(), "_" * len(ann.basket)]
    wrong = shoppers.told_apart(ask, foreign=tried, missing=MISSING, statuses=(200, 302, 404, 409, 422))

    assert wrong == []
    assert [line.units for line in orders.basket(ann.basket).lines] == [1]


@pytest.mark.parametrize("who", STRANGERS)
def test_an_address_in_somebody_else_s_book_is_as_good_as_none(ann: Ann, who: str) -> None:
    client = Visitor(who).client
    ask = asks(client, "POST", "/en/account/addresses/remove/", lambda name: f"address={name}")
    signed_in = who == "shopper"
    if signed_in:
        join.member(user_id=access.user_by_email("shopper@example.org").id, now=NOON)  # type: ignore[union-attr]

    moved = "to=Eve&line1=9+Mill+Lane&city=Norwich&postcode=NR3+1AA&country=GB"
    wrong = shoppers.told_apart(ask, foreign=[str(ann.address.id)], missing="999999999", statuses=(404,) if signed_in else (302,))
    for method, body in (("GET", ""), ("POST", moved)):
        ask = asks(client, method, "/en/account/addresses/{name}/", body)
        wrong += shoppers.told_apart(ask, foreign=[str(ann.address.id)], missing="999999999", statuses=(404,) if signed_in else (302,))

    assert wrong == []
    assert list(customers.addresses(ann.member.customer_id)) == [ann.address]


@pytest.mark.parametrize("who", STRANGERS)
def test_an_account_shows_only_its_own_and_a_saved_address_is_one_s_own(ann: Ann, who: str) -> None:
    client, before = Visitor(who).client, customers.standing(ann.member.customer_id)

    account = client.get("/en/account/")
    client.post("/en/account/details/", {"name": "Eve", "phone": "", "language": "en", "customer": ann.member.customer_id})
    own = {"customer": ann.member.customer_id, "customer_id": ann.member.customer_id, "address": ann.address.id}
    others = [client.get(f"/en/account/{page}/", own) for page in ("company", "data", "consents", "news", "addresses/new")]
    others.append(client.post("/en/account/company/", own | {"company": "Eve Ltd", "country": "GB"}))
    others.append(client.post("/en/account/data/", own | {"password": "seven grey herons 7"}))
    others.append(client.post("/en/account/consents/", own | {"given": "marketing.mail", "nothing": "1"}))
    others.append(client.post("/en/account/news/read/", own | {"until": NOON.isoformat()}))
    client.cookies["basket"] = f"1.{filled(ann.caller, TEA=1)}"
    bought = client.post(
        "/en/checkout/",
        {"act": "order", "saved": str(ann.address.id), "delivery": pricing_id(), "payment": "test-ok", "email": "e@example.org"},
    )

    for answer in (account, bought, *others):
        text = _unpacked(answer)
        assert not any(word in text for word in ("1 Mill Lane", ann.order["number"], ann.order["token"], "ann@example.org"))
    assert bought.status_code == 422
    assert customers.customer(ann.member.customer_id).name == "Ann Lee"
    assert customers.business(ann.member.customer_id) is None
    assert customers.standing(ann.member.customer_id) == before
    assert orders.news_read_until(ann.member.customer_id) is None
    if who == "anonymous":
        assert account["Location"].startswith("/en/sign-in/")


def _unpacked(answer: Any) -> str:
    """Return what an answer tells; of a file of files what stands in each."""
    if answer["Content-Type"] != "application/zip":
        return str(answer.content.decode())
    with zipfile.ZipFile(io.BytesIO(answer.content)) as held:
        return "".join(held.read(name).decode() for name in held.namelist())


def pricing_id() -> int:
    return int(pricing.delivery_options(country="GB")[0].id)


@pytest.mark.parametrize("page", ["join", "reset"])
def test_a_link_made_up_for_an_account_is_answered_as_one_for_none(ann: Ann, page: str) -> None:
    from datetime import timedelta

    good = access.reset_token(ann.member.user_id, NOON)
    assert good
    tried = shoppers.near(good, {"id": ann.member.user_id, "old": access.reset_token(ann.member.user_id, NOON - timedelta(days=30))})
    ask = asks(Client(), "GET", f"/en/{page}/{{name}}/")

    assert shoppers.told_apart(ask, foreign=tried, missing=MISSING, statuses=(410,)) == []


@pytest.mark.parametrize(("who", "status"), [("shopper", 403), ("anonymous", 401), ("nothing", 403)])
def test_the_routes_of_staff_do_not_tell_strangers_which_orders_there_are(ann: Ann, who: str, status: int) -> None:
    client = Visitor(who).client
    wrong = {}
    for method, verb in (("GET", ""), ("POST", "/shipments"), ("POST", "/refunds"), ("POST", "/cancel")):
        ask = asks(client, method, f"{V1}/staff/orders/{{name}}{verb}", None, "application/json")
        found = shoppers.told_apart(ask, foreign=[ann.order["number"], str(ann.order_id)], missing="SK-0", statuses=(status,))
        if found:
            wrong[verb] = found

    assert wrong == {}


# ── planted ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "planted", [("en/orders/<int:order_id>/", "storefront:order_by_id"), ("GET /api/v1/customers/{customer_id}", "read_customer")]
)
def test_a_planted_address_that_names_something_and_is_not_tried_is_found(planted: tuple[str, str]) -> None:
    with pytest.raises(doors.UnknownDoor, match=r"order_id|customer_id"):
        shoppers.check_all_are_tried([*shoppers.storefront_addresses(), planted])


def test_an_address_of_nobody_s_that_takes_on_a_name_is_found() -> None:
    with pytest.raises(doors.UnknownDoor, match="user_id"):
        shoppers.check_all_are_tried([("en/shelves/<int:user_id>/", "storefront:shelves")])


def test_a_planted_view_without_a_guard_is_found(ann: Ann) -> None:
    def unguarded(request: HttpRequest, order_id: int) -> HttpResponse:
        found = orders.orders([OrderId(order_id)])
        return HttpResponse(str(found), status=200 if found else 404)

    wrong = shoppers.told_apart(_ask_view(unguarded), foreign=[str(ann.order_id)], missing="999999999")

    assert wrong == [f"{ann.order_id}… is answered 200 and nothing there 404"]


def test_a_planted_view_that_tells_what_is_there_is_found(ann: Ann) -> None:
    def telling(request: HttpRequest, order_id: int) -> HttpResponse:
        is_there = orders.orders([OrderId(order_id)])
        return HttpResponse("not yours" if is_there else "no such order", status=404)

    wrong = shoppers.told_apart(_ask_view(telling), foreign=[str(ann.order_id)], missing="999999999")

    assert len(wrong) == 1
    assert "with another page" in wrong[0]


def _ask_view(view: Callable[..., HttpResponse]) -> Callable[[str], shoppers.Answer]:
    return lambda name: shoppers.plain(view(RequestFactory().get("/"), int(name)))
