"""Bundles as they cross the catalogue's face: goods made of other goods."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopkeeper.kit.ids import VariantId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog.shapes import Goods, NotSellable

MOST_PARTS = 20
MOST_OF_A_PART = 999


@dataclass(frozen=True, slots=True)
class PartDraft:
    """One bundle holds so many of a variant, as staff write it."""

    variant_id: VariantId
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one bundle holds of a variant: `units` pieces."""

    goods: Goods
    units: int


def off_sale(parts: Sequence[Part]) -> tuple[Goods, ...]:
    """Return the parts that are not on sale; as long as there are any, their bundle cannot be bought."""
    return tuple(each.goods for each in parts if not each.goods.is_sellable)


class PartsOffSale(NotSellable):
    """A bundle cannot be bought as long as a part of it is not on sale; names the parts."""

    code = "parts_off_sale"

    def __init__(self, names: Sequence[Bilingual], skus: Sequence[str]) -> None:
        super().__init__(f"Parts not on sale: {', '.join(skus)}", field="parts", value=", ".join(skus))
        self.names = tuple(names)


class BundleInBundle(Refusal):
    """A bundle holds single goods only: a part of it is a bundle, is the bundle itself, or what is to be a bundle is a part of another."""

    code = "bundle_in_bundle"

    def __init__(self, sku: str) -> None:
        super().__init__(f"{sku!r} is a bundle, or a part of one: a bundle holds single goods only", field="parts", value=sku)


class BundleIsOneThing(Refusal):
    """A bundle is the only variant of its product; `variants` says how many there are, or would be."""

    code = "bundle_is_one_thing"

    def __init__(self, sku: str, variants: int) -> None:
        super().__init__(f"{sku!r} is one of {variants} variants: a bundle is the only one of its product", field="sku", value=sku)
        self.variants = variants
