"""Scheduled work of the lake."""

from datetime import datetime

from shopkeeper.insight.lake import tidy as tidying
from shopkeeper.insight.lake.shapes import Tidied


def tidy(*, now: datetime) -> Tidied:
    """Merge small files and remove unread ones. Safe at any time, beside dispatch and queries; run it every few minutes."""
    return tidying.tidy(now)
