"""From a queued row to a letter: whom it goes to and what it says is looked up now, so that it is true when it is read."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import pgettext

from shopkeeper.growth.messages import account_letters, asking, goods_letters, order_letters, readers, texts
from shopkeeper.growth.messages.letter import Head, Letter, Sign
from shopkeeper.growth.messages.models import Outgoing
from shopkeeper.growth.messages.reading import Reader
from shopkeeper.growth.messages.shapes import ORDER_KINDS, WAIT_KINDS, WELCOME_KINDS, InForce, MailKind
from shopkeeper.kit import together
from shopkeeper.kit.ids import OrderId, UserId, WaitId
from shopkeeper.ops.access import public as access
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.shapes import Logo, Shop
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import WaitState

LOGO_HIGH, LOGO_WIDE = 38, 120
"""Most of a logo at the head of a mail, in CSS pixels; the seal is as high."""


class Later(Exception):
    """The mail is not due yet after all: its time is `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


def letter(row: Outgoing, *, now: datetime, is_shown: bool = False) -> Letter | None:
    """Return the letter of a queued mail; None where there is nothing true left to say. Raises NotFound where its subject is gone,
    Later where it is too early for it. One that is only shown has no invoice drawn for it: what is attached is empty.
    """
    shop = shops.shop()
    kind = MailKind(row.kind)
    if kind in ORDER_KINDS:
        return _about_order(row, shop, now, is_shown=is_shown)
    if kind in WAIT_KINDS:
        return _about_wait(row, shop)
    return _about_account(row, shop, now)


def _about_order(row: Outgoing, shop: Shop, now: datetime, *, is_shown: bool) -> Letter | None:
    kind = MailKind(row.kind)
    order = orders.order(OrderId(_needed(row.order_id)))
    words, is_asked, is_taken = together.read(
        lambda: texts.in_force(kind.value, order.language),
        lambda: kind is not MailKind.REVIEW_REQUEST or _is_to_be_asked(order, now),
        lambda: not order.contact.email or readers.takes(order.contact.email, kind),
    )
    if not (is_asked and is_taken):
        return None
    return order_letter(kind, order, detail_id=row.detail_id, shop=shop, words=words, is_shown=is_shown)


def _is_to_be_asked(order: Order, now: datetime) -> bool:
    wanted, grounds = together.read(asking.settings, lambda: asking.grounds(order))
    last = max((parcel.shipped_at for parcel in order.shipments), default=None)
    if last is not None and last + timedelta(days=wanted.review_days) > now:
        raise Later(last + timedelta(days=wanted.review_days))
    return wanted.review_ground in grounds


def order_letter(
    kind: MailKind, order: Order, *, detail_id: int | None, shop: Shop, words: InForce, is_shown: bool = False
) -> Letter | None:
    """Return a letter about an order in these words."""
    with translation.override(order.language):
        link = readers.unsubscribe_url(order.contact.email, kind, order.language) if kind in WELCOME_KINDS else ""
        return order_letters.letter(
            order_letters.OrderNews(
                kind=kind,
                order=order,
                detail_id=detail_id,
                head=head(shop, order.language),
                reader=Reader(order.language, shop.country, shop.zone),
                invoice=bytes if is_shown else lambda: orders.invoice_pdf(order.id, order.language),
                words=words,
                unsubscribe=link,
                consents=_consents(order, is_shown=is_shown),
            )
        )


def _consents(order: Order, *, is_shown: bool) -> str:
    """Return where a guest says what they agree to. Only whoever reads the guest's mails learns it: an order's own page is no proof,
    and staff who are only shown the letter see its place, not its key.
    """
    if not order.is_guest or not order.contact.email:
        return ""
    token = "…" if is_shown else customers.link_token(order.buyer_id, order.contact.email)
    return f"{settings.PUBLIC_URL}/{order.language}/consents/{token}/"


def _about_wait(row: Outgoing, shop: Shop) -> Letter | None:
    kind, wait_id = MailKind(row.kind), WaitId(_needed(row.wait_id))
    wait = wishes.waits([wait_id]).get(wait_id)
    if wait is None or not wait.email or not readers.takes(wait.email, kind):
        return None
    if wait.state not in ((WaitState.TOLD,) if kind is MailKind.BACK_IN_STOCK else (WaitState.ASKED, WaitState.WAITING)):
        return None
    product = catalog.goods([wait.variant_id]).get(wait.variant_id)
    if product is None:
        return None
    language = wait.language
    awaited = goods_letters.Awaited(
        to=wait.email, language=language, product=product.called(language), slug=product.slug,
        unsubscribe=readers.unsubscribe_url(wait.email, kind, language) if kind in WELCOME_KINDS else "",
    )  # fmt: skip
    words = texts.in_force(kind.value, language)
    with translation.override(language):
        if kind is MailKind.BACK_IN_STOCK:
            return goods_letters.back_in_stock(awaited, head=head(shop, language), words=words)
        link = f"{settings.PUBLIC_URL}/{language}/waits/{wait.token}/"
        is_confirmed = wait.state is WaitState.WAITING
        return goods_letters.wait_asked(awaited, is_confirmed=is_confirmed, link=link, head=head(shop, language), words=words)


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
        MailKind.SIGN_IN_CODE: (lambda _user, at: customers.digits_of(_needed(row.detail_id), at), account_letters.sign_in_code),
    }[MailKind(row.kind)]
    token = make(user_id, now)
    if token is None:
        return None
    words = texts.in_force(row.kind, person.language)
    with translation.override(person.language):
        return write(person, token=token, head=head(shop, person.language), words=words)


def _invitation(row: Outgoing, shop: Shop, now: datetime) -> Letter | None:
    found = access.open_invitation(_needed(row.invitation_id), now)
    if found is None:
        return None
    inviter = "" if found.invited_by is None else access.user(found.invited_by).name
    words = texts.in_force(row.kind, found.language)
    with translation.override(found.language):
        reader = Reader(found.language, shop.country, shop.zone)
        return account_letters.invitation(found, inviter=inviter, head=head(shop, found.language), reader=reader, words=words)


def head(shop: Shop, language: str) -> Head:
    """Return who writes, as a reader of this language knows the shop."""
    name = shop.name.pick(language)
    small_print = [shop.legal_name or name, shop.address]
    if shop.licence_number:
        licence = pgettext("mail", "Licence %(number)s") % {"number": shop.licence_number}
        small_print.append(f"{licence} · {shop.licence_authority}" if shop.licence_authority else licence)
    small_print.append(" · ".join(part for part in (shop.email, shop.phone) if part))
    said = tuple(part for part in small_print if part)
    return Head(shop_name=name, mark=seal_mark(name), url=settings.PUBLIC_URL, small_print=said, logo=_sign(shop.logo))


def _sign(logo: Logo | None) -> Sign | None:
    """Return how the logo stands in a mail: as high as the seal, and never so wide that the name has no room."""
    if logo is None:
        return None
    smaller = min(LOGO_HIGH / logo.height, LOGO_WIDE / logo.width)
    measures = (max(1, round(each * smaller)) for each in (logo.width, logo.height))
    return Sign(f"{settings.PUBLIC_URL}/media/{logo.key}/{logo.smallest}.jpg", *measures)


def seal_mark(name: str) -> str:
    """Return what the seal shows: the first two characters of a Chinese name, the first letter of another."""
    first = name.strip()[:2]
    return first if len(first) == 2 and all("\u4e00" <= char <= "\u9fff" for char in first) else first[:1].upper()


def _needed(value: int | None) -> int:
    if value is None:
        raise ValueError("The mail names nobody it is about")
    return value
