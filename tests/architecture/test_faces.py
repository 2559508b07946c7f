import pytest

from tests.architecture.faces import PACKAGE, breaches, imports_of, is_breach


def test_every_room_is_entered_by_its_face_only():
    assert [str(breach) for breach in breaches()] == []


def test_the_check_sees_the_whole_package():
    assert len(list(PACKAGE.rglob("public.py"))) >= 10


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("shopkeeper.selling.orders.public", "shopkeeper.selling.pricing.store"),
        ("shopkeeper.doors.storefront.views", "shopkeeper.selling.catalog.models"),
        ("shopkeeper.flows.place_order", "shopkeeper.selling.inventory.rules.allocate"),
        ("shopkeeper.doors.storefront.views", "shopkeeper.selling.catalog.console"),
        ("shopkeeper.flows.place_order", "shopkeeper.growth.messages.reactions"),
        ("shopkeeper.flows.place_order", "shopkeeper.events.models"),
        ("shopkeeper.insight.metrics.public", "shopkeeper.insight.lake.store"),
    ],
)
def test_a_planted_way_around_a_face_is_found(importer, imported):
    assert is_breach(importer, imported)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("shopkeeper.selling.orders.public", "shopkeeper.selling.pricing.public"),
        ("shopkeeper.selling.orders.store", "shopkeeper.selling.orders.models"),
        ("shopkeeper.wiring.reactions", "shopkeeper.growth.messages.reactions"),
        ("shopkeeper.doors.console.wagtail_hooks", "shopkeeper.selling.catalog.console"),
        ("shopkeeper.selling.orders.public", "shopkeeper.events.facts"),
        ("shopkeeper.selling.orders.tests.test_public", "shopkeeper.selling.catalog.tests.builders"),
    ],
)
def test_the_face_itself_is_open(importer, imported):
    assert not is_breach(importer, imported)


def test_imports_inside_functions_and_relative_imports_are_seen():
    source = "def f():\n    from ..pricing import store\n    import shopkeeper.selling.orders.models\n"

    seen = list(imports_of(source, "shopkeeper.selling.orders.public"))

    assert seen == ["shopkeeper.selling.pricing.store", "shopkeeper.selling.orders.models"]
