"""Staff bring files and take files away: columns chosen, a dry run, the refused rows, taking over, undoing, an export."""

from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from shopkeeper.flows import sheets
from shopkeeper.flows.tests.builders import SmallShop, small_shop
from shopkeeper.kit.ids import RunId
from shopkeeper.ops.imports.models import SheetRun
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.pricing import public as pricing
from tests.journeys.desk import PATIENCE_MS, desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PRICES = "Our number,Price,Remark to myself\nTEA,13.00,x\nPOT,5.00,y\n"


@pytest.fixture
def shop(settings: Any, tmp_path: Any) -> SmallShop:
    settings.LAKE_DIR = tmp_path / "lake"
    return small_shop()


def price(shop: SmallShop, sku: str) -> int:
    return pricing.prices([shop.variants[sku]])[shop.variants[sku]].amount_minor


def work() -> None:
    """Do what the worker does with a file."""
    sheets.work(RunId(SheetRun.objects.latest("pk").pk), timezone.now())


def fetched(page: Page, press: Any) -> bytes:
    with page.expect_download() as loading:
        press()
    return Path(loading.value.path()).read_bytes()


def test_a_file_with_headings_of_ones_own_is_tried_taken_over_and_undone(live_server: Any, browser: Browser, shop: SmallShop) -> None:
    at = desk(live_server, browser)
    page = at.open("files/")

    at.field("kind").first.select_option("prices")
    at.attach("file", ("june.csv", "text/csv", PRICES.encode()))
    at.send("Upload")
    at.follow("Choose the columns")
    # Nobody could guess the first heading: without it the file says of nothing what it costs.
    assert page.get_by_label("Our number").input_value() == ""
    assert page.get_by_label("Price").input_value() == "price"
    at.send("Make the dry run")
    expect(page.locator(".sk [role=alert]").first).to_contain_text("SKU")
    page.get_by_label("Our number").select_option("sku")
    at.send("Make the dry run")
    at.has("Dry run under way")
    at.look()

    # The page shows by itself how it goes on.
    work()
    expect(page.get_by_role("heading", name="What would change")).to_be_visible(timeout=PATIENCE_MS)
    at.look()
    at.has("£12.50", "£13.00", "There is no SKU “POT”")
    refused = fetched(page, lambda: page.locator("a[download]", has_text="CSV").click()).decode("utf-8-sig")
    assert refused.splitlines()[1].startswith("POT,5.00")
    assert price(shop, "TEA") == 1_250

    at.send("Take 1 row over")
    work()
    expect(page.get_by_text("Taken over").first).to_be_visible(timeout=PATIENCE_MS)
    assert price(shop, "TEA") == 1_300
    page.reload()
    at.follow("Undo…")
    at.send("Undo")
    work()
    page.reload()
    at.look()
    assert price(shop, "TEA") == 1_250
    at.open("files/")
    at.has("june.csv", "Undone")
    assert at.faults == {}


def test_a_sheet_is_taken_away_changed_and_brought_back(live_server: Any, browser: Browser, shop: SmallShop) -> None:
    at = desk(live_server, browser, language="zh-hans")
    page = at.open("files/")

    page.locator("#export_kind").select_option("stock")
    page.locator("#export_format").select_option("xlsx")
    content = fetched(page, lambda: page.get_by_role("button", name="下载").click())
    book = openpyxl.load_workbook(BytesIO(content))
    rows = book.active
    assert rows is not None
    head = [cell.value for cell in rows[1]]
    assert head[:3] == ["货号", "仓库", "在库数量"]
    for row in rows.iter_rows(min_row=2):
        row[2].value = 25 if row[0].value == "TEA" and row[2].value == 10 else row[2].value
    changed = BytesIO()
    book.save(changed)

    page.locator("#bring_kind").select_option("stock")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    at.attach("file", ("库存.xlsx", kind, changed.getvalue()))
    at.send("上传")
    at.follow("选择各列")
    at.send("开始试算")
    work()
    page.reload()
    at.look()
    at.has("将会有的改动")
    at.send("导入 1 行")
    work()
    page.reload()
    at.look()
    at.has("已导入")

    tea = shop.variants["TEA"]
    assert inventory.available([tea])[tea] == 25
    assert at.faults == {}
