"""Whole files over the API: brought once under their key, tried, confirmed, taken away and undone, by whoever may."""

from typing import Any

import pytest
from django.utils import timezone

from shopkeeper.doors.api.tests.builders import V1, Staff
from shopkeeper.flows import sheets
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.kit.ids import RunId
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.imports.models import SheetRun

STOCK = "SKU,On hand\nTEA,12\nPOT,1\n"


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


def bring(staff: Staff, content: bytes, *, kind: str = "stock", key: str = "k1") -> Any:
    headers = {"HTTP_X_CSRFTOKEN": staff.token, "HTTP_IDEMPOTENCY_KEY": key}
    return staff.client.post(f"{V1}/staff/sheets?kind={kind}&name=june.csv", content, "application/octet-stream", **headers)


def worked(number: int) -> None:
    sheets.work(RunId(number), timezone.now())


def test_a_file_goes_its_way_over_the_api(shop: SmallShop, owner: Staff) -> None:
    made = bring(owner, STOCK.encode()).json()
    assert [(each["heading"], each["field"]) for each in made["columns"]] == [("SKU", "sku"), ("On hand", "on_hand")]

    number, path = made["id"], f"staff/sheets/{made['id']}"
    assert owner.post(f"{path}/dry-run", {}).body["state"] == "trying"
    worked(number)
    tried = owner.get(path).body
    assert (tried["state"], tried["counts"]) == ("tried", {"changed": 1, "refused": 1})
    assert tried["differences"] == [{"line": 2, "state": "changed", "changes": {"on_hand": [10, 12], "warehouse": [shop.main, shop.main]}}]
    assert owner.post(f"{path}/confirm", {"seen": "other"}).code == "sheet_moved"
    assert shop.available("TEA") == 10

    assert owner.post(f"{path}/confirm", {"seen": tried["seen"]}, Idempotency_Key="c").body["state"] == "running"
    assert owner.post(f"{path}/confirm", {"seen": tried["seen"]}, Idempotency_Key="c").status == 200
    worked(number)
    assert shop.available("TEA") == 12
    refused = b"".join(owner.client.get(f"{V1}/{path}/refused").streaming_content).decode("utf-8-sig")
    assert refused.splitlines()[1].startswith("POT,1,3,")
    assert owner.post(f"{path}/undo", None).body["state"] == "undoing"
    worked(number)
    assert shop.available("TEA") == 10


def test_a_file_sent_again_under_its_key_is_kept_once(owner: Staff) -> None:
    first, again = bring(owner, STOCK.encode()), bring(owner, STOCK.encode())

    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 201, first.json()["id"])
    assert SheetRun.objects.count() == 1
    assert bring(owner, b"SKU,On hand\nTEA,1\n").json()["code"] == "key_reused"


def test_a_file_larger_than_other_requests_is_taken(owner: Staff) -> None:
    rows = "".join(f"SKU-{number},{number}{' ' * 90}\n" for number in range(30_000))

    answer = bring(owner, f"SKU,On hand\n{rows}".encode())

    assert len(rows) > 2_500_000
    assert answer.status_code == 201


def test_what_cannot_be_read_is_a_problem_with_a_remedy(owner: Staff) -> None:
    answer = bring(owner, b"\xd0\xcf\x11\xe0" + b"0" * 100)

    assert (answer.status_code, answer.json()["code"]) == (422, "sheet_unreadable")
    assert "save it as .xlsx" in answer.json()["remedy"]
    assert SheetRun.objects.count() == 0


def test_all_of_a_kind_is_taken_away_by_whoever_may(owner: Staff) -> None:
    answer = owner.client.get(f"{V1}/staff/exports/stock?format=csv&language=zh-hans")
    manager = Staff(Role.MANAGER)

    assert b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[0].startswith("货号,仓库,在库数量")
    assert manager.client.get(f"{V1}/staff/exports/stock").status_code == 200
    assert manager.get("staff/exports/customers").code == "not_allowed"
    assert manager.get("staff/exports/nope").status == 422


def test_a_file_of_another_kind_of_right_is_not_shown(owner: Staff) -> None:
    number = bring(owner, b"email,name\nann@example.com,Ann\n", kind="customers").json()["id"]
    manager = Staff(Role.MANAGER)

    assert access.may(manager.user_id, "sheets.view")
    assert manager.get("staff/sheets").body["items"] == []
    for answer in (manager.get(f"staff/sheets/{number}"), manager.post(f"staff/sheets/{number}/dry-run", {})):
        assert (answer.status, answer.code) == (403, "not_allowed")
