"""A shopper's click becomes an order, in three phases.

1. Plan and open: quote again, compare with what the buyer saw, then one database call opens the order, holds the stock and tells.
2. Ask for the money, outside every transaction, within a time limit, under a key.
3. Settle: paid, refused, or still unknown; a webhook or the sweeper settles what is unknown.

A process may die between any two steps. Repeating the request under the same key finds the order and goes on where it stopped.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, connection, transaction

from shopkeeper.flows import settle_payment
from shopkeeper.kit import checks
from shopkeeper.kit.ids import CustomerId, DeliveryOptionId, OrderId
from shopkeeper.kit.refusals import KeyReused, OutOfRange
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import (
    Basket,
    BasketOrdered,
    CancelReason,
    Contact,
    EmptyBasket,
    LineGoods,
    NewOrder,
    Order,
    OrderState,
)
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import PaymentRefused, PaymentState
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import Quote, QuoteStale, Wanted

HOLD_FOR = timedelta(minutes=30)
"""How long an unpaid order keeps its goods from others."""

MOST_KEY = 100
STALE_PRICES = "SK002"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The answer to a placed order. `payment_state` pending: the money is not certain yet; `redirect_url`: where the buyer confirms it."""

    order_id: OrderId
    number: str
    token: str
    state: OrderState
    payment_state: PaymentState
    redirect_url: str | None


def place_order(
    *,
    basket_token: str,
    buyer: CustomerId | None,
    contact: Contact,
    address: Address,
    delivery_option_id: DeliveryOptionId | None,
    payment_method: str,
    seen_digest: str,
    idempotency_key: str,
    language: str,
    channel: str = "web",
    now: datetime,
) -> Placed:
    """Place the basket as an order and ask for its money; `buyer` None buys as a guest. Repeating the key repeats the answer.

    `seen_digest` is the digest of the quote the buyer agreed to. Raises EmptyBasket, QuoteStale (with the fresh quote), OutOfStock
    (naming every short line), PaymentRefused (the order is cancelled, the basket open again), KeyReused, DeliveryUnavailable,
    NotSellable, NoPrice, Malformed and OutOfRange (naming the field). A refusal before the order opened has changed nothing.
    """
    contact, address = orders.checked_contact(contact), orders.checked_address(address)
    language = checks.language(language)
    payments.method(payment_method)
    if not 1 <= len(idempotency_key) <= MOST_KEY:
        raise OutOfRange("idempotency_key", idempotency_key[:MOST_KEY], least=1, most=MOST_KEY)
    asked = {
        "basket": basket_token, "contact": asdict(contact), "address": asdict(address), "delivery": delivery_option_id,
        "method": payment_method, "seen": seen_digest,
    }  # fmt: skip
    fingerprint = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()

    order_id = _opened_before(idempotency_key, fingerprint, basket_token)
    if order_id is None:
        basket = orders.basket(basket_token)
        quote = _agreed_quote(basket, address.country, delivery_option_id, seen_digest)
        draft = _Draft(basket=basket, buyer=buyer, contact=contact, address=address, language=language, channel=channel, quote=quote)
        order_id = _open(draft, idempotency_key, fingerprint, now)
    return _ask_for_money(order_id, payment_method, now)


# ── phase 1: plan and open ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    basket: Basket
    buyer: CustomerId | None
    contact: Contact
    address: Address
    language: str
    channel: str
    quote: Quote


def _opened_before(key: str, fingerprint: str, basket_token: str) -> OrderId | None:
    """Return the order this very request, or another one for the same basket, has opened already."""
    known = orders.key_answer(key)
    if known is not None:
        if known[0] != fingerprint:
            raise KeyReused("This idempotency key was used for another request", field="idempotency_key", value=key)
        return known[1]
    return orders.living_order_of(basket_token)


def _agreed_quote(basket: Basket, country: str, delivery_option_id: DeliveryOptionId | None, seen_digest: str) -> Quote:
    if not basket.lines:
        raise EmptyBasket("There is nothing in the basket to order", field="basket")
    quote = _quote(basket, country, delivery_option_id)
    if quote.digest != seen_digest:
        raise QuoteStale(seen_digest, quote)
    return quote


def _quote(basket: Basket, country: str, delivery_option_id: DeliveryOptionId | None) -> Quote:
    wanted = [Wanted(variant_id=line.variant_id, units=line.units) for line in basket.lines]
    return pricing.quote(wanted=wanted, country=country, delivery_option_id=delivery_option_id)


def _open(draft: _Draft, key: str, fingerprint: str, now: datetime) -> OrderId:
    """Open the order in one database call, in autocommit; a guest is written in the same transaction, so a refusal leaves nobody behind."""
    goods = catalog.goods([line.variant_id for line in draft.quote.lines])
    places = tuple(
        LineGoods(variant_id=variant, product_id=place.product_id, category_id=place.category_id) for variant, place in goods.items()
    )
    try:
        with _refusals(draft), transaction.atomic() if draft.buyer is None or connection.in_atomic_block else nullcontext():
            buyer_id = draft.buyer if draft.buyer is not None else _guest(draft, now)
            new = NewOrder(
                basket_id=draft.basket.id,
                buyer_id=buyer_id,
                is_guest=draft.buyer is None,
                contact=draft.contact,
                address=draft.address,
                language=draft.language,
                channel=draft.channel,
                quote=draft.quote,
                goods=places,
                hold_until=now + HOLD_FOR,
            )
            return _call(new, key, fingerprint, now)
    except BasketOrdered as ordered:
        return ordered.order_id


def _guest(draft: _Draft, now: datetime) -> CustomerId:
    contact = draft.contact
    return customers.guest(
        email=contact.email, name=contact.name, phone=contact.phone, language=draft.language, country=draft.address.country, now=now
    ).id


@contextmanager
def _refusals(draft: _Draft) -> Iterator[None]:
    """Turn what the database function refuses into the rooms' own refusals. Stands outside `atomic()`: a refusal ends what is inside."""
    try:
        yield
    except Error as error:
        if getattr(error.__cause__, "sqlstate", None) == STALE_PRICES:
            delivery = draft.quote.delivery
            raise QuoteStale(draft.quote.digest, _quote(draft.basket, draft.address.country, delivery.id if delivery else None)) from error
        refusal = inventory.refusal_of(error) or orders.refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error


def _call(new: NewOrder, key: str, fingerprint: str, now: datetime) -> OrderId:
    document, lines = orders.opening(new)
    wanted = [{"variant_id": line.variant_id, "units": line.units, "sku": line.sku} for line in new.quote.lines]
    versions = {str(variant): version for variant, version in new.quote.versions.items()}
    values = [document, lines, _fact(new, lines), versions]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place_order(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ->> 'order_id'",
            [key, fingerprint, *map(json.dumps, values), new.quote.price_list_id, json.dumps(wanted), new.hold_until, now],
        )
        return OrderId(int(cursor.fetchone()[0]))


def _fact(new: NewOrder, lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return OrderPlaced without the ids that only the database knows."""
    told = ("variant_id", "product_id", "category_id", "sku", "units", "gross_minor", "discount_minor", "tax_minor")
    return {
        "channel": new.channel,
        "buyer_id": new.buyer_id,
        "is_guest": new.is_guest,
        "country": new.address.country,
        "currency": new.quote.currency,
        "lines": [{name: line[name] for name in told} for line in lines],
        "delivery_minor": new.quote.delivery_minor,
        "delivery_tax_minor": new.quote.delivery_tax_minor,
        "total_minor": new.quote.total_minor,
    }


# ── phases 2 and 3: money, and what it means ──────────────────────────────────────────────────────────────────────────


def _ask_for_money(order_id: OrderId, payment_method: str, now: datetime) -> Placed:
    """Ask for the order's money once, settle what came of it, and answer. Raises PaymentRefused."""
    order = orders.order(order_id)
    if order.state is OrderState.PLACED:
        payment_id = payments.start(
            order_id=order_id,
            amount_minor=order.total_minor,
            currency=order.currency,
            method=payment_method,
            key=f"order:{order_id}",
            now=now,
        )
        payments.authorize(payment_id, now)
        order = settle_payment.settle(order_id=order_id, now=now)
    return _answer(order)


def _answer(order: Order) -> Placed:
    payment = next(iter(payments.payments_of(order.id)), None)
    if order.state is OrderState.CANCELLED and order.cancel_reason == CancelReason.PAYMENT_DECLINED:
        raise PaymentRefused(payment.decline_reason if payment and payment.decline_reason else "declined")
    return Placed(
        order_id=order.id,
        number=order.number,
        token=order.token,
        state=order.state,
        payment_state=payment.state if payment else PaymentState.PENDING,
        redirect_url=payment.redirect_url or None if payment else None,
    )
