"""Routes for how customers sign in, for staff; and the one on which a gateway reports what became of short messages."""

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.staff import StaffSession, actor
from shopkeeper.doors.api.values import Flag, Name, Sent, Text, Whole
from shopkeeper.flows import set_up_provider
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Provider, SignInRule

router = Router(tags=["webhooks"])
staff_router = Router(tags=["staff"])

_RAW_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}


class ProviderOut(Schema):
    __doc__ = gettext_noop("A provider customers sign in with. The secret is never told; `back_to` is what is entered at the provider.")

    code: str
    name_en: str
    name_zh: str
    issuer: str
    client_id: str
    back_to: str
    is_on: bool


class SignInOut(Schema):
    __doc__ = gettext_noop("How customers sign in besides the password. Limits are text messages within 24 hours.")

    mail_codes: bool
    phone_codes: bool
    countries: list[str]
    most_per_number: int
    most_per_country: int
    most_per_shop: int
    providers: list[ProviderOut]


class SignInIn(Sent):
    __doc__ = gettext_noop("How customers may sign in by codes, and how many text messages may go out within 24 hours.")

    mail_codes: Flag
    phone_codes: Flag
    countries: Annotated[list[str], Field(max_length=300)] = []
    most_per_number: Whole
    most_per_country: Whole
    most_per_shop: Whole


class ProviderIn(Sent):
    __doc__ = gettext_noop(
        "A provider to save; an empty secret keeps the one there is. Where it is to be offered, its document is read first."
    )

    name_en: Text
    name_zh: Text = ""
    issuer: Text
    client_id: Text
    secret: Annotated[str, Field(max_length=1000)] = ""
    is_on: Flag = False


class TextReportOut(Schema):
    __doc__ = gettext_noop("How many messages stand otherwise than before.")

    changed: int


@staff_router.get(
    "/sign-in", auth=StaffSession("shop.view"), response=SignInOut, summary=gettext_noop("How customers sign in besides the password")
)
def read_sign_in(request: HttpRequest) -> SignInOut:
    return _sign_in_out(customers.sign_in_rule())


@staff_router.put(
    "/sign-in",
    auth=StaffSession("customers.save_sign_in"),
    response=SignInOut,
    openapi_extra=also(422),
    summary=gettext_noop("Rule how customers sign in by codes"),
)
def save_sign_in(request: HttpRequest, body: SignInIn) -> SignInOut:
    rule = SignInRule(**{name: getattr(body, name) for name in SignInRule.__dataclass_fields__} | {"countries": tuple(body.countries)})
    return _sign_in_out(customers.save_sign_in_rule(rule=rule, actor=actor(request), now=timezone.now()))


@staff_router.put(
    "/sign-in/providers/{slug}",
    auth=StaffSession("customers.save_provider"),
    response=ProviderOut,
    openapi_extra=also(422),
    summary=gettext_noop("Add or change a provider customers sign in with"),
)
def save_provider(request: HttpRequest, slug: Name, body: ProviderIn) -> ProviderOut:
    known = next((each.id for each in customers.providers() if each.code == slug), None)
    saved = set_up_provider.save(
        provider_id=known, code=slug, name=Bilingual(body.name_en, body.name_zh), issuer=body.issuer, client_id=body.client_id,
        secret=body.secret, is_on=body.is_on, actor=actor(request), now=timezone.now(),
    )  # fmt: skip
    return _provider_out(saved)


@router.post(
    "/text-news",
    response=TextReportOut,
    openapi_extra=also(403) | _RAW_BODY,
    summary=gettext_noop("News of text messages, from the gateway that carries them"),
)
def hear_text_news(request: HttpRequest) -> TextReportOut:
    signature = request.headers.get("X-Shopkeeper-Signature", "")
    return TextReportOut(changed=customers.hear_text_report(body=request.body, signature=signature, now=timezone.now()))


def _sign_in_out(rule: SignInRule) -> SignInOut:
    told = {name: getattr(rule, name) for name in SignInRule.__dataclass_fields__} | {"countries": list(rule.countries)}
    return SignInOut(**told, providers=[_provider_out(each) for each in customers.providers()])


def _provider_out(found: Provider) -> ProviderOut:
    return ProviderOut(
        code=found.code, name_en=found.name.en, name_zh=found.name.zh, issuer=found.issuer, client_id=found.client_id,
        back_to=customers.back_to(found.code), is_on=found.is_on,
    )  # fmt: skip
