"""The tests every payment provider must pass, whoever wrote it: `provider.py` as promises, each of which can fail.

To run an adapter through them, write `tests/test_<provider>_contract.py` in this room:

    class TestAcme(ProviderContract):
        @pytest.fixture
        def world(self) -> Iterator[World]:
            fake = FakeAcme().start()
            yield AcmeWorld(fake)
            fake.stop()

where `AcmeWorld` drives the fake (`adapters/fakes/`) as `World` describes. What a provider cannot do by its protocol is said there
(`reserves`, `takes_in_parts`), and the contract then asks that it be refused instead.
"""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import pytest

from shopkeeper.kit.ids import new_token
from shopkeeper.selling.payments.adapters.provider import Answer, Ask, Provider, ProviderSilent
from shopkeeper.selling.payments.rules import balance, mismatch
from shopkeeper.selling.payments.shapes import BadSignature, Balance, EventKind, PaymentEvent, Webhook

K = EventKind
AMOUNT = 2_895
TIMEOUT_S = 1.0


class World(Protocol):
    """An adapter and its fake. Times are the world's own: `now` is when its requests are made."""

    provider: Provider
    method: str
    currency: str
    now: datetime
    reserves: bool
    """Whether money is reserved first and taken later; False for a provider that takes it when the buyer confirms."""
    takes_in_parts: bool
    """Whether reserved money can be taken in several parts."""
    confirms: bool
    """Whether the buyer confirms somewhere first; False for a provider that answers at once."""

    def confirm(self, payment_name: str) -> None:
        """The buyer does what the provider asks for; nothing where it asks for nothing."""

    def misbehave(self, what: str) -> None:
        """At the next request: `lost` does it and gives no answer, `slow` does it and answers too late, `error` answers a 5xx."""

    def webhooks(self) -> Sequence[Webhook]:
        """Take what the provider has sent since this was asked last."""

    def signed(self, body: bytes) -> Webhook:
        """Return any body as the provider would sign it."""

    def taken_minor(self, payment_name: str) -> int:
        """Return how much the provider itself says it has taken."""

    def given_back_minor(self, payment_name: str) -> int:
        """Return how much the provider itself says it has given back."""


class Buyer:
    """One payment, from the shop's side: what was asked and all that was told of it."""

    def __init__(self, world: World) -> None:
        self.world, self.name, self.reference = world, "pay_" + new_token(), ""
        self.told: list[Answer] = []

    def ask(self, key: str = "", amount: int = AMOUNT) -> Ask:
        return Ask(
            key=key or self.name, payment_name=self.name, reference=self.reference, method=self.world.method, amount_minor=amount,
            currency=self.world.currency, at=self.world.now, timeout_s=TIMEOUT_S, description="A-1001", language="en",
            return_url="http://127.0.0.1:8000/en/orders/token/", notify_url="http://127.0.0.1:8000/api/v1/webhooks/x",
            expires_at=self.world.now + timedelta(minutes=30),
        )  # fmt: skip

    def hear(self, answers: Iterable[Answer]) -> list[Answer]:
        heard = list(answers)
        self.told += heard
        self.reference = next((each.reference for each in reversed(heard) if each.reference), self.reference)
        return heard

    def authorize(self) -> Answer:
        return self.hear([self.world.provider.authorize(self.ask())])[0]

    def find(self) -> list[Answer]:
        found = self.world.provider.find(payment_name=self.name, reference=self.reference, started_at=self.world.now, at=self.world.now)
        return self.hear(found)

    def reserved(self) -> "Buyer":
        """Go as far as the money is reserved, or taken where the provider does not reserve."""
        self.authorize()
        self.world.confirm(self.name)
        self.find()
        return self

    def paid(self) -> "Buyer":
        self.reserved()
        if self.world.reserves:
            self.hear([self.world.provider.capture(self.ask(f"{self.name}:capture"))])
        return self

    def refund(self, key: str, amount: int) -> Answer:
        return self.hear([self.world.provider.refund(self.ask(f"{self.name}:{key}", amount))])[0]

    def balance(self) -> Balance:
        return balance.balance(self.events(self.told))

    def events(self, told: Iterable[Answer]) -> list[PaymentEvent]:
        """Return the news in what was told, as the room keeps it: the same act once, whoever tells it and however often."""
        asked = PaymentEvent(kind=K.AUTHORIZE_ASKED, amount_minor=AMOUNT, key=self.name, reference="", reason="", at=self.world.now)
        found = {(asked.kind, asked.key, asked.reference): asked}
        for each in told:
            if each.payment_name == self.name or (not each.payment_name and each.reference == self.reference):
                counted = mismatch.compared(each, self.world.currency)
                event = PaymentEvent(
                    kind=counted.kind, amount_minor=counted.amount_minor, key=counted.key, reference=counted.operation,
                    reason=counted.reason, at=self.world.now, due_at=counted.due_at,
                )  # fmt: skip
                found.setdefault((event.kind, event.key, event.reference), event)
        return list(found.values())


class ProviderContract:
    """Subclass it with a fixture `world`."""

    @pytest.fixture
    def buyer(self, world: World) -> Buyer:
        return Buyer(world)

    # ── what is offered ───────────────────────────────────────────────────────────────────────────────────────────────

    def test_it_offers_the_method_under_its_own_code(self, world: World) -> None:
        codes = {method.code: method.provider for method in world.provider.methods()}

        assert codes[world.method] == world.provider.code
        assert all(origin.startswith(("https://", "http://127.0.0.1")) and origin.count("/") == 2 for origin in world.provider.origins())

    # ── money comes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def test_money_comes_and_goes_back_in_the_shops_own_units(self, buyer: Buyer, world: World) -> None:
        buyer.paid()
        assert world.taken_minor(buyer.name) == AMOUNT
        assert (buyer.balance().captured_minor, buyer.balance().refundable_minor) == (AMOUNT, AMOUNT)

        first = buyer.refund("one", 895)

        assert (first.kind, first.key, first.amount_minor) == (K.REFUNDED, f"{buyer.name}:one", 895)
        assert world.given_back_minor(buyer.name) == 895
        assert buyer.refund("two", 2_000).kind is K.REFUNDED
        assert buyer.balance().refundable_minor == 0

    def test_a_buyer_who_must_confirm_is_told_where(self, buyer: Buyer, world: World) -> None:
        answer = buyer.authorize()

        is_led = bool(answer.redirect_url or answer.qr_text)
        assert is_led == world.confirms
        assert (answer.kind is K.CONFIRMATION_NEEDED) == world.confirms
        if answer.redirect_url:
            assert answer.redirect_url.startswith(world.provider.origins())

    def test_money_not_confirmed_yet_is_not_there(self, buyer: Buyer, world: World) -> None:
        buyer.authorize()
        buyer.find()

        assert world.taken_minor(buyer.name) == 0
        assert buyer.balance().captured_minor == 0
        assert (buyer.balance().authorized_minor == 0) == world.confirms

    def test_every_amount_is_told_with_its_currency_or_without_any(self, buyer: Buyer, world: World) -> None:
        buyer.paid()
        buyer.find()

        assert {each.currency for each in buyer.told} <= {world.currency, ""}
        assert {each.amount_minor for each in buyer.told} == {AMOUNT}

    # ── once ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def test_the_same_key_does_a_thing_once_and_is_answered_the_same(self, buyer: Buyer, world: World) -> None:
        first, again = buyer.authorize(), buyer.authorize()
        assert (first.kind, first.key, first.operation) == (again.kind, again.key, again.operation)
        buyer.paid()
        if world.reserves:
            capture = buyer.ask(f"{buyer.name}:capture")
            assert world.provider.capture(capture).operation == world.provider.capture(capture).operation

        given = [buyer.refund("one", 1_000) for _ in range(3)]

        assert len({(each.kind, each.key, each.operation) for each in given}) == 1
        assert (world.taken_minor(buyer.name), world.given_back_minor(buyer.name)) == (AMOUNT, 1_000)
        assert buyer.balance().refunded_minor == 1_000

    def test_no_more_goes_back_than_came(self, buyer: Buyer, world: World) -> None:
        buyer.paid()

        refused = buyer.refund("much", AMOUNT + 1)

        assert (refused.kind, refused.key) == (K.REFUND_FAILED, f"{buyer.name}:much")
        assert refused.reason
        assert world.given_back_minor(buyer.name) == 0

    # ── silence ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @pytest.mark.parametrize("what", ["lost", "slow", "error"])
    def test_a_refund_without_an_answer_is_silent_and_found_or_asked_again_and_paid_once(
        self, buyer: Buyer, world: World, what: str
    ) -> None:
        buyer.paid()
        world.misbehave(what)

        with pytest.raises(ProviderSilent):
            buyer.refund("one", 700)
        buyer.find()
        if not buyer.balance().refunded_minor:
            buyer.refund("one", 700)

        assert buyer.balance().refunded_minor == world.given_back_minor(buyer.name) == 700

    @pytest.mark.parametrize("what", ["lost", "slow", "error"])
    def test_a_first_request_without_an_answer_is_silent_and_leads_to_one_payment(self, buyer: Buyer, world: World, what: str) -> None:
        world.misbehave(what)

        with pytest.raises(ProviderSilent):
            buyer.authorize()
        buyer.find()
        if len(buyer.told) == 0:
            buyer.authorize()
        world.confirm(buyer.name)
        buyer.find()

        money = buyer.balance().authorized_minor if world.reserves else world.taken_minor(buyer.name)
        assert money == AMOUNT

    @pytest.mark.parametrize("what", ["lost", "slow"])
    def test_a_capture_without_an_answer_is_found_under_its_key(self, buyer: Buyer, world: World, what: str) -> None:
        if not world.reserves:
            self.refuses_to_capture(buyer, world)
            return
        buyer.reserved()
        world.misbehave(what)

        with pytest.raises(ProviderSilent):
            world.provider.capture(buyer.ask(f"{buyer.name}:capture"))
        found = buyer.find()

        assert [(each.key, each.amount_minor) for each in found if each.kind is K.CAPTURED] == [(f"{buyer.name}:capture", AMOUNT)]

    def test_a_finding_without_an_answer_is_silent(self, buyer: Buyer, world: World) -> None:
        buyer.reserved()
        world.misbehave("error")

        with pytest.raises(ProviderSilent):
            buyer.find()

    def test_a_payment_it_never_heard_of_is_not_found(self, buyer: Buyer, world: World) -> None:
        assert buyer.find() == []

    # ── parts, and letting go ─────────────────────────────────────────────────────────────────────────────────────────

    def test_reserved_money_is_taken_in_part(self, buyer: Buyer, world: World) -> None:
        if not world.reserves:
            self.refuses_to_capture(buyer, world)
            return
        buyer.reserved()

        part = world.provider.capture(buyer.ask(f"{buyer.name}:part", 1_000))
        rest = world.provider.capture(buyer.ask(f"{buyer.name}:rest", AMOUNT - 1_000))

        assert (part.kind, part.amount_minor) == (K.CAPTURED, 1_000)
        assert rest.kind is (K.CAPTURED if world.takes_in_parts else K.FAILED)
        assert world.taken_minor(buyer.name) == (AMOUNT if world.takes_in_parts else 1_000)

    def test_reserved_money_is_let_go_of_and_not_taken_afterwards(self, buyer: Buyer, world: World) -> None:
        if not world.reserves:
            self.refuses_to_capture(buyer, world)
            return
        buyer.reserved()

        buyer.hear([world.provider.void(buyer.ask(f"{buyer.name}:void"))])
        late = world.provider.capture(buyer.ask(f"{buyer.name}:capture"))

        assert (buyer.balance().voided_minor, buyer.balance().capturable_minor) == (AMOUNT, 0)
        assert late.kind is K.FAILED
        assert world.taken_minor(buyer.name) == 0

    def test_an_attempt_nobody_confirmed_is_closed(self, buyer: Buyer, world: World) -> None:
        first = buyer.authorize()
        if first.kind is not K.CONFIRMATION_NEEDED:
            assert first.kind is K.AUTHORIZED
            return

        closed = buyer.hear([world.provider.void(buyer.ask(f"{buyer.name}:close", 0))])[0]

        assert (closed.kind, closed.amount_minor) == (K.VOIDED, 0)
        assert {each.kind for each in buyer.find()} & {K.AUTHORIZED, K.CAPTURED, K.CONFIRMATION_NEEDED} == set()

    def test_an_attempt_confirmed_meanwhile_is_not_said_to_be_closed(self, buyer: Buyer, world: World) -> None:
        first = buyer.authorize()
        if first.kind is not K.CONFIRMATION_NEEDED:
            assert first.kind is K.AUTHORIZED
            return
        world.confirm(buyer.name)

        assert world.provider.void(buyer.ask(f"{buyer.name}:close", 0)).kind is K.FAILED

        buyer.find()
        assert buyer.balance().authorized_minor == AMOUNT

    def refuses_to_capture(self, buyer: Buyer, world: World) -> None:
        """Assert what holds of a provider that takes money at once: there is nothing to capture any more."""
        buyer.reserved()

        assert world.taken_minor(buyer.name) == AMOUNT
        assert world.provider.capture(buyer.ask(f"{buyer.name}:capture")).kind is K.FAILED
        assert world.taken_minor(buyer.name) == AMOUNT

    # ── webhooks ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def test_webhooks_tell_what_answers_and_finding_told(self, buyer: Buyer, world: World) -> None:
        buyer.paid()
        buyer.refund("one", 700)
        by_asking = _news(buyer.events([*buyer.told, *buyer.find()]))

        by_webhook = _news(buyer.events(self.heard(world)))

        assert by_webhook <= by_asking
        assert {(K.REFUNDED, 700)} <= {(kind, amount) for kind, _, _, amount in by_webhook}

    def test_webhooks_any_number_of_times_in_any_order_come_to_the_same(self, buyer: Buyer, world: World) -> None:
        buyer.paid()
        buyer.refund("one", 700)
        expected, messages = buyer.balance(), list(world.webhooks())

        for seed in range(8):
            dealt = random.Random(seed).sample(messages * 2, len(messages) * 2)  # noqa: S311 - a shuffle that can be repeated
            heard = [answer for message in dealt for answer in self.read(world, message)]
            assert balance.balance(buyer.events([*buyer.told, *heard])) == expected
            # By webhooks alone it is the same money, whatever the shop asked and did not hear.
            assert balance.balance(buyer.events(heard)).refundable_minor == expected.refundable_minor

    def test_a_message_with_a_wrong_signature_is_not_read(self, buyer: Buyer, world: World) -> None:
        buyer.paid()
        messages = list(world.webhooks())
        assert messages
        nonsense = Webhook(provider=world.provider.code, body=b"{not read", headers=messages[0].headers)
        changed = Webhook(provider=world.provider.code, body=messages[0].body + b" ", headers=messages[0].headers)
        unsigned = Webhook(provider=world.provider.code, body=messages[0].body, headers={})

        for message in (nonsense, changed, unsigned):
            with pytest.raises(BadSignature):
                self.read(world, message)

    def test_a_signed_message_that_makes_no_sense_is_refused_or_means_nothing(self, world: World) -> None:
        from shopkeeper.kit.refusals import Malformed

        for body in (b"", b"[]", b"{}", b"\xff\x00", b'{"data": 1}', b"a=b"):
            message = world.signed(body)
            try:
                told = self.read(world, message)
            except (Malformed, BadSignature):
                continue
            assert told == ()

    def read(self, world: World, message: Webhook) -> tuple[Answer, ...]:
        return world.provider.read_webhook(body=message.body, headers=message.headers)

    def heard(self, world: World) -> list[Answer]:
        return [answer for message in world.webhooks() for answer in self.read(world, message)]


def _news(events: Iterable[PaymentEvent]) -> set[tuple[EventKind, str, str, int]]:
    return {(event.kind, event.key, event.reference, event.amount_minor) for event in events}
