"""What holds whatever happens on the way: a process killed, a shop that changed meanwhile, a row that somebody touched."""

from collections.abc import Callable
from typing import Any

import pytest

from shopkeeper.flows import sheets
from shopkeeper.flows.sheets import working
from shopkeeper.flows.sheets.refusals import SheetHeaderMissing, SheetMoved, SheetNotReady
from shopkeeper.flows.sheets.tests.builders import brought, exported, lines, read_csv, refused, table, taken, tried, undone
from shopkeeper.flows.tests.builders import NOON, SmallShop, told
from shopkeeper.kit.refusals import NotAllowed
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.ops.audit import public as audit
from shopkeeper.ops.imports import public as imports
from shopkeeper.ops.imports.shapes import SheetKind, SheetState
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import ChoiceDraft, TraitKind
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.pricing import public as pricing

PRODUCTS = ["SKU", "Product web name", "Name (English)", "In the shop"]


class Killed(BaseException):
    """The process ends here."""


def staff(role: Role, name: str = "a") -> Any:
    invitation = access.invite(email=f"{name}.{role.value}@shop.local", role=role, actor=None, now=NOON)
    return access.accept(token=invitation.token, name="Person", password="a quiet shop on the corner", now=NOON)


def dying_at(monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    whole, seen = working._take_portion, []

    def take(*args: Any, **kwargs: Any) -> None:
        seen.append(1)
        if len(seen) == portion:
            raise Killed
        whole(*args, **kwargs)

    monkeypatch.setattr(working, "_take_portion", take)


def test_a_run_killed_halfway_goes_on_without_doubling(shop: SmallShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "AT_ONCE", 2)
    rows = [[f"NEW-{number}", f"new-{number}", f"New {number}", "yes"] for number in range(7)]
    sheet = tried(SheetKind.PRODUCTS, table(PRODUCTS, *rows))
    sheets.confirm(sheet_id=sheet.id, seen=sheet.seen, actor=None, now=NOON)
    before = len(told("ProductSaved"))

    with monkeypatch.context() as patched:
        dying_at(patched, 3)
        with pytest.raises(Killed):
            sheets.work(sheet.id, NOON)
    assert (imports.sheet(sheet.id).state, imports.sheet(sheet.id).done) == (SheetState.RUNNING, 4)
    assert len(told("ProductSaved")) == before + 4

    assert sheets.work_all(NOON) == 1
    assert (imports.sheet(sheet.id).state, imports.sheet(sheet.id).counts) == (SheetState.DONE, {"new": 7})
    assert len(told("ProductSaved")) == before + 7
    assert len(told("SheetTakenOver")) == 1
    assert set(imports.run(imports.sheet(sheet.id).run_id or 0).steps) == {"lines 2-3", "lines 4-5", "lines 6-7", "lines 8-8"}


def test_a_shop_that_changed_since_the_dry_run_stops_the_file_before_anything_is_written(shop: SmallShop) -> None:
    sheet = tried(SheetKind.PRICES, table(["SKU", "Price"], ["TEA", "13"], ["CUP", "11"]))
    shop.price("CUP", 1_050)
    sheets.confirm(sheet_id=sheet.id, seen=sheet.seen, actor=None, now=NOON)

    moved = sheets.work(sheet.id, NOON)

    assert moved.state is SheetState.MOVED
    assert pricing.prices([shop.variants["TEA"]])[shop.variants["TEA"]].amount_minor == 1_250
    again = sheets.choose(sheet_id=sheet.id, mapping=sheet.mapping, actor=None, now=NOON)
    again = sheets.work(again.id, NOON)
    assert lines(again.id)[1].changes["price"] == (1_050, 1_100)
    sheets.confirm(sheet_id=sheet.id, seen=again.seen, actor=None, now=NOON)
    assert sheets.work(sheet.id, NOON).counts == {"changed": 2}


def test_only_the_dry_run_that_was_looked_at_is_confirmed(shop: SmallShop) -> None:
    sheet = tried(SheetKind.STOCK, table(["SKU", "On hand"], ["TEA", "11"]))

    with pytest.raises(SheetMoved):
        sheets.confirm(sheet_id=sheet.id, seen="another", actor=None, now=NOON)

    assert imports.sheet(sheet.id).state is SheetState.TRIED
    nothing = tried(SheetKind.STOCK, table(["SKU", "On hand"], ["TEA", "10"]))
    with pytest.raises(SheetNotReady):
        sheets.confirm(sheet_id=nothing.id, seen=nothing.seen, actor=None, now=NOON)


def test_columns_chosen_are_remembered_and_what_is_needed_is_asked_for(shop: SmallShop) -> None:
    odd = table(["Thing", "Pieces there"], ["TEA", "11"])
    sheet = brought(SheetKind.STOCK, odd)
    assert sheet.mapping == {}
    with pytest.raises(SheetHeaderMissing) as lacking:
        sheets.choose(sheet_id=sheet.id, mapping={"sku": 0}, actor=None, now=NOON)
    assert lacking.value.values["columns"] == ["on_hand"]

    sheets.choose(sheet_id=sheet.id, mapping={"sku": 0, "on_hand": 1}, actor=None, now=NOON)

    assert brought(SheetKind.STOCK, odd).mapping == {"sku": 0, "on_hand": 1}


def test_a_price_that_falls_far_waits_for_a_second_person_and_the_rest_is_set(shop: SmallShop) -> None:
    asker, _other = staff(Role.OWNER), staff(Role.MANAGER)

    sheet = taken(SheetKind.PRICES, table(["SKU", "Price"], ["TEA", "1.00"], ["CUP", "9.95"]), actor=asker)

    assert sheet.counts == {"refused": 1, "changed": 1}
    assert refused(sheet.id) == {2: ("waits_for_second", "price", 100)}
    assert pricing.prices([shop.variants["TEA"]])[shop.variants["TEA"]].amount_minor == 1_250
    (asked,) = told("ApprovalAsked")
    assert approvals.approval(asked["approval_id"]).values["amount_minor"] == 100


def test_a_dry_run_asks_nobody(shop: SmallShop) -> None:
    asker, _other = staff(Role.OWNER), staff(Role.MANAGER)

    sheet = tried(SheetKind.PRICES, table(["SKU", "Price"], ["TEA", "1.00"]), actor=asker)

    assert sheet.counts == {"changed": 1, "waiting": 1}
    assert told("ApprovalAsked") == []


def test_a_right_of_its_own_for_each_kind(shop: SmallShop) -> None:
    manager, clerk = staff(Role.MANAGER), staff(Role.CLERK)
    content = table(["email", "name"], ["ann@example.com", "Ann"])

    with pytest.raises(NotAllowed):
        brought(SheetKind.CUSTOMERS, content, actor=manager)
    with pytest.raises(NotAllowed):
        brought(SheetKind.STOCK, table(["SKU", "On hand"], ["TEA", "1"]), actor=clerk)
    sheet = taken(SheetKind.CUSTOMERS, content)
    with pytest.raises(NotAllowed):
        sheets.undo(sheet_id=sheet.id, actor=manager, now=NOON)
    with pytest.raises(NotAllowed):
        sheets.export(kind=SheetKind.CUSTOMERS, form="csv", language="en", actor=manager, now=NOON)
    assert imports.sheet(sheet.id).state is SheetState.DONE


def test_refused_rows_come_as_a_file_that_can_be_mended_and_brought_again(shop: SmallShop) -> None:
    sheet = taken(SheetKind.STOCK, table(["SKU", "On hand"], ["TEA", "many"], ["CUP", "6"]))
    said: Callable[[Any], tuple[str, str, str]] = lambda refusal: ("On hand", "No number.", "Write one.")  # noqa: E731

    out = b"".join(sheets.rejects(sheet_id=sheet.id, form="csv", language="en", say=said, actor=None, now=NOON).pieces)

    (row,) = read_csv(out)
    assert (row["SKU"], row["On hand"], row["Refused line"], row["What to do"]) == ("TEA", "many", "2", "Write one.")
    again = taken(SheetKind.STOCK, out.replace(b",many,2", b",7,2"))
    assert (again.counts, shop.available("TEA"), shop.available("CUP")) == ({"changed": 1}, 7, 6)


@pytest.mark.parametrize(
    ("head", "rows", "codes"),
    [
        (PRODUCTS, [["A", "a", "A", "yes"], ["a", "b", "B", "yes"]], {3: "line_twice"}),
        (PRODUCTS, [["A", "a", "A", "maybe"]], {2: "malformed"}),
        (PRODUCTS, [["A", "a", "x" * 201, "yes"]], {2: "out_of_range"}),
        (PRODUCTS, [["TEA", "cup", "", ""]], {2: "other_product"}),
        (PRODUCTS, [["", "a", "A", "yes"]], {2: "out_of_range"}),
        (PRODUCTS, [["A 1", "a", "A", "yes"]], {2: "malformed"}),
        (PRODUCTS, [["A1", "a", "One", ""], ["A2", "a", "Another", ""]], {3: "line_contradicts"}),
        (["SKU", "Category web name"], [["TEA", "nowhere"]], {2: "not_found"}),
        (["SKU", "Weight in grams"], [["TEA", "-1"]], {2: "out_of_range"}),
        (["SKU", "In the shop"], [["TEA", "[empty]"]], {2: "cannot_be_emptied"}),
    ],
)  # fmt: skip
def test_rows_meet_the_refusals_of_the_forms(shop: SmallShop, head: list[str], rows: list[list[str]], codes: dict[int, str]) -> None:
    sheet = tried(SheetKind.PRODUCTS, table(head, *rows))

    assert {line: code for line, (code, _field, _value) in refused(sheet.id).items()} == codes
    assert catalog.ids_by_slug(["a", "b"]) == {}


def test_brand_category_and_attributes_go_with_the_product_and_back(shop: SmallShop) -> None:
    shelf = catalog.save_category(category_id=None, slug="tea", name=Bilingual("Tea", "茶"), actor=None, now=NOON)
    catalog.save_brand(brand_id=None, slug="house", name=Bilingual("House", "本店"), actor=None, now=NOON)
    catalog.save_attribute(
        attribute_id=None, code="colour", name=Bilingual("Colour", "颜色"), kind=TraitKind.CHOICE, actor=None, now=NOON,
        choices=[ChoiceDraft(code="red", name=Bilingual("Red", "红")), ChoiceDraft(code="blue", name=Bilingual("Blue", "蓝"))],
    )  # fmt: skip
    catalog.save_attribute(attribute_id=None, code="width", name=Bilingual("Width", "宽"), kind=TraitKind.NUMBER, actor=None, now=NOON)
    head = ["SKU", "Category web name", "Brand", "Colour", "宽"]

    sheet = taken(SheetKind.PRODUCTS, table(head, ["TEA", "茶", "house", "红|Blue", "12.5"]))

    tea = catalog.product("tea")
    assert (tea.category_id, sheet.counts) == (shelf, {"changed": 1})
    row = next(each for each in read_csv(exported(SheetKind.PRODUCTS)) if each["SKU"] == "TEA")
    assert (row["Brand web name"], row["Colour [colour]"], row["Width [width]"]) == ("house", "blue | red", "12.5")
    assert undone(sheet).undo_counts == {"undone": 1}
    assert (catalog.product("tea").category_id, catalog.traits([tea.id])) == (None, {})


def test_new_products_leave_the_shop_and_changed_rows_stay_as_somebody_made_them(shop: SmallShop) -> None:
    rows = ["POT", "pot", "Pot", "yes"], ["TEA", "", "Tea anew", ""], ["CUP", "", "Cup anew", ""]
    sheet = taken(SheetKind.PRODUCTS, table(PRODUCTS, *rows))
    taken(SheetKind.PRODUCTS, table(["SKU", "Name (English)"], ["CUP", "By hand"]))

    done = undone(sheet)

    assert done.undo_counts == {"undone": 2, "left": 1}
    assert (catalog.product("tea").name.en, catalog.product("cup").name.en) == ("Tea of the house", "By hand")
    assert not catalog.product_by_id(catalog.ids_by_slug(["pot"])["pot"]).is_published
    (left,) = imports.left_lines(sheet.id, size=9)
    assert sheets.restored(left.undo_refusal or {}).code == "changed_since"


def test_stock_and_prices_go_back_by_new_rows_of_their_ledgers(shop: SmallShop) -> None:
    stock = taken(SheetKind.STOCK, table(["SKU", "On hand"], ["TEA", "12"], ["CUP", "9"]))
    prices = taken(SheetKind.PRICES, table(["SKU", "Price"], ["TEA", "13"], ["CUP", "[empty]"]))
    shop.receive("CUP", 1)

    undone(stock), undone(prices)

    assert [each.units for each in inventory.movements(shop.variants["TEA"]).items] == [-2, 2, 10]
    assert shop.available("CUP") == 10
    assert [each.amount_minor for each in pricing.price_history(shop.variants["TEA"])] == [1_250, 1_300, 1_250]
    assert [each.amount_minor for each in pricing.price_history(shop.variants["CUP"])] == [999, None, 999]


def test_customers_keep_what_a_file_may_not_touch(shop: SmallShop) -> None:
    customers.guest(email="ann@example.com", name="Ann", language="en", country="GB", now=NOON)
    ann = customers.by_emails(["ann@example.com"])["ann@example.com"][0]
    head = ["Customer number", "email", "name"]

    sheet = taken(SheetKind.CUSTOMERS, table(head, [ann.id, "", "Anna"], [ann.id + 9, "", "X"], ["", "bob@example.com", "Bob"]))
    differs = tried(SheetKind.CUSTOMERS, table(head, [ann.id, "other@example.com", "Anna"]))

    assert refused(sheet.id) == {3: ("not_found", "customer", str(ann.id + 9))}
    assert refused(differs.id) == {2: ("mail_differs", "email", "other@example.com")}
    assert customers.customer(ann.id).email == "ann@example.com"
    done = undone(sheet)
    assert (done.undo_counts.get("undone"), done.undo_counts.get("left")) == (1, 1)
    assert customers.customer(ann.id).name == "Ann"
    assert "bob@example.com" in customers.by_emails(["bob@example.com"])


def test_an_undoing_is_written_into_the_trail(shop: SmallShop) -> None:
    owner = staff(Role.OWNER)
    sheet = undone(taken(SheetKind.STOCK, table(["SKU", "On hand"], ["TEA", "12"]), actor=owner), actor=owner)

    acts = [each.act for each in audit.entries(subject=f"run:{sheet.id}").items]
    assert acts == ["sheets.undo", "sheets.take_over"]
    assert told("SheetUndone") == [{"run_id": sheet.id, "kind": "stock", "rows": 1}]


def test_rows_are_forgotten_in_time_and_the_history_stays(shop: SmallShop) -> None:
    sheet = taken(SheetKind.STOCK, table(["SKU", "On hand"], ["TEA", "12"]))

    assert imports.forget_sheets(NOON) == 0
    later = NOON.replace(year=NOON.year + 1)
    assert imports.forget_sheets(later) == 1
    assert lines(sheet.id) == []
    assert imports.sheet(sheet.id).counts == {"changed": 1}
    assert not imports.is_kept(sheet.id)


def test_a_file_that_cannot_be_read_to_its_end_says_where_and_leaves_nothing(shop: SmallShop) -> None:
    rows = "".join(f"TEA{number},1\n" for number in range(50))

    sheet = tried(SheetKind.STOCK, f'SKU,On hand\n{rows}"TEA,1\n'.encode())

    assert (sheet.state, lines(sheet.id)) == (SheetState.FAILED, [])
    problem = sheets.restored(sheet.refusal or {})
    assert (problem.code, problem.values["line"]) == ("sheet_unreadable", 52)  # type: ignore[attr-defined]


def test_a_right_taken_away_meanwhile_stops_the_rest_of_the_file(shop: SmallShop) -> None:
    _owner, manager = staff(Role.OWNER), staff(Role.MANAGER)
    sheet = tried(SheetKind.STOCK, table(["SKU", "On hand"], ["TEA", "12"]), actor=manager)
    sheets.confirm(sheet_id=sheet.id, seen=sheet.seen, actor=manager, now=NOON)
    access.deactivate(user_id=manager)

    done = sheets.work(sheet.id, NOON)

    assert (done.state, done.counts) == (SheetState.DONE, {"refused": 1})
    assert refused(sheet.id)[2][0] == "not_allowed"
    assert shop.available("TEA") == 10


def test_a_sheet_that_breaks_does_not_hold_up_the_others(shop: SmallShop, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (brought(SheetKind.STOCK, table(["SKU", "On hand"], ["TEA", units])) for units in ("11", "12"))
    for each in (first, second):
        sheets.choose(sheet_id=each.id, mapping=each.mapping, actor=None, now=NOON)
    whole = working._try_out

    def breaking(sheet: Any, now: Any) -> None:
        if sheet.id == first.id:
            raise RuntimeError("broken")
        whole(sheet, now)

    monkeypatch.setattr(working, "_try_out", breaking)
    with pytest.raises(ExceptionGroup):
        sheets.work_all(NOON)

    assert (imports.sheet(first.id).state, imports.sheet(second.id).state) == (SheetState.TRYING, SheetState.TRIED)


def test_a_word_that_empties_is_no_text_and_a_text_like_it_is_no_word(shop: SmallShop) -> None:
    head = ["SKU", "Text (English)", "Text (Chinese)"]
    taken(SheetKind.PRODUCTS, table(head, ["TEA", "Good.", "'[空]"]))
    assert (catalog.product("tea").text.en, catalog.product("tea").text.zh) == ("Good.", "[空]")

    sheet = taken(SheetKind.PRODUCTS, table(head, ["TEA", "[empty]", ""]))

    assert (catalog.product("tea").text.en, catalog.product("tea").text.zh) == ("", "[空]")
    assert undone(sheet).undo_counts == {"undone": 1}
    assert catalog.product("tea").text.en == "Good."


def test_refused_rows_are_not_run_either_and_keep_what_they_asked_for(shop: SmallShop) -> None:
    sheet = tried(SheetKind.PRODUCTS, table(["SKU", "Name (English)", "Text (English)"], ["A B", "=1+1", "[empty]"]))

    out = b"".join(sheets.rejects(sheet_id=sheet.id, form="csv", language="en", say=lambda _r: ("", "", ""), actor=None, now=NOON).pieces)

    (row,) = read_csv(out)
    assert (row["Name (English)"], row["Text (English)"]) == ("'=1+1", "[empty]")


def test_a_refused_file_taken_away_is_written_into_the_trail(shop: SmallShop) -> None:
    owner = staff(Role.OWNER)
    sheet = tried(SheetKind.STOCK, table(["SKU", "On hand"], ["TEA", "many"]), actor=owner)

    sheets.rejects(sheet_id=sheet.id, form="csv", language="en", say=lambda _r: ("", "", ""), actor=owner, now=NOON)

    (entry,) = audit.entries(subject=f"run:{sheet.id}").items
    assert (entry.act, entry.actor, entry.after) == ("sheets.export", owner, {"file_kind": "stock", "format": "csv"})
