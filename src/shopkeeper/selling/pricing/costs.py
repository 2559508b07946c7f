"""What a piece of each variant costs the shop: kept with its history, seen by staff alone, held against prices."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max, Subquery
from django.db.models.functions import Coalesce

from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import PriceListId, UserId, VariantId
from shopkeeper.kit.money import MOST_MINOR
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.pricing import models, store
from shopkeeper.selling.pricing.rules import margin as rules
from shopkeeper.selling.pricing.shapes import CostChange, Margin, PriceList, TaxRate
from shopkeeper.selling.shop import public as shop

MOST_NOTE = 200
COST_COUNTS_FOR = timedelta(days=30)
"""How long a cost is held against new prices after it was lowered or taken back, so that nobody gets around a second person by that."""


def costs(variant_ids: Sequence[VariantId]) -> dict[VariantId, int]:
    """Return what one piece of each of these variants costs, in minor units without tax; those whose cost is not known are left out."""
    known = models.Cost.objects.filter(variant_id__in=[each for each in variant_ids if 0 < each < 2**63], amount_minor__isnull=False)
    return {VariantId(number): amount for number, amount in known.values_list("variant_id", "amount_minor") if amount is not None}


def cost_held_against(variant_id: VariantId, *, now: datetime) -> int | None:
    """Return the highest cost of a piece that stood within COST_COUNTS_FOR before `now`; None where none was known in that time."""
    log, opens = models.CostChange.objects.filter(variant_id=variant_id), now - COST_COUNTS_FOR
    # What stood when the time opened is the newest of the changes before it.
    opening = log.filter(from_at__lt=opens).order_by("-version").values("version")[:1]
    found: int | None = log.filter(version__gte=Coalesce(Subquery(opening), 0)).aggregate(most=Max("amount_minor"))["most"]
    return found


def cost_history(variant_id: VariantId) -> tuple[CostChange, ...]:
    """Return every cost a variant ever had, newest first."""
    return tuple(
        CostChange(variant_id=variant_id, amount_minor=row.amount_minor, from_at=row.from_at, actor_id=row.actor_id, note=row.note)
        for row in models.CostChange.objects.filter(variant_id=variant_id).order_by("-version")
    )


@transaction.atomic
def set_cost(*, variant_id: VariantId, amount_minor: int | None, note: str = "", actor: UserId | None, now: datetime) -> int | None:
    """Set what one piece costs from now on, in minor units without tax, and return what it was; None: it is not known.

    No price is touched, also where it lies below the cost now. The same cost again changes nothing. Raises OutOfRange, Malformed, NotFound.
    """
    if amount_minor is not None:
        checks.whole(amount_minor, field="cost", least=0, most=MOST_MINOR)
    why = checks.line(note, field="note", most=MOST_NOTE)
    if variant_id not in catalog.goods([variant_id]):
        raise NotFound("variant", variant_id)
    row = _locked(variant_id, now)
    before = row.amount_minor
    if before == amount_minor:
        return before
    row.amount_minor, row.changed_at, row.version = amount_minor, now, row.version + 1
    row.save()
    models.CostChange.objects.create(
        variant_id=variant_id, amount_minor=amount_minor, version=row.version, from_at=now, actor_id=actor, note=why
    )
    after = {"cost_minor": amount_minor, "note": why}
    audit.record(actor=actor, act="pricing.set_cost", subject=f"variant:{variant_id}", before={"cost_minor": before}, after=after, at=now)
    return before


def margin(*, variant_id: VariantId, price_minor: int, price_list_id: PriceListId | None = None, now: datetime) -> Margin | None:
    """Return what a price in a list (None: the default) would leave over the cost of a piece it is held against; None where there is none.

    That is `cost_held_against`, not the cost of this moment alone. Raises NotFound.
    """
    cost, lists, rates, home = together.read(
        lambda: cost_held_against(variant_id, now=now), store.price_lists, store.tax_rates, lambda: shop.shop().country
    )
    applying = next((each for each in lists if (each.is_default if price_list_id is None else each.id == price_list_id)), None)
    if applying is None:
        raise NotFound("price_list", price_list_id)
    return _margin(price_minor, cost, applying, _rate(rates, home))


def margins(variant_id: VariantId) -> Mapping[PriceListId, Margin]:
    """Return what the variant's present price leaves in each list in which it has one; empty where its cost is not known."""
    known, lists, rates, home, amounts = together.read(
        lambda: costs([variant_id]), store.price_lists, store.tax_rates, lambda: shop.shop().country, lambda: store.amounts(variant_id)
    )
    found: dict[PriceListId, Margin] = {}
    for applying in lists:
        left = _margin(amounts[applying.id], known.get(variant_id), applying, _rate(rates, home)) if applying.id in amounts else None
        if left is not None:
            found[applying.id] = left
    return found


def _margin(price_minor: int, cost_minor: int | None, applying: PriceList, basis_points: int | None) -> Margin | None:
    return rules.margin(price_minor=price_minor, cost_minor=cost_minor, tax_mode=applying.tax_mode, tax_basis_points=basis_points)


def _rate(rates: Sequence[TaxRate], country: str) -> int | None:
    """Return the rate of the shop's own country, in which it keeps its books, or the general one."""
    by_country = {each.country: each.basis_points for each in rates}
    return by_country.get(country, by_country.get(""))


def _locked(variant_id: VariantId, now: datetime) -> models.Cost:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO pricing_cost (variant_id, amount_minor, version, changed_at) VALUES (%s, NULL, 1, %s)
               ON CONFLICT (variant_id) DO NOTHING""",
            [variant_id, now],
        )
    return models.Cost.objects.select_for_update().get(variant_id=variant_id)
