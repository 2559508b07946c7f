"""How staff see and change groups, notes, likely duplicates, merges and businesses of customers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shopkeeper.kit import together
from shopkeeper.kit.console import Bulk, Choice, Column, Command, Done, Fact, Lead, Listing, Pill, name_column
from shopkeeper.kit.ids import CustomerId, GroupId, MergeId, UserId
from shopkeeper.kit.naming import customer_name
from shopkeeper.kit.places import CountryField
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.customers import groups, models, store_people
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.console import CUSTOMERS
from shopkeeper.selling.customers.notes import MOST_TEXT
from shopkeeper.selling.customers.shapes import TAKEN_OVER, Customer, Group

MOST_REASON = 300
TAKEABLE = {
    "name": gettext_lazy("Name"),
    "phone": gettext_lazy("Phone"),
    "language": gettext_lazy("Language of mails"),
    "country": gettext_lazy("Country"),
}


def called(customer: Any) -> str:
    """Return what staff call a customer: by name, else mail address, else number."""
    return customer_name(customer.name, customer.external_code) or customer.email or f"#{getattr(customer, 'pk', None) or customer.id}"


def group_choices(language: str) -> list[tuple[str, str]]:
    """Return every group, to choose one from."""
    return [(str(each.id), each.name.pick(language)) for each in customers.groups()]


# ── groups ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _find_group(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    return rows.filter(Q(name_en__icontains=text) | Q(name_zh__icontains=text) | Q(note__icontains=text))


GROUPS = Listing(
    name="customer-groups",
    title=gettext_lazy("Customer groups"),
    caption=gettext_lazy("Customers put together by hand, to find them again. Tick customers in their list to put many into a group."),
    empty=gettext_lazy("Make the first group: teachers, regulars, friends of the house."),
    see="customers.view",
    rows=store_people.groups,
    order=("name_en", "pk"),
    search=_find_group,
    search_hint=gettext_lazy("Name or note"),
    columns=(
        name_column("customer_groups", label=gettext_lazy("Group"), note=lambda row: row.note),
        Column(
            name="members",
            label=gettext_lazy("Customers"),
            kind="number",
            sort="members",
            url=lambda row: f"{reverse('console_customers:index')}?group={row.pk}",
        ),
        Column(name="made_at", label=gettext_lazy("Made"), kind="moment", sort="made_at", is_minor=True),
    ),
)


def _in_group(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    members = models.GroupMember.objects.filter(group_id=int(value))
    return rows.filter(Q(pk__in=members.values("customer_id")) | Q(pk__in=members.values("customer__merged_into_id")))


def _groups_to_filter() -> Sequence[tuple[str, Any]]:
    return [
        (str(row.pk), row.name_en if not row.name_zh else f"{row.name_en} · {row.name_zh}")
        for row in models.Group.objects.order_by("name_en", "pk")
    ]


BY_GROUP = Choice(name="group", label=gettext_lazy("Group"), choices=_groups_to_filter, apply=_in_group)


def _to_fill(customer_ids: Sequence[int]) -> str:
    return f"{reverse('console_customer_groups:fill')}?customers={'-'.join(str(each) for each in customer_ids[:200])}"


LEAD_TO_GROUP = Lead(name="group", label=gettext_lazy("Put into a group"), act="customers.save_group", url=_to_fill)

WITH_GROUPS = CUSTOMERS.but(filters=(BY_GROUP, *CUSTOMERS.filters), bulk=(LEAD_TO_GROUP,))
"""The list of customers, narrowed down by group, from which many are put into one."""


class SaveGroup(Command):
    """A group: the form for a new one and for changing one."""

    act = "customers.save_group"
    title = gettext_lazy("New group")
    submit = gettext_lazy("Save group")
    RENAMED: ClassVar = {"name": "name_en"}

    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=groups.MOST_NAME)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=groups.MOST_NAME, required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=groups.MOST_NOTE,
        required=False,
        help_text=gettext_lazy("What the group is for. About the group, not about a person: the trail keeps it."),
    )

    def prepare(self) -> None:
        self.group: Group | None = customers.group(GroupId(self.target_id)) if self.target_id else None
        if self.group:
            self.title = gettext_lazy("Change group")
            self.start(name_en=self.group.name.en, name_zh=self.group.name.zh, note=self.group.note)

    def name(self) -> str:
        return self.group.name.pick(self.setting.language) if self.group else ""

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        saved = customers.save_group(
            group_id=self.group.id if self.group else None, name=Bilingual(found["name_en"], found["name_zh"]), note=found["note"],
            actor=actor, now=now,
        )  # fmt: skip
        return Done(_("“%(name)s” is saved.") % {"name": found["name_en"]}, saved)


class FillGroup(Command):
    """Customers ticked in their list go into a group, or out of it."""

    act = "customers.save_group"
    title = gettext_lazy("Put customers into a group")
    submit = gettext_lazy("Do it")
    RENAMED: ClassVar = {"group_id": "group"}

    group = forms.ChoiceField(label=gettext_lazy("Group"))
    way = forms.ChoiceField(
        label=gettext_lazy("What to do"), choices=(("join", gettext_lazy("Put them in")), ("leave", gettext_lazy("Take them out")))
    )

    def prepare(self) -> None:
        typed = self.asked.get("customers", "").split("-")
        ids = [CustomerId(int(each)) for each in typed[:200] if each.isascii() and each.isdigit() and len(each) < 19]
        self.customers: list[Customer] = list(customers.customers(ids).values())
        self.fields["group"].choices = group_choices(self.setting.language)  # type: ignore[attr-defined]
        self.start(way="join")

    def name(self) -> str:
        return ngettext("%(count)d customer", "%(count)d customers", len(self.customers)) % {"count": len(self.customers)}

    def facts(self) -> Sequence[Fact]:
        return [Fact(called(each), each.email) for each in self.customers[:20]]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        ids = [each.id for each in self.customers]
        chosen: dict[str, Any] = {self.cleaned_data["way"]: ids}
        joined, left = customers.change_members(group_id=GroupId(int(self.cleaned_data["group"])), **chosen, actor=actor, now=now)
        words = ngettext("%(count)d customer changed group.", "%(count)d customers changed group.", joined + left)
        return Done(words % {"count": joined + left})


# ── notes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _AboutCustomer(Command):
    """What the acts about one customer share."""

    def prepare(self) -> None:
        self.customer = customers.customer(CustomerId(self.target_id or 0))

    def name(self) -> str:
        return called(self.customer)


class AddNote(_AboutCustomer):
    """A note about a customer."""

    act = "customers.note"
    title = gettext_lazy("Write a note")
    submit = gettext_lazy("Keep the note")
    caption = gettext_lazy("It stays, with your name and the time. The customer gets it with their data: write what they may read.")
    text = forms.CharField(label=gettext_lazy("Note"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 5}))

    def run(self, *, actor: UserId, now: datetime) -> Done:
        written = customers.add_note(customer_id=self.customer.id, text=self.cleaned_data["text"], actor=actor, now=now)
        return Done(_("The note is kept."), written.customer_id)


class StrikeNote(_AboutCustomer):
    """A note is struck out, for a reason."""

    act = "customers.note"
    title = gettext_lazy("Strike a note out")
    submit = gettext_lazy("Strike it out")
    caption = gettext_lazy("It stays to be read, with a line through it and your reason beside it.")
    note = forms.ChoiceField(label=gettext_lazy("Note"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=MOST_REASON)

    def prepare(self) -> None:
        super().prepare()
        open_notes = [each for each in customers.notes(self.customer.id) if each.struck_at is None]
        self.fields["note"].choices = [(str(each.id), each.text[:120]) for each in open_notes]  # type: ignore[attr-defined]
        self.start(note=self.asked.get("note", ""))

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        customers.strike_note(note_id=int(found["note"]), reason=found["reason"], actor=actor, now=now)
        return Done(_("The note is struck out."), self.customer.id)


# ── one person, several records ───────────────────────────────────────────────────────────────────────────────────────


def staying(row: Any) -> tuple[Any, Any]:
    """Return which of two records stays and which goes in: who signs in or stands for others stays, else the older."""
    return (row.other, row.customer) if row.other_is_bound else (row.customer, row.other)


def _evidence(row: models.Likeness) -> str:
    is_same = row.customer.email.lower() == row.other.email.lower()
    mail = _("same mail address") if is_same else _("same mail address but for dots and what follows +")
    found = [(row.by_mail, mail), (row.by_phone, _("same phone"))]
    found.append((row.by_place, _("same name and postcode")))
    return ", ".join(str(words) for is_so, words in found if is_so)


def _merge_url(row: models.Likeness) -> str:
    stays, goes = staying(row)
    return f"{reverse('console_customers:merge', args=[stays.pk])}?with={goes.pk}"


def _find_pair(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    found = Q()
    for side in ("customer", "other"):
        found |= Q(**{f"{side}__name__icontains": text}) | Q(**{f"{side}__email__icontains": text})
    return rows.filter(found)


def _tell_apart(pk: int, actor: UserId, now: datetime) -> None:
    customers.tell_apart(customer_id=CustomerId(pk >> 32), other_id=CustomerId(pk & 0xFFFFFFFF), actor=actor, now=now)


APART = Bulk(
    name="apart",
    label=gettext_lazy("These are two people"),
    act="customers.merge",
    ask=gettext_lazy("Nothing is merged, and these pairs are not proposed again."),
    done=gettext_lazy("Told apart"),
    run=_tell_apart,
)

DUPLICATES = Listing(
    name="duplicates",
    title=gettext_lazy("Likely duplicates"),
    caption=gettext_lazy("Two records that may be one person, and why. Nothing is merged unless you do it, and every merge can be undone."),
    empty=gettext_lazy("No two records look like one person."),
    see="customers.merge",
    rows=store_people.likenesses,
    order=("-by_mail", "-by_phone", "pk"),
    search=_find_pair,
    search_hint=gettext_lazy("Name or mail address"),
    columns=(
        Column(
            name="stays",
            label=gettext_lazy("Would stay"),
            value=lambda row: called(staying(row)[0]),
            note=lambda row: staying(row)[0].email,
            url=_merge_url,
        ),
        Column(
            name="goes",
            label=gettext_lazy("Would go in"),
            value=lambda row: called(staying(row)[1]),
            note=lambda row: staying(row)[1].email,
        ),
        Column(name="why", label=gettext_lazy("Why"), value=_evidence),
        Column(
            name="kind",
            label=gettext_lazy("Kind"),
            value=lambda row: Pill(_("guest"), "quiet") if staying(row)[0].is_guest else Pill(_("member"), "info"),
            kind="pill",
            is_minor=True,
        ),
    ),
    filters=(
        Choice(
            name="why",
            label=gettext_lazy("Why"),
            choices=lambda: [("by_mail", _("same mail")), ("by_phone", _("same phone")), ("by_place", _("same name and postcode"))],
            apply=lambda rows, value: rows.filter(**{value: True}),
        ),
    ),
    bulk=(APART,),
)


class Merge(_AboutCustomer):
    """Another record goes into this one. What it comes to is shown before it is done."""

    act = "customers.merge"
    title = gettext_lazy("Merge with another record")
    submit = gettext_lazy("Merge")
    caption = gettext_lazy("The other record stays as it is and is shown here. A merge can be undone, also after later orders.")
    RENAMED: ClassVar = {"merged": "merged_id"}

    merged_id = forms.IntegerField(
        label=gettext_lazy("Number of the record that goes in"),
        min_value=1,
        help_text=gettext_lazy("It stands on the customer’s page, among the particulars: “Number of the record”."),
    )
    take = forms.MultipleChoiceField(
        label=gettext_lazy("Take over from it"), required=False, widget=forms.CheckboxSelectMultiple, choices=list(TAKEABLE.items())
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=MOST_REASON)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        self.customer, self.other = together.read(lambda: customers.customer(CustomerId(self.target_id or 0)), self._other)
        self.start(merged_id=self.other.id if self.other else None, seen=self.other.id if self.other else None)

    def _other(self) -> Customer | None:
        typed = self.data.get("merged_id", "") if self.is_bound else self.asked.get("with", "")
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
        return customers.customers([CustomerId(number)]).get(CustomerId(number)) if number and number != self.target_id else None

    def facts(self) -> Sequence[Fact]:
        other = self.other
        if other is None:
            return ()
        stays = self.customer
        pairs = [(str(TAKEABLE[field]), getattr(stays, field), getattr(other, field)) for field in TAKEN_OVER]
        lines = [(_("Mail address"), stays.email, other.email), *pairs]
        found = [Fact(_("Goes in"), called(other))]
        found += [Fact(label, f"{here or '–'} ← {there or '–'}") for label, here, there in lines if here != there]
        return [*found, *self.moves(other)]

    def moves(self, other: Customer) -> Sequence[Fact]:
        """Return what of the other record will be shown with this one."""
        held, addresses, notes, groups_of = together.read(
            lambda: customers.standings([self.customer.id, other.id]),
            lambda: customers.addresses(other.id),
            lambda: customers.notes(other.id),
            lambda: customers.groups_of([other.id]),
        )
        strict = [each for each in held[other.id].given if each in held[self.customer.id].given]
        both = bool(held[other.id].words and held[self.customer.id].words)
        given = len(strict) if both else len(held[other.id].given or held[self.customer.id].given)
        return [
            Fact(_("Addresses"), len(addresses), "number"),
            Fact(_("Notes"), len(notes), "number"),
            Fact(_("Groups"), len(groups_of.get(other.id, ())), "number"),
            Fact(_("Consents that go on holding: only what both gave"), given, "number"),
        ]

    def is_seen(self) -> bool:
        """Return whether what it comes to was shown for exactly this record."""
        if self.other is None or self.cleaned_data.get("seen") == self.other.id:
            return True
        answers = cast(QueryDict, self.data).copy()
        answers["seen"] = str(self.other.id)
        self.data = answers
        return False

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        made = customers.merge(
            customer_id=self.customer.id, merged_id=CustomerId(found["merged_id"]), take=found["take"], reason=found["reason"], actor=actor,
            now=now,
        )  # fmt: skip
        return Done(_("The two records are one now."), made.customer_id)


class Part(_AboutCustomer):
    """A merge is undone."""

    act = "customers.merge"
    title = gettext_lazy("Undo a merge")
    submit = gettext_lazy("Undo the merge")
    caption = gettext_lazy(
        "Both records are again what they were. Orders stay where they were placed; what was changed since stays changed."
    )
    merge = forms.ChoiceField(label=gettext_lazy("Record that leaves"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=MOST_REASON)

    def prepare(self) -> None:
        super().prepare()
        live = [each for each in customers.merges(self.customer.id) if each.parted_at is None]
        known = customers.customers([each.merged_id for each in live])
        self.fields["merge"].choices = [(str(each.id), f"{called(known[each.merged_id])} · #{each.merged_id}") for each in live]  # type: ignore[attr-defined]
        self.start(merge=self.asked.get("merge", ""))

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        customers.part(merge_id=MergeId(int(found["merge"])), reason=found["reason"], actor=actor, now=now)
        return Done(_("The merge is undone."), self.customer.id)


# ── businesses ────────────────────────────────────────────────────────────────────────────────────────────────────────


class SaveBusiness(_AboutCustomer):
    """The company a customer buys for."""

    act = "customers.save_business"
    title = gettext_lazy("Company")
    submit = gettext_lazy("Save company")
    caption = gettext_lazy(
        "Invoices name it. The tax number is checked by its form and check digit; whether it is registered, its office tells."
    )
    RENAMED: ClassVar = {"number": "tax_number"}

    company = forms.CharField(label=gettext_lazy("Name of the company"), max_length=200, required=False)
    country = CountryField(label=gettext_lazy("Country"), none=gettext_lazy("Not known"))
    tax_number = forms.CharField(label=gettext_lazy("Tax number"), max_length=40, required=False)
    billing_email = forms.CharField(label=gettext_lazy("Mail address for invoices"), max_length=254, required=False)
    is_person = forms.BooleanField(label=gettext_lazy("Buys for themselves: forget the company"), required=False)

    def prepare(self) -> None:
        super().prepare()
        found = customers.business(self.customer.id)
        country = found.country if found else self.customer.country
        self.start(country=country)
        if found:
            self.start(company=found.company, tax_number=found.tax_number, billing_email=found.billing_email)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        if found["is_person"]:
            customers.remove_business(customer_id=self.customer.id, actor=actor, now=now)
            return Done(_("The company is forgotten; invoices written stay as they are."), self.customer.id)
        customers.save_business(
            customer_id=self.customer.id, company=found["company"], country=found["country"], number=found["tax_number"],
            billing_email=found["billing_email"], actor=actor, now=now,
        )  # fmt: skip
        return Done(_("The company is saved."), self.customer.id)
