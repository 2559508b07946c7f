"""What many prices become at once: set, or raised and lowered by a share or an amount, and rounded as was said."""

from shopkeeper.kit.money import BASIS_POINTS


def raised_by_share(amount_minor: int, basis_points: int, *, step_minor: int) -> int:
    """Return a price changed by so many ten-thousandths of it (below 0: lowered), at the nearest multiple of the step, halves up.

    Rounded once, from the exact share: 10 % on 1,045 at a step of 5 is 1,149.5 → 1,150.
    """
    return _nearest(amount_minor * (BASIS_POINTS + basis_points), BASIS_POINTS * step_minor) * step_minor


def raised_by_amount(amount_minor: int, by_minor: int, *, step_minor: int) -> int:
    """Return a price changed by an amount (below 0: lowered), at the nearest multiple of the step, halves up."""
    return _nearest(amount_minor + by_minor, step_minor) * step_minor


def _nearest(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
