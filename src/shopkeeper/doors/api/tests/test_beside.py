"""Related goods and size tables over the API: set, the same again changes nothing, refused by name."""

from typing import Any

import pytest

from shopkeeper.doors.api.tests.builders import Caller, Staff
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.tests.builders import some_goods

RELATED = "staff/products/tea/related"
TABLES = "staff/size-tables"
SIZES: dict[str, Any] = {
    "name": {"en": "Shirts", "zh": "衬衫"},
    "columns": [{"name": {"en": "Chest", "zh": "胸围"}, "unit": "cm"}, {"name": {"en": "Cut"}}],
    "rows": [{"size": "S", "cells": ["86-90", "slim"]}, {"size": "M", "cells": ["91", ""]}],
    "categories": ["kitchen"],
}


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


def acts(staff: Staff) -> list[str]:
    return [entry.act for entry in reversed(audit.entries(actor=staff.user_id).items)]


# ── related goods ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_goods_are_put_beside_a_product_and_the_same_again_changes_nothing(owner: Staff, caller: Caller) -> None:
    some_goods("MUG", is_published=False)
    body = {"goes_with": ["lamp", "mug"], "instead": ["cup"]}

    first, again = (owner.put(RELATED, body) for _ in range(2))

    assert (first.status, first.body, again.body) == (200, body, body)
    assert owner.get(RELATED).body == body
    assert [each["slug"] for each in caller.get("products/tea").body["goes_with"]] == ["lamp"]
    assert acts(owner) == ["catalog.relate"]
    assert owner.put(RELATED, {}).body == {"goes_with": [], "instead": []}


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"goes_with": ["never"]}, 404, "not_found", "goes_with"),
        ({"instead": ["never"]}, 404, "not_found", "instead"),
        ({"goes_with": ["tea"]}, 422, "related_to_itself", "goes_with"),
        ({"instead": ["tea"]}, 422, "related_to_itself", "instead"),
        ({"goes_with": ["cup", "cup"]}, 422, "name_twice", "goes_with"),
        ({"goes_with": ["cup"], "instead": ["cup"]}, 422, "name_twice", "instead"),
        ({"goes_with": ["never"] * 13}, 422, "invalid", "goes_with"),
        ({"goes_with": ["cup"], "instead": ["lamp"] * 12}, 422, "out_of_range", "instead"),
        ({"beside": ["cup"]}, 422, "invalid", "beside"),
    ],
)
def test_what_cannot_stand_beside_is_refused_by_name(owner: Staff, body: dict[str, Any], status: int, code: str, field: str) -> None:
    refused = owner.put(RELATED, body)

    assert (refused.status, refused.code, refused.body["field"]) == (status, code, field)
    assert owner.get(RELATED).body == {"goes_with": [], "instead": []}
    assert acts(owner) == []


# ── size tables ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_size_table_is_made_once_read_changed_and_sent_back(owner: Staff, caller: Caller) -> None:
    first, again = (owner.post(TABLES, SIZES, Idempotency_Key="t") for _ in range(2))
    number, said = first.body["id"], first.body["table"]

    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert (said["rows"][0]["cells"], said["categories"], said["columns"][1]["name"]) == (
        ["86–90", "slim"],
        ["kitchen"],
        {"en": "Cut", "zh": ""},
    )
    assert owner.put(f"{TABLES}/{number}", said).body == first.body
    assert owner.put(f"{TABLES}/{number}", SIZES).body == first.body
    assert acts(owner) == ["catalog.save_size_table"]
    assert caller.get("products/lamp").body["size_table"]["name"]["en"] == "Shirts"
    less = owner.put(f"{TABLES}/{number}", {**said, "categories": []})
    assert (less.status, less.body["table"]["categories"]) == (200, [])
    assert caller.get("products/lamp").body["size_table"] is None
    assert (owner.get(f"{TABLES}/{number}").body, owner.get(TABLES).body["items"]) == (less.body, [less.body])


def test_a_product_has_a_table_of_its_own_or_that_of_its_shelf(owner: Staff) -> None:
    of_shelf = owner.post(TABLES, SIZES).body["id"]
    own = owner.post(TABLES, {**SIZES, "categories": []}).body["id"]
    path = "staff/products/lamp/size-table"

    first, again = (owner.put(path, {"size_table": own}) for _ in range(2))

    assert (first.status, first.body, again.body) == (200, {"product": "lamp", "size_table": own, "holds": own}, first.body)
    assert acts(owner).count("catalog.choose_size_table") == 1
    assert owner.put(path, {"size_table": None}).body == {"product": "lamp", "size_table": None, "holds": of_shelf}
    assert owner.get(path).body["holds"] == of_shelf
    gone = owner.put(path, {"size_table": 10**9})
    assert (gone.status, gone.body["field"]) == (404, "size_table")
    assert owner.put(path, {}).code == "invalid"


def test_a_table_that_is_shown_stays_and_another_is_taken_away(owner: Staff) -> None:
    number = owner.post(TABLES, SIZES).body["id"]

    used = owner.delete(f"{TABLES}/{number}")
    owner.put(f"{TABLES}/{number}", {**SIZES, "categories": []})

    assert (used.status, used.code, used.body["field"]) == (409, "size_table_is_used", "size_table")
    assert owner.delete(f"{TABLES}/{number}").status == 204
    assert (owner.delete(f"{TABLES}/{number}").status, owner.get(f"{TABLES}/{number}").status) == (404, 404)


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"name": {}}, 422, "out_of_range", "name_en"),
        ({"columns": []}, 422, "out_of_range", "columns"),
        ({"columns": [{"name": {"en": ""}, "unit": "cm"}, {"name": {"en": "Cut"}}]}, 422, "out_of_range", "columns"),
        ({"rows": []}, 422, "out_of_range", "rows"),
        ({"rows": [{"size": "S", "cells": ["86"]}]}, 422, "bad_size_line", "rows"),
        ({"rows": [{"size": "S", "cells": ["wide", ""]}]}, 422, "bad_size_line", "rows"),
        ({"rows": [{"size": "", "cells": ["86", ""]}]}, 422, "out_of_range", "rows"),
        ({"rows": [{"size": "S|M", "cells": ["86", ""]}]}, 422, "malformed", "rows"),
        ({"rows": [{"size": "S", "cells": ["86", "slim ｜ wide"]}]}, 422, "malformed", "rows"),
        ({"columns": [{"name": {"zh": "胸|围"}}, {"name": {"en": "Cut"}}]}, 422, "malformed", "columns"),
        ({"columns": [{"name": {"en": "Chest"}, "unit": "c|m"}, {"name": {"en": "Cut"}}]}, 422, "malformed", "columns"),
        ({"categories": ["nowhere"]}, 404, "not_found", "categories"),
    ],
)
def test_what_is_no_size_table_is_refused_by_name(owner: Staff, change: dict[str, Any], status: int, code: str, field: str) -> None:
    refused = owner.post(TABLES, {**SIZES, **change})

    assert (refused.status, refused.code, refused.body["field"]) == (status, code, field)
    assert catalog.size_tables() == ()


def test_a_clerk_sees_what_stands_beside_and_changes_nothing(shop: SmallShop, owner: Staff) -> None:
    number, clerk = owner.post(TABLES, SIZES).body["id"], Staff(Role.CLERK)

    for path in (RELATED, TABLES, f"{TABLES}/{number}", "staff/products/lamp/size-table"):
        assert clerk.get(path).status == 200
    assert clerk.put(RELATED, {"goes_with": ["cup"]}).code == "not_allowed"
    assert clerk.post(TABLES, SIZES).code == "not_allowed"
    assert clerk.put(f"{TABLES}/{number}", SIZES).code == "not_allowed"
    assert clerk.delete(f"{TABLES}/{number}").code == "not_allowed"
    assert clerk.put("staff/products/lamp/size-table", {"size_table": number}).code == "not_allowed"
    assert len(catalog.size_tables()) == 1


def test_a_product_that_is_not_there_is_not_found(owner: Staff) -> None:
    for path in ("related", "size-table"):
        assert owner.get(f"staff/products/never/{path}").status == 404
        assert owner.put(f"staff/products/never/{path}", {"size_table": None} if path == "size-table" else {}).status == 404
