"""Routes for what people wait and wish for: staff read how many, never who."""

from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router, Schema

from shopkeeper.doors.api.staff import StaffSession
from shopkeeper.doors.api.values import Both, Paged, PageNumber, PageSize, both, paged
from shopkeeper.kit import together
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Goods
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import Demand

staff_router = Router(tags=["staff"])


class WantedOut(Schema):
    __doc__ = gettext_noop(
        "What is wanted of a variant: `waiting` asked to be told when it is back and confirmed their address, the first of them at "
        "`since`; `wished` have it on a wish list; `available` can be bought now. `sku` is empty and `name` null where the variant is gone."
    )

    variant_id: int
    sku: str
    name: Both | None
    waiting: int
    wished: int
    since: datetime | None
    available: int


@staff_router.get(
    "/wanted",
    auth=StaffSession("inventory.view"),
    response=Paged[WantedOut],
    summary=gettext_noop("What people wait and wish for, the most waited for first"),
)
def list_wanted(request: HttpRequest, page: PageNumber = 1, size: PageSize = 50) -> Paged[WantedOut]:
    found = wishes.demand(number=page, size=size)
    ids = [each.variant_id for each in found]
    goods, units = together.read(lambda: catalog.goods(ids), lambda: inventory.available(ids))
    return paged(found, (_wanted(each, goods.get(each.variant_id), units.get(each.variant_id, 0)) for each in found))


def _wanted(found: Demand, goods: Goods | None, available: int) -> WantedOut:
    return WantedOut(
        variant_id=found.variant_id, sku=goods.sku if goods else "", name=both(goods.name) if goods else None, waiting=found.waiting,
        wished=found.wished, since=found.since, available=max(available, 0),
    )  # fmt: skip
