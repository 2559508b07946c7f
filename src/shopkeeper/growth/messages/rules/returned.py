"""What mail servers and mailbox providers say of mails that came back. Pure: from the bytes of a mail, or of a signed piece of JSON.

Delivery status notifications: RFC 3464, with the enhanced codes of RFC 3463. Complaints: RFC 5965 (ARF). Of all that is said only the kind
and the code are taken over: the words around them repeat addresses.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime

from shopkeeper.growth.messages.shapes import BounceKind, ForgedNews, Returned
from shopkeeper.kit.refusals import Malformed, OutOfRange

MOST_BYTES = 1_000_000
MOST_DEPTH = 5
MOST_NEWS = 500
TOLERANCE_S = 300
"""How old a signed message may be: an older one may have been recorded on its way and sent again."""

_MARK = re.compile(r"<?\s*([0-9a-f]{32})@[^<>\s]+>?")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ENHANCED = re.compile(rb"\s*([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9])")
# No such mailbox, not here, no such name. 552 is a full mailbox, 554 whatever a server had in mind.
_OF_THE_ADDRESS = frozenset({550, 551, 553})
_FIELDS = frozenset({"id", "message_id", "kind", "status", "at"})
# 5.2.2 (mailbox full), 5.3.x (the other system) and 5.4.x (the way there) pass, whatever their class says; 5.7.x is about us.
_PASSING = re.compile(r"5\.(2\.2|3\.\d+|4\.\d+|7\.\d+)")


def check_signature(body: bytes, header: str, secret: str, now: datetime) -> None:
    """Return if the header, `t=<seconds>,v1=<hex>`, signs `t.body` with the secret and is fresh. Raises ForgedNews."""
    said = dict(part.strip().partition("=")[::2] for part in header.split(",") if "=" in part)
    moment = said.get("t", "")
    if not secret or not re.fullmatch(r"\d{1,12}", moment, re.ASCII) or abs(now.timestamp() - int(moment)) > TOLERANCE_S:
        raise ForgedNews
    right = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right.encode(), said.get("v1", "").encode("utf-8", "replace")):
        raise ForgedNews


def from_json(body: bytes) -> tuple[Returned, ...]:
    """Return the news in a JSON object, or a list of them, of `id`, `message_id`, `kind`, `status`, `at`.

    Raises Malformed, and OutOfRange for more than MOST_NEWS at once.
    """
    try:
        said = json.loads(body)
    except ValueError as error:
        raise Malformed("body", body[:60].decode("utf-8", "replace"), expected="json") from error
    found = said if isinstance(said, list) else [said]
    if len(found) > MOST_NEWS:
        raise OutOfRange("body", len(found), most=MOST_NEWS)
    return tuple(_one(each) for each in found)


def _one(said: object) -> Returned:
    if not isinstance(said, dict) or not set(said) <= _FIELDS:
        raise Malformed("body", str(said)[:60], expected="bounce_news")
    for name in ("id", "message_id", "kind"):
        if not isinstance(said.get(name), str) or not 0 < len(said[name]) <= 300:
            raise Malformed(name, str(said.get(name))[:60], expected="bounce_news")
    if said["kind"] not in set(BounceKind):
        raise Malformed("kind", said["kind"][:60], expected="bounce_kind")
    status = _STATUS.search(str(said.get("status") or ""))
    kind = BounceKind(said["kind"])
    code = status[1] if status else ""
    return Returned(
        mark=_mark(said["message_id"]), kind=kind, status=code, event=_event("json", said["id"]), happened_at=_moment(said.get("at"))
    )


def from_mail(raw: bytes) -> tuple[Returned, ...]:
    """Return what a mail to the address for bounces says of mails of ours; nothing where it is an ordinary mail.

    One news for each recipient the notification names; notifications of success or delay beyond a 4.x.x code say nothing. Raises OutOfRange
    for nothing: a mail too large to be such news is an ordinary one.
    """
    if len(raw) > MOST_BYTES:
        return ()
    mail = message_from_bytes(raw, policy=policy.compat32)
    kinds = {part.get_content_type(): part for part in _parts(mail)}
    mark = _original_mark(mail)
    if not mark:
        return ()
    if report := kinds.get("message/feedback-report"):
        return (_complaint(report, mark, mail),)
    if status := kinds.get("message/delivery-status"):
        return tuple(_deliveries(status, mark, mail))
    return ()


def _complaint(report: Message, mark: str, mail: Message) -> Returned:
    at = _date(_field(report, "arrival-date") or str(mail.get("Date", "")))
    return Returned(mark=mark, kind=BounceKind.COMPLAINT, status="", event=_event(mark, "complaint"), happened_at=at)


def _deliveries(status: Message, mark: str, mail: Message) -> Iterator[Returned]:
    groups = [group for group in status.get_payload() if isinstance(group, Message)] if status.is_multipart() else []
    for group in groups:
        action = str(group.get("Action", "")).strip().lower()
        code = _STATUS.search(str(group.get("Status", "")) + " " + str(group.get("Diagnostic-Code", "")))
        if action not in ("failed", "delayed") or code is None:
            continue
        kind = kind_of(code[1], action)
        if kind is not None:
            at = _date(str(group.get("Last-Attempt-Date") or mail.get("Date", "")))
            yield Returned(mark=mark, kind=kind, status=code[1], event=_event(mark, action, code[1]), happened_at=at)


def from_server(mark: str, code: int, words: bytes, now: datetime) -> Returned:
    """Return what a mail server said of an address when the mail was handed over: `code` its final answer (RFC 5321), `words` the rest.

    Where the words begin with an enhanced code that counts; else only what can mean nothing but the address is for good.
    """
    said = _ENHANCED.match(words)
    status = said[1].decode() if said else ""
    if status:
        kind = kind_of(status, "failed") or BounceKind.TEMPORARY
    else:
        kind = BounceKind.PERMANENT if code in _OF_THE_ADDRESS else BounceKind.TEMPORARY
    return Returned(mark=mark, kind=kind, status=status, event=_event(mark, "refused", status or str(code)), happened_at=now)


def kind_of(status: str, action: str) -> BounceKind | None:
    """Return what an enhanced code means for the address; None where it is no refusal."""
    if status.startswith("2"):
        return None
    if action == "delayed" or status.startswith("4") or _PASSING.fullmatch(status):
        return BounceKind.TEMPORARY
    return BounceKind.PERMANENT


def _original_mark(mail: Message) -> str:
    """Return the mark in the Message-ID of the mail that came back: of its headers in the notification, never of the notification's own."""
    for part in _parts(mail):
        kind = part.get_content_type()
        if kind == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
            if isinstance(inner, Message) and (mark := _mark(str(inner.get("Message-ID", "")))):
                return mark
        if kind in ("text/rfc822-headers", "message/rfc822-headers"):
            text = part.get_payload(decode=True)
            headers = message_from_bytes(text if isinstance(text, bytes) else b"", policy=policy.compat32)
            if mark := _mark(str(headers.get("Message-ID", ""))):
                return mark
    return ""


def _parts(mail: Message, depth: int = 0) -> Iterator[Message]:
    # Not into the mail that came back: what stands in it was written by others.
    yield mail
    if depth < MOST_DEPTH and mail.is_multipart() and mail.get_content_maintype() == "multipart":
        for part in mail.get_payload():
            if isinstance(part, Message):
                yield from _parts(part, depth + 1)


def _field(report: Message, name: str) -> str:
    payload = report.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else report
    if isinstance(inner, Message) and inner.get(name):
        return str(inner.get(name))
    text = inner.get_payload() if isinstance(inner, (Message, EmailMessage)) else ""
    found = re.search(rf"^{name}:\s*(.+)$", text if isinstance(text, str) else "", re.IGNORECASE | re.MULTILINE)
    return found[1].strip() if found else ""


def _mark(message_id: str) -> str:
    found = _MARK.fullmatch(message_id.strip())
    return found[1] if found else ""


def _event(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        # A last evening of the year 9999 in New York is a date, and none here.
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _moment(said: object) -> datetime | None:
    if said is None:
        return None
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError as error:
        raise Malformed("at", str(said)[:60], expected="moment") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
