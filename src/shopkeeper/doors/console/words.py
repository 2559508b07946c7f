"""The reader's words for codes that belong to no single room's list: roles, and what happened to an order."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from shopkeeper.doors.console import reading
from shopkeeper.kit.console import word
from shopkeeper.selling.orders.console import CANCEL_REASONS, REFUND_REASONS
from shopkeeper.selling.orders.shapes import Happening, PieceRun

ROLES = {
    "owner": pgettext_lazy("role", "owner"),
    "manager": pgettext_lazy("role", "manager"),
    "clerk": pgettext_lazy("role", "clerk"),
}
DUTIES = {
    "owner": gettext_lazy("Everything, also the shop's particulars, taxes and staff."),
    "manager": gettext_lazy("Goods, prices, stock, orders, refunds, figures and the audit trail."),
    "clerk": gettext_lazy("Orders and parcels, customers, receiving, counting and moving stock."),
}

_HAPPENED: Mapping[str, tuple[Any, str]] = {
    "placed": (gettext_lazy("Order placed"), "info"),
    "paid": (gettext_lazy("Paid: %(amount)s"), "good"),
    "revived": (gettext_lazy("Paid late and taken up again: %(amount)s"), "good"),
    "shipped": (gettext_lazy("Parcel left with %(carrier)s %(tracking_number)s (pieces: %(units)s)"), "good"),
    "cancelled": (gettext_lazy("Cancelled: %(reason)s"), "bad"),
    "expired": (gettext_lazy("Expired: it was not paid in time"), "bad"),
    "refund_asked": (gettext_lazy("Refund of %(amount)s asked: %(reason)s"), ""),
    "refunded": (gettext_lazy("%(amount)s paid back"), "info"),
    "refund_failed": (gettext_lazy("The provider refused to pay back %(amount)s"), "bad"),
    "rest_dropped": (gettext_lazy("What had not been sent was given up"), ""),
    "payment_started": (gettext_lazy("Payment begun"), ""),
    "payment_pending": (gettext_lazy("The provider has not answered yet"), ""),
    "payment_declined": (gettext_lazy("Payment declined"), "bad"),
    "payment_refused": (gettext_lazy("Payment declined"), "bad"),
    "authorized": (gettext_lazy("Payment authorised"), ""),
    "money_returned": (gettext_lazy("Money came after the order had ended, and went back: %(amount)s"), "info"),
    "give_back_asked": (gettext_lazy("Money came after the order had ended, and is asked back: %(amount)s"), ""),
    "give_back_failed": (gettext_lazy("Money came after the order had ended, and the provider refused to give it back: %(amount)s"), "bad"),
    "note": (gettext_lazy("Note: %(text)s"), ""),
}


def happened(entry: Happening, currency: str) -> tuple[str, str]:
    """Return what an entry of the timeline says, and the tone of its mark."""
    text, tone = _HAPPENED.get(entry.code, (entry.code.replace("_", " ").capitalize(), ""))
    values: dict[str, object] = {"units": "", "carrier": "", "tracking_number": "", "text": "", **entry.values}
    amount = entry.values.get("amount_minor", entry.values.get("total_minor"))
    values["amount"] = reading.money(int(amount), currency) if amount is not None else "–"
    reason = str(entry.values.get("reason", ""))
    known = REFUND_REASONS if entry.code.startswith("refund") else CANCEL_REASONS
    values["reason"] = word(known, reason) if reason else _("no reason given")
    return (str(text) % values).strip(), tone


def gives_back(runs: Sequence[PieceRun], currency: str) -> str:
    """Return in words what each piece of a line gives back: the same for all, or a penny more for the first of them."""
    last = reading.money(runs[-1].each_minor, currency)
    if len(runs) == 1:
        return _("gives back %(amount)s each") % {"amount": last}
    text = ngettext(
        "gives back %(first)s for the next piece, then %(last)s each",
        "gives back %(first)s for each of the next %(count)d pieces, then %(last)s each",
        runs[0].units,
    )
    return text % {"first": reading.money(runs[0].each_minor, currency), "last": last, "count": runs[0].units}
