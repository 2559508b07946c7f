"""What crosses the monitoring room's face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

UNWATCHED = "shopkeeper.unwatched"
"""In the environment of a request that the shop makes to itself, where no header can set it: nobody's visit, neither counted nor told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """A figure as it stands at this moment: `values` by the values of its `labels` (an empty tuple where it has none)."""

    name: str
    meaning: str
    labels: tuple[str, ...] = ()
    values: Mapping[tuple[str, ...], float] = field(default_factory=dict)
