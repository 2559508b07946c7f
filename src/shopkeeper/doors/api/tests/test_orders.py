"""An order over the API: placed once however often it is sent, read and cancelled by its token."""

from django.db.models import F

from shopkeeper.doors.api.tests.builders import ADDRESS, Caller, filled, order_of, placed
from shopkeeper.flows.tests.builders import NOON, SmallShop, told
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.models import Shop


def test_an_order_is_placed_and_paid(shop: SmallShop, caller: Caller) -> None:
    token = filled(caller, TEA=2)

    answer = caller.post("orders", order_of(caller, shop, token), Idempotency_Key="a")

    assert answer.status == 201
    order = answer.body["order"]
    assert (order["state"], order["payment_state"], order["channel"]) == ("paid", "captured", "api")
    assert order["total"] == {"amount_minor": 2_895, "currency": "GBP"}
    assert order["placed_at"].endswith("Z")
    assert shop.available("TEA") == 8
    assert [fact["channel"] for fact in told("OrderPlaced")] == ["api"]


def test_the_same_request_again_is_answered_the_same_and_orders_nothing_twice(shop: SmallShop, caller: Caller) -> None:
    body = order_of(caller, shop, filled(caller, TEA=2))

    first = caller.post("orders", body, Idempotency_Key="a")
    second = caller.post("orders", body, Idempotency_Key="a")

    assert second.status == 201
    assert second.body["order"]["number"] == first.body["order"]["number"]
    assert orders.list_orders().total == 1
    assert shop.available("TEA") == 8


def test_nothing_is_ordered_from_a_shop_that_is_not_open_to_shoppers_yet(shop: SmallShop, caller: Caller) -> None:
    body = order_of(caller, shop, filled(caller, TEA=2))
    Shop.objects.update(opens_soon=True, version=F("version") + 1)

    answer = caller.post("orders", body, Idempotency_Key="a")

    assert (answer.status, answer.code) == (503, "opens_soon")
    assert (orders.list_orders().total, shop.available("TEA")) == (0, 10)
    shops.welcome(actor=None, now=NOON)
    assert caller.post("orders", body, Idempotency_Key="a").status == 201


def test_a_key_with_another_request_is_refused(shop: SmallShop, caller: Caller) -> None:
    caller.post("orders", order_of(caller, shop, filled(caller, TEA=2)), Idempotency_Key="a")
    other = order_of(caller, shop, filled(caller, CUP=1))

    answer = caller.post("orders", other, Idempotency_Key="a")

    assert (answer.status, answer.code) == (409, "key_reused")
    assert answer.body["field"] == "idempotency_key"
    assert orders.list_orders().total == 1
    assert shop.available("CUP") == 5


def test_a_stale_total_is_refused_with_the_fresh_quote(shop: SmallShop, caller: Caller) -> None:
    body = order_of(caller, shop, filled(caller, TEA=2))
    shop.price("TEA", 1_300)

    answer = caller.post("orders", body, Idempotency_Key="a")

    assert (answer.status, answer.code) == (409, "quote_stale")
    assert answer.body["quote"]["total"] == {"amount_minor": 2 * 1_300 + 395, "currency": "GBP"}
    again = caller.post("orders", {**body, "seen_digest": answer.body["quote"]["digest"]}, Idempotency_Key="b")
    assert again.status == 201


def test_what_is_short_is_named_and_nothing_is_ordered(shop: SmallShop, caller: Caller) -> None:
    token = filled(caller, TEA=11, CUP=1)

    answer = caller.post("orders", order_of(caller, shop, token), Idempotency_Key="a")

    assert (answer.status, answer.code) == (409, "out_of_stock")
    assert answer.body["short"] == [{"sku": "TEA", "wanted": 11, "available": 10}]
    assert orders.list_orders().total == 0
    assert shop.available("CUP") == 5


def test_a_declined_payment_frees_the_goods(shop: SmallShop, caller: Caller) -> None:
    token = filled(caller, TEA=2)

    answer = caller.post("orders", order_of(caller, shop, token, payment_method="test-declined"), Idempotency_Key="a")

    assert (answer.status, answer.code) == (402, "payment_refused")
    assert answer.body["value"] == "declined"
    assert shop.available("TEA") == 10
    assert caller.get(f"baskets/{token}").status == 200


def test_a_silent_provider_leaves_the_payment_pending(shop: SmallShop, caller: Caller) -> None:
    answer = placed(caller, shop, method="test-silent")

    assert (answer["order"]["state"], answer["payment_state"]) == ("placed", "pending")


def test_whoever_has_the_token_reads_the_order(shop: SmallShop, caller: Caller) -> None:
    order = placed(caller, shop)["order"]

    read = Caller().get(f"orders/{order['token']}")

    assert read.status == 200
    assert read.body["number"] == order["number"]
    assert read.body["address"]["city"] == "London"
    assert caller.get(f"orders/{order['number']}").code == "not_found"


def test_an_order_is_cancelled_by_its_token_once(shop: SmallShop, caller: Caller) -> None:
    token = placed(caller, shop)["order"]["token"]

    cancelled = caller.post(f"orders/{token}/cancel")
    again = caller.post(f"orders/{token}/cancel")

    assert (cancelled.body["state"], cancelled.body["cancel_reason"]) == ("cancelled", "buyer")
    assert cancelled.body["refunded"]["amount_minor"] == 2_895
    assert shop.available("TEA") == 10
    assert (again.status, again.code) == (409, "wrong_state")


def test_four_byte_characters_and_emoji_are_kept_as_written(shop: SmallShop, caller: Caller) -> None:
    body = order_of(caller, shop, filled(caller, TEA=1), address={**ADDRESS, "name": "𠮷野 😀"}, language="zh-hans")

    order = caller.post("orders", body, Idempotency_Key="🔑").body["order"]

    assert order["address"]["name"] == "𠮷野 😀"
    assert order["language"] == "zh-hans"


def test_the_order_speaks_the_language_of_the_caller(shop: SmallShop) -> None:
    caller = Caller("zh-Hans")

    assert placed(caller, shop)["order"]["language"] == "zh-hans"
