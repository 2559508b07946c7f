"""What holds while others work in the shop: rows changed between two portions, shelves renamed, options, work that breaks off."""

from typing import Any

import pytest

from shopkeeper.flows import sheets
from shopkeeper.flows.sheets import working
from shopkeeper.flows.sheets.refusals import SheetBroken, SheetNotReady
from shopkeeper.flows.sheets.tests.builders import exported, read_csv, refused, table, taken, tried, undone
from shopkeeper.flows.sheets.tests.test_promises import Killed, dying_at
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.ids import RunId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.tests.builders import joined
from shopkeeper.ops.imports import public as imports
from shopkeeper.ops.imports.shapes import SheetKind, SheetState
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes_options import OptionDraft, OptionValueDraft
from shopkeeper.selling.catalog.tests.builders import a_category
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.tests.builders import guest
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.pricing import public as pricing


def stopped_after_one_row(sheet_id: RunId, seen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a sheet as a process leaves it that dies after the first of its portions."""
    sheets.confirm(sheet_id=sheet_id, seen=seen, actor=None, now=NOON)
    with monkeypatch.context() as patched:
        dying_at(patched, 2)
        with pytest.raises(Killed):
            sheets.work(sheet_id, NOON)


def test_a_price_set_by_hand_between_two_portions_stays(shop: SmallShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "AT_ONCE", 1)
    sheet = tried(SheetKind.PRICES, table(["SKU", "Price"], ["TEA", "13"], ["CUP", "11"]))
    stopped_after_one_row(sheet.id, sheet.seen, monkeypatch)
    shop.price("CUP", 1_050)

    done = sheets.work(sheet.id, NOON)

    assert (done.counts, refused(sheet.id)) == ({"changed": 1, "refused": 1}, {3: ("changed_meanwhile", "price", 1_050)})
    assert pricing.prices([shop.variants["CUP"]])[shop.variants["CUP"]].amount_minor == 1_050


def test_a_product_changed_by_hand_between_two_portions_stays(shop: SmallShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "AT_ONCE", 1)
    sheet = tried(SheetKind.PRODUCTS, table(["SKU", "Name (English)"], ["TEA", "Tea anew"], ["CUP", "Cup anew"]))
    stopped_after_one_row(sheet.id, sheet.seen, monkeypatch)
    taken(SheetKind.PRODUCTS, table(["SKU", "Name (English)"], ["CUP", "By hand"]))

    sheets.work(sheet.id, NOON)

    assert refused(sheet.id) == {3: ("changed_meanwhile", "name_en", "By hand")}
    assert (catalog.product("tea").name.en, catalog.product("cup").name.en) == ("Tea anew", "By hand")


def test_rows_of_one_new_product_are_taken_over_across_portions(shop: SmallShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "AT_ONCE", 2)
    head = ["SKU", "Product web name", "Name (English)", "Choice (English)", "In the shop"]
    rows = [[f"POT-{number}", "pot", "Pot", f"Size {number}", "yes"] for number in range(5)]

    sheet = taken(SheetKind.PRODUCTS, table(head, *rows))

    assert sheet.counts == {"new": 5}
    assert [each.option.en for each in catalog.product("pot").variants] == [f"Size {number}" for number in range(5)]


def test_a_count_is_booked_from_what_lies_there_under_its_lock(shop: SmallShop, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = tried(SheetKind.STOCK, table(["SKU", "On hand"], ["TEA", "12"]))
    sheets.confirm(sheet_id=sheet.id, seen=sheet.seen, actor=None, now=NOON)
    compare = working.Stock.compare

    def meanwhile(self: Any, wish: Any) -> Any:
        found = compare(self, wish)
        if not self.desk.is_trial and inventory.available([shop.variants["TEA"]])[shop.variants["TEA"]] == 10:
            shop.receive("TEA", 3)
        return found

    monkeypatch.setattr(working.Stock, "compare", meanwhile)

    sheets.work(sheet.id, NOON)

    assert refused(sheet.id) == {2: ("changed_meanwhile", "on_hand", 13)}
    assert shop.available("TEA") == 13


def test_the_address_of_a_merged_record_is_that_of_the_person_it_belongs_to(shop: SmallShop) -> None:
    ann, former = guest("ann@example.org", name="Ann"), guest("former@example.org", name="Ann before")
    customers.merge(customer_id=ann.id, merged_id=former.id, reason="Same person", actor=joined("clerk@example.com"), now=NOON)

    by_mail = taken(SheetKind.CUSTOMERS, table(["E-mail", "Name"], ["Former@example.org", "Ann Lee"]))
    assert (by_mail.counts, customers.customer(ann.id).name) == ({"changed": 1}, "Ann Lee")
    by_number = taken(SheetKind.CUSTOMERS, table(["Customer number", "Phone"], [former.id, "020 7946 0000"]))

    assert by_number.counts == {"changed": 1}
    assert (customers.customer(ann.id).name, customers.customer(ann.id).phone) == ("Ann Lee", "020 7946 0000")
    assert (customers.customer(former.id).name, customers.customer(former.id).phone) == ("Ann before", "")
    assert undone(by_mail).undo_counts == {"undone": 1}
    assert customers.customer(ann.id).name == "Ann"


def test_an_undoing_leaves_a_row_whose_shelf_was_renamed_and_ends(shop: SmallShop) -> None:
    former = a_category("old-shelf")
    a_category("other-shelf")
    head = ["SKU", "Category web name"]
    taken(SheetKind.PRODUCTS, table(head, ["TEA", "old-shelf"], ["CUP", "other-shelf"]))
    sheet = taken(SheetKind.PRODUCTS, table(head, ["TEA", "other-shelf"], ["CUP", "old-shelf"]))
    catalog.save_category(category_id=former, slug="new-shelf", name=Bilingual("New", "新"), actor=None, now=NOON)

    done = undone(sheet)

    assert (done.state, done.undo_counts) == (SheetState.UNDONE, {"left": 2})
    codes = {each.line: sheets.restored(each.undo_refusal or {}).code for each in imports.left_lines(sheet.id, size=9)}
    assert codes == {2: "not_found", 3: "changed_since"}


def test_work_that_breaks_off_again_and_again_rests_and_goes_on_when_it_is_started_again(
    shop: SmallShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = taken(SheetKind.STOCK, table(["SKU", "On hand"], ["TEA", "12"]))
    sheets.undo(sheet_id=sheet.id, actor=None, now=NOON)

    def breaking(*_args: Any, **_more: Any) -> None:
        raise KeyError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(working, "_take_back", breaking)
        for number in range(1, working.MOST_TRIES + 1):
            assert imports.sheet(sheet.id).state is SheetState.UNDOING
            with pytest.raises(ExceptionGroup):
                sheets.work_all(NOON)
            said = sheets.restored(imports.sheet(sheet.id).refusal or {})
            assert isinstance(said, SheetBroken)
            assert (said.value, said.values["tries"]) == ("KeyError", number)
        assert imports.sheet(sheet.id).state is SheetState.DONE
        assert sheets.work_all(NOON) == 0

    done = undone(sheet)
    assert (done.state, done.refusal, done.undo_counts) == (SheetState.UNDONE, None, {"undone": 1})


def test_a_file_half_taken_over_goes_on_as_it_was_read_and_its_columns_stay(shop: SmallShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "AT_ONCE", 1)
    monkeypatch.setattr(working, "MOST_TRIES", 1)
    sheet = tried(SheetKind.STOCK, table(["SKU", "On hand"], ["TEA", "12"], ["CUP", "7"]))
    sheets.confirm(sheet_id=sheet.id, seen=sheet.seen, actor=None, now=NOON)
    with monkeypatch.context() as patched:
        whole, seen = working._take_portion, []

        def take(*args: Any, **kwargs: Any) -> None:
            seen.append(1)
            if len(seen) == 2:
                raise KeyError("gone")
            whole(*args, **kwargs)

        patched.setattr(working, "_take_portion", take)
        with pytest.raises(ExceptionGroup):
            sheets.work_all(NOON)
    assert imports.sheet(sheet.id).state is SheetState.TRIED
    assert (shop.available("TEA"), shop.available("CUP") == 7) == (12, False)

    with pytest.raises(SheetNotReady):
        sheets.choose(sheet_id=sheet.id, mapping=sheet.mapping, actor=None, now=NOON)
    sheets.confirm(sheet_id=sheet.id, seen=sheet.seen, actor=None, now=NOON)
    done = sheets.work(sheet.id, NOON)

    assert (done.state, done.counts, done.refusal) == (SheetState.DONE, {"changed": 2}, None)
    assert (shop.available("TEA"), shop.available("CUP")) == (12, 7)
    assert [each.units for each in inventory.movements(shop.variants["TEA"]).items] == [2, 10]


def test_a_choice_called_after_its_options_is_not_renamed_by_a_file(shop: SmallShop) -> None:
    values = (OptionValueDraft(name=Bilingual("Small", "小")), OptionValueDraft(name=Bilingual("Big", "大")))
    tea = catalog.product("tea").id
    catalog.save_options(product_id=tea, options=[OptionDraft(name=Bilingual("Size", "尺寸"), values=values)], actor=None, now=NOON)
    called = catalog.product("tea").variants[0].option.en
    head = ["SKU", "Choice (English)", "Weight in grams"]

    renamed = tried(SheetKind.PRODUCTS, table(head, ["TEA", "Huge", "777"]))
    assert refused(renamed.id) == {2: ("named_by_options", "option_en", "Huge")}

    sheet = taken(SheetKind.PRODUCTS, table(head, ["TEA", called, "777"]))
    assert catalog.product("tea").variants[0].weight_g == 777
    assert undone(sheet).undo_counts == {"undone": 1}
    assert catalog.product("tea").variants[0].weight_g != 777


@pytest.mark.parametrize("kind", [SheetKind.STOCK, SheetKind.PRICES])
def test_goods_are_called_in_the_language_of_the_file(shop: SmallShop, kind: SheetKind) -> None:
    taken(SheetKind.PRODUCTS, table(["SKU", "Name (Chinese)"], ["TEA", "本店的茶"]))
    ids = [shop.variants["TEA"]]

    for some in (ids, None):
        english, chinese = (read_csv(exported(kind, language=language, ids=some)) for language in ("en", "zh-hans"))
        assert "Tea of the house" in {row["Goods"].partition(" · ")[0] for row in english}
        assert "本店的茶" in {row["商品名"].partition(" · ")[0] for row in chinese}
