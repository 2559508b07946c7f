"""Words for refusals about the shop, its catalogue, prices and stock."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shopkeeper.doors.wordings.say import say, shown
from shopkeeper.selling.catalog import shapes as catalog
from shopkeeper.selling.inventory import shapes as inventory
from shopkeeper.selling.pricing import shapes as pricing
from shopkeeper.selling.reviews import shapes as reviews
from shopkeeper.selling.search import shapes as search
from shopkeeper.selling.shop import shapes as shops


@say.register
def _shop_not_open(refusal: shops.ShopNotOpen) -> tuple[str, str]:
    return _("There is no shop here yet."), _("Start it with “shopkeeper up”, which opens one.")


@say.register
def _shop_open_already(refusal: shops.ShopOpenAlready) -> tuple[str, str]:
    return _("The shop “%(value)s” is open already.") % {"value": shown(refusal.value)}, _("Use it, or choose an empty data folder.")


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
def _replied_already(refusal: reviews.RepliedAlready) -> tuple[str, str]:
    return _("You have answered this question."), _("Each buyer answers a question once.")
