"""What a piece costs the shop: kept with its history, never a nought where it is not known."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction

from shopkeeper.events import models as outbox
from shopkeeper.kit.ids import UserId, VariantId
from shopkeeper.kit.money import MOST_MINOR
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.ops.audit import models as trail
from shopkeeper.selling.catalog.tests.builders import some_goods
from shopkeeper.selling.pricing import models
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import CostChange
from shopkeeper.selling.pricing.tests.builders import NOON, a_price, an_open_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea() -> VariantId:
    an_open_shop()
    return some_goods("TEA").variant_id


@pytest.fixture
def ann() -> UserId:
    return UserId(get_user_model().objects.create_user("ann@example.com", "secret").pk)


def test_a_cost_is_kept_with_who_set_it_and_when(tea: VariantId, ann: UserId) -> None:
    assert pricing.set_cost(variant_id=tea, amount_minor=700, note="invoice 12", actor=ann, now=NOON) is None
    assert pricing.set_cost(variant_id=tea, amount_minor=750, actor=None, now=NOON + timedelta(days=1)) == 700

    assert pricing.costs([tea]) == {tea: 750}
    assert pricing.cost_history(tea) == (
        CostChange(variant_id=tea, amount_minor=750, from_at=NOON + timedelta(days=1), actor_id=None, note=""),
        CostChange(variant_id=tea, amount_minor=700, from_at=NOON, actor_id=ann, note="invoice 12"),
    )
    rows = [
        (row.actor_id, row.subject, row.before, row.after) for row in trail.Record.objects.filter(act="pricing.set_cost").order_by("id")
    ]
    assert rows == [
        (ann, f"variant:{tea}", {"cost_minor": None}, {"cost_minor": 700, "note": "invoice 12"}),
        (None, f"variant:{tea}", {"cost_minor": 700}, {"cost_minor": 750, "note": ""}),
    ]


def test_what_is_not_known_is_left_out_and_a_cost_of_nothing_is_not(tea: VariantId) -> None:
    cup = some_goods("CUP").variant_id
    pricing.set_cost(variant_id=cup, amount_minor=0, actor=None, now=NOON)
    assert pricing.costs([tea, cup]) == {cup: 0}

    pricing.set_cost(variant_id=cup, amount_minor=None, note="wrong invoice", actor=None, now=NOON)

    assert pricing.costs([tea, cup]) == {}
    assert [each.amount_minor for each in pricing.cost_history(cup)] == [None, 0]


def test_the_same_cost_again_changes_nothing(tea: VariantId) -> None:
    pricing.set_cost(variant_id=tea, amount_minor=700, actor=None, now=NOON)
    before = trail.Record.objects.count()

    pricing.set_cost(variant_id=tea, amount_minor=700, actor=None, now=NOON)
    pricing.set_cost(variant_id=some_goods("NEW").variant_id, amount_minor=None, actor=None, now=NOON)

    assert models.CostChange.objects.count() == 1
    assert trail.Record.objects.filter(act="pricing.set_cost").count() == 1
    assert before >= 1


def test_a_cost_moves_no_price_and_is_told_to_nobody(tea: VariantId) -> None:
    tag = a_price(tea, 600)
    facts = outbox.OutboxFact.objects.count()

    pricing.set_cost(variant_id=tea, amount_minor=9_000, actor=None, now=NOON)

    assert pricing.prices([tea]) == {tea: tag}
    assert outbox.OutboxFact.objects.count() == facts
    assert [each.is_below_cost for each in pricing.margins(tea).values()] == [True]


@pytest.mark.parametrize("amount", [-1, MOST_MINOR + 1])
def test_an_odd_cost_is_refused(tea: VariantId, amount: int) -> None:
    with pytest.raises(OutOfRange):
        pricing.set_cost(variant_id=tea, amount_minor=amount, actor=None, now=NOON)

    assert pricing.cost_history(tea) == ()


def test_goods_that_are_not_there_have_no_cost(tea: VariantId) -> None:
    with pytest.raises(NotFound):
        pricing.set_cost(variant_id=VariantId(tea + 999), amount_minor=1, actor=None, now=NOON)


@pytest.mark.parametrize("change", ["UPDATE pricing_costchange SET amount_minor = 1", "DELETE FROM pricing_costchange"])
def test_the_log_of_costs_only_grows(tea: VariantId, change: str) -> None:
    pricing.set_cost(variant_id=tea, amount_minor=700, actor=None, now=NOON)

    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_a_margin_is_reckoned_in_the_tax_of_the_shops_own_country(tea: VariantId) -> None:
    pricing.save_tax_rate(country="FR", basis_points=0, actor=None, now=NOON)
    pricing.set_cost(variant_id=tea, amount_minor=1_000, actor=None, now=NOON)

    found = pricing.margin(variant_id=tea, price_minor=1_200, now=NOON)

    assert found is not None
    assert (found.net_minor, found.margin_minor) == (1_000, 0)
    assert pricing.margin(variant_id=some_goods("CUP").variant_id, price_minor=1, now=NOON) is None
