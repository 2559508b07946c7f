"""Tables of baskets and orders. Personal data of a sale (contact, address) lives here and in customers, nowhere else.

Every index is paid for by every order. Foreign keys that a longer index begins with, or that nobody looks things up by, have none of
their own; the indices for LIKE that Django adds to unique texts are dropped by `sql/0003_fewer_indices.sql`.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from shopkeeper.selling.orders.asking import MOST_GIFT_NOTE
from shopkeeper.selling.orders.shapes import MOST_UNITS, OrderState, RefundState

DEAD_STATES = [OrderState.CANCELLED, OrderState.EXPIRED]


class Basket(models.Model):
    """`ordered_at` is set while an order made from it lives; refused or expired, the basket opens again."""

    token = models.CharField(max_length=64, unique=True)
    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField(db_index=True)
    ordered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=Q(ordered_at=None), name="orders_basket_one_open_per_customer"),
        ]


class BasketLine(models.Model):
    basket = models.ForeignKey(Basket, on_delete=models.CASCADE, related_name="lines", db_index=False)
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["basket", "variant"], name="orders_basketline_once"),
            models.CheckConstraint(condition=Q(units__gte=1, units__lte=MOST_UNITS), name="orders_basketline_units"),
        ]


class Order(models.Model):
    number = models.CharField(max_length=32, unique=True)
    token = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=[(state.value, state.value) for state in OrderState])
    channel = models.CharField(max_length=32)
    is_imported = models.BooleanField(default=False)
    basket = models.ForeignKey(Basket, null=True, on_delete=models.PROTECT, related_name="+")
    buyer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    is_guest = models.BooleanField()
    contact_email = models.CharField(max_length=254, blank=True)
    contact_name = models.CharField(max_length=200, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    address = models.JSONField()
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    tax_mode = models.CharField(max_length=10)
    delivery_option = models.ForeignKey("pricing.DeliveryOption", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    delivery_name_en = models.CharField(max_length=200, blank=True)
    delivery_name_zh = models.CharField(max_length=200, blank=True)
    delivery_minor = models.BigIntegerField()
    delivery_tax_minor = models.BigIntegerField()
    goods_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    units = models.PositiveIntegerField()
    paid_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    refunded_delivery_minor = models.BigIntegerField(default=0)
    quote = models.JSONField()
    placed_at = models.DateTimeField(db_index=True)
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=32, blank=True)
    hold_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["buyer", "-placed_at"], name="orders_order_buyer"),
            models.Index(fields=["state", "-placed_at"], name="orders_order_state"),
            models.Index(fields=["hold_until"], condition=Q(state="placed"), name="orders_order_overdue"),
            models.Index(fields=["buyer"], condition=Q(state="placed"), name="orders_order_unpaid"),
        ]
        constraints = [
            # One basket, one living order: a double click or a second tab can never order twice.
            models.UniqueConstraint(fields=["basket"], condition=~Q(state__in=DEAD_STATES), name="orders_order_one_per_basket"),
            models.CheckConstraint(condition=Q(state__in=[state.value for state in OrderState]), name="orders_order_state_known"),
            models.CheckConstraint(condition=Q(delivery_minor__gte=0, delivery_tax_minor__gte=0), name="orders_order_delivery"),
            models.CheckConstraint(condition=Q(total_minor__gte=0, tax_minor__gte=0, goods_minor__gte=0), name="orders_order_amounts"),
            models.CheckConstraint(condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("paid_minor")), name="orders_order_refunded"),
            models.CheckConstraint(
                condition=Q(refunded_delivery_minor__gte=0, refunded_delivery_minor__lte=F("delivery_minor")),
                name="orders_order_refunded_delivery",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["placed", "cancelled", "expired"]) | Q(paid_at__isnull=False), name="orders_order_paid_when_past"
            ),
        ]


class OrderLine(models.Model):
    """`product_id` and `category_id` are the catalogue's as they stood when the order was placed, kept, not followed.

    `pieces`: of how many pieces one unit is made; more than one only of a bundle, whose `LinePart`s name them. Only a trigger writes it.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    product_id = models.BigIntegerField()
    category_id = models.BigIntegerField(null=True)
    sku = models.CharField(max_length=64)
    name_en = models.CharField(max_length=300, blank=True)
    name_zh = models.CharField(max_length=300, blank=True)
    units = models.PositiveIntegerField()
    unit_minor = models.BigIntegerField()
    goods_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    tax_basis_points = models.PositiveIntegerField()
    tax_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    shipped_units = models.PositiveIntegerField(default=0)
    dropped_units = models.PositiveIntegerField(default=0)
    refunded_units = models.PositiveIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    refunded_tax_minor = models.BigIntegerField(default=0)
    pieces = models.PositiveIntegerField(db_default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="orders_orderline_position"),
            models.CheckConstraint(condition=Q(pieces__gte=1), name="orders_orderline_pieces"),
            models.CheckConstraint(condition=Q(units__gte=1), name="orders_orderline_units"),
            models.CheckConstraint(
                condition=Q(gross_minor__gte=0, tax_minor__gte=0, tax_minor__lte=F("gross_minor")), name="orders_orderline_amounts"
            ),
            models.CheckConstraint(condition=Q(units__gte=F("shipped_units") + F("dropped_units")), name="orders_orderline_shipped"),
            models.CheckConstraint(
                condition=Q(refunded_units__lte=F("units"), dropped_units__lte=F("refunded_units")), name="orders_orderline_refunded_units"
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("gross_minor")), name="orders_orderline_refunded"
            ),
        ]


class LinePart(models.Model):
    """What one bundle of a line holds of a variant, as it stood when the order was placed, and its share of the line's money.

    Stock is held for the parts, never for the bundle. Rows are only ever added; a trigger refuses to change or remove one.
    """

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="parts", db_index=False)
    position = models.PositiveSmallIntegerField()
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+", db_index=False)
    product_id = models.BigIntegerField()
    category_id = models.BigIntegerField(null=True)
    sku = models.CharField(max_length=64)
    name_en = models.CharField(max_length=300, blank=True)
    name_zh = models.CharField(max_length=300, blank=True)
    units = models.PositiveIntegerField()
    gross_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "position"], name="orders_linepart_position"),
            models.UniqueConstraint(fields=["line", "variant"], name="orders_linepart_once"),
            models.CheckConstraint(condition=Q(units__gte=1), name="orders_linepart_units"),
            models.CheckConstraint(
                condition=Q(gross_minor__gte=0, tax_minor__gte=0, tax_minor__lte=F("gross_minor")), name="orders_linepart_amounts"
            ),
        ]


class PlacedKey(models.Model):
    """An idempotency key and what was asked under it; written with the order, so a repeated request finds the same answer."""

    key = models.CharField(max_length=100, unique=True)
    fingerprint = models.CharField(max_length=64)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()


class Shipment(models.Model):
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="+")
    carrier = models.CharField(max_length=100)
    tracking_number = models.CharField(max_length=100, blank=True)
    shipped_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class ShipmentLine(models.Model):
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="orders_shipmentline_once"),
            models.CheckConstraint(condition=Q(units__gte=1), name="orders_shipmentline_units"),
        ]


class ShipmentPart(models.Model):
    """Pieces of a bundle in a parcel. A bundle leaves as a whole, but perhaps from several warehouses, in a parcel each."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="parts", db_index=False)
    part = models.ForeignKey(LinePart, on_delete=models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "part"], name="orders_shipmentpart_once"),
            models.CheckConstraint(condition=Q(units__gte=1), name="orders_shipmentpart_units"),
        ]


class Refund(models.Model):
    """`wake_at`: when the sweeper takes up a refund whose process died; empty once it is settled or failed."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    reason = models.CharField(max_length=32)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=8, choices=[(state.value, state.value) for state in RefundState])
    goods_minor = models.BigIntegerField()
    delivery_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    wake_at = models.DateTimeField(null=True)
    external_code = models.CharField(max_length=64, null=True, unique=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["wake_at"], condition=Q(state="asked"), name="orders_refund_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(goods_minor__gte=0, delivery_minor__gte=0, total_minor=F("goods_minor") + F("delivery_minor")),
                name="orders_refund_amounts",
            ),
        ]


class RefundLine(models.Model):
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    dropped_units = models.PositiveIntegerField(default=0)
    gross_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    is_restocked = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(units__gte=1, dropped_units__lte=F("units")), name="orders_refundline_units"),
        ]


class Happening(models.Model):
    """The timeline. Rows are only ever added; a trigger refuses to change or remove one."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    code = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["order", "at", "id"], name="orders_happening_order"),
            # Looked for on every console page, and hardly ever there.
            models.Index(fields=["order"], condition=Q(code="give_back_failed"), name="orders_happening_money_kept"),
        ]


class CreditNote(models.Model):
    """Goods that came back to an order nobody knows: only trade taken over from another system has these."""

    number = models.CharField(max_length=64, unique=True)
    buyer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    total_minor = models.BigIntegerField()
    issued_at = models.DateTimeField()


class CreditNoteLine(models.Model):
    credit_note = models.ForeignKey(CreditNote, on_delete=models.PROTECT, related_name="lines")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    product_id = models.BigIntegerField()
    category_id = models.BigIntegerField(null=True)
    sku = models.CharField(max_length=64)
    units = models.PositiveIntegerField()
    gross_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()


class Adjustment(models.Model):
    """Money booked beside the goods, from another system's books: postage, fee, manual, discount or bad_debt."""

    external_code = models.CharField(max_length=64, unique=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")
    buyer = models.ForeignKey("customers.Customer", null=True, on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    kind = models.CharField(max_length=16)
    amount_minor = models.BigIntegerField()
    booked_at = models.DateTimeField()


class Particulars(models.Model):
    """What a buyer adds to a basket beside goods: a gift note, and to whom an invoice is written. They stay with the basket's order.

    Written before the order is placed and read by the basket's id, so that placing an order touches nothing more.
    """

    basket = models.OneToOneField(Basket, on_delete=models.CASCADE, related_name="+")
    gift_note = models.CharField(max_length=MOST_GIFT_NOTE, blank=True)
    is_gift = models.BooleanField(default=False)
    invoice_kind = models.CharField(max_length=8, blank=True)
    invoice_title = models.CharField(max_length=100, blank=True)
    tax_number = models.CharField(max_length=20, blank=True)
    invoice_email = models.CharField(max_length=254, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-changed_at"], condition=~Q(invoice_kind=""), name="orders_particulars_invoices")]
        constraints = [
            models.CheckConstraint(condition=Q(invoice_kind__in=["", "personal", "company"]), name="orders_particulars_kind_known"),
            models.CheckConstraint(
                condition=Q(invoice_kind="", invoice_title="", tax_number="", invoice_email="")
                | Q(~Q(invoice_title=""), ~Q(invoice_email=""), invoice_kind="personal", tax_number="")
                | Q(~Q(invoice_title=""), ~Q(invoice_email=""), ~Q(tax_number=""), invoice_kind="company"),
                name="orders_particulars_invoice_whole",
            ),
            # Whose prices are kept back from whoever opens the parcel, and what is written to them, belong together.
            models.CheckConstraint(condition=Q(is_gift=True) | Q(gift_note=""), name="orders_particulars_note_of_a_gift"),
        ]


class Request(models.Model):
    """What a buyer asks the shop for, and what was decided. `answer` is what the buyer reads; the words of neither ever change.

    A trigger lets a state move only as `rules/requesting.py` says, and lets no row go.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=10, default="waiting")
    reason = models.CharField(max_length=20)
    basis = models.CharField(max_length=12)
    note = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    answer = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["made_at"], condition=Q(state="waiting"), name="orders_request_waiting")]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(kind="cancel", state="waiting"), name="orders_request_one_to_cancel"),
            models.CheckConstraint(condition=Q(kind__in=["cancel", "return"]), name="orders_request_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "accepted", "refused", "withdrawn", "done"]), name="orders_request_state_known"
            ),
            models.CheckConstraint(condition=Q(basis__in=["free", "defect", "before"]), name="orders_request_basis_known"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "withdrawn"], decided_at=None, answer="")
                | Q(state__in=["accepted", "refused", "done"], decided_at__isnull=False),
                name="orders_request_decided",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(answer=""), name="orders_request_refused_for_a_reason"),
            models.CheckConstraint(
                condition=Q(state__in=["withdrawn", "done"], ended_at__isnull=False)
                | Q(state__in=["waiting", "accepted", "refused"], ended_at=None),
                name="orders_request_ended",
            ),
        ]


class RequestLine(models.Model):
    """So many pieces of a line are asked about; `settled_units` of them were given back since."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="lines", db_index=False)
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    settled_units = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "line"], name="orders_requestline_once"),
            models.CheckConstraint(condition=Q(units__gte=1, settled_units__lte=F("units")), name="orders_requestline_units"),
        ]


class CarrierLink(models.Model):
    """Where a carrier tells how far a parcel is: an address in which {number} stands for the tracking number."""

    carrier = models.CharField(max_length=100)
    address = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("carrier"), name="orders_carrierlink_once"),
            models.CheckConstraint(
                condition=Q(address__startswith="https://") & Q(address__contains="{number}"), name="orders_carrierlink_address"
            ),
        ]


class Arrangement(models.Model):
    """How the shop takes orders and takes goods back: one row, there as soon as somebody changed what goes without saying."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    is_in_steps = models.BooleanField(default=False)
    return_address = models.CharField(max_length=500, blank=True)
    return_days = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="orders_arrangement_is_one"),
            models.CheckConstraint(condition=Q(return_days__lte=365), name="orders_arrangement_days"),
        ]


class NewsSeen(models.Model):
    """Up to when what happened to an order was read on its own page, which a link in a mail opens."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="+", primary_key=True)
    read_until = models.DateTimeField()


class NewsRead(models.Model):
    """Up to when a member has read what happened to them."""

    customer = models.OneToOneField("customers.Customer", on_delete=models.PROTECT, related_name="+")
    read_until = models.DateTimeField()
