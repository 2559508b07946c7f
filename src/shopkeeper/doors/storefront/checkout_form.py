"""What checkout and address book are sent with, understood: who buys, where it goes, what is added, how it is paid."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopkeeper.doors.storefront import forms, places
from shopkeeper.kit import checks, divisions
from shopkeeper.kit.ids import DeliveryOptionId
from shopkeeper.kit.refusals import Malformed, NotFound, Refusal
from shopkeeper.selling.customers.shapes import Address, Business, SavedAddress
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Contact, InvoiceKind, InvoiceWish, Particulars

ADDRESS = ("line1", "line2", "region", "city", "district", "postcode", "country")
"""The fields of a place, as rooms and page both call them."""

ADDED = ("gift_note", "invoice_kind", "invoice_title", "tax_number", "invoice_email")

STEPS = ("contact", "address", "delivery", "payment")

_OF_STEP = {
    "contact": ("email", "name", "phone"),
    "address": (*ADDRESS, "saved"),
    "delivery": ("delivery", *ADDED),
    "payment": ("payment",),
}
"""The fields of each step, where checkout is walked through in steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A checkout form as it was understood."""

    contact: Contact
    address: Address
    delivery: DeliveryOptionId
    payment: str
    key: str
    seen_digest: str
    is_new_address: bool
    added: Particulars


class AddressForm(forms.Form):
    fields = ("to", "number", *ADDRESS)

    def address(self) -> Address | None:
        """Return the address of the form; None where a field is wrong, and then `errors` says which and why."""
        name = self.read("to", lambda text: checks.line(text, field="name", least=1, most=100))
        number = self.read("number", forms.phone)
        return places.read(self, name=name or "", number=number or "")


class CheckoutForm(forms.Form):
    fields = ("email", "name", "phone", *ADDRESS, *ADDED)

    def wish(self, book: Sequence[SavedAddress], methods: tuple[str, ...]) -> Wish | None:
        """Return what the visitor asks for; None where a field is wrong, and then `errors` says which and why."""
        contact = self.contact()
        address = self.address(book)
        option = self.read("delivery", forms.delivery)
        payment = self.read("payment", lambda text: _one_of("payment", text, methods))
        once = self.read("idempotency_key", forms.key)
        added = self.added(address.country if address else "")
        seen = self.value("seen_digest")[:200]
        if self.errors or not (contact and address and option and payment and once and added is not None):
            return None
        return Wish(
            contact=contact, address=address, delivery=option, payment=payment, key=once, seen_digest=seen,
            is_new_address=self.saved(book) is None, added=added,
        )  # fmt: skip

    def contact(self) -> Contact | None:
        """Return who buys; None where a field is wrong."""
        email = self.read("email", checks.email)
        name = self.read("name", lambda text: checks.line(text, field="name", least=1, most=100))
        number = self.read("phone", forms.phone)
        return Contact(email=email, name=name, phone=number) if email and name is not None and number is not None else None

    def address(self, book: Sequence[SavedAddress]) -> Address | None:
        """Return where it goes: the one chosen from the member's book, or the one filled in; None where a field is wrong.

        An address that is not in the book any more is refused: a parcel never goes to another one than was chosen.
        """
        chosen = self.saved(book)
        if chosen is None and book and self.value("saved"):
            return self.read("saved", _gone)
        if chosen is None:
            return places.read(self, name=self.value("name").strip(), number=self.value("phone").strip())
        if chosen.country == "CN":
            # One kept before the lists were there has no field on the page: what is wrong with it is said beside the choice.
            self.read("saved", lambda _place: divisions.postcode(chosen.postcode))
        return chosen

    def saved(self, book: Sequence[SavedAddress]) -> Address | None:
        """Return the address chosen from the member's book, None where another one is filled in."""
        return next((entry.address for entry in book if str(entry.id) == self.value("saved")), None)

    def added(self, country: str) -> Particulars | None:
        """Return what the buyer adds: a gift note, an invoice; None where a field is wrong."""
        try:
            return orders.checked_particulars(self._added(), country=country or "GB")
        except Refusal as refusal:
            self.refuse(refusal)
            return None

    def _added(self) -> Particulars:
        kind, wish = self.value("invoice_kind"), None
        if kind:
            wish = InvoiceWish(
                kind=_one_of("invoice_kind", kind, tuple(InvoiceKind)),  # type: ignore[arg-type]
                title=self.value("invoice_title"),
                tax_number=self.value("tax_number"),
                email=self.value("invoice_email") or self.value("email"),
            )
        is_gift = self.value("is_gift") == "1"
        return Particulars(is_gift=is_gift, gift_note=self.value("gift_note") if is_gift else "", invoice=wish)

    def step(self) -> str:
        """Return the step the form was sent from, the first where it names none."""
        sent = self.value("step")
        return sent if sent in STEPS else STEPS[0]

    def first_wrong(self) -> str | None:
        """Return the first step with a field that is wrong."""
        return next((step for step in STEPS if any(name in self.errors for name in _OF_STEP[step])), None)

    def forget_later_steps(self, step: str) -> None:
        """Keep only what is wrong up to this step: nobody has filled in the later ones yet."""
        known = [name for each in STEPS[: STEPS.index(step) + 1] for name in _OF_STEP[each]]
        self.errors = {name: each for name, each in self.errors.items() if name in known}


def _gone(number: str) -> Address:
    raise NotFound("address", checks.shown(number))


def filled(added: Particulars, business: Business | None) -> dict[str, object]:
    """Return the values with which checkout shows what a buyer added, or what is known of the buyer's business."""
    wish = added.invoice
    shown: dict[str, object] = {"is_gift": "1" if added.is_gift else "", "gift_note": added.gift_note}
    if wish is None and business is not None:
        return shown | {"invoice_title": business.company, "tax_number": business.tax_number, "invoice_email": business.billing_email}
    if wish is None:
        return shown
    return shown | {
        "invoice_kind": wish.kind.value, "invoice_title": wish.title, "tax_number": wish.tax_number, "invoice_email": wish.email,
    }  # fmt: skip


def _one_of(field: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise Malformed(field, value, expected="choice")
    return value
