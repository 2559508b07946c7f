"""Pictures over the API: everybody reads where they are fetched, staff add, change and remove them, once under one key."""

from typing import Any

import pytest

from shopkeeper.doors.api.tests.builders import V1, Caller, Staff
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.media import public as media
from shopkeeper.selling.media.tests.builders import a_file, opened


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


def add(staff: Staff, content: bytes, *, key: str = "k1", slug: str = "tea") -> Any:
    headers = {"HTTP_X_CSRFTOKEN": staff.token, "HTTP_IDEMPOTENCY_KEY": key}
    return staff.client.post(f"{V1}/staff/products/{slug}/pictures?name=pot.jpg", content, "application/octet-stream", **headers)


def test_a_picture_is_added_once_under_its_key_and_fetched_where_it_is_told(owner: Staff, caller: Caller) -> None:
    first, again = add(owner, a_file(seed=1)), add(owner, a_file(seed=1))
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (add(owner, a_file(seed=1), key="k2").json()["code"], add(owner, a_file(seed=2)).json()["code"]) == (
        "picture_is_there", "key_reused",
    )  # fmt: skip

    (found,) = caller.get("products/tea/pictures").body

    assert found["alt"] == {"en": catalog.product("tea").name.pick("en"), "zh": catalog.product("tea").name.pick("zh")}
    for cut in (found["whole"], found["square"]):
        for width in cut["widths"]:
            address = cut["address"].format(width=width, format=cut["formats"][0])
            assert opened(owner.client.get(address).content).width == width


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"<svg/>", 422, "not_a_picture"), (a_file()[:100], 422, "broken_picture"), (a_file(width=20), 422, "wrong_measure"),
     (b"\xff\xd8\xff" + bytes(20_000_000), 422, "file_too_large"), (b"", 422, "not_a_picture")],
)  # fmt: skip
def test_what_is_no_picture_is_refused_and_nothing_is_kept(owner: Staff, content: bytes, status: int, code: str) -> None:
    answer = add(owner, content)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert media.gallery(catalog.product("tea").id).pictures == ()


def test_a_picture_is_changed_moved_and_removed(owner: Staff, caller: Caller) -> None:
    one, two = add(owner, a_file(seed=1), key="1").json()["id"], add(owner, a_file(seed=2), key="2").json()["id"]

    changed = owner.call("PUT", f"{V1}/staff/pictures/{two}", {"alt_en": "Pot", "alt_zh": "壶", "focus_x": 10, "position": 1})
    assert (changed.status, changed.body["alt"], changed.body["focus_x"]) == (200, {"en": "Pot", "zh": "壶"}, 10)
    assert [each["id"] for each in caller.get("products/tea/pictures").body] == [two, one]

    assert owner.call("DELETE", f"{V1}/staff/pictures/{two}", {}).status == 204
    assert owner.call("DELETE", f"{V1}/staff/pictures/{two}", {}).status == 404
    assert [each["id"] for each in caller.get("products/tea/pictures").body] == [one]


def test_nonsense_is_refused_by_its_field(owner: Staff) -> None:
    made = add(owner, a_file(seed=1)).json()["id"]

    focus = owner.call("PUT", f"{V1}/staff/pictures/{made}", {"focus_x": 101})
    variant = owner.call("PUT", f"{V1}/staff/pictures/{made}", {"variants": [999_999]})

    assert (focus.status, focus.body["field"]) == (422, "focus_x")
    assert (variant.status, variant.body["field"]) == (404, "variant")
    assert add(owner, a_file(), slug="nope").status_code == 404


def test_a_clerk_changes_no_pictures(owner: Staff) -> None:
    assert add(Staff(Role.CLERK), a_file()).status_code == 403
