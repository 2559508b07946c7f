"""Staff work with people: groups, notes, two records merged and parted again, a company, consents, a copy of the data."""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from shopkeeper.doors.console.tests.builders import open_texts
from shopkeeper.flows.tests.builders import SmallShop, small_shop
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.tests.builders import a_group_and_two_alike
from tests.journeys.desk import desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(settings: Any, tmp_path: Any) -> SmallShop:
    settings.LAKE_DIR = tmp_path / "lake"
    made = small_shop()
    open_texts()
    return made


def test_customers_are_put_into_a_group_noted_and_merged_and_parted(live_server: Any, browser: Browser, shop: SmallShop) -> None:
    made, one, two = a_group_and_two_alike()
    at = desk(live_server, browser, role=Role.MANAGER)
    page = at.open("customers/")

    for name in ("Tess Win", "T. Win"):
        page.locator("tr", has_text=name).get_by_role("checkbox").check()
    at.send("Put into a group")
    at.has("Tess Win", "T. Win")
    at.field("group").select_option(str(made))
    at.send("Do it")
    assert customers.group(made).members == 2
    at.open("customer-groups/")
    at.follow("2", exact=True)
    at.has("Tess Win", "T. Win")

    at.open(f"customers/{one.id}/")
    at.follow("Write a note")
    at.send("Keep the note", text="Rings twice")
    at.has("Rings twice")
    at.follow("Strike out")
    at.send("Strike it out")
    expect(page.locator(".sk-field--wrong")).to_be_visible()
    at.send("Strike it out", reason="Moved away")
    expect(page.locator("s", has_text="Rings twice")).to_be_visible()

    # What a merge comes to is seen before it is done.
    at.follow("Merge with another record")
    at.send("Merge", merged_id=str(two.id), reason="Same person")
    at.has("Goes in", "T. Win")
    assert customers.customer(two.id).merged_into is None
    at.send("Merge")
    at.told("The two records are one now.")
    assert customers.customer(two.id).merged_into == one.id
    at.follow("T. Win")
    at.has("This record is part of another:")
    at.open(f"customers/{one.id}/")
    at.follow("Undo the merge")
    at.send("Undo the merge", reason="Two people after all")
    assert customers.customer(two.id).merged_into is None
    at.open("duplicates/")
    at.open("customer-groups/new/")
    at.send("Save group", name_en="Friends of the house")
    assert at.faults == {}


def test_a_company_consents_and_a_copy_of_the_data(live_server: Any, browser: Browser, shop: SmallShop) -> None:
    ann = shop.buy(TEA=1).buyer_id
    at = desk(live_server, browser, language="zh-hans")
    page = at.open(f"customers/{ann}/")

    at.follow("公司")
    at.field("country").select_option("GB")
    at.send("保存公司", company="Shopper Ltd", tax_number="980780685")
    # A tax number whose check digit is wrong is refused beside its field; the name that was typed stays.
    expect(page.locator(".sk-field--wrong")).to_contain_text("980780685")
    assert at.field("company").input_value() == "Shopper Ltd"
    at.send("保存公司", tax_number="980780684")
    at.has("Shopper Ltd", "980780684")

    at.follow("记录同意")
    page.locator("[name=given][value='marketing.mail']").check()
    at.send("记录")
    assert customers.standing(ann).given == ("marketing.mail",)
    expect(page.get_by_role("region", name="每一次选择")).to_be_visible()
    at.follow("记录同意")
    page.locator("[name=given][value='marketing.mail']").uncheck()
    at.send("记录")
    assert customers.standing(ann).given == ()
    at.has("没有任何同意")

    at.follow("数据副本")
    with page.expect_download() as loading:
        page.get_by_role("button", name="导出").click()
    with zipfile.ZipFile(BytesIO(Path(loading.value.path()).read_bytes())) as copy:
        assert any("Shopper Ltd" in copy.read(name).decode() for name in copy.namelist())
    assert at.faults == {}
