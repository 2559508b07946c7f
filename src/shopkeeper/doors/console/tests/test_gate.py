"""The ways in: signing in, joining, the one-time password, the language; and nothing from another host."""

import re

import pytest
from django.test import Client

from shopkeeper.doors.console.tests.builders import PASSWORD, Staff, marks
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role

CHOSEN = "seven quiet teapots"


def test_whoever_comes_with_a_one_time_password_replaces_it_first(shop: SmallShop) -> None:
    first = access.create_first_staff(now=NOON)
    assert first is not None
    client = Client()
    client.post("/console/login/", {"username": first.email, "password": first.password})

    for address in ("", "orders/", "staff/", "settings/change/", "products/new/", "account/"):
        answer = client.get(f"/console/{address}")
        assert (answer.status_code, answer["Location"]) == (302, "/console/password/"), address

    client.post("/console/password/", {"present": first.password, "password": CHOSEN, "again": CHOSEN})
    client.post("/console/second-factor/set-up/", {"later": "1"})
    assert client.get("/console/orders/").status_code == 200
    assert not Client().login(username=first.email, password=first.password)


@pytest.mark.parametrize(
    ("present", "password", "again", "said"),
    [
        ("wrong one", CHOSEN, CHOSEN, "password"),
        (PASSWORD, "short", "short", "10"),
        (PASSWORD, "password123", "password123", "password"),
        (PASSWORD, CHOSEN, CHOSEN + "x", "differ"),
        (PASSWORD, "", "", "required"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(owner: Staff, present: str, password: str, again: str, said: str) -> None:
    answer = owner.post("password/", present=present, password=password, again=again)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert access.sign_in(email="owner@shop.local", password=PASSWORD) is not None


def test_an_invited_person_joins_once_in_their_language(shop: SmallShop, owner: Staff) -> None:
    owner.post("staff/invite/", email="yu@example.com", role="clerk", language="zh-hans")
    (invitation,) = access.open_invitations(NOON)
    client = Client()

    page = client.get(f"/console/join/{invitation.token}/")
    assert "店员" in page.content.decode()
    joined = client.post(f"/console/join/{invitation.token}/", {"name": "陈 宇 🍵", "password": CHOSEN, "again": CHOSEN})

    assert joined.status_code == 302
    assert client.get("/console/orders/").status_code == 200
    person = access.user_by_email("yu@example.com")
    assert person is not None
    assert (person.role, person.name) == (Role.CLERK, "陈 宇 🍵")
    assert Client().get(f"/console/join/{invitation.token}/").status_code == 410
    assert Client().post(f"/console/join/{invitation.token}/", {"name": "x", "password": CHOSEN, "again": CHOSEN}).status_code == 410


@pytest.mark.parametrize("token", ["x", "1:2:3", "🍵", "a" * 5000])
def test_a_made_up_link_tells_nothing(shop: SmallShop, token: str) -> None:
    assert Client().get(f"/console/join/{token}/").status_code == 410


def test_a_wrong_password_says_the_same_for_strangers_and_staff(owner: Staff) -> None:
    pages = [
        re.search(
            r'(?s)class="sk-wrong"[^>]*>(.*?)</div>', Client().post("/console/login/", {"username": who, "password": "no"}).content.decode()
        )
        for who in ("owner@shop.local", "nobody@example.com")
    ]

    said = [found[1] for found in pages if found]
    assert len(said) == 2
    assert said[0] == said[1]


def test_the_language_stays_with_the_person(owner: Staff) -> None:
    owner.post("language/", language="zh-hans", next="/console/orders/")

    assert 'lang="zh-hans"' in owner.text("orders/")
    assert access.user(owner.id).language == "zh-hans"
    owner.post("language/", language="tlh")
    assert 'lang="zh-hans"' in owner.text("orders/")


def test_the_language_switch_leads_nowhere_else(owner: Staff) -> None:
    assert owner.post("language/", language="en", next="//evil.example/")["Location"] == "/console/"


def test_the_light_a_person_reads_by_is_kept(owner: Staff) -> None:
    owner.post("account/", theme="dark")

    assert "w-theme-dark" in owner.text("orders/")


def test_looking_changes_nothing(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=1)
    before = marks()

    for address in (
        f"orders/{order.id}/ship/",
        f"orders/{order.id}/cancel/",
        f"orders/{order.id}/refund/",
        "staff/invite/",
        "settings/change/",
    ):
        assert owner.get(address).status_code == 200

    assert marks() == before


@pytest.mark.parametrize("address", ["", "orders/", "products/", "settings/", "login/", "staff/", "figures/", "account/"])
def test_no_page_loads_anything_from_another_host(owner: Staff, address: str) -> None:
    page = owner.text(address)

    loaded = re.findall(r'(?:src|href|action)="((?:https?:)?//[^"]+)"', page)
    assert loaded == []
