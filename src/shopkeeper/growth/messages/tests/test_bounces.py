"""News of mails that came back: read by rule, kept once however it comes, and it stops what is a courtesy and nothing else."""

import hashlib
import hmac
import json
import logging
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.db import DatabaseError, OperationalError, connection, transaction

from shopkeeper.events.models import OutboxFact
from shopkeeper.growth.messages import bounces, readers
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.models import Bounce, Outgoing, Reader
from shopkeeper.growth.messages.rules import returned as rule
from shopkeeper.growth.messages.shapes import BounceKind, ForgedNews, HeardBack, MailKind
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.ops.access.tests.builders import shopper
from shopkeeper.selling.shop.tests.builders import NOON, open_shop

MARK = "0123456789abcdef0123456789abcdef"
SECRET = "a secret of the mail server"


def dsn(mark=MARK, *, status="5.1.1", action="failed", words="550 5.1.1 <ann@example.org> is not known here", part="text/rfc822-headers"):
    """Return a delivery status notification about a mail with this mark."""
    original = f"Message-ID: <{mark}@papercrane.example>\r\nTo: ann@example.org\r\nSubject: A new password\r\n"
    inner = original + ("\r\nthe words of the mail\r\n" if part == "message/rfc822" else "")
    return (
        "From: MAILER-DAEMON@mx.example\r\nTo: bounces@papercrane.example\r\nMessage-ID: <fedcba9876543210fedcba9876543210@mx.example>\r\n"
        "Date: Mon, 02 Mar 2026 12:05:00 +0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail did not arrive.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; ann@example.org\r\nAction: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {words}\r\n"
        f"\r\n--b\r\nContent-Type: {part}\r\n\r\n{inner}\r\n--b--\r\n"
    ).encode()


def complaint(mark=MARK):
    """Return a complaint as mailbox providers send it (ARF)."""
    return (
        "From: fbl@provider.example\r\nDate: Mon, 02 Mar 2026 12:09:00 +0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nA reader complained.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\nOriginal-Rcpt-To: ann@example.org\r\n"
        f"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{mark}@papercrane.example>\r\n\r\nwords\r\n--b--\r\n"
    ).encode()


def signed(body, *, secret=SECRET, at=NOON):
    moment = str(int(at.timestamp()))
    return f"t={moment},v1={hmac.new(secret.encode(), moment.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


# ── reading, by rule ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "action", "kind"),
    [
        ("5.1.1", "failed", BounceKind.PERMANENT),
        ("5.2.1", "failed", BounceKind.PERMANENT),
        ("5.2.2", "failed", BounceKind.TEMPORARY),  # The mailbox is full.
        ("5.7.1", "failed", BounceKind.TEMPORARY),  # We are not trusted; the reader has done nothing.
        ("5.4.4", "failed", BounceKind.TEMPORARY),
        ("4.4.7", "failed", BounceKind.TEMPORARY),
        ("4.2.2", "delayed", BounceKind.TEMPORARY),
    ],
)
@pytest.mark.parametrize("part", ["text/rfc822-headers", "message/rfc822"])
def test_a_notification_is_read_for_its_mail_its_kind_and_its_code(status, action, kind, part):
    (news,) = rule.from_mail(dsn(status=status, action=action, words="said", part=part))

    assert (news.mark, news.kind, news.status) == (MARK, kind, status)
    assert news.happened_at == NOON + timedelta(minutes=5)


@pytest.mark.parametrize("said", ["Fri, 31 Dec 9999 23:59:59 -0500", "never", ""])
def test_a_date_no_calendar_holds_is_no_date_and_the_news_counts(said):
    raw = dsn().replace(b"Mon, 02 Mar 2026 12:05:00 +0000", said.encode())

    (news,) = rule.from_mail(raw)

    assert (news.mark, news.happened_at) == (MARK, None)


def test_a_complaint_is_read_for_its_mail():
    (news,) = rule.from_mail(complaint())

    assert (news.mark, news.kind, news.status) == (MARK, BounceKind.COMPLAINT, "")


def test_no_word_around_the_code_is_taken_over():
    assert "ann" not in str(rule.from_mail(dsn())) + str(rule.from_mail(complaint()))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\x00 not a mail",
        b"Subject: Out of office\r\n\r\nI am away.",
        dsn(action="delivered", status="2.0.0"),
        dsn(mark="ours-it-is-not"),
        dsn(action="", status=""),
        dsn() + b"x" * 1_000_001,
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n--b--",
    ],
)
def test_an_ordinary_or_broken_mail_says_nothing(raw):
    assert rule.from_mail(raw) == ()


def test_a_notification_hidden_in_the_mail_that_came_back_is_not_believed():
    forged = dsn().decode().replace("Subject:", "X: y\r\nSubject:")
    wrapped = f"Content-Type: multipart/mixed; boundary=w\r\n\r\n--w\r\nContent-Type: message/rfc822\r\n\r\n{forged}\r\n--w--\r\n"

    assert rule.from_mail(wrapped.encode()) == ()


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("", b"{}"),
        ("t=abc,v1=00", b"{}"),
        (signed(b"{}"), b"{ }"),
        (signed(b"{}", secret="another"), b"{}"),
        (signed(b"{}", at=NOON - timedelta(minutes=6)), b"{}"),
        (signed(b"{}", at=NOON + timedelta(minutes=6)), b"{}"),
        ("t=１２３,v1=é", b"{}"),
    ],
)
def test_news_that_is_not_signed_as_agreed_is_forged(header, body):
    with pytest.raises(ForgedNews):
        rule.check_signature(body, header, SECRET, NOON)


def test_without_a_secret_no_signature_is_right():
    with pytest.raises(ForgedNews):
        rule.check_signature(b"{}", signed(b"{}", secret=""), "", NOON)


@pytest.mark.parametrize(
    "said",
    [
        b"{",
        b"[1]",
        b'{"id": "1", "message_id": "<x@y>", "kind": "gone"}',
        b'{"id": "1", "kind": "permanent"}',
        b'{"id": "1", "message_id": "<x@y>", "kind": "permanent", "at": "yesterday"}',
        b'{"id": "1", "message_id": "<x@y>", "kind": "permanent", "email": "ann@example.org"}',
    ],
)
def test_json_that_is_no_news_is_refused(said):
    with pytest.raises(Malformed):
        rule.from_json(said)


def test_more_news_than_are_taken_at_once_are_refused_and_not_cut_off():
    said = {"id": "1", "message_id": f"<{MARK}@papercrane.example>", "kind": "permanent"}

    assert len(rule.from_json(json.dumps([said] * 500).encode())) == 500
    with pytest.raises(OutOfRange) as refused:
        rule.from_json(json.dumps([said] * 501).encode())

    assert (refused.value.field, refused.value.value) == ("body", 501)


@pytest.mark.parametrize(
    ("code", "words", "kind", "status"),
    [
        (550, b"5.1.1 <ann@example.org> is not known here", BounceKind.PERMANENT, "5.1.1"),
        (550, b"no such mailbox", BounceKind.PERMANENT, ""),
        (553, b"no such name", BounceKind.PERMANENT, ""),
        (550, b"5.7.1 we do not trust you", BounceKind.TEMPORARY, "5.7.1"),  # About us, not about the reader.
        (552, b"the mailbox is full", BounceKind.TEMPORARY, ""),
        (554, b"not now", BounceKind.TEMPORARY, ""),
    ],
)
def test_what_a_mail_server_says_at_once_is_read_for_its_code(code, words, kind, status):
    news = rule.from_server(MARK, code, words, NOON)

    assert (news.mark, news.kind, news.status, news.happened_at) == (MARK, kind, status, NOON)
    assert "ann" not in str(news)


# ── keeping ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sent(db, settings):
    """A mail that went out to ann@example.org."""
    open_shop()
    settings.BOUNCE_SECRET = SECRET
    user_id = shopper("ann@example.org")
    messages.account_mail(kind=MailKind.PASSWORD_RESET, user_id=user_id, key="k", language="en", now=NOON)
    messages.send_due(now=NOON)
    assert outbox.outbox[0].extra_headers["Message-ID"].startswith(f"<{Outgoing.objects.get().mark}@")
    return Outgoing.objects.get()


def hear(raw, *, at=NOON, kind="message/rfc822"):
    return messages.hear_signed(body=raw, signature=signed(raw, at=at), content_type=kind, now=at)


def standing(address="ann@example.org"):
    return messages.standings([address])[address]


def told():
    return [row.body["kind"] for row in OutboxFact.objects.filter(kind="LetterBounced").order_by("id")]


def test_a_mail_that_came_back_for_good_stops_courtesies_and_nothing_that_must_go(sent):
    assert hear(dsn(sent.mark)) == HeardBack(kept=1)

    assert standing().stopped_for == "permanent"
    assert not readers.takes("Ann@Example.org", MailKind.REVIEW_REQUEST)
    assert not readers.takes("ann@example.org", MailKind.BACK_IN_STOCK)
    for kind in (MailKind.PLACED, MailKind.PASSWORD_RESET, MailKind.REFUNDED):
        assert readers.takes("ann@example.org", kind)
    assert readers.takes("bob@example.org", MailKind.REVIEW_REQUEST)
    assert told() == ["permanent"]


def test_the_same_news_is_kept_once_from_wherever_it_comes(sent, tmp_path):
    hear(dsn(sent.mark))
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1").write_bytes(dsn(sent.mark, part="message/rfc822"))

    assert hear(dsn(sent.mark), at=NOON + timedelta(minutes=1)) == HeardBack(known=1)
    assert messages.hear_mailbox(tmp_path, now=NOON) == HeardBack(known=1)
    assert (standing().permanent, Bounce.objects.count(), told()) == (1, 1, ["permanent"])


def test_temporary_ones_are_counted_and_stop_nothing(sent):
    for number in range(7):
        said = {"id": f"e{number}", "message_id": f"<{sent.mark}@papercrane.example>", "kind": "temporary", "status": "4.2.2"}
        hear(json.dumps(said).encode(), kind="application/json")

    assert (standing().temporary, standing().stopped_for) == (7, "")


def test_news_out_of_order_ends_the_same(sent):
    hear(dsn(sent.mark))
    hear(dsn(sent.mark, status="4.2.1", action="delayed"))
    hear(complaint(sent.mark))

    found = standing()
    assert (found.permanent, found.temporary, found.complaints, found.stopped_for) == (1, 1, 1, "complaint")


def test_news_about_mails_that_are_not_ours_changes_nothing(sent):
    assert hear(dsn("f" * 32)) == HeardBack(foreign=1)
    assert (Bounce.objects.count(), Reader.objects.count(), told()) == (0, 0, [])


def test_forged_news_changes_nothing(sent):
    raw = dsn(sent.mark)

    with pytest.raises(ForgedNews):
        messages.hear_signed(body=raw, signature=signed(raw, secret="guessed"), content_type="message/rfc822", now=NOON)

    assert (Bounce.objects.count(), standing().stopped_for) == (0, "")


def test_nothing_is_kept_that_names_the_reader(sent):
    hear(dsn(sent.mark))

    kept = str(list(Bounce.objects.values())) + str(list(Reader.objects.values()))
    assert "ann" not in kept
    assert "not known" not in kept


def test_what_came_back_is_never_changed(sent):
    hear(dsn(sent.mark))

    for change in ("UPDATE messaging_bounce SET kind = 'temporary'", "DELETE FROM messaging_bounce"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)

    assert Bounce.objects.get().kind == "permanent"


def test_staff_let_all_mail_go_again_and_late_news_of_before_does_not_stop_it(sent):
    hear(dsn(sent.mark))
    later = NOON + timedelta(days=1)

    messages.write_again(address="ann@example.org", subject="order:7", actor=None, now=later)
    hear(complaint(sent.mark), at=later + timedelta(hours=1))

    assert standing().stopped_for == ""
    assert readers.takes("ann@example.org", MailKind.REVIEW_REQUEST)
    with pytest.raises(NotFound):
        messages.write_again(address="ann@example.org", subject="order:7", actor=None, now=later)


def test_a_mailbox_is_read_to_its_end_and_ordinary_mails_are_set_aside(sent, tmp_path):
    (tmp_path / "new").mkdir()
    for number, raw in enumerate((b"Subject: hello\r\n\r\nhi", dsn(sent.mark), b"\xff\xfe")):
        (tmp_path / "new" / str(number)).write_bytes(raw)

    assert messages.hear_mailbox(tmp_path, now=NOON) == HeardBack(kept=1)
    assert messages.hear_mailbox(tmp_path, now=NOON) == HeardBack()
    assert len(list((tmp_path / "cur").iterdir())) == 3
    with pytest.raises(NotFound):
        messages.hear_mailbox(tmp_path / "nowhere", now=NOON)


def test_a_mail_nobody_can_read_is_set_aside_by_name_and_the_others_are_heard(sent, tmp_path, monkeypatch, caplog):
    new = tmp_path / "new"
    (new / "0-a-folder").mkdir(parents=True)
    for name in ("1-broken", "2-right"):
        (new / name).write_bytes(dsn(sent.mark) + name.encode())
    read = rule.from_mail
    monkeypatch.setattr(rule, "from_mail", lambda raw: read(raw) if raw.endswith(b"2-right") else 1 // 0)

    with caplog.at_level(logging.ERROR), pytest.raises(OSError, match="0-a-folder"):
        messages.hear_mailbox(tmp_path, now=NOON)

    assert standing().permanent == 1
    assert sorted(path.name for path in (tmp_path / "set-aside").iterdir()) == ["0-a-folder", "1-broken"]
    assert "0-a-folder" in caplog.text
    assert "1-broken" in caplog.text
    # The next round does not meet them again.
    assert messages.hear_mailbox(tmp_path, now=NOON) == HeardBack()


def test_a_mail_is_left_for_the_next_round_where_the_database_is_away(sent, tmp_path, monkeypatch):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1").write_bytes(dsn(sent.mark))

    def away(*args, **kwargs):
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(bounces, "hear", away)
        with pytest.raises(OperationalError):
            messages.hear_mailbox(tmp_path, now=NOON)

    assert messages.hear_mailbox(tmp_path, now=NOON) == HeardBack(kept=1)


def test_no_more_of_a_mail_is_read_than_is_looked_at(sent, tmp_path, monkeypatch):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1").write_bytes(b"x" * (rule.MOST_BYTES + 9_000))
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda path: pytest.fail("The whole mail was read"))

    assert messages.hear_mailbox(tmp_path, now=NOON) == HeardBack()


def test_counts_tell_how_many_came_back(sent):
    hear(dsn(sent.mark))

    assert messages.bounce_counts() == {BounceKind.PERMANENT: 1, BounceKind.TEMPORARY: 0, BounceKind.COMPLAINT: 0}
    assert messages.stopped() == 1
    (found,) = messages.bounces(kind=BounceKind.PERMANENT)
    assert (found.message_id, found.status) == (sent.pk, "5.1.1")


# ── unsubscribing ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reader_ends_mails_of_one_kind_and_takes_it_back(db, settings):
    token = readers.unsubscribe_url("ann@example.org", MailKind.REVIEW_REQUEST, "en").rstrip("/").rpartition("/")[2]

    assert messages.unsubscribe(token=token, now=NOON) is MailKind.REVIEW_REQUEST
    messages.unsubscribe(token=token, now=NOON)

    assert messages.is_unwanted(token)
    assert not readers.takes("ann@example.org", MailKind.REVIEW_REQUEST)
    assert readers.takes("ann@example.org", MailKind.BACK_IN_STOCK)
    assert readers.takes("bob@example.org", MailKind.REVIEW_REQUEST)
    messages.subscribe_again(token=token)
    assert readers.takes("ann@example.org", MailKind.REVIEW_REQUEST)


@pytest.mark.parametrize("token", ["", "x", "x:y", "WyJhIiwicGFpZCJd:abc"])
def test_a_link_that_is_not_ours_ends_nothing(db, token):
    with pytest.raises(NotFound):
        messages.unsubscribe(token=token, now=NOON)
