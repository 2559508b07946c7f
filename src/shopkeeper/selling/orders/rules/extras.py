"""What a buyer adds to a basket, checked: a gift note, and to whom an invoice is written."""

import re

from shopkeeper.kit import checks
from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.orders.shapes import MOST_GIFT_NOTE, InvoiceKind, InvoiceWish, Particulars

MOST_TITLE = 100


def checked(value: Particulars) -> Particulars:
    """Return the particulars made tidy. Raises Malformed or OutOfRange, naming the field. A tax number is checked by customers."""
    note = checks.paragraphs(value.gift_note, field="gift_note", most=MOST_GIFT_NOTE)
    return Particulars(
        is_gift=value.is_gift or bool(note), gift_note=note, invoice=None if value.invoice is None else checked_invoice(value.invoice)
    )


def checked_invoice(wish: InvoiceWish) -> InvoiceWish:
    """Return the invoice asked for made tidy; a person's has no tax number. Raises Malformed, OutOfRange."""
    try:
        kind = InvoiceKind(wish.kind)
    except ValueError:
        raise Malformed("invoice_kind", checks.shown(str(wish.kind)), expected="choice") from None
    return InvoiceWish(
        kind=kind,
        title=checks.line(wish.title, field="invoice_title", least=1, most=MOST_TITLE),
        tax_number=wish.tax_number if kind is InvoiceKind.COMPANY else "",
        email=checks.email(wish.email, field="invoice_email"),
    )


def carrier_address(value: str) -> str:
    """Return the address of a carrier's page, with {number} where the tracking number goes. Raises Malformed."""
    tidy = checks.line(value, field="address", least=1, most=300)
    if not re.fullmatch(r"https://[A-Za-z0-9.-]+\.[A-Za-z]{2,}(?:/[^\s<>\"'{}]*)?(?:\?[^\s<>\"'{}]*)?\{number\}[^\s<>\"'{}]*", tidy):
        raise Malformed("address", checks.shown(tidy), expected="carrier_address")
    return tidy
