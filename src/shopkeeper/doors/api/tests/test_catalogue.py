"""What anybody may read: shelves, goods, search, stock, delivery, ways to pay."""

from shopkeeper.doors.api.tests.builders import Caller
from shopkeeper.flows import index_products
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes_options import Link, LinkKind, OptionDraft, OptionValueDraft, SizeColumn, SizeRow
from shopkeeper.selling.catalog.tests.builders import NOON, a_brand, an_attribute, says, tell


def gbp(minor: int) -> dict[str, object]:
    return {"amount_minor": minor, "currency": "GBP"}


def test_the_shop_names_its_currency(shop: SmallShop, caller: Caller) -> None:
    answer = caller.get("shop")

    assert answer.status == 200
    assert answer.body["currency"] == "GBP"
    assert answer.body["name"] == {"en": "Small shop", "zh": "小店"}


def test_shelves_come_in_both_languages_and_in_pages(shop: SmallShop, caller: Caller) -> None:
    answer = caller.get("categories?size=1")

    assert answer.body["total"] == 1
    assert answer.body["size"] == 1
    assert answer.body["items"][0]["name"] == {"en": "Kitchen", "zh": "厨房"}
    assert answer.body["items"][0]["parent"] is None
    assert answer.body["items"][0]["products"] == 1


def test_goods_carry_price_and_stock(shop: SmallShop, caller: Caller) -> None:
    answer = caller.get("products?category=kitchen")

    assert [item["slug"] for item in answer.body["items"]] == ["lamp"]
    lamp = answer.body["items"][0]
    assert lamp["price"] == {"price": gbp(2_000), "reference": None, "tax": "included"}
    assert lamp["available"] == 3
    assert lamp["skus"] == ["LAMP/S"]
    assert lamp["category"] == "kitchen"


def test_goods_can_be_sorted_by_price_and_paged(shop: SmallShop, caller: Caller) -> None:
    up = caller.get("products?sort=price")
    second = caller.get("products?sort=-price&size=1&page=2")

    assert [item["slug"] for item in up.body["items"]] == ["cup", "tea", "lamp"]
    assert [item["slug"] for item in second.body["items"]] == ["tea"]
    assert (second.body["page"], second.body["pages"], second.body["total"]) == (2, 3, 3)


def test_goods_are_narrowed_down_by_brand_and_by_what_is_said_of_them(shop: SmallShop, caller: Caller) -> None:
    colour, brand = an_attribute(), a_brand()
    tell(catalog.product("lamp").id, says(colour, "red"), brand_id=brand)
    tell(catalog.product("cup").id, says(colour, "blue"))

    def slugs(query: str) -> list[str]:
        return [item["slug"] for item in caller.get(f"products?sort=price&{query}").body["items"]]

    assert slugs("trait=colour:red") == ["lamp"]
    assert slugs("trait=colour:red&trait=colour:blue") == ["cup", "lamp"]
    assert slugs("trait=colour:blue&brand=acme") == []
    assert slugs("brand=acme") == ["lamp"]
    assert slugs("trait=colour:mauve&trait=nonsense") == ["cup", "tea", "lamp"]


def test_a_product_tells_its_brand_and_what_is_said_of_it(shop: SmallShop, caller: Caller) -> None:
    colour = an_attribute()
    tell(catalog.product("lamp").id, says(colour, "red", "blue"), brand_id=a_brand())

    lamp, tea = caller.get("products/lamp").body, caller.get("products/tea").body
    attributes, brands = caller.get("attributes").body, caller.get("brands").body

    assert lamp["brand"] == {"slug": "acme", "name": {"en": "Acme", "zh": "牌"}}
    assert [(each["code"], [choice["code"] for choice in each["choices"]]) for each in lamp["traits"]] == [("colour", ["red", "blue"])]
    assert (tea["brand"], tea["traits"]) == (None, [])
    assert [(each["code"], each["is_filter"], len(each["choices"])) for each in attributes["items"]] == [("colour", True, 3)]
    assert [each["slug"] for each in brands["items"]] == ["acme"]


def test_a_product_tells_its_options_measures_and_what_stands_beside_it(shop: SmallShop, caller: Caller) -> None:
    tea, colour = catalog.product("tea").id, an_attribute()
    red = OptionValueDraft(choice_id=colour.choices[0].id)
    blue = OptionValueDraft(choice_id=colour.choices[1].id)
    catalog.save_options(product_id=tea, options=[OptionDraft(attribute_id=colour.id, values=(red, blue))], actor=None, now=NOON)
    catalog.add_variants(product_id=tea, variants=catalog.missing_variants(tea), actor=None, now=NOON)
    table = catalog.save_size_table(
        size_table_id=None, name=Bilingual("Tins", "罐"), columns=[SizeColumn(name=Bilingual("Width", "宽"), unit="cm")],
        rows=[SizeRow(size="S", cells=("8-9",))], category_ids=[], actor=None, now=NOON,
    )  # fmt: skip
    catalog.choose_size_table(product_id=tea, size_table_id=table, actor=None, now=NOON)
    catalog.relate(product_id=tea, links=[Link(catalog.product("lamp").id, LinkKind.INSTEAD)], actor=None, now=NOON)

    told, lamp = caller.get("products/tea").body, caller.get("products/lamp").body

    (option,) = told["options"]
    assert (option["attribute"], [value["code"] for value in option["values"]]) == ("colour", ["red", colour.choices[1].code])
    assert [variant["values"] for variant in told["variants"]] == [[value["id"]] for value in option["values"]]
    assert (told["size_table"]["columns"][0]["unit"], told["size_table"]["rows"]) == ("cm", [{"size": "S", "cells": ["8–9"]}])
    assert ([each["slug"] for each in told["instead"]], told["goes_with"]) == (["lamp"], [])
    assert (lamp["options"], lamp["size_table"], lamp["instead"]) == ([], None, [])


def test_a_product_tells_its_variants(shop: SmallShop, caller: Caller) -> None:
    answer = caller.get("products/lamp")

    assert answer.body["path"] == ["kitchen"]
    assert answer.body["text"] == {"en": "It glows.", "zh": "It glows."}
    (variant,) = answer.body["variants"]
    assert variant["sku"] == "LAMP/S"
    assert variant["option"] == {"en": "Small", "zh": "小号"}
    assert variant["price"]["price"] == gbp(2_000)
    assert variant["available"] == 3


def test_search_finds_in_both_languages(shop: SmallShop, caller: Caller) -> None:
    assert [item["slug"] for item in caller.get("search?q=paper").body["items"]] == ["lamp"]
    assert [item["slug"] for item in caller.get("search?q=纸灯").body["items"]] == ["lamp"]
    assert caller.get("search?q=nothing").body["items"] == []


def test_search_tells_what_it_looked_for_instead_and_what_narrows_it_down(shop: SmallShop, caller: Caller) -> None:
    answer = caller.get("search?q=papre")

    assert answer.body["instead"] == "paper"
    assert answer.body["is_loose"] is False
    assert answer.body["in_stock"] == 1
    assert [each["products"] for each in answer.body["prices"]] == [1]
    least = answer.body["prices"][0]["least"]["amount_minor"]
    assert [each["slug"] for each in caller.get(f"search?q=paper&price_from_minor={least}").body["items"]] == ["lamp"]
    assert caller.get(f"search?q=paper&price_below_minor={least}").body["items"] == []
    assert caller.get("search?q=paper&category=none").body["items"] == []
    assert caller.get("search?q=paper&in_stock=true&sort=-price").body["total"] == 1
    assert caller.get("search?q=paper&sort=backwards").status == 422


def test_what_a_search_finds_is_parted_by_brand_and_attributes(shop: SmallShop, caller: Caller) -> None:
    colour, acme = an_attribute(), a_brand()
    tell(catalog.product("lamp").id, says(colour, "red", "blue"), brand_id=acme)
    index_products.index_all()

    answer = caller.get("search?q=paper").body

    counted = {each["code"]: {one["code"]: one["products"] for one in each["answers"]} for each in answer["questions"]}
    # One brand alone parts nothing.
    assert counted == {"colour": {"red": 1, "blue": 1}}
    assert caller.get("search?q=paper&trait=colour:red&brand=acme").body["total"] == 1
    assert caller.get("search?q=paper&trait=colour:green").body["total"] == 0
    assert caller.get("search?q=paper&trait=colour:mauve").body["total"] == 1


def test_what_is_being_typed_may_go_on(shop: SmallShop, caller: Caller) -> None:
    found = caller.get("search/suggest?q=pap").body

    assert found["queries"] == ["paper"]
    assert [each["slug"] for each in found["products"]] == ["lamp"]


def test_stock_is_told_for_many_skus_at_once_and_unknown_ones_are_named(shop: SmallShop, caller: Caller) -> None:
    answer = caller.get("stock?sku=tea&sku=LAMP/S&sku=NOPE&sku=😀")

    assert answer.body["items"] == [
        {"sku": "tea", "available": 10, "is_sellable": True},
        {"sku": "LAMP/S", "available": 3, "is_sellable": True},
    ]
    assert answer.body["unknown"] == ["NOPE", "😀"]


def test_delivery_is_priced_for_a_country(shop: SmallShop, caller: Caller) -> None:
    answer = caller.get("delivery-options?country=gb&goods_minor=100")

    (option,) = answer.body["items"]
    assert option["code"] == "STANDARD"
    assert option["price"] == gbp(395)
    assert option["days"] == [2, 4]
    assert caller.get("delivery-options?country=FR").body["items"] == []


def test_ways_to_pay_are_listed(shop: SmallShop, caller: Caller) -> None:
    codes = [item["code"] for item in caller.get("payment-methods").body["items"]]

    assert "test-ok" in codes


def test_head_answers_like_get(shop: SmallShop, caller: Caller) -> None:
    answer = caller.call("HEAD", "products")

    assert answer.status == 200


def test_answers_are_not_kept_by_caches(shop: SmallShop, caller: Caller) -> None:
    assert caller.get("products").headers["Cache-Control"] == "no-store"
    assert caller.get("products/nope").headers["Cache-Control"] == "no-store"
