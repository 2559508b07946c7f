"""From where on a second person is needed, as long as the owner has not said otherwise; and which acts reach that."""

from shopkeeper.kit import money
from shopkeeper.ops.approvals.shapes import Limits

PRICE_DROP_PERCENT = 40
REFUND_OVER = 200
"""In pounds, euros or dollars; currencies whose unit is worth about a tenth or a hundredth of those count that much more."""

_TENTHS = frozenset({"CNY", "HKD", "TWD", "SEK", "NOK", "DKK", "CZK", "MXN", "ZAR", "THB", "TRY"})


def standard(currency: str) -> Limits:
    """Return the limits of a shop whose owner has set none: a refund above 200 pounds (2,000 yuan, 20,000 yen), a price cut above 40 %."""
    digits = money.exponent(currency)
    times = 10 if currency in _TENTHS else 100 if digits == 0 else 1
    return Limits(refund_over_minor=REFUND_OVER * times * 10**digits, price_drop_percent=PRICE_DROP_PERCENT)


def refund_needs_two(*, total_minor: int, before_minor: int, over_minor: int | None) -> bool:
    """Return whether a refund needs a second person: with what went back of the order before, so that many small ones count as one."""
    return over_minor is not None and total_minor > 0 and total_minor + before_minor > over_minor


def price_needs_two(
    *, held_minor: int | None, wanted_minor: int, drop_percent: int | None, cost_minor: int | None, net_minor: int | None = None
) -> tuple[str, ...]:
    """Return why a price needs a second person: `below_cost`, `far_lower`, both, or nothing where one person may set it.

    `held_minor` is the price it is held against (None: there was none).
    `net_minor` is what is left of the price without tax (None: the price has none in it); that is held against the cost, which has none
    either. A cost that is not known (None) counts neither as covered nor as not covered: then the fall alone decides.
    """
    found = []
    if cost_minor is not None and (wanted_minor if net_minor is None else net_minor) < cost_minor:
        found.append("below_cost")
    if drop_percent is not None and held_minor is not None and (held_minor - wanted_minor) * 100 > held_minor * drop_percent:
        found.append("far_lower")
    return tuple(found)
