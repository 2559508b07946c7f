"""One run over the mails that are due. No transaction is open while a mail server is spoken to."""

import hashlib
import logging
import smtplib
import time
import traceback
from collections.abc import Mapping
from datetime import datetime
from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from shopkeeper.growth.messages import bounces, compose, readers, render, store
from shopkeeper.growth.messages.models import Outgoing
from shopkeeper.growth.messages.rules import patience
from shopkeeper.growth.messages.rules import returned as rule
from shopkeeper.growth.messages.shapes import Mail, MailState, NotSent, Round
from shopkeeper.ops.monitoring import public as monitoring
from shopkeeper.selling.shop import public as shops

log = logging.getLogger(__name__)

RUN_FOR_S = 60.0
"""A run ends after a minute, long before the lease of the last mail it took."""


class NoAddress(Exception):
    """The person the mail is about left no mail address."""


def run(*, now: datetime, limit: int) -> Round:
    """Send the mails that are due, the longest waiting first, and return what became of them.

    Where the mail server cannot be reached nothing is taken and no try is counted: an outage of a day parks nothing.
    """
    if not store.any_due(now):
        return Round()
    server = get_connection()
    if not _reaches(server):
        return Round(failed=1)
    ended = dict.fromkeys(MailState, 0)
    began = time.monotonic()
    try:
        for _ in range(limit):
            taken = store.claim(now, patience.LEASE)
            if taken is None:
                break
            state = _try(taken, server, now)
            ended[state] += 1
            out_of_touch = state in (MailState.WAITING, MailState.PARKED) and not _reaches(server)
            if out_of_touch or time.monotonic() - began > RUN_FOR_S:
                break
    finally:
        _hang_up(server)
    return Round(
        sent=ended[MailState.SENT], failed=ended[MailState.WAITING], parked=ended[MailState.PARKED], skipped=ended[MailState.SKIPPED]
    )


def _try(taken: Outgoing, server: BaseEmailBackend, now: datetime) -> MailState:
    try:
        letter = compose.letter(taken, now=now)
        if letter is None:
            return _settled(taken, MailState.SKIPPED, now)
        if not letter.to:
            raise NoAddress
        # TLS connections that died while idle fail at the first word: a server that said goodbye is called again for the next mail.
        mark = message_mark(taken.key)
        store.note_mark(taken, mark, readers.fingerprint(letter.to))
        server.send_messages([_message(render.mail(letter), mark)])
    except compose.Later as later:
        store.settle(taken, state=MailState.WAITING, now=now, next_try_at=later.until)
        return MailState.SKIPPED
    except Exception as error:  # noqa: BLE001 - whatever one mail runs into, the others must go out; the error is written down
        _hang_up(server)
        return _failed(taken, error, now)
    monitoring.note("Mail sent", mail=taken.pk, kind=taken.kind, order=f"order:{taken.order_id}" if taken.order_id else None)
    return _settled(taken, MailState.SENT, now, {"text_id": letter.text_id, "words": letter.words, "language": letter.language})


def _settled(taken: Outgoing, state: MailState, now: datetime, said: Mapping[str, object] | None = None) -> MailState:
    store.settle(taken, state=state, now=now, said=said)
    return state


def send_now(mail: Mail, *, key: str) -> None:
    """Send one mail at once and count nothing: a test somebody waits for. Call it outside transactions. Raises NotSent."""
    try:
        get_connection().send_messages([_message(mail, message_mark(key))])
    except (OSError, smtplib.SMTPException) as error:
        log.warning("A test mail did not go: %s", described(error))
        raise NotSent(described(error)) from error


def _failed(taken: Outgoing, error: Exception, now: datetime) -> MailState:
    codes = answers(error)
    said = described(error)
    is_hopeless = isinstance(error, NoAddress) or patience.is_final(codes) or taken.tries >= patience.MOST_TRIES
    # Where the trouble is ours and not the mail server's, say where; the words of an error may repeat what a person typed.
    where = "" if isinstance(error, (OSError, smtplib.SMTPException)) else "\n" + "".join(traceback.format_tb(error.__traceback__))
    log.warning("Mail %s (%s), try %s: %s%s", taken.pk, taken.kind, taken.tries, said, where)
    if is_hopeless:
        store.settle(taken, state=MailState.PARKED, now=now, error=said)
        _came_back(taken, error, now)
        return MailState.PARKED
    store.settle(taken, state=MailState.WAITING, now=now, next_try_at=now + patience.wait(taken.tries), error=said)
    return MailState.WAITING


def _came_back(taken: Outgoing, error: Exception, now: datetime) -> None:
    """Keep it where the server would not take the reader's address: no notification follows such a mail."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused) or not patience.is_final(answers(error)):
        return
    ((code, words),) = list(error.recipients.values())[:1]
    said = words if isinstance(words, bytes) else str(words).encode()
    bounces.hear([rule.from_server(taken.mark, code, said, now)], source="server", now=now)


def answers(error: Exception) -> tuple[int, ...]:
    """Return the mail server's answers about this one mail; none where the trouble is with the connection or the account."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return tuple(code for code, _ in error.recipients.values())
    if isinstance(error, (smtplib.SMTPDataError, smtplib.SMTPSenderRefused)):
        return (error.smtp_code,)
    return ()


def described(error: Exception) -> str:
    """Return what went wrong without a word of the server's: those often repeat the reader's address."""
    codes = " ".join(str(code) for code in answers(error))
    return f"{type(error).__name__} {codes}".strip()


def message_mark(key: str) -> str:
    """Return the part of a mail's Message-ID that nobody else can make up: the same for the same reason."""
    return hashlib.sha256(f"{settings.SECRET_KEY}:{key}".encode()).hexdigest()[:32]


def _message(mail: Mail, mark: str) -> EmailMultiAlternatives:
    sender = formataddr((mail.sender, shops.shop().email or settings.DEFAULT_FROM_EMAIL))
    # The same name every time: where an answer got lost and the mail goes out again, mailboxes can tell that it is one and the same.
    headers = {"Message-ID": f"<{mark}@{urlsplit(settings.PUBLIC_URL).hostname}>", "Auto-Submitted": "auto-generated"}
    if mail.unsubscribe:
        # RFC 8058: the mail program itself ends these mails, with one click and without opening a page.
        headers |= {"List-Unsubscribe": f"<{mail.unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMultiAlternatives(subject=mail.subject, body=mail.text, from_email=sender, to=[mail.to], headers=headers)
    message.attach_alternative(mail.html, "text/html")
    for attached in mail.attachments:
        message.attach(attached.name, attached.content, attached.mime)
    return message


def _reaches(server: BaseEmailBackend) -> bool:
    try:
        server.open()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("The mail server cannot be reached: %s", type(error).__name__)
        _hang_up(server)
        return False
    return True


def _hang_up(server: BaseEmailBackend) -> None:
    try:
        server.close()
    except (OSError, smtplib.SMTPException):
        log.info("The mail server had hung up already")
