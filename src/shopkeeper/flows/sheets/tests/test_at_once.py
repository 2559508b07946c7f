"""A file is taken over while shoppers buy and staff work: nobody's order fails for it, and nobody's change is lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from django.db import connections

from shopkeeper.flows import sheets
from shopkeeper.flows.sheets import working
from shopkeeper.flows.sheets.tests.builders import brought, refused, table, taken, tried
from shopkeeper.flows.tests.builders import NOON, SmallShop, small_shop
from shopkeeper.kit.refusals import Refusal
from shopkeeper.ops.imports.shapes import Sheet, SheetKind, SheetState
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.tests.builders import guest
from shopkeeper.selling.pricing import public as pricing

pytestmark = pytest.mark.django_db(transaction=True)

LONG_ENOUGH_S = 0.7
"""So long somebody else has to get in between two statements of the import."""

OF_BOTH = {
    # Against the order in which orders hold goods and prices.
    SheetKind.STOCK: table(["SKU", "On hand"], ["CUP", "50"], ["TEA", "60"]),
    SheetKind.PRICES: table(["SKU", "Price"], ["CUP", "11"], ["TEA", "13"]),
}


@pytest.fixture
def shop() -> SmallShop:
    return small_shop()


def confirmed(kind: SheetKind, content: bytes) -> Sheet:
    sheet = tried(kind, content)
    return sheets.confirm(sheet_id=sheet.id, seen=sheet.seen, actor=None, now=NOON)


@contextmanager
def meanwhile(
    monkeypatch: pytest.MonkeyPatch, kind: SheetKind, act: Callable[[], object], *, row: int = 1, name: str = "write"
) -> Iterator[list[str]]:
    """Have somebody else act, on a connection of their own, between reading and writing this row; yield what they were told."""
    told: list[str] = []
    begun: list[Future[None]] = []
    rows = count(1)
    of_kind = working.KINDS[kind]
    whole = getattr(of_kind, name)

    def acted() -> None:
        try:
            act()
            told.append("done")
        except Refusal as refusal:
            told.append(refusal.code)
        finally:
            connections.close_all()

    def slowly(self: Any, *args: Any) -> Any:
        if next(rows) == row:
            begun.append(pool.submit(acted))
            wait(begun, timeout=LONG_ENOUGH_S)
        return whole(self, *args)

    with ThreadPoolExecutor(1) as pool, monkeypatch.context() as patched:
        patched.setattr(of_kind, name, slowly)
        yield told
    for each in begun:
        each.result()


@pytest.mark.parametrize("kind", list(OF_BOTH))
def test_an_order_waits_for_a_file_about_its_goods_and_does_not_fail(
    shop: SmallShop, monkeypatch: pytest.MonkeyPatch, kind: SheetKind
) -> None:
    sheet = confirmed(kind, OF_BOTH[kind])

    with meanwhile(monkeypatch, kind, lambda: shop.buy(TEA=1, CUP=1), row=2) as told:
        done = sheets.work(sheet.id, NOON)

    assert (done.counts, refused(sheet.id)) == ({"changed": 2}, {})
    # What the buyer saw is not what it costs by now: that is said, and is no fault of the shop's.
    assert told == ["done" if kind is SheetKind.STOCK else "quote_stale"]


@pytest.mark.parametrize("kind", list(OF_BOTH))
def test_an_order_waits_for_the_dry_run_of_a_file_and_does_not_fail(
    shop: SmallShop, monkeypatch: pytest.MonkeyPatch, kind: SheetKind
) -> None:
    sheet = brought(kind, OF_BOTH[kind])
    sheets.choose(sheet_id=sheet.id, mapping=sheet.mapping, actor=None, now=NOON)

    with meanwhile(monkeypatch, kind, lambda: shop.buy(TEA=1, CUP=1), row=2) as told:
        done = sheets.work(sheet.id, NOON)

    assert (done.state, done.counts) == (SheetState.TRIED, {"changed": 2})
    assert told == ["done"]


@pytest.mark.parametrize("kind", list(OF_BOTH))
def test_an_order_waits_for_the_undoing_of_a_file_and_does_not_fail(
    shop: SmallShop, monkeypatch: pytest.MonkeyPatch, kind: SheetKind
) -> None:
    # Undone from the last row on.
    rows = OF_BOTH[kind].splitlines(keepends=True)
    sheet = taken(kind, b"".join([rows[0], rows[2], rows[1]]))
    sheets.undo(sheet_id=sheet.id, actor=None, now=NOON)

    with meanwhile(monkeypatch, kind, lambda: shop.buy(TEA=1, CUP=1), row=2, name="undo") as told:
        done = sheets.work(sheet.id, NOON)

    assert done.undo_counts == {"undone": 2}
    assert told == ["done" if kind is SheetKind.STOCK else "quote_stale"]


def test_what_a_customer_changes_while_a_file_is_taken_over_is_not_lost(shop: SmallShop, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = guest("ann@example.org", name="Ann")
    sheet = confirmed(SheetKind.CUSTOMERS, table(["E-mail", "Country"], ["ann@example.org", "IE"]))

    def moves() -> None:
        now = customers.customer(ann.id)
        customers.save_customer(
            customer_id=ann.id, name=now.name, phone="020 7946 0000", language="zh-hans", country=now.country, actor=None, now=NOON
        )

    with meanwhile(monkeypatch, SheetKind.CUSTOMERS, moves):
        sheets.work(sheet.id, NOON)

    found = customers.customer(ann.id)
    assert (found.phone, found.language) == ("020 7946 0000", "zh-hans")


def test_a_price_set_by_hand_while_a_file_is_taken_over_is_not_lost(shop: SmallShop, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = confirmed(SheetKind.PRICES, table(["SKU", "Price"], ["TEA", "13"]))

    with meanwhile(monkeypatch, SheetKind.PRICES, lambda: shop.price("TEA", 5_000)):
        sheets.work(sheet.id, NOON)

    assert pricing.prices([shop.variants["TEA"]])[shop.variants["TEA"]].amount_minor == 5_000


def test_a_product_taken_out_of_the_shop_while_a_file_is_taken_over_stays_out(shop: SmallShop, monkeypatch: pytest.MonkeyPatch) -> None:
    tea = catalog.product("tea").id
    sheet = confirmed(SheetKind.PRODUCTS, table(["SKU", "Name (English)"], ["TEA", "Tea anew"]))

    with meanwhile(monkeypatch, SheetKind.PRODUCTS, lambda: catalog.unpublish(product_id=tea, actor=None, now=NOON)):
        sheets.work(sheet.id, NOON)

    assert not catalog.product_by_id(tea).is_published
