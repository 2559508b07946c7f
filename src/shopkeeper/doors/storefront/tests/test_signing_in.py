"""Signing in by a code: the same answer whoever is asked for, one entry for one code, a fresh session, and the basket comes along."""

import logging
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shopkeeper.doors.storefront import limits
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.doors.storefront.tests.test_accounts import PASSWORD, plain, signed_in
from shopkeeper.flows import join, sign_in
from shopkeeper.growth.messages import public as messages
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.models import User
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.limits.models import Tally
from shopkeeper.selling.catalog.tests.builders import some_goods
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.models import sign_in_models as models
from shopkeeper.selling.customers.shapes import Channel, Purpose, SignInRule, WrongSignInCode

pytestmark = pytest.mark.django_db

ASK, GIVE = "/en/sign-in/code/", "/en/sign-in/code/given/"


@pytest.fixture
def shop() -> Corner:
    return corner()


@pytest.fixture
def ann(shop: Corner) -> join.Joined:
    return join.register(email="ann@example.com", password=PASSWORD, name="Ann Lee", language="en", now=NOON)


def posted() -> str:
    """Have the worker's rounds done, and return the code of the newest mail; empty where none came."""
    before = len(mail.outbox)
    sign_in.answer(now=timezone.now())
    messages.send_due(now=timezone.now())
    if len(mail.outbox) == before:
        return ""
    found = re.search(r"\b(\d{3}) (\d{3})\b", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1] + found[2]


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def entered(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"] == "/en/account/"


def later(seconds: int) -> None:
    """Let the time since every code was asked for be so much longer."""
    for row in models.SignInCode.objects.all():
        gone = timedelta(seconds=seconds)
        row.asked_at, row.until = row.asked_at - gone, row.until - gone
        row.save()


# ── entering ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_code_from_the_mail_signs_in_and_brings_the_basket_along(shop: Corner, ann: join.Joined) -> None:
    client = shop.visitor()
    shop.add(client, "LAMP", 2)

    client.post(f"{ASK}?next=/en/checkout/", {"email": " Ann@Example.com", "next": "/en/checkout/"})
    page = client.get(GIVE).content.decode()
    answer = client.post(GIVE, {"code": posted()})

    assert "ann@example.com" in page
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert answer["Location"] == "/en/checkout/"
    assert "Brass lamp" in client.get("/en/checkout/").content.decode()


def test_the_session_begins_anew(shop: Corner, ann: join.Joined) -> None:
    client = shop.visitor()
    client.post(ASK, {"email": "ann@example.com"})
    before = client.session.session_key

    client.post(GIVE, {"code": posted()})

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert "code_asked" not in client.session


def test_a_code_opens_once(shop: Corner, ann: join.Joined) -> None:
    client, other = shop.visitor(), shop.visitor()
    client.post(ASK, {"email": "ann@example.com"})
    code = posted()

    first = client.post(GIVE, {"code": f" {code[:3]} {code[3:]} "})
    second = other.post(GIVE, {"email": "ann@example.com", "code": code})

    assert entered(first)
    assert second.status_code == 422
    assert "opens nothing any more" in second.content.decode()


def test_the_mail_may_be_read_in_another_browser(shop: Corner, ann: join.Joined) -> None:
    shop.visitor().post(ASK, {"email": "ann@example.com"})
    other = shop.visitor()

    page = other.get(GIVE).content.decode()
    answer = other.post(GIVE, {"email": "Ann@example.com", "code": posted()})

    assert 'name="email"' in page
    assert entered(answer)


def test_five_guesses_and_the_code_is_over(shop: Corner, ann: join.Joined) -> None:
    client = shop.visitor()
    client.post(ASK, {"email": "ann@example.com"})
    code = posted()

    wrong = [client.post(GIVE, {"code": another(code)}) for _ in range(5)]
    right = client.post(GIVE, {"code": code})

    assert all(answer.status_code == 422 for answer in (*wrong, right))
    assert "does not fit" in wrong[0].content.decode()
    assert "Have a new one sent" in wrong[4].content.decode()
    assert "_auth_user_id" not in client.session


def test_a_code_is_good_for_ten_minutes(shop: Corner, ann: join.Joined) -> None:
    client = shop.visitor()
    client.post(ASK, {"email": "ann@example.com"})
    code = posted()

    later(601)

    assert client.post(GIVE, {"code": code}).status_code == 422


def test_a_new_code_ends_the_one_before_and_comes_after_a_minute(shop: Corner, ann: join.Joined) -> None:
    client = shop.visitor()
    client.post(ASK, {"email": "ann@example.com"})
    first = posted()
    client.post(ASK, {"email": "ann@example.com"})
    assert posted() == "", "another within a minute"
    later(61)

    client.post(ASK, {"email": "ann@example.com"})
    second = posted()

    assert second
    assert models.SignInCode.objects.count() == 1
    if first != second:
        assert client.post(GIVE, {"code": first}).status_code == 422
    assert entered(client.post(GIVE, {"code": second}))


def test_a_code_asked_for_long_before_its_mail_goes_is_not_sent(shop: Corner, ann: join.Joined) -> None:
    shop.visitor().post(ASK, {"email": "ann@example.com"})
    sign_in.answer(now=timezone.now())

    later(601)
    messages.send_due(now=timezone.now())

    assert mail.outbox == []


# ── nobody is told ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_answer_and_the_work_are_the_same_for_every_address(shop: Corner, ann: join.Joined) -> None:
    known, stranger = shop.visitor(), shop.visitor()
    shop.visitor().get(ASK)

    with CaptureQueriesContext(connection) as work_for_known:
        answer_known = known.post(ASK, {"email": "ann@example.com"})
    with CaptureQueriesContext(connection) as work_for_stranger:
        answer_stranger = stranger.post(ASK, {"email": "bob@example.com"})
    page_known, page_stranger = plain(known.get(GIVE)), plain(stranger.get(GIVE))

    assert answer_known.status_code == answer_stranger.status_code == 302
    assert len(work_for_known) == len(work_for_stranger)
    assert page_known.replace("ann@", "bob@") == page_stranger
    posted()
    assert [each.to for each in mail.outbox] == [["ann@example.com"]]


def test_a_wrong_guess_is_answered_the_same_for_every_address(shop: Corner, ann: join.Joined) -> None:
    known, stranger = shop.visitor(), shop.visitor()
    known.post(ASK, {"email": "ann@example.com"})
    stranger.post(ASK, {"email": "bob@example.com"})
    code = posted()

    for_known = known.post(GIVE, {"code": another(code)})
    for_stranger = stranger.post(GIVE, {"code": "000000"})
    if for_stranger.status_code == 422:
        assert plain(for_known).replace("ann@", "bob@").replace(another(code), "000000") == plain(for_stranger)


def test_guessing_the_code_of_an_address_without_an_account_opens_none(shop: Corner) -> None:
    client = shop.visitor()
    client.post(ASK, {"email": "bob@example.com"})
    guessed = customers.digits_of(models.SignInCode.objects.get().pk, timezone.now())

    answer = client.post(GIVE, {"code": str(guessed)})

    assert answer.status_code == 422
    assert not User.objects.filter(email="bob@example.com").exists()


def test_staff_get_no_code_and_enter_by_none(shop: Corner, ann: join.Joined) -> None:
    client = shop.visitor()
    client.post(ASK, {"email": "ann@example.com"})
    code = posted()
    User.objects.filter(pk=ann.user_id).update(role=Role.CLERK.value, is_staff=True)

    entering = client.post(GIVE, {"code": code})
    later(61)
    client.post(ASK, {"email": "ann@example.com"})

    assert entering.status_code == 422
    assert "_auth_user_id" not in client.session
    assert posted() == ""


def test_neither_code_nor_address_stands_in_a_log_and_no_code_in_the_database(
    shop: Corner, ann: join.Joined, caplog: pytest.LogCaptureFixture
) -> None:
    client = shop.visitor()
    with caplog.at_level(logging.DEBUG, logger="shopkeeper"):
        client.post(ASK, {"email": "ann@example.com"})
        code = posted()
        client.post(GIVE, {"code": another(code)})

    row = models.SignInCode.objects.values().get()
    assert code not in caplog.text
    assert "ann@example.com" not in caplog.text
    assert not any(code in str(value) for name, value in row.items() if name != "key"), row


# ── opening an account ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_code_opens_an_account_where_that_was_asked(shop: Corner) -> None:
    client = shop.visitor()
    client.post("/en/register/", {"name": "Bea", "email": "bea@example.com", "by": "code"})

    answer = client.post(GIVE, {"code": posted()})
    page = client.get("/en/account/").content.decode()

    person = access.user_by_email("bea@example.com")
    assert entered(answer)
    assert "Your account is open" in page
    assert "Bea" in page
    assert person is not None
    assert person.is_active
    assert not access.has_password(person.id)


def test_registering_by_code_answers_the_same_where_there_is_an_account_and_the_code_signs_in(shop: Corner, ann: join.Joined) -> None:
    client = shop.visitor()

    answer = client.post("/en/register/", {"name": "Eve", "email": "ann@example.com", "by": "code"})
    enters = client.post(GIVE, {"code": posted()})

    assert answer["Location"] == GIVE
    assert entered(enters)
    assert access.user(ann.user_id).name == "Ann Lee"
    assert access.has_password(ann.user_id)


def test_a_new_code_opens_the_account_all_the_same(shop: Corner) -> None:
    client = shop.visitor()
    client.post("/en/register/", {"name": "Bea", "email": "bea@example.com", "by": "code"})
    first = posted()
    later(61)

    client.post(ASK, {"email": "bea@example.com", "next": "/en/account/"})
    second = posted()

    assert second, "a letter goes out"
    assert entered(client.post(GIVE, {"code": second}))
    assert first == second or shop.visitor().post(GIVE, {"email": "bea@example.com", "code": first}).status_code == 422
    assert access.user_by_email("bea@example.com").name == "Bea"  # type: ignore[union-attr]


def test_a_new_code_long_after_the_first_opens_the_account_in_the_browser_that_asked(shop: Corner) -> None:
    client = shop.visitor()
    client.post("/en/register/", {"name": "Bea", "email": "bea@example.com", "by": "code"})
    posted()
    later(601)

    for _ in range(2):
        client.post(ASK, {"email": "bea@example.com", "next": "/en/account/"})
        code = posted()
        later(601)
    client.post(ASK, {"email": "bea@example.com", "next": "/en/account/"})

    assert code
    assert entered(client.post(GIVE, {"code": posted()}))


def test_a_stranger_who_asks_meanwhile_does_not_end_the_opening_of_an_account(shop: Corner) -> None:
    client = shop.visitor()
    client.post("/en/register/", {"name": "Bea", "email": "bea@example.com", "by": "code"})
    posted()
    later(61)

    shop.visitor().post(ASK, {"email": "bea@example.com"})

    assert entered(client.post(GIVE, {"code": posted()}))
    assert access.user_by_email("bea@example.com").name == "Bea"  # type: ignore[union-attr]


def test_what_was_to_be_opened_is_over_with_its_code(shop: Corner) -> None:
    shop.visitor().post("/en/register/", {"name": "Bea", "email": "bea@example.com", "by": "code"})
    posted()
    later(601)

    shop.visitor().post(ASK, {"email": "bea@example.com"})

    assert posted() == ""
    assert models.SignInCode.objects.get().purpose == "sign_in"


def test_a_link_asked_for_before_is_spent_by_the_code(shop: Corner) -> None:
    join.ask(email="bea@example.com", name="Bea", language="en", now=timezone.now())
    join.answer(now=timezone.now())
    messages.send_due(now=timezone.now())
    link = re.search(r"/en/join/[^\s]+", str(mail.outbox[-1].body))
    client = shop.visitor()
    client.post("/en/register/", {"name": "Bea", "email": "bea@example.com", "by": "code"})
    client.post(GIVE, {"code": posted()})

    assert link is not None
    assert shop.visitor().get(link[0]).status_code == 410


# ── bad input, switched off, too often ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("language", "said"), [("en", "Write the six figures as they stand"), ("zh-hans", "照着消息里的六位数字填写")])
def test_a_code_that_is_none_is_refused_with_what_to_do(shop: Corner, ann: join.Joined, language: str, said: str) -> None:
    client = shop.visitor()
    client.post(f"/{language}/sign-in/code/", {"email": "ann@example.com"})

    answer = client.post(f"/{language}/sign-in/code/given/", {"code": "12ab"})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert models.SignInCode.objects.get().tries == 0, "what is no code is no guess"


def test_an_odd_address_is_refused(shop: Corner) -> None:
    answer = shop.visitor().post(ASK, {"email": "ann at home"})

    assert answer.status_code == 422
    assert "ann at home" in answer.content.decode()
    assert not models.SignInCode.objects.exists()


def test_codes_by_mail_can_be_switched_off(shop: Corner, ann: join.Joined) -> None:
    customers.save_sign_in_rule(rule=SignInRule(mail_codes=False), actor=None, now=NOON)
    client = shop.visitor()

    page, asked = client.get("/en/sign-in/").content.decode(), client.post(ASK, {"email": "ann@example.com"})

    assert ASK not in page
    assert asked["Location"] == "/en/sign-in/"
    assert not models.SignInCode.objects.exists()
    assert client.post("/en/register/", {"name": "Bea", "email": "bea@example.com", "by": "code"}).status_code == 422


def test_asking_too_often_is_refused(shop: Corner) -> None:
    answers = [shop.visitor().post(ASK, {"email": f"b{n}@example.com"}).status_code for n in range(6)]

    assert answers == [302] * 5 + [429]


def a_day_of(shop: Corner, monkeypatch: pytest.MonkeyPatch, path: str, forms: Iterable[dict[str, str]]) -> list[int]:
    """Send the forms spread over one day, each from a client of its own, and return the answers."""
    answers = []
    for number, form in enumerate(forms):
        monkeypatch.setattr(limits, "clock", lambda number=number: 86_400.0 * 80 + 60 + number * 650)
        answers.append(shop.visitor().post(path, form, REMOTE_ADDR=f"10.0.{number}.1").status_code)
        later(61)
    return answers


def test_codes_of_a_day_are_counted_by_the_address_also_where_an_account_is_to_be_opened(
    shop: Corner, ann: join.Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = [{"name": "X", "email": f"{' ' * n}Ann@example.com", "by": "code"} for n in range(15)]
    typed += [{"name": "X", "email": f"ann@example.com{' ' * 5000}{n}", "by": "code"} for n in range(10)]

    answers = a_day_of(shop, monkeypatch, "/en/register/", typed)

    assert answers == [302] * 20 + [429] * 5


def test_guesses_are_counted_by_the_address_that_is_guessed_at(shop: Corner, ann: join.Joined, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "clock", lambda: 6_000_000.0)
    shop.visitor().post(ASK, {"email": "ann@example.com"})
    code = posted()
    answers = []
    for number in range(12):
        client = shop.visitor()
        client.post(ASK, {"email": f"b{number}@example.com"}, REMOTE_ADDR=f"10.0.{number}.1")
        kept = client.session
        # What this browser asked for lies half an hour back: the address beside the code counts again.
        kept["code_asked"] = {**kept["code_asked"], "at": 0}
        kept.save()
        models.SignInCode.objects.update(tries=0)
        form = {"email": " ANN@example.com"[number % 2 :], "code": another(code)}
        answers.append(client.post(GIVE, form, REMOTE_ADDR=f"10.0.{number}.1").status_code)

    assert answers == [422] * 10 + [429] * 2


def test_a_guess_that_fits_is_given_back(shop: Corner, ann: join.Joined) -> None:
    client = shop.visitor()
    client.post(ASK, {"email": "ann@example.com"})
    before = sum(each.times for each in Tally.objects.all())
    code = posted()

    client.post(GIVE, {"code": code})

    assert sum(each.times for each in Tally.objects.all()) == before


def test_all_codes_of_an_address_bear_only_so_many_guesses_a_day(ann: join.Joined) -> None:
    def ask_and_guess(at: datetime) -> int:
        customers.ask_code(channel=Channel.MAIL, purpose=Purpose.SIGN_IN, address="ann@example.com", language="en", now=at)
        code = str(customers.digits_of(models.SignInCode.objects.get().pk, at) or "000000")
        for _ in range(4):
            with pytest.raises(WrongSignInCode):
                sign_in.enter(channel=Channel.MAIL, address="ann@example.com", given=another(code), now=at)
        return models.SignInCode.objects.get().tries

    taken = [ask_and_guess(NOON + timedelta(minutes=2 * number)) for number in range(27)]

    assert taken == [4] * 25 + [0] * 2
    assert customers.digits_of(models.SignInCode.objects.get().pk, NOON + timedelta(minutes=53)) is None, "such a code is not sent either"
    assert ask_and_guess(NOON + timedelta(days=1, minutes=1)) == 4, "a day later they are taken again"


@pytest.mark.parametrize("path", [ASK, GIVE, "/zh-hans/sign-in/code/", "/zh-hans/sign-in/code/given/"])
def test_the_pages_open_in_both_languages(shop: Corner, path: str) -> None:
    answer = shop.visitor().get(path)

    assert answer.status_code == 200
    assert 'name="robots" content="noindex' in answer.content.decode()


# ── the ways of a member ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_ways_page_shows_what_there_is_and_where_one_is_signed_in(shop: Corner, ann: join.Joined) -> None:
    client = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/131.0"})
    client.post("/en/sign-in/", {"email": "ann@example.com", "password": PASSWORD})

    page = client.get("/en/account/ways/").content.decode()

    assert "Ways to sign in" in client.get("/en/account/").content.decode()
    assert "Code by mail" in page
    assert "chosen" in page
    assert "Firefox, Linux" in page
    assert '<span class="pill paid">here</span>' in page
    # Nobody signs out of the place they look from by this list.
    assert "/account/ways/places/end/" not in page


def test_one_place_is_ended_from_another(shop: Corner, ann: join.Joined) -> None:
    here, there = signed_in(shop), signed_in(shop)
    place = there.session["place"][0]

    here.post("/en/account/ways/places/end/", {"session": place})

    assert there.get("/en/account/").status_code == 302
    assert here.get("/en/account/").status_code == 200


def test_nobody_ends_the_place_of_another(shop: Corner, ann: join.Joined) -> None:
    join.register(email="eve@example.com", password=PASSWORD, name="Eve", language="en", now=NOON)
    mine, hers = signed_in(shop), signed_in(shop, "eve@example.com")

    answer = hers.post("/en/account/ways/places/end/", {"session": mine.session["place"][0]})

    assert answer.status_code == 404
    assert mine.get("/en/account/").status_code == 200


def test_signing_out_everywhere_else_ends_all_but_this_one(shop: Corner, ann: join.Joined) -> None:
    here, there, unseen = signed_in(shop), signed_in(shop), signed_in(shop)
    access.end_session(user_id=ann.user_id, session_id=unseen.session["place"][0])

    here.post("/en/account/ways/places/end-others/", {})

    assert here.get("/en/account/").status_code == 200
    assert there.get("/en/account/").status_code == 302
    assert "Firefox" not in here.get("/en/account/ways/").content.decode()


def test_the_ways_of_a_stranger_lead_to_the_sign_in(shop: Corner) -> None:
    for path in ("", "number/", "number/prove/", "number/remove/", "unlink/", "places/end/", "places/end-others/"):
        answer = shop.visitor().post(f"/en/account/ways/{path}") if path else shop.visitor().get("/en/account/ways/")
        assert answer["Location"].startswith("/en/sign-in/"), path


def test_wishes_come_along(shop: Corner, ann: join.Joined) -> None:
    goods = some_goods(sku="WISH")
    client = shop.visitor()
    client.post("/en/wishes/put/", {"variant": goods.variant_id})

    client.post(ASK, {"email": "ann@example.com"})
    client.post(GIVE, {"code": posted()})

    assert goods.name.en in shop_wishes(signed_in(shop))


def shop_wishes(client: Client) -> str:
    return client.get("/en/wishes/").content.decode()
