"""What a payment provider must do to be used here. One adapter per provider implements `Provider`; `installed.py` lists them.

The contract, in the order things happen:

1. `methods` names the ways to pay that checkout offers; `origins` the web origins a buyer is sent to (`https://pay.example.com`), empty
   where the buyer stays here. The shop's pages forbid every other address.
2. `authorize` reserves money. Every request carries a `key`: the provider must do a thing once per key and give the same answer again
   when the key comes again, after a crash as well. `payment_name` is our name for the payment; send it along as the merchant's
   reference, because webhooks and `find` are matched by it. Where the buyer must do something first, answer `confirmation_needed` with
   `redirect_url` (the provider's page; it must lead back to `ask.return_url`) or `qr_text` (what the QR code on our order page says):
   the payment stays pending and the word authorized, captured or declined follows by webhook or `find`. A provider that takes the
   money at once, without reserving, answers captured (by webhook or `find`); no `capture` is asked then. Card data is never asked for
   on a page of the shop.
3. `capture` takes reserved money, in parts if asked; `void` lets go of what is reserved, and of an attempt the buyer has not confirmed
   yet (`amount_minor` 0: close the page, so that no money can come any more); `refund` gives captured money back, in parts.
4. A request that gets no clear answer within `timeout_s` (a broken line, a time-out, a 5xx, "try again later", "still processing",
   credentials refused) must raise `ProviderSilent`: nobody knows what happened, so nothing may be concluded. The answer comes later,
   by `find` or by a webhook. Only a clear no is answered as declined, failed or refund_failed.
5. `find` tells everything the provider knows of a payment, oldest first. It is how a silent request is settled: an act must be told
   with the `key` it was asked under (keep keys as the provider's metadata or as its own request number), or it will be asked again.
6. `read_webhook` checks the signature before it reads anything (raise `BadSignature`) and returns the same answers `find` would.
   Webhooks may come twice, late and out of order; nothing need be remembered for that here. Messages that mean nothing to us are
   answered with an empty tuple. A message that carries only the provider's own name of the payment leaves `payment_name` empty and is
   matched by `reference`; `reference` must be the same in every answer from the first money on. Where the provider must be asked
   before a message can be understood, silence raises ProviderSilent here too. `acknowledgement` is what the provider wants to read then.
7. The same act told by an answer, by `find` and by a webhook must have the same kind, `key` and `operation` each time: that is how
   news is told from repetition. Amounts and currency are told as the provider states them, never copied from the ask: the shop compares.
8. A refund that went and comes back later (the buyer's account is gone) is told as refund_failed under the operation it was refunded by.
9. Money withdrawn by the buyer's bank is told as disputed (`operation` the dispute's name, `due_at` until when the shop may answer),
   then dispute_won or dispute_lost under the same name. A question of the bank's that has withdrawn nothing yet has amount 0 and its
   name followed by `:inquiry`.

Adapters hold no state of their own, open no database transaction of the shop's and log neither card data nor addresses. Credentials
come from the settings (`wiring/settings.py`); a provider without them is not offered. `wire.py` makes requests within a time limit.

Every adapter comes with a fake (`fakes/`) that speaks the provider's protocol over HTTP, and both go through `contract.py`:
subclass `ProviderContract` in a test, say in `world` how the fake is driven, and its tests run. That is the proof that it can be used here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shopkeeper.selling.payments.shapes import Acknowledgement, EventKind, Method

TIMEOUT_S = 10.0
"""How long a buyer is kept waiting for a provider's answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request. `reference` is the provider's own name for the payment, empty before the first answer; amounts in minor units.
    `payment_name` is empty for a refund or a void of a payment that was not begun here: it goes by `reference` alone.

    `notify_url`: where webhooks for this payment go. For `authorize` also: `description` (the order's number, what the buyer reads on
    the provider's page), `language` (en or zh-hans), `return_url` (the order's page, where the buyer comes back to, paid or not),
    `expires_at` (nobody keeps the goods for the buyer after it). They are the same each time a key comes again.
    """

    key: str
    payment_name: str
    reference: str
    method: str
    amount_minor: int
    currency: str
    at: datetime
    timeout_s: float = TIMEOUT_S
    description: str = ""
    language: str = "en"
    return_url: str = ""
    notify_url: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One thing the provider did or refused.

    `kind`: confirmation_needed, authorized, declined, captured, voided, refunded, refund_failed, failed (a capture or void it refused),
    disputed, dispute_won or dispute_lost. `key` is the request's, empty where nobody asked (a refund made in the provider's own
    console, a dispute); an authorisation, and its confirmation or refusal, has the payment's name as key. `operation` is the provider's
    name for this very act, the same each time it is told. `currency` as the provider told it (ISO 4217), empty only where it tells none.
    `reason` for refusals in our terms: declined, insufficient_funds, expired_card, fraud_suspected, too_much, expired (the buyer did not
    confirm in time), cancelled (the buyer gave up); with confirmation_needed it says why the buyer's last try failed.
    `redirect_url`, `qr_text`: where, or by what QR code, the buyer confirms. `due_at`: see disputed.
    """

    kind: EventKind
    payment_name: str
    key: str
    reference: str
    operation: str
    amount_minor: int
    reason: str = ""
    redirect_url: str = ""
    qr_text: str = ""
    currency: str = ""
    due_at: datetime | None = None


class ProviderSilent(Exception):
    """No clear answer: the thing may or may not have happened, or will."""


class Provider(Protocol):
    """A payment provider, as the module's text describes it."""

    @property
    def code(self) -> str:
        """The provider's short name, in addresses and in the books; never changed."""

    def methods(self) -> tuple[Method, ...]:
        """Return the ways to pay it offers; their codes are unique among all providers."""

    def origins(self) -> tuple[str, ...]:
        """Return the web origins a buyer may be sent to, like `https://pay.example.com`."""

    def authorize(self, ask: Ask) -> Answer:
        """Reserve money and answer authorized, declined or confirmation_needed. Raises ProviderSilent."""

    def capture(self, ask: Ask) -> Answer:
        """Take `amount_minor` of the reserved money and answer captured or failed. Raises ProviderSilent."""

    def void(self, ask: Ask) -> Answer:
        """Let go of what is reserved and not taken, or of an attempt not confirmed yet; answer voided or failed. Raises ProviderSilent."""

    def refund(self, ask: Ask) -> Answer:
        """Give `amount_minor` of the taken money back and answer refunded or refund_failed. Raises ProviderSilent."""

    def can_be_asked(self, *, payment_name: str, reference: str) -> bool:
        """Return whether a payment called so can be asked about and given back here. `payment_name` is empty where it is not of our making:
        then everything goes by `reference`, the provider's own name, and never by a name spelled anew."""

    def find(self, *, payment_name: str, reference: str, started_at: datetime, at: datetime) -> tuple[Answer, ...]:
        """Return all it knows of a payment, oldest first; empty where it never heard of it. Raises ProviderSilent.

        `reference` may be empty, where the first answer was lost; `started_at` is when the payment was begun here.
        """

    def read_webhook(self, *, body: bytes, headers: Mapping[str, str]) -> tuple[Answer, ...]:
        """Return what a webhook tells.

        Raises BadSignature before reading a body whose signature does not match, Malformed after; ProviderSilent.
        """

    def acknowledgement(self) -> Acknowledgement | None:
        """Return what the provider must read to know that its webhook was taken in; None where any 200 will do."""
