"""An order that still waits for its money is paid again over the API: by the same way or another, once however often it is sent."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from shopkeeper.doors.api.tests.builders import Caller, placed
from shopkeeper.flows import cancel_order, pay_order, sweep
from shopkeeper.flows.tests.builders import SmallShop, told
from shopkeeper.kit.ids import OrderId
from shopkeeper.ops.limits.models import Tally
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import CancelReason
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.adapters.fakes.stripe import FakeStripe


@pytest.fixture
def stripe(settings: Any) -> Iterator[FakeStripe]:
    fake = FakeStripe().start()
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_URL = fake.secret_key, fake.webhook_secret, fake.url
    settings.TEST_PAYMENTS = True
    yield fake
    fake.stop()


def waiting(caller: Caller, shop: SmallShop) -> str:
    """Return the token of an order whose buyer stands on the provider's page."""
    return str(placed(caller, shop, method="stripe-card")["order"]["token"])


def refusals_counted() -> list[tuple[str, int]]:
    """Return what is counted against clients."""
    return sorted(Tally.objects.values_list("mark", "times"))


def test_another_way_to_pay_pays_the_order(shop: SmallShop, caller: Caller, stripe: FakeStripe) -> None:
    token = waiting(caller, shop)

    answer = caller.post(f"orders/{token}/payments", {"payment_method": "test-ok"})

    assert answer.status == 201
    assert (answer.body["order"]["state"], answer.body["payment_state"], answer.body["redirect_url"]) == ("paid", "captured", None)
    assert len(told("OrderPaid")) == 1
    assert [each["status"] for each in stripe.sessions.values()] == ["expired"]


def test_the_same_way_leads_back_to_the_page_that_is_open(shop: SmallShop, caller: Caller, stripe: FakeStripe) -> None:
    token = waiting(caller, shop)

    answer = caller.post(f"orders/{token}/payments", {"payment_method": "stripe-card"})

    (session,) = stripe.sessions.values()
    assert (answer.status, answer.body["payment_state"], answer.body["redirect_url"]) == (201, "pending", session["url"])


def test_sent_again_under_its_key_it_is_one_attempt(shop: SmallShop, caller: Caller, stripe: FakeStripe) -> None:
    token = waiting(caller, shop)

    first, again = (caller.post(f"orders/{token}/payments", {"payment_method": "test-ok"}, Idempotency_Key="k") for _ in range(2))

    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert len(payments.payments_of(orders.by_token(token).id)) == 2
    other = caller.post(f"orders/{token}/payments", {"payment_method": "stripe-card"}, Idempotency_Key="k")
    assert (other.status, other.code) == (409, "key_reused")


def test_a_refusal_of_the_bank_is_told(shop: SmallShop, caller: Caller, stripe: FakeStripe) -> None:
    token = waiting(caller, shop)

    answer = caller.post(f"orders/{token}/payments", {"payment_method": "test-declined"})

    assert (answer.status, answer.code, answer.body["value"]) == (402, "payment_refused", "declined")
    assert orders.by_token(token).paid_minor == 0


@pytest.mark.parametrize("method", ["gold", "", 7, None])
def test_a_way_to_pay_that_is_none_is_refused_and_begins_nothing(
    shop: SmallShop, caller: Caller, stripe: FakeStripe, method: object
) -> None:
    token = waiting(caller, shop)

    answer = caller.post(f"orders/{token}/payments", {"payment_method": method})

    assert answer.status == 422
    assert len(payments.payments_of(orders.by_token(token).id)) == 1


def test_an_order_that_does_not_wait_for_money_is_not_paid_again(shop: SmallShop, caller: Caller) -> None:
    token = placed(caller, shop)["order"]["token"]

    answer = caller.post(f"orders/{token}/payments", {"payment_method": "test-ok"})

    assert (answer.status, answer.code) == (409, "wrong_state")
    assert len(payments.payments_of(orders.by_token(token).id)) == 1
    assert caller.post("orders/nobodys/payments", {"payment_method": "test-ok"}).code == "not_found"
    assert sweep.sweep(timezone.now()).failed == 0


def test_paid_meanwhile_by_the_first_attempt_it_answers_with_what_paid_and_refuses_nothing(
    shop: SmallShop, caller: Caller, stripe: FakeStripe
) -> None:
    token = waiting(caller, shop)
    (first,) = payments.payments_of(orders.by_token(token).id)
    stripe.pay(stripe.session_of(first.name)["id"])
    stripe.webhooks()  # On their way, and late.

    before = refusals_counted()

    answer = caller.post(f"orders/{token}/payments", {"payment_method": "test-ok"}, Idempotency_Key="k")

    assert (answer.status, answer.body["payment_state"], answer.body["redirect_url"]) == (201, "captured", None)
    assert (answer.body["order"]["state"], answer.body["order"]["payment_state"]) == ("paid", "captured")
    assert caller.post(f"orders/{token}/payments", {"payment_method": "test-ok"}, Idempotency_Key="k").body == answer.body
    assert refusals_counted() == before
    assert payments.payments_of(orders.by_token(token).id)[0].balance.settled_minor == orders.by_token(token).paid_minor


def test_an_order_that_ended_meanwhile_says_so_and_not_that_a_bank_refused(
    shop: SmallShop, caller: Caller, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = waiting(caller, shop)
    still_unpaid = pay_order._is_still_unpaid

    def cancelled_first(order_id: OrderId, *rest: Any) -> bool:
        cancel_order.cancel(order_id=order_id, reason=CancelReason.BUYER, actor=None, now=timezone.now())
        return still_unpaid(order_id, *rest)

    monkeypatch.setattr(pay_order, "_is_still_unpaid", cancelled_first)
    before = refusals_counted()

    answer = caller.post(f"orders/{token}/payments", {"payment_method": "test-ok"})

    assert (answer.status, answer.code) == (409, "wrong_state")
    assert refusals_counted() == before
