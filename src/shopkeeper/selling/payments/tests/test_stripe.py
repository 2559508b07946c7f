"""Stripe's own ways: units, refusals, signatures, and what of its objects means something here."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.kit import money
from shopkeeper.selling.payments.adapters import stripe_reading as reading
from shopkeeper.selling.payments.adapters.fakes.stripe import FakeStripe
from shopkeeper.selling.payments.adapters.provider import Ask, ProviderSilent
from shopkeeper.selling.payments.adapters.stripe import API_URL, PAGE_ORIGIN, Stripe
from shopkeeper.selling.payments.shapes import BadSignature, EventKind

NOW = 1_795_000_000.0
BODY, SECRET = b'{"id": "evt_1"}', "whsec_fake"


@pytest.mark.parametrize(
    ("currency", "minor", "stripes"),
    [("GBP", 2_895, 2_895), ("JPY", 500, 500), ("ISK", 5, 500), ("UGX", 5, 500), ("KWD", 1_230, 1_230), ("MGA", 500, 5), ("CNY", 1, 1)],
)
def test_amounts_are_said_in_stripes_units_and_read_back(currency, minor, stripes):
    assert reading.in_stripe_units(minor, currency) == stripes
    assert reading.in_minor_units(stripes, currency) == minor


@given(st.integers(0, money.MOST_MINOR), st.sampled_from(["GBP", "JPY", "ISK", "KWD", "KRW", "CNY", "UGX", "CLP"]))
def test_no_amount_changes_on_its_way_there_and_back(minor, currency):
    assert reading.in_minor_units(reading.in_stripe_units(minor, currency), currency) == minor


def test_an_amount_that_cannot_be_said_is_refused_and_one_that_cannot_be_is_no_amount():
    with pytest.raises(ValueError, match="MGA"):
        reading.in_stripe_units(150, "MGA")
    assert reading.in_minor_units(550, "ISK") == -1


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ({"code": "card_declined", "decline_code": "insufficient_funds"}, "insufficient_funds"),
        ({"code": "expired_card", "decline_code": "expired_card"}, "expired_card"),
        ({"code": "card_declined", "decline_code": "stolen_card"}, "fraud_suspected"),
        ({"code": "card_declined", "decline_code": "generic_decline"}, "declined"),
        ({"code": "charge_already_refunded"}, "too_much"),
        ({"code": "charge_expired_for_capture"}, "expired"),
        ({"code": "charge_disputed"}, "disputed"),
        ({"code": "something_new"}, "declined"),
        ({}, "declined"),
    ],
)
def test_refusals_are_told_in_our_terms(error, reason):
    assert reading.reason(error) == reason


def signed(body: bytes = BODY, at: float = NOW, secret: str = SECRET) -> str:
    return FakeStripe(webhook_secret=secret).signed(body, at=at).headers["Stripe-Signature"]


@pytest.mark.parametrize("age", [0, 299, 300, -300])
def test_a_message_signed_lately_is_read(age):
    reading.check_signature(BODY, signed(at=NOW - age), SECRET, NOW)


def test_while_the_secret_changes_either_signature_will_do():
    both = f"{signed(secret='whsec_old')},{signed().partition(',')[2]}"

    reading.check_signature(BODY, both, SECRET, NOW)


@pytest.mark.parametrize(
    "header",
    [
        "", "t=1", "v1=00", "t=,v1=", "t=x,v1=00", "t=1,t=2", "=,=", "t=1795000000,v1=" + "0" * 64, "t=1795000000,v1=é",
        signed(secret="whsec_of_another"), signed(at=NOW - 301), signed(at=NOW + 301), signed(b"{}"),
        signed().replace("v1=", "v0="), signed().replace("t=17", "t=18"), "t=" + "9" * 40 + ",v1=00",
    ],
)  # fmt: skip
def test_a_message_not_signed_by_stripe_lately_is_not_read(header):
    adapter = Stripe(secret_key="sk", webhook_secret=SECRET, clock=lambda: NOW)

    with pytest.raises(BadSignature):
        adapter.read_webhook(body=BODY, headers={"Stripe-Signature": header})


def test_credentials_are_not_shown_by_an_adapter_that_is_printed():
    adapter = Stripe(secret_key="sk_live_secret", webhook_secret="whsec_secret")

    assert "secret" not in repr(adapter).replace("secret_key", "").replace("webhook_secret", "")
    assert (adapter.api_url, adapter.origins()) == (API_URL, (PAGE_ORIGIN,))
    assert [method.is_test for method in adapter.methods()] == [False]
    assert [method.is_test for method in Stripe(secret_key="sk_test_1", webhook_secret="w").methods()] == [True]


def test_a_key_that_is_refused_leaves_everything_open():
    fake = FakeStripe().start()
    adapter = Stripe(secret_key="sk_test_wrong", webhook_secret=fake.webhook_secret, api_url=fake.url)
    ask = Ask(key="k", payment_name="p", reference="", method="stripe-card", amount_minor=100, currency="GBP", at=datetime.now(UTC))

    try:
        with pytest.raises(ProviderSilent):
            adapter.authorize(ask)
    finally:
        fake.stop()
    assert fake.sessions == {}


def test_too_small_an_amount_is_declined_and_nothing_is_opened():
    fake = FakeStripe().start()
    adapter = Stripe(secret_key=fake.secret_key, webhook_secret=fake.webhook_secret, api_url=fake.url)
    ask = Ask(
        key="k",
        payment_name="p",
        reference="",
        method="stripe-card",
        amount_minor=1,
        currency="GBP",
        at=datetime.now(UTC),
        return_url="http://127.0.0.1/",
    )

    try:
        assert adapter.authorize(ask).kind is EventKind.DECLINED
    finally:
        fake.stop()
    assert fake.sessions == {}


def test_a_bank_that_lets_a_reservation_run_out_is_heard():
    intent = {
        "id": "pi_1", "object": "payment_intent", "status": "canceled", "amount": 2_895, "amount_capturable": 0, "amount_received": 0,
        "currency": "gbp", "metadata": {"payment_name": "pay_1"}, "latest_charge": "ch_1", "cancellation_reason": "automatic",
    }  # fmt: skip

    (told,) = reading.of_intent(intent)

    assert (told.kind, told.amount_minor, told.key, told.currency) == (EventKind.VOIDED, 2_895, "", "GBP")
