"""What happened to an order, read on its own page."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_bundles")]
    operations = [
        migrations.CreateModel(
            name="NewsSeen",
            fields=[
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="orders.order",
                    ),
                ),
                ("read_until", models.DateTimeField()),
            ],
        )
    ]
