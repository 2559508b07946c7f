"""What is kept of a product before shoppers see it: its draft, its schedule, and every version there ever was. Part of `models`.

A version stands in Wagtail's own table of revisions, as the room wrote it down (`rules/versions.py`).
"""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from wagtail.models import DraftStateMixin, RevisionMixin

STEPS = ("kept", "live", "published", "scheduled", "unscheduled", "failed", "discarded")


class ProductDesk(DraftStateMixin, RevisionMixin, models.Model):  # type: ignore[misc]
    """Where a product is worked on without touching what shoppers see; one a product, made when first needed.

    `latest_revision` is the draft while `has_unpublished_changes`; `live_revision` what shoppers see, `live` whether they do. `go_live_at`
    with `due_revision` and `expire_at` are the moments of the schedule, `held_against` the fingerprint of what was live when it was set,
    `failure` why what was due did not happen, until somebody has seen to it.
    """

    product = models.OneToOneField("catalog.Product", on_delete=models.PROTECT, related_name="+")
    latest_revision = models.ForeignKey("wagtailcore.Revision", null=True, editable=False, on_delete=models.PROTECT, related_name="+")
    live_revision = models.ForeignKey("wagtailcore.Revision", null=True, editable=False, on_delete=models.PROTECT, related_name="+")
    due_revision = models.ForeignKey("wagtailcore.Revision", null=True, editable=False, on_delete=models.PROTECT, related_name="+")
    scheduled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    held_against = models.CharField(max_length=64, blank=True)
    failure = models.JSONField(null=True)
    failed_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["go_live_at"], condition=Q(go_live_at__isnull=False), name="catalog_productdesk_due"),
            models.Index(fields=["expire_at"], condition=Q(expire_at__isnull=False), name="catalog_productdesk_ends"),
            models.Index(fields=["failed_at"], condition=Q(failed_at__isnull=False), name="catalog_productdesk_failed"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(go_live_at__isnull=True, due_revision__isnull=True) | Q(go_live_at__isnull=False, due_revision__isnull=False),
                name="catalog_productdesk_due_has_version",
            ),
            models.CheckConstraint(
                condition=Q(go_live_at__isnull=True) | Q(expire_at__isnull=True) | Q(expire_at__gt=F("go_live_at")),
                name="catalog_productdesk_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(has_unpublished_changes=False) | Q(latest_revision__isnull=False), name="catalog_productdesk_draft_is_kept"
            ),
            models.CheckConstraint(
                condition=Q(failed_at__isnull=True, failure__isnull=True) | Q(failed_at__isnull=False, failure__isnull=False),
                name="catalog_productdesk_failure_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"product {self.product_id}"

    version: dict[str, Any]
    """The words of the version that is being written down or was read: set by the room before a revision is saved."""

    def serializable_data(self) -> dict[str, Any]:
        """Return what a revision keeps: the version as the room wrote it down."""
        return self.version

    def with_content_json(self, content: dict[str, Any]) -> "ProductDesk":
        """Return this desk with the version a revision keeps; its schedule stands on the desk, never in a version."""
        found = type(self).objects.get(pk=self.pk)
        found.version = content
        found.go_live_at = found.due_revision = found.failure = found.failed_at = None
        found.held_against = ""
        return found

    @transaction.atomic
    def publish(self, revision: Any, user: Any = None, changed: bool = True, log_action: Any = True, **others: Any) -> None:
        """Let shoppers see a version: the goods, the trace, the news and this row in one transaction, whoever calls (also Wagtail)."""
        from shopkeeper.selling.catalog import drafts

        drafts.carry_out(self, revision, actor=user and user.pk, now=timezone.now())

    def publish_row(self, revision: Any, now: datetime) -> None:
        """Write down, as Wagtail does, that a version is what shoppers see: for `drafts.carry_out`, in its transaction."""
        rows = type(self).objects.filter(pk=self.pk)
        had_draft = rows.filter(has_unpublished_changes=True).exists()
        super().publish(revision, log_action=False, skip_permission_checks=True)
        if had_draft:
            # A version saved straight into the shop after the draft was kept is newer than it, and yet no draft.
            rows.update(last_published_at=now, has_unpublished_changes=~Q(latest_revision=revision.pk))
        else:
            # Of what was planned, a further draft may have been thrown away since: what was live then is no draft now.
            rows.update(last_published_at=now, has_unpublished_changes=False, latest_revision=revision.pk)

    @transaction.atomic
    def unpublish(self, set_expired: bool = False, commit: bool = True, user: Any = None, log_action: Any = True) -> None:
        """Take the product out of the shop, by the room's own way, whoever calls (also Wagtail)."""
        from shopkeeper.selling.catalog import drafts

        drafts.take_off(self, is_expired=set_expired, actor=user and user.pk, now=timezone.now())


class DraftStep(models.Model):
    """What happened to a version of a product, who did it, and when: written once, never changed. The history of a product is these."""

    desk = models.ForeignKey(ProductDesk, on_delete=models.PROTECT, related_name="+", db_index=False)
    revision = models.ForeignKey("wagtailcore.Revision", on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=12, choices=[(step, step) for step in STEPS])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["desk", "-id"], name="catalog_draftstep_history")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["revision"], condition=Q(step="published"), name="catalog_draftstep_published_once"),
            models.CheckConstraint(condition=Q(step__in=STEPS), name="catalog_draftstep_known"),
        ]


class ProductRule(models.Model):
    """Whether changes to what shoppers see of a product need a second person: one row, or none where nobody decided."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    needs_second_person = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="catalog_productrule_is_one")]
