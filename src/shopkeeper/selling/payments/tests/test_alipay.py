"""Alipay over real HTTP, against its fake: what it says is told as it is, and what it does not say, or somebody else does, is not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import requests

from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.payments.adapters import alipay
from shopkeeper.selling.payments.adapters.alipay import Alipay
from shopkeeper.selling.payments.adapters.fakes.alipay import FakeAlipay
from shopkeeper.selling.payments.adapters.fakes.local import key_of
from shopkeeper.selling.payments.adapters.provider import Ask, ProviderSilent
from shopkeeper.selling.payments.shapes import BadSignature, EventKind
from shopkeeper.selling.payments.tests.listener import Listener

NAME = "pay_a-b_c9"
NUMBER = "pay_0a_1b_0c9"


@pytest.fixture
def fake() -> Iterator[FakeAlipay]:
    with FakeAlipay() as server:
        yield server


@pytest.fixture
def shop() -> Iterator[Listener]:
    with Listener(b"success") as listener:
        yield listener


def ask(shop: Listener, *, key: str = NAME, fen: int = 8808, method: str = alipay.PAGE, **more: object) -> Ask:
    now = datetime.now(UTC)
    fields = {
        "key": key, "payment_name": NAME, "reference": "", "method": method, "amount_minor": fen, "currency": "CNY", "at": now,
        "description": "订单 A-1/2", "notify_url": shop.url + "/notify", "return_url": shop.url + "/back", "timeout_s": 5.0,
        "expires_at": now + timedelta(minutes=30),
    }  # fmt: skip
    return Ask(**(fields | more))  # type: ignore[arg-type]


def find(provider: Alipay) -> tuple:
    return provider.find(payment_name=NAME, reference="", started_at=datetime.now(UTC), at=datetime.now(UTC))


def paid(fake: FakeAlipay, shop: Listener) -> Alipay:
    """Return the provider after a buyer has paid on the page."""
    provider = Alipay(fake.account())
    requests.get(provider.authorize(ask(shop)).redirect_url, timeout=5)
    fake.pay(NUMBER)
    return provider


# ── paying ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_shows_what_is_to_be_paid_and_leads_back_after_paying(fake, shop):
    provider = Alipay(fake.account())

    answer = provider.authorize(ask(shop))
    page = requests.get(answer.redirect_url, timeout=5)
    back = requests.post(f"{fake.url}/cashier/{NUMBER}", timeout=5, allow_redirects=False)

    assert answer.kind is EventKind.CONFIRMATION_NEEDED
    assert answer.key == NAME
    assert answer.qr_text == ""
    assert "订单 A-1 2: ¥88.08" in page.text
    assert back.status_code == 302
    assert back.headers["Location"].startswith(shop.url + "/back?")
    assert answer.redirect_url.startswith(provider.origins()[0] + "/")


def test_a_scanned_code_pays_and_the_same_key_gives_the_same_code(fake, shop):
    provider = Alipay(fake.account())

    first, again = (provider.authorize(ask(shop, method=alipay.QR)) for _ in range(2))
    before = find(provider)
    page = requests.get(first.qr_text, timeout=5)
    fake.pay(NUMBER)

    assert first.kind is EventKind.CONFIRMATION_NEEDED
    assert first.qr_text == again.qr_text
    assert first.redirect_url == ""
    assert before == ()
    assert "¥88.08" in page.text
    assert [(answer.kind, answer.amount_minor) for answer in find(provider)] == [(EventKind.CAPTURED, 8808)]


def test_the_notification_and_the_question_tell_the_same_act(fake, shop):
    provider = paid(fake, shop)

    told = provider.read_webhook(body=shop.heard[0].body, headers=shop.heard[0].headers)

    assert told == find(provider)
    assert (told[0].kind, told[0].key, told[0].amount_minor, told[0].payment_name) == (EventKind.CAPTURED, NAME, 8808, NAME)
    assert told[0].reference == told[0].operation == fake.trades[NUMBER].number


def test_nothing_is_captured_since_a_paid_trade_is_captured_already(fake, shop):
    provider = paid(fake, shop)

    answer = provider.capture(ask(shop, key=f"{NAME}:capture"))

    assert (answer.kind, answer.key) == (EventKind.FAILED, f"{NAME}:capture")
    assert [(found.kind, found.amount_minor) for found in find(provider)] == [(EventKind.CAPTURED, 8808)]


def test_a_closed_trade_can_not_be_paid_and_a_paid_one_not_closed(fake, shop):
    provider = Alipay(fake.account())
    requests.get(provider.authorize(ask(shop)).redirect_url, timeout=5)

    closed = provider.void(ask(shop, key=f"{NAME}:void", fen=0))
    again = provider.void(ask(shop, key=f"{NAME}:void", fen=0))
    fake.pay(NUMBER)

    assert closed == again
    assert closed.kind is EventKind.VOIDED
    assert closed.amount_minor == 0
    assert [(answer.kind, answer.reason) for answer in find(provider)] == [(EventKind.DECLINED, "expired")]


def test_a_paid_trade_is_not_closed(fake, shop):
    provider = paid(fake, shop)

    assert provider.void(ask(shop, key=f"{NAME}:void", fen=0)).kind is EventKind.FAILED
    assert find(provider)[0].kind is EventKind.CAPTURED


def test_after_its_time_a_trade_takes_no_money(fake, shop):
    provider = Alipay(fake.account())
    past = datetime.now(UTC) - timedelta(hours=1)
    provider.authorize(ask(shop, method=alipay.QR, at=past, expires_at=past))

    fake.pay(NUMBER)

    assert find(provider) == ()


# ── giving back ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_refunds_go_once_a_key_and_are_told_alike_by_answer_and_notification(fake, shop):
    provider = paid(fake, shop)
    wanted = ask(shop, key=f"{NAME}:refund:7", fen=808)

    first, again = provider.refund(wanted), provider.refund(wanted)
    second = provider.refund(ask(shop, key=f"{NAME}:refund:8", fen=1))
    told = [provider.read_webhook(body=heard.body, headers=heard.headers) for heard in shop.heard]

    assert first == again
    assert (first.kind, first.key, first.amount_minor) == (EventKind.REFUNDED, f"{NAME}:refund:7", 808)
    assert fake.trades[NUMBER].refunded == 809
    assert first in told[1]
    assert second in told[2]
    assert second.amount_minor == 1


def test_no_more_is_given_back_than_came(fake, shop):
    provider = paid(fake, shop)

    answer = provider.refund(ask(shop, key=f"{NAME}:refund:7", fen=8809))

    assert (answer.kind, answer.reason) == (EventKind.REFUND_FAILED, "too_much")
    assert fake.trades[NUMBER].refunded == 0


def test_a_refund_made_in_alipays_console_is_heard_as_nobodys_request(fake, shop):
    provider = paid(fake, shop)

    fake.give_back(NUMBER, 8808)
    told = provider.read_webhook(body=shop.heard[1].body, headers=shop.heard[1].headers)

    assert [(answer.kind, answer.key, answer.amount_minor) for answer in told] == [
        (EventKind.CAPTURED, NAME, 8808), (EventKind.REFUNDED, "", 8808),
    ]  # fmt: skip
    assert find(provider)[0].kind is EventKind.CAPTURED


@pytest.mark.parametrize("broken", ["broken_before", "broken_after"])
def test_a_refund_that_broke_off_is_silent_and_goes_once_when_it_is_repeated(fake, shop, broken):
    provider = paid(fake, shop)
    setattr(fake.manners, broken, 1)
    wanted = ask(shop, key=f"{NAME}:refund:7", fen=8808)

    with pytest.raises(ProviderSilent):
        provider.refund(wanted)

    assert provider.refund(wanted).kind is EventKind.REFUNDED
    assert fake.trades[NUMBER].refunds == {"_2refund_27": 8808}


def test_a_refund_that_is_refused_when_repeated_was_given_all_the_same(fake, shop):
    provider = paid(fake, shop)
    fake.manners.broken_after, fake.refuses_repeats = 1, True
    wanted = ask(shop, key=f"{NAME}:refund:7", fen=8808)
    with pytest.raises(ProviderSilent):
        provider.refund(wanted)

    assert provider.refund(wanted).kind is EventKind.REFUNDED


# ── silence ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("manners", [{"slow_s": 0.6}, {"broken_before": 1}, {"broken_after": 1}, {"unsigned": 1}])
def test_every_unclear_answer_is_silence(fake, shop, manners):
    provider = Alipay(fake.account())
    for name, value in manners.items():
        setattr(fake.manners, name, value)
    late = ask(shop, method=alipay.QR, timeout_s=0.3)

    with pytest.raises(ProviderSilent):
        provider.authorize(late)


def test_a_provider_that_is_not_there_is_silent(fake, shop):
    account = fake.account()
    gone = alipay.Account(app_id=account.app_id, key=account.key, alipay_key=account.alipay_key, gateway="http://127.0.0.1:9/gateway.do")

    with pytest.raises(ProviderSilent):
        Alipay(gone).find(payment_name=NAME, reference="", started_at=datetime.now(UTC), at=datetime.now(UTC))


def test_the_shops_own_wrong_key_is_not_a_refusal_of_the_buyer(fake, shop):
    account = fake.account()
    wrong = alipay.Account(app_id=account.app_id, key=key_of("stranger"), alipay_key=account.alipay_key, gateway=account.gateway)

    with pytest.raises(ProviderSilent):
        Alipay(wrong).authorize(ask(shop, method=alipay.QR))


def test_an_answer_signed_by_somebody_else_is_not_believed(fake, shop):
    paid(fake, shop)
    account = fake.account()
    wrong = alipay.Account(app_id=account.app_id, key=account.key, alipay_key=key_of("stranger").public_key(), gateway=account.gateway)

    with pytest.raises(ProviderSilent):
        find(Alipay(wrong))


def test_a_request_dated_long_ago_is_not_taken(fake, shop):
    stale = Alipay(fake.account(), clock=lambda: datetime.now(UTC) - timedelta(hours=1))

    with pytest.raises(ProviderSilent):
        stale.authorize(ask(shop, method=alipay.QR))


# ── forgeries ─────────────────────────────────────────────────────────────────────────────────────────────────────────


FORGERIES = {
    "another key": {"key": key_of("stranger")},
    "amount altered": {"after": {"total_amount": "9999.00"}},
    "order altered": {"after": {"out_trade_no": "pay_0other"}},
    "field added": {"after": {"refund_fee": "1.00"}},
    "no signature": {"after": {"sign": ""}},
    "not base64": {"after": {"sign": "*"}},
    "weaker signature": {"after": {"sign_type": "RSA"}},
    "another application": {"app_id": "2021999999999999"},
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_notification_is_refused_before_it_is_read(fake, shop, forgery):
    provider = Alipay(fake.account())
    provider.authorize(ask(shop, method=alipay.QR))

    fake.forge(NUMBER, **FORGERIES[forgery])

    with pytest.raises(BadSignature):
        provider.read_webhook(body=shop.heard[-1].body, headers=shop.heard[-1].headers)


def test_the_same_notification_without_forgery_is_read(fake, shop):
    provider = Alipay(fake.account())
    provider.authorize(ask(shop, method=alipay.QR))

    fake.forge(NUMBER)

    assert provider.read_webhook(body=shop.heard[-1].body, headers={})[0].kind is EventKind.CAPTURED


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"sign=", urlencode({"a": "1"} | {f"x{n}": "" for n in range(300)}).encode()])
def test_what_is_no_notification_is_refused(fake, body):
    with pytest.raises(BadSignature):
        Alipay(fake.account()).read_webhook(body=body, headers={})


@pytest.mark.parametrize("amount", ["88.080", "-1.00", "1e3", "", "٨٨.00", "NaN"])
def test_an_amount_that_is_none_is_not_money(fake, shop, amount):
    provider = Alipay(fake.account())
    provider.authorize(ask(shop, method=alipay.QR))

    fake.forge(NUMBER, total_amount=amount)

    with pytest.raises(Malformed):
        provider.read_webhook(body=shop.heard[-1].body, headers={})


# ── spelling ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["pay_a-b_c9", "pay___", "pay_-_-:0", "pay_012", "p"])
def test_names_come_back_as_they_went(name):
    number = alipay.out_trade_no(name)

    assert number.replace("_", "").isalnum()
    assert alipay.payment_name(number) == name


def test_a_number_that_is_not_ours_stays_as_it_is():
    assert alipay.payment_name("pay_9") == "pay_9"
    assert alipay.refund_key("HZ01RF001", NAME) == ""
    assert alipay.refund_key("_2refund_27", NAME) == f"{NAME}:refund:7"


def test_a_name_that_cannot_be_spelled_is_refused():
    for name in ("pay 1", "pay_" + "_" * 40, ""):
        with pytest.raises(ValueError, match="a name for Alipay"):
            alipay.out_trade_no(name)
