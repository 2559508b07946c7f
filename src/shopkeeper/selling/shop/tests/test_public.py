"""One shop, read cheaply and never stale, saved only with values that exist in the world, every save with its trace and fact."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shopkeeper.kit.refusals import Malformed, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.models import Shop as Row
from shopkeeper.selling.shop.shapes import ShopChanged, ShopNotOpen, ShopOpenAlready
from shopkeeper.selling.shop.tests.builders import NOON, facts_told, open_shop

pytestmark = pytest.mark.django_db


def saved_facts():
    return [fact["fields"] for fact in facts_told("ShopSaved")]


def test_before_it_opens_there_is_no_shop():
    assert not shops.is_open()
    with pytest.raises(ShopNotOpen):
        shops.shop()
    with pytest.raises(ShopNotOpen):
        shops.save(actor=None, now=NOON, phone="+44 117 496 0000")


def test_the_shop_opens_once():
    opened = open_shop()

    assert shops.shop() == opened
    assert (opened.name.pick("zh-hans"), opened.currency, opened.zone, opened.is_sample) == ("纸鹤小铺", "GBP", "Europe/London", False)
    with pytest.raises(ShopOpenAlready):
        open_shop(currency="EUR")
    assert shops.shop().currency == "GBP"


def test_reading_an_unchanged_shop_costs_one_small_query():
    open_shop()
    shops.shop()

    with CaptureQueriesContext(connection) as asked:
        shops.shop()

    assert [query["sql"] for query in asked.captured_queries] == ["SELECT version FROM shop_shop WHERE id = 1"]


def test_a_save_shows_at_once_and_leaves_trace_and_fact():
    before = open_shop()

    after = shops.save(actor=None, now=NOON, name=Bilingual("Paper Crane & Co", "纸鹤小铺"), zone="Europe/Paris")

    assert shops.shop() == after
    assert (after.name.en, after.zone, after.email) == ("Paper Crane & Co", "Europe/Paris", before.email)
    assert after.version != before.version
    (entry,) = audit.entries(act="shop.save")
    assert entry.before == {"name": {"en": "Paper Crane", "zh": "纸鹤小铺"}, "zone": "Europe/London"}
    assert entry.after == {"name": {"en": "Paper Crane & Co", "zh": "纸鹤小铺"}, "zone": "Europe/Paris"}
    assert saved_facts()[-1] == ["name", "zone"]


def test_a_save_that_changes_nothing_writes_nothing():
    before = open_shop()

    assert shops.save(actor=None, now=NOON, zone="Europe/London") == before
    assert audit.entries(act="shop.save").total == 0
    assert len(saved_facts()) == 1


def test_a_copy_read_inside_a_transaction_that_failed_is_not_kept():
    open_shop()
    with transaction.atomic():
        shops.save(actor=None, now=NOON, phone="+44 117 496 0000")
        assert shops.shop().phone == "+44 117 496 0000"
        transaction.set_rollback(True)

    # The next save must not come out under the number that the copy was kept under.
    shops.save(actor=None, now=NOON, phone="+44 117 496 1111")
    assert shops.shop().phone == "+44 117 496 1111"


def test_a_form_that_showed_an_older_shop_is_refused():
    seen = open_shop().version
    shops.save(actor=None, now=NOON, phone="+44 117 496 0000")

    with pytest.raises(ShopChanged):
        shops.save(actor=None, now=NOON + timedelta(minutes=1), seen_version=seen, phone="+44 117 496 1111")

    assert shops.shop().phone == "+44 117 496 0000"


@pytest.mark.parametrize(
    ("field", "value", "refusal", "named"),
    [
        ("zone", "Europe/Atlantis", Malformed, "zone"),
        ("country", "XX", Malformed, "country"),
        ("language", "fr", Malformed, "language"),
        ("email", "nobody at home", Malformed, "email"),
        ("name", Bilingual("", ""), OutOfRange, "name_en"),
        ("name", Bilingual("x" * 81, ""), OutOfRange, "name_en"),
        ("tagline", Bilingual("", "好" * 161), OutOfRange, "tagline_zh"),
        ("legal_name", "two\nlines", Malformed, "legal_name"),
        ("phone", "nul\x00", Malformed, "phone"),
        ("address", 7, Malformed, "address"),
    ],
)
def test_a_value_the_world_does_not_have_is_refused_by_field_and_changes_nothing(field, value, refusal, named):
    before = open_shop()

    with pytest.raises(refusal) as refused:
        shops.save(actor=None, now=NOON, **{"legal_name": "Changed Ltd", field: value})

    assert refused.value.field == named
    assert shops.shop() == before


@pytest.mark.parametrize("fixed", ["currency", "is_sample", "version", "colour"])
def test_fields_no_form_may_change_are_a_mistake_in_the_code(fixed):
    open_shop()

    with pytest.raises(TypeError, match=fixed):
        shops.save(actor=None, now=NOON, **{fixed: "EUR"})


def test_the_currency_changes_by_its_own_command_only_to_real_money():
    open_shop()

    with pytest.raises(Malformed) as refused:
        shops.change_currency(currency="XAU", actor=None, now=NOON)
    assert (refused.value.field, refused.value.value) == ("currency", "XAU")

    assert shops.change_currency(currency="jpy", actor=None, now=NOON).currency == "JPY"
    assert audit.entries(act="shop.change_currency").total == 1


def test_emoji_and_rare_characters_are_kept_as_they_are():
    open_shop()

    shops.save(actor=None, now=NOON, name=Bilingual("Crane 🪁", "𠮷野紙店"))

    assert shops.shop().name == Bilingual("Crane 🪁", "𠮷野紙店")


def test_the_database_keeps_one_shop():
    open_shop()

    with pytest.raises(IntegrityError), transaction.atomic():
        Row.objects.bulk_create(
            [Row(pk=2, name_en="B", country="GB", zone="UTC", language="en", currency="GBP", opened_at=NOON, version=0)]
        )
