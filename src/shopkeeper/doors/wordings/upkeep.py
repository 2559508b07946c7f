"""Words for refusals about facts, mails, figures and imports."""

from django.utils.translation import gettext as _

from shopkeeper.doors.wordings.say import say, shown
from shopkeeper.events.shapes import NotWaiting
from shopkeeper.flows.import_online_retail import MissingColumns, UnreadableFile, WrongCurrency
from shopkeeper.flows.open_shop import NotTheSample
from shopkeeper.growth.messages.shapes import NotParked
from shopkeeper.insight.metrics import shapes as metrics
from shopkeeper.ops.imports import shapes as imports


@say.register
def _not_waiting(refusal: NotWaiting) -> tuple[str, str]:
    return _("Nobody is waiting for this fact any more."), _("It was heard already. Load the page again.")


@say.register
def _not_parked(refusal: NotParked) -> tuple[str, str]:
    return _("This mail is not waiting for anybody."), _("Load the page again to see where it stands.")


@say.register
def _unknown_metric(refusal: metrics.UnknownMetric) -> tuple[str, str]:
    known = {"value": shown(refusal.value), "known": _(", ").join(refusal.known)}
    return _("There is no figure “%(value)s”.") % known, _("Use one of these: %(known)s.") % known


@say.register
def _dimension_not_allowed(refusal: metrics.DimensionNotAllowed) -> tuple[str, str]:
    allowed = {"value": shown(refusal.value), "allowed": _(", ").join(map(str, refusal.allowed))}
    return _("This figure has no honest meaning by “%(value)s”.") % allowed, _("Split it by one of these: %(allowed)s.") % allowed


@say.register
def _unusable_period(refusal: metrics.UnusablePeriod) -> tuple[str, str]:
    return _("The period %(value)s ends before it begins.") % {"value": shown(refusal.value)}, _("Swap the two days, or choose others.")


@say.register
def _wrong_currency(refusal: WrongCurrency) -> tuple[str, str]:
    return _("The prices in the file are in another currency than the shop’s."), _("Import it into a shop that keeps its books in GBP.")


@say.register
def _not_the_sample(refusal: NotTheSample) -> tuple[str, str]:
    return _("This is not the sample shop, or not any more: it was emptied before, or opened empty."), _(
        "Nothing was changed: goods and orders in it stay. For another shop choose an empty data folder."
    )


@say.register
def _import_busy(refusal: imports.ImportBusy) -> tuple[str, str]:
    return _("Another import is under way."), _("Wait until it is done, then start again.")


@say.register
def _missing_columns(refusal: MissingColumns) -> tuple[str, str]:
    return _("The file lacks the columns %(columns)s.") % {"columns": ", ".join(refusal.columns)}, _(
        "Use Parquet or CSV with the columns the guide names."
    )


@say.register
def _unreadable_file(refusal: UnreadableFile) -> tuple[str, str]:
    return _("The file cannot be read: %(value)s.") % {"value": shown(refusal.value)}, _(
        "Use Parquet or CSV with the columns the guide names."
    )
