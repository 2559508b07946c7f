"""How staff see and edit the catalogue."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from shopkeeper.kit.console import Bulk, Choice, Column, Command, Done, Listing, Pill, UnitsField, both
from shopkeeper.kit.ids import CategoryId, OptionValueId, ProductId, UserId, VariantId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.console_drafts import STATE
from shopkeeper.selling.catalog.rules import limits
from shopkeeper.selling.catalog.shapes import Category, Product, VariantDraft
from shopkeeper.selling.catalog.shapes_drafts import Place, Version, VersionVariant, Working
from shopkeeper.selling.catalog.shapes_options import OptionDraft

SPARE_VARIANTS = 1
NOTHING_YET = Version(slug="", name=Bilingual())


def _products() -> QuerySet[models.Product]:
    # Asked for each row shown, never joined: who counts or sorts products does not look at their variants.
    own = models.Variant.objects.filter(product=OuterRef("pk")).order_by()
    return models.Product.objects.select_related("category").annotate(
        choices=Coalesce(Subquery(own.values("product").annotate(n=Count("pk")).values("n")), 0),
        variant_ids=ArraySubquery(own.order_by("pk").values("pk")),
    )


def find_products(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Return the products that have the text in a name, or a SKU that begins with it."""
    names = Q(name_en__icontains=text) | Q(name_zh__icontains=text) | Q(source_name__icontains=text)
    named = models.Product.objects.filter(names).order_by().values("pk")
    # Apart, so that SKUs are found by their index.
    return rows.filter(pk__in=named.union(models.Variant.objects.filter(sku__istartswith=text).order_by().values("product")))


def category_choices() -> list[tuple[str, str]]:
    """Return every category as the reader names it, sub-categories after their parent."""
    language = get_language() or "en"
    known = catalog.categories()
    found: list[tuple[str, str]] = []
    for each in known:
        if each.parent_id is None:
            found.append((str(each.id), each.name.pick(language)))
            found += [(str(sub.id), f"{each.name.pick(language)} › {sub.name.pick(language)}") for sub in known if sub.parent_id == each.id]
    return found


def _published(row: models.Product) -> Pill:
    return Pill(_("In the shop"), "good") if row.is_published else Pill(_("Not shown"), "quiet")


def _publish(pk: int, actor: UserId, now: datetime) -> None:
    catalog.publish(product_id=ProductId(pk), actor=actor, now=now)


def _unpublish(pk: int, actor: UserId, now: datetime) -> None:
    catalog.unpublish(product_id=ProductId(pk), actor=actor, now=now)


NAME_COLUMN = Column(
    name="name",
    label=gettext_lazy("Product"),
    value=lambda row: both(row, "name"),
    note=lambda row: row.slug,
    sort="name_en",
    url=lambda row: reverse("console_products:page", args=[row.pk]),
)

PRODUCTS = Listing(
    name="products",
    title=gettext_lazy("Products"),
    caption=gettext_lazy("Everything the shop sells or has sold. What was ever traded is taken off sale, never deleted."),
    empty=gettext_lazy("Add the first product, or import goods from a file."),
    see="catalog.view",
    rows=_products,
    order=("rank", "pk"),
    search=find_products,
    search_hint=gettext_lazy("Name or SKU"),
    columns=(
        NAME_COLUMN,
        Column(
            name="category",
            label=gettext_lazy("Category"),
            value=lambda row: both(row.category, "name") if row.category else None,
            note=lambda row: _("derived") if row.category and row.is_category_derived else None,
        ),
        Column(name="state", label=gettext_lazy("State"), value=_published, kind="pill", sort="is_published"),
        Column(name="choices", label=gettext_lazy("Variants"), kind="number", is_minor=True, sort="choices"),
        Column(name="changed_at", label=gettext_lazy("Changed"), kind="moment", sort="changed_at", is_minor=True),
    ),
    filters=(
        Choice(
            name="category",
            label=gettext_lazy("Category"),
            choices=category_choices,
            apply=lambda rows, value: rows.filter(Q(category=value) | Q(category__parent=value)),
        ),
        STATE,
    ),
    bulk=(
        Bulk(
            name="publish",
            label=gettext_lazy("Show in the shop"),
            act="catalog.publish",
            ask=gettext_lazy("Shoppers will see these products at once."),
            done=gettext_lazy("Shown in the shop"),
            run=_publish,
        ),
        Bulk(
            name="unpublish",
            label=gettext_lazy("Take off sale"),
            act="catalog.publish",
            ask=gettext_lazy("Shoppers will not find these products any more. Orders already placed stay as they are."),
            done=gettext_lazy("Taken off sale"),
            run=_unpublish,
        ),
    ),
)

CATEGORIES = Listing(
    name="categories",
    title=gettext_lazy("Categories"),
    caption=gettext_lazy("The shelves of the shop, in the order shoppers see them."),
    empty=gettext_lazy("Add the first category."),
    see="catalog.view",
    rows=lambda: models.Category.objects.select_related("parent"),
    order=("position", "pk"),
    search=lambda rows, text: rows.filter(Q(name_en__icontains=text) | Q(name_zh__icontains=text) | Q(slug__icontains=text)),
    search_hint=gettext_lazy("Name or web name"),
    columns=(
        Column(
            name="name",
            label=gettext_lazy("Category"),
            value=lambda row: both(row, "name"),
            note=lambda row: row.slug,
            sort="name_en",
            url=lambda row: reverse("console_categories:edit", args=[row.pk]),
        ),
        Column(name="parent", label=gettext_lazy("Belongs to"), value=lambda row: both(row.parent, "name") if row.parent else None),
        Column(
            name="is_derived",
            label=gettext_lazy("Origin"),
            value=lambda row: Pill(_("derived"), "quiet") if row.is_derived else None,
            kind="pill",
            is_minor=True,
        ),
        Column(name="position", label=gettext_lazy("Position"), kind="number", sort="position", is_minor=True),
    ),
)


class SaveProduct(Command):
    """A product with all its variants: the form for a new one and for changing one."""

    act = "catalog.save_product"
    title = gettext_lazy("New product")
    submit = gettext_lazy("Save product")
    caption = gettext_lazy("Write both languages where you can; a missing one shows the other.")
    RENAMED: ClassVar = {
        "name": "name_en",
        "text": "text_en",
        "sku": "sku_0",
        "variants": "sku_0",
        "weight_g": "weight_0",
        "option": "option_en_0",
        "value": "sku_0",
    }

    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=limits.NAME, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=limits.NAME, required=False)
    slug = forms.CharField(
        label=gettext_lazy("Web name"),
        max_length=80,
        required=False,
        help_text=gettext_lazy(
            "Small letters, digits and hyphens; part of the page's address. Left empty, it is made from the English name."
        ),
    )
    category = forms.TypedChoiceField(label=gettext_lazy("Category"), coerce=int, empty_value=None, required=False)
    text_en = forms.CharField(label=gettext_lazy("Description in English"), max_length=limits.TEXT, required=False, widget=forms.Textarea)
    text_zh = forms.CharField(label=gettext_lazy("Description in Chinese"), max_length=limits.TEXT, required=False, widget=forms.Textarea)
    photo_url = forms.CharField(
        label=gettext_lazy("Photo"),
        max_length=limits.PHOTO,
        required=False,
        help_text=gettext_lazy(
            "A path under this shop's media; leave it empty and upload pictures after saving, under “Change pictures”. "
            "Without any the shop draws one."
        ),
    )
    is_published = forms.BooleanField(label=gettext_lazy("Show in the shop"), required=False)

    def prepare(self) -> None:
        self.work = catalog.working(ProductId(self.target_id)) if self.target_id else None
        self.product = self.work.live if self.work else None
        self.version = self.work.version if self.work else NOTHING_YET
        self.fields["category"].choices = [("", _("No category")), *category_choices()]  # type: ignore[attr-defined]
        self.options = self.version.options
        self.variant_ids: list[VariantId | None] = [each.id for each in self.version.variants] + [None] * SPARE_VARIANTS
        names = [self._variant_fields(index) for index in range(len(self.variant_ids))]
        self.groups = [
            (_("Names"), ["name_en", "name_zh", "slug", "category"]),
            (_("Description"), ["text_en", "text_zh", "photo_url", "is_published"]),
            *[(self._variant_title(index), fields) for index, fields in enumerate(names)],
        ]
        if self.work:
            self.title = gettext_lazy("Change product")
            self._begin(self.work)

    def _variant_title(self, index: int) -> str:
        is_known = index < len(self.version.variants) or self._is_first(index)
        return _("Variant %(number)d") % {"number": index + 1} if is_known else _("New variant, if there is one")

    def _is_first(self, index: int) -> bool:
        """Return whether this is the one variant that a new product cannot be without."""
        return index == 0 and not self.version.variants

    def _variant_fields(self, index: int) -> list[str]:
        new = index >= len(self.version.variants)
        made: dict[str, forms.Field] = {
            f"sku_{index}": forms.CharField(label="SKU", max_length=limits.SKU, required=not new or self._is_first(index)),
            f"weight_{index}": UnitsField(label=_("Weight in grams"), most=limits.MOST_WEIGHT_G, required=False),
            **self._choice_fields(index),
            f"sellable_{index}": forms.BooleanField(label=_("On sale"), required=False, initial=True),
        }
        for name, field in made.items():
            self.fields[name] = field
        return list(made)

    def _choice_fields(self, index: int) -> dict[str, forms.Field]:
        """Return what a variant stands for: one value of each option, or free words where the product has no options."""
        if not self.options:
            return {
                f"option_en_{index}": forms.CharField(label=_("Choice in English"), max_length=limits.OPTION, required=False),
                f"option_zh_{index}": forms.CharField(label=_("Choice in Chinese"), max_length=limits.OPTION, required=False),
            }
        language = self.setting.language
        return {
            f"value_{place}_{index}": forms.ChoiceField(
                label=option.name.pick(language),
                required=False,
                choices=[("", "–"), *((_answer(option, index), value.name.pick(language)) for index, value in enumerate(option.values))],
            )
            for place, option in enumerate(self.options, 1)
        }

    def _stands_for(self, index: int, each: VersionVariant) -> dict[str, object]:
        if not self.options:
            return {f"option_en_{index}": each.option.en, f"option_zh_{index}": each.option.zh}
        return {f"value_{place + 1}_{index}": _answer(self.options[place], value) for place, value in each.stands}

    def _begin(self, work: Working) -> None:
        known = work.version
        self.start(
            name_en=known.name.en, name_zh=known.name.zh, slug=known.slug, category=known.category_id, text_en=known.text.en,
            text_zh=known.text.zh, photo_url=known.photo_url, is_published=work.is_published or work.desk.draft_id is not None,
        )  # fmt: skip
        for index, each in enumerate(known.variants):
            self.start(
                **{
                    f"sku_{index}": each.sku,
                    f"weight_{index}": each.weight_g,
                    **self._stands_for(index, each),
                    f"sellable_{index}": each.is_sellable,
                }
            )

    def name(self) -> str:
        return self.product.name.pick(self.setting.language) if self.product else ""

    def said(self) -> Version:
        """Return all that the form says, with what it does not ask as it was; an empty row for a new variant is no variant."""
        found = self.cleaned_data
        return replace(
            self.version,
            slug=found["slug"] or slugify(found["name_en"])[:80],
            name=Bilingual(found["name_en"], found["name_zh"]),
            text=Bilingual(found["text_en"], found["text_zh"]),
            category_id=found["category"],
            photo_url=found["photo_url"],
            variants=tuple(
                VersionVariant(
                    id=variant_id,
                    sku=found[f"sku_{index}"],
                    option=Bilingual(found.get(f"option_en_{index}", ""), found.get(f"option_zh_{index}", "")),
                    weight_g=found[f"weight_{index}"] or 0,
                    is_sellable=found[f"sellable_{index}"],
                    stands=self._places(index),
                )
                for index, variant_id in enumerate(self.variant_ids)
                if found[f"sku_{index}"]
            ),
        )

    def _places(self, index: int) -> tuple[Place, ...]:
        return tuple(
            (place, value)
            for place, option in enumerate(self.options)
            for value in range(len(option.values))
            if self.cleaned_data[f"value_{place + 1}_{index}"] == _answer(option, value)
        )

    def drafts(self) -> Sequence[VariantDraft]:
        """Return the variants as written, each standing for values the product has already."""
        return [
            VariantDraft(
                id=each.id,
                sku=each.sku,
                option=each.option,
                weight_g=each.weight_g,
                is_sellable=each.is_sellable,
                value_ids=self._ids(each) if self.options else None,
            )
            for each in self.said().variants
        ]

    def _ids(self, each: VersionVariant) -> tuple[OptionValueId, ...]:
        found = [self.options[place].values[value].id for place, value in each.stands]
        return tuple(value for value in found if value is not None)

    def save(self, *, is_published: bool, actor: UserId, now: datetime) -> Product:
        """Save straight into the shop what the form says. Raises what `catalog.save_product` raises."""
        said = self.said()
        return catalog.save_product(
            product_id=self.work.desk.product_id if self.work else None,
            slug=said.slug,
            name=said.name,
            text=said.text,
            category_id=said.category_id,
            variants=self.drafts(),
            is_published=is_published,
            photo_url=said.photo_url,
            actor=actor,
            now=now,
        )

    def run(self, *, actor: UserId, now: datetime) -> Done:
        saved = self.save(is_published=self.cleaned_data["is_published"], actor=actor, now=now)
        return Done(_("“%(name)s” is saved.") % {"name": saved.name.pick(self.setting.language)}, saved.id)


def _answer(option: OptionDraft, value: int) -> str:
    """Return what an answer is called in the form: its id, or its place where it is new."""
    return str(option.values[value].id or f"new{value}")


class SaveCategory(Command):
    """A category: the form for a new one and for changing one."""

    act = "catalog.save_category"
    title = gettext_lazy("New category")
    submit = gettext_lazy("Save category")
    RENAMED: ClassVar = {"name": "name_en", "intro": "intro_en", "category": "parent"}
    groups = (
        (gettext_lazy("Names"), ("name_en", "name_zh", "slug", "parent")),
        (gettext_lazy("On the page"), ("intro_en", "intro_zh", "drawing", "position")),
    )

    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=limits.NAME, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=limits.NAME, required=False)
    slug = forms.CharField(
        label=gettext_lazy("Web name"), max_length=80, required=False, help_text=gettext_lazy("Small letters, digits and hyphens.")
    )
    parent = forms.TypedChoiceField(label=gettext_lazy("Belongs to"), coerce=int, empty_value=None, required=False)
    intro_en = forms.CharField(
        label=gettext_lazy("Introduction in English"), max_length=limits.INTRO, required=False, widget=forms.Textarea
    )
    intro_zh = forms.CharField(
        label=gettext_lazy("Introduction in Chinese"), max_length=limits.INTRO, required=False, widget=forms.Textarea
    )
    drawing = forms.CharField(label=gettext_lazy("Drawing"), max_length=40, required=False)
    position = forms.IntegerField(label=pgettext_lazy("of a shelf", "Position"), initial=0)

    def prepare(self) -> None:
        known = {each.id: each for each in catalog.categories()}
        self.category = self._known(known) if self.target_id else None
        language = self.setting.language
        tops = [(str(each.id), each.name.pick(language)) for each in known.values() if each.parent_id is None and each.id != self.target_id]
        self.fields["parent"].choices = [("", _("Stands on its own")), *tops]  # type: ignore[attr-defined]
        if self.category:
            self.title = gettext_lazy("Change category")
            each = self.category
            self.start(
                name_en=each.name.en, name_zh=each.name.zh, slug=each.slug, parent=each.parent_id, intro_en=each.intro.en,
                intro_zh=each.intro.zh, drawing=each.drawing, position=each.position,
            )  # fmt: skip

    def _known(self, known: dict[CategoryId, Category]) -> Category:
        wanted = CategoryId(self.target_id or 0)
        if wanted not in known:
            raise NotFound("category", wanted)
        return known[wanted]

    def name(self) -> str:
        return self.category.name.pick(self.setting.language) if self.category else ""

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        saved = catalog.save_category(
            category_id=self.category.id if self.category else None,
            slug=found["slug"] or slugify(found["name_en"])[:80],
            name=Bilingual(found["name_en"], found["name_zh"]),
            intro=Bilingual(found["intro_en"], found["intro_zh"]),
            parent_id=found["parent"],
            drawing=found["drawing"],
            tint=self.category.tint if self.category else "",
            position=found["position"],
            actor=actor,
            now=now,
        )
        return Done(_("“%(name)s” is saved.") % {"name": found["name_en"] or found["name_zh"]}, saved)
