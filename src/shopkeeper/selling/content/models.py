"""The shop's own texts: every version ever published, in both languages; what engines are told of its pages, and how these were found."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from shopkeeper.selling.content.shapes_pages import LANGUAGES, MOST_DESCRIPTION, MOST_TITLE, PageKind, WordsKind


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


class EngineWords(models.Model):
    """What engines are told of one product, shelf or collection instead of the words made from it; empty: those made from it.

    What it speaks of is known by kind and id only: it stands in a room beside this one.
    """

    kind = models.CharField(max_length=12)
    subject_id = models.BigIntegerField()
    title_en = models.CharField(max_length=MOST_TITLE, blank=True)
    title_zh = models.CharField(max_length=MOST_TITLE, blank=True)
    description_en = models.CharField(max_length=MOST_DESCRIPTION, blank=True)
    description_zh = models.CharField(max_length=MOST_DESCRIPTION, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("kind", "subject_id", name="content_enginewords_once"),
            models.CheckConstraint(condition=Q(kind__in=[each.value for each in WordsKind]), name="content_enginewords_kind_known"),
            models.CheckConstraint(
                condition=~Q(title_en="", title_zh="", description_en="", description_zh=""), name="content_enginewords_say_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class PageLook(models.Model):
    """How a page of the shop was found when it was looked at last, in one language. `subject`: an id or a text's kind, by `kind`."""

    kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=10)
    address = models.CharField(max_length=400)
    title = models.CharField(max_length=400, blank=True)
    description = models.CharField(max_length=600, blank=True)
    status = models.SmallIntegerField()
    score = models.SmallIntegerField()
    score_before = models.SmallIntegerField(null=True)
    findings = models.JSONField()
    words = models.IntegerField(default=0)
    size = models.IntegerField(default=0)
    took_ms = models.IntegerField(default=0)
    looked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("kind", "subject", "language", name="content_pagelook_once"),
            models.CheckConstraint(condition=Q(kind__in=[each.value for each in PageKind]), name="content_pagelook_kind_known"),
            models.CheckConstraint(condition=Q(language__in=LANGUAGES), name="content_pagelook_language_known"),
            models.CheckConstraint(condition=Q(score__range=(0, 100)), name="content_pagelook_score"),
            models.CheckConstraint(
                condition=Q(words__gte=0, size__gte=0, took_ms__gte=0), name="content_pagelook_measures_not_below_nothing"
            ),
        ]
        indexes: ClassVar = [
            models.Index("score", "id", name="content_pagelook_worst"),
            models.Index("looked_at", "id", name="content_pagelook_oldest"),
            models.Index("language", "title", name="content_pagelook_title"),
            models.Index("language", "description", name="content_pagelook_described"),
            GinIndex(fields=["findings"], name="content_pagelook_findings", opclasses=["jsonb_path_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.score}"
