"""The shop's own texts: every version ever published, in both languages."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ShopText(models.Model):
    """One version of one text. Rows are only added: what a shopper agreed to can always be shown again."""

    kind = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    title_en = models.CharField(max_length=120)
    title_zh = models.CharField(max_length=120, blank=True)
    body_en = models.TextField()
    body_zh = models.TextField(blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint("kind", "version", name="content_version_once"),
            models.CheckConstraint(condition=Q(kind__in=["terms", "privacy", "returns", "consent"]), name="content_kind_known"),
            models.CheckConstraint(condition=Q(version__gte=1), name="content_versions_from_one"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"
