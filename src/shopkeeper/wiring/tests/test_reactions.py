"""Who hears what, as the shop is wired."""

import pytest

from shopkeeper.events import public as events
from shopkeeper.events.tests.builders import NOON, paid, placed
from shopkeeper.insight.lake import public as lake
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

    assert others == {"mails", "search", "reviews"}
    assert not any(hearer.hears_history for hearers in REACTIONS.values() for hearer in hearers if hearer is not LAKE)


@pytest.mark.django_db
def test_history_goes_into_the_lake_and_writes_to_nobody(tmp_path, settings, mailoutbox):
    settings.LAKE_DIR = tmp_path / "lake"
    events.record_history([(placed(1), NOON), (paid(1, amount_minor=700), NOON)])

    assert events.dispatch_all(REACTIONS, now=NOON) == 2

    assert lake.query("SELECT amount_minor, is_history FROM order_paid").rows == ((700, True),)
    assert events.backlog().retrying == 0
    assert mailoutbox == []
