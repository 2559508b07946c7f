"""Words for refusals about what buyers ask for: particulars of an order, requests after it."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shopkeeper.doors.wordings.say import say
from shopkeeper.selling.orders import shapes as orders


@say.register
def _basket_closed(refusal: orders.BasketClosed) -> tuple[str, str]:
    return _("This basket became an order already, or holds nothing yet."), _("Look at the page of the order.")


@say.register
def _not_to_be_asked(refusal: orders.NotToBeAsked) -> tuple[str, str]:
    if refusal.kind is orders.RequestKind.CANCEL:
        return _("There is nothing left to cancel in this order."), _("What was sent can be sent back once it arrived.")
    return _("There is nothing in this order that could go back now."), _("Look at the page of the order to see where it stands.")


@say.register
def _asked_already(refusal: orders.AskedAlready) -> tuple[str, str]:
    problem = _("You have asked to cancel already, and we have not answered yet.")
    return problem, _("To ask for other pieces, take that request back on the page of the order first.")


@say.register
def _cancel_asked(refusal: orders.CancelAsked) -> tuple[str, str]:
    problem = _("The buyer of order %(number)s asks to cancel (request %(request)s), and nobody has decided yet.")
    named = {"number": refusal.number, "request": refusal.request_id}
    return problem % named, _("Decide the request first, or ship the order from its own page.")


@say.register
def _needs_defect(refusal: orders.NeedsDefect) -> tuple[str, str]:
    remedy = _("If something is wrong with the goods, choose what it is: for that there is more time.")
    last = refusal.window.last_day
    if refusal.window.days and last:
        return _("Goods of this order could go back without a reason until %(day)s.") % {"day": date_format(last, "DATE_FORMAT")}, remedy
    return _("Where these goods went, they do not go back without a reason."), remedy


@say.register
def _request_decided(refusal: orders.RequestDecided) -> tuple[str, str]:
    return _("This request has moved on meanwhile, so this is no longer possible."), _("Load the page again to see where it stands.")


@say.register
def _sent_meanwhile(refusal: orders.SentMeanwhile) -> tuple[str, str]:
    problem = ngettext(
        "%(units)d piece the buyer asks to cancel has left meanwhile.", "%(units)d pieces the buyer asks to cancel have left meanwhile.",
        refusal.units,
    )  # fmt: skip
    remedy = _("Refuse the request and say so: the goods can be sent back once they arrive, and what is still here can be asked for anew.")
    return problem % {"units": refusal.units}, remedy
