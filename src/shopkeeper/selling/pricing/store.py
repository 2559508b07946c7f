"""Every query of the price room."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import Error, IntegrityError, connection, transaction
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest

from shopkeeper.kit import statements
from shopkeeper.kit.ids import DeliveryOptionId, PriceListId, UserId, VariantId
from shopkeeper.kit.money import MOST_MINOR
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import title
from shopkeeper.selling.pricing import models
from shopkeeper.selling.pricing.rules.reach import reaching
from shopkeeper.selling.pricing.rules.reference import LOOK_BACK, Step
from shopkeeper.selling.pricing.shapes import (
    CodeTaken,
    DeliveryOption,
    Material,
    PriceChange,
    PricedPart,
    PriceList,
    PriceTag,
    TaxMode,
    TaxRate,
)

if TYPE_CHECKING:
    import polars as pl

# ── price lists ───────────────────────────────────────────────────────────────────────────────────────────────────────


def price_lists() -> tuple[PriceList, ...]:
    """Return every price list, the default first."""
    return tuple(list_of(row) for row in models.PriceList.objects.order_by("-is_default", "code"))


def price_list(price_list_id: PriceListId | None) -> PriceList:
    """Return a price list, or the default one for None. Raises NotFound."""
    lists = models.PriceList.objects
    row = (lists.filter(is_default=True) if price_list_id is None else lists.filter(pk=price_list_id)).first()
    if row is None:
        raise NotFound("price_list", price_list_id)
    return list_of(row)


def list_of(row: models.PriceList) -> PriceList:
    """Return the shape of a price list's row."""
    return PriceList(
        id=PriceListId(row.id),
        code=row.code,
        name=Bilingual(row.name_en, row.name_zh),
        tax_mode=TaxMode(row.tax_mode),
        is_default=row.is_default,
    )


def lock_price_list(price_list_id: PriceListId) -> models.PriceList:
    """Return a price list's row, locked. Raises NotFound."""
    row = models.PriceList.objects.select_for_update().filter(pk=price_list_id).first()
    if row is None:
        raise NotFound("price_list", price_list_id)
    return row


def no_default_but(price_list_id: int | None) -> None:
    """Take the default mark off every other list."""
    models.PriceList.objects.filter(is_default=True).exclude(pk=price_list_id or 0).update(is_default=False)


def save_coded(row: models.PriceList | models.DeliveryOption) -> None:
    """Write a row that has a unique code. Raises CodeTaken."""
    if type(row)._default_manager.filter(code=row.code).exclude(pk=row.pk or 0).exists():
        raise CodeTaken(row.code)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == "23505":
            raise CodeTaken(row.code) from error
        raise


# ── prices ────────────────────────────────────────────────────────────────────────────────────────────────────────────


_TAGS = """
    SELECT p.variant_id, p.amount_minor, p.reference_minor, p.version, l.id, l.tax_mode
    FROM pricing_pricelist l
    LEFT JOIN pricing_price p ON p.price_list_id = l.id AND p.variant_id = ANY(%s::bigint[]) AND p.amount_minor IS NOT NULL
    WHERE {}
"""
_BY_DEFAULT, _BY_LIST = _TAGS.format("l.is_default"), _TAGS.format("l.id = %s::bigint")


def tags(variant_ids: Sequence[VariantId], price_list_id: PriceListId | None) -> dict[VariantId, PriceTag]:
    """Return the price tags of these variants that have a price in a list (None: the default): one query. Raises NotFound for the list."""
    wanted = [each for each in variant_ids if 0 < each < 2**63]
    if price_list_id is None:
        found = statements.rows(_BY_DEFAULT, [wanted])
    else:
        found = statements.rows(_BY_LIST, [wanted, price_list_id]) if 0 < price_list_id < 2**63 else []
    if not found:
        raise NotFound("price_list", price_list_id)
    return {
        VariantId(variant_id): PriceTag(
            variant_id=variant_id, price_list_id=number, amount_minor=amount, reference_minor=reference, tax_mode=_MODES[mode],
            version=version,
        )
        for variant_id, amount, reference, version, number, mode in found
        if variant_id is not None
    }  # fmt: skip


def amounts(variant_id: VariantId) -> dict[PriceListId, int]:
    """Return a variant's price in every list in which it has one: one query."""
    found = models.Price.objects.filter(variant_id=variant_id, amount_minor__isnull=False)
    return {PriceListId(number): amount for number, amount in found.values_list("price_list_id", "amount_minor") if amount is not None}


def last_amount(variant_id: VariantId, price_list_id: PriceListId) -> int | None:
    """Return the last price a variant had in a list, also where it was withdrawn since; None where it never had one: one query."""
    log = models.PriceChange.objects.filter(variant_id=variant_id, price_list_id=price_list_id, amount_minor__isnull=False)
    return log.order_by("-version").values_list("amount_minor", flat=True).first()


_AMOUNTS_AT = """
    SELECT asked.variant_id, stood.amount_minor
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS asked (variant_id, at)
    JOIN pricing_pricelist l ON l.is_default
    CROSS JOIN LATERAL (
        SELECT c.amount_minor FROM pricing_pricechange c
        WHERE c.variant_id = asked.variant_id AND c.price_list_id = l.id AND c.from_at <= asked.at ORDER BY c.version DESC LIMIT 1) stood
    WHERE stood.amount_minor IS NOT NULL
"""


def amounts_at(moments: Mapping[VariantId, datetime]) -> dict[VariantId, int]:
    """Return what variants cost at a moment each, in the default list; those without a price then are left out: one query."""
    rows = statements.rows(_AMOUNTS_AT, [list(moments), list(moments.values())]) if moments else []
    return {VariantId(variant): amount for variant, amount in rows}


def highest_amount(variant_id: VariantId, price_list_id: PriceListId | None, *, since: datetime, version: int) -> int | None:
    """Return the highest price that stood in a list (None: in any) since a moment and since a version of it; None where none did: one
    query."""
    log = models.PriceChange.objects.filter(variant_id=variant_id)
    # What stood when the time opened is the newest of the changes before it.
    opening = log.filter(price_list_id=OuterRef("price_list_id"), from_at__lt=since).order_by("-version").values("version")[:1]
    stood = log.filter(version__gte=Greatest(Coalesce(Subquery(opening), 0), version))
    if price_list_id is not None:
        stood = stood.filter(price_list_id=price_list_id)
    found: int | None = stood.aggregate(most=Max("amount_minor"))["most"]
    return found


def has_prices() -> bool:
    """Return whether anything has a price in the default list: one query."""
    return models.Price.objects.filter(price_list__is_default=True, amount_minor__isnull=False).exists()


_MODES = {mode.value: mode for mode in TaxMode}

_BY_PRICE = """
    SELECT coalesce(array_agg(product_id ORDER BY least {} NULLS LAST, rank, product_id), '{{}}') FROM (
        SELECT s.product_id, s.rank, min(p.amount_minor) AS least
        FROM catalog_on_sale(%s::bigint[]) s
        LEFT JOIN pricing_price p ON p.variant_id = s.variant_id AND p.price_list_id = %s
        GROUP BY s.product_id, s.rank
    ) shelf
"""


def by_price(shelves: Sequence[int] | None, is_falling: bool, applying: PriceList) -> Sequence[int]:
    """Return the products on sale on these shelves by their least price in a list; those without one last: one query."""
    statement = _BY_PRICE.format("DESC" if is_falling else "ASC")
    (ids,) = statements.row(statement, [None if shelves is None else list(shelves), applying.id])
    return ids  # type: ignore[no-any-return]


_PRICED = """
    SELECT coalesce(array_agg(product_id), '{{}}') FROM (
        SELECT s.product_id FROM catalog_on_sale(NULL) s
        JOIN pricing_price p ON p.variant_id = s.variant_id JOIN pricing_pricelist l ON l.id = p.price_list_id AND l.is_default
        GROUP BY s.product_id HAVING {}
    ) priced
"""
_WITHIN = _PRICED.format("min(p.amount_minor) BETWEEN %s AND %s")
_REDUCED = _PRICED.format("bool_or(p.amount_minor < p.reference_minor)")


def priced_within(least_minor: int, most_minor: int) -> Sequence[int]:
    """Return the products on sale whose least price in the default list lies between these, both included: one query."""
    (ids,) = statements.row(_WITHIN, [least_minor, most_minor])
    return ids  # type: ignore[no-any-return]


def reduced() -> Sequence[int]:
    """Return the products on sale of which a variant's price in the default list was cut: one query."""
    (ids,) = statements.row(_REDUCED, [])
    return ids  # type: ignore[no-any-return]


def lock_price(variant_id: VariantId, price_list_id: PriceListId, now: datetime) -> models.Price:
    """Return a variant's price row, locked; a fresh one of version 0 and without an amount is made where there was none."""
    with connection.cursor() as cursor:
        # Version 1 is what the constraint allows at least; the first change then writes 1 as well.
        cursor.execute(
            """INSERT INTO pricing_price (variant_id, price_list_id, amount_minor, version, changed_at) VALUES (%s, %s, NULL, 1, %s)
               ON CONFLICT (variant_id, price_list_id) DO NOTHING""",
            [variant_id, price_list_id, now],
        )
    return models.Price.objects.select_for_update().get(variant_id=variant_id, price_list_id=price_list_id)


def steps(variant_id: VariantId, price_list_id: PriceListId, now: datetime) -> list[Step]:
    """Return as much of a price's log, by time, as a reference price needs: the last 30 days and the step before them."""
    log = models.PriceChange.objects.filter(variant_id=variant_id, price_list_id=price_list_id).order_by("version")
    opening = log.filter(from_at__lte=now - LOOK_BACK).aggregate(last=Max("version"))["last"] or 0
    return [Step(amount, at) for amount, at in log.filter(version__gte=opening).values_list("amount_minor", "from_at")]


def save_price(
    row: models.Price, *, amount_minor: int | None, reference_minor: int | None, actor: UserId | None, reason: str, now: datetime
) -> None:
    """Write a price and its row in the log; the version goes up by one."""
    latest = models.PriceChange.objects.filter(variant_id=row.variant_id, price_list_id=row.price_list_id).aggregate(last=Max("version"))
    row.version = (latest["last"] or 0) + 1
    row.amount_minor, row.reference_minor, row.changed_at = amount_minor, reference_minor, now
    row.save()
    models.PriceChange.objects.create(
        variant_id=row.variant_id,
        price_list_id=row.price_list_id,
        amount_minor=amount_minor,
        version=row.version,
        from_at=now,
        actor_id=actor,
        reason=reason,
    )


def history(variant_id: VariantId) -> tuple[PriceChange, ...]:
    """Return a variant's log in every list, newest first."""
    return tuple(
        PriceChange(
            variant_id=variant_id,
            price_list_id=PriceListId(row.price_list_id),
            amount_minor=row.amount_minor,
            from_at=row.from_at,
            actor_id=row.actor_id,
            reason=row.reason,
        )
        for row in models.PriceChange.objects.filter(variant_id=variant_id).order_by("-from_at", "-id")
    )


def moved_prices(price_list_id: PriceListId, versions: dict[VariantId, int]) -> list[dict[str, Any]]:
    """Return what `pricing_check` says moved; empty, and the prices locked until the transaction ends, where nothing did."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pricing_check(%s::jsonb, %s)", [json.dumps(versions), price_list_id])
        return []
    except Error as error:
        if getattr(error.__cause__, "sqlstate", "") != "SK002":
            raise
        moved: list[dict[str, Any]] = json.loads(error.__cause__.diag.message_detail)  # type: ignore[union-attr]
        return moved


# ── tax and delivery ──────────────────────────────────────────────────────────────────────────────────────────────────


def tax_rates() -> tuple[TaxRate, ...]:
    """Return every tax rate, the general one (empty country) first."""
    return tuple(rate_of(row) for row in models.TaxRate.objects.order_by("country"))


def tax_rate(country: str) -> TaxRate:
    """Return the rate of a country, or the general one. Raises NotFound where neither is set."""
    row = models.TaxRate.objects.filter(country__in=[country, ""]).order_by("-country").first()
    if row is None:
        raise NotFound("tax_rate", country)
    return rate_of(row)


def rate_of(row: models.TaxRate) -> TaxRate:
    """Return the shape of a tax rate's row."""
    return TaxRate(id=row.id, country=row.country, basis_points=row.basis_points)


def delivery_options(country: str | None) -> tuple[DeliveryOption, ...]:
    """Return the ways of delivery that reach a country, or all ways for None, by position."""
    options = tuple(option_of(row) for row in models.DeliveryOption.objects.order_by("position", "id"))
    return options if country is None else reaching(options, country)


def option_of(row: models.DeliveryOption) -> DeliveryOption:
    """Return the shape of a delivery option's row."""
    return DeliveryOption(
        id=DeliveryOptionId(row.id),
        code=row.code,
        name=Bilingual(row.name_en, row.name_zh),
        carrier=row.carrier,
        price_minor=row.price_minor,
        free_from_minor=row.free_from_minor,
        days=(row.days_least, row.days_most),
        countries=tuple(row.countries),
        position=row.position,
        is_active=row.is_active,
    )


def lock_delivery_option(delivery_option_id: DeliveryOptionId) -> models.DeliveryOption:
    """Return a delivery option's row, locked. Raises NotFound."""
    row = models.DeliveryOption.objects.select_for_update().filter(pk=delivery_option_id).first()
    if row is None:
        raise NotFound("delivery_option", delivery_option_id)
    return row


# ── quotes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def material(variant_ids: Sequence[VariantId], country: str, price_list_id: PriceListId | None) -> Material:
    """Return what a quote of these variants is made from: one round trip."""
    wanted = [each for each in variant_ids if 0 < each < 2**63]
    (read,) = statements.row("SELECT pricing_material(%s::bigint[], %s, %s::bigint)::text", [wanted, country, price_list_id])
    return material_of(read)


def material_of(read: str) -> Material:
    """Return the shape of what the database function pricing_material answers."""
    found = msgspec.json.decode(read)
    applying = None if found["list"] is None else _list_of(found["list"])
    return Material(
        currency=found["currency"],
        price_list=applying,
        tax_rate=None if found["rate"] is None else _rate_of(found["rate"]),
        options=tuple(_option_of(option) for option in found["options"] or ()),
        goods=catalog.goods_from(found["goods"] or ()),
        tags={} if applying is None else {tag.variant_id: tag for tag in _tags(found["prices"] or (), applying)},
        parts=_parts_of(found["parts"]) if found["parts"] else {},
    )


def _parts_of(rows: Iterable[Sequence[Any]]) -> dict[VariantId, tuple[PricedPart, ...]]:
    found: dict[VariantId, tuple[PricedPart, ...]] = {}
    for bundle_id, variant_id, units, product_id, category_id, sku, name_en, name_zh, option_en, option_zh, is_sellable, amount in rows:
        name = title(Bilingual(name_en, name_zh), Bilingual(option_en, option_zh))
        part = PricedPart(
            variant_id=variant_id, product_id=product_id, category_id=category_id, sku=sku, name=name, units=units,
            is_sellable=is_sellable, unit_minor=amount,
        )  # fmt: skip
        found[bundle_id] = (*found.get(bundle_id, ()), part)
    return found


def _list_of(row: Sequence[Any]) -> PriceList:
    number, code, name_en, name_zh, tax_mode, is_default = row
    return PriceList(id=number, code=code, name=Bilingual(name_en, name_zh), tax_mode=TaxMode(tax_mode), is_default=is_default)


def _rate_of(row: Sequence[Any]) -> TaxRate:
    number, country, basis_points = row
    return TaxRate(id=number, country=country, basis_points=basis_points)


def _option_of(row: Sequence[Any]) -> DeliveryOption:
    number, code, name_en, name_zh, carrier, price, free_from, least, most, countries, position, is_active = row
    return DeliveryOption(
        id=number, code=code, name=Bilingual(name_en, name_zh), carrier=carrier, price_minor=price, free_from_minor=free_from,
        days=(least, most), countries=tuple(countries), position=position, is_active=is_active,
    )  # fmt: skip


def _tags(rows: Iterable[Sequence[Any]], applying: PriceList) -> Iterator[PriceTag]:
    for variant_id, amount, reference, version in rows:
        yield PriceTag(
            variant_id=variant_id, price_list_id=applying.id, amount_minor=amount, reference_minor=reference, tax_mode=applying.tax_mode,
            version=version,
        )  # fmt: skip


# ── bulk ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

# Only variants without any log in the list: taken over once, later runs change nothing.
_PUT_LOG = """
    INSERT INTO pricing_pricechange (variant_id, price_list_id, amount_minor, version, from_at, reason)
    SELECT s.variant_id, %s, s.amount_minor, row_number() OVER (PARTITION BY s.variant_id ORDER BY s.from_at, s.row), s.from_at, %s
    FROM intake_price s
    WHERE NOT EXISTS (SELECT FROM pricing_pricechange c WHERE c.variant_id = s.variant_id AND c.price_list_id = %s)
"""
_PUT_PRICES = """
    INSERT INTO pricing_price (variant_id, price_list_id, amount_minor, version, changed_at)
    SELECT DISTINCT ON (variant_id) variant_id, price_list_id, amount_minor, version, from_at FROM pricing_pricechange
    WHERE price_list_id = %s AND variant_id IN (SELECT variant_id FROM intake_price)
    ORDER BY variant_id, version DESC
    ON CONFLICT (variant_id, price_list_id) DO NOTHING
"""


def put_prices(frame: "pl.DataFrame", price_list_id: PriceListId, reason: str, now: datetime) -> int:
    """Take over the prices of variants that have none in the list yet; return how many log rows were written."""
    import polars as pl

    from shopkeeper.kit import bulk

    bulk.refuse_missing(frame, "variant_id", "amount_minor")
    moments = frame["from_at"].fill_null(now) if "from_at" in frame.columns else pl.lit(now)
    staged = frame.select(pl.col("variant_id").cast(pl.Int64), pl.col("amount_minor").cast(pl.Int64), moments.alias("from_at"))
    if staged.height and not staged["amount_minor"].is_between(1, MOST_MINOR).all():
        raise OutOfRange("amount_minor", staged["amount_minor"].min(), least=1, most=MOST_MINOR)
    staged = staged.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    with connection.cursor() as cursor:
        bulk.stage(cursor, "intake_price", staged)
        cursor.execute(_PUT_LOG, [price_list_id, reason, price_list_id])
        written = cursor.rowcount
        cursor.execute(_PUT_PRICES, [price_list_id])
        return int(written)
