"""How staff say which options a product has, make the missing variants, and put goods beside it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.kit import together
from shopkeeper.kit.console import Command, Done, Fact, UnitsField
from shopkeeper.kit.ids import AttributeId, ProductId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.console import find_products
from shopkeeper.selling.catalog.rules import limits
from shopkeeper.selling.catalog.rules import options as rules
from shopkeeper.selling.catalog.shapes import Attribute, Product, TraitKind
from shopkeeper.selling.catalog.shapes_options import (
    MOST_OPTIONS,
    MOST_RELATED,
    Extras,
    Link,
    LinkKind,
    NewVariant,
    Option,
    OptionDraft,
    OptionValueDraft,
    TooManyCombinations,
)

MOST_FOUND = 12


class SaveOptions(Command):
    """The options of a product, each with its values."""

    act = "catalog.save_options"
    title = gettext_lazy("Options")
    submit = gettext_lazy("Save options")
    caption = gettext_lazy(
        "What shoppers choose by: colour, size. A value whose names are both left empty is taken away; so is an option without a name. "
        "A new option is answered by its first value on every variant there is."
    )
    RENAMED: ClassVar = {
        "options": "name_en_0",
        "option_name_en": "name_en_0",
        "option_name_zh": "name_zh_0",
        "attribute": "attribute_0",
        "values": "more_0",
        "value_name_en": "more_0",
        "value_name_zh": "more_0",
        "choice": "more_0",
        "swatch": "more_0",
        "option": "more_0",
    }

    def prepare(self) -> None:
        product_id = ProductId(self.target_id or 0)
        known: tuple[Product, dict[ProductId, tuple[Option, ...]], tuple[Attribute, ...]] = together.read(
            lambda: catalog.product_by_id(product_id), lambda: catalog.options([product_id]), catalog.attributes
        )
        self.product, found, attributes = known
        self.attributes = {each.id: each for each in attributes if each.kind is TraitKind.CHOICE}
        own = found.get(product_id, ())
        self.options: list[Option | None] = [*own, *[None] * (MOST_OPTIONS - len(own))]
        self.groups = [(self._title(index), self._fields_of(index)) for index in range(MOST_OPTIONS)]

    def _title(self, index: int) -> str:
        option = self.options[index]
        number = {"number": index + 1}
        return option.name.pick(self.setting.language) if option else _("Option %(number)d, if there is one") % number

    def _fields_of(self, index: int) -> list[str]:
        option = self.options[index]
        named = [(str(each.id), each.name.pick(self.setting.language)) for each in self.attributes.values()]
        made: dict[str, forms.Field] = {
            f"name_en_{index}": forms.CharField(label=_("Name in English"), max_length=rules.NAME, required=False),
            f"name_zh_{index}": forms.CharField(label=_("Name in Chinese"), max_length=rules.NAME, required=False),
            f"attribute_{index}": forms.TypedChoiceField(
                label=_("Stands for the attribute"), coerce=int, empty_value=None, required=False,
                choices=[("", _("No attribute: values of its own")), *named],
            ),
            f"place_{index}": UnitsField(label=_("Place among the options"), least=1, most=9, required=False, initial=index + 1),
        }  # fmt: skip
        if option is not None:
            made |= self._value_fields(index, option)
        made[f"more_{index}"] = forms.CharField(
            label=_("Further values"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_(
                "One a line: English | Chinese | colour like #b93a2b; only the first is needed. For an attribute: the names of its "
                "answers; left empty for a new option, all of them."
            ),
        )
        self.fields.update(made)
        if option is not None:
            self._begin(index, option)
        return list(made)

    def _value_fields(self, index: int, option: Option) -> dict[str, forms.Field]:
        made: dict[str, forms.Field] = {}
        for place, each in enumerate(option.values):
            called = each.name.pick(self.setting.language)
            if each.choice_id is not None:
                made[f"keep_{index}_{place}"] = forms.BooleanField(label=called, required=False)
            else:
                made[f"value_en_{index}_{place}"] = forms.CharField(
                    label=_("“%(value)s” in English") % {"value": called}, max_length=rules.NAME, required=False
                )
                made[f"value_zh_{index}_{place}"] = forms.CharField(
                    label=_("“%(value)s” in Chinese") % {"value": called}, max_length=rules.NAME, required=False
                )
                made[f"swatch_{index}_{place}"] = forms.CharField(label=_("Colour to show"), max_length=7, required=False)
            made[f"order_{index}_{place}"] = UnitsField(
                label=_("Place of “%(value)s”") % {"value": called}, least=1, most=999, required=False
            )
        return made

    def _begin(self, index: int, option: Option) -> None:
        self.start(**{
            f"name_en_{index}": option.name.en,
            f"name_zh_{index}": option.name.zh,
            f"attribute_{index}": option.attribute_id,
        })  # fmt: skip
        for place, each in enumerate(option.values):
            self.start(**{f"order_{index}_{place}": place + 1})
            if each.choice_id is not None:
                self.start(**{f"keep_{index}_{place}": True})
            else:
                said = {"value_en": each.name.en, "value_zh": each.name.zh, "swatch": each.swatch}
                self.start(**{f"{name}_{index}_{place}": text for name, text in said.items()})

    def name(self) -> str:
        return self.product.name.pick(self.setting.language)

    def facts(self) -> Sequence[Fact]:
        """Return how many variants there are, on sale and off."""
        on_sale = sum(each.is_sellable for each in self.product.variants)
        return (
            Fact(_("Variants on sale"), on_sale, "number"),
            Fact(_("Variants off sale"), len(self.product.variants) - on_sale, "number"),
        )

    def drafts(self) -> list[OptionDraft]:
        """Return the options as written, in the places given; one without name and attribute is none. Raises NotFound."""
        found = self.cleaned_data
        drafts = []
        for index, option in enumerate(self.options):
            name = Bilingual(found[f"name_en_{index}"], found[f"name_zh_{index}"])
            attribute = self.attributes.get(AttributeId(found[f"attribute_{index}"] or 0))
            if not (name.en.strip() or name.zh.strip() or attribute):
                continue
            draft = OptionDraft(
                id=option.id if option else None,
                name=name,
                attribute_id=attribute.id if attribute else None,
                values=(*self._kept(index, option, attribute), *self._new(index, option, attribute)),
            )
            drafts.append((found[f"place_{index}"] or index + 1, draft))
        return [draft for _place, draft in sorted(drafts, key=lambda pair: pair[0])]

    def _kept(self, index: int, option: Option | None, attribute: Attribute | None) -> list[OptionValueDraft]:
        found = self.cleaned_data
        kept: list[tuple[int, OptionValueDraft]] = []
        for place, each in enumerate(option.values if option else ()):
            order = found[f"order_{index}_{place}"] or place + 1
            if each.choice_id is not None:
                own = {choice.id for choice in attribute.choices} if attribute else set()
                if found[f"keep_{index}_{place}"] and each.choice_id in own:
                    kept.append((order, OptionValueDraft(id=each.id, choice_id=each.choice_id)))
                elif found[f"keep_{index}_{place}"]:
                    kept.append((order, OptionValueDraft(id=each.id, name=each.name, swatch=each.swatch)))
                continue
            name = Bilingual(found[f"value_en_{index}_{place}"], found[f"value_zh_{index}_{place}"])
            if name.en.strip() or name.zh.strip():
                kept.append((order, OptionValueDraft(id=each.id, name=name, swatch=found[f"swatch_{index}_{place}"])))
        return [draft for _order, draft in sorted(kept, key=lambda pair: pair[0])]

    def _new(self, index: int, option: Option | None, attribute: Attribute | None) -> list[OptionValueDraft]:
        lines = [line for line in self.cleaned_data[f"more_{index}"].splitlines() if line.strip()]
        if attribute is None:
            return [_own_value(line) for line in lines]
        if not lines and option is None:
            return [OptionValueDraft(choice_id=each.id) for each in attribute.choices]
        return [OptionValueDraft(choice_id=_choice_named(line, attribute)) for line in lines]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        catalog.save_options(product_id=self.product.id, options=self.drafts(), actor=actor, now=now)
        return Done(_("The options of “%(name)s” are saved.") % {"name": self.name()}, self.product.id)


def _own_value(line: str) -> OptionValueDraft:
    en, zh, swatch = (*(part.strip() for part in line.replace("｜", "|").split("|")), "", "")[:3]
    return OptionValueDraft(name=Bilingual(en, zh), swatch=swatch)


def _choice_named(line: str, attribute: Attribute) -> Any:
    wanted = line.strip().casefold()
    for each in attribute.choices:
        if wanted in (each.code.casefold(), each.name.en.casefold(), each.name.zh.casefold()):
            return each.id
    raise NotFound("choice", line.strip()[:60])


class AddVariants(Command):
    """The combinations for which no variant stands, each with a SKU to accept or change, before any of them is made."""

    act = "catalog.add_variants"
    title = gettext_lazy("Make the missing variants")
    submit = gettext_lazy("Make these variants")
    caption = gettext_lazy(
        "One line for each combination that no variant stands for. Change the proposed SKU as you like; a combination whose SKU is left "
        "empty is not made. New variants show in the shop once they have a price."
    )
    RENAMED: ClassVar = {"variants": "weight_g", "values": "weight_g"}

    weight_g = UnitsField(label=gettext_lazy("Weight in grams, of each"), most=limits.MOST_WEIGHT_G, required=False)

    def prepare(self) -> None:
        self.product = catalog.product_by_id(ProductId(self.target_id or 0))
        try:
            self.missing: tuple[NewVariant, ...] = catalog.missing_variants(self.product.id)
        except TooManyCombinations:
            # Said beside the form when it is sent: the page itself has nothing to propose.
            self.missing = ()
        names = []
        for each in self.missing:
            name = "sku_" + "_".join(str(value) for value in each.value_ids)
            self.fields[name] = forms.CharField(label=each.option.pick(self.setting.language), max_length=limits.SKU, required=False)
            self.start(**{name: each.sku})
            names.append(name)
        if self.missing:
            self.start(weight_g=self.missing[0].weight_g)
        title = _("%(count)d combinations are missing") % {"count": len(names)} if names else _("No combination is missing")
        self.groups = [("", ["weight_g"]), (title, names)]

    def name(self) -> str:
        return self.product.name.pick(self.setting.language)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        catalog.missing_variants(self.product.id)
        wanted = [
            NewVariant(value_ids=each.value_ids, sku=sku, weight_g=self.cleaned_data["weight_g"] or 0)
            for each in self.missing
            if (sku := self.cleaned_data["sku_" + "_".join(str(value) for value in each.value_ids)])
        ]
        catalog.add_variants(product_id=self.product.id, variants=wanted, actor=actor, now=now)
        return Done(_("%(count)d variants are made. Give them prices and stock now.") % {"count": len(wanted)}, self.product.id)


class Relate(Command):
    """The goods that staff put beside a product, found by searching."""

    act = "catalog.relate"
    title = gettext_lazy("Related goods")
    submit = gettext_lazy("Save related goods")
    caption = gettext_lazy(
        "Shoppers see them on the product’s page before the rest of the shelf, at most twelve. One a line, by web name or SKU; what stands "
        "behind it is only for you. Move, add or take away lines."
    )
    RENAMED: ClassVar = {"links": "goes_with", "product": "goes_with"}

    goes_with = forms.CharField(label=gettext_lazy("Goes with it"), required=False, widget=forms.Textarea(attrs={"rows": 6}))
    instead = forms.CharField(label=gettext_lazy("In place of it"), required=False, widget=forms.Textarea(attrs={"rows": 6}))
    find = forms.CharField(
        label=gettext_lazy("Look for goods"),
        required=False,
        max_length=100,
        help_text=gettext_lazy(
            "A word of the name or the beginning of a SKU. What is found is shown to be ticked before anything is saved."
        ),
    )

    def prepare(self) -> None:
        product_id = ProductId(self.target_id or 0)
        known: tuple[Product, Extras] = together.read(lambda: catalog.product_by_id(product_id), lambda: catalog.extras(product_id))
        self.product, extras = known
        beside = catalog.products([each.product_id for each in extras.links])
        for kind, name in ((LinkKind.WITH, "goes_with"), (LinkKind.INSTEAD, "instead")):
            lines = [self._line(beside[each.product_id]) for each in extras.links if each.kind is kind]
            self.start(**{name: "\n".join(lines)})
        text = str(self.data.get("find", "")).strip()[:100]
        known_goods = models.Product.objects.order_by("rank", "pk")
        self.found = list(find_products(known_goods, text)[:MOST_FOUND]) if text else []
        if text:
            named = [(str(row.pk), f"{row.slug}  {Bilingual(row.name_en, row.name_zh).pick(self.setting.language)}") for row in self.found]
            for name, label in (("put_with", _("Found: put among what goes with it")), ("put_instead", _("Found: put in place of it"))):
                self.fields[name] = forms.MultipleChoiceField(
                    label=label, choices=named, required=False, widget=forms.CheckboxSelectMultiple,
                    help_text="" if named else _("Nothing found for “%(text)s”.") % {"text": text},
                )  # fmt: skip

    def _line(self, product: Product) -> str:
        return f"{product.slug}  {product.name.pick(self.setting.language)}"

    def name(self) -> str:
        return self.product.name.pick(self.setting.language)

    def is_seen(self) -> bool:
        """Return whether something of what was found is ticked, or nothing was looked for."""
        found = self.cleaned_data
        return not found["find"].strip() or bool(found.get("put_with") or found.get("put_instead"))

    def _links(self) -> list[Link]:
        found = self.cleaned_data
        links = []
        for kind, lines, put in ((LinkKind.WITH, "goes_with", "put_with"), (LinkKind.INSTEAD, "instead", "put_instead")):
            links += [Link(each, kind) for each in _named(found[lines])]
            links += [Link(ProductId(int(each)), kind) for each in found.get(put, ())]
        return links

    def run(self, *, actor: UserId, now: datetime) -> Done:
        catalog.relate(product_id=self.product.id, links=self._links(), actor=actor, now=now)
        return Done(_("Related goods of “%(name)s” are saved.") % {"name": self.name()}, self.product.id)


def _named(text: str) -> list[ProductId]:
    """Return the products that lines name by web name or SKU, in their order. Raises NotFound."""
    words = [line.split()[0] for line in text.splitlines() if line.strip()][: MOST_RELATED + 1]
    slugs, skus = catalog.ids_by_slug([each.lower() for each in words]), catalog.goods_by_sku(words)
    found = []
    for each in words:
        product_id = slugs.get(each.lower()) or (skus[each].product_id if each in skus else None)
        if product_id is None:
            raise NotFound("product", each[:80])
        found.append(product_id)
    return found
