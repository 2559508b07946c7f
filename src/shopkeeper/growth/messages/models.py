"""Mails on their way out: one row each, found by a key that names its reason, so that no reason is told twice."""

from django.db import models
from django.db.models import Q


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
    state = models.CharField(max_length=10, default="waiting")
    tries = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (
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
