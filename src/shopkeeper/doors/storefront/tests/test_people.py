"""A customer says what they agree to, takes a copy of their data, and buys for a company; nobody else can."""

import io
import json
import re
import zipfile
from typing import Any

import pytest
from django.utils import timezone

from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.doors.storefront.tests.test_accounts import HOME, PASSWORD, signed_in
from shopkeeper.doors.storefront.tests.test_checkout import filled
from shopkeeper.doors.storefront.tests.test_reviews import bought, sent
from shopkeeper.doors.storefront.tests.test_reviews import shown as written
from shopkeeper.flows import join
from shopkeeper.growth.messages import public as mails
from shopkeeper.kit.ids import CustomerId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.models import User
from shopkeeper.ops.audit import public as audit
from shopkeeper.ops.limits import public as limits
from shopkeeper.ops.limits.models import Tally
from shopkeeper.ops.limits.shapes import CONSENTS_OF_CLIENT, WISHES_OF_CLIENT, Try
from shopkeeper.selling.content import public as content
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import CHOICES
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import InvoiceKind, InvoiceWish, Order, Particulars
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import WaitAsked

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Corner:
    return corner()


@pytest.fixture
def ann(shop: Corner) -> join.Joined:
    return join.register(email="ann@example.com", password=PASSWORD, name="Ann Lee", language="en", now=NOON)


@pytest.fixture
def ben(shop: Corner) -> join.Joined:
    return join.register(email="ben@example.com", password=PASSWORD, name="Ben Oak", language="en", now=NOON)


def ordered(shop: Corner) -> Order:
    """Have a guest buy a lamp."""
    return bought(shop, shop.visitor(), is_sent=False)


# ── consent ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("language", "title"), [("en", "What you agree to"), ("zh-hans", "您同意的事项")])
def test_every_purpose_on_every_channel_is_offered_and_none_is_ticked(shop: Corner, ann: join.Joined, language: str, title: str) -> None:
    page = signed_in(shop).get(f"/{language}/account/consents/").content.decode()

    assert title in page
    assert re.findall(r'name="given" value="([^"]+)"', page) == [*CHOICES[1:], "analytics"]
    assert "checked" not in page


def test_a_member_agrees_and_withdraws_in_one_step_each(shop: Corner, ann: join.Joined) -> None:
    client = signed_in(shop)

    client.post("/en/account/consents/", {"given": ["marketing.mail", "personal.sms"], "version": "1"})
    given = customers.standing(ann.customer_id)
    assert (given.given, given.words[0].source, given.words[0].text_version) == (("marketing.mail", "personal.sms"), "account", 1)
    page = client.get("/en/account/consents/").content.decode()
    assert page.count("checked") == 2

    client.post("/en/account/consents/", {"nothing": "1"})
    assert customers.standing(ann.customer_id).given == ()
    assert len(customers.standing(ann.customer_id).words) == 2


def test_what_was_ticked_on_an_older_text_is_not_kept(shop: Corner, ann: join.Joined) -> None:
    client = signed_in(shop)
    content.publish_text(kind="consent", title=Bilingual("Choice", ""), body=Bilingual("Other words", ""), actor=None, now=NOON)

    answer = client.post("/en/account/consents/", {"given": ["marketing.mail"], "version": "1"})

    assert answer.status_code == 422
    assert "The text has changed meanwhile" in answer.content.decode()
    assert re.findall(r'value="([a-z.]+)" checked', answer.content.decode()) == ["marketing.mail"]
    assert customers.standing(ann.customer_id).words == ()


def test_an_unknown_choice_is_refused_and_nothing_is_kept(shop: Corner, ann: join.Joined) -> None:
    answer = signed_in(shop).post("/en/account/consents/", {"given": ["resale"], "version": "1"})

    assert answer.status_code == 422
    assert "resale" in answer.content.decode()
    assert customers.standing(ann.customer_id).words == ()


def mailed(order: Order) -> str:
    """Return the address of a guest's choices as it stands in the mails to them."""
    return f"/en/consents/{customers.link_token(order.buyer_id, order.contact.email)}/"


def test_a_guest_speaks_by_the_link_of_a_mail(shop: Corner) -> None:
    order = ordered(shop)
    client = shop.visitor()

    client.post(mailed(order), {"given": ["marketing.mail"], "version": "1"})

    found = customers.standing(order.buyer_id)
    assert (found.given, found.words[0].source) == (("marketing.mail",), "link")
    assert client.get(mailed(order)).content.decode().count("checked") == 1


def test_whoever_orders_under_somebody_s_mail_address_neither_reads_nor_gives_their_consents(shop: Corner) -> None:
    own = ordered(shop)
    shop.visitor().post(mailed(own), {"given": ["marketing.mail"], "version": "1"})
    before = customers.standing(own.buyer_id)
    stranger = shop.visitor()
    theirs = bought(shop, stranger, is_sent=False)
    assert theirs.buyer_id == own.buyer_id
    address = f"/en/orders/{theirs.token}/consents/"
    assert address in stranger.get(f"/en/orders/{theirs.token}/").content.decode()

    page = stranger.get(address).content.decode()
    stranger.post(address, {"given": [*CHOICES], "version": "1"})

    assert "checked" not in page
    assert "You last said so" not in page
    assert customers.standing(own.buyer_id) == before
    assert stranger.get("/en/orders/no-such-order/consents/").status_code == 404


def test_an_order_s_page_has_the_way_mailed_to_its_address_and_ends_consent_at_once(shop: Corner) -> None:
    order = ordered(shop)
    customers.say(customer_id=order.buyer_id, given=["analytics"], text_version=1, language="en", source="link", now=NOON)
    client = shop.visitor()
    waiting = mails.outgoing(order_id=order.id).total

    client.post(f"/en/orders/{order.token}/consents/", {})
    client.post(f"/en/orders/{order.token}/consents/", {})
    assert mails.outgoing(order_id=order.id).total == waiting + 1
    assert customers.standing(order.buyer_id).given == ("analytics",)

    client.post(f"/en/orders/{order.token}/consents/", {"nothing": "1"})
    assert customers.standing(order.buyer_id).given == ()


def test_what_was_mailed_to_another_address_speaks_for_nobody(shop: Corner) -> None:
    order = ordered(shop)
    token = customers.link_token(order.buyer_id, "stranger@example.net")

    for name in (token, token[:-1], customers.link_token(CustomerId(999_999_999), order.contact.email), "x"):
        assert shop.visitor().get(f"/en/consents/{name}/").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_words_of_consent_are_counted_by_client(shop: Corner, language: str) -> None:
    order = ordered(shop)
    client = shop.visitor()
    places = {
        f"/{language}/orders/{order.token}/consents/": CONSENTS_OF_CLIENT,
        mailed(order).replace("/en/", f"/{language}/"): CONSENTS_OF_CLIENT,
        f"/{language}/privacy-choice/": CONSENTS_OF_CLIENT,
        f"/{language}/wishes/put/": WISHES_OF_CLIENT,
    }

    for address, limit in places.items():
        for _each in range(limit.most):
            limits.take(Try(limit, "127.0.0.1"), now=timezone.now())
        assert client.post(address, {"nothing": "1", "choice": "no"}).status_code == 429, address
        Tally.objects.all().delete()


def test_a_link_never_speaks_for_somebody_who_signs_in(shop: Corner, ann: join.Joined) -> None:
    order = ordered(shop)
    staff = User.objects.create_user("m@example.org", role="manager", is_staff=True).pk
    customers.merge(customer_id=ann.customer_id, merged_id=order.buyer_id, reason="Same", actor=staff, now=NOON)

    for address in (f"/en/orders/{order.token}/consents/", mailed(order)):
        answer = shop.visitor().post(address, {"given": ["marketing.mail"], "version": "1"})
        assert answer["Location"].startswith("/en/sign-in/")
    assert customers.standing(ann.customer_id).words == ()


@pytest.mark.parametrize("address", ["consents", "company", "data"])
def test_strangers_are_led_to_sign_in_and_back(shop: Corner, address: str) -> None:
    for answer in (shop.visitor().get(f"/en/account/{address}/"), shop.visitor().post(f"/en/account/{address}/", {"nothing": "1"})):
        assert answer.status_code == 302
        assert answer["Location"] == f"/en/sign-in/?next=/en/account/{address}/"


# ── a copy of the data ────────────────────────────────────────────────────────────────────────────────────────────────


def unpacked(answer: Any) -> tuple[dict[str, Any], str]:
    box = zipfile.ZipFile(io.BytesIO(answer.content))
    return json.loads(box.read("data.json")), box.read("data.html").decode()


def test_a_member_gets_everything_of_their_own_and_nothing_of_anybody_else(shop: Corner, ann: join.Joined, ben: join.Joined) -> None:
    staff = User.objects.create_user("m@example.org", role="manager", is_staff=True).pk
    for person, word in ((ann, "Annword"), (ben, "Benword")):
        customers.save_address(customer_id=person.customer_id, address=HOME.__class__(**{**_parts(HOME), "line2": word}), now=NOON)
        customers.add_note(customer_id=person.customer_id, text=f"{word} rings twice", actor=staff, now=NOON)
        group = customers.save_group(name=Bilingual(f"{word} group", ""), actor=staff, now=NOON)
        customers.change_members(group_id=group, join=[person.customer_id], actor=staff, now=NOON)
        customers.save_business(
            customer_id=person.customer_id, company=f"{word} Ltd", country="GB", number="980780684", actor=None, now=NOON
        )
        customers.say(customer_id=person.customer_id, given=["analytics"], text_version=1, language="en", source="account", now=NOON)

    data, page = unpacked(signed_in(shop).post("/en/account/data/", {"password": PASSWORD}))

    text = json.dumps(data)
    assert [each["email"] for each in data["particulars"]] == ["ann@example.com"]
    for section in ("addresses", "notes", "groups", "company", "consents"):
        assert len(data[section]) == 1, section
    assert text.count("Annword") == page.count("Annword") == 4
    assert "Benword" not in text + page
    assert "ben@example.com" not in text + page
    assert "m@example.org" not in text + page
    (entry,) = audit.entries(act="customers.copy")
    assert (entry.actor, entry.subject) == (None, f"customer:{ann.customer_id}")


def _parts(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in type(value).__dataclass_fields__}


def test_a_copy_holds_the_orders_of_every_record_of_the_person(shop: Corner, ann: join.Joined) -> None:
    order = ordered(shop)
    staff = User.objects.create_user("m@example.org", role="manager", is_staff=True).pk
    customers.merge(customer_id=ann.customer_id, merged_id=order.buyer_id, reason="Same", actor=staff, now=NOON)

    data, page = unpacked(signed_in(shop).post("/en/account/data/", {"password": PASSWORD}))

    assert [each["number"] for each in data["orders"]] == [order.number]
    assert data["orders"][0]["lines"][0]["units"] == orders.order(order.id).lines[0].units
    assert len(data["particulars"]) == 2
    assert order.number in page


def test_a_copy_holds_requests_additions_waits_by_address_merges_and_how_mails_fare(shop: Corner, ann: join.Joined) -> None:
    client = shop.visitor()
    shop.add(client, "LAMP")
    basket = client.cookies["basket"].value.split(".", 1)[1]
    invoice = InvoiceWish(kind=InvoiceKind.PERSONAL, title="Ann Lee", email="books@ann.example")
    added = Particulars(is_gift=True, gift_note="For the desk", invoice=invoice)
    orders.save_particulars(token=basket, value=added, country="GB", now=NOON)
    answer = client.post("/en/checkout/", filled(client, shop))
    order = orders.by_token(answer["Location"].split("/orders/")[1].split("/")[0])
    sent(order)
    client.post(f"/en/orders/{order.token}/ask/", {"kind": "return", "reason": "faulty", "note": "Too bright", **_all_of(order)})
    for email in ("Ann@example.com", "ben@example.com"):
        asked = WaitAsked(variant_id=shop.variants["LAMP"], email=email, language="en", wording="x")
        wishes.ask(asked=asked, is_confirmed=True, now=NOON)
    staff = User.objects.create_user("m@example.org", role="manager", is_staff=True).pk
    customers.merge(customer_id=ann.customer_id, merged_id=order.buyer_id, reason="Same", actor=staff, now=NOON)

    data, page = unpacked(signed_in(shop).post("/en/account/data/", {"password": PASSWORD}))

    (held,) = data["orders"]
    assert held["gift_note"] == "For the desk"
    assert (held["invoice"]["title"], held["invoice"]["email"]) == ("Ann Lee", "books@ann.example")
    assert [(each["number"], each["text"], each["kind"]) for each in data["requests"]] == [(order.number, "Too bright", "return")]
    assert [each["email"].lower() for each in data["wishes"]] == ["ann@example.com"]
    assert [(each["number"], each["reason"]) for each in data["merges"]] == [(order.buyer_id, "Same")]
    assert "ann@example.com" in {each["email"] for each in data["mails"]}
    assert "ben@example.com" not in json.dumps(data)
    assert "Not in this copy: earlier wordings of your reviews and their photos" in page


def test_a_copy_holds_where_one_is_signed_in_and_which_reviews_one_called_helpful(shop: Corner, ann: join.Joined) -> None:
    review = written(shop)
    client = signed_in(shop)
    client.post("/en/goods/lamp/helpful/", {"review": review})

    data, page = unpacked(client.post("/en/account/data/", {"password": PASSWORD}))

    assert [(each["kind"], each["goods"]) for each in data["said"]] == [("vote", "Brass lamp")]
    (place,) = data["sign_in"]
    assert set(place) == {"browser", "started_at", "seen_at"}
    assert "Signed in since" in page


def _all_of(order: Order) -> dict[str, Any]:
    return {f"units_{line.id}": line.units for line in order.lines}


def test_a_copy_needs_the_password_again_and_tries_are_counted(shop: Corner, ann: join.Joined) -> None:
    client = signed_in(shop)

    for _try in range(10):
        answer = client.post("/en/account/data/", {"password": "wrong"})
        assert answer.status_code == 422
    answer = client.post("/en/account/data/", {"password": PASSWORD})

    assert answer.status_code == 429
    assert audit.entries(act="customers.copy").total == 0


@pytest.mark.parametrize(("language", "told"), [("en", "You sign in without a password."), ("zh-hans", "您登录时不用密码。")])
def test_whoever_signs_in_without_a_password_is_told_how_to_come_by_the_copy(
    shop: Corner, ann: join.Joined, language: str, told: str
) -> None:
    client = signed_in(shop)
    assert told not in client.get(f"/{language}/account/data/").content.decode()
    row = User.objects.get(pk=ann.user_id)
    row.set_unusable_password()
    row.save()
    by_code = shop.visitor()
    by_code.force_login(row)

    page = by_code.get(f"/{language}/account/data/").content.decode()

    assert told in page
    assert f'href="/{language}/password/"' in page
    refused = by_code.post(f"/{language}/account/data/", {"password": ""})
    assert (refused.status_code, told in refused.content.decode()) == (422, True)


def test_copies_are_made_three_times_a_day(shop: Corner, ann: join.Joined) -> None:
    client = signed_in(shop)

    codes = [client.post("/en/account/data/", {"password": PASSWORD}).status_code for _each in range(4)]

    assert codes == [200, 200, 200, 429]


def test_what_people_wrote_is_shown_as_text_in_the_page_of_the_copy(shop: Corner, ann: join.Joined) -> None:
    customers.save_customer(
        customer_id=ann.customer_id, name="<script>alert(1)</script>", phone="", language="zh-hans", actor=None, now=NOON
    )

    _data, page = unpacked(signed_in(shop).post("/en/account/data/", {"password": PASSWORD}))

    assert "<script>" not in page
    assert "您的数据" in page


# ── companies ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_company_is_first_taken_for_one_of_the_shop_s_country(shop: Corner, ann: join.Joined) -> None:
    page = signed_in(shop).get("/en/account/company/").content.decode()

    assert '<option value="GB" selected>' in page


def test_a_member_buys_for_a_company_and_for_themselves_again(shop: Corner, ann: join.Joined) -> None:
    client = signed_in(shop)
    sent = {"company": "Lee Ltd", "country": "GB", "tax_number": "GB 980 7806 84", "billing_email": "books@lee.example"}

    assert client.post("/en/account/company/", sent).status_code == 302
    page = client.get("/en/account/company/").content.decode()
    assert 'value="Lee Ltd"' in page
    assert 'value="980780684"' in page

    client.post("/en/account/company/", {"company": "", "country": "GB", "tax_number": "", "billing_email": ""})
    assert customers.business(ann.customer_id) is None


@pytest.mark.parametrize(("language", "told"), [("en", "its check digit does not fit"), ("zh-hans", "校验位")])
def test_a_wrong_tax_number_is_refused_with_what_it_should_be(shop: Corner, ann: join.Joined, language: str, told: str) -> None:
    answer = signed_in(shop).post(f"/{language}/account/company/", {"company": "Li", "country": "CN", "tax_number": "91350100M000100Y44"})

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "91350100M000100Y43" in answer.content.decode()
    assert customers.business(ann.customer_id) is None
