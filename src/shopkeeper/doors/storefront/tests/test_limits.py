"""How much one visitor may do: lines in a basket, passwords tried, mails asked for. Each limit is told in the reader's language."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shopkeeper.doors.storefront import limits
from shopkeeper.doors.storefront.basket import MOST_LINES
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.doors.storefront.tests.test_checkout import filled
from shopkeeper.flows import join
from shopkeeper.kit.ids import VariantId
from shopkeeper.ops.access.models import Asked
from shopkeeper.ops.limits import public as tallies
from shopkeeper.ops.limits import shapes
from shopkeeper.ops.limits.models import Tally
from shopkeeper.ops.limits.shapes import Try
from shopkeeper.selling.catalog.tests.builders import some_goods
from shopkeeper.selling.orders import public as orders

pytestmark = pytest.mark.django_db

PASSWORD = "quiet lantern on a shelf"
TOO_OFTEN = {"en": "That was too often", "zh-hans": "操作太频繁了"}


@pytest.fixture
def shop() -> Corner:
    return corner()


@pytest.fixture
def ann(shop: Corner) -> join.Joined:
    return join.register(email="ann@example.com", password=PASSWORD, name="Ann Lee", language="en", now=NOON)


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the moment the limits see, in seconds; a test may move it."""
    moment = [6_000_000.0]
    monkeypatch.setattr(limits, "clock", lambda: moment[0])
    return moment


# ── lines in a basket ─────────────────────────────────────────────────────────────────────────────────────────────────


def in_basket(client: Client) -> dict[VariantId, int]:
    return {line.variant_id: line.units for line in orders.basket(token_of(client)).lines}


def token_of(client: Client) -> str:
    return client.cookies["basket"].value.partition(".")[2]


def full_basket(shop: Corner, client: Client) -> VariantId:
    """Fill a visitor's basket to the last line and return something in stock that is not in it."""
    shop.add(client)
    token = token_of(client)
    for number in range(MOST_LINES - 1):
        orders.set_line(token=token, variant_id=some_goods(f"THING-{number}").variant_id, units=1, now=NOON)
    return shop.variants["CUP-S"]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "A basket holds at most 100 different things."),
        ("zh-hans", "购物车最多放 100 种商品。"),
    ],
)
def test_a_full_basket_takes_no_further_thing_and_says_so(shop: Corner, language: str, told: str) -> None:
    client = shop.visitor(language)
    another = full_basket(shop, client)

    answer = client.post(f"/{language}/basket/add/", {"variant": another, "units": 1})
    script = client.post(f"/{language}/basket/add/", {"variant": another, "units": 1}, headers={"accept": "application/json"})

    assert answer.status_code == script.status_code == 422
    assert told in answer.content.decode()
    assert told in script.json()["say"]
    assert len(in_basket(client)) == MOST_LINES


def test_a_full_basket_takes_more_of_what_is_in_it(shop: Corner) -> None:
    client = shop.visitor()
    full_basket(shop, client)

    shop.add(client, "LAMP", 2)

    assert in_basket(client)[shop.variants["LAMP"]] == 3
    assert len(in_basket(client)) == MOST_LINES


# ── passwords tried ───────────────────────────────────────────────────────────────────────────────────────────────────

DOORS = [("/{language}/sign-in/", "email"), ("/console/login/", "username")]


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize(("door", "field"), DOORS)
@pytest.mark.parametrize("language", TOO_OFTEN)
def test_after_ten_failures_an_address_waits_for_the_next_minute(
    shop: Corner, at: list[float], door: str, field: str, language: str
) -> None:
    client, door = shop.visitor(language), door.format(language=language)
    tried = [client.post(door, {field: f" {name}@example.com", "password": "wrong"}).status_code for name in ["ann", "Ann"] * 5]

    answer = client.post(door, {field: "ann@example.com", "password": PASSWORD})
    other = client.post(door, {field: "bob@example.com", "password": "wrong"})
    at[0] += 60
    later = client.post(door, {field: "ann@example.com", "password": "wrong"})

    assert 429 not in tried
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"
    assert TOO_OFTEN[language] in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert 429 not in (other.status_code, later.status_code)


def test_signing_in_well_is_never_counted(shop: Corner, ann: join.Joined) -> None:
    for _ in range(shapes.SIGN_IN_OF_ACCOUNT.most + 1):
        answer = shop.visitor().post("/en/sign-in/", {"email": "ann@example.com", "password": PASSWORD})

        assert answer.status_code == 302


# ── mails asked for ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_client_asks_for_five_mails_in_ten_minutes(shop: Corner, at: list[float], language: str) -> None:
    for number in range(3):
        sent = shop.visitor().post(f"/{language}/register/", {"name": "Bo", "email": f"bo{number}@example.com"})
        assert sent.status_code == 200
    for number in range(2):
        assert shop.visitor().post(f"/{language}/password/", {"email": f"bo{number}@example.com"}).status_code == 200
    before = Asked.objects.count()

    refused = [
        shop.visitor().post(f"/{language}/register/", {"name": "Bo", "email": "bo9@example.com"}),
        shop.visitor().post(f"/{language}/password/", {"email": "bo9@example.com"}),
    ]
    elsewhere = shop.visitor().post(f"/{language}/register/", {"name": "Bo", "email": "bo8@example.com"}, REMOTE_ADDR="192.0.2.7")
    at[0] += 600
    later = shop.visitor().post(f"/{language}/register/", {"name": "Bo", "email": "bo9@example.com"})

    assert [answer.status_code for answer in refused] == [429, 429]
    assert all(TOO_OFTEN[language] in answer.content.decode() for answer in refused)
    assert (elsewhere.status_code, later.status_code) == (200, 200)
    assert Asked.objects.count() == before + 2


def test_looking_at_the_forms_is_never_refused(shop: Corner) -> None:
    client = shop.visitor()

    assert {client.get("/en/register/").status_code for _ in range(shapes.MAILS_OF_CLIENT.most + 2)} == {200}


def test_one_address_is_sent_five_mails_in_ten_minutes_whoever_asks(shop: Corner, ann: join.Joined) -> None:
    for address in ("ann@example.com", "nobody@example.com"):
        answers = []
        for number in range(6):
            door = ("register", "password")[number % 2]
            sent = {"name": "Bo", "email": address.upper() if number % 3 else address}
            answers.append(shop.visitor().post(f"/en/{door}/", sent, REMOTE_ADDR=f"192.0.2.{number}").status_code)

        assert answers == [200] * 5 + [429]
    assert Asked.objects.count() == 10


def test_one_client_tries_a_hundred_accounts_in_ten_minutes(shop: Corner, at: list[float]) -> None:
    client = shop.visitor()
    many = Try(shapes.SIGN_IN_OF_CLIENT, "127.0.0.1")
    for _ in range(shapes.SIGN_IN_OF_CLIENT.most - 1):
        tallies.take(many, now=datetime.fromtimestamp(at[0], UTC))

    tried = [client.post("/en/sign-in/", {"email": f"bo{number}@example.com", "password": "wrong"}).status_code for number in range(2)]
    elsewhere = client.post("/en/sign-in/", {"email": "bo3@example.com", "password": "wrong"}, REMOTE_ADDR="192.0.2.7")

    assert tried == [422, 429]
    assert elsewhere.status_code == 422


def test_a_sign_in_that_works_gives_back_both_tries(shop: Corner, ann: join.Joined) -> None:
    shop.visitor().post("/en/sign-in/", {"email": "ann@example.com", "password": PASSWORD})

    assert {each.times for each in Tally.objects.all()} == {0}


# ── payments refused ──────────────────────────────────────────────────────────────────────────────────────────────────


def order_by(shop: Corner, client: Client, payment: str) -> int:
    """Try to pay for what is in the basket and return the status."""
    return client.post("/en/checkout/", filled(client, shop, payment=payment)).status_code


@pytest.mark.parametrize("language", TOO_OFTEN)
def test_a_client_whose_payments_were_refused_too_often_waits(
    shop: Corner, at: list[float], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REFUSED_PAYMENTS_OF_CLIENT", shapes.Limit("refused payments of a client", 2, 600))
    client = shop.visitor()
    shop.add(client, "LAMP", 1)

    tried = [order_by(shop, client, "test-declined") for _ in range(3)]
    told = shop.visitor(language).post(f"/{language}/checkout/", {"act": "order"})
    at[0] += 600
    later = order_by(shop, client, "test-ok")

    assert tried == [422, 422, 429]
    assert TOO_OFTEN[language] in told.content.decode()
    assert later == 302


def test_payments_that_work_and_pages_without_a_limit_count_nothing(shop: Corner) -> None:
    client = shop.visitor()
    shop.add(client, "LAMP", 1)

    assert order_by(shop, client, "test-ok") == 302
    for page in ("/en/", "/en/goods/", "/en/basket/", "/en/sign-in/"):
        with CaptureQueriesContext(connection) as asked:
            client.get(page)
        assert "limits_tally" not in str(asked.captured_queries)
    assert not Tally.objects.exists()


def test_what_the_limits_remember_names_nobody(shop: Corner) -> None:
    shop.visitor().post("/en/sign-in/", {"email": "ann@example.com", "password": "wrong"})
    shop.visitor().post("/en/password/", {"email": "ann@example.com"}, REMOTE_ADDR="192.0.2.7")

    kept = [str(row) for row in Tally.objects.values_list()]

    assert len(kept) == 4
    assert not any(word in row for row in kept for word in ("ann", "127.0.0.1", "192.0.2.7"))
