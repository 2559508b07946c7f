"""The whole shop looked over: every check is made, what is planted is found, and a database that is down stops nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone, translation

from shopkeeper.events import public as events
from shopkeeper.events.facts import OrderPaid
from shopkeeper.events.shapes import Hearer, Patience
from shopkeeper.flows import checkup, gauges, index_products
from shopkeeper.flows.tests.builders import NOON, small_shop
from shopkeeper.ops.health.shapes import NAMES, Finding, State
from shopkeeper.selling.payments.shapes import NotOffered
from shopkeeper.selling.search import models
from shopkeeper.selling.search import public as search
from shopkeeper.selling.search.adapters.fake import FakeOpenSearch

NOTHING: dict[str, str] = {}


def found(now: datetime | None = None) -> dict[str, Finding]:
    findings = checkup.run(now=now or timezone.now(), environ=NOTHING)
    assert sorted(finding.name for finding in findings) == sorted(NAMES)
    return {finding.name: finding for finding in findings}


def tell(now: datetime) -> None:
    with transaction.atomic():
        events.record(OrderPaid(order_id=1, payment_id=1, buyer_id=1, amount_minor=1), at=now)


@pytest.mark.django_db(transaction=True)
def test_every_check_is_made_and_a_planted_fault_is_found_by_its_own(settings):
    well = found()
    assert {
        name for name in ("database", "migrations", "facts", "parked", "jobs", "clock", "addresses") if well[name].state is not State.OK
    } == set()
    assert well["worker"].state is State.FAILED

    now = timezone.now()
    tell(now)
    assert found(now + timedelta(minutes=2))["facts"].state is State.WARNING
    assert found(now + timedelta(minutes=11))["facts"].state is State.FAILED

    def broken(batch):
        raise RuntimeError

    events.dispatch_once({OrderPaid: (Hearer("mails", broken),)}, now=now, patience=Patience(tries=1))
    assert found()["parked"].state is State.FAILED

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_jobs (task_name, queue_name, args, status) VALUES ('tidy', 'default', '{}', 'failed')")
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
        cursor.execute("COMMENT ON TABLE django_migrations IS 'migration set other'")
    after = found()
    assert (after["jobs"].state, after["jobs"].values["names"]) == (State.FAILED, "tidy (1)")
    assert after["worker"].state is State.OK
    assert after["migrations"].state is State.FAILED


@pytest.mark.django_db(transaction=True)
def test_mails_and_payments_are_enough_for_trying_and_not_for_shoppers(settings):
    assert (found()["mails"].state, found()["payments"].state) == (State.WARNING, State.WARNING)

    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "http://shop.example", ["shop.example"]
    public = found()
    assert {name: public[name].state for name in ("mails", "payments", "tls", "backup")} == dict.fromkeys(
        ("mails", "payments", "tls", "backup"), State.FAILED
    )

    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 1
    assert found()["mails"].values["error"] == "ConnectionRefusedError"


def test_with_the_database_down_what_needs_it_is_unknown_and_the_rest_is_looked_at(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", "/nonexistent")
    findings = found()

    assert findings["database"].state is State.FAILED
    needy = ("durability", "migrations", "worker", "clock", "facts", "parked", "jobs", "mails", "waiting", "payments", "search")
    assert {findings[name].state for name in needy} == {State.UNKNOWN}
    assert findings["python"].state is State.OK
    assert gauges.at(NOON)[0].values == {(): 0.0}
    assert len(gauges.at(NOON)) == 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_everything_found_can_be_read_in_both_languages(language, settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", "/nonexistent")
    with translation.override(language):
        for finding in found().values():
            for text in (NAMES[finding.name], finding.said, finding.remedy):
                shown = translation.gettext(text) if text else ""
                assert shown % finding.values is not None
                assert language == "en" or not text or text.startswith("Python") or shown != text, text


@pytest.mark.django_db(transaction=True)
def test_gauges_show_how_the_work_stands():
    shop = small_shop()
    shop.buy(method="test-silent", TEA=1)

    stands = {gauge.name: gauge.values for gauge in gauges.at(datetime.now(UTC))}

    assert stands["shopkeeper_database_up"] == {(): 1.0}
    assert stands["shopkeeper_facts_waiting"][("*",)] >= 2
    assert stands["shopkeeper_facts_oldest_seconds"][("*",)] >= 0
    assert sum(stands["shopkeeper_payments_pending"].values()) == 1
    assert stands["shopkeeper_holds"][("open",)] == 1
    assert "shopkeeper_jobs" in stands


def test_moments_are_counted_by_age():
    ages = [timedelta(seconds=1), timedelta(minutes=5), timedelta(minutes=6), timedelta(hours=2), timedelta(days=3)]

    counted = gauges.by_age([NOON - age for age in ages], NOON)

    assert counted == {("5m",): 2, ("1h",): 1, ("1d",): 1, ("older",): 1}


@pytest.mark.django_db(transaction=True)
def test_a_provider_whose_key_cannot_be_used_is_named_with_what_is_wrong(settings, tmp_path):
    settings.ALIPAY_APP_ID, settings.ALIPAY_PRIVATE_KEY_FILE = "2021000000000001", str(tmp_path / "missing.pem")

    finding = found()["payments"]

    assert finding.state is State.FAILED
    assert finding.values["names"].startswith("alipay: ")
    assert "missing.pem" in finding.values["names"]


@pytest.mark.django_db(transaction=True)
def test_a_provider_that_takes_another_currency_only_is_named_with_it(monkeypatch):
    wrong = NotOffered(provider="alipay", reason=NotOffered.WRONG_CURRENCY, value="CNY")
    monkeypatch.setattr(checkup.payments, "not_offered", lambda: [wrong])

    finding = found()["payments"]

    assert (finding.state, finding.values["names"]) == (State.WARNING, "alipay: CNY")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("reason", [NotOffered.WRONG_CURRENCY, NotOffered.UNUSABLE_KEY])
def test_payments_that_wait_long_are_told_whatever_is_said_of_the_providers(monkeypatch, reason):
    shop = small_shop()
    shop.buy(method="test-silent", TEA=1)
    monkeypatch.setattr(checkup.payments, "not_offered", lambda: [NotOffered(provider="alipay", reason=reason, value="CNY")])

    early, late = found(NOON + timedelta(minutes=59)), found(NOON + timedelta(minutes=61))

    assert early["waiting"].state is State.OK
    assert (late["waiting"].state, late["waiting"].values["number"]) == (State.WARNING, 1)
    assert "alipay: CNY" in late["payments"].values["names"]
    assert [*late].index("waiting") < [*late].index("payments")


@pytest.mark.django_db(transaction=True)
def test_a_search_server_that_is_late_empty_or_silent_is_named(settings):
    now = datetime.now(UTC)
    assert (found()["search"].state, found()["search"].said) == (State.OK, "Answered by the database")
    assert not any("search_server" in gauge.name for gauge in gauges.at(now))
    with FakeOpenSearch() as server:
        settings.SEARCH_URL = f"{server.url}/goods"
        assert found()["search"].said.endswith("has no index of this shop yet")
        small_shop()
        index_products.index_all()
        search.build_server(now=now)
        assert (found()["search"].state, found()["search"].values["number"]) == (State.OK, len(found_goods(server)))
        asked = len(server.calls)
        assert {gauge.name: gauge.values for gauge in gauges.at(now)}["shopkeeper_search_server_ready"] == {(): 1.0}
        assert len(server.calls) == asked

        found_goods(server).popitem()
        assert found()["search"].said.startswith("%(address)s holds")
        server.manners.broken = 10
        assert (found()["search"].state, found()["search"].values["reason"]) == (State.WARNING, "refused")
        models.Waiting.objects.create(product_id=1, since=now - timedelta(hours=1))
        assert {gauge.name: gauge.values for gauge in gauges.at(now)}["shopkeeper_search_server_ready"] == {(): 0.0}
        models.Waiting.objects.update(refused=400)
        said = {gauge.name: gauge.values for gauge in gauges.at(now)}
        assert (said["shopkeeper_search_server_ready"], said["shopkeeper_search_server_refused"]) == ({(): 1.0}, {(): 1.0})
        server.manners.broken = 0
        assert (found()["search"].state, found()["search"].values) == (State.WARNING, {"number": 1, "ids": "1"})


def found_goods(server):
    return next(iter(server.indexes.values())).goods
