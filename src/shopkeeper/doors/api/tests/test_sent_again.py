"""What staff and buyers send twice under one idempotency key is done once and answered the same."""

from typing import Any

import pytest

from shopkeeper.doors.api.tests.builders import V1, Caller, Staff, placed
from shopkeeper.flows.tests.builders import SmallShop, told
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.orders import public as orders


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


def acts(staff: Staff) -> list[str]:
    return [entry.act for entry in reversed(audit.entries(actor=staff.user_id).items)]


def parcel(order: dict[str, Any], units: int = 1) -> dict[str, Any]:
    return {"carrier": "DHL", "tracking_number": "T1", "lines": [{"line_id": order["lines"][0]["id"], "units": units}]}


def test_a_parcel_sent_again_under_its_key_leaves_once(shop: SmallShop, owner: Staff) -> None:
    order = placed(owner, shop, TEA=3)["order"]
    path = f"staff/orders/{order['number']}/shipments"

    first, again = (owner.post(path, parcel(order), Idempotency_Key="parcel 📦") for _ in range(2))

    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert [line["units"] for each in again.body["shipments"] for line in each["lines"]] == [1]
    assert len(told("OrderShipped")) == 1
    assert acts(owner) == ["orders.ship"]


def test_the_last_parcel_sent_again_is_no_fault_though_nothing_is_left(shop: SmallShop, owner: Staff) -> None:
    order = placed(owner, shop, TEA=2)["order"]
    path = f"staff/orders/{order['number']}/shipments"

    first, again = (owner.post(path, {"carrier": "DHL"}, Idempotency_Key="all") for _ in range(2))

    assert (first.status, again.status, again.body["state"]) == (201, 201, "shipped")
    assert owner.post(path, {"carrier": "DHL"}, Idempotency_Key="more").status == 409


def test_an_adjustment_sent_again_is_booked_once_and_answered_as_the_first_time(shop: SmallShop, owner: Staff) -> None:
    path, body = "staff/stock-adjustments/TEA", {"warehouse": "MAIN", "units": -2, "note": "broken"}

    first = owner.post(path, body, Idempotency_Key="a")
    owner.post(path, {**body, "units": 5}, Idempotency_Key="b")
    again = owner.post(path, {**body, "warehouse": "main"}, Idempotency_Key="a")

    assert (first.status, first.body["on_hand"]) == (201, 8)
    assert (again.status, again.body) == (201, first.body)
    assert shop.available("TEA") == 13
    assert acts(owner) == ["inventory.adjust", "inventory.adjust"]


def test_a_cancellation_sent_again_is_answered_with_the_cancelled_order(shop: SmallShop, owner: Staff) -> None:
    order = placed(owner, shop)["order"]
    path = f"staff/orders/{order['number']}/cancel"

    first, again = (owner.post(path, {"reason": "fraud"}, Idempotency_Key="c") for _ in range(2))

    assert (first.status, again.status, again.body) == (200, 200, first.body)
    assert again.body["state"] == "cancelled"
    assert acts(owner) == ["orders.cancel"]
    assert len(told("OrderCancelled")) == 1
    assert owner.post(path, {"reason": "fraud"}, Idempotency_Key="d").code == "wrong_state"


def test_a_buyer_may_repeat_a_cancellation_too(shop: SmallShop, caller: Caller) -> None:
    path = f"orders/{placed(caller, shop)['order']['token']}/cancel"

    first, again = (caller.post(path, Idempotency_Key="mine") for _ in range(2))

    assert (first.status, again.status, again.body) == (200, 200, first.body)


@pytest.mark.parametrize("change", [{"carrier": "DPD"}, {"tracking_number": "T2"}, {"warehouse": "MAIN"}, {"lines": None}])
def test_a_key_with_another_parcel_is_refused_and_sends_nothing(shop: SmallShop, owner: Staff, change: dict[str, Any]) -> None:
    order = placed(owner, shop, TEA=3)["order"]
    path = f"staff/orders/{order['number']}/shipments"
    owner.post(path, parcel(order), Idempotency_Key="k")

    refused = owner.post(path, {**parcel(order), **change}, Idempotency_Key="k")

    assert (refused.status, refused.code, refused.body["field"]) == (409, "key_reused", "idempotency_key")
    assert orders.by_number(order["number"]).lines[0].shipped_units == 1


def test_a_key_of_one_kind_of_request_is_refused_for_another(shop: SmallShop, owner: Staff) -> None:
    order = placed(owner, shop, TEA=3)["order"]
    owner.post(f"staff/orders/{order['number']}/shipments", parcel(order), Idempotency_Key="k")
    adjustment = {"warehouse": "MAIN", "units": 1, "note": "found"}

    refused = owner.post("staff/stock-adjustments/CUP", adjustment, Idempotency_Key="k")

    assert (refused.status, refused.code) == (409, "key_reused")
    assert shop.available("CUP") == 5


def test_a_refused_request_does_not_use_its_key_up(shop: SmallShop, owner: Staff) -> None:
    path, body = "staff/stock-adjustments/TEA", {"warehouse": "MAIN", "units": -11, "note": "lost"}

    refused = owner.post(path, body, Idempotency_Key="k")
    booked = owner.post(path, {**body, "units": -1}, Idempotency_Key="k")

    assert (refused.status, booked.status) == (409, 201)
    assert shop.available("TEA") == 9


def test_a_refusal_of_a_used_key_is_told_in_chinese_too(shop: SmallShop) -> None:
    staff, path = Staff(Role.OWNER, language="zh-hans"), "staff/stock-adjustments/TEA"
    staff.post(path, {"warehouse": "MAIN", "units": 1, "note": "n"}, Idempotency_Key="k")

    refused = staff.post(path, {"warehouse": "MAIN", "units": 2, "note": "n"}, Idempotency_Key="k")

    assert refused.code == "key_reused"
    assert "幂等键" in refused.body["detail"]


@pytest.mark.parametrize("key", ["", "k" * 101, "a\x07b"])
def test_a_key_that_cannot_be_kept_is_refused(shop: SmallShop, owner: Staff, key: str) -> None:
    body = {"warehouse": "MAIN", "units": 1, "note": "n"}

    refused = owner.post("staff/stock-adjustments/TEA", body, Idempotency_Key=key)

    assert (refused.status, refused.body["field"]) == (422, "Idempotency-Key")
    assert shop.available("TEA") == 10


def test_every_request_that_changes_something_and_may_not_be_repeated_takes_a_key(caller: Caller) -> None:
    paths = caller.get("openapi.json").body["paths"]
    # A basket opened twice is an empty basket more; a provider's message carries its own id.
    free = {f"{V1}/baskets", f"{V1}/webhooks/{{provider}}", f"{V1}/mail-news", f"{V1}/text-news"}
    # A line has one review, and the same words, decision or answer again change nothing.
    free |= {f"{V1}/orders/{{token}}/reviews", f"{V1}/staff/reviews/{{review}}/decisions", f"{V1}/staff/reviews/{{review}}/answers"}

    # Pieces asked for are not asked for twice, and a request is decided once.
    free |= {f"{V1}/orders/{{token}}/requests", f"{V1}/staff/requests/{{asked}}/decisions"}

    # A draft goes live once, an earlier version is the draft already, and pages looked at again say what they said.
    free |= {f"{V1}/staff/products/{{slug}}/draft/publication", f"{V1}/staff/products/{{slug}}/versions/{{version}}/draft"}
    free |= {f"{V1}/staff/pages/look"}

    # What is only looked at changes nothing.
    free |= {f"{V1}/staff/collections/preview", f"{V1}/staff/edits/dry-run"}

    without = {
        path
        for path, item in paths.items()
        if "post" in item and path not in free and "Idempotency-Key" not in {each["name"] for each in item["post"].get("parameters", [])}
    }

    assert without == set()
