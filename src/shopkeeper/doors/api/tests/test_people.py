"""Groups, notes and merges of customers over the API: by right, once, undone again, wrong input refused by name."""

from typing import Any

import pytest

from shopkeeper.doors.api.tests.builders import Staff
from shopkeeper.events.models import OutboxFact
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.ids import CustomerId
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers import public as customers


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


def a_guest(email: str, name: str = "Ann Lee") -> CustomerId:
    return customers.guest(email=email, name=name, phone="", language="en", country="GB", now=NOON).id


def acts(staff: Staff) -> list[str]:
    return [entry.act for entry in reversed(audit.entries(actor=staff.user_id).items)]


def test_a_group_is_made_once_under_its_key_changed_and_filled(owner: Staff) -> None:
    ann, bob = a_guest("ann@example.com"), a_guest("bob@example.com")
    body = {"name": {"en": "Regulars", "zh": "熟客"}, "note": "since May"}

    first, again = (owner.post("staff/customer-groups", body, Idempotency_Key="g") for _ in range(2))
    path = f"staff/customer-groups/{first.body['id']}"
    changed = owner.put(path, {**body, "note": ""})
    filled, refilled = (owner.put(f"{path}/members", {"join": [ann, bob]}) for _ in range(2))
    left = owner.put(f"{path}/members", {"leave": [bob]})

    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert (changed.status, changed.body["note"]) == (200, "")
    assert [(each.body["joined"], each.body["left"]) for each in (filled, refilled, left)] == [(2, 0), (0, 0), (0, 1)]
    assert owner.get("staff/customer-groups").body["items"] == [{**changed.body, "members": 1}]
    assert [each["id"] for each in owner.get(f"staff/customers/{ann}").body["groups"]] == [first.body["id"]]
    assert acts(owner) == ["customers.save_group"] * 4


def test_a_group_name_that_is_taken_and_a_customer_who_is_not_there_are_refused(owner: Staff) -> None:
    body = {"name": {"en": "Regulars"}}
    made = owner.post("staff/customer-groups", body)

    assert (taken := owner.post("staff/customer-groups", body)).code == "group_name_taken"
    assert taken.status == 409
    assert owner.put(f"staff/customer-groups/{made.body['id']}/members", {"join": [10**9]}).status == 404
    assert owner.put("staff/customer-groups/1000000000", body).status == 404
    assert owner.post("staff/customer-groups", {"name": {"en": " "}}).body["field"] == "name_en"
    assert len(owner.get("staff/customer-groups").body["items"]) == 1


def test_a_note_is_written_once_and_struck_out_once_and_its_words_stay_out_of_trail_and_facts(owner: Staff) -> None:
    ann = a_guest("ann@example.com")

    first, again = (owner.post(f"staff/customers/{ann}/notes", {"text": "Likes\nblue."}, Idempotency_Key="n") for _ in range(2))
    path = f"staff/customer-notes/{first.body['id']}/strike"
    struck, same = (owner.post(path, {"reason": "Wrong person"}, Idempotency_Key="s") for _ in range(2))

    assert (first.status, again.body) == (201, first.body)
    assert (struck.status, same.body, struck.body["strike_reason"]) == (200, struck.body, "Wrong person")
    assert owner.post(path, {"reason": "Again"}).code == "note_struck"
    assert [each["text"] for each in owner.get(f"staff/customers/{ann}").body["notes"]] == ["Likes\nblue."]
    told = str([(each.before, each.after) for each in audit.entries().items]) + str(list(OutboxFact.objects.values_list("body", flat=True)))
    assert "blue" not in told
    assert "Wrong person" not in told


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("notes", {"text": " "}, "text"),
        ("notes", {"text": "x" * 2_001}, "text"),
        ("notes", {"text": "a\x07"}, "text"),
        ("merges", {"merged_id": 1, "reason": ""}, "reason"),
        ("merges", {"merged_id": "one", "reason": "r"}, "body.merged_id"),
        ("merges", {"merged_id": 1, "reason": "r", "take": ["email"]}, "body.take.0"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_changes_nothing(owner: Staff, path: str, body: dict[str, Any], field: str) -> None:
    ann = a_guest("ann@example.com")

    refused = owner.post(f"staff/customers/{ann}/{path}", body)

    assert refused.status == 422
    named = [refused.body["field"], *(each["field"] for each in refused.body.get("errors") or [])]
    assert any(each == field or each.endswith(field.removeprefix("body.")) for each in named), refused.body
    assert acts(owner) == []


def test_two_records_become_one_once_and_are_parted_again(owner: Staff) -> None:
    ann, other = a_guest("ann@example.com"), a_guest("ann.lee@example.com", "Ann B. Lee")
    body = {"merged_id": other, "take": ["name"], "reason": "Same person"}

    first, again = (owner.post(f"staff/customers/{ann}/merges", body, Idempotency_Key="m") for _ in range(2))
    stays = owner.get(f"staff/customers/{ann}").body
    goes = owner.get(f"staff/customers/{other}").body
    path = f"staff/customer-merges/{first.body['id']}/undo"
    parted, same = (owner.post(path, {"reason": "Two people"}, Idempotency_Key="p") for _ in range(2))

    assert (first.status, again.body, first.body["taken"]) == (201, first.body, ["name"])
    assert (stays["name"], goes["merged_into"]) == ("Ann B. Lee", ann)
    assert (parted.status, same.body, bool(parted.body["parted_at"])) == (200, parted.body, True)
    assert owner.get(f"staff/customers/{ann}").body["name"] == "Ann Lee"
    assert owner.get(f"staff/customers/{other}").body["merged_into"] is None
    assert owner.post(path, {"reason": "Again"}).code == "merge_over"
    assert acts(owner) == ["customers.merge", "customers.part"]


def test_a_record_does_not_become_itself_nor_another_ones_twice(owner: Staff) -> None:
    ann, other, third = a_guest("ann@example.com"), a_guest("b@example.com"), a_guest("c@example.com")
    owner.post(f"staff/customers/{ann}/merges", {"merged_id": other, "reason": "r"})

    assert owner.post(f"staff/customers/{ann}/merges", {"merged_id": ann, "reason": "r"}).body["field"] == "merged_id"
    assert owner.post(f"staff/customers/{third}/merges", {"merged_id": other, "reason": "r"}).code == "merged_already"
    assert owner.post(f"staff/customers/{ann}/merges", {"merged_id": 10**9, "reason": "r"}).status == 404


def test_customers_are_listed_and_found(owner: Staff) -> None:
    a_guest("ann@example.com")
    a_guest("bob@example.com", "Bob Ray")

    found = owner.get("staff/customers?q=bob").body

    assert [(each["name"], each["email"]) for each in found["items"]] == [("Bob Ray", "bob@example.com")]
    assert owner.get("staff/customers").body["total"] == 2
    assert owner.get("staff/customers/1000000000").status == 404


def test_a_clerk_notes_and_groups_and_merges_nobody(shop: SmallShop) -> None:
    clerk, ann, other = Staff(Role.CLERK), a_guest("ann@example.com"), a_guest("b@example.com")

    assert clerk.post(f"staff/customers/{ann}/notes", {"text": "Call after five."}).status == 201
    assert clerk.post("staff/customer-groups", {"name": {"en": "Regulars"}}).status == 201
    assert clerk.post(f"staff/customers/{ann}/merges", {"merged_id": other, "reason": "r"}).code == "not_allowed"
