"""How often something was tried within one stretch of the clock."""

from django.db import models
from django.db.models import F, Q


class Tally(models.Model):
    """`mark` is a keyed digest of what is tried, by whom and in which stretch of the clock; over at `until`."""

    mark = models.CharField(max_length=64, primary_key=True)
    times = models.PositiveIntegerField()
    most = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "limits_tally"
        constraints = (models.CheckConstraint(condition=Q(times__gte=0) & Q(times__lte=F("most")), name="limits_never_above_most"),)
