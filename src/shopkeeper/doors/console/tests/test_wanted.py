"""What people wait and wish for, as staff see it: how many, never who."""

import pytest

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import WaitAsked, browser_owner

pytestmark = pytest.mark.django_db


def wait(shop: SmallShop, email: str) -> None:
    asked = WaitAsked(variant_id=shop.variants["TEA"], email=email, language="en", wording="x")
    wishes.ask(asked=asked, is_confirmed=True, now=NOON)


def test_staff_see_how_many_and_never_who(shop: SmallShop, owner: Staff) -> None:
    wait(shop, "ann@example.org")
    wait(shop, "bob@example.org")
    wishes.add(owner=browser_owner("somebody"), variant_id=shop.variants["TEA"], now=NOON)

    page = owner.text("wanted/")

    assert "Wait for it" in page
    assert "TEA" in page
    assert "@example.org" not in page
    assert "TEA" in owner.text("wanted/?wanted=waiting")
    assert "TEA" in owner.text("wanted/?q=TEA")
    assert "TEA" not in owner.text("wanted/?q=nothing").split("<table", 1)[-1]
    owner.read("zh-hans")
    assert "想要的商品" in owner.text("wanted/")


def test_without_a_wait_nothing_is_waited_for(shop: SmallShop, owner: Staff) -> None:
    wishes.add(owner=browser_owner("somebody"), variant_id=shop.variants["TEA"], now=NOON)

    assert "TEA" in owner.text("wanted/?wanted=wished")
    assert "TEA" not in owner.text("wanted/?wanted=waiting").split("<table", 1)[-1]
