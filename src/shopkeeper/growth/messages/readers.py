"""How mail to an address fares, and what its reader does not want: known by a keyed fingerprint, never by the address."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.crypto import salted_hmac

from shopkeeper.growth.messages import models
from shopkeeper.growth.messages.shapes import WELCOME_KINDS, BounceKind, MailKind, Standing
from shopkeeper.kit import together
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.audit import public as audit

_SALT = "shopkeeper.growth.messages.unsubscribe"


def fingerprint(address: str) -> str:
    """Return what an address is known by here: whoever holds a copy of the tables cannot look an address up in them."""
    return salted_hmac("shopkeeper.growth.messages.reader", address.strip().casefold(), algorithm="sha256").hexdigest()


def standings(addresses: Collection[str]) -> dict[str, Standing]:
    """Return how mail to these addresses fares, by address: one query however many; all of them have an answer."""
    marks = {fingerprint(address): address for address in addresses}
    refused = models.Unwanted.objects.filter(reader__in=list(marks)).order_by("id").values_list("reader", "purpose")
    rows, pairs = together.read(lambda: list(models.Reader.objects.filter(mark__in=list(marks))), lambda: list(refused.all()))
    known = {row.mark: row for row in rows}
    unwanted: dict[str, list[str]] = {}
    for reader, purpose in pairs:
        unwanted.setdefault(reader, []).append(purpose)
    return {address: _standing(known.get(mark), tuple(unwanted.get(mark, ()))) for mark, address in marks.items()}


def takes(address: str, kind: MailKind) -> bool:
    """Return whether a mail of this kind may go to the address: what must go always may; a courtesy not where it bounced or is unwanted."""
    return address in open_to([address], kind)


def open_to(addresses: Collection[str], kind: MailKind) -> frozenset[str]:
    """Return those of these addresses a mail of this kind may go to: one query however many."""
    if kind not in WELCOME_KINDS or not addresses:
        return frozenset(addresses)
    found = standings(addresses)
    return frozenset(each for each in addresses if not found[each].stopped_for and kind.value not in found[each].unwanted)


def heard(reader: str, kind: BounceKind, *, happened_at: datetime, now: datetime) -> None:
    """Count news about an address; permanent ones and complaints stop courtesies to it. In the caller's transaction.

    News comes late and out of order: what happened before staff found the address to be right again stops nothing.
    """
    models.Reader.objects.bulk_create([models.Reader(mark=reader, last_at=now)], ignore_conflicts=True)
    row = models.Reader.objects.select_for_update().get(pk=reader)
    name = {BounceKind.PERMANENT: "permanent", BounceKind.TEMPORARY: "temporary", BounceKind.COMPLAINT: "complaints"}[kind]
    setattr(row, name, getattr(row, name) + 1)
    row.last_at = now
    # A complaint is the graver one: it stays the reason even where the address bounces later.
    if row.lifted_at is not None and happened_at <= row.lifted_at:
        row.save()
        return
    if kind is BounceKind.COMPLAINT or (kind is BounceKind.PERMANENT and not row.stopped_for):
        row.stopped_for, row.stopped_at = kind.value, row.stopped_at or now
    row.save()


@transaction.atomic
def write_again(*, address: str, subject: str, actor: UserId | None, now: datetime) -> None:
    """Let courtesies go to an address again, which staff found to be right; `subject` is the order or customer the trail names.

    Raises NotFound where nothing was stopped.
    """
    row = models.Reader.objects.select_for_update().filter(mark=fingerprint(address)).exclude(stopped_for="").first()
    if row is None:
        raise NotFound("stopped_address", subject)
    before = {"reason": row.stopped_for}
    row.stopped_for, row.stopped_at, row.lifted_at = "", None, now
    row.save(update_fields=["stopped_for", "stopped_at", "lifted_at"])
    audit.record(actor=actor, act="messages.write_again", subject=subject, before=before, after={"reason": ""}, at=now)


# ── what readers do not want ──────────────────────────────────────────────────────────────────────────────────────────


def unsubscribe_url(address: str, kind: MailKind, language: str) -> str:
    """Return the address of the page that ends mails of this kind to this reader; it works without signing in, and for nothing else."""
    token = signing.dumps([fingerprint(address), kind.value], salt=_SALT, compress=False)
    return f"{settings.PUBLIC_URL}/{language}/mails/{token}/"


def purpose_of(token: str) -> MailKind:
    """Return what mails the holder of the link can end. Raises NotFound for a link that is not ours."""
    return _read(token)[1]


def is_unwanted(token: str) -> bool:
    """Return whether the holder of the link has ended these mails. Raises NotFound."""
    reader, kind = _read(token)
    return models.Unwanted.objects.filter(reader=reader, purpose=kind.value).exists()


def unsubscribe(*, token: str, now: datetime) -> MailKind:
    """End mails of the link's kind to its reader; may be repeated. Raises NotFound for a link that is not ours."""
    reader, kind = _read(token)
    models.Unwanted.objects.bulk_create([models.Unwanted(reader=reader, purpose=kind.value, at=now)], ignore_conflicts=True)
    return kind


def subscribe_again(*, token: str) -> MailKind:
    """Take the reader's refusal back. Raises NotFound for a link that is not ours."""
    reader, kind = _read(token)
    models.Unwanted.objects.filter(reader=reader, purpose=kind.value).delete()
    return kind


@transaction.atomic
def ask_anew(*, address: str, kind: MailKind, is_reached: bool, now: datetime) -> None:
    """Let mails of a kind go to an address whose reader asks for them now: the newer word counts.

    `is_reached`: they followed a link that was mailed to them, so that the address takes mail, whatever came back before. A complaint
    stays; only staff lift it.
    """
    mark = fingerprint(address)
    models.Unwanted.objects.filter(reader=mark, purpose=kind.value).delete()
    if is_reached:
        returned = models.Reader.objects.filter(mark=mark, stopped_for=BounceKind.PERMANENT.value)
        returned.update(stopped_for="", stopped_at=None, lifted_at=now)


def of_reader(*, token: str, addresses: Collection[str]) -> frozenset[str]:
    """Return those of these addresses that are the link's reader's. Raises NotFound for a link that is not ours."""
    reader, _kind = _read(token)
    return frozenset(each for each in addresses if fingerprint(each) == reader)


def _read(token: str) -> tuple[str, MailKind]:
    try:
        reader, kind = signing.loads(token, salt=_SALT)
        return str(reader), MailKind(kind)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotFound("link", token[:20]) from error


def _standing(row: models.Reader | None, unwanted: tuple[str, ...]) -> Standing:
    if row is None:
        return Standing(unwanted=unwanted)
    return Standing(
        permanent=row.permanent, temporary=row.temporary, complaints=row.complaints, stopped_for=row.stopped_for, stopped_at=row.stopped_at,
        unwanted=unwanted,
    )  # fmt: skip
