"""How the owner sets the shop's particulars."""

from datetime import datetime
from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.kit.console import Command, Done, Fact, UnitsField
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.places import CountryField, ZoneField
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.shop import public as shop


class SaveShop(Command):
    """Everything shoppers and authorities need to know of the shop."""

    act = "shop.save"
    title = gettext_lazy("Shop settings")
    submit = gettext_lazy("Save settings")
    caption = gettext_lazy("Who you are, where you are, and how the shop reckons days and taxes.")
    RENAMED: ClassVar = {"name": "name_en", "tagline": "tagline_en", "version": "seen_version"}
    groups = (
        (gettext_lazy("The shop"), ("name_en", "name_zh", "tagline_en", "tagline_zh")),
        (
            gettext_lazy("Licence and address, shown at the foot of every page"),
            ("legal_name", "address", "licence_number", "licence_authority"),
        ),
        (gettext_lazy("How to be reached"), ("email", "phone")),
        (gettext_lazy("Place and language"), ("country", "zone", "language")),
    )
    seen_version = UnitsField(most=2**62, widget=forms.HiddenInput)
    name_en = forms.CharField(
        label=gettext_lazy("Name in English"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("On every page, mail and invoice that English readers see."),
    )
    name_zh = forms.CharField(
        label=gettext_lazy("Name in Chinese"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("The same for Chinese readers; empty: they see the English one."),
    )
    tagline_en = forms.CharField(
        label=gettext_lazy("A line below it, in English"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("What the shop is about, in a few words; may be empty."),
    )
    tagline_zh = forms.CharField(
        label=gettext_lazy("A line below it, in Chinese"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("The same for Chinese readers."),
    )
    legal_name = forms.CharField(
        label=gettext_lazy("Legal name"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("The person or company that sells, as registered."),
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Street, town and postcode of that person or company."),
    )
    licence_number = forms.CharField(
        label=gettext_lazy("Licence or register number"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("In China the unified social credit code, elsewhere the number in the trade register."),
    )
    licence_authority = forms.CharField(
        label=gettext_lazy("Issued by"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("The authority that keeps that register."),
    )
    email = forms.CharField(
        label=gettext_lazy("Mail address"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("Buyers write there, and answers to mails of the shop go there."),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("With the country’s code, such as +44 117 496 0000; may be empty."),
    )
    country = CountryField(
        label=gettext_lazy("Country"), help_text=gettext_lazy("Where the shop is registered: it decides which tax holds.")
    )
    zone = ZoneField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Such as Europe/London or Asia/Shanghai. A day of trade begins at midnight there."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("First language of visitors"),
        choices=(("en", "English"), ("zh-hans", "简体中文")),
        help_text=gettext_lazy("Shown to whoever’s browser asks for neither; each visitor can change it."),
    )

    def prepare(self) -> None:
        self.shop = each = shop.shop()
        self.start(
            seen_version=each.version, name_en=each.name.en, name_zh=each.name.zh, tagline_en=each.tagline.en, tagline_zh=each.tagline.zh,
            legal_name=each.legal_name, address=each.address, licence_number=each.licence_number, licence_authority=each.licence_authority,
            email=each.email, phone=each.phone, country=each.country, zone=each.zone, language=each.language,
        )  # fmt: skip

    def facts(self) -> list[Fact]:
        return [
            Fact(_("Book currency"), self.shop.currency, "currency"),
            Fact(_("Kind of shop"), _("Sample shop") if self.shop.is_sample else _("Real shop")),
        ]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        plain = ("legal_name", "address", "licence_number", "licence_authority", "email", "phone", "country", "zone", "language")
        shop.save(
            actor=actor,
            now=now,
            seen_version=found["seen_version"],
            name=Bilingual(found["name_en"], found["name_zh"]),
            tagline=Bilingual(found["tagline_en"], found["tagline_zh"]),
            **{name: found[name] for name in plain},
        )
        return Done(_("The settings are saved."))
