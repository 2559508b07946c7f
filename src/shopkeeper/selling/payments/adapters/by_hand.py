"""Money that was taken in another system's day: staff give it back by hand, outside, and the books here only record that they did."""

from collections.abc import Mapping
from datetime import datetime

from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.payments.adapters.provider import Answer, Ask
from shopkeeper.selling.payments.shapes import Acknowledgement, EventKind, Method


class ByHand:
    """The provider of payments taken over with old trade. Checkout never offers it; every request is answered with what was asked."""

    code = "imported"

    def methods(self) -> tuple[Method, ...]:
        return ()

    def authorize(self, ask: Ask) -> Answer:
        return _done(ask, EventKind.AUTHORIZED)

    def capture(self, ask: Ask) -> Answer:
        return _done(ask, EventKind.CAPTURED)

    def void(self, ask: Ask) -> Answer:
        return _done(ask, EventKind.VOIDED)

    def refund(self, ask: Ask) -> Answer:
        return _done(ask, EventKind.REFUNDED)

    def origins(self) -> tuple[str, ...]:
        return ()

    def can_be_asked(self, *, payment_name: str, reference: str) -> bool:
        """Nobody is there who could be asked."""
        return False

    def find(self, *, payment_name: str, reference: str, started_at: datetime, at: datetime) -> tuple[Answer, ...]:
        return ()

    def acknowledgement(self) -> Acknowledgement | None:
        return None

    def read_webhook(self, *, body: bytes, headers: Mapping[str, str]) -> tuple[Answer, ...]:
        raise Malformed("provider", self.code, expected="provider_with_webhooks")


def _done(ask: Ask, kind: EventKind) -> Answer:
    # The key names the act: the same request again is the same act.
    return Answer(
        kind=kind, payment_name=ask.payment_name, key=ask.key, reference=ask.reference, operation=ask.key, amount_minor=ask.amount_minor
    )
