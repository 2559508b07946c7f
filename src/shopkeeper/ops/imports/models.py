"""What was taken over from other systems' files: runs, their finished steps, which lines became what, and the lines that were refused."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


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
