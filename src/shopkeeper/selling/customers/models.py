"""Customers, their address books, and the ledger of what people agreed to."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class Customer(models.Model):
    """A buyer: a member has a user who signs in, a guest has none. `external_code` names a buyer taken over from another system."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    is_guest = models.BooleanField()
    email = models.EmailField(max_length=254, blank=True)
    name = models.CharField(max_length=150, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, default="en")
    country = models.CharField(max_length=2, blank=True)
    external_code = models.CharField(max_length=80, null=True, unique=True)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(user=None) | Q(is_guest=False), name="customers_guests_have_no_user"),
            models.CheckConstraint(condition=~Q(external_code=""), name="customers_code_is_null_or_something"),
            models.UniqueConstraint(Lower("email"), condition=Q(is_guest=True) & ~Q(email=""), name="customers_one_guest_per_address"),
        )
        indexes = (
            models.Index(fields=["-joined_at", "-id"], name="customers_newest"),
            models.Index(Lower("email"), name="customers_by_email"),
        )

    def __str__(self) -> str:
        return f"customer {self.pk}"


class Address(models.Model):
    """One entry of a member's address book."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    line1 = models.CharField(max_length=200)
    line2 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=120)
    region = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=40, blank=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint("customer", condition=Q(is_default=True), name="customers_one_default_address"),)

    def __str__(self) -> str:
        return f"address {self.pk}"


class ConsentRecord(models.Model):
    """One word a person gave on what may be done with their data: a row per word, never changed. The latest counts."""

    subject = models.CharField(max_length=80)
    given = ArrayField(models.CharField(max_length=20))
    text_version = models.PositiveIntegerField()
    language = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["subject", "-id"], name="customers_consent_latest"),)
        constraints = (
            models.CheckConstraint(condition=Q(given__contained_by=["analytics", "marketing"]), name="customers_consent_known_purposes"),
        )

    def __str__(self) -> str:
        return f"consent {self.pk}"
