"""What the lake does on a fact: it keeps it."""

from collections.abc import Sequence

from django.utils import timezone

from shopkeeper.events.shapes import Heard
from shopkeeper.insight.lake import public as lake


def keep(batch: Sequence[Heard]) -> None:
    """Write a batch of one kind of fact into the lake."""
    lake.keep(batch, now=timezone.now())
