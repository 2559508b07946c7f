"""Every query of the shop's one row, and the copy each process keeps of it."""

import secrets
from datetime import datetime

from django.db import connection

from shopkeeper.kit.ids import UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.shop.models import Confirmation as ConfirmationRow
from shopkeeper.selling.shop.models import Shop as Row
from shopkeeper.selling.shop.shapes import Confirmation, Logo, Shop

_kept: dict[int, Shop] = {}
"""This process's copy, under the version it was read at; one at most."""


def forget() -> None:
    """Read the shop anew from here on."""
    _kept.clear()


def shop() -> Shop | None:
    """Return the shop: one small query for the version, and the whole row only where it moved."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM shop_shop WHERE id = 1")
        found = cursor.fetchone()
    if found is None:
        return None
    if found[0] not in _kept:
        fresh = _shape(Row.objects.get(pk=1))
        _kept.clear()
        _kept[fresh.version] = fresh
        return fresh
    return _kept[found[0]]


def opened_at() -> datetime | None:
    return Row.objects.filter(pk=1).values_list("opened_at", flat=True).first()


def locked() -> Shop | None:
    row = Row.objects.select_for_update().filter(pk=1).first()
    return None if row is None else _shape(row)


def save(shop: Shop, *, opened_at: datetime | None = None) -> Shop:
    """Write the row under a fresh version and return it; `opened_at` is given when the shop opens."""
    # Drawn, not counted: a database that was emptied or restored must not come to a number that a process still keeps a copy under.
    version = secrets.randbelow(2**62)
    values = {
        "name_en": shop.name.en,
        "name_zh": shop.name.zh,
        "tagline_en": shop.tagline.en,
        "tagline_zh": shop.tagline.zh,
        "legal_name": shop.legal_name,
        "licence_number": shop.licence_number,
        "licence_authority": shop.licence_authority,
        "address": shop.address,
        "email": shop.email,
        "phone": shop.phone,
        "country": shop.country,
        "zone": shop.zone,
        "language": shop.language,
        "currency": shop.currency,
        "is_sample": shop.is_sample,
        "logo": shop.logo.key if shop.logo else "",
        "logo_width": shop.logo.width if shop.logo else 0,
        "logo_height": shop.logo.height if shop.logo else 0,
        "opens_soon": shop.opens_soon,
        "version": version,
    }
    if opened_at is None:
        Row.objects.filter(pk=1).update(**values)
    else:
        Row.objects.create(pk=1, opened_at=opened_at, **values)
    return _shape(Row.objects.get(pk=1))


def _shape(row: Row) -> Shop:
    return Shop(
        name=Bilingual(row.name_en, row.name_zh),
        tagline=Bilingual(row.tagline_en, row.tagline_zh),
        legal_name=row.legal_name,
        licence_number=row.licence_number,
        licence_authority=row.licence_authority,
        address=row.address,
        email=row.email,
        phone=row.phone,
        country=row.country,
        zone=row.zone,
        language=row.language,
        currency=row.currency,
        is_sample=row.is_sample,
        version=row.version,
        logo=Logo(key=row.logo, width=row.logo_width, height=row.logo_height) if row.logo else None,
        opens_soon=row.opens_soon,
    )


def confirmations() -> dict[str, Confirmation]:
    """Return what was confirmed, by what it is about."""
    return {row.about: _confirmation(row) for row in ConfirmationRow.objects.all()}


def confirm(confirmation: Confirmation) -> None:
    """Write a confirmation in the place of an earlier one about the same."""
    values = {"mark": confirmation.mark, "user_id": confirmation.user_id, "at": confirmation.at}
    ConfirmationRow.objects.update_or_create(about=confirmation.about, defaults=values)


def take_back(about: str) -> Confirmation | None:
    """Remove the confirmation about something and return it, None where there was none."""
    row = ConfirmationRow.objects.select_for_update().filter(pk=about).first()
    if row is None:
        return None
    found = _confirmation(row)
    row.delete()
    return found


def _confirmation(row: ConfirmationRow) -> Confirmation:
    return Confirmation(about=row.about, mark=row.mark, user_id=None if row.user_id is None else UserId(row.user_id), at=row.at)
