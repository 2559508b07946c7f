"""Drafts and versions over the API: rights, refusals, the same request again, and no way round a second person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shopkeeper.doors.api.tests.builders import Answer, Staff
from shopkeeper.flows import drafts
from shopkeeper.flows.tests.builders import NOON, SmallShop, told
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.approvals.models import Approval
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.tests.builders import COLOUR, an_attribute, options_of, says, some_goods

PATH = "staff/products/tea/draft"


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


def kept(staff: Staff, **changes: Any) -> Answer:
    """Keep a draft of the tea that says these things otherwise."""
    found = staff.get(PATH).body
    return staff.put(PATH, {"version": found["version"] | changes, "instead_of": found["draft_id"] or 0})


def later(days: int = 1) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).replace(microsecond=0).isoformat()


def name_now() -> str:
    return catalog.product("tea").name.en


def test_what_is_read_can_be_sent_back_as_it_is(shop: SmallShop, owner: Staff) -> None:
    colour = an_attribute()
    tea = catalog.ids_by_slug(["tea"])["tea"]
    catalog.describe(product_id=tea, brand_id=None, traits=(says(colour, "red", "blue"),), actor=None, now=NOON)
    options_of(tea, COLOUR)
    read = owner.get(PATH)

    answer = owner.put(PATH, {"version": read.body["version"]})

    assert (read.status, answer.status) == (200, 200)
    assert answer.body["version"] == read.body["version"]
    assert read.body["draft_id"] is None
    assert catalog.compare_versions(catalog.working(tea).live, catalog.working(tea).version, language="en") == ()


def test_a_draft_is_kept_goes_live_once_and_is_thrown_away(shop: SmallShop, owner: Staff) -> None:
    name = name_now()
    first = kept(owner, name={"en": "Better tea", "zh": ""})
    assert (first.status, name_now()) == (200, name)
    again = owner.put(PATH, {"version": first.body["version"]})
    assert again.body["draft_id"] == first.body["draft_id"]

    saved = len(told("ProductSaved"))
    wish = {"draft_id": first.body["draft_id"], "mark": first.body["mark"]}
    live, once_more = (owner.post(f"{PATH}/publication", wish) for _ in range(2))

    assert (live.status, once_more.status, name_now()) == (200, 200, "Better tea")
    assert once_more.body == live.body
    assert len(told("ProductSaved")) == saved + 1
    assert len(told("ProductDrafted")) == 1
    kept(owner, name={"en": "Best tea", "zh": ""})
    assert owner.delete(PATH).status == 204
    assert (owner.delete(PATH).status, owner.get(PATH).body["draft_id"]) == (409, None)


def test_a_draft_kept_meanwhile_is_not_written_over(shop: SmallShop, owner: Staff) -> None:
    read = owner.get(PATH).body
    kept(owner, slug="tea-two")

    refused = owner.put(PATH, {"version": read["version"], "instead_of": 0})

    assert (refused.status, refused.code) == (409, "draft_moved")


def test_a_product_changed_since_is_not_taken_back_unseen(shop: SmallShop, owner: Staff) -> None:
    draft = kept(owner, name={"en": "Better tea", "zh": ""}).body
    tea = catalog.ids_by_slug(["tea"])["tea"]
    brand = catalog.save_brand(brand_id=None, slug="acme", name=Bilingual("Acme"), actor=None, now=NOON)
    catalog.describe(product_id=tea, brand_id=brand, traits=(), actor=None, now=NOON)

    refused = owner.post(f"{PATH}/publication", {"draft_id": draft["draft_id"], "mark": draft["mark"]})

    assert (refused.status, refused.code) == (409, "product_moved")


def test_a_draft_is_planned_and_the_plan_taken_back(shop: SmallShop, owner: Staff) -> None:
    draft = kept(owner, name={"en": "Better tea", "zh": ""}).body
    plan = {"draft_id": draft["draft_id"], "go_live_at": later(1), "expire_at": later(2)}

    first, again = (owner.put(f"{PATH}/plan", plan) for _ in range(2))

    assert (first.status, again.body) == (200, first.body)
    assert datetime.fromisoformat(first.body["go_live_at"]) == datetime.fromisoformat(plan["go_live_at"])
    assert owner.delete(f"{PATH}/plan").status == 204
    assert drafts.carry_out_due(datetime.now(UTC) + timedelta(days=9)) == 0


@pytest.mark.parametrize(
    ("wish", "code", "field"),
    [
        ({"go_live_at": "2001-03-04T12:00:00Z"}, "moment_past", "go_live_at"),
        ({"go_live_at": later(2), "expire_at": later(1)}, "ends_before_it_begins", "expire_at"),
        ({"go_live_at": later(4000)}, "out_of_range", "go_live_at"),
        ({}, "malformed", "go_live_at"),
        ({"go_live_at": "2030-01-01T12:00:00"}, "invalid", None),
    ],
)
def test_a_plan_that_cannot_be_is_refused(shop: SmallShop, owner: Staff, wish: dict[str, Any], code: str, field: str | None) -> None:
    draft = kept(owner, name={"en": "Better tea", "zh": ""}).body

    refused = owner.put(f"{PATH}/plan", {"draft_id": draft["draft_id"], **wish})

    assert (refused.status, refused.code) == (422, code)
    assert field is None or refused.body["field"] == field
    assert owner.get(PATH).body["go_live_at"] is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category": "nowhere"}, "category"),
        ({"brand": "nobody"}, "brand"),
        ({"slug": "Two Words"}, "slug"),
        ({"variants": []}, "variants"),
        ({"variants": [{"sku": "A", "stands": [[0, 0]]}]}, "value"),
        ({"variants": [{"id": 999999, "sku": "A"}]}, "variant"),
        ({"traits": [{"attribute": "nothing"}]}, "attribute"),
        ({"photo_url": "https://elsewhere.example/a.jpg"}, "photo_url"),
    ],
)
def test_a_draft_that_cannot_be_is_refused_by_field(shop: SmallShop, owner: Staff, changes: dict[str, Any], field: str) -> None:
    refused = kept(owner, **changes)

    assert refused.status in (404, 422)
    assert refused.body["field"] == field
    assert owner.get(PATH).body["draft_id"] is None


def test_versions_are_listed_compared_and_taken_up_again(shop: SmallShop, owner: Staff) -> None:
    draft = kept(owner, name={"en": "Better tea", "zh": ""}).body
    owner.post(f"{PATH}/publication", {"draft_id": draft["draft_id"]})
    listed = owner.get("staff/products/tea/versions").body
    newer, older = listed["items"][:2]

    compared = owner.get(f"staff/products/tea/versions/compared?before={older['id']}&after={newer['id']}").body
    again = owner.post(f"staff/products/tea/versions/{older['id']}/draft", {})

    assert [each["step"] for each in newer["steps"]] == ["kept", "published"]
    assert {each["field"] for each in compared["items"]} == {"name_en", "name_zh"}
    assert compared["items"][0]["after"] == "Better tea"
    assert {"kind": "in", "text": "Better"} in compared["items"][0]["pieces"]
    assert again.body["version"]["name"] == older["version"]["name"]
    assert owner.get("staff/products/cup/versions/compared?before=1&after=2").status == 404


def test_where_a_second_person_is_needed_the_api_asks_them(shop: SmallShop, owner: Staff) -> None:
    manager, name = Staff(Role.MANAGER), name_now()
    draft = kept(owner, name={"en": "Better tea", "zh": ""}).body
    catalog.save_products_need_two(is_needed=True)

    asked = owner.post(f"{PATH}/publication", {"draft_id": draft["draft_id"]})
    again = owner.post(f"{PATH}/publication", {"draft_id": draft["draft_id"]})
    planned = manager.put(f"{PATH}/plan", {"draft_id": draft["draft_id"], "go_live_at": later()})

    assert (asked.status, asked.code, again.code, planned.code) == (409, *["waiting_for_approval"] * 3)
    assert asked.body["approval"] == again.body["approval"] == Approval.objects.earliest("pk").pk
    assert name_now() == name


def test_where_a_second_person_is_needed_other_routes_do_not_go_round_them(shop: SmallShop, owner: Staff) -> None:
    catalog.save_products_need_two(is_needed=True)
    tea = catalog.ids_by_slug(["tea"])["tea"]

    refused = owner.put("staff/products/tea/options", {"options": [{"name": {"en": "Size"}, "values": [{"name": {"en": "S"}}]}]})

    assert refused.status in (409, 422)
    assert catalog.options([tea]) == {}


def test_what_is_live_already_is_not_asked_for_again_where_a_second_person_is_needed(shop: SmallShop, owner: Staff) -> None:
    first = kept(owner, name={"en": "Better tea", "zh": ""})
    wish = {"draft_id": first.body["draft_id"], "mark": first.body["mark"]}
    catalog.save_products_need_two(is_needed=True)
    live, once_more = (owner.post(f"{PATH}/publication", wish) for _ in range(2))

    # Nobody else could approve here, so that the owner acts alone.
    assert (live.status, once_more.status, name_now()) == (200, 200, "Better tea")
    assert once_more.body == live.body


def test_what_a_bundle_holds_does_not_go_round_the_second_person(shop: SmallShop, owner: Staff) -> None:
    some_goods("KIT")
    some_goods("CUP-9")
    catalog.save_products_need_two(is_needed=True)

    refused = owner.put("staff/bundles/KIT", {"parts": [{"sku": "CUP-9", "units": 2}]})

    assert (refused.status, refused.code) == (409, "second_person_needed")
    assert owner.get("staff/bundles/KIT").body["parts"] == []


def test_an_answer_that_stands_for_nothing_there_is_refused_in_a_draft_too(shop: SmallShop, owner: Staff) -> None:
    an_attribute()
    value = {"name": {"en": "Red"}, "choice": "red"}

    for option in ({"name": {"en": "Colour"}}, {"attribute": "colour"}, {"attribute": "nothing"}):
        wrong = value | ({"choice": "pink"} if option.get("attribute") == "colour" else {})
        refused = kept(owner, options=[{**option, "values": [wrong]}])
        assert (refused.status, refused.code) == (404, "not_found"), option

    assert owner.get(PATH).body["draft_id"] is None
