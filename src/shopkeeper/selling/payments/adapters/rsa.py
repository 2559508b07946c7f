"""SHA256withRSA, as Alipay (`RSA2`) and WeChat Pay (`WECHATPAY2-SHA256-RSA2048`) sign: PKCS #1 v1.5 padding, base64 text.

Both protocols need nothing more than this, AES-GCM and plain HTTP; the vendors' own packages bring clients, caches and crypto libraries of
their own, which would have to be trusted with the shop's keys, so none is used.
"""

import base64
import binascii
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from shopkeeper.selling.payments.shapes import UnusableKey


def sign(key: RSAPrivateKey, text: bytes) -> str:
    """Return the signature over `text`, in base64."""
    return base64.b64encode(key.sign(text, PKCS1v15(), hashes.SHA256())).decode()


def is_signed(key: RSAPublicKey, text: bytes, signature: str) -> bool:
    """Return whether `signature` (base64) is the key holder's over exactly these bytes."""
    try:
        key.verify(base64.b64decode(signature, validate=True), text, PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


@lru_cache(maxsize=8)
def _contents(path: str, changed_ns: int) -> bytes:
    return Path(path).read_bytes()


def _read(path: str) -> bytes:
    """Return a key file's bytes; read again when the file has changed."""
    try:
        return _contents(path, Path(path).stat().st_mtime_ns).strip()
    except OSError as error:
        raise UnusableKey(f"{path}: {error.strerror}") from error


def _der(text: bytes) -> bytes:
    """Return the bytes of a key handed out as bare base64, as Alipay's key tool does."""
    return base64.b64decode(b"".join(text.split()), validate=True)


@lru_cache(maxsize=8)
def _private(text: bytes, path: str) -> RSAPrivateKey:
    try:
        is_pem = text.startswith(b"-----")
        key = serialization.load_pem_private_key(text, None) if is_pem else serialization.load_der_private_key(_der(text), None)
    except (ValueError, TypeError, binascii.Error) as error:
        raise UnusableKey(f"{path}: not a private key without password, in PEM or bare base64") from error
    if not isinstance(key, RSAPrivateKey):
        raise UnusableKey(f"{path}: not an RSA key")
    return key


@lru_cache(maxsize=8)
def _public(text: bytes, path: str) -> RSAPublicKey:
    try:
        key = serialization.load_pem_public_key(text) if text.startswith(b"-----") else serialization.load_der_public_key(_der(text))
    except (ValueError, binascii.Error) as error:
        raise UnusableKey(f"{path}: not a public key in PEM or bare base64") from error
    if not isinstance(key, RSAPublicKey):
        raise UnusableKey(f"{path}: not an RSA key")
    return key


def private_key(path: str) -> RSAPrivateKey:
    """Return the RSA private key in a file (PEM, or the bare base64 of PKCS #1 or #8). Raises UnusableKey."""
    return _private(_read(path), path)


def public_key(path: str) -> RSAPublicKey:
    """Return the RSA public key in a file (PEM or bare base64). Raises UnusableKey."""
    return _public(_read(path), path)


def certified_keys(path: str) -> dict[str, RSAPublicKey]:
    """Return the public keys of the certificates in a PEM file by their serial number, in capital hexadecimal. Raises UnusableKey."""
    try:
        found = x509.load_pem_x509_certificates(_read(path))
    except ValueError as error:
        raise UnusableKey(f"{path}: not a certificate in PEM") from error
    keys = {f"{certificate.serial_number:X}": certificate.public_key() for certificate in found}
    usable = {serial: key for serial, key in keys.items() if isinstance(key, RSAPublicKey)}
    if not usable:
        raise UnusableKey(f"{path}: no certificate with an RSA key")
    return usable
