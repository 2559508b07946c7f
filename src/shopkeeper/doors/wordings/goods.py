"""Words for refusals about the shop, its catalogue, prices and stock."""

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from shopkeeper.doors.wordings.say import say, shown
from shopkeeper.flows.wait_for_stock import StillThere
from shopkeeper.selling.catalog import shapes as catalog
from shopkeeper.selling.catalog import shapes_bundles as bundling
from shopkeeper.selling.catalog import shapes_collections as collecting
from shopkeeper.selling.catalog import shapes_drafts as drafting
from shopkeeper.selling.catalog import shapes_options as options
from shopkeeper.selling.inventory import shapes as inventory
from shopkeeper.selling.pricing import shapes as pricing
from shopkeeper.selling.reviews import shapes as reviews
from shopkeeper.selling.search import shapes as search
from shopkeeper.selling.shop import shapes as shops
from shopkeeper.selling.wishes import shapes as wishes


@say.register
def _shop_not_open(refusal: shops.ShopNotOpen) -> tuple[str, str]:
    return _("There is no shop here yet."), _("Start it with “shopkeeper up”, which opens one.")


@say.register
def _shop_open_already(refusal: shops.ShopOpenAlready) -> tuple[str, str]:
    return _("The shop “%(value)s” is open already.") % {"value": shown(refusal.value)}, _("Use it, or choose an empty data folder.")


@say.register
def _shop_not_ready(refusal: shops.ShopNotReady) -> tuple[str, str]:
    names = _(", ").join(str(FIRST_DAY.get(each, each)) for each in refusal.steps)
    problem = _("The shop stays closed to shoppers; still to be done: %(steps)s.") % {"steps": names}
    if refusal.is_needed:
        return problem, _("Do these steps first; nothing else keeps it closed.")
    return problem, _("Do them, or tick that the shop opens without them.")


FIRST_DAY = {
    "name": gettext_lazy("the name"),
    "place": gettext_lazy("place, currency and how to be reached"),
    "licence": gettext_lazy("the licence"),
    "logo": gettext_lazy("the logo"),
    "taxes": gettext_lazy("the tax rates"),
    "delivery": gettext_lazy("the ways of delivery"),
    "texts": gettext_lazy("the shop texts"),
    "payment": gettext_lazy("a way to be paid"),
    "products": gettext_lazy("the first product"),
    "mail": gettext_lazy("the test letter"),
    "staff": gettext_lazy("a second person"),
    "backups": gettext_lazy("a proven backup"),
}
"""The steps of the first day within a sentence."""


@say.register
def _shop_changed(refusal: shops.ShopChanged) -> tuple[str, str]:
    return _("Somebody else saved these settings meanwhile."), _("Load the page again and repeat your change.")


@say.register
def _currency_fixed(refusal: shops.CurrencyFixed) -> tuple[str, str]:
    return _("The currency can no longer be changed."), _("Prices and orders stand in it already. A new currency needs a new shop.")


@say.register
def _slug_taken(refusal: catalog.SlugTaken) -> tuple[str, str]:
    return _("The web name “%(value)s” is taken.") % {"value": shown(refusal.value)}, _("Choose another one.")


@say.register
def _sku_taken(refusal: catalog.SkuTaken) -> tuple[str, str]:
    return _("The SKU “%(value)s” is taken.") % {"value": shown(refusal.value)}, _(
        "Choose another one; capitals and small letters count as the same."
    )


@say.register
def _attribute_code_taken(refusal: catalog.CodeTaken) -> tuple[str, str]:
    return _("The code “%(value)s” is taken.") % {"value": shown(refusal.value)}, _(
        "Choose another one; some words addresses use themselves."
    )


@say.register
def _kind_is_used(refusal: catalog.KindIsUsed) -> tuple[str, str]:
    problem = ngettext("%(n)d product is described by it.", "%(n)d products are described by it.", refusal.products)
    return problem % {"n": refusal.products}, _("Its kind stays. Make another attribute, or take it away from these goods first.")


@say.register
def _choice_is_used(refusal: catalog.ChoiceIsUsed) -> tuple[str, str]:
    values = {"value": shown(refusal.value), "n": refusal.products}
    problem = ngettext("“%(value)s” describes %(n)d product.", "“%(value)s” describes %(n)d products.", refusal.products)
    return problem % values, _("Give these goods another answer first. Nothing was changed.")


@say.register
def _name_twice(refusal: options.NameTwice) -> tuple[str, str]:
    return _("“%(value)s” stands there twice.") % {"value": shown(refusal.value)}, _("Keep one of them, or give the other another name.")


@say.register
def _option_is_used(refusal: options.OptionIsUsed) -> tuple[str, str]:
    values = {"value": shown(refusal.value), "skus": _(", ").join(refusal.skus)}
    return _("Without “%(value)s” these variants could not be told apart: %(skus)s.") % values, _(
        "Take all but one of them off sale first, or keep the option. Nothing was changed."
    )


@say.register
def _value_is_used(refusal: options.ValueIsUsed) -> tuple[str, str]:
    values = {"value": shown(refusal.value), "n": refusal.variants}
    problem = ngettext("%(n)d variant on sale stands for “%(value)s”.", "%(n)d variants on sale stand for “%(value)s”.", refusal.variants)
    return problem % values, _("Take them off sale first: what was sold once is kept. Nothing was changed.")


@say.register
def _combination_missing(refusal: options.CombinationMissing) -> tuple[str, str]:
    return _("“%(value)s” is on sale and does not answer every option.") % {"value": shown(refusal.value)}, _(
        "Choose one value of each option for it, or take it off sale."
    )


@say.register
def _combination_taken(refusal: options.CombinationTaken) -> tuple[str, str]:
    values = {"value": shown(refusal.value), "holder": shown(refusal.holder)}
    return _("“%(value)s” would stand for the same as “%(holder)s”.") % values, _("Choose other values, or put that one on sale again.")


@say.register
def _combination_unclear(refusal: options.CombinationUnclear) -> tuple[str, str]:
    values = {"value": shown(refusal.value), "text": shown(refusal.text)}
    return _("For which values does “%(value)s” (%(text)s) stand? None of the names fits.") % values, _(
        "Name one value of each option as the variant is called now, or take it off sale first. Nothing was changed."
    )


@say.register
def _too_many_combinations(refusal: options.TooManyCombinations) -> tuple[str, str]:
    return _("These options have %(value)s combinations; a product has at most %(most)d variants.") % {
        "value": refusal.value,
        "most": refusal.most,
    }, _("Take values away that are not made, or make two products of it. You can also add single variants by hand.")


@say.register
def _bad_size_line(refusal: options.BadSizeLine) -> tuple[str, str]:
    values = {"line": refusal.line, "value": shown(refusal.value), "cells": refusal.cells}
    problem = _("Line %(line)d cannot be read: “%(value)s”.") % values
    if refusal.wants == "cells":
        return problem, _("Write the size and one cell for each column: %(cells)d parts with “|” between. A part may be empty.") % values
    if refusal.wants == "number":
        return problem, _("Under a column with a unit stands a number, like 86 or 86.5, or a span, like 86–90.")
    return problem, _("Write a column as English | Chinese | unit.")


@say.register
def _size_table_is_used(refusal: options.SizeTableIsUsed) -> tuple[str, str]:
    values = {"value": shown(refusal.value), "n": refusal.uses}
    problem = ngettext(
        "“%(value)s” is shown by %(n)d category or product.", "“%(value)s” is shown by %(n)d categories and products.", refusal.uses
    )
    return problem % values, _("Choose another table for them first.")


@say.register
def _not_made(refusal: options.NotMade) -> tuple[str, str]:
    return _("There is no such combination."), _("Choose another one.")


@say.register
def _related_to_itself(refusal: options.RelatedToItself) -> tuple[str, str]:
    return _("A product does not stand beside itself."), _("Take it out of the list.")


@say.register
def _already_steered(refusal: search.AlreadySteered) -> tuple[str, str]:
    return _("For “%(value)s” there is something already.") % {"value": shown(refusal.value)}, _("Change that one, or remove it first.")


@say.register
def _one_word_only(refusal: search.OneWordOnly) -> tuple[str, str]:
    return _("“%(value)s” is one word only.") % {"value": shown(refusal.value)}, _("Add a second one, on a line of its own.")


@say.register
def _category_too_deep(refusal: catalog.CategoryTooDeep) -> tuple[str, str]:
    return _("A category cannot stand under “%(value)s”.") % {"value": shown(refusal.value)}, _(
        "Choose a main category: there are two levels."
    )


@say.register
def _not_sellable(refusal: catalog.NotSellable) -> tuple[str, str]:
    return _("This is not on sale."), _("Take it out of the basket, or choose something else.")


@say.register
def _parts_off_sale(refusal: bundling.PartsOffSale) -> tuple[str, str]:
    names = _(", ").join(each.pick(get_language() or "en") for each in refusal.names)
    problem = _("A bundle cannot be bought, because a part of it is not on sale: %(names)s.") % {"names": names}
    return problem, _("Take the bundle out of the basket, or come back when its part is on sale again.")


@say.register
def _bundle_in_bundle(refusal: bundling.BundleInBundle) -> tuple[str, str]:
    problem = _("“%(value)s” is a bundle already, or part of one; a bundle holds single goods only.") % {"value": shown(refusal.value)}
    return problem, _("Name the goods themselves, and nothing that is made of others.")


@say.register
def _bundle_is_one_thing(refusal: bundling.BundleIsOneThing) -> tuple[str, str]:
    values = {"value": shown(refusal.value), "n": refusal.variants}
    problem = _("A bundle is the only variant of its product; with “%(value)s” there are %(n)d.") % values
    return problem, _("Make a product of its own for the bundle.")


@say.register
def _bundle_was_stocked(refusal: inventory.BundleWasStocked) -> tuple[str, str]:
    problem = _("This has been in stock itself, and pieces of it may come back from orders, so it cannot become a bundle.")
    return problem, _("Make a new product for the bundle, and take this one off sale if it is not needed any more.")


@say.register
def _bundle_has_no_shelf(refusal: inventory.BundleHasNoShelf) -> tuple[str, str]:
    return _("A bundle has no pieces of its own; it is taken from the stock of its parts."), _("Book the pieces of its parts.")


@say.register
def _no_price(refusal: pricing.NoPrice) -> tuple[str, str]:
    return _("This has no price at the moment, so it cannot be sold."), _("Take it out of the basket, or ask us about it.")


@say.register
def _price_moved(refusal: pricing.PriceMoved) -> tuple[str, str]:
    return _("Another price was set meanwhile."), _("Nothing was changed. Look at the present price, then ask anew.")


@say.register
def _quote_stale(refusal: pricing.QuoteStale) -> tuple[str, str]:
    return _("The total has changed since you saw it."), _("Nothing was ordered. Look at the new total and confirm again.")


@say.register
def _delivery_unavailable(refusal: pricing.DeliveryUnavailable) -> tuple[str, str]:
    return _("This way of delivery is not offered for the address."), _("Choose one of the ways shown, or another country.")


@say.register
def _out_of_stock(refusal: inventory.OutOfStock) -> tuple[str, str]:
    lines = _(", ").join(
        _("%(sku)s (%(available)d left)") % {"sku": line.sku, "available": max(line.available, 0)} for line in refusal.short
    )
    return _("There is not enough left of: %(lines)s.") % {"lines": lines}, _("Lower the quantity or take it out. Nothing was ordered.")


@say.register
def _same_warehouse(refusal: inventory.SameWarehouse) -> tuple[str, str]:
    return _("A warehouse cannot send to itself."), _("Choose another warehouse to send to.")


@say.register(inventory.CodeTaken)
@say.register(pricing.CodeTaken)
def _code_taken(refusal: inventory.CodeTaken | pricing.CodeTaken) -> tuple[str, str]:
    return _("The code “%(value)s” is taken.") % {"value": shown(refusal.value)}, _("Choose another one.")


@say.register
def _default_list_needed(refusal: pricing.DefaultListNeeded) -> tuple[str, str]:
    return _("The shop needs one default price list."), _("Make another list the default; this one then stops being it.")


@say.register
def _hold_gone(refusal: inventory.HoldGone) -> tuple[str, str]:
    return _("The goods are no longer set aside for this order."), _("Order again; what is on the shelf now is shown in the shop.")


@say.register
def _below_held(refusal: inventory.WouldGoBelowHeld) -> tuple[str, str]:
    values = {"asked": -refusal.units, "on_hand": refusal.on_hand, "held": refusal.held, "most": refusal.most}
    problem = _("%(asked)d pieces cannot be taken away: %(on_hand)d are on hand, of which %(held)d are held for orders.") % values
    return problem, _("Take away at most %(most)d, or ship or cancel orders first.") % values


@say.register
def _reviewed_already(refusal: reviews.ReviewedAlready) -> tuple[str, str]:
    return _("There is a review of these goods from this order."), _("Change that one; what stood there before is kept.")


@say.register
def _too_many_photos(refusal: reviews.TooManyPhotos) -> tuple[str, str]:
    return _("A review shows at most %(most)d photos.") % {"most": reviews.MOST_PHOTOS}, _("Leave some out. Nothing was kept.")


@say.register
def _review_changed(refusal: reviews.ReviewChanged) -> tuple[str, str]:
    return _("The review was changed meanwhile."), _("Nothing was decided. Read it as it is now, then decide.")


@say.register
def _needs_reason(refusal: reviews.NeedsReason) -> tuple[str, str]:
    if refusal.value:
        return _("What is shown has no reason to be hidden."), _("Leave the reason out, or hide it.")
    return _("Hiding needs a reason."), _("Choose the reason that its writer and the readers are told.")


@say.register
def _own_review(refusal: reviews.OwnReview) -> tuple[str, str]:
    return _("This is your own review."), _("Others say whether it helped them.")


@say.register
def _voted_already(refusal: reviews.VotedAlready) -> tuple[str, str]:
    return _("You have said so before."), _("Each person counts once.")


@say.register
def _not_sent_yet(refusal: reviews.NotSentYet) -> tuple[str, str]:
    return _("These goods have not left us yet."), _("Write your review once they are on their way to you.")


@say.register
def _goods_went_back(refusal: reviews.GoodsWentBack) -> tuple[str, str]:
    return _("These goods were given back."), _("A review is written for goods that were kept.")


@say.register
def _wish_list_full(refusal: wishes.WishListFull) -> tuple[str, str]:
    problem = ngettext("A wish list holds %(n)d thing.", "A wish list holds %(n)d things.", refusal.most)
    return problem % {"n": refusal.most}, _("Take something off it first.")


@say.register
def _too_many_waits(refusal: wishes.TooManyWaits) -> tuple[str, str]:
    problem = ngettext("You wait for %(n)d thing already.", "You wait for %(n)d things already.", refusal.most)
    return problem % {"n": refusal.most}, _("Withdraw one of them in your account first.")


@say.register
def _wait_ended(refusal: wishes.WaitEnded) -> tuple[str, str]:
    return _("This link has ended."), _("Ask once more on the page of the goods.")


@say.register
def _still_there(refusal: StillThere) -> tuple[str, str]:
    return _("“%(value)s” is in stock.") % {"value": shown(refusal.value)}, _("You can put it into the basket now.")


@say.register
def _replied_already(refusal: reviews.RepliedAlready) -> tuple[str, str]:
    return _("You have answered this question."), _("Each buyer answers a question once.")


@say.register
def _rule_is_empty(refusal: collecting.RuleIsEmpty) -> tuple[str, str]:
    return _("The rule has no condition."), _("Answer at least one of its questions; else the collection would be the whole shop.")


_ABOUT = {
    collecting.ConditionKind.CATEGORY: gettext_lazy("shelves"),
    collecting.ConditionKind.BRAND: gettext_lazy("brands"),
    collecting.ConditionKind.PRICE: gettext_lazy("prices"),
}


@say.register
def _rule_contradicts(refusal: collecting.RuleContradicts) -> tuple[str, str]:
    problem = _("No product can meet all that the rule says of %(what)s.") % {"what": _ABOUT.get(refusal.about, str(refusal.about))}
    return problem, _("Take one of these conditions away, or let any one of them be enough.")


@say.register
def _filled_by_rule(refusal: collecting.FilledByRule) -> tuple[str, str]:
    return _("The collection “%(value)s” is filled by its rule.") % {"value": shown(refusal.value)}, _(
        "Change its rule, or put goods first and leave others out under “Arrange”."
    )


@say.register
def _collection_is_full(refusal: collecting.CollectionIsFull) -> tuple[str, str]:
    problem = _("The collection would name %(value)s products.") % {"value": shown(refusal.value)}
    return problem, _("It names at most %(most)s. A rule holds as many as there are.") % {"most": refusal.most}


@say.register
def _too_many_at_once(refusal: collecting.TooManyAtOnce) -> tuple[str, str]:
    problem = _("These are %(value)s products.") % {"value": shown(refusal.value)}
    return problem, _("At most %(most)s are changed at once: narrow the list down. Nothing was changed.") % {"most": refusal.most}


@say.register
def _edit_under_way(refusal: collecting.EditUnderWay) -> tuple[str, str]:
    return _("This change of many is still under way."), _("Wait until it is through, or stop it first.")


@say.register
def _edit_too_old(refusal: collecting.EditTooOld) -> tuple[str, str]:
    return _("This change of many cannot be taken back any more."), _(
        "Only the last one can, once, and within a day. Make another change instead."
    )


@say.register
def _no_draft(refusal: drafting.NoDraft) -> tuple[str, str]:
    return _("This is not the product’s draft any more, or there is none."), _("Open the product again: it says what is being worked on.")


@say.register
def _draft_moved(refusal: drafting.DraftMoved) -> tuple[str, str]:
    return _("Somebody else kept another draft of this product meanwhile."), _(
        "Nothing was changed. Keep a copy of your words, open the form again and put them in."
    )


@say.register
def _product_moved(refusal: drafting.ProductMoved) -> tuple[str, str]:
    return _("The product was changed in the shop since this was looked at, asked or planned."), _(
        "Nothing was changed, so that no work is taken back unseen. Look at what is different now, then let it go live or plan it anew."
    )


@say.register
def _moment_past(refusal: drafting.MomentPast) -> tuple[str, str]:
    return _("“%(value)s” is past.") % {"value": shown(refusal.value)}, _("Give a moment that is still to come, or let it go live now.")


@say.register
def _ends_before_it_begins(refusal: drafting.EndsBeforeItBegins) -> tuple[str, str]:
    return _("The product would go off before its draft goes live."), _("Let it go off later, or go live earlier.")


@say.register
def _second_person_needed(refusal: drafting.SecondPersonNeeded) -> tuple[str, str]:
    return _("In this shop a second person approves what shoppers see of a product."), _(
        "Nothing was changed. Keep the change as a draft and let it go live: another person is asked then."
    )
