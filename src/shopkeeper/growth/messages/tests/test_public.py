"""Every reason is written about once, mails go out without a transaction open, and a bad mail server loses, doubles and blocks nothing."""

import email
import email.header
import email.policy
import email.utils
import threading
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, transaction

from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages import store
from shopkeeper.growth.messages.models import Bounce, Outgoing
from shopkeeper.growth.messages.rules import patience
from shopkeeper.growth.messages.shapes import BounceKind, MailKind, MailState, NotParked, OrderMail, Round
from shopkeeper.growth.messages.tests.builders import mail_server
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.access.tests.builders import shopper
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.shop.tests.builders import NOON, open_shop

pytestmark = pytest.mark.django_db


def queue(address="ann@example.org", kind=MailKind.PASSWORD_RESET, key=None, now=NOON):
    """Queue a mail to a new shopper of this address and return its row's id."""
    user_id = shopper(address)
    key = key or f"user:{user_id}:{kind.value}"
    messages.account_mail(kind=kind, user_id=user_id, key=key, language="en", now=now)
    return Outgoing.objects.get(key=key).pk


@pytest.fixture
def shop(db):
    return open_shop()


@pytest.fixture
def server(settings):
    """Mails go to a real mail server on the loopback, with a patience of a second."""
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_TIMEOUT = 1
        yield running


# ── queueing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_reason_is_queued_once_however_often_it_is_heard():
    reason = OrderMail(key="order:1:placed", kind=MailKind.PLACED, order_id=1)

    messages.order_mails([reason, reason], at=NOON)
    messages.order_mails([reason], at=NOON + timedelta(hours=1))

    (queued,) = messages.outgoing()
    assert (queued.key, queued.kind, queued.order_id, queued.state, queued.queued_at) == (
        "order:1:placed",
        MailKind.PLACED,
        1,
        MailState.WAITING,
        NOON,
    )


def test_a_mail_queued_in_a_transaction_that_fails_is_never_sent():
    with transaction.atomic():
        messages.order_mail(kind=MailKind.PLACED, order_id=1, key="order:1:placed", now=NOON)
        transaction.set_rollback(True)

    assert messages.outgoing().total == 0


def test_the_row_holds_no_personal_data(shop):
    queue("ann@example.org")

    stored = str(Outgoing.objects.values().get())
    assert "ann" not in stored
    assert "example" not in stored


def test_an_order_mail_is_no_account_mail():
    with pytest.raises(Malformed):
        messages.account_mail(kind=MailKind.PAID, user_id=1, key="k", language="en", now=NOON)

    assert messages.outgoing().total == 0


def test_the_list_narrows_and_counts():
    messages.order_mails(
        [OrderMail(key=f"order:{number}:placed", kind=MailKind.PLACED, order_id=number) for number in (1, 2)], at=[NOON, NOON]
    )
    messages.order_mail(kind=MailKind.PAID, order_id=1, key="order:1:paid", now=NOON)

    assert [queued.key for queued in messages.outgoing(order_id=1)] == ["order:1:paid", "order:1:placed"]
    assert [queued.order_id for queued in messages.outgoing(kind=MailKind.PLACED)] == [2, 1]
    assert messages.outgoing(state=MailState.SENT).total == 0
    assert messages.counts() == {MailState.WAITING: 3, MailState.SENT: 0, MailState.PARKED: 0, MailState.SKIPPED: 0}
    with pytest.raises(OutOfRange):
        messages.outgoing(size=501)


@pytest.mark.parametrize("values", [{"state": "lost"}, {"state": "sent"}, {"sent_at": NOON}, {"language": "fr"}])
def test_the_database_refuses_a_row_that_contradicts_itself(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Outgoing.objects.create(**{"key": "k", "kind": "paid", "queued_at": NOON, "next_try_at": NOON, **values})


# ── sending ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_due_mail_goes_out_once(shop):
    message_id = queue("ann@example.org")

    first = messages.send_due(now=NOON)
    second = messages.send_due(now=NOON + timedelta(days=1))

    assert (first, second) == (Round(sent=1), Round())
    (sent,) = outbox.outbox
    assert sent.to == ["ann@example.org"]
    assert sent.subject == "A new password for Paper Crane"
    assert sent.from_email == "Paper Crane <hello@papercrane.example>"
    row = messages.message(message_id)
    assert (row.state, row.tries, row.sent_at, row.error) == (MailState.SENT, 1, NOON, "")


def test_the_link_in_the_mail_works(shop, settings):
    queue("ann@example.org")
    messages.send_due(now=NOON)

    body = outbox.outbox[0].body
    token = body.split(f"{settings.PUBLIC_URL}/en/reset/")[1].split("/")[0]

    assert access.reset_person(token, NOON + timedelta(hours=1)).email == "ann@example.org"


def test_a_mail_for_later_waits(shop):
    queue(now=NOON + timedelta(minutes=5))

    assert messages.send_due(now=NOON) == Round()
    assert outbox.outbox == []


def test_the_longest_waiting_goes_first_and_a_run_stops_at_its_limit(shop):
    queue("late@example.org", now=NOON + timedelta(minutes=1))
    queue("early@example.org", now=NOON)

    assert messages.send_due(now=NOON + timedelta(minutes=2), limit=1) == Round(sent=1)
    assert outbox.outbox[0].to == ["early@example.org"]


def test_a_mail_that_is_not_true_any_more_is_not_sent(shop):
    made = access.invite(email="new@example.org", role=Role.CLERK, actor=None, now=NOON)
    messages.invitation_mail(invitation_id=made.id, language="en", now=NOON)
    access.withdraw_invitation(invitation_id=made.id, now=NOON)

    assert messages.send_due(now=NOON) == Round(skipped=1)
    assert outbox.outbox == []


def test_a_mail_whose_subject_is_gone_backs_off_and_lets_the_others_through(shop):
    messages.order_mail(kind=MailKind.PAID, order_id=999_999, key="order:999999:paid", now=NOON)
    queue("ann@example.org", now=NOON + timedelta(seconds=1))

    assert messages.send_due(now=NOON + timedelta(minutes=1)) == Round(sent=1, failed=1)
    (failed,) = messages.outgoing(state=MailState.WAITING)
    assert (failed.error, failed.next_try_at) == ("NotFound", NOON + timedelta(minutes=2))


class Watching(EmailBackend):
    """Notes whether a transaction was open when a mail server was spoken to."""

    open_transactions: list[bool] = []

    def send_messages(self, given):
        self.open_transactions.append(connection.in_atomic_block)
        return super().send_messages(given)


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_server_is_spoken_to(settings):
    open_shop()
    queue()
    settings.EMAIL_BACKEND = f"{Watching.__module__}.{Watching.__qualname__}"
    Watching.open_transactions.clear()

    messages.send_due(now=NOON)

    assert Watching.open_transactions == [False]


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_send_every_mail_once(settings):
    open_shop()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    outbox.outbox = []
    user_id = shopper("ann@example.org")
    for number in range(40):
        messages.account_mail(kind=MailKind.PASSWORD_RESET, user_id=user_id, key=f"k{number}", language="en", now=NOON)
    rounds = []

    def work():
        rounds.append(messages.send_due(now=NOON))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    ids = [sent.extra_headers["Message-ID"] for sent in outbox.outbox]
    assert len(ids) == len(set(ids)) == 40
    assert sum(done.sent for done in rounds) == 40


def test_a_worker_that_dies_with_a_mail_leaves_it_to_another_after_the_lease(shop):
    queue()
    taken = store.claim(NOON, patience.LEASE)
    assert taken is not None

    assert messages.send_due(now=NOON + patience.LEASE - timedelta(seconds=1)) == Round()
    assert messages.send_due(now=NOON + patience.LEASE) == Round(sent=1)

    # The first worker wakes up again: it may not undo what the second has done.
    assert not store.settle(taken, state=MailState.WAITING, now=NOON, next_try_at=NOON)
    assert messages.outgoing().items[0].state is MailState.SENT


def test_a_worker_whose_lease_ran_out_does_not_settle_what_another_is_sending(shop):
    message_id = queue()
    slow = store.claim(NOON, patience.LEASE)
    quick = store.claim(NOON + patience.LEASE, patience.LEASE)
    assert slow is not None
    assert quick is not None

    assert not store.settle(slow, state=MailState.WAITING, now=NOON, next_try_at=NOON)

    assert messages.message(message_id).next_try_at == NOON + 2 * patience.LEASE
    assert store.settle(quick, state=MailState.SENT, now=NOON)


# ── a real mail server, good and bad ──────────────────────────────────────────────────────────────────────────────────


def test_a_real_server_gets_both_forms_in_utf8(shop, server):
    user_id = shopper("wang@example.org")
    access.set_language(user_id=user_id, language="zh-hans")
    messages.account_mail(kind=MailKind.PASSWORD_RESET, user_id=user_id, key="k", language="zh-hans", now=NOON)

    assert messages.send_due(now=NOON) == Round(sent=1)

    (raw,) = server.mails
    got = email.message_from_bytes(raw, policy=email.policy.default)
    assert got["Subject"] == "重设纸鹤小铺的密码"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got.get_body(("plain",)).get_content().startswith("设置新密码")
    assert '<html lang="zh-Hans">' in got.get_body(("html",)).get_content()


def test_an_address_refused_for_good_is_parked_at_once_and_named_nowhere(shop, server, caplog):
    server.refuse = 550
    message_id = queue("ann@example.org")

    assert messages.send_due(now=NOON) == Round(parked=1)

    row = messages.message(message_id)
    assert (row.state, row.tries, row.error) == (MailState.PARKED, 1, "SMTPRecipientsRefused 550")
    assert "ann@example.org" not in caplog.text
    assert server.mails == []


def test_an_address_refused_for_good_is_a_mail_that_came_back(shop, server):
    server.refuse = 550
    message_id = queue("ann@example.org")
    messages.send_due(now=NOON)
    messages.retry(message_id=message_id, actor=None, now=NOON)
    messages.send_due(now=NOON)

    (found,) = messages.bounces()
    assert (found.message_id, found.kind, found.happened_at) == (message_id, BounceKind.PERMANENT, NOON)
    assert Bounce.objects.get().source == "server"
    assert messages.standings(["ann@example.org"])["ann@example.org"].stopped_for == "permanent"


@pytest.mark.parametrize(("answer", "code"), [("refuse", 450), ("say", 554)])
def test_what_is_not_about_the_address_is_no_mail_that_came_back(shop, server, answer, code):
    setattr(server, answer, code)
    queue("ann@example.org")
    messages.send_due(now=NOON)

    assert messages.bounces().items == ()


def test_an_address_refused_for_now_is_tried_with_growing_waits_and_parked_at_last(shop, server):
    server.refuse = 450
    message_id = queue()
    now, waits = NOON, []

    for _ in range(patience.MOST_TRIES - 1):
        assert messages.send_due(now=now) == Round(failed=1)
        due = messages.message(message_id).next_try_at
        waits.append(due - now)
        now = due
    assert messages.send_due(now=now) == Round(parked=1)

    assert waits == sorted(waits)
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert messages.message(message_id).tries == patience.MOST_TRIES
    assert messages.send_due(now=now + timedelta(days=9)) == Round()


def test_contents_refused_for_good_are_parked(shop, server):
    server.say = 554
    message_id = queue()

    assert messages.send_due(now=NOON) == Round(parked=1)
    assert messages.message(message_id).error == "SMTPDataError 554"


def test_a_server_that_drops_the_line_costs_one_try_and_the_mail_goes_later(shop, server):
    server.drops = True
    queue()

    assert messages.send_due(now=NOON) == Round(failed=1)
    server.drops = False
    assert messages.send_due(now=NOON + timedelta(minutes=1)) == Round(sent=1)
    assert len(server.mails) == 1


def test_a_mail_whose_answer_got_lost_goes_again_under_the_same_name(shop, server):
    server.drops_after_data = True
    queue()

    assert messages.send_due(now=NOON) == Round(failed=1)
    server.drops_after_data = False
    assert messages.send_due(now=NOON + timedelta(minutes=1)) == Round(sent=1)

    first, second = (email.message_from_bytes(raw)["Message-ID"] for raw in server.mails)
    assert first == second


@pytest.mark.parametrize("state", ["hangs", "gone"])
def test_a_server_out_of_reach_costs_no_mail_a_try(shop, server, settings, state):
    if state == "gone":
        settings.EMAIL_PORT = 1
    server.hangs = state == "hangs"
    ids = [queue("ann@example.org"), queue("bob@example.org")]

    assert messages.send_due(now=NOON) == Round(failed=1)

    assert [messages.message(message_id).tries for message_id in ids] == [0, 0]
    settings.EMAIL_PORT = server.port
    server.hangs = False
    assert messages.send_due(now=NOON) == Round(sent=2)
    assert len(server.mails) == 2


def test_one_refused_address_does_not_hold_up_the_next(shop, server):
    queue("gone@example.org", now=NOON)
    server.refuse = 550
    assert messages.send_due(now=NOON, limit=1) == Round(parked=1)
    server.refuse = 0
    queue("bob@example.org", now=NOON)

    assert messages.send_due(now=NOON) == Round(sent=1)


# ── by hand ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_parked_mail_is_tried_again_by_hand_with_its_trace(shop):
    message_id = queue()
    Outgoing.objects.filter(pk=message_id).update(state="parked", tries=10)

    messages.retry(message_id=message_id, actor=None, now=NOON)

    (entry,) = audit.entries(act="messages.resend")
    assert (entry.subject, entry.before["tries"]) == (f"message:{message_id}", 10)
    assert messages.send_due(now=NOON) == Round(sent=1)


def test_the_sender_is_called_as_the_reader_knows_the_shop(shop):
    user_id = shopper("li@example.org")
    access.set_language(user_id=user_id, language="zh-hans")
    messages.account_mail(kind=MailKind.PASSWORD_RESET, user_id=user_id, key="zh", language="zh-hans", now=NOON)

    messages.send_due(now=NOON)

    name, address = email.utils.parseaddr(outbox.outbox[0].from_email)
    assert (str(email.header.make_header(email.header.decode_header(name))), address) == (shop.name.zh, "hello@papercrane.example")


def test_a_sent_mail_is_not_sent_again_by_hand(shop):
    message_id = queue()
    messages.send_due(now=NOON)

    with pytest.raises(NotParked):
        messages.retry(message_id=message_id, actor=None, now=NOON)

    assert messages.send_due(now=NOON + timedelta(days=1)) == Round()
    assert len(outbox.outbox) == 1


def test_nobody_previews_a_mail_that_lets_its_reader_in(shop):
    message_id = queue()

    with pytest.raises(NotFound):
        messages.preview(message_id=message_id, now=NOON)


def test_rows_of_mails_sent_long_ago_are_removed_and_waiting_ones_kept(shop):
    queue("ann@example.org")
    messages.send_due(now=NOON)
    queue("bob@example.org")

    assert messages.purge_sent(now=NOON + timedelta(days=400)) == 0
    assert messages.purge_sent(now=NOON + timedelta(days=401)) == 1
    assert [row.state for row in messages.outgoing()] == [MailState.WAITING]
