"""Promotions, the codes that bring them, and every use of them. Money in minor units."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

STATES = ("draft", "waiting", "approved", "paused", "ended")


class Promotion(models.Model):
    """A promotion as staff wrote it. What it has used of its limits is counted here, in one guarded write for each order."""

    code = models.CharField(max_length=40, unique=True)
    name_en = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20)
    rule = models.JSONField()
    scope = models.JSONField()
    terms = models.JSONField()
    state = models.CharField(max_length=10, default="draft")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    needs_code = models.BooleanField(default=False)
    most_minor = models.BigIntegerField(default=0)
    excludes = ArrayField(models.BigIntegerField(), default=list)
    most_uses = models.IntegerField(null=True, blank=True)
    most_uses_a_buyer = models.IntegerField(null=True, blank=True)
    most_uses_a_day = models.IntegerField(null=True, blank=True)
    budget_minor = models.BigIntegerField(null=True, blank=True)
    uses = models.IntegerField(default=0)
    spent_minor = models.BigIntegerField(default=0)
    version = models.IntegerField(default=1)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    changed_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="promotions_state_known"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="promotions_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(uses__gte=0) & Q(spent_minor__gte=0), name="promotions_used_is_not_negative"),
            models.CheckConstraint(condition=Q(most_uses__isnull=True) | Q(uses__lte=F("most_uses")), name="promotions_uses_within"),
            models.CheckConstraint(
                condition=Q(budget_minor__isnull=True) | Q(spent_minor__lte=F("budget_minor")), name="promotions_spent_within"
            ),
        ]


class Coupon(models.Model):
    """A code that brings a promotion: everybody's, or one customer's own."""

    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40, unique=True)
    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=80, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    most_uses = models.IntegerField(null=True, blank=True)
    uses = models.IntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(uses__gte=0), name="promotions_coupon_used_is_not_negative"),
            models.CheckConstraint(condition=Q(most_uses__isnull=True) | Q(uses__lte=F("most_uses")), name="promotions_coupon_uses_within"),
        ]


class Use(models.Model):
    """One order's use of a promotion: what it took off, who bought, on which day; given back once when the order is cancelled unpaid."""

    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="+", db_index=False)
    coupon = models.ForeignKey(Coupon, null=True, on_delete=models.PROTECT, related_name="+")
    order_id = models.BigIntegerField()
    buyer = models.CharField(max_length=80)
    day = models.DateField()
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField()
    given_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order_id", "promotion"], name="promotions_one_use_an_order"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="promotions_use_amount"),
        ]
        indexes: ClassVar = [models.Index(fields=["promotion", "at"], name="promotions_use_by_time")]


class Counted(models.Model):
    """How often a buyer (`subject` is who) or a day (`subject` is the date) used a promotion: only where that is limited."""

    promotion = models.ForeignKey(Promotion, on_delete=models.CASCADE, related_name="+", db_index=False)
    subject = models.CharField(max_length=80)
    uses = models.IntegerField()
    most = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["promotion", "subject"], name="promotions_counted_once"),
            models.CheckConstraint(condition=Q(uses__gte=0) & Q(uses__lte=F("most")), name="promotions_counted_within"),
        ]
