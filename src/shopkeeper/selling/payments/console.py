"""How staff see payments: the state of each, and every word the provider said."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from shopkeeper.kit import statements
from shopkeeper.kit.console import Bulk, Choice, Column, Command, Days, Done, Fact, Listing, Pill, States, pill, state_column, word
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import OutOfRange
from shopkeeper.selling.payments import models, sums
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments import statements as files
from shopkeeper.selling.payments.shapes import DIFFERENCES, OPEN_STRAYS

STATES: States = {
    "pending": (gettext_lazy("Awaits the provider"), "warn"),
    "authorized": (gettext_lazy("Authorised"), "info"),
    "captured": (gettext_lazy("Received"), "good"),
    "declined": (gettext_lazy("Declined"), "bad"),
    "voided": (gettext_lazy("Voided"), "quiet"),
}
EVENTS: States = {
    "authorize_asked": (gettext_lazy("Authorisation asked"), "quiet"),
    "authorized": (gettext_lazy("Authorised"), "info"),
    "declined": (gettext_lazy("Declined"), "bad"),
    "capture_asked": (gettext_lazy("Capture asked"), "quiet"),
    "captured": (gettext_lazy("Captured"), "good"),
    "void_asked": (gettext_lazy("Void asked"), "quiet"),
    "voided": (gettext_lazy("Voided"), "quiet"),
    "refund_asked": (gettext_lazy("Refund asked"), "quiet"),
    "refunded": (gettext_lazy("Refunded"), "info"),
    "refund_failed": (gettext_lazy("Refund failed"), "bad"),
    "failed": (gettext_lazy("Failed"), "bad"),
    "confirmation_needed": (gettext_lazy("Buyer must confirm"), "warn"),
    "mismatched": (gettext_lazy("Money that does not fit, not counted"), "bad"),
    "disputed": (gettext_lazy("Withdrawn by the buyer’s bank"), "bad"),
    "dispute_won": (gettext_lazy("Dispute won"), "good"),
    "dispute_lost": (gettext_lazy("Dispute lost"), "bad"),
}
DISPUTES: States = {
    "asked": (gettext_lazy("The bank asks"), "warn"),
    "open": (gettext_lazy("Money withdrawn, to be answered"), "bad"),
    "won": (gettext_lazy("Won, the money is back"), "good"),
    "lost": (gettext_lazy("Lost"), "quiet"),
}

PROVIDERS = {
    "imported": gettext_lazy("Imported trade"),
    "test": gettext_lazy("Test payment"),
    "alipay": gettext_lazy("Alipay"),
    "wechat": gettext_lazy("WeChat Pay"),
    "stripe": gettext_lazy("Stripe"),
}
# The words of the checkout, so that staff and buyer speak of the same thing.
METHODS = {
    "stripe-card": pgettext_lazy("way to pay", "Card"),
    "test-ok": pgettext_lazy("test payment", "Approved at once"),
    "test-declined": pgettext_lazy("test payment", "Declined"),
    "test-slow": pgettext_lazy("test payment", "Answer lost on the way"),
    "test-silent": pgettext_lazy("test payment", "Confirmed after two minutes"),
    "test-duplicate": pgettext_lazy("test payment", "Confirmed twice"),
    "test-late": pgettext_lazy("test payment", "Confirmed too late"),
    "alipay-page": gettext_lazy("Payment page"),
    "alipay-qr": gettext_lazy("QR code"),
    "wechat-qr": gettext_lazy("QR code"),
}
WHY_NOT = {
    "declined": gettext_lazy("Declined by the bank"),
    "insufficient_funds": gettext_lazy("Not enough money in the account"),
    "expired_card": gettext_lazy("The card has expired"),
    "fraud_suspected": gettext_lazy("Stopped by the bank for safety"),
    "too_much": gettext_lazy("More than there is to collect or return"),
    "abandoned": gettext_lazy("Given up: the provider never answered"),
    "expired": gettext_lazy("Not confirmed in time"),
    "cancelled": gettext_lazy("The buyer gave up"),
    "disputed": gettext_lazy("The buyer’s bank has withdrawn the money"),
    "wrong_currency": gettext_lazy("Another currency than was asked for"),
    "wrong_amount": gettext_lazy("Not an amount that can be"),
    "statement": gettext_lazy("Told by a statement alone"),
}


def way_of_paying(provider: str, method: str) -> str:
    """Return how an order was paid, in the reader's words: `Test payment · Approved at once`."""
    named = word(PROVIDERS, provider)
    return named if provider == method else f"{named} · {word(METHODS, method)}"


def _find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    number = Q(order_id=int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else Q()
    return rows.filter(_begins("reference", text) | number)


def _begins(field: str, text: str) -> Q:
    """Return the condition that a number of a provider's begins so, capitals and small letters as the provider writes them.

    Without the second half, the index of numbers that are there could not be used.
    """
    return Q(**{f"{field}__startswith": text}) & ~Q(**{field: ""})


def disputed() -> int:
    """Return how many payments have a dispute that waits for the shop's answer or the bank's decision."""
    return _counted("payments_payment WHERE is_disputed")


def dispute_due_at() -> datetime | None:
    """Return when the first of the open disputes must be answered; None where no provider has said."""
    found: datetime | None = models.Payment.objects.filter(is_disputed=True).aggregate(first=Min("dispute_due_at"))["first"]
    return found


def _in_state(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(is_disputed=True).order_by("dispute_due_at") if value == "disputed" else rows.filter(state=value)


def pending() -> int:
    """Return how many payments still wait for the provider's word."""
    return _counted("payments_payment WHERE state = 'pending'")


def _counted(rows: str) -> int:
    # In words of our own: asked at every page of the console, where putting a query together costs more than its answer.
    (found,) = statements.row(f"SELECT count(*) FROM {rows}", [])  # noqa: S608 - rows are written above and below
    return int(found)


def _sums_of(rows: QuerySet[Any]) -> list[Fact]:
    found = sums.of_rows(rows)
    return [
        Fact(_("Settled: with the providers"), found.settled_minor, "money"),
        Fact(_("Pending: reserved, not taken yet"), found.pending_minor, "money"),
        Fact(_("Asked back, no answer yet"), found.refund_pending_minor, "money"),
    ]


PAYMENTS = Listing(
    name="payments",
    title=gettext_lazy("Payments"),
    caption=gettext_lazy("Every attempt to pay. The state follows from the provider's words, which are kept one by one."),
    empty=gettext_lazy("Payments appear with the first order."),
    see="payments.view",
    rows=models.Payment.objects.all,
    order=("-started_at", "-pk"),
    search=_find,
    search_hint=gettext_lazy("Provider's reference"),
    sums=_sums_of,
    sums_over="begun",
    columns=(
        Column(name="started_at", label=gettext_lazy("Begun"), kind="moment", sort="started_at"),
        Column(
            name="reference",
            label=gettext_lazy("Payment"),
            value=lambda row: row.reference or f"#{row.pk}",
            kind="code",
            note=lambda row: way_of_paying(row.provider, row.method),
            url=lambda row: reverse("console_payments:page", args=[row.pk]),
        ),
        Column(name="order_id", label=gettext_lazy("Order"), value=lambda row: getattr(row, "also", None) or f"#{row.order_id}"),
        Column(name="amount_minor", label=gettext_lazy("Amount"), kind="money", sort="amount_minor"),
        state_column(gettext_lazy("State"), STATES),
    ),
    filters=(
        Choice(
            name="state",
            label=gettext_lazy("State"),
            choices=lambda: [*((code, words) for code, (words, _tone) in STATES.items()), ("disputed", _("Withdrawn by the bank"))],
            apply=_in_state,
        ),
        Days(name="begun", label=gettext_lazy("Begun"), moment="started_at"),
    ),
)


# ── money without an order ────────────────────────────────────────────────────────────────────────────────────────────

STRAY_STATES: States = {
    "heard": (gettext_lazy("Just heard of, being looked into"), "info"),
    "unclaimed": (gettext_lazy("Belongs to no order"), "bad"),
    "giving_back": (gettext_lazy("Asked back, no answer yet"), "warn"),
    "linked": (gettext_lazy("Found its order"), "good"),
    "no_money": (gettext_lazy("No money left there"), "quiet"),
    "given_back": (gettext_lazy("Given back"), "good"),
    "elsewhere": (gettext_lazy("Settled elsewhere"), "quiet"),
}


_IS_OPEN = "state IN ({})".format(", ".join(f"'{state}'" for state in OPEN_STRAYS))
"""The words of the index `payments_stray_open`."""


def strays_open() -> int:
    """Return how much money without an order waits: told by a provider of payments that are not known here."""
    return _counted(f"payments_stray WHERE {_IS_OPEN} AND NOT is_mismatched")


def mismatched_open() -> int:
    """Return how much money waits that came for a payment and cannot pay it: another currency, or no amount that can be."""
    return _counted(f"payments_stray WHERE {_IS_OPEN} AND is_mismatched")


def _strays_in_state(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    if value == "mismatched":
        return rows.filter(state__in=OPEN_STRAYS, is_mismatched=True)
    return rows.filter(state__in=OPEN_STRAYS) if value == "open" else rows.filter(state=value)


STRAYS = Listing(
    name="strays",
    title=gettext_lazy("Money without an order"),
    caption=gettext_lazy(
        "What a provider tells of payments this shop does not know, or that cannot pay the order they came for. None of it counts as the "
        "shop’s money until somebody decides."
    ),
    empty=gettext_lazy("Every payment the providers told of belongs to an order."),
    see="payments.view",
    rows=models.Stray.objects.all,
    order=("-first_at", "-pk"),
    search=lambda rows, text: rows.filter(Q(reference__startswith=text) | Q(name__startswith=text)),
    search_hint=gettext_lazy("Provider's reference"),
    columns=(
        Column(name="first_at", label=gettext_lazy("Since"), kind="moment", sort="first_at"),
        Column(
            name="reference",
            label=gettext_lazy("Payment"),
            value=lambda row: row.reference or row.name,
            kind="code",
            note=lambda row: word(PROVIDERS, row.provider),
            url=lambda row: reverse("console_strays:page", args=[row.pk]),
        ),
        Column(name="amount", label=gettext_lazy("Amount"), value=lambda row: getattr(row, "also", None)),
        state_column(gettext_lazy("State"), STRAY_STATES, note=lambda row: row.reason),
        Column(name="last_at", label=gettext_lazy("Last heard"), kind="moment", is_minor=True),
        Column(name="heard", label=gettext_lazy("Times told"), kind="number", is_minor=True),
    ),
    filters=(
        Choice(
            name="state",
            label=gettext_lazy("State"),
            choices=lambda: [
                ("open", _("All that wait")),
                ("mismatched", _("Waiting, cannot pay its order")),
                *((code, words) for code, (words, _tone) in STRAY_STATES.items()),
            ],
            apply=_strays_in_state,
        ),
        Days(name="since", label=gettext_lazy("Since"), moment="first_at"),
    ),
)


# ── statements ────────────────────────────────────────────────────────────────────────────────────────────────────────

OUTCOMES: States = {
    "matched": (gettext_lazy("Fits"), "good"),
    "amount_differs": (gettext_lazy("Another amount"), "bad"),
    "theirs_only": (gettext_lazy("Only in the statement"), "bad"),
    "ours_only": (gettext_lazy("Only in the shop"), "bad"),
    "repeated": (gettext_lazy("Twice in the statement"), "bad"),
    "unreadable": (gettext_lazy("Cannot be read"), "warn"),
    "not_compared": (gettext_lazy("Not compared"), "quiet"),
}
LINE_KINDS = {
    "payment": gettext_lazy("Payment"),
    "refund": gettext_lazy("Refund"),
    "other": gettext_lazy("Fee, payout or under way"),
    "unreadable": gettext_lazy("Cannot be read"),
}
UNREADABLE = {
    "columns": gettext_lazy("A column is missing"),
    "amount": gettext_lazy("An amount is not one, or has the wrong sign"),
    "moment": gettext_lazy("The moment is not one"),
    "number": gettext_lazy("The provider’s number is missing or too long"),
    "currency": gettext_lazy("The currency is not one"),
}


def _providers() -> list[tuple[str, str]]:
    return [(code, word(PROVIDERS, code)) for code in files.PROVIDERS]


class ReadStatement(Command):
    """Read a provider's statement file in."""

    act = "payments.reconcile"
    title = gettext_lazy("Read a statement")
    submit = gettext_lazy("Read and compare")
    caption = gettext_lazy("The file as the provider gives it: Stripe’s balance report, Alipay’s or WeChat Pay’s trade bill, as CSV.")

    provider = forms.ChoiceField(label=gettext_lazy("Provider"), choices=_providers)
    file = forms.FileField(label=gettext_lazy("File"))

    def run(self, *, actor: UserId, now: datetime) -> Done:
        given = self.cleaned_data["file"]
        if given.size > files.MOST_BYTES:
            raise OutOfRange("file", given.size, least=1, most=files.MOST_BYTES)
        found = payments.reconcile_statement(
            provider=self.cleaned_data["provider"], file_name=given.name, data=given.read(), actor=actor, now=now
        )
        if found.is_right:
            return Done(_("The statement fits: there is no difference."))
        said = ngettext("%(count)s difference was found.", "%(count)s differences were found.", found.differences)
        return Done(said % {"count": found.differences}, tone="warn")


def _compare(statement_id: int, actor: UserId, now: datetime) -> None:
    payments.compare_statement(statement_id=statement_id, now=now)


def _differences(row: models.Statement) -> Pill:
    if not row.differences:
        return Pill(_("No difference"), "good")
    return Pill(ngettext("%(count)s difference", "%(count)s differences", row.differences) % {"count": row.differences}, "bad")


STATEMENTS = Listing(
    name="statements",
    title=gettext_lazy("Statements"),
    caption=gettext_lazy("What the providers say they took, gave back and kept, compared with what the shop has."),
    empty=gettext_lazy("Download a statement from the provider and read it in here."),
    see="payments.view",
    rows=models.Statement.objects.all,
    order=("-read_at", "-pk"),
    columns=(
        Column(
            name="file_name",
            label=gettext_lazy("File"),
            note=lambda row: word(PROVIDERS, row.provider),
            url=lambda row: f"{reverse('console_statement_lines:index')}?statement={row.pk}",
        ),
        Column(name="differences", label=gettext_lazy("State"), value=_differences, kind="pill", sort="differences"),
        Column(name="first_at", label=gettext_lazy("From"), kind="moment", sort="first_at"),
        Column(name="last_at", label=gettext_lazy("To"), kind="moment", is_minor=True),
        Column(name="paid_minor", label=gettext_lazy("Paid"), kind="money"),
        Column(name="refunded_minor", label=gettext_lazy("Given back"), kind="money"),
        Column(name="fees_minor", label=gettext_lazy("Fees"), kind="money"),
        Column(name="compared_at", label=gettext_lazy("Compared"), kind="moment", is_minor=True),
    ),
    filters=(
        Choice(
            name="provider",
            label=gettext_lazy("Provider"),
            choices=_providers,
            apply=lambda rows, value: rows.filter(provider=value),
        ),
        Days(name="read", label=gettext_lazy("Read in"), moment="read_at"),
    ),
    bulk=(
        Bulk(
            name="compare",
            label=gettext_lazy("Compare again"),
            act="payments.reconcile",
            ask=gettext_lazy("They are compared with what the shop has by now. Nothing else changes."),
            done=gettext_lazy("Compared"),
            run=_compare,
        ),
    ),
)


def _by_outcome(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(outcome__in=[each.value for each in DIFFERENCES]) if value == "differences" else rows.filter(outcome=value)


def _of_statement(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(statement_id=int(value)) if value.isascii() and value.isdigit() and len(value) < 19 else rows.none()


STATEMENT_LINES = Listing(
    name="statement-lines",
    title=gettext_lazy("Lines of statements"),
    caption=gettext_lazy("Each line as the provider wrote it, and what became of it. Without a number: what no line tells of."),
    empty=gettext_lazy("No such line."),
    see="payments.view",
    rows=lambda: models.StatementLine.objects.select_related("statement"),
    order=("-statement_id", "number", "pk"),
    search=lambda rows, text: rows.filter(_begins("reference", text) | _begins("operation", text)),
    search_hint=gettext_lazy("Provider's reference"),
    columns=(
        Column(name="number", label=gettext_lazy("Line"), value=lambda row: row.number or "", note=lambda row: row.statement.file_name),
        Column(
            name="outcome",
            label=gettext_lazy("State"),
            value=lambda row: pill(OUTCOMES, row.outcome),
            note=lambda row: word(UNREADABLE, row.reason) if row.reason else "",
            kind="pill",
            sort="outcome",
        ),
        Column(name="kind", label=gettext_lazy("Kind"), value=lambda row: word(LINE_KINDS, row.kind)),
        Column(
            name="operation",
            label=gettext_lazy("Provider’s number"),
            value=lambda row: row.operation or row.reference,
            kind="code",
            url=lambda row: reverse("console_payments:page", args=[row.payment_id]) if row.payment_id else None,
        ),
        Column(name="at", label=gettext_lazy("At"), kind="moment", sort="at"),
        Column(
            name="amount_minor",
            label=gettext_lazy("In the statement"),
            kind="money",
            value=lambda row: row.amount_minor if row.number else None,
        ),
        Column(name="ours_minor", label=pgettext_lazy("statement", "In the shop"), kind="money"),
        Column(name="fee_minor", label=gettext_lazy("Fee"), kind="money", is_minor=True),
        Column(name="order_id", label=gettext_lazy("Order"), value=lambda row: getattr(row, "also", None) or ""),
    ),
    filters=(
        Choice(
            name="statement",
            label=gettext_lazy("Statement"),
            choices=lambda: [(str(row.pk), row.file_name) for row in models.Statement.objects.order_by("-read_at", "-pk")[:100]],
            apply=_of_statement,
        ),
        Choice(
            name="outcome",
            label=gettext_lazy("State"),
            choices=lambda: [("differences", _("All differences")), *((code, words) for code, (words, _tone) in OUTCOMES.items())],
            apply=_by_outcome,
        ),
    ),
)
