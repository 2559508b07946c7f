"""What a price leaves over what a piece costs. Costs are kept without tax, so tax that lies in a price is taken out of it first."""

from shopkeeper.kit.money import BASIS_POINTS
from shopkeeper.selling.pricing.rules.quote import with_tax
from shopkeeper.selling.pricing.shapes import Margin, TaxMode


def margin(*, price_minor: int, cost_minor: int | None, tax_mode: TaxMode, tax_basis_points: int | None) -> Margin | None:
    """Return what a price leaves of one piece; None where its cost is not known, which is not a cost of 0.

    A price with tax in it counts without that tax, worked out for one piece as a quote does; one to which tax is added counts as it
    stands. Where no rate is set (None) nothing can be sold yet, and the price counts as it stands.
    """
    if cost_minor is None:
        return None
    net = with_tax(price_minor, tax_mode, tax_basis_points or 0).net_minor
    left = net - cost_minor
    share = (2 * abs(left) * BASIS_POINTS + net) // (2 * net) if net else 0
    return Margin(net_minor=net, cost_minor=cost_minor, margin_minor=left, share=share if left >= 0 else -share)
