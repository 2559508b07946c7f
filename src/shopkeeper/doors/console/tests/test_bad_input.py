"""Wrong input is refused beside its field, with the value and what would do, in the reader's language; nothing changes."""

import html
import re
from typing import Any

import pytest

from shopkeeper.doors.console.tests.builders import Staff, marks, variant
from shopkeeper.doors.console.tests.test_acts import category, delivery, invited, price, product, received, settings, tax, warehouse
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.selling.orders import public as orders

WRONG: list[tuple[Any, str, str]] = [
    (price, "amount", "-1"),
    (price, "amount", "0"),
    (price, "amount", "100000000000000000000"),
    (price, "amount", "1e40"),
    (price, "amount", "1.005"),
    (price, "amount", "NaN"),
    (price, "amount", "🍵"),
    (price, "amount", ""),
    (price, "reason", ""),
    (received, "units", "-1"),
    (received, "units", "0"),
    (received, "units", "1.5"),
    (received, "units", "100000000000000000000"),
    (received, "units", "十"),
    (received, "warehouse", "99999"),
    (received, "note", "x" * 301),
    (product, "sku_0", ""),
    (product, "sku_0", "TEA"),
    (product, "sku_0", "two words"),
    (product, "slug", "No Capitals!"),
    (product, "slug", "tea"),
    (product, "name_en", "x" * 201),
    (product, "weight_0", "-5"),
    (product, "category", "424242"),
    (category, "slug", "ä b"),
    (tax, "percent", "101"),
    (tax, "percent", "-1"),
    (tax, "country", "XX"),
    (delivery, "price", "-0.01"),
    (delivery, "countries", "GB, ZZ"),
    (delivery, "days_most", "0"),
    (warehouse, "country", "Q9"),
    (warehouse, "code", "MAIN"),
    (settings, "zone", "Mars/Olympus"),
    (settings, "country", "🇬🇧"),
    (settings, "email", "nobody"),
    (settings, "language", "fr"),
    (settings, "name_en", "x\x00y"),
    (invited, "email", "not an address"),
    (invited, "role", "emperor"),
]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("wrong", WRONG, ids=[f"{case[0].__name__}-{case[1]}-{case[2][:12]!a}" for case in WRONG])
def test_wrong_input_is_refused_beside_its_field(shop: SmallShop, owner: Staff, wrong: tuple[Any, str, str], language: str) -> None:
    made, field, value = wrong
    owner.read(language)
    address, data = made(shop)
    before = marks()

    answer = owner.post(address, **data | {field: value})

    assert answer.status_code == 422
    assert marks() == before
    said = errors(answer.content.decode())
    assert said, "nothing was said"
    is_chinese = any("一" <= letter <= "鿿" for letter in "".join(said).replace(value, ""))
    assert is_chinese == (language == "zh-hans"), said
    assert field in wrong_fields(answer.content.decode()) or "sk-wrong" in answer.content.decode()


def test_an_unknown_currency_is_refused_by_name(owner: Staff) -> None:
    before = marks()

    page = owner.post("settings/currency/", currency="XYZ")

    assert page.status_code == 422
    assert "XYZ" in "".join(errors(page.content.decode()))
    assert marks() == before


def test_the_currency_stays_once_there_is_trade(shop: SmallShop, owner: Staff) -> None:
    shop.buy(TEA=1)

    assert owner.post("settings/currency/", currency="EUR").status_code == 422


@pytest.mark.parametrize("units", ["3", "-1", "x", "99999999999999999999"])
def test_more_pieces_than_are_left_cannot_be_shipped_or_refunded(shop: SmallShop, owner: Staff, units: str) -> None:
    order = shop.buy(TEA=2)
    (line,) = order.lines
    before = marks()

    for act, data in (("ship", {"carrier": "Royal Mail"}), ("refund", {"reason": "goodwill"})):
        answer = owner.post(f"orders/{order.id}/{act}/", **data, **{f"units_{line.id}": units})
        assert answer.status_code == 422
        assert units in "".join(errors(answer.content.decode()))

    assert marks() == before
    assert orders.order(order.id).refunded_minor == 0


def test_an_empty_refund_and_an_act_out_of_turn_are_refused_in_words(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=1)
    before = marks()

    assert owner.post(f"orders/{order.id}/refund/", reason="goodwill").status_code == 422
    owner.post(f"orders/{order.id}/ship/", carrier="R", **{f"units_{order.lines[0].id}": "1"})
    late = owner.post(f"orders/{order.id}/cancel/", reason="buyer")

    assert late.status_code == 422
    assert errors(late.content.decode())
    assert orders.order(order.id).state.value == "shipped"
    assert marks().facts > before.facts


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("take away 500", "12 are on hand at Main warehouse", "3 are held", "at most 9")),
        ("zh-hans", ("减去 500 件", "12 件", "主仓", "3 件", "最多", "9 件")),
    ],
)
def test_more_than_lies_free_cannot_be_taken_away_and_the_figures_are_named(
    shop: SmallShop, owner: Staff, language: str, words: tuple[str, ...]
) -> None:
    shop.receive("TEA", 2)
    shop.buy(TEA=3)
    owner.read(language)
    before = marks()

    answer = owner.post(f"stock/{variant(shop)}/adjust/", warehouse=str(shop.main), units="-500", note="lost")

    (said,) = errors(answer.content.decode())
    assert answer.status_code == 422
    assert all(word in said for word in words), said
    assert wrong_fields(answer.content.decode()) == {"units"}
    assert marks() == before


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_more_than_lies_free_cannot_be_sent_to_another_warehouse(shop: SmallShop, owner: Staff, language: str) -> None:
    owner.read(language)

    answer = owner.post(f"stock/{variant(shop)}/transfer/", warehouse=str(shop.main), to_warehouse=str(shop.north), units="500")

    (said,) = errors(answer.content.decode())
    assert "500" in said
    assert "10" in said
    assert wrong_fields(answer.content.decode()) == {"units"}


@pytest.mark.parametrize(("language", "words"), [("en", ("counted 1", "3")), ("zh-hans", ("1 件", "3 件"))])
def test_a_count_below_what_is_promised_names_both(shop: SmallShop, owner: Staff, language: str, words: tuple[str, ...]) -> None:
    shop.buy(TEA=3)
    owner.read(language)

    answer = owner.post(f"stock/{variant(shop)}/count/", warehouse=str(shop.main), units="1")

    (said,) = errors(answer.content.decode())
    assert all(word in said for word in words), said


@pytest.mark.parametrize(("language", "said"), [("en", "“Reason” is empty: fill it in."), ("zh-hans", "“原因”没有填写，请填写。")])
def test_an_empty_field_is_named(shop: SmallShop, owner: Staff, language: str, said: str) -> None:
    owner.read(language)
    address, data = price(shop)

    assert said in errors(owner.post(address, **data | {"reason": ""}).content.decode())


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "“🍵” is not an amount: write it like 12.50."), ("zh-hans", "“🍵”不是金额，请按 12.50 的写法填写。")],
)
def test_what_is_no_amount_is_named(shop: SmallShop, owner: Staff, language: str, said: str) -> None:
    owner.read(language)
    address, data = price(shop)

    assert said in errors(owner.post(address, **data | {"amount": "🍵"}).content.decode())


FOREIGN = (
    *(f"orders/999999/{act}" for act in ("", "ship/", "cancel/", "refund/", "invoice.pdf")),
    *(f"{name}/999999/" for name in ("products", "prices", "stock", "customers", "payments", "facts", "audit", "messages")),
    *(f"{name}/999999/edit/" for name in ("products", "categories", "taxes", "delivery", "warehouses", "price-lists", "customers")),
    "prices/999999/set/",
    "stock/999999/count/",
    "texts/999999/publish/",
    "staff/999999/role/",
    "facts/999999/replay/",
    "orders/99999999999999999999999/",
)


@pytest.mark.parametrize("address", FOREIGN)
def test_a_foreign_number_gets_the_designed_page(owner: Staff, address: str) -> None:
    answer = owner.get(address)

    assert answer.status_code == 404


def test_a_price_typed_for_another_currency_takes_its_digits(shop: SmallShop, owner: Staff) -> None:
    owner.post("settings/currency/", currency="JPY")
    address, data = price(shop)

    assert owner.post(address, **data | {"amount": "13.05"}).status_code == 422
    assert owner.post(address, **data | {"amount": "1305"}).status_code == 302


def test_a_form_leads_back_only_into_this_shop(shop: SmallShop, owner: Staff) -> None:
    address, data = price(shop)

    answer = owner.post(address, **data | {"next": "https://elsewhere.example/"})

    assert answer["Location"] == f"/console/prices/{variant(shop)}/"


def test_a_post_without_its_token_is_not_heard(shop: SmallShop, owner: Staff) -> None:
    owner.client.handler.enforce_csrf_checks = True
    address, data = price(shop)
    before = marks()

    assert owner.post(address, **data).status_code == 403
    assert marks() == before


def errors(page: str) -> list[str]:
    """Return what the page says is wrong."""
    return [
        html.unescape(each)
        for each in re.findall(r'(?s)class="sk-error"[^>]*>(.*?)</p>|class="sk-wrong"[^>]*>(.*?)</div>', page)
        for each in each
        if each
    ]


def wrong_fields(page: str) -> set[str]:
    """Return the names of the fields that are marked as wrong."""
    return {name for block in re.findall(r'(?s)sk-field--wrong">(.*?)</div>', page) for name in re.findall(r'name="([^"]+)"', block)}


@pytest.mark.parametrize(("language", "said"), [("en", "“SKU” is empty: fill it in."), ("zh-hans", "“SKU”没有填写，请填写。")])
def test_a_new_product_without_anything_asks_for_its_sku(shop: SmallShop, owner: Staff, language: str, said: str) -> None:
    owner.read(language)

    assert said in errors(owner.post("products/new/", name_en="Bowl").content.decode())
