"""What waits for a second person: what exactly would be done, approving, refusing, withdrawing; and the limits from which on it waits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shopkeeper.doors.console import cells, drafts, frame, goods, reading, strays, subjects
from shopkeeper.doors.console.commanding import missing
from shopkeeper.doors.console.words import ACTS
from shopkeeper.flows import approve, second_person
from shopkeeper.flows import drafts as draft_flow
from shopkeeper.flows import staff as staff_flow
from shopkeeper.kit import together
from shopkeeper.kit.console import Command, Done, Fact, MoneyField, UnitsField, pill, word
from shopkeeper.kit.ids import ApprovalId, LineId, OrderId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.access import public as access
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.ops.approvals.console import APPROVALS, DEEDS_CALLED, STATES
from shopkeeper.ops.approvals.shapes import Approval, ApprovalState
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.console import REFUND_REASONS

LISTING = APPROVALS.but(also=subjects.of_entries)


def told(found: Approval, *, sees_costs: bool = False) -> list[Fact]:
    """Return what would be done, or was, in the reader's words: everything that was frozen, costs for who may see them."""
    if found.act == "pricing.set_price":
        return _told_price(found.values, sees_costs=sees_costs)
    teller = _TOLD.get(found.act)
    return teller(found.values) if teller else [Fact(key, str(value)) for key, value in found.values.items()]


def as_it_stands(found: Approval) -> list[Fact]:
    """Return what is true now and weighs on the decision, though it was not frozen with what was asked."""
    return _refund_as_it_stands(found.values) if found.act == "orders.refund" else []


def _refund_as_it_stands(values: Mapping[str, Any]) -> list[Fact]:
    order = orders.order(OrderId(values["order_id"]))
    return [Fact(_("Buyer paid"), order.paid_minor, "money"), Fact(_("Went back by now"), order.refunded_minor, "money")]


def _told_refund(values: Mapping[str, Any]) -> list[Fact]:
    order = orders.order(OrderId(values["order_id"]))
    names = {line.id: f"{reading.pick(line.name)} · {line.sku}" for line in order.lines}
    lines = [f"{names.get(LineId(line_id), line_id)} × {units}" for line_id, units, _restock in values["lines"]]
    back = sum(units for _line, units, restock in values["lines"] if restock)
    return [
        Fact(_("Pays back"), values["total_minor"], "money"),
        Fact(_("Order"), order.number, "reference"),
        Fact(_("Pieces"), " / ".join(lines) or "–"),
        Fact(_("Back on the shelf"), back, "number"),
        Fact(_("Also the price of delivery"), cells.yes_or_no(values["delivery"])),
        Fact(_("Reason"), word(REFUND_REASONS, values["reason"])),
        Fact(_("Note"), values["note"] or "–"),
    ]


def _told_price(values: Mapping[str, Any], *, sees_costs: bool) -> list[Fact]:
    subject = f"variant:{values['variant_id']}"
    present, wanted = values["present_minor"], values["amount_minor"]
    found = [Fact(_("Product"), subjects.named([subject])[subject]), Fact(_("New price"), wanted, "money")]
    held = values.get("held_minor") or present
    if present:
        found.append(Fact(_("Last price"), present, "money"))
    if held:
        found += [Fact(_("Highest price within 30 days"), held, "money")] if held != present else []
        found.append(Fact(_("Lower by"), (held - wanted) * 10_000 // held, "percent"))
    if sees_costs and values.get("cost_minor") is None:
        found.append(Fact(_("Cost per piece"), _("no cost given")))
    elif sees_costs:
        found += [Fact(_("Highest cost per piece within 30 days"), values["cost_minor"], "money")]
        found += [Fact(_("Price without tax"), values["net_minor"], "money")]
    return [*found, Fact(_("Why it waits"), " ".join(goods.why_it_waits(values)) or "–"), Fact(_("Reason"), values["reason"])]


def _told_reset(values: Mapping[str, Any]) -> list[Fact]:
    person = access.user(UserId(values["user_id"]))
    return [Fact(_("Person"), person.name or person.email), Fact(_("Mail address"), person.email)]


def _told_restore(values: Mapping[str, Any]) -> list[Fact]:
    return [
        Fact(_("Backup"), values.get("name") or "–", "reference"),
        Fact(_("To the moment"), values.get("at") or "–", "reference"),
        Fact(_("Into the folder"), values.get("into") or "–", "reference"),
        Fact(_("Fingerprint"), str(values.get("fingerprint", ""))[:16] or "–", "reference"),
    ]


_TOLD = {
    "backup.restore": _told_restore,
    "catalog.publish_draft": drafts.told,
    "orders.refund": _told_refund,
    "payments.give_back": strays.told,
    "staff.reset_second_factor": _told_reset,
}


def state_of(found: Approval) -> str:
    """Return where an approval stands; what waited too long has run out."""
    is_late = found.state is ApprovalState.WAITING and found.expires_at <= frame.now()
    return ApprovalState.EXPIRED.value if is_late else found.state.value


def possible(request: HttpRequest, found: Approval) -> set[str]:
    """Return what the reader can do: approve and refuse as another person who may do the act, withdraw what they asked for."""
    me = frame.reader(request)
    if state_of(found) != ApprovalState.WAITING.value:
        return set()
    if found.asked_by == me:
        return {"withdraw"}
    decides = frame.may(request, approve.DECIDE) and frame.may(request, found.act) and found.subject != f"user:{me}"
    return {"approve", "refuse"} if decides else set()


def _who_decides(act: str) -> str:
    told = _("Somebody else decides this: the owner, or whoever may both “%(act)s” and “%(decide)s”.")
    return told % {"act": word(ACTS, act), "decide": word(ACTS, approve.DECIDE)}


@frame.guarded("approvals.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what exactly waits, or waited, who asked, and who decided."""
    try:
        found = approvals.approval(ApprovalId(pk))
    except NotFound as refusal:
        return missing(request, refusal)
    people = access.people([each for each in (found.asked_by, found.decided_by) if each])
    setting = frame.setting()
    acts = possible(request, found)
    frozen = told(found, sees_costs=frame.may(request, "pricing.view_costs"))
    context = {
        "approval": found,
        "title": word(DEEDS_CALLED, found.act),
        "about": subjects.named([found.subject])[found.subject],
        "place": subjects.place(found.subject),
        "state": pill(STATES, state_of(found)),
        "facts": [(fact.label, cells.draw(fact.value, fact.kind, setting)) for fact in frozen],
        "as_it_stands": [(fact.label, cells.draw(fact.value, fact.kind, setting)) for fact in as_it_stands(found)],
        "asked_by": people.get(found.asked_by) if found.asked_by else None,
        "decided_by": people.get(found.decided_by) if found.decided_by else None,
        "changes": drafts.asked_changes(found) if found.act == draft_flow.ACT else None,
        "acts": acts,
        "who_decides": "" if acts or state_of(found) != ApprovalState.WAITING.value else _who_decides(found.act),
        "me": frame.reader(request),
    }
    return TemplateResponse(request, "console/approval.html", context)


class Decision(Command):
    """What every act on something that waits shares."""

    act: ClassVar[str] = approve.DECIDE
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    """The fingerprint of what the reader saw: nobody approves what they have not read."""

    def prepare(self) -> None:
        self.approval = approvals.approval(ApprovalId(self.target_id or 0))
        self.start(seen=self.approval.digest)

    def name(self) -> str:
        return word(DEEDS_CALLED, self.approval.act)

    def facts(self) -> Sequence[Fact]:
        return [*told(self.approval), *as_it_stands(self.approval)]


class Approve(Decision):
    """The second person says yes, and it is done."""

    title = gettext_lazy("Approve")
    submit = gettext_lazy("Approve and do it")
    caption = gettext_lazy("It is done at once, exactly as it stands here, and once.")

    def run(self, *, actor: UserId, now: datetime) -> Done:
        approve.approve(approval_id=self.approval.id, seen_digest=self.cleaned_data["seen"], actor=actor, now=now)
        return Done(_("Approved: %(what)s.") % {"what": self.name()}, self.approval.id)


class Refuse(Decision):
    """The second person says no."""

    title = gettext_lazy("Refuse")
    submit = gettext_lazy("Refuse")
    caption = gettext_lazy("Nothing is done. Who asked sees why.")
    is_grave = True
    note = forms.CharField(label=gettext_lazy("Why"), max_length=200, required=False)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        approve.refuse(approval_id=self.approval.id, note=self.cleaned_data["note"], actor=actor, now=now)
        return Done(_("Refused: %(what)s.") % {"what": self.name()}, self.approval.id)


class Withdraw(Decision):
    """Who asked takes it back."""

    act = "approvals.view"
    title = gettext_lazy("Withdraw")
    submit = gettext_lazy("Withdraw it")
    caption = gettext_lazy("Nothing is done.")
    is_grave = True

    def run(self, *, actor: UserId, now: datetime) -> Done:
        approve.withdraw(approval_id=self.approval.id, actor=actor, now=now)
        return Done(_("Withdrawn: %(what)s.") % {"what": self.name()}, self.approval.id)


class ChangeLimits(Command):
    """From where on a second person is asked, and how long a second factor may be put off."""

    act = "approvals.save_limits"
    title = gettext_lazy("Second person and second factor")
    submit = gettext_lazy("Save")
    caption = gettext_lazy("What one person may do alone, and until when the password alone opens the console.")
    RENAMED: ClassVar = {"amount": "refund_over", "price_drop": "price_drop"}
    refund_over = MoneyField(
        label=gettext_lazy("A refund one person may give"),
        required=False,
        help_text=gettext_lazy("For one order, all refunds together. Above that a second person approves. Empty: no limit."),
    )
    price_drop = UnitsField(
        label=gettext_lazy("A price one person may lower, in percent"),
        required=False,
        least=1,
        most=99,
        help_text=gettext_lazy("Below the highest price of the last thirty days. Beyond that a second person approves. Empty: no limit."),
    )
    products_need_two = forms.BooleanField(
        label=gettext_lazy("Changes to products need a second person"),
        required=False,
        help_text=gettext_lazy(
            "What shoppers see of a product changes only by a draft that another person approved: names, texts, shelf, brand, attributes, "
            "options and variants, in the console, by program and in files alike. Taking a product off sale needs nobody else; pictures, "
            "related goods, size tables, prices and stock follow their own rules."
        ),
    )
    grace_days = UnitsField(
        label=gettext_lazy("Days a second factor may be put off"),
        most=60,
        help_text=gettext_lazy("For owners and managers, from when they are first asked. 0: at once."),
    )

    def prepare(self) -> None:
        found, days, needs_two = together.read(second_person.limits, access.grace_days, catalog.products_need_two)
        self.start(refund_over=found.refund_over_minor, price_drop=found.price_drop_percent, grace_days=days)
        self.start(products_need_two=needs_two)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        second_person.save_limits(refund_over_minor=found["refund_over"], price_drop_percent=found["price_drop"], actor=actor, now=now)
        staff_flow.save_grace_days(days=found["grace_days"], actor=actor, now=now)
        draft_flow.save_rule(is_needed=found["products_need_two"], actor=actor, now=now)
        return Done(_("The limits are saved."))


def limits_in_words() -> list[tuple[str, str]]:
    """Return what one person may do alone, for the settings page."""
    found, days, needs_two = together.read(second_person.limits, access.grace_days, catalog.products_need_two)
    refund, drop, none = found.refund_over_minor, found.price_drop_percent, _("no limit")
    shown_drop = none if drop is None else _("by up to %(percent)s") % {"percent": reading.percent(drop * 100)}
    shown_refund = none if refund is None else _("up to %(amount)s") % {"amount": reading.money(refund, frame.setting().currency)}
    shown_days = ngettext("may be put off for %(days)d day", "may be put off for %(days)d days", days) % {"days": days}
    return [
        (_("Refund one person may give"), shown_refund),
        (_("Price one person may lower"), shown_drop),
        (_("Changes to products"), _("need a second person") if needs_two else _("need nobody else")),
        (_("Second factor of owners and managers"), shown_days if days else _("needed at once")),
    ]
