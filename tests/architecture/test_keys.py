from django.db import models
from django.test.utils import isolate_apps

from tests.architecture.keys import faults, own_models


def test_keys_between_rooms_point_down_and_never_cascade():
    assert faults(own_models()) == []


def test_the_check_sees_the_rooms():
    assert len(own_models()) >= 15


@isolate_apps("shopkeeper.selling.catalog", "shopkeeper.selling.orders")
def test_a_planted_key_that_points_up_cascades_and_names_itself_is_found():
    class Above(models.Model):
        class Meta:
            app_label = "orders"

    class Below(models.Model):
        order = models.ForeignKey(Above, on_delete=models.CASCADE)

        class Meta:
            app_label = "catalog"

    Above.__module__ = "shopkeeper.selling.orders.models"
    Below.__module__ = "shopkeeper.selling.catalog.models"

    found = faults([Below])

    assert len(found) == 3
    assert "points up" in found[0]
    assert "related_name" in found[1]
    assert "PROTECT" in found[2]
