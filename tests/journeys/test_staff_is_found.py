"""Staff steer search and engines, make a tracked link, and set up how customers sign in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from shopkeeper.flows import index_products, page_audit, searching
from shopkeeper.flows.tests.builders import NOON, SmallShop, small_shop
from shopkeeper.growth.links import public as links
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes_pages import PageKind, PageRef
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.adapters import oidc
from shopkeeper.selling.customers.adapters.fakes.oidc_server import CLIENT_ID, SECRET, Issuer, issuer
from shopkeeper.selling.search import public as search
from tests.journeys.desk import desk, stranger

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(settings: Any, tmp_path: Any) -> SmallShop:
    settings.LAKE_DIR = tmp_path / "lake"
    made = small_shop()
    index_products.index_all()
    return made


@pytest.fixture
def lantern() -> Iterator[Issuer]:
    oidc.kept.forget()
    with issuer() as known:
        yield known
    oidc.kept.forget()


def test_what_was_searched_in_vain_gets_synonyms_a_redirect_and_goods_on_top(live_server: Any, browser: Browser, shop: SmallShop) -> None:
    for each in ("brew", "opening hours", "gift"):
        search.count(each, found=0, holds_goods=True, language="en", day=NOON.date())
    at = desk(live_server, browser)
    page = at.open("searches/?what=vain")

    page.locator("tr", has_text="brew").get_by_role("checkbox").check()
    at.send("Say what means the same")
    assert at.field("words").input_value() == "brew"
    at.send("Save words")
    expect(page.locator(".sk-field--wrong")).to_be_visible()
    at.send("Save words", words="brew\ntea")
    at.open("searches/")
    page.locator("tr", has_text="opening hour").get_by_role("checkbox").check()
    at.send("Lead elsewhere")
    at.send("Save", address="https://example.com/")
    expect(page.locator(".sk-field--wrong")).to_be_visible()
    at.send("Save", address="/en/about/returns/")
    at.open("searches/")
    page.locator("tr", has_text="gift").get_by_role("checkbox").check()
    at.send("Put goods first")
    at.send("Save", goods="CUP")
    for address in ("synonyms/", "redirects/", "pins/"):
        at.open(address)

    seen = stranger(browser).new_page()
    seen.goto(f"{live_server.url}/en/search/?q=brew")
    expect(seen.locator("main").get_by_role("link", name="Tea of the house").first).to_be_visible()
    seen.goto(f"{live_server.url}/en/search/?q=opening+hours")
    assert seen.url == f"{live_server.url}/en/about/returns/"
    assert [each.product.slug for each in searching.found(text="gift")] == ["cup"]
    assert at.faults == {}


def test_a_finding_is_mended_by_words_for_engines_and_a_link_gets_its_code(live_server: Any, browser: Browser, shop: SmallShop) -> None:
    product = catalog.goods_of(shop.variants["TEA"]).product_id
    page_audit.round_of_the_night(now=NOON)
    at = desk(live_server, browser, language="zh-hans")
    page = at.open("engine-pages/?kind=product&language=zh-hans&q=tea")

    at.press(page.locator("td a.sk-first").first)
    before = {each.language: each for each in content.looks(PageRef(kind=PageKind.PRODUCT, subject=str(product)))}["zh-hans"]
    codes = [each.code for each in before.findings]
    assert "description_short" in codes or "description_missing" in codes, codes
    at.press(page.locator(f"a[href$='/products/{product}/engines/']").first)
    # The result is shown while its words are typed.
    words = "谷雨前采摘的龙井，手工杀青，装在可以重复密封的纸罐里，从杭州直接发货，三天之内送到您的手中，不合口味可以退。"
    at.fill(engine_title_zh="雨前龙井", engine_description_zh=words)
    shown = page.locator("[data-snippet=zh]")
    expect(shown.locator(".sk-snippet__title")).to_have_text("雨前龙井 · 小店")
    expect(shown.locator(".sk-snippet__words")).to_contain_text("谷雨前采摘")
    at.send("保存文案")
    at.open(f"engine-pages/{before.id}/")
    at.follow("重新查看")
    at.press(at.page.locator(".sk-submit button"))
    after = {each.language: each for each in content.looks(PageRef(kind=PageKind.PRODUCT, subject=str(product)))}["zh-hans"]
    assert after.score > before.score
    assert after.title == "雨前龙井 · 小店"

    at.open("tracked-links/new/")
    at.send("保存链接", code="door", address="https://example.com/", source="poster")
    expect(page.locator(".sk-field--wrong")).to_be_visible()
    at.send("保存链接", address="/goods/tea/")
    expect(page.locator(".sk-qr svg path")).to_be_visible()
    with page.expect_download() as loading:
        page.get_by_role("link", name="下载二维码（SVG）").click()
    assert b"<svg" in Path(loading.value.path()).read_bytes()
    seen = stranger(browser, "zh-hans").new_page()
    seen.goto(f"{live_server.url}/go/door")
    assert "/goods/tea/" in seen.url
    page.reload()
    assert links.link_by_code("door").visits == 1
    at.open("tracked-links/")
    assert at.faults == {}


def test_ways_to_sign_in_are_switched_and_a_provider_is_set_up(
    live_server: Any, browser: Browser, shop: SmallShop, lantern: Issuer
) -> None:
    at = desk(live_server, browser)
    page = at.open("settings/")

    at.open("settings/sign-in/")
    at.field("phone_codes").check()
    for land in ("GB", "CN"):
        page.locator(f"[name=countries][value={land}]").check()
    at.send("Save", most_per_number="99")
    expect(page.locator(".sk-field--wrong")).to_be_visible()
    at.send("Save", most_per_number="3")
    assert (customers.sign_in_rule().phone_codes, customers.sign_in_rule().most_per_number) == (True, 3)
    at.has("United Kingdom")

    lantern.trouble = "weak"
    at.open("sign-in-providers/new/")
    at.fill(slug="lantern")
    at.has("/sign-in/back/lantern/")
    at.field("is_on").check()
    at.send("Save provider", name_en="Lantern", name_zh="灯笼", slug="lantern", issuer=lantern.address, client_id=CLIENT_ID, secret=SECRET)
    expect(page.locator(".sk-field--wrong")).to_contain_text("proves nothing")
    lantern.trouble = ""
    at.send("Try it only", secret=SECRET)
    assert customers.offered_providers() == ()
    at.open("sign-in-providers/new/")
    at.field("is_on").check()
    at.send("Save provider", name_en="Lantern", name_zh="灯笼", slug="lantern", issuer=lantern.address, client_id=CLIENT_ID, secret=SECRET)
    at.open("sign-in-providers/")
    at.has("Lantern")

    seen = stranger(browser).new_page()
    seen.goto(f"{live_server.url}/en/sign-in/")
    expect(seen.get_by_text("Lantern").first).to_be_visible()
    assert at.faults == {}
