"""Refusals in the reader's language: which field, which value, what is wrong with it and what to do. One translation for every door."""

import unicodedata
from dataclasses import dataclass
from functools import singledispatch

from babel.numbers import format_currency
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from shopkeeper.events.shapes import NotWaiting
from shopkeeper.flows.import_online_retail import MissingColumns, UnreadableFile, WrongCurrency
from shopkeeper.flows.open_shop import NotTheSample
from shopkeeper.growth.messages.shapes import NotParked
from shopkeeper.insight.metrics import shapes as metrics
from shopkeeper.kit import money, places
from shopkeeper.kit.refusals import KeyReused, Malformed, NotAllowed, NotFound, OutOfRange, Refusal
from shopkeeper.ops.access import shapes as access
from shopkeeper.ops.approvals import shapes as approvals
from shopkeeper.ops.imports import shapes as imports
from shopkeeper.ops.limits import shapes as limits
from shopkeeper.selling.catalog import shapes as catalog
from shopkeeper.selling.inventory import shapes as inventory
from shopkeeper.selling.orders import shapes as orders
from shopkeeper.selling.payments import shapes as payments
from shopkeeper.selling.pricing import shapes as pricing
from shopkeeper.selling.shop import shapes as shops

MOST_SHOWN = 80
"""How much of a value a refusal repeats."""

NAMES = {
    "act": pgettext_lazy("field", "action"),
    "acts": pgettext_lazy("field", "what the role may do"),
    "approval": pgettext_lazy("field", "act that waits"),
    "grace_days": pgettext_lazy("field", "days to put it off"),
    "price_drop": pgettext_lazy("field", "fall of a price"),
    "secret": pgettext_lazy("field", "key of the app"),
    "session": pgettext_lazy("field", "session"),
    "address": pgettext_lazy("field", "address"),
    "amount_minor": pgettext_lazy("field", "amount"),
    "basket": pgettext_lazy("field", "basket"),
    "body": pgettext_lazy("field", "request"),
    "category": pgettext_lazy("field", "category"),
    "category_id": pgettext_lazy("field", "category"),
    "choice": pgettext_lazy("field", "choice"),
    "city": pgettext_lazy("field", "town or city"),
    "country": pgettext_lazy("field", "country"),
    "currency": pgettext_lazy("field", "currency"),
    "customer": pgettext_lazy("field", "customer"),
    "delivery": pgettext_lazy("field", "delivery"),
    "delivery_option": pgettext_lazy("field", "delivery"),
    "email": pgettext_lazy("field", "email address"),
    "fact": pgettext_lazy("field", "fact"),
    "file": pgettext_lazy("field", "file"),
    "idempotency_key": pgettext_lazy("field", "order form"),
    "invitation": pgettext_lazy("field", "invitation"),
    "kind": pgettext_lazy("field", "kind"),
    "language": pgettext_lazy("field", "language"),
    "line1": pgettext_lazy("field", "street and number"),
    "line2": pgettext_lazy("field", "second address line"),
    "name": pgettext_lazy("field", "name"),
    "note": pgettext_lazy("field", "note"),
    "order": pgettext_lazy("field", "order"),
    "page": pgettext_lazy("field", "page"),
    "parent_id": pgettext_lazy("field", "parent"),
    "password": pgettext_lazy("field", "password"),
    "payment": pgettext_lazy("field", "payment"),
    "code": pgettext_lazy("field", "code"),
    "period": pgettext_lazy("field", "period"),
    "phone": pgettext_lazy("field", "phone number"),
    "postcode": pgettext_lazy("field", "postcode"),
    "price": pgettext_lazy("field", "price"),
    "product": pgettext_lazy("field", "product"),
    "q": pgettext_lazy("field", "search"),
    "reason": pgettext_lazy("field", "reason"),
    "region": pgettext_lazy("field", "province or county"),
    "role": pgettext_lazy("field", "role"),
    "shop": pgettext_lazy("field", "shop"),
    "size": pgettext_lazy("field", "page size"),
    "sku": pgettext_lazy("field", "SKU"),
    "slug": pgettext_lazy("field", "web name"),
    "sort": pgettext_lazy("field", "order of the list"),
    "staff": pgettext_lazy("field", "member of staff"),
    "state": pgettext_lazy("field", "state"),
    "text": pgettext_lazy("field", "text"),
    "title": pgettext_lazy("field", "title"),
    "token": pgettext_lazy("field", "link"),
    "total": pgettext_lazy("field", "total"),
    "units": pgettext_lazy("field", "quantity"),
    "user": pgettext_lazy("field", "person"),
    "variant": pgettext_lazy("field", "choice"),
    "version": pgettext_lazy("field", "version"),
    "warehouse": pgettext_lazy("field", "warehouse"),
    "zone": pgettext_lazy("field", "time zone"),
}
"""What the reader calls a field; one that is not here is called by its code."""

EXPECTED = {
    "email": gettext_lazy("Write it like name@example.com."),
    "country": gettext_lazy("Choose a country from the list."),
    "currency": gettext_lazy("Use a three-letter currency code such as GBP or CNY."),
    "zone": gettext_lazy("Use a time zone such as Europe/London or Asia/Shanghai."),
    "language": gettext_lazy("Choose English or Simplified Chinese."),
    "line": gettext_lazy("Write it on one line, without control characters."),
    "text": gettext_lazy("Remove the control characters."),
    "token": gettext_lazy("Open the link from the mail again, in full."),
    "whole number": gettext_lazy("Write a whole number such as 1 or 12."),
    "sort": gettext_lazy("Choose an order from the list."),
    "slug": gettext_lazy("Use small letters, figures and hyphens."),
    "choice": gettext_lazy("Choose one of those offered."),
    "phone": gettext_lazy("Use figures, spaces and + only."),
    "amount": gettext_lazy("Write an amount such as 12.50."),
    "date": gettext_lazy("Write a date such as 2026-03-31."),
    "postcode": gettext_lazy("Use letters, figures, spaces and hyphens only."),
    "statement": gettext_lazy("Choose the CSV file as the provider gives it, and that provider."),
    "json": gettext_lazy("Send one JSON object as the documentation describes it."),
}
"""What to do about a value of the wrong form, by the form that was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A refusal for the reader: the field's code and the value as given, then one sentence on each of problem and remedy."""

    field: str
    value: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        # Chinese sentences follow each other without a space.
        return self.problem + ("" if self.problem.endswith("。") else " ") + self.remedy


def explain(refusal: Refusal) -> Explained:
    """Return a refusal in the active language. Every kind of refusal has its own words; a test walks them all."""
    problem, remedy = _say(refusal)
    return Explained(field=refusal.field or "", value=shown(refusal.value), problem=problem, remedy=remedy)


def shown(value: object) -> str:
    """Return as much of a value as a page repeats: short, and without characters that would break the line."""
    if value is None:
        return ""
    text = "".join(char if char.isprintable() or unicodedata.category(char) == "So" else "�" for char in str(value)[: MOST_SHOWN + 1])
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…"


def name_of(field: str | None) -> str:
    """Return what the reader calls a field."""
    return str(NAMES.get(field or "", (field or "").replace("_", " ")))


def _quoted(value: object) -> str:
    return _("“%(value)s”") % {"value": shown(value)}


@singledispatch
def _say(refusal: Refusal) -> tuple[str, str]:
    return _("This cannot be done."), _("Nothing was changed. Please check what you entered and try again.")


def has_words(kind: type[Refusal]) -> bool:
    """Return whether a kind of refusal has words of its own."""
    return _say.dispatch(kind) is not _say.dispatch(Refusal)


# ── any field ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@_say.register
def _not_found(refusal: NotFound) -> tuple[str, str]:
    values = {"kind": name_of(refusal.kind), "value": shown(refusal.value)}
    return _("There is no %(kind)s “%(value)s”.") % values, _("Check the address or the number, or start again from the list.")


@_say.register
def _out_of_range(refusal: OutOfRange) -> tuple[str, str]:
    values = {"field": name_of(refusal.field), "value": shown(refusal.value), "least": refusal.least, "most": refusal.most}
    if isinstance(refusal.value, str):
        return _text_out_of_range(refusal, values)
    problem = _("“%(value)s” is outside what %(field)s allows.") % values
    if refusal.most is None:
        return problem, _("Enter %(least)s or more.") % values
    if refusal.least is None:
        return problem, _("Enter %(most)s or less.") % values
    if isinstance(refusal.most, int) and isinstance(refusal.least, int) and refusal.most < refusal.least:
        return problem, _("There is no more room for this.")
    return problem, _("Enter something from %(least)s to %(most)s.") % values


def _text_out_of_range(refusal: OutOfRange, values: dict[str, object]) -> tuple[str, str]:
    if not refusal.value:
        return _("The %(field)s is missing.") % values, _("Please fill it in.")
    if isinstance(refusal.most, int):
        remedy = ngettext("Use at most %(most)s character.", "Use at most %(most)s characters.", refusal.most) % values
        return _("The %(field)s does not have the right length.") % values, remedy
    return _("The %(field)s does not have the right length.") % values, _("Enter something from %(least)s to %(most)s.") % values


@_say.register
def _malformed(refusal: Malformed) -> tuple[str, str]:
    if refusal.value in ("", None):
        return _("The %(field)s is missing.") % {"field": name_of(refusal.field)}, _("Please fill it in.")
    problem = _("“%(value)s” does not work as %(field)s.") % {"value": shown(refusal.value), "field": name_of(refusal.field)}
    remedy = EXPECTED.get(refusal.expected)
    return problem, str(remedy) if remedy else _("Expected: %(form)s.") % {"form": refusal.expected}


@_say.register
def _not_allowed(refusal: NotAllowed) -> tuple[str, str]:
    return _("Your role does not include this action."), _("Ask the owner of the shop to do it or to widen your role.")


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_WEAK = {
    "password_too_short": gettext_lazy("Use at least 10 characters."),
    "password_too_common": gettext_lazy("Choose one that is not on every list of common passwords."),
    "password_too_similar": gettext_lazy("Keep your name and address out of it."),
    "password_entirely_numeric": gettext_lazy("Use letters too, not only figures."),
    "password_too_long": gettext_lazy("Use at most 128 characters."),
}


@_say.register
def _email_taken(refusal: access.EmailTaken) -> tuple[str, str]:
    return _("The address “%(value)s” is in use already.") % {"value": shown(refusal.value)}, _(
        "Use another address, or sign in with this one."
    )


@_say.register
def _weak_password(refusal: access.WeakPassword) -> tuple[str, str]:
    remedies = [str(_WEAK[problem]) for problem in getattr(refusal, "problems", ()) if problem in _WEAK]
    return _("This password is too easy to guess."), " ".join(remedies) or _("Choose a longer one; a short sentence works well.")


@_say.register
def _link_spent(refusal: access.LinkSpent) -> tuple[str, str]:
    return _("This link no longer works."), _("It was used already or is too old. Ask for a fresh one.")


@_say.register
def _wrong_password(refusal: access.WrongPassword) -> tuple[str, str]:
    return _("The present password does not match."), _("Type it again, or ask for a link to choose a new one.")


@_say.register
def _last_owner(refusal: access.LastOwner) -> tuple[str, str]:
    return _("This is the last owner of the shop."), _("Make somebody else an owner first.")


@_say.register
def _unknown_role(refusal: access.UnknownRole) -> tuple[str, str]:
    return _("There is no role “%(value)s”.") % {"value": shown(refusal.value)}, _("Choose one from the list; it may have been removed.")


@_say.register
def _role_in_use(refusal: access.RoleInUse) -> tuple[str, str]:
    values = {"value": shown(refusal.value), "count": refusal.people}
    problem = ngettext("%(count)d person carries the role “%(value)s”.", "%(count)d people carry the role “%(value)s”.", refusal.people)
    return problem % values, _("Give them another role first, and withdraw open invitations to this one.")


@_say.register
def _role_name_taken(refusal: access.RoleNameTaken) -> tuple[str, str]:
    return _("There is a role called “%(value)s” already.") % {"value": shown(refusal.value)}, _("Choose another name.")


@_say.register
def _act_not_for_roles(refusal: access.ActNotForRoles) -> tuple[str, str]:
    return _("“%(value)s” stays with owners.") % {"value": shown(refusal.value)}, _("Leave it out, or make the person an owner.")


@_say.register
def _wrong_code(refusal: access.WrongCode) -> tuple[str, str]:
    return _("This code does not match, or was used before."), _("Wait for the next code of your app, or use another recovery code.")


@_say.register
def _too_many_codes(refusal: access.TooManyCodes) -> tuple[str, str]:
    return _("Too many wrong codes were given."), _("Wait five minutes, then try again.")


@_say.register
def _too_often(refusal: limits.TooOften) -> tuple[str, str]:
    minutes = refusal.wait_s // 60
    return _("This was tried too many times within a short while, so it is closed for a moment."), ngettext(
        "Please try again in %(minutes)d minute.", "Please try again in %(minutes)d minutes.", minutes
    ) % {"minutes": minutes}


@_say.register
def _factor_set_up_already(refusal: access.FactorSetUpAlready) -> tuple[str, str]:
    return _("A second factor is set up already."), _("Replace it from your account, with a code of the present one.")


@_say.register
def _no_factor(refusal: access.NoFactor) -> tuple[str, str]:
    return _("No second factor is set up."), _("Set one up first.")


@_say.register
def _factor_required(refusal: access.FactorRequired) -> tuple[str, str]:
    return _("This role needs a second factor."), _("Replace it by another one instead.")


@_say.register
def _factor_unreadable(refusal: access.FactorUnreadable) -> tuple[str, str]:
    return _("The second factor was kept under another secret key of the shop."), _(
        "Put the old key back, or have an owner reset the second factor."
    )


@_say.register
def _waiting_for_approval(refusal: approvals.WaitingForApproval) -> tuple[str, str]:
    return _("This was not done yet: it waits for a second person."), _("Ask somebody who may do it to approve it in the console.")


@_say.register
def _own_approval(refusal: approvals.OwnApproval) -> tuple[str, str]:
    return _("Nobody decides on what they asked for, or on what is about themselves."), _("Ask somebody else who may do it.")


_ENDED = {
    "given": gettext_lazy("It was approved already and is being done."),
    "done": gettext_lazy("It was approved already and is done."),
    "refused": gettext_lazy("It was refused."),
    "withdrawn": gettext_lazy("It was withdrawn by who asked."),
    "expired": gettext_lazy("It waited too long and has ended."),
    "stale": gettext_lazy("It was about something that has changed since."),
    "failed": gettext_lazy("It was approved and could not be done any more."),
}


@_say.register
def _approval_over(refusal: approvals.ApprovalOver) -> tuple[str, str]:
    problem = _ENDED.get(str(refusal.state), gettext_lazy("It is not what you saw any more."))
    return str(problem), _("Load the page again. If it is still needed, ask anew.")


@_say.register
def _approval_stale(refusal: approvals.ApprovalStale) -> tuple[str, str]:
    return _("What this is about has changed since it was asked for."), _("Nothing was done. Look at it again, then ask anew.")


# ── shop and catalogue ────────────────────────────────────────────────────────────────────────────────────────────────


@_say.register
def _shop_not_open(refusal: shops.ShopNotOpen) -> tuple[str, str]:
    return _("There is no shop here yet."), _("Start it with “shopkeeper up”, which opens one.")


@_say.register
def _shop_open_already(refusal: shops.ShopOpenAlready) -> tuple[str, str]:
    return _("The shop “%(value)s” is open already.") % {"value": shown(refusal.value)}, _("Use it, or choose an empty data folder.")


@_say.register
def _shop_changed(refusal: shops.ShopChanged) -> tuple[str, str]:
    return _("Somebody else saved these settings meanwhile."), _("Load the page again and repeat your change.")


@_say.register
def _currency_fixed(refusal: shops.CurrencyFixed) -> tuple[str, str]:
    return _("The currency can no longer be changed."), _("Prices and orders stand in it already. A new currency needs a new shop.")


@_say.register
def _slug_taken(refusal: catalog.SlugTaken) -> tuple[str, str]:
    return _("The web name “%(value)s” is taken.") % {"value": shown(refusal.value)}, _("Choose another one.")


@_say.register
def _sku_taken(refusal: catalog.SkuTaken) -> tuple[str, str]:
    return _("The SKU “%(value)s” is taken.") % {"value": shown(refusal.value)}, _(
        "Choose another one; capitals and small letters count as the same."
    )


@_say.register
def _category_too_deep(refusal: catalog.CategoryTooDeep) -> tuple[str, str]:
    return _("A category cannot stand under “%(value)s”.") % {"value": shown(refusal.value)}, _(
        "Choose a main category: there are two levels."
    )


@_say.register
def _not_sellable(refusal: catalog.NotSellable) -> tuple[str, str]:
    return _("This is not on sale."), _("Take it out of the basket, or choose something else.")


# ── prices and stock ──────────────────────────────────────────────────────────────────────────────────────────────────


@_say.register
def _no_price(refusal: pricing.NoPrice) -> tuple[str, str]:
    return _("This has no price at the moment, so it cannot be sold."), _("Take it out of the basket, or ask us about it.")


@_say.register
def _quote_stale(refusal: pricing.QuoteStale) -> tuple[str, str]:
    return _("The total has changed since you saw it."), _("Nothing was ordered. Look at the new total and confirm again.")


@_say.register
def _delivery_unavailable(refusal: pricing.DeliveryUnavailable) -> tuple[str, str]:
    return _("This way of delivery is not offered for the address."), _("Choose one of the ways shown, or another country.")


@_say.register
def _out_of_stock(refusal: inventory.OutOfStock) -> tuple[str, str]:
    lines = _(", ").join(
        _("%(sku)s (%(available)d left)") % {"sku": line.sku, "available": max(line.available, 0)} for line in refusal.short
    )
    return _("There is not enough left of: %(lines)s.") % {"lines": lines}, _("Lower the quantity or take it out. Nothing was ordered.")


@_say.register
def _same_warehouse(refusal: inventory.SameWarehouse) -> tuple[str, str]:
    return _("A warehouse cannot send to itself."), _("Choose another warehouse to send to.")


@_say.register(inventory.CodeTaken)
@_say.register(pricing.CodeTaken)
def _code_taken(refusal: inventory.CodeTaken | pricing.CodeTaken) -> tuple[str, str]:
    return _("The code “%(value)s” is taken.") % {"value": shown(refusal.value)}, _("Choose another one.")


@_say.register
def _default_list_needed(refusal: pricing.DefaultListNeeded) -> tuple[str, str]:
    return _("The shop needs one default price list."), _("Make another list the default; this one then stops being it.")


@_say.register
def _hold_gone(refusal: inventory.HoldGone) -> tuple[str, str]:
    return _("The goods are no longer set aside for this order."), _("Order again; what is on the shelf now is shown in the shop.")


@_say.register
def _below_held(refusal: inventory.WouldGoBelowHeld) -> tuple[str, str]:
    values = {"asked": -refusal.units, "on_hand": refusal.on_hand, "held": refusal.held, "most": refusal.most}
    problem = _("%(asked)d pieces cannot be taken away: %(on_hand)d are on hand, of which %(held)d are held for orders.") % values
    return problem, _("Take away at most %(most)d, or ship or cancel orders first.") % values


# ── orders and payments ───────────────────────────────────────────────────────────────────────────────────────────────


@_say.register
def _empty_basket(refusal: orders.EmptyBasket) -> tuple[str, str]:
    return _("The basket is empty."), _("Put something in it first.")


@_say.register
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


@_say.register
def _wrong_state(refusal: orders.WrongState) -> tuple[str, str]:
    return _("The order has moved on, so this is no longer possible."), _("Load the page again to see where it stands.")


@_say.register
def _too_many_units(refusal: orders.TooManyUnits) -> tuple[str, str]:
    most = ngettext("At most %(most)d piece is left.", "At most %(most)d pieces are left.", refusal.most) % {"most": refusal.most}
    return _("%(value)s is more than this line has left.") % {"value": shown(refusal.value)}, most


@_say.register
def _sum_changed(refusal: orders.SumChanged) -> tuple[str, str]:
    values = {"seen": _money(refusal.seen_minor, refusal.currency), "now": _money(refusal.now_minor, refusal.currency)}
    return _("The sum has changed from %(seen)s to %(now)s.") % values, _("Look again, then confirm.")


def _money(minor: int, currency: str) -> str:
    return format_currency(money.to_decimal(minor, currency), currency, locale=places.locale())


@_say.register
def _key_reused(refusal: KeyReused) -> tuple[str, str]:
    return _("This form was sent before, with other content."), _("Load the page again to see where it stands.")


@_say.register
def _nothing_to_do(refusal: orders.NothingToDo) -> tuple[str, str]:
    return _("Nothing was chosen."), _("Choose at least one piece, or the delivery.")


@_say.register
def _basket_full(refusal: orders.BasketFull) -> tuple[str, str]:
    return _("A basket holds at most %(most)d different things.") % {"most": refusal.most}, _(
        "Order what is in it first, or take something out."
    )


@_say.register
def _no_invoice(refusal: orders.NoInvoice) -> tuple[str, str]:
    values = {"number": shown(refusal.value)}
    if refusal.may_come:
        return _("Order %(number)s has not been paid yet.") % values, _("The invoice is made as soon as the payment has arrived.")
    return _("Order %(number)s was never paid.") % values, _("Only a paid order has an invoice.")


@_say.register
def _basket_ordered(refusal: orders.BasketOrdered) -> tuple[str, str]:
    return _("This basket was ordered already."), _("Look at the order, or start a new basket.")


_DECLINED = {
    "declined": gettext_lazy("Your bank declined the payment."),
    "insufficient_funds": gettext_lazy("There was not enough money in the account."),
    "expired_card": gettext_lazy("The card has expired."),
    "fraud_suspected": gettext_lazy("The bank stopped the payment for safety."),
}


@_say.register
def _payment_refused(refusal: payments.PaymentRefused) -> tuple[str, str]:
    problem = str(_DECLINED.get(refusal.reason, _DECLINED["declined"]))
    return problem, _("No money was taken. Choose another way to pay or try again.")


@_say.register
def _capture_pending(refusal: payments.CapturePending) -> tuple[str, str]:
    return _("The payment provider has not said yet whether it took the money."), _(
        "Wait for its answer: the money is then let go of or given back."
    )


@_say.register
def _too_much(refusal: payments.TooMuch) -> tuple[str, str]:
    return _("This is more money than there is to return or collect."), _("Enter a smaller amount.")


@_say.register
def _money_disputed(refusal: payments.MoneyDisputed) -> tuple[str, str]:
    values = {"withdrawn": _money(refusal.withdrawn_minor, refusal.currency), "most": _money(refusal.most, refusal.currency)}
    return _("The buyer’s bank has withdrawn %(withdrawn)s of this money: the buyer has it already.") % values, _(
        "Give back at most %(most)s, and answer the dispute at the payment provider."
    ) % values


@_say.register
def _stray_closed(refusal: payments.StrayClosed) -> tuple[str, str]:
    if refusal.state == "giving_back":
        return _("This money is being given back already."), _(
            "Wait for the provider’s answer: it is asked again by itself. Where none has come for three days, say where it was settled."
        )
    if refusal.state in ("heard", "unclaimed"):
        return _("The sum has changed since you looked, or none is left."), _("Load the page again, then decide.")
    return _("This money is settled already."), _("There is nothing left to do. Load the page again to see how.")


@_say.register
def _stray_refused(refusal: payments.StrayRefused) -> tuple[str, str]:
    return _("The provider refused to give this money back."), _("Clear it up with the provider, then give it back again.")


@_say.register
def _stray_unaskable(refusal: payments.StrayUnaskable) -> tuple[str, str]:
    return _("The provider “%(value)s” cannot be asked for this money from here.") % {"value": shown(refusal.value)}, _(
        "Give it back in the provider’s own console, then say here that it was settled elsewhere."
    )


@_say.register
def _bad_signature(refusal: payments.BadSignature) -> tuple[str, str]:
    return _("The message is not signed by the payment provider."), _("It was not read. Check the shared secret on both sides.")


@_say.register
def _provider_busy(refusal: payments.ProviderBusy) -> tuple[str, str]:
    return _("The payment provider does not answer, so its message was not taken in."), _("Send it again in a minute.")


@_say.register
def _unknown_provider(refusal: payments.UnknownProvider) -> tuple[str, str]:
    return _("There is no payment provider “%(value)s”.") % {"value": shown(refusal.value)}, _(
        "Use one of the providers that are installed."
    )


# ── upkeep ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@_say.register
def _not_waiting(refusal: NotWaiting) -> tuple[str, str]:
    return _("Nobody is waiting for this fact any more."), _("It was heard already. Load the page again.")


@_say.register
def _not_parked(refusal: NotParked) -> tuple[str, str]:
    return _("This mail is not waiting for anybody."), _("Load the page again to see where it stands.")


@_say.register
def _unknown_metric(refusal: metrics.UnknownMetric) -> tuple[str, str]:
    known = {"value": shown(refusal.value), "known": _(", ").join(refusal.known)}
    return _("There is no figure “%(value)s”.") % known, _("Use one of these: %(known)s.") % known


@_say.register
def _dimension_not_allowed(refusal: metrics.DimensionNotAllowed) -> tuple[str, str]:
    allowed = {"value": shown(refusal.value), "allowed": _(", ").join(map(str, refusal.allowed))}
    return _("This figure has no honest meaning by “%(value)s”.") % allowed, _("Split it by one of these: %(allowed)s.") % allowed


@_say.register
def _unusable_period(refusal: metrics.UnusablePeriod) -> tuple[str, str]:
    return _("The period %(value)s ends before it begins.") % {"value": shown(refusal.value)}, _("Swap the two days, or choose others.")


@_say.register
def _wrong_currency(refusal: WrongCurrency) -> tuple[str, str]:
    return _("The prices in the file are in another currency than the shop’s."), _("Import it into a shop that keeps its books in GBP.")


@_say.register
def _not_the_sample(refusal: NotTheSample) -> tuple[str, str]:
    return _("This is not the sample shop, or not any more: it was emptied before, or opened empty."), _(
        "Nothing was changed: goods and orders in it stay. For another shop choose an empty data folder."
    )


@_say.register
def _import_busy(refusal: imports.ImportBusy) -> tuple[str, str]:
    return _("Another import is under way."), _("Wait until it is done, then start again.")


@_say.register
def _missing_columns(refusal: MissingColumns) -> tuple[str, str]:
    return _("The file lacks the columns %(columns)s.") % {"columns": ", ".join(refusal.columns)}, _(
        "Use Parquet or CSV with the columns the guide names."
    )


@_say.register
def _unreadable_file(refusal: UnreadableFile) -> tuple[str, str]:
    return _("The file cannot be read: %(value)s.") % {"value": shown(refusal.value)}, _(
        "Use Parquet or CSV with the columns the guide names."
    )
