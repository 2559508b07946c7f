"""How staff see and set prices, price lists, taxes and delivery."""

from datetime import datetime
from typing import ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from shopkeeper.kit import together
from shopkeeper.kit.console import (
    Choice,
    Column,
    Command,
    Done,
    Fact,
    Listing,
    MoneyField,
    Pill,
    UnitsField,
    active_column,
    both,
    by_goods,
    name_column,
)
from shopkeeper.kit.ids import DeliveryOptionId, PriceListId, UserId, VariantId
from shopkeeper.kit.money import BASIS_POINTS
from shopkeeper.kit.places import CountriesField, CountryField, country_choices, country_name
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Goods
from shopkeeper.selling.pricing import models
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import DeliveryOption, PriceList, TaxMode

TAX_MODES = (
    (TaxMode.INCLUDED.value, gettext_lazy("Tax is in the price")),
    (TaxMode.ADDED.value, gettext_lazy("Tax is added to the price")),
)


def list_choices() -> list[tuple[str, str]]:
    """Return every price list, the default first."""
    return [(str(each.id), each.name.pick(get_language() or "en")) for each in pricing.price_lists()]


PRICES = Listing(
    name="prices",
    title=gettext_lazy("Prices"),
    caption=gettext_lazy(
        "What each variant costs now. Every change is kept with its reason, and shoppers see the lowest earlier price beside a cut."
    ),
    empty=gettext_lazy("Prices appear once a product has one."),
    see="pricing.view",
    rows=lambda: models.Price.objects.select_related("variant__product", "price_list"),
    order=("-changed_at", "-pk"),
    search=by_goods,
    search_hint=gettext_lazy("Name or SKU"),
    columns=(
        Column(
            name="variant",
            label=gettext_lazy("Variant"),
            value=lambda row: both(row.variant.product, "name"),
            note=lambda row: " · ".join(
                part for part in (row.variant.sku, both(row.variant, "option").pick(get_language() or "en")) if part
            ),
            sort="variant__product__name_en",
            url=lambda row: reverse("console_prices:page", args=[row.variant_id]),
        ),
        Column(name="price_list", label=gettext_lazy("Price list"), value=lambda row: both(row.price_list, "name"), is_minor=True),
        Column(name="amount_minor", label=gettext_lazy("Price"), kind="money", sort="amount_minor"),
        Column(name="reference_minor", label=gettext_lazy("Reference"), kind="money", is_minor=True),
        Column(
            name="state",
            label=gettext_lazy("State"),
            value=lambda row: Pill(_("Withdrawn"), "warn") if row.amount_minor is None else None,
            kind="pill",
            is_minor=True,
        ),
        Column(name="changed_at", label=gettext_lazy("Since"), kind="moment", sort="changed_at"),
    ),
    filters=(
        Choice(
            name="list",
            label=gettext_lazy("Price list"),
            choices=list_choices,
            apply=lambda rows, value: rows.filter(price_list=value),
        ),
        Choice(
            name="state",
            label=gettext_lazy("State"),
            choices=lambda: [("cut", _("Reduced")), ("none", _("Withdrawn"))],
            apply=lambda rows, value: rows.filter(amount_minor=None) if value == "none" else rows.exclude(reference_minor=None),
        ),
    ),
)

PRICE_LISTS = Listing(
    name="price-lists",
    title=gettext_lazy("Price lists"),
    caption=gettext_lazy("The default list applies where no other is named. Each list says whether its prices include tax."),
    empty="",
    see="pricing.view",
    rows=models.PriceList.objects.all,
    order=("-is_default", "pk"),
    columns=(
        name_column("price_lists", label=gettext_lazy("Price list"), note=lambda row: row.code),
        Column(name="tax_mode", label=gettext_lazy("How tax is stated"), value=lambda row: str(dict(TAX_MODES)[row.tax_mode])),
        Column(
            name="is_default",
            label=gettext_lazy("Use"),
            value=lambda row: Pill(_("default"), "good") if row.is_default else None,
            kind="pill",
        ),
    ),
)

TAXES = Listing(
    name="taxes",
    title=gettext_lazy("Taxes"),
    caption=gettext_lazy("The rate of the country a parcel goes to; “all others” holds where a country has none of its own."),
    empty=gettext_lazy("Set the rate for all countries first."),
    see="pricing.view",
    rows=models.TaxRate.objects.all,
    order=("country",),
    columns=(
        Column(
            name="country",
            label=gettext_lazy("Country"),
            kind="country",
            value=lambda row: row.country or _("All others"),
            url=lambda row: reverse("console_taxes:edit", args=[row.pk]),
        ),
        Column(name="rate", label=gettext_lazy("Rate"), kind="percent", value=lambda row: row.basis_points, sort="basis_points"),
    ),
)


def _days(row: models.DeliveryOption) -> str:
    return str(row.days_least) if row.days_least == row.days_most else f"{row.days_least}–{row.days_most}"


DELIVERY = Listing(
    name="delivery",
    title=gettext_lazy("Ways of delivery"),
    caption=gettext_lazy("The ways to the buyer that checkout offers, in this order."),
    empty=gettext_lazy("Add the first way of delivery; without one nothing can be ordered."),
    see="pricing.view",
    rows=models.DeliveryOption.objects.all,
    order=("position", "pk"),
    columns=(
        name_column("delivery", label=gettext_lazy("Way of delivery"), note=lambda row: row.carrier),
        Column(name="price_minor", label=gettext_lazy("Price"), kind="money", sort="price_minor"),
        Column(name="free_from_minor", label=gettext_lazy("Free from"), kind="money", is_minor=True),
        Column(name="days", label=gettext_lazy("Days"), value=_days),
        Column(
            name="countries",
            label=pgettext_lazy("countries", "To"),
            value=lambda row: ", ".join(map(country_name, row.countries)) or _("everywhere else"),
            is_minor=True,
        ),
        active_column(gettext_lazy("State"), on=gettext_lazy("Offered"), off=gettext_lazy("Not offered")),
    ),
)


class PriceCommand(Command):
    """What setting and withdrawing a price share: the variant and the list it is about."""

    price_list = forms.TypedChoiceField(label=gettext_lazy("Price list"), coerce=int)

    def prepare(self) -> None:
        variant_id = VariantId(self.target_id or 0)
        self.goods: Goods
        self.goods, lists = together.read(lambda: catalog.goods_of(variant_id), list_choices)
        self.fields["price_list"].choices = lists  # type: ignore[attr-defined]
        wanted = self.asked.get("list", "")
        # The default list stands first.
        self.list_id = PriceListId(int(wanted if wanted.isascii() and wanted.isdigit() else lists[0][0]))
        self.tag = pricing.prices([self.goods.variant_id], price_list_id=self.list_id).get(self.goods.variant_id)
        self.start(price_list=self.list_id)

    def name(self) -> str:
        return self.goods.called(self.setting.language)

    def facts(self) -> list[Fact]:
        return [
            Fact("SKU", self.goods.sku, "code"),
            Fact(_("Price"), self.tag.amount_minor if self.tag else None, "money"),
            Fact(_("Reference"), self.tag.reference_minor if self.tag else None, "money"),
        ]


class SetPrice(PriceCommand):
    """A variant's price from now on, with the reason for it."""

    act = "pricing.set_price"
    title = gettext_lazy("Set a price")
    submit = gettext_lazy("Set the price")
    caption = gettext_lazy("It holds at once, for new orders only.")
    amount = MoneyField(label=gettext_lazy("New price"), least=1)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, help_text=gettext_lazy("Stands in the price log for ever."))

    def prepare(self) -> None:
        super().prepare()
        if self.tag:
            self.start(amount=self.tag.amount_minor)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        pricing.set_price(
            variant_id=self.goods.variant_id,
            amount_minor=found["amount"],
            price_list_id=found["price_list"],
            reason=found["reason"],
            actor=actor,
            now=now,
        )
        return Done(_("“%(name)s” has its new price.") % {"name": self.name()}, self.goods.variant_id)


class WithdrawPrice(PriceCommand):
    """Taking a price back."""

    act = "pricing.set_price"
    title = gettext_lazy("Withdraw a price")
    submit = gettext_lazy("Withdraw the price")
    caption = gettext_lazy("Without a price the variant cannot be bought from this list.")
    is_grave = True
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        pricing.withdraw_price(
            variant_id=self.goods.variant_id, price_list_id=found["price_list"], reason=found["reason"], actor=actor, now=now
        )
        return Done(_("“%(name)s” has no price in this list any more.") % {"name": self.name()}, self.goods.variant_id)


class SetCost(Command):
    """What one piece costs the shop, or that it is not known."""

    act = "pricing.set_cost"
    title = gettext_lazy("Set what a piece costs")
    submit = gettext_lazy("Set the cost")
    caption = gettext_lazy("Without tax. No price changes by it; a price set below it from now on waits for a second person.")
    cost = MoneyField(label=gettext_lazy("Cost per piece"), required=False, help_text=gettext_lazy("Empty: it is not known."))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False, help_text=gettext_lazy("Where it comes from."))

    def prepare(self) -> None:
        variant_id = VariantId(self.target_id or 0)
        self.goods: Goods
        self.goods, known = together.read(lambda: catalog.goods_of(variant_id), lambda: pricing.costs([variant_id]))
        self.present = known.get(variant_id)
        if self.present is not None:
            self.start(cost=self.present)

    def name(self) -> str:
        return self.goods.called(self.setting.language)

    def facts(self) -> list[Fact]:
        none = Fact(_("Cost per piece"), _("no cost given"))
        return [Fact("SKU", self.goods.sku, "code"), none if self.present is None else Fact(_("Cost per piece"), self.present, "money")]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        pricing.set_cost(variant_id=self.goods.variant_id, amount_minor=found["cost"], note=found["note"], actor=actor, now=now)
        if any(each.is_below_cost for each in pricing.margins(self.goods.variant_id).values()):
            told = _("The cost is kept. A present price of “%(name)s” lies below it without tax; nothing else was changed.")
            return Done(told % {"name": self.name()}, self.goods.variant_id, tone="warn")
        return Done(_("The cost of “%(name)s” is kept.") % {"name": self.name()}, self.goods.variant_id)


class SavePriceList(Command):
    """A price list: new, or changed."""

    act = "pricing.save_price_list"
    title = gettext_lazy("New price list")
    submit = gettext_lazy("Save price list")
    RENAMED: ClassVar = {"name": "name_en"}
    code = forms.CharField(label=gettext_lazy("Code"), max_length=40)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=200, required=False)
    tax_mode = forms.ChoiceField(label=gettext_lazy("How tax is stated"), choices=TAX_MODES)
    is_default = forms.BooleanField(label=gettext_lazy("The default list"), required=False)

    def prepare(self) -> None:
        self.known = _one([each for each in pricing.price_lists() if each.id == self.target_id], self.target_id, "price_list")
        if self.known:
            self.title = gettext_lazy("Change price list")
            each = self.known
            self.start(code=each.code, name_en=each.name.en, name_zh=each.name.zh, tax_mode=each.tax_mode.value, is_default=each.is_default)

    def name(self) -> str:
        return self.known.name.pick(self.setting.language) if self.known else ""

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        saved: PriceList = pricing.save_price_list(
            price_list_id=self.known.id if self.known else None,
            code=found["code"],
            name=Bilingual(found["name_en"], found["name_zh"]),
            tax_mode=TaxMode(found["tax_mode"]),
            is_default=found["is_default"],
            actor=actor,
            now=now,
        )
        return Done(_("“%(name)s” is saved.") % {"name": saved.name.pick(self.setting.language)}, saved.id)


class SaveTaxRate(Command):
    """A country's tax rate, typed in per cent."""

    act = "pricing.save_tax_rate"
    title = gettext_lazy("Set a tax rate")
    submit = gettext_lazy("Set the rate")
    caption = gettext_lazy("It holds for new quotes; orders already placed keep the rate they were placed with.")
    RENAMED: ClassVar = {"basis_points": "percent"}
    country = CountryField(
        label=gettext_lazy("Country"),
        none=gettext_lazy("All others"),
        help_text=gettext_lazy("“All others” are the countries without a rate of their own."),
    )
    percent = forms.DecimalField(label=gettext_lazy("Rate in per cent"), min_value=0, max_value=100, decimal_places=2)

    def prepare(self) -> None:
        self.row = models.TaxRate.objects.filter(pk=self.target_id).first() if self.target_id else None
        if self.target_id and self.row is None:
            raise NotFound("tax_rate", self.target_id)
        if self.row:
            self.start(country=self.row.country, percent=self.row.basis_points / 100)
            self.fields["country"].disabled = True

    def name(self) -> str:
        return _rated(self.row.country) if self.row else ""

    def run(self, *, actor: UserId, now: datetime) -> Done:
        points = int(self.cleaned_data["percent"] * BASIS_POINTS / 100)
        saved = pricing.save_tax_rate(country=self.cleaned_data["country"], basis_points=points, actor=actor, now=now)
        return Done(_("The rate for %(where)s is set.") % {"where": _rated(saved.country)})


class SaveDeliveryOption(Command):
    """A way of delivery: new, or changed."""

    act = "pricing.save_delivery_option"
    title = gettext_lazy("New way of delivery")
    submit = gettext_lazy("Save delivery")
    RENAMED: ClassVar = {"name": "name_en"}
    groups = (
        (gettext_lazy("What it is"), ("code", "carrier", "name_en", "name_zh")),
        (gettext_lazy("What it costs and takes"), ("price", "free_from", "days_least", "days_most")),
        (gettext_lazy("Where it is offered"), ("countries", "position", "is_active")),
    )
    code = forms.CharField(label=gettext_lazy("Code"), max_length=40)
    carrier = forms.CharField(label=gettext_lazy("Carrier"), max_length=80, required=False)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=200, required=False)
    price = MoneyField(label=gettext_lazy("Price"))
    free_from = MoneyField(label=gettext_lazy("Free from goods worth"), required=False)
    days_least = UnitsField(label=gettext_lazy("Days, at least"), most=365)
    days_most = UnitsField(label=gettext_lazy("Days, at most"), most=365)
    countries = CountriesField(
        label=gettext_lazy("Countries"),
        required=False,
        help_text=gettext_lazy("None ticked: everywhere else, that is every country that no other way offered at checkout is ticked for."),
    )
    position = UnitsField(label=gettext_lazy("Place in the list"), initial=0)
    is_active = forms.BooleanField(label=gettext_lazy("Offered at checkout"), required=False, initial=True)

    def prepare(self) -> None:
        self.row = models.DeliveryOption.objects.filter(pk=self.target_id).first() if self.target_id else None
        if self.target_id and self.row is None:
            raise NotFound("delivery", self.target_id)
        if self.row:
            self.title = gettext_lazy("Change way of delivery")
            row = self.row
            # Two hundred names scroll: those already ticked stand first.
            ticked = sorted(country_choices(), key=lambda pair: pair[0] not in row.countries)
            self.fields["countries"].choices = ticked  # type: ignore[attr-defined]
            self.start(
                code=row.code, carrier=row.carrier, name_en=row.name_en, name_zh=row.name_zh, price=row.price_minor,
                free_from=row.free_from_minor, days_least=row.days_least, days_most=row.days_most, countries=row.countries,
                position=row.position, is_active=row.is_active,
            )  # fmt: skip

    def name(self) -> str:
        return both(self.row, "name").pick(self.setting.language) if self.row else ""

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        saved: DeliveryOption = pricing.save_delivery_option(
            delivery_option_id=DeliveryOptionId(self.row.pk) if self.row else None,
            code=found["code"],
            name=Bilingual(found["name_en"], found["name_zh"]),
            carrier=found["carrier"],
            price_minor=found["price"],
            free_from_minor=found["free_from"],
            days=(found["days_least"], found["days_most"]),
            countries=found["countries"],
            position=found["position"],
            is_active=found["is_active"],
            actor=actor,
            now=now,
        )
        return Done(_("“%(name)s” is saved.") % {"name": saved.name.pick(self.setting.language)}, saved.id)


def _rated(country: str) -> str:
    return country_name(country) if country else _("All others")


def _one(found: list[PriceList], wanted: int | None, kind: str) -> PriceList | None:
    if wanted and not found:
        raise NotFound(kind, wanted)
    return found[0] if found else None
