"""A gift note, an invoice's particulars, a carrier's address: what is taken, what is refused."""

import pytest

from shopkeeper.kit.refusals import Malformed, OutOfRange
from shopkeeper.selling.orders.rules import extras
from shopkeeper.selling.orders.shapes import InvoiceKind, InvoiceWish, Particulars

PERSON = InvoiceWish(kind=InvoiceKind.PERSONAL, title="王小明", email="wang@example.com")


def test_a_persons_invoice_has_no_tax_number():
    with_number = InvoiceWish(kind=InvoiceKind.PERSONAL, title=" 王小明 ", tax_number="nonsense", email="Wang@Example.com")

    assert extras.checked_invoice(with_number) == PERSON
    with pytest.raises(OutOfRange):
        extras.checked_invoice(InvoiceWish(kind=InvoiceKind.PERSONAL, title="", email="a@example.com"))
    with pytest.raises(Malformed):
        extras.checked_invoice(InvoiceWish(kind=InvoiceKind.PERSONAL, title="A", email="nobody"))


def test_a_gift_note_has_at_most_300_characters_and_makes_a_gift():
    assert extras.checked(Particulars(gift_note=" Happy birthday! ")) == Particulars(is_gift=True, gift_note="Happy birthday!")
    assert extras.checked(Particulars(is_gift=True, gift_note="福" * 300)).gift_note == "福" * 300
    with pytest.raises(OutOfRange):
        extras.checked(Particulars(is_gift=True, gift_note="福" * 301))


@pytest.mark.parametrize(
    "address",
    ["http://example.com/{number}", "https://example.com/", "javascript:alert(1){number}", "https://x/{number}", "https://a.b/<{number}"],
)
def test_a_carriers_address_is_safe_and_holds_the_number(address):
    assert extras.carrier_address("https://example.com/track?id={number}&l=en") == "https://example.com/track?id={number}&l=en"
    with pytest.raises(Malformed):
        extras.carrier_address(address)
