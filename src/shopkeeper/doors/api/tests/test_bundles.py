"""Bundles over the API: staff say what they hold, everybody reads it, and orders tell their parts."""

import pytest

from shopkeeper.doors.api.tests.builders import Caller, Staff, placed
from shopkeeper.flows.tests.builders import SmallShop, product, told
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.audit import public as audit

PARTS = {"parts": [{"sku": "TEA", "units": 1}, {"sku": "cup", "units": 2}]}


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    shop.variants["SET"] = product("SET")
    shop.price("SET", 2_900)
    return Staff(Role.OWNER)


def test_staff_say_what_a_bundle_holds_and_the_same_again_changes_nothing(shop: SmallShop, owner: Staff) -> None:
    first, again = (owner.put("staff/bundles/SET", PARTS) for _ in range(2))

    assert (first.status, again.status, again.body) == (200, 200, first.body)
    assert [(each["sku"], each["units"], each["is_sellable"]) for each in first.body["parts"]] == [("TEA", 1, True), ("CUP", 2, True)]
    assert first.body["available"] == 2
    assert owner.get("staff/bundles/set").body == first.body
    assert [entry.act for entry in audit.entries(actor=owner.user_id).items] == ["catalog.save_bundle"]
    assert len([each for each in told("ProductSaved") if each["product_id"] == 3]) <= 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"parts": [{"sku": "TEA", "units": 1}]}, 422, "out_of_range"),
        ({"parts": [{"sku": "SET", "units": 2}]}, 422, "bundle_in_bundle"),
        ({"parts": [{"sku": "NONE", "units": 2}]}, 404, "not_found"),
        ({"parts": [{"sku": "TEA", "units": 1}, {"sku": "TEA", "units": 1}]}, 422, "name_twice"),
        ({"parts": [{"sku": "TEA", "units": 0}]}, 422, "invalid"),
        ({"parts": [{"sku": "TEA", "units": 1}] * 21}, 422, "invalid"),
    ],
)
def test_what_cannot_be_a_bundle_is_refused(owner: Staff, body: dict[str, object], status: int, code: str) -> None:
    answer = owner.put("staff/bundles/SET", body)

    assert (answer.status, answer.code) == (status, code)
    assert owner.get("staff/bundles/SET").body["parts"] == []


def test_what_has_been_in_stock_is_refused(owner: Staff) -> None:
    answer = owner.put("staff/bundles/TEA", {"parts": [{"sku": "CUP", "units": 2}]})

    assert (answer.status, answer.code) == (422, "bundle_was_stocked")


def test_a_clerk_reads_bundles_and_does_not_change_them(shop: SmallShop, owner: Staff) -> None:
    clerk = Staff(Role.CLERK)

    assert clerk.get("staff/bundles/SET").status == 200
    assert clerk.put("staff/bundles/SET", PARTS).status == 403


def test_a_product_says_what_is_in_it_and_what_it_saves(owner: Staff, caller: Caller) -> None:
    owner.put("staff/bundles/SET", PARTS)

    found = caller.get("products/set").body["bundle"]

    assert [(each["sku"], each["product"], each["units"]) for each in found["parts"]] == [("TEA", "tea", 1), ("CUP", "cup", 2)]
    assert (found["apart"]["amount_minor"], found["saved"]["amount_minor"]) == (3_248, 348)
    assert caller.get("products/tea").body["bundle"] is None


def test_stock_and_search_count_bundles(owner: Staff, caller: Caller) -> None:
    owner.put("staff/bundles/SET", PARTS)

    assert caller.get("stock?sku=SET").body["items"][0]["available"] == 2


def test_an_order_tells_the_parts_of_its_bundles_and_of_its_parcels(shop: SmallShop, owner: Staff) -> None:
    owner.put("staff/bundles/SET", PARTS)
    order = placed(owner, shop, SET=2)["order"]

    (line,) = order["lines"]
    assert [(each["sku"], each["units"], each["gross"]["amount_minor"]) for each in line["parts"]] == [("TEA", 1, 2_232), ("CUP", 2, 3_568)]
    sent = owner.post(f"staff/orders/{order['number']}/shipments", {"carrier": "DHL", "lines": [{"line_id": line["id"], "units": 1}]})
    (parcel,) = sent.body["shipments"]
    assert [each["units"] for each in parcel["lines"]] == [1]
    assert [each["units"] for each in parcel["parts"]] == [1, 2]
