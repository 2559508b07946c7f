"""What a console page costs in statements: every page of the console's own list of addresses, session, sign-in and rights counted."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver

from shopkeeper.doors.console import rooms
from shopkeeper.doors.console import urls as console
from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.doors.console.tests.test_lists import a_little_trade, mailed, more_goods
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.ops.access.shapes import Role

MOST = 6
NOT_YET: dict[str, int] = {}


def patterns(found: Any = None, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield name and path of every address that is ours, of the console's own list of addresses."""
    for each in console.urlpatterns if found is None else found:
        path = before + str(each.pattern).removeprefix("^")
        if isinstance(each, URLResolver):
            if before or each.namespace is None or str(each.namespace).startswith("console_"):
                yield from patterns(each.url_patterns, path)
        elif isinstance(each, URLPattern) and str(each.name).startswith("console_"):
            yield str(each.name), path


def test_probe(shop: SmallShop, owner: Staff, django_user_model: Any) -> None:
    a_little_trade(shop)
    more_goods(shop, 6)
    for _again in range(3):
        mailed(shop.buy(TEA=1, M1=1))
    Staff(Role.CLERK)
    for desk in rooms.DESKS:
        rows = list(desk.listing.rows()[:1])
        pk = rows[0].pk if rows else None
        for pattern in desk.get_urlpatterns():
            path = str(pattern.pattern)
            if "<" in path and pk is None:
                print("NO ROW", desk.listing.name, path)
                continue
            probe(owner, f"{desk.listing.name}/{path.replace('<int:pk>', str(pk))}")
    for name, path in patterns():
        probe(owner, path.replace("<int:pk>", str(owner.id)))


def probe(owner: Staff, address: str) -> None:
    status = owner.get(address).status_code
    with CaptureQueriesContext(connection) as seen:
        owner.get(address)
    print(len(seen), status, address)
    with open("/tmp/queries/log2.txt", "a") as out:
        out.write(f"\n=== {len(seen)} {status} {address}\n")
        for q in seen.captured_queries:
            out.write("    " + q["sql"].replace("\n", " ")[:260] + "\n")
