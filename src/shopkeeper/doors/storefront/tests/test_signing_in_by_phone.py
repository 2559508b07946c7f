"""Codes by phone: only to numbers their owners proved, within the shop's limits, through a carrier that may do anything."""

import contextlib
import logging
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from shopkeeper.doors.storefront import limits
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.doors.storefront.tests.test_accounts import PASSWORD, plain, signed_in
from shopkeeper.doors.storefront.tests.test_signing_in import GIVE, a_day_of, entered, later
from shopkeeper.flows import join, sign_in
from shopkeeper.ops.access.models import User
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.adapters import gateway as adapter
from shopkeeper.selling.customers.adapters.fakes.sms_gateway import KEY, Sms, gateway, report
from shopkeeper.selling.customers.models import sign_in_models as models
from shopkeeper.selling.customers.shapes import Channel, ForgedReport, SignInRule, TextsSpent, TextState

pytestmark = pytest.mark.django_db

PHONE, NUMBER = "/en/sign-in/phone/", "+447400123456"
RULE = SignInRule(phone_codes=True, countries=("CN", "GB"))


@pytest.fixture
def sms(settings: object) -> Iterator[Sms]:
    with gateway() as known:
        settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_KEY = known.address, KEY  # type: ignore[attr-defined]
        yield known


@pytest.fixture
def shop(sms: Sms) -> Corner:
    made = corner()
    customers.save_sign_in_rule(rule=RULE, actor=None, now=NOON)
    return made


@pytest.fixture
def ann(shop: Corner) -> join.Joined:
    return join.register(email="ann@example.com", password=PASSWORD, name="Ann Lee", language="en", now=NOON)


@pytest.fixture
def proven(ann: join.Joined) -> join.Joined:
    customers.keep_number(customer_id=ann.customer_id, number=NUMBER, now=NOON)
    return ann


def round_of_the_worker() -> None:
    sign_in.answer(now=timezone.now())
    sign_in.send_texts(now=timezone.now())


def on_the_phone(sms: Sms, number: str = NUMBER) -> str:
    round_of_the_worker()
    found = re.search(r"\d{6}", sms.phones[number][-1])
    assert found
    return found[0]


def text() -> models.ShortMessage:
    return models.ShortMessage.objects.latest("pk")


def again() -> None:
    """Let the lease of every message be over."""
    models.ShortMessage.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))


# ── entering and proving ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_code_on_the_phone_signs_in(shop: Corner, proven: join.Joined, sms: Sms) -> None:
    client = shop.visitor()
    client.post(PHONE, {"number": "07400 123456"})

    answer = client.post(GIVE, {"code": on_the_phone(sms)})

    assert entered(answer)
    assert "is your code for" in sms.phones[NUMBER][0]


def test_a_member_proves_a_number_and_changes_and_removes_it(shop: Corner, ann: join.Joined, sms: Sms) -> None:
    member = signed_in(shop)
    member.post("/en/account/ways/number/", {"number": "+44 7400 123456"})
    page = member.get("/en/account/ways/").content.decode()
    member.post("/en/account/ways/number/prove/", {"code": on_the_phone(sms)})
    member.post("/en/account/ways/number/", {"number": "+86 138 1234 5678"})
    kept_meanwhile = customers.by_number(NUMBER)
    member.post("/en/account/ways/number/prove/", {"code": on_the_phone(sms, "+8613812345678")})

    assert 'autocomplete="one-time-code"' in page
    assert NUMBER in page
    assert kept_meanwhile == ann.customer_id
    assert customers.by_number(NUMBER) is None
    assert customers.by_number("+8613812345678") == ann.customer_id
    assert "+86 ••• 678" in member.get("/en/account/ways/").content.decode()

    member.post("/en/account/ways/number/remove/")

    assert customers.proven_numbers([ann.customer_id]) == {}


def test_a_number_is_one_members_only(shop: Corner, proven: join.Joined, sms: Sms) -> None:
    join.register(email="eve@example.com", password=PASSWORD, name="Eve", language="en", now=NOON)
    eve = signed_in(shop, "eve@example.com")
    eve.post("/en/account/ways/number/", {"number": NUMBER})

    answer = eve.post("/en/account/ways/number/prove/", {"code": on_the_phone(sms)})

    assert answer.status_code == 422
    assert "belongs to another account" in answer.content.decode()
    assert customers.by_number(NUMBER) == proven.customer_id


def test_the_code_for_a_number_to_prove_signs_nobody_in(shop: Corner, proven: join.Joined, sms: Sms) -> None:
    join.register(email="eve@example.com", password=PASSWORD, name="Eve", language="en", now=NOON)
    signed_in(shop, "eve@example.com").post("/en/account/ways/number/", {"number": NUMBER})
    code = on_the_phone(sms)
    client = shop.visitor()
    client.post(PHONE, {"number": NUMBER})

    assert client.post(GIVE, {"code": code}).status_code == 422


def test_staff_get_no_code_by_phone(shop: Corner, proven: join.Joined, sms: Sms) -> None:
    User.objects.filter(pk=proven.user_id).update(role=Role.CLERK.value, is_staff=True)

    shop.visitor().post(PHONE, {"number": NUMBER})
    round_of_the_worker()

    assert sms.phones == {}


# ── nobody is told, nothing is kept ───────────────────────────────────────────────────────────────────────────────────


def test_the_answer_is_the_same_for_every_number_and_strangers_cost_nothing(shop: Corner, proven: join.Joined, sms: Sms) -> None:
    known, stranger = shop.visitor(), shop.visitor()

    known.post(PHONE, {"number": NUMBER})
    stranger.post(PHONE, {"number": "+447400999999"})
    pages = [plain(client.get(GIVE)).replace(number, "") for client, number in ((known, NUMBER), (stranger, "+447400999999"))]
    round_of_the_worker()

    assert pages[0] == pages[1]
    assert list(sms.phones) == [NUMBER]


def test_no_number_stands_in_logs_or_in_what_is_kept_of_messages(
    shop: Corner, proven: join.Joined, sms: Sms, caplog: pytest.LogCaptureFixture
) -> None:
    sms.trouble = "error"
    client = shop.visitor()
    with caplog.at_level(logging.DEBUG):
        client.post(PHONE, {"number": NUMBER})
        round_of_the_worker()
        sms.trouble = "refused"
        again()
        round_of_the_worker()

    row = models.ShortMessage.objects.values().get()
    assert row["state"] == "failed"
    assert "7400123456" not in caplog.text
    assert not any("7400123456" in str(value) for value in row.values())


# ── the shop's limits ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("limit", "numbers"),
    [
        ({"most_per_number": 2}, (NUMBER, NUMBER, NUMBER)),
        ({"most_per_country": 2}, (NUMBER, "+447400000001", "+447400000002")),
        ({"most_per_shop": 2}, (NUMBER, "+8613812345678", "+447400000002")),
    ],
)
def test_no_more_messages_go_out_a_day_than_the_shop_allows(
    shop: Corner, ann: join.Joined, sms: Sms, limit: dict[str, int], numbers: tuple[str, ...]
) -> None:
    customers.save_sign_in_rule(rule=SignInRule(phone_codes=True, countries=("CN", "GB"), **limit), actor=None, now=NOON)
    member = signed_in(shop)
    for number in numbers[:2]:
        member.post("/en/account/ways/number/", {"number": number})
        round_of_the_worker()
        later(61)

    answer = member.post("/en/account/ways/number/", {"number": numbers[2]})
    round_of_the_worker()

    assert answer.status_code == 422
    assert "Try again tomorrow" in answer.content.decode()
    assert sms.tries == 2


def test_codes_of_a_day_are_counted_by_the_number_however_it_is_typed_and_whatever_stands_beside_it(
    shop: Corner, proven: join.Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = [{"number": "07400 123456", "email": f"x{n}@example.com"} for n in range(10)]
    typed += [{"number": f"07400{' ' * n}-123456"} for n in range(10)] + [{"number": NUMBER}, {"number": "+44 (7400) 123456"}]

    assert a_day_of(shop, monkeypatch, PHONE, typed) == [302] * 20 + [429] * 2


def test_asking_to_prove_a_number_does_not_tell_whether_it_is_somebodys(shop: Corner, proven: join.Joined, sms: Sms) -> None:
    eve = join.register(email="eve@example.com", password=PASSWORD, name="Eve", language="en", now=NOON)
    free, told = "+447400654321", []
    for number in (NUMBER, free):
        for _ in range(5):
            sign_in.ask(channel=Channel.PHONE, address=number, language="en", now=timezone.now())
            round_of_the_worker()
            later(61)
        told.append(sign_in.ask_to_prove(customer_id=eve.customer_id, number=number, language="en", now=timezone.now()))
        round_of_the_worker()

    assert told == [NUMBER, free]
    assert (len(sms.phones[NUMBER]), len(sms.phones[free])) == (5, 1), "the limit holds all the same"


def test_one_member_has_only_so_many_messages_sent_a_day_and_forgetting_a_number_makes_no_more(
    shop: Corner, ann: join.Joined, sms: Sms
) -> None:
    def prove(number: int) -> str:
        try:
            sign_in.ask_to_prove(customer_id=ann.customer_id, number=f"+4474001234{number:02d}", language="en", now=timezone.now())
        except TextsSpent as refusal:
            return refusal.whose
        return ""

    told = [prove(number) for number in range(7)]
    round_of_the_worker()
    customers.keep_number(customer_id=ann.customer_id, number="+447400123400", now=timezone.now())
    customers.remove_number(customer_id=ann.customer_id, actor=None, now=timezone.now())

    assert told == [""] * 7, "nothing was sent yet"
    assert len(sms.phones) == 5
    assert prove(8) == "member"
    answer = signed_in(shop).post("/zh-hans/account/ways/number/", {"number": NUMBER})
    assert answer.status_code == 422
    assert "今天为您的账户发出的短信" in answer.content.decode()


def test_a_part_of_the_days_messages_is_kept_for_signing_in(shop: Corner, proven: join.Joined, sms: Sms) -> None:
    rule = SignInRule(phone_codes=True, countries=("GB",), most_per_shop=5, most_per_country=5)
    customers.save_sign_in_rule(rule=rule, actor=None, now=NOON)
    eve = join.register(email="eve@example.com", password=PASSWORD, name="Eve", language="en", now=NOON)
    for number in range(5):
        with contextlib.suppress(TextsSpent):
            sign_in.ask_to_prove(customer_id=eve.customer_id, number=f"+4474001234{number:02d}", language="en", now=timezone.now())
        round_of_the_worker()

    asked(shop)
    round_of_the_worker()

    assert len(sms.phones) == 5
    assert NUMBER in sms.phones


def test_the_page_follows_the_number_that_was_asked_for_last(shop: Corner, ann: join.Joined, sms: Sms) -> None:
    member = signed_in(shop)
    for number in ("07400 123456", "+447400654321", "07400 123456"):
        member.post("/en/account/ways/number/", {"number": number})

    answer = member.post("/en/account/ways/number/prove/", {"code": on_the_phone(sms)})

    assert answer.status_code == 302
    assert customers.by_number(NUMBER) == ann.customer_id


def test_guesses_at_a_number_to_prove_are_counted_for_each_member(
    shop: Corner, ann: join.Joined, sms: Sms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "clock", lambda: 6_000_000.0)
    member = signed_in(shop)
    member.post("/en/account/ways/number/", {"number": NUMBER})
    code = on_the_phone(sms)
    answers = []
    for number in range(12):
        models.SignInCode.objects.update(tries=0)
        wrong = {"code": f"{(int(code) + 1) % 1_000_000:06d}", "email": f"x{number}@example.com"}
        answers.append(member.post("/en/account/ways/number/prove/", wrong).status_code)

    assert answers == [422] * 10 + [429] * 2


def test_a_limit_reached_meanwhile_holds_in_the_worker_too(shop: Corner, proven: join.Joined, sms: Sms) -> None:
    customers.save_sign_in_rule(rule=SignInRule(phone_codes=True, countries=("GB",), most_per_number=1), actor=None, now=NOON)
    for _ in range(2):
        shop.visitor().post(PHONE, {"number": NUMBER})
        round_of_the_worker()
        later(61)

    assert sms.tries == 1
    assert models.ShortMessage.objects.count() == 1


def test_countries_the_shop_did_not_choose_get_none(shop: Corner, sms: Sms) -> None:
    answer = shop.visitor().post(PHONE, {"number": "+1 876 555 1234"})

    assert answer.status_code == 422
    assert "Jamaica" in answer.content.decode()
    assert not models.SignInCode.objects.exists()


def test_without_a_carrier_or_the_shops_word_it_is_not_offered(shop: Corner, proven: join.Joined, sms: Sms, settings: object) -> None:
    def offered() -> bool:
        return PHONE in shop.visitor().get("/en/sign-in/").content.decode()

    before = offered()
    customers.save_sign_in_rule(rule=SignInRule(countries=("GB",)), actor=None, now=NOON)
    off = offered()
    customers.save_sign_in_rule(rule=RULE, actor=None, now=NOON)
    settings.SMS_GATEWAY_URL = ""  # type: ignore[attr-defined]

    assert before
    assert not off
    assert not offered()
    assert shop.visitor().post(PHONE, {"number": NUMBER})["Location"] == "/en/sign-in/"


@pytest.mark.parametrize("number", ["12", "+44 20 7946 0958", "not a number", "+999 123456789", "+1 900 555 0000", "0" * 30])
def test_what_is_no_mobile_number_is_refused_with_the_value_and_what_to_do(shop: Corner, number: str) -> None:
    answer = shop.visitor().post(PHONE, {"number": number})

    assert answer.status_code == 422
    assert number in answer.content.decode()
    assert "+86 138 1234 5678" in answer.content.decode()


def test_asking_again_at_once_is_answered_and_the_number_is_known_however_it_was_typed(shop: Corner, proven: join.Joined, sms: Sms) -> None:
    shop.visitor().post(PHONE, {"number": NUMBER})
    client = shop.visitor()

    client.post(PHONE, {"number": "07400 123456"})
    page = client.get(GIVE).content.decode()

    assert "A code was sent a moment ago" in page
    assert entered(client.post(GIVE, {"code": on_the_phone(sms)}))


# ── a carrier that misbehaves ─────────────────────────────────────────────────────────────────────────────────────────


def asked(shop: Corner) -> Client:
    client = shop.visitor()
    client.post(PHONE, {"number": NUMBER})
    return client


def test_a_carrier_whose_answer_was_lost_is_asked_again_and_sends_once(shop: Corner, proven: join.Joined, sms: Sms) -> None:
    sms.trouble = "lost answer"
    asked(shop)
    round_of_the_worker()
    waiting = text().state
    sms.trouble = ""
    again()
    round_of_the_worker()

    assert waiting == "waiting"
    assert text().state == "sent"
    assert sms.tries == 2
    assert len(sms.phones[NUMBER]) == 1


@pytest.mark.parametrize("trouble", ["error", "odd"])
def test_a_carrier_that_fails_is_given_up_after_three_tries(shop: Corner, proven: join.Joined, sms: Sms, trouble: str) -> None:
    sms.trouble = trouble
    asked(shop)
    for _ in range(5):
        round_of_the_worker()
        again()

    assert sms.tries == 3
    assert text().state == "failed"


def test_a_slow_carrier_is_not_waited_for(shop: Corner, proven: join.Joined, sms: Sms) -> None:
    sms.trouble = "slow"
    slow = adapter.Gateway(url=sms.address, key=KEY, timeout_s=0.2)

    with pytest.raises(adapter.TextSilent) as silence:
        slow.send(number=NUMBER, text="x", key="k")

    assert NUMBER not in str(silence.value)


def test_a_code_that_ended_is_not_sent_any_more(shop: Corner, proven: join.Joined, sms: Sms) -> None:
    sms.trouble = "error"
    asked(shop)
    round_of_the_worker()
    later(601)
    sms.trouble = ""
    again()
    round_of_the_worker()

    assert sms.phones == {}
    assert text().error == "too late"


def hear(*states: dict[str, str]) -> int:
    body, signature = report(*states, at=NOON)
    return customers.hear_text_report(body=body, signature=signature, now=NOON)


def test_reports_may_come_twice_in_any_order_early_or_never(shop: Corner, proven: join.Joined, sms: Sms) -> None:
    asked(shop)
    sign_in.answer(now=timezone.now())
    key = text().key

    early = hear({"reference": key, "state": "delivered"})
    sign_in.send_texts(now=timezone.now())
    settled = text().state
    twice = hear({"reference": key, "state": "delivered"})
    late = hear({"reference": key, "state": "failed"}, {"reference": key, "state": "on its way"}, {"id": "unknown", "state": "failed"})

    assert (early, twice, late) == (1, 0, 0)
    assert settled == text().state == TextState.DELIVERED


def test_what_was_said_to_have_failed_may_still_arrive(shop: Corner, proven: join.Joined, sms: Sms) -> None:
    asked(shop)
    round_of_the_worker()

    hear({"id": text().provider_id, "state": "failed"})
    failed = text().state
    hear({"id": text().provider_id, "state": "delivered"})

    assert failed == "failed"
    assert text().state == "delivered"


def test_a_message_nobody_reported_on_stays_sent_and_its_code_opens_all_the_same(shop: Corner, proven: join.Joined, sms: Sms) -> None:
    client = asked(shop)

    code = on_the_phone(sms)

    assert text().state == "sent"
    assert entered(client.post(GIVE, {"code": code}))


def test_a_report_without_a_good_signature_changes_nothing(shop: Corner, proven: join.Joined, sms: Sms) -> None:
    asked(shop)
    round_of_the_worker()
    told = {"reference": text().key, "state": "failed"}
    forged, old = report(told, at=NOON, key="guessed"), report(told, at=NOON - timedelta(minutes=6))

    for body, signature in (forged, old, (forged[0], "")):
        with pytest.raises(ForgedReport):
            customers.hear_text_report(body=body, signature=signature, now=NOON)

    assert text().state == "sent"
