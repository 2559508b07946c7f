"""Many products changed over the API: looked at, done once under a key, followed, stopped, taken back; refused by name."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shopkeeper.doors.api import edits
from shopkeeper.doors.api.tests.builders import PASSWORD, Staff
from shopkeeper.flows import change_many, change_prices
from shopkeeper.flows.tests.builders import NOON, SmallShop, told
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.approvals.models import Approval
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.models import collection_models
from shopkeeper.selling.catalog.shapes_collections import CollectionDraft, CollectionKind, Condition, ConditionKind, Rule
from shopkeeper.selling.catalog.tests.builders import a_brand, an_attribute
from shopkeeper.selling.pricing import public as pricing

PATH, LOOK = "staff/edits", "staff/edits/dry-run"
HIDE: dict[str, Any] = {"products": ["tea", "cup"], "kind": "unpublish"}
WHY = {"reason": "end of season"}


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let more than one product be many, and a slice be of one."""
    monkeypatch.setattr(change_many, "SMALL", 1)
    monkeypatch.setattr(change_many, "AT_ONCE", 1)


def acts(staff: Staff) -> list[str]:
    return [entry.act for entry in reversed(audit.entries(actor=staff.user_id).items)]


def shown(*slugs: str) -> list[bool]:
    ids = catalog.ids_by_slug(slugs)
    return [catalog.products([ids[each]])[ids[each]].is_published for each in slugs]


def cost(shop: SmallShop, sku: str) -> int:
    return pricing.prices([shop.variants[sku]])[shop.variants[sku]].amount_minor


def a_collection(slug: str = "gifts", *, by_rule: bool = False) -> None:
    kind = CollectionKind.RULE if by_rule else CollectionKind.HAND
    rule = Rule(conditions=(Condition(kind=ConditionKind.REDUCED),)) if by_rule else Rule()
    draft = CollectionDraft(slug=slug, name=Bilingual(slug), kind=kind, rule=rule)
    catalog.save_collection(collection_id=None, draft=draft, actor=None, now=NOON)


def test_a_look_changes_nothing_and_what_is_done_is_what_it_said(owner: Staff) -> None:
    catalog.unpublish(product_id=catalog.ids_by_slug(["cup"])["cup"], actor=None, now=NOON)

    looked = owner.post(LOOK, HIDE)

    assert (looked.status, looked.body["changed"], looked.body["same"]) == (200, 1, 1)
    (change,) = looked.body["first"]
    assert (change["product"], change["before"]["is_published"], change["after"]["is_published"]) == ("tea", True, False)
    assert shown("tea", "cup") == [True, False]
    assert (acts(owner), collection_models.BulkEdit.objects.count()) == ([], 0)
    done = owner.post(PATH, {**HIDE, **WHY}).body
    assert (done["state"], done["changed"], done["wanted"], done["outcomes"]) == ("done", 1, 2, {"done": 1, "same": 1})
    assert shown("tea", "cup") == [False, False]


def test_a_change_sent_again_under_its_key_is_done_once(owner: Staff) -> None:
    saved = len(told("ProductSaved"))

    first, again = (owner.post(PATH, {**HIDE, **WHY}, Idempotency_Key="e") for _ in range(2))
    other = owner.post(PATH, {**HIDE, "reason": "another"}, Idempotency_Key="e")

    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert (other.status, other.code) == (409, "key_reused")
    assert acts(owner) == ["catalog.edit_products"]
    assert len(told("ProductSaved")) == saved + 2
    assert (first.body["by"], first.body["reason"], first.body["outcomes"]) == (owner.user_id, "end of season", {"done": 2})


def test_the_last_change_is_taken_back_once_where_nobody_changed_it_since(owner: Staff) -> None:
    number = owner.post(PATH, {**HIDE, **WHY}).body["id"]
    catalog.publish(product_id=catalog.ids_by_slug(["cup"])["cup"], actor=None, now=NOON)

    first, again = (owner.post(f"{PATH}/{number}/undo", Idempotency_Key="u") for _ in range(2))
    once_more = owner.post(f"{PATH}/{number}/undo")

    assert (first.status, again.status, again.body) == (200, 200, first.body)
    assert (first.body["state"], first.body["set_back"], first.body["outcomes"]) == ("undone", 1, {"back": 1, "left": 1})
    assert first.body["undone_by"] == owner.user_id
    assert (once_more.status, once_more.code, once_more.body["field"]) == (409, "edit_too_old", "edit")
    assert acts(owner) == ["catalog.edit_products", "catalog.undo_edit"]


def test_many_products_are_changed_by_a_job_that_is_followed_stopped_and_taken_back(owner: Staff, few: None) -> None:
    body = {**HIDE, "products": ["tea", "cup", "lamp"], **WHY}

    begun = owner.post(PATH, body, Idempotency_Key="m")
    path = f"{PATH}/{begun.body['id']}"
    waiting = shown("tea", "cup", "lamp")
    catalog.change_some(begun.body["id"], size=1, now=NOON)
    half, again = owner.get(path), owner.post(PATH, body, Idempotency_Key="m")
    too_early = owner.post(f"{path}/undo")
    stopped, still = (owner.post(f"{path}/stop", Idempotency_Key="s") for _ in range(2))

    assert (begun.status, begun.body["state"], begun.body["is_under_way"], waiting) == (202, "running", True, [True] * 3)
    assert (half.body["worked"], half.body["wanted"], half.body["outcomes"]) == (1, 3, {"done": 1, "due": 2})
    assert (again.status, again.body) == (202, half.body)
    assert (too_early.status, too_early.code) == (409, "edit_under_way")
    assert (stopped.status, stopped.body["state"], still.body) == (200, "stopped", stopped.body)
    assert (change_many.work_all(NOON), shown("tea", "cup", "lamp")) == (0, [False, True, True])
    assert owner.post(f"{path}/undo").body["state"] == "undone"
    assert shown("tea", "cup", "lamp") == [True] * 3
    assert acts(owner) == ["catalog.edit_products", "catalog.stop_edit", "catalog.undo_edit"]


def test_a_large_change_is_gone_through_and_undone_by_the_job(owner: Staff, few: None) -> None:
    path = f"{PATH}/{owner.post(PATH, {**HIDE, **WHY}).body['id']}"
    change_many.work_all(NOON)
    done = owner.get(path).body

    undoing = owner.post(f"{path}/undo")
    change_many.work_all(NOON)

    assert (done["state"], done["is_under_way"], done["changed"]) == ("done", False, 2)
    assert (undoing.status, undoing.body["state"], undoing.body["worked"]) == (202, "undoing", 0)
    assert (owner.get(path).body["state"], shown("tea", "cup")) == ("undone", [True, True])
    assert len(audit.entries(actor=owner.user_id).items) == 2


@pytest.mark.parametrize(
    ("wish", "before", "after"),
    [
        ({"kind": "category", "category": "kitchen"}, {}, {"category": "kitchen"}),
        ({"kind": "brand", "brand": "acme"}, {}, {"brand": "acme"}),
        ({"kind": "answer", "attribute": "shade", "choices": ["red", "blue"]}, {"answers": []}, {"answers": ["red", "blue"]}),
        ({"kind": "collect", "collection": "gifts"}, {"is_collected": False}, {"is_collected": True}),
        (
            {"kind": "weight", "weight_g": 70},
            {"weights": [{"sku": "TEA", "weight_g": 0}]},
            {"weights": [{"sku": "TEA", "weight_g": 70}]},
        ),
        (
            {"kind": "price", "price": {"how": "down_percent", "percent": "10", "rounding": 50}},
            {"prices": [{"sku": "TEA", "price": {"amount_minor": 1250, "currency": "GBP"}}]},
            {"prices": [{"sku": "TEA", "price": {"amount_minor": 1150, "currency": "GBP"}}]},
        ),
    ],
)
def test_every_kind_of_change_is_looked_at_done_and_taken_back(
    owner: Staff, wish: dict[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> None:
    a_brand()
    an_attribute("shade")
    a_collection()
    body = {"products": ["tea"], **wish}

    looked = owner.post(LOOK, body)
    done = owner.post(PATH, {**body, **WHY})

    assert looked.status == 200, looked.body
    (change,) = looked.body["first"]
    assert {key: value for key, value in change["before"].items() if value is not None} == before
    assert sorted(change["after"].get("answers") or []) == sorted(after.get("answers", []))
    assert {key: value for key, value in change["after"].items() if value is not None and key != "answers"} == {
        key: value for key, value in after.items() if key != "answers"
    }
    assert (done.status, done.body["changed"]) == (201, 1), done.body
    assert owner.post(LOOK, body).body["same"] == (0 if wish["kind"] == "price" else 1)
    assert owner.post(f"{PATH}/{done.body['id']}/undo").body["set_back"] == 1
    assert owner.post(LOOK, body).body["first"] == looked.body["first"]


def test_a_shelf_and_a_brand_are_taken_away_where_null_is_said(owner: Staff) -> None:
    taken = owner.post(PATH, {"products": ["lamp"], "kind": "category", "category": None, **WHY})
    forgotten = owner.post(PATH, {"products": ["lamp"], "kind": "category", **WHY})

    assert (taken.status, catalog.product("lamp").category_id) == (201, None)
    assert (forgotten.status, forgotten.body["field"]) == (422, "category")


@pytest.mark.parametrize(
    ("price", "wanted"),
    [
        ({"how": "set", "amount_minor": 999, "currency": "GBP"}, 999),
        ({"how": "up", "amount_minor": 5, "currency": "gbp"}, 1255),
        ({"how": "down", "amount_minor": 5, "currency": "GBP", "price_list": "STANDARD"}, 1245),
        ({"how": "up_percent", "percent": "12.29"}, 1404),
    ],
)
def test_prices_are_changed_under_a_key_once(shop: SmallShop, owner: Staff, price: dict[str, Any], wanted: int) -> None:
    (listed,) = pricing.price_lists()
    price = {**price, **({"price_list": listed.code} if "price_list" in price else {})}
    body = {"products": ["tea"], "kind": "price", "price": price, **WHY}

    first, again = (owner.post(PATH, body, Idempotency_Key="p") for _ in range(2))

    assert (first.status, again.body, cost(shop, "TEA")) == (201, first.body, wanted)
    assert owner.post(f"{PATH}/{first.body['id']}/undo").status == 200
    assert cost(shop, "TEA") == 1_250


def test_a_price_that_falls_far_waits_for_a_second_person_and_is_asked_for_once(shop: SmallShop, owner: Staff) -> None:
    Staff(Role.MANAGER)
    price = {"how": "set", "amount_minor": 1, "currency": "GBP"}
    body = {"products": ["tea", "cup"], "kind": "price", "price": price, **WHY}

    first, again = (owner.post(PATH, body, Idempotency_Key="p") for _ in range(2))

    assert (first.status, again.body) == (201, first.body)
    assert (first.body["outcomes"], first.body["refusals"]) == ({"waits": 2}, {"waiting_for_approval": 2})
    assert (cost(shop, "TEA"), Approval.objects.count()) == (1_250, 2)


@pytest.mark.parametrize(
    ("wish", "status", "code", "field"),
    [
        ({"kind": "publish", "products": []}, 422, "malformed", "products"),
        ({"kind": "publish", "products": ["tea", "never"]}, 404, "not_found", "products"),
        ({"kind": "publish", "weight_g": 5}, 422, "malformed", "weight_g"),
        ({"kind": "explode"}, 422, "invalid", "kind"),
        ({"kind": "category", "category": "nowhere"}, 404, "not_found", "category"),
        ({"kind": "brand"}, 422, "malformed", "brand"),
        ({"kind": "brand", "brand": "nobody"}, 404, "not_found", "brand"),
        ({"kind": "answer", "attribute": "shade"}, 422, "malformed", "choices"),
        ({"kind": "answer", "choices": ["red"]}, 422, "malformed", "attribute"),
        ({"kind": "answer", "attribute": "shade", "choices": ["pink"]}, 404, "not_found", "choices"),
        ({"kind": "answer", "attribute": "shade", "choices": ["red"] * 201}, 422, "invalid", "choices"),
        ({"kind": "no_answer", "attribute": "nothing"}, 404, "not_found", "attribute"),
        ({"kind": "collect", "collection": "nowhere"}, 404, "not_found", "collection"),
        ({"kind": "collect", "collection": "ruled"}, 409, "filled_by_rule", "collection"),
        ({"kind": "weight", "weight_g": -1}, 422, "out_of_range", "weight_g"),
        ({"kind": "price"}, 422, "malformed", "price"),
        ({"kind": "price", "price": {"how": "set"}}, 422, "malformed", "amount_minor"),
        ({"kind": "price", "price": {"how": "set", "amount_minor": 5}}, 422, "malformed", "currency"),
        ({"kind": "price", "price": {"how": "set", "amount_minor": 5, "currency": "EUR"}}, 422, "wrong_currency", "currency"),
        ({"kind": "price", "price": {"how": "set", "amount_minor": 5, "currency": "GBP", "percent": "5"}}, 422, "malformed", "percent"),
        ({"kind": "price", "price": {"how": "up_percent"}}, 422, "malformed", "percent"),
        ({"kind": "price", "price": {"how": "up_percent", "percent": "0.00"}}, 422, "out_of_range", "percent"),
        ({"kind": "price", "price": {"how": "up_percent", "percent": "1000.01"}}, 422, "out_of_range", "percent"),
        ({"kind": "price", "price": {"how": "down_percent", "percent": "99.01"}}, 422, "out_of_range", "percent"),
        ({"kind": "price", "price": {"how": "up_percent", "percent": "5", "rounding": 3}}, 422, "malformed", "rounding"),
        ({"kind": "price", "price": {"how": "up_percent", "percent": "5", "price_list": "NOPE"}}, 404, "not_found", "price_list"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name_at_the_look_and_when_it_is_done(
    owner: Staff, wish: dict[str, Any], status: int, code: str, field: str
) -> None:
    an_attribute("shade")
    a_collection("ruled", by_rule=True)
    body = {"products": ["tea"], **wish}

    for refused in (owner.post(LOOK, body), owner.post(PATH, {**body, **WHY})):
        assert (refused.status, refused.code, refused.body["field"]) == (status, code, field), refused.body

    assert not collection_models.BulkEdit.objects.exists()
    assert acts(owner) == []


def test_a_change_needs_a_reason_and_not_too_many_products(owner: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "MOST", 1)

    many, none, empty = (
        owner.post(PATH, {**HIDE, **WHY}),
        owner.post(PATH, HIDE),
        owner.post(PATH, {**HIDE, "products": ["tea"], "reason": " "}),
    )

    assert (many.status, many.code, many.body["field"]) == (422, "too_many_at_once", "products")
    assert (none.status, none.body["field"]) == (422, "reason")
    assert (empty.status, empty.code, empty.body["field"]) == (422, "out_of_range", "reason")
    assert shown("tea", "cup") == [True, True]


def test_a_change_that_is_not_there_is_not_found(owner: Staff) -> None:
    for answer in (owner.get(f"{PATH}/999999"), owner.post(f"{PATH}/999999/stop"), owner.post(f"{PATH}/999999/undo")):
        assert (answer.status, answer.body["field"]) == (404, "edit")


def test_where_a_second_person_is_needed_many_are_not_changed_round_them(owner: Staff) -> None:
    catalog.save_products_need_two(is_needed=True)

    refused = owner.post(PATH, {"products": ["tea"], "kind": "weight", "weight_g": 5, **WHY})

    assert (refused.status, refused.code) == (409, "second_person_needed")
    assert not collection_models.BulkEdit.objects.exists()


def test_a_clerk_sees_a_change_and_neither_makes_stops_nor_undoes_one(shop: SmallShop, owner: Staff) -> None:
    path, clerk = f"{PATH}/{owner.post(PATH, {**HIDE, **WHY}).body['id']}", Staff(Role.CLERK)

    assert (clerk.get(path).status, clerk.get(PATH).body["total"]) == (200, 1)
    for answer in (
        clerk.post(LOOK, HIDE), clerk.post(PATH, {**HIDE, **WHY}), clerk.post(f"{path}/stop"), clerk.post(f"{path}/undo"),
    ):  # fmt: skip
        assert (answer.status, answer.code) == (403, "not_allowed")
    assert shown("tea", "cup") == [False, False]


def test_whoever_may_change_goods_and_set_no_prices_changes_no_prices(shop: SmallShop) -> None:
    staff, price = Staff(Role.MANAGER), {"how": "up_percent", "percent": "5"}
    _saved, role = access.save_own_role(
        code=None, name=Bilingual("Goods", "商品"), acts=["catalog.view", "catalog.edit_products", "catalog.undo_edit"], now=NOON
    )
    access.change_role(user_id=staff.user_id, role=role.code)
    assert staff.client.login(username="manager@example.com", password=PASSWORD)

    looked = staff.post(LOOK, {"products": ["tea"], "kind": "price", "price": price})
    refused = staff.post(PATH, {"products": ["tea"], "kind": "price", "price": price, **WHY})

    assert (looked.status, looked.code, staff.post(LOOK, HIDE).status) == (403, "not_allowed", 200)
    assert (refused.status, refused.code) == (403, "not_allowed")
    assert (cost(shop, "TEA"), staff.post(PATH, {**HIDE, **WHY}).status) == (1_250, 201)


def test_changes_are_listed_the_latest_first(owner: Staff) -> None:
    first, second = (owner.post(PATH, {**HIDE, "kind": kind, **WHY}).body for kind in ("unpublish", "publish"))

    listed = owner.get(PATH).body
    page = owner.get(f"{PATH}?page=2&size=1").body

    assert [each["id"] for each in listed["items"]] == [second["id"], first["id"]]
    assert listed["items"][1] == {key: value for key, value in first.items() if key not in ("outcomes", "refusals")}
    assert ([each["id"] for each in page["items"]], page["total"], page["pages"]) == ([first["id"]], 2, 2)
    assert owner.get(f"{PATH}?size=101").status == 422


def test_what_became_of_products_is_forgotten_after_a_day_and_says_so(owner: Staff) -> None:
    path = f"{PATH}/{owner.post(PATH, {**HIDE, **WHY}).body['id']}"
    collection_models.BulkEdit.objects.update(at=timezone.now() - timedelta(days=1, minutes=1))

    kept = owner.get(path).body
    owner.post(PATH, {**HIDE, "kind": "publish", **WHY})
    forgotten = owner.get(path).body

    assert (kept["outcomes"], kept["refusals"]) == ({"done": 2}, {})
    assert (forgotten["outcomes"], forgotten["refusals"], forgotten["changed"]) == (None, None, 2)


def test_what_is_put_before_a_second_person_stays_where_a_change_of_prices_breaks_off(shop: SmallShop, owner: Staff) -> None:
    Staff(Role.MANAGER)
    body = {"products": ["tea"], "kind": "price", "price": {"how": "set", "amount_minor": 1, "currency": "GBP"}, **WHY}

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(change_prices, "_hold", lambda *_given: 1 / 0)
        first = owner.post(PATH, body, Idempotency_Key="p")
    waiting = Approval.objects.count()
    again = owner.post(PATH, body, Idempotency_Key="p")

    assert (first.status, waiting) == (500, 1)
    assert (again.status, again.body["state"], again.body["outcomes"]) == (201, "done", {"waits": 1})
    assert (Approval.objects.count(), collection_models.BulkEdit.objects.count()) == (1, 1)
