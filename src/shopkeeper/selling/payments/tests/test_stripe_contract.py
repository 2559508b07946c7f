"""Stripe's adapter keeps the contract, against a fake that speaks its protocol over HTTP."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from shopkeeper.selling.payments.adapters import stripe_reading as reading
from shopkeeper.selling.payments.adapters.contract import ProviderContract, World
from shopkeeper.selling.payments.adapters.fakes.stripe import FakeStripe
from shopkeeper.selling.payments.adapters.stripe import METHOD, Stripe
from shopkeeper.selling.payments.shapes import Webhook

WHAT = {"lost": "lost", "slow": "slow", "error": "error_after"}


class StripeWorld:
    """Drives the fake of Stripe for the contract."""

    method, currency = METHOD, "GBP"
    reserves, takes_in_parts, confirms = True, False, True

    def __init__(self, fake: FakeStripe) -> None:
        self.fake, self.now = fake, datetime.now(UTC)
        self.provider = Stripe(secret_key=fake.secret_key, webhook_secret=fake.webhook_secret, api_url=fake.url)

    def confirm(self, payment_name: str) -> None:
        session = self.fake.session_of(payment_name)
        if session["status"] == "open":
            self.fake.pay(session["id"])

    def misbehave(self, what: str) -> None:
        self.fake.misbehave(WHAT[what])

    def webhooks(self) -> Sequence[Webhook]:
        return self.fake.webhooks()

    def signed(self, body: bytes) -> Webhook:
        return self.fake.signed(body)

    def taken_minor(self, payment_name: str) -> int:
        made = [each for each in self.fake.intents.values() if each["metadata"]["payment_name"] == payment_name]
        return reading.in_minor_units(sum(each["amount_received"] for each in made), self.currency)

    def given_back_minor(self, payment_name: str) -> int:
        ids = {each["id"] for each in self.fake.intents.values() if each["metadata"]["payment_name"] == payment_name}
        given = [each for each in self.fake.refunds.values() if each["payment_intent"] in ids and each["status"] != "failed"]
        return reading.in_minor_units(sum(each["amount"] for each in given), self.currency)


class StripeWorldInYen(StripeWorld):
    currency = "JPY"


class StripeWorldInKrona(StripeWorld):
    """A currency without hundredths here that Stripe counts in hundredths."""

    currency = "ISK"


class TestStripe(ProviderContract):
    @pytest.fixture(params=[StripeWorld, StripeWorldInYen, StripeWorldInKrona])
    def world(self, request: pytest.FixtureRequest) -> Iterator[World]:
        fake = FakeStripe(slow_s=1.5).start()
        yield request.param(fake)
        fake.stop()
