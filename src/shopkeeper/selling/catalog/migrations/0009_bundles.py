"""Bundles: goods made of other goods."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER catalog_bundlepart_added ON catalog_bundlepart;
    DROP TRIGGER catalog_bundlepart_changed ON catalog_bundlepart;
    DROP TRIGGER catalog_variant_beside_bundle ON catalog_variant;
    DROP TRIGGER catalog_bundlepart_came ON catalog_bundlepart;
    DROP TRIGGER catalog_bundlepart_moved ON catalog_bundlepart;
    DROP TRIGGER catalog_bundlepart_went ON catalog_bundlepart;
    DROP TRIGGER catalog_bundlepart_emptied ON catalog_bundlepart;
    DROP FUNCTION catalog_parts_check, catalog_bundles, catalog_parts, catalog_touch_bundles, catalog_check_beside_bundle, catalog_check_parts;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_drafts")]

    operations = [
        migrations.CreateModel(
            name="BundlePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("units", models.IntegerField()),
                ("position", models.SmallIntegerField()),
                (
                    "bundle",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.variant"
                    ),
                ),
                ("part", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.variant")),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("bundle", "part"), name="catalog_bundlepart_once"),
                    models.CheckConstraint(
                        condition=models.Q(("bundle", models.F("part")), _negated=True), name="catalog_bundlepart_is_another"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("units__gte", 1), ("units__lte", 999)), name="catalog_bundlepart_units"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("position__gte", 1), ("position__lte", 20)), name="catalog_bundlepart_twenty_at_most"
                    ),
                    models.UniqueConstraint(fields=("bundle", "position"), name="catalog_bundlepart_position"),
                ],
            },
        ),
        migrations.RunSQL((SQL / "0009_bundles.sql").read_text(), UNDO),
    ]
