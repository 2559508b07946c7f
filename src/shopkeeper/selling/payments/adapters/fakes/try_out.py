"""Runs a fake beside a shop for a tester to click: writes the keys it needs into a folder and prints the settings that connect the shop.

python -m shopkeeper.selling.payments.adapters.fakes.try_out alipay --port 8124 --keys DIR
"""

import argparse
import os
import shlex
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import django
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

if TYPE_CHECKING:
    from shopkeeper.selling.payments.adapters.fakes.alipay import FakeAlipay
    from shopkeeper.selling.payments.adapters.fakes.wechat import FakeWeChat


def alipay_settings(fake: "FakeAlipay", folder: Path) -> dict[str, str]:
    """Write the key files for a shop that is paid through this fake, and return its settings."""
    from shopkeeper.selling.payments.adapters.fakes.alipay import APP_ID

    return {
        "ALIPAY_APP_ID": APP_ID,
        "ALIPAY_PRIVATE_KEY_FILE": _written(folder / "alipay-app.key", _private(fake.shop_key)),
        "ALIPAY_PUBLIC_KEY_FILE": _written(folder / "alipay.pub", _public(fake.key)),
        "ALIPAY_GATEWAY": f"{fake.url}/gateway.do",
    }


def wechat_settings(fake: "FakeWeChat", folder: Path) -> dict[str, str]:
    """Write the key files for a shop that is paid through this fake, and return its settings."""
    from shopkeeper.selling.payments.adapters.fakes import wechat

    return {
        "WECHAT_MCH_ID": wechat.MCH_ID,
        "WECHAT_APP_ID": wechat.APP_ID,
        "WECHAT_SERIAL_NO": wechat.SHOP_SERIAL,
        "WECHAT_API_V3_KEY": wechat.API_V3_KEY.decode(),
        "WECHAT_PRIVATE_KEY_FILE": _written(folder / "apiclient_key.pem", _private(fake.shop_key)),
        "WECHAT_PLATFORM_CERT_FILE": _written(folder / "wechat-platform.pem", fake.certificate_pem()),
        "WECHAT_API_URL": fake.url,
    }


def _private(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _public(key: RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _written(path: Path, contents: bytes) -> str:
    path.touch(mode=0o600)
    path.write_bytes(contents)
    return str(path)


def main() -> None:
    """Serve one fake until it is interrupted."""
    words = argparse.ArgumentParser(description="Run a fake payment provider on this machine.")
    words.add_argument("provider", choices=("alipay", "wechat"))
    words.add_argument("--port", type=int, required=True)
    words.add_argument("--keys", type=Path, required=True, metavar="FOLDER")
    given = words.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopkeeper.wiring.settings")
    django.setup()
    from shopkeeper.selling.payments.adapters.fakes.alipay import FakeAlipay
    from shopkeeper.selling.payments.adapters.fakes.wechat import FakeWeChat

    given.keys.mkdir(parents=True, exist_ok=True)
    fake = FakeAlipay(given.port) if given.provider == "alipay" else FakeWeChat(given.port)
    told = alipay_settings(fake, given.keys) if isinstance(fake, FakeAlipay) else wechat_settings(fake, given.keys)
    print("\n".join(f"export {name}={shlex.quote(value)}" for name, value in told.items()), flush=True)
    with fake:
        threading.Event().wait()


if __name__ == "__main__":
    main()
