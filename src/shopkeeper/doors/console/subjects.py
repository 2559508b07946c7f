"""What a fact or an entry of the trail is about: its name and where to find it, asked of the rooms once for a whole list."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from shopkeeper.doors.console import reading, words
from shopkeeper.kit import together
from shopkeeper.kit.console import word
from shopkeeper.kit.ids import OrderId, ProductId, UserId, VariantId
from shopkeeper.kit.naming import thing
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.access import public as access
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.content.console import KINDS as TEXTS
from shopkeeper.selling.orders import public as orders

Search = Callable[[QuerySet[Any], str], QuerySet[Any]]

_PAGES = {
    "order": "console_orders:page",
    "product": "console_products:page",
    "variant": "console_stock:page",
    "approval": "console_approvals:page",
    "attribute": "console_attributes:edit",
    "brand": "console_brands:edit",
    "bulk_edit": "console_edits:page",
    "category": "console_categories:edit",
    "collection": "console_goods_collections:edit",
    "size_table": "console_size_tables:edit",
    "customer": "console_customers:page",
    "group": "console_customer_groups:edit",
    "provider": "console_sign_in_providers:edit",
    "delivery_option": "console_delivery:edit",
    "price_list": "console_price_lists:edit",
    "warehouse": "console_warehouses:edit",
    "fact": "console_facts:page",
    "synonyms": "console_synonyms:edit",
    "redirect": "console_redirects:edit",
    "pin": "console_pins:edit",
    "message": "console_messages:page",
    "stray": "console_strays:page",
    "review": "console_reviews:page",
    "request": "console_buyer_requests:page",
    "carrier": "console_carriers:edit",
    "link": "console_tracked_links:page",
    "question": "console_questions:page",
}


def named(subjects: Iterable[str]) -> dict[str, str]:
    """Return what each `kind:id` is called: an order by its number, goods by their name, staff by theirs, others by kind and id."""
    wanted = set(subjects)
    ids: dict[str, set[int]] = {}
    for subject in wanted:
        kind, _colon, key = subject.partition(":")
        if key.isascii() and key.isdigit():
            ids.setdefault(kind, set()).add(int(key))
    by_kind = {"order": _orders, "product": _products, "variant": _variants, "user": _staff}
    found = together.read(*(partial(read, sorted(ids.get(kind, ()))) for kind, read in by_kind.items()))
    names: dict[str, str] = {subject: name for each in found for subject, name in each.items()}
    if any(subject.startswith("role:") for subject in wanted):
        names |= {f"role:{each.code}": words.role(each.code.value) for each in access.own_roles()}
    texts = {f"text:{kind}": thing(f"text:{word(TEXTS, kind)}") for kind in TEXTS}
    return {subject: names.get(subject) or texts.get(subject) or thing(subject) for subject in wanted}


def place(subject: str) -> str:
    """Return the address of the page of `kind:id`, empty where there is none."""
    kind, _colon, key = subject.partition(":")
    if kind == "shop":
        return reverse("console_settings")
    return reverse(_PAGES[kind], args=[int(key)]) if kind in _PAGES and key.isascii() and key.isdigit() else ""


def of_facts(rows: Sequence[Any]) -> Mapping[int, str]:
    """Return what each fact on the page is about."""
    names = named(row.entity for row in rows)
    return {row.pk: names[row.entity] for row in rows}


def of_entries(rows: Sequence[Any]) -> Mapping[int, str]:
    """Return what each entry of the trail on the page is about."""
    names = named(row.subject for row in rows)
    return {row.pk: names[row.subject] for row in rows}


def searching(search: Search | None, field: str) -> Search:
    """Return a search that also understands an order's number, which the ledger itself knows by its id only."""

    def find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        try:
            return rows.filter(**{field: f"order:{orders.by_number(text).id}"})
        except NotFound:
            return search(rows, text) if search else rows

    return find


def _orders(ids: Iterable[int]) -> dict[str, str]:
    found = orders.orders([OrderId(each) for each in ids]) if ids else {}
    return {f"order:{key}": thing(f"order:{each.number}") for key, each in found.items()}


def _products(ids: Iterable[int]) -> dict[str, str]:
    found = catalog.products([ProductId(each) for each in ids]) if ids else {}
    return {f"product:{key}": reading.pick(each.name) for key, each in found.items()}


def _variants(ids: Iterable[int]) -> dict[str, str]:
    found = catalog.goods([VariantId(each) for each in ids]) if ids else {}
    return {f"variant:{key}": f"{reading.pick(each.name)} · {each.sku}" for key, each in found.items()}


def _staff(ids: Iterable[int]) -> dict[str, str]:
    found = access.people({UserId(each) for each in ids}) if ids else {}
    return {f"user:{key}": each.name or each.email for key, each in found.items() if each.role}
