"""How staff see payments: the state of each, and every word the provider said."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from shopkeeper.kit.console import Column, Days, Listing, States, state_choice, state_column, word
from shopkeeper.selling.payments import models

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
}

PROVIDERS = {
    "imported": gettext_lazy("Imported trade"),
    "test": gettext_lazy("Test payment"),
}
# The words of the checkout, so that staff and buyer speak of the same thing.
METHODS = {
    "test-ok": pgettext_lazy("test payment", "Approved at once"),
    "test-declined": pgettext_lazy("test payment", "Declined"),
    "test-slow": pgettext_lazy("test payment", "Answer lost on the way"),
    "test-silent": pgettext_lazy("test payment", "Confirmed after two minutes"),
    "test-duplicate": pgettext_lazy("test payment", "Confirmed twice"),
    "test-late": pgettext_lazy("test payment", "Confirmed too late"),
}
WHY_NOT = {
    "declined": gettext_lazy("Declined by the bank"),
    "insufficient_funds": gettext_lazy("Not enough money in the account"),
    "expired_card": gettext_lazy("The card has expired"),
    "fraud_suspected": gettext_lazy("Stopped by the bank for safety"),
    "too_much": gettext_lazy("More than there is to collect or return"),
    "abandoned": gettext_lazy("Given up: the provider never answered"),
}


def way_of_paying(provider: str, method: str) -> str:
    """Return how an order was paid, in the reader's words: `Test payment · Approved at once`."""
    named = word(PROVIDERS, provider)
    return named if provider == method else f"{named} · {word(METHODS, method)}"


def _find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    number = Q(order_id=int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else Q()
    return rows.filter(Q(reference__istartswith=text) | number)


def pending() -> int:
    """Return how many payments still wait for the provider's word."""
    return models.Payment.objects.filter(state="pending").count()


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
        state_choice(gettext_lazy("State"), STATES),
        Days(name="begun", label=gettext_lazy("Begun"), moment="started_at"),
    ),
)
