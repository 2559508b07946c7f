"""A shopper opens an account and signs in: by a code from mail or phone, by a link and a password, through a provider of identity."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Browser, expect

from shopkeeper.doors.storefront.tests.builders import NOON, corner
from shopkeeper.flows import join, sign_in
from shopkeeper.growth.messages import public as messages
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.adapters import oidc
from shopkeeper.selling.customers.adapters.fakes.oidc_server import CLIENT_ID, SECRET, Issuer, issuer
from shopkeeper.selling.customers.adapters.fakes.sms_gateway import KEY, Sms, gateway
from shopkeeper.selling.customers.models import sign_in_models as codes
from shopkeeper.selling.customers.shapes import SignInRule
from tests.journeys.shopper import EMAIL, NARROW, PASSWORD, WIDE, Looks, a_member, shopping

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sms(settings: Any) -> Iterator[Sms]:
    with gateway() as known:
        settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_KEY = known.address, KEY
        yield known


@pytest.fixture
def lantern(settings: Any, live_server: Any) -> Iterator[Issuer]:
    """A provider that sends people back to where this test's shop stands; to be offered once the shop is open."""
    settings.PUBLIC_URL = live_server.url
    oidc.kept.forget()
    with issuer() as known:
        yield known
    oidc.kept.forget()


def offer(known: Issuer) -> None:
    made = customers.save_provider(
        code="lantern", name=Bilingual("Lantern", "灯笼"), issuer=known.address, client_id=CLIENT_ID, secret=SECRET, actor=None, now=NOON
    )
    customers.keep_origin(provider_id=made.id, origin=customers.read_issuer(known.address))
    customers.switch_provider(provider_id=made.id, is_on=True, actor=None, now=NOON)
    oidc.kept.forget()


def posted() -> str:
    """Do the worker's rounds and return what the newest mail says."""
    now = timezone.now()
    join.answer(now=now)
    sign_in.answer(now=now)
    sign_in.send_texts(now=now)
    messages.send_due(now=now)
    return str(mail.outbox[-1].body) if mail.outbox else ""


def code_in(text: str) -> str:
    found = re.search(r"\b(\d{3}) ?(\d{3})\b", text)
    assert found, text
    return found[1] + found[2]


def test_an_account_is_opened_by_a_code_its_number_proven_and_signed_in_with(live_server: Any, browser: Browser, sms: Sms) -> None:
    corner()
    customers.save_sign_in_rule(rule=SignInRule(phone_codes=True, countries=("CN", "GB")), actor=None, now=NOON)
    with shopping(live_server, browser, WIDE) as ann:
        page = ann.page
        ann.go("register/")
        ann.fill(name="Ann Lee", email=EMAIL)
        page.get_by_role("button", name="Without a password").click()
        page.wait_for_url("**/sign-in/code/given/")
        ann.look("code to be given")
        code = code_in(posted())
        ann.fill(code=f"{(int(code) + 1) % 1_000_000:06d}")
        ann.press("Enter")
        expect(page.get_by_role("alert")).to_be_focused()
        ann.look("wrong code")
        ann.fill(code=f"{code[:3]} {code[3:]}")
        ann.press("Enter")
        page.wait_for_url("**/account/")
        expect(page.locator("main")).to_contain_text("Your account is open. Welcome.")

        page.get_by_role("link", name="Ways to sign in").click()
        ann.fill(number="0044 7400 123456")
        page.get_by_role("button", name="Send the code").click()
        expect(page.locator("#id_code")).to_be_visible()
        ann.look("number to be proven")
        posted()
        ann.fill(code=code_in(sms.phones["+447400123456"][-1]))
        page.get_by_role("button", name="Prove the number").click()
        expect(page.locator("main")).to_contain_text("The number is yours")
        expect(page.locator(".way-list").last).to_contain_text("Chrom")
        ann.look("ways to sign in")

        ann.go("account/")
        page.get_by_role("button", name="Sign out").click()
        expect(page.locator("header").get_by_role("link", name="Sign in")).to_be_visible()
        ann.go("sign-in/phone/")
        ann.look("number asked for")
        sms.phones.clear()
        _a_minute_later()
        ann.fill(number="+44 7400 123456")
        ann.press("Enter")
        page.wait_for_url("**/sign-in/code/given/")
        posted()
        ann.fill(code=code_in(sms.phones["+447400123456"][-1]))
        ann.press("Enter")
        page.wait_for_url("**/account/")

    with shopping(live_server, browser, WIDE) as ben:
        ben.go("register/")
        ben.fill(name="Ben", email="ben@example.com")
        ben.press("Enter")
        expect(ben.page.get_by_role("status").first).to_contain_text("Look in your mail")
        ben.look("link sent")
        link = re.search(r"/en/join/\S+/", posted())
        assert link
        ben.page.goto(live_server.url + link[0])
        ben.fill(password="short")
        ben.press("Enter")
        expect(ben.page.locator("#id_password")).to_have_attribute("aria-invalid", "true")
        ben.look("password too short")
        ben.fill(password=PASSWORD)
        ben.press("Enter")
        ben.page.wait_for_url("**/account/")


def _a_minute_later() -> None:
    """Let a further code be due: it is sent a minute after the one before."""
    gone = timedelta(seconds=61)
    for row in codes.SignInCode.objects.all():
        row.asked_at, row.until = row.asked_at - gone, row.until - gone
        row.save()


@pytest.mark.parametrize(("looks", "script"), [(WIDE, True), (NARROW, True), (NARROW, False)], ids=["wide", "narrow", "no script"])
def test_a_code_by_mail_and_a_provider_open_the_same_account(
    live_server: Any, browser: Browser, lantern: Issuer, looks: Looks, script: bool
) -> None:
    corner()
    offer(lantern)
    a_member(language=looks.language)
    with shopping(live_server, browser, looks, script=script) as ann:
        page = ann.page
        ann.go(f"sign-in/?next=/{looks.language}/account/ways/")
        ann.look("sign in")
        ann.link("Send me a code by mail", "发送邮箱验证码").click()
        ann.fill(email=EMAIL)
        ann.press("Enter")
        page.wait_for_url("**/sign-in/code/given/")
        ann.look("code to be given")
        ann.fill(code=code_in(posted()))
        ann.press("Enter")
        page.wait_for_url("**/account/ways/")
        page.get_by_role("button", name=re.compile(ann.says("^Link.*Lantern$", "^关联.*灯笼$"))).click()
        page.get_by_role("link", name="Go on").click()
        page.wait_for_url("**/account/ways/")
        expect(page.get_by_role("button", name=re.compile(ann.says("^Unlink.*Lantern$", "^取消关联.*灯笼$")))).to_be_visible()
        ann.look("linked")

        ann.go("account/")
        ann.button("Sign out", "退出登录").click()
        ann.go("sign-in/")
        ann.button("Go on with Lantern", "用 灯笼 登录").click()
        page.get_by_role("link", name="Go on").click()
        page.wait_for_url("**/account/")
        ann.look("account")
        ann.button("Sign out", "退出登录").click()

        lantern.subject, lantern.email, lantern.name = "subject-2", "new@example.com", "小安"
        ann.go("sign-in/")
        ann.button("Go on with Lantern", "用 灯笼 登录").click()
        page.get_by_role("link", name="Go on").click()
        page.wait_for_url("**/register/with/")
        expect(page.locator("#id_name")).to_have_value("小安")
        ann.look("to be opened")
        page.locator("#id_name").press("Enter")
        page.wait_for_url("**/account/")
        expect(page.locator("main")).to_contain_text("new@example.com")
