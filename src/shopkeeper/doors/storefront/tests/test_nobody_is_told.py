"""Nobody learns from the shop whose addresses have an account: not from a page, not from a cookie, not from the work that is done."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.flows import join
from shopkeeper.growth.messages.models import Outgoing
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role

pytestmark = pytest.mark.django_db

PASSWORD = "quiet lantern on a shelf"
ADDRESSES = ("member@example.org", "nobody@example.org", "unconfirmed@example.org", "gone@example.org", "boss@example.org")
DOORS = {
    "sign-in": {"password": "wrong"},
    "register": {"name": "Eve"},
    "password": {},
}


@pytest.fixture
def shop(settings: Any) -> Corner:
    """Return a shop with a member, staff, somebody switched off and somebody who never confirmed."""
    made = corner()
    join.register(email="member@example.org", password=PASSWORD, name="Mia", language="zh-hans", now=NOON)
    join.register(email="gone@example.org", password=PASSWORD, name="Gus", language="en", now=NOON)
    get_user_model().objects.filter(email="gone@example.org").update(is_active=False)
    invitation = access.invite(email="boss@example.org", role=Role.OWNER, actor=None, now=NOON)
    access.accept(token=invitation.token, name="Bo", password=PASSWORD, now=NOON)
    join.ask(email="unconfirmed@example.org", name="Una", language="en", now=NOON)
    join.answer(now=timezone.now())
    return made


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows with every password hashed."""
    found: list[str] = []
    from django.contrib.auth.hashers import get_hasher

    hasher = type(get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda self, *words, **more: (found.append("hash"), encode(self, *words, **more))[1])
    if hasattr(hasher, "verify") and hasher.__name__.startswith("Argon2"):
        verify = hasher.verify
        monkeypatch.setattr(hasher, "verify", lambda self, *words: (found.append("hash"), verify(self, *words))[1])
    return found


def seen(shop: Corner, door: str, email: str, number: int = 0) -> tuple[Any, ...]:
    """Return all that a stranger is shown for an address: status, words, cookies and headers, without what is drawn anew each time."""
    answer = shop.visitor().post(f"/en/{door}/", {"email": email, **DOORS[door]}, REMOTE_ADDR=f"192.0.2.{number}")
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode()).replace(email, "…")
    cookies = {name: (bool(morsel.value), morsel["max-age"]) for name, morsel in answer.cookies.items()}
    headers = {name: value for name, value in answer.headers.items() if name not in ("X-Request-ID", "Content-Length", "Expires")}
    return answer.status_code, page, cookies, headers


@pytest.mark.parametrize("door", DOORS)
def test_every_address_is_shown_the_same(shop: Corner, door: str) -> None:
    before = Outgoing.objects.count()

    shown = [seen(shop, door, email, number) for number, email in enumerate(ADDRESSES)]

    for found in shown[1:]:
        assert found == shown[0]
    assert Outgoing.objects.count() == before


def test_only_the_owners_of_addresses_are_written_to_afterwards(shop: Corner) -> None:
    Outgoing.objects.all().delete()
    for number, email in enumerate(ADDRESSES):
        seen(shop, "password", email, number)

    join.answer(now=timezone.now())

    told = {access.user(row.user_id).email: row.kind for row in Outgoing.objects.all()}
    assert told == {"member@example.org": "password_reset", "boss@example.org": "password_reset"}


@pytest.mark.parametrize("door", DOORS)
def test_the_same_is_asked_of_the_database_for_every_address(shop: Corner, door: str) -> None:
    seen(shop, door, "first@example.org")
    works = []
    for number, email in enumerate(ADDRESSES):
        with CaptureQueriesContext(connection) as asked:
            seen(shop, door, email, number)
        works.append([re.sub(r"'[^']*'|\d+", "?", each["sql"] or "several in one") for each in asked])

    for work in works[1:]:
        assert work == works[0]


def test_a_failed_sign_in_does_the_same_work_for_everybody(shop: Corner, hashed: list[str]) -> None:
    costs = []
    for number, email in enumerate((*ADDRESSES, "no address", "")):
        hashed.clear()
        seen(shop, "sign-in", email, number)
        costs.append(len(hashed))

    assert costs == [1] * len(costs)


@pytest.mark.parametrize("door", ["register", "password"])
def test_asking_hashes_nothing(shop: Corner, hashed: list[str], door: str) -> None:
    for number, email in enumerate(ADDRESSES):
        seen(shop, door, email, number)

    assert hashed == []
