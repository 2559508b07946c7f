"""How staff see and edit collections: their particulars, their rule, and the goods they name."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shopkeeper.kit import together
from shopkeeper.kit.console import Choice, Column, Command, Done, Listing, MoneyField, Pill, UnitsField, name_column, word
from shopkeeper.kit.ids import AttributeId, CollectionId, ProductId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import collection_models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.console import category_choices
from shopkeeper.selling.catalog.rules import collections as rules
from shopkeeper.selling.catalog.rules import limits
from shopkeeper.selling.catalog.shapes import Attribute, Product, Sort, TraitKind
from shopkeeper.selling.catalog.shapes_collections import (
    Collection,
    CollectionDraft,
    CollectionKind,
    Condition,
    ConditionKind,
    Match,
    Part,
    Rule,
)

KINDS = {CollectionKind.HAND.value: gettext_lazy("Chosen by hand"), CollectionKind.RULE.value: gettext_lazy("Filled by a rule")}
MATCHES = {Match.ALL.value: gettext_lazy("every condition"), Match.ANY.value: gettext_lazy("any one of them")}
SORTS = {
    Sort.FEATURED.value: gettext_lazy("As arranged; by rule: the shop’s order"),
    Sort.NEWEST.value: gettext_lazy("Newest first"),
    Sort.PRICE_UP.value: gettext_lazy("Price, low to high"),
    Sort.PRICE_DOWN.value: gettext_lazy("Price, high to low"),
    Sort.NAME.value: gettext_lazy("By name"),
}
TINTS = {
    "": gettext_lazy("Its own"),
    "seal": gettext_lazy("Red"),
    "d1": gettext_lazy("Blue"),
    "d2": gettext_lazy("Orange"),
    "d3": gettext_lazy("Green"),
    "d4": gettext_lazy("Plum"),
    "d5": gettext_lazy("Straw"),
    "d6": gettext_lazy("Sky"),
}


def collection_choices(*, by_hand: bool = False) -> list[tuple[str, str]]:
    """Return every collection, or those filled by hand, by the name in English, for a list to choose from."""
    known = [each for each in catalog.collections() if not by_hand or each.kind is CollectionKind.HAND]
    return [(str(each.id), each.name.en or each.name.zh) for each in known]


def rows_in(rows: QuerySet[Any], collection_id: str) -> QuerySet[Any]:
    """Return the products among these that were chosen by hand for a collection."""
    chosen = collection_models.CollectionProduct.objects.filter(collection=int(collection_id), part=Part.IN.value)
    return rows.filter(pk__in=chosen.values("product"))


def _state(row: collection_models.Collection) -> Pill:
    now = timezone.now()
    if not row.is_published:
        return Pill(_("Not shown"), "quiet")
    if row.starts_at and row.starts_at > now:
        return Pill(_("Begins later"), "info")
    return Pill(_("Over"), "quiet") if row.ends_at and row.ends_at <= now else Pill(_("In the shop"), "good")


COLLECTIONS = Listing(
    name="goods-collections",
    title=gettext_lazy("Collections"),
    caption=gettext_lazy("Goods shown together, from all over the shop: chosen one by one, or found by a rule."),
    empty=gettext_lazy("Add the first collection: gifts, what is new, what is on reduction."),
    see="catalog.view",
    rows=lambda: collection_models.Collection.objects.annotate(goods=Count("named")),
    order=("position", "pk"),
    search=lambda rows, text: rows.filter(Q(name_en__icontains=text) | Q(name_zh__icontains=text) | Q(slug__icontains=text)),
    search_hint=gettext_lazy("Name or web name"),
    columns=(
        name_column("goods_collections", label=gettext_lazy("Collection"), note=lambda row: row.slug),
        Column(name="kind", label=gettext_lazy("Filled"), value=lambda row: word(KINDS, row.kind)),
        Column(name="state", label=gettext_lazy("State"), value=_state, kind="pill"),
        Column(name="goods", label=gettext_lazy("Products named"), kind="number", is_minor=True, sort="goods"),
        Column(name="position", label=gettext_lazy("Position"), kind="number", sort="position", is_minor=True),
        Column(name="changed_at", label=gettext_lazy("Changed"), kind="moment", sort="changed_at", is_minor=True),
    ),
    filters=(
        Choice(
            name="kind",
            label=gettext_lazy("Filled"),
            choices=lambda: list(KINDS.items()),
            apply=lambda rows, value: rows.filter(kind=value),
        ),
    ),
)


class SaveCollection(Command):
    """A collection and its rule: the form for a new one and for changing one."""

    act = "catalog.save_collection"
    title = gettext_lazy("New collection")
    submit = gettext_lazy("Save collection")
    caption = gettext_lazy("A rule keeps the collection up to date by itself. Which goods are chosen by hand is said under “Arrange”.")
    RENAMED: ClassVar = {
        "name": "name_en", "intro": "intro_en", "rule": "match", "category": "categories", "brand": "brands", "price": "least",
        "text": "words", "days": "new_days",
    }  # fmt: skip

    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=limits.NAME, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=limits.NAME, required=False)
    slug = forms.CharField(
        label=gettext_lazy("Web name"), max_length=80, required=False, help_text=gettext_lazy("Small letters, digits and hyphens.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("Filled"), choices=lambda: list(KINDS.items()))
    intro_en = forms.CharField(
        label=gettext_lazy("Introduction in English"), max_length=limits.INTRO, required=False, widget=forms.Textarea
    )
    intro_zh = forms.CharField(
        label=gettext_lazy("Introduction in Chinese"), max_length=limits.INTRO, required=False, widget=forms.Textarea
    )
    drawing = forms.CharField(label=gettext_lazy("Drawing"), max_length=40, required=False)
    tint = forms.ChoiceField(label=gettext_lazy("Tint"), choices=lambda: list(TINTS.items()), required=False)
    sort = forms.ChoiceField(label=gettext_lazy("Order of the goods"), choices=lambda: list(SORTS.items()))
    is_published = forms.BooleanField(label=gettext_lazy("Show in the shop"), required=False)
    starts_at = forms.DateTimeField(
        label=gettext_lazy("Shown from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    ends_at = forms.DateTimeField(
        label=gettext_lazy("Shown until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    is_in_menu = forms.BooleanField(label=gettext_lazy("Name it in the menu"), required=False)
    position = forms.IntegerField(label=pgettext_lazy("of a shelf", "Position"), initial=0)
    match = forms.ChoiceField(label=gettext_lazy("Goods must meet"), choices=lambda: list(MATCHES.items()), required=False)
    categories = forms.MultipleChoiceField(label=gettext_lazy("On one of these shelves"), required=False)
    brands = forms.MultipleChoiceField(label=gettext_lazy("Of one of these brands"), required=False)
    words = forms.CharField(label=gettext_lazy("The name contains"), max_length=rules.TEXT, required=False)
    new_days = UnitsField(
        label=gettext_lazy("Added within so many days"),
        least=1,
        most=rules.MOST_DAYS,
        required=False,
        help_text=gettext_lazy("Today counts."),
    )
    least = MoneyField(label=gettext_lazy("Costs at least"), required=False)
    most = MoneyField(label=gettext_lazy("Costs at most"), required=False)
    in_stock = forms.BooleanField(label=gettext_lazy("Only what is in stock"), required=False)
    reduced = forms.BooleanField(label=gettext_lazy("Only what is on reduction"), required=False)

    def prepare(self) -> None:
        target = CollectionId(self.target_id or 0)
        self.collection: Collection | None
        self.collection, attributes, brands, shelves = together.read(
            lambda: catalog.collection_by_id(target) if self.target_id else None, catalog.attributes, catalog.brands, category_choices
        )
        language = self.setting.language
        self.attributes: list[Attribute] = [each for each in attributes if each.kind is TraitKind.CHOICE]
        self.fields["categories"].choices = shelves  # type: ignore[attr-defined]
        self.fields["brands"].choices = [(str(each.id), each.name.pick(language)) for each in brands]  # type: ignore[attr-defined]
        for each in self.attributes:
            self.fields[f"answers_{each.id}"] = forms.MultipleChoiceField(
                label=each.name.pick(language),
                required=False,
                choices=[(str(choice.id), choice.name.pick(language)) for choice in each.choices],
            )
        asked = [f"answers_{each.id}" for each in self.attributes]
        self.groups = [
            (_("Names"), ["name_en", "name_zh", "slug", "kind"]),
            (_("On the page"), ["intro_en", "intro_zh", "drawing", "tint", "sort"]),
            (_("When and where"), ["is_published", "starts_at", "ends_at", "is_in_menu", "position"]),
            (
                _("The rule, where a rule fills it"),
                ["match", "categories", "brands", "words", "new_days", "least", "most", "in_stock", "reduced"],
            ),
            *([(_("What is said of the goods"), asked)] if asked else []),
        ]
        if self.collection:
            self.title = gettext_lazy("Change collection")
            self._begin(self.collection)

    def _begin(self, each: Collection) -> None:
        zone = ZoneInfo(self.setting.zone)
        self.start(
            name_en=each.name.en, name_zh=each.name.zh, slug=each.slug, kind=each.kind.value, intro_en=each.intro.en,
            intro_zh=each.intro.zh, drawing=each.drawing, tint=each.tint, sort=each.sort.value, is_published=each.is_published,
            is_in_menu=each.is_in_menu, position=each.position, match=each.rule.match.value,
            starts_at=each.starts_at and each.starts_at.astimezone(zone).replace(tzinfo=None),
            ends_at=each.ends_at and each.ends_at.astimezone(zone).replace(tzinfo=None),
        )  # fmt: skip
        for condition in each.rule.conditions:
            self._begin_condition(condition)

    def _begin_condition(self, each: Condition) -> None:
        ids = [str(number) for number in each.ids]
        start: dict[ConditionKind, dict[str, object]] = {
            ConditionKind.CATEGORY: {"categories": ids},
            ConditionKind.BRAND: {"brands": ids},
            ConditionKind.ANSWER: {f"answers_{each.attribute_id}": ids},
            ConditionKind.NAME: {"words": each.text},
            ConditionKind.NEW: {"new_days": each.days},
            ConditionKind.PRICE: {"least": each.least_minor, "most": each.most_minor},
            ConditionKind.IN_STOCK: {"in_stock": True},
            ConditionKind.REDUCED: {"reduced": True},
        }
        self.start(**{name: value for name, value in start[each.kind].items() if name in self.fields})

    def name(self) -> str:
        return self.collection.name.pick(self.setting.language) if self.collection else ""

    def rule(self) -> Rule:
        """Return the rule as it was answered: one condition for each question that was."""
        found = self.cleaned_data
        chosen = [
            (found["categories"], Condition(kind=ConditionKind.CATEGORY, ids=_ids(found["categories"]))),
            (found["brands"], Condition(kind=ConditionKind.BRAND, ids=_ids(found["brands"]))),
            (found["words"], Condition(kind=ConditionKind.NAME, text=found["words"])),
            (found["new_days"], Condition(kind=ConditionKind.NEW, days=found["new_days"])),
            (
                found["least"] is not None or found["most"] is not None,
                Condition(kind=ConditionKind.PRICE, least_minor=found["least"], most_minor=found["most"]),
            ),
            (found["in_stock"], Condition(kind=ConditionKind.IN_STOCK)),
            (found["reduced"], Condition(kind=ConditionKind.REDUCED)),
        ]
        said = [
            (ids, Condition(kind=ConditionKind.ANSWER, attribute_id=AttributeId(each.id), ids=_ids(ids)))
            for each in self.attributes
            if (ids := found[f"answers_{each.id}"])
        ]
        return Rule(
            match=Match(found["match"] or Match.ALL.value), conditions=tuple(each for is_asked, each in [*chosen, *said] if is_asked)
        )

    def draft(self) -> CollectionDraft:
        """Return the collection as it was written."""
        found = self.cleaned_data
        return CollectionDraft(
            slug=found["slug"] or slugify(found["name_en"])[:80],
            name=Bilingual(found["name_en"], found["name_zh"]),
            intro=Bilingual(found["intro_en"], found["intro_zh"]),
            kind=CollectionKind(found["kind"]),
            drawing=found["drawing"],
            tint=found["tint"],
            rule=self.rule(),
            sort=Sort(found["sort"]),
            is_published=found["is_published"],
            is_in_menu=found["is_in_menu"],
            position=found["position"],
            starts_at=self._moment("starts_at"),
            ends_at=self._moment("ends_at"),
        )

    def _moment(self, name: str) -> datetime | None:
        # Typed in the shop's own time, whatever the process takes for local.
        typed: datetime | None = self.cleaned_data[name]
        return typed.replace(tzinfo=ZoneInfo(self.setting.zone)) if typed else None

    def run(self, *, actor: UserId, now: datetime) -> Done:
        draft = self.draft()
        saved = catalog.save_collection(collection_id=self.collection.id if self.collection else None, draft=draft, actor=actor, now=now)
        return Done(_("“%(name)s” is saved.") % {"name": draft.name.pick(self.setting.language)}, saved)


def _ids(values: Iterable[str]) -> tuple[int, ...]:
    return tuple(int(each) for each in values)


class ArrangeCollection(Command):
    """The goods a collection names, in their order: one web name a line."""

    act = "catalog.name_products"
    title = gettext_lazy("Arrange")
    submit = gettext_lazy("Save the order")
    caption = gettext_lazy(
        "One product a line, by its web name; what stands behind it on the line is only for you. Move, add or take away lines. Many at "
        "once go in from the list of products: search there, tick, and “Change many”."
    )
    RENAMED: ClassVar = {"product": "lines", "products": "lines", "left_out": "out"}

    lines = forms.CharField(label=gettext_lazy("Products in their order"), required=False, widget=forms.Textarea(attrs={"rows": 24}))
    out = forms.CharField(label=gettext_lazy("Left out by hand"), required=False, widget=forms.Textarea(attrs={"rows": 6}))

    def prepare(self) -> None:
        self.collection = catalog.collection_by_id(CollectionId(self.target_id or 0))
        named = catalog.named_in(self.collection.id)
        known = catalog.products([each.product_id for each in named])
        self.is_by_rule = self.collection.kind is CollectionKind.RULE
        if self.is_by_rule:
            self.fields["lines"].label = _("Put first")
        else:
            del self.fields["out"]
        parts = (Part.FIRST, Part.OUT) if self.is_by_rule else (Part.IN,)
        for part, name in zip(parts, ("lines", "out"), strict=False):
            self.start(**{name: "\n".join(self._line(known[each.product_id]) for each in named if each.part is part)})

    def _line(self, product: Product) -> str:
        return f"{product.slug}  {product.name.pick(self.setting.language)}"

    def name(self) -> str:
        return self.collection.name.pick(self.setting.language)

    def _named(self, field: str) -> Sequence[ProductId]:
        slugs = list(dict.fromkeys(line.split()[0] for line in self.cleaned_data[field].splitlines() if line.strip()))
        known = catalog.ids_by_slug(slugs)
        for each in slugs:
            if each not in known:
                raise NotFound("product", each)
        return [known[each] for each in slugs]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        first, out = self._named("lines"), self._named("out") if self.is_by_rule else ()
        catalog.arrange_collection(collection_id=self.collection.id, products=first, left_out=out, actor=actor, now=now)
        return Done(_("“%(name)s” is arranged.") % {"name": self.name()}, self.collection.id)
