"""What refusals of promotions and their codes say."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.doors.wordings.say import say, shown
from shopkeeper.selling.promotions import shapes as promotions
from shopkeeper.selling.promotions.shapes import State

_STATES = {
    State.DRAFT: gettext_lazy("It is a draft: ask for it to be approved first."),
    State.WAITING: gettext_lazy("It waits for somebody to approve it."),
    State.APPROVED: gettext_lazy("It runs: pause it first."),
    State.PAUSED: gettext_lazy("It is paused: let it run again or change it."),
    State.ENDED: gettext_lazy("It has ended for good: make a new one."),
}


@say.register
def _code_taken(refusal: promotions.CodeTaken) -> tuple[str, str]:
    return _("The code “%(value)s” is taken.") % {"value": shown(refusal.value)}, _("Choose another code.")


@say.register
def _not_in_this_state(refusal: promotions.NotInThisState) -> tuple[str, str]:
    return _("The promotion does not stand where this can be done."), str(_STATES[State(str(refusal.value))])


@say.register
def _promotion_moved(refusal: promotions.PromotionMoved) -> tuple[str, str]:
    return _("Somebody changed the promotion since you looked at it."), _("Look at it again, then approve it.")


@say.register
def _own_promotion(refusal: promotions.OwnPromotion) -> tuple[str, str]:
    return _("You wrote this promotion yourself."), _("Ask somebody else to approve it.")


@say.register
def _cannot_use(refusal: promotions.CannotUse) -> tuple[str, str]:
    return _("A promotion of this order cannot be used any more."), _("Look at the total again: it is as it stands now.")


@say.register
def _unknown_code(refusal: promotions.UnknownCode) -> tuple[str, str]:
    return _("There is no code “%(value)s”.") % {"value": shown(refusal.value)}, _("Check how it is written, or go on without it.")
