"""Routes for what customers agree to, purpose by purpose and channel by channel, and for the shop's own texts they agree to.

Staff read it, and write down what they were told. A guest speaks with the secret of a mail’s link; whoever has an account speaks there.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.problems import Problem
from shopkeeper.doors.api.staff import StaffSession, actor
from shopkeeper.doors.api.values import Both, LineNumber, Number, Sent, Text, both
from shopkeeper.kit import together
from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.kit.refusals import Malformed
from shopkeeper.ops.limits import public as limits
from shopkeeper.ops.limits.shapes import CONSENTS_OF_CLIENT, Try
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes import ShopText, TextKind
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import CHOICES, Consent, Standing

router = Router(tags=["orders"])
staff_router = Router(tags=["staff"])

LinkToken = Annotated[str, Field(min_length=1, max_length=400)]
"""The secret of a link from one of our mails."""


class ConsentChoiceOut(Schema):
    __doc__ = gettext_noop(
        "One thing to agree to: `purpose` analytics, marketing (news) or personal (offers chosen for them), `channel` mail, sms, phone or "
        "post, null where there is none; `choice` is what to send for it."
    )

    choice: str
    purpose: str
    channel: str | None
    is_given: bool


class ConsentWordOut(Schema):
    __doc__ = gettext_noop(
        "What was said at one moment, whole: `given` is all that was agreed to, `text_version` the version of the text it was said to, "
        "`source` banner, account, link or staff, `staff_id` who of the staff was told."
    )

    given: list[str]
    text_version: int
    language: str
    source: str
    staff_id: int | None
    at: datetime


class ConsentsOut(Schema):
    __doc__ = gettext_noop(
        "What a customer agrees to now, and every word it follows from, newest first. `newest_text_version` is what they are asked now. "
        "`is_strictest`: records were merged and the person has not spoken since, so only what all of them gave holds."
    )

    choices: list[ConsentChoiceOut]
    is_strictest: bool
    newest_text_version: int
    words: list[ConsentWordOut]


class ConsentsIn(Sent):
    __doc__ = gettext_noop(
        "All that is agreed to from now on; what is left out is not. `text_version` is the version of the text that was shown or read out: "
        "where another is in force, nothing is kept."
    )

    given: Annotated[list[Text], Field(max_length=len(CHOICES))]
    text_version: LineNumber
    language: Text | None = None


class ShopTextOut(Schema):
    __doc__ = gettext_noop("One version of a text of the shop; `body` is light Markdown: paragraphs, `## ` headings, `- ` lists.")

    kind: str
    version: int
    title: Both
    body: Both
    published_at: datetime


class ShopTextsOut(Schema):
    items: list[ShopTextOut]


class OwnConsentsOut(Schema):
    __doc__ = gettext_noop("What somebody agrees to, the text it is about, and when they last said so (null: never).")

    choices: list[ConsentChoiceOut]
    text: ShopTextOut
    said_at: datetime | None


# ── staff ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@staff_router.get(
    "/customers/{customer}/consents",
    auth=StaffSession("customers.view"),
    response=ConsentsOut,
    summary=gettext_noop("What a customer agrees to, by purpose and channel, and on which version of the text"),
)
def read_consents(request: HttpRequest, customer: Number) -> ConsentsOut:
    person = CustomerId(customer)
    _known, text, standing = together.read(
        lambda: customers.customer(person), lambda: content.text(TextKind.CONSENT), lambda: customers.standing(person)
    )
    return _told(standing, text)


@staff_router.put(
    "/customers/{customer}/consents",
    auth=StaffSession("customers.consent"),
    response=ConsentsOut,
    summary=gettext_noop("Write down what a customer told staff to agree to; the same again changes nothing"),
)
def save_consents(request: HttpRequest, customer: Number, data: ConsentsIn) -> ConsentsOut:
    standing, text = _say(CustomerId(customer), data, source="staff", by=actor(request))
    return _told(standing, text)


@staff_router.get(
    "/texts",
    auth=StaffSession("content.view"),
    response=ShopTextsOut,
    summary=gettext_noop("The shop’s own texts as they are in force: terms, privacy, returns and consent"),
)
def list_texts(request: HttpRequest) -> ShopTextsOut:
    return ShopTextsOut(items=[_text(each) for each in content.texts().values()])


@staff_router.get(
    "/texts/{kind}/versions",
    auth=StaffSession("content.view"),
    response=ShopTextsOut,
    summary=gettext_noop("Every version of a text, newest first"),
)
def list_text_versions(request: HttpRequest, kind: TextKind) -> ShopTextsOut:
    return ShopTextsOut(items=[_text(each) for each in content.versions(kind)])


# ── who holds the link of a mail ──────────────────────────────────────────────────────────────────────────────────────


@router.get(
    "/consents/{link}",
    response=OwnConsentsOut,
    openapi_extra=also(401),
    summary=gettext_noop("What a guest agrees to, by the secret of a link from a mail"),
)
def read_own_consents(request: HttpRequest, link: LinkToken) -> OwnConsentsOut:
    person = _guest(link)
    standing, text = together.read(lambda: customers.standing(person), lambda: content.text(TextKind.CONSENT))
    return _own(standing, text)


@router.put(
    "/consents/{link}",
    response=OwnConsentsOut,
    openapi_extra=also(401, 429),
    summary=gettext_noop("Say what a guest agrees to from now on; the same again changes nothing"),
)
def save_own_consents(request: HttpRequest, link: LinkToken, data: ConsentsIn) -> OwnConsentsOut:
    limits.take(Try(CONSENTS_OF_CLIENT, request.META.get("REMOTE_ADDR", "")), now=timezone.now())
    standing, text = _say(_guest(link), data, source="link", by=None)
    return _own(standing, text)


def _guest(link: str) -> CustomerId:
    person = customers.by_link(link)
    if customers.signs_in(person):
        raise Problem(
            code="not_signed_in", detail=_("Whoever has an account says there what they agree to."),
            remedy=_("Sign in to the shop and open “What you agree to” in the account."),
        )  # fmt: skip
    return person


def _say(person: CustomerId, data: ConsentsIn, *, source: str, by: UserId | None) -> tuple[Standing, ShopText]:
    text = content.text(TextKind.CONSENT)
    if data.text_version != text.version:
        raise Malformed("text_version", str(data.text_version), expected="newest_text")
    language = data.language or get_language() or "en"
    standing = customers.say(
        customer_id=person, given=data.given, text_version=text.version, language=language, source=source, actor=by, now=timezone.now()
    )
    return standing, text


def _told(standing: Standing, text: ShopText) -> ConsentsOut:
    return ConsentsOut(
        choices=_choices(standing.given), is_strictest=standing.is_strictest, newest_text_version=text.version,
        words=[_word(each) for each in standing.words],
    )  # fmt: skip


def _own(standing: Standing, text: ShopText) -> OwnConsentsOut:
    said_at = standing.words[0].at if standing.words else None
    return OwnConsentsOut(choices=_choices(standing.given), text=_text(text), said_at=said_at)


def _choices(given: Sequence[str]) -> list[ConsentChoiceOut]:
    parted = [(each, *each.partition(".")[::2]) for each in CHOICES]
    return [
        ConsentChoiceOut(choice=each, purpose=purpose, channel=channel or None, is_given=each in given) for each, purpose, channel in parted
    ]


def _word(found: Consent) -> ConsentWordOut:
    return ConsentWordOut(
        given=list(found.given), text_version=found.text_version, language=found.language, source=found.source, staff_id=found.actor,
        at=found.at,
    )  # fmt: skip


def _text(found: ShopText) -> ShopTextOut:
    return ShopTextOut(
        kind=found.kind.value, version=found.version, title=both(found.title), body=both(found.body), published_at=found.published_at
    )
