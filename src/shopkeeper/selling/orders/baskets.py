"""Baskets: what a visitor means to buy. Lines are unique per variant, units stay between 1 and MOST_UNITS, prices are never kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from shopkeeper.kit import together
from shopkeeper.kit.ids import BasketId, CustomerId, VariantId, new_token
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.orders import models
from shopkeeper.selling.orders.rules import joining
from shopkeeper.selling.orders.shapes import MOST_LINES, MOST_UNITS, Basket, BasketFull, BasketLine, JoinedBasket, Standing

NO_BASKET = Basket(id=BasketId(0), token="", customer_id=None, lines=())


def basket(token: str | None) -> Basket:
    """Return the open basket of that token; the empty basket (id 0) for no token, an unknown one, or one already ordered."""
    if not _is_token(token):
        return NO_BASKET
    held = models.BasketLine.objects.filter(basket__token=token, basket__ordered_at=None)
    row, lines = together.read(lambda: _open_row(token), lambda: list(_in_order(held)))
    return NO_BASKET if row is None else _to_basket(row, lines)


def standing_of(token: str, row: Sequence[Any]) -> Standing:
    """Return what the database function orders_standing answers for a basket's token, read within another function."""
    fingerprint, key_order, living_order, basket_id, customer_id, variants, units = row
    lines = zip(variants or (), units or (), strict=True)
    return Standing(
        fingerprint=fingerprint,
        key_order=key_order,
        living_order=living_order,
        basket=NO_BASKET if basket_id is None else Basket(
            id=basket_id, token=token, customer_id=customer_id,
            lines=tuple(BasketLine(variant_id=variant, units=count) for variant, count in lines),
        ),
    )  # fmt: skip


def basket_of(customer_id: CustomerId) -> Basket:
    """Return a member's open basket, or the empty one."""
    row = models.Basket.objects.filter(customer_id=customer_id, ordered_at=None).first()
    return NO_BASKET if row is None else _to_basket(row)


def any_basket(token: str | None) -> Basket:
    """Return the basket of that token, open or ordered; the empty one for an unknown token. For finding what it became."""
    row = models.Basket.objects.filter(token=token).first() if _is_token(token) else None
    return NO_BASKET if row is None else _to_basket(row)


@transaction.atomic
def open_basket(*, customer_id: CustomerId | None = None, now: datetime) -> Basket:
    """Return a basket to fill: a member's open one if there is one, else a new one with a fresh token."""
    if customer_id is None:
        row = models.Basket.objects.create(token=new_token(), created_at=now, touched_at=now)
        return _to_basket(row)
    with connection.cursor() as cursor:
        # Two tabs of one member may both arrive here; the unique index decides, nobody gets an error.
        cursor.execute(
            """INSERT INTO orders_basket (token, customer_id, created_at, touched_at) VALUES (%s, %s, %s, %s)
               ON CONFLICT (customer_id) WHERE ordered_at IS NULL DO NOTHING""",
            [new_token(), customer_id, now, now],
        )
    return basket_of(customer_id)


@transaction.atomic
def set_line(*, token: str | None, variant_id: VariantId, units: int, now: datetime) -> Basket:
    """Put exactly `units` of a variant into the basket; 0 takes it out. Returns the basket, whose token is new where there was none.

    Raises OutOfRange for units below 0 or above MOST_UNITS, NotFound for a variant that does not exist, BasketFull.
    """
    if not 0 <= units <= MOST_UNITS:
        raise OutOfRange("units", units, least=0, most=MOST_UNITS)
    _refuse_unknown(variant_id)
    basket_id = _touch(token, now)
    if units == 0:
        models.BasketLine.objects.filter(basket_id=basket_id, variant_id=variant_id).delete()
    else:
        _refuse_full(basket_id, variant_id)
        _put(basket_id, variant_id, units, now)
    return _by_id(basket_id)


@transaction.atomic
def add_line(*, token: str | None, variant_id: VariantId, units: int = 1, now: datetime) -> Basket:
    """Put `units` more of a variant into the basket. Returns the basket, whose token is new where there was none.

    Raises OutOfRange for units below 1, or where the line would hold more than MOST_UNITS, NotFound, BasketFull.
    """
    if not 1 <= units <= MOST_UNITS:
        raise OutOfRange("units", units, least=1, most=MOST_UNITS)
    _refuse_unknown(variant_id)
    basket_id = _touch(token, now)
    held = _held(basket_id, variant_id)
    if held + units > MOST_UNITS:
        raise OutOfRange("units", units, least=1, most=MOST_UNITS - held)
    _refuse_full(basket_id, variant_id)
    _put(basket_id, variant_id, held + units, now)
    return _by_id(basket_id)


def merge_baskets(*, token: str | None, customer_id: CustomerId, now: datetime) -> JoinedBasket:
    """Return the member's basket after sign-in, with the visitor's lines in it; of a thing in both, the larger number stays.

    Of more than MOST_LINES things the newest stay, and the others are named, so that the door can tell. What another tab orders
    meanwhile stays with its order: a visitor's ordered basket brings nothing, and for a member's ordered one there is a new one.
    """
    while True:
        try:
            return _merged(token, customer_id, now)
        except _OwnOrdered:
            # The next try opens a new one; its locks begin anew, in order of their ids.
            continue


class _OwnOrdered(Exception):
    """The member's basket became an order after it was looked up."""


@transaction.atomic
def _merged(token: str | None, customer_id: CustomerId, now: datetime) -> JoinedBasket:
    visitor = _open_row(token)
    own = open_basket(customer_id=customer_id, now=now)
    if visitor is None or visitor.customer_id is not None:
        return JoinedBasket(basket=own, left_out=())
    # Rows in order of their id: two tabs signing in at once must not wait for each other.
    rows = models.Basket.objects.select_for_update().filter(id__in=[own.id, visitor.id]).order_by("id")
    ordered = {row.id for row in rows if row.ordered_at is not None}
    if own.id in ordered:
        raise _OwnOrdered
    if visitor.id in ordered:
        return JoinedBasket(basket=own, left_out=())
    joined = joining.join(_kept(own.id), _kept(BasketId(visitor.id)))
    models.BasketLine.objects.filter(basket_id__in=[own.id, visitor.id]).delete()
    models.BasketLine.objects.bulk_create(
        models.BasketLine(basket_id=own.id, variant_id=line.variant_id, units=line.units, added_at=line.added_at) for line in joined.lines
    )
    return JoinedBasket(
        basket=_by_id(own.id), left_out=tuple(BasketLine(variant_id=line.variant_id, units=line.units) for line in joined.left_out)
    )


def remove_lines(*, token: str | None, variant_ids: Sequence[VariantId], now: datetime) -> Basket:
    """Take variants out of the basket, such as those no longer sold; the others stay."""
    row = _open_row(token)
    if row is None:
        return NO_BASKET
    row.lines.filter(variant_id__in=list(variant_ids)).delete()
    return _by_id(BasketId(row.id))


def _is_token(token: str | None) -> bool:
    return bool(token) and len(token or "") <= 64 and "\x00" not in (token or "")


def _open_row(token: str | None) -> models.Basket | None:
    return models.Basket.objects.filter(token=token, ordered_at=None).first() if _is_token(token) else None


def _touch(token: str | None, now: datetime) -> BasketId:
    """Lock the visitor's open basket, or open a new one."""
    row = models.Basket.objects.select_for_update().filter(token=token, ordered_at=None).first() if _is_token(token) else None
    if row is None:
        return open_basket(now=now).id
    models.Basket.objects.filter(id=row.id).update(touched_at=now)
    return BasketId(row.id)


def _refuse_unknown(variant_id: VariantId) -> None:
    if variant_id not in catalog.goods([variant_id]):
        raise NotFound("variant", variant_id)


def _refuse_full(basket_id: BasketId, variant_id: VariantId) -> None:
    """Refuse one more thing where the basket, whose row is locked, holds as many as it can; of what is in it more may come."""
    held = set(models.BasketLine.objects.filter(basket_id=basket_id).values_list("variant_id", flat=True))
    if variant_id not in held and len(held) >= MOST_LINES:
        raise BasketFull


def _kept(basket_id: BasketId) -> list[joining.Kept]:
    rows = models.BasketLine.objects.filter(basket_id=basket_id)
    return [joining.Kept(variant_id=VariantId(row.variant_id), units=row.units, added_at=row.added_at) for row in rows]


def _put(basket_id: BasketId, variant_id: VariantId, units: int, now: datetime) -> None:
    """Write a line; of a thing already in the basket only the units change."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO orders_basketline (basket_id, variant_id, units, added_at) VALUES (%s, %s, %s, %s)
               ON CONFLICT (basket_id, variant_id) DO UPDATE SET units = EXCLUDED.units""",
            [basket_id, variant_id, units, now],
        )


def _held(basket_id: BasketId, variant_id: VariantId) -> int:
    return models.BasketLine.objects.filter(basket_id=basket_id, variant_id=variant_id).values_list("units", flat=True).first() or 0


def _by_id(basket_id: BasketId) -> Basket:
    return _to_basket(models.Basket.objects.get(id=basket_id))


def _in_order(lines: QuerySet[models.BasketLine]) -> QuerySet[models.BasketLine]:
    return lines.order_by("added_at", "id")


def _to_basket(row: models.Basket, known: Sequence[models.BasketLine] | None = None) -> Basket:
    lines = _in_order(row.lines.all()) if known is None else known
    return Basket(
        id=BasketId(row.id),
        token=row.token,
        customer_id=None if row.customer_id is None else CustomerId(row.customer_id),
        lines=tuple(BasketLine(variant_id=VariantId(line.variant_id), units=line.units) for line in lines),
    )
