"""What the console calls things that several rooms speak of: the subject of a fact, and a buyer taken over without a name."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# What facts and the trail speak of: `order:12` is the kind of thing and its id.
_THINGS = {
    "adjustment": _("Adjustment %(id)s"),
    "approval": _("Act %(id)s before a second person"),
    "attribute": _("Attribute %(id)s"),
    "backup": _("Backup %(id)s"),
    "brand": _("Brand %(id)s"),
    "bulk_edit": _("Change of many products %(id)s"),
    "category": _("Category %(id)s"),
    "collection": _("Collection %(id)s"),
    "credit_note": _("Credit note %(id)s"),
    "customer": _("Customer record %(id)s"),
    "delivery_option": _("Delivery option %(id)s"),
    "fact": _("Fact %(id)s"),
    "group": _("Customer group %(id)s"),
    "invitation": _("Invitation %(id)s"),
    "limits": _("Limits for one person alone"),
    "letter": _("Text of the mail %(id)s"),
    "letters": _("Settings of mails"),
    "link": _("Tracked link %(id)s"),
    "provider": _("Sign-in provider %(id)s"),
    "message": _("Mail %(id)s"),
    "order": _("Order %(id)s"),
    "pin": _("Goods that stand first, row %(id)s"),
    "price_list": _("Price list %(id)s"),
    "product": _("Product %(id)s"),
    "carrier": _("Carrier’s page, row %(id)s"),
    "request": _("Buyer’s request %(id)s"),
    "redirect": _("Search that leads elsewhere, row %(id)s"),
    "question": _("Question %(id)s"),
    "review": _("Review %(id)s"),
    "role": _("Role %(id)s"),
    "rule": _("The rule for second factors"),
    "run": _("File %(id)s, brought by staff"),
    "shop": _("The shop"),
    "size_table": _("Size table %(id)s"),
    "stray": _("Payment without an order %(id)s"),
    "statement": _("Statement %(id)s"),
    "subject": _("A visitor's consent"),
    "synonyms": _("Group of words %(id)s"),
    "tax_rate": _("Tax rate %(id)s"),
    "text": _("Shop text %(id)s"),
    "user": _("Member of staff %(id)s"),
    "variant": _("Variant %(id)s"),
    "warehouse": _("Warehouse %(id)s"),
}


def thing(subject: str) -> str:
    """Return what `kind:id` is in the reader's words; a kind nobody put into words yet shows as it is."""
    kind, _colon, key = subject.partition(":")
    return str(_THINGS[kind]) % {"id": key} if kind in _THINGS else subject


def customer_name(name: str, code: str | None) -> str:
    """Return what staff call a buyer: the name, else the number another system knew them by, else nothing.

    A code taken over reads `source:14235`, or `source:guest:489434` for somebody that system did not know.
    """
    if name or not code:
        return name
    number = code.rpartition(":")[2]
    return str(_("Guest %(number)s") if ":guest:" in code else _("Customer %(number)s")) % {"number": number}


def by_number(text: str, field: str = "external_code") -> Q:
    """Return the filter for a buyer taken over, by code or by the number in it, however it was typed."""
    number = text.rsplit(maxsplit=1)[-1] if text.split() else ""
    return Q(**{f"{field}__iexact": text}) | (Q(**{f"{field}__endswith": f":{number}"}) if number.isdigit() else Q())
