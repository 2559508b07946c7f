"""Ways to sign in beside the password: codes by mail and phone, verified numbers, providers of identity, messages with codes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from shopkeeper.selling.customers.shapes_signing_in import MOST_TRIES

E164 = r"^\+[1-9][0-9]{6,14}$"


class SignInCode(models.Model):
    """The one live code of an address. The code itself is kept nowhere: it follows from `nonce` under the shop's secret key.

    `key`: a keyed fingerprint of what the code is for, so that a second one replaces the first. Written for every address alike,
    whatever is behind it; `answer_at` is when a worker is to find that out, empty once it did. Erased a day after it ended.
    `tries_before`: guesses at the codes before this one, since `counted_from`.
    """

    key = models.CharField(max_length=64, unique=True)
    channel = models.CharField(max_length=5)
    purpose = models.CharField(max_length=7)
    address = models.CharField(max_length=254)
    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150, blank=True)
    language = models.CharField(max_length=10, default="en")
    nonce = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    tries_before = models.PositiveSmallIntegerField(default=0, db_default=0)
    counted_from = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    answer_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(channel__in=("mail", "phone")), name="customers_code_channel_known"),
            models.CheckConstraint(condition=Q(purpose__in=("sign_in", "join", "number")), name="customers_code_purpose_known"),
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="customers_code_tried_so_often"),
            models.CheckConstraint(condition=Q(until__gt=models.F("asked_at")), name="customers_code_ends_later"),
            models.CheckConstraint(
                condition=Q(purpose="number", customer__isnull=False) | (~Q(purpose="number") & Q(customer=None)),
                name="customers_code_of_a_number_is_somebodys",
            ),
            models.CheckConstraint(condition=Q(channel="mail") | Q(address__regex=E164), name="customers_code_number_is_e164"),
            models.CheckConstraint(condition=Q(channel="phone") | ~Q(purpose="number"), name="customers_code_of_a_number_by_phone"),
        )
        indexes = (models.Index(fields=["answer_at", "id"], name="customers_codes_due", condition=Q(answer_at__isnull=False)),)

    def __str__(self) -> str:
        return f"sign-in code {self.pk}"


class VerifiedNumber(models.Model):
    """The phone number a member proved to hold; one each, and nobody else's."""

    customer = models.OneToOneField("customers.Customer", primary_key=True, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=16, unique=True)
    verified_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(number__regex=E164), name="customers_number_is_e164"),)

    def __str__(self) -> str:
        return f"verified number {self.pk}"


class Provider(models.Model):
    """Who else may vouch for a shopper, by OpenID Connect. The secret is sealed under the shop's secret key."""

    code = models.CharField(max_length=40, unique=True)
    name_en = models.CharField(max_length=60)
    name_zh = models.CharField(max_length=60, blank=True)
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=300)
    sealed_secret = models.TextField()
    origin = models.CharField(max_length=300, blank=True)
    """Where its own page stands, as its document said when it was last tried: forms of the shop may lead there."""
    is_on = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="customers_provider_code_is_plain"),
            models.CheckConstraint(condition=Q(is_on=False) | ~Q(origin=""), name="customers_provider_tried_before_on"),
        )

    def __str__(self) -> str:
        return f"provider {self.pk}"


class Identity(models.Model):
    """A member is known to a provider as `subject`, and signs in that way."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("provider", "subject", name="customers_one_member_per_subject"),
            models.UniqueConstraint("provider", "customer", name="customers_one_subject_per_member"),
            models.CheckConstraint(condition=~Q(subject=""), name="customers_subject_is_something"),
        )

    def __str__(self) -> str:
        return f"identity {self.pk}"


class ShortMessage(models.Model):
    """One short message with a code, admitted under the shop's limits before anything is sent. It holds no number: `mark` is a keyed one.

    `asker`: a keyed fingerprint of the member who wants to prove the number; empty where the code is to sign in with.

    waiting → sent (the provider took it) → delivered or failed, as the provider reports; waiting → failed where it would not take it.
    """

    key = models.CharField(max_length=64, unique=True)
    code_id = models.BigIntegerField()
    mark = models.CharField(max_length=64)
    asker = models.CharField(max_length=64, blank=True, db_default="")
    country = models.CharField(max_length=2)
    provider = models.CharField(max_length=20, blank=True)
    provider_id = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, default="waiting")
    tries = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=("waiting", "sent", "delivered", "failed")), name="customers_sms_state_known"),
            models.UniqueConstraint("provider", "provider_id", condition=~Q(provider_id=""), name="customers_sms_known_once"),
        )
        indexes = (
            models.Index(fields=["next_try_at", "id"], name="customers_sms_due", condition=Q(state="waiting")),
            models.Index(fields=["queued_at"], name="customers_sms_by_day"),
        )

    def __str__(self) -> str:
        return f"short message {self.pk}"


class SignInRule(models.Model):
    """What the shop ruled about signing in: one row. The limits are per 24 hours; every short message costs money."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    mail_codes = models.BooleanField(default=True)
    phone_codes = models.BooleanField(default=False)
    countries = ArrayField(models.CharField(max_length=2), default=list)
    most_per_number = models.PositiveSmallIntegerField(default=5)
    most_per_country = models.PositiveIntegerField(default=200)
    most_per_shop = models.PositiveIntegerField(default=500)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(pk=1), name="customers_sign_in_rule_is_one"),
            models.CheckConstraint(condition=Q(phone_codes=False) | ~Q(countries=[]), name="customers_phone_codes_go_somewhere"),
            models.CheckConstraint(
                condition=Q(most_per_number__range=(1, 50), most_per_country__range=(1, 100_000), most_per_shop__range=(1, 1_000_000)),
                name="customers_sms_within_reason",
            ),
        )

    def __str__(self) -> str:
        return "sign-in rule"
