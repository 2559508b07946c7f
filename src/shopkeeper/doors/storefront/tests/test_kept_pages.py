"""A kept page is never a wrong page: after any change, by whatever hand, the next look shows what prices, stock and texts are now."""

import gzip
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shopkeeper.doors.storefront import kept, pages, pressed, words
from shopkeeper.doors.storefront.reading import money
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.flows import browse
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import Wanted

pytestmark = pytest.mark.django_db(transaction=True)

LOOKED_AT = ("", "goods/", "goods/?sort=price", "shelves/kitchen/", "shelves/cups/", "goods/lamp/", "goods/cup/", "goods/box/")
READ_LIVE = {"inventory_shelf", "inventory_warehouse", "reviews_summary"}
"""Read for every page, kept or not, by `inventory_shown` and `reviews_told`; they need no mark."""

MAY_LAG_S = pages.MAY_LAG_S
"""As in a shop that runs; the tests here look at every page before it is shown, except where they set this."""


@pytest.fixture
def shop() -> Corner:
    return corner()


def said(client: Client, address: str) -> str:
    answer = client.get(f"/en/{address}")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())) if answer.status_code == 200 else ""


def faults(shop: Corner, client: Client) -> list[str]:
    """Return where a product's page or the shelf of everything does not say what the catalogue, prices and stock are now."""
    found = []
    everything = said(client, "goods/")
    for slug, made in shop.products.items():
        product = catalog.product_by_id(made.id)
        page = said(client, f"goods/{slug}/")
        if bool(page) != product.is_published or (product.name.en in everything) != product.is_published:
            found.append(f"{slug}: is_published is {product.is_published}")
            continue
        if page:
            found += [f"{slug}: {each}" for each in _missing(product.name.en, [v.id for v in product.variants if v.is_sellable], page)]
    return found


def _missing(name: str, variants: list[Any], page: str) -> Iterator[str]:
    tags = pricing.prices(variants)
    units = inventory.available(variants)
    if name not in page:
        yield name
    for variant in variants:
        if variant not in tags:
            continue
        asked = pricing.quote(wanted=[Wanted(variant_id=variant, units=1)], country="GB", delivery_option_id=None)
        if money(asked.lines[0].unit_minor, "GBP") not in page:
            yield f"{money(asked.lines[0].unit_minor, 'GBP')} as quoted"
    if words.stock(sum(units.values())) not in page:
        yield words.stock(sum(units.values()))


def change(shop: Corner, chance: random.Random, step: int) -> str:
    """Make one change by chance through a room's face, and say which."""
    sku = chance.choice(list(shop.variants))
    slug = chance.choice(list(shop.products))
    product = catalog.product_by_id(shop.products[slug].id)
    what = chance.choice(("price", "withdraw", "receive", "sell out", "publish", "unpublish", "rename", "shelf"))
    variant, place = shop.variants[sku], inventory.warehouses()[0].id
    if what == "price":
        shop.price(sku, chance.randrange(100, 9_000))
    elif what == "withdraw" and variant in pricing.prices([variant]):
        pricing.withdraw_price(variant_id=variant, reason="test", actor=None, now=NOON)
    elif what == "receive":
        inventory.receive(variant_id=variant, warehouse_id=place, units=chance.randrange(1, 9), actor=None, now=NOON)
    elif what == "sell out":
        inventory.count(variant_id=variant, warehouse_id=place, counted=0, actor=None, now=NOON)
    elif what == "publish":
        catalog.publish(product_id=product.id, actor=None, now=NOON)
    elif what == "unpublish":
        catalog.unpublish(product_id=product.id, actor=None, now=NOON)
    elif what in ("rename", "shelf"):
        drafts = [VariantDraft(id=v.id, sku=v.sku, option=v.option, is_sellable=v.is_sellable) for v in product.variants]
        catalog.save_product(
            product_id=product.id, slug=slug, name=Bilingual(f"{slug} number {step}"), text=Bilingual("New words"), variants=drafts,
            category_id=shop.kitchen, is_published=product.is_published, source_name=slug, rank=chance.randrange(1, 9), actor=None,
            now=NOON,
        )  # fmt: skip
    return f"{what} {sku} {slug}"


@pytest.mark.parametrize("seed", range(4))
def test_after_any_change_the_pages_say_what_is_so_now(shop: Corner, seed: int) -> None:
    chance, client = random.Random(seed), shop.visitor()
    story = []
    for step in range(12):
        for address in LOOKED_AT:
            client.get(f"/en/{address}")
        story.append(change(shop, chance, step))

        assert faults(shop, client) == [], (seed, story)


def test_a_change_that_moves_no_mark_is_found(shop: Corner) -> None:
    client = shop.visitor()
    assert faults(shop, client) == []

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE pricing_price DISABLE TRIGGER pricing_price_changed")
        cursor.execute("UPDATE pricing_price SET amount_minor = 4321 WHERE variant_id = %s", [shop.variants["LAMP"]])

    assert faults(shop, client) == ["lamp: £43.21 as quoted"]


def unwatched() -> set[str]:
    """Return the tables which the kept pages read and whose changes move no mark; read off the statements and the database's triggers."""
    kept.forget()
    pages.forget()
    asked: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    client = Client()
    with connection.execute_wrapper(note):
        for address in LOOKED_AT:
            assert client.get(f"/en/{address}").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'")
        bodies = dict(cursor.fetchall())
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgtype, proname FROM pg_trigger JOIN pg_proc p ON p.oid = tgfoid "
            "WHERE NOT tgisinternal AND tgenabled <> 'D'"
        )
        triggers = cursor.fetchall()
    text = " ".join([*asked, *(body for name, body in bodies.items() if any(name in sql for sql in asked))])
    read = set(re.findall(r'(?:FROM|JOIN) "?([a-z]+_[a-z_]+)"?(?![a-z_(])', text)) - {"catalog_edition"}
    events = {"insert": 4, "delete": 8, "update": 16, "truncate": 32}
    moving = {
        (table, event) for table, kinds, function in triggers if "_touch_" in function for event, bit in events.items() if kinds & bit
    }
    return {f"{table} on {event}" for table in read - READ_LIVE - set(bodies) for event in events if (table, event) not in moving}


def test_every_table_behind_a_kept_page_moves_a_mark(shop: Corner) -> None:
    assert unwatched() == set()


def test_a_table_without_its_trigger_is_found(shop: Corner) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER catalog_category_touched ON catalog_category")

    assert unwatched() == {f"catalog_category on {event}" for event in ("insert", "update", "delete", "truncate")}


def test_a_process_killed_right_after_its_commit_leaves_no_wrong_page(shop: Corner, shop_environment: dict[str, str]) -> None:
    client = shop.visitor()
    assert "£12.00" in said(client, "goods/lamp/")
    script = (
        "import os, signal, sys, django; django.setup()\n"
        "from datetime import UTC, datetime\n"
        "from shopkeeper.selling.pricing import public as pricing\n"
        "from django.db.backends.base.base import BaseDatabaseWrapper as Base\n"
        "commit = Base._commit\n"
        "def die(self):\n"
        "    commit(self); os.kill(os.getpid(), signal.SIGKILL)\n"
        "Base._commit = die\n"
        "pricing.set_price(variant_id=int(sys.argv[1]), amount_minor=777, reason='test', actor=None, now=datetime.now(UTC))\n"
    )

    died = subprocess.run([sys.executable, "-c", script, str(shop.variants["LAMP"])], env=shop_environment, check=False)

    assert died.returncode == -9
    assert "£7.77" in said(client, "goods/lamp/")
    assert "£7.77" in said(client, "shelves/kitchen/")


@pytest.mark.parametrize("address", LOOKED_AT)
def test_a_page_kept_costs_one_query_and_the_same_words(shop: Corner, address: str) -> None:
    client = shop.visitor()
    first = client.get(f"/en/{address}")

    with CaptureQueriesContext(connection) as asked:
        again = client.get(f"/en/{address}")

    assert len(asked) == 1
    assert re.sub(r'value="\w{64}"', "", again.content.decode()) == re.sub(r'value="\w{64}"', "", first.content.decode())


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        monkeypatch.setattr(pages, "monotonic", lambda: self.now)
        monkeypatch.setattr(pages, "MAY_LAG_S", MAY_LAG_S)


@pytest.mark.parametrize("address", ["goods/", "goods/lamp/"])
def test_a_page_lags_a_change_by_less_than_a_second(shop: Corner, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    assert MAY_LAG_S < 1
    clock, client = Clock(monkeypatch), shop.visitor()
    client.get(f"/en/{address}")
    clock.now += MAY_LAG_S - 0.01
    shop.price("LAMP", 777)

    with CaptureQueriesContext(connection) as asked:
        assert "£7.77" not in said(client, address)
    assert len(asked) == 0

    # Counted from the last look, not from the last time the page was shown.
    clock.now += 0.02
    assert "£7.77" in said(client, address)


def test_a_page_that_took_long_to_put_together_counts_from_where_it_began(shop: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, client = Clock(monkeypatch), shop.visitor()
    press = pages.pressed.press

    def slowly(text: bytes, *, is_last: bool) -> pressed.Piece:
        clock.now += 2.0
        return press(text, is_last=is_last)

    monkeypatch.setattr(pages.pressed, "press", slowly)
    client.get("/en/goods/lamp/")
    monkeypatch.setattr(pages.pressed, "press", press)
    shop.price("LAMP", 777)

    assert "£7.77" in said(client, "goods/lamp/")


def test_what_is_one_visitor_s_own_is_never_another_s(shop: Corner) -> None:
    full, stranger = shop.visitor(), Client()
    shop.add(full, "LAMP", 3)
    tokens = set()
    for client, units in ((full, "<b data-units>3</b>"), (stranger, "<b data-units hidden>0</b>"), (full, "<b data-units>3</b>")):
        page = client.get("/en/goods/lamp/").content.decode()
        assert units in page
        assert ("May we count your visit?" in page) == (client is stranger)
        tokens |= set(re.findall(r'csrfmiddlewaretoken" value="(\w{64})"', page))
    assert len(tokens) >= 3
    answer = stranger.post("/en/basket/add/", {"variant": shop.variants["LAMP"], "units": 1})
    assert answer.status_code == 302


def test_a_note_for_one_visitor_is_not_kept(shop: Corner) -> None:
    visitor, other = shop.visitor(), shop.visitor()
    visitor.get("/en/")
    visitor.post("/en/privacy-choice/", {"choice": "no", "next": "/en/"})

    assert "Noted." in said(visitor, "")
    assert "Noted." not in said(other, "")
    assert "Noted." not in said(visitor, "")


def test_a_compressed_page_is_the_page(shop: Corner) -> None:
    client = shop.visitor()
    # The token of a form is made anew for every answer; all else is the same.
    token = re.compile(rb'csrfmiddlewaretoken" value="\w{64}"')
    plain = client.get("/en/shelves/kitchen/")
    pressed_page = client.get("/en/shelves/kitchen/", HTTP_ACCEPT_ENCODING="gzip, br")

    assert pressed_page["Content-Encoding"] == "gzip"
    assert token.sub(b"", gzip.decompress(pressed_page.content)) == token.sub(b"", plain.content)
    assert "Accept-Encoding" in pressed_page["Vary"]


@pytest.mark.parametrize("seed", range(5))
def test_pieces_and_what_is_filled_in_make_one_sound_file(seed: int) -> None:
    chance = random.Random(seed)
    texts = [chance.randbytes(chance.choice((0, 1, 700, 60_000))) for _ in range(5)]
    pieces = [pressed.press(each, is_last=place == 2) for place, each in enumerate(texts[::2])]

    assert gzip.decompress(pressed.gzip(pieces, texts[1::2])) == b"".join(texts)


def test_a_browser_that_has_the_page_is_told_so_until_it_changes(shop: Corner) -> None:
    client = shop.visitor()
    # Hearts are sent by a form, whose secret the browser is given with the first page it sees.
    assert "ETag" not in client.get("/en/shelves/kitchen/")
    tag = client.get("/en/shelves/kitchen/")["ETag"]

    assert client.get("/en/shelves/kitchen/", HTTP_IF_NONE_MATCH=tag).status_code == 304
    shop.price("LAMP", 999)
    changed = client.get("/en/shelves/kitchen/", HTTP_IF_NONE_MATCH=tag)
    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_the_memory_for_pages_has_a_limit(shop: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    client = shop.visitor()
    monkeypatch.setattr(pages, "MOST_BYTES", 20_000)

    for address in LOOKED_AT:
        client.get(f"/en/{address}")

    assert 0 < pages._shelf.size <= 20_000
    assert pages._shelf.size == sum(page.size for page in pages._shelf)


def test_a_card_tells_as_few_pieces_as_it_rests_on() -> None:
    assert browse.FEW_SHOWN == words.FEW + 1


def test_two_who_change_the_same_shelf_do_not_wait_for_each_other(shop: Corner) -> None:
    before = catalog.editions().of(None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalog_edition WHERE scope = 0")
        rows = cursor.fetchone()[0]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE catalog_edition SET mark = mark")
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
                cursor.execute("SELECT catalog_touch(ARRAY[0])")
        finally:
            other.close()

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalog_edition WHERE scope = 0")
        assert cursor.fetchone()[0] == rows + 1
    assert catalog.editions().of(None) > before
