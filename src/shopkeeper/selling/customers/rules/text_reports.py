"""What a gateway reports of short messages: signed JSON of `reference` (our key) or `id` (its own), and `state`. Of all it says only that
is taken over: what else stands there may repeat numbers."""

import hashlib
import hmac
import json
import re
from datetime import datetime

from shopkeeper.kit.refusals import Malformed, OutOfRange
from shopkeeper.selling.customers.shapes_signing_in import ForgedReport, TextReport

TOLERANCE_S = 300
MOST_REPORTS = 500
DELIVERED, FAILED = "delivered", "failed"


def read(body: bytes, *, signature: str, secret: str, now: datetime) -> tuple[TextReport, ...]:
    """Return the reports in a signed JSON object, or a list of them; states on the way are left out. Raises ForgedReport, Malformed."""
    _check(body, signature, secret, now)
    try:
        told = json.loads(body)
    except ValueError as error:
        raise Malformed("body", "", expected="json") from error
    found = told if isinstance(told, list) else [told]
    if len(found) > MOST_REPORTS:
        raise OutOfRange("body", len(found), most=MOST_REPORTS)
    return tuple(report for each in found if (report := _one(each)))


def _one(told: object) -> TextReport | None:
    if not isinstance(told, dict):
        raise Malformed("body", "", expected="text_report")
    key, provider_id, state = (told.get(name) or "" for name in ("reference", "id", "state"))
    texts = (key, provider_id, state)
    if not all(isinstance(each, str) and len(each) <= 100 for each in texts) or not (key or provider_id) or not state:
        raise Malformed("body", "", expected="text_report")
    if state not in (DELIVERED, FAILED):
        return None
    return TextReport(key=key, provider_id=provider_id, is_delivered=state == DELIVERED)


def _check(body: bytes, header: str, secret: str, now: datetime) -> None:
    said = dict(part.strip().partition("=")[::2] for part in header.split(",") if "=" in part)
    moment = said.get("t", "")
    if not secret or not re.fullmatch(r"\d{1,12}", moment, re.ASCII) or abs(now.timestamp() - int(moment)) > TOLERANCE_S:
        raise ForgedReport
    right = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right.encode(), said.get("v1", "").encode("utf-8", "replace")):
        raise ForgedReport
