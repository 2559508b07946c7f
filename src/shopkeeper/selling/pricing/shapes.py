"""Prices, taxes, delivery and quotes as they cross the face of pricing. Money in minor units of the book currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shopkeeper.kit.ids import CategoryId, DeliveryOptionId, PriceListId, ProductId, VariantId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog.shapes import Goods


class TaxMode(StrEnum):
    INCLUDED = "included"
    ADDED = "added"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """A named set of prices, all with tax included or all with tax added at checkout. One list is the default."""

    id: PriceListId
    code: str
    name: Bilingual
    tax_mode: TaxMode
    is_default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate:
    """A country's rate in ten-thousandths (2000 is 20 %); `country` empty: every country without a rate of its own."""

    id: int
    country: str
    basis_points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTag:
    """A variant's price now. `reference_minor` is the lowest price of the 30 days before the last cut, shown struck through."""

    variant_id: VariantId
    price_list_id: PriceListId
    amount_minor: int
    reference_minor: int | None
    tax_mode: TaxMode
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """One row of the append-only price log. `amount_minor` None: the price was withdrawn."""

    variant_id: VariantId
    price_list_id: PriceListId
    amount_minor: int | None
    from_at: datetime
    actor_id: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CostChange:
    """One row of the append-only log of what a piece costs the shop. `amount_minor` None: it was taken back, and is not known since."""

    variant_id: VariantId
    amount_minor: int | None
    from_at: datetime
    actor_id: int | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """What a price leaves: `net_minor` is the price without tax, `margin_minor` what is left of it after the cost (below 0: a loss).

    `share` is the margin in ten-thousandths of the net price, rounded half away from zero.
    """

    net_minor: int
    cost_minor: int
    margin_minor: int
    share: int

    @property
    def is_below_cost(self) -> bool:
        return self.margin_minor < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOption:
    """A way to the buyer: free from `free_from_minor` of goods, where that is set; promised within `days` (least, most).

    `countries` empty: it serves every country that no other offered way names. Its price includes tax, or has tax added, as the
    price list says.
    """

    id: DeliveryOptionId
    code: str
    name: Bilingual
    carrier: str
    price_minor: int
    free_from_minor: int | None
    days: tuple[int, int]
    countries: tuple[str, ...] = ()
    position: int = 0
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedPart:
    """What one bundle holds of a variant: `units` pieces; `unit_minor` is what a piece costs by itself, None where it has no price."""

    variant_id: VariantId
    product_id: ProductId
    category_id: CategoryId | None
    sku: str
    name: Bilingual
    units: int
    is_sellable: bool
    unit_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a quote is made from, as it stood at one moment. `options` are all that are kept; None: not set, or no shop opened.

    `parts` tells what the bundles among the goods hold.
    """

    currency: str | None
    price_list: PriceList | None
    tax_rate: TaxRate | None
    options: tuple[DeliveryOption, ...]
    goods: Mapping[VariantId, Goods]
    tags: Mapping[VariantId, PriceTag]
    parts: Mapping[VariantId, tuple[PricedPart, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    variant_id: VariantId
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One step of an explanation: `code` is what doors translate, `values` what they fill in, `amount_minor` its effect."""

    code: str
    amount_minor: int
    values: Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedPart:
    """What one bundle of a line holds of a variant, and its share of what the whole line costs, tax included."""

    variant_id: VariantId
    product_id: ProductId
    category_id: CategoryId | None
    sku: str
    name: Bilingual
    units: int
    gross_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedLine:
    """`gross_minor` is what the buyer pays for the line, tax included; `net_minor` = gross − tax; unit price as in the list.

    `parts` are those of a bundle; their shares add up to the line.
    """

    variant_id: VariantId
    sku: str
    name: Bilingual
    units: int
    unit_minor: int
    goods_minor: int
    discount_minor: int
    tax_basis_points: int
    tax_minor: int
    net_minor: int
    gross_minor: int
    reasons: tuple[Reason, ...]
    parts: tuple[QuotedPart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A frozen, explained answer to “what does this cost?”.

    total = Σ line gross + delivery gross. `digest` fingerprints everything the buyer agreed to; `versions` are the price
    versions it stands on, checked again when the order is placed.
    """

    currency: str
    price_list_id: PriceListId
    tax_mode: TaxMode
    country: str
    lines: tuple[QuotedLine, ...]
    delivery: DeliveryOption | None
    delivery_minor: int
    delivery_tax_minor: int
    goods_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    reasons: tuple[Reason, ...]
    versions: Mapping[VariantId, int]
    digest: str


class NoPrice(Refusal):
    """Variants have no price in the list that applies; `skus` names them all."""

    code = "no_price"

    def __init__(self, skus: Sequence[str]) -> None:
        super().__init__("No price for " + ", ".join(skus), field="sku", value=", ".join(skus))
        self.skus = tuple(skus)


class QuoteStale(Refusal):
    """Prices, taxes or delivery moved since the buyer saw the total; `fresh` is what it is now."""

    code = "quote_stale"

    def __init__(self, seen: str, fresh: Quote) -> None:
        super().__init__("The total has changed since it was shown", field="total", value=seen)
        self.fresh = fresh


class PriceMoved(Refusal):
    """Another price was set since it was decided what the next one should be."""

    code = "price_moved"

    def __init__(self, seen_minor: int | None, now_minor: int | None) -> None:
        super().__init__(f"The price was {seen_minor} and is {now_minor} now", field="price", value=now_minor)


class DeliveryUnavailable(Refusal):
    """The delivery option does not exist or does not serve the country."""

    code = "delivery_unavailable"

    def __init__(self, delivery_option_id: DeliveryOptionId, country: str) -> None:
        super().__init__(
            f"Delivery option {delivery_option_id} does not serve {country}", field="delivery_option", value=delivery_option_id
        )
        self.country = country


class CodeTaken(Refusal):
    """Another price list or delivery option has this code."""

    code = "code_taken"

    def __init__(self, value: str) -> None:
        super().__init__(f"The code {value!r} is taken; choose another", field="code", value=value)


class DefaultListNeeded(Refusal):
    """The shop needs one default price list: make another one the default instead."""

    code = "default_list_needed"

    def __init__(self, value: str) -> None:
        super().__init__(f"Price list {value!r} is the default: make another one the default first", field="is_default", value=value)
