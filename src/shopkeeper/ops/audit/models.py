"""The audit trail: rows are added and never changed; a trigger sees to it."""

from django.conf import settings
from django.db import models


class Record(models.Model):
    """One staff act. `subject` is `kind:id`; `before` and `after` hold the fields that changed, never personal data."""

    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    act = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["subject", "-id"], name="audit_by_subject"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["act", "-id"], name="audit_by_act"),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(act__regex=r"^[a-z_]+\.[a-z_]+$"), name="audit_act_has_room_and_verb"),
            models.CheckConstraint(condition=models.Q(subject__regex=r"^[a-z_]+:[^ ]+$"), name="audit_subject_has_kind_and_id"),
        )

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"
