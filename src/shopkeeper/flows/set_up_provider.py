"""Staff set up a provider that shoppers sign in with: its document is read first, so that what cannot work is never offered."""

from datetime import datetime

from django.db import transaction

from shopkeeper.kit.ids import UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Provider


def save(
    *,
    provider_id: int | None,
    code: str,
    name: Bilingual,
    issuer: str,
    client_id: str,
    secret: str,
    is_on: bool,
    actor: UserId | None,
    now: datetime,
) -> Provider:
    """Save a provider, read its document where it is to be offered, and return it. Call it outside transactions.

    Raises NotAllowed, NotFound, Malformed, OutOfRange, ProviderCodeTaken, IssuerFixed, ProviderUnusable; then nothing is saved.
    """
    access.require(actor, "customers.save_provider")
    origin = customers.read_issuer(issuer) if is_on else ""
    with transaction.atomic():
        saved = customers.save_provider(
            provider_id=provider_id, code=code, name=name, issuer=issuer, client_id=client_id, secret=secret, actor=actor, now=now
        )
        if origin:
            customers.keep_origin(provider_id=saved.id, origin=origin)
        return customers.switch_provider(provider_id=saved.id, is_on=is_on, actor=actor, now=now) if saved.is_on != is_on else saved
