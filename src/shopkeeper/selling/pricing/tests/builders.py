"""Prices, taxes and delivery to test with, made through the room's own face."""

from collections.abc import Sequence
from datetime import UTC, datetime

from shopkeeper.kit.ids import DeliveryOptionId, PriceListId, PromotionId, VariantId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.rules.quote import Discount, PricedLine, Terms, build_quote
from shopkeeper.selling.pricing.shapes import DeliveryOption, PriceTag, Quote, TaxMode
from shopkeeper.selling.shop import public as shop

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def an_open_shop(*, tax_mode: TaxMode = TaxMode.INCLUDED, country: str = "GB", tax_basis_points: int = 2_000) -> None:
    """Open a shop that keeps its books in pounds, with a price list and tax rates."""
    if not shop.is_open():
        shop.open_shop(name=Bilingual("Shop", "店"), currency="GBP", country=country, zone="Europe/London", language="en", now=NOON)
    pricing.set_up(country=country, tax_mode=tax_mode, tax_basis_points=tax_basis_points, now=NOON)


def a_price(variant_id: VariantId, amount_minor: int = 1_250, *, now: datetime = NOON) -> PriceTag:
    """Set a price in the default list."""
    return pricing.set_price(variant_id=variant_id, amount_minor=amount_minor, reason="test", actor=None, now=now)


def a_way(
    code: str = "POST",
    *,
    price_minor: int = 390,
    free_from_minor: int | None = 5_000,
    countries: tuple[str, ...] = (),
    is_active: bool = True,
    position: int = 0,
    delivery_option_id: DeliveryOptionId | None = None,
) -> DeliveryOption:
    """Make a way of delivery, or change one."""
    return pricing.save_delivery_option(
        delivery_option_id=delivery_option_id,
        code=code,
        name=Bilingual("Post", "邮政"),
        carrier="Royal Mail",
        price_minor=price_minor,
        free_from_minor=free_from_minor,
        days=(2, 4),
        countries=countries,
        position=position,
        is_active=is_active,
        actor=None,
        now=NOON,
    )


def off(amount_minor: int) -> tuple[Discount, ...]:
    """Return the discounts of a line from which one promotion takes so much; of nothing, none."""
    taken = Discount(promotion_id=PromotionId(1), name=Bilingual("Spring", "春季"), amount_minor=amount_minor)
    return (taken,) if amount_minor else ()


def quoted(*prices: tuple[int, int, int], mode: TaxMode, rate: int, way: DeliveryOption | None, options: Sequence[DeliveryOption]) -> Quote:
    """Return a quote reckoned without a database: for each line the price, the pieces and what is taken off; `rate` is the tax of GB."""
    lines = [
        PricedLine(
            variant_id=VariantId(place), sku=f"S{place}", name=Bilingual("Tea", "茶"), units=units, unit_minor=unit,
            reference_minor=unit + 100, discounts=off(min(discount, unit * units)),
        )
        for place, (unit, units, discount) in enumerate(prices, start=1)
    ]  # fmt: skip
    terms = Terms(currency="GBP", price_list_id=PriceListId(1), tax_mode=mode, country="GB", tax_basis_points=rate)
    return build_quote(lines, terms=terms, delivery=way, options=options, versions={})
