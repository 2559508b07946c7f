"""Alipay's and WeChat Pay's adapters keep the contract, against fakes that speak their protocols over HTTP."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest

from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.payments.adapters import alipay, wechat
from shopkeeper.selling.payments.adapters.contract import Buyer, ProviderContract, World
from shopkeeper.selling.payments.adapters.fakes.alipay import APP_ID, FakeAlipay
from shopkeeper.selling.payments.adapters.fakes.local import LocalServer
from shopkeeper.selling.payments.adapters.fakes.wechat import FakeWeChat
from shopkeeper.selling.payments.shapes import BadSignature, Webhook
from shopkeeper.selling.shop import public as shop

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class _World:
    """What driving either fake has in common; its news waits until it is taken."""

    currency = "CNY"
    reserves, takes_in_parts, confirms = False, False, True
    only = ""

    def __init__(self, fake: LocalServer) -> None:
        self.server, self.now = fake, datetime.now(UTC)
        fake.manners.is_holding = True

    def misbehave(self, what: str) -> None:
        manners = self.server.manners
        manners.slow_once_s = 1.5 if what == "slow" else 0.0
        manners.broken_after, manners.broken_before = int(what == "lost"), int(what == "error")

    def webhooks(self) -> Sequence[Webhook]:
        news, self.server.waiting = self.server.waiting, []
        return [Webhook(provider=self.code, body=each.body, headers=each.headers) for each in news]


class AlipayWorld(_World):
    code, method = "alipay", alipay.QR

    def __init__(self, fake: FakeAlipay) -> None:
        super().__init__(fake)
        self.fake, self.provider = fake, alipay.Alipay(fake.account())

    def confirm(self, payment_name: str) -> None:
        self.fake.pay(alipay.out_trade_no(payment_name))

    def signed(self, body: bytes) -> Webhook:
        fields = dict(parse_qsl(body.decode("latin-1"))) | {"app_id": APP_ID, "sign_type": "RSA2"}
        news = self.fake.signed("", fields, self.fake.key, {})
        return Webhook(provider=self.code, body=news.body, headers=news.headers)

    def taken_minor(self, payment_name: str) -> int:
        trade = self.fake.trades.get(alipay.out_trade_no(payment_name))
        return trade.fen if trade and trade.paid_at else 0

    def given_back_minor(self, payment_name: str) -> int:
        return self.fake.trades[alipay.out_trade_no(payment_name)].refunded


class WeChatWorld(_World):
    code, method = "wechat", wechat.NATIVE

    def __init__(self, fake: FakeWeChat) -> None:
        super().__init__(fake)
        fake.refunds_at_once = True
        self.fake, self.provider = fake, wechat.WeChat(fake.account())

    def confirm(self, payment_name: str) -> None:
        self.fake.pay(payment_name)

    def signed(self, body: bytes) -> Webhook:
        news = self.fake.signed("", body, self.fake.key, self.fake.serial, 0)
        return Webhook(provider=self.code, body=news.body, headers=news.headers)

    def taken_minor(self, payment_name: str) -> int:
        trade = self.fake.trades.get(payment_name)
        return trade.fen if trade and trade.number else 0

    def given_back_minor(self, payment_name: str) -> int:
        return self.fake.trades[payment_name].refunded


@pytest.fixture
def _shop_in_yuan(db: None) -> None:
    shop.open_shop(
        name=Bilingual("Small shop", "小店"), currency="CNY", country="CN", zone="Asia/Shanghai", language="en", is_sample=True, now=NOW
    )  # fmt: skip


@pytest.mark.usefixtures("_shop_in_yuan")
class TestAlipay(ProviderContract):
    @pytest.fixture
    def world(self) -> Iterator[World]:
        with FakeAlipay() as fake:
            yield AlipayWorld(fake)

    def test_a_message_with_a_wrong_signature_is_not_read(self, buyer: Buyer, world: World) -> None:
        """As the contract asks, but Alipay's signature is a field of the body, not a header: without headers nothing is missing."""
        buyer.paid()
        (message,) = world.webhooks()
        unsigned = re.sub(rb"&sign=[^&]*", b"", message.body)

        for body in (b"{not read", message.body + b" ", message.body.replace(b"total_amount=28", b"total_amount=98"), unsigned):
            assert body != message.body
            with pytest.raises(BadSignature):
                self.read(world, Webhook(provider=message.provider, body=body, headers=message.headers))


@pytest.mark.usefixtures("_shop_in_yuan")
class TestWeChat(ProviderContract):
    @pytest.fixture
    def world(self) -> Iterator[World]:
        with FakeWeChat() as fake:
            yield WeChatWorld(fake)
