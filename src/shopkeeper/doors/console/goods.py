"""Pages about a product or one of its variants, where catalogue, prices and stock meet."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shopkeeper.doors.console import frame, waiting
from shopkeeper.doors.console.commanding import missing
from shopkeeper.doors.console.pictures import Drawn
from shopkeeper.flows import set_price
from shopkeeper.kit import together
from shopkeeper.kit.console import Column, Done
from shopkeeper.kit.ids import PriceListId, ProductId, UserId, VariantId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.access import public as access
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.console import PRODUCTS
from shopkeeper.selling.catalog.shapes import Category, Product
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.console import REASONS, warehouse_choices
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.console import SetPrice as SetPriceHere
from shopkeeper.selling.pricing.console import list_choices

MOVEMENTS_SHOWN = 30
WHY = {
    "below_cost": gettext_lazy("Without tax, this price is lower than what a piece costs, or did within the last 30 days."),
    "far_lower": gettext_lazy("It lies far below the highest price of the last thirty days."),
}


# ── the list of products, with what prices and stock know of each ─────────────────────────────────────────────────────


def also(rows: Sequence[Any]) -> Mapping[int, Any]:
    """Return, for each product on the page, its lowest price and what can be sold of it: one query for all of them."""
    variants = [VariantId(each) for row in rows for each in row.variant_ids]
    tags, free = together.read(lambda: pricing.prices(variants), lambda: inventory.available(variants))
    found: dict[int, Any] = {}
    for row in rows:
        amounts = sorted({tags[each].amount_minor for each in row.variant_ids if each in tags})
        found[row.pk] = {"amounts": amounts, "free": sum(free.get(each, 0) for each in row.variant_ids)}
    return found


def _price(row: Any) -> int | None:
    return row.also["amounts"][0] if row.also and row.also["amounts"] else None


def _price_note(row: Any) -> str | None:
    return _("and more") if row.also and len(row.also["amounts"]) > 1 else None


def picture_of(row: Any) -> Drawn | str:
    """Return what stands for a product in a list: its photo, else what chooses its drawing."""
    return row.photo_url or Drawn(source_name=row.source_name, slug=row.slug, category_slug=row.category.slug if row.category else "")


_NAME, *_REST = PRODUCTS.columns
LISTING = PRODUCTS.but(
    also=also,
    columns=(
        Column(name="picture", label=gettext_lazy("Picture"), kind="picture", value=picture_of, is_minor=True),
        _NAME,
        *_REST[:2],
        Column(name="price", label=gettext_lazy("Price"), kind="money", value=_price, note=_price_note),
        Column(name="free", label=gettext_lazy("Available"), kind="number", value=lambda row: row.also["free"] if row.also else 0),
        *_REST[2:],
    ),
)


# ── one product ───────────────────────────────────────────────────────────────────────────────────────────────────────


@frame.guarded("catalog.view")
@frame.at_once(lambda _pk: catalog.categories(), lambda pk: catalog.traits([ProductId(pk)]), lambda _pk: catalog.brands())
def product(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one product with its variants, their prices and their stock."""
    try:
        found = catalog.product_by_id(ProductId(pk))
    except NotFound as refusal:
        return missing(request, refusal)
    variants = [each.id for each in found.variants]
    category = next((each for each in catalog.categories() if each.id == found.category_id), None)
    tags, lying = together.read(lambda: pricing.prices(variants), lambda: inventory.shelves(variants))
    shelves: dict[int, dict[str, int]] = {}
    for shelf in lying:
        sums = shelves.setdefault(shelf.variant_id, {"on_hand": 0, "held": 0, "free": 0})
        sums["on_hand"] += shelf.on_hand
        sums["held"] += shelf.held
        sums["free"] += shelf.available
    context = {
        "product": found,
        "category": category,
        "drawn": drawn(found, category),
        "rows": [(each, tags.get(each.id), shelves.get(each.id, {"on_hand": 0, "held": 0, "free": 0})) for each in found.variants],
        "brand": next((each for each in catalog.brands() if each.id == found.brand_id), None) if found.brand_id else None,
        "traits": catalog.traits([found.id]).get(found.id, ()),
        "may_edit": frame.may(request, "catalog.save_product"),
        "may_describe": frame.may(request, "catalog.describe"),
        "may_price": frame.may(request, "pricing.set_price"),
        "may_receive": frame.may(request, "inventory.receive"),
    }
    return TemplateResponse(request, "console/product.html", context)


def drawn(found: Product, category: Category | None) -> Drawn:
    """Return what chooses a product's drawing."""
    return Drawn(source_name=found.source_name, slug=found.slug, category_slug=category.slug if category else "", name=found.name)


# ── one variant: its prices, its stock ────────────────────────────────────────────────────────────────────────────────


@frame.guarded("pricing.view")
@frame.at_once(
    lambda pk: pricing.price_history(VariantId(pk)),
    lambda _pk: list(list_choices()),
    lambda pk: pricing.cost_history(VariantId(pk)),
    lambda pk: pricing.margins(VariantId(pk)),
    lambda pk: approvals.waiting_about(f"variant:{pk}", frame.began()),
)
def prices(request: HttpRequest, pk: int) -> HttpResponse:
    """Show every price a variant ever had, newest first, and what it costs in each list now."""
    try:
        known = catalog.goods_of(VariantId(pk))
    except NotFound as refusal:
        return missing(request, refusal)
    history = pricing.price_history(known.variant_id)
    lists = dict(list_choices())
    sees_costs = frame.may(request, "pricing.view_costs")
    costs = pricing.cost_history(known.variant_id) if sees_costs else ()
    margins = pricing.margins(known.variant_id) if sees_costs else {}
    actors = [each.actor_id for each in history] + [each.actor_id for each in costs]
    people = access.people({UserId(each) for each in actors if each})
    asked = [partial(pricing.prices, [known.variant_id], price_list_id=PriceListId(int(list_id))) for list_id in lists]
    now = {int(list_id): found.get(known.variant_id) for list_id, found in zip(lists, together.read(*asked), strict=True)}
    context = {
        "goods": known,
        "name": known.called(get_language() or "en"),
        "now": [(name, now[int(list_id)], list_id, margins.get(PriceListId(int(list_id)))) for list_id, name in lists.items()],
        "sees_costs": sees_costs,
        "may_cost": frame.may(request, "pricing.set_cost"),
        "cost": costs[0].amount_minor if costs else None,
        "costs": [(each, _person(people, each.actor_id)) for each in costs],
        "history": [(each, lists.get(str(each.price_list_id), ""), _person(people, each.actor_id)) for each in history],
        "may_price": frame.may(request, "pricing.set_price"),
        "waits": waiting.about(request, f"variant:{known.variant_id}"),
    }
    return TemplateResponse(request, "console/prices.html", context)


@frame.guarded("inventory.view")
@frame.at_once(
    lambda _pk: list(warehouse_choices()),
    lambda _pk: inventory.warehouses(),
    lambda pk: inventory.shelves([VariantId(pk)]),
    lambda pk: inventory.movements(VariantId(pk), size=MOVEMENTS_SHOWN),
)
def stock(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what lies of a variant in every warehouse, and its last movements."""
    try:
        known = catalog.goods_of(VariantId(pk))
    except NotFound as refusal:
        return missing(request, refusal)
    names = dict(warehouse_choices())
    shelves = {each.warehouse_id: each for each in inventory.shelves([known.variant_id])}
    moved = inventory.movements(known.variant_id, size=MOVEMENTS_SHOWN)
    acts = ("receive", "count", "transfer", "adjust")
    context = {
        "goods": known,
        "name": known.called(get_language() or "en"),
        "shelves": [(names[str(each.id)], each.id, shelves.get(each.id)) for each in inventory.warehouses()],
        "moved": [(each, names.get(str(each.warehouse_id), ""), str(REASONS.get(each.reason.value, each.reason.value))) for each in moved],
        "total": moved.total,
        "acts": [act for act in acts if frame.may(request, f"inventory.{act}")],
    }
    return TemplateResponse(request, "console/stock.html", context)


def why_it_waits(values: Mapping[str, Any]) -> list[str]:
    """Return, in sentences, why a price that was asked for needs a second person. What a piece costs is not among the words."""
    return [str(WHY[each]) for each in set_price.why(values)]


def _person(people: Mapping[UserId, Any], actor_id: int | None) -> str:
    person = people.get(UserId(actor_id)) if actor_id else None
    return (person.name or person.email) if person else _("the shop itself")


class SetPrice(SetPriceHere):
    """A variant's price from now on; one that falls far, or below cost, waits for a second person."""

    def why_it_waits(self, values: Mapping[str, Any]) -> Sequence[str]:
        return why_it_waits(values)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        set_price.set_price(
            variant_id=self.goods.variant_id,
            amount_minor=found["amount"],
            price_list_id=found["price_list"],
            reason=found["reason"],
            actor=actor,
            now=now,
        )
        return Done(_("“%(name)s” has its new price.") % {"name": self.name()}, self.goods.variant_id)
