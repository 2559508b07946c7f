"""Figures of several processes are one figure, survive a death, and stay few; lines of the log are told without values."""

import json
import logging
import os
import re
import subprocess
import sys

import pytest
from django.db import IntegrityError, transaction
from django.urls import get_resolver

from shopkeeper.kit.refusals import OutOfRange
from shopkeeper.ops.monitoring import correlation, lines, meters
from shopkeeper.ops.monitoring import public as monitoring
from shopkeeper.ops.monitoring.rules import discretion
from shopkeeper.ops.monitoring.shapes import Gauge

COUNT = """
import django, os, signal, sys
django.setup()
from shopkeeper.ops.monitoring import public as monitoring
monitoring.begin("worker")
for _ in range(int(sys.argv[1])):
    monitoring.sweep_failed("planted")
    monitoring.facts_told({"OrderPlaced": 2, "OrderPaid": 1})
if sys.argv[2] == "die":
    os.kill(os.getpid(), signal.SIGKILL)
print(monitoring.exposition([])[0].decode())
"""


def counting(folder, number, ending):
    environment = {**os.environ, "DATA_DIR": str(folder), "PYTHONWARNINGS": "ignore"}
    words = [sys.executable, "-c", COUNT, str(number), ending]
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


def figure(page, name):
    return float(re.search(rf"^{re.escape(name)} (\S+)$", page, re.M)[1])


@pytest.mark.processes
def test_what_all_processes_counted_is_one_figure_and_a_killed_ones_stays_counted(tmp_path):
    assert counting(tmp_path, 5, "die").returncode < 0
    page = counting(tmp_path, 3, "live").stdout

    assert figure(page, 'shopkeeper_sweep_failures_total{kind="planted"}') == 8
    assert figure(page, 'shopkeeper_orders_total{state="placed"}') == 16
    assert figure(page, 'shopkeeper_orders_total{state="paid"}') == 8
    assert figure(page, 'shopkeeper_facts_told_total{kind="OrderPaid"}') == 8
    # The dead one's memory is no longer counted.
    assert figure(page, 'shopkeeper_processes{role="worker"}') == 1
    assert figure(page, 'shopkeeper_resident_memory_bytes{role="worker"}') > 1e6
    assert "shopkeeper_build_info{" in page


@pytest.mark.processes
def test_a_start_of_the_whole_shop_begins_anew(tmp_path):
    counting(tmp_path, 5, "live")

    monitoring.forget(tmp_path / "metrics")

    assert figure(counting(tmp_path, 1, "live").stdout, 'shopkeeper_sweep_failures_total{kind="planted"}') == 1


def page(*gauges):
    return monitoring.exposition(gauges)[0].decode()


@pytest.mark.django_db
def test_requests_are_counted_by_the_pattern_of_their_address_never_by_the_address(client):
    for number in range(30):
        client.get(f"/never/seen/{number}/here")
        client.get("/healthz")

    shown = page()
    assert figure(shown, 'shopkeeper_requests_total{method="GET",route="healthz",status="2xx"}') >= 30
    assert 'shopkeeper_request_seconds_bucket{le="0.1",route="healthz"}' in shown
    assert "/never/seen" not in shown
    assert "never" not in shown


def patterns(resolver):
    return sum(patterns(each) if hasattr(each, "url_patterns") else 1 for each in resolver.url_patterns)


def test_every_route_of_the_shop_is_counted_by_itself():
    assert 500 < patterns(get_resolver()) < meters.MOST_NAMES * 4 // 5


def test_a_label_has_few_values_whatever_comes(monkeypatch):
    monkeypatch.setattr(meters, "_route_names", meters._Names())
    for number in range(meters.MOST_NAMES + 200):
        meters.count_request(route=f"planted/{number}", method=f"M{number}", status=200, seconds=0.1, database_seconds=0, queries=1)

    routes = set(re.findall(r'shopkeeper_requests_total\{[^}]*route="(planted[^"]*)"', page()))
    assert len(routes) == meters.MOST_NAMES
    assert 'method="M1"' not in page()
    assert 'route="(other)"' in page()


def test_a_refused_order_is_counted_by_its_reason():
    with pytest.raises(OutOfRange), monitoring.counting_refusals():
        raise OutOfRange("units", 9, least=1, most=2)

    assert figure(page(), 'shopkeeper_orders_refused_total{reason="out_of_range"}') >= 1


def test_gauges_stand_beside_what_is_counted():
    assert 'planted_now{kind="a"} 3.0' in page(Gauge(name="planted_now", meaning="x", labels=("kind",), values={("a",): 3}))


# ── lines ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def told(name, message, *arguments, error=None):
    record = logging.LogRecord(
        name, logging.WARNING, __file__, 1, message, arguments, (type(error), error, error.__traceback__) if error else None
    )
    return json.loads(lines.Line("json").format(record))


@pytest.mark.parametrize(
    ("message", "arguments", "event"),
    [
        ("Bad Request: %s", ("ann@example.com asked",), "Bad Request: … asked"),
        ("%s: %s", ("Not Found", "/en/orders/s3cret/"), "Not Found: …"),
        ("%s rows in %s s", (3, 0.5), "3 rows in 0.5 s"),
        ("saved %s", ({"name": "Ann"},), "saved dict"),
        ("Invalid HTTP_HOST header: 'ann.example'. You may add it", (), "Invalid HTTP_HOST header: …. You may add it"),
        ("Job sweep[3](who='Ann Shopper') failed", (), "Job sweep[3]… failed"),
        ("card 4929 1234 5678 9016 token abcdefghijklmnopqrstuvwx", (), "card … token …"),
    ],
)
def test_other_peoples_code_is_told_without_values(message, arguments, event):
    assert told("django.request", message, *arguments)["event"] == event


def test_our_own_lines_are_told_without_mail_addresses_and_long_numbers():
    line = told("shopkeeper.x", "Mail %s for %s, card %s", 17, "ann@example.com", "4929123456789016")

    assert line["event"] == "Mail 17 for …, card …"


def test_an_error_is_told_by_kind_and_place_and_never_by_its_words():
    def buy(name):
        raise ValueError(f"{name} cannot be") from KeyError(name)

    with pytest.raises(ValueError, match="Ann") as caught:
        buy("Ann Shopper")
    line = told("shopkeeper.x", "failed", error=caught.value)

    assert line["error"] == "ValueError < KeyError"
    assert any(place.endswith(" buy") for place in line["at"])
    assert "Ann" not in json.dumps(line)


@pytest.mark.django_db
def test_a_databases_error_is_told_by_its_code_and_constraint_without_the_row():
    from shopkeeper.ops.access.models import User

    User.objects.create(email="ann@example.com")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        User.objects.create(email="ann@example.com")
    line = told("shopkeeper.x", "failed", error=caught.value)

    assert line["sqlstate"] == "23505"
    assert line["constraint"]
    assert "ann@" not in json.dumps(line)


def test_every_line_has_its_time_level_event_and_what_it_belongs_to():
    with monitoring.binding(request="r1"), monitoring.binding(job=7):
        line = told("shopkeeper.x", "went well")

    assert (line["level"], line["event"], line["request"], line["job"]) == ("WARNING", "went well", "r1", 7)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    assert "job" not in told("shopkeeper.x", "later")


def test_on_a_terminal_a_line_is_for_reading():
    record = logging.LogRecord("shopkeeper.x", logging.WARNING, __file__, 1, "went well", (), None)

    shown = lines.Line("text").format(record)

    assert "went well" in shown
    assert "warning" in shown
    assert not shown.startswith("{")


@pytest.mark.parametrize("given", ["0F8c2a6e9b7d4c1e", "4b1d7a7e-9c8f-4f57-8a53-2f6f0f5f8c2d"])
def test_an_id_that_is_well_formed_is_kept(given):
    assert correlation.accepted(given) == given


@pytest.mark.parametrize(
    "given", [None, "", "short", "4929123456789016", "ann@example.com", "-" * 20, "g" * 32, "a" * 65, "abc def abc def abc"]
)
def test_any_other_id_is_made_anew(given):
    made = correlation.accepted(given)

    assert made != given
    assert re.fullmatch("[0-9a-f]{32}", made)


def test_without_values_leaves_what_tells_nothing():
    assert discretion.without_values("Watching for file changes") == "Watching for file changes"
