"""From a queued row to a letter: whom it goes to and what it says is looked up now, so that it is true when it is read."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import pgettext

from shopkeeper.growth.messages import account_letters, order_letters
from shopkeeper.growth.messages.letter import Head, Letter
from shopkeeper.growth.messages.models import Outgoing
from shopkeeper.growth.messages.reading import Reader
from shopkeeper.growth.messages.shapes import ORDER_KINDS, MailKind
from shopkeeper.kit.ids import OrderId, UserId
from shopkeeper.ops.access import public as access
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.shapes import Shop


def letter(row: Outgoing, *, now: datetime) -> Letter | None:
    """Return the letter of a queued mail; None where there is nothing true left to say. Raises NotFound where its subject is gone."""
    shop = shops.shop()
    if MailKind(row.kind) in ORDER_KINDS:
        return _about_order(row, shop)
    return _about_account(row, shop, now)


def _about_order(row: Outgoing, shop: Shop) -> Letter | None:
    order_id = OrderId(_needed(row.order_id))
    order = orders.order(order_id)
    reader = Reader(order.language, shop.country, shop.zone)
    with translation.override(order.language):
        return order_letters.letter(
            order_letters.OrderNews(
                kind=MailKind(row.kind),
                order=order,
                detail_id=row.detail_id,
                head=_head(shop, order.language),
                reader=reader,
                invoice=lambda: orders.invoice_pdf(order_id, order.language),
            )
        )


def _about_account(row: Outgoing, shop: Shop, now: datetime) -> Letter | None:
    if row.kind == MailKind.INVITATION:
        return _invitation(row, shop, now)
    user_id = UserId(_needed(row.user_id))
    person = access.user(user_id)
    make: Callable[[UserId, datetime], str | None]
    make, write = {
        MailKind.PASSWORD_RESET: (access.reset_token, account_letters.password_reset),
        MailKind.JOINING: (access.joining_token, account_letters.joining),
        MailKind.KNOWN_ALREADY: (access.reset_token, account_letters.known_already),
    }[MailKind(row.kind)]
    token = make(user_id, now)
    if token is None:
        return None
    with translation.override(person.language):
        return write(person, token=token, head=_head(shop, person.language))


def _invitation(row: Outgoing, shop: Shop, now: datetime) -> Letter | None:
    found = access.open_invitation(_needed(row.invitation_id), now)
    if found is None:
        return None
    inviter = "" if found.invited_by is None else access.user(found.invited_by).name
    with translation.override(found.language):
        reader = Reader(found.language, shop.country, shop.zone)
        return account_letters.invitation(found, inviter=inviter, head=_head(shop, found.language), reader=reader)


def _head(shop: Shop, language: str) -> Head:
    name = shop.name.pick(language)
    small_print = [shop.legal_name or name, shop.address]
    if shop.licence_number:
        licence = pgettext("mail", "Licence %(number)s") % {"number": shop.licence_number}
        small_print.append(f"{licence} · {shop.licence_authority}" if shop.licence_authority else licence)
    small_print.append(" · ".join(part for part in (shop.email, shop.phone) if part))
    return Head(shop_name=name, mark=seal_mark(name), url=settings.PUBLIC_URL, small_print=tuple(part for part in small_print if part))


def seal_mark(name: str) -> str:
    """Return what the seal shows: the first two characters of a Chinese name, the first letter of another."""
    first = name.strip()[:2]
    return first if len(first) == 2 and all("\u4e00" <= char <= "\u9fff" for char in first) else first[:1].upper()


def _needed(value: int | None) -> int:
    if value is None:
        raise ValueError("The mail names nobody it is about")
    return value
