"""How staff see and edit brands and attributes, and describe products by them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from shopkeeper.kit import together
from shopkeeper.kit.console import Choice, Column, Command, Done, Listing, Pill, name_column, word
from shopkeeper.kit.ids import AttributeId, BrandId, ChoiceId, ProductId, UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.rules import limits
from shopkeeper.selling.catalog.rules import traits as rules
from shopkeeper.selling.catalog.shapes import Attribute, Brand, ChoiceDraft, TraitDraft, TraitKind
from shopkeeper.selling.catalog.shapes_drafts import Version, Working

SPARE_CHOICES = 4
KINDS = {
    TraitKind.CHOICE.value: gettext_lazy("Answers to choose from"),
    TraitKind.NUMBER.value: gettext_lazy("A number"),
    TraitKind.TEXT.value: pgettext_lazy("what an attribute says", "Words"),
}


def _of_brand() -> Coalesce:
    shown = models.Product.objects.filter(brand=OuterRef("pk"), is_published=True).order_by().values("brand")
    return Coalesce(Subquery(shown.annotate(n=Count("pk")).values("n")), 0)


def _attributes() -> QuerySet[models.Attribute]:
    # From what is said, not from the products: only those of which this attribute says something are looked at.
    said = models.AttributeValue.objects.filter(attribute=OuterRef("pk"), product__is_published=True).order_by().values("attribute")
    answers = models.AttributeChoice.objects.filter(attribute=OuterRef("pk")).order_by().values("attribute")
    return models.Attribute.objects.annotate(
        answers=Coalesce(Subquery(answers.annotate(n=Count("pk")).values("n")), 0),
        products=Coalesce(Subquery(said.annotate(n=Count("product", distinct=True)).values("n")), 0),
    )


def _finder(code: str) -> Callable[[QuerySet[Any], str], QuerySet[Any]]:
    def find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(name_en__icontains=text) | Q(name_zh__icontains=text) | Q(**{f"{code}__icontains": text}))

    return find


BRANDS = Listing(
    name="brands",
    title=gettext_lazy("Brands"),
    caption=gettext_lazy("Who makes the goods, as their label says. Shoppers narrow shelves down by brand."),
    empty=gettext_lazy("Add the first brand, then choose it on a product’s page under “Describe”."),
    see="catalog.view",
    rows=lambda: models.Brand.objects.annotate(products=_of_brand()),
    order=("name_en", "pk"),
    search=_finder("slug"),
    search_hint=gettext_lazy("Name or web name"),
    columns=(
        name_column("brands", label=gettext_lazy("Brand"), note=lambda row: row.slug),
        Column(name="products", label=gettext_lazy("Products in the shop"), kind="number", sort="products"),
    ),
)


ATTRIBUTES = Listing(
    name="attributes",
    title=gettext_lazy("Attributes"),
    caption=gettext_lazy("What can be said of goods: colour, width, care. Those with answers to choose from can narrow shelves down."),
    empty=gettext_lazy("Add the first attribute: a colour, a material, a size in centimetres."),
    see="catalog.view",
    rows=_attributes,
    order=("position", "pk"),
    search=_finder("code"),
    search_hint=gettext_lazy("Name or web name"),
    columns=(
        name_column("attributes", label=gettext_lazy("Attribute"), note=lambda row: row.code),
        Column(name="kind", label=gettext_lazy("What it says"), value=lambda row: word(KINDS, row.kind)),
        Column(
            name="is_filter",
            label=gettext_lazy("Narrows down"),
            value=lambda row: Pill(pgettext("of a filter", "yes"), "good") if row.is_filter else None,
            kind="pill",
            sort="is_filter",
        ),
        Column(name="answers", label=gettext_lazy("Answers"), kind="number", is_minor=True),
        Column(name="products", label=gettext_lazy("Products in the shop"), kind="number", sort="products"),
        Column(name="position", label=gettext_lazy("Position"), kind="number", sort="position", is_minor=True),
    ),
    filters=(
        Choice(
            name="kind",
            label=gettext_lazy("What it says"),
            choices=lambda: list(KINDS.items()),
            apply=lambda rows, value: rows.filter(kind=value),
        ),
    ),
)


class SaveBrand(Command):
    """A brand: the form for a new one and for changing one."""

    act = "catalog.save_brand"
    title = gettext_lazy("New brand")
    submit = gettext_lazy("Save brand")
    RENAMED: ClassVar = {"name": "name_en", "intro": "intro_en"}
    groups = (
        (gettext_lazy("Names"), ("name_en", "name_zh", "slug")),
        (gettext_lazy("On the page"), ("intro_en", "intro_zh")),
    )

    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=limits.NAME, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=limits.NAME, required=False)
    slug = forms.CharField(
        label=gettext_lazy("Web name"), max_length=80, required=False, help_text=gettext_lazy("Small letters, digits and hyphens.")
    )
    intro_en = forms.CharField(
        label=gettext_lazy("Introduction in English"), max_length=limits.INTRO, required=False, widget=forms.Textarea
    )
    intro_zh = forms.CharField(
        label=gettext_lazy("Introduction in Chinese"), max_length=limits.INTRO, required=False, widget=forms.Textarea
    )

    def prepare(self) -> None:
        self.brand = catalog.brand_by_id(BrandId(self.target_id)) if self.target_id else None
        if self.brand:
            self.title = gettext_lazy("Change brand")
            each = self.brand
            self.start(name_en=each.name.en, name_zh=each.name.zh, slug=each.slug, intro_en=each.intro.en, intro_zh=each.intro.zh)

    def name(self) -> str:
        return self.brand.name.pick(self.setting.language) if self.brand else ""

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        saved = catalog.save_brand(
            brand_id=self.brand.id if self.brand else None,
            slug=found["slug"] or slugify(found["name_en"])[:80],
            name=Bilingual(found["name_en"], found["name_zh"]),
            intro=Bilingual(found["intro_en"], found["intro_zh"]),
            actor=actor,
            now=now,
        )
        return Done(_("“%(name)s” is saved.") % {"name": found["name_en"] or found["name_zh"]}, saved)


class SaveAttribute(Command):
    """An attribute with its answers: the form for a new one and for changing one."""

    act = "catalog.save_attribute"
    title = gettext_lazy("New attribute")
    submit = gettext_lazy("Save attribute")
    caption = gettext_lazy("An answer whose names are both left empty is taken away, unless goods are described by it.")
    RENAMED: ClassVar = {"name": "name_en", "choices": "answer_en_0", "swatch": "swatch_0"}

    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=limits.NAME, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=limits.NAME, required=False)
    code = forms.CharField(
        label=gettext_lazy("Web name"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Small letters, digits and hyphens; stands in the address of a narrowed shelf."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("What it says"), choices=lambda: list(KINDS.items()))
    unit = forms.CharField(
        label=gettext_lazy("Unit"), max_length=rules.UNIT, required=False, help_text=gettext_lazy("Of a number: cm, g, W.")
    )
    is_filter = forms.BooleanField(
        label=gettext_lazy("Shoppers narrow shelves down by it"), required=False, help_text=gettext_lazy("Needs answers to choose from.")
    )
    position = forms.IntegerField(label=pgettext_lazy("of a shelf", "Position"), initial=0)

    def prepare(self) -> None:
        self.attribute = catalog.attribute_by_id(AttributeId(self.target_id)) if self.target_id else None
        known = self.attribute.choices if self.attribute else ()
        self.choice_ids: list[ChoiceId | None] = [each.id for each in known] + [None] * SPARE_CHOICES
        self.groups = [
            (_("Names"), ["name_en", "name_zh", "code", "position"]),
            (_("What it says"), ["kind", "unit", "is_filter"]),
            *[(_("Answer %(number)d") % {"number": index + 1}, self._fields_of(index)) for index in range(len(self.choice_ids))],
        ]
        if self.attribute:
            self.title = gettext_lazy("Change attribute")
            self._begin(self.attribute)

    def _fields_of(self, index: int) -> list[str]:
        made = {
            f"answer_en_{index}": forms.CharField(label=_("Answer in English"), max_length=limits.NAME, required=False),
            f"answer_zh_{index}": forms.CharField(label=_("Answer in Chinese"), max_length=limits.NAME, required=False),
            f"answer_code_{index}": forms.CharField(label=_("Web name"), max_length=40, required=False),
            f"swatch_{index}": forms.CharField(
                label=_("Colour to show"), max_length=7, required=False, help_text=_("Like #b93a2b; empty: none.") if not index else ""
            ),
        }
        for name, field in made.items():
            self.fields[name] = field
        return list(made)

    def _begin(self, known: Attribute) -> None:
        self.start(
            name_en=known.name.en, name_zh=known.name.zh, code=known.code, kind=known.kind.value, unit=known.unit,
            is_filter=known.is_filter, position=known.position,
        )  # fmt: skip
        for index, each in enumerate(known.choices):
            self.start(
                **{
                    f"answer_en_{index}": each.name.en,
                    f"answer_zh_{index}": each.name.zh,
                    f"answer_code_{index}": each.code,
                    f"swatch_{index}": each.swatch,
                }
            )

    def name(self) -> str:
        return self.attribute.name.pick(self.setting.language) if self.attribute else ""

    def drafts(self) -> Sequence[ChoiceDraft]:
        """Return the answers as written; one without a name is none."""
        found = self.cleaned_data
        return [
            ChoiceDraft(
                id=choice_id,
                code=found[f"answer_code_{index}"] or slugify(found[f"answer_en_{index}"])[:40],
                name=Bilingual(found[f"answer_en_{index}"], found[f"answer_zh_{index}"]),
                swatch=found[f"swatch_{index}"],
            )
            for index, choice_id in enumerate(self.choice_ids)
            if found[f"answer_en_{index}"].strip() or found[f"answer_zh_{index}"].strip()
        ]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        saved = catalog.save_attribute(
            attribute_id=self.attribute.id if self.attribute else None,
            code=found["code"] or slugify(found["name_en"])[:40],
            name=Bilingual(found["name_en"], found["name_zh"]),
            kind=TraitKind(found["kind"]),
            unit=found["unit"],
            is_filter=found["is_filter"],
            position=found["position"],
            choices=self.drafts(),
            actor=actor,
            now=now,
        )
        return Done(_("“%(name)s” is saved.") % {"name": found["name_en"] or found["name_zh"]}, saved)


class Describe(Command):
    """Who makes a product, and what is said of it by each attribute."""

    act = "catalog.describe"
    title = gettext_lazy("Describe")
    submit = gettext_lazy("Save description")
    caption = gettext_lazy("Shoppers read it on the product’s page and narrow shelves down by it. What is left empty is not said.")
    RENAMED: ClassVar = {"brand_id": "brand"}

    brand = forms.TypedChoiceField(label=gettext_lazy("Brand"), coerce=int, empty_value=None, required=False)

    def prepare(self) -> None:
        product_id = ProductId(self.target_id or 0)
        known: tuple[Working, tuple[Attribute, ...], tuple[Brand, ...]] = together.read(
            lambda: catalog.working(product_id), catalog.attributes, catalog.brands
        )
        self.work, self.attributes, makers = known
        self.version = self.work.version
        language = self.setting.language
        named = [(str(each.id), each.name.pick(language)) for each in makers]
        self.fields["brand"].choices = [("", _("No brand")), *named]  # type: ignore[attr-defined]
        self.start(brand=self.version.brand_id)
        said = {each.attribute_id: each for each in self.version.traits}
        self.groups = [(_("Brand"), ["brand"])]
        for each in self.attributes:
            self.groups.append((each.name.pick(language), self._fields_of(each)))
            if (trait := said.get(each.id)) is not None:
                first, *others = self._names(each)
                start: dict[TraitKind, object] = {
                    TraitKind.CHOICE: [str(choice) for choice in trait.choice_ids],
                    TraitKind.NUMBER: trait.number,
                    TraitKind.TEXT: trait.text.en,
                }
                self.start(**{first: start[each.kind], **dict.fromkeys(others, trait.text.zh)})

    def _names(self, attribute: Attribute) -> list[str]:
        languages = ("en", "zh") if attribute.kind is TraitKind.TEXT else ("",)
        return [f"trait_{attribute.id}{language and '_' + language}" for language in languages]

    def _fields_of(self, attribute: Attribute) -> list[str]:
        language = self.setting.language
        called = attribute.name.pick(language)
        names = self._names(attribute)
        if attribute.kind is TraitKind.CHOICE:
            self.fields[names[0]] = forms.MultipleChoiceField(
                label=called,
                required=False,
                choices=[(str(each.id), each.name.pick(language)) for each in attribute.choices],
                widget=forms.CheckboxSelectMultiple,
            )
        elif attribute.kind is TraitKind.NUMBER:
            label = f"{called} ({attribute.unit})" if attribute.unit else called
            self.fields[names[0]] = forms.DecimalField(label=label, required=False, max_digits=14, decimal_places=4)
        else:
            for name, words in zip(names, (_("In English"), _("In Chinese")), strict=True):
                self.fields[name] = forms.CharField(label=words, required=False, max_length=rules.TEXT)
        return names

    def name(self) -> str:
        return self.version.name.pick(self.setting.language)

    def drafts(self) -> Sequence[TraitDraft]:
        """Return what is said by each attribute; an empty answer says nothing."""
        return [self._draft(each, [self.cleaned_data[name] for name in self._names(each)]) for each in self.attributes]

    def _draft(self, attribute: Attribute, answers: Sequence[Any]) -> TraitDraft:
        number: Decimal | None = answers[0] if attribute.kind is TraitKind.NUMBER else None
        return TraitDraft(
            attribute_id=attribute.id,
            choice_ids=tuple(ChoiceId(int(each)) for each in answers[0]) if attribute.kind is TraitKind.CHOICE else (),
            number=number,
            text=Bilingual(*answers) if attribute.kind is TraitKind.TEXT else Bilingual(),
        )

    def said(self) -> Version:
        """Return all that is said of the product, with what the form does not ask as it was."""
        brand_id = self.cleaned_data["brand"]
        return replace(self.version, brand_id=None if brand_id is None else BrandId(brand_id), traits=tuple(self.drafts()))

    def save(self, *, actor: UserId, now: datetime) -> None:
        """Save straight into the shop what the form says. Raises what `catalog.describe` raises."""
        said = self.said()
        catalog.describe(product_id=self.work.desk.product_id, brand_id=said.brand_id, traits=said.traits, actor=actor, now=now)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        self.save(actor=actor, now=now)
        return Done(_("“%(name)s” is described.") % {"name": self.name()}, self.work.desk.product_id)
