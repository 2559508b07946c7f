"""Who else may vouch for a shopper, and which member a provider knows as whom."""

import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction

from shopkeeper.kit import checks, sealing
from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers import sign_in_models as models
from shopkeeper.selling.customers.adapters import oidc, outward
from shopkeeper.selling.customers.shapes_signing_in import (
    IssuerFixed,
    Linked,
    NotOffered,
    NotVouched,
    Provider,
    ProviderCodeTaken,
    ProviderUnusable,
    SettingOut,
    Vouched,
)

_USE = "provider of identity"
_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MOST_PROVIDERS = 12


# ── the providers ─────────────────────────────────────────────────────────────────────────────────────────────────────


def providers() -> tuple[Provider, ...]:
    """Return every provider, the longest known first."""
    return tuple(_provider(row) for row in models.Provider.objects.order_by("pk"))


def offered_providers() -> tuple[Provider, ...]:
    """Return the providers that shoppers may sign in with, the longest known first."""
    return tuple(_provider(row) for row in models.Provider.objects.filter(is_on=True).order_by("pk"))


def provider(provider_id: int) -> Provider:
    """Return one provider. Raises NotFound."""
    return _provider(_row(provider_id))


def back_to(code: str) -> str:
    """Return the address a provider sends people back to; it is entered there, and is the same in both languages."""
    return f"{settings.PUBLIC_URL}/sign-in/back/{code}/"


@transaction.atomic
def save_provider(
    *,
    provider_id: int | None = None,
    code: str,
    name: Bilingual,
    issuer: str,
    client_id: str,
    secret: str = "",
    actor: UserId | None,
    now: datetime,
) -> Provider:
    """Add a provider or change the one named, and return it. An empty secret keeps the one there is. A new one is switched off.

    Raises NotFound, Malformed, OutOfRange, ProviderCodeTaken, IssuerFixed, ProviderUnusable for an address the shop may not call.
    """
    row = models.Provider(is_on=False) if provider_id is None else _row(provider_id, locked=True)
    before = {} if row.pk is None else _told(row)
    if row.pk is None and models.Provider.objects.count() >= MOST_PROVIDERS:
        raise OutOfRange("providers", MOST_PROVIDERS + 1, least=0, most=MOST_PROVIDERS)
    where = _issuer(issuer)
    if row.pk is not None and row.issuer != where:
        people = models.Identity.objects.filter(provider_id=row.pk).count()
        if people:
            raise IssuerFixed(issuer[:200], people=people)
        # Of the new one nothing was read yet: it is tried before anybody is sent there.
        row.origin, row.is_on = "", False
    row.code = _code(code) if row.pk is None else row.code
    row.name_en = checks.line(name.en, field="name_en", least=1, most=60)
    row.name_zh = checks.line(name.zh, field="name_zh", most=60)
    row.issuer, row.client_id = where, checks.line(client_id, field="client_id", least=1, most=300)
    if secret or row.pk is None:
        row.sealed_secret = sealing.seal(checks.line(secret, field="secret", least=1, most=1000), use=_USE)
    row.saved_at = now
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ProviderCodeTaken(row.code) from error
    _trace(row, before, actor=actor, now=now, is_secret_new=bool(secret))
    return _provider(row)


def read_issuer(issuer: str) -> str:
    """Return where the page of a provider stands, read from its own document just now. Call it outside transactions.

    Raises ProviderUnusable with what is wrong with it, OutOfRange, Malformed.
    """
    client = oidc.Client(issuer=_issuer(issuer), client_id="", secret="", loopback=_is_at_home())
    return oidc.origin(oidc.document(client, anew=True))


@transaction.atomic
def keep_origin(*, provider_id: int, origin: str) -> None:
    """Keep where a provider's page stands, as `read_issuer` found it. Raises NotFound."""
    row = _row(provider_id, locked=True)
    row.origin = origin
    row.save(update_fields=["origin"])


@transaction.atomic
def switch_provider(*, provider_id: int, is_on: bool, actor: UserId | None, now: datetime) -> Provider:
    """Let shoppers sign in with a provider that was tried, or no more; who is linked stays so. Raises NotFound, ProviderUnusable."""
    row = _row(provider_id, locked=True)
    before = _told(row)
    if is_on and not row.origin:
        raise ProviderUnusable("silent", row.issuer)
    row.is_on, row.saved_at = is_on, now
    row.save(update_fields=["is_on", "saved_at"])
    _trace(row, before, actor=actor, now=now, is_secret_new=False)
    return _provider(row)


def provider_origins() -> tuple[str, ...]:
    """Return where the pages of the providers in use stand."""
    return tuple(sorted(set(models.Provider.objects.filter(is_on=True).values_list("origin", flat=True))))


def _trace(row: models.Provider, before: dict[str, object], *, actor: UserId | None, now: datetime, is_secret_new: bool) -> None:
    after = _told(row) | ({"secret": "new"} if is_secret_new else {})
    if before != after:
        audit.record(actor=actor, act="customers.save_provider", subject=f"provider:{row.pk}", before=before or None, after=after, at=now)


def _told(row: models.Provider) -> dict[str, object]:
    return {name: getattr(row, name) for name in ("code", "name_en", "name_zh", "issuer", "client_id", "is_on")}


def _code(value: str) -> str:
    tidy = value.strip().lower()
    if not _CODE.fullmatch(tidy) or len(tidy) > 40:
        raise Malformed("code", value[:60], expected="slug")
    return tidy


def _issuer(value: str) -> str:
    tidy = checks.line(value, field="issuer", least=8, most=300)
    if urlsplit(tidy).query:
        raise ProviderUnusable("address", tidy)
    try:
        outward.check(tidy, loopback=_is_at_home())
    except outward.Forbidden:
        raise ProviderUnusable("address", tidy) from None
    return tidy


def _is_at_home() -> bool:
    # A shop that is reached by its own machine only is being developed.
    return urlsplit(settings.PUBLIC_URL).hostname in ("127.0.0.1", "localhost", "::1")


def _client(row: models.Provider) -> oidc.Client:
    try:
        secret = sealing.unseal(row.sealed_secret, use=_USE)
    except sealing.Unsealable as error:
        raise ProviderUnusable("secret", row.name_en) from error
    return oidc.Client(issuer=row.issuer, client_id=row.client_id, secret=secret, loopback=_is_at_home())


def _row(provider_id: int, *, locked: bool = False) -> models.Provider:
    rows = models.Provider.objects.select_for_update() if locked else models.Provider.objects
    found = rows.filter(pk=provider_id).first()
    if found is None:
        raise NotFound("provider", provider_id)
    return found


def _offered(code: str) -> models.Provider:
    found = models.Provider.objects.filter(code=code[:40], is_on=True).first()
    if found is None:
        raise NotOffered(code[:40])
    return found


def _provider(row: models.Provider) -> Provider:
    return Provider(
        id=row.pk, code=row.code, name=Bilingual(row.name_en, row.name_zh), issuer=row.issuer, client_id=row.client_id,
        origin=row.origin, is_on=row.is_on, saved_at=row.saved_at,
    )  # fmt: skip


# ── there and back ────────────────────────────────────────────────────────────────────────────────────────────────────


def set_out(*, code: str, language: str) -> SettingOut:
    """Return the way to a provider's page and what must come back. Call it outside transactions. Raises NotOffered, ProviderUnusable."""
    return oidc.set_out(_client(_offered(code)), back_to=back_to(code), language=language)


def came_back(*, code: str, given: str, verifier: str, nonce: str, issuer: str = "") -> Vouched:
    """Return what a provider says of whoever came back from it with `given`, and perhaps `issuer`. Call it outside transactions.

    Raises NotOffered, NotVouched, ProviderUnusable.
    """
    row = _offered(code)
    # RFC 9207: where the answer names who gave it, it must be who was asked.
    if issuer and issuer != row.issuer:
        raise NotVouched("token")
    told = oidc.word(_client(row), code=given, verifier=verifier, nonce=nonce, back_to=back_to(code))
    try:
        email = checks.email(told.email) if told.email else ""
    except Malformed:
        email = ""
    return Vouched(
        provider_id=row.pk, provider_code=row.code, subject=told.subject, email=email,
        is_email_verified=bool(email) and told.is_email_verified, name=told.name,
    )  # fmt: skip


# ── who is known to them ──────────────────────────────────────────────────────────────────────────────────────────────


def known_as(*, provider_id: int, subject: str) -> CustomerId | None:
    """Return the member a provider knows by this name; None where nobody is linked to it."""
    found = models.Identity.objects.filter(provider_id=provider_id, subject=subject).values_list("customer_id", flat=True).first()
    return None if found is None else CustomerId(found)


def linked(customer_ids: Iterable[CustomerId]) -> dict[CustomerId, tuple[Linked, ...]]:
    """Return the providers these members are known to, by customer, the longest linked first. One query."""
    rows = models.Identity.objects.select_related("provider").filter(customer_id__in=list(customer_ids)).order_by("linked_at", "pk")
    found: dict[CustomerId, tuple[Linked, ...]] = {}
    for row in rows:
        key = CustomerId(row.customer_id)
        each = Linked(
            id=row.pk, customer_id=key, provider=_provider(row.provider), subject=row.subject, linked_at=row.linked_at, used_at=row.used_at
        )
        found[key] = (*found.get(key, ()), each)
    return found


def link(*, customer_id: CustomerId, vouched: Vouched, now: datetime) -> None:
    """Let a member sign in through a provider that vouched for them; done already, nothing changes.

    The caller has proof that the account is this person's. Raises NotVouched where the provider's word is of no verified address, or where
    it knows another member by this name, or this member by another.
    """
    if not vouched.is_email_verified:
        raise NotVouched("unverified")
    try:
        with transaction.atomic():
            row, is_new = models.Identity.objects.get_or_create(
                provider_id=vouched.provider_id, subject=vouched.subject, defaults={"customer_id": customer_id, "linked_at": now}
            )
            if row.customer_id != customer_id:
                raise NotVouched("taken")
            if is_new:
                _trace_of_member("customers.link", customer_id, vouched.provider_id, now)
    except IntegrityError as error:
        raise NotVouched("taken") from error


def note_used(*, provider_id: int, subject: str, now: datetime) -> None:
    """Note that a member signed in through a provider."""
    models.Identity.objects.filter(provider_id=provider_id, subject=subject).update(used_at=now)


@transaction.atomic
def unlink(*, customer_id: CustomerId, identity_id: int, now: datetime) -> None:
    """Let a member no more sign in through a provider. Whether another way is left is the caller's to ask. Raises NotFound."""
    row = models.Identity.objects.filter(pk=identity_id, customer_id=customer_id).first()
    if row is None:
        raise NotFound("provider", identity_id)
    row.delete()
    _trace_of_member("customers.unlink", customer_id, row.provider_id, now)


def _trace_of_member(act: str, customer_id: CustomerId, provider_id: int, now: datetime) -> None:
    audit.record(actor=None, act=act, subject=f"customer:{customer_id}", before=None, after={"provider": provider_id}, at=now)
