"""Every query of customers, their addresses and consents."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Coalesce

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


def records_of(customer_id: int) -> tuple[CustomerId, ...]:
    """Return the ids of every record that stands for the same person as this one, the one that stays first."""
    own = Row.objects.filter(pk=customer_id).values_list(Coalesce("merged_into_id", "id"), flat=True)
    rows = Row.objects.filter(Q(pk__in=own) | Q(merged_into_id__in=own)).order_by(F("merged_into_id").asc(nulls_first=True), "id")
    return tuple(CustomerId(pk) for pk in rows.values_list("pk", flat=True)) or (CustomerId(customer_id),)


def stands_for(customer_ids: Iterable[int]) -> dict[CustomerId, CustomerId]:
    """Return, for each record given, the record that stands for it: most often itself."""
    rows = Row.objects.filter(pk__in=list(customer_ids)).values_list("pk", "merged_into_id")
    return {CustomerId(pk): CustomerId(into or pk) for pk, into in rows}


def add_member(*, user_id: UserId, email: str, name: str, language: str, now: datetime) -> Customer:
    return _customer(Row.objects.create(user_id=user_id, is_guest=False, email=email, name=name, language=language, joined_at=now))


def put_guest(*, email: str, name: str, phone: str, language: str, country: str, now: datetime) -> Customer:
    """Add a guest, or refresh the one known by the same address, through `customers_guest`: two checkouts at once agree on the row."""
    (found,) = statements.row("SELECT customers_guest(%s, %s, %s, %s, %s, %s)", [email, name, phone, language, country, now])
    return _customer(Row.objects.get(pk=found))


def search(*, text: str, is_guest: bool | None, number: int, size: int) -> Page[Customer]:
    rows = Row.objects.filter(merged_into=None).order_by("-joined_at", "-id")
    if is_guest is not None:
        rows = rows.filter(is_guest=is_guest)
    if text:
        rows = rows.filter(Q(email__icontains=text) | Q(name__icontains=text) | Q(external_code=text))
    start = (number - 1) * size
    return Page(items=tuple(_customer(row) for row in rows[start : start + size]), total=rows.count(), number=number, size=size)


# ── addresses ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def addresses(customer_id: int) -> tuple[SavedAddress, ...]:
    """Return a record's addresses, the one offered first at the top; those of records merged into it were copied then."""
    return tuple(_address(row) for row in AddressRow.objects.filter(customer_id=customer_id).order_by("-is_default", "-id"))


def address_row(customer_id: int, address_id: int) -> AddressRow | None:
    return AddressRow.objects.filter(customer_id=customer_id, pk=address_id).first()


def copy_book(*, source: int, into: int) -> list[list[int]]:
    """Copy a record's addresses into another's book but those it has, none as the first offered; return the ids, each with its copy's."""
    present = {_address(row).address for row in AddressRow.objects.filter(customer_id=into)}
    found = [row for row in AddressRow.objects.filter(customer_id=source).order_by("id") if _address(row).address not in present]
    names = (*Address.__dataclass_fields__, "label")
    made = [AddressRow(customer_id=into, **{name: getattr(row, name) for name in names}) for row in found]
    return [[row.pk, copy.pk] for row, copy in zip(found, AddressRow.objects.bulk_create(made), strict=True)]


def drop_copies(pairs: Sequence[Sequence[int]]) -> None:
    """Take copies out of a book again; what was changed since or is offered first was meant for the record that has it, and stays."""
    rows = {row.pk: row for row in AddressRow.objects.filter(pk__in=[pk for pair in pairs for pk in pair])}
    for original, copy in pairs:
        row = rows.get(copy)
        if row is not None and not row.is_default and (original not in rows or _same(rows[original], row)):
            row.delete()


def _same(one: AddressRow, other: AddressRow) -> bool:
    return _address(one).address == _address(other).address and one.label == other.label


def put_address(row: AddressRow, address: Address) -> SavedAddress:
    for name in Address.__dataclass_fields__:
        setattr(row, name, getattr(address, name))
    if row.is_default:
        AddressRow.objects.filter(customer_id=row.customer_id, is_default=True).exclude(pk=row.pk).update(is_default=False)
    row.save()
    return _address(row)


def remove_address(customer_id: int, address_id: int) -> int:
    removed, _ = AddressRow.objects.filter(customer_id=customer_id, pk=address_id).delete()
    return removed


# ── consent ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def add_consent(
    *,
    subject: str,
    given: Sequence[str],
    text_version: int,
    language: str,
    now: datetime,
    source: str = "banner",
    actor: UserId | None = None,
) -> Consent:
    row = ConsentRecord.objects.create(
        subject=subject, given=list(given), text_version=text_version, language=language, at=now, source=source, actor_id=actor
    )
    return consent(row)


def consents(subject: str) -> tuple[Consent, ...]:
    return tuple(consent(row) for row in ConsentRecord.objects.filter(subject=subject).order_by("-id"))


def latest_consent(subject: str) -> Consent | None:
    row = ConsentRecord.objects.filter(subject=subject).order_by("-id").first()
    return None if row is None else consent(row)


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
        merged_into=None if row.merged_into_id is None else CustomerId(row.merged_into_id),
    )


def _address(row: AddressRow) -> SavedAddress:
    address = Address(**{name: getattr(row, name) for name in Address.__dataclass_fields__})
    return SavedAddress(id=row.pk, customer_id=CustomerId(row.customer_id), address=address, is_default=row.is_default, label=row.label)


def consent(row: ConsentRecord) -> Consent:
    return Consent(
        subject=row.subject, given=tuple(row.given), text_version=row.text_version, language=row.language, at=row.at, source=row.source,
        actor=None if row.actor_id is None else UserId(row.actor_id),
    )  # fmt: skip
