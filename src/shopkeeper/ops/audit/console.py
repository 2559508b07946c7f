"""How staff read the audit trail."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shopkeeper.kit.console import Choice, Column, Days, Listing, word
from shopkeeper.kit.naming import thing
from shopkeeper.ops.audit import models
from shopkeeper.ops.audit import public as audit

ACTS_CALLED = {
    "approvals.ask": gettext_lazy("Second person asked"),
    "approvals.decide": gettext_lazy("Decided as second person"),
    "approvals.give": gettext_lazy("Approved as second person"),
    "approvals.nobody_else": gettext_lazy("Done alone: nobody else could approve"),
    "approvals.refuse": gettext_lazy("Refused as second person"),
    "approvals.save_limits": gettext_lazy("Limits for one person changed"),
    "approvals.stale": gettext_lazy("Act before a second person ended: it had changed"),
    "approvals.view": gettext_lazy("Acts before a second person read"),
    "approvals.withdraw": gettext_lazy("Act before a second person withdrawn"),
    "audit.view": gettext_lazy("Audit trail read"),
    "backup.restore": gettext_lazy("Backup restored"),
    "backup.take": gettext_lazy("Backup asked for"),
    "backup.view": gettext_lazy("Backups read"),
    "catalog.publish": gettext_lazy("Product put on sale"),
    "catalog.save_category": gettext_lazy("Category saved"),
    "catalog.save_product": gettext_lazy("Product saved"),
    "catalog.unpublish": gettext_lazy("Product taken off sale"),
    "catalog.view": gettext_lazy("Products read"),
    "content.publish": gettext_lazy("Shop text published"),
    "content.view": gettext_lazy("Shop texts read"),
    "customers.export": gettext_lazy("Customers exported"),
    "customers.save": gettext_lazy("Customer saved"),
    "customers.view": gettext_lazy("Customers read"),
    "events.replay": gettext_lazy("Fact tried again"),
    "events.view": gettext_lazy("Facts read"),
    "health.view": gettext_lazy("Health looked at"),
    "inventory.adjust": gettext_lazy("Stock adjusted"),
    "inventory.count": gettext_lazy("Stock counted"),
    "inventory.receive": gettext_lazy("Goods received"),
    "inventory.save_warehouse": gettext_lazy("Warehouse saved"),
    "inventory.transfer": gettext_lazy("Stock moved between warehouses"),
    "inventory.view": gettext_lazy("Stock read"),
    "messages.resend": gettext_lazy("Mail sent again"),
    "messages.view": gettext_lazy("Mails read"),
    "metrics.export": gettext_lazy("Figures exported"),
    "metrics.view": gettext_lazy("Figures read"),
    "orders.cancel": gettext_lazy("Order cancelled"),
    "orders.export": gettext_lazy("Orders exported"),
    "orders.pay": gettext_lazy("Another payment begun"),
    "orders.refund": gettext_lazy("Order refunded"),
    "orders.ship": gettext_lazy("Order shipped"),
    "orders.view": gettext_lazy("Orders read"),
    "payments.view": gettext_lazy("Payments read"),
    "payments.reconcile": gettext_lazy("Statement read in"),
    "payments.give_back": gettext_lazy("Money without an order given back"),
    "payments.settle_elsewhere": gettext_lazy("Money without an order settled elsewhere"),
    "pricing.save_delivery_option": gettext_lazy("Delivery option saved"),
    "pricing.save_price_list": gettext_lazy("Price list saved"),
    "pricing.save_tax_rate": gettext_lazy("Tax rate saved"),
    "pricing.set_cost": gettext_lazy("Cost set"),
    "pricing.set_price": gettext_lazy("Price set"),
    "pricing.view": gettext_lazy("Prices read"),
    "pricing.view_costs": gettext_lazy("Costs read"),
    "pricing.withdraw_price": gettext_lazy("Price withdrawn"),
    "shop.change_currency": gettext_lazy("Book currency changed"),
    "shop.save": gettext_lazy("Shop settings saved"),
    "shop.view": gettext_lazy("Shop settings read"),
    "staff.change_role": gettext_lazy("Staff role changed"),
    "staff.deactivate": gettext_lazy("Staff access ended"),
    "staff.end_sessions": gettext_lazy("Sessions of staff ended"),
    "staff.invite": gettext_lazy("Staff invited"),
    "staff.join": gettext_lazy("Staff joined"),
    "staff.new_codes_factor": gettext_lazy("New recovery codes made"),
    "staff.reactivate": gettext_lazy("Staff access given back"),
    "staff.remove_role": gettext_lazy("Role removed"),
    "staff.replace_factor": gettext_lazy("Second factor replaced"),
    "staff.reset_second_factor": gettext_lazy("Second factor reset"),
    "staff.save_grace_days": gettext_lazy("Rule for second factors changed"),
    "staff.save_role": gettext_lazy("Role saved"),
    "staff.set_up_factor": gettext_lazy("Second factor set up"),
    "staff.take_away_factor": gettext_lazy("Second factor taken away"),
    "staff.view": gettext_lazy("Staff read"),
    "staff.withdraw_invitation": gettext_lazy("Invitation withdrawn"),
}
"""What each act is called: the one place for it."""

FIELDS_CALLED = {
    "act": gettext_lazy("Act"),
    "acts": gettext_lazy("What the role may do"),
    "address": gettext_lazy("Address"),
    "amount": gettext_lazy("Amount"),
    "amount_minor": gettext_lazy("Price"),
    "approval_id": gettext_lazy("Act before a second person"),
    "basis_points": gettext_lazy("Rate"),
    "carrier": gettext_lazy("Carrier"),
    "category_id": gettext_lazy("Category"),
    "code": gettext_lazy("Code"),
    "cost_minor": gettext_lazy("Cost per piece"),
    "countries": gettext_lazy("Countries"),
    "country": gettext_lazy("Country"),
    "currency": gettext_lazy("Book currency"),
    "days_least": gettext_lazy("Days, at least"),
    "days_most": gettext_lazy("Days, at most"),
    "delivery_minor": gettext_lazy("Delivery given back"),
    "drawing": gettext_lazy("Drawing"),
    "email": gettext_lazy("Mail address"),
    "fields": gettext_lazy("Fields that changed"),
    "free_from_minor": gettext_lazy("Free from"),
    "grace_days": gettext_lazy("Days a second factor may be put off"),
    "has_factor": gettext_lazy("Second factor set up"),
    "hearer": gettext_lazy("Hearer"),
    "intro_en": gettext_lazy("Introduction in English"),
    "intro_zh": gettext_lazy("Introduction in Chinese"),
    "is_active": gettext_lazy("In use"),
    "is_agreed": gettext_lazy("A second person agreed"),
    "is_category_derived": gettext_lazy("Category derived"),
    "is_default": gettext_lazy("The default list"),
    "is_derived": gettext_lazy("Derived"),
    "is_published": gettext_lazy("In the shop"),
    "is_sample": gettext_lazy("Sample shop"),
    "language": gettext_lazy("Language"),
    "legal_name": gettext_lazy("Legal name"),
    "licence_authority": gettext_lazy("Issued by"),
    "licence_number": gettext_lazy("Licence or register number"),
    "lines": gettext_lazy("Pieces of lines"),
    "name": pgettext_lazy("of a shop or a person", "Name"),
    "name_en": gettext_lazy("Name in English"),
    "name_zh": gettext_lazy("Name in Chinese"),
    "note": gettext_lazy("Note"),
    "on_hand": gettext_lazy("On hand"),
    "parent_id": gettext_lazy("Belongs to"),
    "phone": gettext_lazy("Phone"),
    "photo_url": gettext_lazy("Photo"),
    "position": gettext_lazy("Position"),
    "price_drop_percent": gettext_lazy("Fall of a price one person may set"),
    "price_list_id": gettext_lazy("Price list"),
    "price_minor": gettext_lazy("Price"),
    "priority": gettext_lazy("Order of warehouses"),
    "provider": gettext_lazy("Provider"),
    "rank": gettext_lazy("Rank"),
    "reason": gettext_lazy("Reason"),
    "refund_id": gettext_lazy("Refund"),
    "refund_over_minor": gettext_lazy("Refund one person may give"),
    "role": gettext_lazy("Role"),
    "shipment_id": gettext_lazy("Parcel"),
    "skus": gettext_lazy("SKUs"),
    "slug": gettext_lazy("Web name"),
    "source_name": gettext_lazy("Name in the source"),
    "state": gettext_lazy("State"),
    "subject": gettext_lazy("About"),
    "tagline": gettext_lazy("A line below it"),
    "tax_mode": gettext_lazy("How tax is stated"),
    "text_length": gettext_lazy("Letters of the description"),
    "tint": gettext_lazy("Tint"),
    "total_minor": gettext_lazy("Total"),
    "tries": gettext_lazy("Tries"),
    "version": gettext_lazy("Version"),
    "warehouse_id": gettext_lazy("Warehouse"),
    "zone": gettext_lazy("Time zone"),
}
"""What each field of an entry is called."""


def _find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    called = [act for act, name in ACTS_CALLED.items() if text.casefold() in str(name).casefold()]
    return rows.filter(Q(subject__istartswith=text) | Q(act__istartswith=text) | Q(act__in=called))


def _who(row: models.Record) -> str:
    if row.actor is None:
        return _("the shop itself")
    return row.actor.get_full_name() or row.actor.email


AUDIT = Listing(
    name="audit",
    title=gettext_lazy("Audit trail"),
    caption=gettext_lazy("Who did what, and what it was before and after. Rows are only added, and hold no personal data of customers."),
    empty=gettext_lazy("The first act of staff will stand here."),
    see="audit.view",
    rows=lambda: models.Record.objects.select_related("actor"),
    order=("-at", "-pk"),
    search=_find,
    search_hint=gettext_lazy("What was done, an order's number, or order:12"),
    columns=(
        Column(name="at", label=gettext_lazy("When"), kind="moment", sort="at"),
        Column(name="actor", label=gettext_lazy("Who"), value=_who),
        Column(
            name="act",
            label=gettext_lazy("Act"),
            value=lambda row: word(ACTS_CALLED, row.act),
            sort="act",
            url=lambda row: reverse("console_audit:page", args=[row.pk]),
        ),
        Column(
            name="subject", label=gettext_lazy("About"), value=lambda row: getattr(row, "also", None) or thing(row.subject), sort="subject"
        ),
    ),
    filters=(
        Choice(
            name="act",
            label=gettext_lazy("Act"),
            choices=lambda: sorted(((act, word(ACTS_CALLED, act)) for act in audit.acts()), key=lambda pair: pair[1]),
            apply=lambda rows, value: rows.filter(act=value),
        ),
        Days(name="day", label=gettext_lazy("Done"), moment="at"),
    ),
)
