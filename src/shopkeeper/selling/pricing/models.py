"""Price lists, prices now, the log of every price there ever was, tax rates and ways of delivery. Money in minor units."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from shopkeeper.kit.money import BASIS_POINTS, MOST_MINOR


class PriceList(models.Model):
    code = models.CharField(max_length=40, unique=True)
    name_en = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    tax_mode = models.CharField(max_length=10, choices=[("included", "included"), ("added", "added")], default="included")
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="pricing_one_default_list"),
            models.CheckConstraint(condition=Q(tax_mode__in=["included", "added"]), name="pricing_list_tax_mode"),
        ]


class Price(models.Model):
    """A variant's price now; a withdrawn price keeps its row, without an amount, so that its version never starts again."""

    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+", db_index=False)
    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField(null=True, blank=True)
    reference_minor = models.BigIntegerField(null=True, blank=True)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["variant", "price_list"], name="pricing_price_one_per_list"),
            models.CheckConstraint(
                condition=Q(amount_minor__isnull=True) | Q(amount_minor__gte=1, amount_minor__lte=MOST_MINOR), name="pricing_price_amount"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="pricing_price_version"),
        ]


class PriceChange(models.Model):
    """One row of the price log. A trigger forbids changing and deleting rows."""

    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+", db_index=False)
    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField(null=True)
    version = models.IntegerField()
    from_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["variant", "price_list", "version"], name="pricing_change_version"),
        ]


class Cost(models.Model):
    """What one piece of a variant costs the shop now, without tax; a cost taken back keeps its row, without an amount: it is not known."""

    variant = models.OneToOneField("catalog.Variant", on_delete=models.PROTECT, related_name="+", primary_key=True)
    amount_minor = models.BigIntegerField(null=True, blank=True)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__isnull=True) | Q(amount_minor__gte=0, amount_minor__lte=MOST_MINOR), name="pricing_cost_amount"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="pricing_cost_version"),
        ]


class CostChange(models.Model):
    """One row of the log of costs. A trigger forbids changing and deleting rows."""

    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+", db_index=False)
    amount_minor = models.BigIntegerField(null=True)
    version = models.IntegerField()
    from_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["variant", "version"], name="pricing_cost_change_version")]


class TaxRate(models.Model):
    """A country's rate in ten-thousandths; the row with an empty country holds for every country that has none of its own."""

    country = models.CharField(max_length=2, unique=True, blank=True)
    basis_points = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(basis_points__gte=0, basis_points__lte=BASIS_POINTS), name="pricing_tax_rate"),
        ]


class DeliveryOption(models.Model):
    """A way to the buyer; without countries it serves those that no other way names."""

    code = models.CharField(max_length=40, unique=True)
    name_en = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    carrier = models.CharField(max_length=80, blank=True)
    price_minor = models.BigIntegerField()
    free_from_minor = models.BigIntegerField(null=True, blank=True)
    days_least = models.IntegerField()
    days_most = models.IntegerField()
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    position = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(price_minor__gte=0, price_minor__lte=MOST_MINOR), name="pricing_delivery_price"),
            models.CheckConstraint(condition=Q(days_least__gte=0, days_most__gte=models.F("days_least")), name="pricing_delivery_days"),
        ]
