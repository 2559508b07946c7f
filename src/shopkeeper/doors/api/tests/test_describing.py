"""Brands, attributes and what is said of products over the API: made once, changed, refused where goods need what would go."""

from typing import Any

import polars as pl
import pytest

from shopkeeper.doors.api.tests.builders import Caller, Staff
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.tests.builders import a_brand, an_attribute

BRANDS, ATTRIBUTES, TEA = "staff/brands", "staff/attributes", "staff/products/tea/description"
ACME = {"slug": "acme", "name": {"en": "Acme", "zh": "艾克米"}, "intro": {"en": "Since 1900", "zh": ""}}
SHADE: dict[str, Any] = {
    "code": "shade",
    "name": {"en": "Shade", "zh": "色调"},
    "kind": "choice",
    "is_filter": True,
    "choices": [{"code": "red", "name": {"en": "Red"}, "swatch": "#b93a2b"}, {"code": "blue", "name": {"en": "Blue"}}],
}


NOBODY_TWICE = [{"attribute": "shade", "choices": ["red"]}, {"attribute": "shade", "choices": ["blue"]}]


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


def acts(staff: Staff) -> list[str]:
    return [entry.act for entry in reversed(audit.entries(actor=staff.user_id).items)]


def test_a_brand_is_made_once_changed_and_sent_back(owner: Staff, caller: Caller) -> None:
    first, again = (owner.post(BRANDS, ACME, Idempotency_Key="b") for _ in range(2))
    path = f"{BRANDS}/{first.body['id']}"

    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert (first.body["brand"], first.body["products"]) == (ACME, 0)
    assert owner.put(path, ACME).body == first.body
    assert owner.put(path, {**ACME, "intro": {"en": " Since 1900 "}}).body == first.body
    assert acts(owner) == ["catalog.save_brand"]
    renamed = owner.put(path, {**ACME, "slug": "acme-ltd"})
    assert (renamed.status, renamed.body["id"]) == (200, first.body["id"])
    assert [each["slug"] for each in caller.get("brands").body["items"]] == ["acme-ltd"]
    assert owner.get(BRANDS).body["items"] == [renamed.body]


def test_an_attribute_is_made_once_keeps_its_answers_by_code_and_loses_those_left_out(owner: Staff, caller: Caller) -> None:
    first, again = (owner.post(ATTRIBUTES, SHADE, Idempotency_Key="a") for _ in range(2))
    path, said = f"{ATTRIBUTES}/{first.body['id']}", first.body["attribute"]

    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert owner.put(path, said).body == first.body
    assert owner.put(path, SHADE).body == first.body
    assert owner.put(path, {**SHADE, "choices": [{**SHADE["choices"][0], "swatch": " #B93A2B"}, SHADE["choices"][1]]}).body == first.body
    assert acts(owner) == ["catalog.save_attribute"]
    less = owner.put(path, {**SHADE, "choices": [{**SHADE["choices"][1], "name": {"en": "Navy"}}]}).body["attribute"]
    assert [(each["id"], each["name"]["en"]) for each in less["choices"]] == [(said["choices"][1]["id"], "Navy")]
    assert [each["code"] for each in caller.get("attributes").body["items"]] == ["shade"]
    assert owner.get(ATTRIBUTES).body["items"][0]["attribute"] == less


@pytest.mark.parametrize(
    ("path", "body", "status", "told"),
    [
        (BRANDS, {**ACME, "slug": "taken"}, 409, ("slug_taken", "slug")),
        (BRANDS, {**ACME, "slug": "A B"}, 422, ("malformed", "slug")),
        (BRANDS, {**ACME, "name": {}}, 422, ("out_of_range", "name_en")),
        (ATTRIBUTES, {**SHADE, "code": "size-cm"}, 409, ("code_taken", "code")),
        (ATTRIBUTES, {**SHADE, "code": "price"}, 409, ("code_taken", "code")),
        (ATTRIBUTES, {**SHADE, "choices": []}, 422, ("out_of_range", "choices")),
        (ATTRIBUTES, {**SHADE, "choices": [SHADE["choices"][0]] * 2}, 409, ("code_taken", "code")),
        (ATTRIBUTES, {**SHADE, "choices": [{"code": "red", "name": {"en": "Red"}, "swatch": "red"}]}, 422, ("malformed", "swatch")),
        (ATTRIBUTES, {**SHADE, "kind": "number"}, 422, ("out_of_range", "choices")),
        (ATTRIBUTES, {**SHADE, "kind": "number", "choices": []}, 422, ("malformed", "is_filter")),
        (ATTRIBUTES, {**SHADE, "kind": "smell"}, 422, ("invalid", "kind")),
        (ATTRIBUTES, {**SHADE, "choices": [{"id": 10**9, "code": "red", "name": {"en": "Red"}}]}, 404, ("not_found", "choices")),
    ],
)
def test_what_cannot_be_made_is_refused_by_name(owner: Staff, path: str, body: dict[str, Any], status: int, told: tuple[str, str]) -> None:
    a_brand("taken")
    an_attribute("size-cm")

    refused = owner.post(path, body)

    assert (refused.status, (refused.code, refused.body["field"])) == (status, told)
    assert ([each.slug for each in catalog.brands()], [each.code for each in catalog.attributes()]) == (["taken"], ["size-cm"])


def test_a_product_is_described_and_the_same_again_changes_nothing(owner: Staff, caller: Caller) -> None:
    owner.post(BRANDS, ACME)
    owner.post(ATTRIBUTES, SHADE)
    owner.post(ATTRIBUTES, {"code": "width", "name": {"en": "Width"}, "kind": "number", "unit": "cm"})
    body = {"brand": "acme", "traits": [{"attribute": "width", "number": "12.5"}, {"attribute": "shade", "choices": ["red"]}]}

    first, again = (owner.put(TEA, body) for _ in range(2))
    read = owner.get(TEA)

    assert (first.status, again.body, read.body) == (200, first.body, first.body)
    assert owner.put(TEA, read.body).body == read.body
    assert acts(owner).count("catalog.describe") == 1
    found = caller.get("products/tea").body
    assert (found["brand"]["slug"], {each["code"]: each["number"] for each in found["traits"]}) == (
        "acme",
        {"shade": None, "width": "12.5"},
    )
    assert owner.put(TEA, {}).body == {"brand": None, "traits": []}


def test_what_a_rule_read_from_the_name_stays_so_until_a_person_says_otherwise(owner: Staff, caller: Caller) -> None:
    an_attribute("hue")
    tea = catalog.ids_by_slug(["tea"])["tea"]
    catalog.import_traits(frame=pl.DataFrame({"product_id": [tea], "attribute": ["hue"], "choice": ["red"]}))

    owner.put(TEA, owner.get(TEA).body)
    same = caller.get("products/tea").body["traits"]
    owner.put(TEA, {"traits": [{"attribute": "hue", "choices": ["blue"]}]})

    assert [each["is_derived"] for each in same] == [True]
    assert [each["is_derived"] for each in caller.get("products/tea").body["traits"]] == [False]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"brand": "nobody"}, 404, "brand"),
        ({"traits": [{"attribute": "nothing"}]}, 404, "attribute"),
        ({"traits": [{"attribute": "shade", "choices": ["pink"]}]}, 404, "choices"),
        ({"traits": [{"attribute": "shade", "number": "3"}]}, 422, "traits"),
        ({"traits": [{"attribute": "shade", "number": "much"}]}, 422, "traits"),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(owner: Staff, body: dict[str, Any], status: int, field: str) -> None:
    an_attribute("shade")

    refused = owner.put(TEA, body)

    assert (refused.status, refused.body["field"]) == (status, field), refused.body
    assert owner.get(TEA).body == {"brand": None, "traits": []}


def test_what_describes_goods_neither_goes_nor_becomes_of_another_kind(owner: Staff) -> None:
    made = owner.post(ATTRIBUTES, SHADE).body
    path = f"{ATTRIBUTES}/{made['id']}"
    owner.put(TEA, {"traits": [{"attribute": "shade", "choices": ["red"]}]})

    gone = owner.put(path, {**SHADE, "choices": SHADE["choices"][1:]})
    other = owner.put(path, {**SHADE, "kind": "text", "choices": [], "is_filter": False})

    assert (gone.status, gone.code) == (409, "choice_is_used")
    assert (other.status, other.code) == (409, "kind_is_used")
    assert owner.get(ATTRIBUTES).body["items"] == [made]


def test_where_a_second_person_is_needed_a_description_is_refused(owner: Staff) -> None:
    owner.post(BRANDS, ACME)
    catalog.save_products_need_two(is_needed=True)

    refused = owner.put(TEA, {"brand": "acme"})

    assert (refused.status, refused.code) == (409, "second_person_needed")
    assert owner.get(TEA).body["brand"] is None


def test_a_clerk_reads_and_changes_nothing(shop: SmallShop, owner: Staff) -> None:
    brand, shade, clerk = owner.post(BRANDS, ACME).body["id"], owner.post(ATTRIBUTES, SHADE).body["id"], Staff(Role.CLERK)

    assert [clerk.get(path).status for path in (BRANDS, ATTRIBUTES, TEA)] == [200, 200, 200]
    assert clerk.post(BRANDS, ACME).code == "not_allowed"
    assert clerk.put(f"{BRANDS}/{brand}", ACME).code == "not_allowed"
    assert clerk.post(ATTRIBUTES, SHADE).code == "not_allowed"
    assert clerk.put(f"{ATTRIBUTES}/{shade}", SHADE).code == "not_allowed"
    assert clerk.put(TEA, {"brand": "acme"}).code == "not_allowed"


def test_what_is_not_there_is_not_found(owner: Staff) -> None:
    assert owner.put(f"{BRANDS}/{10**9}", ACME).status == 404
    assert owner.put(f"{ATTRIBUTES}/{10**9}", SHADE).status == 404
    assert owner.get("staff/products/never/description").status == 404
    assert owner.put("staff/products/never/description", {}).status == 404


def test_an_answer_called_by_its_id_leaves_its_code_to_a_new_one(owner: Staff) -> None:
    made = owner.post(ATTRIBUTES, SHADE, Idempotency_Key="a").body
    red = made["attribute"]["choices"][0]
    path = f"{ATTRIBUTES}/{made['id']}"

    answer = owner.put(path, {**SHADE, "choices": [{**red, "code": "crimson"}, {"code": "red", "name": {"en": "Bright red"}}]})
    kept = {each["code"]: each["id"] for each in answer.body["attribute"]["choices"]}
    twice = owner.put(path, {**SHADE, "choices": [{**red, "code": "one"}, {**red, "code": "two"}]})

    assert kept["crimson"] == red["id"] != kept["red"]
    assert (twice.status, twice.body["field"]) == (422, "choices")


def test_an_attribute_said_twice_or_as_no_number_is_refused(owner: Staff) -> None:
    owner.post(ATTRIBUTES, SHADE, Idempotency_Key="a")

    twice = owner.put(TEA, {"brand": None, "traits": NOBODY_TWICE})
    nothing = owner.put(TEA, {"brand": None, "traits": [{"attribute": "shade", "number": "sNaN"}]})

    assert [(each.status, each.body["field"]) for each in (twice, nothing)] == [(422, "traits"), (422, "traits")]
