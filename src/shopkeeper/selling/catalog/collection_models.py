"""Collections of goods, and edits of many products at once with what stood before them. Part of the catalogue's models (`models`)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

EDIT_STATES = ("running", "stopped", "done", "undoing", "undone")
ROW_STATES = ("due", "done", "same", "waits", "refused", "back", "left")


class Collection(models.Model):
    """Goods shown together: chosen by hand, or by a rule that is asked anew for every page (`rules/collections.py` reads `rule`)."""

    slug = models.CharField(max_length=80, unique=True)
    name_en = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    intro_en = models.CharField(max_length=1000, blank=True)
    intro_zh = models.CharField(max_length=1000, blank=True)
    drawing = models.CharField(max_length=40, blank=True)
    tint = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=8, choices=[("hand", "hand"), ("rule", "rule")])
    rule = models.JSONField(default=dict, blank=True)
    sort = models.CharField(max_length=12, default="featured")
    is_published = models.BooleanField(default=False)
    is_in_menu = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["hand", "rule"]), name="catalog_collection_kind"),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="catalog_collection_ends_after_it_starts",
            ),
        ]


class CollectionProduct(models.Model):
    """A product named in a collection: `part` is “in” (chosen by hand), “first” (before what a rule finds) or “out” (left out of it)."""

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="named", db_index=False)
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=8, choices=[("in", "in"), ("first", "first"), ("out", "out")])
    position = models.IntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index("collection", "part", "position", "id", name="catalog_collection_order")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["collection", "product"], name="catalog_collectionproduct_once"),
            models.CheckConstraint(condition=Q(part__in=["in", "first", "out"]), name="catalog_collectionproduct_part"),
        ]


class BulkEdit(models.Model):
    """One thing done to many products at once: what was wished, why, by whom, how many it changed, and whether it was undone.

    A large one is worked off in slices: `wanted` is how many products it goes through, `worked` how many the work under way has been
    through, `breaks` how often that work broke off, and `broken` what it broke off with.
    """

    kind = models.CharField(max_length=20)
    wish = models.JSONField(default=dict)
    reason = models.CharField(max_length=200)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(db_index=True)
    products = models.IntegerField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    set_back = models.IntegerField(default=0)
    state = models.CharField(max_length=10, default="done", choices=[(each, each) for each in EDIT_STATES])
    wanted = models.IntegerField(default=0)
    worked = models.IntegerField(default=0)
    breaks = models.SmallIntegerField(default=0)
    broken = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(state__in=EDIT_STATES), name="catalog_bulkedit_state")]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(state__in=["running", "undoing"]), name="catalog_bulkedit_under_way"),
        ]


class BulkEditRow(models.Model):
    """What one product said before an edit and after it, or that it is due still; kept as long as the edit can be undone.

    `refusal` is the code of why it, or one of its prices, was left.
    """

    edit = models.ForeignKey(BulkEdit, on_delete=models.PROTECT, related_name="rows", db_index=False)
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    before = models.JSONField()
    after = models.JSONField()
    state = models.CharField(max_length=8, default="done", choices=[(each, each) for each in ROW_STATES])
    refusal = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edit", "product"], name="catalog_bulkeditrow_once"),
            models.CheckConstraint(condition=Q(state__in=ROW_STATES), name="catalog_bulkeditrow_known_state"),
        ]
        indexes: ClassVar = [models.Index(fields=["edit", "state", "id"], name="catalog_bulkeditrow_by_state")]
