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
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.conf import settings
from django.db import Error, connection, transaction

from shopkeeper.flows import pay_order, settle_payment
from shopkeeper.kit import checks, statements
from shopkeeper.kit.ids import CustomerId, DeliveryOptionId, OrderId
from shopkeeper.kit.refusals import KeyReused, OutOfRange, Refusal
from shopkeeper.ops.monitoring import public as monitoring
from shopkeeper.selling.catalog.shapes import Goods
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.shapes import OutOfStock, ShortLine
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import (
    Basket,
    BasketOrdered,
    CancelReason,
    Contact,
    EmptyBasket,
    LineGoods,
    NewOrder,
    OrderState,
    Standing,
    TooMuchUnpaid,
)
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import PaymentRefused, PaymentState
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import Material, Quote, QuoteStale, Wanted

HOLD_FOR = timedelta(minutes=30)
"""How long an unpaid order keeps its goods from others."""

MOST_KEY = 100
MOST_TOKEN = 64
STALE = ("SK002", "SK024")
"""What the database refuses where prices moved, or what a bundle holds, since the order was planned."""

_PLACE = "SELECT place_order(%s, %s, %s::jsonb, %s::jsonb, %s::jsonb, %s::jsonb, %s::bigint, %s::jsonb, %s::integer, %s::integer, %s, %s)"
_PLACE_BUNDLES = (
    "SELECT place_order_of_bundles(%s, %s, %s::jsonb, %s::jsonb, %s::jsonb, %s::jsonb, %s::bigint, %s::jsonb, %s::integer, %s::integer, "
    "%s, %s, %s::jsonb)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The answer to a placed order. `payment_state` pending: the money is not certain yet; `redirect_url`: where the buyer confirms it."""

    order_id: OrderId
    number: str
    token: str
    state: OrderState
    payment_state: PaymentState
    redirect_url: str | None


@monitoring.counting_refusals()
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
    order_id = open_order(
        basket_token=basket_token, buyer=buyer, contact=contact, address=address, delivery_option_id=delivery_option_id,
        payment_method=payment_method, seen_digest=seen_digest, idempotency_key=idempotency_key, language=language, channel=channel,
        now=now,
    )  # fmt: skip
    monitoring.note("Order placed", order=f"order:{order_id}")
    return _ask_for_money(order_id, payment_method, now)


def open_order(
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
) -> OrderId:
    """Plan and open the order, the first phase of `place_order`, and return its id; nothing is asked of the provider yet.

    Raises what `place_order` raises, except PaymentRefused.
    """
    contact, address = orders.checked_contact(contact), orders.checked_address(address)
    language = checks.language(language)
    payments.method(payment_method)
    if not 1 <= len(idempotency_key) <= MOST_KEY:
        raise OutOfRange("idempotency_key", idempotency_key[:MOST_KEY], least=1, most=MOST_KEY)
    asked = {
        "basket": basket_token, "contact": msgspec.to_builtins(contact), "address": msgspec.to_builtins(address),
        "delivery": delivery_option_id, "method": payment_method, "seen": seen_digest,
    }  # fmt: skip
    fingerprint = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()

    standing, read = _plan(basket_token, idempotency_key, address.country)
    order_id = _opened_before(standing, idempotency_key, fingerprint)
    if order_id is not None:
        return order_id
    material, quote = _agreed_quote(standing.basket, read, address.country, delivery_option_id, seen_digest)
    if buyer is None:
        customers.refuse_odd_guest(name=contact.name, phone=contact.phone)
    new = NewOrder(
        basket_id=standing.basket.id,
        buyer_id=buyer,
        is_guest=buyer is None,
        contact=contact,
        address=address,
        language=language,
        channel=channel,
        quote=quote,
        goods=tuple(_place_of(material.goods[line.variant_id]) for line in quote.lines),
        hold_until=now + HOLD_FOR,
    )
    return _open(new, standing.basket, idempotency_key, fingerprint, now)


# ── phase 1: plan and open ────────────────────────────────────────────────────────────────────────────────────────────


def _plan(basket_token: str, key: str, country: str) -> tuple[Standing, str | None]:
    """Return what stands already and, for an open basket with lines, what its quote is made from: one round trip."""
    token = basket_token if len(basket_token) <= MOST_TOKEN and "\x00" not in basket_token else ""
    *standing, read = statements.row(
        "SELECT fingerprint, key_order, living_order, basket_id, customer_id, variants, units, material::text "
        "FROM place_order_plan(%s, %s, %s)",
        [key, token, country],
    )
    return orders.standing_of(token, standing), read


def _opened_before(standing: Standing, key: str, fingerprint: str) -> OrderId | None:
    """Return the order this very request, or another one for the same basket, has opened already."""
    if standing.key_order is not None and standing.fingerprint != fingerprint:
        raise KeyReused("This idempotency key was used for another request", field="idempotency_key", value=key)
    return standing.key_order or standing.living_order


def _agreed_quote(
    basket: Basket, read: str | None, country: str, delivery_option_id: DeliveryOptionId | None, seen_digest: str
) -> tuple[Material, Quote]:
    if read is None:
        raise EmptyBasket("There is nothing in the basket to order", field="basket")
    material = pricing.material_of(read)
    quote = pricing.quote_from(material=material, wanted=_wanted(basket), country=country, delivery_option_id=delivery_option_id)
    if quote.digest != seen_digest:
        raise QuoteStale(seen_digest, quote)
    return material, quote


def _wanted(basket: Basket) -> list[Wanted]:
    return [Wanted(variant_id=line.variant_id, units=line.units) for line in basket.lines]


def _place_of(goods: Goods) -> LineGoods:
    return LineGoods(variant_id=goods.variant_id, product_id=goods.product_id, category_id=goods.category_id)


def _open(new: NewOrder, basket: Basket, key: str, fingerprint: str, now: datetime) -> OrderId:
    """Open the order in one database call, which is one transaction of its own: a refusal leaves nobody and nothing behind."""
    try:
        with _refusals(new, basket), transaction.atomic() if connection.in_atomic_block else nullcontext():
            return _call(new, key, fingerprint, now)
    except BasketOrdered as ordered:
        return ordered.order_id


@contextmanager
def _refusals(new: NewOrder, basket: Basket) -> Iterator[None]:
    """Turn what the database function refuses into the rooms' own refusals. Stands outside `atomic()`: a refusal ends what is inside."""
    try:
        yield
    except Error as error:
        if getattr(error.__cause__, "sqlstate", None) in STALE:
            delivery = new.quote.delivery
            fresh = pricing.quote(wanted=_wanted(basket), country=new.address.country, delivery_option_id=delivery.id if delivery else None)
            raise QuoteStale(new.quote.digest, fresh) from error
        refusal = inventory.refusal_of(error) or orders.refusal_of(error)
        if refusal is None:
            raise
        raise _as_the_buyer_knows_it(refusal, new.quote) from error


def _as_the_buyer_knows_it(refusal: Refusal, quote: Quote) -> Refusal:
    """Return a refusal with bundles told as bundles where stock is short, and their pieces counted where it is the cap."""
    within = _pieces_within(quote)
    if isinstance(refusal, TooMuchUnpaid) and within:
        return TooMuchUnpaid(
            orders=refusal.orders, units=refusal.units + within, most_orders=refusal.most_orders, most_units=refusal.most_units + within
        )
    return _of_lines(refusal, quote) if isinstance(refusal, OutOfStock) else refusal


def _of_lines(refusal: OutOfStock, quote: Quote) -> OutOfStock:
    """Return the refusal with the order's lines in place of the parts that are short: the buyer knows bundles, not what is held for them.

    A line that shares a piece with others can have what those would leave it.
    """
    if not any(line.parts for line in quote.lines):
        return refusal
    short = {each.variant_id: each for each in refusal.short}
    told = []
    for line in quote.lines:
        needs = {part.variant_id: part.units for part in line.parts} or {line.variant_id: 1}
        left = [
            max(short[each].available - (short[each].wanted - units * line.units), 0) // units
            for each, units in needs.items()
            if each in short
        ]
        if left:
            told.append(ShortLine(variant_id=line.variant_id, sku=line.sku, wanted=line.units, available=min(left)))
    return OutOfStock(told)


def _call(new: NewOrder, key: str, fingerprint: str, now: datetime) -> OrderId:
    document, lines = orders.opening(new)
    values = [
        key, fingerprint, _json(document), _json(lines), _json(_fact(new, lines)), _json(new.quote.versions), new.quote.price_list_id,
        _json(_goods_wanted(new.quote)), settings.MOST_UNPAID_ORDERS, settings.MOST_UNPAID_UNITS - _pieces_within(new.quote),
        new.hold_until, now,
    ]  # fmt: skip
    seen = {line.variant_id: [[part.variant_id, part.units] for part in line.parts] for line in new.quote.lines if line.parts}
    (order_id,) = statements.row(_PLACE_BUNDLES, [*values, _json(seen)]) if seen else statements.row(_PLACE, values)
    return OrderId(order_id)


def _pieces_within(quote: Quote) -> int:
    """Return how many pieces more than its units an order holds: the cap on what one buyer holds unpaid counts pieces, not bundles."""
    return sum((sum(part.units for part in line.parts) - 1) * line.units for line in quote.lines if line.parts)


def _goods_wanted(quote: Quote) -> list[dict[str, object]]:
    """Return what is to be held, as inventory_take reads it: of a bundle its parts, never itself."""
    return [
        {"variant_id": part.variant_id, "units": part.units * line.units, "sku": part.sku} for line in quote.lines for part in line.parts
    ] + [{"variant_id": line.variant_id, "units": line.units, "sku": line.sku} for line in quote.lines if not line.parts]


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _fact(new: NewOrder, lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return OrderPlaced without the ids that only the database knows."""
    told = ("variant_id", "product_id", "category_id", "sku", "units", "gross_minor", "discount_minor", "tax_minor")
    return {
        "channel": new.channel,
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
    seen = settle_payment.look(order_id)
    if seen.order.state is OrderState.PLACED:
        payment = pay_order.begin_and_ask(order=seen.order, method=payment_method, key=f"order:{order_id}", now=now)
        seen = settle_payment.settled(seen.with_payment(payment), now)
    return _answer(seen)


def _answer(seen: settle_payment.Look) -> Placed:
    # The newest attempt: the buyer may have begun another one since.
    order, payment = seen.order, next(reversed(seen.payments), None)
    if order.state is OrderState.CANCELLED and order.cancel_reason == CancelReason.PAYMENT_DECLINED:
        raise PaymentRefused(payment.decline_reason if payment and payment.decline_reason else "declined")
    return Placed(
        order_id=order.id,
        number=order.number,
        token=order.token,
        state=order.state,
        payment_state=payment.state if payment else PaymentState.PENDING,
        redirect_url=payment.redirect_url or None if payment and payment.awaits_buyer else None,
    )
