"""Mails on their way out, the words they are written in, and what came back of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class LetterText(models.Model):
    """One version of the words of one letter in one language. Rows are only added: what a sent mail said can be shown again.

    `is_own`: from this version on the letter has the words that come with the program, which improve with it.
    """

    letter = models.CharField(max_length=30)
    language = models.CharField(max_length=10)
    version = models.PositiveIntegerField()
    is_own = models.BooleanField(default=False)
    subject = models.CharField(max_length=200, blank=True)
    preview = models.CharField(max_length=300, blank=True)
    heading = models.CharField(max_length=200, blank=True)
    greeting = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    button = models.CharField(max_length=80, blank=True)
    closing = models.TextField(blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint("letter", "language", "version", name="messaging_text_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="messaging_texts_from_one"),
            models.CheckConstraint(condition=Q(language__in=["en", "zh-hans"]), name="messaging_text_language"),
            models.CheckConstraint(
                condition=(Q(is_own=True) & Q(subject="") & Q(body="")) | (Q(is_own=False) & ~Q(subject="") & ~Q(body="")),
                name="messaging_text_own_or_written",
            ),
        )

    def __str__(self) -> str:
        return f"{self.letter} {self.language} {self.version}"


class Outgoing(models.Model):
    """One mail. It names whom and what it is about by id; address and contents are looked up when it is sent.

    `next_try_at` is also the lease of the worker that is sending it: until then nobody else takes it.
    """

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=30)
    language = models.CharField(max_length=10, blank=True)
    # Ids, not foreign keys: what a mail is about stands in rooms of several floors, and the row may outlive it.
    order_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    invitation_id = models.BigIntegerField(null=True)
    detail_id = models.BigIntegerField(null=True)
    wait_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, default="waiting")
    tries = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    # Which words it went out with: a published version, or none where they were the program's own; `words` is their fingerprint.
    text = models.ForeignKey(LetterText, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=16, blank=True)
    # The unguessable part of its Message-ID, by which news of it is recognised.
    mark = models.CharField(max_length=32, blank=True)
    # A keyed fingerprint of the address it went to.
    reader = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["mark"], name="messaging_by_mark", condition=~Q(mark="")),
            models.Index(fields=["next_try_at", "id"], name="messaging_due", condition=Q(state="waiting")),
            models.Index(fields=["order_id"], name="messaging_by_order", condition=Q(order_id__isnull=False)),
            models.Index(fields=["-id"], name="messaging_parked", condition=Q(state="parked")),
        )
        constraints = (
            models.CheckConstraint(condition=Q(state__in=["waiting", "sent", "parked", "skipped"]), name="messaging_state_known"),
            models.CheckConstraint(
                condition=(Q(state="sent") & Q(sent_at__isnull=False)) | (~Q(state="sent") & Q(sent_at=None)),
                name="messaging_sent_has_a_moment",
            ),
            models.CheckConstraint(condition=Q(language__in=["", "en", "zh-hans"]), name="messaging_language_known"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Bounce(models.Model):
    """One piece of news about a mail: that it came back, or that its reader complained. Rows are only added.

    Only class and code are kept, never words of the other side. `reader` is a keyed fingerprint of the address, `event` of the news:
    the same news twice is one row.
    """

    event = models.CharField(max_length=64, unique=True)
    message_id = models.BigIntegerField()
    order_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    reader = models.CharField(max_length=64)
    kind = models.CharField(max_length=10)
    status = models.CharField(max_length=12, blank=True)
    source = models.CharField(max_length=10)
    happened_at = models.DateTimeField()
    heard_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["reader", "-id"], name="messaging_bounce_reader"),
            models.Index(fields=["order_id"], name="messaging_bounce_order", condition=Q(order_id__isnull=False)),
        )
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=["permanent", "temporary", "complaint"]), name="messaging_bounce_kind"),
            models.CheckConstraint(condition=Q(source__in=["http", "mailbox", "server"]), name="messaging_bounce_source"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class Reader(models.Model):
    """How mail to one address fares; the address itself is not kept. While `stopped_for` is set only mail that must go goes there."""

    mark = models.CharField(max_length=64, primary_key=True)
    permanent = models.PositiveIntegerField(default=0)
    temporary = models.PositiveIntegerField(default=0)
    complaints = models.PositiveIntegerField(default=0)
    stopped_for = models.CharField(max_length=10, blank=True)
    stopped_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=(Q(stopped_for="") & Q(stopped_at=None))
                | (Q(stopped_for__in=["permanent", "complaint"]) & Q(stopped_at__isnull=False)),
                name="messaging_stopped_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return self.mark[:8]


class Unwanted(models.Model):
    """A reader who wants no more mails of one purpose, by the fingerprint of the address."""

    reader = models.CharField(max_length=64)
    purpose = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint("reader", "purpose", name="messaging_unwanted_once"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class LetterSetting(models.Model):
    """The one row of settings: on what ground buyers are asked for reviews, and how many days after the last parcel left."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    review_ground = models.CharField(max_length=12, default="consent")
    review_days = models.PositiveSmallIntegerField(default=14)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(id=1), name="messaging_setting_is_one"),
            models.CheckConstraint(condition=Q(review_ground__in=["off", "consent", "soft_opt_in"]), name="messaging_setting_ground"),
            models.CheckConstraint(condition=Q(review_days__gte=1) & Q(review_days__lte=90), name="messaging_setting_days"),
        )

    def __str__(self) -> str:
        return f"{self.review_ground} {self.review_days}"
