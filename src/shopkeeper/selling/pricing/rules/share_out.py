"""A bundle's price spread over what it holds. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopkeeper.kit.money import split
from shopkeeper.selling.pricing.shapes import PricedPart, QuotedPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxed:
    """An amount with its tax: gross = net + tax."""

    net_minor: int
    tax_minor: int
    gross_minor: int


def share_out(parts: Sequence[PricedPart], whole: Taxed) -> tuple[QuotedPart, ...]:
    """Return the parts of a line's bundles with their shares of what the line costs, adding up to it exactly.

    Shares are in proportion to what the parts cost by themselves now; a part without a price counts as nothing, and where none has one,
    each piece counts the same. The tax follows the shares, so that no part's tax is more than its price.
    """
    apart = [(part.unit_minor or 0) * part.units for part in parts]
    gross = split(whole.gross_minor, apart if any(apart) else [part.units for part in parts])
    tax = split(whole.tax_minor, gross)
    return tuple(
        QuotedPart(
            variant_id=part.variant_id, product_id=part.product_id, category_id=part.category_id, sku=part.sku, name=part.name,
            units=part.units, gross_minor=gross[place], tax_minor=tax[place],
        )
        for place, part in enumerate(parts)
    )  # fmt: skip
