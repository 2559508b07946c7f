"""Signing in, registering and resetting without telling strangers anything; the account page shows only what is one's own."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.flows import join
from shopkeeper.growth.messages import models as letters
from shopkeeper.kit.ids import CustomerId
from shopkeeper.ops.access import public as access
from shopkeeper.selling.catalog.tests.builders import some_goods
from shopkeeper.selling.customers import models as people
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.orders import public as orders

pytestmark = pytest.mark.django_db

PASSWORD = "quiet lantern on a shelf"
HOME = Address(name="Ann Lee", line1="1 Mill Lane", city="Norwich", postcode="NR3 1AA", country="GB")


@pytest.fixture
def shop() -> Corner:
    return corner()


@pytest.fixture
def ann(shop: Corner) -> join.Joined:
    return join.register(email="ann@example.com", password=PASSWORD, name="Ann Lee", language="en", now=NOON)


def signed_in(shop: Corner, email: str = "ann@example.com", password: str = PASSWORD) -> Client:
    client = shop.visitor()
    answer = client.post("/en/sign-in/", {"email": email, "password": password})
    assert answer.status_code == 302, answer.content.decode()
    return client


def plain(answer: Any) -> str:
    """Return a page without what differs on every opening."""
    return re.sub(r'name="(csrfmiddlewaretoken|idempotency_key)" value="[^"]*"', "", answer.content.decode())


def test_signing_in_brings_the_basket_along(shop: Corner, ann: join.Joined) -> None:
    client = shop.visitor()
    shop.add(client, "LAMP", 2)

    answer = client.post("/en/sign-in/", {"email": "Ann@Example.com", "password": PASSWORD, "next": "/en/checkout/"})

    assert answer["Location"] == "/en/checkout/"
    page = client.get("/en/checkout/").content.decode()
    assert "Brass lamp" in page
    assert 'value="ann@example.com"' in page


@pytest.mark.parametrize(
    ("language", "told", "full"),
    [
        ("en", "One thing did not fit into your basket", "It holds at most 100 different things"),
        ("zh-hans", "有 1 种商品没有放进购物车", "购物车最多放 100 种商品"),
    ],
)
def test_what_did_not_fit_at_sign_in_is_told_until_the_basket_was_seen(
    shop: Corner, ann: join.Joined, language: str, told: str, full: str
) -> None:
    own = orders.open_basket(customer_id=ann.customer_id, now=NOON)
    orders.add_line(token=own.token, variant_id=shop.variants["CUP-S"], now=NOON - timedelta(days=9))
    for number in range(99):
        orders.add_line(token=own.token, variant_id=some_goods(f"THING-{number}").variant_id, now=NOON)
    client = shop.visitor(language)
    shop.add(client, "LAMP", 1)

    client.post(f"/{language}/sign-in/", {"email": "ann@example.com", "password": PASSWORD})
    pages = [client.get(f"/{language}/{page}").content.decode() for page in ("checkout/", "basket/", "basket/")]

    assert [told in page for page in pages] == [True, True, False]
    assert full in pages[1]
    assert f'href="/{language}/goods/cup/"' in pages[1]
    assert f'href="/{language}/goods/cup/"' not in pages[2]
    assert orders.basket_of(ann.customer_id).lines[-1].variant_id == shop.variants["LAMP"]


def test_a_look_ahead_at_the_basket_does_not_count_as_seeing_it(shop: Corner, ann: join.Joined) -> None:
    own = orders.open_basket(customer_id=ann.customer_id, now=NOON)
    for number in range(100):
        orders.add_line(token=own.token, variant_id=some_goods(f"THING-{number}").variant_id, now=NOON - timedelta(days=9))
    client = shop.visitor()
    shop.add(client, "LAMP", 1)
    client.post("/en/sign-in/", {"email": "ann@example.com", "password": PASSWORD})

    client.head("/en/basket/")
    client.get("/en/basket/", headers={"Sec-Purpose": "prefetch;prerender"})

    assert ["did not fit" in client.get("/en/basket/").content.decode() for _ in range(2)] == [True, False]


def test_signing_in_with_room_to_spare_says_nothing(shop: Corner, ann: join.Joined) -> None:
    client = shop.visitor()
    shop.add(client, "LAMP", 2)
    client.post("/en/sign-in/", {"email": "ann@example.com", "password": PASSWORD})

    assert "did not fit" not in client.get("/en/basket/").content.decode()


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(shop: Corner, ann: join.Joined) -> None:
    wrong = shop.visitor().post("/en/sign-in/", {"email": "ann@example.com", "password": "wrong"})
    unknown = shop.visitor().post("/en/sign-in/", {"email": "bob@example.com", "password": "wrong"})

    assert wrong.status_code == unknown.status_code == 422
    assert plain(wrong).replace("ann@", "x@") == plain(unknown).replace("bob@", "x@")
    assert "Address and password do not belong together." in plain(wrong)


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_elsewhere(shop: Corner, ann: join.Joined, next_page: str) -> None:
    answer = shop.visitor().post("/en/sign-in/", {"email": "ann@example.com", "password": PASSWORD, "next": next_page})

    assert answer["Location"] == "/en/account/"


def test_registering_says_the_same_for_a_known_and_a_new_address(shop: Corner, ann: join.Joined) -> None:
    known = shop.visitor().post("/en/register/", {"name": "Ann", "email": "ann@example.com"})
    new = shop.visitor().post("/en/register/", {"name": "Bob", "email": "bob@example.com"})

    assert known.status_code == new.status_code == 200
    assert plain(known) == plain(new)
    assert letters.Outgoing.objects.count() == 0
    join.answer(now=timezone.now())
    assert sorted(letters.Outgoing.objects.values_list("kind", flat=True)) == ["joining", "known_already"]


def test_the_link_of_the_mail_opens_the_account(shop: Corner) -> None:
    client = shop.visitor()
    client.post("/en/register/", {"name": "Bob 🙂", "email": "bob@example.com"})
    join.answer(now=timezone.now())
    person = access.user_by_email("bob@example.com")
    assert person is not None
    token = access.joining_token(person.id, timezone.now())

    weak = client.post(f"/en/join/{token}/", {"password": "1234567890"})
    assert weak.status_code == 422
    assert "too easy to guess" in weak.content.decode()
    answer = client.post(f"/en/join/{token}/", {"password": PASSWORD})

    assert answer["Location"] == "/en/account/"
    assert "Bob 🙂" in client.get("/en/account/").content.decode()
    assert client.get(f"/en/join/{token}/").status_code == 410


def test_resetting_says_the_same_for_a_known_and_an_unknown_address(shop: Corner, ann: join.Joined) -> None:
    known = shop.visitor().post("/en/password/", {"email": "ann@example.com"})
    unknown = shop.visitor().post("/en/password/", {"email": "bob@example.com"})

    assert known.status_code == unknown.status_code == 200
    assert plain(known) == plain(unknown)


def test_a_reset_link_works_once(shop: Corner, ann: join.Joined) -> None:
    token = access.reset_token(ann.user_id, timezone.now())
    client = shop.visitor()
    assert "Choose a new password" in client.get(f"/en/reset/{token}/").content.decode()

    answer = client.post(f"/en/reset/{token}/", {"password": "another quiet lantern"})

    assert answer["Location"] == "/en/sign-in/"
    assert client.post(f"/en/reset/{token}/", {"password": "a third quiet lantern"}).status_code == 410
    assert client.get("/en/reset/nonsense/").status_code == 410
    signed_in(shop, password="another quiet lantern")


def test_the_account_asks_strangers_to_sign_in(shop: Corner) -> None:
    assert shop.visitor().get("/en/account/")["Location"] == "/en/sign-in/?next=/en/account/"
    assert shop.visitor().post("/en/account/details/", {"name": "X"}).status_code == 302


def test_details_are_saved_or_refused_beside_the_field(shop: Corner, ann: join.Joined) -> None:
    client = signed_in(shop)

    wrong = client.post("/en/account/details/", {"name": "", "phone": "call me", "language": "fr"})
    assert wrong.status_code == 422
    for problem in ("The name is missing.", "does not work as phone number", "“fr” does not work as language."):
        assert problem in wrong.content.decode()
    assert customers.customer(ann.customer_id).name == "Ann Lee"

    client.post("/en/account/details/", {"name": "Ann 李", "phone": "+44 1603 555010", "language": "zh-hans"})
    saved = customers.customer(ann.customer_id)
    assert (saved.name, saved.phone, saved.language) == ("Ann 李", "+44 1603 555010", "zh-hans")


def test_nobody_removes_another_person_s_address(shop: Corner, ann: join.Joined) -> None:
    bob = join.register(email="bob@example.com", password=PASSWORD, name="Bob", language="en", now=NOON)
    hers = customers.save_address(customer_id=CustomerId(ann.customer_id), address=HOME, now=NOON)

    assert signed_in(shop, "bob@example.com").post("/en/account/addresses/remove/", {"address": hers.id}).status_code == 404
    assert len(customers.addresses(ann.customer_id)) == 1
    assert customers.addresses(bob.customer_id) == ()

    signed_in(shop).post("/en/account/addresses/remove/", {"address": hers.id})
    assert customers.addresses(ann.customer_id) == ()


def test_a_member_orders_to_a_saved_address_and_finds_the_order(shop: Corner, ann: join.Joined) -> None:
    customers.save_address(customer_id=ann.customer_id, address=HOME, now=NOON)
    client = signed_in(shop)
    shop.add(client, "LAMP", 1)
    page = client.get("/en/checkout/").content.decode()
    secret = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("idempotency_key", "seen_digest")}  # type: ignore[index]

    answer = client.post(
        "/en/checkout/",
        secret
        | {
            "email": "ann@example.com",
            "name": "Ann Lee",
            "saved": str(customers.addresses(ann.customer_id)[0].id),
            "delivery": str(shop.delivery_id),
            "payment": "test-ok",
            "act": "order",
        },
    )

    assert answer.status_code == 302, answer.content.decode()
    order = client.get(answer["Location"]).content.decode()
    assert "1 Mill Lane" in order
    assert "SK-" in client.get("/en/account/").content.decode()


def test_a_parcel_goes_to_no_other_address_than_was_chosen(shop: Corner, ann: join.Joined) -> None:
    first = customers.save_address(customer_id=ann.customer_id, address=HOME, now=NOON)
    client = signed_in(shop)
    shop.add(client, "LAMP", 1)
    page = client.get("/en/checkout/").content.decode()
    secret = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("idempotency_key", "seen_digest")}  # type: ignore[index]
    customers.save_address(customer_id=ann.customer_id, address=replace(HOME, line1="9 Other Road"), is_default=True, now=NOON)
    chosen = {
        "email": "ann@example.com",
        "name": "Ann Lee",
        "saved": str(first.id),
        "delivery": str(shop.delivery_id),
        "payment": "test-ok",
    }

    answer = client.post("/en/checkout/", secret | chosen | {"act": "order"})

    assert answer.status_code == 302, answer.content.decode()
    assert "1 Mill Lane" in client.get(answer["Location"]).content.decode()


def test_an_address_that_is_gone_is_refused_where_it_was_chosen(shop: Corner, ann: join.Joined) -> None:
    gone = customers.save_address(customer_id=ann.customer_id, address=HOME, now=NOON)
    customers.save_address(customer_id=ann.customer_id, address=replace(HOME, line1="9 Other Road"), now=NOON)
    client = signed_in(shop)
    shop.add(client, "LAMP", 1)
    page = client.get("/en/checkout/").content.decode()
    secret = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("idempotency_key", "seen_digest")}  # type: ignore[index]
    customers.remove_address(customer_id=ann.customer_id, address_id=gone.id, now=NOON)
    chosen = {"email": "ann@example.com", "name": "Ann Lee", "saved": str(gone.id), "delivery": str(shop.delivery_id), "payment": "test-ok"}

    answer = client.post("/en/checkout/", secret | chosen | {"act": "order"})

    assert answer.status_code == 422
    assert 'id="error_saved"' in answer.content.decode()
    assert shop.stock("LAMP") == 8


@pytest.mark.parametrize(
    ("language", "told", "remedy"),
    [
        ("en", "This saved address cannot be used. The postcode is missing.", "Choose “Another address” and fill it in, postcode and all."),
        ("zh-hans", "所选的已存地址不能用。还没有填写邮政编码。", "请选“使用其他地址”，并填写完整，包括邮政编码。"),
    ],
)
def test_a_saved_address_that_lacks_its_postcode_is_refused_where_it_was_chosen(
    shop: Corner, ann: join.Joined, language: str, told: str, remedy: str
) -> None:
    customers.save_address(customer_id=ann.customer_id, address=HOME, now=NOON)
    people.Address.objects.update(postcode="")
    client = shop.visitor(language)
    client.post(f"/{language}/sign-in/", {"email": "ann@example.com", "password": PASSWORD})
    shop.add(client, "LAMP", 1)
    page = client.get(f"/{language}/checkout/").content.decode()
    secret = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("idempotency_key", "seen_digest")}  # type: ignore[index]
    chosen = {
        "saved": str(customers.addresses(ann.customer_id)[0].id),
        "delivery": str(shop.delivery_id),
        "payment": "test-ok",
        "act": "order",
    }

    answer = client.post(f"/{language}/checkout/", secret | chosen | {"email": "ann@example.com", "name": "Ann Lee"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert remedy in page
    assert 'id="error_saved"' in page
    assert 'id="error_postcode"' not in page


def test_signing_out_leaves_no_basket_behind(shop: Corner, ann: join.Joined) -> None:
    client = signed_in(shop)
    shop.add(client, "LAMP", 1)

    client.post("/en/sign-out/")

    assert "Your basket is empty" in client.get("/en/basket/").content.decode()
    assert client.get("/en/account/").status_code == 302
