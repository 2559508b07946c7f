"""What a basket costs, explained step by step. Pure: prices, rates and options come in, a frozen quote goes out."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shopkeeper.kit.ids import PriceListId, PromotionId, VariantId
from shopkeeper.kit.money import portion, tax_within
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.pricing.rules.share_out import Taxed, share_out
from shopkeeper.selling.pricing.shapes import DeliveryOption, PricedPart, Quote, QuotedLine, Reason, TaxMode

VERSION = 1
"""Stands in every digest: a quote of other rules is another quote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """What a promotion takes off a line."""

    promotion_id: PromotionId
    name: Bilingual
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """The promotion that makes delivery free."""

    promotion_id: PromotionId
    name: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """What is wanted, with the price and the discounts that apply to it, in minor units as the list shows prices."""

    variant_id: VariantId
    sku: str
    name: Bilingual
    units: int
    unit_minor: int
    reference_minor: int | None = None
    discounts: tuple[Discount, ...] = ()
    parts: tuple[PricedPart, ...] = ()

    @property
    def discount_minor(self) -> int:
        return sum(each.amount_minor for each in self.discounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for the whole quote: currency, price list, tax mode and the tax rate of the buyer's country."""

    currency: str
    price_list_id: PriceListId
    tax_mode: TaxMode
    country: str
    tax_basis_points: int


def build_quote(
    lines: Sequence[PricedLine],
    *,
    terms: Terms,
    delivery: DeliveryOption | None,
    options: Sequence[DeliveryOption],
    versions: Mapping[VariantId, int],
    freed_by: Freed | None = None,
) -> Quote:
    """Return the explained quote. Tax is rounded line by line, halves away from zero, so that a line can be refunded exactly.

    `options` are all ways to the buyer's country; without a chosen `delivery` they only serve to say from when it would be free.
    `freed_by` is the promotion that makes delivery free, where one does.
    """
    quoted = tuple(quote_line(line, terms) for line in lines)
    goods = sum(line.goods_minor for line in quoted)
    discount = sum(line.discount_minor for line in quoted)
    price, reasons = delivery_price(delivery, options, goods - discount, freed_by)
    taxed = with_tax(price, terms.tax_mode, terms.tax_basis_points)
    draft = Quote(
        currency=terms.currency,
        price_list_id=terms.price_list_id,
        tax_mode=terms.tax_mode,
        country=terms.country,
        lines=quoted,
        delivery=delivery,
        delivery_minor=taxed.gross_minor,
        delivery_tax_minor=taxed.tax_minor,
        goods_minor=goods,
        discount_minor=discount,
        tax_minor=sum(line.tax_minor for line in quoted) + taxed.tax_minor,
        total_minor=sum(line.gross_minor for line in quoted) + taxed.gross_minor,
        reasons=(*reasons, *tax_reasons(taxed.tax_minor, terms)) if delivery else reasons,
        versions=dict(versions),
        digest="",
    )
    return _sealed(draft)


def quote_line(line: PricedLine, terms: Terms) -> QuotedLine:
    """Return one line: goods = unit price × units; what is left after the discount includes its tax, or has it added."""
    goods, discount = line.unit_minor * line.units, line.discount_minor
    taxed = with_tax(goods - discount, terms.tax_mode, terms.tax_basis_points)
    reasons = [Reason(code="price", amount_minor=goods, values={"units": line.units, "unit_minor": line.unit_minor})]
    if line.reference_minor is not None and line.reference_minor > line.unit_minor:
        # The cut is in the price already; the step only tells what it was.
        reasons.append(Reason(code="reduced_from", amount_minor=0, values={"reference_minor": line.reference_minor}))
    for each in line.discounts:
        values: dict[str, str | int] = {"promotion_id": each.promotion_id, "name_en": each.name.en, "name_zh": each.name.zh}
        reasons.append(Reason(code="discount", amount_minor=-each.amount_minor, values=values))
    return QuotedLine(
        variant_id=line.variant_id,
        sku=line.sku,
        name=line.name,
        units=line.units,
        unit_minor=line.unit_minor,
        goods_minor=goods,
        discount_minor=discount,
        tax_basis_points=terms.tax_basis_points,
        tax_minor=taxed.tax_minor,
        net_minor=taxed.net_minor,
        gross_minor=taxed.gross_minor,
        reasons=(*reasons, *tax_reasons(taxed.tax_minor, terms)),
        parts=share_out(line.parts, taxed) if line.parts else (),
    )


def with_tax(amount_minor: int, mode: TaxMode, basis_points: int) -> Taxed:
    """Return an amount as the list shows it with its tax: contained in it, or added to it."""
    if mode is TaxMode.INCLUDED:
        tax = tax_within(amount_minor, basis_points)
        return Taxed(net_minor=amount_minor - tax, tax_minor=tax, gross_minor=amount_minor)
    tax = portion(amount_minor, basis_points)
    return Taxed(net_minor=amount_minor, tax_minor=tax, gross_minor=amount_minor + tax)


def tax_reasons(tax_minor: int, terms: Terms) -> tuple[Reason, ...]:
    """Return the tax as a step: added tax changes the total, included tax is only told (amount 0)."""
    values: dict[str, str | int] = {"basis_points": terms.tax_basis_points, "country": terms.country, "tax_minor": tax_minor}
    if terms.tax_mode is TaxMode.ADDED:
        return (Reason(code="tax_added", amount_minor=tax_minor, values=values),)
    return (Reason(code="tax_included", amount_minor=0, values=values),)


def price_of(option: DeliveryOption, goods_minor: int) -> int:
    """Return what a way of delivery costs for goods of this worth, as the list shows prices."""
    is_free = option.free_from_minor is not None and goods_minor >= option.free_from_minor
    return 0 if is_free else option.price_minor


def delivery_price(
    delivery: DeliveryOption | None, options: Sequence[DeliveryOption], goods_minor: int, freed_by: Freed | None = None
) -> tuple[int, tuple[Reason, ...]]:
    """Return what delivery costs, as the list shows prices, and why; with what is still missing for free delivery."""
    if freed_by is not None:
        return 0, _freed(delivery, freed_by)
    if delivery is None:
        return 0, _free_from(cheapest_free(options), goods_minor)
    price = price_of(delivery, goods_minor)
    steps = (Reason(code="delivery", amount_minor=delivery.price_minor, values={"option": delivery.code}),)
    if price == delivery.price_minor:
        return price, (*steps, *_free_from(delivery, goods_minor))
    values: dict[str, str | int] = {"from_minor": delivery.free_from_minor or 0}
    return price, (*steps, Reason(code="delivery_free", amount_minor=-delivery.price_minor, values=values))


def _freed(delivery: DeliveryOption | None, by: Freed) -> tuple[Reason, ...]:
    values: dict[str, str | int] = {"promotion_id": by.promotion_id, "name_en": by.name.en, "name_zh": by.name.zh}
    if delivery is None:
        return (Reason(code="delivery_freed", amount_minor=0, values=values),)
    step = Reason(code="delivery", amount_minor=delivery.price_minor, values={"option": delivery.code})
    return (step, Reason(code="delivery_freed", amount_minor=-delivery.price_minor, values=values))


def cheapest_free(options: Sequence[DeliveryOption]) -> DeliveryOption | None:
    """Return the option that becomes free first, None where none ever does."""
    free = [option for option in options if option.free_from_minor is not None]
    return min(free, key=lambda option: (option.free_from_minor or 0, option.position, option.id), default=None)


def _free_from(option: DeliveryOption | None, goods_minor: int) -> tuple[Reason, ...]:
    if option is None or option.free_from_minor is None or option.price_minor == 0:
        return ()
    values: dict[str, str | int] = {
        "option": option.code,
        "from_minor": option.free_from_minor,
        "more_minor": max(0, option.free_from_minor - goods_minor),
    }
    return (Reason(code="delivery_free_from", amount_minor=0, values=values),)


def digest_of(quote: Quote) -> str:
    """Return the SHA-256 of everything the buyer agrees to: what, how many, each amount, tax, and how it is delivered.

    Left out: names and reasons, which explain but do not bind, and price versions, which may move and come back.
    """
    lines = [
        [
            line.variant_id,
            line.sku,
            line.units,
            line.unit_minor,
            line.discount_minor,
            line.tax_basis_points,
            line.tax_minor,
            line.gross_minor,
            # What a bundle holds is agreed to as well.
            *([[[part.variant_id, part.units] for part in line.parts]] if line.parts else ()),
        ]
        for line in quote.lines
    ]
    way = None if quote.delivery is None else [quote.delivery.id, list(quote.delivery.days), quote.delivery_minor, quote.delivery_tax_minor]
    agreed = [VERSION, quote.currency, str(quote.tax_mode), quote.country, lines, way, quote.tax_minor, quote.total_minor]
    return hashlib.sha256(json.dumps(agreed, separators=(",", ":"), ensure_ascii=True).encode()).hexdigest()


def _sealed(draft: Quote) -> Quote:
    return replace(draft, digest=digest_of(draft))
