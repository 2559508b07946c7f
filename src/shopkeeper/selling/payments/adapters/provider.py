"""What a payment provider must do to be used here. One adapter per provider implements `Provider`; `installed.py` lists them.

The contract, in the order things happen:

1. `methods` names the ways to pay that checkout offers.
2. `authorize` reserves money. Every request carries a `key`: the provider must do a thing once per key and give the same answer again
   when the key comes again, after a crash as well. `payment_name` is our name for the payment; send it along as the merchant's
   reference, because webhooks and `find` are matched by it.
3. `capture` takes reserved money, in parts if asked; `void` lets go of what is reserved; `refund` gives captured money back, in parts.
4. A request that gets no clear answer within `timeout_s` (a broken line, a time-out, a 5xx) must raise `ProviderSilent`: nobody knows
   what happened, so nothing may be concluded. The answer comes later, by `find` or by a webhook.
5. `find` tells everything the provider knows of a payment, oldest first. It is how a silent request is settled.
6. `read_webhook` checks the signature before it reads anything (raise `BadSignature`) and returns the same answers `find` would.
   Webhooks may come twice, late and out of order; nothing need be remembered for that here.

Adapters hold no state of their own, open no database transaction of the shop's and log neither card data nor addresses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shopkeeper.selling.payments.shapes import EventKind, Method

TIMEOUT_S = 10.0
"""How long a buyer is kept waiting for a provider's answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request. `reference` is the provider's own name for the payment, empty before the first answer; amounts in minor units."""

    key: str
    payment_name: str
    reference: str
    method: str
    amount_minor: int
    currency: str
    at: datetime
    timeout_s: float = TIMEOUT_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One thing the provider did or refused.

    `kind`: authorized, declined, captured, voided, refunded, refund_failed or failed (a capture or void it refused). `key` is the
    request's, empty where nobody asked (a refund made in the provider's own console); `operation` the provider's name for this very
    act, the same each time it is told; `reason` for refusals in our terms: declined, insufficient_funds, expired_card,
    fraud_suspected, too_much; `redirect_url` where the buyer must confirm something there first.
    """

    kind: EventKind
    payment_name: str
    key: str
    reference: str
    operation: str
    amount_minor: int
    reason: str = ""
    redirect_url: str = ""


class ProviderSilent(Exception):
    """No clear answer: the thing may or may not have happened, or will."""


class Provider(Protocol):
    """A payment provider, as the module's text describes it."""

    code: str

    def methods(self) -> tuple[Method, ...]:
        """Return the ways to pay it offers; their codes are unique among all providers."""

    def authorize(self, ask: Ask) -> Answer:
        """Reserve money and answer authorized or declined. Raises ProviderSilent."""

    def capture(self, ask: Ask) -> Answer:
        """Take `amount_minor` of the reserved money and answer captured or failed. Raises ProviderSilent."""

    def void(self, ask: Ask) -> Answer:
        """Let go of what is reserved and not taken, and answer voided or failed. Raises ProviderSilent."""

    def refund(self, ask: Ask) -> Answer:
        """Give `amount_minor` of the taken money back and answer refunded or refund_failed. Raises ProviderSilent."""

    def find(self, *, payment_name: str, at: datetime) -> tuple[Answer, ...]:
        """Return all it knows of a payment, oldest first; empty where it never heard of it. Raises ProviderSilent."""

    def read_webhook(self, *, body: bytes, headers: Mapping[str, str]) -> tuple[Answer, ...]:
        """Return what a webhook tells. Raises BadSignature before reading a body whose signature does not match, Malformed after."""
