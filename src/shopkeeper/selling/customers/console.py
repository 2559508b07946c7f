"""How staff see the people who buy."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.kit.console import Choice, Column, Command, Days, Done, Listing, Pill
from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.kit.naming import by_number, customer_name
from shopkeeper.kit.places import CountryField
from shopkeeper.selling.customers import models
from shopkeeper.selling.customers import public as customers


def _find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    fits = Q(name__icontains=text) | Q(email__icontains=text) | by_number(text)
    # Whoever is known by several records is found by what any of them says.
    return rows.filter(fits | Q(pk__in=models.Customer.objects.filter(fits, merged_into__isnull=False).values("merged_into_id")))


def _rows() -> QuerySet[Any]:
    return models.Customer.objects.filter(merged_into=None)


CUSTOMERS = Listing(
    name="customers",
    title=gettext_lazy("Customers"),
    caption=gettext_lazy("Members have an account; guests ordered without one."),
    empty=gettext_lazy("The first customer comes with the first order."),
    see="customers.view",
    export="customers.export",
    rows=_rows,
    order=("-joined_at", "-pk"),
    search=_find,
    search_hint=gettext_lazy("Name, mail address or number"),
    columns=(
        Column(
            name="name",
            label=gettext_lazy("Customer"),
            value=lambda row: customer_name(row.name, row.external_code) or row.email or f"#{row.pk}",
            note=lambda row: row.email,
            sort="name",
            url=lambda row: reverse("console_customers:page", args=[row.pk]),
        ),
        Column(
            name="is_guest",
            label=gettext_lazy("Kind"),
            value=lambda row: Pill(_("guest"), "quiet") if row.is_guest else Pill(_("member"), "info"),
            kind="pill",
        ),
        Column(name="country", label=gettext_lazy("Country"), kind="country", sort="country"),
        Column(name="joined_at", label=gettext_lazy("First seen"), kind="moment", sort="joined_at", is_minor=True),
    ),
    filters=(
        Choice(
            name="kind",
            label=gettext_lazy("Kind"),
            choices=lambda: [("member", _("member")), ("guest", _("guest"))],
            apply=lambda rows, value: rows.filter(is_guest=value == "guest"),
        ),
        Days(name="joined", label=gettext_lazy("First seen"), moment="joined_at"),
    ),
)


class SaveCustomer(Command):
    """A customer's particulars."""

    act = "customers.save"
    title = gettext_lazy("Change particulars")
    submit = gettext_lazy("Save particulars")
    caption = gettext_lazy("The trail keeps which fields changed, never what they held.")
    name_ = forms.CharField(label=gettext_lazy("Name"), max_length=150, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of mails"), choices=(("en", "English"), ("zh-hans", "简体中文")))
    country = CountryField(label=gettext_lazy("Country"), none=gettext_lazy("Not known"))
    RENAMED = {"name": "name_"}

    def prepare(self) -> None:
        self.customer = customers.customer(CustomerId(self.target_id or 0))
        each = self.customer
        self.start(name_=each.name, phone=each.phone, language=each.language, country=each.country)

    def name(self) -> str:
        return customer_name(self.customer.name, self.customer.external_code) or self.customer.email

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        saved = customers.save_customer(
            customer_id=self.customer.id, name=found["name_"], phone=found["phone"], language=found["language"], country=found["country"],
            actor=actor, now=now,
        )  # fmt: skip
        return Done(_("The particulars are saved."), saved.id)
