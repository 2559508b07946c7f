"""How staff see and move stock."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from shopkeeper.kit.console import (
    Choice,
    Column,
    Command,
    Days,
    Done,
    Fact,
    Listing,
    Pill,
    UnitsField,
    active_column,
    both,
    by_goods,
    name_column,
    own_words,
    word,
)
from shopkeeper.kit.ids import UserId, VariantId, WarehouseId
from shopkeeper.kit.places import CountryField
from shopkeeper.kit.refusals import NotFound, Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.inventory import models
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.shapes import Shelf, WouldGoBelowHeld

LOW = 5
"""Fewer available pieces than this count as running low in the list."""

MOST_MOVED = 1_000_000

REASONS = {
    "received": pgettext_lazy("stock", "Received"),
    "sold": gettext_lazy("Sold"),
    "returned": gettext_lazy("Came back"),
    "adjusted": gettext_lazy("Adjusted"),
    "counted": gettext_lazy("Counted"),
    "sent": gettext_lazy("Sent to another warehouse"),
    "arrived": gettext_lazy("Arrived from another warehouse"),
}


def warehouse_choices(*, only_active: bool = False) -> list[tuple[str, str]]:
    """Return the warehouses in the order they are drawn from."""
    language = get_language() or "en"
    return [(str(each.id), each.name.pick(language)) for each in inventory.warehouses() if each.is_active or not only_active]


def _find_movement(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    return by_goods(rows, text, variant="shelf__variant", also=Q(note__icontains=text))


def _state(row: Any) -> Pill | None:
    if row.free <= 0:
        return Pill(_("Sold out"), "bad")
    return Pill(_("Low"), "warn") if row.free < LOW else None


def _by_state(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return {"out": rows.filter(free__lte=0), "low": rows.filter(free__gt=0, free__lt=LOW), "held": rows.filter(held__gt=0)}[value]


STOCK = Listing(
    name="stock",
    title=gettext_lazy("Stock"),
    caption=gettext_lazy("On hand lies on the shelf; held is promised to orders; what is left can be sold."),
    empty=gettext_lazy("Receive goods on a variant to begin."),
    see="inventory.view",
    rows=lambda: models.Shelf.objects.select_related("variant__product", "warehouse").annotate(free=F("on_hand") - F("held")),
    order=("free", "pk"),
    search=by_goods,
    search_hint=gettext_lazy("Name or SKU"),
    columns=(
        Column(
            name="variant",
            label=gettext_lazy("Variant"),
            value=lambda row: both(row.variant.product, "name"),
            note=lambda row: both(row.variant, "option").pick(get_language() or "en"),
            sort="variant__product__name_en",
            url=lambda row: reverse("console_stock:page", args=[row.variant_id]),
        ),
        Column(name="sku", label=gettext_lazy("SKU"), value=lambda row: row.variant.sku, kind="code", sort="variant__sku", is_minor=True),
        Column(
            name="warehouse", label=gettext_lazy("Warehouse"), value=lambda row: both(row.warehouse, "name"), sort="warehouse__priority"
        ),
        Column(name="on_hand", label=gettext_lazy("On hand"), kind="number", sort="on_hand"),
        Column(name="held", label=gettext_lazy("Held"), kind="number", sort="held"),
        Column(name="free", label=gettext_lazy("Available"), kind="number", sort="free"),
        Column(name="state", label=gettext_lazy("State"), value=_state, kind="pill", is_minor=True),
    ),
    filters=(
        Choice(
            name="warehouse",
            label=gettext_lazy("Warehouse"),
            choices=warehouse_choices,
            apply=lambda rows, value: rows.filter(warehouse=value),
        ),
        Choice(
            name="state",
            label=gettext_lazy("State"),
            choices=lambda: [("out", _("Sold out")), ("low", _("Low")), ("held", _("Held for orders"))],
            apply=_by_state,
        ),
    ),
)

MOVEMENTS = Listing(
    name="movements",
    title=gettext_lazy("Stock ledger"),
    caption=gettext_lazy("Every piece that came or went, newest first. Rows are only added; a mistake is put right by another row."),
    empty=gettext_lazy("Nothing has moved yet."),
    see="inventory.view",
    rows=lambda: models.Movement.objects.select_related("shelf__variant__product", "shelf__warehouse"),
    order=("-pk",),
    search=_find_movement,
    search_hint=gettext_lazy("Name, SKU or note"),
    columns=(
        Column(name="at", label=gettext_lazy("When"), kind="moment"),
        Column(
            name="variant",
            label=gettext_lazy("Variant"),
            value=lambda row: both(row.shelf.variant.product, "name"),
            note=lambda row: row.shelf.variant.sku,
            url=lambda row: reverse("console_stock:page", args=[row.shelf.variant_id]),
        ),
        Column(name="warehouse", label=gettext_lazy("Warehouse"), value=lambda row: both(row.shelf.warehouse, "name")),
        Column(name="reason", label=gettext_lazy("Why"), value=lambda row: word(REASONS, row.reason), note=lambda row: own_words(row.note)),
        Column(name="units", label=pgettext_lazy("of stock", "Change"), kind="change"),
        Column(name="balance", label=gettext_lazy("Then on hand"), kind="number"),
    ),
    filters=(
        Choice(
            name="warehouse",
            label=gettext_lazy("Warehouse"),
            choices=warehouse_choices,
            apply=lambda rows, value: rows.filter(shelf__warehouse=value),
        ),
        Choice(
            name="reason",
            label=gettext_lazy("Why"),
            choices=lambda: list(REASONS.items()),
            apply=lambda rows, value: rows.filter(reason=value),
        ),
        Days(name="day", label=gettext_lazy("Moved"), moment="at"),
    ),
)

WAREHOUSES = Listing(
    name="warehouses",
    title=gettext_lazy("Warehouses"),
    caption=gettext_lazy("Orders are filled from the first that has everything, else from several in this order."),
    empty=gettext_lazy("Add the first warehouse."),
    see="inventory.view",
    rows=models.Warehouse.objects.all,
    order=("priority", "pk"),
    columns=(
        name_column("warehouses", label=gettext_lazy("Warehouse"), note=lambda row: row.code),
        Column(name="country", label=gettext_lazy("Country"), kind="country"),
        Column(name="priority", label=gettext_lazy("Order"), kind="number", sort="priority"),
        active_column(gettext_lazy("State"), on=gettext_lazy("In use"), off=gettext_lazy("Closed")),
    ),
)


class StockCommand(Command):
    """What every movement shares: the variant, and the shelves as they are."""

    def prepare(self) -> None:
        self.goods = catalog.goods_of(VariantId(self.target_id or 0))
        self.shelves = {each.warehouse_id: each for each in inventory.shelves([self.goods.variant_id])}
        for name in ("warehouse", "to_warehouse"):
            if name in self.fields:
                self.fields[name].choices = warehouse_choices(only_active=True)  # type: ignore[attr-defined]
        if self.asked.get("warehouse") and "warehouse" in self.fields:
            self.start(warehouse=self.asked["warehouse"])

    def name(self) -> str:
        return self.goods.called(self.setting.language)

    def facts(self) -> list[Fact]:
        names = dict(warehouse_choices())
        found = [Fact("SKU", self.goods.sku, "code")]
        for warehouse_id, shelf in self.shelves.items():
            words = _("%(on_hand)d on hand, %(held)d held, %(free)d available")
            values = {"on_hand": shelf.on_hand, "held": shelf.held, "free": shelf.available}
            found.append(Fact(names.get(str(warehouse_id), str(warehouse_id)), words % values))
        return found

    def explain(self, refusal: Refusal) -> str:
        if not isinstance(refusal, WouldGoBelowHeld):
            return ""
        where = dict(warehouse_choices()).get(str(self.cleaned_data["warehouse"]), "")
        values = {"asked": abs(self.cleaned_data["units"]), "where": where}
        return self.too_few() % {**values, "on_hand": refusal.on_hand, "held": refusal.held, "most": refusal.most}

    def too_few(self) -> str:
        """Return the words for asking more of a shelf than lies free on it."""
        return _(
            "You asked to take away %(asked)d; %(on_hand)d are on hand at %(where)s, of which %(held)d are held for orders. "
            "Take away at most %(most)d, or ship or cancel orders first."
        )

    def moved(self, shelf: Shelf) -> Done:
        """Return the sentence that says what lies on the shelf now."""
        where = dict(warehouse_choices()).get(str(shelf.warehouse_id), "")
        words = _("%(where)s now has %(on_hand)d on hand, %(free)d available.")
        return Done(words % {"where": where, "on_hand": shelf.on_hand, "free": shelf.available}, self.goods.variant_id)


class ShelfCommand(StockCommand):
    """A movement on one shelf. `BOOK` is the face's function, `AS` what it calls the pieces."""

    BOOK: ClassVar[Callable[..., Shelf]]
    AS: ClassVar[str] = "units"

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        shelf = type(self).BOOK(
            variant_id=self.goods.variant_id,
            warehouse_id=WarehouseId(found["warehouse"]),
            note=found["note"],
            actor=actor,
            now=now,
            **{self.AS: found["units"]},
        )
        return self.moved(shelf)


class Receive(ShelfCommand):
    """Pieces that arrived from outside."""

    BOOK = inventory.receive
    act = "inventory.receive"
    title = gettext_lazy("Receive goods")
    submit = gettext_lazy("Book the arrival")
    warehouse = forms.TypedChoiceField(label=gettext_lazy("Warehouse"), coerce=int)
    units = UnitsField(label=gettext_lazy("Pieces that arrived"), least=1, most=MOST_MOVED)
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=300, required=False, help_text=gettext_lazy("A delivery note's number, for example.")
    )


class Adjust(ShelfCommand):
    """Pieces found or lost."""

    BOOK = inventory.adjust
    act = "inventory.adjust"
    title = gettext_lazy("Adjust stock")
    submit = gettext_lazy("Adjust")
    caption = gettext_lazy("For pieces found, broken or lost. To correct a shelf as a whole, count it instead.")
    warehouse = forms.TypedChoiceField(label=gettext_lazy("Warehouse"), coerce=int)
    units = UnitsField(
        label=gettext_lazy("Change"), least=-MOST_MOVED, most=MOST_MOVED, help_text=gettext_lazy("3 for three found, -2 for two broken.")
    )
    note = forms.CharField(label=gettext_lazy("Why"), max_length=300)


class Count(ShelfCommand):
    """What was counted on a shelf."""

    BOOK = inventory.count
    AS = "counted"
    act = "inventory.count"
    title = gettext_lazy("Count a shelf")
    submit = gettext_lazy("Book the count")
    caption = gettext_lazy("Write what lies there, promised pieces included; the ledger gets the difference.")
    RENAMED: ClassVar = {"counted": "units"}
    warehouse = forms.TypedChoiceField(label=gettext_lazy("Warehouse"), coerce=int)
    units = UnitsField(label=gettext_lazy("Pieces counted"), least=0, most=1_000_000_000)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def too_few(self) -> str:
        return _("You counted %(asked)d at %(where)s, but %(held)d are held for orders there. Count again, or ship or cancel orders first.")


class Transfer(StockCommand):
    """Pieces from one warehouse to another."""

    act = "inventory.transfer"
    title = gettext_lazy("Move between warehouses")
    submit = gettext_lazy("Move")
    caption = gettext_lazy("Only pieces that are not held for orders can leave.")
    RENAMED: ClassVar = {"from_warehouse_id": "warehouse", "to_warehouse_id": "to_warehouse"}
    warehouse = forms.TypedChoiceField(label=gettext_lazy("From"), coerce=int)
    to_warehouse = forms.TypedChoiceField(label=gettext_lazy("To"), coerce=int)
    units = UnitsField(label=gettext_lazy("Pieces"), least=1, most=MOST_MOVED)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def prepare(self) -> None:
        super().prepare()
        others = [value for value, _words in warehouse_choices(only_active=True) if value != self.asked.get("warehouse")]
        if others and self.asked.get("warehouse"):
            self.start(to_warehouse=others[0])

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        _sender, taker = inventory.transfer(
            variant_id=self.goods.variant_id,
            from_warehouse_id=WarehouseId(found["warehouse"]),
            to_warehouse_id=WarehouseId(found["to_warehouse"]),
            units=found["units"],
            note=found["note"],
            actor=actor,
            now=now,
        )
        return self.moved(taker)


class SaveWarehouse(Command):
    """A warehouse: new, or changed."""

    act = "inventory.save_warehouse"
    title = gettext_lazy("New warehouse")
    submit = gettext_lazy("Save warehouse")
    RENAMED: ClassVar = {"name": "name_en"}
    code = forms.CharField(label=gettext_lazy("Code"), max_length=40)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=200, required=False)
    country = CountryField(label=gettext_lazy("Country"))
    priority = UnitsField(
        label=gettext_lazy("Order"), initial=100, help_text=gettext_lazy("Orders are filled from the smallest number first.")
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def prepare(self) -> None:
        known = {each.id: each for each in inventory.warehouses()}
        wanted = WarehouseId(self.target_id or 0)
        if self.target_id and wanted not in known:
            raise NotFound("warehouse", wanted)
        self.known = known.get(wanted)
        if self.known:
            self.title = gettext_lazy("Change warehouse")
            each = self.known
            self.start(
                code=each.code,
                name_en=each.name.en,
                name_zh=each.name.zh,
                country=each.country,
                priority=each.priority,
                is_active=each.is_active,
            )

    def name(self) -> str:
        return self.known.name.pick(self.setting.language) if self.known else ""

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        saved = inventory.save_warehouse(
            warehouse_id=self.known.id if self.known else None,
            code=found["code"],
            name=Bilingual(found["name_en"], found["name_zh"]),
            country=found["country"],
            priority=found["priority"],
            is_active=found["is_active"],
            actor=actor,
            now=now,
        )
        return Done(_("“%(name)s” is saved.") % {"name": saved.name.pick(self.setting.language)}, saved.id)
