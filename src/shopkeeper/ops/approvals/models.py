"""What waits for a second person, and from which sums on."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from shopkeeper.ops.approvals.shapes import ApprovalState

STATES = [(state.value, state.value) for state in ApprovalState]


class Approval(models.Model):
    """One act that was asked for and waits for another person. `values` decide all of it; `outcome` is what it led to."""

    act = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    values = models.JSONField()
    digest = models.CharField(max_length=64)
    key = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=12, choices=STATES, default=ApprovalState.WAITING.value)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.JSONField(null=True)

    class Meta:
        indexes = (models.Index(fields=["state", "-asked_at", "-id"], name="approvals_by_state"),)
        constraints = (
            models.UniqueConstraint(fields=["digest"], condition=Q(state="waiting"), name="approvals_waits_once"),
            models.CheckConstraint(condition=Q(state__in=list(ApprovalState)), name="approvals_state_known"),
            models.CheckConstraint(
                condition=Q(asked_by=None) | Q(decided_by=None) | ~Q(asked_by=F("decided_by")), name="approvals_decided_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["given", "done", "failed", "refused"]) | Q(decided_at__isnull=False),
                name="approvals_decided_has_time",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("asked_at")), name="approvals_expires_later"),
        )

    def __str__(self) -> str:
        return f"approval {self.pk}"


class Limits(models.Model):
    """From which sums on a second person is needed: one row; an empty field means no limit."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    refund_over_minor = models.BigIntegerField(null=True)
    price_drop_percent = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(pk=1), name="approvals_limits_are_one"),
            models.CheckConstraint(condition=Q(refund_over_minor=None) | Q(refund_over_minor__gte=0), name="approvals_refund_limit"),
            models.CheckConstraint(
                condition=Q(price_drop_percent=None) | Q(price_drop_percent__range=(1, 99)), name="approvals_price_limit"
            ),
        )

    def __str__(self) -> str:
        return "limits"
