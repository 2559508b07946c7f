"""Bad input: every refusal names field, value and remedy, in the reader's language, and changes nothing."""

from typing import Any

import pytest

from shopkeeper.doors.api.tests.builders import ADDRESS, CONTACT, Caller, filled, order_of
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.pricing import public as pricing

UNITS: list[tuple[object, str, str]] = [
    (0, "out_of_range", "Enter 1 or more."),
    (-1, "out_of_range", "Enter 1 or more."),
    (10**9, "out_of_range", "Enter 9999 or less."),
    ("two", "malformed", "Write a whole number such as 1 or 12."),
    ("2", "malformed", "Write a whole number such as 1 or 12."),
    (1.5, "malformed", "Write a whole number such as 1 or 12."),
    (True, "malformed", "Write a whole number such as 1 or 12."),
    (None, "malformed", "Write a whole number such as 1 or 12."),
    ("😀", "malformed", "Write a whole number such as 1 or 12."),
    ([2], "malformed", "Write a whole number such as 1 or 12."),
]


@pytest.mark.parametrize(("units", "code", "remedy"), UNITS)
def test_odd_quantities_are_refused_by_name(shop: SmallShop, caller: Caller, units: object, code: str, remedy: str) -> None:
    token = filled(caller, TEA=1)

    answer = caller.put(f"baskets/{token}/lines/TEA", {"units": units})

    assert (answer.status, answer.code) == (422, "invalid")
    (error,) = answer.body["errors"]
    assert (error["field"], error["code"], error["remedy"]) == ("units", code, remedy)
    assert error["value"]
    assert orders.basket(token).units == 1


def test_every_value_at_fault_is_listed(shop: SmallShop, caller: Caller) -> None:
    body = order_of(caller, shop, filled(caller, TEA=1)) | {"colour": "red", "delivery_option_id": "x"}
    body["address"] = {"name": "A", "line1": 7, "country": "GB"}
    del body["payment_method"]

    answer = caller.post("orders", body, Idempotency_Key="a")

    assert answer.status == 422
    assert {error["field"] for error in answer.body["errors"]} == {
        "address.line1", "address.city", "delivery_option_id", "payment_method", "colour",
    }  # fmt: skip
    assert all(error["remedy"] and error["detail"] for error in answer.body["errors"])


ORDERS: list[tuple[dict[str, Any], int, str, str]] = [
    ({"address": {**ADDRESS, "country": "ZZ"}}, 422, "malformed", "country"),
    ({"address": {**ADDRESS, "country": "😀"}}, 422, "malformed", "country"),
    ({"address": {**ADDRESS, "country": "FR"}}, 422, "delivery_unavailable", "delivery_option"),
    ({"address": {**ADDRESS, "line1": "x" * 201}}, 422, "out_of_range", "line1"),
    ({"address": {**ADDRESS, "city": " "}}, 422, "out_of_range", "city"),
    ({"contact": {**CONTACT, "email": "😀"}}, 422, "malformed", "email"),
    ({"contact": {**CONTACT, "phone": "call me"}}, 422, "malformed", "phone"),
    ({"contact": {**CONTACT, "name": "a\u0000b"}}, 422, "invalid", "contact.name"),
    ({"contact": {**CONTACT, "name": "\ud800"}}, 422, "invalid", "contact.name"),
    ({"currency": "QQQ"}, 422, "malformed", "currency"),
    ({"currency": "CNY"}, 422, "wrong_currency", "currency"),
    ({"payment_method": "cowries"}, 422, "malformed", "payment_method"),
    ({"delivery_option_id": 10**9}, 422, "delivery_unavailable", "delivery_option"),
    ({"delivery_option_id": 10**30}, 422, "invalid", "delivery_option_id"),
    ({"delivery_option_id": None}, 422, "invalid", "delivery_option_id"),
    ({"language": "fr"}, 422, "invalid", "language"),
    ({"basket": "somebody-else"}, 404, "not_found", "basket"),
    ({"seen_digest": "0" * 64}, 409, "quote_stale", "total"),
]


@pytest.mark.parametrize(("change", "expected"), [(row[0], row[1:]) for row in ORDERS])
def test_odd_orders_are_refused_and_nothing_is_ordered(
    shop: SmallShop, caller: Caller, change: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    body = order_of(caller, shop, filled(caller, TEA=1)) | change

    answer = caller.post("orders", body, Idempotency_Key="a")

    assert (answer.status, answer.code, answer.body["field"]) == expected
    assert orders.list_orders().total == 0
    assert shop.available("TEA") == 10
    assert orders.key_answer("a") is None


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": ""}, {"Idempotency_Key": "x" * 101}])
def test_an_order_needs_an_idempotency_key(shop: SmallShop, caller: Caller, headers: dict[str, str]) -> None:
    answer = caller.post("orders", order_of(caller, shop, filled(caller, TEA=1)), **headers)

    assert (answer.status, answer.code, answer.body["field"]) == (422, "invalid", "Idempotency-Key")
    assert orders.list_orders().total == 0


PATHS: list[tuple[str, str, int, str, str]] = [
    ("GET", "products/no-such-thing", 404, "not_found", "product"),
    ("GET", "products/%00", 422, "invalid", "slug"),
    ("GET", "products/%F0%9F%98%80", 404, "not_found", "product"),
    ("GET", "products?category=nope", 404, "not_found", "category"),
    ("GET", "products?sort=colour", 422, "invalid", "sort"),
    ("GET", "products?size=101", 422, "invalid", "size"),
    ("GET", "products?size=0", 422, "invalid", "size"),
    ("GET", "products?page=two", 422, "invalid", "page"),
    ("GET", "products?page=99999999999999999999", 422, "invalid", "page"),
    ("GET", "search", 422, "invalid", "q"),
    ("GET", "search?q=" + "x" * 201, 422, "invalid", "q"),
    ("GET", "stock", 422, "invalid", "sku"),
    ("GET", "stock?" + "sku=A&" * 101, 422, "invalid", "sku"),
    ("GET", "delivery-options?country=ZZ", 422, "malformed", "country"),
    ("GET", "delivery-options", 422, "invalid", "country"),
    ("GET", "delivery-options?country=GB&goods_minor=-1", 422, "invalid", "goods_minor"),
    ("GET", "baskets/not-mine", 404, "not_found", "basket"),
    ("GET", "baskets/" + "x" * 201, 422, "invalid", "token"),
    ("DELETE", "baskets/not-mine/lines/TEA", 404, "not_found", "basket"),
    ("GET", "baskets/not-mine/quote?country=GB", 404, "not_found", "basket"),
    ("GET", "orders/not-mine", 404, "not_found", "order"),
    ("POST", "orders/not-mine/cancel", 404, "not_found", "order"),
    ("POST", "webhooks/nobody", 404, "unknown_provider", "provider"),
    ("GET", "nowhere", 404, "not_found", ""),
    ("GET", "/api/", 404, "not_found", ""),
    ("GET", "/api/v1/", 404, "not_found", ""),
    ("POST", "/api/v2/orders", 404, "not_found", ""),
    ("POST", "products", 405, "no_such_method", "method"),
    ("DELETE", "baskets/x", 405, "no_such_method", "method"),
    ("PATCH", "orders", 405, "no_such_method", "method"),
]


@pytest.mark.parametrize(("method", "path", "expected"), [(*row[:2], row[2:]) for row in PATHS])
def test_odd_addresses_are_refused_by_name(shop: SmallShop, caller: Caller, method: str, path: str, expected: tuple[int, str, str]) -> None:
    answer = caller.call(method, path)

    assert (answer.status, answer.code, answer.body["field"]) == expected


def test_a_wrong_method_names_the_right_ones(shop: SmallShop, caller: Caller) -> None:
    answer = caller.post("products")

    assert answer.headers["Allow"] == "GET"
    assert answer.body["value"] == "POST"


def test_an_unknown_sku_stays_out_of_the_basket(shop: SmallShop, caller: Caller) -> None:
    token = filled(caller, TEA=1)

    for sku in ("NOPE", "😀", "𠮷"):
        answer = caller.put(f"baskets/{token}/lines/{sku}", {"units": 1})
        assert (answer.status, answer.code, answer.body["field"], answer.body["value"]) == (404, "not_found", "sku", sku)
    assert orders.basket(token).units == 1


def test_what_has_no_price_or_is_not_on_sale_is_refused(shop: SmallShop, caller: Caller) -> None:
    token = filled(caller, CUP=1)
    pricing.withdraw_price(variant_id=shop.variants["CUP"], reason="", actor=None, now=_now())
    answer = caller.get(f"baskets/{token}/quote?country=GB")
    assert (answer.status, answer.code, answer.body["value"]) == (422, "no_price", "CUP")

    _take_off_sale("tea")
    answer = caller.put(f"baskets/{token}/lines/TEA", {"units": 1})
    assert (answer.status, answer.code, answer.body["value"]) == (422, "not_sellable", "TEA")


def test_an_empty_basket_is_not_ordered(shop: SmallShop, caller: Caller) -> None:
    answer = caller.post("orders", order_of(caller, shop, filled(caller)), Idempotency_Key="a")

    assert (answer.status, answer.code) == (422, "empty_basket")


BODIES: list[tuple[bytes, int, str]] = [
    (b"", 422, "invalid"),
    (b"{", 400, "unreadable"),
    (b"\xff\xfe", 400, "unreadable"),
    (b"[" * 100_000, 400, "unreadable"),
    (b"[]", 422, "invalid"),
    (b'"units"', 422, "invalid"),
    (b"null", 422, "invalid"),
    (b'{"units": NaN}', 422, "invalid"),
    (b'{"units": ' + b"9" * 5_000 + b"}", 400, "unreadable"),
    (b"x" * 10_000_000, 413, "too_large"),
]


@pytest.mark.parametrize(("body", "status", "code"), BODIES, ids=lambda value: str(value)[:20])
def test_odd_bodies_are_refused(shop: SmallShop, caller: Caller, body: bytes, status: int, code: str) -> None:
    token = filled(caller, TEA=1)

    answer = caller.call("PUT", f"baskets/{token}/lines/TEA", body)

    assert (answer.status, answer.code) == (status, code)
    assert orders.basket(token).units == 1


@pytest.mark.parametrize("path", ["baskets", "orders", "webhooks/test"])
def test_ten_megabytes_are_refused_on_every_route(shop: SmallShop, caller: Caller, path: str) -> None:
    answer = caller.call("POST", path, b"x" * 10_000_000)

    assert (answer.status, answer.code) == (413, "too_large")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
def test_only_json_is_read(shop: SmallShop, caller: Caller, kind: str) -> None:
    token = filled(caller, TEA=1)

    answer = caller.call("PUT", f"baskets/{token}/lines/TEA", b'{"units": 2}', Content_Type=kind)

    assert (answer.status, answer.code) == (415, "wrong_media_type")
    assert orders.basket(token).units == 1


def test_refusals_come_in_the_language_of_the_reader(shop: SmallShop) -> None:
    caller = Caller("zh-CN,zh;q=0.9,en;q=0.5")
    token = filled(caller, TEA=1)

    answers = [
        caller.put(f"baskets/{token}/lines/TEA", {"units": 0}),
        caller.get("products/nope"),
        caller.get("nowhere"),
        caller.post("products"),
        caller.call("POST", "baskets", b"x" * 10_000_000),
        caller.post("orders", {}),
        caller.get("staff/orders"),
    ]

    for answer in answers:
        assert answer.code
        for said in (answer.body["title"], answer.body["detail"], answer.body["remedy"]):
            assert any("\u4e00" <= char <= "\u9fff" for char in said), said


def test_a_fault_of_our_own_tells_nothing_of_the_inside(shop: SmallShop, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr("shopkeeper.selling.catalog.public.categories", breaks)

    answer = caller.get("categories")

    assert (answer.status, answer.code) == (500, "broken")
    assert "swordfish" not in str(answer.body)
    assert "Traceback" not in str(answer.body)


def test_an_unopened_shop_says_so(db: None, caller: Caller) -> None:
    answer = caller.get("shop")

    assert (answer.status, answer.code) == (503, "shop_not_open")


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()


def _take_off_sale(slug: str) -> None:
    from shopkeeper.selling.catalog import public as catalog

    catalog.unpublish(product_id=catalog.product(slug).id, actor=None, now=_now())
