"""Routes for staff: what stands beside a product, related goods and size tables."""

from functools import partial

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.lookups import Known, known_now, product_of, products_of, slugs_of
from shopkeeper.doors.api.orders import RepeatKey
from shopkeeper.doors.api.staff import StaffSession, actor, under_key
from shopkeeper.doors.api.values import LineNumber, Name, Number, Paged, PageNumber, PageSize, Sent, Text, Words, bilingual, paged
from shopkeeper.flows import goods_once
from shopkeeper.kit import together
from shopkeeper.kit.ids import CategoryId, ProductId, SizeTableId
from shopkeeper.kit.page import Page
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes_options import Link, LinkKind, SizeColumn, SizeRow, SizeTable

staff_router = Router(tags=["staff"])


class BesideData(Sent):
    __doc__ = gettext_noop(
        "What staff put beside a product, by slugs, in their order, twelve at most in all: what goes with it, and what stands in for it."
    )

    goes_with: list[Name] = []
    instead: list[Name] = []


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
    categories: list[Name] = []


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
    links = [*_links(data.goes_with, LinkKind.WITH), *_links(data.instead, LinkKind.INSTEAD)]
    if _by_kind(links) != _by_kind(catalog.extras(product_id).links):
        catalog.relate(product_id=product_id, links=links, actor=actor(request), now=timezone.now())
    return _beside(product_id)


def _links(slugs: list[Name], kind: LinkKind) -> list[Link]:
    # Goods named twice stay so: the room refuses them by name.
    known = dict(zip(dict.fromkeys(slugs), products_of(slugs), strict=True))
    return [Link(known[each], kind) for each in slugs]


def _by_kind(links: list[Link] | tuple[Link, ...]) -> list[list[ProductId]]:
    return [[each.product_id for each in links if each.kind is kind] for kind in LinkKind]


def _beside(product_id: ProductId) -> BesideData:
    goes_with, instead = _by_kind(catalog.extras(product_id).links)
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
    made = goods_once.make_size_table(
        name=bilingual(data.name), note=bilingual(data.note), columns=_columns(data), rows=_rows(data),
        category_ids=[known.shelf(each) for each in data.categories], **under_key(request, idempotency_key),
    )  # fmt: skip
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
    present, shelves = together.read(lambda: catalog.size_table_by_id(table_id), lambda: catalog.shelves_with(table_id))
    wanted = [known.shelf(each) for each in data.categories]
    said = (bilingual(data.name), bilingual(data.note), _columns(data), _rows(data))
    if said != (present.name, present.note, list(present.columns), list(present.rows)) or set(wanted) != set(shelves):
        catalog.save_size_table(
            size_table_id=table_id, name=said[0], note=said[1], columns=said[2], rows=said[3], category_ids=wanted,
            actor=actor(request), now=timezone.now(),
        )  # fmt: skip
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
    if wanted != catalog.own_size_table(product_id):
        catalog.choose_size_table(product_id=product_id, size_table_id=wanted, actor=actor(request), now=timezone.now())
    return _own(slug, product_id)


def _columns(data: SizeTableData) -> list[SizeColumn]:
    return [SizeColumn(name=bilingual(each.name), unit=each.unit.strip()) for each in data.columns]


def _rows(data: SizeTableData) -> list[SizeRow]:
    return [SizeRow(size=each.size.strip(), cells=tuple(cell.strip() for cell in each.cells)) for each in data.rows]


def _own(slug: str, product_id: ProductId) -> OwnSizeTableOut:
    own, extras = together.read(lambda: catalog.own_size_table(product_id), lambda: catalog.extras(product_id))
    return OwnSizeTableOut(product=slug, size_table=own, holds=extras.size_table.id if extras.size_table else None)


def _one(table_id: SizeTableId, known: Known) -> StaffSizeTableOut:
    found, shelves = together.read(lambda: catalog.size_table_by_id(table_id), lambda: catalog.shelves_with(table_id))
    return _table(found, shelves, known)


def _table(found: SizeTable, shelves: tuple[CategoryId, ...], known: Known) -> StaffSizeTableOut:
    slugs = (known.shelf_slug(each) for each in shelves)
    table = SizeTableData(
        name=Words(en=found.name.en, zh=found.name.zh), note=Words(en=found.note.en, zh=found.note.zh),
        columns=[SizeColumnData(name=Words(en=each.name.en, zh=each.name.zh), unit=each.unit) for each in found.columns],
        rows=[SizeRowData(size=each.size, cells=list(each.cells)) for each in found.rows],
        categories=[each for each in slugs if each is not None],
    )  # fmt: skip
    return StaffSizeTableOut(id=found.id, table=table)
