"""The reader's words for codes that belong to no single room's list: roles, and what happened to an order."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from shopkeeper.doors.console import reading
from shopkeeper.kit.console import word
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import UnknownRole
from shopkeeper.selling.orders.console import CANCEL_REASONS, REFUND_REASONS
from shopkeeper.selling.orders.console_requests import KINDS as REQUEST_KINDS
from shopkeeper.selling.orders.shapes import Happening, PieceRun

ROLES = {
    "owner": pgettext_lazy("role", "owner"),
    "manager": pgettext_lazy("role", "manager"),
    "clerk": pgettext_lazy("role", "clerk"),
}
DUTIES = {
    "owner": gettext_lazy("Everything, also the shop's particulars, taxes and staff."),
    "manager": gettext_lazy("Goods, prices, stock, orders, refunds, figures and the audit trail."),
    "clerk": gettext_lazy("Orders and parcels, customers, receiving, counting and moving stock."),
}

ROOMS = {
    "metrics": gettext_lazy("Figures"),
    "orders": gettext_lazy("Orders"),
    "payments": gettext_lazy("Payments"),
    "customers": gettext_lazy("Customers"),
    "catalog": gettext_lazy("Products"),
    "media": gettext_lazy("Pictures"),
    "search": gettext_lazy("Search"),
    "reviews": gettext_lazy("Reviews"),
    "inventory": gettext_lazy("Stock"),
    "pricing": gettext_lazy("Prices"),
    "sheets": gettext_lazy("Import and export"),
    "content": gettext_lazy("Shop texts"),
    "links": gettext_lazy("Tracked links"),
    "shop": gettext_lazy("Shop settings"),
    "staff": gettext_lazy("Staff"),
    "approvals": gettext_lazy("Second person"),
    "backup": gettext_lazy("Backup"),
    "health": gettext_lazy("Health"),
    "audit": gettext_lazy("Audit trail"),
    "events": gettext_lazy("Facts"),
    "messages": gettext_lazy("Mails"),
}
"""What each room of the table of permissions is called."""

ACTS = {
    "metrics.view": gettext_lazy("See figures and the first page"),
    "metrics.export": gettext_lazy("Take figures away as a file"),
    "orders.view": gettext_lazy("See orders and invoices"),
    "orders.export": gettext_lazy("Take the list of orders away as a file"),
    "orders.ship": gettext_lazy("Pick and ship"),
    "orders.cancel": gettext_lazy("Cancel orders"),
    "orders.refund": gettext_lazy("Give money back"),
    "orders.decide_request": gettext_lazy("Accept and refuse buyers’ requests"),
    "orders.arrange": gettext_lazy("Arrange checkout, returns and carriers’ pages"),
    "payments.view": gettext_lazy("See payments"),
    "payments.reconcile": gettext_lazy("Read statements of payment providers in"),
    "payments.give_back": gettext_lazy("Give money without an order back"),
    "payments.settle_elsewhere": gettext_lazy("Say where money without an order was settled"),
    "customers.view": gettext_lazy("See customers"),
    "customers.save": gettext_lazy("Change customers"),
    "customers.export": gettext_lazy("Take the list of customers away as a file"),
    "customers.save_group": gettext_lazy("Make groups and put customers into them"),
    "customers.note": gettext_lazy("Write notes about customers and strike them out"),
    "customers.save_business": gettext_lazy("Change the company a customer buys for"),
    "customers.consent": gettext_lazy("Write down what a customer told staff to agree to"),
    "customers.merge": gettext_lazy("Merge records of one customer, and undo it"),
    "customers.copy": gettext_lazy("Take a copy of everything held about a customer"),
    "customers.remove_number": gettext_lazy("Remove the phone number a customer signs in with"),
    "customers.save_sign_in": gettext_lazy("Rule how customers sign in"),
    "customers.save_provider": gettext_lazy("Add and change providers customers sign in with"),
    "catalog.view": gettext_lazy("See products and categories"),
    "catalog.save_product": gettext_lazy("Add and change products"),
    "catalog.save_category": gettext_lazy("Add and change categories"),
    "catalog.save_brand": gettext_lazy("Add and change brands"),
    "catalog.save_attribute": gettext_lazy("Add and change attributes"),
    "catalog.describe": gettext_lazy("Describe products by brand and attributes"),
    "catalog.save_options": gettext_lazy("Say which options products have"),
    "catalog.add_variants": gettext_lazy("Make missing variants"),
    "catalog.relate": gettext_lazy("Put related goods beside products"),
    "catalog.save_bundle": gettext_lazy("Say what bundles are made of"),
    "catalog.save_size_table": gettext_lazy("Add and change size tables"),
    "catalog.choose_size_table": gettext_lazy("Choose size tables for products"),
    "catalog.publish": gettext_lazy("Put products on sale"),
    "catalog.keep_draft": gettext_lazy("Keep drafts of products and throw them away"),
    "catalog.publish_draft": gettext_lazy("Let drafts of products go live, at once or by schedule"),
    "media.save_pictures": gettext_lazy("Add, arrange and remove pictures"),
    "media.save_videos": gettext_lazy("Add, change and remove videos"),
    "catalog.save_collection": gettext_lazy("Add and change collections"),
    "catalog.name_products": gettext_lazy("Arrange collections"),
    "catalog.edit_products": gettext_lazy("Change many products at once"),
    "catalog.undo_edit": gettext_lazy("Take back what was done to many products"),
    "reviews.view": gettext_lazy("See reviews and questions"),
    "reviews.decide": gettext_lazy("Show and hide reviews, questions and answers"),
    "reviews.answer": gettext_lazy("Answer reviews and questions in the shop’s name"),
    "search.view": gettext_lazy("See what is searched for"),
    "search.save_synonyms": gettext_lazy("Say which words mean the same to search"),
    "search.save_redirect": gettext_lazy("Lead searches elsewhere"),
    "search.save_pin": gettext_lazy("Put goods first in a search"),
    "inventory.view": gettext_lazy("See stock and its ledger"),
    "inventory.receive": gettext_lazy("Book goods received"),
    "inventory.count": gettext_lazy("Count stock"),
    "inventory.transfer": gettext_lazy("Move stock between warehouses"),
    "inventory.adjust": gettext_lazy("Book pieces found or lost"),
    "inventory.save_warehouse": gettext_lazy("Add and change warehouses"),
    "pricing.view": gettext_lazy("See prices, taxes and ways of delivery"),
    "pricing.set_price": gettext_lazy("Set and withdraw prices"),
    "pricing.view_costs": gettext_lazy("See what goods cost the shop, and margins"),
    "pricing.set_cost": gettext_lazy("Set what goods cost the shop"),
    "pricing.save_price_list": gettext_lazy("Add and change price lists"),
    "pricing.save_delivery_option": gettext_lazy("Add and change ways of delivery"),
    "pricing.save_tax_rate": gettext_lazy("Change taxes"),
    "sheets.view": gettext_lazy("See which files were brought"),
    "sheets.products": gettext_lazy("Import and export products as files"),
    "sheets.customers": gettext_lazy("Import and export customers as files"),
    "sheets.stock": gettext_lazy("Import and export stock levels as files"),
    "sheets.prices": gettext_lazy("Import and export prices as files"),
    "content.view": gettext_lazy("See shop texts"),
    "content.publish": gettext_lazy("Publish shop texts"),
    "content.save_engine_words": gettext_lazy("Write titles and descriptions for engines"),
    "content.look_at_pages": gettext_lazy("Have the shop’s pages looked at"),
    "shop.view": gettext_lazy("See the shop settings"),
    "shop.save": gettext_lazy("Change the shop settings"),
    "shop.set_logo": gettext_lazy("Change the shop’s logo"),
    "shop.confirm": gettext_lazy("Confirm steps of the first day"),
    "shop.welcome": gettext_lazy("Open the shop to shoppers"),
    "links.view": gettext_lazy("See tracked links and how often they are followed"),
    "links.save_link": gettext_lazy("Make and change tracked links"),
    "staff.view": gettext_lazy("See staff and roles"),
    "staff.invite": gettext_lazy("Invite people"),
    "staff.change_role": gettext_lazy("Give people another role"),
    "staff.deactivate": gettext_lazy("End and give back access"),
    "staff.save_role": gettext_lazy("Make and change roles"),
    "staff.end_sessions": gettext_lazy("Sign other people out"),
    "staff.reset_second_factor": gettext_lazy("Reset the second factor of others"),
    "approvals.view": gettext_lazy("See what waits for a second person"),
    "approvals.decide": gettext_lazy("Approve as second person what one may do oneself"),
    "approvals.save_limits": gettext_lazy("Change what one person may do alone"),
    "backup.restore": gettext_lazy("Approve restoring a backup"),
    "backup.view": gettext_lazy("See backups"),
    "backup.take": gettext_lazy("Take backups"),
    "health.view": gettext_lazy("See the shop's health"),
    "audit.view": gettext_lazy("Read the audit trail"),
    "events.view": gettext_lazy("See facts"),
    "events.replay": gettext_lazy("Let facts be heard again"),
    "messages.view": gettext_lazy("See mails"),
    "messages.resend": gettext_lazy("Send mails again"),
    "messages.publish": gettext_lazy("Change what mails say"),
    "messages.save_settings": gettext_lazy("Change when mails ask for reviews"),
    "messages.write_again": gettext_lazy("Write again to addresses that returned mails"),
}
"""What each act lets a person do."""


def role(code: str) -> str:
    """Return a role in a word: a built-in one, or the shop's own by the name it was given."""
    if code in ROLES:
        return str(ROLES[code])
    try:
        return reading.pick(access.own_role(code).name) if code else ""
    except UnknownRole:
        return code


_HAPPENED: Mapping[str, tuple[Any, str]] = {
    "placed": (gettext_lazy("Order placed"), "info"),
    "paid": (gettext_lazy("Paid: %(amount)s"), "good"),
    "revived": (gettext_lazy("Paid late and taken up again: %(amount)s"), "good"),
    "shipped": (gettext_lazy("Parcel left with %(carrier)s %(tracking_number)s (pieces: %(units)s)"), "good"),
    "cancelled": (gettext_lazy("Cancelled: %(reason)s"), "bad"),
    "expired": (gettext_lazy("Expired: it was not paid in time"), "bad"),
    "refund_asked": (gettext_lazy("Refund of %(amount)s asked: %(reason)s"), ""),
    "refunded": (gettext_lazy("%(amount)s paid back"), "info"),
    "refund_failed": (gettext_lazy("The provider refused to pay back %(amount)s"), "bad"),
    "rest_dropped": (gettext_lazy("What had not been sent was given up"), ""),
    "payment_started": (gettext_lazy("Payment begun"), ""),
    "payment_pending": (gettext_lazy("The provider has not answered yet"), ""),
    "payment_declined": (gettext_lazy("Payment declined"), "bad"),
    "payment_refused": (gettext_lazy("Payment declined"), "bad"),
    "authorized": (gettext_lazy("Payment authorised"), ""),
    "money_returned": (gettext_lazy("Money came after the order had ended, and went back: %(amount)s"), "info"),
    "give_back_asked": (gettext_lazy("Money came after the order had ended, and is asked back: %(amount)s"), ""),
    "give_back_failed": (gettext_lazy("Money came after the order had ended, and the provider refused to give it back: %(amount)s"), "bad"),
    "arrived": (gettext_lazy("Parcel arrived: %(carrier)s %(tracking_number)s"), "good"),
    "note": (gettext_lazy("Note: %(text)s"), ""),
    "request_made": (gettext_lazy("The buyer asks: %(what)s (pieces: %(units)s)"), "warn"),
    "request_accepted": (gettext_lazy("Request accepted: %(what)s"), "info"),
    "request_refused": (gettext_lazy("Request refused: %(what)s"), ""),
    "request_withdrawn": (gettext_lazy("Request taken back: %(what)s"), ""),
    "request_done": (gettext_lazy("Request done: %(what)s"), "good"),
}


def happened(entry: Happening, currency: str) -> tuple[str, str]:
    """Return what an entry of the timeline says, and the tone of its mark."""
    text, tone = _HAPPENED.get(entry.code, (entry.code.replace("_", " ").capitalize(), ""))
    values: dict[str, object] = {"units": "", "carrier": "", "tracking_number": "", "text": "", **entry.values}
    amount = entry.values.get("amount_minor", entry.values.get("total_minor"))
    values["amount"] = reading.money(int(amount), currency) if amount is not None else "–"
    reason = str(entry.values.get("reason", ""))
    known = REFUND_REASONS if entry.code.startswith("refund") else CANCEL_REASONS
    values["reason"] = word(known, reason) if reason else _("no reason given")
    values["what"] = word(REQUEST_KINDS, str(entry.values.get("kind", "")))
    return (str(text) % values).strip(), tone


def gives_back(runs: Sequence[PieceRun], currency: str) -> str:
    """Return in words what each piece of a line gives back: the same for all, or a penny more for the first of them."""
    last = reading.money(runs[-1].each_minor, currency)
    if len(runs) == 1:
        return _("gives back %(amount)s each") % {"amount": last}
    text = ngettext(
        "gives back %(first)s for the next piece, then %(last)s each",
        "gives back %(first)s for each of the next %(count)d pieces, then %(last)s each",
        runs[0].units,
    )
    return text % {"first": reading.money(runs[0].each_minor, currency), "last": last, "count": runs[0].units}
