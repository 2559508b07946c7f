"""The face of the price room: what things cost, why, and since when. Money in minor units of the book currency."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks
from shopkeeper.kit.ids import DeliveryOptionId, PriceListId, ProductId, UserId, VariantId
from shopkeeper.kit.money import BASIS_POINTS, MOST_MINOR
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import NotSellable
from shopkeeper.selling.catalog.shapes_bundles import PartsOffSale
from shopkeeper.selling.pricing import models, store
from shopkeeper.selling.pricing.costs import COST_COUNTS_FOR, cost_history, costs, margin, margins, set_cost
from shopkeeper.selling.pricing.rules.adjust import raised_by_amount, raised_by_share
from shopkeeper.selling.pricing.rules.quote import PricedLine, Terms, build_quote, price_of
from shopkeeper.selling.pricing.rules.reach import reaching
from shopkeeper.selling.pricing.rules.reference import Step, reference_price
from shopkeeper.selling.pricing.shapes import (
    DefaultListNeeded,
    DeliveryOption,
    DeliveryUnavailable,
    Material,
    NoPrice,
    PriceChange,
    PriceList,
    PriceTag,
    Quote,
    QuoteStale,
    TaxMode,
    TaxRate,
    Wanted,
)
from shopkeeper.selling.shop.shapes import ShopNotOpen

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "COST_COUNTS_FOR",
    "all_delivery_options",
    "by_price",
    "check_versions",
    "cost_history",
    "costs",
    "default_price_list",
    "delivery_options",
    "has_prices",
    "highest_price",
    "import_prices",
    "last_price",
    "lock_price",
    "margin",
    "margins",
    "material_of",
    "price_history",
    "price_lists",
    "prices",
    "prices_at",
    "quote",
    "quote_from",
    "raised_by_amount",
    "raised_by_share",
    "save_delivery_option",
    "save_price_list",
    "save_tax_rate",
    "set_cost",
    "set_price",
    "set_up",
    "tax_rate",
    "tax_rates",
    "withdraw_price",
]

MOST_UNITS = 9_999
MOST_LINES = 1_000
MOST_DAYS = 365
MOST_TOTAL = 1_000 * MOST_MINOR
"""No basket costs more, so that sums of orders stay within what the database counts exactly."""


# ── prices ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def prices(variant_ids: Sequence[VariantId], *, price_list_id: PriceListId | None = None) -> dict[VariantId, PriceTag]:
    """Return the price tags of these variants in a list (None: the default); variants without a price are left out."""
    return store.tags(variant_ids, price_list_id)


def last_price(variant_id: VariantId, *, price_list_id: PriceListId | None = None) -> int | None:
    """Return the last price a variant had in a list (None: the default), also where it was withdrawn since; None where it never had one.

    Raises NotFound for the list.
    """
    return store.last_amount(variant_id, store.price_list(price_list_id).id)


def highest_price(variant_id: VariantId, *, price_list_id: PriceListId | None, since: datetime, version: int = 0) -> int | None:
    """Return the highest price that stood in a list (None: in any) since a moment, of those from a version of the price on; None where
    none stood."""
    return store.highest_amount(variant_id, price_list_id, since=since, version=version)


def lock_price(variant_id: VariantId, *, price_list_id: PriceListId, now: datetime) -> None:
    """Let nobody else change a price until the caller's transaction ends, also where there is none yet."""
    store.lock_price(variant_id, price_list_id, now)


def has_prices() -> bool:
    """Return whether anything has a price in the default list."""
    return store.has_prices()


def by_price(*, shelves: Sequence[int] | None, is_falling: bool) -> tuple[ProductId, ...]:
    """Return the published products of these categories (None: all) by their least price in the default list; those without one stand last.

    Goods of one price keep the featured order, whichever way the prices run.
    """
    return tuple(ProductId(each) for each in store.by_price(shelves, is_falling, store.price_list(None)))


def priced_within(*, least_minor: int | None, most_minor: int | None) -> Sequence[int]:
    """Return the published products whose least price now, in the default list, lies between these, both included (None: open)."""
    return store.priced_within(least_minor or 0, MOST_MINOR if most_minor is None else most_minor)


def reduced() -> Sequence[int]:
    """Return the published products of which at least one variant is on reduction now, in the default list."""
    return store.reduced()


def prices_at(moments: Mapping[VariantId, datetime]) -> dict[VariantId, int]:
    """Return what each variant cost at its moment in the default list, by the price log; those without a price then are left out.

    One statement.
    """
    return store.amounts_at(moments)


def price_history(variant_id: VariantId) -> tuple[PriceChange, ...]:
    """Return every price a variant ever had, in every list, newest first."""
    return store.history(variant_id)


@transaction.atomic
def set_price(
    *,
    variant_id: VariantId,
    amount_minor: int,
    price_list_id: PriceListId | None = None,
    reason: str,
    actor: UserId | None,
    now: datetime,
) -> PriceTag:
    """Set a variant's price from now on and return its tag. The same price again changes nothing.

    A cut carries the lowest price of the 30 days before it as its reference. Raises OutOfRange, Malformed, NotFound.
    """
    checks.whole(amount_minor, field="amount", least=1, most=MOST_MINOR)
    applying = store.price_list(price_list_id)
    row = _change_price(
        variant_id=variant_id, applying=applying, amount_minor=amount_minor, reason=reason, actor=actor, now=now, act="pricing.set_price"
    )
    return PriceTag(
        variant_id=variant_id,
        price_list_id=applying.id,
        amount_minor=amount_minor,
        reference_minor=row.reference_minor,
        tax_mode=applying.tax_mode,
        version=row.version,
    )


@transaction.atomic
def withdraw_price(
    *, variant_id: VariantId, price_list_id: PriceListId | None = None, reason: str, actor: UserId | None, now: datetime
) -> None:
    """Take a variant's price back: it cannot be bought until it has one again. Raises NoPrice where it has none, NotFound."""
    applying = store.price_list(price_list_id)
    if variant_id not in store.tags([variant_id], applying.id):
        raise NoPrice([str(variant_id)])
    _change_price(
        variant_id=variant_id, applying=applying, amount_minor=None, reason=reason, actor=actor, now=now, act="pricing.withdraw_price"
    )


def _change_price(
    *,
    variant_id: VariantId,
    applying: PriceList,
    amount_minor: int | None,
    reason: str,
    actor: UserId | None,
    now: datetime,
    act: str,
) -> models.Price:
    if variant_id not in catalog.goods([variant_id]):
        raise NotFound("variant", variant_id)
    why = checks.line(reason, field="reason", most=200)
    row = store.lock_price(variant_id, applying.id, now)
    before = row.amount_minor
    if before == amount_minor:
        return row
    reference = reference_price([*store.steps(variant_id, applying.id, now), Step(amount_minor, now)])
    store.save_price(row, amount_minor=amount_minor, reference_minor=reference, actor=actor, reason=why, now=now)
    after = {"amount_minor": amount_minor, "reason": why, "price_list_id": applying.id}
    audit.record(actor=actor, act=act, subject=f"variant:{variant_id}", before={"amount_minor": before}, after=after, at=now)
    fact = facts.PriceSet(variant_id=variant_id, price_list_id=applying.id, before_minor=before, after_minor=amount_minor)
    events.record(fact, at=now)
    return row


@transaction.atomic
def import_prices(*, frame: "pl.DataFrame", now: datetime, price_list_id: PriceListId | None = None, reason: str = "import") -> int:
    """Take over the prices of variants that have none in the list yet; return the number of log rows, 0 in a second run.

    One row is a price from a moment on: `variant_id` (int), `amount_minor` (int, from 1), and where given `from_at` (UTC; now where
    absent or null). The last row of a variant is its price now. History taken over announces no cuts, and no facts.
    """
    applying = store.price_list(price_list_id)
    return store.put_prices(frame, applying.id, checks.line(reason, field="reason", most=200), now)


# ── price lists ───────────────────────────────────────────────────────────────────────────────────────────────────────


def price_lists() -> tuple[PriceList, ...]:
    """Return every price list, the default first."""
    return store.price_lists()


def default_price_list() -> PriceList:
    """Return the list that applies where none is named. Raises NotFound before a shop is opened."""
    return store.price_list(None)


@transaction.atomic
def save_price_list(
    *,
    price_list_id: PriceListId | None,
    code: str,
    name: Bilingual,
    tax_mode: TaxMode,
    is_default: bool,
    actor: UserId | None,
    now: datetime,
) -> PriceList:
    """Make or change a price list; a new default takes the mark from the old one.

    Raises CodeTaken, DefaultListNeeded where the default would lose its mark, NotFound, OutOfRange, Malformed.
    """
    row = models.PriceList() if price_list_id is None else store.lock_price_list(price_list_id)
    before = None if price_list_id is None else _list_fields(row)
    if row.is_default and not is_default:
        raise DefaultListNeeded(row.code)
    tidy = checks.both_lines(name, field="name", least=1, most=200)
    row.code, row.name_en, row.name_zh = checks.code(code), tidy.en, tidy.zh
    row.tax_mode, row.is_default = str(TaxMode(tax_mode)), is_default
    if is_default:
        store.no_default_but(row.pk)
    store.save_coded(row)
    subject = f"price_list:{row.pk}"
    audit.record(actor=actor, act="pricing.save_price_list", subject=subject, before=before, after=_list_fields(row), at=now)
    events.record(facts.PriceListSaved(price_list_id=row.pk), at=now)
    return store.list_of(row)


def _list_fields(row: models.PriceList) -> dict[str, object]:
    return {name: getattr(row, name) for name in ("code", "name_en", "name_zh", "tax_mode", "is_default")}


# ── tax ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def tax_rates() -> tuple[TaxRate, ...]:
    """Return every tax rate, the one for all other countries (empty country) first."""
    return store.tax_rates()


def tax_rate(country: str) -> TaxRate:
    """Return the rate for a country: its own or the general one. Raises NotFound where neither is set, Malformed."""
    return store.tax_rate(checks.country(country))


@transaction.atomic
def save_tax_rate(*, country: str, basis_points: int, actor: UserId | None, now: datetime) -> TaxRate:
    """Set the rate of a country in ten-thousandths (2000 is 20 %); an empty country stands for all others. Raises OutOfRange, Malformed."""
    where = checks.country(country) if country else ""
    checks.whole(basis_points, field="basis_points", least=0, most=BASIS_POINTS)
    row = models.TaxRate.objects.select_for_update().filter(country=where).first() or models.TaxRate(country=where)
    before = None if row.pk is None else {"country": where, "basis_points": row.basis_points}
    row.basis_points = basis_points
    row.save()
    after = {"country": where, "basis_points": basis_points}
    audit.record(actor=actor, act="pricing.save_tax_rate", subject=f"tax_rate:{row.pk}", before=before, after=after, at=now)
    events.record(facts.TaxRateSaved(tax_rate_id=row.pk, country=where, basis_points=basis_points), at=now)
    return store.rate_of(row)


# ── delivery ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def delivery_options(*, country: str, goods_minor: int = 0) -> tuple[DeliveryOption, ...]:
    """Return the ways to a country that are offered now, by position, priced for goods worth `goods_minor`: 0 where that makes it free."""
    checks.whole(goods_minor, field="goods", least=0, most=MOST_TOTAL)
    options = store.delivery_options(checks.country(country))
    return tuple(replace(option, price_minor=price_of(option, goods_minor)) for option in options)


def all_delivery_options() -> tuple[DeliveryOption, ...]:
    """Return every way of delivery, offered or not."""
    return store.delivery_options(None)


@transaction.atomic
def save_delivery_option(
    *,
    delivery_option_id: DeliveryOptionId | None,
    code: str,
    name: Bilingual,
    carrier: str,
    price_minor: int,
    free_from_minor: int | None,
    days: tuple[int, int],
    countries: Sequence[str],
    position: int,
    is_active: bool,
    actor: UserId | None,
    now: datetime,
) -> DeliveryOption:
    """Make or change a way of delivery; without countries it serves those that no other offered way names.

    Raises CodeTaken, NotFound, OutOfRange, Malformed.
    """
    row = models.DeliveryOption() if delivery_option_id is None else store.lock_delivery_option(delivery_option_id)
    before = None if delivery_option_id is None else _option_fields(row)
    tidy = checks.both_lines(name, field="name", least=1, most=200)
    row.code, row.name_en, row.name_zh = checks.code(code), tidy.en, tidy.zh
    row.carrier, row.position = (
        checks.line(carrier, field="carrier", most=80),
        checks.whole(position, field="position", least=0, most=1_000_000),
    )
    row.price_minor = checks.whole(price_minor, field="price", least=0, most=MOST_MINOR)
    row.free_from_minor = None if free_from_minor is None else checks.whole(free_from_minor, field="free_from", least=0, most=MOST_MINOR)
    row.days_least, row.days_most = _days(days)
    row.countries, row.is_active = sorted({checks.country(each, field="countries") for each in countries}), is_active
    store.save_coded(row)
    subject = f"delivery_option:{row.pk}"
    audit.record(actor=actor, act="pricing.save_delivery_option", subject=subject, before=before, after=_option_fields(row), at=now)
    events.record(facts.DeliveryOptionSaved(delivery_option_id=row.pk), at=now)
    return store.option_of(row)


def _days(days: tuple[int, int]) -> tuple[int, int]:
    least = checks.whole(days[0], field="days_least", least=0, most=MOST_DAYS)
    return least, checks.whole(days[1], field="days_most", least=least, most=MOST_DAYS)


def _option_fields(row: models.DeliveryOption) -> dict[str, object]:
    names = (
        "code", "name_en", "name_zh", "carrier", "price_minor", "free_from_minor", "days_least", "days_most", "countries", "position",
        "is_active",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}


# ── quotes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def quote(
    *,
    wanted: Sequence[Wanted],
    country: str,
    delivery_option_id: DeliveryOptionId | None,
    price_list_id: PriceListId | None = None,
) -> Quote:
    """Return what these goods cost a buyer in this country, explained; without a delivery option, for the goods alone.

    Raises NotSellable and NoPrice naming every line at fault, DeliveryUnavailable, OutOfRange, Malformed.
    """
    _refuse_odd_sizes(wanted)
    where = checks.country(country)
    found = store.material(list({line.variant_id for line in wanted}), where, price_list_id)
    if found.price_list is None:
        raise NotFound("price_list", price_list_id)
    return quote_from(material=found, wanted=wanted, country=where, delivery_option_id=delivery_option_id)


def material_of(read: str) -> Material:
    """Return what a quote is made from, as the database function pricing_material answers it within another room's function."""
    return store.material_of(read)


def quote_from(*, material: Material, wanted: Sequence[Wanted], country: str, delivery_option_id: DeliveryOptionId | None) -> Quote:
    """Return the quote of these goods, made from what was read for this country: the one place that decides. Raises as `quote` does."""
    _refuse_odd_sizes(wanted)
    where = checks.country(country)
    if material.price_list is None:
        raise NotFound("price_list", None)
    options = reaching(material.options, where)
    delivery = None if delivery_option_id is None else _chosen(options, delivery_option_id, where)
    lines, versions = _priced(wanted, material)
    if material.currency is None:
        raise ShopNotOpen
    if material.tax_rate is None:
        raise NotFound("tax_rate", where)
    terms = Terms(
        currency=material.currency,
        price_list_id=material.price_list.id,
        tax_mode=material.price_list.tax_mode,
        country=where,
        tax_basis_points=material.tax_rate.basis_points,
    )
    answer = build_quote(lines, terms=terms, delivery=delivery, options=options, versions=versions)
    if answer.total_minor > MOST_TOTAL:
        raise OutOfRange("total", answer.total_minor, least=0, most=MOST_TOTAL)
    return answer


def _refuse_odd_sizes(wanted: Sequence[Wanted]) -> None:
    if len(wanted) > MOST_LINES:
        raise OutOfRange("lines", len(wanted), least=0, most=MOST_LINES)
    for line in wanted:
        checks.whole(line.units, field="units", least=1, most=MOST_UNITS)


def _chosen(options: Sequence[DeliveryOption], delivery_option_id: DeliveryOptionId, country: str) -> DeliveryOption:
    for option in options:
        if option.id == delivery_option_id:
            return option
    raise DeliveryUnavailable(delivery_option_id, country)


def _priced(wanted: Sequence[Wanted], material: Material) -> tuple[list[PricedLine], Mapping[VariantId, int]]:
    goods, tags = material.goods, material.tags
    off_sale = [line.variant_id for line in wanted if line.variant_id not in goods or not goods[line.variant_id].is_sellable]
    if off_sale:
        names = ", ".join(goods[each].sku if each in goods else str(each) for each in off_sale)
        raise NotSellable(f"Not on sale: {names}", field="sku", value=names)
    if missing := {part.sku: part.name for line in wanted for part in material.parts.get(line.variant_id, ()) if not part.is_sellable}:
        raise PartsOffSale(list(missing.values()), list(missing))
    if unpriced := [goods[line.variant_id].sku for line in wanted if line.variant_id not in tags]:
        raise NoPrice(unpriced)
    lines = [
        PricedLine(
            variant_id=line.variant_id,
            sku=goods[line.variant_id].sku,
            name=goods[line.variant_id].title,
            units=line.units,
            unit_minor=tags[line.variant_id].amount_minor,
            reference_minor=tags[line.variant_id].reference_minor,
            parts=material.parts.get(line.variant_id, ()),
        )
        for line in wanted
    ]
    return lines, {each: tags[each].version for each in sorted({line.variant_id for line in wanted})}


def check_versions(quote_seen: Quote) -> None:
    """Make sure the prices a quote stands on have not moved, and keep them from moving until the transaction ends.

    Raises QuoteStale with the quote of now; NoPrice or NotSellable where there can be none.
    """
    if store.moved_prices(quote_seen.price_list_id, dict(quote_seen.versions)):
        fresh = quote(
            wanted=[Wanted(variant_id=line.variant_id, units=line.units) for line in quote_seen.lines],
            country=quote_seen.country,
            delivery_option_id=None if quote_seen.delivery is None else quote_seen.delivery.id,
            price_list_id=quote_seen.price_list_id,
        )
        raise QuoteStale(quote_seen.digest, fresh)


# ── opening a shop ────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def set_up(*, country: str, tax_mode: TaxMode, tax_basis_points: int, now: datetime) -> None:
    """Give a new shop its default price list and the general tax rate, where they are missing.

    `country` gets the rate, all others get none (goods that leave the country are usually free of its tax).
    """
    if not any(each.is_default for each in store.price_lists()):
        name = Bilingual("Standard prices", "标准价格")
        save_price_list(price_list_id=None, code="STANDARD", name=name, tax_mode=tax_mode, is_default=True, actor=None, now=now)
    present = {each.country for each in store.tax_rates()}
    for where, rate in (("", 0), (checks.country(country), tax_basis_points)):
        if where not in present:
            save_tax_rate(country=where, basis_points=rate, actor=None, now=now)
