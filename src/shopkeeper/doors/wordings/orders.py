"""Words for refusals about baskets, orders and their money."""

from babel.numbers import format_currency
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shopkeeper.doors.wordings.say import EXPECTED, say, shown
from shopkeeper.kit import money, places
from shopkeeper.kit.refusals import KeyReused
from shopkeeper.selling.orders import shapes as orders
from shopkeeper.selling.payments import shapes as payments


@say.register
def _empty_basket(refusal: orders.EmptyBasket) -> tuple[str, str]:
    return _("The basket is empty."), _("Put something in it first.")


@say.register
def _too_much_unpaid(refusal: orders.TooMuchUnpaid) -> tuple[str, str]:
    if refusal.orders > refusal.most_orders:
        said = ngettext(
            "Only %(most)d order of one buyer may wait for its payment.", "Only %(most)d orders of one buyer may wait for payment.",
            refusal.most_orders,
        ) % {"most": refusal.most_orders}  # fmt: skip
    else:
        said = ngettext(
            "The unpaid orders of one buyer may hold at most %(most)d piece; with this one they would hold %(units)d.",
            "The unpaid orders of one buyer may hold at most %(most)d pieces; with this one they would hold %(units)d.",
            refusal.most_units,
        ) % {"most": refusal.most_units, "units": refusal.units}  # fmt: skip
    return said, _("Pay for an order that waits, or order fewer pieces. What is not paid within half an hour is free again.")


@say.register
def _wrong_state(refusal: orders.WrongState) -> tuple[str, str]:
    return _("The order has moved on, so this is no longer possible."), _("Load the page again to see where it stands.")


@say.register
def _too_many_units(refusal: orders.TooManyUnits) -> tuple[str, str]:
    most = ngettext("At most %(most)d piece is left.", "At most %(most)d pieces are left.", refusal.most) % {"most": refusal.most}
    return _("%(value)s is more than this line has left.") % {"value": shown(refusal.value)}, most


@say.register
def _sum_changed(refusal: orders.SumChanged) -> tuple[str, str]:
    values = {"seen": _money(refusal.seen_minor, refusal.currency), "now": _money(refusal.now_minor, refusal.currency)}
    return _("The sum has changed from %(seen)s to %(now)s.") % values, _("Look again, then confirm.")


def _money(minor: int, currency: str) -> str:
    return format_currency(money.to_decimal(minor, currency), currency, locale=places.locale())


@say.register
def _key_reused(refusal: KeyReused) -> tuple[str, str]:
    return _("This form was sent before, with other content."), _("Load the page again to see where it stands.")


@say.register
def _nothing_to_do(refusal: orders.NothingToDo) -> tuple[str, str]:
    return _("Nothing was chosen."), _("Choose at least one piece, or the delivery.")


@say.register
def _basket_full(refusal: orders.BasketFull) -> tuple[str, str]:
    return _("A basket holds at most %(most)d different things.") % {"most": refusal.most}, _(
        "Order what is in it first, or take something out."
    )


@say.register
def _no_invoice(refusal: orders.NoInvoice) -> tuple[str, str]:
    values = {"number": shown(refusal.value)}
    if refusal.may_come:
        return _("Order %(number)s has not been paid yet.") % values, _("The invoice is made as soon as the payment has arrived.")
    return _("Order %(number)s was never paid.") % values, _("Only a paid order has an invoice.")


@say.register
def _basket_ordered(refusal: orders.BasketOrdered) -> tuple[str, str]:
    return _("This basket was ordered already."), _("Look at the order, or start a new basket.")


_DECLINED = {
    "declined": gettext_lazy("Your bank declined the payment."),
    "insufficient_funds": gettext_lazy("There was not enough money in the account."),
    "expired_card": gettext_lazy("The card has expired."),
    "fraud_suspected": gettext_lazy("The bank stopped the payment for safety."),
}


@say.register
def _payment_refused(refusal: payments.PaymentRefused) -> tuple[str, str]:
    problem = str(_DECLINED.get(refusal.reason, _DECLINED["declined"]))
    return problem, _("No money was taken. Choose another way to pay or try again.")


@say.register
def _capture_pending(refusal: payments.CapturePending) -> tuple[str, str]:
    return _("The payment provider has not said yet whether it took the money."), _(
        "Wait for its answer: the money is then let go of or given back."
    )


@say.register
def _too_much(refusal: payments.TooMuch) -> tuple[str, str]:
    return _("This is more money than there is to return or collect."), _("Enter a smaller amount.")


@say.register
def _money_disputed(refusal: payments.MoneyDisputed) -> tuple[str, str]:
    values = {"withdrawn": _money(refusal.withdrawn_minor, refusal.currency), "most": _money(refusal.most, refusal.currency)}
    return _("The buyer’s bank has withdrawn %(withdrawn)s of this money: the buyer has it already.") % values, _(
        "Give back at most %(most)s, and answer the dispute at the payment provider."
    ) % values


@say.register
def _stray_closed(refusal: payments.StrayClosed) -> tuple[str, str]:
    if refusal.state == "giving_back":
        return _("This money is being given back already."), _(
            "Wait for the provider’s answer: it is asked again by itself. Where none has come for three days, say where it was settled."
        )
    if refusal.state == "linked":
        return _("This money belongs to an order: its payment is known by now."), _(
            "There is nothing to give back here. Look at the order."
        )
    if refusal.state in ("heard", "unclaimed"):
        return _("The sum has changed since you looked, or none is left."), _("Load the page again, then decide.")
    return _("This money is settled already."), _("There is nothing left to do. Load the page again to see how.")


@say.register
def _stray_refused(refusal: payments.StrayRefused) -> tuple[str, str]:
    return _("The provider refused to give this money back."), _("Clear it up with the provider, then give it back again.")


@say.register
def _stray_unaskable(refusal: payments.StrayUnaskable) -> tuple[str, str]:
    return _("The provider “%(value)s” cannot be asked for this money from here.") % {"value": shown(refusal.value)}, _(
        "Give it back in the provider’s own console, then say here that it was settled elsewhere."
    )


@say.register
def _bad_signature(refusal: payments.BadSignature) -> tuple[str, str]:
    return _("The message is not signed by the payment provider."), _("It was not read. Check the shared secret on both sides.")


@say.register
def _no_statement(refusal: payments.NoStatement) -> tuple[str, str]:
    if not refusal.columns:
        return _("This is not a file of rows."), str(EXPECTED["statement"])
    # Headings as the provider writes them, Chinese ones too: quoted, and called columns, they can be looked for in the file.
    columns = _(", ").join(f"“{column}”" for column in refusal.columns)
    return _("The file lacks the columns %(columns)s.") % {"columns": columns}, str(EXPECTED["statement"])


@say.register
def _provider_busy(refusal: payments.ProviderBusy) -> tuple[str, str]:
    return _("The payment provider does not answer, so its message was not taken in."), _("Send it again in a minute.")


@say.register
def _unknown_provider(refusal: payments.UnknownProvider) -> tuple[str, str]:
    return _("There is no payment provider “%(value)s”.") % {"value": shown(refusal.value)}, _(
        "Use one of the providers that are installed."
    )
