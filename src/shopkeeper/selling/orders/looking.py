"""Orders as they are read: one, several, by their link or number, in pages; a refund; the invoice."""

from collections.abc import Collection, Sequence

from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import CustomerId, OrderId, RefundId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.selling.media import public as media
from shopkeeper.selling.media.shapes import Format
from shopkeeper.selling.orders import extras, models, reading, store
from shopkeeper.selling.orders.shapes import Happening, Order, OrderFilter, OrderState, OrderSummary, Refund
from shopkeeper.selling.shop import public as shops

MOST_ON_A_PAGE = 500


def order(order_id: OrderId) -> Order:
    """Return a whole order. Raises NotFound."""
    return one(reading.whole([order_id]), order_id)


def orders(order_ids: Collection[OrderId]) -> dict[OrderId, Order]:
    """Return whole orders by id; unknown ids are left out. One query however many they are."""
    return {found.id: found for found in reading.whole(list(order_ids))}


def by_token(token: str) -> Order:
    """Return the order behind a signed link's token. Raises NotFound."""
    wanted = token if len(token) <= 64 and "\x00" not in token else ""
    return one(reading.whole_by("token", wanted), token[:64])


def by_number(number: str) -> Order:
    """Return the order of a number such as SK-100001, capital or small. Raises NotFound."""
    wanted = number.strip().upper() if len(number) <= 64 and "\x00" not in number else ""
    return one(reading.whole_by("number", wanted), number[:64])


def orders_of(customer_id: CustomerId, *, number: int = 1, size: int = 20) -> Page[OrderSummary]:
    """Return one page of a buyer's orders, newest first. Raises OutOfRange."""
    return list_orders(OrderFilter(buyer_id=customer_id), number=number, size=size)


def list_orders(wanted: OrderFilter | None = None, *, number: int = 1, size: int = 50) -> Page[OrderSummary]:
    """Return one page of the orders that fit the filter, newest first. Raises OutOfRange."""
    _check_page(number, size)
    return store.page_of_summaries(wanted or OrderFilter(), number=number, size=size)


def _check_page(number: int, size: int) -> None:
    if not 1 <= number <= 1_000_000:
        raise OutOfRange("page", number, least=1, most=1_000_000)
    if not 1 <= size <= MOST_ON_A_PAGE:
        raise OutOfRange("size", size, least=1, most=MOST_ON_A_PAGE)


def counts(*states: OrderState) -> dict[OrderState, int]:
    """Return how many orders are in each of the states, in each there is where none is named; those without orders included."""
    return store.counts(states or tuple(OrderState))


def timeline(order_id: OrderId) -> tuple[Happening, ...]:
    """Return what happened to an order, oldest first."""
    return tuple(store.happenings(order_id))


def refund(refund_id: RefundId) -> Refund:
    """Return one refund. Raises NotFound."""
    found = models.Refund.objects.filter(id=refund_id).prefetch_related("lines").first()
    if found is None:
        raise NotFound("refund", refund_id)
    return store.to_refund(found)


def invoice_pdf(order_id: OrderId, language: str) -> bytes:
    """Return the order's invoice as an A4 PDF in that language, with the shop's logo, name and licence and an embedded font.

    Raises NotFound, NoInvoice for an order that was not paid, Malformed for a language the shop does not speak.
    """
    # Drawing needs fpdf2 and a font of some megabytes; only whoever asks for an invoice loads them.
    from shopkeeper.selling.orders import invoice

    spoken = checks.language(language)
    found, added, shop = together.read(lambda: order(order_id), lambda: extras.particulars_of_order(order_id), shops.shop)
    logo = media.size(shop.logo.key, shop.logo.smallest, Format.JPEG) if shop.logo else None
    return invoice.draw(found, language=spoken, shop=shop, wish=added.invoice, logo=logo)


def one(found: Sequence[Order], wanted: object) -> Order:
    """Return the order that was looked for. Raises NotFound where nothing was found."""
    if not found:
        raise NotFound("order", wanted)
    return found[0]
