"""What people wait and wish for, where it meets the goods and what is on the shelf."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from shopkeeper.doors.console import reading
from shopkeeper.kit import together
from shopkeeper.kit.console import Column
from shopkeeper.kit.ids import VariantId
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.console import PRODUCTS
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.wishes.console import WANTED


def also(rows: Sequence[Any]) -> Mapping[int, Any]:
    """Return, for each variant on the page, what it is and how many can be bought: one query for all of them."""
    ids = [VariantId(row.pk) for row in rows]
    goods, free = together.read(lambda: catalog.goods(ids), lambda: inventory.available(ids))
    return {each: {"goods": goods[each], "free": max(free.get(each, 0), 0)} for each in ids if each in goods}


def find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Return the variants whose goods are called so, or whose SKU begins so."""
    assert PRODUCTS.search is not None
    return rows.filter(pk__in=PRODUCTS.search(PRODUCTS.rows(), text).values("variants__pk"))


def _name(row: Any) -> str:
    if not row.also:
        return str(row.pk)
    option = reading.pick(row.also["goods"].option)
    return reading.pick(row.also["goods"].name) + (f" · {option}" if option else "")


_GOODS = Column(
    name="goods",
    label=gettext_lazy("Goods"),
    value=_name,
    note=lambda row: row.also["goods"].sku if row.also else None,
    url=lambda row: reverse("console_products:page", args=[row.also["goods"].product_id]) if row.also else None,
)
_FREE = Column(name="free", label=gettext_lazy("Available"), kind="number", value=lambda row: row.also["free"] if row.also else 0)

LISTING = WANTED.but(also=also, search=find, columns=(_GOODS, *WANTED.columns[1:3], _FREE, *WANTED.columns[3:]))
