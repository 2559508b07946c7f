"""The first page: the figures are the metric catalogue's, in the shop's days, and what waits is counted."""

import csv
import io
import re
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from django.db.models import F

from shopkeeper.doors.console import frame
from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.events import facts
from shopkeeper.events import models as outbox
from shopkeeper.events.shapes import Heard, Origin
from shopkeeper.flows import first_day
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.insight.lake import public as lake
from shopkeeper.insight.metrics import public as metrics
from shopkeeper.insight.metrics.shapes import Period
from shopkeeper.insight.metrics.tests.builders import History
from shopkeeper.kit.ids import FactId
from shopkeeper.selling.shop.models import Shop

EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


@pytest.fixture
def evening(monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setattr(frame, "now", lambda: EVENING)
    return EVENING


@pytest.fixture
def traded(shop: SmallShop, evening: datetime) -> SmallShop:
    shop.buy(TEA=2)
    shop.buy(CUP=1)
    told_to_the_lake()
    return shop


def told_to_the_lake() -> None:
    """Let the lake hear every fact so far, as its hearer does."""
    for row in outbox.OutboxFact.objects.order_by("id"):
        fact = msgspec.convert(row.body, type=getattr(facts, row.kind))
        lake.keep([Heard(FactId(row.pk), fact, row.occurred_at, Origin.LIVE)], now=NOON)


def cards(owner: Staff, query: str = "") -> dict[str, str]:
    return {card.id: card.value for card in owner.get(query).context["cards"]}


def test_the_cards_are_the_catalogues_figures(traded: SmallShop, owner: Staff) -> None:
    found = cards(owner)

    assert found == {
        "gmv": "£34.99",
        "net_revenue": "£29.15",  # 25.00 − 4.17 and 9.99 − 1.67, the sixth that is tax
        "orders": "2",
        "units": "3",
        "aov": "£17.50",
        "spend_per_buyer": "£34.99",
        "buyers": "1",
        "refund_rate": "0%",
    }


def test_a_period_before_the_first_day_has_no_data_and_says_so(traded: SmallShop, owner: Staff) -> None:
    page = owner.get("")

    assert [each.text for each in page.context["cards"][0].compared] == ["no data before 20 Nov 2026"] * 3
    owner.read("zh-hans")
    assert "2026年11月20日 之前无数据" in owner.text("")


def test_days_between_trade_taken_over_and_the_shop_have_no_data_and_are_named(traded: SmallShop, owner: Staff) -> None:
    History().took_over("2010-12-01 08:00", "2011-12-09 12:50")

    page = owner.get("")

    assert [each.text for each in page.context["cards"][0].compared] == ["no data from 10 Dec 2011 to 19 Nov 2026"] * 3
    owner.read("zh-hans")
    assert "2011年12月10日 至 2026年11月19日 无数据" in owner.text("")


def test_the_page_asks_about_the_days_it_was_asked_for(traded: SmallShop, owner: Staff) -> None:
    assert cards(owner, "?period=yesterday")["orders"] != "2"
    assert cards(owner, "?period=7")["orders"] == "2"
    assert cards(owner, "?first=2026-11-20&last=2026-11-20")["orders"] == "2"
    assert cards(owner, "?period=nonsense")["orders"] == "2"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("first=2026-02-30&last=2026-03-01", "“2026-02-30” is not a day of the calendar"),
        ("first=2026-03-02&last=2026-03-01", "swap them"),
        ("first=1999-01-01&last=2026-03-01", "out of range"),
        ("first=2001-01-01&last=2026-03-01", "more than ten years"),
        ("first=🍵&last=", "is not a day of the calendar"),
    ],
)
def test_days_that_cannot_be_are_refused_beside_the_field(traded: SmallShop, owner: Staff, query: str, said: str) -> None:
    answer = owner.get(f"?{query}")

    assert answer.status_code == 400
    assert said in answer.content.decode()


@pytest.mark.parametrize("what", ["figures", "trend", "goods", "countries"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_part_can_be_taken_away_as_a_file(traded: SmallShop, owner: Staff, what: str, kind: str) -> None:
    answer = owner.get(f"?period=7&what={what}&export={kind}")

    assert answer.status_code == 200
    assert f"{what}-2026-11-14-2026-11-20.{kind}" in answer["Content-Disposition"]


def test_a_file_holds_what_the_page_shows(traded: SmallShop, owner: Staff) -> None:
    rows = list(csv.reader(io.StringIO(owner.get("?export=csv").content.decode("utf-8-sig"))))

    by_name = {row[0]: row[2] for row in rows[1:]}
    assert by_name["GMV"] == "34.99"
    assert by_name["Orders"] == "2"


def test_a_clerk_reads_but_takes_nothing_away(traded: SmallShop, clerk: Staff) -> None:
    assert clerk.get("").status_code == 200
    assert clerk.get("?export=csv").status_code == 403
    assert "export=csv" not in clerk.text("")


def test_the_chart_stands_beside_a_table_with_the_same_figures(traded: SmallShop, owner: Staff) -> None:
    context = owner.get("").context
    trend = context["trend"]

    assert len(trend["rows"]) == 24
    assert [row[1] for row in trend["rows"]] == trend["data"]["nowWords"]
    assert sum(value or 0 for value in trend["data"]["now"]) == pytest.approx(34.99)
    assert trend["data"]["now"][19:] == [None] * 5  # the evening has not come yet


def test_the_page_is_made_of_a_bounded_number_of_questions(traded: SmallShop, owner: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    for name in ("figures", "series", "top"):
        monkeypatch.setattr(metrics, name, _counted(asked, name, getattr(metrics, name)))

    owner.get("?period=28")

    assert sorted(asked) == ["figures", "series", "series", "top", "top"]


def _counted(asked: list[str], name: str, function: Any) -> Any:
    def call(**arguments: Any) -> Any:
        asked.append(name)
        return function(**arguments)

    return call


def test_what_waits_is_counted_and_led_to(traded: SmallShop, owner: Staff) -> None:
    page = owner.text("")

    assert "orders to ship" in page
    assert "/console/orders/?state=to_ship" in page
    assert owner.get("").context["needs"][0][0] == 2


def test_an_empty_shop_says_what_to_do_first(shop: SmallShop, owner: Staff, evening: datetime) -> None:
    answer = owner.get("")
    context = answer.context

    done = {str(step["url"]).partition("step=")[2].removesuffix("#here"): step["done"] for step in context["steps"]}
    assert list(done) == list(first_day.NAMES)
    assert {name for name, is_done in done.items() if is_done} == {"name", "licence", "products", "open"}
    assert 'href="/console/first-day/?step=texts#here"' in answer.content.decode()
    assert "cards" not in context

    owner.post("first-day/open/away/")
    assert "sk-steps" not in owner.text("")


def test_a_shop_that_is_not_open_says_so(db: None) -> None:
    from shopkeeper.doors.console.tests.builders import Staff as Made
    from shopkeeper.ops.access.shapes import Role

    assert "not open yet" in Made(Role.OWNER).text("")


def test_the_figures_of_the_page_are_those_of_the_face(traded: SmallShop, owner: Staff) -> None:
    day = EVENING.date()
    found = metrics.figures(period=Period(day, day))

    assert found["gmv"].value.amount == 3499
    assert cards(owner)["gmv"] == "£34.99"


def test_a_shop_that_is_open_and_trades_is_told_nothing_of_its_first_day(traded: SmallShop, owner: Staff) -> None:
    assert not re.search(r'role="note">[^<]*<a href="/console/first-day/"', owner.get("").content.decode())


def test_a_shop_that_trades_before_it_opens_says_that_visitors_wait(traded: SmallShop, owner: Staff) -> None:
    Shop.objects.update(opens_soon=True, version=F("version") + 1)

    assert re.search(r'role="note">Visitors are not let in yet\. <a', owner.get("").content.decode())
