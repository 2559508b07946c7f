"""What was taken over from other systems' files: runs, their finished steps, which lines became what, and the lines that were refused."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from shopkeeper.ops.imports.shapes import LineState, SheetKind, SheetState, UndoState


class ImportRun(models.Model):
    source = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    rows = models.BigIntegerField()
    report = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "digest"], name="imports_one_run_per_file")]


class ImportStep(models.Model):
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE)
    name = models.CharField(max_length=60)
    report = models.JSONField(default=dict)
    finished_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="imports_step_once")]


class ImportReject(models.Model):
    """`value_micro`: what the line would have come to, in millionths of the currency unit, 0 where unreadable."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE)
    line = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    value_micro = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "line"], name="imports_reject_line")]


class ImportOrigin(models.Model):
    """What lines of the run's file became: an order, a refund … named by `code`; `lines` are their numbers, in the thing's own order."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE)
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=120)
    lines = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code", "run"], name="imports_origin_once")]


class SheetRun(models.Model):
    """One file of goods, customers, stock or prices that staff brought, from its upload to its undoing.

    `mapping` names the column of the file (from 0) for each field; `head` is the first row as it stands, `sample` the rows after it.
    `counts` is what the dry run found, and what the run did once it is over; `seen` fingerprints what the dry run showed.
    """

    kind = models.CharField(max_length=12, choices=[(each.value, each.value) for each in SheetKind])
    state = models.CharField(max_length=12, choices=[(each.value, each.value) for each in SheetState])
    file_name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    form = models.JSONField(default=dict)
    head = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    rows = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    undo_counts = models.JSONField(default=dict)
    seen = models.CharField(max_length=64, blank=True)
    refusal = models.JSONField(null=True)
    run = models.OneToOneField(ImportRun, null=True, on_delete=models.PROTECT, related_name="+")
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    brought_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["-brought_at", "-id"], name="imports_sheet_newest"),
            models.Index(fields=["id"], condition=Q(state__in=["trying", "running", "undoing"]), name="imports_sheet_under_way"),
        )


class SheetFile(models.Model):
    """The file itself, as it was brought."""

    sheet = models.OneToOneField(SheetRun, primary_key=True, on_delete=models.CASCADE)
    content = models.BinaryField()


class SheetLine(models.Model):
    """One row of a sheet. `cells` as text; `subject` the id of what it is about.

    `changes` maps each field it changed to [old, new]; `refusal` says why it was refused, `undo_refusal` why it was left at the undoing.
    """

    sheet = models.ForeignKey(SheetRun, on_delete=models.CASCADE, db_index=False)
    line = models.IntegerField()
    cells = models.JSONField()
    state = models.CharField(max_length=10, default="read", choices=[(each.value, each.value) for each in LineState])
    subject = models.BigIntegerField(null=True)
    changes = models.JSONField(default=dict)
    refusal = models.JSONField(null=True)
    undo = models.CharField(max_length=10, blank=True, choices=[(each.value, each.value) for each in UndoState])
    undo_refusal = models.JSONField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["sheet", "line"], name="imports_sheet_line"),)
        indexes = (models.Index(fields=["sheet", "state", "line"], name="imports_sheet_line_state"),)


class SheetHeading(models.Model):
    """Which field a heading stood for the last time: the next file of the same kind is read the same way. An empty field: left out."""

    kind = models.CharField(max_length=12)
    heading = models.CharField(max_length=120)
    field = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "heading"], name="imports_heading_once"),)
