"""The face of the messages room: queue mails in the caller's transaction, send what is due, and see what waits."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from shopkeeper.growth.messages import compose, previews, render, sending, store
from shopkeeper.growth.messages.asking import save_settings, settings
from shopkeeper.growth.messages.bounces import bounce, bounce_counts, bounces, hear_mailbox, hear_signed, stopped
from shopkeeper.growth.messages.models import Outgoing
from shopkeeper.growth.messages.readers import (
    ask_anew,
    is_unwanted,
    of_reader,
    open_to,
    purpose_of,
    standings,
    subscribe_again,
    unsubscribe,
    write_again,
)
from shopkeeper.growth.messages.rules import keys
from shopkeeper.growth.messages.shapes import (
    ORDER_KINDS,
    WAIT_KINDS,
    Mail,
    MailKind,
    MailState,
    Message,
    NotParked,
    OrderMail,
    Round,
    Words,
)
from shopkeeper.growth.messages.short_texts import code_text
from shopkeeper.growth.messages.texts import (
    all_in_force,
    checked,
    in_force,
    own,
    publish,
    text_version,
    text_versions,
    use_own,
)
from shopkeeper.kit.ids import MessageId, OrderId, ShipmentId, UserId, WaitId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.ops.audit import public as audit

__all__ = [
    "account_mail", "all_in_force", "ask_anew", "back_in_stock_key", "bounce", "bounce_counts", "bounces", "checked", "code_mail",
    "code_text", "counts",
    "delivered_key", "hear_mailbox", "hear_signed", "in_force", "invitation_mail", "is_queued", "is_unwanted",
    "message", "of_reader", "open_to", "order_mail", "order_mails", "outgoing", "own", "preview", "publish", "purge_sent", "purpose_of",
    "retry", "sample", "sample_of_order", "save_settings", "send_due", "send_test", "settings", "standings",
    "stopped", "subscribe_again", "text_version", "text_versions", "unsubscribe", "use_own", "wait_mail",
    "write_again",
]  # fmt: skip

MOST_PER_PAGE = 500
KEEP_FOR = timedelta(days=400)
"""How long the row of a sent mail is kept: a reason older than that is not told anew by any fact."""


# ── queue ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def order_mail(*, kind: MailKind, order_id: OrderId, key: str, now: datetime, detail_id: int | None = None) -> None:
    """Queue a mail to an order's buyer, in the caller's transaction; a key that was used before queues nothing."""
    order_mails([OrderMail(key=key, kind=MailKind(kind), order_id=order_id, detail_id=detail_id)], at=now)


def order_mails(mails: Sequence[OrderMail], *, at: Sequence[datetime] | datetime) -> None:
    """Queue many mails about orders in one statement; `at` is one moment for all or one for each. Keys used before queue nothing."""
    moments = [at] * len(mails) if isinstance(at, datetime) else at
    store.add([store.order_row(mail, moment) for mail, moment in zip(mails, moments, strict=True)])


def invitation_mail(*, invitation_id: int, language: str, now: datetime) -> None:
    """Queue the mail that carries an invitation to the staff; one per invitation."""
    store.add([_row(MailKind.INVITATION, f"invitation:{invitation_id}", language, now, invitation_id=invitation_id)])


def account_mail(*, kind: MailKind, user_id: UserId, key: str, language: str, now: datetime) -> None:
    """Queue a mail to a person about signing in (password reset, joining, known already). Raises Malformed for another kind."""
    if kind not in (MailKind.PASSWORD_RESET, MailKind.JOINING, MailKind.KNOWN_ALREADY):
        raise Malformed("kind", kind, expected="account_mail_kind")
    store.add([_row(kind, key, language, now, user_id=user_id)])


def code_mail(*, user_id: UserId, code_id: int, asked_at: datetime, language: str, now: datetime) -> None:
    """Queue the mail with a code to sign in with; one for each asking. The code is looked up when the mail goes."""
    key = f"code:{code_id}:{asked_at:%Y-%m-%dT%H:%M:%S.%f}"
    store.add([_row(MailKind.SIGN_IN_CODE, key, language, now, user_id=user_id, detail_id=code_id)])


def wait_mail(*, kind: MailKind, wait_id: WaitId, key: str, language: str, now: datetime) -> None:
    """Queue a mail to somebody who waits for goods, in the caller's transaction; a key used before queues nothing. Raises Malformed."""
    if kind not in WAIT_KINDS:
        raise Malformed("kind", kind, expected="wait_mail_kind")
    store.add([_row(kind, key, language, now, wait_id=wait_id)])


def is_queued(key: str) -> bool:
    """Return whether this reason was written about, or will be."""
    return store.has_key(key)


def back_in_stock_key(wait_id: WaitId) -> str:
    """Return the key of the one mail that tells somebody that goods are back."""
    return keys.back_in_stock(wait_id)


def delivered_key(shipment_id: ShipmentId) -> str:
    """Return the key of the one mail that tells of a parcel's arrival."""
    return keys.delivered(shipment_id)


def _row(kind: MailKind, key: str, language: str, now: datetime, **about: int) -> Outgoing:
    return Outgoing(key=key, kind=kind.value, language=language, queued_at=now, next_try_at=now, **about)


# ── send ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def send_due(*, now: datetime, limit: int = 200) -> Round:
    """Send the mails that are due, and return what became of them. Several workers may run at once; call it outside transactions.

    A mail is claimed first, sent without a transaction, and settled after. A failure backs off and is parked at last; an address the
    server refuses for good is parked at once.
    """
    return sending.run(now=now, limit=limit)


def purge_sent(*, now: datetime) -> int:
    """Delete rows of mails sent or skipped more than 400 days ago; return how many."""
    return store.purge(now - KEEP_FOR)


# ── see ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def message(message_id: MessageId) -> Message:
    """Return one mail. Raises NotFound."""
    found = store.message(message_id)
    if found is None:
        raise NotFound("message", message_id)
    return found


def outgoing(
    *, state: MailState | None = None, kind: MailKind | None = None, order_id: OrderId | None = None, number: int = 1, size: int = 50
) -> Page[Message]:
    """Return one page of mails, newest first, narrowed by state, kind and order. Raises OutOfRange."""
    if number < 1:
        raise OutOfRange("number", number, least=1)
    if not 1 <= size <= MOST_PER_PAGE:
        raise OutOfRange("size", size, least=1, most=MOST_PER_PAGE)
    return store.page(state=state, kind=kind, order_id=order_id, number=number, size=size)


def counts() -> dict[MailState, int]:
    """Return how many mails are in each state."""
    return store.counts()


def parked() -> int:
    """Return how many mails wait for somebody to look at them."""
    return store.parked()


def sample(*, letter: str, language: str, words: Words) -> Mail:
    """Return a letter in these words about an order, person or goods that do not exist. Raises as `checked` does."""
    return render.mail(previews.sample(letter, language, checked(letter, language, words)))


def sample_of_order(*, letter: str, language: str, words: Words, order_id: OrderId) -> Mail:
    """Return a letter in these words about a real order, which the caller may see. Raises NotFound, NothingToShow, and as `checked`."""
    return render.mail(previews.of_order(letter, language, checked(letter, language, words), order_id))


def send_test(*, mail: Mail, to: str, now: datetime) -> None:
    """Send a sample to a member of staff, at once and with a mark that it is one. Call it outside transactions. Raises NotSent."""
    sending.send_now(previews.marked_as_test(mail, to), key=f"test:{to}:{mail.subject}:{now.isoformat()}")


def preview(*, message_id: MessageId, now: datetime) -> Mail | None:
    """Return an order's mail as it would go out now, what is attached left empty; None where it would not be sent any more.

    Raises NotFound, also for mails about signing in: their links are for their readers alone.
    """
    row = store.row(message_id)
    if row is None or MailKind(row.kind) not in ORDER_KINDS:
        raise NotFound("message", message_id)
    try:
        letter = compose.letter(row, now=now, is_shown=True)
    except compose.Later:
        return None
    return None if letter is None else render.mail(letter)


@transaction.atomic
def retry(*, message_id: MessageId, actor: UserId | None, now: datetime) -> Message:
    """Let a parked mail try again from the beginning, at once. Raises NotFound, NotParked."""
    row = store.row(message_id, locked=True)
    if row is None:
        raise NotFound("message", message_id)
    if row.state != MailState.PARKED:
        raise NotParked(message_id, row.state)
    before = {"state": row.state, "tries": row.tries}
    row.state, row.tries, row.next_try_at = MailState.WAITING.value, 0, now
    row.save(update_fields=["state", "tries", "next_try_at"])
    audit.record(
        actor=actor, act="messages.resend", subject=f"message:{message_id}", before=before, after={"state": row.state, "tries": 0}, at=now
    )
    return message(message_id)
