"""Tables of payments: one row per attempt to pay, a stream of events under it, and the test provider's own memory."""

from django.db import models
from django.db.models import F, Q

from shopkeeper.selling.payments.shapes import OPEN_STRAYS, EventKind, LineKind, Outcome, PaymentState, StrayState


class Payment(models.Model):
    """`order_id` is the order's id, kept as a plain number: orders is a room beside this one.

    `key` is the caller's, so that an attempt is begun once; `name` is ours at the provider, random, since test shops share its books.
    `state` repeats what the events say, for lists; the audit compares. `wake_at`: when somebody should ask the provider again,
    empty where nothing is left to ask. `description`, `language`, `return_url`, `expires_at` are what the provider is told at first, and
    again under the same key; `is_disputed`, `dispute_due_at` repeat the events, for lists.
    """

    order_id = models.BigIntegerField(db_index=True)
    provider = models.CharField(max_length=32)
    method = models.CharField(max_length=32)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    key = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in PaymentState])
    reference = models.CharField(max_length=100, blank=True)
    redirect_url = models.CharField(max_length=2_000, blank=True)
    qr_text = models.CharField(max_length=1_000, blank=True, db_default="")
    description = models.CharField(max_length=100, blank=True, db_default="")
    language = models.CharField(max_length=10, blank=True, db_default="en")
    return_url = models.CharField(max_length=500, blank=True, db_default="")
    expires_at = models.DateTimeField(null=True)
    is_disputed = models.BooleanField(db_default=False)
    dispute_due_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(db_index=True)
    wake_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="payments_payment_due"),
            # News that carries only the provider's own name for a payment; and staff who type how one begins.
            models.Index(
                fields=["reference"], opclasses=["varchar_pattern_ops"], condition=~Q(reference=""), name="payments_payment_reference"
            ),
            models.Index(fields=["dispute_due_at"], condition=Q(is_disputed=True), name="payments_payment_disputed"),
            # Counted on every console page, and few.
            models.Index(fields=["started_at"], condition=Q(state="pending"), name="payments_payment_pending"),
        ]
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gte=0), name="payments_payment_amount")]


class PaymentEvent(models.Model):
    """What was asked and what the provider said. Rows are only ever added; a trigger refuses to change or remove one."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=32, choices=[(kind.value, kind.value) for kind in EventKind])
    amount_minor = models.BigIntegerField()
    key = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # The same news by answer, by webhook and by webhook again is one event.
            models.UniqueConstraint(fields=["payment", "kind", "key", "reference"], name="payments_event_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="payments_event_amount"),
        ]


class FakeCharge(models.Model):
    """The built-in test provider's memory of one charge: it remembers across processes, as a real provider does."""

    reference = models.CharField(max_length=64, unique=True)
    payment_name = models.CharField(max_length=100, unique=True)
    method = models.CharField(max_length=32)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    authorized_minor = models.BigIntegerField(default=0)
    captured_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    is_voided = models.BooleanField(default=False)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(authorized_minor__lte=F("amount_minor")), name="payments_fakecharge_authorized"),
            models.CheckConstraint(condition=Q(captured_minor__lte=F("authorized_minor")), name="payments_fakecharge_captured"),
            models.CheckConstraint(condition=Q(refunded_minor__lte=F("captured_minor")), name="payments_fakecharge_refunded"),
        ]


class FakeAnswer(models.Model):
    """What the test provider did under an idempotency key: told when asked from `known_at` on, and by so many webhooks."""

    charge = models.ForeignKey(FakeCharge, on_delete=models.PROTECT, related_name="answers")
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=16)
    amount_minor = models.BigIntegerField()
    reference = models.CharField(max_length=64)
    reason = models.CharField(max_length=64, blank=True)
    known_at = models.DateTimeField()
    is_asked_again = models.BooleanField(default=False)
    webhooks_due = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["known_at"], condition=Q(webhooks_due__gt=0), name="payments_fakeanswer_due")]


class Statement(models.Model):
    """A provider's statement file that was read in; the same content is read once, whatever its name."""

    provider = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    lines = models.PositiveIntegerField()
    differences = models.PositiveIntegerField(default=0)
    paid_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField()
    fees_minor = models.BigIntegerField()
    read_at = models.DateTimeField(db_index=True)
    compared_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "digest"], name="payments_statement_once")]


class StatementLine(models.Model):
    """One line of a statement and what became of it; without `number`, an act of ours that no line tells of."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="told")
    number = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in LineKind])
    name = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    operation = models.CharField(max_length=100, blank=True)
    amount_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=32, blank=True)
    outcome = models.CharField(max_length=16, choices=[(outcome.value, outcome.value) for outcome in Outcome])
    ours_minor = models.BigIntegerField(null=True)
    event = models.ForeignKey(PaymentEvent, on_delete=models.PROTECT, null=True, related_name="+")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="+")
    order_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["statement", "outcome"], name="payments_line_outcome"),
            # Staff type how a number begins.
            models.Index(
                fields=["reference"], opclasses=["varchar_pattern_ops"], condition=~Q(reference=""), name="payments_line_reference"
            ),
            models.Index(
                fields=["operation"], opclasses=["varchar_pattern_ops"], condition=~Q(operation=""), name="payments_line_operation"
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["statement", "number"], name="payments_line_once")]


class Stray(models.Model):
    """Money a provider tells of under a name this shop does not know; one row however often it is told.

    `name` is the payment's name as the provider knows it (empty where it tells none, or one that could be a person's), `reference` its own.
    `reserved_minor`, `kept_minor` and `pending_minor` repeat what the events amount to, for lists; the audit compares. `wake_at`: when the
    provider is asked next. `payment` is the one it turned out to be; with `is_mismatched` the one it came for, in a currency or an amount
    that cannot pay it. `settled_minor` is the sum that staff looked at when they settled it, so that more money opens it again.
    """

    provider = models.CharField(max_length=32)
    name = models.CharField(max_length=64, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16, choices=[(state.value, state.value) for state in StrayState])
    reserved_minor = models.BigIntegerField(default=0)
    kept_minor = models.BigIntegerField(default=0)
    pending_minor = models.BigIntegerField(default=0)
    first_at = models.DateTimeField(db_index=True)
    last_at = models.DateTimeField()
    heard = models.PositiveIntegerField(default=0)
    wake_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="+")
    is_mismatched = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    settled_minor = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="payments_stray_due"),
            models.Index(fields=["provider", "reference"], name="payments_stray_reference"),
            models.Index(fields=["state"], condition=Q(state__in=OPEN_STRAYS), name="payments_stray_open"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["provider", "name", "is_mismatched"], condition=~Q(name=""), name="payments_stray_once"),
            models.UniqueConstraint(fields=["provider", "reference"], condition=Q(name=""), name="payments_stray_nameless_once"),
            models.CheckConstraint(condition=~Q(name="", reference=""), name="payments_stray_is_called"),
        ]


class StrayEvent(models.Model):
    """What a provider said of a stray, and what was asked about it. Rows are only ever added; a trigger refuses to change or remove one."""

    stray = models.ForeignKey(Stray, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=32, choices=[(kind.value, kind.value) for kind in EventKind])
    amount_minor = models.BigIntegerField()
    key = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stray", "kind", "key", "reference"], name="payments_strayevent_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="payments_strayevent_amount"),
        ]
