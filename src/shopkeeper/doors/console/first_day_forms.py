"""The forms of the first day: each asks for as little as its step needs, begins with what is there, and saves by the rooms' own faces."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.doors.console import frame, reading
from shopkeeper.doors.console.gallery import sent
from shopkeeper.doors.console.safekeeping import BackUpNow
from shopkeeper.doors.console.staff import LANGUAGES, Invite
from shopkeeper.flows import first_day, first_day_acts
from shopkeeper.kit.console import Command, Done, Fact, MoneyField, UnitsField, word
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.money import exponent, portion, tax_within
from shopkeeper.kit.places import CountryField, CurrencyField, ZoneField, currency_name
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.content.console import KINDS
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.console import TAX_MODES
from shopkeeper.selling.pricing.shapes import TaxMode
from shopkeeper.selling.shop import public as shop

PICTURES = "image/jpeg,image/png,image/webp,image/avif,image/gif"


class Name(Command):
    """What the shop is called, in both languages."""

    act = "shop.save"
    submit = gettext_lazy("Save the name")
    title = gettext_lazy("Name of the shop")
    RENAMED: ClassVar = {"name": "name_en", "tagline": "tagline_en"}
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=80, required=False)
    tagline_en = forms.CharField(label=gettext_lazy("A line below it, in English"), max_length=160, required=False)
    tagline_zh = forms.CharField(label=gettext_lazy("A line below it, in Chinese"), max_length=160, required=False)

    def prepare(self) -> None:
        each = shop.shop()
        name = {code: "" if said in first_day.FIRST_NAMES else said for code, said in (("en", each.name.en), ("zh", each.name.zh))}
        self.start(name_en=name["en"], name_zh=name["zh"], tagline_en=each.tagline.en, tagline_zh=each.tagline.zh)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        name, line = Bilingual(found["name_en"], found["name_zh"]), Bilingual(found["tagline_en"], found["tagline_zh"])
        saved = shop.save(actor=actor, now=now, name=name, tagline=line)
        return Done(_("The shop is called “%(name)s”.") % {"name": reading.pick(saved.name)})


class Place(Command):
    """Where the shop is, by which clock and currency it trades, and how it is reached."""

    act = "shop.save"
    submit = gettext_lazy("Save place and address")
    title = gettext_lazy("Place and language")
    country = CountryField(label=gettext_lazy("Country"))
    currency = CurrencyField(label=gettext_lazy("Currency"), help_text=gettext_lazy("Fixed from the first order on."))
    zone = ZoneField(label=gettext_lazy("Time zone"))
    language = forms.ChoiceField(label=gettext_lazy("First language of visitors"), choices=LANGUAGES)
    email = forms.CharField(label=gettext_lazy("Mail address"), max_length=254)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)

    def prepare(self) -> None:
        each = shop.shop()
        names = ("country", "currency", "zone", "language", "email", "phone")
        self.start(**{name: getattr(each, name) for name in names})

    def run(self, *, actor: UserId, now: datetime) -> Done:
        saved = first_day_acts.save_place(**self.cleaned_data, actor=actor, now=now)
        values = {"country": reading.country(saved.country), "currency": currency_name(saved.currency)}
        return Done(_("The shop stands in %(country)s and trades in %(currency)s.") % values)


class Licence(Command):
    """Who sells, and where that is registered."""

    act = "shop.save"
    submit = gettext_lazy("Save the licence")
    title = gettext_lazy("Licence and address")
    legal_name = forms.CharField(label=gettext_lazy("Legal name"), max_length=160)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=300)
    licence_number = forms.CharField(label=gettext_lazy("Licence or register number"), max_length=80)
    licence_authority = forms.CharField(label=gettext_lazy("Issued by"), max_length=160)

    def prepare(self) -> None:
        each = shop.shop()
        self.start(**{name: getattr(each, name) for name in self.fields})

    def run(self, *, actor: UserId, now: datetime) -> Done:
        shop.save(actor=actor, now=now, **self.cleaned_data)
        return Done(_("Licence and address stand at the foot of every page."))


class SetLogo(Command):
    """A picture of the shop's own in the place of the seal."""

    act = "shop.set_logo"
    submit = gettext_lazy("Use this logo")
    title = gettext_lazy("Logo")
    logo = forms.FileField(
        label=gettext_lazy("Picture"),
        widget=forms.FileInput(attrs={"accept": PICTURES}),
        help_text=gettext_lazy("JPEG, PNG, WebP, AVIF or GIF, at least 40 pixels each way. It is made anew: only the picture is kept."),
    )
    RENAMED: ClassVar[Mapping[str, str]] = {"picture": "logo", "photos": "logo"}

    def run(self, *, actor: UserId, now: datetime) -> Done:
        first_day_acts.set_logo(file=sent(self.cleaned_data["logo"]), actor=actor, now=now)
        return Done(_("Your logo stands at the head of every page."))


class KeepSeal(Command):
    """The drawn seal stays."""

    act = "shop.set_logo"
    submit = gettext_lazy("Keep the seal")
    title = gettext_lazy("Keep the seal")

    def run(self, *, actor: UserId, now: datetime) -> Done:
        first_day_acts.keep_seal(actor=actor, now=now)
        return Done(_("The red seal stays; a logo can follow at any time."))


class Taxes(Command):
    """The rate at home and whether prices contain it."""

    act = "pricing.save_tax_rate"
    submit = gettext_lazy("Save taxes")
    title = gettext_lazy("Taxes")
    RENAMED: ClassVar[Mapping[str, str]] = {"basis_points": "percent"}
    percent = forms.DecimalField(label=gettext_lazy("Rate in per cent"), min_value=0, max_value=100, decimal_places=2)
    tax_mode = forms.ChoiceField(label=gettext_lazy("How tax is stated"), choices=TAX_MODES)

    def prepare(self) -> None:
        self.seen = first_day.read(frame.began()).seen
        rate = first_day.home_rate(self.seen)
        usual = first_day.USUAL_RATES.get(self.seen.shop.country)
        points = rate.basis_points if rate else usual
        self.start(percent=None if points is None else points / 100, tax_mode=first_day.default_list(self.seen).tax_mode.value)

    def facts(self) -> list[Fact]:
        rate = first_day.home_rate(self.seen)
        if rate is None:
            return []
        price = 12 * 10 ** exponent(self.seen.shop.currency)
        mode = first_day.default_list(self.seen).tax_mode
        tax = (tax_within if mode is TaxMode.INCLUDED else portion)(price, rate.basis_points)
        amounts = {"price": price, "tax": tax, "total": price + tax}
        values = {name: reading.money(minor, self.seen.shop.currency) for name, minor in amounts.items()}
        said = (
            _("A thing for %(price)s contains %(tax)s tax.")
            if mode is TaxMode.INCLUDED
            else _("A thing for %(price)s costs %(total)s: %(tax)s tax is added.")
        )
        return [Fact(_("Example"), said % values)]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        points = int(self.cleaned_data["percent"] * 100)
        first_day_acts.save_taxes(basis_points=points, tax_mode=TaxMode(self.cleaned_data["tax_mode"]), actor=actor, now=now)
        return Done(_("Taxes are settled for %(country)s.") % {"country": reading.country(shop.shop().country)})


class Delivery(Command):
    """The first way to the buyer: its price, its days and how far it goes."""

    act = "pricing.save_delivery_option"
    submit = gettext_lazy("Save delivery")
    title = gettext_lazy("Delivery")
    RENAMED: ClassVar[Mapping[str, str]] = {"name": "name_en"}
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=200, required=False)
    price = MoneyField(label=gettext_lazy("Price"))
    free_from = MoneyField(label=gettext_lazy("Free from goods worth"), required=False)
    days_least = UnitsField(label=gettext_lazy("Days, at least"), most=365)
    days_most = UnitsField(label=gettext_lazy("Days, at most"), most=365)
    is_everywhere = forms.BooleanField(label=gettext_lazy("It also goes to every other country"), required=False)

    def prepare(self) -> None:
        self.seen = first_day.read(frame.began()).seen
        known = first_day.home_ways(self.seen)
        self.way = known[0] if known else None
        if self.way is None:
            self.start(name_en="Standard delivery", name_zh="标准配送", days_least=2, days_most=5)
            return
        each = self.way
        self.start(name_en=each.name.en, name_zh=each.name.zh, price=each.price_minor, free_from=each.free_from_minor,
                   days_least=each.days[0], days_most=each.days[1], is_everywhere=not each.countries)  # fmt: skip

    def facts(self) -> list[Fact]:
        currency, country = self.seen.shop.currency, self.seen.shop.country
        worth = 30 * 10 ** exponent(currency)
        found = []
        for each in pricing.delivery_options(country=country, goods_minor=worth):
            price = reading.money(each.price_minor, currency) if each.price_minor else _("free")
            values = {"worth": reading.money(worth, currency), "country": reading.country(country), "price": price,
                      "least": each.days[0], "most": each.days[1]}  # fmt: skip
            said = _("Goods worth %(worth)s to %(country)s: %(price)s, %(least)s–%(most)s days.") % values
            found.append(Fact(reading.pick(each.name), said))
        return found

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        saved = first_day_acts.save_delivery(
            option=self.way.id if self.way else None, name=Bilingual(found["name_en"], found["name_zh"]), price_minor=found["price"],
            free_from_minor=found["free_from"], days=(found["days_least"], found["days_most"]), is_everywhere=found["is_everywhere"],
            actor=actor, now=now,
        )  # fmt: skip
        return Done(_("“%(name)s” is offered at checkout.") % {"name": reading.pick(saved.name)})


class ConfirmTexts(Command):
    """Somebody read a text and answers for it, by name and date."""

    act = "shop.confirm"
    submit = gettext_lazy("Confirm the texts ticked")
    title = gettext_lazy("Shop texts")
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("I have read these and they are right for this shop"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Your name and the date are kept. The words “this text is a template” leave the page."),
    )

    def prepare(self) -> None:
        waiting = first_day.unread(first_day.read(frame.began()).seen)
        self.fields["kinds"].choices = [(each.kind.value, word(KINDS, each.kind.value)) for each in waiting]  # type: ignore[attr-defined]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = first_day_acts.confirm_texts(kinds=self.cleaned_data["kinds"], actor=actor, now=now)
        return Done(_("Confirmed in your name: %(texts)s.") % {"texts": " · ".join(word(KINDS, each.kind.value) for each in found)})


class AddProduct(Command):
    """One product with everything a buyer needs."""

    act = "catalog.save_product"
    submit = gettext_lazy("Put it on the shelf")
    title = gettext_lazy("First product")
    RENAMED: ClassVar[Mapping[str, str]] = {"name": "name_en", "amount": "price", "slug": "name_en"}
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=200)
    sku = forms.CharField(label=gettext_lazy("Article number (SKU)"), max_length=40)
    price = MoneyField(label=gettext_lazy("Price"), least=1)
    units = UnitsField(label=gettext_lazy("Pieces in stock"), least=1)
    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": PICTURES}),
        help_text=gettext_lazy("Without one a drawing stands there."),
    )

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        made = first_day_acts.add_product(
            sku=found["sku"], name=Bilingual(found["name_en"], found["name_zh"]), price_minor=found["price"], units=found["units"],
            picture=sent(found["picture"]) if found["picture"] else None, actor=actor, now=now,
        )  # fmt: skip
        return Done(_("“%(name)s” is on the shelf.") % {"name": reading.pick(made.name)})


class SendLetter(Command):
    """A letter with sample data to whoever presses the button."""

    act = "messages.publish"
    submit = gettext_lazy("Send it to me")
    title = gettext_lazy("Test letter")
    language = forms.ChoiceField(label=gettext_lazy("Language of the mail"), choices=LANGUAGES)

    def prepare(self) -> None:
        self.start(language="zh-hans" if self.setting.language.startswith("zh") else "en")

    def run(self, *, actor: UserId, now: datetime) -> Done:
        to = first_day_acts.send_test_letter(language=self.cleaned_data["language"], actor=actor, now=now)
        return Done(_("A letter with sample data went to %(address)s: look whether it arrived.") % {"address": to})


class WorkAlone(Command):
    """Nobody else works here, on purpose."""

    act = "shop.confirm"
    submit = gettext_lazy("I work alone")
    title = gettext_lazy("Work alone")

    def run(self, *, actor: UserId, now: datetime) -> Done:
        first_day_acts.work_alone(actor=actor, now=now)
        return Done(_("Noted. Whoever joins later is invited under “Staff”."))


class OpenDoors(Command):
    """Shoppers come in from now on."""

    act = "shop.welcome"
    submit = gettext_lazy("Open the shop")
    title = gettext_lazy("Open the shop")
    is_known = forms.BooleanField(
        label=gettext_lazy("I know what is not done and open without it"),
        required=False,
        help_text=gettext_lazy("Needed only while a step above is open or needs a look."),
    )
    RENAMED: ClassVar[Mapping[str, str]] = {"steps": "is_known"}

    def run(self, *, actor: UserId, now: datetime) -> Done:
        first_day_acts.open_doors(knows_what_is_left=self.cleaned_data["is_known"], actor=actor, now=now)
        return Done(_("The shop is open. Good trade!"))


class PutAway(Command):
    """Today leads no longer to the guide."""

    act = "shop.confirm"
    submit = gettext_lazy("Do not show it on Today")
    title = gettext_lazy("Put the guide away")

    def run(self, *, actor: UserId, now: datetime) -> Done:
        first_day_acts.put_away(actor=actor, now=now)
        return Done(_("The guide is under “Shop settings” from now on."))


FORMS: dict[str, dict[str, type[Command]]] = {
    "name": {"name": Name},
    "place": {"place": Place},
    "licence": {"licence": Licence},
    "logo": {"logo": SetLogo, "seal": KeepSeal},
    "taxes": {"taxes": Taxes},
    "delivery": {"delivery": Delivery},
    "texts": {"texts": ConfirmTexts},
    "payment": {},
    "products": {"product": AddProduct},
    "mail": {"mail": SendLetter},
    "staff": {"invite": Invite, "alone": WorkAlone},
    "backups": {"backup": BackUpNow},
    "open": {"doors": OpenDoors, "away": PutAway},
}
"""The forms of each step, each under its own address."""
