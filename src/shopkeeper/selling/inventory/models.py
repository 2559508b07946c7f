"""Warehouses, their shelves, the ledger of every piece that came or went, and what is held for orders.

A movement and a hold name a shelf, not a warehouse and a variant: the shelf's row is locked anyway while a warehouse's row,
checked by a foreign key for every order line, would be wanted by all orders at once.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

REASONS = ("received", "sold", "returned", "adjusted", "counted", "sent", "arrived")


class Warehouse(models.Model):
    code = models.CharField(max_length=40, unique=True)
    name_en = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2)
    priority = models.IntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["priority", "id"]


class Shelf(models.Model):
    """One variant in one warehouse. `on_hand` is the sum of its movements, `held` the sum of its open holds."""

    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+", db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    on_hand = models.IntegerField(default=0)
    held = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["variant", "warehouse"], name="inventory_one_shelf"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="inventory_shelf_on_hand"),
            models.CheckConstraint(condition=Q(held__gte=0), name="inventory_shelf_held"),
            models.CheckConstraint(condition=Q(held__lte=F("on_hand")), name="inventory_shelf_never_oversold"),
        ]


class Movement(models.Model):
    """One row of the ledger: units came (+) or went (−), and what lay on the shelf afterwards. A trigger forbids changes."""

    shelf = models.ForeignKey(Shelf, on_delete=models.PROTECT, related_name="+", db_index=False)
    units = models.IntegerField()
    balance = models.IntegerField()
    reason = models.CharField(max_length=10, choices=[(reason, reason) for reason in REASONS])
    order_id = models.BigIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index("shelf", "id", name="inventory_movement_shelf"),
            models.Index("order_id", condition=Q(order_id__isnull=False), name="inventory_movement_order"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(units=0), name="inventory_movement_moves"),
            models.CheckConstraint(condition=Q(balance__gte=0), name="inventory_movement_balance"),
            models.CheckConstraint(condition=Q(reason__in=REASONS), name="inventory_movement_reason"),
        ]


class Hold(models.Model):
    """Pieces on a shelf kept for an order: `units` taken, of which `open_units` are still kept; `until` null: it never expires."""

    order_id = models.BigIntegerField()
    shelf = models.ForeignKey(Shelf, on_delete=models.PROTECT, related_name="+", db_index=False)
    units = models.IntegerField()
    open_units = models.IntegerField()
    shipped_units = models.IntegerField(default=0)
    released_units = models.IntegerField(default=0)
    until = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="held")
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index("until", condition=Q(open_units__gt=0, until__isnull=False), name="inventory_hold_due"),
            models.Index("shelf", condition=Q(open_units__gt=0), name="inventory_hold_open"),
            models.Index("order_id", name="inventory_hold_order"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order_id", "shelf"], condition=Q(open_units__gt=0), name="inventory_hold_once"),
            models.CheckConstraint(
                condition=Q(units__gt=0, open_units__gte=0, shipped_units__gte=0, released_units__gte=0), name="inventory_hold_units"
            ),
            models.CheckConstraint(
                condition=Q(units=F("open_units") + F("shipped_units") + F("released_units")), name="inventory_hold_adds_up"
            ),
            models.CheckConstraint(condition=Q(state__in=["held", "shipped", "released"]), name="inventory_hold_state"),
        ]
