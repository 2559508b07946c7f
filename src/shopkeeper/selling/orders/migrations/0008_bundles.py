"""Lines that are bundles: of what they are made, and what of it lies in which parcel."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
BEFORE = (SQL / "0004_pay.sql").read_text().split("-- Lock an order")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
UNDO = """
    DROP TRIGGER orders_linepart_counted ON orders_linepart;
    DROP TRIGGER orders_linepart_append_only ON orders_linepart;
    DROP FUNCTION orders_put_parts, orders_count_pieces;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_comforts"), ("catalog", "0009_bundles"), ("audit", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="pieces",
            field=models.PositiveIntegerField(db_default=1),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(condition=models.Q(("pieces__gte", 1)), name="orders_orderline_pieces"),
        ),
        migrations.CreateModel(
            name="LinePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("product_id", models.BigIntegerField()),
                ("category_id", models.BigIntegerField(null=True)),
                ("sku", models.CharField(max_length=64)),
                ("name_en", models.CharField(blank=True, max_length=300)),
                ("name_zh", models.CharField(blank=True, max_length=300)),
                ("units", models.PositiveIntegerField()),
                ("gross_minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField()),
                (
                    "line",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="orders.orderline"
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.variant"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("line", "position"), name="orders_linepart_position"),
                    models.UniqueConstraint(fields=("line", "variant"), name="orders_linepart_once"),
                    models.CheckConstraint(condition=models.Q(("units__gte", 1)), name="orders_linepart_units"),
                    models.CheckConstraint(
                        condition=models.Q(("gross_minor__gte", 0), ("tax_minor__gte", 0), ("tax_minor__lte", models.F("gross_minor"))),
                        name="orders_linepart_amounts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShipmentPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("units", models.PositiveIntegerField()),
                (
                    "shipment",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="orders.shipment"
                    ),
                ),
                ("part", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.linepart")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("shipment", "part"), name="orders_shipmentpart_once"),
                    models.CheckConstraint(condition=models.Q(("units__gte", 1)), name="orders_shipmentpart_units"),
                ],
            },
        ),
        migrations.RunSQL((SQL / "0006_bundles.sql").read_text(), UNDO + BEFORE),
    ]
