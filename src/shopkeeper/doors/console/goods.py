"""Pages about a product or one of its variants, where catalogue, prices and stock meet."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shopkeeper.doors.console import drafts, frame, gallery, waiting
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
from shopkeeper.selling.catalog.shapes_bundles import off_sale
from shopkeeper.selling.catalog.shapes_drafts import Desk
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.console import REASONS, warehouse_choices
from shopkeeper.selling.media import public as media
from shopkeeper.selling.media.console import PICTURED
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
    tags, free, shots, (desks, people) = together.read(
        lambda: pricing.prices(variants),
        lambda: inventory.available(variants),
        lambda: gallery.firsts(rows),
        lambda: _worked_on(rows),
    )
    found: dict[int, Any] = {}
    for row in rows:
        amounts = sorted({tags[each].amount_minor for each in row.variant_ids if each in tags})
        found[row.pk] = {"amounts": amounts, "free": sum(free.get(each, 0) for each in row.variant_ids), "picture": shots.get(row.pk)}
        found[row.pk]["work"] = drafts.mark_in_list(desks.get(ProductId(row.pk)), people)
    return found


def _worked_on(rows: Sequence[Any]) -> tuple[Mapping[ProductId, Any], Mapping[UserId, Any]]:
    desks = catalog.desks([ProductId(row.pk) for row in rows])
    people = {each.draft_by for each in desks.values() if each.draft_by}
    return desks, access.people(people) if people else {}


def _note(row: Any) -> str:
    work = row.also["work"] if getattr(row, "also", None) else None
    return f"{row.slug} · {work}" if work else str(row.slug)


def _price(row: Any) -> int | None:
    return row.also["amounts"][0] if row.also and row.also["amounts"] else None


def _price_note(row: Any) -> str | None:
    return _("and more") if row.also and len(row.also["amounts"]) > 1 else None


def picture_of(row: Any) -> Drawn | str:
    """Return what stands for a product in a list: its first picture, else what chooses its drawing."""
    own = row.also["picture"] if getattr(row, "also", None) else None
    shelf = row.category.slug if row.category else ""
    return own or row.photo_url or Drawn(source_name=row.source_name, slug=row.slug, category_slug=shelf)


_NAME, *_REST = PRODUCTS.columns
LISTING = PRODUCTS.but(
    also=also,
    filters=(*PRODUCTS.filters, PICTURED),
    columns=(
        Column(name="picture", label=gettext_lazy("Picture"), kind="picture", value=picture_of, is_minor=True),
        replace(_NAME, note=_note),
        *_REST[:2],
        Column(name="price", label=gettext_lazy("Price"), kind="money", value=_price, note=_price_note),
        Column(name="free", label=gettext_lazy("Available"), kind="number", value=lambda row: row.also["free"] if row.also else 0),
        *_REST[2:],
    ),
)


# ── one product ───────────────────────────────────────────────────────────────────────────────────────────────────────


@frame.guarded("catalog.view")
@frame.at_once(
    lambda _pk: catalog.categories(),
    lambda pk: catalog.traits([ProductId(pk)]),
    lambda _pk: catalog.brands(),
    lambda pk: catalog.extras(ProductId(pk)),
    lambda pk: catalog.desks([ProductId(pk)]),
    lambda pk: approvals.waiting_about(f"product:{pk}", frame.began()),
)
def product(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one product with its variants, their prices and their stock."""
    try:
        found = catalog.product_by_id(ProductId(pk))
    except NotFound as refusal:
        return missing(request, refusal)
    variants = [each.id for each in found.variants]
    category = next((each for each in catalog.categories() if each.id == found.category_id), None)
    extras = catalog.extras(found.id)
    tags, lying, known, showing, parts, can_be_had = together.read(
        lambda: pricing.prices(variants),
        lambda: inventory.shelves(variants),
        lambda: catalog.products([each.product_id for each in extras.links]),
        lambda: media.gallery(found.id),
        lambda: catalog.parts(variants),
        lambda: inventory.available(variants),
    )
    shelves: dict[int, dict[str, int]] = {}
    for shelf in lying:
        sums = shelves.setdefault(shelf.variant_id, {"on_hand": 0, "held": 0, "free": 0})
        sums["on_hand"] += shelf.on_hand
        sums["held"] += shelf.held
        sums["free"] += shelf.available
    held = next(iter(parts.values()), ())
    for each in parts:
        # A bundle has no pieces of its own: its parts allow so many.
        shelves[each] = {"on_hand": 0, "held": 0, "free": can_be_had[each]}
    context = {
        "product": found,
        "category": category,
        "drawn": drawn(found, category),
        "rows": [(each, tags.get(each.id), shelves.get(each.id, {"on_hand": 0, "held": 0, "free": 0})) for each in found.variants],
        "brand": next((each for each in catalog.brands() if each.id == found.brand_id), None) if found.brand_id else None,
        "traits": catalog.traits([found.id]).get(found.id, ()),
        "extras": extras,
        "beside": [(each, known[each.product_id]) for each in extras.links if each.product_id in known],
        "may_edit": frame.may(request, "catalog.save_product"),
        **drafts.beside(request, catalog.desks([found.id]).get(found.id, Desk(product_id=found.id))),
        "waits": waiting.about(request, f"product:{found.id}"),
        "may_word": frame.may(request, "content.save_engine_words"),
        "shots": [(each, gallery.address(each.square)) for each in showing.pictures],
        "videos": showing.videos,
        "may_picture": frame.may(request, "media.save_pictures"),
        "may_film": frame.may(request, "media.save_videos"),
        "may_describe": frame.may(request, "catalog.describe"),
        "may_options": frame.may(request, "catalog.save_options"),
        "may_variants": frame.may(request, "catalog.add_variants"),
        "may_relate": frame.may(request, "catalog.relate"),
        "may_bundle": frame.may(request, "catalog.save_bundle"),
        "held": held,
        "is_held_up": bool(off_sale(held)),
        "can_be_made": max((can_be_had[each] for each in parts), default=0),
        "may_sizes": frame.may(request, "catalog.choose_size_table"),
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
    held, left = together.read(
        lambda: catalog.parts([known.variant_id]).get(known.variant_id, ()),
        lambda: inventory.available([known.variant_id])[known.variant_id],
    )
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
        "acts": [] if held else [act for act in acts if frame.may(request, f"inventory.{act}")],
        "held": held,
        "can_be_made": left,
        "is_held_up": bool(off_sale(held)),
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
