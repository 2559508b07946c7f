"""Who hears what, as the shop is wired."""

from datetime import UTC, datetime, timedelta

import pytest

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.events.shapes import Heard, Origin
from shopkeeper.events.tests.builders import NOON, paid, placed
from shopkeeper.flows.tests.builders import small_shop
from shopkeeper.insight.lake import public as lake
from shopkeeper.kit.ids import FactId
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import WaitState
from shopkeeper.selling.wishes.tests.builders import waiting
from shopkeeper.wiring.reactions import LAKE, REACTIONS


def test_the_lake_hears_every_kind_of_fact_and_history_too():
    assert set(REACTIONS) == set(events.kinds().values())
    assert all(LAKE in hearers for hearers in REACTIONS.values())
    assert LAKE.hears_history


def test_a_name_stands_for_one_hearer_of_a_kind():
    for kind, hearers in REACTIONS.items():
        names = [hearer.name for hearer in hearers]
        assert len(names) == len(set(names)), kind


def test_only_the_lake_hears_history():
    others = {hearer.name for hearers in REACTIONS.values() for hearer in hearers if hearer is not LAKE}

    assert others == {"mails", "search", "reviews", "review-requests", "waits"}
    assert not any(hearer.hears_history for hearers in REACTIONS.values() for hearer in hearers if hearer is not LAKE)


@pytest.mark.django_db
def test_history_goes_into_the_lake_and_writes_to_nobody(tmp_path, settings, mailoutbox):
    settings.LAKE_DIR = tmp_path / "lake"
    events.record_history([(placed(1), NOON), (paid(1, amount_minor=700), NOON)])

    assert events.dispatch_all(REACTIONS, now=NOON) == 2

    assert lake.query("SELECT amount_minor, is_history FROM order_paid").rows == ((700, True),)
    assert events.backlog().retrying == 0
    assert mailoutbox == []


def heard_late(kind, fact):
    """Let those who wait hear a fact that happened a hundred days ago: a backlog was worked off."""
    (waits,) = (each for each in REACTIONS[kind] if each.name == "waits")
    waits.function([Heard(id=FactId(1), fact=fact, occurred_at=datetime.now(UTC) - timedelta(days=100), origin=Origin.LIVE)])


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [facts.StockMoved, facts.StockReleased])
def test_old_news_of_stock_is_acted_upon_as_of_now(kind):
    shop, began = small_shop({"TEA": 1, "CUP": 1}), datetime.now(UTC)
    order = shop.buy(TEA=1)
    shop.receive("TEA", 1)
    over = waiting(variant_id=shop.variants["TEA"], now=began - timedelta(days=91))
    due = waiting(variant_id=shop.variants["TEA"], now=began - timedelta(days=1))

    if kind is facts.StockMoved:
        moved = facts.StockMoved(variant_id=shop.variants["TEA"], warehouse_id=shop.main, units=1, reason="received")
        heard_late(kind, moved)
    else:
        heard_late(kind, facts.StockReleased(order_id=order.id, units=1, reason="expired"))

    assert wishes.wait(over.token).state is WaitState.WAITING
    assert wishes.wait(due.token).state is WaitState.TOLD
    assert wishes.wait(due.token).ended_at >= began
