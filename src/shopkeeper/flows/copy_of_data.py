"""What the shop holds about one person, from every room that knows them, for themselves to read.

Not in it, and the copy says so: earlier wordings of reviews and their photos, mails that were sent, searches, baskets that were left, and
what figures are counted from.

The words of staff about a person are that person's data too: notes are handed over, those struck out included, but not who wrote them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from shopkeeper.growth.messages import public as messages
from shopkeeper.kit import together
from shopkeeper.kit.ids import CustomerId, OrderId, UserId
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import WrongPassword
from shopkeeper.ops.audit import public as audit
from shopkeeper.ops.limits import public as limits
from shopkeeper.ops.limits.shapes import COPIES_OF_CUSTOMER, SIGN_IN_OF_ACCOUNT, Try
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Customer
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order, Particulars, Request
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import customer_owner

ORDERS_AT_ONCE = 500
ADDED_AT_ONCE = 40
"""Of so many orders at once it is asked what was added and asked for: one statement."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCopy:
    """What is held about one person: sections by name, each a list of rows of plain values; amounts are in minor units of `currency`."""

    customer_id: CustomerId
    language: str
    currency: str
    zone: str
    made_at: datetime
    sections: Mapping[str, Sequence[Row]]


def own(*, user_id: UserId, customer_id: CustomerId, password: str, now: datetime) -> DataCopy:
    """Return the copy a member asks for, having given the password again. Raises WrongPassword, TooOften, NotFound."""
    email = access.user(user_id).email
    tries = Try(SIGN_IN_OF_ACCOUNT, email)
    limits.take(tries, now=now)
    person = access.sign_in(email=email, password=password)
    if person is None or person.id != user_id:
        raise WrongPassword
    limits.give_back(tries, now=now)
    limits.take(Try(COPIES_OF_CUSTOMER, str(customer_id)), now=now)
    return collect(customer_id=customer_id, actor=None, now=now)


@transaction.atomic
def collect(*, customer_id: CustomerId, actor: UserId | None, now: datetime) -> DataCopy:
    """Return what is held about a customer and the records merged into theirs; the trail keeps that it was taken. Raises NotFound."""
    asked = customers.customer(customer_id)
    records = customers.records_of(customer_id)
    people = customers.customers(records)
    stays = people.get(records[0], asked)
    placed = _orders(stays.id)
    added = _added(placed)
    emails = sorted({people[each].email for each in records if people[each].email})
    shop = shops.shop()
    sections: dict[str, Sequence[Row]] = {
        "particulars": [_particulars(people[each]) for each in records],
        "addresses": [{**_plain(each.address), "label": each.label} for each in customers.addresses(stays.id)],
        "company": [_company(stays.id)] if customers.business(stays.id) else [],
        "sign_in": _ways_in(stays),
        "consents": [_word(each) for each in customers.standing(stays.id).words],
        "groups": [{"name": each.name.pick(stays.language)} for each in customers.groups_of([stays.id]).get(stays.id, ())],
        "notes": [_note(each) for each in customers.notes(stays.id)],
        "orders": [{**_order(each, stays.language), **_with(added[each.id][0])} for each in placed],
        "requests": [_request(asked, order) for order in placed for asked in added[order.id][1]],
        "said": _said(records, placed, stays.language),
        "wishes": _wishes(stays.id, records, emails),
        "merges": [_merge(each) for each in customers.merges(stays.id)],
        "mails": [{"email": email, **_standing(each)} for email, each in messages.standings(emails).items()],
    }
    audit.record(actor=actor, act="customers.copy", subject=f"customer:{stays.id}", before=None, after=None, at=now)
    return DataCopy(customer_id=stays.id, language=stays.language, currency=shop.currency, zone=shop.zone, made_at=now, sections=sections)


def _particulars(person: Customer) -> Row:
    names = ("name", "email", "phone", "language", "country", "external_code", "joined_at")
    return {"number": int(person.id), **{name: getattr(person, name) for name in names}}


def _ways_in(person: Customer) -> list[Row]:
    numbers, linked, places = together.read(
        lambda: customers.proven_numbers([person.id]),
        lambda: customers.linked([person.id]),
        lambda: access.sessions_of(person.user_id) if person.user_id is not None else (),
    )
    proven = [{"phone": each.number, "saved_at": each.verified_at} for each in numbers.values()]
    known = [{"provider": each.provider.name.en, "subject": each.subject, "saved_at": each.linked_at} for each in linked.get(person.id, ())]
    signed_in = [{"browser": each.browser, "started_at": each.started_at, "seen_at": each.seen_at} for each in places]
    return [*proven, *known, *signed_in]


def _plain(found: Any) -> Row:
    return {name: getattr(found, name) for name in type(found).__dataclass_fields__}


def _company(customer_id: CustomerId) -> Row:
    return {name: value for name, value in _plain(customers.business(customer_id)).items() if name != "customer_id"}


def _word(said: Any) -> Row:
    return {"at": said.at, "given": list(said.given), "text_version": said.text_version, "language": said.language, "source": said.source}


def _note(note: Any) -> Row:
    return {"at": note.at, "text": note.text, "struck_at": note.struck_at, "reason": note.strike_reason}


def _orders(customer_id: CustomerId) -> list[Order]:
    found: list[Order] = []
    number = 1
    while True:
        page = orders.orders_of(customer_id, number=number, size=ORDERS_AT_ONCE)
        whole = orders.orders([each.id for each in page.items])
        found += [whole[each.id] for each in page.items]
        if number * ORDERS_AT_ONCE >= page.total:
            return found
        number += 1


def _order(found: Order, language: str) -> Row:
    names = ("number", "placed_at", "state", "currency", "goods_minor", "delivery_minor", "tax_minor", "total_minor", "refunded_minor")
    return {
        **{name: getattr(found, name) for name in names},
        "contact": _plain(found.contact),
        "address": _plain(found.address),
        "lines": [
            {
                "sku": each.sku,
                "name": each.name.pick(language),
                "units": each.units,
                "unit_minor": each.unit_minor,
                "gross_minor": each.gross_minor,
            }
            for each in found.lines
        ],
        "parcels": [
            {"carrier": each.carrier, "tracking_number": each.tracking_number, "shipped_at": each.shipped_at} for each in found.shipments
        ],
    }


def _added(placed: Sequence[Order]) -> dict[OrderId, tuple[Particulars, tuple[Request, ...]]]:
    """Return what the buyer added to each of these orders and asked for since."""
    found: dict[OrderId, tuple[Particulars, tuple[Request, ...]]] = {}
    for start in range(0, len(placed), ADDED_AT_ONCE):
        some = placed[start : start + ADDED_AT_ONCE]
        added = together.read(*(partial(orders.particulars, each.basket_id) for each in some))
        asked = together.read(*(partial(orders.requests_of, each.id) for each in some))
        found |= {each.id: (one, other) for each, one, other in zip(some, added, asked, strict=True)}
    return found


def _with(added: Particulars) -> Row:
    invoice = added.invoice and {
        "kind": str(added.invoice.kind),
        **{n: getattr(added.invoice, n) for n in ("title", "tax_number", "email")},
    }
    return {"gift_note": added.gift_note, "invoice": invoice} if added else {}


def _request(asked: Request, order: Order) -> Row:
    skus = {line.id: line.sku for line in order.lines}
    return {
        "number": order.number, "kind": str(asked.kind), "reason": str(asked.reason), "state": str(asked.state), "at": asked.made_at,
        "text": asked.note, "answer": asked.answer, "decided_at": asked.decided_at,
        "lines": [{"sku": skus.get(each.line_id, ""), "units": each.units} for each in asked.lines],
    }  # fmt: skip


def _merge(found: Any) -> Row:
    return {"number": int(found.merged_id), "at": found.at, "reason": found.reason, "parted_at": found.parted_at}


def _standing(found: Any) -> Row:
    return {name: getattr(found, name) for name in ("permanent", "temporary", "complaints", "stopped_for", "stopped_at", "unwanted")}


def _said(records: Sequence[CustomerId], placed: Sequence[Order], language: str) -> list[Row]:
    lines = [int(line.id) for each in placed for line in each.lines]
    found = reviews.said_by(records, lines)
    goods = catalog.products({each.product_id for each in found})  # type: ignore[arg-type]
    named = {int(key): each.name.pick(language) for key, each in goods.items()}
    return [
        {
            "kind": each.kind, "goods": named.get(each.product_id, ""), "shown_name": each.shown_name, "stars": each.stars,
            "title": each.title, "text": each.text, "state": str(each.state), "reason": each.reason, "at": each.at,
        }
        for each in found
    ]  # fmt: skip


def _wishes(customer_id: CustomerId, records: Sequence[CustomerId], emails: Sequence[str]) -> list[Row]:
    wished = wishes.wish_list(customer_owner(customer_id)).wishes
    waits = wishes.waits_held(customer_ids=records, emails=emails)
    goods = catalog.goods([*(each.variant_id for each in wished), *(each.variant_id for each in waits)])
    skus = {key: each.sku for key, each in goods.items()}
    return [
        *({"kind": "wish", "sku": skus.get(each.variant_id, ""), "at": each.made_at} for each in wished),
        *(
            {"kind": "wait", "sku": skus.get(each.variant_id, ""), "at": each.asked_at, "email": each.email, "state": str(each.state)}
            for each in waits
        ),
    ]
