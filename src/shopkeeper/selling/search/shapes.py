"""What search is told and asked. Texts come in plain, in any language; the catalogue is not known here."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopkeeper.kit.ids import ProductId


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A product's texts by weight: names (and SKUs) count most, then its category, then the long text. `rank` 1 sells best."""

    product_id: ProductId
    names: Sequence[str]
    categories: Sequence[str] = ()
    texts: Sequence[str] = ()
    rank: int = 1_000_000
