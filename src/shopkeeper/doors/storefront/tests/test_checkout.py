"""From the basket to the order page: what is agreed is what is charged, and a refusal changes nothing."""

import re
from typing import Any

import pytest
from django.test import Client

from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.flows import join, place_order
from shopkeeper.kit.ids import OrderId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Contact, OrderFilter, OrderState
from shopkeeper.selling.payments.adapters.fake import METHODS
from shopkeeper.selling.pricing import public as pricing

pytestmark = pytest.mark.django_db

WHO = {
    "email": "ann@example.com",
    "name": "Ann 李安 🙂",
    "phone": "",
    "line1": "1 Mill Lane",
    "line2": "",
    "city": "Norwich",
    "postcode": "NR3 1AA",
    "region": "",
    "country": "GB",
    "payment": "test-ok",
    "act": "order",
}


@pytest.fixture
def shop() -> Corner:
    return corner()


@pytest.fixture
def buyer(shop: Corner) -> Client:
    client = shop.visitor()
    shop.add(client, "LAMP", 2)
    return client


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def filled(client: Client, shop: Corner, language: str = "en", **changes: str) -> dict[str, str]:
    """Return the checkout form as a browser would send it."""
    page = client.get(f"/{language}/checkout/").content.decode()
    secret = {name: hidden(page, name) for name in ("idempotency_key", "seen_digest", "seen_total")}
    return WHO | secret | {"delivery": str(shop.delivery_id)} | changes


def placed() -> int:
    return orders.list_orders(OrderFilter()).total


def test_a_guest_buys_and_sees_the_order(shop: Corner, buyer: Client) -> None:
    answer = buyer.post("/en/checkout/", filled(buyer, shop))

    assert answer.status_code == 302
    page = buyer.get(answer["Location"]).content.decode()
    assert "£27.95" in page
    assert "Ann 李安 🙂" in page
    assert "Thank you. Your payment has arrived" in page
    assert shop.stock("LAMP") == 6
    assert buyer.cookies["basket"].value == ""


def test_the_order_page_gives_the_invoice_in_the_page_s_language(shop: Corner, buyer: Client) -> None:
    token = buyer.post("/zh-hans/checkout/", filled(buyer, shop, "zh-hans"))["Location"].split("/")[3]

    pdf = buyer.get(f"/zh-hans/orders/{token}/invoice.pdf")

    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("language", "told", "remedy"),
    [
        ("en", "There is no invoice yet", "has not been paid yet."),
        ("zh-hans", "还没有发票", "还没有付款。"),
    ],
)
def test_an_order_not_yet_paid_offers_no_invoice_and_says_why(shop: Corner, buyer: Client, language: str, told: str, remedy: str) -> None:
    address = buyer.post(f"/{language}/checkout/", filled(buyer, shop, language, payment="test-silent"))["Location"].partition("?")[0]

    assert "invoice.pdf" not in buyer.get(address).content.decode()
    answer = buyer.get(address + "invoice.pdf")
    page = answer.content.decode()

    assert answer.status_code == 409
    assert answer["Content-Type"].startswith("text/html")
    assert told in page
    assert remedy in page
    assert f'href="{address}"' in page


def test_a_dead_order_that_was_never_paid_has_no_invoice(shop: Corner, buyer: Client) -> None:
    address = buyer.post("/en/checkout/", filled(buyer, shop, payment="test-silent"))["Location"].partition("?")[0]
    buyer.post(address + "cancel/")

    answer = buyer.get(address + "invoice.pdf")

    assert answer.status_code == 409
    assert "was never paid." in answer.content.decode()


def test_the_buyer_cancels_while_the_goods_are_here(shop: Corner, buyer: Client) -> None:
    address = buyer.post("/en/checkout/", filled(buyer, shop))["Location"].partition("?")[0]

    answer = buyer.post(address + "cancel/", follow=True)

    assert "The order is cancelled." in answer.content.decode()
    assert shop.stock("LAMP") == 8
    assert "Cancel this order" not in answer.content.decode()


def test_a_foreign_token_opens_nothing(shop: Corner, buyer: Client) -> None:
    address = buyer.post("/en/checkout/", filled(buyer, shop))["Location"].partition("?")[0]
    wrong = address[:-3] + ("xx/" if address[-3:-1] != "xx" else "yy/")

    for way in (wrong, wrong + "invoice.pdf", "/en/orders/1/", "/en/orders/SK-100001/", f"/en/orders/{'a' * 5000}/"):
        assert buyer.get(way).status_code == 404
    assert buyer.post(wrong + "cancel/").status_code == 404
    assert orders.list_orders(OrderFilter()).items[0].state is OrderState.PAID


def test_the_same_form_sent_twice_is_one_order(shop: Corner, buyer: Client) -> None:
    form = filled(buyer, shop)
    basket = buyer.cookies["basket"].value

    first = buyer.post("/en/checkout/", form)
    buyer.cookies["basket"] = basket
    again = buyer.post("/en/checkout/", form)
    buyer.cookies["basket"] = ""
    late = buyer.post("/en/checkout/", form)

    assert first["Location"] == again["Location"]
    assert late["Location"] == "/en/basket/"
    assert placed() == 1
    assert shop.stock("LAMP") == 6


@pytest.mark.parametrize("channel", ["api", "web"])
def test_a_key_alone_opens_nobodys_order(shop: Corner, buyer: Client, channel: str) -> None:
    form = filled(buyer, shop) | {"idempotency_key": "order-1001-of-a-till"}
    order_id = place_order.place_order(
        basket_token=buyer.cookies["basket"].value.partition(".")[2],
        buyer=None,
        contact=Contact(email="ann@example.com", name="Ann"),
        address=Address(name="Ann", line1="1 Mill Lane", city="Norwich", postcode="NR3 1AA", country="GB"),
        delivery_option_id=shop.delivery_id,
        payment_method="test-ok",
        seen_digest=form["seen_digest"],
        idempotency_key=form["idempotency_key"],
        language="en",
        channel=channel,
        now=NOON,
    ).order_id
    token = orders.order(order_id).token
    passer_by, shopper, was_here = shop.visitor(), shop.visitor(), shop.visitor()
    shop.add(shopper, "LAMP", 1)
    shop.add(was_here, "LAMP", 1)
    basket = was_here.cookies["basket"].value
    was_here.post("/en/checkout/", filled(was_here, shop))
    was_here.cookies["basket"] = basket

    answers = [each.post("/en/checkout/", form) for each in (passer_by, shopper, was_here)]

    assert [answer.status_code for answer in answers] == [302, 422, 302]
    assert answers[0]["Location"] == answers[2]["Location"] == "/en/basket/"
    assert "This form was sent before, with other content." in answers[1].content.decode()
    assert not any(token in answer.content.decode() + answer.get("Location", "") for answer in answers)
    assert placed() == 2


def test_a_price_that_moved_is_shown_before_anything_is_ordered(shop: Corner, buyer: Client) -> None:
    form = filled(buyer, shop)
    shop.price("LAMP", 1_500)

    answer = buyer.post("/en/checkout/", form)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The total has changed since you saw it" in page
    assert "£27.95" in page
    assert "£33.95" in page
    assert 'value="ann@example.com"' in page
    assert placed() == 0
    assert hidden(page, "idempotency_key") != form["idempotency_key"]

    fresh = form | {name: hidden(page, name) for name in ("idempotency_key", "seen_digest", "seen_total")}
    assert buyer.post("/en/checkout/", fresh).status_code == 302
    assert orders.list_orders(OrderFilter()).items[0].total_minor == 3_395


def test_a_shortage_names_the_line_and_the_basket_can_be_fitted(shop: Corner, buyer: Client) -> None:
    form = filled(buyer, shop)
    other = shop.visitor()
    shop.add(other, "LAMP", 7)
    assert other.post("/en/checkout/", filled(other, shop)).status_code == 302

    answer = buyer.post("/en/checkout/", form)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Brass lamp" in page
    assert "you wanted 2, 1 left" in page
    assert placed() == 1

    fitted = buyer.post("/en/basket/fix/", {"next": "/en/checkout/"})
    assert fitted["Location"] == "/en/checkout/"
    assert buyer.cookies["basket"].value.startswith("1.")


def test_a_declined_payment_is_explained_and_the_basket_stays(shop: Corner, buyer: Client) -> None:
    answer = buyer.post("/en/checkout/", filled(buyer, shop, payment="test-declined"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Your bank declined the payment." in page
    assert "No money was taken. Choose another way to pay or try again." in page
    assert "not enough money" not in page
    assert shop.stock("LAMP") == 8

    again = {name: hidden(page, name) for name in ("idempotency_key", "seen_digest", "seen_total")}
    assert buyer.post("/en/checkout/", filled(buyer, shop) | again).status_code == 302


def test_a_payment_without_an_answer_waits_on_the_order_page(shop: Corner, buyer: Client) -> None:
    answer = buyer.post("/en/checkout/", filled(buyer, shop, payment="test-silent"), follow=True)

    assert "We are waiting for the payment" in answer.content.decode()
    assert "data-again" in answer.content.decode()


def test_updating_asks_for_a_new_quote_and_judges_nothing(shop: Corner, buyer: Client) -> None:
    answer = buyer.post("/en/checkout/", filled(buyer, shop, act="update", email="", country="CN"))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "We do not deliver to this country yet" in page
    assert "is missing" not in page


def abroad() -> str:
    """Add a way for everywhere else, as the sample shop has one, and return its id."""
    return str(
        pricing.save_delivery_option(
            delivery_option_id=None, code="ABROAD", name=Bilingual("Delivery abroad", "国际配送"), carrier="DHL", price_minor=1_250,
            free_from_minor=None, days=(4, 9), countries=(), position=2, is_active=True, actor=None, now=NOON,
        ).id
    )  # fmt: skip


def test_the_ways_of_delivery_are_those_of_the_address(shop: Corner, buyer: Client) -> None:
    far = abroad()

    at_home = buyer.get("/en/checkout/").content.decode()
    assert "Standard delivery" in at_home
    assert "Delivery abroad" not in at_home

    away = buyer.post("/en/checkout/", filled(buyer, shop, act="update", country="FR")).content.decode()
    assert "Delivery abroad" in away
    assert "Standard delivery" not in away

    refused = buyer.post("/en/checkout/", filled(buyer, shop, delivery=far))
    assert refused.status_code == 422
    assert "This way of delivery is not offered for the address." in refused.content.decode()
    assert placed() == 0


@pytest.mark.parametrize(("country", "is_optional"), [("GB", False), ("FR", False), ("HK", True), ("IE", True)])
def test_a_postcode_is_asked_for_where_the_country_has_them(shop: Corner, buyer: Client, country: str, is_optional: bool) -> None:
    page = buyer.post("/en/checkout/", filled(buyer, shop, act="update", country=country)).content.decode()

    assert bool(re.search(r'<label for="id_postcode">Postcode <small>\(optional\)', page)) is is_optional


def test_the_first_page_asks_for_the_postcode_of_the_shops_country(shop: Corner, buyer: Client) -> None:
    page = buyer.get("/en/checkout/").content.decode()

    assert '<label for="id_postcode">Postcode</label>' in page
    assert re.search(r'<input id="id_postcode"[^>]* required', page)


def test_an_address_without_postcodes_is_ordered_to(shop: Corner, buyer: Client) -> None:
    far = abroad()
    form = filled(buyer, shop, act="update", country="HK", postcode="", delivery=far)
    page = buyer.post("/en/checkout/", form).content.decode()
    fresh = {name: hidden(page, name) for name in ("seen_digest", "seen_total")}

    answer = buyer.post("/en/checkout/", form | fresh | {"act": "order"})

    assert answer.status_code == 302
    assert placed() == 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_test_payment_has_a_name_and_a_sentence_of_its_own(shop: Corner, buyer: Client, language: str) -> None:
    page = buyer.get(f"/{language}/checkout/").content.decode()

    said = re.findall(r'name="payment".*?<b>(.*?)</b><small>(.*?)</small>', page, re.DOTALL)
    assert len(said) == len(METHODS)
    assert len({name for name, _ in said}) == len({sentence for _, sentence in said}) == len(METHODS)
    assert all(sentence.endswith("。" if language == "zh-hans" else ".") for _, sentence in said)
    assert not any(code in page.replace(f'value="{code}"', "") for code in METHODS)


BAD = [
    ("email", "", "The email address is missing."),
    ("email", "ann", "“ann” does not work as email address."),
    ("email", "a" * 300 + "@example.com", "does not work as email address."),
    ("name", "", "The name is missing."),
    ("name", "x" * 101, "The name does not have the right length."),
    ("name", "a\x07b", "does not work as name."),
    ("phone", "call me", "“call me” does not work as phone number."),
    ("line1", "", "The street and number is missing."),
    ("city", " ", "The town or city is missing."),
    ("postcode", "<b>", "does not work as postcode."),
    ("postcode", "", "The postcode is missing."),
    ("country", "XX", "“XX” does not work as country."),
    ("country", "", "The country is missing."),
    ("delivery", "", "The delivery is missing."),
    ("delivery", "999999", "This way of delivery is not offered for the address."),
    ("delivery", "9" * 17, "does not work as delivery."),
    ("delivery", "abc", "“abc” does not work as delivery."),
    ("payment", "gold", "“gold” does not work as payment."),
    ("payment", "", "The payment is missing."),
    ("idempotency_key", "short", "“short” does not work as order form."),
]


@pytest.mark.parametrize(("field", "value", "problem"), BAD)
def test_a_wrong_field_is_refused_beside_it_and_nothing_changes(shop: Corner, buyer: Client, field: str, value: str, problem: str) -> None:
    answer = buyer.post("/en/checkout/", filled(buyer, shop, **{field: value}))

    assert answer.status_code == 422
    assert problem in answer.content.decode().replace("&#39;", "'")
    assert placed() == 0
    assert shop.stock("LAMP") == 8


@pytest.mark.parametrize("phone", ["1-----", "(((((1", "1 2 3 4 ."])
def test_a_number_the_address_book_would_not_keep_is_refused_before_anything_is_ordered(shop: Corner, phone: str) -> None:
    client = shop.visitor()
    join.register(email="ann@example.com", password="quiet lantern on a shelf", name="Ann Lee", language="en", now=NOON)
    client.post("/en/sign-in/", {"email": "ann@example.com", "password": "quiet lantern on a shelf"})
    shop.add(client, "LAMP", 2)

    answer = client.post("/en/checkout/", filled(client, shop, phone=phone))

    assert answer.status_code == 422
    assert 'id="error_phone"' in answer.content.decode()
    assert placed() == 0
    assert client.post("/en/checkout/", filled(client, shop, phone="1-2-3-4-5")).status_code == 302
    assert placed() == 1


def test_refusals_speak_the_reader_s_language(shop: Corner, buyer: Client) -> None:
    page = buyer.post("/zh-hans/checkout/", filled(buyer, shop, "zh-hans", email="ann", city="")).content.decode()

    assert "“ann”不能用作邮箱。" in page
    assert "还没有填写城市。" in page


def test_a_reused_key_with_other_content_is_refused(shop: Corner, buyer: Client) -> None:
    form = filled(buyer, shop)
    buyer.post("/en/checkout/", form)
    other = shop.visitor()
    shop.add(other, "LAMP", 1)

    answer = other.post("/en/checkout/", filled(other, shop, idempotency_key=form["idempotency_key"]))

    assert answer.status_code == 422
    assert "This form was sent before, with other content." in answer.content.decode()
    assert placed() == 1


BASKET = [
    ({"units": "0"}, "outside what quantity allows"),
    ({"units": "-1"}, "outside what quantity allows"),
    ({"units": "10000"}, "outside what quantity allows"),
    ({"units": "1e3"}, "does not work as quantity"),
    ({"units": "🙂"}, "does not work as quantity"),
    ({"units": ""}, "The quantity is missing."),
    ({"units": "9"}, "There is not enough left of: Brass lamp (8 left)."),
]


@pytest.mark.parametrize(("changes", "problem"), BASKET)
def test_a_wrong_quantity_leaves_the_basket_alone(shop: Corner, changes: dict[str, str], problem: str) -> None:
    client = shop.visitor()

    answer = client.post("/en/basket/add/", {"variant": str(shop.variants["LAMP"]), "units": "1"} | changes)

    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert "basket" not in client.cookies


@pytest.mark.parametrize("variant", ["", "abc", "0", "99999999", "9" * 40, "1;drop"])
def test_an_unknown_choice_is_not_found(shop: Corner, variant: str) -> None:
    assert shop.visitor().post("/en/basket/add/", {"variant": variant, "units": "1"}).status_code == 404


def test_a_line_is_changed_and_taken_out(shop: Corner, buyer: Client) -> None:
    lamp = str(shop.variants["LAMP"])

    buyer.post("/en/basket/change/", {"variant": lamp, "units": "3"})
    assert buyer.cookies["basket"].value.startswith("3.")
    wrong = buyer.post("/en/basket/change/", {"variant": lamp, "units": "-2"})
    assert wrong.status_code == 422
    assert buyer.cookies["basket"].value.startswith("3.")

    buyer.post("/en/basket/change/", {"variant": lamp, "units": "0"})
    assert "Your basket is empty" in buyer.get("/en/basket/").content.decode()


def test_the_basket_says_what_is_missing_to_free_delivery(shop: Corner, buyer: Client) -> None:
    assert "£26.00 more and delivery is free." in buyer.get("/en/basket/").content.decode()

    shop.add(buyer, "LAMP", 3)

    assert "Delivery is free for this basket." in buyer.get("/en/basket/").content.decode()


def test_a_script_gets_the_count_or_the_reason(shop: Corner) -> None:
    client = shop.visitor()
    form = {"variant": str(shop.variants["LAMP"]), "units": "2"}

    told: Any = client.post("/en/basket/add/", form, headers={"Accept": "application/json"}).json()
    refused = client.post("/en/basket/add/", form | {"units": "99"}, headers={"Accept": "application/json"})

    assert told["units"] == 2
    assert refused.status_code == 422
    assert "not enough left" in refused.json()["say"]


def test_a_cookie_nobody_gave_is_an_empty_basket(shop: Corner) -> None:
    client = shop.visitor()
    for value in ("", "5", "5.", "x.y", "9" * 400 + ".a", "3." + "z" * 4000, "1.\x00"):
        client.cookies["basket"] = value
        answer = client.get("/en/basket/")
        assert answer.status_code == 200
        assert "Your basket is empty" in answer.content.decode()


def test_the_flow_is_called_once_for_one_form(shop: Corner, buyer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    real = place_order.place_order
    monkeypatch.setattr(place_order, "place_order", lambda **asked: (seen.append(asked), real(**asked))[1])

    buyer.post("/en/checkout/", filled(buyer, shop))

    assert len(seen) == 1
    assert seen[0]["channel"] == "web"
    assert seen[0]["language"] == "en"
    assert orders.order(OrderId(orders.list_orders(OrderFilter()).items[0].id)).contact.email == "ann@example.com"
