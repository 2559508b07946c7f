"""A file's whole way: columns proposed, a dry run that writes nothing, taking over through the rooms' faces, taking back."""

from shopkeeper.flows.sheets.tests.builders import brought, column, exported, lines, read_csv, refused, table, taken, tried, undone
from shopkeeper.flows.tests.builders import NOON, SmallShop, told
from shopkeeper.ops.imports.shapes import SheetKind, SheetState
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.pricing import public as pricing

STOCK = table(["SKU", "On hand"], ["TEA", "12"], ["CUP", "5"], ["POT", "3"])


def test_stock_is_counted_with_the_file_as_its_reason(shop: SmallShop) -> None:
    sheet = taken(SheetKind.STOCK, STOCK)

    assert (sheet.state, sheet.counts) == (SheetState.DONE, {"changed": 1, "unchanged": 1, "refused": 1})
    assert shop.available("TEA") == 12
    newest = inventory.movements(shop.variants["TEA"]).items[0]
    assert (newest.units, newest.reason.value, newest.note) == (2, "counted", "file.csv")
    assert refused(sheet.id) == {4: ("not_found", "sku", "POT")}
    assert told("SheetTakenOver") == [{"run_id": sheet.id, "kind": "stock", "rows": 1, "rejected": 1}]


def test_the_dry_run_shows_everything_and_writes_nothing(shop: SmallShop) -> None:
    sheet = tried(SheetKind.STOCK, STOCK)

    assert (sheet.state, sheet.counts) == (SheetState.TRIED, {"changed": 1, "unchanged": 1, "refused": 1})
    assert lines(sheet.id)[0].changes["on_hand"] == (10, 12)
    assert shop.available("TEA") == 10
    assert len(told("StockMoved")) == 2


def test_prices_go_through_their_history(shop: SmallShop) -> None:
    sheet = taken(SheetKind.PRICES, table(["SKU", "Price"], ["TEA", "£13.00"], ["CUP", ""]))

    assert sheet.counts == {"changed": 1, "unchanged": 1}
    assert [each.amount_minor for each in pricing.price_history(shop.variants["TEA"])] == [1_300, 1_250]


def test_new_products_and_choices_come_with_their_texts(shop: SmallShop) -> None:
    head = ["SKU", "Product web name", "Name (English)", "名称（中文）", "Choice (English)", "Weight in grams", "In the shop"]
    sheet = taken(
        SheetKind.PRODUCTS, table(head, ["POT-S", "pot", "Pot", "壶", "small", "300", "yes"], ["POT-L", "pot", "", "", "large", "500", ""])
    )

    assert sheet.counts == {"new": 2}
    pot = catalog.product("pot")
    assert (pot.name.en, pot.name.zh) == ("Pot", "壶")
    assert [(each.sku, each.option.en, each.weight_g) for each in pot.variants] == [("POT-S", "small", 300), ("POT-L", "large", 500)]


def test_new_customers_are_guests_and_known_ones_keep_what_the_file_does_not_say(shop: SmallShop) -> None:
    sheet = taken(SheetKind.CUSTOMERS, table(["email", "name", "phone"], ["ann@example.com", "Ann", "020 7946 0000"]))
    again = taken(SheetKind.CUSTOMERS, table(["email", "name", "phone"], ["ANN@example.com", "Anna", ""]))

    assert (sheet.counts, again.counts) == ({"new": 1}, {"changed": 1})
    (row,) = read_csv(exported(SheetKind.CUSTOMERS))
    assert (row["Name"], row["Phone"], row["Member or guest"]) == ("Anna", "020 7946 0000", "guest")


def test_what_a_file_brought_is_taken_back_once(shop: SmallShop) -> None:
    sheet = undone(taken(SheetKind.STOCK, STOCK))

    assert (sheet.state, sheet.undo_counts) == (SheetState.UNDONE, {"undone": 1})
    assert shop.available("TEA") == 10
    assert undone(sheet).undo_counts == {"undone": 1}
    assert shop.available("TEA") == 10


def test_exports_come_back_without_a_change(shop: SmallShop) -> None:
    taken(SheetKind.CUSTOMERS, table(["email", "name"], ["ann@example.com", "=Ann"]))
    for kind in SheetKind:
        for form in ("csv", "xlsx", "parquet"):
            for language in ("en", "zh-hans"):
                sheet = tried(kind, exported(kind, form, language=language))
                assert set(sheet.counts) == {"unchanged"}, (kind, form, language, sheet.counts, refused(sheet.id))


def test_columns_are_proposed_by_name_in_both_languages(shop: SmallShop) -> None:
    sheet = brought(SheetKind.STOCK, table(["备注", "数量", "商品编码", "仓库", "其他"], ["", "1", "TEA", "MAIN", "x"]))

    assert sheet.mapping == {"sku": 2, "warehouse": 3, "on_hand": 1, "note": 0}
    assert column(read_csv(exported(SheetKind.STOCK)), "SKU") == ["TEA", "CUP"]
    assert NOON


def test_a_bundle_is_not_counted_and_not_listed(shop: SmallShop) -> None:
    shop.bundle("SET", 2_900, TEA=1, CUP=2)

    sheet = tried(SheetKind.STOCK, table(["SKU", "On hand"], ["SET", "3"], ["TEA", "12"]))

    assert {line: code for line, (code, _field, _value) in refused(sheet.id).items()} == {2: "bundle_has_no_shelf"}
    assert "SET" not in {row["SKU"] for row in read_csv(exported(SheetKind.STOCK))}
