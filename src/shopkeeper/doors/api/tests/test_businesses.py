"""Companies over the API: saved with a tax number that holds, listed once for each person, taken away again."""

from typing import Any

import pytest

from shopkeeper.doors.api.tests.builders import Staff
from shopkeeper.doors.api.tests.test_people import a_guest
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.ids import CustomerId
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers import public as customers

LEE = {"company": "Lee Trading Ltd", "country": "GB", "tax_number": "GB980780684", "billing_email": "bills@lee.example"}


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


def path(customer: CustomerId) -> str:
    return f"staff/customers/{customer}/business"


def test_a_company_is_saved_read_and_taken_away(owner: Staff) -> None:
    ann = a_guest("ann@example.com")

    none = owner.get(path(ann))
    saved, again = (owner.put(path(ann), {**LEE, "country": "gb", "tax_number": "GB 980 7806 84"}) for _ in range(2))
    read = owner.get(path(ann))
    gone, still_gone = owner.delete(path(ann)), owner.delete(path(ann))

    assert (none.status, none.code) == (404, "not_found")
    assert (saved.status, again.body, read.body) == (200, saved.body, saved.body)
    assert {name: read.body[name] for name in ("company", "country", "billing_email")} == {
        "company": "Lee Trading Ltd", "country": "GB", "billing_email": "bills@lee.example",
    }  # fmt: skip
    assert (read.body["customer_id"], read.body["tax_number"]) == (ann, customers.tax_number("GB980780684", country="GB"))
    assert (gone.status, still_gone.status, owner.get(path(ann)).status) == (204, 204, 404)
    assert [entry.act for entry in audit.entries(actor=owner.user_id).items] == ["customers.save_business"] * 2
    assert "Lee" not in str([(each.before, each.after) for each in audit.entries(actor=owner.user_id).items])


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"tax_number": "GB980780685"}, "wrong_tax_number", "tax_number"),
        ({"tax_number": ""}, "out_of_range", "tax_number"),
        ({"company": " "}, "out_of_range", "company"),
        ({"company": "x" * 201}, "out_of_range", "company"),
        ({"country": "ZZ"}, "malformed", "country"),
        ({"country": "GBR"}, "invalid", "country"),
        ({"billing_email": "nobody"}, "malformed", "billing_email"),
        ({"vat": "1"}, "invalid", "vat"),
    ],
)
def test_what_no_company_is_is_refused_by_name_and_saved_nowhere(owner: Staff, wrong: dict[str, Any], code: str, field: str) -> None:
    ann = a_guest("ann@example.com")

    refused = owner.put(path(ann), {**LEE, **wrong})

    assert (refused.status, refused.code) == (422, code)
    assert field in str(refused.body["field"]) or field in str(refused.body["errors"])
    assert customers.business(ann) is None


def test_companies_are_listed_once_for_each_person_and_found_by_name_and_number(owner: Staff) -> None:
    ann, other, bob, gone = (a_guest(f"{each}@example.com") for each in ("ann", "other", "bob", "gone"))
    for person, company in ((ann, "Lee Trading Ltd"), (other, "Old Lee"), (bob, "Bob & Sons"), (gone, "Gone Ltd")):
        owner.put(path(person), {**LEE, "company": company})
    customers.remove_business(customer_id=gone, actor=None, now=NOON)
    customers.merge(customer_id=ann, merged_id=other, take=(), reason="same person", actor=owner.user_id, now=NOON)

    found = owner.get("staff/businesses").body

    assert [(each["company"], each["customer_id"]) for each in found["items"]] == [("Bob & Sons", bob), ("Lee Trading Ltd", ann)]
    assert found["total"] == 2
    assert [each["company"] for each in owner.get("staff/businesses?q=SONS").body["items"]] == ["Bob & Sons"]
    assert owner.get(f"staff/businesses?q={found['items'][0]['tax_number']}").body["total"] == 2
    assert owner.get("staff/businesses?size=1&page=2").body["items"][0]["company"] == "Lee Trading Ltd"
    # Taken away, the company of the merged record does not come up in its place.
    owner.delete(path(ann))
    assert [each["company"] for each in owner.get("staff/businesses").body["items"]] == ["Bob & Sons"]


def test_nobody_s_company_is_not_found_and_a_clerk_may_save_one(shop: SmallShop) -> None:
    clerk, ann = Staff(Role.CLERK), a_guest("ann@example.com")

    assert clerk.put("staff/customers/1000000000/business", LEE).status == 404
    assert clerk.delete("staff/customers/1000000000/business").status == 404
    assert clerk.put(path(ann), LEE).status == 200
