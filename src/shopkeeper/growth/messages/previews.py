"""Letters to look at: about an order, a person and goods that do not exist, or about a real order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from shopkeeper.growth.messages import account_letters, compose, goods_letters, order_letters
from shopkeeper.growth.messages.letter import Letter
from shopkeeper.growth.messages.reading import Reader
from shopkeeper.growth.messages.shapes import (
    LANGUAGES,
    ORDER_KINDS,
    WAIT_KINDS,
    WELCOME_KINDS,
    InForce,
    Mail,
    MailKind,
    NothingToShow,
    Words,
)
from shopkeeper.kit import checks
from shopkeeper.kit.ids import CustomerId, LineId, OrderId, RefundId, ShipmentId, UserId, VariantId, WarehouseId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.shapes import Invitation, Person, Role
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import (
    CancelReason,
    Contact,
    Order,
    OrderLine,
    OrderState,
    ParcelLine,
    Refund,
    RefundLine,
    RefundState,
    Shipment,
)
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.shapes import Shop

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TOKEN = "sample"  # noqa: S105 - opens nothing


def sample(letter: str, language: str, words: Words) -> Letter:
    """Return a letter about something that does not exist, in these words."""
    kind, code, shop = MailKind(letter), checks.language(language), shops.shop()
    said = InForce(letter=kind, language=code, words=words, text=None)
    with translation.override(code):
        if kind in ORDER_KINDS:
            return _of_order(kind, sample_order(kind, code, shop), shop, said)
        if kind in WAIT_KINDS:
            return _of_goods(kind, code, shop, said)
        return _of_account(kind, code, shop, said)


def of_order(letter: str, language: str, words: Words, order_id: OrderId) -> Letter:
    """Return a letter about a real order in these words. Its secret link is not in it: who looks at a letter need not be its reader.

    Raises NotFound where there is no such order or the letter is about none, NothingToShow where the order has no parcel or refund yet.
    """
    kind, code = MailKind(letter), checks.language(language)
    if kind not in ORDER_KINDS:
        raise NotFound("order", order_id)
    found = replace(orders.order(order_id), language=code, token=TOKEN)
    said = InForce(letter=kind, language=code, words=words, text=None)
    with translation.override(code):
        return _of_order(kind, found, shops.shop(), said)


def marked_as_test(mail: Mail, to: str) -> Mail:
    """Return a mail to somebody else, with a word in its subject that it is a test."""
    return replace(mail, to=to, subject=_("[Test] %(subject)s") % {"subject": mail.subject}, attachments=(), unsubscribe="")


def _of_order(kind: MailKind, order: Order, shop: Shop, words: InForce) -> Letter:
    detail_id: int | None = None
    if kind in (MailKind.SHIPPED, MailKind.DELIVERED):
        detail_id = max((int(parcel.id) for parcel in order.shipments), default=None)
    elif kind is MailKind.REFUNDED:
        detail_id = max((int(refund.id) for refund in order.refunds), default=None)
    if detail_id is None and kind in (MailKind.SHIPPED, MailKind.DELIVERED, MailKind.REFUNDED):
        raise NothingToShow(order.number)
    language = order.language
    news = order_letters.OrderNews(
        kind=kind, order=order, detail_id=detail_id, head=compose.head(shop, language), reader=Reader(language, shop.country, shop.zone),
        invoice=bytes, words=words, unsubscribe=_unsubscribe(kind, language, shop),
    )  # fmt: skip
    found = order_letters.letter(news)
    if found is None:
        raise NothingToShow(order.number)
    return found


def _of_goods(kind: MailKind, language: str, shop: Shop, words: InForce) -> Letter:
    head = compose.head(shop, language)
    awaited = goods_letters.Awaited(
        to="reader@example.org", language=language, product=_LANTERN.pick(language), slug=TOKEN,
        unsubscribe=_unsubscribe(kind, language, shop),
    )  # fmt: skip
    if kind is MailKind.BACK_IN_STOCK:
        return goods_letters.back_in_stock(awaited, head=head, words=words)
    return goods_letters.wait_asked(awaited, is_confirmed=False, link=f"{head.url}/{language}/waits/{TOKEN}/", head=head, words=words)


def _of_account(kind: MailKind, language: str, shop: Shop, words: InForce) -> Letter:
    head = compose.head(shop, language)
    if kind is MailKind.INVITATION:
        invited = Invitation(
            id=0, email="reader@example.org", role=Role.MANAGER, language=language, token=TOKEN, invited_by=None, invited_at=NOON,
            expires_at=NOON + timedelta(days=7),
        )  # fmt: skip
        reader = Reader(language, shop.country, shop.zone)
        return account_letters.invitation(invited, inviter=_NAME.pick(language), head=head, reader=reader, words=words)
    person = Person(
        id=UserId(0), email="reader@example.org", name="", language=language, role=None, is_active=True, must_change_password=False,
        joined_at=NOON, last_seen_at=None,
    )  # fmt: skip
    write = {
        MailKind.PASSWORD_RESET: account_letters.password_reset,
        MailKind.JOINING: account_letters.joining,
        MailKind.KNOWN_ALREADY: account_letters.known_already,
        MailKind.SIGN_IN_CODE: account_letters.sign_in_code,
    }[kind]
    return write(person, token="482913" if kind is MailKind.SIGN_IN_CODE else TOKEN, head=head, words=words)


def _unsubscribe(kind: MailKind, language: str, shop: Shop) -> str:
    return f"{compose.head(shop, language).url}/{language}/mails/{TOKEN}/" if kind in WELCOME_KINDS else ""


# ── the order that does not exist ─────────────────────────────────────────────────────────────────────────────────────

_NAME = Bilingual("Ann Lee", "李安")
_LANTERN = Bilingual("Paper lantern, lotus", "荷花纸灯笼")
_TEA = Bilingual("Box of oolong tea", "乌龙茶礼盒")


def sample_order(kind: MailKind, language: str, shop: Shop) -> Order:
    """Return an order of two lanterns and a box of tea, as far as this kind of letter needs it; it stands in no table."""
    if language not in LANGUAGES:
        raise NotFound("language", language)
    state = OrderState.CANCELLED if kind is MailKind.CANCELLED else OrderState.SHIPPED
    lines = (_line(1, _LANTERN, 2, 1_798, 2), _line(2, _TEA, 1, 849, 0 if kind is MailKind.SHIPPED else 1))
    parcel = Shipment(
        id=ShipmentId(1), warehouse_id=WarehouseId(1), carrier=Bilingual("Royal Mail", "顺丰速运").pick(language),
        tracking_number="RM123456789", lines=(ParcelLine(line_id=LineId(1), units=2),), shipped_at=NOON + timedelta(days=1),
    )  # fmt: skip
    back = RefundLine(line_id=LineId(2), units=1, dropped_units=0, gross_minor=849, tax_minor=141, is_restocked=False)
    refund = Refund(
        id=RefundId(1), order_id=OrderId(0), reason="damaged", lines=(back,), goods_minor=849, delivery_minor=0, total_minor=849,
        state=RefundState.SETTLED, made_at=NOON + timedelta(days=5), settled_at=NOON + timedelta(days=5),
    )  # fmt: skip
    return Order(
        id=OrderId(0), number="SK-100007", token=TOKEN, state=state, channel="web", buyer_id=CustomerId(0), is_guest=True,
        contact=Contact(email="reader@example.org", name=_NAME.pick(language)), address=_address(language, shop), language=language,
        currency=shop.currency, tax_mode="included", delivery_option_id=None, delivery_name=Bilingual("Standard delivery", "标准配送"),
        delivery_minor=350, delivery_tax_minor=58, goods_minor=2_647, discount_minor=0, tax_minor=498, total_minor=2_997, paid_minor=2_997,
        refunded_minor=0, refunded_delivery_minor=0, lines=lines, shipments=(parcel,), refunds=(refund,), placed_at=NOON,
        paid_at=NOON, cancelled_at=None, cancel_reason=CancelReason.BUYER.value if kind is MailKind.CANCELLED else "", hold_until=None,
        basket_id=None, is_imported=False, quote={},
    )  # fmt: skip


def _address(language: str, shop: Shop) -> Address:
    if language.startswith("zh"):
        return Address(name="李安", line1="中山路 88 号", city="杭州市", region="浙江省", postcode="310000", country="CN", phone="")
    return Address(name="Ann Lee", line1="2 Mill Lane", city="York", postcode="YO1 7EP", country="GB")


def _line(number: int, name: Bilingual, units: int, gross_minor: int, shipped: int) -> OrderLine:
    return OrderLine(
        id=LineId(number), variant_id=VariantId(number), product_id=number, category_id=None, sku=f"SAMPLE-{number}", name=name,
        units=units, unit_minor=gross_minor // units, goods_minor=gross_minor, discount_minor=0, tax_basis_points=2_000,
        tax_minor=gross_minor // 6, gross_minor=gross_minor, shipped_units=shipped, dropped_units=0, refunded_units=0, refunded_minor=0,
        refunded_tax_minor=0,
    )  # fmt: skip
