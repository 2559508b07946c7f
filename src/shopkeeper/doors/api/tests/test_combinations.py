"""Options of a product over the API: set, taken away, variants made for what is missing."""

from typing import Any

import pytest

from shopkeeper.doors.api.tests.builders import Caller, Staff
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.tests.builders import an_attribute

PATH = "staff/products/tea/options"


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


def size(*names: str) -> dict[str, Any]:
    return {"name": {"en": "Size"}, "values": [{"name": {"en": each}} for each in names]}


def acts(staff: Staff) -> list[str]:
    return [entry.act for entry in reversed(audit.entries(actor=staff.user_id).items)]


def test_options_are_set_and_the_same_again_changes_nothing(owner: Staff) -> None:
    first, again = (owner.put(PATH, {"options": [size("S", "L")]}) for _ in range(2))

    assert first.status == 200, first.body
    assert [each["name"]["en"] for each in first.body["options"][0]["values"]] == ["S", "L"]
    assert [each["name"]["en"] for each in first.body["variants"]] == ["S"]
    assert [each["name"]["en"] for each in first.body["missing"]] == ["L"]
    assert first.body["combinations"] == 2
    assert again.body == first.body
    assert acts(owner) == ["catalog.save_options"]


def test_missing_combinations_become_variants_once_under_their_key(owner: Staff) -> None:
    missing = owner.put(PATH, {"options": [size("S", "L")]}).body["missing"][0]
    body = {"variants": [{"sku": missing["sku"], "value_ids": missing["value_ids"], "weight_g": 50}]}

    first, again = (owner.post("staff/products/tea/variants", body, Idempotency_Key="v") for _ in range(2))

    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert (len(first.body["variants"]), first.body["missing"]) == (2, [])
    other = owner.post("staff/products/tea/variants", {"variants": [{**body["variants"][0], "sku": "OTHER"}]})
    assert (other.status, other.code) == (409, "combination_taken")
    assert acts(owner) == ["catalog.save_options", "catalog.add_variants"]


def test_options_with_more_combinations_than_may_be_proposed_are_saved_read_and_filled_one_by_one(owner: Staff) -> None:
    def wide(name: str) -> dict[str, Any]:
        return {"name": {"en": name}, "values": [{"name": {"en": f"{name}{number}"}} for number in range(15)]}

    saved = owner.put(PATH, {"options": [wide("A"), wide("B")]})

    assert saved.status == 200, saved.body
    assert (saved.body["combinations"], saved.body["missing"]) == (225, [])
    assert owner.get(PATH).body == saved.body
    pair = [each["values"][4]["id"] for each in saved.body["options"]]
    body = {"variants": [{"sku": "NEW-1", "value_ids": pair}]}
    first, again = (owner.post("staff/products/tea/variants", body, Idempotency_Key="k") for _ in range(2))
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert "NEW-1" in {each["sku"] for each in first.body["variants"]}


def test_values_and_options_are_taken_away_unless_variants_on_sale_need_them(owner: Staff) -> None:
    owner.put(PATH, {"options": [size("S", "L")]})

    less = owner.put(PATH, {"options": [size("S")]})
    needed = owner.put(PATH, {"options": [size("L")]})
    none = owner.put(PATH, {"options": []})

    assert ([each["name"]["en"] for each in less.body["options"][0]["values"]], less.body["missing"]) == (["S"], [])
    assert (needed.status, needed.code) == (409, "value_is_used")
    assert (none.status, none.body["options"]) == (200, [])


def test_an_option_is_renamed_by_its_number_and_keeps_what_its_variants_stand_for(owner: Staff) -> None:
    before = owner.put(PATH, {"options": [size("S", "L")]}).body["options"][0]
    values = [{"id": each["id"], "name": {"en": each["name"]["en"] + "ize"}} for each in before["values"]]

    after = owner.put(PATH, {"options": [{"id": before["id"], "name": {"en": "How big"}, "values": values}]}).body

    assert (after["options"][0]["id"], after["options"][0]["name"]["en"]) == (before["id"], "How big")
    assert [each["id"] for each in after["options"][0]["values"]] == [each["id"] for each in before["values"]]
    assert after["variants"][0]["value_ids"] == [before["values"][0]["id"]]


def test_an_option_stands_for_an_attribute_by_its_code(owner: Staff) -> None:
    an_attribute("shade")
    body = {"options": [{"attribute": "shade", "values": [{"choice": "red"}, {"choice": "blue"}]}]}

    first, again = (owner.put(PATH, body) for _ in range(2))

    assert first.status == 200, first.body
    (option,) = first.body["options"]
    assert (option["attribute"], [each["choice"] for each in option["values"]]) == ("shade", ["red", "blue"])
    assert again.body == first.body
    assert acts(owner) == ["catalog.save_options"]


@pytest.mark.parametrize(
    ("options", "status", "field"),
    [
        ([{"name": {"en": ""}, "values": [{"name": {"en": "S"}}]}], 422, "option_name_en"),
        ([{**size("S"), "id": 10**9}], 404, "option"),
        ([size("S", "S")], 422, "values"),
        ([size("S"), size("M")], 422, "options"),
        ([{"name": {"en": "Size"}, "values": []}], 422, "values"),
        ([{"attribute": "nope", "values": [{"choice": "red"}]}], 404, "attribute"),
        ([{"name": {"en": "Size"}, "values": [{"choice": "red"}]}], 404, "choice"),
        ([{"name": {"en": "Size"}, "values": [{"name": {"en": "S"}, "swatch": "red"}]}], 422, "swatch"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_changes_nothing(owner: Staff, options: list[Any], status: int, field: str) -> None:
    refused = owner.put(PATH, {"options": options})

    assert (refused.status, refused.body["field"]) == (status, field), refused.body
    assert refused.body["remedy"]
    assert owner.get(PATH).body["options"] == []
    assert acts(owner) == []


def test_a_variant_is_taken_off_sale_and_put_on_again_all_else_as_it_was(owner: Staff, caller: Caller) -> None:
    before = catalog.product("lamp")

    first, again = (owner.put("staff/on-sale/lamp/s", {"is_sellable": False}) for _ in range(2))

    assert (first.status, again.body) == (200, first.body)
    assert first.body == {
        "sku": "LAMP/S",
        "product": "lamp",
        "name": {"en": "Small", "zh": "小号"},
        "is_sellable": False,
        "is_published": True,
    }
    assert caller.get("stock?sku=LAMP/S").body["items"] == [{"sku": "LAMP/S", "available": 0, "is_sellable": False}]
    assert acts(owner) == ["catalog.save_product"]
    assert owner.put("staff/on-sale/LAMP/S", {"is_sellable": True}).body["is_sellable"] is True
    assert owner.get("staff/on-sale/LAMP/S").body["is_sellable"] is True
    assert catalog.product("lamp") == before


def test_a_variant_off_sale_that_stands_for_no_combination_is_not_put_on_sale(owner: Staff) -> None:
    owner.put("staff/on-sale/TEA", {"is_sellable": False})
    owner.put(PATH, {"options": [size("S", "L")]})
    missing = owner.get(PATH).body["missing"]
    owner.post("staff/products/tea/variants", {"variants": [{"sku": each["sku"], "value_ids": each["value_ids"]} for each in missing]})

    refused = owner.put("staff/on-sale/TEA", {"is_sellable": True})

    assert (refused.status, refused.code, refused.body["field"]) == (422, "combination_missing", "variants")
    assert owner.get("staff/on-sale/TEA").body["is_sellable"] is False


def test_what_is_on_sale_is_not_changed_round_the_second_person_nor_by_a_clerk(shop: SmallShop, owner: Staff) -> None:
    clerk = Staff(Role.CLERK)
    refused = clerk.put("staff/on-sale/TEA", {"is_sellable": False})
    catalog.save_products_need_two(is_needed=True)

    needed = owner.put("staff/on-sale/TEA", {"is_sellable": False})

    assert (refused.status, refused.code) == (403, "not_allowed")
    assert (needed.status, needed.code) == (409, "second_person_needed")
    assert clerk.get("staff/on-sale/TEA").body["is_sellable"] is True
    assert owner.put("staff/on-sale/NEVER", {"is_sellable": False}).status == 404
    assert owner.put("staff/on-sale/TEA", {"is_sellable": "no"}).code == "invalid"


def test_a_product_that_is_not_there_is_not_found(owner: Staff) -> None:
    assert owner.get("staff/products/never/options").status == 404
    assert owner.put("staff/products/never/options", {"options": []}).status == 404
    assert owner.post("staff/products/never/variants", {"variants": [{"sku": "A", "value_ids": [1]}]}).status == 404


def test_a_clerk_reads_and_changes_nothing(shop: SmallShop) -> None:
    clerk = Staff(Role.CLERK)

    assert clerk.get(PATH).status == 200
    assert clerk.put(PATH, {"options": []}).code == "not_allowed"


def test_the_first_day_is_read_as_the_shop_stands(owner: Staff) -> None:
    day = owner.get("staff/first-day").body

    assert {each["state"] for each in day["steps"]} <= {"done", "open", "look"}
    assert day["done"] == sum(each["state"] == "done" for each in day["steps"])
    assert set(day["in_the_way"]) == {each["name"] for each in day["steps"] if each["is_needed"] and each["state"] == "open"}
    assert day["next"] in {each["name"] for each in day["steps"]}
    assert all(each["findings"] or each["state"] == "done" for each in day["steps"])
