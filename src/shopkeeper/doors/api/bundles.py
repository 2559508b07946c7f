"""Routes for staff: what a bundle holds, to be read and said."""

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from shopkeeper.doors.api.baskets import goods_of
from shopkeeper.doors.api.parts import PartOut, part_out
from shopkeeper.doors.api.staff import StaffSession, actor
from shopkeeper.doors.api.values import Name, Sent, Whole
from shopkeeper.flows import bundles as flow
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Goods
from shopkeeper.selling.catalog.shapes_bundles import MOST_OF_A_PART, MOST_PARTS, Part, PartDraft
from shopkeeper.selling.inventory import public as inventory

staff_router = Router(tags=["staff"])


class PartIn(Sent):
    __doc__ = gettext_noop("So many pieces of a SKU in one bundle.")

    sku: Name
    units: Annotated[Whole, Field(ge=1, le=MOST_OF_A_PART)]


class PartsIn(Sent):
    __doc__ = gettext_noop("All parts of a bundle, at most 20, two pieces or more; none at all: it is a single thing again.")

    parts: Annotated[list[PartIn], Field(max_length=MOST_PARTS)]


class PartsOut(Schema):
    __doc__ = gettext_noop("What one of a bundle holds, in its order, and how many its parts allow now; of a single thing no parts.")

    sku: str
    parts: list[PartOut]
    available: int


@staff_router.get("/bundles/{path:sku}", auth=StaffSession("catalog.view"), response=PartsOut, summary=gettext_noop("What a bundle holds"))
def read_bundle(request: HttpRequest, sku: Name) -> PartsOut:
    goods = goods_of(sku)
    return _parts(goods, catalog.parts([goods.variant_id]).get(goods.variant_id, ()))


@staff_router.put(
    "/bundles/{path:sku}",
    auth=StaffSession("catalog.save_bundle"),
    response=PartsOut,
    summary=gettext_noop("Say what a bundle holds; the same again changes nothing"),
)
def save_bundle(request: HttpRequest, sku: Name, data: PartsIn) -> PartsOut:
    goods = goods_of(sku)
    drafts = [PartDraft(goods_of(each.sku).variant_id, each.units) for each in data.parts]
    return _parts(goods, flow.save_bundle(variant_id=goods.variant_id, parts=drafts, actor=actor(request), now=timezone.now()))


def _parts(goods: Goods, parts: tuple[Part, ...]) -> PartsOut:
    available = inventory.available([goods.variant_id])[goods.variant_id]
    return PartsOut(sku=goods.sku, parts=[part_out(each) for each in parts], available=available)
