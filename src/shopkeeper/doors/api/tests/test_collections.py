"""Collections over the API: those that are shown now, counted, with their goods in order and narrowed down."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shopkeeper.doors.api.tests.builders import Caller
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.ids import CollectionId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes_collections import CollectionDraft, CollectionKind, Condition, ConditionKind, Part, Rule
from shopkeeper.selling.catalog.tests.builders import an_attribute, says, tell


def a_collection(slug: str, *conditions: Condition, **more: Any) -> CollectionId:
    draft = CollectionDraft(
        slug=slug, name=Bilingual(slug.title(), "集"), kind=CollectionKind.RULE if conditions else CollectionKind.HAND,
        rule=Rule(conditions=conditions), **{"is_published": True} | more,
    )  # fmt: skip
    return catalog.save_collection(collection_id=None, draft=draft, actor=None, now=NOON)


def put(collection: CollectionId, *skus: str) -> None:
    found = catalog.goods_by_sku(skus)
    ids = [found[each].product_id for each in skus]
    catalog.name_products(collection_id=collection, part=Part.IN, product_ids=ids, actor=None, now=NOON)


def test_collections_that_are_shown_are_listed_with_the_number_of_their_goods(shop: SmallShop, caller: Caller) -> None:
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    put(a_collection("gifts", ends_at=end), "LAMP/S")
    a_collection("draft", is_published=False)

    answer = caller.get("collections")

    assert answer.body["items"] == [
        {"slug": "gifts", "name": {"en": "Gifts", "zh": "集"}, "intro": {"en": "", "zh": ""}, "kind": "hand", "products": 1,
         "ends_at": end.isoformat().replace("+00:00", "Z")}
    ]  # fmt: skip
    assert caller.get("collections/gifts").body == answer.body["items"][0]
    assert [caller.get(f"collections/{slug}{more}").status for slug in ("draft", "never") for more in ("", "/products")] == [404] * 4


def test_a_collections_goods_come_by_its_rule_in_an_order_and_narrowed_down(shop: SmallShop, caller: Caller) -> None:
    a_collection("dear", Condition(kind=ConditionKind.PRICE, least_minor=1, most_minor=None))
    lamp = catalog.goods_by_sku(["LAMP/S"])["LAMP/S"].product_id
    tell(lamp, says(an_attribute("shade"), "red"))

    rising = [each["slug"] for each in caller.get("collections/dear/products?sort=price").body["items"]]
    falling = [each["slug"] for each in caller.get("collections/dear/products?sort=-price").body["items"]]

    assert "lamp" in rising
    assert rising == falling[::-1]
    red = caller.get("collections/dear/products?trait=shade:red").body
    assert [each["slug"] for each in red["items"]] == ["lamp"]
    assert red["items"][0] == next(each for each in caller.get("products").body["items"] if each["slug"] == "lamp")
