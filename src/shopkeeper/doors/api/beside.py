"""Routes for staff: what stands beside a product, related goods and size tables."""

from functools import partial
from typing import Annotated, TypedDict

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.fields import called
from shopkeeper.doors.api.lookups import Known, known_now, product_of, products_of, slugs_of
from shopkeeper.doors.api.orders import RepeatKey
from shopkeeper.doors.api.staff import StaffSession, actor, under_key
from shopkeeper.doors.api.values import LineNumber, Name, Number, Paged, PageNumber, PageSize, Sent, Text, Words, bilingual, paged, words_of
from shopkeeper.flows import goods_once
from shopkeeper.kit import together
from shopkeeper.kit.ids import CategoryId, ProductId, SizeTableId
from shopkeeper.kit.page import Page
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes_options import MOST_RELATED, Link, LinkKind, SizeColumn, SizeRow, SizeTable

staff_router = Router(tags=["staff"])

MOST_SHELVES = 1_000
"""Shelves that one size table may be named for at once."""

OF_A_TABLE = {
    "column_name_en": "columns", "column_name_zh": "columns", "unit": "columns", "size_name": "rows", "cell": "rows",
    "category": "categories",
}  # fmt: skip
"""Where in a size table stands what a room names by itself."""

Beside = Annotated[list[Name], Field(max_length=MOST_RELATED)]


class BesideData(Sent):
    __doc__ = gettext_noop(
        "What staff put beside a product, by slugs, in their order, twelve at most in all: what goes with it, and what stands in for it."
    )

    goes_with: Beside = []
    instead: Beside = []


class SizeColumnData(Sent):
    __doc__ = gettext_noop("A measure. Under a `unit` stand numbers or spans, like “86–90”; centimetres are also told in inches.")

    name: Words
    unit: Text = ""


class SizeRowData(Sent):
    __doc__ = gettext_noop("A size, and one cell for each column; an empty one says nothing.")

    size: Text
    cells: list[Text]


class SizeTableData(Sent):
    __doc__ = gettext_noop(
        "A size table as staff write it, whole. It holds for the shelves in `categories` and those below them; a shelf has one table, and "
        "takes this one in place of another."
    )

    name: Words
    note: Words = Words()
    columns: list[SizeColumnData]
    rows: list[SizeRowData]
    categories: Annotated[list[Name], Field(max_length=MOST_SHELVES)] = []


class StaffSizeTableOut(Schema):
    __doc__ = gettext_noop("A size table for staff: what stands in `table` can be sent back as it is.")

    id: int
    table: SizeTableData


class OwnSizeTableIn(Sent):
    __doc__ = gettext_noop("The size table a product is to have of its own; null: that of its shelf holds.")

    size_table: LineNumber | None


class OwnSizeTableOut(Schema):
    __doc__ = gettext_noop("`size_table` is a product’s own; `holds` the one shoppers see: its own, else that of its shelf. Null: none.")

    product: str
    size_table: int | None
    holds: int | None


# ── related goods ─────────────────────────────────────────────────────────────────────────────────────────────────────


@staff_router.get(
    "/products/{slug}/related",
    auth=StaffSession("catalog.view"),
    response=BesideData,
    summary=gettext_noop("What staff put beside a product, on show or not"),
)
def read_related(request: HttpRequest, slug: Name) -> BesideData:
    return _beside(product_of(slug))


@staff_router.put(
    "/products/{slug}/related",
    auth=StaffSession("catalog.relate"),
    response=BesideData,
    summary=gettext_noop("Say what stands beside a product; the same again changes nothing"),
)
def relate_products(request: HttpRequest, slug: Name, data: BesideData) -> BesideData:
    product_id = product_of(slug)
    with called(product="goes_with"):
        links = _links(data.goes_with, LinkKind.WITH)
    with called(product="instead"):
        links += _links(data.instead, LinkKind.INSTEAD)
    is_in_first = slug in data.goes_with or len(set(data.goes_with)) < len(data.goes_with)
    with called(links="goes_with" if is_in_first else "instead"):
        catalog.relate(product_id=product_id, links=links, actor=actor(request), now=timezone.now())
    return _beside(product_id)


def _links(slugs: list[Name], kind: LinkKind) -> list[Link]:
    # Goods named twice stay so: the room refuses them by name.
    known = dict(zip(dict.fromkeys(slugs), products_of(slugs), strict=True))
    return [Link(known[each], kind) for each in slugs]


def _beside(product_id: ProductId) -> BesideData:
    links = catalog.extras(product_id).links
    goes_with, instead = ([each.product_id for each in links if each.kind is kind] for kind in (LinkKind.WITH, LinkKind.INSTEAD))
    return BesideData(goes_with=slugs_of(goes_with), instead=slugs_of(instead))


# ── size tables ───────────────────────────────────────────────────────────────────────────────────────────────────────


@staff_router.get(
    "/size-tables",
    auth=StaffSession("catalog.view"),
    response=Paged[StaffSizeTableOut],
    summary=gettext_noop("All size tables, by name"),
)
def list_size_tables(request: HttpRequest, page: PageNumber = 1, size: PageSize = 50) -> Paged[StaffSizeTableOut]:
    tables, known = together.read(catalog.size_tables, known_now)
    listed = tables[(page - 1) * size : page * size]
    shelves = together.read(*[partial(catalog.shelves_with, each.id) for each in listed])
    whole: Page[SizeTable] = Page(items=listed, total=len(tables), number=page, size=size)
    return paged(whole, (_table(each, found, known) for each, found in zip(listed, shelves, strict=True)))


@staff_router.post(
    "/size-tables",
    auth=StaffSession("catalog.save_size_table"),
    response={201: StaffSizeTableOut},
    openapi_extra=also(404, 409),
    summary=gettext_noop("Make a size table"),
)
def make_size_table(request: HttpRequest, data: SizeTableData, idempotency_key: RepeatKey = None) -> StaffSizeTableOut:
    known = known_now()
    with called(**OF_A_TABLE):
        made = goods_once.make_size_table(**_said(data, known), **under_key(request, idempotency_key))
    return _one(made, known)


@staff_router.get(
    "/size-tables/{table}",
    auth=StaffSession("catalog.view"),
    response=StaffSizeTableOut,
    openapi_extra=also(404),
    summary=gettext_noop("One size table"),
)
def read_size_table(request: HttpRequest, table: Number) -> StaffSizeTableOut:
    return _one(SizeTableId(table), known_now())


@staff_router.put(
    "/size-tables/{table}",
    auth=StaffSession("catalog.save_size_table"),
    response=StaffSizeTableOut,
    openapi_extra=also(404),
    summary=gettext_noop("Change a size table; the same again changes nothing"),
)
def change_size_table(request: HttpRequest, table: Number, data: SizeTableData) -> StaffSizeTableOut:
    table_id, known = SizeTableId(table), known_now()
    with called(**OF_A_TABLE):
        catalog.save_size_table(size_table_id=table_id, **_said(data, known), actor=actor(request), now=timezone.now())
    return _one(table_id, known)


@staff_router.delete(
    "/size-tables/{table}",
    auth=StaffSession("catalog.save_size_table"),
    response={204: None},
    openapi_extra=also(404, 409),
    summary=gettext_noop("Take away a size table that no shelf and no product shows"),
)
def remove_size_table(request: HttpRequest, table: Number) -> tuple[int, None]:
    catalog.remove_size_table(size_table_id=SizeTableId(table), actor=actor(request), now=timezone.now())
    return 204, None


@staff_router.get(
    "/products/{slug}/size-table",
    auth=StaffSession("catalog.view"),
    response=OwnSizeTableOut,
    summary=gettext_noop("Which size table a product has"),
)
def read_own_size_table(request: HttpRequest, slug: Name) -> OwnSizeTableOut:
    return _own(slug, product_of(slug))


@staff_router.put(
    "/products/{slug}/size-table",
    auth=StaffSession("catalog.choose_size_table"),
    response=OwnSizeTableOut,
    summary=gettext_noop("Give a product a size table of its own, or that of its shelf; the same again changes nothing"),
)
def choose_size_table(request: HttpRequest, slug: Name, data: OwnSizeTableIn) -> OwnSizeTableOut:
    product_id = product_of(slug)
    wanted = None if data.size_table is None else SizeTableId(data.size_table)
    catalog.choose_size_table(product_id=product_id, size_table_id=wanted, actor=actor(request), now=timezone.now())
    return _own(slug, product_id)


class Said(TypedDict):
    """A size table as the room takes it."""

    name: Bilingual
    note: Bilingual
    columns: list[SizeColumn]
    rows: list[SizeRow]
    category_ids: list[CategoryId]


def _said(data: SizeTableData, known: Known) -> Said:
    return Said(
        name=bilingual(data.name),
        note=bilingual(data.note),
        columns=[SizeColumn(name=bilingual(each.name), unit=each.unit) for each in data.columns],
        rows=[SizeRow(size=each.size, cells=tuple(each.cells)) for each in data.rows],
        category_ids=[known.shelf(each) for each in data.categories],
    )


def _own(slug: str, product_id: ProductId) -> OwnSizeTableOut:
    own, extras = together.read(lambda: catalog.own_size_table(product_id), lambda: catalog.extras(product_id))
    return OwnSizeTableOut(product=slug, size_table=own, holds=extras.size_table.id if extras.size_table else None)


def _one(table_id: SizeTableId, known: Known) -> StaffSizeTableOut:
    found, shelves = together.read(lambda: catalog.size_table_by_id(table_id), lambda: catalog.shelves_with(table_id))
    return _table(found, shelves, known)


def _table(found: SizeTable, shelves: tuple[CategoryId, ...], known: Known) -> StaffSizeTableOut:
    slugs = (known.shelf_slug(each) for each in shelves)
    table = SizeTableData(
        name=words_of(found.name), note=words_of(found.note),
        columns=[SizeColumnData(name=words_of(each.name), unit=each.unit) for each in found.columns],
        rows=[SizeRowData(size=each.size, cells=list(each.cells)) for each in found.rows],
        categories=[each for each in slugs if each is not None],
    )  # fmt: skip
    return StaffSizeTableOut(id=found.id, table=table)
