"""The price a cut is measured against, as the European Union asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

LOOK_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Step:
    """A price from a moment on; None: withdrawn."""

    amount_minor: int | None
    from_at: datetime


def reference_price(steps: Sequence[Step]) -> int | None:
    """Return the lowest price that held in the 30 days before the last cut, None where the price now is no cut.

    `steps` is the price log by time; its last step is the price now. A price that already held when the 30 days began counts, as it
    held within them. A price that came back unchanged is no new cut; one that rose since, or was withdrawn, ends the claim.
    Source: Directive 98/6/EC, Article 6a, as amended by Directive (EU) 2019/2161.
    """
    cut = _last_cut(steps)
    if cut is None:
        return None
    opens = steps[cut].from_at - LOOK_BACK
    held = [
        step.amount_minor
        for step, following in pairwise(steps[: cut + 1])
        if step.amount_minor is not None and following.from_at > opens and following.from_at > step.from_at
    ]
    lowest = min(held, default=None)
    now = steps[-1].amount_minor
    # Cut to a price that was had within the month already: nothing to boast of.
    return lowest if lowest is not None and now is not None and lowest > now else None


def _last_cut(steps: Sequence[Step]) -> int | None:
    """Return the position of the step that brought the price now, if it went down; steps that repeat a price are passed over."""
    position = len(steps) - 1
    while position > 0 and steps[position].amount_minor == steps[position - 1].amount_minor:
        position -= 1
    if position <= 0:
        return None
    after, before = steps[position].amount_minor, steps[position - 1].amount_minor
    return position if after is not None and before is not None and after < before else None
