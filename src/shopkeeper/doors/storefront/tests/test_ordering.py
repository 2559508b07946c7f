"""Ordering with ease: places from lists, a gift, an invoice, steps; afterwards requests, a lost link, what happened. No script anywhere."""

import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from shopkeeper.doors.storefront import limits
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.doors.storefront.tests.test_checkout import filled, hidden, placed
from shopkeeper.flows import join, ship_order
from shopkeeper.growth.messages import models as letters
from shopkeeper.ops.access.tests import builders as staff
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.orders import models
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Arrangement, Order, OrderFilter, RequestState
from shopkeeper.selling.pricing import public as pricing

pytestmark = pytest.mark.django_db

PASSWORD = "quiet lantern on a shelf"
HANGZHOU = {
    "country": "CN",
    "region": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "postcode": "310000",
    "phone": "13812345678",
    "line1": "文三路 1 号",
}
COMPANY = {
    "invoice_kind": "company",
    "invoice_title": "甲乙丙有限公司",
    "tax_number": "91350100m000100y43",
    "invoice_email": "fp@example.com",
}


@pytest.fixture
def shop() -> Corner:
    return corner()


@pytest.fixture
def buyer(shop: Corner) -> Client:
    client = shop.visitor()
    shop.add(client, "LAMP", 2)
    return client


@pytest.fixture
def clerk(shop: Corner) -> int:
    return staff.joined("clerk@example.com")


def last_order() -> Order:
    return orders.order(orders.list_orders(OrderFilter()).items[0].id)


def delivers_to_china() -> int:
    option = pricing.save_delivery_option(
        delivery_option_id=None, code="cn", name=pricing.all_delivery_options()[0].name, carrier="SF", price_minor=900,
        free_from_minor=None,
        days=(5, 9), countries=("CN",), position=2, is_active=True, actor=None, now=NOON,
    )  # fmt: skip
    return option.id


def bought(shop: Corner, client: Client, **changes: str) -> Order:
    answer = client.post("/en/checkout/", filled(client, shop, **changes))
    assert answer.status_code == 302, answer.content.decode()
    return last_order()


def sent(shop: Corner, client: Client) -> Order:
    order = bought(shop, client)
    ship_order.ship(order_id=order.id, carrier="Royal Mail", tracking_number="RM 1", actor=None, now=timezone.now())
    return orders.order(order.id)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def options(text: str, name: str) -> list[str]:
    found = re.search(rf'<select id="id_{name}".*?</select>', text, re.S)
    assert found, name
    return re.findall(r'<option value="([^"]+)"', found[0])


# ── places ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lists_of_china_follow_each_other_without_a_script(shop: Corner, buyer: Client) -> None:
    def asked(**chosen: str) -> str:
        return buyer.post("/en/checkout/", filled(buyer, shop, act="update", country="CN", **chosen)).content.decode()

    first = asked(city="", region="")
    second = asked(region="浙江省", city="", district="")
    third = asked(region="浙江省", city="杭州市", district="")

    assert len(options(first, "region")) == 31
    assert options(first, "city") == options(second, "district") == []
    assert "杭州市" in options(second, "city")
    assert "西湖区" in options(third, "district")
    assert "Zhejiang 浙江省" in first
    assert first.index('id="id_region"') < first.index('id="id_city"') < first.index('id="id_district"') < first.index('id="id_line1"')


def test_an_address_in_china_is_kept_and_shown_as_china_writes_it(shop: Corner, buyer: Client) -> None:
    option = delivers_to_china()
    seen = buyer.post("/en/checkout/", filled(buyer, shop, **HANGZHOU, act="update", delivery=str(option))).content.decode()

    order = bought(shop, buyer, **HANGZHOU, delivery=str(option), seen_digest=hidden(seen, "seen_digest"))

    assert (order.address.region, order.address.city, order.address.postcode) == ("浙江省", "杭州市 西湖区", "310000")
    told = page(buyer, f"/zh-hans/orders/{order.token}/")
    assert "浙江省杭州市西湖区<br>文三路 1 号" in told


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"postcode": "31000"}, "postcode", "six figures"),
        ({"phone": "1381234567"}, "phone", "eleven figures"),
        ({"region": "Narnia"}, "region", "Choose one of those offered"),
        ({"city": "广州市"}, "city", "Choose one of those offered"),
        ({"district": ""}, "district", "The district is missing"),
    ],
)
def test_what_does_not_fit_in_china_is_said_beside_its_field(
    shop: Corner, buyer: Client, changes: dict[str, str], field: str, said: str
) -> None:
    option = delivers_to_china()

    answer = buyer.post("/en/checkout/", filled(buyer, shop, **{**HANGZHOU, **changes}, delivery=str(option)))

    text = answer.content.decode()
    assert (answer.status_code, placed()) == (422, 0)
    assert f'id="error_{field}"' in text
    assert said in text


def test_states_are_chosen_from_a_list_where_it_is_short(shop: Corner, buyer: Client) -> None:
    shown = buyer.post("/en/checkout/", filled(buyer, shop, act="update", country="US")).content.decode()
    assert "CA" in options(shown, "region")

    answer = buyer.post("/en/checkout/", filled(buyer, shop, country="US", states="1", region=""))

    assert answer.status_code == 422
    assert 'id="error_region"' in answer.content.decode()


# ── what may be added ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_gift_note_and_an_invoice_stay_with_the_order(shop: Corner, buyer: Client) -> None:
    order = bought(
        shop, buyer, is_gift="1", gift_note="Happy birthday!\nYours, Bob", country="GB", invoice_kind="personal", invoice_title="Bob Lee"
    )

    added = orders.particulars(order.basket_id)
    assert (added.is_gift, added.gift_note) == (True, "Happy birthday!\nYours, Bob")
    assert added.invoice is not None
    assert (added.invoice.title, added.invoice.email) == ("Bob Lee", "ann@example.com")
    told = page(buyer, f"/en/orders/{order.token}/")
    assert "Happy birthday!" in told
    assert "Bob Lee" in told


def test_a_companys_invoice_needs_a_true_tax_number(shop: Corner, buyer: Client) -> None:
    option = delivers_to_china()
    wrong = filled(buyer, shop, **HANGZHOU, **{**COMPANY, "tax_number": "91350100M000100Y44"}, delivery=str(option))

    answer = buyer.post("/en/checkout/", wrong)

    assert (answer.status_code, placed()) == (422, 0)
    assert 'id="error_tax_number"' in answer.content.decode()
    assert "甲乙丙有限公司" in answer.content.decode()
    seen = buyer.post("/en/checkout/", {**wrong, "act": "update"}).content.decode()
    order = bought(shop, buyer, **HANGZHOU, **COMPANY, delivery=str(option), seen_digest=hidden(seen, "seen_digest"))
    invoice = orders.particulars(order.basket_id).invoice
    assert invoice is not None
    assert invoice.tax_number == "91350100M000100Y43"


def test_a_gift_note_that_is_too_long_is_refused_and_kept_in_the_form(shop: Corner, buyer: Client) -> None:
    answer = buyer.post("/en/checkout/", filled(buyer, shop, is_gift="1", gift_note="x" * 301))

    assert (answer.status_code, placed()) == (422, 0)
    assert "x" * 301 in answer.content.decode()


def test_an_order_without_anything_added_writes_nothing_more(shop: Corner, buyer: Client) -> None:
    bought(shop, buyer)

    assert not models.Particulars.objects.exists()


def test_what_was_added_and_taken_out_again_is_gone(shop: Corner, buyer: Client) -> None:
    token = buyer.cookies["basket"].value.partition(".")[2]
    orders.save_particulars(token=token, value=orders.checked_particulars(orders.particulars(None), country="GB"), country="GB", now=NOON)
    refused = buyer.post("/en/checkout/", filled(buyer, shop, payment="test-declined", is_gift="1", gift_note="Hello"))
    assert refused.status_code == 422
    assert models.Particulars.objects.count() == 1

    order = bought(shop, buyer, had_added="1")

    assert not orders.particulars(order.basket_id)


def test_a_member_with_a_company_finds_it_filled_in(shop: Corner) -> None:
    ann = join.register(email="ann@example.com", password=PASSWORD, name="Ann Lee", language="en", now=NOON)
    customers.save_business(
        customer_id=ann.customer_id, company="Lee & Daughters", country="GB", number="GB434031494", billing_email="", actor=None, now=NOON
    )
    client = shop.visitor()
    client.post("/en/sign-in/", {"email": "ann@example.com", "password": PASSWORD})
    shop.add(client, "LAMP", 1)

    assert "Lee &amp; Daughters" in page(client, "/en/checkout/")


# ── in steps ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def in_steps(clerk: int) -> None:
    orders.save_arrangement(wanted=Arrangement(is_in_steps=True), actor=clerk, now=NOON)


def fields(text: str) -> dict[str, str]:
    """Return what a browser would send of the form on a page, without the button."""
    form = re.search(r'<form id="checkout".*?</form>', text, re.S)
    assert form
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
    for tag in re.findall(r"<input [^>]*>", form[0]):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and 'type="hidden"' not in tag and ("checked" in tag or not re.search('type="(radio|checkbox)"', tag)):
            found[name[1]] = value[1]
    found |= dict(re.findall(r'<textarea id="[^"]+" name="([^"]+)"[^>]*>([^<]*)</textarea>', form[0]))
    for name, chosen in re.findall(r'<select id="[^"]+" name="([^"]+)".*?<option value="([^"]*)" selected', form[0], re.S):
        found.setdefault(name, chosen)
    return found


def test_four_steps_lead_to_the_same_order_and_nothing_is_lost(shop: Corner, buyer: Client, in_steps: None) -> None:
    def go(text: str, act: str, **typed: str) -> str:
        return buyer.post("/en/checkout/", {**fields(text), **typed, "act": act}).content.decode()

    contact = page(buyer, "/en/checkout/")
    assert 'id="id_email"' in contact
    assert 'id="id_line1"' not in contact
    assert "Place order and pay" not in contact
    address = go(contact, "next", email="ann@example.com", name="Ann Lee", phone="")
    assert 'aria-current="step"' in address
    delivery = go(address, "next", line1="1 Mill Lane", city="Norwich", postcode="NR3 1AA", country="GB")
    payment = go(delivery, "next", is_gift="1", gift_note="For you")
    assert "1 Mill Lane" in payment
    back = go(payment, "back")
    assert "For you" in back
    again = go(go(go(back, "contact"), "next"), "next")
    assert "For you" in again
    final = go(again, "next")
    answer = buyer.post("/en/checkout/", {**fields(final), "act": "order", "payment": "test-ok"})

    assert answer.status_code == 302, answer.content.decode()
    order = last_order()
    assert (order.contact.name, order.address.line1, order.total_minor) == ("Ann Lee", "1 Mill Lane", 2_795)
    assert orders.particulars(order.basket_id).gift_note == "For you"


def test_a_step_with_something_wrong_is_not_left(shop: Corner, buyer: Client, in_steps: None) -> None:
    first = fields(page(buyer, "/en/checkout/"))

    wrong = buyer.post("/en/checkout/", {**first, "email": "nobody", "name": "Ann", "act": "next"})

    assert wrong.status_code == 422
    assert 'id="error_email"' in wrong.content.decode()
    assert 'id="id_line1"' not in wrong.content.decode()
    # Somebody who skips to the end is led back to what is missing.
    skipped = buyer.post("/en/checkout/", {**first, "email": "a@example.com", "name": "Ann", "step": "payment", "act": "order"})
    assert (skipped.status_code, placed()) == (422, 0)
    assert 'id="error_line1"' in skipped.content.decode()


# ── after the order ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_parcel_is_followed_at_its_carrier(shop: Corner, buyer: Client, clerk: int) -> None:
    orders.save_carrier_link(carrier="royal mail", address="https://example.com/track?id={number}", actor=clerk, now=NOON)

    told = page(buyer, f"/en/orders/{sent(shop, buyer).token}/")

    assert 'href="https://example.com/track?id=RM%201" rel="noreferrer noopener"' in told
    assert "Should arrive from" in told
    assert "is on its way." in told


@pytest.mark.parametrize(
    ("language", "words"), [("en", ("Waits for our answer", "Send something back")), ("zh-hans", ("等待我们答复", "退回商品"))]
)
def test_a_buyer_asks_to_send_back_and_takes_the_request_back(shop: Corner, buyer: Client, language: str, words: tuple[str, ...]) -> None:
    order = sent(shop, buyer)
    address = f"/{language}/orders/{order.token}/"
    assert f"{address}ask/?kind=return" in page(buyer, address)
    assert words[1] in page(buyer, f"{address}ask/?kind=return")

    answer = buyer.post(f"{address}ask/", {"kind": "return", "reason": "changed_mind", "note": "", f"units_{order.lines[0].id}": "1"})

    assert answer.status_code == 302
    (made,) = orders.requests_of(order.id)
    told = page(buyer, address)
    assert words[0] in told
    buyer.post(f"{address}ask/withdraw/", {"request": made.id})
    assert orders.request(made.id).state is RequestState.WITHDRAWN


def test_what_cannot_be_asked_is_said_beside_its_field(shop: Corner, buyer: Client) -> None:
    order = sent(shop, buyer)
    units = f"units_{order.lines[0].id}"

    for typed, beside in [
        ({units: "3", "reason": "faulty"}, units), ({units: "x", "reason": "faulty"}, units), ({units: "1", "reason": ""}, "reason"),
        ({units: "", "reason": "faulty"}, "units"), ({units: "1", "reason": "faulty", "note": "x" * 501}, "note"),
    ]:  # fmt: skip
        answer = buyer.post(f"/en/orders/{order.token}/ask/", {"kind": "return", **typed})
        assert answer.status_code == 422, typed
        assert f'id="error_{beside}"' in answer.content.decode(), typed
    assert orders.requests_of(order.id) == ()


def test_an_accepted_return_tells_where_to_and_how(shop: Corner, buyer: Client, clerk: int) -> None:
    order = sent(shop, buyer)
    orders.save_arrangement(wanted=Arrangement(return_address="Returns\n1 Back Lane\nNorwich"), actor=clerk, now=NOON)
    buyer.post(f"/en/orders/{order.token}/ask/", {"kind": "return", "reason": "faulty", f"units_{order.lines[0].id}": "2"})
    (made,) = orders.requests_of(order.id)
    orders.decide_request(request_id=made.id, accept=True, answer="Sorry about that.", actor=clerk, now=timezone.now())

    told = page(buyer, f"/en/orders/{order.token}/")

    assert "Returns<br>1 Back Lane<br>Norwich" in told
    assert "Sorry about that." in told
    assert "We accepted your request" in told


def test_nobody_takes_back_a_request_of_another_order(shop: Corner, buyer: Client) -> None:
    order = sent(shop, buyer)
    buyer.post(f"/en/orders/{order.token}/ask/", {"kind": "return", "reason": "faulty", f"units_{order.lines[0].id}": "1"})
    (made,) = orders.requests_of(order.id)
    other = shop.visitor()
    shop.add(other, "LAMP", 1)
    another = bought(shop, other, email="eve@example.com")

    assert other.post(f"/en/orders/{another.token}/ask/withdraw/", {"request": made.id}).status_code == 404
    assert orders.request(made.id).state is RequestState.WAITING


def test_a_lost_link_goes_to_the_address_that_ordered_and_nobody_is_told(shop: Corner, buyer: Client) -> None:
    order = bought(shop, buyer)
    letters.Outgoing.objects.all().delete()
    stranger = shop.visitor()

    def asked(number: str, email: str) -> str:
        answer = stranger.post("/en/find-order/", {"number": number, "email": email})
        assert answer.status_code == 200
        return re.sub(r'value="[^"]{30,}"', "", answer.content.decode())

    wrong, unknown, right = (
        asked(order.number, "eve@example.com"),
        asked("SK-1", "ann@example.com"),
        asked(order.number.lower(), "ANN@example.com"),
    )

    assert wrong == unknown == right
    assert letters.Outgoing.objects.count() == 1
    asked(order.number, "ann@example.com")
    assert letters.Outgoing.objects.count() == 1  # once an hour
    assert stranger.post("/en/find-order/", {"number": "", "email": "x"}).status_code == 422
    assert limits.ASKING["storefront:find_order"] == "email"


# ── a member ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def ann(shop: Corner) -> Client:
    join.register(email="ann@example.com", password=PASSWORD, name="Ann Lee", language="en", now=NOON)
    client = shop.visitor()
    client.post("/en/sign-in/", {"email": "ann@example.com", "password": PASSWORD})
    return client


def test_what_happened_stands_in_the_account_until_it_is_read(shop: Corner, ann: Client) -> None:
    shop.add(ann, "LAMP", 1)
    order = bought(shop, ann)

    account = page(ann, "/en/account/")
    news = page(ann, "/en/account/news/")

    assert "1 new" in account
    assert f"Your payment for order {order.number} has arrived." in news
    assert "<b data-news><span" in page(ann, "/en/goods/")
    ann.post("/en/account/news/read/", {"until": hidden(news, "until")})
    assert "pill warn" not in page(ann, "/en/account/news/")
    assert "<b data-news hidden>" in page(ann, "/en/goods/")
    ship_order.ship(order_id=order.id, carrier="DHL", tracking_number="", actor=None, now=timezone.now() + timedelta(minutes=1))
    assert "1 new" in page(ann, "/en/account/")


def test_nonsense_marks_nothing_read_and_strangers_sign_in_first(shop: Corner, ann: Client) -> None:
    for sent_moment in ("", "yesterday", "2026-13-45", "9999-12-31T00:00:00+00:00", "2026-01-01T00:00:00"):
        assert ann.post("/en/account/news/read/", {"until": sent_moment}).status_code == 302
    assert shop.visitor().get("/en/account/news/")["Location"].startswith("/en/sign-in/")
    assert shop.visitor().post("/en/account/news/read/")["Location"].startswith("/en/sign-in/")
    assert all(row.read_until <= timezone.now() for row in models.NewsRead.objects.all())


def test_a_member_keeps_several_addresses_and_one_is_offered_first(shop: Corner, ann: Client) -> None:
    home = {
        "to": "Ann Lee",
        "number": "",
        "line1": "1 Mill Lane",
        "line2": "",
        "city": "Norwich",
        "postcode": "NR3 1AA",
        "region": "",
        "country": "GB",
        "act": "save",
    }
    office = {**home, **{k: v for k, v in HANGZHOU.items() if k != "phone"}, "to": "李安", "number": "13812345678", "is_default": "1"}
    assert ann.post("/en/account/addresses/new/", home).status_code == 302
    assert ann.post("/en/account/addresses/new/", office).status_code == 302

    account = page(ann, "/en/account/")
    first, second = re.findall(r"/en/account/addresses/(\d+)/", account)[:2]
    assert "浙江省杭州市西湖区" in account
    edited = page(ann, f"/en/account/addresses/{first}/")
    assert 'value="浙江省" selected' in edited
    assert 'value="西湖区" selected' in edited
    changed = ann.post(f"/en/account/addresses/{second}/", {**home, "line1": "2 Mill Lane"})
    assert changed.status_code == 302
    assert "2 Mill Lane" in page(ann, "/en/account/")
    wrong = ann.post("/en/account/addresses/new/", {**office, "number": "123", "postcode": "1"})
    assert wrong.status_code == 422
    assert 'id="error_number"' in wrong.content.decode()
    assert 'id="error_postcode"' in wrong.content.decode()


def test_nobody_opens_an_address_of_somebody_else(shop: Corner, ann: Client) -> None:
    eve = join.register(email="eve@example.com", password=PASSWORD, name="Eve", language="en", now=NOON)
    secret = Address(name="Eve", line1="9 Secret Street", city="Leeds", postcode="LS1 1AA", country="GB")
    kept = customers.save_address(customer_id=eve.customer_id, address=secret, now=NOON)

    answer = ann.get(f"/en/account/addresses/{kept.id}/")

    assert answer.status_code == 404
    assert "Secret" not in answer.content.decode()
    assert shop.visitor().get(f"/en/account/addresses/{kept.id}/")["Location"].startswith("/en/sign-in/")


# ── where it goes, before there is a checkout ─────────────────────────────────────────────────────────────────────────


def test_a_place_is_remembered_and_every_promise_is_made_for_it(shop: Corner) -> None:
    delivers_to_china()
    client = shop.visitor()
    assert "Delivery to United Kingdom" in page(client, "/en/goods/lamp/")

    answer = client.post("/en/delivery/", {"country": "CN", "postcode": "310000"})

    told = answer.content.decode()
    assert "£9.00" in told
    assert client.cookies["goes-to"].value == "CN.310000"
    assert "Delivery to China" in page(client, "/en/goods/lamp/")
    assert "Delivery to United Kingdom" in page(shop.visitor(), "/en/goods/lamp/")
    shop.add(client, "LAMP", 1)
    assert "Delivery to China" in page(client, "/en/basket/")
    assert '<option value="CN" selected' in page(client, "/en/checkout/")


def test_where_nothing_is_delivered_it_is_said(shop: Corner) -> None:
    client = shop.visitor()

    told = client.post("/en/delivery/", {"country": "AQ", "postcode": ""}).content.decode()

    assert "We do not deliver to Antarctica yet." in told
    assert "We do not deliver to Antarctica yet." in page(client, "/en/goods/lamp/")


@pytest.mark.parametrize("cookie", ["XX", "cn", "CN.<script>", "." * 300, "GB.\x00"])
def test_a_place_nobody_can_mean_is_none(shop: Corner, cookie: str) -> None:
    client = shop.visitor()
    client.cookies["goes-to"] = cookie

    assert "<script>" not in page(client, "/en/delivery/").replace("<script src", "")
    assert client.post("/en/delivery/", {"country": "CN", "postcode": "31"}).status_code == 422
    assert client.post("/en/delivery/", {"country": "Narnia", "postcode": ""}).status_code == 422


def test_the_page_names_goods_on_sale_and_tells_nothing_of_those_that_are_not(shop: Corner) -> None:
    address = f"/en/delivery/?variant={shop.variants['LAMP']}"
    assert "Brass lamp" in page(shop.visitor(), address)

    catalog.unpublish(product_id=shop.products["lamp"].id, actor=None, now=NOON)

    assert "Brass lamp" not in page(shop.visitor(), address)


def test_the_invoice_is_written_to_whom_the_buyer_said_and_never_tells_the_gift_note(shop: Corner, buyer: Client) -> None:
    order = bought(
        shop, buyer, is_gift="1", gift_note="Secret words", invoice_kind="personal", invoice_title="Bob Lee", invoice_email="b@x.org"
    )

    pdf = buyer.get(f"/en/orders/{order.token}/invoice.pdf").content
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\x00", "")

    assert "Bob Lee" in text
    assert "Secret words" not in text
