"""The face of the price room, on a real database."""

import json
from datetime import timedelta

import polars as pl
import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shopkeeper.kit.ids import DeliveryOptionId, PriceListId, VariantId
from shopkeeper.kit.money import MOST_MINOR
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.tests.builders import owner
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog.shapes import Goods, NotSellable
from shopkeeper.selling.catalog.tests.builders import some_goods
from shopkeeper.selling.pricing import models
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import CodeTaken, DefaultListNeeded, DeliveryUnavailable, NoPrice, QuoteStale, TaxMode, Wanted
from shopkeeper.selling.pricing.tests.builders import NOON, a_price, a_way, an_open_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea() -> Goods:
    an_open_shop()
    return some_goods("TEA")


def facts(kind: str) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT body::text FROM events_outbox WHERE kind = %s ORDER BY id", [kind])
        return [json.loads(row[0]) for row in cursor.fetchall()]


# ── prices ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_setting_a_price_changes_tag_log_fact_and_audit_together(tea: Goods) -> None:
    staff = owner()
    first = a_price(tea.variant_id, 1_000)

    second = pricing.set_price(variant_id=tea.variant_id, amount_minor=800, reason="spring", actor=staff, now=NOON + timedelta(days=40))

    assert (first.version, second.version) == (1, 2)
    assert pricing.prices([tea.variant_id]) == {tea.variant_id: second}
    assert (second.amount_minor, second.reference_minor, second.tax_mode) == (800, 1_000, TaxMode.INCLUDED)
    newest, oldest = pricing.price_history(tea.variant_id)
    assert (newest.amount_minor, newest.actor_id, newest.reason) == (800, staff, "spring")
    assert oldest.amount_minor == 1_000
    assert [(fact["before_minor"], fact["after_minor"]) for fact in facts("PriceSet")] == [(None, 1_000), (1_000, 800)]
    entry = audit.entries(act="pricing.set_price", subject=f"variant:{tea.variant_id}").items[0]
    assert (entry.before, entry.after["amount_minor"]) == ({"amount_minor": 1_000}, 800)


def test_the_same_price_again_changes_nothing(tea: Goods) -> None:
    a_price(tea.variant_id, 1_000)

    again = a_price(tea.variant_id, 1_000, now=NOON + timedelta(days=1))

    assert again.version == 1
    assert len(pricing.price_history(tea.variant_id)) == len(facts("PriceSet")) == 1


def test_a_withdrawn_price_is_gone_and_its_version_never_starts_again(tea: Goods) -> None:
    a_price(tea.variant_id, 1_000)

    pricing.withdraw_price(variant_id=tea.variant_id, reason="error", actor=None, now=NOON)

    assert pricing.prices([tea.variant_id]) == {}
    with pytest.raises(NoPrice):
        pricing.withdraw_price(variant_id=tea.variant_id, reason="again", actor=None, now=NOON)
    assert a_price(tea.variant_id, 1_000).version == 3
    assert [change.amount_minor for change in pricing.price_history(tea.variant_id)] == [1_000, None, 1_000]


@pytest.mark.parametrize("amount", [0, -1, MOST_MINOR + 1])
def test_a_price_out_of_range_is_refused_and_nothing_changes(tea: Goods, amount: int) -> None:
    with pytest.raises(OutOfRange) as refusal:
        a_price(tea.variant_id, amount)

    assert (refusal.value.field, refusal.value.value) == ("amount", amount)
    assert models.Price.objects.count() == models.PriceChange.objects.count() == 0


def test_a_price_of_nothing_is_refused(tea: Goods) -> None:
    with pytest.raises(NotFound):
        a_price(VariantId(10**9))
    with pytest.raises(NotFound):
        pricing.prices([tea.variant_id], price_list_id=PriceListId(10**9))


@pytest.mark.parametrize("planted", ["UPDATE pricing_pricechange SET amount_minor = 1", "DELETE FROM pricing_pricechange"])
def test_the_price_log_only_grows(tea: Goods, planted: str) -> None:
    a_price(tea.variant_id)

    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(planted)

    assert pricing.price_history(tea.variant_id)[0].amount_minor == 1_250


@pytest.mark.parametrize(
    "planted",
    [
        "UPDATE pricing_price SET amount_minor = 0",
        "UPDATE pricing_price SET amount_minor = -5",
        "UPDATE pricing_price SET version = 0",
        "INSERT INTO pricing_pricechange (variant_id, price_list_id, amount_minor, version, from_at, reason) "
        "SELECT variant_id, price_list_id, 5, version, now(), '' FROM pricing_pricechange",
        "INSERT INTO pricing_price (variant_id, price_list_id, version, changed_at) SELECT variant_id, price_list_id, 1, now() "
        "FROM pricing_price",
        "INSERT INTO pricing_pricelist (code, name_en, name_zh, tax_mode, is_default) VALUES ('B', '', '', 'included', true)",
        "INSERT INTO pricing_pricelist (code, name_en, name_zh, tax_mode, is_default) VALUES ('B', '', '', 'whatever', false)",
        "UPDATE pricing_taxrate SET basis_points = 10001",
        "UPDATE pricing_taxrate SET basis_points = -1",
    ],
)
def test_the_database_refuses_what_can_never_be(tea: Goods, planted: str) -> None:
    a_price(tea.variant_id)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(planted)


# ── lists, tax, delivery ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_default_list_takes_the_mark_from_the_old_one(tea: Goods) -> None:
    fields = {"price_list_id": None, "name": Bilingual("Trade", "批发"), "tax_mode": TaxMode.ADDED, "actor": None, "now": NOON}

    trade = pricing.save_price_list(code="trade", is_default=True, **fields)

    assert [each.code for each in pricing.price_lists()] == ["TRADE", "STANDARD"]
    assert pricing.default_price_list() == trade
    with pytest.raises(DefaultListNeeded):
        pricing.save_price_list(code="trade", is_default=False, **(fields | {"price_list_id": trade.id}))
    with pytest.raises(CodeTaken):
        pricing.save_price_list(code="Standard", is_default=False, **fields)
    assert len(facts("PriceListSaved")) == 2


def test_a_country_s_own_tax_rate_goes_before_the_general_one() -> None:
    an_open_shop(country="GB", tax_basis_points=2_000)
    pricing.save_tax_rate(country="de", basis_points=1_900, actor=None, now=NOON)
    pricing.save_tax_rate(country="DE", basis_points=700, actor=None, now=NOON)

    assert [pricing.tax_rate(country).basis_points for country in ("GB", "DE", "FR")] == [2_000, 700, 0]
    assert [rate.country for rate in pricing.tax_rates()] == ["", "DE", "GB"]
    assert facts("TaxRateSaved")[-1]["basis_points"] == 700


def test_without_any_rate_a_tax_is_refused_not_guessed() -> None:
    with pytest.raises(NotFound):
        pricing.tax_rate("GB")


@pytest.mark.parametrize(
    ("country", "points", "refusal"), [("GB", -1, OutOfRange), ("GB", 10_001, OutOfRange), ("XX", 1, Malformed), ("GBR", 1, Malformed)]
)
def test_a_wrong_tax_rate_is_refused(country: str, points: int, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        pricing.save_tax_rate(country=country, basis_points=points, actor=None, now=NOON)

    assert pricing.tax_rates() == ()


def test_ways_of_delivery_are_offered_by_country_and_priced_by_the_goods() -> None:
    elsewhere = a_way("POST", price_minor=390, free_from_minor=5_000)
    a_way("VAN", countries=("GB", "IE"))
    a_way("OLD", is_active=False)

    assert [option.code for option in pricing.delivery_options(country="gb")] == ["VAN"]
    assert [option.code for option in pricing.delivery_options(country="FR")] == ["POST"]
    assert pricing.delivery_options(country="FR", goods_minor=5_000)[0].price_minor == 0
    assert len(pricing.all_delivery_options()) == 3
    assert elsewhere.days == (2, 4)
    assert len(facts("DeliveryOptionSaved")) == 3


def test_every_field_of_a_way_of_delivery_is_in_the_trail() -> None:
    way = a_way("POST", position=1)

    a_way("POST", position=2, delivery_option_id=way.id)

    entry = audit.entries(act="pricing.save_delivery_option", subject=f"delivery_option:{way.id}").items[0]
    assert entry.before is not None
    assert entry.after is not None
    assert [name for name in entry.after if entry.after[name] != entry.before[name]] == ["position"]
    assert (entry.before["position"], entry.after["position"]) == (1, 2)
    assert set(entry.after) == {field.name for field in models.DeliveryOption._meta.fields} - {"id"}


def test_a_way_for_everywhere_else_takes_over_where_the_countrys_own_way_is_no_longer_offered() -> None:
    a_way("POST")
    a_way("VAN", countries=("GB",), is_active=False)

    assert [option.code for option in pricing.delivery_options(country="GB")] == ["POST"]


def test_a_way_for_everywhere_else_is_refused_in_a_country_that_has_its_own(tea: Goods) -> None:
    a_price(tea.variant_id, 1_250)
    abroad = a_way("POST")
    a_way("VAN", countries=("GB",))

    with pytest.raises(DeliveryUnavailable):
        quote((tea, 1), country="GB", way=abroad.id)
    assert quote((tea, 1), country="FR", way=abroad.id).delivery_minor == 390


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("price", {"price_minor": -1}),
        ("free_from", {"free_from_minor": MOST_MINOR + 1}),
        ("days_most", {"days": (4, 2)}),
        ("days_least", {"days": (-1, 2)}),
        ("countries", {"countries": ["Atlantis"]}),
        ("name_en", {"name": Bilingual()}),
        ("code", {"code": ""}),
        ("position", {"position": -1}),
    ],
)
def test_a_wrong_way_of_delivery_is_refused_by_field(field: str, changes: dict[str, object]) -> None:
    fields = {
        "delivery_option_id": None, "code": "POST", "name": Bilingual("Post"), "carrier": "", "price_minor": 0, "free_from_minor": None,
        "days": (1, 2), "countries": [], "position": 0, "is_active": True, "actor": None, "now": NOON,
    }  # fmt: skip

    with pytest.raises((OutOfRange, Malformed)) as refusal:
        pricing.save_delivery_option(**(fields | changes))  # type: ignore[arg-type]

    assert refusal.value.field == field
    assert pricing.all_delivery_options() == ()


# ── quotes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def quote(*wanted: tuple[Goods, int], country: str = "GB", way: DeliveryOptionId | None = None):
    lines = [Wanted(variant_id=goods.variant_id, units=units) for goods, units in wanted]
    return pricing.quote(wanted=lines, country=country, delivery_option_id=way)


def test_a_quote_joins_prices_tax_and_delivery(tea: Goods) -> None:
    a_price(tea.variant_id, 1_250)
    way = a_way(price_minor=390)

    answer = quote((tea, 2), way=way.id)

    assert (answer.currency, answer.country, answer.tax_mode) == ("GBP", "GB", TaxMode.INCLUDED)
    assert (answer.goods_minor, answer.delivery_minor, answer.tax_minor, answer.total_minor) == (2_500, 390, 417 + 65, 2_890)
    assert (answer.lines[0].sku, answer.lines[0].name) == ("TEA", tea.name)
    assert answer.versions == {tea.variant_id: 1}
    assert answer == quote((tea, 2), way=way.id)


def test_the_buyer_s_country_decides_the_tax(tea: Goods) -> None:
    a_price(tea.variant_id, 1_200)

    assert quote((tea, 1), country="GB").tax_minor == 200
    assert quote((tea, 1), country="US").tax_minor == 0


def test_a_quote_takes_as_many_queries_for_many_lines_as_for_one(tea: Goods) -> None:
    a_price(tea.variant_id)
    others = [some_goods(f"T{n}") for n in range(10)]
    for other in others:
        a_price(other.variant_id)
    quote((tea, 1))

    with CaptureQueriesContext(connection) as one:
        quote((tea, 1))
    with CaptureQueriesContext(connection) as many:
        quote(*((other, 1) for other in others))

    assert len(many) == len(one) <= 6


def test_what_cannot_be_sold_or_has_no_price_is_named_line_by_line(tea: Goods) -> None:
    shut, hidden = some_goods("SHUT", is_sellable=False), some_goods("HID", is_published=False)

    with pytest.raises(NotSellable) as off_sale:
        quote((shut, 1), (tea, 1), (hidden, 1))
    with pytest.raises(NoPrice) as unpriced:
        quote((tea, 1))
    with pytest.raises(NotSellable):
        pricing.quote(wanted=[Wanted(variant_id=VariantId(10**9), units=1)], country="GB", delivery_option_id=None)

    assert off_sale.value.value == "SHUT, HID"
    assert unpriced.value.skus == ("TEA",)


@pytest.mark.parametrize("units", [0, -1, 10_000])
def test_units_out_of_range_are_refused(tea: Goods, units: int) -> None:
    a_price(tea.variant_id)

    with pytest.raises(OutOfRange) as refusal:
        quote((tea, units))

    assert (refusal.value.field, refusal.value.value, refusal.value.most) == ("units", units, 9_999)


def test_a_way_that_does_not_serve_the_country_is_refused(tea: Goods) -> None:
    a_price(tea.variant_id)
    van, old = a_way("VAN", countries=("GB",)), a_way("OLD", is_active=False)

    for way in (van.id, old.id, DeliveryOptionId(10**9)):
        with pytest.raises(DeliveryUnavailable):
            quote((tea, 1), country="FR", way=way)


# ── standing by a quote ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_quote_whose_prices_stand_passes(tea: Goods) -> None:
    a_price(tea.variant_id)

    pricing.check_versions(quote((tea, 1)))


def test_a_quote_whose_price_moved_is_stale_and_brings_the_fresh_one(tea: Goods) -> None:
    a_price(tea.variant_id, 1_000)
    seen = quote((tea, 2))
    a_price(tea.variant_id, 1_100)

    with pytest.raises(QuoteStale) as refusal:
        pricing.check_versions(seen)

    assert (refusal.value.value, refusal.value.fresh.total_minor) == (seen.digest, 2_200)


def test_a_quote_whose_price_was_withdrawn_does_not_pass(tea: Goods) -> None:
    a_price(tea.variant_id)
    seen = quote((tea, 1))
    pricing.withdraw_price(variant_id=tea.variant_id, reason="", actor=None, now=NOON)

    with pytest.raises(NoPrice):
        pricing.check_versions(seen)


def test_the_database_names_every_moved_price(tea: Goods) -> None:
    a_price(tea.variant_id, 1_000)
    a_price(tea.variant_id, 1_100)

    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pricing_check(%s::jsonb)", [json.dumps({tea.variant_id: 1, 999_999: 4})])

    cause = refusal.value.__cause__
    assert isinstance(cause, psycopg.Error)
    assert cause.sqlstate == "SK002"
    assert json.loads(cause.diag.message_detail) == [
        {"variant_id": tea.variant_id, "seen": 1, "version": 2, "amount_minor": 1_100},
        {"variant_id": 999_999, "seen": 4, "version": None, "amount_minor": None},
    ]


@pytest.mark.django_db(transaction=True)
def test_a_price_cannot_move_between_the_check_and_the_commit(shop_environment: dict[str, str]) -> None:
    an_open_shop()
    tea = some_goods("TEA")
    a_price(tea.variant_id)
    seen = quote((tea, 1))

    with psycopg.connect(shop_environment["DATABASE_URL"], autocommit=True) as other, transaction.atomic():
        pricing.check_versions(seen)
        other.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("UPDATE pricing_price SET version = version + 1")

    a_price(tea.variant_id, 999)
    assert pricing.prices([tea.variant_id])[tea.variant_id].version == 2


# ── intake ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_prices_are_taken_over_with_their_history_once(tea: Goods) -> None:
    pot = some_goods("POT")
    a_price(pot.variant_id, 77)
    frame = pl.DataFrame(
        {
            "variant_id": [tea.variant_id, tea.variant_id, pot.variant_id],
            "amount_minor": [800, 1_000, 5],
            "from_at": [NOON - timedelta(days=1), NOON - timedelta(days=9), None],
        }
    )

    first, second = pricing.import_prices(frame=frame, now=NOON), pricing.import_prices(frame=frame, now=NOON)

    assert (first, second) == (2, 0)
    tags = pricing.prices([tea.variant_id, pot.variant_id])
    assert (tags[tea.variant_id].amount_minor, tags[tea.variant_id].version, tags[tea.variant_id].reference_minor) == (800, 2, None)
    assert tags[pot.variant_id].amount_minor == 77
    cut = a_price(tea.variant_id, 700)
    assert (cut.version, cut.reference_minor) == (3, 800)


def test_a_price_that_cannot_be_is_not_taken_over(tea: Goods) -> None:
    with pytest.raises(OutOfRange):
        pricing.import_prices(frame=pl.DataFrame({"variant_id": [tea.variant_id], "amount_minor": [0]}), now=NOON)
    with pytest.raises(Malformed):
        pricing.import_prices(frame=pl.DataFrame({"variant_id": [tea.variant_id]}), now=NOON)

    assert pricing.price_history(tea.variant_id) == ()
