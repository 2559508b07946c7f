"""What bundles are made of. Part of the catalogue's tables (`models`)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shopkeeper.selling.catalog.shapes_bundles import MOST_OF_A_PART


class BundlePart(models.Model):
    """One bundle holds `units` of a part. Triggers see to the rest: a part is no bundle, a bundle is the one variant of its product."""

    bundle = models.ForeignKey("Variant", on_delete=models.PROTECT, related_name="+", db_index=False)
    part = models.ForeignKey("Variant", on_delete=models.PROTECT, related_name="+")
    units = models.IntegerField()
    position = models.SmallIntegerField()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bundle", "part"], name="catalog_bundlepart_once"),
            models.CheckConstraint(condition=~Q(bundle=F("part")), name="catalog_bundlepart_is_another"),
            models.CheckConstraint(condition=Q(units__gte=1, units__lte=MOST_OF_A_PART), name="catalog_bundlepart_units"),
            models.CheckConstraint(condition=Q(position__gte=1, position__lte=20), name="catalog_bundlepart_twenty_at_most"),
            models.UniqueConstraint(fields=["bundle", "position"], name="catalog_bundlepart_position"),
        ]
