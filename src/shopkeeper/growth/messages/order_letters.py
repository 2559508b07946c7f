"""What the shop writes to a buyer about an order. Called inside the reader's language; money and dates come from the reader."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from shopkeeper.growth.messages.letter import Detail, Head, Letter, Line, Link, Total
from shopkeeper.growth.messages.reading import Reader
from shopkeeper.growth.messages.shapes import Attachment, MailKind
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.orders.shapes import CancelReason, Order, OrderLine, OrderState, ParcelLine, Refund, Shipment


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNews:
    """What an order letter is made of. `detail_id` is the shipment or refund it tells of; `invoice` draws the PDF when it is needed."""

    kind: MailKind
    order: Order
    detail_id: int | None
    head: Head
    reader: Reader
    invoice: Callable[[], bytes]


def letter(news: OrderNews) -> Letter | None:
    """Return the letter, or None where it would not be true any more: nobody needs “thank you” for an order that has ended."""
    order = news.order
    ended = order.state in (OrderState.CANCELLED, OrderState.EXPIRED)
    if ended and news.kind in (MailKind.PLACED, MailKind.PAID):
        return None
    return _WRITERS[news.kind](news)


def _placed(news: OrderNews) -> Letter:
    order, money = news.order, _money(news)
    return _letter(
        news,
        subject=_("We have your order %(number)s") % {"number": order.number},
        preview=_("%(total)s, placed on %(day)s. We write again when the parcel leaves.")
        % {"total": money(order.total_minor), "day": news.reader.day(order.placed_at)},
        heading=_("Thank you for your order"),
        paragraphs=(
            _greeting(order.contact.name),
            _("Your order %(number)s has arrived and your goods are set aside. Here is what you ordered.") % {"number": order.number},
        ),
        lines=_order_lines(news),
        totals=_order_totals(news),
        details=(_delivery(news),),
    )


def _paid(news: OrderNews) -> Letter:
    order, money = news.order, _money(news)
    return _letter(
        news,
        subject=_("Payment received for order %(number)s") % {"number": order.number},
        preview=_("%(total)s received. The invoice is attached.") % {"total": money(order.paid_minor)},
        heading=_("Your payment has arrived"),
        paragraphs=(
            _greeting(order.contact.name),
            _("We have received %(total)s for your order %(number)s. The invoice is attached to this mail.")
            % {"total": money(order.paid_minor), "number": order.number},
            _("Next we pack your goods. You get the tracking number as soon as the parcel leaves."),
        ),
        totals=_order_totals(news),
        attachments=(
            Attachment(name=_("invoice-%(number)s.pdf") % {"number": order.number}, content=news.invoice(), mime="application/pdf"),
        ),
    )


def _shipped(news: OrderNews) -> Letter:
    order = news.order
    parcel = _parcel(news)
    rest = sum(line.units_to_ship for line in order.lines)
    paragraphs = [_greeting(order.contact.name)]
    paragraphs.append(
        _("A parcel with the goods below left us on %(day)s and is on its way to you.") % {"day": news.reader.day(parcel.shipped_at)}
    )
    if rest:
        paragraphs.append(
            ngettext("%(units)d more piece follows in another parcel.", "%(units)d more pieces follow in another parcel.", rest)
            % {"units": rest}
        )
    tracking = (parcel.tracking_number,) if parcel.tracking_number else ()
    return _letter(
        news,
        subject=_("Your parcel is on its way (order %(number)s)") % {"number": order.number},
        preview=f"{parcel.carrier} {parcel.tracking_number}".strip(),
        heading=_("Your parcel is on its way"),
        paragraphs=tuple(paragraphs),
        lines=_parcel_lines(news, parcel.lines),
        details=(Detail(pgettext("mail", "Carrier and tracking number"), (parcel.carrier, *tracking)), _delivery(news)),
    )


def _cancelled(news: OrderNews) -> Letter:
    order = news.order
    if order.paid_minor:
        money_back = _("What you paid goes back the way you paid it. Depending on your bank this takes a few days.")
    else:
        money_back = _("Nothing was charged. If your bank shows a reserved amount, it disappears by itself within a few days.")
    return _letter(
        news,
        subject=_("Order %(number)s is cancelled") % {"number": order.number},
        preview=money_back,
        heading=_("Your order is cancelled"),
        paragraphs=(
            _greeting(order.contact.name),
            _why_cancelled(order) % {"number": order.number},
            money_back,
        ),
        lines=_order_lines(news),
        totals=_order_totals(news),
    )


def _refunded(news: OrderNews) -> Letter:
    order, money = news.order, _money(news)
    refund = _refund(news)
    totals = [Total(pgettext("mail", "Goods"), money(refund.goods_minor))]
    if refund.delivery_minor:
        totals.append(Total(pgettext("mail", "Delivery"), money(refund.delivery_minor)))
    names = {line.id: line for line in order.lines}
    lines = tuple(_line(news, names[line.line_id], line.units, money(line.gross_minor)) for line in refund.lines)
    return _letter(
        news,
        subject=_("We have refunded %(total)s (order %(number)s)") % {"total": money(refund.total_minor), "number": order.number},
        preview=_("The money goes back the way you paid."),
        heading=_("Your money is on its way back"),
        paragraphs=(
            _greeting(order.contact.name),
            _("We have refunded %(total)s for your order %(number)s. It goes back the way you paid, which may take a few days.")
            % {"total": money(refund.total_minor), "number": order.number},
        ),
        lines=lines,
        totals=(*totals, Total(pgettext("mail", "Refunded"), money(refund.total_minor), is_sum=True)),
    )


_WRITERS: dict[MailKind, Callable[[OrderNews], Letter]] = {
    MailKind.PLACED: _placed,
    MailKind.PAID: _paid,
    MailKind.SHIPPED: _shipped,
    MailKind.CANCELLED: _cancelled,
    MailKind.REFUNDED: _refunded,
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


def _letter(
    news: OrderNews,
    *,
    subject: str,
    preview: str,
    heading: str,
    paragraphs: tuple[str, ...],
    lines: tuple[Line, ...] = (),
    totals: tuple[Total, ...] = (),
    details: tuple[Detail, ...] = (),
    attachments: tuple[Attachment, ...] = (),
) -> Letter:
    order = news.order
    return Letter(
        to=order.contact.email,
        language=order.language,
        head=news.head,
        subject=subject,
        preview=preview,
        heading=heading,
        paragraphs=paragraphs,
        button=Link(pgettext("mail", "See your order"), f"{news.head.url}/{order.language}/orders/{order.token}/"),
        lines=lines,
        totals=totals,
        details=details,
        after=(_("The link is yours alone: whoever has it sees your order."),),
        why=_("You get this mail because you placed order %(number)s with us.") % {"number": order.number},
        attachments=attachments,
    )


def _greeting(name: str) -> str:
    return _("Dear %(name)s,") % {"name": name} if name else _("Hello,")


def _money(news: OrderNews) -> Callable[[int], str]:
    return lambda minor: news.reader.money(minor, news.order.currency)


def _line(news: OrderNews, line: OrderLine, units: int, amount: str) -> Line:
    return Line(line.name.pick(news.order.language), f"{units} ×", amount)


def _order_lines(news: OrderNews) -> tuple[Line, ...]:
    money = _money(news)
    return tuple(_line(news, line, line.units, money(line.gross_minor)) for line in news.order.lines)


def _parcel_lines(news: OrderNews, parcel: tuple[ParcelLine, ...]) -> tuple[Line, ...]:
    names = {line.id: line for line in news.order.lines}
    return tuple(_line(news, names[packed.line_id], packed.units, "") for packed in parcel)


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


def _delivery(news: OrderNews) -> Detail:
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
    return Detail(pgettext("mail", "Delivery address"), tuple(row for row in rows if row))


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
