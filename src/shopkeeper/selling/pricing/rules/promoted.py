"""Lines of a quote as promotions see them, and what promotions made of them put back into the lines. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from shopkeeper.selling.pricing.rules.quote import Discount, Freed, PricedLine
from shopkeeper.selling.promotions.shapes import Lane, Outcome


def discounted(lines: Sequence[PricedLine], outcome: Outcome) -> tuple[list[PricedLine], Freed | None]:
    """Return the lines with what each promotion takes off them, in the order of the outcome, and what makes delivery free."""
    found = [
        replace(
            line,
            discounts=tuple(
                Discount(promotion_id=each.promotion_id, name=each.name, amount_minor=each.shares[place])
                for each in outcome.applied
                if each.shares[place]
            ),
        )
        for place, line in enumerate(lines)
    ]
    freeing = next((each for each in outcome.applied if each.lane is Lane.DELIVERY), None)
    return found, Freed(promotion_id=freeing.promotion_id, name=freeing.name) if freeing else None
