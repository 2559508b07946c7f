"""What may be in a bundle."""

from collections.abc import Mapping, Sequence

from shopkeeper.kit import checks
from shopkeeper.kit.ids import VariantId
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.selling.catalog.shapes_bundles import MOST_OF_A_PART, MOST_PARTS, PartDraft
from shopkeeper.selling.catalog.shapes_options import NameTwice

FEWEST_PIECES = 2


def tidy_parts(parts: Sequence[PartDraft], skus: Mapping[VariantId, str]) -> tuple[PartDraft, ...]:
    """Return the parts of a bundle; none at all: it is one no more. `skus` say how they are called.

    Raises OutOfRange for more than 20 parts, for units that cannot be, and for a bundle of one piece, which is that piece; NotFound for
    a part that is not there, NameTwice for one named twice.
    """
    checks.whole(len(parts), field="parts", least=0, most=MOST_PARTS)
    seen = set()
    for each in parts:
        if each.variant_id not in skus:
            raise NotFound("variant", each.variant_id)
        if each.variant_id in seen:
            raise NameTwice(skus[each.variant_id], field="parts")
        checks.whole(each.units, field="units", least=1, most=MOST_OF_A_PART)
        seen.add(each.variant_id)
    if parts and (pieces := sum(each.units for each in parts)) < FEWEST_PIECES:
        raise OutOfRange("pieces", pieces, least=FEWEST_PIECES)
    return tuple(parts)
