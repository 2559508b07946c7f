"""The picking list: what to fetch from which warehouse for the chosen orders, to be printed. It reads, and changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.doors.console import frame
from shopkeeper.kit import together
from shopkeeper.kit.console import Lead, Pill, pill
from shopkeeper.kit.ids import OrderId, WarehouseId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.shapes import Warehouse
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.console import STATES
from shopkeeper.selling.orders.shapes import LinePart, NothingToDo, Order, OrderLine, Parcel, WrongState

MOST_ORDERS = 100
"""More orders than this are no round through a warehouse."""


@dataclass(frozen=True, slots=True)
class ForOrder:
    """So many pieces of a row go into this order's parcel."""

    id: OrderId
    number: str
    units: int


@dataclass(slots=True)
class PickRow:
    """One thing to fetch, and for which orders."""

    sku: str
    name: Bilingual
    orders: list[ForOrder] = field(default_factory=list)

    @property
    def units(self) -> int:
        return sum(each.units for each in self.orders)


@dataclass(frozen=True, slots=True)
class Part:
    """The list of one warehouse, by SKU."""

    code: str
    name: Bilingual
    rows: tuple[PickRow, ...]

    @property
    def units(self) -> int:
        return sum(row.units for row in self.rows)

    @property
    def order_count(self) -> int:
        return len({each.id for row in self.rows for each in row.orders})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An order of which nothing is to be fetched now."""

    id: OrderId
    number: str
    state: Pill


def address(order_ids: Sequence[int]) -> str:
    """Return the address of the picking list of these orders, cut where they are too many anyway: an address can be too long to follow."""
    query = QueryDict(mutable=True)
    query.setlist("order", [str(each) for each in order_ids[: MOST_ORDERS + 1]])
    return f"{reverse('console_orders:picking')}?{query.urlencode()}"


LEAD = Lead(name="picking", label=gettext_lazy("Picking list"), act="orders.ship", url=address)


@frame.guarded("orders.ship")
def page(request: HttpRequest) -> HttpResponse:
    """Show what to fetch for the orders named in the address, warehouse by warehouse, and which of them need nothing."""
    asked = list(dict.fromkeys(request.GET.getlist("order")))
    wrong = _wrong(asked)
    if wrong:
        return TemplateResponse(request, "console/picking.html", {"wrong": wrong}, status=400)
    found = orders.orders([OrderId(int(each)) for each in asked])
    packed, left_out = _packed(list(found.values()))
    context = {
        "parts": gathered(packed, inventory.warehouses()),
        "left_out": left_out,
        "unknown": [each for each in asked if OrderId(int(each)) not in found],
        "count": len(packed),
        "at": frame.now(),
    }
    return TemplateResponse(request, "console/picking.html", context)


def _wrong(asked: Sequence[str]) -> str:
    """Return what is wrong with the orders asked for, in the reader's language; nothing where they can be looked up."""
    if len(asked) > MOST_ORDERS:
        words = _(
            "You chose %(count)d orders or more; a picking list takes at most %(most)d. Choose fewer, and print another list for the rest."
        )
        return words % {"count": len(asked), "most": MOST_ORDERS}
    if not asked or not all(each.isascii() and each.isdigit() and len(each) < 19 for each in asked):
        return _("No order was chosen, or the address is not whole: tick orders in the list, then press “Picking list”.")
    return ""


def _packed(found: Sequence[Order]) -> tuple[list[tuple[Order, tuple[Parcel, ...]]], list[LeftOut]]:
    """Return the parcels each order would leave in, by the rule that shipping follows, and the orders without any."""
    ids = [order.id for order in found]
    held, kept = together.read(lambda: inventory.held_for(ids), lambda: orders.promised_back(ids))
    packed, left_out = [], []
    for order in sorted(found, key=lambda order: order.id):
        try:
            packed.append((order, orders.pack(order, held.get(order.id, ()), kept=kept)))
        except (WrongState, NothingToDo):
            left_out.append(LeftOut(order.id, order.number, pill(STATES, order.state.value)))
    return packed, left_out


def gathered(packed: Sequence[tuple[Order, Sequence[Parcel]]], warehouses: Sequence[Warehouse]) -> list[Part]:
    """Return what the parcels ask for, warehouse by warehouse in their order and by SKU, each row with its orders."""
    rows: dict[WarehouseId, dict[str, PickRow]] = {}
    for order, parcels in packed:
        lines: Mapping[int, OrderLine] = {line.id: line for line in order.lines}
        parts: Mapping[int, LinePart] = {part.id: part for line in order.lines for part in line.parts}
        for parcel in parcels:
            fetched: list[tuple[OrderLine | LinePart, int]] = [
                (lines[each.line_id], each.units) for each in parcel.lines if not lines[each.line_id].parts
            ]
            # Of a bundle its parts are fetched, from wherever they are held.
            fetched += [(parts[each.part_id], each.units) for each in parcel.parts]
            for goods, units in fetched:
                row = rows.setdefault(parcel.warehouse_id, {}).setdefault(goods.sku, PickRow(goods.sku, goods.name))
                row.orders.append(ForOrder(order.id, order.number, units))
    return [
        Part(house.code, house.name, tuple(row for _sku, row in sorted(rows[house.id].items()))) for house in warehouses if house.id in rows
    ]
