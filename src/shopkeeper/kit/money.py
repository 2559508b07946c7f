"""Money as integer minor units (pence, 分) of the shop's one book currency."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

# ISO 4217 lists the currencies whose minor unit is not a hundredth; the rest have exponent 2.
_EXPONENTS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "UYI": 0,
    "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "CLF": 4, "UYW": 4,
}  # fmt: skip

MOST_MINOR = 10**12
"""The largest amount any field accepts, in minor units: ten thousand million in a currency of hundredths."""

BASIS_POINTS = 10_000


def exponent(currency: str) -> int:
    """Return how many decimal digits the minor unit of an ISO 4217 currency stands for (2 for GBP, 0 for JPY)."""
    return _EXPONENTS.get(currency, 2)


def to_minor(amount: Decimal, currency: str) -> int:
    """Return a decimal amount as minor units, halves rounded away from zero."""
    return int((amount.scaleb(exponent(currency))).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_decimal(minor: int, currency: str) -> Decimal:
    """Return minor units as a decimal amount with the currency's own number of digits."""
    return Decimal(minor).scaleb(-exponent(currency))


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Return `total` divided in proportion to `weights` so that the shares add up to it exactly.

    Largest remainder (Hamilton's method); ties go to the earlier share, so the answer is the same every time. Weights must not
    be negative; where all are zero the weights count as equal. Raises ValueError for a negative weight or for no weights at all.
    """
    if not weights or min(weights) < 0:
        raise ValueError(f"weights must be given and not negative, got {list(weights)}")
    whole = sum(weights)
    if whole == 0:
        weights, whole = [1] * len(weights), len(weights)
    sign = -1 if total < 0 else 1
    shares = [abs(total) * weight // whole for weight in weights]
    left = abs(total) - sum(shares)
    order = sorted(range(len(weights)), key=lambda i: (-(abs(total) * weights[i] % whole), i))
    for index in order[:left]:
        shares[index] += 1
    return [sign * share for share in shares]


def portion(amount: int, basis_points: int) -> int:
    """Return `basis_points` ten-thousandths of `amount`, halves rounded away from zero."""
    return _round_half_away(amount * basis_points, BASIS_POINTS)


def tax_within(gross: int, basis_points: int) -> int:
    """Return the tax contained in an amount that includes it: gross × rate ÷ (1 + rate), halves rounded away from zero."""
    return _round_half_away(gross * basis_points, BASIS_POINTS + basis_points)


def _round_half_away(numerator: int, denominator: int) -> int:
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))
