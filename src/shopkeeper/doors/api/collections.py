"""Routes for anybody: collections that are shown now, and the goods of one."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema

from shopkeeper.doors.api.catalogue import CardOut, card_out, narrowing
from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.values import MOST_LINES, Both, Name, Paged, PageNumber, PageSize, both, paged, paged_from
from shopkeeper.flows import collections as flow
from shopkeeper.kit.time import day_of, day_starts
from shopkeeper.selling.catalog.shapes import Sort
from shopkeeper.selling.catalog.shapes_collections import Collection
from shopkeeper.selling.shop import public as shops

router = Router(tags=["catalogue"])


class CollectionOut(Schema):
    __doc__ = gettext_noop(
        "Goods shown together. `kind`: chosen by hand, or found by a rule; `ends_at`: when it goes, null: not by itself."
    )

    slug: str
    name: Both
    intro: Both
    kind: str
    products: int
    ends_at: datetime | None


@router.get("/collections", response=Paged[CollectionOut], summary=gettext_noop("The collections that are shown now"))
def list_collections(request: HttpRequest, page: PageNumber = 1, size: PageSize = 100) -> Paged[CollectionOut]:
    shown = flow.shown(timezone.now())
    listed = shown[(page - 1) * size : page * size]
    goods = flow.counts(listed, today=_today())
    # Only those on the page are counted: the others' number is never looked at.
    return paged_from([_collection(each, goods.get(each.id, 0)) for each in shown], page, size)


@router.get("/collections/{slug}", response=CollectionOut, openapi_extra=also(404), summary=gettext_noop("One collection"))
def read_collection(request: HttpRequest, slug: Name) -> CollectionOut:
    found = flow.of_slug(slug, timezone.now())
    return _collection(found, flow.counts([found], today=_today())[found.id])


@router.get(
    "/collections/{slug}/products", response=Paged[CardOut], openapi_extra=also(404), summary=gettext_noop("The goods of a collection")
)
def list_collection_products(
    request: HttpRequest,
    slug: Name,
    *,
    brand: Annotated[list[Name] | None, Query(max_length=MOST_LINES, description=gettext_noop("Slugs of brands, any of them"))] = None,
    trait: Annotated[
        list[Name] | None,
        Query(
            max_length=MOST_LINES,
            description=gettext_noop("Answers as `colour:red`, any of one attribute, all attributes; unknown ones are passed over"),
        ),
    ] = None,
    sort: Annotated[Sort, Query(description=gettext_noop("Order of the list; `featured` is the collection’s own"))] = Sort.FEATURED,
    page: PageNumber = 1,
    size: PageSize = 24,
) -> Paged[CardOut]:
    found = flow.of_slug(slug, timezone.now())
    shelf = flow.page(found, wanted=narrowing(brand, trait), today=_today(), sort=sort, number=page, size=size)
    currency = shops.shop().currency
    return paged(shelf.page, (card_out(each, currency) for each in shelf.page))


def _today() -> datetime:
    zone = shops.shop().zone
    return day_starts(day_of(timezone.now(), zone), zone)


def _collection(each: Collection, products: int) -> CollectionOut:
    return CollectionOut(
        slug=each.slug, name=both(each.name), intro=both(each.intro), kind=each.kind.value, products=products, ends_at=each.ends_at
    )  # fmt: skip
