"""The manifest: which files make up the lake. A file that is not named here is not part of it."""

from django.db import models


class Segment(models.Model):
    """One immutable Parquet file: rows of one table, of one day or (compacted) of one month. `columns` are its column names."""

    table = models.TextField()
    path = models.TextField(unique=True)
    columns = models.JSONField()
    rows = models.BigIntegerField()
    size = models.BigIntegerField()
    first_fact = models.BigIntegerField()
    last_fact = models.BigIntegerField()
    first_us = models.BigIntegerField()
    last_us = models.BigIntegerField()
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "lake_segment"
        constraints = [
            models.CheckConstraint(name="lake_segment_rows", condition=models.Q(rows__gt=0)),
            models.CheckConstraint(name="lake_segment_facts", condition=models.Q(first_fact__lte=models.F("last_fact"))),
            models.CheckConstraint(name="lake_segment_time", condition=models.Q(first_us__lte=models.F("last_us"))),
        ]
        indexes = [
            models.Index(name="lake_segment_live", fields=["table", "first_us"], condition=models.Q(retired_at=None)),
            models.Index(name="lake_segment_retired", fields=["retired_at"], condition=models.Q(retired_at__isnull=False)),
        ]
