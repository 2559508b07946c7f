"""What people would like to have: wish lists, and who waits for goods to come back.

Variants and customers are known by their ids only: their rooms stand beside this one.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from shopkeeper.selling.wishes.shapes import MOST_SUBJECT, MOST_WORDING, WaitState

_OPEN = [WaitState.ASKED.value, WaitState.WAITING.value]
_STATES = [each.value for each in WaitState]


class List(models.Model):
    """The wish list of a customer or of a browser. `share` is the secret of its link; null: it is not shared."""

    subject = models.CharField(max_length=MOST_SUBJECT, unique=True)
    share = models.CharField(max_length=60, null=True, unique=True)
    touched_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(subject=""), name="wishes_list_is_somebodys"),
            models.CheckConstraint(condition=~Q(share=""), name="wishes_share_is_null_or_something"),
        ]


class Wish(models.Model):
    """One variant on a list, once."""

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="wishes", db_index=False)
    variant_id = models.BigIntegerField(db_index=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("list", "variant_id", name="wishes_each_once")]


class Wait(models.Model):
    """Somebody who wants to be told when a variant is back. Rows stay; the address goes some time after the end."""

    variant_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    email = models.EmailField(max_length=254, blank=True)
    language = models.CharField(max_length=10)
    wording = models.CharField(max_length=MOST_WORDING)
    state = models.CharField(max_length=10, default=WaitState.ASKED.value)
    token = models.CharField(max_length=60, unique=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=_STATES), name="wishes_wait_state_known"),
            models.CheckConstraint(condition=Q(state__in=_OPEN) ^ Q(ended_at__isnull=False), name="wishes_wait_ended_or_open"),
            models.CheckConstraint(condition=~Q(state="waiting") | Q(confirmed_at__isnull=False), name="wishes_wait_confirmed_first"),
            models.CheckConstraint(condition=~Q(state="told") | Q(confirmed_at__isnull=False), name="wishes_told_who_confirmed"),
            models.CheckConstraint(condition=~Q(state__in=_OPEN) | ~Q(email=""), name="wishes_open_wait_has_address"),
            models.CheckConstraint(condition=~Q(state__in=["withdrawn", "expired"]) | Q(email=""), name="wishes_ended_wait_forgets"),
            models.UniqueConstraint("variant_id", "email", condition=Q(state__in=_OPEN), name="wishes_one_wait_per_address"),
        ]
        indexes: ClassVar = [
            models.Index("variant_id", "confirmed_at", "id", condition=Q(state="waiting"), name="wishes_waiting"),
            models.Index("variant_id", "ended_at", condition=Q(state="told"), name="wishes_told"),
            models.Index("expires_at", condition=Q(state__in=_OPEN), name="wishes_expiring"),
            models.Index("customer_id", condition=Q(state__in=_OPEN), name="wishes_of_customer"),
            models.Index("email", condition=Q(state__in=_OPEN), name="wishes_of_address"),
            models.Index("ended_at", condition=~Q(email=""), name="wishes_to_forget"),
        ]


class Demand(models.Model):
    """How many wait for a variant and how many wish for it: a view, so it is never wrong."""

    variant_id = models.BigIntegerField(primary_key=True)
    waiting = models.IntegerField()
    wished = models.IntegerField()
    since = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "wishes_demand"
