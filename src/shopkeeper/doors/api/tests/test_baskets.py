"""A basket over the API: opened, filled, quoted, emptied."""

from django.utils import timezone

from shopkeeper.doors.api.tests.builders import Caller, filled, placed
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.orders import public as orders


def test_a_basket_is_opened_filled_and_read(shop: SmallShop, caller: Caller) -> None:
    opened = caller.post("baskets")
    token = opened.body["token"]

    assert opened.status == 201
    assert opened.body["lines"] == []
    assert caller.put(f"baskets/{token}/lines/TEA", {"units": 2}).status == 200
    assert caller.put(f"baskets/{token}/lines/LAMP/S", {"units": 1}).status == 200
    read = caller.get(f"baskets/{token}").body
    assert [(line["sku"], line["units"], line["available"]) for line in read["lines"]] == [("TEA", 2, 10), ("LAMP/S", 1, 3)]
    assert read["lines"][0]["name"] == {"en": "Tea of the house", "zh": "本店TEA"}
    assert read["units"] == 3


def test_a_line_is_set_not_added_to(shop: SmallShop, caller: Caller) -> None:
    token = filled(caller, TEA=2)

    assert caller.put(f"baskets/{token}/lines/tea", {"units": 5}).body["units"] == 5


def test_a_line_is_taken_out(shop: SmallShop, caller: Caller) -> None:
    token = filled(caller, TEA=2, CUP=1)

    answer = caller.delete(f"baskets/{token}/lines/TEA")

    assert [line["sku"] for line in answer.body["lines"]] == ["CUP"]
    assert caller.delete(f"baskets/{token}/lines/TEA").status == 200


def test_a_quote_explains_itself_and_adds_up(shop: SmallShop, caller: Caller) -> None:
    token = filled(caller, TEA=2, CUP=1)

    quote = caller.get(f"baskets/{token}/quote?country=GB&delivery_option_id={shop.delivery_id}&currency=gbp").body

    assert quote["total"] == {"amount_minor": 2 * 1_250 + 999 + 395, "currency": "GBP"}
    assert quote["tax_mode"] == "included"
    assert sum(line["gross"]["amount_minor"] for line in quote["lines"]) + quote["delivery_price"]["amount_minor"] == 3_894
    assert quote["lines"][0]["reasons"][0]["code"] == "price"
    assert {reason["code"] for reason in quote["reasons"]} >= {"delivery", "tax_included"}
    assert quote["delivery"]["code"] == "STANDARD"
    assert len(quote["digest"]) == 64


def test_without_delivery_the_goods_alone_are_quoted(shop: SmallShop, caller: Caller) -> None:
    token = filled(caller, TEA=1)

    assert caller.get(f"baskets/{token}/quote?country=GB").body["total"]["amount_minor"] == 1_250


def test_a_basket_that_became_an_order_is_closed(shop: SmallShop, caller: Caller) -> None:
    token = filled(caller, TEA=1)
    body = {
        "basket": token, "contact": {"email": "a@example.com", "name": "A"},
        "address": {"name": "A", "line1": "1", "city": "London", "postcode": "N1 1AA", "country": "GB"},
        "delivery_option_id": shop.delivery_id, "payment_method": "test-ok",
        "seen_digest": caller.get(f"baskets/{token}/quote?country=GB&delivery_option_id={shop.delivery_id}").body["digest"],
    }  # fmt: skip
    assert caller.post("orders", body, Idempotency_Key="k-1").status == 201

    for answer in (caller.get(f"baskets/{token}"), caller.put(f"baskets/{token}/lines/TEA", {"units": 2})):
        assert (answer.status, answer.code) == (409, "basket_ordered")
    assert placed(caller, shop, TEA=1)["order"]["state"] == "paid"


def test_a_basket_holds_at_most_a_hundred_lines(shop: SmallShop, caller: Caller) -> None:
    now = timezone.now()
    many = catalog.save_product(
        product_id=None, slug="many", name=Bilingual("Many", ""), text=Bilingual(), category_id=None,
        variants=[VariantDraft(sku=f"M{each}") for each in range(100)], is_published=True, actor=None, now=now,
    )  # fmt: skip
    token = filled(caller)
    for variant in many.variants:
        orders.set_line(token=token, variant_id=variant.id, units=1, now=now)

    full = caller.put(f"baskets/{token}/lines/TEA", {"units": 1})

    assert (full.status, full.code, full.body["field"]) == (422, "out_of_range", "lines")
    assert caller.put(f"baskets/{token}/lines/M7", {"units": 3}).status == 200
    assert len(orders.basket(token).lines) == 100
