"""Words for refusals about facts, mails, figures and imports."""

from django.utils.translation import gettext as _

from shopkeeper.doors.wordings.say import say, shown
from shopkeeper.events.shapes import NotWaiting
from shopkeeper.flows.import_online_retail import MissingColumns, UnreadableFile, WrongCurrency
from shopkeeper.flows.open_shop import NotTheSample
from shopkeeper.growth.links import shapes as links
from shopkeeper.growth.messages import shapes as mails
from shopkeeper.insight.metrics import shapes as metrics
from shopkeeper.ops.imports import shapes as imports


@say.register
def _not_waiting(refusal: NotWaiting) -> tuple[str, str]:
    return _("Nobody is waiting for this fact any more."), _("It was heard already. Load the page again.")


@say.register
def _not_parked(refusal: mails.NotParked) -> tuple[str, str]:
    return _("This mail is not waiting for anybody."), _("Load the page again to see where it stands.")


@say.register
def _unknown_placeholder(refusal: mails.UnknownPlaceholder) -> tuple[str, str]:
    known = {"value": shown(refusal.value), "meant": refusal.meant, "known": _(", ").join(f"{{{name}}}" for name in refusal.allowed)}
    problem = _("This mail has no placeholder “%(value)s”.") % known
    if refusal.meant:
        return problem, _("Did you mean {%(meant)s}? These can be used: %(known)s.") % known
    return problem, _("These can be used: %(known)s.") % known


@say.register
def _broken_placeholder(refusal: mails.BrokenPlaceholder) -> tuple[str, str]:
    problem = _("Near “%(value)s” stands a brace without its other half.") % {"value": shown(refusal.value)}
    return problem, _("Write a placeholder whole, as {number}, or leave the brace out.")


@say.register
def _misplaced_placeholder(refusal: mails.MisplacedPlaceholder) -> tuple[str, str]:
    problem = _("“%(value)s” cannot stand in this place.") % {"value": refusal.value}
    if refusal.kind == "block":
        return problem, _("A table needs a line of its own among the paragraphs.")
    return problem, _("A link belongs into the paragraphs or below the button, as [words](%(value)s).") % {"value": refusal.value}


@say.register
def _missing_placeholder(refusal: mails.MissingPlaceholder) -> tuple[str, str]:
    return _("“%(value)s” is missing: this mail has to say it.") % {"value": refusal.value}, _("Put it back where it fits.")


@say.register
def _unsafe_address(refusal: mails.UnsafeAddress) -> tuple[str, str]:
    problem = _("“%(value)s” is no address a link in a mail may lead to.") % {"value": shown(refusal.value)}
    return problem, _("Use a whole address that begins with https:// or mailto:, or one of the links of this mail.")


@say.register
def _letter_text_changed(refusal: mails.TextChanged) -> tuple[str, str]:
    problem = _("Somebody else published version %(version)d meanwhile.") % {"version": refusal.now}
    return problem, _("Copy what you wrote, load the page again and compare before you publish.")


@say.register
def _forged_news(refusal: mails.ForgedNews) -> tuple[str, str]:
    return _("The signature is missing, wrong or older than five minutes."), _(
        "Sign “seconds.body” with the shop’s BOUNCE_SECRET by HMAC-SHA256 and send it as t=seconds,v1=hex; check the clock."
    )


@say.register
def _nothing_to_show(refusal: mails.NothingToShow) -> tuple[str, str]:
    problem = _("Order %(value)s has nothing this mail could tell of.") % {"value": shown(refusal.value)}
    return problem, _("Choose an order with a parcel or a refund, or look at the mail with sample data.")


@say.register
def _mail_not_sent(refusal: mails.NotSent) -> tuple[str, str]:
    problem = _("The mail server did not take the mail (%(value)s).") % {"value": shown(refusal.value)}
    return problem, _("Look under Health whether the mail server answers, then try again.")


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


@say.register
def _link_code_taken(refusal: links.LinkCodeTaken) -> tuple[str, str]:
    problem = _("The code “%(value)s” belongs to another link.") % {"value": shown(refusal.taken)}
    return problem, _("Choose another code, or change the link that has it.")
