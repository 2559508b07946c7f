"""The shop's words for buyers' requests, and for what happened to somebody: codes in, one phrase in the reader's language out."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shopkeeper.selling.orders.shapes import RequestKind, RequestReason, RequestState

_REASONS = {
    RequestReason.CHANGED_MIND: pgettext_lazy("why asked", "I changed my mind"),
    RequestReason.ORDERED_WRONG: pgettext_lazy("why asked", "I ordered the wrong thing"),
    RequestReason.TOO_LATE: pgettext_lazy("why asked", "It comes too late"),
    RequestReason.DAMAGED: pgettext_lazy("why asked", "It arrived damaged"),
    RequestReason.FAULTY: pgettext_lazy("why asked", "It does not work"),
    RequestReason.WRONG_GOODS: pgettext_lazy("why asked", "Something else came"),
    RequestReason.NOT_AS_SHOWN: pgettext_lazy("why asked", "It is not as shown"),
}
_OF_CANCELLING = (RequestReason.CHANGED_MIND, RequestReason.ORDERED_WRONG, RequestReason.TOO_LATE)

_KINDS = {
    RequestKind.CANCEL: pgettext_lazy("request", "Cancel what is not sent yet"),
    RequestKind.RETURN: pgettext_lazy("request", "Send something back"),
}
_STATES = {
    RequestState.WAITING: pgettext_lazy("request", "Waits for our answer"),
    RequestState.ACCEPTED: pgettext_lazy("request", "Accepted"),
    RequestState.REFUSED: pgettext_lazy("request", "Not accepted"),
    RequestState.WITHDRAWN: pgettext_lazy("request", "Taken back by you"),
    RequestState.DONE: pgettext_lazy("request", "Done"),
}
_LAWS = {
    "eu": gettext_lazy("The law of the European Union"),
    "gb": gettext_lazy("The law of the United Kingdom"),
    "cn": gettext_lazy("The law of China on consumers’ rights"),
    "tw": gettext_lazy("The law on consumer protection"),
    "kr": gettext_lazy("The law on consumer protection"),
    "br": gettext_lazy("The law on consumer protection"),
    "tr": gettext_lazy("The law on consumer protection"),
}
_NEWS = {
    "paid": gettext_lazy("Your payment for order %(number)s has arrived."),
    "shipped": gettext_lazy("A parcel of order %(number)s is on its way."),
    "arrived": gettext_lazy("A parcel of order %(number)s has arrived."),
    "cancelled": gettext_lazy("Order %(number)s is cancelled."),
    "expired": gettext_lazy("Order %(number)s was not paid in time and has ended."),
    "refunded": gettext_lazy("Money for order %(number)s went back to you."),
    "refund_failed": gettext_lazy("Money for order %(number)s could not go back yet. We are looking after it."),
    "request_accepted": gettext_lazy("We accepted your request about order %(number)s."),
    "request_refused": gettext_lazy("We answered your request about order %(number)s: please read why we cannot do it."),
    "request_done": gettext_lazy("Your request about order %(number)s is done."),
    "review_shown": gettext_lazy("Your review of %(name)s is shown."),
    "review_hidden": gettext_lazy("Your review of %(name)s is hidden: please read why."),
    "review_answered": gettext_lazy("We answered your review of %(name)s."),
    "question_answered": gettext_lazy("Your question about %(name)s has an answer."),
}


def reasons(kind: str) -> list[tuple[str, str]]:
    """Return the reasons a form offers for a kind of request, code and words."""
    offered = _OF_CANCELLING if kind == RequestKind.CANCEL else tuple(RequestReason)
    return [(each.value, str(_REASONS[each])) for each in offered if kind == RequestKind.CANCEL or each is not RequestReason.TOO_LATE]


def reason(code: RequestReason) -> str:
    """Return why somebody asked."""
    return str(_REASONS[code])


def kind(code: RequestKind) -> str:
    """Return what is asked for."""
    return str(_KINDS[code])


def state(code: RequestState) -> str:
    """Return where a request stands."""
    return str(_STATES[code])


def law(code: str) -> str:
    """Return which law gives the days in which no reason is needed; empty where none does."""
    return str(_LAWS.get(code, ""))


def asked(code: RequestKind) -> str:
    """Return what a buyer is told who has just asked."""
    if code is RequestKind.CANCEL:
        return _("We have your request. What has not left yet is kept here until we answer, if we still can.")
    return _("We have your request and answer it here. Please do not send anything before.")


def news(code: str, values: Mapping[str, object]) -> str:
    """Return what happened in a sentence; empty for what nobody put into words."""
    return str(_NEWS[code]) % values if code in _NEWS else ""
