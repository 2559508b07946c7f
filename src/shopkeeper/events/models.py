"""The outbox: one row per fact, and one row per hearer only where a hearer could not take a fact yet."""

from django.db import models
from django.db.models.functions import Now


class OutboxFact(models.Model):
    """One fact. `heard_at` is set once every hearer either took it or has a `Waiting` row for it."""

    kind = models.TextField()
    entity = models.TextField()
    body = models.JSONField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    origin = models.TextField(db_default="live")
    heard_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "events_outbox"
        constraints = [models.CheckConstraint(name="events_outbox_origin", condition=models.Q(origin__in=["live", "import"]))]
        indexes = [
            models.Index(name="events_outbox_unheard", fields=["id"], condition=models.Q(heard_at=None)),
        ]


class Waiting(models.Model):
    """A fact that one hearer has yet to take: it failed (`tries` > 0), stands behind a failed one, or is parked."""

    fact = models.ForeignKey(OutboxFact, on_delete=models.PROTECT, related_name="+")
    hearer = models.TextField()
    entity = models.TextField()
    tries = models.IntegerField(default=0)
    next_try_at = models.DateTimeField()
    parked_at = models.DateTimeField(null=True)
    error = models.TextField(default="")

    class Meta:
        db_table = "events_waiting"
        constraints = [models.UniqueConstraint(name="events_waiting_once", fields=["fact", "hearer"])]
        indexes = [
            models.Index(name="events_waiting_order", fields=["entity", "hearer", "fact"]),
            models.Index(name="events_waiting_due", fields=["next_try_at"], condition=models.Q(parked_at=None)),
        ]
