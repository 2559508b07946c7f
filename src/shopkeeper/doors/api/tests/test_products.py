"""Products made and changed whole over the API: once under a key, by right, priced, refused by name, the same again nothing."""

from typing import Any

import pytest

from shopkeeper.doors.api.tests.builders import Caller, Staff
from shopkeeper.flows.tests.builders import SmallShop, told
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.tests.builders import a_brand, an_attribute

PRODUCTS, POT_PATH = "staff/products", "staff/products/tea-pot"
PRICE = {"amount_minor": 1_250, "currency": "GBP"}
POT: dict[str, Any] = {
    "slug": "tea-pot",
    "name": {"en": "Tea pot", "zh": "茶壶"},
    "text": {"en": "It pours.\n\nWell.", "zh": ""},
    "category": "kitchen",
    "variants": [{"sku": "TP-1", "weight_g": 600, "price": PRICE}],
    "is_published": True,
}
COLOURED = {
    "options": [{"name": {"en": "Colour", "zh": "颜色"}, "values": [{"name": {"en": "Red"}}, {"name": {"en": "Blue"}}]}],
    "variants": [
        {"sku": "TP-R", "stands": [[0, 0]], "price": PRICE},
        {"sku": "TP-B", "stands": [[0, 1]], "price": {**PRICE, "amount_minor": 1_300}, "is_sellable": False},
    ],
}


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


def acts(staff: Staff) -> list[str]:
    return [entry.act for entry in reversed(audit.entries(actor=staff.user_id).items)]


def is_there() -> bool:
    return "tea-pot" in catalog.ids_by_slug(["tea-pot"])


def test_a_product_is_made_once_under_its_key_priced_and_shown(owner: Staff, caller: Caller) -> None:
    first, again = (owner.post(PRODUCTS, POT, Idempotency_Key="p") for _ in range(2))
    other = owner.post(PRODUCTS, {**POT, "slug": "other"}, Idempotency_Key="p")

    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert (other.status, other.code, other.body["field"]) == (409, "key_reused", "idempotency_key")
    shown = caller.get("products/tea-pot").body
    assert (shown["name"], shown["path"]) == (POT["name"], ["kitchen"])
    assert [(each["sku"], each["price"]["price"]["amount_minor"]) for each in shown["variants"]] == [("TP-1", 1_250)]
    said = first.body["product"]
    assert (said["text"], said["category"], said["is_published"], said["variants"][0]["weight_g"]) == (POT["text"], "kitchen", True, 600)
    assert acts(owner) == ["catalog.save_product", "pricing.set_price"]


def test_a_new_product_is_not_shown_and_may_have_no_price_yet(owner: Staff, caller: Caller) -> None:
    made = owner.post(PRODUCTS, {"slug": "tea-pot", "name": {"zh": "茶壶"}, "variants": [{"sku": "TP-1"}]})

    assert (made.status, made.body["product"]["is_published"], made.body["product"]["category"]) == (201, False, None)
    assert caller.get("products/tea-pot").status == 404
    assert owner.get(POT_PATH).body == made.body
    assert acts(owner) == ["catalog.save_product"]


def test_a_product_is_made_with_options_brand_and_attributes(owner: Staff, caller: Caller) -> None:
    a_brand("acme")
    an_attribute("hue")
    body = {**POT, **COLOURED, "brand": "acme", "traits": [{"attribute": "hue", "choices": ["red"]}]}

    first, again = (owner.post(PRODUCTS, body, Idempotency_Key="p") for _ in range(2))

    assert (first.status, again.body) == (201, first.body), first.body
    assert [(each["sku"], each["stands"], each["option"]["en"], each["is_sellable"]) for each in first.body["product"]["variants"]] == [
        ("TP-R", [[0, 0]], "Red", True),
        ("TP-B", [[0, 1]], "Blue", False),
    ]
    assert owner.get(f"{POT_PATH}/description").body["brand"] == "acme"
    assert [each["code"] for each in caller.get("products/tea-pot").body["traits"]] == ["hue"]
    assert sorted(set(acts(owner))) == ["catalog.describe", "catalog.save_options", "catalog.save_product", "pricing.set_price"]
    assert acts(owner).count("pricing.set_price") == 2


@pytest.mark.parametrize(
    ("changes", "status", "told_as"),
    [
        ({"slug": "A B"}, 422, ("malformed", "slug")),
        ({"slug": "tea"}, 409, ("slug_taken", "slug")),
        ({"name": {}}, 422, ("out_of_range", "name_en")),
        ({"category": "nowhere"}, 404, ("not_found", "category")),
        ({"brand": "nobody"}, 404, ("not_found", "brand")),
        ({"variants": []}, 422, ("out_of_range", "variants")),
        ({"variants": [{"sku": "tea"}]}, 409, ("sku_taken", "sku")),
        ({"variants": [{"sku": "TP-1"}, {"sku": "tp-1"}]}, 409, ("sku_taken", "sku")),
        ({"variants": [{"sku": "T P"}]}, 422, ("malformed", "sku")),
        ({"variants": [{"sku": "TP-1", "weight_g": -1}]}, 422, ("out_of_range", "weight_g")),
        ({"variants": [{"sku": "TP-1", "stands": [[0, 0]]}]}, 404, ("not_found", "value")),
        ({**COLOURED, "variants": [{"sku": "TP-1"}]}, 422, ("combination_missing", "variants")),
        ({**COLOURED, "variants": [{"sku": each, "stands": [[0, 0]]} for each in "AB"]}, 409, ("combination_taken", "variants")),
        ({"options": [{"name": {"en": "Size"}, "values": []}]}, 422, ("out_of_range", "values")),
        ({"traits": [{"attribute": "nothing"}]}, 404, ("not_found", "attribute")),
        ({"traits": [{"attribute": "hue"}, {"attribute": "hue"}]}, 422, ("malformed", "trait")),
        ({"photo_url": "https://elsewhere.example/a.jpg"}, 422, ("malformed", "photo_url")),
        ({"variants": [{"sku": "TP-1", "price": {**PRICE, "currency": "EUR"}}]}, 422, ("wrong_currency", "currency")),
        ({"variants": [{"sku": "TP-1", "price": {**PRICE, "amount_minor": 10**13}}]}, 422, ("invalid", "variants.0.price.amount_minor")),
        ({"variants": [{"sku": "TP-1", "price": {**PRICE, "amount_minor": 12.5}}]}, 422, ("invalid", "variants.0.price.amount_minor")),
        ({"variants": [{"sku": "TP-1", "price": {**PRICE, "reason": "r" * 201}}]}, 422, ("out_of_range", "reason")),
        ({"colour": "red"}, 422, ("invalid", "colour")),
    ],
)
def test_what_cannot_be_made_is_refused_by_name_and_leaves_nothing(
    owner: Staff, changes: dict[str, Any], status: int, told_as: tuple[str, str]
) -> None:
    an_attribute("hue")
    before = len(told("ProductSaved"))

    refused = owner.post(PRODUCTS, {**POT, **changes}, Idempotency_Key="p")

    assert (refused.status, (refused.code, refused.body["field"])) == (status, told_as), refused.body
    assert refused.body["remedy"]
    assert (is_there(), acts(owner), len(told("ProductSaved"))) == (False, [], before)
    assert owner.post(PRODUCTS, POT, Idempotency_Key="p").status == 201


def test_a_refusal_is_told_in_chinese_too(shop: SmallShop) -> None:
    refused = Staff(Role.OWNER, language="zh-hans").post(PRODUCTS, {**POT, "variants": [{"sku": "TEA"}]})

    assert (refused.code, refused.body["title"]) == ("sku_taken", "SKU 已被占用")


def test_a_product_is_changed_and_sent_back_as_it_was_read(owner: Staff, caller: Caller) -> None:
    owner.post(PRODUCTS, POT)
    read, facts = owner.get(POT_PATH).body, len(told("ProductSaved"))
    said = read["product"]

    assert owner.put(POT_PATH, said).body == read
    assert owner.put(POT_PATH, {**said, "name": {"en": " Tea pot ", "zh": "茶壶"}, "text": {"en": "It pours.\r\n\r\nWell. "}}).body == read
    assert (len(told("ProductSaved")), acts(owner)) == (facts, ["catalog.save_product", "pricing.set_price"])

    changed = owner.put(POT_PATH, {**said, "slug": "pot", "category": None, "variants": [*said["variants"], {"sku": "TP-2"}]})
    assert (changed.status, changed.body["id"]) == (200, read["id"]), changed.body
    assert [each["sku"] for each in changed.body["product"]["variants"]] == ["TP-1", "TP-2"]
    assert owner.get("staff/products/pot").body == changed.body
    assert caller.get("products/pot").status == 200
    assert (len(told("ProductSaved")), acts(owner)[-1]) == (facts + 1, "catalog.save_product")


def test_a_variant_left_out_goes_off_sale_and_leaving_it_out_again_changes_nothing(owner: Staff) -> None:
    owner.post(PRODUCTS, {**POT, **COLOURED})
    said = owner.get(POT_PATH).body["product"]
    less = {**said, "variants": [{**said["variants"][1], "is_sellable": True}]}

    first, facts = owner.put(POT_PATH, less), len(told("ProductSaved"))
    again = owner.put(POT_PATH, less)

    assert (first.status, again.body) == (200, first.body), first.body
    assert {each["sku"]: each["is_sellable"] for each in first.body["product"]["variants"]} == {"TP-R": False, "TP-B": True}
    assert len(told("ProductSaved")) == facts


@pytest.mark.parametrize(
    ("changes", "status", "told_as"),
    [
        ({"slug": "lamp"}, 409, ("slug_taken", "slug")),
        ({"category": "nowhere"}, 404, ("not_found", "category")),
        ({"name": {"en": "", "zh": " "}}, 422, ("out_of_range", "name_en")),
        ({"variants": [{"sku": "tea"}]}, 409, ("sku_taken", "sku")),
        ({"variants": [{"id": 10**9, "sku": "TP-1"}]}, 404, ("not_found", "variant")),
        ({"variants": [{"sku": "TP-9", "price": PRICE}]}, 422, ("invalid", "variants.0.price")),
    ],
)
def test_what_cannot_be_changed_is_refused_and_nothing_moves(
    owner: Staff, changes: dict[str, Any], status: int, told_as: tuple[str, str]
) -> None:
    owner.post(PRODUCTS, POT)
    read = owner.get(POT_PATH).body

    refused = owner.put(POT_PATH, {**read["product"], **changes})

    assert (refused.status, (refused.code, refused.body["field"])) == (status, told_as), refused.body
    assert owner.get(POT_PATH).body == read


def test_whether_it_is_shown_is_never_guessed(owner: Staff) -> None:
    owner.post(PRODUCTS, POT)
    said = owner.get(POT_PATH).body["product"]
    del said["is_published"]

    refused = owner.put(POT_PATH, said)

    assert (refused.status, refused.body["field"]) == (422, "is_published")


def test_where_a_second_person_is_needed_nothing_is_shown_past_them(owner: Staff) -> None:
    catalog.save_products_need_two(is_needed=True)

    refused = owner.post(PRODUCTS, POT, Idempotency_Key="p")
    hidden = owner.post(PRODUCTS, {**POT, "is_published": False}, Idempotency_Key="p")
    shown = owner.put(POT_PATH, {**hidden.body["product"], "is_published": True})

    assert (refused.status, refused.code) == (409, "second_person_needed")
    assert hidden.status == 201
    assert (shown.status, shown.code) == (409, "second_person_needed")
    assert owner.get(POT_PATH).body["product"]["is_published"] is False
    assert owner.put(POT_PATH, hidden.body["product"]).body == hidden.body


def test_a_clerk_reads_and_makes_nothing(shop: SmallShop, owner: Staff) -> None:
    owner.post(PRODUCTS, POT)
    clerk, read = Staff(Role.CLERK), owner.get(POT_PATH).body

    assert clerk.get(POT_PATH).body == read
    assert clerk.post(PRODUCTS, {**POT, "slug": "x", "variants": [{"sku": "X"}]}).code == "not_allowed"
    assert clerk.put(POT_PATH, {**read["product"], "slug": "x"}).code == "not_allowed"


@pytest.mark.parametrize(
    ("more", "act"),
    [
        ({}, "pricing.set_price"),
        ({"brand": "acme", "variants": [{"sku": "TP-1"}]}, "catalog.describe"),
        ({**COLOURED, "variants": [{"sku": "TP-1", "stands": [[0, 0]]}]}, "catalog.save_options"),
    ],
)
def test_what_else_is_said_of_a_new_product_needs_its_own_right(
    owner: Staff, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any], act: str
) -> None:
    a_brand("acme")
    may = access.require

    def all_but(user_id: Any, asked: str) -> None:
        may(None if asked == act else user_id, asked)

    monkeypatch.setattr(access, "require", all_but)

    refused = owner.post(PRODUCTS, {**POT, **more})

    assert (refused.status, refused.code, is_there()) == (403, "not_allowed", False)
