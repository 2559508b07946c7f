"""A customer in the console: what they bought, agreed to and were noted for, the records that stand for them, and a copy of it all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from shopkeeper.doors.console import frame, sign_in
from shopkeeper.doors.console.commanding import missing
from shopkeeper.doors.wordings import copies
from shopkeeper.flows import copy_of_data
from shopkeeper.growth.messages import public as mails
from shopkeeper.kit import together
from shopkeeper.kit.console import Command, Done, Fact, pill, word
from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.kit.naming import customer_name
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.access import public as access
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes import TextKind
from shopkeeper.selling.customers import console_people
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.console_people import called
from shopkeeper.selling.customers.shapes import CHOICES, Customer
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.console import STATES as ORDER_STATES

ORDERS_SHOWN = 50
CHOICES_CALLED = {
    "analytics": gettext_lazy("Counting visits"),
    "marketing": gettext_lazy("News"),
    "marketing.mail": gettext_lazy("News by mail"),
    "marketing.sms": gettext_lazy("News by text message"),
    "marketing.phone": gettext_lazy("News by phone"),
    "marketing.post": gettext_lazy("News by post"),
    "personal.mail": gettext_lazy("Personal offers by mail"),
    "personal.sms": gettext_lazy("Personal offers by text message"),
    "personal.phone": gettext_lazy("Personal offers by phone"),
    "personal.post": gettext_lazy("Personal offers by post"),
}
SOURCES = {
    "banner": gettext_lazy("at the shop’s banner"),
    "account": gettext_lazy("in the account"),
    "link": gettext_lazy("by the link of an order"),
    "staff": gettext_lazy("told to staff"),
}


@frame.guarded("customers.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one customer with everything staff work with."""
    customer_id = CustomerId(pk)
    try:
        found, placed, addresses, groups, business, around = together.read(
            lambda: customers.customer(customer_id),
            lambda: orders.orders_of(customer_id, size=ORDERS_SHOWN),
            lambda: customers.addresses(customer_id),
            lambda: customers.groups_of([customer_id]).get(customer_id, ()),
            lambda: customers.business(customer_id),
            lambda: _around(customer_id),
        )
    except NotFound as refusal:
        return missing(request, refusal)
    notes, standing, merges, known, names, ways = around
    context = {
        "customer": found,
        "called": customer_name(found.name, found.external_code) or found.email or f"#{found.id}",
        "orders": [(each, pill(ORDER_STATES, each.state.value)) for each in placed],
        "total": placed.total,
        "addresses": addresses,
        "notes": [(each, names.get(each.author, "")) for each in notes],
        "groups": groups,
        "given": [(word(CHOICES_CALLED, choice), choice in standing.given) for choice in CHOICES],
        "standing": standing,
        "words": [_told(each, names) for each in standing.words],
        "merges": [(each, called(known[each.merged_id]), names.get(each.actor, "")) for each in merges],
        "stands_for": known.get(found.merged_into) if found.merged_into else None,
        "business": business,
        "sign_in": ways,
        "mail_standing": mails.standings([found.email])[found.email],
        **{f"may_{act}": frame.may(request, f"customers.{act}") for act in _ACTS},
    }
    return TemplateResponse(request, "console/customer.html", context)


def _around(customer_id: CustomerId) -> tuple[Any, ...]:
    """Return notes, consents and merges of a customer, with the other records and the staff they name."""
    found, notes, standing, merges, ways = together.read(
        lambda: customers.customers([customer_id]).get(customer_id),
        lambda: customers.notes(customer_id),
        lambda: customers.standing(customer_id),
        lambda: customers.merges(customer_id),
        lambda: sign_in.of_customer(customer_id),
    )
    others = {each.merged_id for each in merges} | ({found.merged_into} if found and found.merged_into else set())
    staff_ids = {each.author for each in notes} | {each.actor for each in (*standing.words, *merges) if each.actor}
    known, staff = together.read(lambda: customers.customers(others), lambda: access.people(staff_ids))
    return notes, standing, merges, known, {key: each.name or each.email for key, each in staff.items()}, ways


_ACTS = ("save", "note", "save_group", "save_business", "consent", "merge", "copy", "remove_number")


def _told(said: Any, names: dict[UserId, str]) -> dict[str, Any]:
    """Return one word of the ledger as staff read it."""
    given = ", ".join(word(CHOICES_CALLED, each) for each in said.given) or _("nothing")
    who = names.get(said.actor, "") if said.actor else ""
    return {"at": said.at, "given": given, "source": word(SOURCES, said.source), "version": said.text_version, "who": who}


class Merge(console_people.Merge):
    """Merging, with the orders that will be shown together."""

    def moves(self, other: Customer) -> Sequence[Fact]:
        beside = super().moves
        placed, rest = together.read(lambda: orders.orders_of(other.id, size=1), lambda: beside(other))
        return [Fact(_("Orders"), placed.total, "number"), *rest]


class SaveConsent(Command):
    """What a customer told staff to agree to."""

    act = "customers.consent"
    title = gettext_lazy("Write consent down")
    submit = gettext_lazy("Write it down")
    caption = gettext_lazy(
        "Only what the customer said to you, on paper or by voice, after the text below was shown or read out. Your name stands beside it."
    )
    given = forms.MultipleChoiceField(
        label=gettext_lazy("Agrees to"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(each, CHOICES_CALLED[each]) for each in CHOICES],
    )

    def prepare(self) -> None:
        customer_id = CustomerId(self.target_id or 0)
        self.customer, self.text, standing = together.read(
            lambda: customers.customer(customer_id), lambda: content.text(TextKind.CONSENT), lambda: customers.standing(customer_id)
        )
        self.start(given=list(standing.given))

    def name(self) -> str:
        return called(self.customer)

    def facts(self) -> Sequence[Fact]:
        body = self.text.body.pick(self.setting.language)
        return [Fact(_("Version of the text"), self.text.version, "number"), Fact(_("Text"), body, "prose")]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        customers.say(
            customer_id=self.customer.id, given=self.cleaned_data["given"], text_version=self.text.version, language=self.customer.language,
            source="staff", actor=actor, now=now,
        )  # fmt: skip
        return Done(_("It is written down."), self.customer.id)


@frame.guarded("customers.copy")
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a copy of a customer's data holds, or hand it over as a file; the trail tells who took it."""
    try:
        found = customers.customer(CustomerId(pk))
        if request.method != "POST":
            return TemplateResponse(request, "console/customer_copy.html", {"customer": found, "called": called(found)})
        made = copy_of_data.collect(customer_id=found.id, actor=frame.reader(request), now=frame.now())
    except NotFound as refusal:
        return missing(request, refusal)
    return copies.response(made)
