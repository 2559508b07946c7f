"""How the secrets of second factors are kept: encrypted under the shop's secret key, so that a copy of the database opens nothing."""

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from shopkeeper.ops.access.shapes import FactorUnreadable


class Sealed(DefaultMFAAdapter):  # type: ignore[misc]
    """What allauth asks for before it stores a secret and after it read one."""

    def encrypt(self, text: str) -> str:
        """Return the secret as it is stored."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret again. Raises FactorUnreadable where it was kept under another secret key."""
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise FactorUnreadable from error


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"access.second_factor:{key!s}".encode()).digest())) for key in keys]
    )
