"""What people wait and wish for, over the API."""

import pytest

from shopkeeper.doors.api.tests.builders import Caller, Staff
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import WaitAsked, browser_owner

pytestmark = pytest.mark.django_db


def test_staff_read_how_many_and_never_who(shop: SmallShop, caller: Caller) -> None:
    tea = shop.variants["TEA"]
    asked = WaitAsked(variant_id=tea, email="ann@example.org", language="en", wording="x")
    wishes.ask(asked=asked, is_confirmed=True, now=NOON)
    wishes.add(owner=browser_owner("somebody"), variant_id=tea, now=NOON)

    answer = Staff(Role.CLERK).get("staff/wanted")

    (item,) = answer.body["items"]
    assert (item["sku"], item["waiting"], item["wished"]) == ("TEA", 1, 1)
    assert item["available"] > 0
    assert "example.org" not in str(answer.body)
    assert caller.get("staff/wanted").status in (401, 403)


def test_a_page_that_cannot_be_is_refused(shop: SmallShop) -> None:
    clerk = Staff(Role.CLERK)

    assert clerk.get("staff/wanted?page=0").status == 422
    assert clerk.get("staff/wanted").body["items"] == []
