"""Which providers this shop can be paid through. Adding one: write its adapter, add one line here."""

from collections.abc import Mapping

from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.payments.adapters.by_hand import ByHand
from shopkeeper.selling.payments.adapters.fake import FakeProvider
from shopkeeper.selling.payments.adapters.provider import Provider
from shopkeeper.selling.payments.shapes import Method, UnknownProvider

TEST_PROVIDER = FakeProvider()

PROVIDERS: Mapping[str, Provider] = {provider.code: provider for provider in (TEST_PROVIDER, ByHand())}


def provider(code: str) -> Provider:
    """Return the adapter of that code. Raises UnknownProvider."""
    if code not in PROVIDERS:
        raise UnknownProvider(f"No payment provider {code[:40]!r}", field="provider", value=code[:40])
    return PROVIDERS[code]


def method(code: str) -> Method:
    """Return the way to pay of that code. Raises Malformed."""
    for each in PROVIDERS.values():
        for known in each.methods():
            if known.code == code:
                return known
    raise Malformed("payment_method", code[:40], expected="payment_method")
