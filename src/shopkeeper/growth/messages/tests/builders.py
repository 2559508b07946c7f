"""An order as the letters see it, a shop's head, and a mail server that behaves as badly as asked."""

import socketserver
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime

from shopkeeper.growth.messages import bounces, readers
from shopkeeper.growth.messages.letter import Head
from shopkeeper.growth.messages.order_letters import OrderNews
from shopkeeper.growth.messages.reading import Reader
from shopkeeper.growth.messages.shapes import BounceKind, MailKind, Returned
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.orders.shapes import (
    Contact,
    Order,
    OrderLine,
    OrderState,
    ParcelLine,
    Refund,
    RefundLine,
    RefundState,
    Shipment,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HEAD = Head(
    shop_name="Paper Crane",
    mark="P",
    url="https://papercrane.example",
    small_print=("Paper Crane Ltd", "1 Quay Street, Bristol BS1 4DJ", "hello@papercrane.example"),
)


def line(number, name, units, gross_minor, *, shipped_units=0):
    tax = gross_minor // 6
    return OrderLine(
        id=number, variant_id=number, product_id=number, category_id=None, sku=f"SKU-{number}", name=name, units=units,
        unit_minor=gross_minor // units, goods_minor=gross_minor, discount_minor=0, tax_basis_points=2_000, tax_minor=tax,
        gross_minor=gross_minor, shipped_units=shipped_units, dropped_units=0, refunded_units=0, refunded_minor=0, refunded_tax_minor=0,
    )  # fmt: skip


def order(**changes):
    """Return an order of two lanterns and a box of tea for 29.97 with delivery, paid, its first parcel on the way, one line refunded."""
    lines = (
        line(1, Bilingual("Paper lantern, lotus", "荷花纸灯笼"), 2, 1_798, shipped_units=2),
        line(2, Bilingual("Box of <oolong> & green tea", "乌龙与绿茶礼盒"), 1, 849),
    )
    back = RefundLine(line_id=2, units=1, dropped_units=0, gross_minor=849, tax_minor=141, is_restocked=False)
    parts = {
        "id": 7, "number": "SK-100007", "token": "tok-7", "state": OrderState.SHIPPING, "channel": "web", "buyer_id": 3, "is_guest": True,
        "contact": Contact(email="ann@example.org", name="Ann Lee"),
        "address": Address(name="Ann Lee", line1="2 Mill Lane", city="York", postcode="YO1 7EP", country="GB"),
        "language": "en", "currency": "GBP", "tax_mode": "included", "delivery_option_id": 1,
        "delivery_name": Bilingual("Standard delivery", "标准配送"), "delivery_minor": 350, "delivery_tax_minor": 58, "goods_minor": 2_647,
        "discount_minor": 0, "tax_minor": 498, "total_minor": 2_997, "paid_minor": 2_997, "refunded_minor": 0, "refunded_delivery_minor": 0,
        "lines": lines,
        "shipments": (
            Shipment(id=11, warehouse_id=1, carrier="Royal Mail", tracking_number="RM123456789GB",
                     lines=(ParcelLine(line_id=1, units=2),), shipped_at=NOON),
        ),
        "refunds": (
            Refund(id=21, order_id=7, reason="damaged", lines=(back,), goods_minor=849, delivery_minor=0, total_minor=849,
                   state=RefundState.SETTLED, made_at=NOON, settled_at=NOON),
        ),
        "placed_at": NOON, "paid_at": NOON, "cancelled_at": None, "cancel_reason": "", "hold_until": None, "basket_id": None,
        "is_imported": False, "quote": {},
    }  # fmt: skip
    return Order(**{**parts, **changes})


def news(kind, *, order, detail_id=None, head=HEAD):
    reader = Reader(order.language, "GB", "Europe/London")
    return OrderNews(kind=kind, order=order, detail_id=detail_id, head=head, reader=reader, invoice=lambda: b"%PDF-1.7 invoice")


def known_as(address):
    """Return what a reader's address is known by in the tables of this room."""
    return readers.fingerprint(address)


def complained(address):
    """Have a reader call a mail unwanted: courtesies to the address stop."""
    readers.heard(known_as(address), BounceKind.COMPLAINT, happened_at=NOON, now=NOON)


def complained_of(mail):
    """Let news come that the reader of a sent mail called it unwanted."""
    news = Returned(mark=mail.mark, kind=BounceKind.COMPLAINT, status="", event="e", happened_at=NOON)
    bounces.hear([news], source="http", now=NOON)


def link_to_end(address, *, kind=MailKind.REVIEW_REQUEST, language="en"):
    """Return the path of the page that ends mails of a kind to a reader, and its token."""
    path = "/" + readers.unsubscribe_url(address, kind, language).split("/", 3)[3]
    return path, path.rstrip("/").rpartition("/")[2]


class MailServer(socketserver.ThreadingTCPServer):
    """A small SMTP server on the loopback. `refuse` answers RCPT with a code, `say` answers DATA with one; it can also hang or drop."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.mails = []
        self.refuse = 0
        self.say = 250
        self.hangs = False
        self.drops = False
        self.drops_after_data = False

    @property
    def port(self):
        return self.server_address[1]


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        if self.server.hangs:
            time.sleep(3)
            return
        self.answer("220 hello")
        while words := self.rfile.readline().decode("utf-8", "replace").strip().upper().split(":")[0].split(" ")[:1]:
            verb = words[0]
            if not verb:
                return
            if verb == "DATA" and not self.data():
                return
            if verb == "QUIT":
                self.answer("221 bye")
                return
            if verb == "RCPT" and self.server.refuse:
                self.answer(f"{self.server.refuse} ann@example.org is not wanted here")
            elif verb == "MAIL" and self.server.drops:
                return
            elif verb != "DATA":
                self.answer("250 ok")

    def data(self):
        self.answer("354 go on")
        text = b""
        while (piece := self.rfile.readline()) not in (b".\r\n", b""):
            text += piece
        if self.server.say == 250:
            self.server.mails.append(text)
        if self.server.drops_after_data:
            return False
        self.answer(f"{self.server.say} so be it")
        return True

    def answer(self, words):
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server():
    """Yield a running mail server, stopped at the end."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
