"""Categories over the API: made once, changed, two levels deep, refused by name, the same again nothing."""

from typing import Any

import pytest

from shopkeeper.doors.api.tests.builders import Caller, Staff
from shopkeeper.flows.tests.builders import NOON, SmallShop, told
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import public as catalog

PATH = "staff/categories"
POTS: dict[str, Any] = {
    "slug": "pots",
    "name": {"en": "Pots", "zh": "锅具"},
    "intro": {"en": "For the stove", "zh": ""},
    "parent": "kitchen",
    "drawing": "pot",
    "position": 3,
}


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


def acts(staff: Staff) -> list[str]:
    return [entry.act for entry in reversed(audit.entries(actor=staff.user_id).items)]


def slugs() -> list[str]:
    return [each.slug for each in catalog.categories()]


def test_a_category_is_made_once_changed_and_sent_back(owner: Staff, caller: Caller) -> None:
    facts = len(told("CategorySaved"))

    first, again = (owner.post(PATH, POTS, Idempotency_Key="c") for _ in range(2))
    other = owner.post(PATH, {**POTS, "slug": "pans"}, Idempotency_Key="c")
    path = f"{PATH}/{first.body['id']}"

    assert (first.status, again.status, again.body) == (201, 201, first.body), first.body
    assert (first.body["category"], first.body["products"], first.body["is_derived"]) == (POTS, 0, False)
    assert (other.status, other.code) == (409, "key_reused")
    assert owner.put(path, first.body["category"]).body == first.body
    assert owner.put(path, {**POTS, "name": {"en": " Pots ", "zh": "锅具"}}).body == first.body
    assert (acts(owner), len(told("CategorySaved"))) == (["catalog.save_category"], facts + 1)
    changed = owner.put(path, {**POTS, "slug": "pans", "parent": None, "position": -1})
    assert (changed.status, changed.body["id"], changed.body["category"]["parent"]) == (200, first.body["id"], None)
    assert owner.get(PATH).body["items"][0] == changed.body
    assert "pans" in {each["slug"] for each in caller.get("categories").body["items"]}
    assert (acts(owner), len(told("CategorySaved"))) == (["catalog.save_category"] * 2, facts + 2)


def test_a_category_is_listed_for_staff_page_by_page(owner: Staff) -> None:
    owner.post(PATH, POTS)

    first, second = (owner.get(f"{PATH}?size=1&page={page}").body for page in (1, 2))

    assert (first["total"], first["pages"]) == (2, 2)
    assert [each["category"]["slug"] for page in (first, second) for each in page["items"]] == ["kitchen", "pots"]
    assert first["items"][0]["products"] == 1


def test_what_a_rule_made_stays_derived_until_a_person_says_otherwise(owner: Staff) -> None:
    made = catalog.save_category(category_id=None, slug="toys", name=Bilingual("Toys"), tint="d2", is_derived=True, actor=None, now=NOON)
    said = next(each["category"] for each in owner.get(PATH).body["items"] if each["id"] == made)

    same = owner.put(f"{PATH}/{made}", said)
    other = owner.put(f"{PATH}/{made}", {**said, "name": {"en": "Toys", "zh": "玩具"}})

    assert (same.body["is_derived"], other.body["is_derived"]) == (True, False)
    assert acts(owner) == ["catalog.save_category"]
    assert catalog.category("toys").tint == "d2"


@pytest.mark.parametrize(
    ("changes", "status", "told_as"),
    [
        ({"slug": "A B"}, 422, ("malformed", "slug")),
        ({"slug": "kitchen"}, 409, ("slug_taken", "slug")),
        ({"name": {}}, 422, ("out_of_range", "name_en")),
        ({"parent": "nowhere"}, 404, ("not_found", "category")),
        ({"parent": "below"}, 422, ("category_too_deep", "parent")),
        ({"position": 10**7}, 422, ("out_of_range", "position")),
        ({"drawing": "d" * 41}, 422, ("out_of_range", "drawing")),
        ({"tint": "d1"}, 422, ("invalid", "tint")),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_changes_nothing(
    owner: Staff, changes: dict[str, Any], status: int, told_as: tuple[str, str]
) -> None:
    kitchen = catalog.category("kitchen").id
    catalog.save_category(category_id=None, slug="below", name=Bilingual("Below"), parent_id=kitchen, actor=None, now=NOON)
    other = catalog.save_category(category_id=None, slug="other", name=Bilingual("Other"), actor=None, now=NOON)
    before = slugs()

    made, changed = owner.post(PATH, {**POTS, **changes}), owner.put(f"{PATH}/{other}", {**POTS, **changes})

    for refused in (made, changed):
        assert (refused.status, (refused.code, refused.body["field"])) == (status, told_as), refused.body
    assert (slugs(), acts(owner)) == (before, [])


def test_a_category_does_not_stand_under_itself(owner: Staff) -> None:
    kitchen = catalog.category("kitchen").id

    refused = owner.put(f"{PATH}/{kitchen}", {**POTS, "slug": "kitchen", "parent": "kitchen"})

    assert (refused.status, refused.code) == (422, "category_too_deep")


def test_what_is_not_there_is_not_found(owner: Staff) -> None:
    assert owner.put(f"{PATH}/{10**9}", POTS).status == 404
    assert "pots" not in slugs()


def test_a_clerk_reads_and_changes_nothing(shop: SmallShop, owner: Staff) -> None:
    made, clerk = owner.post(PATH, POTS).body["id"], Staff(Role.CLERK)

    assert clerk.get(PATH).status == 200
    assert clerk.post(PATH, {**POTS, "slug": "x"}).code == "not_allowed"
    assert clerk.put(f"{PATH}/{made}", {**POTS, "slug": "x"}).code == "not_allowed"
