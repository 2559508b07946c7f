"""One purchase through a provider's own page, as a browser makes it: out, paid, back, told, refunded, disputed."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from django.test import Client

from shopkeeper.doors.drawings import qr
from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.doors.storefront.tests.test_checkout import filled
from shopkeeper.flows import refund_order
from shopkeeper.kit.ids import OrderId
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order, OrderFilter, OrderState
from shopkeeper.selling.payments import models
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.adapters.fakes.stripe import FakeStripe

pytestmark = pytest.mark.django_db


@pytest.fixture
def stripe(settings: Any) -> Iterator[FakeStripe]:
    fake = FakeStripe().start()
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_URL = fake.secret_key, fake.webhook_secret, fake.url
    yield fake
    fake.stop()


@pytest.fixture
def shop() -> Corner:
    return corner()


@pytest.fixture
def buyer(shop: Corner) -> Client:
    client = shop.visitor()
    shop.add(client, "LAMP", 2)
    return client


def sent_to_pay(buyer: Client, shop: Corner, language: str = "en") -> str:
    answer = buyer.post(f"/{language}/checkout/", filled(buyer, shop, language, payment="stripe-card"))
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def the_order() -> Order:
    return orders.order(OrderId(orders.list_orders(OrderFilter()).items[0].id))


def post(stripe: FakeStripe) -> list[int]:
    """Carry the provider's messages to the shop's own route until there are none, and return how each was answered."""
    answers = []
    while messages := stripe.webhooks():
        for each in messages:
            sent = {name: value for name, value in each.headers.items() if name != "Content-Type"}
            answers.append(Client().post("/api/v1/webhooks/stripe", each.body, content_type="application/json", headers=sent).status_code)
    return answers


def test_the_whole_way_out_to_the_provider_and_back(shop: Corner, buyer: Client, stripe: FakeStripe) -> None:
    address = sent_to_pay(buyer, shop)
    assert address.startswith(f"{stripe.url}/c/pay/")
    page = requests.get(address, timeout=5)
    order = the_order()
    assert order.number in page.text
    assert order.state is OrderState.PLACED

    declined = requests.post(address, {"act": "decline", "code": "insufficient_funds"}, timeout=5)
    assert "declined" in declined.text
    assert set(post(stripe)) == {200}
    waiting = buyer.get(f"/en/orders/{order.token}/").content.decode()
    assert "There was not enough money in the account." in waiting
    assert f'href="{address}"' in waiting
    assert "Your goods are set aside until" in waiting

    back = requests.post(address, {"act": "pay"}, timeout=5, allow_redirects=False)
    assert back.headers["Location"].endswith(f"/en/orders/{order.token}/?thanks=1")
    assert "Continue to pay" in buyer.get(f"/en/orders/{order.token}/?thanks=1").content.decode()
    assert set(post(stripe)) == {200}

    thanks = buyer.get(f"/en/orders/{order.token}/?thanks=1").content.decode()
    assert the_order().state is OrderState.PAID
    assert "Your payment has arrived" in thanks
    assert "Continue to pay" not in thanks

    lamp = order.lines[0]
    refund = refund_order.refund(
        order_id=order.id, lines=[(lamp.id, 1, True)], delivery=False, reason="changed_mind", actor=None, now=order.placed_at
    )
    assert str(refund.state) == "settled"
    stripe.dispute(payments.payments_of(order.id)[0].name, amount=500)
    assert set(post(stripe)) == {200}
    assert payments.payments_of(order.id)[0].balance.disputed_minor == 500


def test_a_buyer_who_comes_back_unpaid_can_go_on_or_begin_again(shop: Corner, buyer: Client, stripe: FakeStripe) -> None:
    address = sent_to_pay(buyer, shop)
    order = the_order()

    back = requests.post(address, {"act": "cancel"}, timeout=5, allow_redirects=False)
    again = buyer.post(f"/en/orders/{order.token}/pay/", {"payment": "stripe-card"})

    assert back.headers["Location"].endswith(f"/en/orders/{order.token}/?thanks=1")
    assert again["Location"] == address
    wrong = buyer.post(f"/en/orders/{order.token}/pay/", {"payment": "gold"}, follow=True)
    assert "“gold” does not work" in wrong.content.decode()
    assert len(stripe.sessions) == 1


def test_a_buyer_who_begins_again_after_paying_is_thanked_though_the_providers_word_is_late(
    shop: Corner, buyer: Client, stripe: FakeStripe, settings: Any
) -> None:
    settings.TEST_PAYMENTS = True
    address = sent_to_pay(buyer, shop)
    order = the_order()
    requests.post(address, {"act": "pay"}, timeout=5, allow_redirects=False)

    again = buyer.post(f"/en/orders/{order.token}/pay/", {"payment": "test-ok"}, follow=True)

    shown = again.content.decode()
    assert again.redirect_chain[-1][0].endswith(f"/en/orders/{order.token}/?thanks=1")
    assert "Your payment has arrived" in shown
    assert "refused" not in shown
    assert the_order().state is OrderState.PAID


def test_no_page_of_the_shop_asks_for_a_card_or_loads_anything_from_the_provider(shop: Corner, buyer: Client, stripe: FakeStripe) -> None:
    checkout = buyer.get("/en/checkout/")

    policy = checkout["Content-Security-Policy"]
    assert f"form-action 'self' {stripe.url};" in policy
    assert policy.count(stripe.url) == 1
    assert re.search(r'(?i)name="(card|cvc|pan|number)', checkout.content.decode()) is None
    assert stripe.url not in checkout.content.decode()


def test_without_a_provider_forms_lead_to_the_shop_alone(shop: Corner, buyer: Client) -> None:
    assert "form-action 'self';" in buyer.get("/en/checkout/")["Content-Security-Policy"]


def test_test_payments_are_not_offered_beside_a_real_provider_unless_asked_for(
    shop: Corner, buyer: Client, stripe: FakeStripe, settings: Any
) -> None:
    page = buyer.get("/en/checkout/").content.decode()
    assert 'value="stripe-card"' in page
    assert 'value="test-ok"' not in page
    refused = buyer.post("/en/checkout/", filled(buyer, shop, payment="test-ok"))
    assert refused.status_code == 422

    settings.TEST_PAYMENTS = True

    assert 'value="test-ok"' in buyer.get("/en/checkout/").content.decode()


def test_a_qr_code_is_drawn_on_the_order_page_which_looks_again_by_itself(shop: Corner, buyer: Client, stripe: FakeStripe) -> None:
    sent_to_pay(buyer, shop)
    order = the_order()
    models.Payment.objects.update(qr_text="weixin://wxpay/bizpayurl?pr=abc", redirect_url="")

    page = buyer.get(f"/zh-hans/orders/{order.token}/").content.decode()

    code = qr.drawn("weixin://wxpay/bizpayurl?pr=abc")
    assert f'viewBox="0 0 {code.size} {code.size}"' in page
    assert code.path in page
    assert '<meta http-equiv="refresh" content="5">' in page
    assert "weixin://" not in page


def test_a_qr_code_says_what_it_was_asked_to_say() -> None:
    one, other = qr.drawn("https://pay.example.com/1"), qr.drawn("https://pay.example.com/2")

    assert one.path != other.path
    # Three corners have the same seven-module mark, at the edge of the quiet zone.
    assert f"M{qr.QUIET} {qr.QUIET}h1v1h-1z" in one.path
    assert f"M{one.size - qr.QUIET - 1} {qr.QUIET}h1v1h-1z" in one.path
    assert f"M{qr.QUIET} {one.size - qr.QUIET - 1}h1v1h-1z" in one.path
