"""Every query of customers, their addresses and consents."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q

from shopkeeper.kit import statements
from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.kit.page import Page
from shopkeeper.selling.customers.models import Address as AddressRow
from shopkeeper.selling.customers.models import ConsentRecord
from shopkeeper.selling.customers.models import Customer as Row
from shopkeeper.selling.customers.shapes import Address, Consent, Customer, SavedAddress

if TYPE_CHECKING:
    import polars as pl


def customers(ids: Iterable[int]) -> dict[CustomerId, Customer]:
    return {CustomerId(row.pk): _customer(row) for row in Row.objects.filter(pk__in=list(ids))}


def by_user(user_id: int) -> Customer | None:
    row = Row.objects.filter(user_id=user_id).first()
    return None if row is None else _customer(row)


def locked(customer_id: int) -> Row | None:
    return Row.objects.select_for_update().filter(pk=customer_id).first()


def add_member(*, user_id: UserId, email: str, name: str, language: str, now: datetime) -> Customer:
    return _customer(Row.objects.create(user_id=user_id, is_guest=False, email=email, name=name, language=language, joined_at=now))


def put_guest(*, email: str, name: str, phone: str, language: str, country: str, now: datetime) -> Customer:
    """Add a guest, or refresh the one known by the same address, through `customers_guest`: two checkouts at once agree on the row."""
    (found,) = statements.row("SELECT customers_guest(%s, %s, %s, %s, %s, %s)", [email, name, phone, language, country, now])
    return _customer(Row.objects.get(pk=found))


def search(*, text: str, is_guest: bool | None, number: int, size: int) -> Page[Customer]:
    rows = Row.objects.order_by("-joined_at", "-id")
    if is_guest is not None:
        rows = rows.filter(is_guest=is_guest)
    if text:
        rows = rows.filter(Q(email__icontains=text) | Q(name__icontains=text) | Q(external_code=text))
    start = (number - 1) * size
    return Page(items=tuple(_customer(row) for row in rows[start : start + size]), total=rows.count(), number=number, size=size)


# ── addresses ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def addresses(customer_id: int) -> tuple[SavedAddress, ...]:
    return tuple(_address(row) for row in AddressRow.objects.filter(customer_id=customer_id).order_by("-is_default", "-id"))


def address_row(customer_id: int, address_id: int) -> AddressRow | None:
    return AddressRow.objects.filter(pk=address_id, customer_id=customer_id).first()


def put_address(row: AddressRow, address: Address) -> SavedAddress:
    for name in Address.__dataclass_fields__:
        setattr(row, name, getattr(address, name))
    if row.is_default:
        AddressRow.objects.filter(customer_id=row.customer_id, is_default=True).exclude(pk=row.pk).update(is_default=False)
    row.save()
    return _address(row)


def remove_address(customer_id: int, address_id: int) -> int:
    removed, _ = AddressRow.objects.filter(pk=address_id, customer_id=customer_id).delete()
    return removed


# ── consent ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def add_consent(*, subject: str, given: Sequence[str], text_version: int, language: str, now: datetime) -> Consent:
    row = ConsentRecord.objects.create(subject=subject, given=list(given), text_version=text_version, language=language, at=now)
    return _consent(row)


def consents(subject: str) -> tuple[Consent, ...]:
    return tuple(_consent(row) for row in ConsentRecord.objects.filter(subject=subject).order_by("-id"))


def latest_consent(subject: str) -> Consent | None:
    row = ConsentRecord.objects.filter(subject=subject).order_by("-id").first()
    return None if row is None else _consent(row)


# ── taking over ───────────────────────────────────────────────────────────────────────────────────────────────────────


def take_over(frame: "pl.DataFrame") -> "pl.DataFrame":
    """Add the customers whose code is not known yet and return the ids of all codes given."""
    import polars as pl

    from shopkeeper.kit import bulk

    with connection.cursor() as cursor:
        bulk.stage(cursor, "customers_taken", frame)
        cursor.execute(
            """INSERT INTO customers_customer (is_guest, email, name, phone, language, country, external_code, joined_at)
               SELECT is_guest, '', '', '', 'en', country, external_code, joined_at FROM customers_taken
               ON CONFLICT (external_code) DO NOTHING"""
        )
        cursor.execute("SELECT external_code, id FROM customers_customer JOIN customers_taken USING (external_code) ORDER BY external_code")
        found = cursor.fetchall()
        cursor.execute("DROP TABLE customers_taken")
    return pl.DataFrame(found, schema={"external_code": pl.String, "customer_id": pl.Int64}, orient="row")


def _customer(row: Row) -> Customer:
    return Customer(
        id=CustomerId(row.pk),
        user_id=None if row.user_id is None else UserId(row.user_id),
        is_guest=row.is_guest,
        email=row.email,
        name=row.name,
        phone=row.phone,
        language=row.language,
        country=row.country,
        external_code=row.external_code or "",
        joined_at=row.joined_at,
    )


def _address(row: AddressRow) -> SavedAddress:
    address = Address(**{name: getattr(row, name) for name in Address.__dataclass_fields__})
    return SavedAddress(id=row.pk, customer_id=CustomerId(row.customer_id), address=address, is_default=row.is_default)


def _consent(row: ConsentRecord) -> Consent:
    return Consent(subject=row.subject, given=tuple(row.given), text_version=row.text_version, language=row.language, at=row.at)
