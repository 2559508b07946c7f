"""How staff see orders. What they do to them goes through flows, whose forms stand in the console."""

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.kit import statements
from shopkeeper.kit.console import Choice, Column, Days, Listing, States, state_column
from shopkeeper.kit.naming import by_number, customer_name
from shopkeeper.kit.places import country_name
from shopkeeper.selling.orders import models
from shopkeeper.selling.orders.shapes import OrderState

STATES: States = {
    "placed": (gettext_lazy("Awaits payment"), "warn"),
    "paid": (gettext_lazy("To ship"), "info"),
    "shipping": (gettext_lazy("Partly shipped"), "info"),
    "shipped": (gettext_lazy("Shipped"), "good"),
    "cancelled": (gettext_lazy("Cancelled"), "quiet"),
    "expired": (gettext_lazy("Expired"), "quiet"),
}
REFUND_STATES: States = {
    "asked": (gettext_lazy("Under way"), "warn"),
    "settled": (gettext_lazy("Paid back"), "good"),
    "failed": (gettext_lazy("Refused by the provider"), "bad"),
}
CANCEL_REASONS = {
    "buyer": gettext_lazy("The buyer asked"),
    "out_of_stock": gettext_lazy("Goods not to be had"),
    "fraud": gettext_lazy("Suspected fraud"),
    "mistake": gettext_lazy("Placed by mistake"),
    "payment_declined": gettext_lazy("Payment declined"),
    "refunded": gettext_lazy("All of it refunded"),
    "other": gettext_lazy("Another reason"),
}
REFUND_REASONS = {
    "damaged": gettext_lazy("Arrived damaged"),
    "wrong_goods": gettext_lazy("Wrong goods"),
    "late": gettext_lazy("Came too late"),
    "changed_mind": gettext_lazy("Changed their mind"),
    "goodwill": gettext_lazy("Goodwill"),
    "cancelled": gettext_lazy("Order cancelled"),
    "other": gettext_lazy("Another reason"),
}


CHANNELS = {
    "web": gettext_lazy("Web shop"),
    "api": gettext_lazy("API"),
    "imported": gettext_lazy("Imported"),
}
"""Where an order came in."""


def _find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    who = Q(contact_name__icontains=text) | Q(contact_email__icontains=text) | by_number(text, "buyer__external_code")
    return rows.filter(Q(number__icontains=text) | who)


GIVEN_BACK = ("give_back_asked", "money_returned", "give_back_failed")
"""What a timeline says about money that came for an order already at its end; the last of them holds."""


def _whose_money_is_kept(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the orders that ended unpaid, whose money came after all and was refused when it was to go back."""
    said = models.Happening.objects.filter(order_id=OuterRef("pk"), code__in=GIVEN_BACK).order_by("-at", "-id").values("code")[:1]
    refused = models.Happening.objects.filter(code="give_back_failed").values("order_id")
    ended = rows.filter(pk__in=refused, state__in=models.DEAD_STATES, paid_at=None)
    found: QuerySet[Any] = ended.alias(last_said=Subquery(said)).filter(last_said="give_back_failed")
    return found


def money_kept() -> int:
    """Return how many orders that ended unpaid keep money that the provider refused to give back."""
    # In its own words, not counted by `_whose_money_is_kept`: asked at every page of the console, where putting a query together costs
    # more than its answer. A test holds the two against each other.
    (found,) = statements.row(
        """SELECT count(*) FROM orders_order o
           WHERE o.id IN (SELECT h.order_id FROM orders_happening h WHERE h.code = 'give_back_failed')
             AND o.state = ANY(%s) AND o.paid_at IS NULL
             AND 'give_back_failed' = (SELECT h.code FROM orders_happening h WHERE h.order_id = o.id AND h.code = ANY(%s)
                                       ORDER BY h.at DESC, h.id DESC LIMIT 1)""",
        [list(models.DEAD_STATES), list(GIVEN_BACK)],
    )
    return int(found)


def _in_state(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    if value == "money_kept":
        return _whose_money_is_kept(rows)
    if value == "to_ship":
        return rows.filter(state__in=[OrderState.PAID, OrderState.SHIPPING])
    return rows.filter(refunded_minor__gt=0) if value == "refunded" else rows.filter(state=value)


def _country_choices() -> list[tuple[str, Any]]:
    found = models.Order.objects.order_by("country").values_list("country", flat=True).distinct()
    return sorted(((code, country_name(code)) for code in found if code), key=lambda pair: pair[1])


def buyer_of(row: models.Order) -> str:
    """Return what staff call the buyer: the name, else the number in the books the order came from, else the mail address."""
    return customer_name(row.contact_name, row.buyer.external_code) or row.contact_email


ORDERS = Listing(
    name="orders",
    title=gettext_lazy("Orders"),
    caption=gettext_lazy("Newest first. Filter by “to ship” to see what waits for a parcel."),
    empty=gettext_lazy("The first order will stand here as soon as somebody buys."),
    see="orders.view",
    export="orders.export",
    rows=lambda: models.Order.objects.select_related("buyer").defer("quote", "address"),
    order=("-placed_at", "-pk"),
    search=_find,
    search_hint=gettext_lazy("Number, name or mail address"),
    columns=(
        Column(
            name="number",
            label=gettext_lazy("Order"),
            kind="reference",
            sort="number",
            url=lambda row: reverse("console_orders:page", args=[row.pk]),
        ),
        Column(name="placed_at", label=gettext_lazy("Ordered"), kind="moment", sort="placed_at"),
        Column(name="buyer", label=gettext_lazy("Buyer"), value=buyer_of, note=lambda row: _("guest") if row.is_guest else _("member")),
        Column(name="country", label=gettext_lazy("Country"), kind="country", is_minor=True, sort="country"),
        Column(name="units", label=gettext_lazy("Pieces"), kind="number", sort="units", is_minor=True),
        Column(name="total_minor", label=gettext_lazy("Total"), kind="money", sort="total_minor"),
        Column(
            name="refunded_minor",
            label=gettext_lazy("Refunded"),
            kind="money",
            value=lambda row: row.refunded_minor or None,
            sort="refunded_minor",
            is_minor=True,
        ),
        state_column(gettext_lazy("State"), STATES),
    ),
    filters=(
        Choice(
            name="state",
            label=gettext_lazy("State"),
            choices=lambda: [
                ("to_ship", _("To ship, whole or in part")),
                *((state.value, STATES[state.value][0]) for state in OrderState),
                ("refunded", _("With refunds")),
                ("money_kept", _("Money did not go back")),
            ],
            apply=_in_state,
        ),
        Choice(
            name="country",
            label=gettext_lazy("Country"),
            choices=_country_choices,
            apply=lambda rows, value: rows.filter(country=value),
        ),
        Days(name="placed", label=gettext_lazy("Ordered"), moment="placed_at"),
    ),
)
