"""What stands beside an order, behind the room's face: what its buyer added, how the shop arranges things, what happened to a member."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from shopkeeper.kit import checks
from shopkeeper.kit.ids import BasketId, CustomerId, OrderId, UserId
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.orders import asking_store, models
from shopkeeper.selling.orders.rules import extras
from shopkeeper.selling.orders.shapes import (
    NO_PARTICULARS,
    Arrangement,
    BasketClosed,
    CarrierLink,
    InvoiceKind,
    News,
    Particulars,
)

MOST_NEWS = 50
MOST_LINKS = 200


# ── what a buyer adds to a basket ─────────────────────────────────────────────────────────────────────────────────────


def particulars(basket_id: BasketId | None) -> Particulars:
    """Return what was added to a basket, and stays with the order it became; nothing for no basket."""
    return asking_store.particulars([basket_id]).get(basket_id, NO_PARTICULARS) if basket_id else NO_PARTICULARS


def particulars_of_order(order_id: OrderId) -> Particulars:
    """Return what the buyer of an order added to it; nothing for an unknown order."""
    return asking_store.particulars_of_order(order_id)


def checked_particulars(value: Particulars, *, country: str) -> Particulars:
    """Return what a buyer in this country adds made tidy. Raises Malformed, OutOfRange or WrongTaxNumber, naming the field."""
    tidy = extras.checked(value)
    if tidy.invoice is None or tidy.invoice.kind is not InvoiceKind.COMPANY:
        return tidy
    return replace(tidy, invoice=replace(tidy.invoice, tax_number=customers.tax_number(tidy.invoice.tax_number, country=country)))


@transaction.atomic
def save_particulars(*, token: str, value: Particulars, country: str, now: datetime) -> Particulars:
    """Keep what a buyer in this country adds to an open basket, in place of what was kept, and return it.

    Raises BasketClosed where the basket became an order or is none; Malformed, OutOfRange or WrongTaxNumber, naming the field.
    """
    tidy = checked_particulars(value, country=country)
    # The basket's row is locked: who places it at this moment waits, or was first.
    basket_id = asking_store.lock_open_basket(token) if token and len(token) <= 64 and "\x00" not in token else None
    if basket_id is None:
        raise BasketClosed
    asking_store.put_particulars(basket_id, tidy, now)
    return tidy


# ── how the shop arranges things ──────────────────────────────────────────────────────────────────────────────────────


def arrangement() -> Arrangement:
    """Return how the shop takes orders and takes goods back."""
    row = models.Arrangement.objects.filter(id=1).first()
    if row is None:
        return Arrangement()
    return Arrangement(is_in_steps=row.is_in_steps, return_address=row.return_address, return_days=row.return_days)


@transaction.atomic
def save_arrangement(*, wanted: Arrangement, actor: UserId, now: datetime) -> Arrangement:
    """Change how the shop takes orders and takes goods back, and return it. Raises OutOfRange, Malformed."""
    before = arrangement()
    tidy = Arrangement(
        is_in_steps=wanted.is_in_steps,
        return_address=checks.paragraphs(wanted.return_address, field="return_address", most=500),
        return_days=checks.whole(wanted.return_days, field="return_days", least=0, most=365),
    )
    if tidy != before:
        fields = {name: getattr(tidy, name) for name in ("is_in_steps", "return_address", "return_days")}
        models.Arrangement.objects.update_or_create(id=1, defaults=fields)
        changed = {name: value for name, value in fields.items() if value != getattr(before, name)}
        old = {name: getattr(before, name) for name in changed}
        audit.record(actor=actor, act="orders.arrange", subject="shop:1", before=old, after=changed, at=now)
    return tidy


def carrier_links() -> tuple[CarrierLink, ...]:
    """Return where carriers tell how far a parcel is, by carrier."""
    rows = models.CarrierLink.objects.order_by("carrier")[:MOST_LINKS]
    return tuple(CarrierLink(id=row.id, carrier=row.carrier, address=row.address) for row in rows)


@transaction.atomic
def save_carrier_link(*, link_id: int | None = None, carrier: str, address: str, actor: UserId, now: datetime) -> CarrierLink:
    """Say where a carrier tells how far a parcel is, or change it, and return it; of one carrier there is one.

    Raises NotFound, Malformed, OutOfRange.
    """
    name = checks.line(carrier, field="carrier", least=1, most=100)
    tidy = extras.carrier_address(address)
    same = models.CarrierLink.objects.select_for_update().filter(carrier__iexact=name).first()
    row = models.CarrierLink.objects.select_for_update().filter(id=link_id).first() if link_id is not None else same
    if link_id is not None and row is None:
        raise NotFound("carrier", link_id)
    if row is None and models.CarrierLink.objects.count() >= MOST_LINKS:
        raise OutOfRange("carrier", MOST_LINKS + 1, least=0, most=MOST_LINKS)
    if row is not None and same is not None and same.id != row.id:
        same.delete()
    before = {"carrier": row.carrier, "address": row.address} if row else None
    row = row or models.CarrierLink()
    row.carrier, row.address = name, tidy
    row.save()
    audit.record(
        actor=actor, act="orders.arrange", subject=f"carrier:{row.id}", before=before, after={"carrier": name, "address": tidy}, at=now
    )
    return CarrierLink(id=row.id, carrier=name, address=tidy)


# ── what happened to a member ─────────────────────────────────────────────────────────────────────────────────────────


def news(customer_id: CustomerId, *, limit: int = MOST_NEWS) -> tuple[News, ...]:
    """Return what happened to a member's orders, the newest first: one statement. Raises OutOfRange."""
    return asking_store.news(customer_id, limit=checks.whole(limit, field="limit", least=1, most=MOST_NEWS))


def news_read_until(customer_id: CustomerId) -> datetime | None:
    """Return up to when a member has read what happened, None where nothing was ever read."""
    return asking_store.read_until(customer_id)


def mark_news_read(*, customer_id: CustomerId, until: datetime) -> None:
    """Remember that a member has read what happened until then; never less than was read before."""
    asking_store.mark_read(customer_id, until)


def news_seen_until(order_id: OrderId) -> datetime | None:
    """Return up to when what happened to an order was read on its own page, None where it never was."""
    return asking_store.seen_until(order_id)


def mark_news_seen(*, order_id: OrderId, until: datetime) -> None:
    """Remember that what happened to an order until then was read on its own page; never less than before."""
    asking_store.mark_seen(order_id, until)


def is_told(code: str) -> bool:
    """Return whether an entry of an order's timeline is news for its buyer."""
    return code in asking_store.TOLD
