"""Do the shop's books add up, room by room and between the rooms? Nothing is changed; every difference is named."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from shopkeeper.events import public as events
from shopkeeper.events.facts import OrderPaid, OrderRefunded
from shopkeeper.kit.ids import OrderId
from shopkeeper.ops.jobs import public as jobs
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Difference, OrderState
from shopkeeper.selling.orders.shapes import OrderMoney as Owed
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import Difference as PaymentDifference
from shopkeeper.selling.payments.shapes import OrderMoney as Had
from shopkeeper.selling.reviews import public as reviews

DEAD = (OrderState.CANCELLED, OrderState.EXPIRED)

UNSWEPT_FOR = timedelta(hours=1)
"""A hold that ran out longer ago than this keeps goods from other buyers: the sweeper, which runs every minute, does not do its work."""

UNDER_WAY_FOR = timedelta(hours=2)
"""So long after its last event money may still be on its way to where it belongs. A difference that lasts longer is one, whoever still
looks for its cause."""

TOLD_FOR = timedelta(days=29)
"""How far back facts are looked for; the outbox keeps them for thirty days."""

WAITS_FOR_STAFF = ("no_money_without_an_order",)
"""Checks that find what somebody still has to decide; nothing is written down wrong, in the shop or in a copy of it."""

NAME = "audit_books"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Two figures that should be equal and are not. `check` says which rule, `subject` whose figures (`order:12`)."""

    check: str
    subject: str
    expected: int | str
    found: int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome: how much was looked at, the shop's totals in minor units, and every difference.

    Money under way (a refund promised and not yet paid out, news not yet acted on) is no difference; `sums` shows how much it is.
    """

    at: datetime
    looked_at: Mapping[str, int]
    sums: Mapping[str, int]
    findings: tuple[Finding, ...]

    @property
    def is_right(self) -> bool:
        return not self.findings


def run(now: datetime) -> Report:
    """Return the report on all books: stock against its ledger, holds against orders, orders against payments, each one and in sum; stars
    against reviews."""
    moved_since = now - UNDER_WAY_FOR
    owed = {row.order_id: row for row in orders.money_of_orders(moved_since=moved_since)}
    had = {row.order_id: row for row in payments.money_of_orders(moved_since=moved_since)}
    holding = inventory.open_holds()
    sums = _sums(owed, had)
    return Report(
        at=now,
        looked_at={"orders": len(owed), "orders_with_payments": len(had), "orders_holding_stock": len(holding)},
        sums=sums,
        findings=(
            *_of_stock(),
            *_of_rooms([*orders.audit(), *payments.audit()]),
            *_holds_against_orders(owed, holding),
            *_goods_against_orders(owed, holding),
            *_money_against_orders(owed, had),
            *_in_sum(sums),
            *_beyond_their_time(holding, now),
            *_told(now),
            *_of_reviews(),
        ),
    )


def run_and_keep(now: datetime) -> Report:
    """Return the report on all books and keep it for staff to see."""
    report = run(now)
    found = [asdict(finding) for finding in report.findings[:MOST_KEPT]]
    body = {"looked_at": dict(report.looked_at), "sums": dict(report.sums), "findings": found}
    jobs.keep_report(name=NAME, at=now, trouble=len(report.findings), body=body)
    return report


MOST_KEPT = 5_000


def last() -> Report | None:
    """Return the report that was kept last, its first 5,000 findings; None where the books were never looked at."""
    kept = jobs.last_report(NAME)
    if kept is None:
        return None
    findings = tuple(Finding(**each) for each in kept.body["findings"])
    return Report(at=kept.at, looked_at=kept.body["looked_at"], sums=kept.body["sums"], findings=findings)


def differences_found() -> int:
    """Return how many differences the last look at the books found."""
    return jobs.trouble(NAME)


def _of_stock() -> list[Finding]:
    return [
        Finding(
            check=f"stock_{found.what}",
            subject=f"variant:{found.variant_id}/warehouse:{found.warehouse_id}",
            expected=found.derived,
            found=found.stored,
        )
        for found in inventory.audit()
    ]


def _of_rooms(differences: Sequence[Difference | PaymentDifference]) -> list[Finding]:
    return [Finding(check=each.check, subject=each.subject, expected=each.expected, found=each.found) for each in differences]


def _of_reviews() -> list[Finding]:
    return [
        Finding(check="stars_are_the_reviews", subject=f"product:{each.product_id}", expected=each.expected, found=each.found)
        for each in reviews.differences()
    ]


def _holds_against_orders(owed: Mapping[OrderId, Owed], holding: Mapping[OrderId, int]) -> Iterable[Finding]:
    """An order that is placed or on its way holds what is still to be sent, no less and no more; any other holds nothing."""
    for order_id in sorted(owed.keys() | holding.keys()):
        order, held = owed.get(order_id), holding.get(order_id, 0)
        due = order.units_to_hold if order else 0
        if due != held and not (order and order.has_refund_under_way):
            yield Finding(check="held_is_what_is_to_be_sent", subject=f"order:{order_id}", expected=due, found=held)


def _goods_against_orders(owed: Mapping[OrderId, Owed], holding: Mapping[OrderId, int]) -> Iterable[Finding]:
    """What an order holds are the very goods it is to send: of a bundle its parts, never itself. Looked at where the number is right."""
    due, held = orders.goods_to_hold(), inventory.goods_held()
    for order_id in sorted(due.keys() & held.keys()):
        order = owed.get(order_id)
        if order is None or order.has_refund_under_way or order.units_to_hold != holding.get(order_id, 0):
            continue
        wanted, kept = due[order_id], held[order_id]
        for variant_id in sorted(wanted.keys() | kept.keys()):
            expected, found = wanted.get(variant_id, 0), kept.get(variant_id, 0)
            if expected != found:
                subject = f"order:{order_id}/variant:{variant_id}"
                yield Finding(check="held_goods_are_those_to_be_sent", subject=subject, expected=expected, found=found)


def _money_against_orders(owed: Mapping[OrderId, Owed], had: Mapping[OrderId, Had]) -> Iterable[Finding]:
    """What an order was paid less what it gave back is what the providers keep for it and what banks withdrew from them, and a dead
    order has nothing reserved."""
    for order_id in sorted(owed.keys() | had.keys()):
        order, money = owed.get(order_id), had.get(order_id)
        subject = f"order:{order_id}"
        if _differs(order, money):
            due, kept = order.kept_minor if order else 0, money.kept_minor + money.withdrawn_minor if money else 0
            yield Finding(check="paid_less_refunds_is_what_providers_keep", subject=subject, expected=due, found=kept)
        if order and money and _is_reserved_for_the_dead(order, money):
            yield Finding(check="no_money_reserved_for_a_dead_order", subject=subject, expected=0, found=money.reserved_minor)


def orders_whose_money_differs(now: datetime) -> list[OrderId]:
    """Return the orders that were paid less refunds something else than the providers keep, or that are dead with money reserved.

    The database compares, by the same rules as `run`, and tells only of those that differ.
    """
    values: dict[str, Any] = {"moved_since": now - UNDER_WAY_FOR, "dead": [state.value for state in DEAD]}
    with connection.cursor() as cursor:
        cursor.execute(_DIFFER.format(owed=orders.money_query(), had=payments.money_query()), values)
        return [OrderId(order_id) for (order_id,) in cursor.fetchall()]


_DIFFER = """
    SELECT order_id FROM ({owed}) owed FULL JOIN ({had}) had USING (order_id)
    WHERE (coalesce(had.captured_minor - had.refunded_minor - had.refund_pending_minor, 0)
               <> coalesce(owed.paid_minor - owed.refunded_minor, 0)
           AND coalesce(had.is_settled, true) AND NOT coalesce(owed.has_new_refund, false))
       OR (owed.state = ANY(%(dead)s) AND had.authorized_minor > had.captured_minor + had.voided_minor AND had.is_settled)
    ORDER BY order_id"""


def _differs(order: Owed | None, money: Had | None) -> bool:
    return bool(_difference(order, money)) and not _is_under_way(order, money)


def _is_reserved_for_the_dead(order: Owed, money: Had) -> bool:
    return order.state in DEAD and money.reserved_minor > 0 and money.is_settled


def _beyond_their_time(holding: Mapping[OrderId, int], now: datetime) -> Iterable[Finding]:
    for order_id in orders.overdue(now=now - UNSWEPT_FOR, limit=1_000):
        yield Finding(check="no_hold_beyond_its_time", subject=f"order:{order_id}", expected=0, found=holding.get(order_id, 0))


def _told(now: datetime) -> Iterable[Finding]:
    """Every paid order and every settled refund stands among the facts, each once: the letters, the lake and all figures live on them."""
    since = now - TOLD_FOR
    due = orders.to_be_told(since)
    yield from _told_once(due.paid, events.told(OrderPaid, "order_id", since=since), check="paid_order_is_told_once", kind="order")
    yield from _told_once(due.refunds, events.told(OrderRefunded, "refund_id", since=since), check="refund_is_told_once", kind="refund")


def _told_once(due: AbstractSet[int], told: Mapping[int, int], *, check: str, kind: str) -> Iterable[Finding]:
    for each in sorted(due | told.keys()):
        if told.get(each, 0) != (each in due):
            yield Finding(check=check, subject=f"{kind}:{each}", expected=int(each in due), found=told.get(each, 0))


def _in_sum(sums: Mapping[str, int]) -> Iterable[Finding]:
    expected = sums["kept_by_orders"] + sums["under_way"] - sums["withdrawn_by_banks"]
    if expected != sums["kept_by_providers"]:
        yield Finding(check="money_in_sum", subject="shop", expected=expected, found=sums["kept_by_providers"])


def _sums(owed: Mapping[OrderId, Owed], had: Mapping[OrderId, Had]) -> dict[str, int]:
    return {
        "paid": sum(order.paid_minor for order in owed.values()),
        "refunded": sum(order.refunded_minor for order in owed.values()),
        "kept_by_orders": sum(order.kept_minor for order in owed.values()),
        "kept_by_providers": sum(money.kept_minor for money in had.values()),
        "withdrawn_by_banks": sum(money.withdrawn_minor for money in had.values()),
        "under_way": sum(
            _difference(owed.get(order_id), had.get(order_id))
            for order_id in owed.keys() | had.keys()
            if _is_under_way(owed.get(order_id), had.get(order_id))
        ),
    }


def _difference(order: Owed | None, money: Had | None) -> int:
    # What a bank withdrew the providers do not keep, and the order did not give: it stands beside both.
    return (money.kept_minor + money.withdrawn_minor if money else 0) - (order.kept_minor if order else 0)


def _is_under_way(order: Owed | None, money: Had | None) -> bool:
    return bool((money and not money.is_settled) or (order and order.has_new_refund))
