"""Customers, their address books, and the ledger of what people agreed to."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from shopkeeper.selling.customers import sign_in_models  # noqa: F401 - Django finds a room's models here

CONSENTS = [
    "analytics",
    "marketing",
    "marketing.mail",
    "marketing.sms",
    "marketing.phone",
    "marketing.post",
    "personal.mail",
    "personal.sms",
    "personal.phone",
    "personal.post",
]
"""What a word may agree to. `marketing` alone is the banner's: it names no channel and lets nobody write or call."""


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
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    """Another record stands for this one; what refers to this one stays as it is, and reading resolves it."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(user=None) | Q(is_guest=False), name="customers_guests_have_no_user"),
            models.CheckConstraint(condition=Q(merged_into=None) | Q(user=None), name="customers_merged_do_not_sign_in"),
            models.CheckConstraint(condition=~Q(merged_into=models.F("id")), name="customers_nobody_stands_for_themselves"),
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
    label = models.CharField(max_length=30, blank=True, db_default="")

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
    source = models.CharField(max_length=10, default="banner")
    """Where the word was given: at the shop's banner, in the account, by the link of an order, or told to staff."""
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["subject", "-id"], name="customers_consent_latest"),)
        constraints = (
            models.CheckConstraint(condition=Q(given__contained_by=CONSENTS), name="customers_consent_known_purposes"),
            models.CheckConstraint(condition=Q(source__in=("banner", "account", "link", "staff")), name="customers_consent_known_source"),
            models.CheckConstraint(condition=~Q(source="staff") | Q(actor__isnull=False), name="customers_consent_staff_have_a_name"),
        )

    def __str__(self) -> str:
        return f"consent {self.pk}"


# ── what staff keep of people ─────────────────────────────────────────────────────────────────────────────────────────


class Group(models.Model):
    """A group of customers that staff put together by hand."""

    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(Lower("name_en"), name="customers_one_group_per_name"),)

    def __str__(self) -> str:
        return f"group {self.pk}"


class GroupMember(models.Model):
    """A customer is in a group."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint("group", "customer", name="customers_once_in_a_group"),)

    def __str__(self) -> str:
        return f"group member {self.pk}"


class Note(models.Model):
    """What staff noted about a customer. Never changed and never removed: it may be struck out once, with a reason."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=2000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True)
    struck_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    strike_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = (models.Index(fields=["customer", "-id"], name="customers_notes_of"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(struck_at=None, struck_by=None, strike_reason="")
                | (Q(struck_at__isnull=False, struck_by__isnull=False) & ~Q(strike_reason="")),
                name="customers_struck_out_with_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"note {self.pk}"


class Merge(models.Model):
    """Two records of one person became one: `merged` stays as it was and points to `customer`. Undone by `parted_at`, once.

    `taken`: particulars of `merged` that `customer` took over, each with what it held before and after.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    taken = models.JSONField(default=dict)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    parted_at = models.DateTimeField(null=True)
    parted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    part_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("merged", condition=Q(parted_at=None), name="customers_merged_once"),
            models.CheckConstraint(condition=~Q(merged=models.F("customer")), name="customers_merge_is_of_two"),
            models.CheckConstraint(
                condition=Q(parted_at=None, parted_by=None, part_reason="")
                | (Q(parted_at__isnull=False, parted_by__isnull=False) & ~Q(part_reason="")),
                name="customers_parted_with_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"merge {self.pk}"


class NotTheSame(models.Model):
    """Staff looked at two records and found two people: they are not proposed again. `one` is the smaller number."""

    one = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint("one", "other", name="customers_told_apart_once"),
            models.CheckConstraint(condition=Q(one__lt=models.F("other")), name="customers_told_apart_in_order"),
        )

    def __str__(self) -> str:
        return f"not the same {self.pk}"


class Likeness(models.Model):
    """Two records that are likely one person, and why: a view, worked out anew each time. `customer` is the smaller number."""

    id = models.BigIntegerField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.DO_NOTHING, related_name="+")
    other = models.ForeignKey(Customer, on_delete=models.DO_NOTHING, related_name="+")
    by_mail = models.BooleanField()
    by_phone = models.BooleanField()
    by_place = models.BooleanField()

    class Meta:
        managed = False
        db_table = "customers_likeness"

    def __str__(self) -> str:
        return f"likeness {self.pk}"


class Business(models.Model):
    """A customer who buys for a company: what its invoices say. Without a name: for none, whatever merged records say."""

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.PROTECT, related_name="+")
    company = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    tax_number = models.CharField(max_length=20)
    billing_email = models.EmailField(max_length=254, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "businesses"

    def __str__(self) -> str:
        return f"business {self.pk}"
