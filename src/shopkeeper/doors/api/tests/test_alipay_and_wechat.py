"""Orders paid by Alipay and WeChat Pay, all over HTTP: the shop asks the fakes, a buyer pays there, and they tell the shop's own door."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from shopkeeper.doors.api.tests.builders import Caller, api_shop
from shopkeeper.flows import place_order, refund_order, settle_payment, sweep
from shopkeeper.flows.tests.builders import SmallShop, told
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order, OrderState, RefundReason
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.adapters.alipay import out_trade_no
from shopkeeper.selling.payments.adapters.fakes import alipay as alipay_fakes
from shopkeeper.selling.payments.adapters.fakes import try_out
from shopkeeper.selling.payments.adapters.fakes import wechat as wechat_fakes
from shopkeeper.selling.payments.adapters.fakes.local import key_of
from shopkeeper.selling.payments.shapes import Payment, PaymentState
from shopkeeper.selling.shop import public as shops

pytestmark = pytest.mark.django_db(transaction=True)


class ByAlipay:
    method = "alipay-qr"

    def __init__(self, fake: alipay_fakes.FakeAlipay) -> None:
        self.fake = fake
        self.wrong = [
            {"key": key_of("stranger")}, {"after": {"total_amount": "99999.00"}}, {"app_id": "2021999999999999"}, {"after": {"sign": ""}},
        ]  # fmt: skip

    def number(self, payment: Payment) -> str:
        return out_trade_no(payment.name)

    def forge(self, payment: Payment, **fields: Any) -> None:
        self.fake.forge(self.number(payment), **fields)

    def tell_sum(self, payment: Payment, fen: int) -> None:
        self.forge(payment, total_amount=f"{fen // 100}.{fen % 100:02d}", trade_no="2026112200001")


class ByWeChat:
    method = "wechat-qr"

    def __init__(self, fake: wechat_fakes.FakeWeChat) -> None:
        self.fake = fake
        self.wrong = [
            {"key": key_of("stranger")}, {"moved_s": -400}, {"mchid": "1900000009"}, {"appid": "wx9"}, {"sealed_with": b"x" * 32},
            {"serial": "00FF"}, {"after": b"{}"},
        ]  # fmt: skip

    def number(self, payment: Payment) -> str:
        return payment.name

    def forge(self, payment: Payment, **fields: Any) -> None:
        self.fake.forge(self.number(payment), **fields)

    def tell_sum(self, payment: Payment, fen: int) -> None:
        self.forge(payment, amount={"total": fen, "currency": "CNY"}, transaction_id="4200000000001")


@pytest.fixture
def shop() -> SmallShop:
    made = api_shop()
    shops.change_currency(currency="CNY", actor=None, now=timezone.now())
    return made


@pytest.fixture(params=["alipay", "wechat"])
def provider(request: Any, settings: Any, live_server: Any, tmp_path: Any) -> Iterator[Any]:
    settings.PAYMENT_NOTIFY_URL = live_server.url + "/api/v1/webhooks/{provider}"
    if request.param == "alipay":
        with alipay_fakes.FakeAlipay() as fake:
            connect(settings, try_out.alipay_settings(fake, tmp_path))
            yield ByAlipay(fake)
    else:
        with wechat_fakes.FakeWeChat() as fake:
            connect(settings, try_out.wechat_settings(fake, tmp_path))
            yield ByWeChat(fake)


def connect(settings: Any, found: dict[str, str]) -> None:
    """Set the shop up as its operator does: by key files and settings."""
    for name, value in found.items():
        setattr(settings, name, value)


def order_of(shop: SmallShop, provider: Any) -> tuple[Order, Payment]:
    """Return an order that waits for its buyer to scan the code: one TEA and delivery, ¥16.45."""
    placed = place_order.place_order(**shop.request(shop.basket(TEA=1), method=provider.method, now=timezone.now()))
    return orders.order(placed.order_id), shop.payment(placed.order_id)


def state(order: Order) -> OrderState:
    return orders.order(order.id).state


# ── paid ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_order_is_paid_by_its_code_and_the_provider_reads_the_word_it_waits_for(shop, provider):
    order, payment = order_of(shop, provider)
    assert (state(order), payment.state, payment.qr_text[:7]) == (OrderState.PLACED, PaymentState.PENDING, "http://")

    requests.get(payment.qr_text, timeout=5)
    provider.fake.pay(provider.number(payment))

    assert state(order) is OrderState.PAID
    assert orders.order(order.id).paid_minor == 1_645
    expected = (200, b"success") if provider.method == "alipay-qr" else (204, b"")
    assert [(status, body) for status, _, body in provider.fake.acknowledged] == [expected]


@pytest.mark.parametrize("provider", ["alipay"], indirect=True)
def test_the_page_pays_and_leads_back_to_the_order(shop, provider):
    provider.method = "alipay-page"
    order, payment = order_of(shop, provider)

    page = requests.get(payment.redirect_url, timeout=5)
    back = requests.post(f"{provider.fake.url}/cashier/{provider.number(payment)}", timeout=20, allow_redirects=False)

    assert "¥16.45" in page.text
    assert f"/orders/{order.token}/" in back.headers["Location"]
    assert payments.origins() == (provider.fake.url,)
    assert state(order) is OrderState.PAID


def test_news_that_comes_twice_is_paid_once(shop, provider):
    order, payment = order_of(shop, provider)
    provider.fake.manners.notify_times = 3

    provider.fake.pay(provider.number(payment))

    assert len(provider.fake.acknowledged) == 3
    assert len(told("OrderPaid")) == 1
    assert shop.payment(order.id).balance.captured_minor == 1_645


def test_news_that_never_comes_is_asked_for(shop, provider):
    order, payment = order_of(shop, provider)
    provider.fake.manners.is_holding = True
    provider.fake.pay(provider.number(payment))
    assert state(order) is OrderState.PLACED

    payments.ask_again(payment.id, timezone.now())
    settle_payment.settle(order_id=order.id, now=timezone.now())
    provider.fake.manners.is_holding = False
    provider.fake.deliver()

    assert state(order) is OrderState.PAID
    assert shop.payment(order.id).balance.captured_minor == 1_645


def test_news_of_a_refund_before_the_news_of_the_payment_ends_the_same(shop, provider):
    order, payment = order_of(shop, provider)
    provider.fake.manners.is_holding = True
    provider.fake.pay(provider.number(payment))
    provider.fake.give_back(provider.number(payment), 1_645)

    provider.fake.manners.is_holding = False
    provider.fake.deliver(is_newest_first=True)

    found = shop.payment(order.id).balance
    assert (found.captured_minor, found.refunded_minor) == (1_645, 1_645)


# ── given back ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_refund_reaches_the_buyer_once(shop, provider):
    order, payment = order_of(shop, provider)
    provider.fake.pay(provider.number(payment))

    refund_order.refund(
        order_id=order.id, lines=[], delivery=True, reason=RefundReason.GOODWILL, actor=None, now=timezone.now(), key="goodwill"
    )  # fmt: skip
    for _ in range(2):
        sweep.sweep(timezone.now() + timedelta(minutes=5))

    assert shop.payment(order.id).balance.refunded_minor == 395
    assert provider.fake.trades[provider.number(payment)].refunded == 395


# ── never paid ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_forged_news_ever_pays_an_order(shop, provider):
    order, payment = order_of(shop, provider)

    for forgery in provider.wrong:
        provider.forge(payment, **forgery)

    assert [status for status, _, _ in provider.fake.acknowledged] == [403] * len(provider.wrong)
    assert state(order) is OrderState.PLACED
    assert shop.payment(order.id).state is PaymentState.PENDING
    assert told("OrderPaid") == []


@pytest.mark.parametrize("fen", [1, 1_644])
def test_a_sum_that_is_too_small_never_pays_an_order(shop, provider, fen):
    order, payment = order_of(shop, provider)

    provider.tell_sum(payment, fen)

    assert state(order) is OrderState.PLACED
    assert told("OrderPaid") == []


def test_a_provider_that_is_silent_leaves_the_order_waiting_and_is_asked_again(shop, provider):
    provider.fake.manners.broken_after = 1

    order, payment = order_of(shop, provider)

    assert (state(order), payment.state, payment.qr_text) == (OrderState.PLACED, PaymentState.PENDING, "")


# ── offered ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def offered() -> list[str]:
    return [method.code for method in payments.methods()]


def test_both_are_offered_in_a_shop_whose_books_are_in_yuan(shop, provider, caller: Caller):
    assert provider.method in offered()
    assert payments.not_offered() == []
    assert provider.method in [each["code"] for each in caller.get("payment-methods").body["items"]]


def test_neither_is_offered_where_the_books_are_in_another_currency(shop, provider):
    shops.change_currency(currency="GBP", actor=None, now=timezone.now())

    assert provider.method not in offered()
    assert [(each.reason, each.value) for each in payments.not_offered()] == [("wrong_currency", "CNY")]


def test_a_key_that_is_none_takes_the_provider_off_the_list_and_is_named(shop, provider, settings, tmp_path):
    (tmp_path / "broken.pem").write_text("-----BEGIN NOTHING-----")
    settings.ALIPAY_PRIVATE_KEY_FILE = settings.WECHAT_PRIVATE_KEY_FILE = str(tmp_path / "broken.pem")

    assert provider.method not in offered()
    (found,) = payments.not_offered()
    assert found.reason == "unusable_key"
    assert "broken.pem" in found.value


def test_a_key_file_that_is_not_there_is_named(shop, provider, settings):
    settings.ALIPAY_PUBLIC_KEY_FILE = settings.WECHAT_PLATFORM_CERT_FILE = "/nowhere/key.pem"

    assert provider.method not in offered()
    assert "/nowhere/key.pem" in payments.not_offered()[0].value
