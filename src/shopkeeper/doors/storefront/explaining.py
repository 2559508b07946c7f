"""How a price comes about, step by step: the quote's own reasons in the reader's words. Nothing is reckoned here, only told."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shopkeeper.doors.storefront import reading
from shopkeeper.kit.ids import DeliveryOptionId, VariantId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import Quote, QuotedLine, Reason, TaxMode, Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: `what` in words, a quieter `note`, and its effect on the total (None: it is only told)."""

    what: str
    note: str = ""
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The steps of each line, of what holds for the whole, and the total they amount to, to the last penny."""

    lines: tuple[tuple[str, tuple[Step, ...]], ...]
    whole: tuple[Step, ...]
    total_minor: int
    is_delivered: bool


def of_quote(quote: Quote) -> Story:
    """Return how a quote comes about: its amounts are the quote's, and they add up to its total."""
    return Story(
        lines=tuple((reading.pick(line.name), tuple(_line_steps(line, quote))) for line in quote.lines),
        whole=(*_whole_steps(quote), _rounding(quote)),
        total_minor=quote.total_minor,
        is_delivered=quote.delivery is not None,
    )


def of_one(variant_id: VariantId, *, country: str, delivery: DeliveryOptionId | None) -> Story | None:
    """Return how the price of one piece comes about for a buyer in a country; None where it cannot be priced now. One statement."""
    try:
        return of_quote(pricing.quote(wanted=[Wanted(variant_id=variant_id, units=1)], country=country, delivery_option_id=delivery))
    except Refusal:
        # Without a price, or where nothing is sent to: the page says that itself.
        return None


def _line_steps(line: QuotedLine, quote: Quote) -> list[Step]:
    return [_step(reason, quote) for reason in line.reasons]


def _whole_steps(quote: Quote) -> list[Step]:
    return [_step(reason, quote, is_delivery=True) for reason in quote.reasons]


def _step(reason: Reason, quote: Quote, *, is_delivery: bool = False) -> Step:
    known = _STEPS.get(reason.code)
    if known is None:
        # A reason nobody put into words yet still counts: its amount must not be missing from the sum.
        return Step(what=reason.code, amount_minor=reason.amount_minor or None)
    step = known(reason, quote)
    return (
        Step(what=_("Delivery: %(step)s") % {"step": step.what}, amount_minor=step.amount_minor)
        if is_delivery and _is_tax(reason)
        else step
    )


def _is_tax(reason: Reason) -> bool:
    return reason.code in ("tax_added", "tax_included")


def _price(reason: Reason, quote: Quote) -> Step:
    units = int(reason.values["units"])
    each = reading.money(int(reason.values["unit_minor"]), quote.currency)
    what = ngettext("Price of the list: %(each)s", "Price of the list: %(units)s × %(each)s", units)
    return Step(what=what % {"units": reading.number(units), "each": each}, amount_minor=reason.amount_minor)


def _reduced(reason: Reason, quote: Quote) -> Step:
    before = reading.money(int(reason.values["reference_minor"]), quote.currency)
    return Step(what=_("Reduced, already in this price: the lowest price of the 30 days before was %(before)s") % {"before": before})


def _discount(reason: Reason, quote: Quote) -> Step:
    return Step(what=_("Discount"), amount_minor=reason.amount_minor)


def _tax_added(reason: Reason, quote: Quote) -> Step:
    return Step(what=_("Tax added, %(rate)s for %(country)s") % _taxed(reason, quote), amount_minor=reason.amount_minor)


def _tax_included(reason: Reason, quote: Quote) -> Step:
    return Step(what=_("Tax of %(tax)s is in it, %(rate)s for %(country)s") % _taxed(reason, quote))


def _taxed(reason: Reason, quote: Quote) -> dict[str, str]:
    return {
        "tax": reading.money(int(reason.values["tax_minor"]), quote.currency),
        "rate": reading.percent(int(reason.values["basis_points"])),
        "country": reading.country(str(reason.values["country"])),
    }


def _delivery(reason: Reason, quote: Quote) -> Step:
    name = reading.pick(quote.delivery.name) if quote.delivery else ""
    return Step(what=_("Delivery: %(name)s") % {"name": name}, amount_minor=reason.amount_minor)


def _delivery_free(reason: Reason, quote: Quote) -> Step:
    least = reading.money(int(reason.values["from_minor"]), quote.currency)
    return Step(what=_("Delivery is free from %(amount)s of goods") % {"amount": least}, amount_minor=reason.amount_minor)


def _delivery_free_from(reason: Reason, quote: Quote) -> Step:
    least, more = (reading.money(int(reason.values[name]), quote.currency) for name in ("from_minor", "more_minor"))
    if not int(reason.values["more_minor"]):
        return Step(what=_("Delivery is free from %(amount)s of goods") % {"amount": least})
    return Step(what=_("Delivery would be free from %(amount)s of goods: %(more)s more") % {"amount": least, "more": more})


def _rounding(quote: Quote) -> Step:
    if quote.tax_mode is TaxMode.ADDED:
        return Step(
            what=_("Tax is reckoned for each line and rounded there, halves up; the total is the sum of these and is not rounded again.")
        )
    return Step(what=_("Prices contain the tax. It is taken out line by line and rounded there; the total is the sum and is not rounded."))


_STEPS = {
    "price": _price,
    "reduced_from": _reduced,
    "discount": _discount,
    "tax_added": _tax_added,
    "tax_included": _tax_included,
    "delivery": _delivery,
    "delivery_free": _delivery_free,
    "delivery_free_from": _delivery_free_from,
}
