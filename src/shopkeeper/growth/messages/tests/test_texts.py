"""Words of letters are versions that are only added, checked before they are published, and say of one order what is that order's alone."""

from dataclasses import replace

import pytest
from django.core import mail as outbox
from django.db import DatabaseError, connection, transaction

from shopkeeper.events.models import OutboxFact
from shopkeeper.growth.messages import own_words, previews
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.models import LetterText, Outgoing
from shopkeeper.growth.messages.placeholders import PLACEHOLDERS
from shopkeeper.growth.messages.rules.language import Kind
from shopkeeper.growth.messages.shapes import MailKind, MissingPlaceholder, TextChanged, UnknownPlaceholder
from shopkeeper.growth.messages.tests.builders import order
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.ops.access.tests.builders import shopper
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.orders.shapes import Contact
from shopkeeper.selling.shop.tests.builders import NOON, open_shop

pytestmark = pytest.mark.django_db
RESET = {"letter": "password_reset", "language": "en"}


@pytest.fixture
def shop(db):
    return open_shop()


def words(letter="password_reset", language="en", **changes):
    return replace(messages.own(letter, language), **changes)


def recorded():
    return list(OutboxFact.objects.filter(kind="LetterTextPublished").order_by("id"))


def publish(**changes):
    return messages.publish(**RESET, words=words(**changes), actor=None, now=NOON)


def test_as_long_as_nothing_is_published_the_programs_words_are_in_force_and_improve_with_it(monkeypatch):
    assert messages.in_force(**RESET).is_own
    better = replace(own_words.of(MailKind.PASSWORD_RESET), subject="A better subject")

    monkeypatch.setitem(own_words._WORDS, MailKind.PASSWORD_RESET, lambda: better)

    assert messages.in_force(**RESET).words.subject == "A better subject"


def test_publishing_adds_a_version_in_one_language_and_tells_of_it():
    first = publish(subject="Hello from {shop}")
    second = publish(subject="Hello again from {shop}")

    assert (first.version, second.version, second.is_own) == (1, 2, False)
    assert [text.version for text in messages.text_versions(**RESET)] == [2, 1]
    assert messages.text_version(**RESET, version=1).words.subject == "Hello from {shop}"
    assert messages.in_force("password_reset", "zh-hans").is_own
    told = [(row.body["letter"], row.body["language"], row.body["version"]) for row in recorded()]
    assert told == [("password_reset", "en", 1), ("password_reset", "en", 2)]
    newest, _oldest = audit.entries(subject="letter:password_reset.en")
    assert (newest.act, newest.after) == ("messages.publish", {"version": 2, "is_own": False})


def test_the_same_words_again_publish_nothing():
    publish(subject="Hello")

    assert publish(subject="Hello").version == 1
    assert len(recorded()) == 1


def test_going_back_to_the_programs_words_is_a_version_too():
    publish(subject="Hello")

    back = messages.use_own(**RESET, actor=None, now=NOON)
    again = messages.use_own(**RESET, actor=None, now=NOON)

    assert (back.version, back.is_own, again.version) == (2, True, 2)
    assert back.words == messages.own(**RESET)


def test_who_began_from_an_older_version_is_told_and_nothing_is_lost():
    publish(subject="Hello")

    with pytest.raises(TextChanged):
        messages.publish(**RESET, words=words(subject="Other"), seen_version=0, actor=None, now=NOON)

    assert messages.in_force(**RESET).words.subject == "Hello"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"subject": ""}, OutOfRange),
        ({"button": ""}, OutOfRange),
        ({"subject": "Hello\r\nBcc: everyone@example.org"}, Malformed),
        ({"subject": "{name}"}, UnknownPlaceholder),
        ({"body": "x" * 10_001}, OutOfRange),
    ],
)
def test_words_that_cannot_go_out_are_refused_and_change_nothing(changes, refusal):
    with pytest.raises(refusal):
        publish(**changes)

    assert messages.in_force(**RESET).version == 0


def test_the_withdrawal_notice_and_the_link_that_ends_mails_must_stay():
    for letter, name in (("placed", "{returns_link}"), ("review_request", "{unsubscribe_link}")):
        with pytest.raises(MissingPlaceholder) as refused:
            messages.publish(letter=letter, language="en", words=words(letter, closing="Bye"), actor=None, now=NOON)
        assert refused.value.value == name


@pytest.mark.parametrize("hidden", ["preview", "greeting", "button"])
def test_what_a_letter_must_say_counts_only_where_every_reader_sees_it(hidden):
    said = {**dict.fromkeys(("subject", "heading", "body"), "Soon"), "closing": "{unsubscribe_link}", "greeting": "Hello {name},"}

    with pytest.raises(MissingPlaceholder) as refused:
        messages.publish(
            letter="review_request", language="en", words=words("review_request", **{**said, hidden: "{number}"}), actor=None, now=NOON
        )

    assert refused.value.value == "{number}"
    seen = words("review_request", **{**said, "heading": "{number}"})
    assert messages.publish(letter="review_request", language="en", words=seen, actor=None, now=NOON).version == 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("letter", list(MailKind))
def test_the_programs_own_words_could_be_published(letter, language):
    found = messages.own(letter, language)

    assert messages.checked(letter, language, found) == found


def test_an_unknown_letter_or_language_is_refused():
    with pytest.raises(Malformed):
        messages.in_force("newsletter", "en")
    with pytest.raises(Malformed):
        messages.in_force("placed", "fr")
    with pytest.raises(NotFound):
        messages.text_version("placed", "en", 7)


@pytest.mark.parametrize("change", ["UPDATE messaging_lettertext SET subject = 'x'", "DELETE FROM messaging_lettertext"])
def test_published_words_are_never_changed(change):
    publish(subject="Hello")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)

    assert LetterText.objects.get().subject == "Hello"


def test_a_sent_mail_knows_which_words_it_went_out_with(shop):
    user_id = shopper("ann@example.org")
    published = publish(subject="Your key to {shop}")
    for number in (1, 2):
        messages.account_mail(kind=MailKind.PASSWORD_RESET, user_id=user_id, key=f"k{number}", language="en", now=NOON)
        messages.send_due(now=NOON)
        messages.use_own(**RESET, actor=None, now=NOON)

    newer, older = messages.outgoing()

    assert outbox.outbox[0].subject == "Your key to Paper Crane"
    assert outbox.outbox[1].subject == "A new password for Paper Crane"
    assert (older.text_version, older.language) == (1, "en")
    assert newer.text_version == 2
    assert newer.words != older.words
    assert Outgoing.objects.get(pk=older.id).text_id == published.text.id


# ── what a template can tell ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", list(MailKind))
def test_every_placeholder_of_every_letter_is_filled_in_every_sample(shop, kind, language):
    known = PLACEHOLDERS[kind]
    lines = " · ".join(f"{each.name}={{{each.name}}}" for each in known if each.kind is not Kind.BLOCK)
    blocks = "\n\n".join(f"{{{each.name}}}" for each in known if each.kind is Kind.BLOCK)
    shown = messages.sample(letter=kind.value, language=language, words=words(kind.value, language, body=f"{lines}\n\n{blocks}"))

    assert "{" not in shown.text
    assert "{" not in shown.subject
    for each in known:
        if each.kind is not Kind.BLOCK:
            assert f"{each.name}= ·" not in shown.text, each


def test_a_letter_about_one_order_holds_nothing_of_another(shop, monkeypatch):
    mine = order(id=7, number="SK-100007", token="tok-7")
    other = order(id=8, number="SK-100008", token="tok-8", contact=Contact(email="bob@example.org", name="Bob Secret"))
    monkeypatch.setattr(previews.orders, "order", {7: mine, 8: other}.__getitem__)
    everything = words("placed", body="{name} {number} {total} {day} {shop} {order_link}\n\n{lines}\n\n{totals}\n\n{address}")

    shown = messages.sample_of_order(letter="placed", language="en", words=everything, order_id=7)

    for secret in ("Bob", "SK-100008", "bob@example.org", "tok-8"):
        assert secret not in shown.html + shown.text + shown.subject
    assert "SK-100007" in shown.text


def test_a_look_at_a_real_order_shows_no_link_that_opens_it(shop, monkeypatch):
    monkeypatch.setattr(previews.orders, "order", lambda order_id: order())

    shown = messages.sample_of_order(letter="placed", language="en", words=words("placed"), order_id=7)

    assert "tok-7" not in shown.html + shown.text


def test_a_name_cannot_reach_beyond_the_place_it_stands_in(shop, monkeypatch):
    hostile = order(
        contact=Contact(email="a@example.org", name="{total} <b>x</b> **y** [z](https://evil.example) \r\nBcc: all@example.org")
    )
    monkeypatch.setattr(previews.orders, "order", lambda order_id: hostile)

    shown = messages.sample_of_order(letter="placed", language="en", words=words("placed", subject="For {name} {number}"), order_id=7)

    assert "\n" not in shown.subject
    assert "\r" not in shown.subject
    assert "{total}" in shown.subject
    assert "<b>" not in shown.html
    assert 'href="https://evil.example"' not in shown.html
    assert "<strong>y</strong>" not in shown.html
