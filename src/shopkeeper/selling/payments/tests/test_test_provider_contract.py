"""The built-in test provider keeps the same contract as the real ones."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from shopkeeper.selling.payments import models
from shopkeeper.selling.payments.adapters import fake
from shopkeeper.selling.payments.adapters.contract import ProviderContract, World
from shopkeeper.selling.payments.adapters.fake import FakeProvider
from shopkeeper.selling.payments.adapters.provider import Answer, Ask, ProviderSilent
from shopkeeper.selling.payments.shapes import Webhook

pytestmark = pytest.mark.django_db


class Lossy(FakeProvider):
    """The test provider at the end of a bad line."""

    def __init__(self) -> None:
        self.next = ""

    def _answered(self, told: Answer | tuple[Answer, ...]) -> None:
        what, self.next = self.next, ""
        if what:
            raise ProviderSilent(what)

    def authorize(self, ask: Ask) -> Answer:
        told = super().authorize(ask)
        self._answered(told)
        return told

    def capture(self, ask: Ask) -> Answer:
        told = super().capture(ask)
        self._answered(told)
        return told

    def refund(self, ask: Ask) -> Answer:
        told = super().refund(ask)
        self._answered(told)
        return told

    def find(self, *, payment_name: str, reference: str, started_at: datetime, at: datetime) -> tuple[Answer, ...]:
        told = super().find(payment_name=payment_name, reference=reference, started_at=started_at, at=at)
        self._answered(told)
        return told


class TestWorld:
    __test__ = False
    method, currency = "test-ok", "GBP"
    reserves, takes_in_parts, confirms = True, True, False

    def __init__(self) -> None:
        self.provider, self.now = Lossy(), datetime.now(UTC)

    def confirm(self, payment_name: str) -> None:
        """It asks for nothing."""

    def misbehave(self, what: str) -> None:
        self.provider.next = what

    def webhooks(self) -> Sequence[Webhook]:
        return self.provider.webhooks_due(at=self.now)

    def signed(self, body: bytes) -> Webhook:
        return Webhook(provider="test", body=body, headers={fake.SIGNATURE: fake._signature(body)})

    def taken_minor(self, payment_name: str) -> int:
        return sum(models.FakeCharge.objects.filter(payment_name=payment_name).values_list("captured_minor", flat=True))

    def given_back_minor(self, payment_name: str) -> int:
        return sum(models.FakeCharge.objects.filter(payment_name=payment_name).values_list("refunded_minor", flat=True))


class TestTestProvider(ProviderContract):
    @pytest.fixture
    def world(self) -> World:
        return TestWorld()


def test_the_contract_notices_a_provider_that_pays_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted violation: keys are forgotten, so each refund is another one."""
    from shopkeeper.selling.payments.adapters.contract import Buyer

    world, paid_out = TestWorld(), FakeProvider.refund
    calls: list[int] = []

    def forgetful(self: FakeProvider, ask: Ask) -> Answer:
        from dataclasses import replace

        calls.append(1)
        return paid_out(self, replace(ask, key=f"{ask.key}#{len(calls)}"))

    monkeypatch.setattr(FakeProvider, "refund", forgetful)

    with pytest.raises(AssertionError):
        TestTestProvider().test_the_same_key_does_a_thing_once_and_is_answered_the_same(Buyer(world), world)
