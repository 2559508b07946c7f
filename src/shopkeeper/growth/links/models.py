"""Links of the shop's own that are counted, how often each was followed on each day, and who agreed to be told apart on that day."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from shopkeeper.growth.links.shapes import MOST_ADDRESS, MOST_CODE, MOST_NOTE, MOST_WORD


class Link(models.Model):
    """A short address that leads to a page of this shop. `code` stays: it is printed somewhere."""

    code = models.CharField(max_length=MOST_CODE, unique=True)
    address = models.CharField(max_length=MOST_ADDRESS)
    source = models.CharField(max_length=MOST_WORD)
    medium = models.CharField(max_length=MOST_WORD, blank=True)
    campaign = models.CharField(max_length=MOST_WORD, blank=True)
    note = models.CharField(max_length=MOST_NOTE, blank=True)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="links_code_fits_an_address"),
            # What the room checks by the shop's own addresses is held here once more: one slash, then a letter.
            models.CheckConstraint(condition=Q(address__regex=r"^/([a-z?#][^\\]*)?$"), name="links_never_leave_the_shop"),
            models.CheckConstraint(condition=~Q(source=""), name="links_have_a_source"),
        ]


class Day(models.Model):
    """How often a link was followed on a day of the shop's zone; `people` of them agreed to be told apart, each counted once."""

    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    visits = models.IntegerField()
    people = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("link", "day", name="links_day_once"),
            models.CheckConstraint(condition=Q(people__gte=0) & Q(visits__gte=1), name="links_counts_count"),
        ]


class Visitor(models.Model):
    """That somebody who agreed came on a day: a fingerprint of their random name, kept until the day is over."""

    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField(db_index=True)
    mark = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("link", "day", "mark", name="links_visitor_once")]
