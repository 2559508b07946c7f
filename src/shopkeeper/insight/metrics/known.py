"""From where it is known which days have data: the files taken over, the shop's opening, and the lake."""

from shopkeeper.insight.lake import public as lake
from shopkeeper.insight.metrics.rules.coverage import Days, joined
from shopkeeper.kit import together
from shopkeeper.kit.time import day_of, from_microseconds
from shopkeeper.ops.imports import public as imports
from shopkeeper.selling.shop import public as selling_shop


def foresee() -> None:
    """Ask the database, in one statement, what figures of whichever kind ask it: for one who reads that together with other things."""
    together.read(lambda: lake.span("order_paid"), imports.spans, selling_shop.opened_at, selling_shop.shop, lake.foresee)


def known_days(zone: str) -> tuple[Days, ...]:
    """Return the days for which there is data, in order and apart from each other; none for a shop that has sold nothing yet.

    Known are the days each file taken over speaks of, and the shop's own: from its opening on, or from its first own sale where that is
    told from before.
    """
    if lake.span("order_paid") is None:
        return ()
    taken_over = [Days(day_of(span.first_at, zone), day_of(span.last_at, zone)) for span in imports.spans()]
    opened_on = day_of(selling_shop.opened_at(), zone)
    ((first_us,),) = lake.query("SELECT min(ts_us) FROM order_paid WHERE NOT is_history").rows
    own = opened_on if first_us is None else min(opened_on, day_of(from_microseconds(first_us), zone))
    return joined([*taken_over, Days(own, None)])
