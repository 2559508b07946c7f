"""Who has which piece of work under way, and until when; what jobs found."""

from django.db import models


class Lease(models.Model):
    """One piece of work under way. `id` is the fencing number: a new one each time the work is taken, always a higher one."""

    name = models.CharField(max_length=100, unique=True)
    owner = models.CharField(max_length=100)
    until = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "jobs_lease"


class Report(models.Model):
    """What one run of a job found, for staff to see; `trouble` counts what is wrong."""

    name = models.CharField(max_length=100)
    at = models.DateTimeField()
    trouble = models.IntegerField()
    body = models.JSONField()

    class Meta:
        db_table = "jobs_report"
        indexes = [models.Index(fields=["name", "-at"], name="jobs_report_newest")]
