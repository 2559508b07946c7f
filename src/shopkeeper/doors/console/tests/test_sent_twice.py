"""A form sent twice does nothing twice, whatever the reader's finger or the line did."""

import io
import re
from typing import Any

import openpyxl
import pytest

from shopkeeper.doors.console import sheets
from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.flows import cancel_order
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.adapters.fake import FakeProvider
from shopkeeper.selling.payments.adapters.provider import Answer, Ask
from shopkeeper.selling.payments.shapes import EventKind, Method
from shopkeeper.selling.shop import models as shop_tables

TESTS_ONLY = "every way to pay at the checkout is a test"
TESTS_ONLY_ZH = "付款方式全都是测试用的"


def hidden(source: str) -> dict[str, str]:
    """Return the hidden fields of a form as a browser would send them back."""
    tags = re.findall(r'<input type="hidden"[^>]*>', source)
    pairs = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: value[1] for name, value in pairs if name and value and name[1] not in ("csrfmiddlewaretoken", "next")}


def units(order: Order, count: int) -> dict[str, str]:
    return {f"units_{order.lines[0].id}": str(count)}


@pytest.mark.parametrize("count", [1, 3])
def test_a_refund_form_sent_twice_pays_once_and_answers_the_same(shop: SmallShop, owner: Staff, count: int) -> None:
    order = shop.buy(TEA=3)
    address = f"orders/{order.id}/refund/"
    total = str(1_250 * count + 395)
    form = {**hidden(owner.text(address)), "reason": "late", "delivery": "on", "sum": total, **units(order, count)}

    answers = [owner.post(address, **form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert orders.order(order.id).refunded_minor == 1_250 * count + 395
    assert len(orders.order(order.id).refunds) == 1


def test_a_refund_form_shown_again_keeps_its_token_and_a_new_one_has_another(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=3)
    address = f"orders/{order.id}/refund/"
    first = hidden(owner.text(address))

    again = owner.post(address, **first, reason="late", **units(order, 9))

    assert again.status_code == 422
    assert first["once"]
    assert hidden(again.content.decode()) == first
    assert hidden(owner.text(address))["once"] != first["once"]


def test_a_refund_form_sent_again_with_other_content_is_refused(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=3)
    address = f"orders/{order.id}/refund/"
    form = {**hidden(owner.text(address)), "reason": "late"}
    owner.post(address, **form, sum="1250", **units(order, 1))

    answer = owner.post(address, **form, sum="2500", **units(order, 2))

    assert answer.status_code == 422
    assert "This form was sent before, with other content." in answer.content.decode()
    assert "basket" not in answer.content.decode().split('role="alert"')[1][:300]
    assert orders.order(order.id).refunded_minor == 1_250


@pytest.mark.parametrize("count", [1, 3])
def test_a_ship_form_sent_twice_sends_one_parcel(shop: SmallShop, owner: Staff, count: int) -> None:
    order = shop.buy(TEA=3)
    address = f"orders/{order.id}/ship/"
    form = {**hidden(owner.text(address)), "carrier": "DHL", **units(order, count)}

    answers = [owner.post(address, **form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 422]
    assert orders.order(order.id).lines[0].shipped_units == count
    assert len(orders.order(order.id).shipments) == 1


def _refuse(self: FakeProvider, ask: Ask) -> Answer:
    return Answer(
        kind=EventKind.REFUND_FAILED, payment_name=ask.payment_name, key=ask.key, reference="", operation="no",
        amount_minor=ask.amount_minor, reason="too_late",
    )  # fmt: skip


def test_a_cancelled_order_whose_refund_failed_offers_refund_and_one_paid_back_does_not(
    shop: SmallShop, owner: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed, even = shop.buy(TEA=2), shop.buy(TEA=2)
    cancel_order.cancel(order_id=even.id, reason="buyer", actor=None, now=NOON)
    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "refund", _refuse)
        cancel_order.cancel(order_id=owed.id, reason="buyer", actor=None, now=NOON)

    assert f"orders/{owed.id}/refund/" in owner.text(f"orders/{owed.id}/")
    assert f"orders/{even.id}/refund/" not in owner.text(f"orders/{even.id}/")
    answer = owner.post(f"orders/{owed.id}/refund/", reason="other", delivery="on", sum="2895", **units(owed, 2))
    assert answer.status_code == 302
    assert orders.order(owed.id).refunded_minor == 2_895


def test_a_name_that_looks_like_an_address_is_plain_text_in_a_workbook() -> None:
    answer: Any = sheets.response("xlsx", name="goods", head=("Name",), rows=[("http://x",), ("mailto:a@b",)], zone="UTC")

    page = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active

    assert page is not None
    assert [(cell.value, cell.hyperlink) for cell in page["A"][1:]] == [("http://x", None), ("mailto:a@b", None)]


# ── a real shop that can only be paid in play ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", ["", "payments/"])
def test_a_real_shop_with_nothing_but_test_payments_is_warned(shop: SmallShop, owner: Staff, page: str) -> None:
    assert TESTS_ONLY in owner.text(page)
    owner.read("zh-hans")
    assert TESTS_ONLY_ZH in owner.text(page)


@pytest.mark.parametrize("page", ["", "payments/"])
def test_the_sample_shop_and_one_that_takes_real_money_are_not_warned(
    shop: SmallShop, owner: Staff, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    with monkeypatch.context() as real:
        real.setattr(payments, "methods", lambda: (Method(code="card", provider="bank", is_test=False),))
        assert TESTS_ONLY not in owner.text(page)
    shop_tables.Shop.objects.update(is_sample=True, version=7)
    assert TESTS_ONLY not in owner.text(page)


def test_only_the_list_of_payments_carries_the_warning(shop: SmallShop, owner: Staff) -> None:
    assert TESTS_ONLY not in owner.text("orders/")
