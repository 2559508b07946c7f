"""What the catalogue takes: how long a text may be, and drafts checked against it."""

from collections.abc import Sequence
from dataclasses import replace

from shopkeeper.kit import checks
from shopkeeper.kit.refusals import Malformed, OutOfRange
from shopkeeper.selling.catalog.shapes import SkuTaken, VariantDraft

NAME = 200
TEXT = 10_000
INTRO = 1_000
OPTION = 120
SKU = 40
PHOTO = 300
MOST_VARIANTS = 200
MOST_WEIGHT_G = 1_000_000
LAST_RANK = 1_000_000
"""The rank of goods nobody has ranked: behind all that were."""


def tidy_sku(value: str) -> str:
    """Return a SKU without outer blanks, as written. Raises OutOfRange or Malformed (inner blanks)."""
    sku = checks.line(value, field="sku", least=1, most=SKU)
    if any(letter.isspace() for letter in sku):
        raise Malformed("sku", sku, expected="sku")
    return sku


def tidy_variants(drafts: Sequence[VariantDraft]) -> list[VariantDraft]:
    """Return variant drafts with tidy texts. Raises OutOfRange, Malformed, or SkuTaken where two drafts share a SKU."""
    if not 1 <= len(drafts) <= MOST_VARIANTS:
        raise OutOfRange("variants", len(drafts), least=1, most=MOST_VARIANTS)
    tidy = [_tidy_variant(draft) for draft in drafts]
    seen: set[str] = set()
    for draft in tidy:
        if draft.sku.upper() in seen:
            raise SkuTaken(draft.sku)
        seen.add(draft.sku.upper())
    return tidy


def photo(value: str) -> str:
    """Return a photo's address: empty, or a path on this shop's own host. Raises Malformed for any other address."""
    url = checks.line(value, field="photo_url", most=PHOTO)
    # Nothing the shopper sees is loaded from another host; a double slash would name one.
    if url and (not url.startswith("/") or url.startswith("//")):
        raise Malformed("photo_url", checks.shown(url), expected="local_address")
    return url


def _tidy_variant(draft: VariantDraft) -> VariantDraft:
    return replace(
        draft,
        sku=tidy_sku(draft.sku),
        option=checks.both_lines(draft.option, field="option", most=OPTION),
        weight_g=checks.whole(draft.weight_g, field="weight_g", least=0, most=MOST_WEIGHT_G),
    )
