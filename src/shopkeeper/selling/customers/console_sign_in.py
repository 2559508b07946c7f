"""How staff set up the ways customers sign in, and take away a number that became somebody else's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from shopkeeper.kit import together
from shopkeeper.kit.console import Column, Command, Done, Fact, Listing, Pill, UnitsField, name_column
from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.kit.places import CountriesField
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers import sign_in_models as models
from shopkeeper.selling.customers.console_people import called
from shopkeeper.selling.customers.shapes import Provider, SignInRule, TextState

CARRIERS = {
    "gateway": gettext_lazy("a gateway"),
    "terminal": gettext_lazy("the terminal: for developing only"),
    "": gettext_lazy("nothing yet: set SMS_GATEWAY_URL and SMS_GATEWAY_KEY"),
}


def _rows() -> QuerySet[Any]:
    linked = models.Identity.objects.filter(provider=OuterRef("pk")).order_by().values("provider")
    return models.Provider.objects.annotate(people=Coalesce(Subquery(linked.annotate(n=Count("pk")).values("n")), 0))


PROVIDERS = Listing(
    name="sign-in-providers",
    title=gettext_lazy("Sign-in providers"),
    caption=gettext_lazy("Who else may vouch for your customers, by OpenID Connect. Staff never sign in this way."),
    empty=gettext_lazy("Without one, customers sign in by password or by a code."),
    see="shop.view",
    rows=_rows,
    order=("pk",),
    search=lambda rows, text: rows.filter(Q(name_en__icontains=text) | Q(name_zh__icontains=text) | Q(issuer__icontains=text)),
    search_hint=gettext_lazy("Name or address"),
    columns=(
        name_column("sign_in_providers", label=gettext_lazy("Provider"), note=lambda row: row.issuer),
        Column(
            name="is_on",
            label=gettext_lazy("Offered"),
            value=lambda row: Pill(pgettext("offered", "yes"), "good") if row.is_on else Pill(pgettext("offered", "no"), "quiet"),
            kind="pill",
            sort="is_on",
        ),
        Column(name="people", label=gettext_lazy("Customers linked"), kind="number", sort="people"),
        Column(name="saved_at", label=gettext_lazy("Saved"), kind="moment", sort="saved_at", is_minor=True),
    ),
)


class ProviderForm(Command):
    """A provider: the form for a new one and for changing one. What is done with it is the door's."""

    act = "customers.save_provider"
    title = gettext_lazy("New sign-in provider")
    submit = gettext_lazy("Save provider")
    also_submits = (("try", gettext_lazy("Try it only")),)
    caption = gettext_lazy("Register the shop with the provider first; it gives you a client number and a secret.")
    groups = (
        (gettext_lazy("What customers read"), ("name_en", "name_zh", "slug")),
        (gettext_lazy("What the provider gave you"), ("issuer", "client_id", "secret")),
        (gettext_lazy("In the shop"), ("is_on",)),
    )
    RENAMED: ClassVar = {"code": "slug", "name": "name_en"}

    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=60)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60, required=False)
    slug = forms.CharField(
        label=gettext_lazy("Web name"), max_length=40, help_text=gettext_lazy("Small letters, digits and hyphens. It stays as it is.")
    )
    issuer = forms.CharField(
        label=gettext_lazy("Address of the provider (issuer)"),
        max_length=300,
        help_text=gettext_lazy("As its document names it, for example https://accounts.example.com."),
    )
    client_id = forms.CharField(label=gettext_lazy("Client number"), max_length=300)
    secret = forms.CharField(
        label=gettext_lazy("Secret"),
        max_length=1000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept encrypted and never shown. Left empty, the one there is stays."),
    )
    is_on = forms.BooleanField(
        label=gettext_lazy("Offer it to customers"),
        required=False,
        help_text=gettext_lazy("Its document is read first; what cannot work is not offered."),
    )

    def prepare(self) -> None:
        self.provider: Provider | None = customers.provider(self.target_id) if self.target_id else None
        if self.provider is None:
            return
        each = self.provider
        self.title = gettext_lazy("Change sign-in provider")
        self.start(
            name_en=each.name.en, name_zh=each.name.zh, slug=each.code, issuer=each.issuer, client_id=each.client_id, is_on=each.is_on
        )
        self.fields["slug"].disabled = True

    def name(self) -> str:
        return self.provider.name.pick(self.setting.language) if self.provider else ""

    def facts(self) -> Sequence[Fact]:
        found = [Fact(_("Where the provider sends people back to"), self._back_to(), "code")]
        if self.provider and self.provider.origin:
            found.append(Fact(_("Its own page stands at"), self.provider.origin, "code"))
        return found

    def _back_to(self) -> str:
        """Return the whole address that is entered at the provider; of a new one it follows the web name as that is typed."""
        if self.provider:
            return customers.back_to(self.provider.code)
        typed = self.data.get("slug", "").strip()
        before, dots, after = customers.back_to("…").partition("…")
        return format_html('{}<span data-typed="slug">{}</span>{}', before, typed or dots, after)


class SaveSignIn(Command):
    """What the shop rules about codes by mail and by text message."""

    act = "customers.save_sign_in"
    title = gettext_lazy("Codes to sign in with")
    submit = gettext_lazy("Save")
    caption = gettext_lazy("Every text message costs money, and strangers can ask for one: the limits hold for 24 hours, whoever asks.")
    groups = (
        (gettext_lazy("By mail"), ("mail_codes",)),
        (gettext_lazy("By text message"), ("phone_codes", "most_per_number", "most_per_country", "most_per_shop", "countries")),
    )
    mail_codes = forms.BooleanField(label=gettext_lazy("Customers may sign in by a code sent by mail"), required=False)
    phone_codes = forms.BooleanField(
        label=gettext_lazy("Customers may sign in by a code sent to their phone"),
        required=False,
        help_text=gettext_lazy("Offered once there is a gateway to send them by."),
    )
    most_per_number = UnitsField(label=gettext_lazy("Messages to one number"), least=1, most=50)
    most_per_country = UnitsField(label=gettext_lazy("Messages to one country"), least=1, most=100_000)
    most_per_shop = UnitsField(label=gettext_lazy("Messages in all"), least=1, most=1_000_000)
    countries = CountriesField(
        label=gettext_lazy("Countries text messages may go to"),
        required=False,
        help_text=gettext_lazy("Only those you sell to: messages to far countries are what fraud is made of."),
    )

    def prepare(self) -> None:
        rule = customers.sign_in_rule()
        self.start(**{name: getattr(rule, name) for name in SignInRule.__dataclass_fields__} | {"countries": list(rule.countries)})

    def facts(self) -> Sequence[Fact]:
        return [Fact(_("What text messages go out by"), str(CARRIERS[customers.carrier()]))]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        rule = SignInRule(**{name: found[name] for name in SignInRule.__dataclass_fields__} | {"countries": tuple(found["countries"])})
        customers.save_sign_in_rule(rule=rule, actor=actor, now=now)
        return Done(_("The ways to sign in are saved."))


class RemoveNumber(Command):
    """A number a customer signs in with is forgotten: it became somebody else's, or was lost."""

    act = "customers.remove_number"
    title = gettext_lazy("Remove the number to sign in with")
    submit = gettext_lazy("Remove the number")
    caption = gettext_lazy("The customer can no more sign in by it, and another customer may prove it. The phone in the particulars stays.")
    is_grave = True

    def prepare(self) -> None:
        customer_id = CustomerId(self.target_id or 0)
        self.customer, found = together.read(lambda: customers.customer(customer_id), lambda: customers.proven_numbers([customer_id]))
        if customer_id not in found:
            raise NotFound("number", "")
        self.number = found[customer_id]

    def name(self) -> str:
        return called(self.customer)

    def facts(self) -> Sequence[Fact]:
        return [Fact(_("Number"), self.number.shown), Fact(_("Proven"), self.number.verified_at, "moment")]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        customers.remove_number(customer_id=self.customer.id, actor=actor, now=now)
        return Done(_("The number is forgotten."), self.customer.id)


TEXT_STATES: dict[str, Any] = {
    TextState.WAITING.value: pgettext_lazy("text messages", "waiting"),
    TextState.SENT.value: pgettext_lazy("text messages", "sent"),
    TextState.DELIVERED.value: pgettext_lazy("text messages", "arrived"),
    TextState.FAILED.value: pgettext_lazy("text messages", "failed"),
}
