"""Which providers this shop can be paid through: those whose credentials stand in the settings, and the built-in ones.

Adding one: write its adapter, add a function here that makes it from the settings (None without credentials) and a line to `_REAL`.
"""

import logging
from collections.abc import Callable, Mapping

from django.conf import settings

from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.payments.adapters.by_hand import ByHand
from shopkeeper.selling.payments.adapters.fake import FakeProvider
from shopkeeper.selling.payments.adapters.provider import Provider
from shopkeeper.selling.payments.shapes import Method, NotOffered, UnknownProvider, UnusableKey

log = logging.getLogger(__name__)
CURRENCY = "CNY"
"""What the providers keep to that take one currency only."""

TEST_PROVIDER = FakeProvider()
BY_HAND = ByHand()
_BUILT_IN: Mapping[str, Provider] = {provider.code: provider for provider in (TEST_PROVIDER, BY_HAND)}


def _stripe() -> Provider | None:
    if not settings.STRIPE_SECRET_KEY:
        return None
    from shopkeeper.selling.payments.adapters.stripe import Stripe

    return Stripe(
        secret_key=settings.STRIPE_SECRET_KEY, webhook_secret=settings.STRIPE_WEBHOOK_SECRET, api_url=settings.STRIPE_API_URL
    )  # fmt: skip


def _alipay() -> Provider | None:
    if not settings.ALIPAY_APP_ID:
        return None
    from shopkeeper.selling.payments.adapters import alipay, rsa

    account = alipay.Account(
        app_id=settings.ALIPAY_APP_ID, key=rsa.private_key(settings.ALIPAY_PRIVATE_KEY_FILE),
        alipay_key=rsa.public_key(settings.ALIPAY_PUBLIC_KEY_FILE), gateway=settings.ALIPAY_GATEWAY,
    )  # fmt: skip
    return alipay.Alipay(account)


def _wechat() -> Provider | None:
    if not settings.WECHAT_MCH_ID:
        return None
    from shopkeeper.selling.payments.adapters import rsa, wechat

    file, key_id = settings.WECHAT_PLATFORM_CERT_FILE, settings.WECHAT_PUBLIC_KEY_ID
    keys = {key_id: rsa.public_key(file)} if key_id else rsa.certified_keys(file)
    if len(settings.WECHAT_API_V3_KEY.encode()) != wechat.KEY_LENGTH:
        raise UnusableKey(f"WECHAT_API_V3_KEY: {wechat.KEY_LENGTH} letters long, no other length")
    account = wechat.Account(
        mch_id=settings.WECHAT_MCH_ID, app_id=settings.WECHAT_APP_ID, serial=settings.WECHAT_SERIAL_NO,
        key=rsa.private_key(settings.WECHAT_PRIVATE_KEY_FILE), api_v3_key=settings.WECHAT_API_V3_KEY.encode(), wechat_keys=keys,
        answer_with=next(iter(keys)), api_url=settings.WECHAT_API_URL,
    )  # fmt: skip
    return wechat.WeChat(account)


# Made when asked for, so that a shop without a provider loads nothing of it; adapters hold no state, so making one costs nothing.
_REAL: Mapping[str, Callable[[], Provider | None]] = {"stripe": _stripe, "alipay": _alipay, "wechat": _wechat}


def _made(code: str) -> Provider | None:
    """Return a provider as its settings say; None where there are none, or where they name a key that is of no use."""
    try:
        return _REAL[code]()
    except UnusableKey as error:
        log.error("The shop cannot be paid through %s. %s", code, error)
        return None


def not_offered() -> list[NotOffered]:
    """Return which providers stand in the settings and are not offered all the same, and why, for `doctor`."""
    found = []
    for code, make in _REAL.items():
        try:
            made = make()
        except UnusableKey as error:
            found.append(NotOffered(provider=code, reason=NotOffered.UNUSABLE_KEY, value=str(error)))
        else:
            if made and not made.methods():
                found.append(NotOffered(provider=code, reason=NotOffered.WRONG_CURRENCY, value=CURRENCY))
    return found


def provider(code: str) -> Provider:
    """Return the adapter of that code, whether checkout offers it or not. Raises UnknownProvider, also for one without credentials."""
    found = _BUILT_IN.get(code) or (_made(code) if code in _REAL else None)
    if found is None:
        raise UnknownProvider(f"No payment provider {code[:40]!r}", field="provider", value=code[:40])
    return found


def offered() -> list[Provider]:
    """Return the providers whose ways to pay checkout offers: the real ones, and test payments while there is none or if asked for."""
    real = [found for code in _REAL if (found := _made(code)) and found.methods()]
    return [TEST_PROVIDER, *real] if settings.TEST_PAYMENTS or not real else real


def methods() -> tuple[Method, ...]:
    """Return the ways to pay that checkout offers."""
    return tuple(method for provider in offered() for method in provider.methods())


def method(code: str) -> Method:
    """Return the way to pay of that code, if it is offered. Raises Malformed."""
    for known in methods():
        if known.code == code:
            return known
    raise Malformed("payment_method", code[:40], expected="payment_method")
