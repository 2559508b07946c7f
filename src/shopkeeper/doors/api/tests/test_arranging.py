"""Collections over the API: made once under a key, changed, a rule seen before it is saved, goods named in their order."""

from typing import Any

import pytest

from shopkeeper.doors.api.tests.builders import Caller, Staff
from shopkeeper.flows.tests.builders import NOON, SmallShop, told
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import ChoiceDraft
from shopkeeper.selling.catalog.tests.builders import a_brand, an_attribute, says, some_goods, tell

PATH = "staff/collections"
GIFTS = {"slug": "gifts", "name": {"en": "Gifts", "zh": "礼物"}, "kind": "hand", "is_published": True}


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


def by_rule(*conditions: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**GIFTS, "slug": "found", "kind": "rule", "rule": {"conditions": list(conditions)}, **changes}


def made(staff: Staff, body: dict[str, Any]) -> int:
    answer = staff.post(PATH, body)
    assert answer.status == 201, answer.body
    return int(answer.body["id"])


def acts(staff: Staff) -> list[str]:
    return [entry.act for entry in reversed(audit.entries(actor=staff.user_id).items)]


def test_a_collection_is_made_once_under_its_key_and_shown_to_everybody(owner: Staff, caller: Caller) -> None:
    body = {**GIFTS, "intro": {"en": "For friends"}, "tint": "d2", "is_in_menu": True, "position": 3}

    first, again = (owner.post(PATH, body, Idempotency_Key="c") for _ in range(2))

    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert (first.body["is_shown"], first.body["products"], first.body["left_out"]) == (True, [], [])
    assert first.body["collection"]["intro"] == {"en": "For friends", "zh": ""}
    assert [each["slug"] for each in caller.get("collections").body["items"]] == ["gifts"]
    assert acts(owner) == ["catalog.save_collection"]
    other = owner.post(PATH, {**body, "position": 4}, Idempotency_Key="c")
    assert (other.status, other.code) == (409, "key_reused")


def test_what_is_read_can_be_sent_back_and_changes_nothing(owner: Staff) -> None:
    brand, shade = a_brand(), an_attribute("shade")
    tell(some_goods("MUG").product_id, says(shade, "red"), brand_id=brand)
    conditions = [
        {"kind": "category", "categories": ["kitchen"]},
        {"kind": "brand", "brands": ["acme"]},
        {"kind": "answer", "attribute": "shade", "choices": ["red", "blue"]},
        {"kind": "name", "text": "lamp"},
        {"kind": "new", "days": 30},
        {"kind": "price", "price": {"least_minor": 100, "most_minor": None, "currency": "GBP"}},
        {"kind": "reduced"},
        {"kind": "in_stock"},
    ]
    number = made(owner, by_rule(*conditions, starts_at="2026-01-01T00:00:00Z"))

    read = owner.get(f"{PATH}/{number}").body
    again = owner.put(f"{PATH}/{number}", read["collection"])

    said = read["collection"]["rule"]["conditions"]
    assert [{key: value for key, value in each.items() if value not in (None, [], "")} for each in said] == [
        {**each, "price": {**each["price"], "most_minor": None}} if each["kind"] == "price" else each for each in conditions
    ]
    assert (again.status, again.body) == (200, read)
    assert acts(owner) == ["catalog.save_collection"]
    assert len(told("CollectionSaved")) == 1


def test_a_collection_is_changed_ended_and_hidden(owner: Staff, caller: Caller) -> None:
    number = made(owner, GIFTS)

    ended = owner.put(f"{PATH}/{number}", {**GIFTS, "slug": "presents", "ends_at": "2026-01-01T00:00:00Z"})
    hidden = owner.put(f"{PATH}/{number}", {**GIFTS, "is_published": False})

    assert (ended.status, ended.body["is_shown"], ended.body["collection"]["slug"]) == (200, False, "presents")
    assert (hidden.body["id"], hidden.body["is_shown"]) == (number, False)
    assert caller.get("collections").body["items"] == []
    assert [each["id"] for each in owner.get(PATH).body["items"]] == [number]


def test_a_rule_is_tried_before_it_is_saved(owner: Staff) -> None:
    rule = {"conditions": [{"kind": "category", "categories": ["kitchen"]}]}
    number = made(owner, by_rule({"kind": "reduced"}))
    owner.put(f"{PATH}/{number}/products", {"products": ["tea"], "left_out": ["lamp"]})
    before = acts(owner)

    new = owner.post(f"{PATH}/preview", {"rule": rule})
    there = owner.post(f"{PATH}/preview", {"rule": rule, "collection": number})

    assert (new.status, new.body["products"], [each["slug"] for each in new.body["first"]]) == (200, 1, ["lamp"])
    assert [each["slug"] for each in there.body["first"]] == ["tea"]
    assert owner.post(f"{PATH}/preview", {"rule": rule, "collection": 10**9}).status == 404
    assert owner.post(f"{PATH}/preview", {"rule": {"conditions": []}}).code == "rule_is_empty"
    assert acts(owner) == before
    assert len(catalog.collections()) == 1


def test_goods_are_named_in_their_order_and_the_same_again_changes_nothing(owner: Staff, caller: Caller) -> None:
    path = f"{PATH}/{made(owner, GIFTS)}/products"

    first, again = (owner.put(path, {"products": ["lamp", "tea"]}) for _ in range(2))
    less = owner.put(path, {"products": ["tea"]})

    assert (first.status, first.body["products"], again.body) == (200, ["lamp", "tea"], first.body)
    assert less.body["products"] == ["tea"]
    assert [each["slug"] for each in caller.get("collections/gifts/products").body["items"]] == ["tea"]
    assert acts(owner) == ["catalog.save_collection", "catalog.name_products", "catalog.name_products"]


def test_a_rule_s_goods_are_put_first_and_left_out(owner: Staff, caller: Caller) -> None:
    path = f"{PATH}/{made(owner, by_rule({'kind': 'in_stock'}))}/products"

    answer = owner.put(path, {"products": ["lamp"], "left_out": ["cup", "lamp"]})
    again = owner.put(path, {"products": ["lamp"], "left_out": ["cup", "lamp"]})

    assert (answer.status, answer.body["products"], answer.body["left_out"]) == (200, ["lamp"], ["cup"])
    assert again.body == answer.body
    assert [each["slug"] for each in caller.get("collections/found/products").body["items"]] == ["lamp", "tea"]
    assert acts(owner).count("catalog.name_products") == 2


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"slug": "Two Words"}, 422, "malformed", "slug"),
        ({"slug": "taken"}, 409, "slug_taken", "slug"),
        ({"name": {"en": " "}}, 422, "out_of_range", "name_en"),
        ({"position": 10**9}, 422, "out_of_range", "position"),
        ({"tint": "pink"}, 422, "invalid", "tint"),
        ({"starts_at": "2026-02-01T00:00:00Z", "ends_at": "2026-01-01T00:00:00Z"}, 422, "malformed", "ends_at"),
        ({"starts_at": "2026-02-01T00:00:00"}, 422, "invalid", "starts_at"),
        ({"rule": {"conditions": [{"kind": "reduced"}]}}, 422, "malformed", "rule"),
        ({"kind": "rule"}, 422, "rule_is_empty", "rule"),
        ({"colour": "red"}, 422, "invalid", "colour"),
    ],
)
def test_what_no_collection_can_be_is_refused_by_name(owner: Staff, change: dict[str, Any], status: int, code: str, field: str) -> None:
    made(owner, {**GIFTS, "slug": "taken"})

    refused = owner.post(PATH, {**GIFTS, **change})

    assert (refused.status, refused.code, refused.body["field"]) == (status, code, field)
    assert [each.slug for each in catalog.collections()] == ["taken"]


@pytest.mark.parametrize(
    ("conditions", "status", "code", "field"),
    [
        ([{"kind": "category", "categories": ["nowhere"]}], 404, "not_found", "categories"),
        ([{"kind": "category", "categories": []}], 422, "out_of_range", "categories"),
        ([{"kind": "brand", "brands": ["nobody"]}], 404, "not_found", "brands"),
        ([{"kind": "answer", "attribute": "nothing", "choices": ["red"]}], 404, "not_found", "attribute"),
        ([{"kind": "answer", "attribute": "shade", "choices": ["pink"]}], 404, "not_found", "choices"),
        ([{"kind": "answer", "choices": ["red"]}], 422, "malformed", "attribute"),
        ([{"kind": "answer", "attribute": "shade", "choices": []}], 422, "malformed", "choices"),
        ([{"kind": "brand", "brands": ["acme"] * 51}], 422, "invalid", "rule.conditions.0.brands"),
        ([{"kind": "name", "text": ""}], 422, "out_of_range", "text"),
        ([{"kind": "new", "days": 0}], 422, "out_of_range", "days"),
        ([{"kind": "price"}], 422, "malformed", "price"),
        ([{"kind": "price", "price": {"least_minor": 5, "most_minor": 4, "currency": "GBP"}}], 422, "out_of_range", "price"),
        ([{"kind": "price", "price": {"least_minor": 5, "currency": "EUR"}}], 422, "wrong_currency", "currency"),
        ([{"kind": "reduced", "days": 3}], 422, "malformed", "days"),
        ([{"kind": "brand", "brands": ["acme"]}, {"kind": "brand", "brands": ["other"]}], 422, "rule_contradicts", "rule"),
        ([{"kind": "new", "days": each} for each in range(1, 14)], 422, "out_of_range", "rule"),
    ],
)
def test_what_no_rule_can_say_is_refused_when_it_is_tried_and_when_it_is_saved(
    owner: Staff, conditions: list[dict[str, Any]], status: int, code: str, field: str
) -> None:
    an_attribute("shade")
    a_brand()
    a_brand("other")

    for refused in (owner.post(f"{PATH}/preview", {"rule": {"conditions": conditions}}), owner.post(PATH, by_rule(*conditions))):
        assert (refused.status, refused.code, refused.body["field"]) == (status, code, field)
        assert refused.body["remedy"]

    assert catalog.collections() == ()


def test_goods_that_cannot_be_named_are_refused_and_nothing_changes(owner: Staff) -> None:
    number = made(owner, GIFTS)
    path = f"{PATH}/{number}/products"
    owner.put(path, {"products": ["tea"]})

    unknown = owner.put(path, {"products": ["lamp", "never"]})
    out = owner.put(path, {"products": [], "left_out": ["tea"]})

    assert (unknown.status, unknown.body["field"], unknown.body["value"]) == (404, "products", "never")
    assert (out.status, out.code, out.body["field"]) == (422, "malformed", "left_out")
    unknown = owner.put(path, {"products": [], "left_out": ["never"]})
    assert (unknown.status, unknown.body["field"]) == (404, "left_out")
    many = owner.put(path, {"products": ["never"] * 5_001})
    assert (many.status, many.code, many.body["field"]) == (422, "invalid", "products")
    assert owner.put(f"{PATH}/{10**9}/products", {"products": []}).status == 404
    assert owner.put(f"{PATH}/{10**9}", GIFTS).status == 404
    assert owner.get(f"{PATH}/{number}").body["products"] == ["tea"]


def test_a_refusal_is_told_in_chinese_too(shop: SmallShop) -> None:
    refused = Staff(Role.OWNER, language="zh-hans").post(PATH, by_rule({"kind": "reduced", "categories": ["kitchen"]}))

    assert refused.code == "malformed"
    assert not [char for char in refused.body["remedy"] if char.isascii() and char.isalpha()]


def test_a_clerk_sees_collections_and_changes_none(shop: SmallShop, owner: Staff) -> None:
    number, clerk = made(owner, GIFTS), Staff(Role.CLERK)

    assert (clerk.get(PATH).status, clerk.get(f"{PATH}/{number}").status) == (200, 200)
    assert clerk.post(PATH, GIFTS).code == "not_allowed"
    assert clerk.post(f"{PATH}/preview", {"rule": {"conditions": []}}).code == "not_allowed"
    assert clerk.put(f"{PATH}/{number}", GIFTS).code == "not_allowed"
    assert clerk.put(f"{PATH}/{number}/products", {"products": ["tea"]}).code == "not_allowed"
    assert catalog.named_in(catalog.collections()[0].id) == ()


def test_too_many_conditions_are_counted_before_any_is_looked_up(owner: Staff) -> None:
    refused = owner.post(PATH, by_rule(*[{"kind": "brand", "brands": ["nobody"]}] * 13))

    assert (refused.status, refused.body["field"]) == (422, "rule")


def test_a_rule_is_not_tried_in_a_collection_that_somebody_fills_by_hand(owner: Staff) -> None:
    number = made(owner, GIFTS)
    owner.put(f"{PATH}/{number}/products", {"products": ["tea"]})

    refused = owner.post(f"{PATH}/preview", {"rule": {"conditions": [{"kind": "in_stock"}]}, "collection": number})

    assert (refused.status, refused.code, refused.body["field"], refused.body["value"]) == (422, "malformed", "collection", "gifts")


def test_a_rule_whose_answer_went_is_told_without_it_and_refused_until_it_has_another(owner: Staff) -> None:
    shade = an_attribute("shade", ("red", "blue"))
    number = made(owner, by_rule({"kind": "answer", "attribute": "shade", "choices": ["red"]}))
    blue = next(each for each in shade.choices if each.code == "blue")
    catalog.save_attribute(
        attribute_id=shade.id, code="shade", name=shade.name, kind=shade.kind, is_filter=True,
        choices=[ChoiceDraft(id=blue.id, code="blue", name=blue.name)], actor=None, now=NOON,
    )  # fmt: skip

    read = owner.get(f"{PATH}/{number}").body["collection"]
    sent = owner.put(f"{PATH}/{number}", read)
    tried = owner.post(f"{PATH}/preview", {"rule": read["rule"], "collection": number})
    named = owner.post(f"{PATH}/preview", {"rule": {"conditions": [{"kind": "answer", "attribute": "shade", "choices": ["red"]}]}})

    assert read["rule"]["conditions"][0]["choices"] == []
    for refused in (sent, tried):
        assert (refused.status, refused.code, refused.body["field"]) == (422, "malformed", "choices")
    assert (named.status, named.body["field"], named.body["value"]) == (404, "choices", "red")
    assert acts(owner) == ["catalog.save_collection"]
    mended = {**read, "rule": {"conditions": [{"kind": "answer", "attribute": "shade", "choices": ["blue"]}]}}
    assert owner.put(f"{PATH}/{number}", mended).status == 200


def test_the_same_again_with_blanks_changes_nothing(owner: Staff) -> None:
    number = made(owner, by_rule({"kind": "name", "text": "lamp"}))

    twice = [{"kind": "name", "text": " lamp "}, {"kind": "name", "text": "lamp"}]
    again = owner.put(f"{PATH}/{number}", by_rule(*twice, name={"en": " Gifts ", "zh": "礼物"}))

    assert again.status == 200
    assert acts(owner) == ["catalog.save_collection"]
    assert len(told("CollectionSaved")) == 1
