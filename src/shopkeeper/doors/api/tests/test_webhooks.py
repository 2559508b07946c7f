"""News from a payment provider: believed for its signature, acted on once."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from shopkeeper.doors.api.tests.builders import Caller, placed
from shopkeeper.flows.tests.builders import SmallShop, told
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.payments import models
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.adapters.fakes.stripe import FakeStripe
from shopkeeper.selling.payments.shapes import Webhook


def awaited(shop: SmallShop, caller: Caller) -> tuple[str, Webhook]:
    """Return an order whose payment is pending, and the webhook that will settle it."""
    number = placed(caller, shop, method="test-silent")["order"]["number"]
    (webhook,) = payments.webhooks_of_test_provider(timezone.now() + timedelta(minutes=3))
    return number, webhook


def test_a_webhook_settles_the_order(shop: SmallShop, caller: Caller) -> None:
    number, webhook = awaited(shop, caller)

    answer = caller.call("POST", "webhooks/test", webhook.body, **webhook.headers)

    assert (answer.status, answer.body) == (200, {"orders": 1})
    assert orders.by_number(number).state == "paid"


def test_the_same_webhook_again_changes_nothing(shop: SmallShop, caller: Caller) -> None:
    number, webhook = awaited(shop, caller)

    for _ in range(3):
        answer = caller.call("POST", "webhooks/test", webhook.body, Content_Type="text/plain", **webhook.headers)
        assert answer.status == 200
    assert len(told("OrderPaid")) == 1
    assert orders.by_number(number).paid_minor == 2_895


def test_a_webhook_with_a_wrong_signature_is_not_read(shop: SmallShop, caller: Caller) -> None:
    number, webhook = awaited(shop, caller)

    for headers in ({}, {"X-Test-Signature": "0" * 64}, {"X-Test-Signature": "😀".encode().decode("latin-1")}):
        answer = caller.call("POST", "webhooks/test", webhook.body, **headers)
        assert (answer.status, answer.code) == (403, "bad_signature")
    changed = webhook.body.replace(b"2895", b"0001")
    assert caller.call("POST", "webhooks/test", changed, **webhook.headers).code == "bad_signature"
    assert orders.by_number(number).state == "placed"
    assert told("OrderPaid") == []


def test_news_of_a_payment_that_is_not_the_shops_is_taken_in_kept_once_and_speaks_of_no_order(
    shop: SmallShop, caller: Caller, settings: Any
) -> None:
    fake = FakeStripe()
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = fake.secret_key, fake.webhook_secret
    fake.pay_elsewhere(4_200, name="pay_of_another_shop")
    (webhook,) = fake.webhooks()

    for _ in range(3):
        answer = caller.call("POST", "webhooks/stripe", webhook.body, **webhook.headers)
        assert (answer.status, answer.body) == (200, {"orders": 0})

    (kept,) = models.Stray.objects.all()
    assert (kept.kept_minor, kept.currency, kept.heard) == (4_200, "GBP", 3)
    # A name that we did not give may be a person's: only its hash is kept.
    assert kept.name.startswith("other_")
    assert "another_shop" not in kept.name
    assert orders.list_orders().total == 0


def test_news_of_an_unknown_payment_without_the_providers_signature_is_kept_nowhere(shop: SmallShop, caller: Caller, settings: Any) -> None:
    fake = FakeStripe()
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = fake.secret_key, "whsec_the_shops_own"
    fake.pay_elsewhere(4_200)
    (webhook,) = fake.webhooks()

    assert caller.call("POST", "webhooks/stripe", webhook.body, **webhook.headers).code == "bad_signature"
    assert not models.Stray.objects.exists()
