"""Which way short messages go out: a gateway where its settings stand, the terminal where it was asked for, else none."""

from django.conf import settings

from shopkeeper.selling.customers.adapters.terminal import Terminal
from shopkeeper.selling.customers.adapters.texting import Texting


def texting() -> Texting | None:
    """Return what carries short messages; None where nothing does."""
    if settings.SMS_GATEWAY_URL:
        # Read when asked for: a shop without a gateway loads nothing of it.
        from shopkeeper.selling.customers.adapters.gateway import Gateway

        return Gateway(url=settings.SMS_GATEWAY_URL, key=settings.SMS_GATEWAY_KEY)
    return Terminal() if settings.SMS_TERMINAL else None
