"""How the secrets of second factors are kept: encrypted under the shop's secret key, so that a copy of the database opens nothing."""

from allauth.mfa.adapter import DefaultMFAAdapter

from shopkeeper.kit import sealing
from shopkeeper.ops.access.shapes import FactorUnreadable

_USE = "access.second_factor"


class Sealed(DefaultMFAAdapter):  # type: ignore[misc]
    """What allauth asks for before it stores a secret and after it read one."""

    def encrypt(self, text: str) -> str:
        """Return the secret as it is stored."""
        return sealing.seal(text, use=_USE)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret again. Raises FactorUnreadable where it was kept under another secret key."""
        try:
            return sealing.unseal(encrypted_text, use=_USE)
        except sealing.Unsealable as error:
            raise FactorUnreadable from error
