"""What the shop writes to a buyer about an order. Called inside the reader's language; money and dates come from the reader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from shopkeeper.growth.messages.letter import Block, Detail, Head, Letter, Line, Total
from shopkeeper.growth.messages.reading import Reader
from shopkeeper.growth.messages.shapes import Attachment, InForce, MailKind
from shopkeeper.growth.messages.writing import Matter, write
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.orders.shapes import CancelReason, Order, OrderLine, OrderState, Refund, Shipment, unpacked


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNews:
    """What an order letter is made of. `detail_id` is the shipment or refund it tells of; `invoice` draws the PDF when it is needed;
    without `words` it is written in the program's own.
    """

    kind: MailKind
    order: Order
    detail_id: int | None
    head: Head
    reader: Reader
    invoice: Callable[[], bytes]
    words: InForce | None = None
    unsubscribe: str = ""
    consents: str = ""


def letter(news: OrderNews) -> Letter | None:
    """Return the letter, or None where it would not be true any more: nobody needs “thank you” for an order that has ended."""
    order = news.order
    ended = order.state in (OrderState.CANCELLED, OrderState.EXPIRED)
    if ended and news.kind in (MailKind.PLACED, MailKind.PAID, MailKind.REVIEW_REQUEST):
        return None
    return write(news.kind, _matter(news, _ABOUT[news.kind](news)), news.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """What one kind of letter says beyond what all letters about an order do."""

    values: Mapping[str, str] = field(default_factory=dict)
    blocks: Mapping[str, Block] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


def _matter(news: OrderNews, about: _About) -> Matter:
    order, url = news.order, news.head.url
    link = f"{url}/{order.language}/orders/{order.token}/"
    values = {
        "name": order.contact.name,
        "number": order.number,
        "shop": news.head.shop_name,
        "order_link": link,
        "returns_link": f"{url}/{order.language}/about/returns/",
        "unsubscribe_link": news.unsubscribe,
    }
    return Matter(
        to=order.contact.email,
        language=order.language,
        head=news.head,
        link=link,
        values=values | dict(about.values),
        blocks=about.blocks,
        why=_("You get this mail because you placed order %(number)s with us.") % {"number": order.number},
        attachments=about.attachments,
        unsubscribe=news.unsubscribe,
        consents=news.consents,
    )


def _placed(news: OrderNews) -> _About:
    order = news.order
    return _About(
        values={"total": _money(news)(order.total_minor), "day": news.reader.day(order.placed_at)},
        blocks={"lines": Block(lines=_order_lines(news)), "totals": Block(totals=_order_totals(news)), "address": _delivery(news)},
    )


def _paid(news: OrderNews) -> _About:
    order = news.order
    return _About(
        values={"total": _money(news)(order.paid_minor), "day": news.reader.day(order.paid_at or order.placed_at)},
        blocks={"lines": Block(lines=_order_lines(news)), "totals": Block(totals=_order_totals(news))},
        attachments=(
            Attachment(name=_("invoice-%(number)s.pdf") % {"number": order.number}, content=news.invoice(), mime="application/pdf"),
        ),
    )


def _shipped(news: OrderNews) -> _About:
    rest = sum(line.units_to_ship for line in news.order.lines)
    follows = ngettext("%(units)d more piece follows in another parcel.", "%(units)d more pieces follow in another parcel.", rest)
    about = _delivered(news)
    return _About(values=dict(about.values) | {"still_to_come": follows % {"units": rest} if rest else ""}, blocks=about.blocks)


def _delivered(news: OrderNews) -> _About:
    parcel = _parcel(news)
    tracking = (parcel.tracking_number,) if parcel.tracking_number else ()
    carried = Detail(pgettext("mail", "Carrier and tracking number"), (parcel.carrier, *tracking))
    return _About(
        values={"day": news.reader.day(parcel.shipped_at), "carrier": parcel.carrier, "tracking_number": parcel.tracking_number},
        blocks={
            "lines": Block(lines=_parcel_lines(news, parcel)),
            "parcel": Block(details=(carried,)),
            "address": _delivery(news),
        },
    )


def _cancelled(news: OrderNews) -> _About:
    order = news.order
    if order.paid_minor:
        money_back = _("What you paid goes back the way you paid it. Depending on your bank this takes a few days.")
    else:
        money_back = _("Nothing was charged. If your bank shows a reserved amount, it disappears by itself within a few days.")
    return _About(
        values={
            "reason": _why_cancelled(order) % {"number": order.number},
            "money_back": money_back,
            "total": _money(news)(order.total_minor),
        },
        blocks={"lines": Block(lines=_order_lines(news)), "totals": Block(totals=_order_totals(news))},
    )


def _refunded(news: OrderNews) -> _About:
    order, money = news.order, _money(news)
    refund = _refund(news)
    totals = [Total(pgettext("mail", "Goods"), money(refund.goods_minor))]
    if refund.delivery_minor:
        totals.append(Total(pgettext("mail", "Delivery"), money(refund.delivery_minor)))
    names = {line.id: line for line in order.lines}
    lines = tuple(_line(news, names[line.line_id], line.units, money(line.gross_minor)) for line in refund.lines)
    total = money(refund.total_minor)
    return _About(
        values={"total": total, "day": news.reader.day(refund.made_at)},
        blocks={
            "lines": Block(lines=lines),
            "totals": Block(totals=(*totals, Total(pgettext("mail", "Refunded"), total, is_sum=True))),
        },
    )


def _review_request(news: OrderNews) -> _About:
    kept = [line for line in news.order.lines if line.shipped_units]
    return _About(
        values={"day": news.reader.day(news.order.placed_at)},
        blocks={"lines": Block(lines=tuple(_line(news, line, line.units, "") for line in kept))},
    )


_ABOUT: dict[MailKind, Callable[[OrderNews], _About]] = {
    MailKind.PLACED: _placed,
    MailKind.PAID: _paid,
    MailKind.SHIPPED: _shipped,
    MailKind.DELIVERED: _delivered,
    MailKind.CANCELLED: _cancelled,
    MailKind.REFUNDED: _refunded,
    MailKind.REVIEW_REQUEST: _review_request,
}


def _why_cancelled(order: Order) -> str:
    if order.state is OrderState.EXPIRED:
        return _("Your order %(number)s was not paid in time, so we have cancelled it and put the goods back on the shelf.")
    match order.cancel_reason:
        case CancelReason.PAYMENT_DECLINED:
            return _("The payment for your order %(number)s was refused, so it has ended. You can order again and pay another way.")
        case CancelReason.BUYER:
            return _("As you asked, we have cancelled your order %(number)s.")
        case CancelReason.OUT_OF_STOCK:
            return _("We are sorry: not all the goods of your order %(number)s are in stock, so we had to cancel it.")
    return _("We have cancelled your order %(number)s. If you have a question about it, just answer this mail.")


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _money(news: OrderNews) -> Callable[[int], str]:
    return lambda minor: news.reader.money(minor, news.order.currency)


def _line(news: OrderNews, line: OrderLine, units: int, amount: str) -> Line:
    name = line.name.pick(news.order.language)
    # What one of a bundle holds stands behind its name.
    held = pgettext("between words", ", ").join(f"{part.units} × {part.name.pick(news.order.language)}" for part in line.parts)
    return Line(pgettext("mail", "%(name)s (%(held)s)") % {"name": name, "held": held} if held else name, f"{units} ×", amount)


def _order_lines(news: OrderNews) -> tuple[Line, ...]:
    money = _money(news)
    return tuple(_line(news, line, line.units, money(line.gross_minor)) for line in news.order.lines)


def _parcel_lines(news: OrderNews, parcel: Shipment) -> tuple[Line, ...]:
    whole, loose = unpacked(news.order.lines, parcel)
    parts = (Line(part.name.pick(news.order.language), f"{units} ×") for part, units in loose)
    return (*(_line(news, line, units, "") for line, units in whole), *parts)


def _order_totals(news: OrderNews) -> tuple[Total, ...]:
    order, money = news.order, _money(news)
    goods = order.total_minor - order.delivery_minor
    return (
        Total(pgettext("mail", "Goods"), money(goods)),
        Total(pgettext("mail", "Delivery (%(name)s)") % {"name": order.delivery_name.pick(order.language)}, money(order.delivery_minor)),
        Total(pgettext("mail", "Total"), money(order.total_minor), is_sum=True),
        Total(pgettext("mail", "Tax included"), money(order.tax_minor)),
    )


_POSTCODE_LAST = frozenset({"AU", "CA", "GB", "IE", "IN", "NZ", "SG", "US", "ZA"})
"""Where the postcode follows the town; elsewhere it stands before it."""


def _delivery(news: OrderNews) -> Block:
    to = news.order.address
    rows: tuple[str, ...]
    country = news.reader.country_name(to.country)
    if news.order.language.startswith("zh") and to.country == "CN":
        # A Chinese address runs from the large to the small.
        street = " ".join(part for part in (to.line1, to.line2) if part)
        rows = (f"{to.region}{to.city}{street}", to.postcode, " ".join(part for part in (to.name, to.phone) if part))
    else:
        town = (to.city, to.postcode) if to.country in _POSTCODE_LAST else (to.postcode, to.city)
        rows = (to.name, to.line1, to.line2, " ".join(part for part in town if part), to.region, country)
    return Block(details=(Detail(pgettext("mail", "Delivery address"), tuple(row for row in rows if row)),))


def _parcel(news: OrderNews) -> Shipment:
    for shipment in news.order.shipments:
        if shipment.id == news.detail_id:
            return shipment
    raise NotFound("shipment", news.detail_id)


def _refund(news: OrderNews) -> Refund:
    for refund in news.order.refunds:
        if refund.id == news.detail_id:
            return refund
    raise NotFound("refund", news.detail_id)
