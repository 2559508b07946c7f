"""Files with many choices of one product: it is saved once for all of them, and a row at fault is refused alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopkeeper.flows import sheets
from shopkeeper.flows.sheets.tests.builders import brought, lines, refused, table, taken, tried, undone
from shopkeeper.flows.tests.builders import NOON, SmallShop, small_shop
from shopkeeper.ops.imports.shapes import Sheet, SheetKind
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Product
from shopkeeper.selling.catalog.tests.builders import an_attribute

pytestmark = pytest.mark.django_db
HEAD = ["SKU", "Product", "Name (English)", "Choice (English)", "Weight (g)"]


@pytest.fixture
def shop() -> SmallShop:
    return small_shop()


def choices(count: int, *, product: str = "rope", weight: int = 5) -> bytes:
    rows = [[f"{product.upper()}-{number}", product, "A rope", f"{number} m", weight] for number in range(1, count + 1)]
    return table(HEAD, *rows)


def product_of(slug: str) -> Product:
    return catalog.product_by_id(catalog.ids_by_slug([slug])[slug])


def statements(content: bytes) -> tuple[list[int], Sheet]:
    """Return how many statements the dry run, the taking over and the undoing of a file take."""
    counts = []
    with CaptureQueriesContext(connection) as asked:
        sheet = tried(SheetKind.PRODUCTS, content)
    counts.append(len(asked))
    sheets.confirm(sheet_id=sheet.id, seen=sheet.seen, actor=None, now=NOON)
    with CaptureQueriesContext(connection) as asked:
        sheet = sheets.work(sheet.id, NOON)
    counts.append(len(asked))
    with CaptureQueriesContext(connection) as asked:
        undone(sheet)
    counts.append(len(asked))
    return counts, sheet


def test_what_a_file_costs_grows_with_its_rows_and_not_with_the_choices_of_a_product(shop: SmallShop) -> None:
    few, _ = statements(choices(20, product="rope"))
    many, sheet = statements(choices(80, product="cord"))

    assert sheet.counts == {"new": 80}
    # Two statements a row for its savepoint; writing the product does not grow with its choices.
    for one, other in zip(few, many, strict=True):
        assert other - one <= 60 * 6, (few, many)


def test_every_row_of_a_product_is_written_as_if_it_were_alone(shop: SmallShop) -> None:
    an_attribute(code="colour")
    rows = [
        ["SKU", "Product", "Name (English)", "Choice (English)", "Weight (g)", "Colour"],
        ["ROPE-1", "rope", "A rope", "1 m", "5", "red"],
        ["ROPE-2", "rope", "", "2 m", "", ""],
        ["TEA", "", "Green tea", "", "", "blue"],
        ["ROPE-3", "rope", "A rope", "3 m", "7", "red"],
    ]
    sheet = brought(SheetKind.PRODUCTS, table(*rows))
    sheets.choose(sheet_id=sheet.id, mapping=sheet.mapping, actor=None, now=NOON)
    found = sheets.work(sheet.id, NOON)
    assert found.counts == {"new": 3, "changed": 1}, refused(sheet.id)
    sheets.confirm(sheet_id=sheet.id, seen=found.seen, actor=None, now=NOON)
    sheets.work(sheet.id, NOON)

    rope = product_of("rope")
    assert [(each.sku, each.option.en, each.weight_g) for each in rope.variants] == [
        ("ROPE-1", "1 m", 5),
        ("ROPE-2", "2 m", 0),
        ("ROPE-3", "3 m", 7),
    ]
    assert rope.name.en == "A rope"
    assert {each.sku: each.id for each in rope.variants} == {
        str(line.changes["sku"][1]): line.subject for line in lines(sheet.id) if "sku" in line.changes
    }
    # What an earlier row of the file brought is no change of a later one.
    assert [sorted(line.changes) for line in lines(sheet.id) if line.line == 5] == [["option_en", "product", "sku", "weight_g"]]


def test_a_row_at_fault_is_refused_alone(shop: SmallShop) -> None:
    rows = [[f"ROPE-{number}", "rope", "A rope", f"{number} m", 2_000_000 if number == 5 else 5] for number in range(1, 9)]

    sheet = taken(SheetKind.PRODUCTS, table(HEAD, *rows))

    assert sheet.counts == {"new": 7, "refused": 1}
    assert {line: (code, field) for line, (code, field, _value) in refused(sheet.id).items()} == {6: ("out_of_range", "weight_g")}
    assert [each.sku for each in product_of("rope").variants] == [f"ROPE-{number}" for number in (1, 2, 3, 4, 6, 7, 8)]


def test_undoing_takes_back_all_rows_of_a_product_and_leaves_what_somebody_changed(shop: SmallShop) -> None:
    taken(SheetKind.PRODUCTS, choices(6))
    heavier = taken(SheetKind.PRODUCTS, choices(6, weight=9))
    rope = product_of("rope")
    changed = taken(SheetKind.PRODUCTS, table(["SKU", "Weight (g)"], ["ROPE-3", "11"]))

    assert changed.counts == {"changed": 1}
    assert undone(heavier).undo_counts == {"undone": 5, "left": 1}
    assert [each.weight_g for each in product_of("rope").variants] == [5, 5, 11, 5, 5, 5]
    assert [each.id for each in product_of("rope").variants] == [each.id for each in rope.variants]


def test_undoing_a_product_that_a_file_brought_takes_it_out_of_the_shop(shop: SmallShop) -> None:
    head, *rows = [[*HEAD, "In the shop"], *([f"ROPE-{number}", "rope", "A rope", f"{number} m", 5, "yes"] for number in range(1, 5))]
    sheet = taken(SheetKind.PRODUCTS, table(head, *rows))
    assert product_of("rope").is_published

    assert undone(sheet).undo_counts == {"undone": 4}
    assert not product_of("rope").is_published
    assert [each.is_sellable for each in product_of("rope").variants] == [True, False, False, False]
