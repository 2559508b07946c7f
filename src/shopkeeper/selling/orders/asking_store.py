"""Every query of what buyers ask for: particulars of baskets, requests about orders, what happened to a member."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F, OuterRef, Subquery

from shopkeeper.kit import statements
from shopkeeper.kit.ids import BasketId, CustomerId, LineId, OrderId, RequestId, UserId
from shopkeeper.selling.orders import models
from shopkeeper.selling.orders.asking import (
    NO_PARTICULARS,
    AskedUnits,
    Basis,
    InvoiceKind,
    InvoiceWish,
    News,
    Particulars,
    Request,
    RequestKind,
    RequestReason,
    RequestState,
)
from shopkeeper.selling.orders.rules.requesting import Settled

# ── particulars ───────────────────────────────────────────────────────────────────────────────────────────────────────


def particulars(basket_ids: Iterable[BasketId]) -> dict[BasketId, Particulars]:
    rows = models.Particulars.objects.filter(basket_id__in=list(basket_ids))
    return {BasketId(row.basket_id): to_particulars(row) for row in rows}


def particulars_of_order(order_id: OrderId) -> Particulars:
    row = models.Particulars.objects.filter(basket__in=models.Order.objects.filter(id=order_id).values("basket_id")).first()
    return NO_PARTICULARS if row is None else to_particulars(row)


def to_particulars(row: models.Particulars) -> Particulars:
    wish = None
    if row.invoice_kind:
        wish = InvoiceWish(kind=InvoiceKind(row.invoice_kind), title=row.invoice_title, tax_number=row.tax_number, email=row.invoice_email)
    return Particulars(is_gift=row.is_gift, gift_note=row.gift_note, invoice=wish)


def lock_open_basket(token: str) -> BasketId | None:
    row = models.Basket.objects.select_for_update().filter(token=token, ordered_at=None).first()
    return None if row is None else BasketId(row.id)


def put_particulars(basket_id: BasketId, value: Particulars, now: datetime) -> None:
    if value == NO_PARTICULARS:
        models.Particulars.objects.filter(basket_id=basket_id).delete()
        return
    wish = value.invoice
    fields = {
        "is_gift": value.is_gift,
        "gift_note": value.gift_note,
        "invoice_kind": wish.kind.value if wish else "",
        "invoice_title": wish.title if wish else "",
        "tax_number": wish.tax_number if wish else "",
        "invoice_email": wish.email if wish else "",
        "changed_at": now,
    }
    models.Particulars.objects.update_or_create(basket_id=basket_id, defaults=fields)


# ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def requests_of(*order_ids: OrderId) -> tuple[Request, ...]:
    """Return the requests about these orders, the oldest first: one statement."""
    lines = models.RequestLine.objects.filter(request__order_id__in=order_ids).select_related("request").order_by("request_id", "id")
    found: dict[int, tuple[models.Request, list[models.RequestLine]]] = {}
    for line in lines:
        found.setdefault(line.request_id, (line.request, []))[1].append(line)
    return tuple(_to_request(row, own) for row, own in found.values())


def request(request_id: RequestId) -> Request | None:
    lines = list(models.RequestLine.objects.filter(request_id=request_id).select_related("request").order_by("id"))
    return _to_request(lines[0].request, lines) if lines else None


def add_request(
    order_id: OrderId,
    *,
    kind: RequestKind,
    reason: RequestReason,
    basis: Basis,
    note: str,
    lines: Sequence[AskedUnits],
    at: datetime,
) -> RequestId:
    row = models.Request.objects.create(order_id=order_id, kind=kind, reason=reason, basis=basis, note=note, made_at=at)
    for line in sorted(lines, key=lambda each: each.line_id):
        models.RequestLine.objects.create(request_id=row.id, line_id=line.line_id, units=line.units)
    return RequestId(row.id)


def decide(request_id: RequestId, state: RequestState, *, answer: str, actor: UserId | None, at: datetime) -> None:
    models.Request.objects.filter(id=request_id).update(state=state, answer=answer, actor_id=actor, decided_at=at)


def end(request_id: RequestId, state: RequestState, *, at: datetime) -> None:
    models.Request.objects.filter(id=request_id).update(state=state, ended_at=at)


def settle(parts: Iterable[Settled]) -> None:
    for part in parts:
        models.RequestLine.objects.filter(request_id=part.request_id, line_id=part.line_id).update(
            settled_units=F("settled_units") + part.units
        )


def waiting() -> int:
    (found,) = statements.row("SELECT count(*) FROM orders_request WHERE state = 'waiting'", [])
    return int(found)


def _to_request(row: models.Request, lines: Iterable[models.RequestLine]) -> Request:
    return Request(
        id=RequestId(row.id),
        order_id=OrderId(row.order_id),
        kind=RequestKind(row.kind),
        state=RequestState(row.state),
        reason=RequestReason(row.reason),
        basis=Basis(row.basis),
        note=row.note,
        lines=tuple(AskedUnits(line_id=LineId(line.line_id), units=line.units, settled=line.settled_units) for line in lines),
        made_at=row.made_at,
        decided_at=row.decided_at,
        answer=row.answer,
        actor_id=row.actor_id,
    )


# ── what happened to a member ─────────────────────────────────────────────────────────────────────────────────────────

TOLD = (
    "paid", "shipped", "arrived", "cancelled", "expired", "refunded", "refund_failed",
    "request_accepted", "request_refused", "request_done",
)  # fmt: skip
"""The entries of a timeline that a buyer hears of."""


def news(customer_id: CustomerId, *, limit: int) -> tuple[News, ...]:
    rows = (
        models.Happening.objects.filter(order__buyer_id=customer_id, code__in=TOLD, order__is_imported=False)
        .select_related("order")
        .annotate(seen=Subquery(models.NewsSeen.objects.filter(order=OuterRef("order")).values("read_until")[:1]))
        .only("at", "code", "values", "order__number", "order__token")
        .order_by("-at", "-id")[:limit]
    )
    return tuple(
        News(
            at=row.at, code=row.code, order_id=OrderId(row.order_id), number=row.order.number, token=row.order.token, values=row.values,
            is_seen=row.seen is not None and row.at <= row.seen,
        )
        for row in rows
    )  # fmt: skip


def seen_until(order_id: OrderId) -> datetime | None:
    return models.NewsSeen.objects.filter(order=order_id).values_list("read_until", flat=True).first()


def mark_seen(order_id: OrderId, until: datetime) -> None:
    statements.done(
        """INSERT INTO orders_newsseen (order_id, read_until) VALUES (%s::bigint, %s)
           ON CONFLICT (order_id) DO UPDATE SET read_until = greatest(orders_newsseen.read_until, EXCLUDED.read_until)""",
        [order_id, until],
    )


def read_until(customer_id: CustomerId) -> datetime | None:
    return models.NewsRead.objects.filter(customer_id=customer_id).values_list("read_until", flat=True).first()


def mark_read(customer_id: CustomerId, until: datetime) -> None:
    statements.done(
        """INSERT INTO orders_newsread (customer_id, read_until) VALUES (%s::bigint, %s)
           ON CONFLICT (customer_id) DO UPDATE SET read_until = greatest(orders_newsread.read_until, EXCLUDED.read_until)""",
        [customer_id, until],
    )
