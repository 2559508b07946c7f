"""People read words: no page shows a program's name for what happened, was done, was paid, or for a country."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.utils.translation import override

import shopkeeper
from shopkeeper.doors.console import subjects, words
from shopkeeper.doors.console.rooms import DESKS
from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.doors.console.tests.test_acts import CASES, withdrawn_price
from shopkeeper.events import models as outbox
from shopkeeper.events import public as events
from shopkeeper.events.console import FACTS_CALLED, HEARERS_CALLED
from shopkeeper.flows.import_online_retail.load import SOURCE
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.growth.messages.console import KINDS, STATES
from shopkeeper.growth.messages.shapes import MailKind, MailState
from shopkeeper.kit.checks import COUNTRIES
from shopkeeper.kit.ids import OrderId
from shopkeeper.kit.naming import customer_name, thing
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.ops.audit import models as trail
from shopkeeper.ops.audit.console import ACTS_CALLED, FIELDS_CALLED
from shopkeeper.ops.imports import public as imports
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.orders import models as order_rows
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.console import CHANNELS
from shopkeeper.selling.payments import models as payment_rows
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.adapters import by_hand, fake
from shopkeeper.selling.payments.console import METHODS, PROVIDERS, WHY_NOT
from shopkeeper.selling.pricing import public as pricing
from tests.architecture.texts import CATALOGUES, stored

PACKAGE = Path(shopkeeper.__file__).parent
BOTH = pytest.mark.parametrize("language", ["en", "zh-hans"])

CHINESE = re.compile("[\u4e00-\u9fff]")
PROGRAM_WORD = re.compile(r"\b(?:[a-z]+_[a-z_]+|[A-Z][a-z]+[A-Z]\w+|True|False|None(?! [a-z])|[a-z]+\.[a-z]+_[a-z_]+)\b")
MEANT = {"JavaScript", "McDonald", "McMurdo", "OpenID", "WeChat", "WebVTT", "utm_campaign", "utm_medium", "utm_source"}
"""A language, islands, a station, the standard providers of sign-in keep, a way to pay, a format of subtitles people choose files by,
and what marketing calls the parts of an address that say where a visit comes from."""


class Reading(HTMLParser):
    """What a reader sees and hears of a page, without what is marked as code."""

    UNSEEN = frozenset({"head", "script", "style", "svg", "code", "pre", "template"})
    SPOKEN = ("aria-label", "title", "placeholder", "data-label", "data-group", "data-count-words")

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in self.UNSEEN
        self.texts += [str(value) for name, value in attrs if name in self.SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in self.UNSEEN

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.texts.append(data)


def shown(page: str) -> str:
    """Return what a reader sees and hears of a page."""
    reading = Reading()
    reading.feed(page)
    return " ".join(" ".join(reading.texts).split())


def has_both(known: Any, codes: Any) -> list[str]:
    """Return the codes without a name of their own in both languages."""
    bad = []
    for code in codes:
        name = known.get(code)
        with override("en"):
            english = str(name or "")
        with override("zh-hans"):
            chinese = str(name or "")
        if not english or english == code or CHINESE.search(english) or not (CHINESE.search(chinese) or chinese == "API"):
            bad.append(str(code))
    return bad


# ── one place for each name, in both languages ────────────────────────────────────────────────────────────────────────


def test_every_fact_has_a_name_in_both_languages() -> None:
    assert has_both(FACTS_CALLED, events.kinds()) == []
    assert set(FACTS_CALLED) == set(events.kinds())
    assert has_both(FACTS_CALLED, ["PlantedFact"]) == ["PlantedFact"]


def test_every_hearer_has_a_name_in_both_languages() -> None:
    hearers = re.findall(r'Hearer\("(\w+)"', (PACKAGE / "wiring/reactions.py").read_text())

    assert {"lake", "mails", "search"} <= set(hearers)
    assert has_both(HEARERS_CALLED, hearers) == []


def test_every_act_has_a_name_in_both_languages(owner: Staff) -> None:
    allowed = set(access.acts_of(owner.id))
    audited = acts_in_sources({act.partition(".")[0] for act in allowed})

    assert {"pricing.withdraw_price", "staff.join", "shop.change_currency"} <= audited
    assert has_both(ACTS_CALLED, allowed | audited) == []
    assert set(ACTS_CALLED) == allowed | audited
    assert has_both(ACTS_CALLED, ["planted.act"]) == ["planted.act"]


def acts_in_sources(rooms: set[str]) -> set[str]:
    """Return every act named in the package's sources: what is allowed, and what is written into the trail."""
    act = re.compile(rf"(?:{'|'.join(sorted(rooms))})\.[a-z_]+(?<!\.lock)")
    paths = [path for path in PACKAGE.rglob("*.py") if {"tests", "migrations"}.isdisjoint(path.parts) and path.name != "console.py"]
    return {each for path in paths for each in texts_in(path) if act.fullmatch(each)}


def texts_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_way_to_pay_every_reason_and_every_channel_has_a_name() -> None:
    doors = "".join(path.read_text() for path in (PACKAGE / "doors").glob("*/*.py"))
    channels = {*re.findall(r'(?m)^CHANNEL = "(\w+)"', doors), "imported"}

    assert channels == {"web", "api", "imported"}
    assert has_both(PROVIDERS, [fake.FakeProvider.code, by_hand.ByHand.code, *(each.provider for each in payments.methods())]) == []
    assert has_both(METHODS, [*fake.METHODS, *(each.code for each in payments.methods())]) == []
    assert has_both(WHY_NOT, ["declined", "insufficient_funds", "expired_card", "fraud_suspected", "too_much", "abandoned"]) == []
    assert has_both(CHANNELS, channels) == []


def test_everything_with_a_page_is_called_something_where_its_own_name_is_not_read() -> None:
    assert [kind for kind in subjects._PAGES if thing(f"{kind}:3") == f"{kind}:3"] == []
    assert thing("planted_kind:3") == "planted_kind:3"


def test_every_entry_of_an_orders_timeline_has_words() -> None:
    told = {code for path in PACKAGE.rglob("*.py") if "tests" not in path.parts for code in re.findall(NOTED, path.read_text())}

    assert {"money_returned", "shipped", "refund_failed"} <= told
    assert told - set(words._HAPPENED) == set()


NOTED = r'(?s)(?:add_happening\(\s*[\w.]+,|orders\.note\(\s*order_id=[\w.]+,\s*code=)\s*"([a-z_]+)"'


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def a_day_of_everything(shop: SmallShop, owner: Staff) -> None:
    """Do every act of the console once, and let trade of the old books lie beside it."""
    acts = {case[0].__name__: case[0] for case in CASES}
    del acts["currency"]  # it stays once something is sold
    last = acts.pop("changed_product")  # it takes the tea off sale, which other acts sell
    did(owner, acts.pop("refunded"), shop)  # its sum is reckoned with the first price
    for made in acts.values():
        did(owner, made, shop)
    imported(shop)
    did(owner, last, shop)
    owner.post(withdrawn_price(shop)[0], **withdrawn_price(shop)[1])
    owner.post("products/", bulk="unpublish", row=[1], sure="1")
    (listed,) = (desk.listing for desk in DESKS if desk.listing.name == "customers")
    customers.keep_number(customer_id=listed.rows()[0].pk, number="+447400123456", now=NOON)


def did(owner: Staff, made: Any, shop: SmallShop) -> None:
    address, data = made(shop)
    assert owner.post(address, **data).status_code == 302, address


def imported(shop: SmallShop) -> int:
    """Take an order of another system over, from a buyer known by a number only, and return its id."""
    code = f"{SOURCE}:14235"
    buyer = pl.DataFrame({"external_code": [code], "country": ["GB"], "is_guest": [False], "joined_at": [NOON]})
    customers.import_customers(buyer, now=NOON)
    order = shop.buy(TEA=1)
    row = order_rows.Order.objects.get(pk=order.id)
    row.buyer_id = customers.search(text=code).items[0].id
    row.contact_name = row.contact_email = row.contact_phone = ""
    row.channel, row.is_imported, row.country, row.address = "imported", True, "ZZ", {**row.address, "country": "ZZ"}
    row.save()
    payment_rows.Payment.objects.filter(order_id=order.id).update(provider="imported", method="imported")
    return int(order.id)


def addresses() -> Iterator[str]:
    """Yield every list, every page of a row, and every form."""
    for desk in DESKS:
        name, rows = desk.listing.name, list(desk.listing.rows()[:40])
        yield f"{name}/"
        yield from (f"{name}/{verb}/" for verb in desk.makes)
        for row in rows:
            pk = getattr(row, "variant_id", row.pk) if name in ("prices", "stock") else row.pk
            yield from ([f"{name}/{pk}/"] if desk.page else [])
        first = rows[0] if rows else None
        if first is not None and name not in ("facts", "messages"):
            pk = getattr(first, "variant_id", first.pk) if name in ("prices", "stock") else first.pk
            yield from (f"{name}/{pk}/{verb}/" for verb in desk.about)
    yield from ("", "staff/", "staff/invite/", "settings/", "settings/change/", "settings/currency/", "figures/", "account/")


@BOTH
def test_no_page_shows_a_programs_words(shop: SmallShop, owner: Staff, language: str) -> None:
    a_day_of_everything(shop, owner)
    owner.read(language)

    for address in dict.fromkeys(addresses()):
        page = owner.get(address)
        assert page.status_code == 200, address
        found = set(PROGRAM_WORD.findall(shown(page.content.decode()))) - MEANT
        assert not found, (address, found)


@BOTH
def test_no_page_carries_the_hidden_dialog_of_wagtails_shortcuts(shop: SmallShop, owner: Staff, language: str) -> None:
    owner.read(language)

    page = owner.text("products/")

    assert "shortcuts-dialog" not in page
    for phrase in ("Toggle minimap", "Paste without formatting", "keyboard shortcuts"):
        assert phrase not in shown(page)


@pytest.mark.parametrize("planted", ["OrderPaid", "pricing.save_delivery_option", "delivery_option:3", "refund_asked", "True", "None"])
def test_a_planted_program_word_is_found(planted: str) -> None:
    assert PROGRAM_WORD.search(shown(f"<body><p>{planted}</p></body>"))
    assert PROGRAM_WORD.search(shown(f'<body><p aria-label="{planted}"></p></body>'))
    assert not PROGRAM_WORD.search(shown(f"<body><code>{planted}</code> Order paid</body>"))


@pytest.mark.parametrize(
    ("language", "called", "about"), [("en", "Order paid", "Order {number}"), ("zh-hans", "订单已付款", "订单 {number}")]
)
def test_a_fact_is_called_by_its_name_and_its_program_name_stands_on_its_page(
    shop: SmallShop, owner: Staff, language: str, called: str, about: str
) -> None:
    order = shop.buy(TEA=1)
    fact = outbox.OutboxFact.objects.get(kind="OrderPaid")
    owner.read(language)

    listed, page = owner.text("facts/?kind=OrderPaid"), owner.text(f"facts/{fact.pk}/")

    assert called in shown(listed)
    assert about.format(number=order.number) in shown(listed)
    assert called in shown(page)
    assert f"<code>OrderPaid order:{order.id}</code>" in page
    assert f'href="/console/orders/{order.id}/"' in page


def test_facts_and_the_trail_are_found_by_what_they_are_called(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=1)
    owner.post(f"orders/{order.id}/cancel/", reason="buyer")

    assert {line.cells[1].html for line in owner.get("facts/?q=order paid").context["lines"]} == {"Order paid"}
    assert all(order.number in line.cells[2].html for line in owner.get(f"facts/?q={order.number}").context["lines"])
    assert [line.cells[2].html for line in owner.get(f"audit/?q={order.number.lower()}").context["lines"]] == ["Order cancelled"]
    assert [line.cells[2].html for line in owner.get("audit/?q=cancelled").context["lines"]] == ["Order cancelled"]
    assert owner.get(f"audit/?q=order:{order.id}").context["page"].paginator.count == 1


@pytest.mark.parametrize(
    ("language", "called", "about"),
    [
        ("en", "Delivery option saved", "Delivery option"),
        ("zh-hans", "已保存配送方式", "配送方式"),
    ],
)
def test_an_act_is_called_by_its_name_and_says_what_it_was_about(
    shop: SmallShop, owner: Staff, language: str, called: str, about: str
) -> None:
    pricing.save_delivery_option(
        delivery_option_id=shop.delivery_id, code="STANDARD", name=Bilingual("Standard", "标准"), carrier="Royal Mail", price_minor=500,
        free_from_minor=None, days=(2, 4), countries=("GB",), position=1, is_active=True, actor=owner.id, now=NOON,
    )  # fmt: skip
    row = trail.Record.objects.filter(act="pricing.save_delivery_option").latest("id")
    owner.read(language)

    listed, page = owner.text("audit/"), owner.text(f"audit/{row.pk}/")

    assert called in shown(listed)
    assert f"{about} {shop.delivery_id}" in shown(listed)
    assert "£5.00" in shown(page)
    assert f"<code>{row.act} {row.subject}</code>" in page
    assert ("United Kingdom" if language == "en" else "英国") in shown(page)


def test_every_field_in_the_trail_has_a_name(shop: SmallShop, owner: Staff, clerk: Staff) -> None:
    a_day_of_everything(shop, owner)
    owner.post(f"staff/{clerk.id}/role/", role="manager")
    owner.post(f"staff/{clerk.id}/deactivate/")

    rows = trail.Record.objects.all()
    names = {name for row in rows for name in [*(row.before or {}), *(row.after or {}), *(row.after or {}).get("fields", [])]}
    assert len(names) > 40
    assert has_both(FIELDS_CALLED, names) == []


@pytest.mark.parametrize(
    ("language", "ways", "came_in"),
    [
        ("en", ("Test payment · Approved at once", "Imported trade"), ("Web shop", "Imported")),
        ("zh-hans", ("测试支付 · 立即通过", "导入的交易"), ("网店", "导入")),
    ],
)
def test_how_an_order_was_paid_and_where_it_came_in_is_said_in_words(
    shop: SmallShop, owner: Staff, language: str, ways: tuple[str, str], came_in: tuple[str, str]
) -> None:
    old, own = imported(shop), shop.buy(TEA=1).id
    owner.read(language)

    listed = shown(owner.text("payments/"))

    assert ways[0] in listed
    assert ways[1] in listed
    assert "test-ok" not in listed
    for order_id, way, channel in ((own, ways[0], came_in[0]), (old, ways[1], came_in[1])):
        (payment,) = payments.payments_of(orders.order(order_id).id)
        assert way in shown(owner.text(f"payments/{payment.id}/"))
        page = shown(owner.text(f"orders/{order_id}/"))
        assert way in page
        assert f"· {channel} " in page


@pytest.mark.parametrize(
    ("language", "words_for"),
    [("en", ("United Kingdom", "Unknown country", "Customer 14235")), ("zh-hans", ("英国", "未知国家", "顾客 14235"))],
)
def test_countries_and_buyers_taken_over_are_named(shop: SmallShop, owner: Staff, language: str, words_for: tuple[str, str, str]) -> None:
    named, unknown, customer = words_for
    order_id = imported(shop)
    shop.buy(TEA=1)
    buyer_id = orders.order(orders.by_number(orders.list_orders().items[-1].number).id).buyer_id
    owner.read(language)

    listed = owner.text("orders/")
    page = owner.text(f"orders/{order_id}/")

    assert f'<option value="GB">{named}</option>' in listed
    assert f'<option value="ZZ">{unknown}</option>' in listed
    assert f'/console/orders/{order_id}/"' in owner.text("orders/?country=ZZ")
    assert unknown in shown(page)
    for seen in (listed, page, owner.text("customers/"), owner.text(f"customers/{buyer_id}/"), owner.text("")):
        assert customer in shown(seen)
        assert f"{SOURCE}:14235" not in shown(seen)
    assert f"<code>{SOURCE}:14235</code>" in owner.text(f"customers/{buyer_id}/")
    assert named in shown(owner.text("delivery/"))
    assert " GB" not in shown(owner.text("delivery/"))


@pytest.mark.parametrize(("language", "words"), [("en", "trade.csv, lines 2–4, 9"), ("zh-hans", "trade.csv 第 2–4, 9 行")])
def test_an_order_taken_over_names_its_lines_in_the_file(shop: SmallShop, owner: Staff, language: str, words: str) -> None:
    order = orders.order(OrderId(imported(shop)))
    run = imports.begin(source=SOURCE, digest="0" * 64, file_name="trade.csv", rows=9, now=NOON)
    imports.save_origins(run_id=run.id, origins=[("order", order.number, [2, 3, 4, 9])])
    owner.read(language)

    assert words in shown(owner.text(f"orders/{order.id}/"))


@pytest.mark.parametrize("typed", ["14235", "Customer 14235", "顾客 14235", "online-retail:14235"])
def test_a_buyer_taken_over_is_found_by_number(shop: SmallShop, owner: Staff, typed: str) -> None:
    order_id = imported(shop)
    shop.buy(TEA=1)

    assert owner.get(f"customers/?q={typed}").context["page"].paginator.count == 1
    assert [line.pk for line in owner.get(f"orders/?q={typed}").context["lines"]] == [order_id]


def test_a_guest_taken_over_is_named_by_the_invoice() -> None:
    with override("en"):
        assert customer_name("", "online-retail:guest:489434") == "Guest 489434"
        assert customer_name("Ann", "online-retail:14235") == "Ann"
        assert customer_name("", None) == ""
    with override("zh-hans"):
        assert customer_name("", "online-retail:guest:489434") == "访客 489434"


FORMS_WITH_A_COUNTRY = ("settings/change/", "taxes/new/", "warehouses/new/", "delivery/new/", "customers/{customer}/edit/")


@pytest.mark.parametrize("address", FORMS_WITH_A_COUNTRY)
@pytest.mark.parametrize(("language", "germany"), [("en", "Germany"), ("zh-hans", "德国")])
def test_a_country_is_chosen_by_its_name(shop: SmallShop, owner: Staff, address: str, language: str, germany: str) -> None:
    shop.buy(TEA=1)
    owner.read(language)

    page = owner.text(address.format(customer=customers.search().items[0].id))

    assert germany in shown(page)
    assert page.count('value="DE"') == 1
    assert len(re.findall(r'value="([A-Z]{2})"', page)) >= len(COUNTRIES)
    assert 'maxlength="2"' not in page


@pytest.mark.parametrize(
    ("language", "zone", "currency"), [("en", "China (Shanghai) Time", "Euro (EUR)"), ("zh-hans", "中国（上海）时间", "欧元 (EUR)")]
)
def test_zones_and_currencies_are_offered_by_name(shop: SmallShop, owner: Staff, language: str, zone: str, currency: str) -> None:
    owner.read(language)

    assert f'<option value="Asia/Shanghai">{zone}</option>' in owner.text("settings/change/")
    assert ("United Kingdom Time" if language == "en" else "英国时间") in shown(owner.text("settings/"))
    assert "Europe/London" not in shown(owner.text("") + owner.text("figures/") + owner.text("settings/"))
    assert 'list="id_zone_list"' in owner.text("settings/change/")
    assert f'<option value="EUR">{currency}</option>' in owner.text("settings/currency/")


def test_what_is_chosen_is_kept_as_its_code(shop: SmallShop, owner: Staff) -> None:
    data = {"code": "far", "name_en": "Far", "price": "9", "days_least": "1", "days_most": "2", "position": "2", "is_active": "on"}

    assert owner.post("delivery/new/", **data, countries=["FR", "DE"]).status_code == 302
    assert owner.post("taxes/new/", country="", percent="5").status_code == 302

    (far,) = [each for each in pricing.all_delivery_options() if each.code.lower() == "far"]
    assert sorted(far.countries) == ["DE", "FR"]
    assert pricing.tax_rate("US").basis_points == 500
    form = owner.text(f"delivery/{far.id}/edit/")
    assert re.findall(r'value="([A-Z]{2})"[^>]*checked', form) == ["FR", "DE"]
    assert form.index('value="FR"') < form.index('value="AF"')


def test_the_invoice_has_one_chinese_name(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=1)
    owner.read("zh-hans")

    assert "发票 PDF" in shown(owner.text(f"orders/{order.id}/"))
    # A provider's statement (对账单; Alipay and WeChat Pay call theirs 交易账单) is another thing than an invoice.
    other_name = re.compile("(?<!对)(?<!交易)账单")
    catalogues = [path for path in PACKAGE.rglob("*.po") if other_name.search(path.read_text())]
    guides = [path for path in (PACKAGE.parents[1] / "docs").rglob("*.md") if other_name.search(path.read_text())]
    assert catalogues + guides == []


def test_the_operators_guide_speaks_in_the_words_of_the_interface() -> None:
    english, chinese = (bold(PACKAGE.parents[1] / f"docs/guide/{language}/operator.md") for language in ("en", "zh"))
    said: dict[str, set[str]] = {}
    for message in stored(CONSOLE):
        said.setdefault(str(message.id).casefold(), set()).add(str(message.string))
    assert len(english) > 25

    unknown = [word for word in english if word.casefold() not in said]
    wrong = [(word, other) for word, other in zip(english, chinese, strict=True) if other not in said.get(word.casefold(), {other})]

    assert unknown == []
    assert wrong == []


CONSOLE = next(each for each in CATALOGUES if each.home == "doors/console")


def bold(guide: Path) -> list[str]:
    """Return the words a guide sets in bold: what stands on a button or in the menu."""
    return [each.rstrip(".。").removesuffix(" PDF") for each in re.findall(r"\*\*([^*]+)\*\*", guide.read_text())]


def test_a_hearer_that_waits_is_named(shop: SmallShop, owner: Staff) -> None:
    shop.buy(TEA=1)
    fact = outbox.OutboxFact.objects.get(kind="OrderPaid")
    outbox.Waiting.objects.create(
        fact=fact, hearer="lake", entity=fact.entity, tries=9, parked_at=NOON, next_try_at=NOON, error="disk full"
    )

    assert "Data lake" in shown(owner.text(f"facts/{fact.pk}/"))
    assert '<option value="lake">Data lake</option>' in owner.text(f"facts/{fact.pk}/replay/")


def test_every_mails_kind_and_state_has_a_name() -> None:
    assert has_both(KINDS, [each.value for each in MailKind]) == []
    assert has_both({code: label for code, (label, _tone) in STATES.items()}, [each.value for each in MailState]) == []
