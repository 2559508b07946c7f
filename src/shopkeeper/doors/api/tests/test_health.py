"""What machines ask of the shop: does it answer, can it be sent shoppers, how do its figures stand. Strangers learn no details."""

import pytest
from django.db import connection

from shopkeeper.doors.api import health
from shopkeeper.ops.health import public as checks

TOKEN = "a-token-of-the-watchers"


@pytest.fixture(autouse=True)
def asked_anew(monkeypatch):
    monkeypatch.setattr(health, "_kept", (float("-inf"), ()))


@pytest.fixture
def at_work(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def test_a_web_process_says_that_it_answers_without_asking_the_database(client):
    # No database mark: a query would fail the test.
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_a_shop_at_work_is_ready(client, at_work):
    answer = client.get("/readyz")

    assert answer.status_code == 200, answer.json()
    assert answer.json()["ready"] is True
    assert {name: check["state"] for name, check in answer.json()["checks"].items()} == dict.fromkeys(
        ("database", "migrations", "worker", "disk"), "ok"
    )


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        ("worker", "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"),
        ("worker", "DELETE FROM procrastinate_workers"),
        ("migrations", "COMMENT ON TABLE django_migrations IS 'migration set of another version'"),
    ],
)
def test_what_is_wrong_is_named(client, at_work, name, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["failed"] == [name]


def test_a_full_disk_is_named(client, at_work, monkeypatch):
    monkeypatch.setattr(checks, "disk", lambda folder: checks.durability(checks.Answer(error="planted")))

    assert client.get("/readyz").status_code == 503


@pytest.fixture
def database_away(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", "/nonexistent")


def test_with_the_database_away_the_answer_still_comes_and_tells_no_secret(client, database_away):
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "database" in answer.json()["failed"]
    assert "nonexistent" not in answer.content.decode()
    assert "nobody" not in answer.content.decode()


STRANGERS = (
    {"REMOTE_ADDR": "203.0.113.9"},
    {"HTTP_X_FORWARDED_FOR": "203.0.113.9"},
    {"HTTP_FORWARDED": "for=203.0.113.9"},
    {"HTTP_AUTHORIZATION": "Bearer wrong"} | {"REMOTE_ADDR": "203.0.113.9"},
)


@pytest.mark.django_db
@pytest.mark.parametrize("stranger", STRANGERS)
def test_strangers_get_neither_figures_nor_details(client, settings, stranger):
    settings.METRICS_TOKEN = TOKEN

    assert client.get("/metrics", **stranger).status_code == 403
    assert "checks" not in client.get("/readyz", **stranger).json()


@pytest.mark.django_db
def test_a_shop_under_a_public_address_asks_for_the_token_always(client, settings):
    settings.PUBLIC_URL = "https://shop.example"

    assert client.get("/metrics").status_code == 403
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_figures_hold_counters_and_gauges(client):
    client.get("/healthz")

    answer = client.get("/metrics")

    shown = answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/plain")
    for name in (
        "shopkeeper_requests_total",
        "shopkeeper_database_up 1.0",
        "shopkeeper_facts_waiting",
        "shopkeeper_holds",
        "shopkeeper_build_info",
    ):
        assert name in shown


def test_with_the_database_away_the_figures_say_so(client, database_away):
    assert "shopkeeper_database_up 0.0" in client.get("/metrics").content.decode()
