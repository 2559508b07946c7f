"""What people read: true, complete, in their language, the same in HTML and plain text, and nothing loaded from anywhere."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import translation

from shopkeeper.growth.messages import account_letters, compose, goods_letters, order_letters, render
from shopkeeper.growth.messages.reading import Reader
from shopkeeper.growth.messages.shapes import ORDER_KINDS, WAIT_KINDS, MailKind
from shopkeeper.growth.messages.tests.builders import HEAD, NOON, news, order
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.shapes import Invitation, Person, Role
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.orders.shapes import CancelReason, Contact, OrderState
from shopkeeper.selling.shop.shapes import Logo, Shop

DETAIL = {MailKind.SHIPPED: 11, MailKind.DELIVERED: 11, MailKind.REFUNDED: 21}
AWAITED = {"en": "Paper lantern, lotus", "zh-hans": "荷花纸灯笼"}


def written(kind, *, about=None, language="en"):
    """Return the letter and the mail of an order's news."""
    about = about or order(language=language)
    if kind is MailKind.CANCELLED:
        about = replace(about, state=OrderState.CANCELLED)
    with translation.override(about.language):
        letter = order_letters.letter(news(kind, order=about, detail_id=DETAIL.get(kind)))
    return letter, render.mail(letter)


def person(language="en", name="Nia"):
    return Person(
        id=5, email="nia@example.org", name=name, language=language, role=None, is_active=True, must_change_password=False,
        joined_at=NOON, last_seen_at=None,
    )  # fmt: skip


def account_letter(kind, language, name="Nia"):
    reader = Reader(language, "GB", "Europe/London")
    with translation.override(language):
        if kind is MailKind.INVITATION:
            invited = Invitation(
                id=1, email="new@example.org", role=Role.MANAGER, language=language, token="t0ken", invited_by=None, invited_at=NOON,
                expires_at=NOON + timedelta(days=7),
            )  # fmt: skip
            return account_letters.invitation(invited, inviter="Ann", head=HEAD, reader=reader)
        write = {
            MailKind.PASSWORD_RESET: account_letters.password_reset,
            MailKind.JOINING: account_letters.joining,
            MailKind.KNOWN_ALREADY: account_letters.known_already,
            MailKind.SIGN_IN_CODE: account_letters.sign_in_code,
        }[kind]
        return write(person(language, name), token="407158" if kind is MailKind.SIGN_IN_CODE else "t0ken", head=HEAD)


def goods_letter(kind, language):
    awaited = goods_letters.Awaited(
        to="ann@example.org", language=language, product=AWAITED[language], slug="lantern",
        unsubscribe=f"{HEAD.url}/{language}/mails/t0ken/",
    )  # fmt: skip
    with translation.override(language):
        if kind is MailKind.WAIT_ASKED:
            return goods_letters.wait_asked(awaited, is_confirmed=False, link=f"{HEAD.url}/{language}/waits/t0ken/", head=HEAD)
        return goods_letters.back_in_stock(awaited, head=HEAD)


def every_mail(language):
    for kind in MailKind:
        if kind in ORDER_KINDS:
            yield kind, *written(kind, language=language)
        elif kind in WAIT_KINDS:
            letter = goods_letter(kind, language)
            yield kind, letter, render.mail(letter)
        else:
            letter = account_letter(kind, language)
            yield kind, letter, render.mail(letter)


def words(html):
    html = re.sub(r"</?(a|strong)\b[^>]*>", "", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", html, flags=re.S)))


# ── all kinds ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_sentence_of_the_chinese_mails_is_left_in_english():
    for kind, letter, mail in every_mail("zh-hans"):
        spoken = [letter.subject, letter.heading, *letter.paragraphs, letter.button.label, *letter.after, letter.why]
        # A code is the same in every language.
        for sentence in (each for each in spoken if re.search(r"[^\W\d]", each)):
            assert re.search("[\u4e00-\u9fff]", sentence), f"{kind}: {sentence}"
            assert not re.search("[A-Za-z]{3,} [A-Za-z]{2,} [A-Za-z]{2,}", sentence.replace("Paper Crane", "")), f"{kind}: {sentence}"
        assert 'lang="zh-Hans"' in mail.html


def test_english_mails_hold_no_chinese():
    for kind, _, mail in every_mail("en"):
        assert not re.search("[\u4e00-\u9fff]", mail.subject + mail.html + mail.text), kind


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_html_and_plain_text_say_the_same(language):
    for kind, letter, mail in every_mail(language):
        seen = words(mail.html)
        sentences = [*letter.paragraphs, *letter.after, letter.why, *(total.amount for total in letter.totals)]
        for sentence in sentences:
            assert sentence in mail.text, kind
            assert sentence in seen, kind
        assert letter.button.url in mail.text
        assert f'href="{letter.button.url}"' in mail.html


def test_nothing_is_loaded_from_anywhere():
    for kind, _, mail in every_mail("en"):
        assert not re.search(r"<(img|script|link|iframe)|url\(|@import|src=", mail.html), kind
        assert set(re.findall(r"https?://([^/\"]+)", mail.html)) == {"papercrane.example"}, kind


def test_what_people_typed_is_shown_and_never_obeyed():
    hostile = order(contact=Contact(email="a@example.org", name="<script>alert(1)</script>"))

    _, mail = written(MailKind.PLACED, about=hostile)

    assert "<script" not in mail.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in mail.html
    assert "Box of &lt;oolong&gt; &amp; green tea" in mail.html
    assert "Box of <oolong> & green tea" in mail.text


def test_a_subject_cannot_start_another_header():
    letter, _ = written(MailKind.PLACED)

    mail = render.mail(replace(letter, subject="Hello\r\nBcc: everyone@example.org"))

    assert mail.subject == "Hello Bcc: everyone@example.org"


# ── orders ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_order_is_confirmed_line_by_line_with_its_sums_and_its_link():
    letter, mail = written(MailKind.PLACED)

    assert mail.to == "ann@example.org"
    assert mail.subject == "We have your order SK-100007"
    assert [(line.note, line.name, line.amount) for line in letter.lines] == [
        ("2 ×", "Paper lantern, lotus", "£17.98"),
        ("1 ×", "Box of <oolong> & green tea", "£8.49"),
    ]
    assert [(total.label, total.amount, total.is_sum) for total in letter.totals] == [
        ("Goods", "£26.47", False),
        ("Delivery (Standard delivery)", "£3.50", False),
        ("Total", "£29.97", True),
        ("Tax included", "£4.98", False),
    ]
    assert letter.details[0].rows == ("Ann Lee", "2 Mill Lane", "York YO1 7EP", "United Kingdom")
    assert letter.button.url == "https://papercrane.example/en/orders/tok-7/"


def test_a_chinese_reader_gets_the_chinese_names_address_and_link():
    to = Address(name="王芳", line1="中山路 88 号", city="杭州市", region="浙江省", postcode="310000", country="CN", phone="138 0000 0000")
    letter, mail = written(MailKind.PLACED, about=order(language="zh-hans", address=to, currency="CNY"))

    assert mail.subject == "已收到您的订单 SK-100007"
    assert letter.lines[0].name == "荷花纸灯笼"
    assert letter.totals[2].amount == "¥29.97"
    assert letter.details[0].rows == ("浙江省杭州市中山路 88 号", "310000", "王芳 138 0000 0000")
    assert letter.button.url == "https://papercrane.example/zh-hans/orders/tok-7/"


@pytest.mark.parametrize(("language", "country"), [("en", "Taiwan"), ("zh-hans", "中国台湾")])
def test_a_country_is_called_as_the_readers_of_the_letter_write_it(language, country):
    to = Address(name="Lin Mei", line1="7 Harbour Road", city="Taipei", postcode="100", country="TW")

    letter, mail = written(MailKind.PLACED, about=order(language=language, address=to))

    assert letter.details[0].rows == ("Lin Mei", "7 Harbour Road", "100 Taipei", country)
    assert country in mail.text


def test_the_day_is_the_shops_own_and_not_greenwichs():
    late = order(placed_at=NOON.replace(hour=23, minute=30))
    shanghai = replace(news(MailKind.PLACED, order=late), reader=Reader("en", "GB", "Asia/Shanghai"))

    assert "3 March 2026" in order_letters.letter(shanghai).preview
    assert "2 March 2026" in order_letters.letter(news(MailKind.PLACED, order=late)).preview


@pytest.mark.parametrize(("currency", "digits"), [("GBP", "29.97"), ("JPY", "2,997"), ("KWD", "2.997")])
def test_money_has_the_digits_of_its_currency(currency, digits):
    letter, _ = written(MailKind.PLACED, about=order(currency=currency))

    assert re.sub(r"[^\d.,]", "", letter.totals[2].amount) == digits


def test_the_receipt_carries_the_invoice():
    _, mail = written(MailKind.PAID)

    (attached,) = mail.attachments
    assert (attached.name, attached.mime, attached.content) == ("invoice-SK-100007.pdf", "application/pdf", b"%PDF-1.7 invoice")


def test_a_parcel_is_told_with_its_goods_its_number_and_what_still_follows():
    letter, _ = written(MailKind.SHIPPED)

    assert [(line.note, line.name, line.amount) for line in letter.lines] == [("2 ×", "Paper lantern, lotus", "")]
    assert letter.details[0].rows == ("Royal Mail", "RM123456789GB")
    assert "1 more piece follows in another parcel." in letter.paragraphs


def test_a_refund_is_told_with_its_lines_and_its_sum():
    letter, _ = written(MailKind.REFUNDED)

    assert letter.subject == "We have refunded £8.49 (order SK-100007)"
    assert [(line.name, line.amount) for line in letter.lines] == [("Box of <oolong> & green tea", "£8.49")]
    assert [(total.label, total.amount) for total in letter.totals] == [("Goods", "£8.49"), ("Refunded", "£8.49")]


@pytest.mark.parametrize("reason", [*CancelReason, "", "unknown"])
def test_every_end_of_an_order_is_explained(reason):
    letter, _ = written(MailKind.CANCELLED, about=order(cancel_reason=reason, paid_minor=0))

    assert "SK-100007" in letter.paragraphs[1]
    assert letter.paragraphs[2].startswith("Nothing was charged.")


def test_whoever_paid_is_told_that_the_money_comes_back():
    letter, _ = written(MailKind.CANCELLED)

    assert letter.paragraphs[2].startswith("What you paid goes back")


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.EXPIRED])
@pytest.mark.parametrize("kind", [MailKind.PLACED, MailKind.PAID])
def test_nobody_is_thanked_for_an_order_that_has_ended(kind, state):
    assert order_letters.letter(news(kind, order=order(state=state))) is None


@pytest.mark.parametrize("kind", [MailKind.SHIPPED, MailKind.REFUNDED])
def test_a_parcel_or_refund_of_another_order_is_not_told(kind):
    with pytest.raises(NotFound):
        order_letters.letter(news(kind, order=order(), detail_id=999))


# ── accounts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "to", "path"),
    [
        (MailKind.INVITATION, "new@example.org", "/console/join/t0ken"),
        (MailKind.PASSWORD_RESET, "nia@example.org", "/en/reset/t0ken/"),
        (MailKind.JOINING, "nia@example.org", "/en/join/t0ken/"),
        (MailKind.KNOWN_ALREADY, "nia@example.org", "/en/reset/t0ken/"),
    ],
)
def test_the_link_leads_to_the_next_step(kind, to, path):
    letter = account_letter(kind, "en")

    assert letter.to == to
    assert letter.button.url == f"https://papercrane.example{path}"


def test_an_invitation_says_who_invites_to_what_and_until_when():
    letter = account_letter(MailKind.INVITATION, "en")

    assert letter.paragraphs[1] == "Ann invites you to help run Paper Crane, as a manager."
    assert "9 March 2026" in letter.paragraphs[2]


@pytest.mark.parametrize(
    ("name", "mark"), [("纸鹤小铺", "纸鹤"), ("Paper Crane", "P"), ("élan", "É"), ("掌", "掌"), ("A纸", "A"), ("𠮷野", "𠮷")]
)
def test_the_seal_shows_the_beginning_of_the_name(name, mark):
    assert compose.seal_mark(name) == mark


def shop_with(logo):
    return Shop(
        name=Bilingual("Paper Crane", "纸鹤小铺"), tagline=Bilingual(), legal_name="", licence_number="", licence_authority="", address="",
        email="", phone="", country="GB", zone="Europe/London", language="en", currency="GBP", is_sample=False, version=1, logo=logo,
    )  # fmt: skip


@pytest.mark.parametrize(("measure", "shown"), [((640, 160), (120, 30)), ((200, 400), (19, 38)), ((300, 300), (38, 38))])
def test_a_logo_stands_in_the_place_of_the_seal_as_high_as_that_at_most(measure, shown):
    wide, high = measure
    marked = compose.head(shop_with(Logo(key="0a" * 16, width=wide, height=high)), "en")

    html = render.mail(replace(account_letter(MailKind.JOINING, "en"), head=marked)).html

    assert f'/media/{"0a" * 16}/{min(wide, 320)}.jpg" width="{shown[0]}" height="{shown[1]}" alt=""' in html
    assert "#b93a2b;border-radius" not in html.split("<h1")[0]
    assert "#b93a2b;border-radius" in render.mail(account_letter(MailKind.JOINING, "en")).html.split("<h1")[0]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", [MailKind.JOINING, MailKind.KNOWN_ALREADY])
def test_a_mail_to_an_address_nobody_has_confirmed_repeats_no_name_a_stranger_typed(kind, language):
    greeted = {"en": "Hello,", "zh-hans": "您好！"}[language]

    letter = account_letter(kind, language, name="You won, go to evil.example")
    mail = render.mail(letter)

    assert letter.paragraphs[0] == greeted
    assert "evil.example" not in mail.subject + mail.text + mail.html
