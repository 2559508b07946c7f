"""What mails say, for programs; and news of mails that came back, believed for its signature."""

import hashlib
import hmac
import json
from typing import Any

from django.utils import timezone

from shopkeeper.doors.api.tests.builders import Caller, Staff
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.growth.messages import models
from shopkeeper.growth.messages import public as messages
from shopkeeper.ops.access.shapes import Role

SECRET = "a secret of the mail server"
MARK = "0123456789abcdef0123456789abcdef"
PATH = "staff/letters/password_reset/en"


def test_words_are_read_published_and_given_back(shop: SmallShop) -> None:
    owner = Staff(Role.OWNER)
    listed = owner.get("staff/letters").body["items"]
    found = next(each for each in listed if (each["letter"], each["language"]) == ("password_reset", "en"))
    words = {name: found[name] for name in ("preview", "heading", "greeting", "body", "button", "closing")}

    made = owner.call("PUT", PATH, {**words, "subject": "Your key to {shop}", "seen_version": 0})
    again = owner.call("PUT", PATH, {**words, "subject": "Your key to {shop}", "seen_version": 1})
    stale = owner.call("PUT", PATH, {**words, "subject": "Another", "seen_version": 0})
    wrong = owner.call("PUT", PATH, {**words, "subject": "{number}", "seen_version": 1})
    back = owner.call("DELETE", PATH)

    assert (made.status, made.body["version"], made.body["is_own"]) == (200, 1, False)
    assert again.body["version"] == 1
    assert (stale.status, stale.code) == (409, "letter_text_changed")
    assert (wrong.status, wrong.code, wrong.body["field"]) == (422, "unknown_placeholder", "subject")
    assert (back.status, back.body["version"], back.body["is_own"]) == (200, 2, True)
    assert owner.call("PUT", "staff/letters/newsletter/en", {**words, "subject": "x", "seen_version": 0}).status == 422


def signed(body: bytes, secret: str = SECRET) -> str:
    moment = str(int(timezone.now().timestamp()))
    return f"t={moment},v1={hmac.new(secret.encode(), moment.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


def news(**changes: str) -> bytes:
    return json.dumps({"id": "e1", "message_id": f"<{MARK}@shop.example>", "kind": "permanent", "status": "5.1.1", **changes}).encode()


def test_signed_news_is_kept_once_and_shown_to_staff(shop: SmallShop, caller: Caller, settings: Any) -> None:
    settings.BOUNCE_SECRET = SECRET
    models.Outgoing.objects.create(key="k", kind="paid", order_id=7, mark=MARK, reader="r" * 64, queued_at=NOON, next_try_at=NOON)

    answers = [caller.call("POST", "mail-news", news(), X_Shopkeeper_Signature=signed(news())) for _ in range(2)]

    assert [answer.body for answer in answers] == [{"kept": 1, "known": 0, "foreign": 0}, {"kept": 0, "known": 1, "foreign": 0}]
    (shown,) = Staff(Role.CLERK).get("staff/bounces?kind=permanent").body["items"]
    assert (shown["order_id"], shown["kind"], shown["status"]) == (7, "permanent", "5.1.1")
    assert "@" not in json.dumps(shown)


def test_forged_or_unreadable_news_changes_nothing(shop: SmallShop, caller: Caller, settings: Any) -> None:
    settings.BOUNCE_SECRET = SECRET

    forged = caller.call("POST", "mail-news", news(), X_Shopkeeper_Signature=signed(news(), "guessed"))
    unsigned = caller.call("POST", "mail-news", news())
    odd = news(kind="gone")
    wrong = caller.call("POST", "mail-news", odd, X_Shopkeeper_Signature=signed(odd))
    settings.BOUNCE_SECRET = ""
    closed = caller.call("POST", "mail-news", news(), X_Shopkeeper_Signature=signed(news(), ""))

    assert [(each.status, each.code) for each in (forged, unsigned, closed)] == [(403, "forged_news")] * 3
    assert (wrong.status, wrong.body["field"]) == (422, "kind")
    assert messages.bounces().total == 0
