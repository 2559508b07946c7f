"""How much one visitor may do: lines in a basket, passwords tried, mails asked for. Each limit is told in the reader's language."""

import pytest
from django.core.cache import cache
from django.test import Client

from shopkeeper.doors.storefront import limits
from shopkeeper.doors.storefront.basket import MOST_LINES
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.flows import join
from shopkeeper.growth.messages.models import Outgoing
from shopkeeper.kit.ids import VariantId
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
    for _ in range(limits.MOST_FAILURES + 1):
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
    before = Outgoing.objects.count()

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
    assert Outgoing.objects.count() == before + 2


def test_looking_at_the_forms_is_never_refused(shop: Corner) -> None:
    client = shop.visitor()

    assert {client.get("/en/register/").status_code for _ in range(limits.MOST_ASKED + 2)} == {200}


def test_what_the_limits_remember_names_nobody(shop: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    add = cache.add
    monkeypatch.setattr(cache, "add", lambda key, *words, **more: (kept.append(key), add(key, *words, **more))[1])

    shop.visitor().post("/en/sign-in/", {"email": "ann@example.com", "password": "wrong"})
    shop.visitor().post("/en/password/", {"email": "ann@example.com"}, REMOTE_ADDR="192.0.2.7")

    assert len(kept) == 2
    assert not any("ann" in key or "192.0.2.7" in key for key in kept)
