"""WeChat Pay over real HTTP, against its fake: what it says is told as it is, and what it does not say, or somebody else does, is not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests

from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.payments.adapters import wechat
from shopkeeper.selling.payments.adapters.fakes.local import key_of
from shopkeeper.selling.payments.adapters.fakes.wechat import FakeWeChat
from shopkeeper.selling.payments.adapters.provider import Answer, Ask, ProviderSilent
from shopkeeper.selling.payments.adapters.wechat import WeChat
from shopkeeper.selling.payments.shapes import BadSignature, EventKind
from shopkeeper.selling.payments.tests.listener import Listener

NAME = "pay_a-b_c9"


@pytest.fixture
def fake() -> Iterator[FakeWeChat]:
    with FakeWeChat() as server:
        yield server


class Shop(Listener):
    """Where WeChat Pay's news goes; `began` is when this test did, so that a code asked for twice is asked for alike."""

    def __init__(self) -> None:
        super().__init__()
        self.began = datetime.now(UTC)


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop() as listener:
        yield listener


def ask(shop: Shop, *, key: str = NAME, fen: int = 8808, **more: object) -> Ask:
    fields = {
        "key": key, "payment_name": NAME, "reference": "", "method": wechat.NATIVE, "amount_minor": fen, "currency": "CNY",
        "description": "订单 A-1", "notify_url": shop.url + "/notify", "timeout_s": 5.0, "at": shop.began,
        "expires_at": shop.began + timedelta(minutes=30),
    }  # fmt: skip
    return Ask(**(fields | more))  # type: ignore[arg-type]


def find(provider: WeChat) -> tuple[Answer, ...]:
    now = datetime.now(UTC)
    return provider.find(payment_name=NAME, reference="", started_at=now, at=now)


def heard(provider: WeChat, shop: Shop, which: int = -1) -> tuple[Answer, ...]:
    return provider.read_webhook(body=shop.heard[which].body, headers=shop.heard[which].headers)


def paid(fake: FakeWeChat, shop: Shop) -> WeChat:
    """Return the provider after a buyer has scanned and paid."""
    provider = WeChat(fake.account())
    provider.authorize(ask(shop))
    fake.pay(NAME)
    return provider


# ── paying ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_scanned_code_pays_and_the_same_key_gives_the_same_code(fake, shop):
    provider = WeChat(fake.account())

    first, again = provider.authorize(ask(shop)), provider.authorize(ask(shop))
    before = find(provider)
    page = requests.get(first.qr_text, timeout=5)
    requests.post(first.qr_text, timeout=5)

    assert first == again
    assert (first.kind, first.key, first.redirect_url) == (EventKind.CONFIRMATION_NEEDED, NAME, "")
    assert before == ()
    assert "¥88.08" in page.text
    assert [(answer.kind, answer.amount_minor, answer.currency) for answer in find(provider)] == [(EventKind.CAPTURED, 8808, "CNY")]


def test_the_notification_and_the_question_tell_the_same_act(fake, shop):
    provider = paid(fake, shop)

    told = heard(provider, shop)

    assert told == find(provider)
    assert (told[0].kind, told[0].key, told[0].amount_minor, told[0].payment_name) == (EventKind.CAPTURED, NAME, 8808, NAME)
    assert told[0].reference == told[0].operation == fake.trades[NAME].number


def test_asked_once_more_for_a_paid_trade_it_says_paid(fake, shop):
    provider = paid(fake, shop)

    assert provider.authorize(ask(shop)) == find(provider)[0]


def test_nothing_is_captured_since_a_paid_trade_is_captured_already(fake, shop):
    provider = paid(fake, shop)

    answer = provider.capture(ask(shop, key=f"{NAME}:capture"))

    assert (answer.kind, answer.key) == (EventKind.FAILED, f"{NAME}:capture")
    assert [(found.kind, found.amount_minor) for found in find(provider)] == [(EventKind.CAPTURED, 8808)]


def test_a_closed_trade_can_not_be_paid(fake, shop):
    provider = WeChat(fake.account())
    provider.authorize(ask(shop))

    closed, again = (provider.void(ask(shop, key=f"{NAME}:void", fen=0)) for _ in range(2))
    fake.pay(NAME)

    assert closed == again
    assert (closed.kind, closed.amount_minor) == (EventKind.VOIDED, 0)
    assert [(answer.kind, answer.reason) for answer in find(provider)] == [(EventKind.DECLINED, "expired")]
    assert provider.authorize(ask(shop)).kind is EventKind.DECLINED


def test_a_trade_that_never_reached_wechat_is_let_go_of(fake, shop):
    assert WeChat(fake.account()).void(ask(shop, key=f"{NAME}:void", fen=0)).kind is EventKind.VOIDED


def test_a_paid_trade_is_not_closed(fake, shop):
    provider = paid(fake, shop)

    assert provider.void(ask(shop, key=f"{NAME}:void", fen=0)).kind is EventKind.FAILED
    assert find(provider)[0].kind is EventKind.CAPTURED


def test_after_its_time_a_trade_takes_no_money(fake, shop):
    provider = WeChat(fake.account())
    past = shop.began - timedelta(hours=1)
    provider.authorize(ask(shop, at=past, expires_at=past))

    fake.pay(NAME)

    assert find(provider) == ()


def test_a_long_description_is_cut_between_letters(fake, shop):
    WeChat(fake.account()).authorize(ask(shop, description="单" * 60))

    assert fake.trades[NAME].wish["description"] == "单" * 42


# ── giving back ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_refund_is_under_way_first_and_told_alike_by_notification_and_repetition(fake, shop):
    provider = paid(fake, shop)
    wanted = ask(shop, key=f"{NAME}:refund:7", fen=808)

    with pytest.raises(ProviderSilent):
        provider.refund(wanted)
    again = provider.refund(wanted)

    assert (again.kind, again.key, again.amount_minor) == (EventKind.REFUNDED, f"{NAME}:refund:7", 808)
    assert [replace(answer, currency="CNY") for answer in heard(provider, shop)] == [again]
    assert fake.trades[NAME].refunded == 808


def test_no_more_is_given_back_than_came(fake, shop):
    provider = paid(fake, shop)

    answer = provider.refund(ask(shop, key=f"{NAME}:refund:7", fen=8809))

    assert (answer.kind, answer.reason) == (EventKind.REFUND_FAILED, "too_much")
    assert fake.trades[NAME].refunded == 0


@pytest.mark.parametrize("status", ["CLOSED", "ABNORMAL"])
def test_a_refund_the_buyers_account_does_not_take_has_failed(fake, shop, status):
    provider = paid(fake, shop)
    fake.refunds_wait = True
    wanted = ask(shop, key=f"{NAME}:refund:7", fen=8808)
    with pytest.raises(ProviderSilent):
        provider.refund(wanted)

    fake.finish_refund(f"{NAME}|refund|7", status)

    assert provider.refund(wanted).kind is EventKind.REFUND_FAILED
    assert [(answer.kind, answer.key) for answer in heard(provider, shop)] == [(EventKind.REFUND_FAILED, f"{NAME}:refund:7")]


def test_a_refund_made_in_wechats_console_is_heard_as_nobodys_request(fake, shop):
    provider = paid(fake, shop)

    fake.give_back(NAME, 8808)

    assert [(answer.kind, answer.key, answer.amount_minor) for answer in heard(provider, shop)] == [(EventKind.REFUNDED, "", 8808)]
    assert find(provider)[0].kind is EventKind.CAPTURED


@pytest.mark.parametrize("broken", ["broken_before", "broken_after"])
def test_a_refund_that_broke_off_is_silent_and_goes_once_when_it_is_repeated(fake, shop, broken):
    provider = paid(fake, shop)
    # The question for the trade's total comes first and goes well; the refund itself is the second call.
    fake.manners.on = "/refund/"
    setattr(fake.manners, broken, 1)
    wanted = ask(shop, key=f"{NAME}:refund:7", fen=8808)

    silent = 0
    for _ in range(3):
        try:
            answer = provider.refund(wanted)
        except ProviderSilent:
            silent += 1

    assert silent == (2 if broken == "broken_before" else 1)
    assert answer.kind is EventKind.REFUNDED
    assert [refund.fen for refund in fake.trades[NAME].refunds.values()] == [8808]


# ── silence ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("manners", [{"slow_s": 0.6}, {"broken_before": 1}, {"broken_after": 1}, {"unsigned": 1}])
def test_every_unclear_answer_is_silence(fake, shop, manners):
    for name, value in manners.items():
        setattr(fake.manners, name, value)

    with pytest.raises(ProviderSilent):
        WeChat(fake.account()).authorize(ask(shop, timeout_s=0.3))


@pytest.mark.parametrize("wrong", [
    {"key": key_of("stranger")}, {"serial": "00"}, {"mch_id": "1900000002"}, {"wechat_keys": {}}, {"api_url": "http://127.0.0.1:9"},
])  # fmt: skip
def test_credentials_that_do_not_fit_are_silence_and_no_refusal_of_the_buyer(fake, shop, wrong):
    with pytest.raises(ProviderSilent):
        WeChat(replace(fake.account(), **wrong)).authorize(ask(shop))


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_clock_that_is_wrong_hears_nothing(fake, shop, minutes):
    with pytest.raises(ProviderSilent):
        WeChat(fake.account(), clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes)).authorize(ask(shop))


# ── forgeries ─────────────────────────────────────────────────────────────────────────────────────────────────────────


FORGERIES = {
    "another key": {"key": key_of("stranger")},
    "body altered": {"after": b'{"resource": {}}'},
    "unknown serial": {"serial": "7777"},
    "replayed later": {"moved_s": -301},
    "dated ahead": {"moved_s": 400},
    "another merchant": {"mchid": "1900000002"},
    "another application": {"appid": "wx0000000000000002"},
    "sealed by another": {"sealed_with": b"x" * 32},
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_notification_is_refused_before_it_is_read(fake, shop, forgery):
    provider = WeChat(fake.account())
    provider.authorize(ask(shop))

    fake.forge(NAME, **FORGERIES[forgery])

    with pytest.raises(BadSignature):
        heard(provider, shop)


def test_the_same_notification_without_forgery_is_read(fake, shop):
    provider = WeChat(fake.account())
    provider.authorize(ask(shop))

    fake.forge(NAME, moved_s=-280)

    assert heard(provider, shop)[0].kind is EventKind.CAPTURED


def test_a_notification_replayed_after_five_minutes_is_refused(fake, shop):
    paid(fake, shop)
    later = WeChat(fake.account(), clock=lambda: datetime.now(UTC) + timedelta(minutes=6))

    with pytest.raises(BadSignature):
        heard(later, shop)


def test_what_is_no_notification_is_refused(fake):
    for body in (b"", b"{}", b"\xff"):
        with pytest.raises(BadSignature):
            WeChat(fake.account()).read_webhook(body=body, headers={})


@pytest.mark.parametrize("total", [88.08, -1, "8808", None, True])
def test_an_amount_that_is_none_is_not_money(fake, shop, total):
    provider = WeChat(fake.account())
    provider.authorize(ask(shop))

    fake.forge(NAME, amount={"total": total, "currency": "CNY"})

    with pytest.raises(Malformed):
        heard(provider, shop)


def test_another_currency_is_told_as_it_is_so_that_the_shop_can_compare(fake, shop):
    provider = WeChat(fake.account())
    provider.authorize(ask(shop))

    fake.forge(NAME, amount={"total": 8808, "currency": "JPY"})

    assert heard(provider, shop)[0].currency == "JPY"


# ── spelling ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_refund_keys_come_back_as_they_went():
    number = wechat.out_refund_no(f"{NAME}:refund:7")

    assert number == f"{NAME}|refund|7"
    assert wechat.refund_key(number, NAME) == f"{NAME}:refund:7"
    assert wechat.refund_key("console123", NAME) == ""


def test_names_wechat_does_not_take_are_refused():
    for name in ("short", "pay 1234", "p" * 33):
        with pytest.raises(ValueError, match="WeChat Pay"):
            wechat.out_trade_no(name)
    for key in ("a|b", "k" * 65, ""):
        with pytest.raises(ValueError, match="WeChat Pay"):
            wechat.out_refund_no(key)
