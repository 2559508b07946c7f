"""Requests that were carried out under an idempotency key, and what they were answered."""

from django.db import models


class Answered(models.Model):
    """`key` and `asked` are digests (SHA-256): of who asked with which key, and of what was asked. `answer` holds ids and plain values."""

    key = models.CharField(max_length=64, unique=True)
    asked = models.CharField(max_length=64)
    act = models.CharField(max_length=60)
    answer = models.JSONField()
    answered_at = models.DateTimeField()

    class Meta:
        db_table = "requests_answered"
