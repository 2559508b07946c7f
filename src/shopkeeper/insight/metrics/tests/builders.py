"""A little history of trade, told fact by fact to a lake of its own."""

from datetime import datetime
from zoneinfo import ZoneInfo

from shopkeeper.events.facts import (
    AdjustmentBooked,
    CreditNoteIssued,
    Fact,
    OrderCancelled,
    OrderedLine,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    RefundedLine,
)
from shopkeeper.events.shapes import Heard, Origin
from shopkeeper.insight.lake import public as lake
from shopkeeper.kit.ids import FactId
from shopkeeper.ops.imports import public as imports


class History:
    """Facts in the order told; `at` is local time in the history's zone, like `2026-03-02 10:00`."""

    def __init__(self, zone: str = "Europe/London") -> None:
        self.zone = ZoneInfo(zone)
        self.told = 0
        self.is_live = True

    def took_over(self, first: str, last: str) -> None:
        """Have trade from the first to the last moment come from a file; what is told from here on is history until `is_live` is set."""
        run = imports.begin(source="test", digest=f"{first}/{last}", file_name="test.csv", rows=1, now=self._moment(last))
        imports.record_span(run_id=run.id, first_at=self._moment(first), last_at=self._moment(last), now=self._moment(last))
        self.is_live = False

    def _moment(self, at: str) -> datetime:
        return datetime.fromisoformat(at).replace(tzinfo=self.zone)

    def tell(self, at: str, fact: Fact) -> None:
        self.told += 1
        moment = self._moment(at)
        lake.keep([Heard(FactId(self.told), fact, moment, Origin.LIVE if self.is_live else Origin.IMPORT)], now=moment)

    def placed(self, at: str, order: int, *lines: OrderedLine, buyer: int, country: str = "GB", channel: str = "web") -> None:
        goods = sum(line.gross_minor for line in lines)
        self.tell(at, OrderPlaced(
            order_id=order, number=f"A{order}", channel=channel, buyer_id=buyer, is_guest=False, country=country, currency="GBP",
            lines=lines, delivery_minor=350, delivery_tax_minor=58, total_minor=goods + 350,
        ))  # fmt: skip

    def paid(self, at: str, order: int, *, buyer: int, amount: int = 1) -> None:
        self.tell(at, OrderPaid(order_id=order, payment_id=order, buyer_id=buyer, amount_minor=amount))

    def sold(self, at: str, order: int, *lines: OrderedLine, buyer: int, country: str = "GB", channel: str = "web") -> None:
        self.placed(at, order, *lines, buyer=buyer, country=country, channel=channel)
        self.paid(at, order, buyer=buyer)

    def refunded(self, at: str, order: int, *lines: RefundedLine, buyer: int) -> None:
        total = sum(line.gross_minor for line in lines)
        self.tell(at, OrderRefunded(
            order_id=order, refund_id=order, buyer_id=buyer, country="GB", reason="", lines=lines, delivery_minor=350, total_minor=total
        ))  # fmt: skip

    def cancelled(self, at: str, order: int, *, was_paid: bool = True) -> None:
        self.tell(at, OrderCancelled(order_id=order, reason="asked", was_paid=was_paid))

    def credited(self, at: str, note: int, *lines: RefundedLine) -> None:
        total = sum(line.gross_minor for line in lines)
        self.tell(at, CreditNoteIssued(credit_note_id=note, buyer_id=9, country="GB", lines=lines, total_minor=total))

    def adjusted(self, at: str, number: int, kind: str, amount: int) -> None:
        self.tell(at, AdjustmentBooked(
            adjustment_id=number, order_id=None, buyer_id=None, country="GB", kind=kind, amount_minor=amount
        ))  # fmt: skip


def line(line_id: int, product: int, units: int, gross: int, tax: int) -> OrderedLine:
    return OrderedLine(
        line_id=line_id, variant_id=product, product_id=product, category_id=product * 10, sku=f"P{product}", units=units,
        gross_minor=gross, discount_minor=0, tax_minor=tax,
    )  # fmt: skip


def back(line_id: int, product: int, units: int, gross: int, tax: int) -> RefundedLine:
    return RefundedLine(
        line_id=line_id, variant_id=product, product_id=product, category_id=product * 10, sku=f"P{product}", units=units,
        gross_minor=gross, tax_minor=tax,
    )  # fmt: skip


def two_weeks_in_march() -> None:
    """A fortnight with a guest, an unpaid order, refunds in another week, cancellations, a credit note and adjustments."""
    told = History()
    told.sold("2026-03-02 10:00", 1, line(11, 1, 2, 1200, 200), line(12, 2, 1, 600, 100), buyer=1)
    told.sold("2026-03-02 23:59", 2, line(21, 1, 4, 2400, 400), buyer=2, country="DE", channel="app")
    told.placed("2026-03-02 11:00", 4, line(41, 1, 9, 9999, 1666), buyer=7)
    told.sold("2026-03-03 00:00", 3, line(31, 2, 1, 300, 50), buyer=3)
    told.sold("2026-03-03 12:00", 5, line(51, 2, 2, 600, 100), buyer=1)
    told.placed("2026-03-02 12:00", 6, line(61, 1, 1, 1200, 200), buyer=4)
    told.paid("2026-03-03 12:30", 6, buyer=4)
    told.cancelled("2026-03-04 08:00", 4, was_paid=False)
    told.cancelled("2026-03-04 09:00", 5)
    told.refunded("2026-03-05 09:00", 6, back(61, 1, 1, 400, 67), buyer=4)
    told.credited("2026-03-05 10:00", 1, back(900, 2, 1, 120, 20))
    told.adjusted("2026-03-05 11:00", 1, "postage", 500)
    told.adjusted("2026-03-05 11:00", 2, "discount", -300)
    told.adjusted("2026-03-05 11:00", 3, "bad_debt", -10_000)
    told.cancelled("2026-03-06 09:00", 6)
    told.refunded("2026-03-10 09:00", 1, back(11, 1, 1, 600, 100), buyer=1)
    told.sold("2026-03-10 10:00", 8, line(81, 1, 1, 600, 100), buyer=2, country="DE", channel="app")
