"""Files in the console: brought, looked at, confirmed, taken away, undone; in both languages, by whoever may."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.doors.console.tests.test_lists import queries
from shopkeeper.flows import sheets
from shopkeeper.flows.sheets.tests.builders import table, taken, undone
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.ids import RunId
from shopkeeper.ops.imports import public as imports
from shopkeeper.ops.imports.models import SheetRun
from shopkeeper.ops.imports.shapes import SheetKind, SheetState
from shopkeeper.selling.pricing import public as pricing

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PRICES = "SKU,Price,Remark to myself\nTEA,13.00,x\nPOT,5.00,y\n"


def bring(staff: Staff, text: str | bytes = PRICES, *, kind: str = "prices", name: str = "june.csv") -> Any:
    content = text.encode() if isinstance(text, str) else text
    return staff.client.post("/console/files/bring/", {"kind": kind, "file": SimpleUploadedFile(name, content)})


def the_file(answer: Any) -> int:
    return int(answer["Location"].rstrip("/").rpartition("/")[2])


def text(staff: Staff, path: str) -> str:
    answer = staff.client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def tried(staff: Staff) -> int:
    number = the_file(bring(staff))
    staff.client.post(f"/console/files/{number}/columns/", {"column_0": "sku", "column_1": "price", "column_2": ""})
    sheets.work(RunId(number), NOW)
    return number


def test_a_file_goes_its_way_from_upload_to_undoing(owner: Staff) -> None:
    number = the_file(bring(owner))
    page = text(owner, f"/console/files/{number}/columns/")
    assert '<option value="price" selected>Price</option>' in page
    assert "Remark to myself" in page

    number = tried(owner)
    page = text(owner, f"/console/files/{number}/")
    assert "Take 1 row over" in page
    assert "£12.50" in page
    assert "£13.00" in page
    assert "There is no SKU “POT”" in page

    seen = imports.sheet(RunId(number)).seen
    assert owner.client.post(f"/console/files/{number}/confirm/", {"seen": seen}).status_code == 302
    assert "You may leave this page" in text(owner, f"/console/files/{number}/")
    sheets.work(RunId(number), NOW)
    assert "Taken over" in text(owner, f"/console/files/{number}/")
    assert "june.csv" in text(owner, "/console/files/")

    assert owner.client.post(f"/console/files/{number}/undo/").status_code == 302
    sheets.work(RunId(number), NOW)
    assert imports.sheet(RunId(number)).state is SheetState.UNDONE
    assert "Undone" in text(owner, f"/console/files/{number}/")


def standing(staff: Staff, number: int) -> set[str]:
    """Return where a file stands, as its own page and the list of files say."""
    (row,) = [each for each in staff.get("files/").context["rows"] if each["sheet"].id == number]
    return {staff.get(f"files/{number}/").context["state"].label, row["state"].label}


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", ("A second person was asked to undo it", "Nothing could be undone")), ("zh-hans", ("已请第二人复核撤销", "一行也没有撤销"))],
)
def test_a_file_of_which_nothing_went_back_does_not_read_undone(
    owner: Staff, manager: Staff, shop: SmallShop, language: str, told: tuple[str, str]
) -> None:
    owner.read(language)
    waits, stays = told
    higher = taken(SheetKind.PRICES, table(["SKU", "Price"], ["TEA", "99.00"]), actor=owner.id)
    undone(higher, actor=owner.id)

    assert standing(owner, higher.id) == {waits}
    assert pricing.prices([shop.variants["TEA"]])[shop.variants["TEA"]].amount_minor == 9_900

    lower = taken(SheetKind.PRICES, table(["SKU", "Price"], ["CUP", "9.95"]), actor=owner.id)
    pricing.set_price(variant_id=shop.variants["CUP"], amount_minor=996, reason="test", actor=None, now=NOON)
    undone(lower, actor=owner.id)

    assert standing(owner, lower.id) == {stays}


def test_a_file_of_which_some_rows_went_back_reads_undone(owner: Staff, manager: Staff, shop: SmallShop) -> None:
    both = taken(SheetKind.PRICES, table(["SKU", "Price"], ["TEA", "99.00"], ["CUP", "9.95"]), actor=owner.id)

    undone(both, actor=owner.id)

    assert standing(owner, both.id) == {"Undone"}
    assert pricing.prices([shop.variants["CUP"]])[shop.variants["CUP"]].amount_minor == 999


@pytest.mark.parametrize(
    ("language", "problem", "remedy"),
    [
        ("en", "There is no SKU “POT”", "Check how it is written in the file, or take the row out of it."),
        ("zh-hans", "POT", "请核对文件里的写法，或从文件中去掉这一行。"),
    ],
)
def test_a_row_about_nothing_the_shop_knows_tells_to_check_the_file(owner: Staff, language: str, problem: str, remedy: str) -> None:
    number = tried(owner)
    owner.read(language)

    (row,) = owner.get(f"files/{number}/").context["refused"]

    assert problem in row["problem"]
    assert row["remedy"] == remedy
    assert remedy in b"".join(owner.get(f"files/{number}/refused/?format=csv").streaming_content).decode()


def test_the_pages_read_in_chinese_too(owner: Staff) -> None:
    number = tried(owner)
    owner.read("zh-hans")

    page, files = text(owner, f"/console/files/{number}/"), text(owner, "/console/files/")
    chosen = text(owner, f"/console/files/{number}/columns/")

    for words in ("导入 1 行", "将会有的改动", "被拒的行", "价格"):
        assert words in page
    assert "导入文件" in files
    assert "前几个值" in chosen
    assert "开始试算" in chosen


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no rows below its headings"), (b"SKU,Price\n", "no rows below its headings"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel file"), (b"PK\x03\x04" + bytes(100), "damaged"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_beside_the_field_and_nothing_is_kept(owner: Staff, content: bytes, words: str) -> None:
    answer = bring(owner, content)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert SheetRun.objects.count() == 0


def test_a_column_that_is_needed_or_chosen_twice_is_named(owner: Staff) -> None:
    number = the_file(bring(owner))

    lacking = owner.client.post(f"/console/files/{number}/columns/", {"column_0": "sku"})
    twice = owner.client.post(f"/console/files/{number}/columns/", {"column_0": "sku", "column_1": "price", "column_2": "price"})

    assert (lacking.status_code, twice.status_code) == (422, 422)
    assert "No column was chosen for: price." in lacking.content.decode()
    assert "“Price” was chosen twice" in twice.content.decode()


def test_what_a_role_does_not_include_is_neither_shown_nor_done(owner: Staff, manager: Staff, clerk: Staff) -> None:
    number = the_file(bring(owner, "email,name\nann@example.com,Ann\n", kind="customers", name="people.csv"))

    assert clerk.client.get("/console/files/").status_code == 403
    assert "people.csv" not in text(manager, "/console/files/")
    assert manager.client.get(f"/console/files/{number}/").status_code == 403
    assert manager.client.get("/console/files/export/?kind=customers").status_code == 403
    assert manager.client.get(f"/console/files/{number}/refused/").status_code == 403
    for page in ("columns", "confirm", "undo"):
        shown, done = manager.client.get(f"/console/files/{number}/{page}/"), manager.client.post(f"/console/files/{number}/{page}/", {})
        assert (page, shown.status_code, done.status_code) == (page, 403, 403)
        for words in (b"ann@example.com", b"people.csv"):
            assert words not in shown.content + done.content
    assert manager.client.get(f"/console/files/{number + 9}/undo/").status_code == 404
    assert clerk.client.get(f"/console/files/{number + 9}/undo/").status_code == 403
    assert imports.sheet(RunId(number)).state is SheetState.BROUGHT


def test_a_list_as_it_is_narrowed_down_leaves_as_a_file_that_comes_back(owner: Staff) -> None:
    answer = owner.client.get("/console/products/?q=TEA&export=bring-csv")

    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert rows[0].startswith("SKU,Product web name,")
    assert [row.split(",")[0] for row in rows[1:]] == ["TEA"]
    for name in ("stock", "prices", "customers"):
        assert owner.client.get(f"/console/{name}/?export=bring-xlsx").status_code == 200


def test_the_pages_cost_few_statements(owner: Staff) -> None:
    number = tried(owner)
    for path in (f"/console/files/{number}/", "/console/files/"):
        text(owner, path)
        assert queries(owner, path.removeprefix("/console/")) <= 6
