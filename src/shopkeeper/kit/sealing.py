"""Secrets that stand in the database: sealed under the shop's secret key, so that a copy of the database opens nothing."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unsealable(Exception):
    """What was sealed under a secret key the shop no longer has."""


def seal(text: str, *, use: str) -> str:
    """Return a secret as it is stored. `use` names what it is for: what is sealed for one use opens for no other."""
    return _box(use).encrypt(text.encode()).decode()


def unseal(sealed: str, *, use: str) -> str:
    """Return a secret again. Raises Unsealable where it was sealed under another secret key, or for another use."""
    try:
        return _box(use).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unsealable(use) from error


def _box(use: str) -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"{use}:{key!s}".encode()).digest())) for key in keys])
